"""Algebra that spares lines of a program: x·1, x + 0, x·0, -(-x), small powers, choices between 1 and 0.

A rule is asked before a line is written. Where it knows the result, or a plainer line with the same result, that is
taken instead. All of this is exact in floating point, with three exceptions. x·0 is 0 also for x = inf or nan: a zero
here comes from the structure of the function, as the local gradient of a branch that was not taken. The
slope of a relu at nan is that of a number below 0. And x² and x³ are written x·x and x·x·x, correctly
rounded products, where Python's ** may be off by a last digit.
"""

import math
from collections.abc import Callable
from typing import Any

Write = Callable[..., Any]


def _is(x: Any, value: float) -> bool:
    return x.__class__ is float and x == value


def _op(x: Any) -> str:
    return "" if x.__class__ is float else x.op


def _add(write: Write, x: Any, y: Any) -> Any:
    if _is(x, 0.0):
        return y
    if _is(y, 0.0):
        return x
    if _op(y) == "neg":
        return write("-", x, y.args[0])
    if _op(x) == "neg":
        return write("-", y, x.args[0])
    if _op(x) == _op(y) == "select" and x.args[0] is y.args[0]:
        for (_, a, b), (_, c, d) in ((x.args, y.args), (y.args, x.args)):
            if _is(b, 0.0) and _is(c, 0.0):
                return write("select", x.args[0], a, d)
    return _constant(write, x, y, lambda a, b: a + b)


def _subtract(write: Write, x: Any, y: Any) -> Any:
    if _is(y, 0.0):
        return x
    if _is(x, 0.0):
        return write("neg", y)
    if _op(y) == "neg":
        return write("+", x, y.args[0])
    return _constant(write, x, y, lambda a, b: a - b)


def _multiply(write: Write, x: Any, y: Any) -> Any:
    for a, b in ((x, y), (y, x)):
        if a.__class__ is float:
            if a == 1.0:
                return b
            if a == 0.0:
                return 0.0
            if a == -1.0:
                return write("neg", b)
            scaled = _scaled(write, a, b)
            return scaled if scaled is not None else _constant(write, x, y, lambda a, b: a * b)
    for a, b in ((x, y), (y, x)):
        op = a.op
        if op == "neg":
            return write("*", a.args[0], b.args[0]) if b.op == "neg" else write("neg", write("*", a.args[0], b))
        if op == "select" and b.op != "select":  # between 1 and 0
            condition, c, d = a.args
            if all(_is(each, 0.0) or _is(each, 1.0) for each in (c, d)):
                return write("select", condition, b if _is(c, 1.0) else 0.0, b if _is(d, 1.0) else 0.0)
    return None


def _scaled(write: Write, c: float, x: Any) -> Any:
    """c·(d·x) is (c·d)·x, if both are powers of two."""
    if x.__class__ is not float and x.op == "*":
        for d, y in (x.args, x.args[::-1]):
            if d.__class__ is float and abs(math.frexp(c)[0]) == abs(math.frexp(d)[0]) == 0.5:
                return write("*", c * d, y)
    return None


def _constant(write: Write, x: Any, y: Any, operation: Callable[[float, float], float]) -> Any:
    """A constant and a choice between constants: a choice between the two results."""
    for a, b in ((x, y), (y, x)):
        if a.__class__ is float and b.__class__ is not float and b.op == "select":
            condition, *branches = b.args
            if all(each.__class__ is float for each in branches):
                return write("select", condition, *(operation(a, c) if a is x else operation(c, a) for c in branches))
    return None


def _divide(_write: Write, x: Any, y: Any) -> Any:
    return x if _is(y, 1.0) else None


def _power(write: Write, x: Any, n: Any) -> Any:
    if _is(n, 0.0):
        return 1.0
    if _is(n, 1.0):
        return x
    if _is(n, 2.0):
        return write("*", x, x)
    if _is(n, 3.0):
        return write("*", write("*", x, x), x)
    return None


def _negate(write: Write, x: Any) -> Any:
    if _op(x) == "neg":
        return x.args[0]
    if _op(x) == "-":
        return write("-", x.args[1], x.args[0])
    return None


def _step(write: Write, x: Any) -> Any:
    """The slope of relu."""
    return write("select", x > 0.0, 1.0, 0.0)


def _select(_write: Write, _condition: Any, a: Any, b: Any) -> Any:
    return a if a is b or (a.__class__ is b.__class__ is float and a == b) else None


RULES: dict[str, Callable[..., Any]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "**": _power,
    "neg": _negate,
    "select": _select,
    "step": _step,
}
