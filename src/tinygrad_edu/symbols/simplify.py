"""Algebra that spares lines of a program: x·1, x + 0, x·0, -(-x), small powers, choices between 1 and 0.

A rule is asked before a line is written. Where it knows the result, or a plainer line with the same result, that is
taken instead. All of this is exact in floating point, with these exceptions:

- A zero of the structure (the int 0, as the local gradient of a branch that was not taken) times x is 0, also for
  x = inf or nan, and added to x is nothing.
- -(x - y) is written y - x, which may be a zero of the other sign.
- c·(d·x) is written (c·d)·x for powers of two, which is exact unless d·x leaves the range of floats.
- x² and x³ are written x·x and x·x·x, correctly rounded products, where Python's ** may be off by a last digit.

The first two may turn the sign of a zero. In an exact program, one that uses arctan2, they are not used: on the
negative x-axis that sign decides between π and -π.
"""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from .symbol import Condition, Operand, Operands, Program, Symbol

    Known: TypeAlias = Operand | None  # what a rule finds, or None: the line is to be written

ZERO = float("0")  # the zero of the structure, told by identity from zeros that the reader wrote


def _is(x: "Operand", value: float) -> bool:
    return x.__class__ is float and x == value


def _args(x: "Operand", op: str) -> "Operands":
    """The operands of a line, if it is one of this operation."""
    return () if isinstance(x, float) or x.op != op else x.args


def _is_nothing(program: "Program", x: "Operand") -> bool:
    """Whether x adds nothing to any number: -0.0, or a zero of the structure where zeros may lose their sign."""
    if not isinstance(x, float) or x != 0.0:
        return False
    return (x is ZERO and not program.exact) or math.copysign(1.0, x) < 0.0


def _add(program: "Program", x: "Operand", y: "Operand") -> "Known":
    if _is_nothing(program, x):
        return y
    if _is_nothing(program, y):
        return x
    if negated := _args(y, "neg"):
        return program.write("-", x, *negated)
    if negated := _args(x, "neg"):
        return program.write("-", y, *negated)
    one, other = _args(x, "select"), _args(y, "select")
    if one and other and one[0] is other[0]:
        for (_, a, b), (_, c, d) in ((one, other), (other, one)):
            if b is ZERO and c is ZERO:
                return program.write("select", one[0], a, d)
    return _constant(program, x, y, lambda a, b: a + b)


def _subtract(program: "Program", x: "Operand", y: "Operand") -> "Known":
    if isinstance(y, float) and y == 0.0 and math.copysign(1.0, y) > 0.0:
        return x
    if _is_nothing(program, x):
        return program.write("neg", y)
    if negated := _args(y, "neg"):
        return program.write("+", x, *negated)
    return _constant(program, x, y, lambda a, b: a - b)


def _multiply(program: "Program", x: "Operand", y: "Operand") -> "Known":
    for a, b in ((x, y), (y, x)):
        if isinstance(a, float):
            if a == 1.0:
                return b
            if a is ZERO and not program.exact:
                return ZERO
            if a == -1.0:
                return program.write("neg", b)
            scaled = _scaled(program, a, b)
            return scaled if scaled is not None else _constant(program, x, y, lambda a, b: a * b)
    for a, b in ((x, y), (y, x)):
        if negated := _args(a, "neg"):
            other = _args(b, "neg")
            return (
                program.write("*", *negated, *other) if other else program.write("neg", program.write("*", *negated, b))
            )
        if (chosen := _args(a, "select")) and not _args(b, "select"):  # between 1 and 0
            condition, c, d = chosen
            is_exact = condition.test != "kink" or not program.exact  # eagerly, a slope of 0 is multiplied by
            if is_exact and all(each is ZERO or _is(each, 1.0) for each in (c, d)):
                return program.write("select", condition, *(b if _is(each, 1.0) else ZERO for each in (c, d)))
    return None


def _scaled(program: "Program", c: float, x: "Operand") -> "Known":
    """c·(d·x) is (c·d)·x, if both are powers of two."""
    factors = _args(x, "*")
    for d, y in (factors, factors[::-1]) if factors else ():
        if isinstance(d, float) and abs(math.frexp(c)[0]) == abs(math.frexp(d)[0]) == 0.5:
            return program.write("*", c * d, y)
    return None


def _constant(program: "Program", x: "Operand", y: "Operand", operation: Callable[[float, float], float]) -> "Known":
    """A constant and a choice between constants: a choice between the two results."""
    for a, b in ((x, y), (y, x)):
        if isinstance(a, float) and (chosen := _args(b, "select")):
            condition, *branches = chosen
            if all(isinstance(each, float) for each in branches):
                results = (operation(a, c) if a is x else operation(c, a) for c in branches)
                return program.write("select", condition, *results)
    return None


def _divide(_program: "Program", x: "Operand", y: "Operand") -> "Known":
    return x if _is(y, 1.0) else None


def _power(program: "Program", x: "Operand", n: "Operand") -> "Known":
    if _is(n, 0.0):
        return 1.0
    if _is(n, 1.0):
        return x
    if _is(n, 2.0) or _is(n, 3.0):
        product = program.write("*", x, x)
        if _is(n, 3.0):
            product = program.write("*", product, x)
        if not isinstance(product, float):
            program.powers[product] = x, 3 if _is(n, 3.0) else 2
        return product
    return None


def _negate(program: "Program", x: "Operand") -> "Known":
    if negated := _args(x, "neg"):
        inner: Operand = negated[0]
        return inner
    if (difference := _args(x, "-")) and not program.exact:
        return program.write("-", difference[1], difference[0])
    return None


def _step(program: "Program", x: "Symbol") -> "Operand":
    """The slope of relu."""
    return program.write("select", program.condition("kink", x), 1.0, ZERO)


def _select(_program: "Program", _condition: "Condition", a: "Operand", b: "Operand") -> "Known":
    return a if a is b or (a.__class__ is b.__class__ is float and repr(a) == repr(b)) else None


RULES: "dict[str, Callable[..., Known]]" = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "**": _power,
    "neg": _negate,
    "select": _select,
    "step": _step,
}
