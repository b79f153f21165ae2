"""Random expressions, drawn by the strategies that are public: every way to a derivative gives the same numbers."""

import math

import hypothesis.strategies as st
from hypothesis import assume, given, settings

import tinygrad_edu as tg
from tinygrad_edu import Value
from tinygrad_edu.testing import Expression, expressions, smooth_points, values
from tinygrad_edu.testing.strategies import is_smooth

OPS = ("+", "-", "*", "neg", "tanh", "sin", "sigmoid", "relu", "abs")


def close(found: float, right: float) -> bool:
    return math.isclose(found, right, rel_tol=1e-9, abs_tol=1e-9)


@settings(max_examples=25)  # each is staged
@given(st.data(), expressions(ops=OPS, depth=3))
def test_reverse_mode_forward_mode_and_staged_programs_agree(data: st.DataObject, f: Expression) -> None:
    point = data.draw(smooth_points(f, -2.0, 2.0))
    places = tuple(range(len(point)))
    reverse = tg.grad(f, places)(*point)
    staged = tg.jit(tg.grad(f, places))(*point)
    for i in places:
        direction = tuple(float(i == j) for j in places)
        value, forward = tg.jvp(f, point, direction)
        assert close(value, f(*point))
        assert close(forward, reverse[i])
        assert close(staged[i], reverse[i])


@given(expressions(ops=("+", "*", "neg"), depth=3), values(-2.0, 2.0), values(-2.0, 2.0))
def test_gradients_of_leaves_are_those_of_the_transform(f: Expression, x: Value, y: Value) -> None:
    leaves = [x, y] if f.inputs == ("x", "y") else [x]
    assume(is_smooth(f, [leaf.data for leaf in leaves]))
    out = f(*leaves)
    assert isinstance(out, Value)
    out.backward()
    expected = tg.grad(f, tuple(range(len(leaves))))(*[leaf.data for leaf in leaves])
    assert all(close(leaf.grad, right) for leaf, right in zip(leaves, expected, strict=True))
