"""Finite differences, and a gradient compared with them."""

import math

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu import Value
from tinygrad_edu.checking.differences import (
    CENTRAL_STEP,
    FIVE_POINT_STEP,
    central_difference,
    close,
    compare,
    five_point,
    numeric_gradient,
    slopes,
)
from tinygrad_edu.checking.kinks import kinks

SMOOTH = {
    "cube": (lambda x: x**3, lambda x: 3 * x * x, [-2.0, 0.0, 1.0, 1e3]),
    "exp": (math.exp, math.exp, [-5.0, 0.0, 3.0]),
    "sin": (math.sin, math.cos, [-1.0, 0.0, 2.0]),
    "log": (math.log, lambda x: 1 / x, [0.5, 1.0, 1e6]),
    "tanh": (math.tanh, lambda x: 1 - math.tanh(x) ** 2, [-0.3, 0.0, 2.0]),
}


POINTS = [(name, f, slope, x) for name, (f, slope, xs) in SMOOTH.items() for x in xs]


def test_the_steps_balance_bending_and_rounding():
    assert pytest.approx(6.055e-6, rel=1e-3) == CENTRAL_STEP
    assert pytest.approx(7.4e-4, rel=1e-2) == FIVE_POINT_STEP


@pytest.mark.parametrize(("name", "f", "slope", "x"), POINTS)
def test_differences_come_close_to_the_derivative(name, f, slope, x):
    assert central_difference(f, x) == pytest.approx(slope(x), rel=1e-8, abs=1e-9), name
    assert five_point(f, x) == pytest.approx(slope(x), rel=1e-9, abs=1e-11), name


def test_five_points_beat_two():
    def error(difference):
        return abs(difference(math.exp, 1.0) - math.e)

    assert error(five_point) < error(central_difference) / 10


def test_the_step_grows_with_x():
    steps = []
    central_difference(lambda x: steps.append(x) or 0.0, 1e6)
    assert steps[0] - steps[1] == pytest.approx(2 * CENTRAL_STEP * 1e6, rel=1e-9)


def test_a_step_of_ones_own_is_used():
    assert central_difference(lambda x: x**3, 0.0, 0.5) == 0.25
    assert five_point(lambda x: x**5, 0.0, 0.5) == -4 * 0.5**4


def test_the_width_is_that_of_the_rounded_points():
    assert central_difference(lambda x: x, 1e16, 3.0) == 1.0  # 1e16 ± 3 round to 1e16 ± 4 and ± 2


def test_numeric_gradient_of_the_branching_example():
    def f(a, b, c):
        return (a + b) * (b + c)

    assert numeric_gradient(f, [-1.0, 3.0, 4.0]) == pytest.approx([7, 9, 2], rel=1e-10)
    assert numeric_gradient(f, (-1.0, 3.0, 4.0), central_difference) == pytest.approx([7, 9, 2], rel=1e-8)


def test_numeric_gradient_passes_errors_on():
    with pytest.raises(tg.DomainError):
        numeric_gradient(tg.log, [1e-9])


def test_close_is_relative_absolute_and_takes_infinities():
    assert close(1e9, 1e9 + 1)
    assert close(0.0, 1e-10)
    assert not close(0.0, 1e-8)
    assert close(math.inf, math.inf)
    assert not close(math.inf, 1e300)
    assert not close(math.inf, -math.inf)
    assert not close(math.nan, math.nan)
    assert not close(1.0, 1.0 + 1e-5)


@pytest.mark.parametrize(("name", "f", "slope", "x"), POINTS)
def test_right_gradients_agree_and_wrong_ones_do_not(name, f, slope, x):
    assert compare(f, x, slope(x)).verdict == "agrees", name
    wrong = compare(f, x, slope(x) * 1.0001 + 1e-6)
    assert (wrong.verdict, wrong.ok) == ("DISAGREES", False)
    assert wrong.numeric == pytest.approx(slope(x), rel=1e-6, abs=1e-9)
    assert wrong.difference == abs(wrong.gradient - wrong.numeric)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(1e-5, 1), st.sampled_from([-1, 1]))
@example(0.0, 0.0, 1e-5, 1)
def test_planted_errors_are_caught(x, offset, error, sign):
    def f(x):
        return math.exp(math.sin(x)) + offset

    slope = math.exp(math.sin(x)) * math.cos(x)
    assert compare(f, x, slope).verdict == "agrees"
    assert not compare(f, x, slope + sign * error * max(1.0, abs(slope))).ok


@pytest.mark.parametrize("x", [1e-3, 1e-5, 1e-7, 1e-9])
def test_a_smaller_step_is_tried_near_the_edge_of_a_domain(x):
    assert compare(math.log, x, 1 / x).verdict == "agrees"
    assert not compare(math.log, x, 1.01 / x).ok


def test_a_kink_next_to_the_point_does_not_disturb():
    assert compare(abs, 1e-6, 1.0).verdict == "agrees"
    assert not compare(abs, 1e-6, 0.9).ok


@pytest.mark.parametrize("gradient", [-1.0, 0.0, 0.5, 1.0])
def test_at_a_kink_any_slope_between_the_sides_is_right(gradient):
    found = compare(abs, 0.0, gradient)
    assert (found.verdict, found.ok) == ("at a kink: slope -1 on its left, 1 on its right", True)


@pytest.mark.parametrize("gradient", [-1.1, 2.0, math.nan, math.inf])
def test_at_a_kink_a_slope_beyond_the_sides_is_wrong(gradient):
    found = compare(abs, 0.0, gradient)
    assert (found.verdict, found.ok) == ("DISAGREES at a kink: slope -1 on its left, 1 on its right", False)


def test_a_kink_of_a_large_function_is_seen():
    found = compare(lambda x: 1e6 + abs(x), 0.0, 0.0)
    assert found.verdict == "at a kink: slope -1 on its left, 1 on its right"


@pytest.mark.parametrize(("x", "side"), [(0.0, "right"), (2.0, "left")])
def test_at_the_edge_of_a_domain_one_side_is_enough(x, side):
    def f(x):
        return math.cos(math.sqrt(x)) + math.acos(1 - x / 2) * (2 - x) ** 2.5 * x**2.5  # defined from 0 to 2

    slope = -0.5 if x == 0 else -math.sin(math.sqrt(2)) / (2 * math.sqrt(2))
    assert compare(f, x, slope).verdict == f"agrees on its {side}"
    assert compare(f, x, 1.0).verdict == "DISAGREES"


def test_slopes_that_only_approach_the_gradient_agree_with_it():
    for f in (lambda x: tg.sqrt(x) ** 3, lambda x: abs(x) ** 1.5):
        assert compare(f, 0.0, 0.0).verdict == "agrees in the limit"
        assert not compare(f, 0.0, 0.01).ok


def test_an_infinite_slope_is_seen():
    assert compare(tg.sqrt, 0.0, math.inf) == (math.inf, math.inf, "too steep for finite differences", True)
    assert compare(tg.sqrt, 0.0, math.inf).difference == 0
    assert not compare(tg.sqrt, 0.0, -math.inf).ok


def test_a_jump_is_seen():
    found = compare(lambda x: x + 1 if x > 0 else x, 0.0, 1.0)
    assert (found.verdict, found.ok) == ("at a jump: no slope", True)
    assert math.isnan(found.numeric)


@pytest.mark.parametrize("f", [lambda x: tg.log(-abs(x)) if x else 0.0, lambda x: math.inf if x else 0.0])
def test_a_lonely_point_is_not_checked(f):
    found = compare(f, 0.0, 1.0)
    assert (found.verdict, found.ok) == ("not checked: undefined on both sides", True)


def test_what_rounding_hides_is_not_held_against_a_gradient():
    assert compare(lambda x: 1e14 + x, 1.0, 1.0).ok
    assert compare(lambda x: 1e14 + 0 * x, 1.0, 0.0).ok
    assert not compare(lambda x: 1e6 + x, 1.0, 1.1).ok


def test_a_wrong_gradient_of_a_function_that_smaller_steps_cannot_see_is_caught_at_the_first():
    found = compare(lambda x: 1e6 + x, 1.0, 1e-7)
    assert (found.verdict, round(found.numeric, 3)) == ("DISAGREES", 1.0)


def test_a_wrong_zero_where_rounding_stops_at_once_is_caught():
    found = compare(lambda x: 1e8 + x * x, 0.0, 1.0)
    assert (found.verdict, found.numeric) == ("DISAGREES", 0.0)


def test_slopes_of_both_sides():
    around = slopes(lambda x: x * x if x > 0 else 3 * x, 0.0, 0.25)
    assert (around.left, around.right) == (3.0, 0.0)
    assert not around.meet
    assert slopes(lambda x: x * x, 1.0, 0.25).meet


@given(st.floats(-2, 2), st.floats(-2, 2))
@example(0.0, 0.0)
@example(1.0, 1.0)
def test_gradients_of_the_engine_agree_with_finite_differences(a, b):
    def f(a, b):
        return tg.tanh(a * b + tg.maximum(a, b)) - tg.relu(a - b) / (2 + tg.sin(b)) + abs(b)

    assume(all(x == 0 or abs(x) > 1e-6 for x in (a, b, a - b)))
    x, y = Value(a), Value(b)
    f(x, y).backward()
    assert compare(lambda a: f(a, b), a, x.grad).ok or kinks(f(x, y), x)
    assert compare(lambda b: f(a, b), b, y.grad).ok or kinks(f(x, y), y)
