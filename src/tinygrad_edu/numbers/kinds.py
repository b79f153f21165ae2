"""How a function finds its value for each kind of number, and the errors where it has none.

A float goes straight to `math`. Anything else brings its own arithmetic: a `Decimal` has methods `exp` and
`sqrt`, SymPy and mpmath numbers have a function of that name in their package, a `Value` has a method of that
name.

What is undefined raises `DomainError`, what is too large `OverflowError`, division by zero `ZeroDivisionError`;
each names the operation and its operands.
"""

import math
import sys
from collections.abc import Callable
from decimal import Decimal, InvalidOperation, Overflow
from numbers import Real
from typing import Any

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
)
from .operations import OPERATIONS, SHORT_NAMES

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


# --- functions of one number, and of two ----------------------------------------------------------------------


def value_of(name: str, function: Callable[[float], float], x: Number) -> Number:
    """`function` of a real number; of any other kind of number, that kind's own function of this name."""
    if type(x) is float:
        try:
            return function(x)
        except ValueError:
            raise undefined(name, x, "a finite number") from None
        except OverflowError as error:
            raise explained(error, f"{name}({x!r})") from None
    own = own_method(x, DECIMAL_NAMES.get(name, name) if isinstance(x, Decimal) else name)
    if own is not None:
        return _checked(name, own, x)
    x = operand(name, x)
    function_of_package = from_package(name, x)
    if function_of_package is not None:
        return _checked(name, lambda: function_of_package(x), x)
    if not isinstance(x, Real):
        raise unknown(name, x)
    return value_of(name, function, _as_float(name, x))


def undefined(name: str, x: object, needed: str = "a number in its domain") -> DomainError:
    """The error of a function where it has no real value."""
    return DomainError(f"{name}({shown(x)}) is undefined: {name} needs {OPERATIONS[name].domain or needed}")


def unknown(name: str, x: object) -> TypeError:
    """The error of a function for a kind of number that does not know it, or for an array that is read as a list."""
    if isinstance(x, list):
        of_numpy = f", or np.{name}(np.array(x))" if hasattr(sys.modules.get("numpy"), name) else ""
        return TypeError(
            f"{name}: expected a number, got {shown(x)}, an array that is read as a list: "
            f"write [tg.{name}(v) for v in x]{of_numpy}"
        )
    return TypeError(f"{name} is not known for {type(x).__name__}: convert {shown(x)} with float() first")


def own_method(x: object, name: str) -> Callable[..., Number] | None:
    """The method `name` that `x` brings along, or None. Floats have none; asking their type first is faster."""
    if type(x) is float:
        return None
    method = getattr(x, name, None)
    return method if callable(method) else None  # SymPy's and mpmath's numbers keep their exponent in `exp`


def _checked(name: str, compute: Callable[[], Number], x: Number) -> Number:
    """The result of another kind of number's own function, or the error that a float would give."""
    try:
        result = compute()
    except InvalidOperation:
        raise undefined(name, x) from None
    except Overflow as error:
        raise explained(error, f"{name}({shown(x)})") from None
    if is_complex(result) or (
        type(result) is type(x) and OPERATIONS[name].domain and _is_infinite(result) > _is_infinite(x)
    ):
        raise undefined(name, x)
    return result


def _is_infinite(x: Number) -> bool:
    return bool(x == math.inf or x == -math.inf)


def from_package(name: str, x: object) -> Any:
    """The function `name` in the package that defines the type of `x`: SymPy's for SymPy's symbols."""
    package = sys.modules.get(type(x).__module__.partition(".")[0])
    function = getattr(package, SHORT_NAMES.get(name, name), None)
    return None if getattr(function, "__module__", "").startswith(__package__) else function  # not ours, imported there


def of_kind(name: str, x: Number, but: type | tuple[()] = ()) -> Number:
    """A number of a kind that has an `exp` of its own as it is, any other real number as a float."""
    x = operand(name, x)
    if isinstance(x, but):
        raise unknown(name, x)
    is_plain = isinstance(x, Real) and from_package("exp", x) is None
    return _as_float(name, x) if is_plain and type(x) is not float else x


def pi_like(x: Number) -> Number:
    """π in the arithmetic of `x`: SymPy's and mpmath's own, a piece of text's, else a float."""
    return getattr(primal(x), "pi", None) or from_package("pi", primal(x)) or math.pi


def _as_float(name: str, x: Number) -> float:
    try:
        return float(x)
    except OverflowError as error:
        raise explained(error, f"{name}({shown(x)})") from None


def value_of_two(name: str, x: Number, y: Number, plain: Callable[[Number, Number], Number]) -> Number:
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
