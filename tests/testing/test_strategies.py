"""The strategies give what they promise."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.foreign_engines.catalogue import FUNCTIONS
from tinygrad_edu.testing import Expression, expressions, smooth_points, values
from tinygrad_edu.testing.strategies import is_smooth


@given(values(-1.0, 2.0))
def test_values_are_leaves_between_the_bounds(x: tg.Value) -> None:
    assert -1 <= x.data <= 2
    assert x.operands == ()


@given(expressions(("+", "*", "neg"), depth=3), values(), values())
def test_expressions_compute_alike_on_numbers_and_values(f: Expression, x: tg.Value, y: tg.Value) -> None:
    leaves = dict(zip("xy", (x, y), strict=True))
    chosen = [leaves[name] for name in f.inputs]
    assert f(*chosen).data == f(*[each.data for each in chosen])  # type: ignore[attr-defined]


OPERATIONS = ("+", "-", "*", "/", "**", "neg", "abs", *FUNCTIONS)


@given(st.data())
def test_derivatives_of_every_operation_hold_at_smooth_points(data: st.DataObject) -> None:
    """What the strategies are for: finite differences, and forward mode, on expressions of all operations."""
    f = data.draw(expressions(OPERATIONS, depth=3))
    point = data.draw(smooth_points(f))
    tg.gradcheck(f, *point)
    reverse = [float(g) for g in tg.grad(f, argnums=tuple(range(len(point))))(*point)]
    for i, slope in enumerate(reverse):
        along = tuple(float(i == k) for k in range(len(point)))
        forward = tg.jvp(f, point, along)[1]
        assert float(forward) == pytest.approx(slope, rel=1e-6, abs=1e-6)


def test_an_unknown_operation_is_named() -> None:
    with pytest.raises(ValueError, match="frobnicate: no operation"):
        expressions(("+", "frobnicate"))


def kinked(x: float, y: float) -> float:
    return tg.relu(x - y) + abs(x)


@given(smooth_points(kinked))
def test_smooth_points_keep_away_from_kinks(point: tuple[float, float]) -> None:
    x, y = point
    assert x != 0
    assert x != y


def test_a_point_where_a_function_is_undefined_is_not_smooth() -> None:
    assert not is_smooth(tg.log, [0.0])
    assert is_smooth(tg.log, [1.0])
    assert not is_smooth(abs, [0.0])


def test_a_slope_that_nobody_knows_is_not_smooth() -> None:
    assert not is_smooth(lambda x: tg.sqrt(x - x), [1.0]), "0 everywhere, but 0 times an infinite slope is nan"
    assert is_smooth(lambda x: tg.sqrt(x - x + 1), [1.0])


@pytest.mark.parametrize(("low", "high"), [(0.3, 0.6), (-0.6, -0.3), (0.3, 0.4), (0.5, 0.5), (-0.25, 0.25)])
def test_numbers_lie_between_bounds_that_are_no_quarters(low: float, high: float) -> None:
    found = set()

    @settings(max_examples=60, database=None)
    @given(values(low, high))
    def collect(x: tg.Value) -> None:
        found.add(x.data)

    collect()
    assert all(low <= x <= high for x in found)
    assert {n / 4 for n in range(-8, 9) if low <= n / 4 <= high} <= found


@settings(max_examples=20, database=None)
@given(expressions(ops=("exp",), depth=0, inputs=("x",)))
def test_one_operation_of_one_input_is_enough(f: Expression) -> None:
    assert str(f) == "exp(x)"
