"""Elementary functions of one number, of any kind of number, and the rules about where they are defined.

A float goes straight to `math`. Anything else brings its own arithmetic: a `Decimal` has methods `exp` and
`sqrt`, SymPy and mpmath numbers have a function of that name in their package, a `Value` has a method of that
name. So `exp(x)` here is the one spelling of eˣ for all of them, and it is the public function too.

What is undefined raises `DomainError`, what is too large `OverflowError`, division by zero `ZeroDivisionError`;
each names the operation and its operands.
"""

import math
import sys
from collections.abc import Callable
from decimal import Decimal, InvalidOperation, Overflow
from numbers import Real
from typing import Any, overload

from .number import (
    DomainError,
    Number,
    binary_text,
    common_one,
    explained,
    is_complex,
    number,
    operand,
    primal,
    shown,
    zero_like,
)
from .signatures import N, of_one, of_two

DOMAINS = {
    "log": "log needs a number above 0",
    "log1p": "log1p needs a number above -1",
    "sqrt": "sqrt needs a number of at least 0",
    "arcsin": "arcsin needs a number from -1 to 1",
    "arccos": "arccos needs a number from -1 to 1",
}
SHORT_NAMES = {  # mathematics' and SymPy's name for NumPy's
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
}
SWAPPED = {"arctan2": "rarctan2"}  # the method of the second operand, where it matters which is the second
DECIMAL_NAMES = {"log": "ln"}


# --- arithmetic that needs care ------------------------------------------------------------------------------


def divide(x: Number, y: Number) -> Number:
    """x / y; ZeroDivisionError and OverflowError name both operands.

    >>> divide(1.0, 0.0)
    Traceback (most recent call last):
        ...
    ZeroDivisionError: 1.0 / 0.0 divides by zero
    """
    x, y = _plain(x), _plain(y)
    try:
        return x / y
    except (ArithmeticError, TypeError) as error:
        raise explained(error, binary_text(x, "/", y)) from None


def _plain(x: Number) -> Number:
    """NumPy's scalars, which warn where floats raise, as floats: assigned to `data`, they get past the constructor."""
    return x if type(x) is float or not hasattr(x, "dtype") else number(x)


def power(x: Number, y: Number) -> Number:
    """x ** y, real or an error: a negative base takes whole exponents only.

    >>> power(2.0, 10.0)
    1024.0
    """
    x, y = _plain(x), _plain(y)
    try:
        result: Number = x**y
    except (ArithmeticError, TypeError) as error:
        raise explained(error, binary_text(x, "**", y)) from None
    if is_complex(result):
        raise DomainError(f"{binary_text(x, '**', y)} is undefined: a negative base needs a whole exponent")
    if isinstance(result, Decimal) and result.is_infinite() and x == 0:
        raise ZeroDivisionError(f"{binary_text(x, '**', y)} divides by zero")
    return result


# --- elementary functions ------------------------------------------------------------------------------------


def _elementary(name: str, function: Callable[[float], float], x: Number) -> Number:
    """`function` of a real number; of any other kind of number, that kind's own function of this name."""
    if type(x) is float:
        try:
            return function(x)
        except ValueError:
            domain = DOMAINS.get(name, f"{name} needs a finite number")
            raise DomainError(f"{name}({x!r}) is undefined: {domain}") from None
        except OverflowError as error:
            raise explained(error, f"{name}({x!r})") from None
    own = own_method(x, DECIMAL_NAMES.get(name, name) if isinstance(x, Decimal) else name)
    if own is not None:
        return _checked(name, own, x)
    x = operand(name, x)
    function_of_package = _from_package(name, x)
    if function_of_package is not None:
        return _checked(name, lambda: function_of_package(x), x)
    if not isinstance(x, Real):
        raise _unknown(name, x)
    return _elementary(name, function, _as_float(name, x))


def _unknown(name: str, x: object) -> TypeError:
    return TypeError(f"{name} is not known for {type(x).__name__}: convert {shown(x)} with float() first")


def own_method(x: object, name: str) -> Callable[..., Number] | None:
    """The method `name` that `x` brings along, or None. Floats have none; asking their type first is faster."""
    if type(x) is float:
        return None
    method = getattr(x, name, None)
    return method if callable(method) else None  # SymPy's and mpmath's numbers keep their exponent in `exp`


def _checked(name: str, compute: Callable[[], Number], x: Number) -> Number:
    """The result of another kind of number's own function, or the error that a float would give."""
    undefined = DomainError(f"{name}({shown(x)}) is undefined: {DOMAINS.get(name, 'out of its domain')}")
    try:
        result = compute()
    except InvalidOperation:
        raise undefined from None
    except Overflow as error:
        raise explained(error, f"{name}({shown(x)})") from None
    if is_complex(result) or (type(result) is type(x) and name in DOMAINS and _is_infinite(result) > _is_infinite(x)):
        raise undefined
    return result


def _is_infinite(x: Number) -> bool:
    return bool(x == math.inf or x == -math.inf)


def _from_package(name: str, x: object) -> Any:
    """The function `name` in the package that defines the type of `x`: SymPy's for SymPy's symbols."""
    package = sys.modules.get(type(x).__module__.partition(".")[0])
    function = getattr(package, SHORT_NAMES.get(name, name), None)
    return None if getattr(function, "__module__", None) == __name__ else function  # not ours, imported there


def _of_kind(name: str, x: Number, but: type | tuple[()] = ()) -> Number:
    """A number of a kind that has an `exp` of its own as it is, any other real number as a float."""
    x = operand(name, x)
    if isinstance(x, but):
        raise _unknown(name, x)
    is_plain = isinstance(x, Real) and _from_package("exp", x) is None
    return _as_float(name, x) if is_plain and type(x) is not float else x


def pi_like(x: Number) -> Number:
    """π in the arithmetic of `x`: SymPy's and mpmath's own, else a float."""
    return _from_package("pi", primal(x)) or math.pi


def _as_float(name: str, x: Number) -> float:
    try:
        return float(x)
    except OverflowError as error:
        raise explained(error, f"{name}({shown(x)})") from None


@of_one
def exp(x: Number) -> Number:
    """eˣ. Its derivative is eˣ. OverflowError above about 709.

    >>> exp(0.0)
    1.0
    """
    return _elementary("exp", math.exp, x)


@of_one
def log(x: Number) -> Number:
    """The natural logarithm. Its derivative is 1/x. DomainError unless x > 0.

    >>> log(1.0)
    0.0
    """
    return _elementary("log", math.log, x)


@of_one
def log1p(x: Number) -> Number:
    """log(1 + x), accurate for small x. Its derivative is 1/(1 + x). DomainError unless x > -1.

    >>> log1p(1e-20)
    1e-20
    """
    return _elementary("log1p", math.log1p, x)


@of_one
def expm1(x: Number) -> Number:
    """eˣ - 1, accurate for small x. Its derivative is eˣ.

    >>> expm1(1e-20)
    1e-20
    """
    return _elementary("expm1", math.expm1, x)


@of_one
def sqrt(x: Number) -> Number:
    """The square root. Its derivative is 1/(2√x), inf at 0. DomainError for x < 0.

    >>> sqrt(9.0)
    3.0
    """
    return _elementary("sqrt", math.sqrt, x)


@of_one
def sin(x: Number) -> Number:
    """The sine of x radians. Its derivative is cos x.

    >>> sin(0.0)
    0.0
    """
    return _elementary("sin", math.sin, x)


@of_one
def cos(x: Number) -> Number:
    """The cosine of x radians. Its derivative is -sin x.

    >>> cos(0.0)
    1.0
    """
    return _elementary("cos", math.cos, x)


@of_one
def tan(x: Number) -> Number:
    """The tangent of x radians. Its derivative is 1 + tan² x.

    >>> tan(0.0)
    0.0
    """
    return _elementary("tan", math.tan, x)


@of_one
def arcsin(x: Number) -> Number:
    """The angle in [-π/2, π/2] whose sine is x. Its derivative is 1/√(1 - x²), inf at ±1.

    >>> arcsin(0.0)
    0.0
    """
    return _elementary("arcsin", math.asin, x)


@of_one
def arccos(x: Number) -> Number:
    """The angle in [0, π] whose cosine is x. Its derivative is -1/√(1 - x²), -inf at ±1.

    >>> arccos(1.0)
    0.0
    """
    return _elementary("arccos", math.acos, x)


@of_one
def arctan(x: Number) -> Number:
    """The angle in (-π/2, π/2) whose tangent is x. Its derivative is 1/(1 + x²).

    >>> arctan(0.0)
    0.0
    """
    return _elementary("arctan", math.atan, x)


@of_one
def sinh(x: Number) -> Number:
    """The hyperbolic sine, (eˣ - e⁻ˣ)/2. Its derivative is cosh x.

    >>> sinh(0.0)
    0.0
    """
    return _elementary("sinh", math.sinh, x)


@of_one
def cosh(x: Number) -> Number:
    """The hyperbolic cosine, (eˣ + e⁻ˣ)/2. Its derivative is sinh x.

    >>> cosh(0.0)
    1.0
    """
    return _elementary("cosh", math.cosh, x)


@of_one
def tanh(x: Number) -> Number:
    """The hyperbolic tangent, an S-curve from -1 to 1. Its derivative is 1 - tanh² x.

    >>> tanh(1000.0)
    1.0
    """
    return _elementary("tanh", math.tanh, x)


@of_one
def erf(x: Number) -> Number:
    """The error function, an S-curve from -1 to 1. Its derivative is 2/√π · e^(-x²).

    (1 + erf(x/√2)) / 2 is the probability that a normally distributed number, of mean 0 and variance 1, is below x.

    >>> erf(0.0), erf(1000.0)
    (0.0, 1.0)
    """
    return _elementary("erf", math.erf, x)


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
        x = _of_kind("sigmoid", x)
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
    x = _of_kind("softplus", x, but=Decimal)
    return relu(x) + log1p(exp(-abs(x)))


@of_one
def log_sigmoid(x: Number) -> Number:
    """log σ(x) = -softplus(-x). Its derivative is σ(-x). Stable for any x.

    >>> log_sigmoid(-1000.0)
    -1000.0
    """
    own = own_method(x, "log_sigmoid")
    return own() if own is not None else -softplus(-_of_kind("log_sigmoid", x, but=Decimal))


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
def leaky_relu(x: Any, slope: float = 0.01) -> Any:
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


@of_two
def maximum(x: Number, y: Number) -> Number:
    """The larger of two; nan if either is. Its derivative goes to the larger, a tie shares ½ and ½.

    >>> maximum(2.0, 3.0)
    3.0
    """
    return _of_two("maximum", x, y, lambda x, y: x if x > y or x != x else y)


@of_two
def minimum(x: Number, y: Number) -> Number:
    """The smaller of two; nan if either is. Its derivative goes to the smaller, a tie shares ½ and ½.

    >>> minimum(2.0, 3.0)
    2.0
    """
    return _of_two("minimum", x, y, lambda x, y: x if x < y or x != x else y)


@of_two
def hypot(x: Number, y: Number) -> Number:
    """√(x² + y²) without overflow on the way. Its derivatives are x/h and y/h, 0 and 0 at the origin.

    >>> hypot(3.0, 4.0)
    5.0
    """
    return _of_two("hypot", x, y, _hypot)


def _hypot(x: Number, y: Number) -> Number:
    try:
        if any(not isinstance(z, Real) or _from_package("sqrt", z) for z in (x, y)):
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
    return _of_two("arctan2", y, x, _arctan2)


def _arctan2(y: Number, x: Number) -> Number:
    function = _from_package("arctan2", y) or _from_package("arctan2", x) or math.atan2
    for z in (y, x):
        if function is math.atan2 and not isinstance(z, Real):
            raise _unknown("arctan2", z)
    try:
        return function(y, x)
    except (ArithmeticError, TypeError) as error:
        raise explained(error, binary_text(y, "arctan2", x)) from None


def _of_two(name: str, x: Number, y: Number, plain: Callable[[Number, Number], Number]) -> Number:
    """The method `name` of whichever operand has it and takes the other, else `plain` of the two numbers."""
    for one, method, other in ((x, name, y), (y, SWAPPED.get(name, name), x)):
        own = own_method(one, method)
        result = NotImplemented if own is None else own(other)
        if result is not NotImplemented:
            return result
    x, y = operand(name, x), operand(name, y)
    if type(x) is not type(y):
        try:
            common_one((x, y))
        except TypeError as error:
            raise explained(error, binary_text(x, name, y)) from None
    return plain(x, y)


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
