"""Mathematics in LaTeX: names, numbers, fractions."""

import math
from fractions import Fraction

import pytest
import sympy

from tinygrad_edu.notation.latex import Latex, MarkdownLatex

LETTERS = "pqrstuvw"


# --- LaTeX -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("x", "x"),
        ("w1", "w_1"),
        ("w_12", "w_{12}"),
        ("w₁", "w_1"),
        ("x'", "x'"),
        ("x_max", r"x_{\mathit{max}}"),
        ("x_ab", r"x_{\mathit{ab}}"),
        ("x_i", "x_i"),
        ("ŷ", r"\hat{y}"),
        ("σ", r"\sigma"),
        ("alpha2", r"\alpha_2"),
        ("loss", r"\mathit{loss}"),
        ("my loss", r"\text{my loss}"),
        ("é", r"\text{é}"),
        ("100%", r"\text{100}\%"),
        (r"\end{aligned}", r"\backslash \text{end}\lbrace \text{aligned}\rbrace "),
        ("$x$", r"\$\text{x}\$"),
        ("<b>", r"{<}\text{b}{>}"),
        ("a_b^c~d&e#f", r"\text{a}\_\text{b}\wedge \text{c}\sim \text{d}\&\text{e}\#\text{f}"),
        ('[`"|*]', r"\lbrack \text{‘}\text{''}\vert \ast \rbrack "),
        ("a\nb\x1b", "\\text{a b\ufffd}"),
    ],
)
def test_names_in_latex_are_letters_where_they_look_like_it_and_harmless_otherwise(name, latex):
    assert str(Latex.name(name)) == latex


def test_in_markdown_a_name_has_no_dollar_sign_and_no_angle_brackets():
    assert str(MarkdownLatex.name("$<b>")) == r"\text{＄}\lt \text{b}\gt "
    assert MarkdownLatex("x").relation("<") == r"\lt"
    assert Latex("x").relation("<") == "<"
    assert Latex("x").relation("≈") == r"\approx"


@pytest.mark.parametrize(
    ("number", "latex"),
    [
        (0.5, "0.5"),
        (-3, "-3"),
        (1e-9, r"1 \times 10^{-9}"),
        (Fraction(-1, 3), r"-\frac{1}{3}"),
        (-math.inf, r"-\infty"),
        (math.nan, r"\mathit{nan}"),
        (sympy.Symbol("s") ** 2, "s^{2}"),
        (sympy.Symbol("<script>"), r"{<}\mathit{script}{>}"),
        (10**40, r"\text{an int of 133 bits}"),
    ],
)
def test_numbers_in_latex(number, latex):
    if isinstance(number, sympy.Symbol):
        latex = r"{<}\text{script}{>}"
    assert str(Latex.number(number)) == latex


def pieces(kind):
    return kind.name("x"), kind.name("y"), kind.number(-3), kind.name("my loss")


def test_latex_has_fractions_powers_and_functions_of_its_own():
    x, y, n, label = pieces(Latex)
    written = [
        (-x / y, r"\frac{-x}{y}"),
        (x**2, "x^2"),
        (x ** (y - 1), "x^{y - 1}"),
        (n**2, "(-3)^2"),
        ((x / y) ** 2, r"\left(\frac{x}{y}\right)^2"),
        (abs(x), r"\left|x\right|"),
        (x.sqrt(), r"\sqrt{x}"),
        (x.exp(), r"\exp(x)"),
        (x.sigmoid(), r"\sigma(x)"),
        (x.hypot(y), r"\operatorname{hypot}(x, y)"),
        (x.call("leaky_relu"), r"\operatorname{leaky\_relu}(x)"),
        (x.call("maximum", y), r"\max(x, y)"),
        (x.times(y), r"x \times y"),
        (x.derivative(label), r"\frac{\partial x}{\partial \left(\text{my loss}\right)}"),
        (x.over(y), r"\frac{x}{y}"),
        (Latex.number(1e-9) ** 2, r"\left(1 \times 10^{-9}\right)^2"),
    ]
    assert [str(piece) for piece, _ in written] == [latex for _, latex in written]
