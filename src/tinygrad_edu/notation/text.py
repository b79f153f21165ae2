"""Mathematics as text: arithmetic on pieces of text writes them down, with parentheses where they are needed."""

import re
from collections.abc import Callable, Mapping
from typing import Self, TypeAlias, cast

from ..numbers.number import Number
from ..numbers.operations import OPERATIONS
from .words import number_text

SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SUM, SIGN, PRODUCT, POWER, ATOM = range(5)  # how tightly an expression holds together; SIGN starts with a minus
Operand: TypeAlias = "Text | Number"  # what a piece of text meets: another piece, or a number


class Text:
    """A piece of mathematics as text: arithmetic on pieces writes it down, with parentheses where it needs them.

    >>> from tinygrad_edu import exp
    >>> x, y = Text.name("x"), Text.name("y")
    >>> str(1 - y**2), str(-x / y**2), str((1 - x) * exp(2 * y)), str(x ** -0.5)
    ('1 - y²', '-x/y²', '(1 - x) · exp(2y)', 'x^(-0.5)')
    """

    __slots__ = ("digits", "kind", "level", "text")
    TIMES, DOT, ARROW, DOTS = " × ", " · ", " → ", "…"
    PLUS, MINUS, NEGATION, COMMA = " + ", " - ", "-", ", "
    BLANK = "____"
    FUNCTIONS: Mapping[str, str] = {name: row.symbol for name, row in OPERATIONS.items() if row.symbol}
    RELATIONS: Mapping[str, str] = {}  # how =, ≈, <, ≤ are written, where not by themselves

    def __init__(self, text: str, level: int = ATOM, digits: int = 4, kind: str = "") -> None:
        self.text = text
        self.level = level
        self.digits = digits  # of the numbers that it meets
        self.kind = kind  # "number", "letter" for a name like x or w1, otherwise empty

    # --- what a piece starts from ---

    @classmethod
    def name(cls, name: str, digits: int = 4) -> Self:
        """A value's name; one that is more than a word is set in parentheses among other things."""
        is_word = re.fullmatch(r"[\w'.\[\]\u0300-\u036f]+", name)
        kind = "letter" if re.fullmatch(r"[^\W\d_][\u0300-\u036f]?_?[\d₀-₉]*", name) else ""
        return cls(cls._name(name), ATOM if is_word else SUM, digits, kind)

    @classmethod
    def number(cls, x: object, digits: int = 4) -> Self:
        """A number, of any kind."""
        text = number_text(x, digits)
        written, level = cls._number(text, x)
        return cls(written, SIGN if text[:1] == "-" and level > SIGN else level, digits, "number")

    @classmethod
    def _name(cls, name: str) -> str:
        return name

    @classmethod
    def _number(cls, text: str, _x: object) -> tuple[str, int]:
        """The number as it is written, and its level if it has no minus sign."""
        if re.fullmatch(r"-?\d+/\d+", text):
            return text, PRODUCT
        return text, ATOM if re.fullmatch(r"-?[\w.]+([eE][+-]?\d+|\([^()]*\))?", text) else SUM

    @classmethod
    def blank(cls, digits: int = 4) -> Self:
        """A place for a number to be filled in."""
        return cls(cls.BLANK, ATOM, digits, "number")

    def derivative(self, by: Self) -> Self:
        """∂self/∂by."""
        return self._new(f"∂{self.at_least(ATOM)}/∂{by.at_least(ATOM)}")

    def relation(self, symbol: str) -> str:
        """A sign like = or ≤."""
        return self.RELATIONS.get(symbol, symbol)

    # --- how pieces combine ---

    def __str__(self) -> str:
        return self.text

    def _new(self, text: str, level: int = ATOM) -> Self:
        return type(self)(text, level, self.digits)

    def of(self, x: Operand) -> Self:
        """`x` as a piece of this notation: it is one, or a number."""
        return cast("Self", x) if isinstance(x, Text) else self.number(x, self.digits)

    def at_least(self, level: int) -> str:
        """The text, in parentheses if it holds together less tightly than that."""
        return self.text if self.level >= level else self._parentheses(self.text)

    def _parentheses(self, text: str) -> str:
        return f"({text})"

    def inside(self) -> Self:
        """As it stands within a sum or product, not at its start: a negative number in parentheses."""
        return self if self.level != SIGN else self._new(self._parentheses(self.text))

    def __add__(self, other: Operand) -> Self:
        return self._new(f"{self.text}{self.PLUS}{self.of(other).at_least(PRODUCT)}", SUM)

    def __radd__(self, other: Operand) -> Self:
        return self.of(other) + self

    def __sub__(self, other: Operand) -> Self:
        return self._new(f"{self.text}{self.MINUS}{self.of(other).at_least(PRODUCT)}", SUM)

    def __rsub__(self, other: Operand) -> Self:
        return self.of(other) - self

    def __neg__(self) -> Self:
        return self._new(f"{self.NEGATION}{self.at_least(PRODUCT)}", SIGN)

    def times(self, other: Operand, sign: str = "") -> Self:
        """The product with its sign, × unless another is given."""
        text = f"{self.at_least(SIGN)}{sign or self.TIMES}{self.of(other).at_least(PRODUCT)}"
        return self._new(text, min(self.level, PRODUCT) if self.level else PRODUCT)

    def __mul__(self, other: Operand) -> Self:
        right = self.of(other)
        if self.text in ("1", "-1"):
            return right if self.text == "1" else -right
        if self.kind == "number" and right.kind == "letter" and self.text.isdecimal():
            return self._new(f"{self.text}{right.text}", PRODUCT)
        if self.text == right.text and self.kind != "number":
            return self**2
        return self.times(right, self.DOT)

    def __rmul__(self, other: Operand) -> Self:
        return self.of(other) * self if other else self.of(0)

    def __truediv__(self, other: Operand) -> Self:
        return self._over(self.of(other), "/")

    def __rtruediv__(self, other: Operand) -> Self:
        return self.of(other) / self

    def over(self, other: Operand) -> Self:
        """The quotient, with more space than `/` gives it."""
        return self._over(self.of(other), " / ")

    def _over(self, other: Self, sign: str) -> Self:
        return self._new(f"{self.at_least(SIGN)}{sign}{other.at_least(POWER)}", SIGN if self.level == SIGN else PRODUCT)

    def __pow__(self, n: Operand) -> Self:
        if not isinstance(n, Text) and n in (0, 1):
            return self if n == 1 else self.of(1)
        return self._power(self.at_least(ATOM), self.of(n))

    def __rpow__(self, base: Operand) -> Self:
        return self.of(base) ** self

    def _power(self, base: str, exponent: Self) -> Self:
        if re.fullmatch(r"-?\d+", exponent.text):
            return self._new(base + exponent.text.translate(SUPERSCRIPT), POWER)
        return self._new(f"{base}^{exponent.at_least(ATOM)}", POWER)

    # --- functions ---

    def call(self, function: str, *others: Operand) -> Self:
        """A function of this piece and others."""
        arguments = self.COMMA.join([self.text, *(self.of(x).text for x in others)])
        return self._new(f"{self.FUNCTIONS.get(function, function)}({arguments})")

    @property
    def pi(self) -> Self:
        """π."""
        return self.name("π", self.digits)

    def sqrt(self) -> Self:
        """√x."""
        return self._new(f"√{self.at_least(ATOM)}")

    def __abs__(self) -> Self:
        return self._new(f"|{self.text}|")


def _calling(name: str) -> Callable[..., Text]:
    return lambda piece, *others: piece.call(name, *others)


for _name in OPERATIONS.keys() - {"sqrt"}:  # `scalar`'s sin(x) asks x for its method of that name
    if _name.isidentifier():
        setattr(Text, _name, _calling(_name))
