"""Names, numbers and lists as people read them, the same in pictures, explanations and reports."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from ..engine import Value
from ..numbers.number import primal

T = TypeVar("T")
D = TypeVar("D")
WHOLE = 10**9  # whole numbers below it are shown in full, whatever the number of digits
JOINERS = "\u200c\u200d"  # not printable by themselves, but Persian, Hindi and emoji need them
SHOWN_OPERANDS = 6  # of a longer sum, product or list only the first and last operands are shown


def plain(label: str, length: int = 40) -> str:
    """A label fit for a line of text: no control characters, one line, at most `length` characters.

    >>> plain("the\\nloss\\x1b"), plain("w" * 50, length=5)
    ('the loss\ufffd', 'wwww…')
    """
    text = " ".join(label[: 10 * length].split())
    text = "".join(c if c.isprintable() or c in JOINERS else "\ufffd" for c in text)
    return text if len(text) <= length else text[: length - 1] + "…"


def names(values: Iterable[Value]) -> dict[Value, str]:
    """A name for each value: its label where that is not taken, else v1, v2, … in the order given.

    >>> a, b = Value(1.0, label="a"), Value(2.0)
    >>> list(names([a, b, a + b]).values())
    ['a', 'v1', 'v2']
    """
    labels = {value: plain(value.label) if value.label else "" for value in values}
    named: dict[Value, str] = {}
    taken = set(labels.values())
    used: set[str] = set()
    count = 0
    for value, label in labels.items():
        name = label
        while not name or name in used:
            count += 1
            name = f"v{count}" if f"v{count}" not in taken else ""
        used.add(name)
        named[value] = name
    return named


def number_text(x: object, digits: int = 4) -> str:
    """A number for people: `digits` significant digits, whole numbers and fractions in full unless they are long.

    >>> number_text(0.7310585786), number_text(14.0), number_text(-1e-9), number_text(Fraction(1, 3))
    ('0.7311', '14', '-1e-09', '1/3')
    """
    x = primal(x)
    if isinstance(x, float):
        return str(int(x)) if x.is_integer() and abs(x) < WHOLE else f"{x:.{digits}g}"
    if isinstance(x, int):
        return str(x) if abs(x) < 10**30 else f"an int of {x.bit_length()} bits"
    if isinstance(x, Decimal):
        return str(x) if len(x.as_tuple().digits) <= max(digits, 6) else f"{x:.{digits}g}"
    if isinstance(x, Fraction):
        return _fraction_text(x, digits)
    return plain(str(x), 60)


def _fraction_text(x: Fraction, digits: int) -> str:
    if x.numerator.bit_length() + x.denominator.bit_length() <= 80:
        return str(x)
    try:
        return f"{float(x):.{digits}g}"
    except OverflowError:
        return f"a fraction of {x.numerator.bit_length() + x.denominator.bit_length()} bits"


def shortened(items: Sequence[T], dots: D, limit: int = SHOWN_OPERANDS) -> list[T | D]:
    """The items, of more than `limit` the first ones, dots, and the last."""
    return list(items) if len(items) <= limit else [*items[: limit - 2], dots, items[-1]]


def escaped(text: str) -> str:
    """Text for Markdown: what a label or a source line contains is shown, not obeyed.

    >>> escaped("a*b <i>")
    'a\\\\*b &lt;i>'
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return "".join("\\" + c if c in "\\`*_[]|#~$!" else c for c in text)
