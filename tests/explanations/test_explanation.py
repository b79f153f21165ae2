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


# --- the three forms ---------------------------------------------------------------------------------------------


def test_printing_shows_the_text_and_notebooks_the_markdown():
    e = explain(branching()[0])
    assert str(e) == repr(e) == e.text
    assert e._repr_markdown_() == e.markdown
    assert isinstance(e, Explanation)
