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
from decimal import Decimal, InvalidOperation
from numbers import Real
from typing import Any

from .number import DomainError, binary_text, explained, number, one_like, primal, shown, zero_like

DOMAINS = {
    "log": "log needs a number above 0",
    "log1p": "log1p needs a number above -1",
    "sqrt": "sqrt needs a number of at least 0",
    "arcsin": "arcsin needs a number from -1 to 1",
    "arccos": "arccos needs a number from -1 to 1",
}
SHORT_NAMES = {"arcsin": "asin", "arccos": "acos", "arctan": "atan"}  # mathematics' and SymPy's name for NumPy's
DECIMAL_NAMES = {"log": "ln"}


# --- arithmetic that needs care ------------------------------------------------------------------------------


def divide(x: Any, y: Any) -> Any:
    """x / y; ZeroDivisionError and OverflowError name both operands.

    >>> divide(1.0, 0.0)
    Traceback (most recent call last):
        ...
    ZeroDivisionError: 1.0 / 0.0 divides by zero
    """
    try:
        return x / y
    except (ArithmeticError, TypeError) as error:
        raise explained(error, binary_text(x, "/", y)) from None


def reciprocal(x: Any) -> Any:
    """1 / x for slopes: the limit inf at 0."""
    try:
        return one_like(x) / x
    except ZeroDivisionError:
        return math.inf


def power(x: Any, y: Any) -> Any:
    """x ** y, real or an error: a negative base takes whole exponents only.

    >>> power(2.0, 10.0)
    1024.0
    """
    try:
        result = x**y
    except (ArithmeticError, TypeError) as error:
        raise explained(error, binary_text(x, "**", y)) from None
    if isinstance(result, complex):
        raise DomainError(f"{binary_text(x, '**', y)} is undefined: a negative base needs a whole exponent")
    return result


def power_slope_base(x: Any, y: Any) -> Any:
    """∂/∂x of x ** y, which is y · x^(y-1): 0 for y = 0, inf where the curve rises vertically; never raises."""
    if primal(y) == 0:
        return 0 * y
    try:
        return y * x ** (y - 1)
    except ZeroDivisionError:  # 0 ** y with 0 < y < 1
        return math.inf
    except OverflowError:
        return math.copysign(math.inf, y) * (1 if x > 0 or y % 2 == 1 else -1)


def power_slope_exponent(x: Any, y: Any, x_to_y: Any) -> Any:
    """∂/∂y of x ** y, which is x^y · log x: 0 at x = 0, nan for x < 0, where only whole y give a real result."""
    return choose(x > 0, lambda: x_to_y * log(x), choose(x < 0, lambda: math.nan, 0 * y))


# --- elementary functions ------------------------------------------------------------------------------------


def _elementary(name: str, function: Callable[[float], float], x: Any) -> Any:
    """`function` of a real number; of any other kind of number, that kind's own function of this name."""
    if type(x) is float:
        try:
            return function(x)
        except ValueError:
            domain = DOMAINS.get(name, f"{name} needs a finite number")
            raise DomainError(f"{name}({x!r}) is undefined: {domain}") from None
        except OverflowError as error:
            raise explained(error, f"{name}({x!r})") from None
    own = _own(x, DECIMAL_NAMES.get(name, name) if isinstance(x, Decimal) else name)
    if own is not None:
        return _own_result(name, own, x)
    x = number(x)
    own = _from_package(name, x)
    if own is None and isinstance(x, Real):
        return _elementary(name, function, _as_float(name, x))
    if own is None:
        raise TypeError(f"{name} is not known for {type(x).__name__}: convert {shown(x)} with float() first")
    return own(x)


def _own(x: Any, name: str) -> Any:
    """The method `name` that `x` brings along, or None. Floats have none; asking their type first is faster."""
    return None if type(x) is float else getattr(x, name, None)


def _own_result(name: str, method: Callable[[], Any], x: Any) -> Any:
    try:
        return method()
    except InvalidOperation:
        raise DomainError(f"{name}({shown(x)}) is undefined: {DOMAINS.get(name, 'out of its domain')}") from None


def _from_package(name: str, x: Any) -> Any:
    """The function `name` in the package that defines the type of `x`: SymPy's for SymPy's symbols."""
    package = sys.modules.get(type(x).__module__.partition(".")[0])
    function = getattr(package, SHORT_NAMES.get(name, name), None)
    return None if getattr(function, "__module__", None) == __name__ else function  # not ours, imported there


def _as_float(name: str, x: Any) -> float:
    try:
        return float(x)
    except OverflowError as error:
        raise explained(error, f"{name}({shown(x)})") from None


def exp(x: Any) -> Any:
    """eˣ. Its derivative is eˣ. OverflowError above about 709.

    >>> exp(0.0)
    1.0
    """
    return _elementary("exp", math.exp, x)


def log(x: Any) -> Any:
    """The natural logarithm. Its derivative is 1/x. DomainError unless x > 0.

    >>> log(1.0)
    0.0
    """
    return _elementary("log", math.log, x)


def log1p(x: Any) -> Any:
    """log(1 + x), accurate for small x. Its derivative is 1/(1 + x). DomainError unless x > -1.

    >>> log1p(1e-20)
    1e-20
    """
    return _elementary("log1p", math.log1p, x)


def expm1(x: Any) -> Any:
    """eˣ - 1, accurate for small x. Its derivative is eˣ.

    >>> expm1(1e-20)
    1e-20
    """
    return _elementary("expm1", math.expm1, x)


def sqrt(x: Any) -> Any:
    """The square root. Its derivative is 1/(2√x), inf at 0. DomainError for x < 0.

    >>> sqrt(9.0)
    3.0
    """
    return _elementary("sqrt", math.sqrt, x)


def sin(x: Any) -> Any:
    """The sine of x radians. Its derivative is cos x.

    >>> sin(0.0)
    0.0
    """
    return _elementary("sin", math.sin, x)


def cos(x: Any) -> Any:
    """The cosine of x radians. Its derivative is -sin x.

    >>> cos(0.0)
    1.0
    """
    return _elementary("cos", math.cos, x)


def tan(x: Any) -> Any:
    """The tangent of x radians. Its derivative is 1 + tan² x.

    >>> tan(0.0)
    0.0
    """
    return _elementary("tan", math.tan, x)


def arcsin(x: Any) -> Any:
    """The angle in [-π/2, π/2] whose sine is x. Its derivative is 1/√(1 - x²), inf at ±1.

    >>> arcsin(0.0)
    0.0
    """
    return _elementary("arcsin", math.asin, x)


def arccos(x: Any) -> Any:
    """The angle in [0, π] whose cosine is x. Its derivative is -1/√(1 - x²), -inf at ±1.

    >>> arccos(1.0)
    0.0
    """
    return _elementary("arccos", math.acos, x)


def arctan(x: Any) -> Any:
    """The angle in (-π/2, π/2) whose tangent is x. Its derivative is 1/(1 + x²).

    >>> arctan(0.0)
    0.0
    """
    return _elementary("arctan", math.atan, x)


def sinh(x: Any) -> Any:
    """The hyperbolic sine, (eˣ - e⁻ˣ)/2. Its derivative is cosh x.

    >>> sinh(0.0)
    0.0
    """
    return _elementary("sinh", math.sinh, x)


def cosh(x: Any) -> Any:
    """The hyperbolic cosine, (eˣ + e⁻ˣ)/2. Its derivative is sinh x.

    >>> cosh(0.0)
    1.0
    """
    return _elementary("cosh", math.cosh, x)


def tanh(x: Any) -> Any:
    """The hyperbolic tangent, an S-curve from -1 to 1. Its derivative is 1 - tanh² x.

    >>> tanh(1000.0)
    1.0
    """
    return _elementary("tanh", math.tanh, x)


# --- activations and kinks -----------------------------------------------------------------------------------


def sigmoid(x: Any) -> Any:
    """1/(1 + e⁻ˣ), an S-curve from 0 to 1. Its derivative is σ(1 - σ). Stable for any x.

    >>> sigmoid(0.0), sigmoid(-1000.0)
    (0.5, 0.0)
    """
    own = _own(x, "sigmoid")
    if own is not None:
        return own()
    if number(x) < 0:  # e⁻ˣ would overflow
        e_to_x = exp(x)
        return e_to_x / (1 + e_to_x)
    return 1 / (1 + exp(-x))


def softplus(x: Any) -> Any:
    """log(1 + eˣ), a smooth relu. Its derivative is σ(x). Stable for any x.

    >>> softplus(1000.0)
    1000.0
    """
    own = _own(x, "softplus")
    if own is not None:
        return own()
    return relu(x) + log1p(exp(-abs(x)))


def log_sigmoid(x: Any) -> Any:
    """log σ(x) = -softplus(-x). Its derivative is σ(-x). Stable for any x.

    >>> log_sigmoid(-1000.0)
    -1000.0
    """
    own = _own(x, "log_sigmoid")
    return own() if own is not None else -softplus(-number(x))


def relu(x: Any) -> Any:
    """max(0, x), the rectified linear unit. Its derivative is 1 for x > 0, else 0, also at the kink.

    >>> relu(-2.0), relu(3.0)
    (0.0, 3.0)
    """
    own = _own(x, "relu")
    if own is not None:
        return own()
    return zero_like(x) if number(x) < 0 else number(x)


def leaky_relu(x: Any, slope: float = 0.01) -> Any:
    """x for x > 0, else slope·x: a relu that cannot die. Its derivative is 1 for x > 0, else slope.

    >>> leaky_relu(-2.0), leaky_relu(-2.0, slope=0.5)
    (-0.02, -1.0)
    """
    own = _own(x, "leaky_relu")
    if own is not None:
        return own(slope)
    return number(x) if x > 0 else number(slope) * number(x)


def step(x: Any) -> Any:
    """The slope of relu: 1 for x > 0, 0 for x ≤ 0, nan for nan."""
    x = primal(x)
    staged = _staged("step", x)
    return staged if staged is not None else 1 if x > 0 else 0 if x <= 0 else math.nan


def sign(x: Any) -> Any:
    """The slope of abs: 1, -1, and 0 at 0, nan for nan."""
    x = primal(x)
    staged = _staged("sign", x)
    return staged if staged is not None else 1 if x > 0 else -1 if x < 0 else 0 if x == 0 else math.nan


def share(x: Any, y: Any) -> Any:
    """How much of max(x, y) is due to x: 1 if it is larger, 0 if smaller, a tie shares ½ and ½."""
    x, y = primal(x), primal(y)
    staged = _staged("share", x, y)
    return staged if staged is not None else 1 if x > y else 0 if x < y else one_like(x) / 2


def equal(x: Any, y: Any) -> Any:
    """1 where two numbers are equal, else 0."""
    x, y = primal(x), primal(y)
    staged = _staged("equal", x, y)
    return staged if staged is not None else 0 if x < y or x > y else 1


def _staged(operation: str, *operands: Any) -> Any:
    """The operation as a line of a program, if an operand is a symbol of one (see `staging`), else None."""
    for x in operands:
        write = _own(x, "write")
        if write is not None:
            return write(operation, *operands)
    return None


def choose(condition: Any, if_true: Callable[[], Any], if_false: Any) -> Any:
    """`if_true()` if the condition holds, else `if_false`; both, for later, if it is one on symbols."""
    if hasattr(condition, "choose"):
        return condition.choose(if_true, if_false)
    return if_true() if condition else if_false


def ratio(x: Any, y: Any) -> Any:
    """x / y for y > 0, else 0: for a slope that is taken as 0 where it has no value."""
    return choose(y > 0, lambda: x / y, 0)


def is_finite(x: Any) -> bool:
    """Whether a number is neither infinite nor nan; a symbol, whose number is not known yet, counts as finite."""
    x = primal(x)
    return _own(x, "write") is not None or bool(-math.inf < x < math.inf)


def maximum(x: Any, y: Any) -> Any:
    """The larger of two; nan if either is. Its derivative goes to the larger, a tie shares ½ and ½.

    >>> maximum(2.0, 3.0)
    3.0
    """
    return _of_two("maximum", x, y, lambda x, y: x if x > y or x != x else y)


def minimum(x: Any, y: Any) -> Any:
    """The smaller of two; nan if either is. Its derivative goes to the smaller, a tie shares ½ and ½.

    >>> minimum(2.0, 3.0)
    2.0
    """
    return _of_two("minimum", x, y, lambda x, y: x if x < y or x != x else y)


def hypot(x: Any, y: Any) -> Any:
    """√(x² + y²) without overflow on the way. Its derivatives are x/h and y/h, 0 and 0 at the origin.

    >>> hypot(3.0, 4.0)
    5.0
    """
    return _of_two("hypot", x, y, _hypot)


def _hypot(x: Any, y: Any) -> Any:
    return math.hypot(x, y) if isinstance(x, Real) and isinstance(y, Real) else sqrt(x * x + y * y)


def _of_two(name: str, x: Any, y: Any, plain: Callable[[Any, Any], Any]) -> Any:
    """The method `name` of whichever operand has it and takes the other, else `plain` of the two numbers."""
    for one, other in ((x, y), (y, x)):
        own = _own(one, name)
        result = NotImplemented if own is None else own(other)
        if result is not NotImplemented:
            return result
    return plain(number(x), number(y))


def isclose(x: Any, y: Any, *, rel_tol: float = 1e-9, abs_tol: float = 0.0) -> bool:
    """Whether two numbers, or the data of two Values, are equal up to rounding: what `math.isclose` tests.

    >>> isclose(0.1 + 0.2, 0.3)
    True
    """
    return math.isclose(number(primal(x)), number(primal(y)), rel_tol=rel_tol, abs_tol=abs_tol)
