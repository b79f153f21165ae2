"""The best slope by finite differences, and how sure one can be of it."""

import math

import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value
from tinygrad_edu.checking import stencil
from tinygrad_edu.checking.stencil import best_slopes, evaluate, gradient_rounding, rounding, way
from tinygrad_edu.transforms import level as levels
from tinygrad_edu.transforms.traced import Traced


@pytest.fixture(autouse=True)
def _levels_are_released():
    yield
    assert levels._running == [0]


def test_ways_tell_branches_constants_and_structures_apart():
    def way_of(f, *xs):
        return way(Traced(f, xs))

    assert way_of(abs, 2.0) == way_of(abs, 3.0) != way_of(abs, -3.0)
    assert way_of(lambda x: x * 2 if x > 0 else x * 3, 1.0) != way_of(lambda x: x * 2 if x > 0 else x * 3, -1.0)
    assert way_of(lambda x, y: x - y, 1.0, 2.0) != way_of(lambda x, y: y - x, 1.0, 2.0)
    assert len({way_of(lambda x, y: tg.max([x, y]), *point) for point in [(1.0, 2.0), (2.0, 1.0), (1.0, 1.0)]}) == 3
    assert way_of(tg.hypot, 0.0, 0.0) != way_of(tg.hypot, 0.0, 1.0)
    assert way_of(tg.arctan2, 0.0, 0.0) != way_of(tg.arctan2, 0.0, 1.0) == way_of(tg.arctan2, 0.0, -1.0)
    assert way_of(tg.arctan2, 0.01, -1.0) != way_of(tg.arctan2, -0.01, -1.0)


def test_the_best_slope_knows_how_good_it_is():
    for f, x, slope in [(tg.exp, 1.0, math.e), (lambda x: x**3, 2.0, 12.0), (lambda x: 1 / x, 1e-6, -1e12)]:
        (found,) = best_slopes(lambda t, f=f: evaluate(f, [t]), x, [1e-16])
        assert abs(found.slope - slope) <= found.error <= 1e-7 * abs(slope)


def test_there_is_no_best_slope_where_no_step_stays_on_one_piece():
    assert best_slopes(lambda t: evaluate(abs, [t]), 0.0, [1e-16]) == [None]
    assert best_slopes(lambda t: evaluate(tg.sqrt, [t]), 0.0, [1e-16]) == [None]


def test_rounding_is_carried_to_the_result():
    traced = Traced(lambda x: [(1e8 + x) - 1e8, 3.0], [1.0])
    traced.pull([1.0, 0.0])
    assert rounding(traced, 0) == pytest.approx(2 * 2.2e-16 * 1e8, rel=0.6)
    assert rounding(traced, 1) == 0.0


def test_a_derivative_that_fails_while_it_is_followed_may_be_off_by_anything(monkeypatch):
    def fails(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(stencil, "Traced", fails)
    assert gradient_rounding(lambda x: [x * x], [3.0], 0, 0) == math.inf


def test_where_the_derivative_has_no_derivative_its_rounding_may_be_anything():
    @tg.operation
    def once(x):
        if isinstance(x, Value):
            raise ValueError("of numbers alone")
        return x, 1.0

    assert gradient_rounding(lambda x: [once(x)], [1.0], 0, 0) == math.inf
