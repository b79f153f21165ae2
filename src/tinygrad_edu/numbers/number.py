"""What counts as a number here, and errors that say which operation failed on which numbers."""

import math
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, TypeAlias, TypeGuard, cast

Number: TypeAlias = float  # typed as the common kind; int, Fraction, Decimal, SymPy's numbers and symbols work as well


class DomainError(ValueError):
    """An operation has no real result for these operands, as log(-1) or (-8) ** (1/3).

    >>> from tinygrad_edu import log
    >>> log(-1.0)
    Traceback (most recent call last):
        ...
    tinygrad_edu.DomainError: log(-1.0) is undefined: log needs a number above 0
    """

    __module__ = "tinygrad_edu"


SYMBOLS = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "pow": "**", "_to_the_number": "**"}


# --- what counts as a number -------------------------------------------------------------------------------


def number(x: object) -> Number:
    """`x` as a number to compute with: NumPy's scalars and 0-d arrays become floats, a non-number is refused.

    Raises TypeError for text, None, bool, complex, lists, arrays and everything else without arithmetic.

    >>> number(2.5), number(3)
    (2.5, 3)
    """
    kind = type(x)
    if kind is float or kind is int:
        return x  # type: ignore[return-value]  # a type test says so, and a cast would take time
    if isinstance(x, float) and hasattr(x, "dtype"):  # NumPy's float64, of which there are many where there is one
        return float(x)
    if isinstance(x, (bool, complex, str, bytes, type, type(None))) or is_truth(x) or not _is_real(x):
        raise TypeError(f"expected a number, got {shown(x)} of type {kind.__name__}{_way_out(x)}")
    if hasattr(x, "dtype") or getattr(x, "shape", None):
        return _from_numpy(x)
    if isinstance(x, float):
        return float(x)
    return int(x) if isinstance(x, int) else x  # type: ignore[return-value]  # it has a number's arithmetic


def counted(x: object) -> Number:
    """`x` as a number of arithmetic, where True is 1 and False is 0, as in Python; see `number`."""
    if type(x) is float:  # nearly always: looking for truths takes a while
        return x
    return int(x) if is_truth(x) else number(x)


def operand(operation: str, x: object) -> Number:
    """`x` as a number that takes part in `operation`, which the TypeError names."""
    try:
        return counted(x)
    except TypeError as error:
        raise TypeError(f"{operation}: {error}") from None


def partner(operation: str, x: Number, other: object, *, swapped: bool) -> Number:
    """`other` as the number that meets `x` in a binary operation; the TypeError shows both."""
    try:
        return counted(other)
    except TypeError as error:
        left, right = (other, x) if swapped else (x, other)
        raise explained(error, binary_text(left, SYMBOLS.get(operation, operation), right)) from None


def is_array(x: object) -> bool:
    """Whether `x` is a NumPy array, which works element by element, with Values too."""
    is_of_objects = getattr(getattr(x, "dtype", None), "kind", "") == "O"
    return hasattr(x, "__array_ufunc__") and (is_of_objects or bool(getattr(x, "shape", ())))


def is_complex(x: object) -> bool:
    """Whether a number has left the reals: one of Python's, mpmath's or SymPy's complex numbers."""
    return isinstance(x, complex) or type(x).__name__ == "mpc" or getattr(x, "is_real", None) is False


def _is_real(x: object) -> bool:
    """Whether it can be added and multiplied like a real number."""
    return not is_complex(x) and all(hasattr(x, name) for name in ("__add__", "__sub__", "__mul__", "__truediv__"))


def _from_numpy(x: Any) -> float:
    if getattr(x.dtype, "kind", "") == "O" and x.shape == ():
        raise TypeError(
            f"expected a number, got an array of no dimensions around {shown(x.item())}, as np.where makes one: "
            "choose with tg.where(condition, a, b); of other functions of NumPy, take the result's .item()"
        )
    if getattr(x, "shape", None) or getattr(x.dtype, "kind", "?") not in "fiu":
        if not getattr(x, "shape", None) and callable(getattr(x, "item", None)):
            raise TypeError(f"expected a number, got {shown(x)} of type {type(x).__name__}: write x.item()")
        raise TypeError(
            f"expected one number, got an array of shape {x.shape} and dtype {getattr(x, 'dtype', 'unknown')}; "
            "work element by element, or put Values into an array: np.array([Value(1.0), Value(2.0)])"
        )
    return float(x)


def is_truth(x: Any) -> TypeGuard[bool]:
    """Whether `x` is true or false, as a bool of Python's or NumPy's."""
    return isinstance(x, bool) or (getattr(getattr(x, "dtype", None), "kind", "") == "b" and not x.shape)


def _way_out(x: object) -> str:
    if is_truth(x):
        return "; it says yes or no here: give 1 or 0 for a number"
    if isinstance(x, (str, bytes)):
        return "; convert text with float(text) first"
    if isinstance(x, complex):
        return "; only real numbers are supported"
    return "; of a list: [f(x) for x in xs], or sum, dot, ... of all of it" if hasattr(x, "__len__") else ""


def shown(x: object) -> str:
    """A short repr for error messages, also of a huge int, whose repr Python refuses."""
    if isinstance(x, int) and abs(x) >= 10**30:
        return f"an int of {x.bit_length()} bits"
    if isinstance(x, Fraction) and max(abs(x.numerator), x.denominator) >= 10**1000:
        return f"a Fraction of {x.numerator.bit_length()} by {x.denominator.bit_length()} bits"
    try:
        text = repr(x)
    except RecursionError:
        return f"a {type(x).__name__} that nests too deep to be shown"
    text = text if len(text) <= 60 else text[:57] + "..."
    is_namesake = type(x).__name__ == "Value" and not hasattr(x, "local_grads")  # a reader's own, or micrograd's
    return f"{text} of {type(x).__module__}, a class of its own" if is_namesake else text


def primal(x: Any) -> Number:
    """The plain number at the bottom of `x`, whose data may be nodes of an outer transform."""
    while hasattr(type(x), "local_grads"):  # of the class: of a node they would be made
        x = x.data
    bottom: Number = x
    return bottom


def one_like(x: object) -> Number:
    """1 in the arithmetic of `x`, so that 1/2 beside a Fraction stays exact and beside a float is a float.

    >>> one_like(Fraction(1, 3)) / 2
    Fraction(1, 2)
    """
    x = primal(x)
    kind = type(x)
    if kind is float:
        return 1.0
    return kind(1) if isinstance(x, (Fraction, Decimal)) else 1


def common_one(xs: Iterable[object]) -> Number:
    """1 in the arithmetic that these numbers share; TypeError for Decimals beside floats, which share none.

    >>> common_one([2, Fraction(1, 3)]) / 2
    Fraction(1, 2)
    """
    return math.prod({type(x): one_like(x) for x in map(primal, xs)}.values())


# --- errors --------------------------------------------------------------------------------------------------


def explained(error: Exception, operation: str) -> Exception:
    """The error to raise instead of Python's own, which does not say what was computed (`operation`, as text)."""
    if isinstance(error, ZeroDivisionError):
        return ZeroDivisionError(f"{operation} divides by zero")
    if isinstance(error, InvalidOperation):
        return DomainError(f"{operation} is undefined")
    if isinstance(error, ArithmeticError):
        return OverflowError(f"{operation} is too large for a float")
    is_mixed = str(error).startswith("unsupported operand") and "decimal.Decimal" in str(error)
    way_out = "; a Decimal goes with Decimals and ints only, convert the others" if is_mixed else ""
    return type(error)(f"{operation}: {error}{way_out}")


def binary_text(x: object, symbol: str, y: object) -> str:
    """`x + y` or `hypot(x, y)` for an error message, whatever the operands are."""
    return f"{symbol}({shown(x)}, {shown(y)})" if symbol.isidentifier() else f"{shown(x)} {symbol} {shown(y)}"


def zero_like(x: object) -> Number:
    """0, a float's as a float."""
    return 0.0 if type(x) is float else 0


def inf_like(x: object) -> Number:
    """Infinity in the arithmetic of `x`.

    >>> inf_like(2.0), inf_like(Decimal(2))
    (inf, Decimal('Infinity'))
    """
    return cast("Number", Decimal("Infinity")) if isinstance(primal(x), Decimal) else math.inf


def nan_like(x: object) -> Number:
    """Not-a-number in the arithmetic of `x`.

    >>> nan_like(2.0), nan_like(Decimal(2))
    (nan, Decimal('NaN'))
    """
    return cast("Number", Decimal("NaN")) if isinstance(primal(x), Decimal) else math.nan


def checked_label(label: object) -> str:
    """A label as it is; TypeError if it is not text."""
    if not isinstance(label, str):
        raise TypeError(f"a label is text, got {shown(label)}: write label={str(label)!r}")
    return label


def brief(x: object) -> str:
    """A number as it prints; one with more digits than Python prints as `shown`."""
    try:
        return str(x)
    except ValueError:
        return shown(x)
