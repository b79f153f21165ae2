"""Mathematics in LaTeX: what `notation.Text` writes as text, for papers, slides and notebooks.

It needs the package amsmath, or MathJax or KaTeX, which notebooks and web pages show mathematics with. A label can
hold anything: it comes out as letters and symbols that LaTeX, Markdown and HTML all take for just that.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Self

from ..numbers.operations import OPERATIONS
from .text import ATOM, POWER, PRODUCT, SUM, Operand, Text
from .words import plain

GREEK_WORDS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
).split()
GREEK = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", GREEK_WORDS, strict=True))
ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0307": "dot"}
LETTER = re.compile(
    rf"([A-Za-z{''.join(GREEK)}]|{'|'.join(GREEK_WORDS)})([{''.join(ACCENTS)}]?)('*)(?:_?(\d+)|_([A-Za-z]+))?"
)
SPECIAL = {
    "\\": r"\backslash ",
    "{": r"\lbrace ",
    "}": r"\rbrace ",
    "[": r"\lbrack ",
    "]": r"\rbrack ",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "^": r"\wedge ",
    "~": r"\sim ",
    "<": "{<}",
    ">": "{>}",
    "|": r"\vert ",
    "*": r"\ast ",
    "`": r"\text{‘}",
    '"': r"\text{''}",
}
# What Markdown would take for its own in some renderers, though it stands in a formula.
SPECIAL_IN_MARKDOWN = SPECIAL | {"$": r"\text{＄}", "<": r"\lt ", ">": r"\gt "}


class Latex(Text):
    """A piece of mathematics in LaTeX; see `notation.Text`.

    >>> x, y = Latex.name("x"), Latex.name("w_1")
    >>> str(-x / y**2)
    '\\\\frac{-x}{w_1^2}'
    """

    __slots__ = ()
    TIMES, DOT, ARROW, DOTS = r" \times ", r" \cdot ", r" \to ", r"\cdots"
    BLANK = r"\underline{\qquad}"
    FUNCTIONS: Mapping[str, str] = {name: row.latex for name, row in OPERATIONS.items() if row.latex}
    RELATIONS: Mapping[str, str] = {"≈": r"\approx", "≤": r"\le", ":": ":\\quad"}
    SPECIAL: Mapping[str, str] = SPECIAL

    @classmethod
    def _name(cls, name: str) -> str:
        name = plain(name)
        parts = LETTER.fullmatch(unicodedata.normalize("NFKD", name))
        if parts:
            return _letter(*parts.groups(default=""))
        if re.fullmatch("[A-Za-z]+", name):
            return rf"\mathit{{{name}}}"
        runs = re.findall(r"[\\{}\[\]$&%#_^~<>|*`\"]|[^\\{}\[\]$&%#_^~<>|*`\"]+", name)
        return "".join(cls.SPECIAL.get(run) or rf"\text{{{run}}}" for run in runs)

    @classmethod
    def _number(cls, text: str, x: object) -> tuple[str, int]:
        fraction = re.fullmatch(r"(-?)(\d+)/(\d+)", text)
        if fraction:
            return r"{}\frac{{{}}}{{{}}}".format(*fraction.groups()), PRODUCT
        scientific = re.fullmatch(r"(-?[\d.]+)[eE]([+-]?\d+)", text)
        if scientific:
            return rf"{scientific[1]} \times 10^{{{int(scientific[2])}}}", PRODUCT
        if text in ("inf", "-inf"):
            return text.replace("inf", r"\infty"), ATOM
        if re.fullmatch(r"-?[\d.]+", text):
            return text, ATOM
        return _own_latex(x) or cls._name(text), SUM

    def derivative(self, by: Self) -> Self:
        """∂self/∂by."""
        return self._new(rf"\frac{{\partial {self.at_least(ATOM)}}}{{\partial {by.at_least(ATOM)}}}")

    def _parentheses(self, text: str) -> str:
        return rf"\left({text}\right)" if "{" in text else f"({text})"

    def _over(self, other: Self, _sign: str) -> Self:
        return self._new(rf"\frac{{{self.text}}}{{{other.text}}}", PRODUCT)

    def _power(self, base: str, exponent: Self) -> Self:
        return self._new(f"{base}^{_braced(exponent.text)}", POWER)

    @classmethod
    def function(cls, name: str) -> str:
        """A function's name: upright, unless LaTeX has a command for it."""
        return cls.FUNCTIONS.get(name) or rf"\operatorname{{{name.replace('_', chr(92) + '_')}}}"

    def call(self, function: str, *others: Operand) -> Self:
        """A function of this piece and others."""
        arguments = ", ".join([self.text, *(self.of(x).text for x in others)])
        return self._new(self.function(function) + self._parentheses(arguments))

    def sqrt(self) -> Self:
        """√."""
        return self._new(rf"\sqrt{{{self.text}}}")

    def __abs__(self) -> Self:
        return self._new(rf"\left|{self.text}\right|")


class MarkdownLatex(Latex):
    """LaTeX within Markdown, where more characters of a label have a meaning."""

    __slots__ = ()
    RELATIONS: Mapping[str, str] = {**Latex.RELATIONS, "<": r"\lt", ">": r"\gt"}
    SPECIAL = SPECIAL_IN_MARKDOWN


def _letter(letter: str, accent: str, primes: str, number: str, word: str) -> str:
    """A letter as mathematics has them: ŷ, w₁, σ, x_max."""
    name = GREEK.get(letter, letter)
    text = "\\" + name if len(name) > 1 else name
    if accent:
        text = rf"\{ACCENTS[accent]}{{{text}}}"
    subscript = number or (rf"\mathit{{{word}}}" if len(word) > 1 else word)
    return text + primes + (f"_{_braced(subscript)}" if subscript else "")


def _braced(text: str) -> str:
    return text if len(text) == 1 else f"{{{text}}}"


def _own_latex(x: object) -> str:
    """How a number of another package, such as SymPy, writes itself in LaTeX, if that is plain mathematics."""
    write = getattr(x, "_repr_latex_", None)
    text = str(write()).strip("$").removeprefix(r"\displaystyle ") if callable(write) else ""
    return text if re.fullmatch(r"[\w\s\\{}^()+\-*/.,=|]*", text) else ""
