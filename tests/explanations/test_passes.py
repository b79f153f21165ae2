"""The forward and the backward pass in words and numbers, and the remarks on them."""

import re

import pytest

import tinygrad_edu as tg
from tests.explanations.graphs import branching, composite, named
from tinygrad_edu import Value
from tinygrad_edu.explanations.explanation import explain


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


def test_only_three_branches_are_remarked_on_one_by_one():
    xs = [Value(float(i), label=f"x{i}") for i in range(5)]
    text = explain(tg.dot(xs, xs)).text
    assert text.count("Gradients add at branches: ") == 1
    assert text.count("Likewise x") == 2
    assert text.endswith("Likewise at 2 other values that are used more than once.")
    text = explain(tg.dot(xs[:4], xs[:4])).text
    assert text.endswith("Likewise at 1 other value that is used more than once.")


# --- the graph stays as it is ------------------------------------------------------------------------------------


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


def test_of_a_dual_the_tangent_is_told_and_no_zero_is_claimed():
    x = tg.Dual(2.0, 1.0, label="x")
    y = x * x
    y.label = "y"
    for told in (explain(y), explain(y, x)):
        assert told.text.startswith("y = 4, a Dual: forward mode works out the derivative together with each value and")
        assert "Its tangent is 4, the rate" in " ".join(told.text.split())
        assert "leaf" not in told.text
        assert "$y = 4$, a Dual: " in told.markdown
        assert "Its tangent is $4$" in told.latex
    assert "v1 ≈ 0.3333, a Dual" in explain(tg.Dual(1 / 3)).text


WHO = {1: "v1 came from", 2: "v1 and v2 came from", 3: "v1, v2 and v3 came from", 4: "v1, v2 and v3, among 4 values,"}


@pytest.mark.parametrize("count", WHO)
def test_of_many_values_whose_data_changed_three_are_named(count):
    leaves = [Value(1.0, label=f"x{i}") for i in range(count)]
    y = tg.sum([leaf + 0 for leaf in leaves])
    for leaf in leaves:
        leaf.data = 7.0
    assert f"\n{WHO[count]}" in explain(y).text
