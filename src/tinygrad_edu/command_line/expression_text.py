"""Expression text cut into tokens, and errors that point to their spot in a text, which may hold anything."""

import keyword
import math
import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from ..numbers.operations import OPERATIONS

REMAINDER = "% between two operands"
MAX_CHARACTERS, MAX_TOKENS, MAX_NAME = 10_000, 2_000, 50
INSTEAD = {
    "^": "write ** for a power", "²": "write **2", "³": "write **3", "√": "write sqrt(...)", "π": "write pi",
    "×": "write *", "·": "write *", "∙": "write *", "⋅": "write *", "÷": "write /", "−": "write -", "–": "write -",
    "//": "write / for division", "==": "compare with <, <=, > or >=", "!=": "compare with <, <=, > or >=",
    "{": "write (", "}": "write )", "#": "leave comments out", ".": "there is nothing to look up with a dot",
    "'": "text has no place in arithmetic", '"': "text has no place in arithmetic", "!": "write prod([1, 2, ...])",
    "%": "write a percentage as a number: 0.05", REMAINDER: "a remainder is x - y * floor(x / y)",
    "|": "write abs(...)", "≤": "write <=", "≥": "write >=",
}  # fmt: skip
OTHER_NAMES = {other: name for name, row in OPERATIONS.items() for other in row.also}
WRITTEN = {  # functions that people look for, by what is known here
    "pow": "x ** y", "power": "x ** y", "square": "x ** 2", "exp10": "10 ** x",
    "sec": "1 / cos(x)", "csc": "1 / sin(x)",
    "cot": "1 / tan(x)", "sech": "1 / cosh(x)", "csch": "1 / sinh(x)", "coth": "1 / tanh(x)",
    "erfc": "1 - erf(x)", "logit": "log(x / (1 - x))",
    "sqr": "x ** 2", "radians": "x * pi / 180", "degrees": "x * 180 / pi", "factorial": "prod([1, 2, ...])",
}  # fmt: skip


class ExpressionError(ValueError):
    """Text that is no expression, or has no value: the reason, with a caret under the spot.

    >>> from tinygrad_edu.command_line.expression import parse
    >>> parse("2 * (a + )")
    Traceback (most recent call last):
        ...
    tinygrad_edu.command_line.expression_text.ExpressionError: expected a number, a name or "(", found ")"
      2 * (a + )
               ^
    """

    def __init__(self, reason: str, text: str, position: int) -> None:
        super().__init__(f"{printable(reason)}\n{pointed(text, position)}")
        self.reason = printable(reason)
        self.text = text
        self.position = position


# --- tokens ----------------------------------------------------------------------------------------------------


class Token(NamedTuple):
    """A number, a name or a symbol, and where in the text it begins."""

    kind: str  # "number", "name", "symbol" or "end"
    text: str
    position: int


_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<refused>//|==|!=)|(?P<symbol>\*\*|<=|>=|[-+*/()\[\],;=<>])"
)
_WORD = re.compile(r"[A-Za-z0-9_.]*")


def tokens_of(text: str) -> list[Token]:
    """The numbers, names and symbols of the text, and an end. ExpressionError for anything else, or for too much."""
    if len(text) > MAX_CHARACTERS:
        reason = f"an expression has at most {MAX_CHARACTERS:,} characters, this one has {len(text):,}"
        raise ExpressionError(reason, text, MAX_CHARACTERS)
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup == "refused":
            raise _refusal(text, position, match.group() if match else text[position])
        if match.lastgroup == "number":
            _check_number(text, match)
        if match.lastgroup == "name" and (keyword.iskeyword(match.group()) or len(match.group()) > MAX_NAME):
            raise _refused_name(text, position, match.group())
        if match.lastgroup != "space":
            tokens.append(Token(str(match.lastgroup), match.group(), position))
        if len(tokens) > MAX_TOKENS:
            reason = f"an expression has at most {MAX_TOKENS:,} numbers, names and symbols"
            raise ExpressionError(reason, text, position)
        position = match.end()
    return [*tokens, Token("end", "the end", len(text.rstrip(" \t\r\n")))]


def _refusal(text: str, position: int, found: str) -> ExpressionError:
    if found in INSTEAD:
        is_remainder = found == "%" and re.match(r"\s*[\w.(\[]", text[position + 1 :])
        hint = INSTEAD[REMAINDER if is_remainder else found]
        return ExpressionError(f'"{found}" is not known here: {hint}', text, position)
    name = unicodedata.name(found, "")
    called = f" ({name})" if name and not found.isascii() else ""
    hint = ": names have the letters a-z, A-Z, digits and _" if found.isalnum() else ""
    return ExpressionError(f'"{found}"{called} is not known here{hint}', text, position)


def _refused_name(text: str, position: int, name: str) -> ExpressionError:
    if len(name) > MAX_NAME:
        return ExpressionError(f"a name has at most {MAX_NAME} letters, this one has {len(name)}", text, position)
    hint = ": choose with where(x > 0, if true, if false)" if name in ("if", "else", "and", "or", "not") else ""
    return ExpressionError(f'"{name}" is a word of Python that has no meaning here{hint}', text, position)


def _check_number(text: str, match: re.Match[str]) -> None:
    digits = match.group()
    rest = _WORD.match(text, match.end()).group()  # type: ignore[union-attr]  # it matches anywhere, if only nothing
    position = match.start()
    if rest.startswith("_"):
        raise ExpressionError(f'"{clipped(digits + rest)}" is no number: write digits without _', text, position)
    if rest in ("j", "J"):
        raise ExpressionError(f'"{clipped(digits + rest)}" is no real number', text, position)
    if rest.isidentifier() and not (digits == "0" and rest[0] in "xXbBoO"):
        raise ExpressionError(f"a sign is missing: write {clipped(digits)}*{clipped(rest)}", text, match.end())
    if rest:
        raise ExpressionError(f'"{clipped(digits + rest)}" is no number', text, position)
    if math.isinf(float(digits)):
        raise ExpressionError(f"{clipped(digits)} is too large for a float", text, position)


# --- showing text that may hold anything -----------------------------------------------------------------------


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean ...?` if a known name resembles this one, else nothing.

    >>> did_you_mean("sigmiod", ["sin", "sigmoid"])
    '; did you mean sigmoid?'
    """
    similar = get_close_matches(name, list(known), n=1)
    return f"; did you mean {similar[0]}?" if similar else ""


def printable(text: str) -> str:
    r"""`text` with whatever could steer a terminal, or hide, written out as an escape; line breaks become spaces.

    >>> printable("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return "".join(
        c if c.isprintable() else " " if c in "\t\r\n" else c.encode("unicode_escape").decode("ascii") for c in text
    )


def clipped(text: str, length: int = 30) -> str:
    """`text`, its end cut off if it is long.

    >>> clipped("12345", 3)
    '123...'
    """
    return text if len(text) <= length else f"{text[:length]}..."


def pointed(text: str, position: int, window: int = 60) -> str:
    """Two lines: the text around the position, and a caret under it.

    >>> print(pointed("a + * b", 4))
      a + * b
          ^
    """
    start = max(0, position - window)
    before = ("..." if start else "") + printable(text[start:position])
    after = printable(text[position : position + window]) + ("..." if len(text) > position + window else "")
    return f"  {before}{after}\n  {' ' * _width(before)}^"


def _width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
