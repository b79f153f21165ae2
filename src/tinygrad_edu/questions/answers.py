"""What a person gives as an answer, read as an exact number, and compared with the right one."""

import math
import operator
import re
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from ..numbers.number import primal, shown

LONGEST = 40  # characters of an answer that is read
ENOUGH = 3  # significant digits that are enough where an answer has more
NOISE = Fraction(1, 10**9)  # by which a float that was computed may differ
NEARLY = Fraction(1, 40)  # of the right answer: rounded too early
DECIMAL = re.compile(r"([-+]?)(\d+\.?\d*|\.\d+)(?:e([-+]?\d{1,3}))?", re.ASCII)
COMMA = re.compile(r"[-+]?\d+,\d+", re.ASCII)
THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}", re.ASCII)  # or a decimal comma: nobody can tell
FRACTION = re.compile(r"([-+]?\d+)/(\d+)", re.ASCII)
HOW = "write a number, as 9, -2, 0.5 or 1/3"
SIGNS = str.maketrans({"−": "-", "–": "-", "⁄": "/", "÷": "/"})


class Given(NamedTuple):
    """A number that was given: exactly, how large a unit of its last digit is, and how many digits count.

    A whole number or a fraction has no such unit.
    """

    number: Fraction
    unit: Fraction | None = None
    digits: int = 0


def read(answer: object) -> Given | str:
    """The number in an answer; a text that says why, if there is none.

    >>> read("1/3").number, read("x = −2").number, read(0.5).number
    (Fraction(1, 3), Fraction(-2, 1), Fraction(1, 2))
    >>> read("import os")
    "cannot read 'import os' as a number: write a number, as 9, -2, 0.5 or 1/3"
    """
    answer = primal(answer)
    if answer is None or (isinstance(answer, str) and not answer.strip()):
        return f"no answer yet: {HOW}"
    if isinstance(answer, bool):
        return f"cannot read {answer} as a number: {HOW}"
    if isinstance(answer, Fraction):
        return Given(answer)
    if isinstance(answer, (float, Decimal)):
        return _read(str(answer)) if math.isfinite(answer) else f"{answer} is no number to calculate with: {HOW}"
    if isinstance(answer, str):
        return _read(answer)
    try:
        return Given(Fraction(operator.index(answer)))
    except TypeError:
        return f"cannot read {shown(answer)} as a number: {HOW}"


def _read(words: str) -> Given | str:
    if words.count("=") > 1 and len(words) <= LONGEST:
        return f"cannot read {shown(words)}, which has more than one equals sign: {HOW}"
    text = words.rpartition("=")[2].strip(" ≈\t\r\n") if len(words) <= LONGEST else ""
    text = text.translate(SIGNS).replace(" ", "").lower()
    if THOUSANDS.fullmatch(text):
        point, whole = text.replace(",", "."), text.replace(",", "")
        return f"cannot tell whether {text} is {point} or {whole}: {HOW}"
    if COMMA.fullmatch(text):
        text = text.replace(",", ".")
    fraction = FRACTION.fullmatch(text)
    if fraction:
        if not int(fraction[2]):
            return f"cannot divide by zero, as {text} does: {HOW}"
        return Given(Fraction(int(fraction[1]), int(fraction[2])))
    decimal = DECIMAL.fullmatch(text)
    if not decimal:
        return f"cannot read {shown(words)} as a number: {HOW}"
    sign, digits, exponent = decimal[1], decimal[2], int(decimal[3] or 0)
    places = len(digits.partition(".")[2]) - exponent
    number = Fraction(f"{sign}{digits}") * Fraction(10) ** exponent
    count = len(digits.replace(".", "").lstrip("0"))
    return Given(number, Fraction(1, 10) ** places if places > 0 else None, count)


def agrees(given: Given, exact: Fraction) -> bool:
    """Whether the number given is the exact one, or the exact one rounded to at least three digits.

    >>> agrees(Given(Fraction(333, 1000), Fraction(1, 1000), 3), Fraction(1, 3))
    True
    """
    apart = abs(given.number - exact)
    is_rounded = given.unit is not None and given.digits >= ENOUGH and apart <= given.unit / 2
    return is_rounded or apart <= NOISE * max(Fraction(1), abs(exact))


def is_near(given: Given, exact: Fraction) -> bool:
    """Whether it is the right number, but for rounding too early.

    >>> is_near(Given(Fraction(33, 100)), Fraction(1, 3)), is_near(Given(Fraction(8)), Fraction(9))
    (True, False)
    """
    is_rounded = given.unit is not None or exact.denominator > 1
    return is_rounded and abs(given.number - exact) <= NEARLY * abs(exact)


def written(number: Fraction | float) -> str:
    """A number as people write it: whole, a short decimal, else a fraction.

    >>> written(Fraction(-3)), written(Fraction(1, 8)), written(Fraction(1, 64)), written(Fraction(2, 3))
    ('-3', '0.125', '1/64', '2/3')
    """
    exact = Fraction(str(number)) if isinstance(number, float) else Fraction(number)
    if exact.denominator == 1 or 10_000 % exact.denominator:
        return str(exact)
    return f"{Decimal(exact.numerator) / exact.denominator:f}"


def within(number: Fraction) -> str:
    """A number as it stands within a sum or product, a negative one in parentheses.

    >>> within(Fraction(-3)), within(Fraction(1, 2))
    ('(-3)', '0.5')
    """
    return written(number) if number >= 0 else f"({written(number)})"
