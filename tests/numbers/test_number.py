"""What counts as a number, and how numbers stand in messages."""

import math
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

import mpmath
import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value
from tinygrad_edu.numbers.number import binary_text, brief, explained, number, one_like, primal, shown, zero_like

ELEMENTARY = [
    *("exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tan", "arcsin", "arccos", "arctan"),
    *("sinh", "cosh", "tanh", "erf", "relu", "leaky_relu", "sigmoid", "softplus", "log_sigmoid"),
]


def gradient(f: Callable[..., Any], *xs: Any) -> list[Any]:
    values = list(map(Value, xs))
    f(*values).backward()
    return [v.grad for v in values]


# --- what counts as a number --------------------------------------------------------------------------------


def test_numbers_stay_what_they_are() -> None:
    class MyFloat(float):
        """A float that is more."""

    class MyInt(int):
        """An int that is more."""

    for x in (1, 2.5, Fraction(1, 2), Decimal("0.1")):
        assert number(x) is x
    assert type(number(MyFloat(2.0))) is float
    assert type(number(MyInt(2))) is int


def test_the_number_at_the_bottom() -> None:
    assert primal(2.5) == 2.5
    assert primal(Value(2.5)) == 2.5
    assert type(one_like(2.5)) is float
    assert type(one_like(Value(Fraction(1, 2)))) is Fraction
    assert type(one_like(Decimal(3))) is Decimal
    assert one_like(3) == 1
    assert type(zero_like(1.0)) is float
    assert type(zero_like(1)) is int


def test_long_operands_are_cut_in_messages() -> None:
    assert shown(10**30) == "an int of 100 bits"
    assert shown(-(10**5000)).startswith("an int of ")
    assert shown(2.5) == "2.5"
    assert len(shown(Fraction(10**100, 3))) == 60
    with pytest.raises(TypeError, match=r"\.\.\. of type str"):
        Value("a" * 1000)


def test_operands_are_shown_in_full_up_to_their_limits() -> None:
    assert shown(10**30 - 1) == "9" * 30
    assert shown(1 - 10**30) == "-" + "9" * 30
    assert shown(-(10**30)) == "an int of 100 bits"
    assert shown(Fraction(10**1000, 7)) == "a Fraction of 3322 by 3 bits"
    assert shown(Fraction(-7, 10**1000)) == "a Fraction of 3 by 3322 bits"
    assert shown(Fraction(10**1000 - 1, 7)).startswith("Fraction(9999")
    assert shown("a" * 58) == repr("a" * 58)
    assert shown("a" * 59) == "'" + "a" * 56 + "..."
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert shown(deep) == "a list that nests too deep to be shown"
    other = type("Value", (), {"__repr__": lambda self: "Value(data=2)", "__module__": "micrograd.engine"})()
    assert shown(other) == "Value(data=2) of micrograd.engine, a class of its own"
    assert brief(2.5) == "2.5"
    assert brief(10**4000) == str(10**4000)
    assert brief(10**5000) == "an int of 16610 bits"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ZeroDivisionError("x"), ZeroDivisionError("1 / 0 divides by zero")),
        (InvalidOperation("x"), tg.DomainError("1 / 0 is undefined")),
        (OverflowError("x"), OverflowError("1 / 0 is too large for a float")),
        (TypeError("unsupported operand"), TypeError("1 / 0: unsupported operand")),
        (TypeError("of decimal.Decimal"), TypeError("1 / 0: of decimal.Decimal")),
        (
            TypeError("unsupported operand: 'decimal.Decimal'"),
            TypeError(
                "1 / 0: unsupported operand: 'decimal.Decimal'; a Decimal goes with Decimals and ints only, "
                "convert the others"
            ),
        ),
    ],
)
def test_an_error_says_what_was_computed(error: Exception, expected: Exception) -> None:
    found = explained(error, binary_text(1, "/", 0))
    assert (type(found), str(found)) == (type(expected), str(expected))
    assert binary_text(1, "hypot", 0) == "hypot(1, 0)"


@pytest.mark.parametrize("x", [float, Value, mpmath.mpc(1, 2)], ids=repr)
def test_classes_and_complex_numbers_are_no_numbers(x: Any) -> None:
    with pytest.raises(TypeError, match="expected a number"):
        number(x)


def test_numbers_of_numpy_assigned_to_data_keep_to_the_rules() -> None:
    np = pytest.importorskip("numpy")
    v = Value(1.0)
    v.data = np.float64(0.0)
    with pytest.raises(ZeroDivisionError):
        1 / v
    with pytest.raises(ZeroDivisionError):
        v**-1


def test_comparing_a_huge_int_is_named() -> None:
    with pytest.raises(OverflowError, match="isclose"):
        tg.isclose(Value(10**400), 1.0)


def test_a_power_of_ints_beyond_all_floats_has_infinite_slope() -> None:
    y = Value(10) ** Value(400)
    assert y.local_grads[1] == math.inf
