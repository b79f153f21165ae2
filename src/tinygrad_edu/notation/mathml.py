"""Mathematics in MathML: what `notation.Text` writes as text, for web pages, which all browsers show without a library.

A piece is a row of elements without the `<math>` around them. A label can hold anything: it comes out as text.
"""

import html
import itertools
import re
import unicodedata
from typing import Self

from .latex import ACCENTS, GREEK, LETTER
from .text import ATOM, POWER, PRODUCT, Operand, Text
from .words import plain

LETTERS = {word: letter for letter, word in GREEK.items()}
APPLIED = "<mo>\u2061</mo>"  # the invisible sign between a function and its argument
ONE, MINUS_ONE = "<mn>1</mn>", "<mo>−</mo><mn>1</mn>"


class MathML(Text):
    """A piece of mathematics in MathML; see `notation.Text`.

    >>> x, y = MathML.name("x"), MathML.name("w_1")
    >>> str(-x / y**2)
    '<mfrac><mrow><mo>−</mo><mi>x</mi></mrow><msup><msub><mi>w</mi><mn>1</mn></msub><mn>2</mn></msup></mfrac>'
    """

    __slots__ = ()
    TIMES, DOT, ARROW, DOTS = "<mo>×</mo>", "<mo>·</mo>", "<mo>→</mo>", "<mo>…</mo>"
    BLANK = "<mtext>____</mtext>"
    PLUS, MINUS, NEGATION, COMMA = "<mo>+</mo>", "<mo>−</mo>", "<mo>−</mo>", "<mo>,</mo>"

    @classmethod
    def _name(cls, name: str) -> str:
        name = plain(name)
        parts = LETTER.fullmatch(unicodedata.normalize("NFKD", name))
        if parts:
            return _letter(*parts.groups(default=""))
        kind = "mi" if re.fullmatch(r"\w+", name) else "mtext"
        return f"<{kind}>{html.escape(name)}</{kind}>"

    @classmethod
    def _number(cls, text: str, _x: object) -> tuple[str, int]:
        sign = cls.NEGATION if text[:1] == "-" else ""
        size = text.removeprefix("-")
        fraction = re.fullmatch(r"(\d+)/(\d+)", size)
        if fraction:
            return "{}<mfrac><mn>{}</mn><mn>{}</mn></mfrac>".format(sign, *fraction.groups()), PRODUCT
        scientific = re.fullmatch(r"([\d.]+)[eE]([+-]?\d+)", size)
        if scientific:
            exponent = cls.number(int(scientific[2]))
            return f"{sign}<mn>{scientific[1]}</mn>{cls.TIMES}<msup><mn>10</mn>{_row(exponent.text)}</msup>", PRODUCT
        if size == "inf":
            return f"{sign}<mi>∞</mi>", ATOM
        if re.fullmatch(r"[\d.]+", size):
            return f"{sign}<mn>{size}</mn>", ATOM
        return cls._name(text), ATOM

    def derivative(self, by: Self) -> Self:
        """∂self/∂by."""
        above, below = (f"<mrow><mo>∂</mo>{x.at_least(ATOM)}</mrow>" for x in (self, by))
        return self._new(f"<mfrac>{above}{below}</mfrac>")

    def _parentheses(self, text: str) -> str:
        return f"<mrow><mo>(</mo>{text}<mo>)</mo></mrow>"

    def __mul__(self, other: Operand) -> Self:
        right = self.of(other)
        if self.kind == "number" and self.text in (ONE, MINUS_ONE):
            return right if self.text == ONE else -right
        if self.kind == "number" and right.kind == "letter" and self.level == ATOM:
            return self._new(f"{self.text}{right.text}", PRODUCT)
        if self.text == right.text and self.kind != "number":
            return self**2
        return self.times(right, self.DOT)

    def _over(self, other: Self, _sign: str) -> Self:
        return self._new(f"<mfrac>{_row(self.text)}{_row(other.text)}</mfrac>", PRODUCT)

    def _power(self, base: str, exponent: Self) -> Self:
        return self._new(f"<msup>{_row(base)}{_row(exponent.text)}</msup>", POWER)

    def call(self, function: str, *others: Operand) -> Self:
        """A function of this piece and others."""
        arguments = self.COMMA.join([self.text, *(self.of(x).text for x in others)])
        name = self.FUNCTIONS.get(function, function).split()
        applied = APPLIED.join(f"<mi>{word}</mi>" for word in name) + APPLIED
        return self._new(applied + self._parentheses(f"<mrow>{arguments}</mrow>"))

    def sqrt(self) -> Self:
        """√."""
        return self._new(f"<msqrt>{self.text}</msqrt>")

    def __abs__(self) -> Self:
        return self._new(f"<mrow><mo>|</mo>{self.text}<mo>|</mo></mrow>")


def _letter(letter: str, accent: str, primes: str, number: str, word: str) -> str:
    """A letter as mathematics has them: ŷ, w₁, σ, x_max."""
    text = f"<mi>{LETTERS.get(letter, letter)}</mi>"
    if accent:
        text = f'<mover accent="true">{text}<mo>{ACCENT_SIGNS[ACCENTS[accent]]}</mo></mover>'
    if primes:
        text = f"<msup>{text}<mo>{'′' * len(primes)}</mo></msup>"
    if number or word:
        text = f"<msub>{text}{f'<mn>{number}</mn>' if number else f'<mi>{word}</mi>'}</msub>"
    return text


ACCENT_SIGNS = {"hat": "^", "tilde": "~", "bar": "¯", "dot": "˙"}


def _row(text: str) -> str:
    """The elements as one."""
    tags = list(re.finditer(r"<(/?)[^>]*?(/?)>", text))
    depths = itertools.accumulate(-1 if tag[1] else 0 if tag[2] else 1 for tag in tags)
    first_end = next(tag.end() for tag, depth in zip(tags, depths, strict=True) if depth == 0)
    return text if first_end == len(text) else f"<mrow>{text}</mrow>"
