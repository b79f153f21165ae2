"""Where one verdict on a gradient ends and the next begins: an input at each border, and one beside it."""

import math

import pytest

import tinygrad_edu as tg
from tinygrad_edu.checking import differences, judgement
from tinygrad_edu.checking.differences import (
    ATOL,
    CENTRAL_STEP,
    EPSILON,
    FIVE_POINT_STEP,
    RTOL,
    Comparison,
    Slopes,
    central_difference,
    close,
    compare,
    five_point,
    slopes,
    smaller_and_smaller,
)
from tinygrad_edu.checking.evidence import Step
from tinygrad_edu.checking.judgement import judged, slopes_checked
from tinygrad_edu.checking.modes import Mode
from tinygrad_edu.checking.stencil import Estimate, rounding
from tinygrad_edu.transforms.traced import Traced

NAN, INF = math.nan, math.inf


def more(x: float) -> float:
    return math.nextafter(x, INF)


# --- differences ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "rtol", "atol", "expected"),
    [
        (0.0, 2.0, 0.5, 1.0, True),
        (0.0, -2.0, 0.5, 1.0, True),
        (0.0, 2.0001, 0.5, 1.0, False),
        (2.0001, 0.0, 0.5, 1.0, False),
        (1.0, 2.0, 0.5, 0.0, True),
        (0.0, 1.0, 0.0, 1.0, True),
        (0.0, more(1.0), 0.0, 1.0, False),
        (0.0, 1e-9, 0.0, ATOL, True),
        (INF, 1.0, 0.5, 0.0, False),
        (-INF, -INF, 0.0, 0.0, True),
    ],
)
def test_close_up_to_the_sum_of_both_tolerances(a: float, b: float, rtol: float, atol: float, expected: bool) -> None:
    assert close(a, b, rtol=rtol, atol=atol) is expected


def test_the_usual_tolerances() -> None:
    assert (RTOL, ATOL) == (1e-6, 1e-9)
    assert (EPSILON, CENTRAL_STEP, FIVE_POINT_STEP) == (2.0**-52, EPSILON ** (1 / 3), EPSILON**0.2)


@pytest.mark.parametrize("x", [0.0, 0.5, -1.0, -3.0, 1e4])
def test_where_a_function_is_asked(x: float) -> None:
    asked: list[float] = []

    def f(t: float) -> float:
        asked.append(t)
        return 1.0

    h, k = CENTRAL_STEP * max(1.0, abs(x)), FIVE_POINT_STEP * max(1.0, abs(x))
    assert central_difference(f, x) == 0.0
    assert asked == [x + h, x - h]
    asked.clear()
    assert five_point(f, x) == 0.0
    assert asked == [x + k, x - k, x + 2 * k, x - 2 * k]
    asked.clear()
    sizes = [k / 8**i for i in range(12)]
    list(smaller_and_smaller(f, x))
    assert asked == [each for h in sizes for each in (x - 2 * h, x - h, x, x + h, x + 2 * h)]


def test_slopes_of_parabolas_are_exact_and_of_cubes_off_by_what_is_said() -> None:
    assert slopes(lambda x: x * x, 1.0, 0.25) == (2.0, 2.0, 2.0, 16 * EPSILON * 2.25 / 0.25)
    assert slopes(lambda x: -x * x, 1.0, 0.25) == (-2.0, -2.0, -2.0, 16 * EPSILON * 2.25 / 0.25)
    h = 0.5
    assert slopes(lambda x: x**3, 0.0, h)[:3] == (-2 * h * h, -2 * h * h, 0.0)  # h²·f‴·⅔/2 on both sides
    ramp = slopes(lambda x: max(x, 0.0), 0.0, h)
    assert ramp == (0.0, 1.0, 0.5, 16 * EPSILON * 1.0 / h)


def test_the_slope_in_the_middle_is_that_of_the_side_that_exists() -> None:
    left, right, centre, noise = slopes(lambda x: x * 3 if x <= 0 else NAN, 0.0, 0.5)
    assert (left, centre, math.isnan(right), noise) == (3.0, 3.0, True, 16 * EPSILON * 3.0 / 0.5)
    left, right, centre, _ = slopes(lambda x: x * 3 if x >= 0 else INF, 0.0, 0.5)
    assert (right, centre, math.isnan(left)) == (3.0, 3.0, True)
    assert slopes(lambda x: 1 / 0, 0.0, 0.5).noise == 0.0
    assert math.isnan(slopes(lambda x: 1j * x, 0.0, 0.5).centre)  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        (Slopes(1000.0, 999.0, 0.0, 0.0), True),  # a thousandth of the larger one
        (Slopes(1000.0, 998.99, 0.0, 0.0), False),
        (Slopes(0.0, 2.002, 0.0, 2.0), True),  # noise on top
        (Slopes(0.0, 2.01, 0.0, 2.0), False),
        (Slopes(0.0, 1e-9, 0.0, 0.0), True),
        (Slopes(0.0, 1.1e-9, 0.0, 0.0), False),
    ],
)
def test_sides_meet(around: Slopes, expected: bool) -> None:
    assert around.meet is expected


def test_how_far_apart_two_infinities_are() -> None:
    assert Comparison(INF, INF, "", True).difference == 0.0
    assert Comparison(2.0, 5.0, "", True).difference == 3.0


def tries(f: object, x: float, gradient: float) -> int:
    """How many steps are taken before a verdict."""
    asked: list[float] = []
    compare(lambda t: asked.append(t) or f(t), x, gradient)  # type: ignore[func-returns-value, operator]
    return len(asked) // 5


@pytest.mark.parametrize(("constant", "gradient"), [(1.0, 1.0), (1e6, 1.0), (1e6, -1e3), (0.0, 1.0), (1e9, 1.0)])
def test_steps_get_smaller_until_rounding_hides_more_than_they_show(constant: float, gradient: float) -> None:
    noises = [16 * EPSILON * constant / (FIVE_POINT_STEP / 8**k) for k in range(12)]
    enough = 1 + sum(noise <= 1e-9 + 1e-6 * abs(gradient) for noise in noises[1:])
    assert tries(lambda _: constant, 0.0, gradient) == min(enough + 1, 12)


def test_a_step_whose_rounding_hides_just_as_much_as_it_shows_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = ATOL + RTOL * 1.5
    for hidden, verdict in ((noise, "agrees"), (more(noise), "DISAGREES")):
        tried = [around(0.0, 0.0), around(1.5, 1.5, 1.5, hidden)]
        monkeypatch.setattr(differences, "smaller_and_smaller", lambda *_, tried=tried: tried)
        assert compare(abs, 0.0, 1.5).verdict == verdict


def around(left: float, right: float, centre: float = 0.0, noise: float = 0.0) -> Slopes:
    return Slopes(left, right, centre, noise)


@pytest.mark.parametrize(
    ("steeper", "growth"),
    [
        ([], 0.0),
        ([5.0], 0.0),
        ([1.0, 2.0], 2.0),
        ([-1.0, 2.0, -8.0, 16.0], 2.0),
        ([100.0, 1.0, 3.0, 9.0, 27.0], 3.0),  # the last four
        ([1.0, 3.0, 9.0, 9.0], 1.0),
        ([0.0, 3.0, 9.0], 0.0),
        ([1.0, NAN, 9.0], 0.0),
    ],
)
def test_by_how_much_a_slope_grows_at_the_least(steeper: list[float], growth: float) -> None:
    assert differences._growth(steeper) == growth


@pytest.mark.parametrize(
    ("errors", "gradient", "expected"),
    [
        ((1.0, 0.1, 0.05, 0.01, 0.001), 0.0, True),
        ((1.0, 0.1, 0.05, 0.01, 0.0011), 0.0, False),
        ((1.0, 0.1, 0.05, 0.01, 0.001), 1.5, True),
        ((1.0, 0.1, 0.05, 0.004, 0.0019), -2.0, True),
        ((1.0, 0.1, 0.05, 0.004, 0.0021), -2.0, False),
        ((9.0, 0.02, 0.01, 0.7 * 0.01, 0.7 * (0.7 * 0.01), 0.001), 0.0, True),  # exactly as fast as it must
        ((9.0, 0.02, 0.01, more(0.7 * 0.01), 0.7 * (0.7 * 0.01), 0.001), 0.0, False),
        ((0.1, 0.05, 0.01, 0.001), 0.0, False),  # four steps are too few
        ((0.5, 1.0, 0.1, 0.05, 0.01, 0.001), 0.0, True),  # the last five
    ],
)
def test_slopes_approach_the_gradient_from_both_sides(
    errors: tuple[float, ...], gradient: float, expected: bool
) -> None:
    exact = gradient == 0.0
    for tried in (
        [around(gradient + e, gradient) for e in errors],
        [around(gradient, gradient - e) for e in errors],
        [around(gradient - e, NAN) for e in errors],
    ):
        if exact or expected:
            assert differences._approached(gradient, tried) is expected
    assert not differences._approached(gradient, [around(NAN, NAN)] * 5)
    assert not differences._approached(INF, [around(INF, INF)] * 5)


NO_SLOPE = [
    (1.0, [around(0.0, 0.0, NAN)], (NAN, "not checked: undefined on both sides", True)),
    (0.0, [around(8.0**-k, -(8.0**-k), 0.25) for k in range(5)], (0.25, "agrees in the limit", True)),
    (1e6 - 3, [around(1e6, 2e6)], (0.0, "DISAGREES at a kink: slope 1e+06 on its left, 2e+06 on its right", False)),
    (1.0, [around(1.0, 5.0), around(7.99, 5.0)], (INF, "too steep for finite differences", True)),
    (1.0, [around(5.0, 1.0), around(5.0, 8.0)], (NAN, "at a jump: no slope", True)),
    (1.0, [around(5.0, 1.0), around(5.0, 1.6)], (INF, "too steep for finite differences", True)),
    (-INF, [around(5.0, 1.0), around(5.0, 1.6)], (INF, "too steep for finite differences", False)),
    (INF, [around(5.0, 1.0), around(5.0, 1.6, -1.0)], (-INF, "too steep for finite differences", False)),
    (4.0, [around(1.0, 4.0), around(1.5, 4.0)], (0.0, "at a kink: slope 1.5 on its left, 4 on its right", True)),
    (1.0, [around(1.0, 1.0)], None),
    (1.0, [around(NAN, 1.0)], None),
    (1.0, [around(1.0, NAN)], None),
    (0.0, [around(-1.23456, 2.34567)], (0.0, "at a kink: slope -1.235 on its left, 2.346 on its right", True)),
    (0.0, [around(2.0, -1.0, 0.5)], (0.5, "at a kink: slope 2 on its left, -1 on its right", True)),
    # between the sides, noise and a millionth of what is between them
    (1.5, [around(-1.0, 1.0, 0.0, 0.5)], (0.0, "at a kink: slope -1 on its left, 1 on its right", True)),
    (-1.5, [around(-1.0, 1.0, 0.0, 0.5)], (0.0, "at a kink: slope -1 on its left, 1 on its right", True)),
    (1.51, [around(-1.0, 1.0, 0.0, 0.5)], (0.0, "DISAGREES at a kink: slope -1 on its left, 1 on its right", False)),
    (-1.51, [around(-1.0, 1.0, 0.0, 0.5)], (0.0, "DISAGREES at a kink: slope -1 on its left, 1 on its right", False)),
    (-1.0, [around(0.0, 1e6)], (0.0, "at a kink: slope 0 on its left, 1e+06 on its right", True)),
    (-1.1, [around(0.0, 1e6)], (0.0, "DISAGREES at a kink: slope 0 on its left, 1e+06 on its right", False)),
    (1e6 + 2, [around(0.0, 1e6)], (0.0, "at a kink: slope 0 on its left, 1e+06 on its right", True)),
    (1e6 + 2.1, [around(0.0, 1e6)], (0.0, "DISAGREES at a kink: slope 0 on its left, 1e+06 on its right", False)),
    (-1.0, [around(-1.0, 1.0)], (0.0, "at a kink: slope -1 on its left, 1 on its right", True)),
]  # fmt: skip


@pytest.mark.parametrize(("gradient", "tried", "expected"), NO_SLOPE)
def test_what_it_is_where_there_is_no_single_slope(
    gradient: float, tried: list[Slopes], expected: tuple[float, str, bool] | None
) -> None:
    found = differences._not_smooth(gradient, tried)
    assert repr(found) == repr(expected and Comparison(gradient, *expected))


@pytest.mark.parametrize(
    ("centres", "noises", "slope"),
    [
        ([3.0], [0.0], 3.0),
        ([1.0, 5.0, 5.5, 7.0], [0.0, 0.0, 0.0, 0.0], 5.5),
        ([1.0, 5.0, 5.5, 7.0], [0.0, 0.0, 2.0, 0.0], 7.0),
        ([1.0, 5.0, 4.5, 7.0], [9.0, 0.0, 0.0, 0.0], 4.5),
        ([1.0, 1.5, 2.0], [0.0, 0.0, 0.0], 1.5),
    ],
)
def test_what_finite_differences_say_instead_is_what_changed_least(
    centres: list[float], noises: list[float], slope: float
) -> None:
    tried = [around(0.0, 0.0, centre, noise) for centre, noise in zip(centres, noises, strict=True)]
    assert differences._disagreement(9.0, tried) == (9.0, slope, "DISAGREES", False)


# --- the judge -----------------------------------------------------------------------------------------------------

FAR = [Step(2.0, 0.0)] * 3
JUDGES = [
    # f, x, gradient, estimate, rtol, steps: the slope it is compared with, the verdict, right or not, the error
    # agreement with the estimate: rtol of the larger number, and four times its error
    (None, 0.0, 2.0, Estimate(4.0, 0.0), 0.5, [], (4.0, "agrees", True, 0.0)),
    (None, 0.0, -4.0, Estimate(-2.0, 0.0), 0.5, [], (-2.0, "agrees", True, 0.0)),
    (None, 0.0, 5.0, Estimate(4.0, 0.25), 0.0, [], (4.0, "agrees", True, 0.25)),
    (lambda x: 4 * x, 0.0, more(5.0), Estimate(4.0, 0.25), 0.0, [], (4.0, "DISAGREES", False, 0.25)),
    (lambda x: 4 * x, 0.0, 6.0, Estimate(4.0, 0.25), 0.125, [], (4.0, "DISAGREES", False, 0.25)),
    # then all steps are asked, and both sides
    (lambda x: 2 * x, 0.0, 1.0, Estimate(2.0, 0.0), 1e-7, FAR, (2.0, "DISAGREES", False, 0.0)),
    (lambda x: 2 * x, 0.0, 2.0, None, 1e-7, FAR, (2.0, "agrees", True, 0.0)),
    (lambda x: 2 * x, 0.0, INF, Estimate(INF, 0.0), 1e-7, FAR, (2.0, "DISAGREES", False, 0.0)),
    (lambda x: x, 0.0, 1.0, None, 1e-7, FAR, (2.0, "DISAGREES", False, 0.0)),  # both sides agree with the gradient
    (abs, 0.0, 0.5, None, 1e-7, FAR, (0.0, "at a kink: slope -1 on its left, 1 on its right", True, NAN)),
    (abs, 0.0, 3.0, None, 1e-7, FAR, (2.0, "DISAGREES", False, 0.0)),
    # or both sides alone
    (abs, 0.0, 0.5, Estimate(0.0, 0.0), 1e-7, [], (0.0, "at a kink: slope -1 on its left, 1 on its right", True, NAN)),
    (lambda x: x, 0.0, 1.0, Estimate(3.0, 0.125), 1e-7, [], (3.0, "DISAGREES", False, 0.125)),
    (lambda x: x, 0.0, 1.0, None, 1e-7, [], (1.0, "agrees", True, NAN)),
    (lambda x: x, 0.0, 1.5, None, 1e-7, [], (1.0, "DISAGREES", False, NAN)),
]  # fmt: skip


@pytest.mark.parametrize("case", JUDGES)
def test_who_is_asked_about_a_gradient(case: tuple) -> None:  # type: ignore[type-arg]
    f, x, gradient, estimate, rtol, found, (slope, verdict, ok, error) = case
    comparison, off = judged(f, x, gradient, estimate, rtol, lambda: found)
    assert (comparison.gradient, comparison.numeric, comparison.verdict, comparison.ok) == (
        gradient, pytest.approx(slope, abs=1e-15), verdict, ok,
    )  # fmt: skip
    assert repr(off) == repr(error)


WIDTHS = {  # where an operation turns within a step, and how wide that is
    "sin": (tg.sin, 2.0, 0.1),
    "cos": (tg.cos, 2.0, 0.1),
    "tan": (tg.tan, 1.25, 0.1 / (1 + math.tan(1.25))),
    "tan, falling": (tg.tan, -1.25, 0.1 / (1 + math.tan(1.25))),
    "a divisor": (lambda x: 3.0 / x, -0.125, 0.125),
    "a base": (lambda x: x**3.5, 0.125, 0.125),
    "log": (tg.log, 0.25, 0.25),
    "log2": (tg.log2, 0.25, 0.25),
    "log10": (tg.log10, 0.25, 0.25),
    "sqrt": (tg.sqrt, 0.25, 0.25),
    "cbrt": (tg.cbrt, -0.25, 0.25),
    "hypot": (lambda x: tg.hypot(x, 4.0), 3.0, 5.0),
    "arctan2": (lambda x: tg.arctan2(3.0, x), -4.0, 5.0),
}


@pytest.mark.parametrize("name", WIDTHS)
@pytest.mark.parametrize("speed", [1.0, -64.0])
def test_a_step_that_is_wider_than_where_a_function_turns_is_no_witness(name: str, speed: float) -> None:
    """The smallest step that sees a difference is 3 · 4 · 2 times the rounding, over the difference."""
    f, x, width = WIDTHS[name]
    traced = Traced(lambda t: f(t * speed) * 5, [x / speed])
    traced.pull([1.0])
    border = 24 * rounding(traced, 0) * abs(speed) / width
    assert judgement._is_too_narrow(traced, 0, 0, 0.99 * border)
    assert not judgement._is_too_narrow(traced, 0, 0, 1.01 * border)


def test_a_function_that_does_not_turn_is_wide_enough() -> None:
    for f in (lambda x: x / 3.0, lambda x: 2.0**x, lambda x: x * x, tg.exp):
        assert not judgement._is_too_narrow(Traced(f, [0.5]), 0, 0, 1e-30)
    assert judgement._is_too_narrow(Traced(lambda x: x**1.5, [0.0]), 0, 0, 1.0)
    assert not judgement._is_too_narrow(Traced(lambda x: x**2.0, [0.0]), 0, 0, 1.0)
    assert not judgement._is_too_narrow(Traced(lambda x, y: x + 0.0**y, [0.5, 1.5]), 0, 0, 1.0)


@pytest.mark.parametrize(
    ("f", "xs", "expected"),
    [
        (lambda x: x * 2.0**-1022, [1.0], False),
        (lambda x: x * 2.0**-1022, [0.75], True),
        (lambda x: x * 2.0**-1023, [4.0], True),  # the local gradient
        (lambda x: x + 2.0**-1060, [0.0], False),  # no product
        (lambda x, y: x * y, [0.0, 2.0], False),  # a number times 0
        (lambda x: x / 2.0, [2.0**-1022], True),
        (lambda x: (x + 1) * 2.0**-1000 * 2.0**-20, [1.0], False),
        (lambda x: (2.0**-20 * (2.0**-10 * x)) * 2.0**-1000, [2.0**20], True),  # on the way back only
        (lambda x: [5.0 * x, x * 2.0**-1060], [1.0], True),
    ],
)
def test_products_that_are_too_small_for_floats(f: object, xs: list[float], expected: bool) -> None:
    assert judgement._underflows(Traced(f, xs), 0) is expected  # type: ignore[arg-type]


STEADY = [
    # numeric, gradient, the steps as (left, right, noise)
    (INF, 1.0, [(1.0, 1.0, 0.0)] * 4, False),
    (1.0, NAN, [], True),
    (1.0, 2.0, [(1.0, 1.0, 0.0)] * 3, True),
    (1.0, 2.0, [(1.0, 1.0, 0.0)] * 2, False),
    (1.0, 2.0, [(NAN, 1.0, 0.0)] * 3, True),
    (1.0, 2.0, [(NAN, NAN, 0.0)] * 3, False),
    # noise of less than a third of the difference
    (1.0, 4.0, [(1.0, 1.0, 0.99)] * 3, True),
    (1.0, 4.0, [(1.0, 1.0, 1.0)] * 3, False),
    # the last three differ by no more than a hundredth of the difference or of the slope
    (100.0, 300.0, [(9.0, 9.0, 0.0), (100.0, 100.0, 0.0), (101.0, 100.0, 0.0), (100.0, 101.0, 0.0)], True),
    (100.0, 300.0, [(100.0, 100.0, 0.0), (101.0, 100.0, 0.0), (100.0, 101.1, 0.0)], False),
    (900.0, 1000.0, [(900.0, 900.0, 0.0), (901.0, 900.0, 0.0), (900.0, 900.0, 0.0)], True),
    (900.0, 1000.0, [(900.0, 900.0, 0.0), (901.1, 900.0, 0.0), (900.0, 900.0, 0.0)], False),
    (0.0, 300.0, [(0.0, 0.0, 0.0), (3.0, 0.0, 0.0), (0.0, 0.0, 0.0)], True),
    (-100.0, 300.0, [(-100.0, -100.0, 0.0), (-101.0, -100.0, 0.0), (-100.0, -100.0, 0.0)], True),
    # each side ends away from the gradient, by more than a third of the difference
    (1.0, 4.0, [(1.0, 3.0, 0.0)] * 3, False),
    (1.0, 4.0, [(1.0, 2.99, 0.0)] * 3, True),
]


@pytest.mark.parametrize(("numeric", "gradient", "tried", "expected"), STEADY)
def test_slopes_that_stay_where_they_are(
    numeric: float,
    gradient: float,
    tried: list[tuple[float, float, float]],
    expected: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps = [Slopes(left, right, 0.0, noise) for left, right, noise in tried]
    monkeypatch.setattr(judgement, "smaller_and_smaller", lambda *_: steps)
    found = Comparison(gradient, numeric, "DISAGREES", False)
    assert judgement._is_steady(abs, 0.0, found) is expected


CONVENTION = "at a kink of {}, where its slope is a convention"
EXCUSES = [
    (lambda x: [x * x], [3.0], [5.0], "DISAGREES", False),
    (lambda x: [5.0], [3.0], [1.0], "DISAGREES", False),
    (lambda x: [3 * x], [1.0], [3 * (1 + 2e-7)], "DISAGREES", False),
    (lambda x: [3 * x], [1.0], [3 * (1 + 0.5e-7)], "agrees", True),
    (lambda x: [tg.relu(x) - tg.relu(-x)], [0.0], [0.0], CONVENTION.format("relu"), True),  # two kinks
    (lambda x: [tg.relu(x)], [0.0], [5.0], "DISAGREES at a kink: slope 0 on its left, 1 on its right", False),
    (lambda x: [tg.hypot(x, 0.0)], [0.0], [5.0], CONVENTION.format("hypot"), True),
    (lambda x: [x + 0 * tg.relu(x)], [0.0], [3.0], CONVENTION.format("relu"), True),  # a kink that does not show
    (lambda x, y: [x * x, x * y], [3.0, 4.0], [6.0, 0.0, 4.0, 3.0], "agrees", True),
    (lambda x, y, z: [x * y * z], [3.0, 4.0, 5.0], [20.0, 15.0, 12.0], "agrees", True),
]


@pytest.mark.parametrize(("f", "xs", "gradients", "verdict", "ok"), EXCUSES)
def test_what_excuses_a_gradient(f: object, xs: list[float], gradients: list[float], verdict: str, ok: bool) -> None:
    rows = [gradients[i : i + len(xs)] for i in range(0, len(gradients), len(xs))]
    found = list(slopes_checked(f, xs, rows))  # type: ignore[arg-type]
    assert [each.comparison.gradient for each in found] == [row[j] for j in range(len(xs)) for row in rows]
    assert {(each.comparison.verdict, each.comparison.ok) for each in found} == {(verdict, ok)}


# --- measured for people -------------------------------------------------------------------------------------------


def test_where_the_unit_of_a_time_or_a_size_changes() -> None:
    def cells(seconds: float, memory: int) -> list[str]:
        return Mode("reverse", "1", 1, seconds, memory, 0.0).cells[3:5]

    assert cells(0.9994e-3, 999_400) == ["999 µs", "999 kB"]
    assert cells(1e-3, 1_000_000) == ["1.0 ms", "1.0 MB"]
    assert cells(0.9994, 1_500) == ["999.4 ms", "2 kB"]
    assert cells(1.0, 0) == ["1.0 s", "0 kB"]
