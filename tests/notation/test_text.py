"""Mathematics as text: the parentheses it needs and no others."""

from fractions import Fraction

import sympy

from tinygrad_edu import Value
from tinygrad_edu.notation.forms import (
    operation,
    sum_of_products,
)
from tinygrad_edu.notation.text import Text
from tinygrad_edu.notation.words import names, shortened

LETTERS = "pqrstuvw"


# --- mathematics as text ---------------------------------------------------------------------------------------


def pieces(kind=Text):
    return kind.name("x"), kind.name("y"), kind.number(-3), kind.name("my loss")


def test_text_has_the_parentheses_it_needs_and_no_others():
    x, y, n, label = pieces()
    written = {
        x - n: "x - (-3)",
        n - x: "-3 - x",
        x - (y - x): "x - (y - x)",
        (x + y) * (x - y): "(x + y) · (x - y)",
        n * n: "-3 · (-3)",
        x / (y * x): "x/(y · x)",
        (-x) / y: "-x/y",
        x * (-x / y): "x · (-x/y)",
        n**2: "(-3)²",
        (x * y) ** 2: "(x · y)²",
        x**y: "x^y",
        x ** (y - 1): "x^(y - 1)",
        x**-1: "x⁻¹",
        x**0.5: "x^0.5",
        2**x: "2^x",
        -(x + y): "-(x + y)",
        label * x: "(my loss) · x",
        label.derivative(x): "∂(my loss)/∂x",
        abs(x - y): "|x - y|",
        (1 - x).sqrt(): "√(1 - x)",
        x.over(y): "x / y",
        Text.number(Fraction(1, 2)) ** 2: "(1/2)²",
        x * Text.number(Fraction(-1, 2)): "x · (-1/2)",
        x * Text.number(sympy.Symbol("s") + 1): "x · (s + 1)",
        x * Text.number(sympy.sin(sympy.Symbol("s"))): "x · sin(s)",
    }
    assert {str(piece) for piece in written} == set(written.values())
    assert [str(piece) for piece in written] == list(written.values())


def test_rules_leave_out_factors_and_exponents_that_say_nothing():
    x, y, *_ = pieces()
    assert [str(p) for p in (1 * x, -1 * x, 0 * x, x**1, x**0, x**1.0, 2 * x, 2 * (x + y), 2.5 * x)] == [
        "x",
        "-x",
        "0",
        "x",
        "1",
        "x",
        "2x",
        "2 · (x + y)",
        "2.5 · x",
    ]
    assert str(2 * Text.name("loss")) == "2 · loss"


def test_long_sums_show_first_and_last_terms():
    xs = [Value(float(i)) for i in range(10)]
    named = names(xs)
    for op, shown in (
        ("sum", "v1 + v2 + v3 + v4 + … + v10"),
        ("prod", "v1 × v2 × v3 × v4 × … × v10"),
        ("max", "max(v1, v2, v3, v4, …, v10)"),
    ):
        assert str(operation(op, xs, lambda x: Text.name(named[x]))) == shown
    dot = operation("dot", xs * 2, lambda x: Text.name(named[x]))
    assert str(dot) == "v1 × v1 + v2 × v2 + v3 × v3 + v4 × v4 + … + v10 × v10"
    assert shortened([1, 2, 3], None) == [1, 2, 3]


def test_negative_numbers_within_a_sum_are_in_parentheses_but_not_at_its_start():
    n = Text.number(-3)
    assert str(sum_of_products([(n, n), (n, n), (n,)], " · ")) == "-3 · (-3) + (-3) · (-3) + (-3)"
