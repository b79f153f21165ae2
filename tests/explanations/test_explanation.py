"""`explain`: it changes nothing, takes any size, and refuses what it cannot explain."""

import sys
import time

import pytest

import tinygrad_edu as tg
from tests.explanations.graphs import branching
from tinygrad_edu import Value
from tinygrad_edu.explanations.explanation import Explanation, explain


def snapshot(y):
    return [[getattr(node, name) for name in ("data", "grad", "label", "op")] for node in tg.topological_order(y)]


# --- the graph stays as it is ------------------------------------------------------------------------------------


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


# --- leaves, cuts and refusals -----------------------------------------------------------------------------------


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


# --- blanks ------------------------------------------------------------------------------------------------------


def test_blanks_stand_for_every_number_that_can_be_worked_out_and_nothing_else():
    f, _, b, _ = branching()
    assert explain(f, blanks=True).text.splitlines() == [
        "Given a = -1, b = 3, c = 4",
        "",
        "Forward pass, from the leaves to f",
        "  x = a + b = ____ + ____ = ____",
        "  y = b + c = ____ + ____ = ____",
        "  f = x × y = ____ × ____ = ____",
        "",
        "Backward pass, from f to the leaves: upstream times local gradient, summed over the uses",
        "  ∂f/∂f                                                             = ____",
        "  ∂f/∂y = x                                                         = ____",
        "  ∂f/∂c = ∂f/∂y · ∂y/∂c                 = ____ · ____               = ____",
        "  ∂f/∂x = y                                                         = ____",
        "  ∂f/∂b = ∂f/∂x · ∂x/∂b + ∂f/∂y · ∂y/∂b = ____ · ____ + ____ · ____ = ____",
        "  ∂f/∂a = ∂f/∂x · ∂x/∂a                 = ____ · ____               = ____",
        "",
        "Gradients add at branches: b is used twice, in x and y, so ∂f/∂b = ____ + ____ = ____.",
    ]
    assert "b → x → f : ∂f/∂x · ∂x/∂b = y · ____ = ____ · ____ = ____" in explain(f, b, blanks=True).text


def test_numbers_of_the_formula_stay_beside_blanks():
    x = Value(2.0, label="x")
    text = explain(3 * x**2, x, blanks=True).text
    assert "v1 = x²     = ____²    = ____" in text
    assert "v2 = 3 × v1 = 3 × ____ = ____" in text
    assert "12" not in text


def test_blanks_in_latex_and_markdown():
    f, *_ = branching()
    e = explain(f, blanks=True)
    assert r"x &= a + b = \underline{\qquad} + \underline{\qquad} = \underline{\qquad}" in e.latex
    assert r"\underline{\qquad}" in e.markdown
    assert "Given $a = -1$" in e.markdown


@pytest.mark.parametrize("blanks", ["gradients", 1, None])
def test_blanks_are_there_or_not(blanks):
    with pytest.raises(TypeError, match="explain: blanks must be True or False"):
        explain(Value(1.0), blanks=blanks)


# --- the three forms ---------------------------------------------------------------------------------------------


def test_printing_shows_the_text_and_notebooks_the_markdown():
    e = explain(branching()[0])
    assert str(e) == repr(e) == e.text
    assert e._repr_markdown_() == e.markdown
    assert isinstance(e, Explanation)
