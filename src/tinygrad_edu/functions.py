"""Functions of several Values at once: sums, products, extremes, softmax.

Each takes Values and plain numbers alike, in any mixture; from plain numbers alone comes a plain number. `sum`,
`dot`, `prod`, `logsumexp`, `max` and `min` are one node each however many operands they have. Generators are
consumed once. A node states its local gradients where it is made, as the operators in `engine` do.
"""

import builtins
import itertools
import math
import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any, overload

from .core import slopes
from .core.rules import deepest
from .core.untaken import ZERO
from .engine import Value
from .numbers import scalar
from .numbers.number import Number, common_one, explained, operand, primal, shown
from .numbers.operations import OPERATIONS
from .numbers.signatures import N, many_of_many, of_many

Numbers = Iterable[Value | Number]
Operands = tuple[Value | Number, ...]


@of_many
def sum(values: Numbers, *others: object) -> Value | Number:
    """The sum of the values, added from left to right; Value(0) if there are none. ∂/∂xᵢ = 1.

    >>> sum([1.0, 2.0, Value(4.0)]).data
    7.0
    """
    operands, kind, xs = _gather("sum", _one("sum", values, others))
    if not xs:
        return Value(0)
    total = xs[0]
    try:
        for x in xs[1:]:
            total = total + x
    except (ArithmeticError, TypeError) as error:
        raise explained(error, f"sum of {len(xs)} numbers") from None
    return _result(kind, "sum", operands, total, [1] * len(xs))


@of_many
def mean(values: Numbers, *others: object) -> Value | Number:
    """The sum of the values divided by their number. ValueError if there are none.

    >>> mean([1.0, 2.0, 6.0])
    3.0
    """
    values = _not_empty("mean", _one("mean", values, others))
    return sum(values) / len(values)


@of_many
def prod(values: Numbers, *others: object) -> Value | Number:
    """The product of the values; Value(1) if there are none. ∂/∂xᵢ = the product of the others.

    >>> prod([2.0, 3.0, 4.0])
    24.0
    """
    operands, kind, xs = _gather("prod", _one("prod", values, others))
    if not xs:
        return Value(1)
    try:
        before = list(itertools.accumulate(xs, operator.mul))  # of all up to each, then of all from each on
        after = list(itertools.accumulate(reversed(xs), operator.mul))[::-1]
        of_others = [b * a for b, a in zip([1, *before[:-1]], [*after[1:], 1], strict=True)]
    except (ArithmeticError, TypeError) as error:
        raise explained(error, f"prod of {len(xs)} numbers") from None
    return _result(kind, "prod", operands, before[-1], of_others)


@overload
def dot(xs: Iterable[Number], ys: Iterable[Number]) -> Number: ...  # type: ignore[overload-overlap]  # first that fits
@overload
def dot(xs: Iterable[N], ys: Iterable[N] | Iterable[Number]) -> N: ...  # type: ignore[overload-overlap]  # likewise
@overload
def dot(xs: Numbers, ys: Numbers) -> Value: ...
def dot(xs: Iterable[object], ys: Iterable[object]) -> object:
    """x₁y₁ + x₂y₂ + …, a neuron's weighted sum as one node. ∂/∂xᵢ = yᵢ, ∂/∂yᵢ = xᵢ.

    Raises ValueError if the lengths differ. Value(0) if both are empty.

    >>> w = [Value(2.0), Value(-3.0)]
    >>> z = dot(w, [-1.0, -2.0])
    >>> z.backward()
    >>> z.data, w[0].grad, w[1].grad
    (4.0, -1.0, -2.0)
    """
    try:
        each_x, each_y = iter(xs), iter(ys)
    except TypeError:
        raise TypeError(f"dot takes two sequences of numbers, got {shown(xs)} and {shown(ys)}") from None
    left, right = list(each_x), list(each_y)
    if len(left) != len(right):
        raise ValueError(f"dot of {len(left)} and {len(right)} numbers: the lengths must be equal")
    if not left:
        return Value(0)
    operands, kind, data = _gather("dot", left + right)
    x, y = data[: len(left)], data[len(left) :]
    try:
        total = x[0] * y[0]
        for xi, yi in zip(x[1:], y[1:], strict=True):
            total = total + xi * yi
    except (ArithmeticError, TypeError) as error:
        raise explained(error, f"dot of {len(x)} and {len(y)} numbers") from None
    return _result(kind, "dot", operands, total, y + x)


@of_many
def max(values: Numbers, *others: object) -> Value | Number:
    """The largest of the values; nan if any is. The gradient goes to the largest, a tie shares it equally.

    Raises ValueError if there are none.

    >>> max([1.0, 3.0, 2.0])
    3.0
    """
    return _extreme("max", _one("max", values, others), scalar.maximum)


@of_many
def min(values: Numbers, *others: object) -> Value | Number:
    """The smallest of the values; nan if any is. The gradient goes to the smallest, a tie shares it equally.

    Raises ValueError if there are none.

    >>> min([1.0, 3.0, 2.0])
    1.0
    """
    return _extreme("min", _one("min", values, others), scalar.minimum)


def _one(op: str, values: Numbers, others: tuple[object, ...]) -> Numbers:
    if others:
        or_two = f", or {op}imum(a, b) of two" if op in ("max", "min") else ""
        raise TypeError(f"{op} takes one sequence of numbers: write {op}([a, b]){or_two}")
    return values


def _extreme(op: str, values: Numbers, better: Callable[[Number, Number], Number]) -> Value | Number:
    operands, kind, xs = _gather(op, _not_empty(op, values))
    try:
        one = common_one(xs)
    except TypeError as error:
        raise explained(error, f"{op} of {len(xs)} numbers") from None
    best: Any = xs[0]
    for x in xs[1:]:
        best = better(best, x)
    if primal(best) != primal(best):
        return _result(kind, op, operands, best, _unknown(xs))
    if deepest(xs) is not None:  # numbers that are nodes themselves: a tie is one of all, not of pairs in turn
        best = _extreme(op, xs, better)
    is_best = [slopes.equal(x, best) for x in xs]
    number_of_best = sum(is_best)
    return _result(
        kind, op, operands, best, [each * one / number_of_best if each is not ZERO else ZERO for each in is_best]
    )


@of_many
def logsumexp(values: Numbers, *others: object) -> Value | Number:
    """log(eˣ¹ + eˣ² + …), a smooth max, stable for any values. ∂/∂xᵢ = softmax(x)ᵢ.

    Raises ValueError if there are none. Where all are -inf the value is -inf and the gradients are nan.

    >>> logsumexp([1000.0, 1000.0])
    1000.6931471805599
    """
    return _logsumexp(*_gather("logsumexp", _not_empty("logsumexp", _one("logsumexp", values, others))))[0]


def _logsumexp(operands: Operands, kind: type[Value] | None, xs: list[Number]) -> tuple[Value | Number, Number, Number]:
    """The result, and the two numbers whose sum it is: the largest x, and log Σ eˣⁱ of all x less that."""
    try:
        top = _top(xs)
        if not slopes.is_finite(top):  # ±inf and nan: x - top would be nan
            return _result(kind, "logsumexp", operands, top, _unknown(xs)), top, math.nan
        powers = [scalar.exp(x - top) for x in xs]
        total = powers[0]
        for power in powers[1:]:
            total = total + power
        log_total = scalar.log(total)
        value = top + log_total
    except (OverflowError, TypeError) as error:
        raise explained(error, f"logsumexp of {len(xs)} numbers") from None
    shares = [power / total for power in powers]
    return _result(kind, "logsumexp", operands, value, shares), top, log_total


@many_of_many
def log_softmax(values: Numbers, *others: object) -> list[Value] | list[Number]:
    """xᵢ - logsumexp(x) for each i: the logarithms of `softmax`, stable for any values.

    >>> log_softmax([-1000.0, 1000.0])
    [-2000.0, 0.0]
    """
    operands, kind, xs = _gather("log_softmax", _one("log_softmax", values, others))
    if not xs:
        return []
    node, top, log_total = _logsumexp(operands, kind, xs)
    data = [(x - top) - log_total for x in xs]  # not rounded to the size of the largest, as x - node is
    if kind is None:
        return data
    results: list[Any] = [x - node for x in operands]
    for result, number in zip(results, data, strict=True):
        result.data = number
    return results


@many_of_many
def softmax(values: Numbers, *others: object) -> list[Value] | list[Number]:
    """eˣⁱ / Σ eˣʲ for each i: positive numbers that add up to 1, stable for any values.

    >>> softmax([1000.0, 1000.0])
    [0.5, 0.5]
    """
    return [scalar.exp(x) for x in log_softmax(_one("softmax", values, others))]


def _top(xs: list[Number]) -> Number:
    """The largest; nan if any is."""
    if set(map(type, xs)) == {float}:
        return builtins.max(xs) if not any(map(math.isnan, xs)) else math.nan
    top = xs[0]
    for x in xs[1:]:
        top = scalar.maximum(top, x)
    return top


def _unknown(xs: list[Number]) -> list[Number]:
    return [slopes.of_unknown_slopes(math.nan, *xs)] * len(xs)


# --- operations by their names in a graph ---------------------------------------------------------------------

_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "neg": operator.neg,
    "abs": abs,
    "where": lambda chosen: chosen,
    "dot": lambda *xs: dot(xs[: len(xs) // 2], xs[len(xs) // 2 :]),
}
_OF_MANY = {f.__name__: f for f in (sum, prod, max, min, logsumexp)}


def by_name(op: str) -> Callable[..., Any] | None:
    """The operation that a node with this `op` comes from, as a function of its operands; None if there is none.

    >>> by_name("-")(5.0, 2.0), by_name("sum")(1.0, 2.0, 3.0), by_name("exp")(0.0)
    (3.0, 6.0, 1.0)
    """
    if op in _OF_MANY:
        return lambda *xs: _OF_MANY[op](xs)
    return _OPERATORS.get(op) or (getattr(scalar, op) if op in OPERATIONS else None)


# --- from operands to numbers and back -----------------------------------------------------------------------


def _gather(op: str, values: Iterable[object]) -> tuple[Operands, type[Value] | None, list[Number]]:
    """The operands, the class of the deepest nodes among them (None if all are numbers), and their numbers."""
    try:
        each = iter(values)
    except TypeError:
        raise TypeError(f"{op} takes one sequence of numbers, got {shown(values)}: write {op}([...])") from None
    operands: tuple[Any, ...] = tuple(each)
    kind = deepest(operands)
    return operands, kind, [x.data if type(x) is kind else _number(op, kind, x) for x in operands]


def _number(op: str, kind: type[Value] | None, x: object) -> Number:
    """What `x`, a plain number or a node of another class, is to nodes of class `kind`."""
    if type(x) is float:
        return x
    if isinstance(x, Value):
        return x.data if _is_node(x, kind) else x  # type: ignore[return-value]  # of another level: a number here
    return operand(op, x)


def _is_node(x: object, kind: type[Value] | None) -> bool:
    """Whether `x` is a node for `kind`: of that class, or of one of the same level that only adds methods."""
    return isinstance(x, Value) and kind is not None and x.level == kind.level


def _result(
    kind: type[Value] | None, op: str, operands: Operands, data: Number, local_grads: Sequence[Number | None]
) -> Value | Number:
    """The node of an n-ary operation, or the bare number where no operand is a node."""
    if kind is None:
        return data
    if set(map(type, operands)) != {kind}:
        local_grads = [
            d if type(x) is kind or _is_node(x, kind) else None for x, d in zip(operands, local_grads, strict=True)
        ]
    return kind._wide(op, operands, data, tuple(local_grads))


def _not_empty(op: str, values: Numbers) -> Operands:
    values = _gather(op, values)[0]
    if not values:
        raise ValueError(f"{op} of no numbers is undefined: give it at least one")
    return values
