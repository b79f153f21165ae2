"""Rows for any operation, any kind of number, any length."""

import math
import re
from decimal import Decimal
from fractions import Fraction

import sympy

import tinygrad_edu as tg
from tests.explanations.graphs import named
from tinygrad_edu import Value
from tinygrad_edu.explanations.explanation import explain
from tinygrad_edu.transforms.level import deeper

# --- the two passes ------------------------------------------------------------------------------------------


def test_where_shows_the_branch_it_chose():
    x, y = Value(-2.0, label="x"), Value(5.0, label="y")
    assert "f = y = 5   chosen by where" in explain(named("f", tg.where(x > 0, x, y))).text


def test_number_operands_read_as_they_were_written():
    x = Value(2.0, label="x")
    text = explain(2 * x + (5 - x) / 4 - 3**x + x**-1).text
    for shown in ("2 × x ", "5 - x ", " / 4 ", "3^x ", "x⁻¹ ", "where ∂v5/∂x = 3^x · log(3)"):
        assert shown in text or shown.startswith("where")
    assert "3^x · log(3)" in text
    assert "-x⁻²" in text


def test_many_uses_and_operands_are_cut_short():
    x = Value(0.5, label="x")
    total = tg.sum([x * float(i) for i in range(20)])
    text = explain(total).text
    assert "x is used 20 times, so" in text
    assert " + … + " in text
    assert "= 190" in text
    wide = tg.sum([x] * 2000)
    assert "∂v1/∂x = 1 + 1 + 1 + 1 + 1 + 1 + … + 1 ≈ 2000." in explain(wide).text.replace("\n", " ")


# --- kinds of numbers --------------------------------------------------------------------------------------------


def test_fractions_stay_exact():
    p, q = Value(Fraction(1, 3), label="p"), Value(Fraction(2, 5), label="q")
    text = explain(p * q - Fraction(1, 7)).text
    assert "v2 = v1 - 1/7 = 2/15 - 1/7 = -1/105" in text
    assert "≈" not in text


def test_ints_and_decimals():
    assert "v1 = p³ = 7³ = 343" in explain(Value(7, label="p") ** 3).text
    assert "∂v1/∂p = 3 · p² = 147" in re.sub(" +", " ", explain(Value(7, label="p") ** 3).text)
    assert (
        "v1 = p / q = 0.1 / 3 ≈ 0.03333"
        in explain(Value(Decimal("0.1"), label="p") / Value(Decimal(3), label="q")).text
    )


def test_symbols():
    s = sympy.Symbol("s")
    t = Value(s, label="t")
    y = named("y", tg.sin(t) * t)
    assert "∂y/∂t = s*cos(s) + sin(s)" in explain(y, t).text
    assert r"\sin{\left(s \right)}" in explain(y).latex


def test_nested_data():
    with deeper(Value) as Inner:
        x = Value(3.0, label="x")
        inner = Inner(x, label="i")
        y = inner * inner * x
        text = explain(y, inner).text
    assert "∂v2/∂i = 9 + 9 = 18" in text
    assert "v2 = v1 × 3 = 9 × 3 = 27" in text
    assert x.grad == 0


def test_infinities_and_nan():
    i, j = Value(math.inf, label="i"), Value(math.inf, label="j")
    assert "d = i - j = inf - inf = nan" in explain(named("d", i - j)).text
    d = named("d", i - j)
    assert "∂d/∂i = 1" in explain(d, i).text
    z = Value(0.0, label="z")
    assert "∂v1/∂z = 1/(2√z) = inf" in re.sub(" +", " ", explain(tg.sqrt(z)).text) or "inf" in explain(tg.sqrt(z)).text


# --- leaves, cuts and refusals -----------------------------------------------------------------------------------


def test_long_graphs_are_cut_with_a_note():
    v = Value(1.0, label="x")
    for _ in range(100):
        v = v + 1.0
    text = explain(v, max_lines=5).text
    assert "  ... 95 lines left out ...\n" in text
    assert "  ... 96 lines left out ...\n" in text
    assert text.count("\n  v") == 5
    assert text.count("\n  ∂") == 5
    assert "v1   = x + 1" in text
    assert "∂v100/∂x  " in text
    assert "and 5 more leaves" in explain(tg.sum([Value(1.0) for _ in range(10)]), max_lines=5).text
    assert "... 99 lines left out ..." in explain(v, max_lines=1).text
