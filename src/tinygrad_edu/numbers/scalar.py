"""Elementary functions of one number or two, of any kind of number: `exp(x)` is the one spelling of eˣ for all of them.

These are the public functions too. `kinds` says how each finds its value; derivatives are in `elementary`.
"""

import math
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from numbers import Real
from typing import overload

from .kinds import from_package, of_kind, own_method, unknown, value_of, value_of_two
from .number import Number, binary_text, explained, one_like, operand, primal, shown, zero_like
from .signatures import N, of_one, of_two


@of_one
def exp(x: Number) -> Number:
    """eˣ. Its derivative is eˣ. OverflowError above about 709.

    >>> exp(0.0)
    1.0
    """
    return value_of("exp", math.exp, x)


@of_one
def exp2(x: Number) -> Number:
    """2ˣ. Its derivative is 2ˣ·log 2. OverflowError from 1024 on.

    >>> exp2(3.0)
    8.0
    """
    return value_of("exp2", math.exp2, x)


@of_one
def log(x: Number) -> Number:
    """The natural logarithm. Its derivative is 1/x. DomainError unless x > 0.

    >>> log(1.0)
    0.0
    """
    return value_of("log", math.log, x)


@of_one
def log2(x: Number) -> Number:
    """The logarithm to base 2. Its derivative is 1/(x·log 2). DomainError unless x > 0.

    >>> log2(8.0)
    3.0
    """
    return value_of("log2", math.log2, x)


@of_one
def log10(x: Number) -> Number:
    """The logarithm to base 10. Its derivative is 1/(x·log 10). DomainError unless x > 0.

    >>> log10(1000.0)
    3.0
    """
    return value_of("log10", math.log10, x)


@of_one
def log1p(x: Number) -> Number:
    """log(1 + x), accurate for small x. Its derivative is 1/(1 + x). DomainError unless x > -1.

    >>> log1p(1e-20)
    1e-20
    """
    return value_of("log1p", math.log1p, x)


@of_one
def expm1(x: Number) -> Number:
    """eˣ - 1, accurate for small x. Its derivative is eˣ.

    >>> expm1(1e-20)
    1e-20
    """
    return value_of("expm1", math.expm1, x)


@of_one
def sqrt(x: Number) -> Number:
    """The square root. Its derivative is 1/(2√x), inf at 0. DomainError for x < 0.

    >>> sqrt(9.0)
    3.0
    """
    return value_of("sqrt", math.sqrt, x)


@of_one
def cbrt(x: Number) -> Number:
    """The cube root, also of negative numbers. Its derivative is 1/(3·cbrt(x)²), inf at 0.

    >>> cbrt(-8.0)
    -2.0
    """
    return value_of("cbrt", math.cbrt, x)


@of_one
def sin(x: Number) -> Number:
    """The sine of x radians. Its derivative is cos x.

    >>> sin(0.0)
    0.0
    """
    return value_of("sin", math.sin, x)


@of_one
def cos(x: Number) -> Number:
    """The cosine of x radians. Its derivative is -sin x.

    >>> cos(0.0)
    1.0
    """
    return value_of("cos", math.cos, x)


@of_one
def tan(x: Number) -> Number:
    """The tangent of x radians. Its derivative is 1 + tan² x.

    >>> tan(0.0)
    0.0
    """
    return value_of("tan", math.tan, x)


@of_one
def arcsin(x: Number) -> Number:
    """The angle in [-π/2, π/2] whose sine is x. Its derivative is 1/√(1 - x²), inf at ±1.

    >>> arcsin(0.0)
    0.0
    """
    return value_of("arcsin", math.asin, x)


@of_one
def arccos(x: Number) -> Number:
    """The angle in [0, π] whose cosine is x. Its derivative is -1/√(1 - x²), -inf at ±1.

    >>> arccos(1.0)
    0.0
    """
    return value_of("arccos", math.acos, x)


@of_one
def arctan(x: Number) -> Number:
    """The angle in (-π/2, π/2) whose tangent is x. Its derivative is 1/(1 + x²).

    >>> arctan(0.0)
    0.0
    """
    return value_of("arctan", math.atan, x)


@of_one
def sinh(x: Number) -> Number:
    """The hyperbolic sine, (eˣ - e⁻ˣ)/2. Its derivative is cosh x.

    >>> sinh(0.0)
    0.0
    """
    return value_of("sinh", math.sinh, x)


@of_one
def cosh(x: Number) -> Number:
    """The hyperbolic cosine, (eˣ + e⁻ˣ)/2. Its derivative is sinh x.

    >>> cosh(0.0)
    1.0
    """
    return value_of("cosh", math.cosh, x)


@of_one
def tanh(x: Number) -> Number:
    """The hyperbolic tangent, an S-curve from -1 to 1. Its derivative is 1 - tanh² x.

    >>> tanh(1000.0)
    1.0
    """
    return value_of("tanh", math.tanh, x)


@of_one
def arcsinh(x: Number) -> Number:
    """The number whose hyperbolic sine is x. Its derivative is 1/√(1 + x²).

    >>> arcsinh(0.0)
    0.0
    """
    return value_of("arcsinh", math.asinh, x)


@of_one
def arccosh(x: Number) -> Number:
    """The number of at least 0 whose hyperbolic cosine is x.

    Its derivative is 1/√(x² - 1), inf at 1. DomainError for x < 1.

    >>> arccosh(1.0)
    0.0
    """
    return value_of("arccosh", math.acosh, x)


@of_one
def arctanh(x: Number) -> Number:
    """The number whose hyperbolic tangent is x. Its derivative is 1/(1 - x²). DomainError unless -1 < x < 1.

    >>> arctanh(0.0)
    0.0
    """
    return value_of("arctanh", math.atanh, x)


@of_one
def erf(x: Number) -> Number:
    """The error function, an S-curve from -1 to 1. Its derivative is 2/√π · e^(-x²).

    (1 + erf(x/√2)) / 2 is the probability that a normally distributed number, of mean 0 and variance 1, is below x.

    >>> erf(0.0), erf(1000.0)
    (0.0, 1.0)
    """
    return value_of("erf", math.erf, x)


# --- activations and kinks -----------------------------------------------------------------------------------


@of_one
def sigmoid(x: Number) -> Number:
    """1/(1 + e⁻ˣ), an S-curve from 0 to 1. Its derivative is σ(1 - σ). Stable for any x.

    >>> sigmoid(0.0), sigmoid(-1000.0)
    (0.5, 0.0)
    """
    if type(x) is not float:
        own = own_method(x, "sigmoid")
        if own is not None:
            return own()
        x = of_kind("sigmoid", x)
    e = exp(-abs(x))  # never overflows
    return e / (1 + e) if x < 0 else 1 / (1 + e)


@of_one
def softplus(x: Number) -> Number:
    """log(1 + eˣ), a smooth relu. Its derivative is σ(x). Stable for any x.

    >>> softplus(1000.0)
    1000.0
    """
    own = own_method(x, "softplus")
    if own is not None:
        return own()
    x = of_kind("softplus", x, but=Decimal)
    return relu(x) + log1p(exp(-abs(x)))


@of_one
def log_sigmoid(x: Number) -> Number:
    """log σ(x) = -softplus(-x). Its derivative is σ(-x). Stable for any x.

    >>> log_sigmoid(-1000.0)
    -1000.0
    """
    own = own_method(x, "log_sigmoid")
    return own() if own is not None else -softplus(-of_kind("log_sigmoid", x, but=Decimal))


@of_one
def relu(x: Number) -> Number:
    """max(0, x), the rectified linear unit. Its derivative is 1 for x > 0, else 0, also at the kink.

    >>> relu(-2.0), relu(3.0)
    (0.0, 3.0)
    """
    own = own_method(x, "relu")
    if own is not None:
        return own()
    x = operand("relu", x)
    return zero_like(x) if x < 0 else x


@overload
def leaky_relu(x: N, slope: float = 0.01) -> N: ...
@overload
def leaky_relu(x: Number, slope: float = 0.01) -> Number: ...
def leaky_relu(x: N | Number, slope: float = 0.01) -> N | Number:
    """x for x > 0, else slope·x: a relu that cannot die. Its derivative is 1 for x > 0, else slope.

    >>> leaky_relu(-2.0), leaky_relu(-2.0, slope=0.5)
    (-0.02, -1.0)
    """
    own = own_method(x, "leaky_relu")
    if own is not None:
        return own(slope)
    x, slope = operand("leaky_relu", x), operand("leaky_relu", slope)
    try:
        return x if x > 0 else slope * x
    except (ArithmeticError, TypeError) as error:
        raise explained(error, f"leaky_relu({shown(x)}, slope={shown(slope)})") from None


@of_one
def elu(x: Number) -> Number:
    """x for x > 0, else eˣ - 1, the exponential linear unit. Its derivative is 1 for x > 0, else eˣ.

    >>> elu(2.0), elu(-1000.0)
    (2.0, -1.0)
    """
    own = own_method(x, "elu")
    if own is not None:
        return own()
    x = of_kind("elu", x, but=Decimal)
    return relu(x) + expm1(minimum(x, zero_like(x)))


@of_one
def silu(x: Number) -> Number:
    """x·σ(x), a smooth relu that dips below 0, also called swish. Its derivative is σ(x)·(1 + x·(1 - σ(x))).

    >>> silu(0.0), silu(1000.0)
    (0.0, 1000.0)
    """
    own = own_method(x, "silu")
    if own is not None:
        return own()
    x = of_kind("silu", x)
    return x * sigmoid(x)


@of_one
def gelu(x: Number) -> Number:
    """x·Φ(x) with Φ(x) = (1 + erf(x/√2))/2, the Gaussian error linear unit, exactly. Its derivative is Φ(x) + x·Φ′(x).

    Φ(x) is the probability that a normally distributed number, of mean 0 and variance 1, is below x.

    >>> gelu(0.0), gelu(1000.0)
    (0.0, 1000.0)
    """
    own = own_method(x, "gelu")
    if own is not None:
        return own()
    x = of_kind("gelu", x, but=Decimal)
    return x * normal(x)


def normal(x: Number) -> Number:
    """Φ(x), the probability that a normally distributed number is below x."""
    return (1 + erf(x / math.sqrt(2))) / 2


# --- steps ---------------------------------------------------------------------------------------------------


@of_one
def sign(x: Number) -> Number:
    """1 for x > 0, -1 for x < 0, 0 at 0, nan for nan. Its derivative is 0; of the jump at 0 it says nothing.

    >>> sign(-3.0), sign(0.0)
    (-1.0, 0.0)
    """
    own = own_method(x, "sign")
    if own is not None:
        return own()
    x = operand("sign", x)
    one = one_like(x)
    return one if x > 0 else -one if x < 0 else 0 * one if x == 0 else x


@of_one
def floor(x: Number) -> Number:
    """The largest whole number of at most x, exact for Fractions. Its derivative is 0; of the jumps it says nothing.

    >>> floor(2.7), floor(-2.7)
    (2.0, -3.0)
    """
    return _whole("floor", math.floor, x)


@of_one
def ceil(x: Number) -> Number:
    """The smallest whole number of at least x, exact for Fractions. Its derivative is 0; of the jumps it says nothing.

    >>> ceil(2.2), ceil(-2.2)
    (3.0, -2.0)
    """
    return _whole("ceil", math.ceil, x)


def _whole(name: str, function: Callable[[Number], int], x: Number) -> Number:
    own = own_method(x, name)
    if own is not None:
        return own()
    x = operand(name, x)
    function_of_package = from_package(name, x)
    if function_of_package is not None:
        return function_of_package(x)  # type: ignore[no-any-return]  # a number of that package
    try:
        if type(x) is float:
            return math.copysign(function(x), x)  # keeps the sign of zero, as C does
        return type(x)(function(x))
    except (OverflowError, ValueError, InvalidOperation):  # inf and nan are as whole as they can be
        return x


@of_two
def maximum(x: Number, y: Number) -> Number:
    """The larger of two; nan if either is. Its derivative goes to the larger, a tie shares ½ and ½.

    >>> maximum(2.0, 3.0)
    3.0
    """
    return value_of_two("maximum", x, y, lambda x, y: x if x > y or x != x else y)


@of_two
def minimum(x: Number, y: Number) -> Number:
    """The smaller of two; nan if either is. Its derivative goes to the smaller, a tie shares ½ and ½.

    >>> minimum(2.0, 3.0)
    2.0
    """
    return value_of_two("minimum", x, y, lambda x, y: x if x < y or x != x else y)


@of_two
def hypot(x: Number, y: Number) -> Number:
    """√(x² + y²) without overflow on the way. Its derivatives are x/h and y/h, 0 and 0 at the origin.

    >>> hypot(3.0, 4.0)
    5.0
    """
    return value_of_two("hypot", x, y, _hypot)


def _hypot(x: Number, y: Number) -> Number:
    try:
        if any(not isinstance(z, Real) or from_package("sqrt", z) for z in (x, y)):
            return sqrt(x * x + y * y)
        result = math.hypot(x, y)
        if math.isinf(result) and math.isfinite(x) and math.isfinite(y):
            raise OverflowError
    except (ArithmeticError, TypeError) as error:
        raise explained(error, binary_text(x, "hypot", y)) from None
    return result


@of_two
def arctan2(y: Number, x: Number) -> Number:
    """The angle of the point (x, y) in [-π, π], y first as in NumPy; 0 at the origin, as in `math`.

    Its derivatives by y and x are x/(x² + y²) and -y/(x² + y²). At the origin, where there are none, they are taken as
    0 and 0. On the negative x-axis, where the angle jumps from π to -π, they are those of the two sides.

    >>> arctan2(1.0, 0.0), arctan2(0.0, -1.0)
    (1.5707963267948966, 3.141592653589793)
    """
    return value_of_two("arctan2", y, x, _arctan2)


def _arctan2(y: Number, x: Number) -> Number:
    function = from_package("arctan2", y) or from_package("arctan2", x) or math.atan2
    for z in (y, x):
        if function is math.atan2 and not isinstance(z, Real):
            raise unknown("arctan2", z)
    try:
        return function(y, x)
    except (ArithmeticError, TypeError) as error:
        raise explained(error, binary_text(y, "arctan2", x)) from None


def isclose(x: object, y: object, *, rel_tol: float = 1e-9, abs_tol: float = 0.0) -> bool:
    """Whether two numbers, or the data of two Values, are equal up to rounding: what `math.isclose` tests.

    >>> isclose(0.1 + 0.2, 0.3)
    True
    """
    a, b = operand("isclose", primal(x)), operand("isclose", primal(y))
    try:
        return math.isclose(a, b, rel_tol=rel_tol, abs_tol=abs_tol)
    except OverflowError as error:
        raise explained(error, binary_text(a, "isclose", b)) from None
