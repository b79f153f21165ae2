"""explain(): the chain rule in words and numbers. It must be right, honest, and leave the graph alone."""

import itertools
import math
import re
import sys
import time
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu import Value
from tinygrad_edu.explanations.explanation import Explanation, explain
from tinygrad_edu.explanations.paths import COUNTLESS, all_paths, count_paths
from tinygrad_edu.explanations.rounding import (
    again,
    close,
    follows,
    is_exact,
    sign_between,
    sign_of_operation,
)
from tinygrad_edu.explanations.story import gathered, gradients
from tinygrad_edu.transforms.level import deeper


def named(label, value):
    value.label = label
    return value


def branching():
    """W2: f = (a + b)(b + c)."""
    a, b, c = Value(-1.0, label="a"), Value(3.0, label="b"), Value(4.0, label="c")
    x, y = named("x", a + b), named("y", b + c)
    return named("f", x * y), a, b, c


def composite():
    """W3: exp(sin(x²))."""
    x = Value(1.0, label="x")
    v = named("v", tg.sin(named("u", x**2)))
    return named("f", tg.exp(v)), x


def sigmoid_neuron():
    """W6."""
    w = [Value(2.0, label="w1"), Value(-3.0, label="w2")]
    b = Value(-3.0, label="b")
    z = named("z", tg.dot(w, [-1.0, -2.0]) + b)
    a = named("a", tg.sigmoid(z))
    return named("C", (1 - a) ** 2 / 2), w, b


# --- the two passes ------------------------------------------------------------------------------------------


def test_the_branching_example_in_full():
    assert (
        explain(branching()[0]).text
        == """\
Given a = -1, b = 3, c = 4

Forward pass, from the leaves to f
  x = a + b = -1 + 3 = 2
  y = b + c = 3 + 4  = 7
  f = x × y = 2 × 7  = 14

Backward pass, from f to the leaves: upstream times local gradient, summed over the uses
  ∂f/∂f                                                 = 1
  ∂f/∂y = x                                             = 2
  ∂f/∂c = ∂f/∂y · ∂y/∂c                 = 2 · 1         = 2
  ∂f/∂x = y                                             = 7
  ∂f/∂b = ∂f/∂x · ∂x/∂b + ∂f/∂y · ∂y/∂b = 7 · 1 + 2 · 1 = 9
  ∂f/∂a = ∂f/∂x · ∂x/∂a                 = 7 · 1         = 7

Gradients add at branches: b is used twice, in x and y, so ∂f/∂b = 7 + 2 = 9."""
    )


def test_the_composite_names_the_local_gradients_and_says_where_numbers_are_rounded():
    text = explain(composite()[0]).text
    assert "  v = sin(u) = sin(1)      ≈ 0.8415\n" in text
    assert "  f = exp(v) ≈ exp(0.8415) ≈ 2.32\n" in text
    assert "  ∂f/∂v = exp(v)                        ≈ 2.32\n" in text
    assert "  ∂f/∂u = ∂f/∂v · ∂v/∂u ≈ 2.32 · 0.5403 ≈ 1.253   where ∂v/∂u = cos(u)\n" in text
    assert "  ∂f/∂x = ∂f/∂u · ∂u/∂x ≈ 1.253 · 2     ≈ 2.507   where ∂u/∂x = 2x" in text
    assert "2.506761534986894" in explain(composite()[0], digits=16).text


def test_the_sigmoid_neuron_has_the_worked_numbers():
    text = explain(sigmoid_neuron()[0]).text
    assert "v1 = w1 × (-1) + w2 × (-2) = 2 × (-1) + (-3) × (-2) = 4" in text
    assert re.search(r"a  = σ\(z\) +  *= σ\(1\) +≈ 0.7311\n", text)
    assert re.search(r"∂C/∂a  = .* = -0.2689\n", text)
    assert re.search(r"∂C/∂z  = .*≈ -0.05288   where ∂a/∂z = a · \(1 - a\)\n", text)
    assert re.search(r"∂C/∂b  = .* = -0.05288\n", text)
    assert re.search(r"∂C/∂w1 = .* = 0.05288$", text, re.MULTILINE)
    assert "Gradients add" not in text


def test_gradients_are_told_in_the_order_of_the_backward_pass():
    f = branching()[0]
    told = re.findall(r"^  ∂f/∂(\w+)", explain(f).text, re.MULTILINE)
    assert told == [node.label for node in reversed(tg.topological_order(f))]


def test_a_value_used_twice_by_one_operation_has_both_uses_in_symbols():
    x = Value(3.0, label="x")
    z = named("z", named("y", x * x) * 2)
    text = explain(z).text
    assert "∂z/∂x = ∂z/∂y · x + ∂z/∂y · x = 2 · 3 + 2 · 3 = 12" in text
    assert "x is used twice, in y, so ∂z/∂x = 6 + 6 = 12." in text
    assert "∂y/∂x = x + x = 3 + 3 = 6" in explain(named("y", x * x)).text


def test_a_value_used_directly_and_through_another_is_told_apart_from_its_own_gradient():
    x = Value(3.0, label="x")
    f = named("f", x * named("u", x**2))
    assert "∂f/∂x = ∂f/∂u · ∂u/∂x + u = 3 · 6 + 9 = 27   where ∂u/∂x = 2x" in explain(f).text


def test_kinks_say_why_their_slope_is_what_it_is():
    x, y = Value(-2.0, label="x"), Value(5.0, label="y")
    h = named("h", tg.relu(x))
    text = explain(named("f", h * y)).text
    assert "∂f/∂x = ∂f/∂h · ∂h/∂x = 5 · 0 = 0   where ∂h/∂x = 0 as x ≤ 0" in text
    assert "∂h/∂x = 0   as x ≤ 0" in explain(h).text
    m = named("m", tg.maximum(x, y))
    assert "∂m/∂x = 0   as x < y" in explain(m).text
    square = tg.max([x, x, y])
    assert "as x < v1, as x < v1" in explain(square).text


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


def test_long_equations_are_broken_at_their_signs():
    text = explain(tg.dot([Value(0.5, label=f"weight{i}") for i in range(5)], [1.0] * 5)).text
    assert "\n     = 0.5 × 1 + 0.5 × 1" in text
    assert all(len(line) <= 100 for line in text.splitlines())


def test_only_three_branches_are_remarked_on_one_by_one():
    xs = [Value(float(i), label=f"x{i}") for i in range(5)]
    text = explain(tg.dot(xs, xs)).text
    assert text.count("Gradients add at branches: ") == 1
    assert text.count("Likewise x") == 2
    assert text.endswith("Likewise at 2 other values that are used more than once.")
    text = explain(tg.dot(xs[:4], xs[:4])).text
    assert text.endswith("Likewise at 1 other value that is used more than once.")


# --- what is said of numbers is true -----------------------------------------------------------------------------


def claims(text):
    """Every pair of numbers or sums and products of numbers with = or ≈ between them."""
    for line in re.sub(r"\n(?=\S)", " ", text).splitlines():  # a long remark goes on in the next line
        parts = re.split(r" ([=≈]) ", re.sub(r"\s+where .*", "", line.replace(" :", " = ")))
        for left, sign, right in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
            sides = [re.sub(r"\s+|\.$", "", side).replace("×", "*").replace("·", "*") for side in (left, right)]
            if all(re.fullmatch(r"[-+*/().\de]+", side) for side in sides):
                yield sign, *(eval(re.sub(r"([\d.]+(?:e[+-]\d+)?)", r"Fraction('\1')", side)) for side in sides)  # noqa: S307


numbers = st.one_of(st.integers(-9, 9).map(float), st.floats(-1e3, 1e3, allow_subnormal=False, width=16))


@st.composite
def small_graphs(draw, data=numbers):
    """A graph of + - × over a few leaves, with sharing."""
    values = [Value(draw(data), label=label) for label in "abc"]
    for _ in range(draw(st.integers(1, 6))):
        x, y = (draw(st.sampled_from(values)) for _ in "xy")
        values.append(draw(st.sampled_from([x + y, x - y, x * y, x * 3, 2 - y])))
    return values[-1], values[0]


@given(small_graphs(), st.integers(1, 6))
def test_every_equals_sign_between_numbers_is_exactly_true(graph, digits):
    y, x = graph
    checked = Counter()
    for text in (explain(y, digits=digits).text, explain(y, x, digits=digits).text):
        for sign, left, right in claims(text):
            checked[sign] += 1
            assert sign == "≈" or left == right, text


def test_the_check_of_equals_signs_finds_claims_to_check():
    found = [claim for claim in claims(explain(branching()[0]).text) if claim[0] == "="]
    assert len(found) >= 6
    assert [left == right for _, left, right in claims("x = 1 + 1 = 3")] == [False]


@given(small_graphs(st.fractions(-9, 9, max_denominator=4)))
def test_paths_add_up_to_the_gradient_exactly(graph):
    y, x = graph
    order = tg.topological_order(y)
    if x not in order or x is y:
        return
    facts = gathered(y, x)
    paths = list(itertools.islice(all_paths(x, y, facts.uses), 200))
    counts = count_paths(facts, x)
    assert len(paths) == min(200, counts.get(y, 0))
    if len(paths) < 200:
        assert sum(math.prod(use.local for use in path) for path in paths) == gradients(order)[x]
    y.backward()
    assert {node: node.grad for node in order} == gradients(order)


@pytest.mark.parametrize(
    ("op", "operands", "result", "sign"),
    [
        ("+", [0.1, 0.2], 0.1 + 0.2, "="),
        ("+", [1e20, 1.0], 1e20, "≈"),
        ("+", [1 / 3, 1.0], 4 / 3, "="),  # as shown, 0.3333 + 1 = 1.333 is ≈; see below
        ("exp", [0.0], 1.0, "="),
        ("sigmoid", [0.0], 0.5, "="),
        ("sigmoid", [40.0], 1.0, "≈"),
        ("exp", [-1000.0], 0.0, "≈"),
        ("exp", [-math.inf], 0.0, "="),
        ("log", [1.0], 0.0, "="),
        ("softplus", [1000.0], 1000.0, "≈"),
        ("sqrt", [9.0], 3.0, "="),
        ("sqrt", [2.0], 2**0.5, "≈"),
        ("hypot", [3.0, 4.0], 5.0, "="),
        ("hypot", [3.0, 5.0], 34**0.5, "≈"),
        ("erf", [0.0], 0.0, "="),
        ("erf", [30.0], 1.0, "≈"),
        ("arctan2", [0.0, 3.0], 0.0, "="),
        ("arctan2", [0.0, -3.0], math.pi, "≈"),
        ("arctan2", [3.0, 1e300], 0.0, "≈"),
        ("**", [2.0, 10.0], 1024.0, "="),
        ("**", [4.0, 0.5], 2.0, "="),
        ("**", [2.0, -1.0], 0.5, "="),
        ("**", [0.0, 3.0], 0.0, "="),
        ("**", [0.0, 0.0], 1.0, "="),
        ("**", [2.0, 0.5], 2**0.5, "≈"),
        ("**", [1.0, 1e9], 1.0, "≈"),
        ("relu", [-3.0], 0.0, "="),
        ("max", [1.0, 3.0], 3.0, "="),
        ("dot", [1.0, 2.0, 3.0, 4.0], 11.0, "="),
        ("-", [math.inf, math.inf], math.nan, "="),
        ("+", [10**40, 1], 10**40 + 1, "≈"),
        ("sum", [1.0] * 2000, 2000.0, "≈"),
    ],
)
def test_equal_signs_are_for_what_is_exactly_so(op, operands, result, sign):
    if operands[0] == 1 / 3:
        sign = "≈"
    assert sign_of_operation(op, operands, result, 4) == sign


def test_numbers_shown_as_they_are():
    exact = [0.5, 0.1 + 0.2, 7, Fraction(1, 3), math.inf, Decimal("0.1"), sympy.Symbol("s")]
    rounded = [1 / 3, 1 + 1e-9, 10**40, Fraction(10**400, 3), Decimal(1) / 3]
    assert [is_exact(x, 4) for x in exact + rounded] == [True] * len(exact) + [False] * len(rounded)
    assert sign_between(lambda x: x, [math.inf], math.inf, 4) == "="


def test_huge_decimals_take_no_time_and_claim_nothing():
    """As fractions they have as many digits as their exponent says: 10⁹ of them would fill the memory."""
    huge, tiny = Decimal("1E+999999999"), Decimal("1.23456789E-999999999")
    assert [is_exact(x, 4) for x in (huge, tiny)] == [True, False]
    assert sign_of_operation("*", [huge, Decimal(3)], 3 * Decimal("1E+99999"), 4) == "≈"
    assert sign_of_operation("*", [Decimal("1E+40"), Decimal(3)], Decimal("3E+40"), 4) == "="
    assert "v2 = v1 × 3 = 1E+400000 × 3 ≈ 3E+400000" in explain(Value(Decimal("1E+400000")) * 3).text


def test_infinite_decimals_are_explained():
    x = Value(Decimal("Infinity"), label="x")
    y = x * 2
    y.backward()
    assert "v1 = x × 2 = Infinity × 2 = Infinity" in explain(y).text
    x = Value(Decimal(0), label="x")
    assert "∂v1/∂x = 1/(2 · √x) = Infinity" in explain(x.sqrt(), x).text


def test_numbers_of_different_kinds_are_compared():
    assert close(1.0, 1.0 + 1e-12)
    assert not close(1.0, 1.1)
    for kind in (float, Decimal):
        inf = kind("inf")
        assert close(inf, inf + 1)
        assert close(kind("nan"), kind("nan"))
        assert not close(inf, -inf)
        assert not close(inf, kind(1))
        assert not close(kind(1), kind("nan"))
    assert close(Decimal("0.1"), Decimal("0.1"))
    assert not close(Decimal("0.1"), 0.1)
    s = sympy.Symbol("s")
    assert close((s + 1) ** 2, s**2 + 2 * s + 1)
    assert close(1e-7, 0.0, 1e3)


def test_operations_are_repeated_to_see_whether_data_has_changed():
    assert again("logsumexp", [0.0, 0.0]) == math.log(2)
    assert again("log", [-1.0]) is None
    assert again("no such operation", [1.0]) is None
    assert follows("no such operation", [1.0], 7.0)
    assert not follows("log", [-1.0], 0.0)
    assert follows("where", [2.0], 2.0)
    assert follows("+", [sympy.Symbol("s"), 1], sympy.Symbol("s") + 1)
    assert follows("sum", [1.0] * 2000, 7.0)  # too many to do again
    assert follows("+", [1, 2], 3)


# --- paths -----------------------------------------------------------------------------------------------------


def test_paths_of_the_branching_example_in_full():
    f, _, b, _ = branching()
    assert (
        explain(f, b).text
        == """\
Forward pass, on the way from b to f
  x = a + b = -1 + 3 = 2
  y = b + c = 3 + 4  = 7
  f = x × y = 2 × 7  = 14

2 paths lead from b to f; along each, the local gradients multiply
  b → x → f : ∂f/∂x · ∂x/∂b = y · 1 = 7 · 1 = 7
  b → y → f : ∂f/∂y · ∂y/∂b = x · 1 = 2 · 1 = 2

Over all paths, the products add
  ∂f/∂b = 7 + 2 = 9

Reverse mode, which goes through each operation only once, gives the same: ∂f/∂b = 9."""
    )


def test_a_single_path_is_the_chain_rule():
    f, x = composite()
    text = explain(f, x).text
    assert "1 path leads from x to f; along it, the local gradients multiply\n" in text
    assert "∂f/∂v · ∂v/∂u · ∂u/∂x = exp(v) · cos(u) · 2x ≈ 2.32 · 0.5403 · 2 ≈ 2.507" in text
    assert "Over all paths" not in text
    assert text.endswith("Reverse mode gives the same: ∂f/∂x ≈ 2.507.")


def test_a_path_of_one_step_is_a_local_gradient():
    x, y = Value(2.0, label="x"), Value(3.0, label="y")
    assert "  x → f : ∂f/∂x = y = 3\n" in explain(named("f", x * y), x).text


def test_paths_through_both_operands_are_two():
    x = Value(3.0, label="x")
    text = explain(named("y", x * x), x).text
    assert text.count("  x → y : x = 3\n") == 2
    assert "∂y/∂x = 3 + 3 = 6" in text


def test_a_direct_path_is_told_apart_from_the_sum():
    x = Value(3.0, label="x")
    text = explain(named("f", x * named("u", x**2)), x).text
    assert re.search(r"  x → f     : u +  *= 9\n", text)
    assert "  x → u → f : ∂f/∂u · ∂u/∂x = x · 2x = 3 · 6 = 18\n" in text
    assert "∂f/∂x = 18 + 9 = 27" in text


def test_too_many_paths_are_counted_not_listed():
    x = v = Value(1.0, label="x")
    for _ in range(10):
        v = v + v
    text = explain(v, x, max_lines=4).text
    assert "1,024 paths lead from x to v10;" in text
    assert text.count("x → v1 → ") == 4
    assert "  ... 1,020 more paths ...\n" in text
    assert text.endswith("Reverse mode adds up all the paths without listing them: ∂v10/∂x = 1024.")


def test_countless_paths_are_not_even_counted():
    x = v = Value(1.0, label="x")
    for _ in range(2000):
        v = (v + v) * 0.5
    assert count_paths(gathered(v, x), x)[v] == COUNTLESS
    text = explain(v, x, max_lines=2).text
    assert "More than a million billion paths lead from x to v4000;" in text
    assert "  ... all the other paths ...\n" in text
    assert "∂v4000/∂x = 1." in text


def test_a_value_and_itself():
    f, *_ = branching()
    assert explain(f, f).text == "∂f/∂f = 1: it is the same value."


def test_no_path_means_gradient_zero():
    f, *_ = branching()
    q = Value(1.0, label="q")
    assert explain(f, q).text == "∂f/∂q = 0: f was not computed from q, so no path leads there."
    a = Value(1.0, label="a")  # another a than f's
    assert explain(f, a).text.startswith("∂f/∂v1 = 0: f was not computed from v1")
    assert explain(a, f).text.startswith("∂a/∂f = 0")


def test_overflow_along_a_path_is_not_hidden():
    x = Value(1.0, label="x")
    u = x * 1e200
    text = explain(named("y", (u - u * 1.0) * 1e200), x).text
    assert "  ∂y/∂x = -inf + inf = nan\n" in text
    assert text.endswith(
        "Reverse mode adds before it multiplies on, which rounds and overflows differently: ∂y/∂x = 0."
    )


# --- the graph stays as it is ------------------------------------------------------------------------------------


def snapshot(y):
    return [[getattr(node, name) for name in ("data", "grad", "label", "op")] for node in tg.topological_order(y)]


@pytest.mark.parametrize("passes", [0, 1, 3])
def test_explaining_changes_nothing_and_does_not_depend_on_backward(passes):
    f, _, b, _ = branching()
    fresh = explain(f).text, explain(f, b).text
    for _ in range(passes):
        f.backward()
    before = snapshot(f)
    after = explain(f).text, explain(f, b).text
    assert snapshot(f) == before
    assert all(new.startswith(old) for new, old in zip(after, fresh, strict=True))
    assert (after == fresh) == (passes < 2)


def test_accumulated_gradients_are_pointed_out():
    f, _, b, c = branching()
    f.backward()
    f.backward()
    said = "The .grad fields hold other numbers: 14 for a, 18 for b, 4 for c. They are from several backward passes"
    assert said in explain(f).text.replace("\n", " ")
    assert "other numbers: 18 for b. They" in explain(f, b).text
    assert "another result, or were set by hand." in explain(f).text.replace("\n", " ")
    assert "The gradients above are those of f alone." in explain(f).text.replace("\n", " ")
    (c * 1.0).backward()
    other = Value(1.0, label="q")
    other.grad = 5.0
    assert "other numbers: 5 for q" in explain(f, other).text
    total = tg.sum([Value(1.0, label=f"x{i}") for i in range(5)])
    total.backward(2.0)
    assert "2 for x0, 2 for x1, 2 for x2 and others for 3 more." in explain(total).text


def test_data_changed_after_the_forward_pass_is_pointed_out():
    a = Value(1.0, label="a")
    b = named("b", a + 1)
    c = named("c", b * a)
    a.data = 7.0
    text = explain(c).text
    assert "  b = a + 1 = 2   when it was computed\n" in text
    assert "∂c/∂a = ∂c/∂b · ∂b/∂a + b = 1 · 1 + 2 = 3" in text
    assert "b and c came from other numbers: some .data was changed since." in text
    assert "came from other numbers" in explain(c, a).text
    many = tg.sum([named(f"x{i}", a + 1) for i in range(5)])
    a.data = 9.0
    assert "x0, x1 and x2, among 5 values, came from other numbers" in explain(many).text


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


def test_a_leaf_has_nothing_to_explain_but_itself():
    a = Value(2.0, label="a")
    said = (
        "a is a leaf: a given number, or computed within no_grad(), which forgets how. Its only gradient is ∂a/∂a = 1."
    )
    assert explain(a).text.replace("\n", " ") == "Given a = 2  " + said
    with tg.no_grad():
        b = a * a
    assert "v1 is a leaf" in explain(b).text
    a.grad = 3.0
    assert "The .grad fields hold other numbers: 3 for a" in explain(a).text
    assert r"no\_grad()" in explain(a).latex
    assert "no_grad()" in explain(a).markdown


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


def test_a_graph_of_100_000_nodes_is_explained_quickly_and_without_recursion():
    x = v = Value(3.0, label="x")
    for i in range(100_000):
        v = v + 1.0 if i % 2 else v * 1.0001
    limit = sys.getrecursionlimit()
    start = time.process_time()
    text = explain(v, x, max_lines=6).text
    assert time.process_time() - start < 30
    assert sys.getrecursionlimit() == limit
    assert len(text.splitlines()) < 25
    assert "1 path leads from x to v100000" in text
    assert "x → v1 → v2 → " in text


def test_a_wide_operation_is_explained_quickly():
    xs = [Value(1.0) for _ in range(20_000)]
    start = time.process_time()
    text = explain(tg.dot(xs, [2.0] * 20_000), max_lines=4).text
    assert time.process_time() - start < 15
    assert "v1 × 2 + v2 × 2 + v3 × 2 + v4 × 2 + … + v20000 × 2" in text
    assert "≈ 40000" in text


@pytest.mark.parametrize("thing", [3.0, "f", None, [Value(1.0)]])
def test_what_is_no_value_is_refused(thing):
    with pytest.raises(TypeError, match=r"explain needs a Value, got .*: compute it from Values"):
        explain(thing)
    if thing is not None:
        with pytest.raises(TypeError, match="explain needs a Value"):
            explain(Value(1.0), thing)


def test_counts_below_one_are_refused():
    with pytest.raises(ValueError, match="explain needs digits of at least 1, got 0"):
        explain(Value(1.0), digits=0)
    with pytest.raises(ValueError, match="explain needs max_lines of at least 1, got -3"):
        explain(Value(1.0), max_lines=-3)
    with pytest.raises(TypeError, match="explain: digits must be a whole number, got '4'"):
        explain(Value(1.0), digits="4")


# --- the three forms ---------------------------------------------------------------------------------------------


def test_printing_shows_the_text_and_notebooks_the_markdown():
    e = explain(branching()[0])
    assert str(e) == repr(e) == e.text
    assert e._repr_markdown_() == e.markdown
    assert isinstance(e, Explanation)


def test_latex_of_the_branching_example():
    latex = explain(branching()[0]).latex
    assert "Given $a = -1$, $b = 3$, $c = 4$\n" in latex
    assert (
        "\\textbf{Forward pass, from the leaves to $f$}\n\\[\n\\begin{aligned}\nx &= a + b = -1 + 3 = 2 \\\\\n" in latex
    )
    assert (
        r"\frac{\partial f}{\partial b} &= \frac{\partial f}{\partial x} \cdot \frac{\partial x}{\partial b} + "
        r"\frac{\partial f}{\partial y} \cdot \frac{\partial y}{\partial b} = 7 \cdot 1 + 2 \cdot 1 = 9"
    ) in latex
    assert r"so $\frac{\partial f}{\partial b} = 7 + 2 = 9$." in latex


def test_latex_and_markdown_of_paths_and_remarks():
    f, x = composite()
    e = explain(f, x, max_lines=2)
    assert r"x \to u \to v \to f &:\quad \frac{\partial f}{\partial v} \cdot" in e.latex
    assert "= \\exp(v) \\cdot \\cos(u) \\cdot 2x \\\\\n&\\approx 2.32" in e.latex
    assert r"&\text{... 1 lines left out ...}" in e.latex
    assert "**Forward pass, on the way from $x$ to $f$**\n\n$$\n\\begin{aligned}\n" in e.markdown
    passes = explain(f)
    assert r"\qquad \text{where }\frac{\partial v}{\partial u} = \cos(u)" in passes.latex
    y = Value(2.0, label="y")
    three = explain(named("f", named("u", y**2) + named("v", y**3) + named("w", y**4)))
    assert "\\\\\n&\\quad \\text{where }" in three.latex


HOSTILE = [
    "\\",
    r"\end{aligned}",
    "$",
    "$$",
    "a$b$",
    "{",
    "}",
    "{}}",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a\nb\r\n\n# heading",
    "\x1b[31mred\x00",
    "100%",
    "#1",
    "a&b",
    "&lt;b&gt;",
    "a_b^c~d",
    "`code`",
    "```",
    "**bold**",
    "[x](javascript:alert(1))",
    "x|y",
    "\ud800",
    "\u202eabc",
    "w" * 100_000,
    "]",
    r"\\[",
    "-1",
    "a + b",
    " ",
]


@pytest.mark.parametrize("label", HOSTILE, ids=lambda label: ascii(label[:20]))
def test_no_label_breaks_text_latex_or_markdown(label):
    x, y = Value(2.0, label=label), Value(3.0, label="y")
    z = named(label + "z", tg.relu(x * y - x / y + x**2 + x * x + tg.leaky_relu(-x) + y**x))
    f = tg.logsumexp([z, x]) * 1e-9 + tg.max([x, y])
    for e in (explain(f), explain(f, x)):
        for form in (e.text, e.latex, e.markdown):
            assert all(c == "\n" or c.isprintable() for c in form)
            form.encode()  # no lone surrogates
        assert len(e.text) < 20_000
        for mathematics in (e.latex, e.markdown):
            assert not re.search(r"<[A-Za-z/!?]", mathematics)
            assert "`" not in mathematics
            bare = re.sub(r"\\.", "", mathematics)
            assert bare.count("{") == bare.count("}")
            assert bare.count("$") % 2 == 0
            assert re.search(r"(?<!\\)[%#]", mathematics) is None
            assert mathematics.count(r"\begin{aligned}") == mathematics.count(r"\end{aligned}") > 0
        outside = re.sub(r"\$\$.*?\$\$|\$.*?\$", "", e.markdown, flags=re.DOTALL)
        assert re.fullmatch(r"[\w\s.,:;()*-]*", outside), outside
        lines = e.text.splitlines()
        assert all(len(line) < 1500 for line in lines)
