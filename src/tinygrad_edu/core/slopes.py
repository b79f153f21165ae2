"""Slopes that need care: at kinks, where a curve is vertical, and where a formula has no value but the slope has.

They take any kind of number, nodes of an outer transform and symbols of a program being staged included. What depends
on which side of a kink a number lies on looks at the plain number at the bottom of it.
"""

import math
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol, TypeGuard

from ..numbers.kinds import own_method, pi_like
from ..numbers.number import Number, common_one, inf_like, nan_like, one_like, primal
from ..numbers.scalar import exp, hypot, log, sqrt
from .rules import deepest, operation

if TYPE_CHECKING:

    class Condition(Protocol):
        """A comparison of symbols."""

        def choose(self, if_true: object, if_false: object) -> Number:
            """The line of a program that chooses."""


TINY = 1e-300  # the slopes of its logarithm are nearly beyond floats


def choose(condition: object, if_true: Callable[[], Number], if_false: Callable[[], Number]) -> Number:
    """`if_true()` if the condition holds, else `if_false()`; both, for later, if the condition is one on symbols."""
    if is_on_symbols(condition):
        either: Number = condition.choose(if_true, if_false)
        return either
    return if_true() if condition else if_false()


def is_on_symbols(condition: object) -> "TypeGuard[Condition]":
    """Whether it is known only later if a condition holds, since a function is being staged."""
    return not isinstance(condition, bool) and hasattr(condition, "choose") and not hasattr(condition, "dtype")


def reciprocal(x: Number) -> Number:
    """1 / x for slopes: the limit inf at 0, where the slope of it, -1/x², is -inf."""
    try:
        return one_like(x) / x
    except ZeroDivisionError:
        pole: Number = _pole(x)
        return pole


@operation
def _pole(x: Number) -> tuple[Number, Number]:
    """1 / x at 0, from above."""
    y = _pole(x) if deepest([x]) is not None else inf_like(x)
    return y, -(y * y)


@operation
def one_minus_square(x: Number) -> tuple[Number, Number]:
    """1 - x², with all its digits near ±1, and with a slope that has all of its own near 0."""
    return (1 - x) * (1 + x), -2 * x


@operation
def lorentzian(x: Number) -> tuple[Number, Number]:
    """The slope of arctan, 1 / (1 + x²); its own stays within floats, however large x is."""
    y = one_like(x) / (1 + x * x) if deepest([x]) is None else lorentzian(x)
    return y, -2 * (x * y) * y


@operation
def bell(x: Number) -> tuple[Number, Number]:
    """The slope of erf, 2/√π · e^(-x²); never raises. Its own stays within floats, however large x is."""
    try:
        y = 2 / sqrt(pi_like(x)) * exp(-(x * x)) if deepest([x]) is None else bell(x)
    except OverflowError:  # the square of an int is beyond the range of floats
        y = 0 * x
    return y, -2 * (x * y)


# --- slopes of distances and angles ----------------------------------------------------------------------------------


def unless_zero(h: Number, slope: Callable[[], Number]) -> Number:
    """`slope()` for h > 0, 0 for h = 0: for a slope that is taken as 0 where it has no value."""
    is_zero = h <= 0 if own_method(primal(h), "write") is not None else bool(primal(h) == 0)
    return choose(is_zero, lambda: 0 * h, slope)


def distance(x: Number, y: Number) -> Number:
    """√(x² + y²) for a slope to be divided by: inf beyond the range of floats."""
    try:
        return hypot(x, y)
    except OverflowError:
        return inf_like(x)


def part(x: Number, y: Number, h: Number) -> Number:
    """x / h, the slope by x of the distance h = √(x² + y²)."""
    slope: Number = unless_zero(h, lambda: x / h) if _are_plain(x, y) else _part(x, y)
    return slope


@operation
def _part(x: Number, y: Number) -> tuple[Number, Number, Number]:
    """Its own slopes by x and y are (y/h)²/h and -(x/h)(y/h)/h: as 1/h less something they would lose their digits."""
    h = distance(x, y)
    c, s = part(x, y, h), part(y, x, h)
    return c, unless_zero(h, lambda: s * s / h), unless_zero(h, lambda: -c * s / h)


def turn(x: Number, y: Number, h: Number) -> Number:
    """x / h², the slope by y of the angle of (x, y), for h = √(x² + y²)."""
    slope: Number = unless_zero(h, lambda: x / h / h) if _are_plain(x, y) else _turn(x, y)
    return slope


@operation
def _turn(x: Number, y: Number) -> tuple[Number, Number, Number]:
    """Its own slopes are ((y/h)² - (x/h)²)/h² and -2(x/h)(y/h)/h²."""
    h = distance(x, y)
    c, s = part(x, y, h), part(y, x, h)
    by_x = unless_zero(h, lambda: (s - c) * (s + c) / h / h)
    return turn(x, y, h), by_x, unless_zero(h, lambda: -2 * c * s / h / h)


def _are_plain(x: Number, y: Number) -> bool:
    """Whether neither is a node."""
    return (type(x) is float and type(y) is float) or deepest([x, y]) is None


# --- slopes of x ** y ------------------------------------------------------------------------------------------------


def power_slope_base(x: Number, y: Number) -> Number:
    """∂/∂x of x ** y, which is y · x^(y-1): 0 at x = y = 0, ±inf where the curve is vertical; never raises."""
    base = x if type(x) is float else primal(x)
    exponent = y if type(y) is int or type(y) is float else primal(y)
    if type(exponent) is not float and type(exponent) is not int and own_method(exponent, "write") is not None:
        # in a program; Python and C leave x = 0 to the function itself, arrays and JavaScript do not
        return choose((exponent <= 0) & (exponent >= 0), lambda: 0 * y, lambda: y * x ** (y - 1))
    is_special = exponent == 0 or (base == 0 and y is not exponent)
    if not is_special:
        try:
            slope: Number = y * x ** (y - 1)
        except InvalidOperation:  # Decimal's 0 ** 0, in the slope of x ** 1
            return y
        except (ZeroDivisionError, OverflowError):
            is_special = True
    if not is_special:
        return slope
    special: Number = _limit_of_slope_base(x, y) if deepest([x, y]) is None else _special_slope_base(x, y)
    return special


@operation
def _special_slope_base(x: Number, y: Number) -> tuple[Number, Number, Number]:
    """The slope y · x^(y-1) where that formula is of no use, for it or for the slopes of it by x and by y."""
    slope = _limit_of_slope_base(x, y) if deepest([x, y]) is None else _special_slope_base(x, y)
    is_straight = primal(y) in (0, 1)  # then the second derivative by x is 0, whatever x^(y-2) is
    return slope, 0 * y if is_straight else y * power_slope_base(x, y - 1), _mixed(x, y)


def _limit_of_slope_base(x: Number, y: Number) -> Number:
    if y == 0:
        return 0 * y
    try:
        slope: Number = y * x ** (y - 1)
    except InvalidOperation:
        return y
    except (ZeroDivisionError, OverflowError):
        is_positive = (x >= 0 or y % 2 == 1) == (y > 0)
        infinite: Number = inf_like(x) if is_positive else -inf_like(x)
        return infinite if x == 0 else _quotient(x, y, infinite)
    return slope


def _quotient(x: Number, y: Number, otherwise: Number) -> Number:
    """y · x^(y-1) where x is so small that x^(y-1) alone is beyond floats, though with a small y the slope is not."""
    try:
        slope: Number = y * x**y / x
    except OverflowError:
        return otherwise
    return slope


def power_slope_exponent(x: Number, y: Number, x_to_y: Number) -> Number:
    """∂/∂y of x ** y, which is x^y · log x: 0 at x = 0, nan for x < 0, where only whole y give a real result."""
    if isinstance(x_to_y, Decimal):
        x = one_like(x_to_y) * x  # its logarithm is to be a Decimal too

    def above_zero() -> Number:
        try:
            return x_to_y * log(x)
        except OverflowError:  # an int power beyond the range of floats
            return inf_like(x) if x > 1 else -inf_like(x)

    def at_zero_or_below() -> Number:
        return choose(x < 0, lambda: of_unknown_slopes(nan_like(x), x, y), lambda: 0 * x * y)

    base = primal(x)
    is_tiny = isinstance(base, float | int | Fraction | Decimal) and 0 <= base < TINY
    if is_tiny and deepest([x, y]) is not None:
        special: Number = _special_slope_exponent(x, y)
        return special
    return choose(x > 0, above_zero, at_zero_or_below)


@operation
def _special_slope_exponent(x: Number, y: Number) -> tuple[Number, Number, Number]:
    """The slope x^y · log x where log x has no slope that floats hold; that of 0 ** y has none at the jump, y = 0."""
    if primal(x) == 0:
        return 0 * x * y, _mixed(x, y), of_unknown_slopes(nan_like(x), y) if primal(y) == 0 else 0 * y
    slope = power_slope_exponent(x, y, x**y)
    return slope, _mixed(x, y), slope * log(x)


def _mixed(x: Number, y: Number) -> Number:
    """∂²/∂x∂y of x ** y, which is x^(y-1) · (1 + y·log x), or its limit; of a limit no slope is known."""
    base, exponent = primal(x), primal(y)
    if own_method(base, "write") is not None or base > 0:
        try:
            slope: Number = x ** (y - 1) * (1 + y * log(x))
            return slope
        except OverflowError:
            return of_unknown_slopes(inf_like(x) if 1 + exponent * log(base) > 0 else -inf_like(x), x, y)
    if base < 0 or base != base or own_method(exponent, "write") is not None or exponent < 0:
        return of_unknown_slopes(nan_like(x), x, y)
    limit = base if exponent > 1 else inf_like(x) if exponent == 0 else -inf_like(x)  # the base is 0
    return of_unknown_slopes(limit, x, y)


def of_unknown_slopes(value: Number, *xs: Number) -> Number:
    """A number that depends on these, nobody knows how: its derivatives by them are nan."""

    @operation
    def limit(*numbers: Number) -> tuple[Number, ...]:
        return of_unknown_slopes(value, *numbers), *[of_unknown_slopes(nan_like(x), x) for x in numbers]

    dependent: Number = limit(*xs) if deepest(xs) is not None else value
    return dependent


# --- kinks -----------------------------------------------------------------------------------------------------------


def step(x: Number) -> Number:
    """The slope of relu: 1 for x > 0, 0 for x ≤ 0, nan for nan."""
    if type(x) is float and x == x:
        return 1 if x > 0.0 else 0
    staged = _staged("step", primal(x))
    return staged if staged is not None else 1 if x > 0 else 0 if x <= 0 else of_unknown_slopes(math.nan, x)


def sign(x: Number) -> Number:
    """The slope of abs: 1, -1, and 0 at 0, nan for nan."""
    staged = _staged("slope_of_abs", primal(x))
    if staged is not None:
        return staged
    return 1 if x > 0 else -1 if x < 0 else 0 if primal(x) == 0 else of_unknown_slopes(math.nan, x)


def share(x: Number, y: Number) -> Number:
    """How much of max(x, y) is due to x: 1 if it is larger, 0 if smaller, a tie shares ½ and ½."""
    a, b = primal(x), primal(y)
    staged = _staged("share", a, b)
    if staged is not None:
        return staged
    return 1 if a > b else 0 if a < b else common_one((a, b)) / 2 if a == b else of_unknown_slopes(nan_like(a), x, y)


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
