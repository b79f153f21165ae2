"""Functions of any kind of number: ints, Fractions, Decimals, SymPy's and mpmath's, and what they refuse.

Floats are compared with mpmath in test_operations.py; here it is about everything that is no float.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value
from tinygrad_edu.core import slopes
from tinygrad_edu.numbers import kinds

ELEMENTARY = [
    *("exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tan", "arcsin", "arccos", "arctan"),
    *("sinh", "cosh", "tanh", "erf", "relu", "leaky_relu", "sigmoid", "softplus", "log_sigmoid"),
]


def gradient(f: Callable[..., Any], *xs: Any) -> list[Any]:
    values = list(map(Value, xs))
    f(*values).backward()
    return [v.grad for v in values]


# --- floats, ints, Fractions --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ELEMENTARY)
@pytest.mark.parametrize("x", [1, Fraction(1, 2), Fraction(1)], ids=repr)
def test_whole_numbers_and_fractions_go_through_floats(name: str, x: Any) -> None:
    f = getattr(tg, name)
    assert f(x) == pytest.approx(f(float(x)), rel=1e-15)
    assert f(Value(x)).data == f(x)
    assert gradient(f, x) == pytest.approx(gradient(f, float(x)), rel=1e-15)


def test_functions_of_two_on_whole_numbers_and_fractions() -> None:
    assert tg.hypot(3, 4) == tg.hypot(Fraction(3), 4) == 5.0
    assert tg.maximum(Fraction(1, 2), 0.25) == Fraction(1, 2)
    assert tg.minimum(3, 4.0) == 3
    assert gradient(tg.hypot, 3, 4) == [0.6, 0.8]
    assert tg.arctan2(3, 4) == tg.arctan2(Fraction(3), 4) == math.atan2(3, 4)
    assert gradient(tg.arctan2, 3, Fraction(4)) == pytest.approx([0.16, -0.12], rel=1e-15)


def test_powers() -> None:
    assert kinds.power(2, 10) == 1024
    assert kinds.power(Fraction(2, 3), 2) == Fraction(4, 9)
    with pytest.raises(OverflowError, match=r"10\.0 \*\* 400\.0 is too large"):
        kinds.power(10.0, 400.0)
    with pytest.raises(OverflowError, match=r"10\.0 \*\* 400 is too large"):
        _ = Value(10.0) ** 400


@pytest.mark.parametrize(
    ("x", "y", "slope"),
    [
        (2.0, 3.0, 12.0),
        (2.0, 0.0, 0.0),
        (0.0, 0.0, 0.0),
        (0.0, 0.5, math.inf),
        (0.0, 1.0, 1.0),
        (1e-160, -1.9, -math.inf),
        (-1e-160, -1.0, -math.inf),
        (-1e-110, -2.0, math.inf),
        (1e-320, 0.0, 0.0),
    ],
)
def test_the_slope_of_a_power_by_its_base(x: float, y: float, slope: float) -> None:
    assert slopes.power_slope_base(x, y) == slope


def test_slopes_at_kinks() -> None:
    assert [slopes.step(x) for x in (-1.0, -0.0, 0.0, 2.0)] == [0, 0, 0, 1]
    assert [slopes.sign(x) for x in (-1.0, -0.0, 0.0, 2.0)] == [-1, 0, 0, 1]
    assert [slopes.share(x, 1.0) for x in (0.0, 1.0, 2.0)] == [0, 0.5, 1]
    assert math.isnan(slopes.step(math.nan))
    assert math.isnan(slopes.sign(math.nan))
    assert slopes.reciprocal(0.0) == math.inf
    assert slopes.reciprocal(4.0) == 0.25
    assert slopes.share(Fraction(1, 3), Fraction(1, 3)) == Fraction(1, 2)


def test_signed_infinity_and_nan_in_stable_functions() -> None:
    inf, nan = math.inf, math.nan
    assert [tg.sigmoid(x) for x in (-inf, inf)] == [0.0, 1.0]
    assert [tg.softplus(x) for x in (-inf, inf)] == [0.0, inf]
    assert [tg.log_sigmoid(x) for x in (-inf, inf)] == [-inf, 0.0]
    for f in (tg.sigmoid, tg.softplus, tg.log_sigmoid, tg.relu, tg.leaky_relu):
        assert math.isnan(f(nan))


@pytest.mark.parametrize("name", ELEMENTARY)
def test_what_is_too_large_for_a_float_is_named(name: str) -> None:
    huge = 10**400
    if name in {"relu", "leaky_relu"}:
        assert getattr(tg, name)(huge) == huge
        return
    with pytest.raises(OverflowError, match=rf"{name}\(.*too large"):
        getattr(tg, name)(huge)


def test_leaky_relu_of_a_huge_negative_int_is_named() -> None:
    with pytest.raises(OverflowError, match=r"leaky_relu.*too large"):
        tg.leaky_relu(-(10**400))


def test_divide_names_both_operands() -> None:
    with pytest.raises(ZeroDivisionError, match=r"1/3.* / 0|Fraction\(1, 3\) / 0"):
        kinds.divide(Fraction(1, 3), 0)
    with pytest.raises(TypeError, match=r"2\.0 / 'a'"):
        kinds.divide(2.0, "a")


# --- numbers to be written down now and known later: what staging relies on ---------------------------------


class Condition:
    """A comparison whose outcome is not known yet."""

    def choose(self, if_true: Any, if_false: Any) -> tuple[Any, Any]:
        return if_true() if callable(if_true) else if_true, if_false() if callable(if_false) else if_false


class Rational:
    """Arithmetic and nothing else."""

    def __init__(self, x: float) -> None:
        self.x = x

    def __add__(self, other: Any) -> "Rational":
        return Rational(self.x + getattr(other, "x", other))

    def __mul__(self, other: Any) -> "Rational":
        return Rational(self.x * getattr(other, "x", other))

    __radd__, __rmul__ = __add__, __mul__
    __sub__ = __truediv__ = __add__


class Symbol(Rational):
    """A number that is not known yet."""

    def __gt__(self, other: Any) -> Any:
        return Condition()

    __lt__ = __le__ = __ge__ = __gt__

    def write(self, operation: str, *operands: Any) -> tuple[Any, ...]:
        return operation, *operands


def test_a_number_that_is_not_known_yet_writes_its_slopes_down() -> None:
    x = Symbol(1.0)
    assert slopes.step(x) == ("step", x)
    assert slopes.sign(Value(x)) == ("slope_of_abs", x)
    assert slopes.share(1.0, x) == ("share", 1.0, x)
    assert slopes.equal(x, 2.0) == ("equal", x, 2.0)
    assert slopes.is_finite(x)
    assert slopes.equal(1.0, 1.0) == 1
    assert slopes.equal(1.0, 2.0) == 0
    assert not slopes.is_finite(math.inf)


def test_a_slope_with_a_choice_keeps_both_branches() -> None:
    assert slopes.choose(Condition(), lambda: 1, lambda: 2) == (1, 2)
    assert slopes.choose(True, lambda: 1, lambda: 2) == 1
    assert slopes.choose(False, lambda: 1, lambda: 2) == 2
    assert slopes.unless_zero(4.0, lambda: 0.25) == 0.25
    assert slopes.unless_zero(0.0, lambda: 1 / 0) == 0
    assert slopes.unless_zero(Symbol(1.0), lambda: 0.25)[1] == 0.25


def test_the_sign_of_an_exact_zero_is_a_zero_of_its_kind() -> None:
    found = tg.sign(Fraction(0))
    assert (type(found), found) == (Fraction, 0)
    assert [tg.sign(Fraction(n, 3)) for n in (-2, 2)] == [-1, 1]
