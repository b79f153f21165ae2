"""Slopes that need care: at kinks, where a curve is vertical, and where a formula has no value but the slope has.

They take any kind of number, nodes of an outer transform and symbols of a program being staged included. What depends
on which side of a kink a number lies on looks at the plain number at the bottom of it.
"""

import math
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from .kinds import own_method, pi_like
from .number import Number, common_one, inf_like, nan_like, one_like, primal
from .scalar import exp, hypot, log, sqrt


def choose(condition: Any, if_true: Callable[[], Number], if_false: Callable[[], Number]) -> Number:
    """`if_true()` if the condition holds, else `if_false()`; both, for later, if the condition is one on symbols."""
    if is_on_symbols(condition):
        either: Number = condition.choose(if_true, if_false)
        return either
    return if_true() if condition else if_false()


def is_on_symbols(condition: object) -> bool:
    """Whether it is known only later if a condition holds, since a function is being staged."""
    return not isinstance(condition, bool) and hasattr(condition, "choose") and not hasattr(condition, "dtype")


def reciprocal(x: Number) -> Number:
    """1 / x for slopes: the limit inf at 0."""
    try:
        return one_like(x) / x
    except ZeroDivisionError:
        return inf_like(x)


def unless_zero(h: Number, slope: Callable[[], Number]) -> Number:
    """`slope()` for h > 0, 0 for h = 0: for a slope that is taken as 0 where it has no value."""
    is_on = h > 0 if own_method(primal(h), "write") is not None else bool(primal(h) != 0)
    return choose(is_on, slope, lambda: 0 * h)


def distance(x: Number, y: Number) -> Number:
    """√(x² + y²) for a slope to be divided by: inf beyond the range of floats."""
    try:
        return hypot(x, y)
    except OverflowError:
        return inf_like(x)


def bell(x: Number) -> Number:
    """The slope of erf, 2/√π · e^(-x²); never raises."""
    try:
        return 2 / sqrt(pi_like(x)) * exp(-(x * x))
    except OverflowError:  # the square of an int is beyond the range of floats
        return 0 * x


def power_slope_base(x: Number, y: Number) -> Number:
    """∂/∂x of x ** y, which is y · x^(y-1): 0 at x = y = 0, inf where the curve rises vertically; never raises."""
    base, exponent = primal(x), primal(y)
    if exponent == 0 and base == 0:
        return 0 * y
    try:
        slope: Number = y * x ** (y - 1)
    except InvalidOperation:  # Decimal's 0 ** 0, in the slope of x ** 1
        return y
    except ZeroDivisionError:  # 0 ** y with 0 < y < 1
        return inf_like(x)
    except OverflowError:
        if exponent == 0:
            return 0 * y
        is_positive = (base > 0 or exponent % 2 == 1) == (exponent > 0)
        return inf_like(x) if is_positive else -inf_like(x)
    return slope


def power_slope_exponent(x: Number, y: Number, x_to_y: Number) -> Number:
    """∂/∂y of x ** y, which is x^y · log x: 0 at x = 0, nan for x < 0, where only whole y give a real result."""
    if isinstance(x_to_y, Decimal):
        x = one_like(x_to_y) * x  # its logarithm is to be a Decimal too

    def at_zero_or_below() -> Number:
        return choose(x < 0, lambda: nan_like(x), lambda: 0 * x * y)

    def above_zero() -> Number:
        try:
            return x_to_y * log(x)
        except OverflowError:  # an int power beyond the range of floats
            return inf_like(x) if x > 1 else -inf_like(x)

    return choose(x > 0, above_zero, at_zero_or_below)


def step(x: Number) -> Number:
    """The slope of relu: 1 for x > 0, 0 for x ≤ 0, nan for nan."""
    x = primal(x)
    staged = _staged("step", x)
    return staged if staged is not None else 1 if x > 0 else 0 if x <= 0 else math.nan


def sign(x: Number) -> Number:
    """The slope of abs: 1, -1, and 0 at 0, nan for nan."""
    x = primal(x)
    staged = _staged("sign", x)
    return staged if staged is not None else 1 if x > 0 else -1 if x < 0 else 0 if x == 0 else math.nan


def share(x: Number, y: Number) -> Number:
    """How much of max(x, y) is due to x: 1 if it is larger, 0 if smaller, a tie shares ½ and ½."""
    x, y = primal(x), primal(y)
    staged = _staged("share", x, y)
    if staged is not None:
        return staged
    return 1 if x > y else 0 if x < y else common_one((x, y)) / 2 if x == y else nan_like(x)


def equal(x: Number, y: Number) -> Number:
    """1 where two numbers are equal, else 0."""
    x, y = primal(x), primal(y)
    staged = _staged("equal", x, y)
    return staged if staged is not None else 0 if x < y or x > y else 1


def _staged(operation: str, *operands: Number) -> Number | None:
    """The operation as a line of a program, if an operand is a symbol of one (see `staging`), else None."""
    for x in operands:
        write = own_method(x, "write")
        if write is not None:
            return write(operation, *operands)
    return None


def is_finite(x: Number) -> bool:
    """Whether a number is neither infinite nor nan; a symbol, whose number is not known yet, counts as finite."""
    x = primal(x)
    return own_method(x, "write") is not None or bool(-math.inf < x < math.inf)
