"""Every path from one value to another, and their sum."""

import itertools
import math
import re

from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tg
from tests.explanations.graphs import branching, composite, named, small_graphs
from tinygrad_edu import Value
from tinygrad_edu.explanations.explanation import explain
from tinygrad_edu.explanations.paths import COUNTLESS, all_paths, count_paths
from tinygrad_edu.explanations.story import gathered, gradients

# --- what is said of numbers is true -----------------------------------------------------------------------------


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
