"""Whether an equation between numbers, rounded as they are shown, is exactly true: then it says =, otherwise ≈."""

import math
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from ..functions import by_name
from ..notation.words import number_text
from ..numbers.number import Number, primal
from ..numbers.operations import OPERATIONS

FLOAT_NOISE = Fraction(1, 10**14)  # 0.1 + 0.2 is 0.30000000000000004 in floats: shown as 0.3, it is shown as it is
MANY = 1000  # the operations on more operands are not done again

KINDS = (int, float, Fraction, Decimal)


def rational(text: str) -> Fraction | None:
    """The number that a text shows, None where it shows no finite number, or one of too many digits to compute with."""
    exponent = text.lower().partition("e")[2]
    if len(exponent) > len("+9999"):
        return None
    try:
        return Fraction(text)
    except ValueError:
        return None


def is_exact(x: Number, digits: int) -> bool:
    """Whether `number_text` shows the number as it is, up to the last bits of a float.

    >>> is_exact(0.5, 4), is_exact(0.1 + 0.2, 4), is_exact(1 / 3, 4)
    (True, True, False)
    """
    x = primal(x)
    shown = rational(number_text(x, digits))
    if isinstance(x, Decimal):
        return not x.is_finite() or Decimal(number_text(x, digits)) == x
    if shown is None or not isinstance(x, KINDS):
        return not isinstance(x, (int, Fraction))  # inf, nan and symbols are shown as they are, a huge int is not
    exact = Fraction(x)
    return abs(shown - exact) <= (FLOAT_NOISE * abs(exact) if isinstance(x, float) else 0)


def sign_between(left: Callable[..., Number], shown: Sequence[Number], result: Number, digits: int) -> str:
    """= if `left` of the numbers as they are shown is the result as it is shown, otherwise ≈.

    >>> import operator
    >>> sign_between(operator.mul, [0.5, 3.0], 1.5, 4), sign_between(operator.mul, [1 / 3, 3.0], 1.0, 4)
    ('=', '≈')
    """
    return _sign(lambda *xs: left(*xs[:-1]) == xs[-1], [*shown, result], digits)


def sign_of_operation(op: str, operands: Sequence[Number], result: Number, digits: int) -> str:
    """= if the operation on the numbers as they are shown gives exactly the result as it is shown, otherwise ≈.

    >>> sign_of_operation("exp", [0.0], 1.0, 4), sign_of_operation("sqrt", [2.0], 2**0.5, 4)
    ('=', '≈')
    """
    if len(operands) > MANY:
        return "≈"
    return _sign(lambda *xs: _is_true(op, xs[:-1], xs[-1]), [*operands, result], digits)


def _sign(holds: Callable[..., bool], numbers: Sequence[Number], digits: int) -> str:
    shown = [rational(number_text(x, digits)) for x in numbers]
    if None in shown:  # with inf, nan, symbols or huge Decimals among them
        unknown = [primal(x) for x, number in zip(numbers, shown, strict=True) if number is None]
        is_huge = any(isinstance(x, Decimal) and x.is_finite() for x in unknown)
        return "=" if all(is_exact(x, digits) for x in numbers) and not is_huge else "≈"
    return "=" if holds(*shown) else "≈"


def _is_true(op: str, xs: Sequence[Fraction], z: Fraction) -> bool:
    """Whether the operation on these rational numbers is z."""
    row = OPERATIONS.get(op)
    if row is not None and row.rational_at is not None:  # anywhere else the value is rounded
        return xs[0] == row.rational_at and z == Fraction(again(op, [float(xs[0])]))
    if op == "arctan2":  # any other angle of a rational point is irrational
        return z == xs[0] == 0 <= xs[1]
    if op in ("sqrt", "hypot"):
        return (xs[0] if op == "sqrt" else xs[0] ** 2 + xs[1] ** 2) == z * z
    if op == "**":
        return _is_power(xs[0], xs[1], z)
    return bool(again(op, xs) == z)


def _is_power(x: Fraction, y: Fraction, z: Fraction) -> bool:
    """Whether x ** y is z; of exponents too large to compute with only where that is plain to see."""
    numerator, denominator = y.as_integer_ratio()
    if x in (0, 1) or not numerator:
        return z == (0 if x == 0 and numerator else 1)
    return max(abs(numerator), denominator) <= 64 and x**numerator == z**denominator


def again(op: str, xs: Sequence[object]) -> Any:
    """The operation once more, on plain numbers; None where it fails on them or is unknown."""
    operation = by_name(op)
    try:
        return None if operation is None else operation(*xs)
    except (ArithmeticError, ValueError, TypeError):
        return None  # these are not the numbers it was done on: they were rounded, or changed since


def follows(op: str, operands: Iterable[Number], result: Number) -> bool:
    """Whether the result is what the operation gives: not so if some data was changed since.

    >>> follows("+", [1.0, 2.0], 3.0), follows("+", [1.0, 5.0], 3.0)
    (True, False)
    """
    xs, result = [primal(x) for x in operands], primal(result)
    if len(xs) > MANY:
        return True
    expected = again(op, xs)
    if type(expected) is float and expected == result:
        return True
    if by_name(op) is None or not all(isinstance(x, KINDS) for x in (*xs, result)):
        return True
    return expected is not None and close(expected, result, *xs)


def close(x: Number, y: Number, *beside: Number) -> bool:
    """Whether two numbers of any kind are equal, up to what floats round off beside other numbers.

    >>> close(0.1 + 0.2, 0.3), close(float("nan"), float("nan")), close(Fraction(1, 3), Fraction(1, 2))
    (True, True, False)
    """
    x, y = primal(x), primal(y)
    if x is y or (x != x and y != y):
        return True
    try:
        difference = x - y
        if isinstance(difference, (float, Decimal)):
            allowed = type(difference)("1e-9") * max(map(abs, (x, y, *beside)))
            return bool(x == y or abs(difference) <= allowed < math.inf)
    except TypeError:  # Decimal and float: different kinds of numbers
        return False
    except (InvalidOperation, OverflowError):  # Decimal's ∞ - ∞, or a nan that is compared; an int beyond all floats
        return bool(x == y)
    simplify = getattr(difference, "simplify", None)  # SymPy's equal expressions may look different
    return bool((simplify() if callable(simplify) else difference) == 0)
