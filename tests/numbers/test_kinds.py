"""What each kind of number brings along: Decimals, SymPy's and mpmath's numbers, and kinds nobody knows."""

import itertools
import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

import tinygrad_edu as tg
from tests.operations import TABLE, Operation
from tinygrad_edu import DomainError, Value
from tinygrad_edu.numbers import kinds

ELEMENTARY = [
    *("exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tan", "arcsin", "arccos", "arctan"),
    *("sinh", "cosh", "tanh", "erf", "relu", "leaky_relu", "sigmoid", "softplus", "log_sigmoid"),
]


def gradient(f: Callable[..., Any], *xs: Any) -> list[Any]:
    values = list(map(Value, xs))
    f(*values).backward()
    return [v.grad for v in values]


# --- Decimal ------------------------------------------------------------------------------------------------


def test_decimals_have_exp_log_and_sqrt_to_their_own_precision() -> None:
    x = Decimal("1.5")
    assert tg.exp(x) == x.exp()
    assert tg.log(x) == x.ln()
    assert tg.sqrt(x) == x.sqrt()
    assert gradient(tg.exp, x) == [x.exp()]
    assert gradient(tg.log, x) == [1 / x]
    assert gradient(tg.sqrt, x) == [1 / (2 * x.sqrt())]
    assert tg.sigmoid(Decimal(0)) == Decimal("0.5")
    assert gradient(tg.sigmoid, Decimal(0)) == [Decimal("0.25")]
    assert tg.hypot(Decimal(3), Decimal(4)) == 5
    assert gradient(tg.hypot, Decimal(3), Decimal(4)) == [Decimal("0.6"), Decimal("0.8")]
    assert gradient(lambda x: x**2, Decimal(3)) == [6]
    assert gradient(abs, Decimal(-3)) == [-1]
    assert gradient(tg.maximum, Decimal(3), Decimal(3)) == [Decimal("0.5")] * 2


@pytest.mark.parametrize("n", [1, 2, 3])
def test_whole_powers_of_decimal_zero(n: int) -> None:
    """Decimal(0) ** 0 is an error in Python: the slope of x¹ at 0 is 1 all the same."""
    assert gradient(lambda x: x**n, Decimal(0)) == [1 if n == 1 else 0]


def test_a_whole_number_to_the_power_of_a_decimal() -> None:
    y = Value(Decimal(3))
    z = 2**y
    z.backward()
    assert z.data == 8
    assert float(y.grad) == pytest.approx(8 * math.log(2))


def test_a_decimal_power_with_a_negative_base_has_a_nan_slope() -> None:
    x, y = Value(Decimal(-2)), Value(Decimal(3))
    z = x**y
    z.backward()
    assert (z.data, x.grad) == (-8, 12)
    assert math.isnan(y.grad)


@pytest.mark.parametrize("name", ["sin", "tanh", "log1p", "arctan", "erf"])
def test_what_decimals_do_not_have_is_named(name: str) -> None:
    with pytest.raises(TypeError, match=rf"^{name} is not known for Decimal.*float\(\)"):
        getattr(tg, name)(Decimal(1))


def test_decimals_have_no_angle() -> None:
    with pytest.raises(TypeError, match=r"^arctan2 is not known for Decimal: convert Decimal\('1'\)"):
        tg.arctan2(Decimal(1), Decimal(2))
    with pytest.raises(TypeError, match=r"^arctan2 is not known for Decimal: convert Decimal\('2'\)"):
        tg.arctan2(1, Decimal(2))


def test_decimals_outside_a_domain() -> None:
    with pytest.raises(DomainError, match=r"log\(Decimal\('-1'\)\) is undefined: log needs"):
        tg.log(Decimal(-1))
    with pytest.raises(DomainError, match=r"sqrt\(Decimal\('-1'\)\) is undefined: sqrt needs"):
        tg.sqrt(Value(Decimal(-1)))
    with pytest.raises(DomainError, match=r"Decimal\('-8'\) \*\* Decimal\('0\.5'\) is undefined"):
        kinds.power(Decimal(-8), Decimal("0.5"))
    with pytest.raises(OverflowError, match=r"exp\(Decimal\('1E\+9'\)\) is too large"):
        tg.exp(Decimal("1e9"))


def test_a_decimal_in_leaky_relu_needs_a_decimal_slope() -> None:
    assert tg.leaky_relu(Decimal(-2), slope=Decimal("0.1")) == Decimal("-0.2")
    with pytest.raises(TypeError, match="leaky_relu"):
        tg.leaky_relu(Value(Decimal(-2)))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
@pytest.mark.parametrize("kind", [int, Fraction, Decimal], ids=lambda kind: kind.__name__)
def test_backward_never_fails_after_a_good_forward_pass(row: Operation, kind: Any) -> None:
    count = len(row.samples[0])
    for data in itertools.product([kind(0), kind(1), kind(-2), kind(3)], repeat=min(count, 2)):
        values = [Value(data[i % len(data)]) for i in range(count)]
        try:
            y = row.apply(*values)
        except (DomainError, ZeroDivisionError, TypeError) as error:
            refused = str(error)
            assert row.name.split(",")[0].strip(".0123456789 ") in refused or row.public == "where"
        else:
            y.backward()
            assert all(v.grad is not None for v in values)


# --- SymPy --------------------------------------------------------------------------------------------------


def test_symbols_of_sympy_give_symbolic_gradients() -> None:
    sympy = pytest.importorskip("sympy")
    x, y = sympy.symbols("x y", positive=True)
    a, b = Value(x), Value(y)
    z = (a * b + a / b - 3) ** 2
    z.backward()
    f = (x * y + x / y - 3) ** 2
    assert sympy.simplify(a.grad - f.diff(x)) == 0
    assert sympy.simplify(b.grad - f.diff(y)) == 0


@pytest.mark.parametrize(
    "name",
    ["exp", "log", "sqrt", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "erf"],
)
@pytest.mark.parametrize("inside", ["x", "x**2", "exp(x)", "2*x + 1"])
def test_functions_of_symbols_have_symbolic_slopes(name: str, inside: str) -> None:
    sympy = pytest.importorskip("sympy")
    x = sympy.Symbol("x")
    argument = sympy.sympify(inside)
    v = Value(argument)
    y = getattr(tg, name)(v)
    y.backward()
    f = getattr(sympy, {"arcsin": "asin", "arccos": "acos", "arctan": "atan"}.get(name, name))
    assert y.data == f(argument)
    expected = f(x).diff(x).subs(x, argument)
    point = sympy.Rational(3, 10)
    assert abs(sympy.N((v.grad - expected).subs(x, point), 30)) < 1e-25


def test_slopes_of_two_symbols() -> None:
    sympy = pytest.importorskip("sympy")
    x, y = sympy.symbols("x y", real=True)
    for f, expected in ((tg.arctan2, sympy.atan2(y, x)), (tg.hypot, sympy.sqrt(x**2 + y**2))):
        a, b = Value(x), Value(y)
        z = f(b, a)
        z.backward()
        assert sympy.simplify(z.data - expected) == 0
        assert sympy.simplify(a.grad - expected.diff(x)) == 0
        assert sympy.simplify(b.grad - expected.diff(y)) == 0
    assert tg.arctan2(1, sympy.Integer(-1)) == 3 * sympy.pi / 4


def test_powers_and_roots_of_symbols() -> None:
    sympy = pytest.importorskip("sympy")
    x, y = sympy.symbols("x y", positive=True)
    a, b = Value(x), Value(y)
    (a**b).backward()
    assert sympy.simplify(a.grad - y * x ** (y - 1)) == 0
    assert sympy.simplify(b.grad - x**y * sympy.log(x)) == 0
    c = Value(sympy.Symbol("x"))
    (c**3 + 2**c).backward()
    expected = 3 * c.data**2 + 2**c.data * sympy.log(2)
    assert abs(sympy.N((c.grad - expected).subs(c.data, 3))) < 1e-12


# --- mpmath -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in ELEMENTARY if name != "leaky_relu"])
def test_numbers_of_mpmath_keep_their_digits(name: str) -> None:
    reference = {"arcsin": "asin", "arccos": "acos", "arctan": "atan"}
    with mpmath.workdps(50):
        x = mpmath.mpf("0.3")
        f: Any = {
            "relu": lambda x: x,
            "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
            "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
            "log_sigmoid": lambda x: -mpmath.log(1 + mpmath.exp(-x)),
        }.get(name) or getattr(mpmath, reference.get(name, name))
        v = Value(x)
        y = getattr(tg, name)(v)
        y.backward()
        assert abs(y.data - f(x)) < mpmath.mpf("1e-48")
        assert abs(v.grad - mpmath.diff(f, x)) < mpmath.mpf("1e-35")


def test_functions_of_several_numbers_of_mpmath_keep_their_digits() -> None:
    with mpmath.workdps(50):
        x, y = mpmath.mpf("0.3"), mpmath.mpf("0.4")
        assert abs(tg.hypot(x, y) - mpmath.mpf("0.5")) < mpmath.mpf("1e-45")
        assert abs(tg.arctan2(x, y) - mpmath.atan2(x, y)) < mpmath.mpf("1e-48")
        assert abs(gradient(tg.arctan2, x, 2)[0] - 2 / (4 + x * x)) < mpmath.mpf("1e-48")
        assert abs(tg.logsumexp([x, y]) - mpmath.log(mpmath.exp(x) + mpmath.exp(y))) < mpmath.mpf("1e-45")
        assert tg.dot([Value(x)], [y]).data == x * y
        assert abs(tg.mean([Value(x), y]).data - mpmath.mpf("0.35")) < mpmath.mpf("1e-45")


def test_numbers_of_mpmath_outside_a_domain() -> None:
    for f in (tg.log, tg.sqrt, tg.arcsin, lambda x: x**0.5):
        with pytest.raises(DomainError, match="is undefined"):
            f(Value(mpmath.mpf(-2)))


# --- kinds of numbers nobody knows --------------------------------------------------------------------------


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


def test_an_unknown_kind_of_number_has_arithmetic_and_no_functions() -> None:
    x, y = Value(Rational(2.0)), Value(Rational(3.0))
    z = x * y + x
    z.backward()
    assert z.data.x == 8.0
    assert (x.grad.x, y.grad.x) == (4.0, 2.0)
    with pytest.raises(TypeError, match="exp is not known for Rational"):
        tg.exp(x)


class Angle(Rational):
    """A kind of number that brings its own functions."""

    def sin(self) -> str:
        return "its own sine"

    def cos(self) -> str:
        return "its own cosine"

    def maximum(self, other: Any) -> str:
        return f"its own maximum with {other}"


def test_a_kind_of_number_may_bring_its_own_functions() -> None:
    assert tg.sin(Angle(1.0)) == "its own sine"
    assert tg.sin(Value(Angle(1.0))).data == "its own sine"
    assert tg.sin(Value(Angle(1.0))).local_grads == ("its own cosine",)
    assert tg.maximum(Angle(1.0), 2) == tg.maximum(2, Angle(1.0)) == "its own maximum with 2"


def test_a_function_of_an_array_says_how_to_work_element_by_element() -> None:
    def whole(name: str) -> object:
        return tg.grad(lambda x: tg.sum(getattr(tg, name)(x)))(np.array([1.0, 2.0]))

    with pytest.raises(TypeError, match=r"sin: .*write \[tg.sin\(v\) for v in x\], or np.sin\(np.array\(x\)\)$"):
        whole("sin")
    with pytest.raises(TypeError, match=r"erf: .*write \[tg.erf\(v\) for v in x\]$"):
        whole("erf")
    for f in (lambda x: tg.sum([tg.sin(v) for v in x]), lambda x: tg.sum(np.sin(np.array(x)))):
        assert tg.grad(f)(np.array([1.0, 2.0])) == pytest.approx([math.cos(1.0), math.cos(2.0)])
