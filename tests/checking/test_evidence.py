"""What all steps say of a gradient, exactly at each border: the numbers are chosen so that floats hold them exactly."""

import math
from itertools import count

import pytest

from tinygrad_edu.checking.evidence import CANNOT_TELL, Judgement, Point, Step, judgement, point, steps
from tinygrad_edu.checking.stencil import FIRST_STEP, Evaluation, best_slopes

EPSILON = 2.0**-52
AGREES, DISAGREES = "agrees", "DISAGREES"
INF = math.inf


def more(x: float) -> float:
    """The next float."""
    return math.nextafter(x, INF)


# The gradient, the steps as (slope, rounding, spread, size), rtol; verdict, slope, how far off that may be.
# The error of a step is its change from the one before plus four times its rounding; the least error is the best.
JUDGED = {
    "one step is no witness": (1.0, [(1.0, 0.0)], 0.0, (CANNOT_TELL, math.nan, math.nan)),
    "two that say the same": (1.0, [(1.0, 0.0), (1.0, 0.0)], 0.0, (AGREES, 1.0, 0.0)),
    "change and rounding add up": (1.0, [(1.25, 2**-9), (1.0, 2**-8)], 0.0, (AGREES, 1.0, 0.25 + 2**-6)),
    "without any error that is finite": (2.0, [(1.0, INF), (1.0, INF)], 0.0, (CANNOT_TELL, 1.0, INF)),
    "... but the same": (1.0, [(1.0, INF), (1.0, INF)], 0.0, (AGREES, 1.0, INF)),
    # an agreement proves something up to an error of a thousandth: 1 of 1000
    "loose": (999.5, [(1000.0, 0.25), (1000.0, 0.25)], 0.0, (AGREES, 1000.0, 1.0)),
    "too loose": (999.5, [(1000.0, 0.25), (1000.0, more(0.25))], 0.0, (CANNOT_TELL, 1000.0, 4 * more(0.25))),
    "too loose, but the same": (1000.0, [(1000.0, 0.5), (1000.0, 0.5)], 0.0, (AGREES, 1000.0, 2.0)),
    "loose, of the larger number": (1000.0, [(999.5, 0.25), (999.5, 0.25)], 0.0, (AGREES, 999.5, 1.0)),
    "loose, negative": (-999.5, [(-1000.0, 0.25), (-1000.0, 0.25)], 0.0, (AGREES, -1000.0, 1.0)),
    # rtol is of the larger number, and what the step may be off by comes on top: 1 + 1 apart
    "rtol and error": (1022.0, [(1024.0, 0.25), (1024.0, 0.25)], 2**-10, (AGREES, 1024.0, 1.0)),
    "more than rtol and error": (
        1021.9, [(1024.0, 0.25), (1024.0, 0.25)], 2**-10, (CANNOT_TELL, 1024.0, 1.0),
    ),
    "rtol alone": (1.0, [(2.0, 0.0), (2.0, 0.0)], 0.5, (AGREES, 2.0, 0.0)),
    "more than rtol": (1.0 - EPSILON, [(2.0, 0.0), (2.0, 0.0)], 0.5, (DISAGREES, 2.0, 0.0)),
    "at the bound, and loose": (99.0, [(100.0, 0.25), (100.0, 0.25)], 0.0, (CANNOT_TELL, 100.0, 1.0)),
    "within rtol, and loose": (62.0, [(64.0, 0.25), (64.0, 0.25)], 2**-6, (CANNOT_TELL, 64.0, 1.0)),
    "rtol and error, by a step that is able to tell": (1.5, [(2.25, 0.0), (2.0, 0.0)], 0.125, (AGREES, 2.0, 0.25)),
    # a step can tell numbers apart that differ by more than 12 times its rounding
    "both steps are able": (more(1 + 12 / 1024), [(1.0, 0.0), (1.0, 2**-10)], 0.0, (DISAGREES, 1.0, 2**-8)),
    "only one is": (1 + 12 / 1024, [(1.0, 0.0), (1.0, 2**-10)], 0.0, (CANNOT_TELL, 1.0, 2**-8)),
    "within the error, but a step is able to tell": (
        1.0, [(1.25, 0.0), (1.5, 0.0), (2.0, 0.0)], 0.5, (AGREES, 1.5, 0.25),
    ),
    # of the steps from the one before the best on, those nearer to the gradient speak for it: the last one counts
    "a later step speaks for it": (900.0, [(1000.0, 0.0), (1000.0, 0.0), (900.0, 0.25)], 0.0, (AGREES, 900.0, 1.0)),
    "... not closely enough": (
        900.0, [(1000.0, 0.0), (1000.0, 0.0), (900.0, more(0.25))], 0.0, (CANNOT_TELL, 900.0, 4 * more(0.25)),
    ),
    "... off itself": (900.0, [(1000.0, 0.0), (1000.0, 0.0), (900.5, 0.125)], 0.0, (AGREES, 900.5, 1.0)),
    "... the last one": (
        900.0, [(1000.0, 0.0), (1000.0, 0.0), (900.0, 0.0), (901.0, 0.0)], 0.0, (AGREES, 901.0, 1.0),
    ),
    "in the middle it speaks for nobody": (1.0, [(2.0, 0.0), (2.0, 0.0), (1.5, 0.0)], 0.0, (CANNOT_TELL, 2.0, 0.0)),
    "one long before the best is not asked": (
        50.0, [(50.0, 0.0), (100.0, 0.0), (100.0, 0.0)], 0.0, (DISAGREES, 100.0, 0.0),
    ),
    "one just before the best is": (50.0, [(50.0, 0.0), (100.0, 0.0)], 0.0, (AGREES, 50.0, 0.0)),
    # steps that contradict must keep still, to a hundredth of the slope (1 of 100) and what rounding may do
    "steady": (1.0, [(100.0, 0.0), (100.0, 0.0), (101.25, 0.0625)], 0.0, (DISAGREES, 100.0, 0.0)),
    "not steady": (1.0, [(100.0, 0.0), (100.0, 0.0), (more(101.25), 0.0625)], 0.0, (CANNOT_TELL, 100.0, 0.0)),
    "steady, with the error of the best": (
        1.0, [(100.0, 0.0), (100.0, 0.0625), (101.5, 0.0625)], 0.0, (DISAGREES, 100.0, 0.25),
    ),
    "not steady, with it": (
        1.0, [(100.0, 0.0), (100.0, 0.0625), (more(101.5), 0.0625)], 0.0, (CANNOT_TELL, 100.0, 0.25),
    ),
    "steady, negative": (-1.0, [(-100.0, 0.0), (-100.0, 0.0), (-101.0, 0.0)], 0.0, (DISAGREES, -100.0, 0.0)),
    # a function that moves less within its smallest step than the gradient says may go up and down in it
    "it moves as much": (1.0, [(2.0, 0.0, 0.125, 1.0), (2.0, 0.0, 0.0625, 0.125)], 0.0, (DISAGREES, 2.0, 0.0)),
    "it moves less": (-1.5, [(2.0, 0.0, 0.125, 1.0), (2.0, 0.0, 0.0625, 0.125)], 0.0, (CANNOT_TELL, 2.0, 0.0)),
    "it does not move": (1.5, [(2.0, 0.0, 0.0, 1.0), (2.0, 0.0, 0.0, 0.125)], 0.0, (DISAGREES, 2.0, 0.0)),
    "further apart than any float": (1e308, [(-1e308, 0.0), (-1e308, 0.0)], 0.0, (CANNOT_TELL, -1e308, 0.0)),
    # a gradient that is no finite number is wrong where three steps or more settle on a slope
    "infinite, settled": (INF, [(100.0, 0.25)] * 3, 0.0, (DISAGREES, 100.0, 1.0)),
    "infinite, by two steps": (INF, [(100.0, 0.25)] * 2, 0.0, (CANNOT_TELL, 100.0, 1.0)),
    "infinite, too much rounding": (
        INF, [(100.0, 0.25)] * 2 + [(100.0, more(0.25))], 0.0, (CANNOT_TELL, 100.0, 1.0),
    ),
    "not a number, settled": (-math.nan, [(-100.0, 0.0)] * 3, 0.0, (DISAGREES, -100.0, 0.0)),
    "infinite, off by a hundredth": (
        INF, [(100.0, 0.25), (100.0, 0.25), (102.0, 0.25)], 0.0, (DISAGREES, 100.0, 1.0),
    ),
    "infinite, off by more": (
        INF, [(100.0, 0.25), (100.0, 0.25), (more(102.0), 0.25)], 0.0, (CANNOT_TELL, 100.0, 1.0),
    ),
    "infinite, rounding beside 1": (INF, [(0.5, 0.0025)] * 3, 0.0, (DISAGREES, 0.5, 0.01)),
    "infinite, more rounding beside 1": (INF, [(0.5, 0.003)] * 3, 0.0, (CANNOT_TELL, 0.5, 0.012)),
    "infinite, off beside a small slope": (
        INF, [(0.5, 0.0), (0.5, 0.0), (0.5078125, 0.0)], 0.0, (CANNOT_TELL, 0.5, 0.0),
    ),
    "infinite, long before the best": (
        INF, [(50.0, 0.0), (90.0, 0.0), (100.0, 0.0), (100.0, 0.0), (100.0, 0.0)], 0.0, (DISAGREES, 100.0, 0.0),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", JUDGED)
def test_a_gradient_is_judged_by_its_steps(name: str) -> None:
    gradient, found, rtol, expected = JUDGED[name]
    assert repr(judgement(gradient, [Step(*each) for each in found], rtol)) == repr(Judgement(*expected))
    assert Step(1.0, 0.5) == (1.0, 0.5, 0.0, 0.0)


# --- where steps come from -----------------------------------------------------------------------------------------


def places_of(x: float) -> list[list[float]]:
    """Where a line is asked around x, four places for each step."""
    asked: list[float] = []
    steps(lambda t: asked.append(t) or Point([0.0], 0, [0.0]), x, 0)  # type: ignore[func-returns-value]
    assert asked[0] == x
    return [asked[i : i + 4] for i in range(1, len(asked), 4)]


def around(x: float, sizes: list[float]) -> list[list[float]]:
    return [[x - 2 * h, x - h, x + h, x + 2 * h] for h in sizes]


def test_steps_are_eighths_of_those_before_down_to_what_is_too_small_beside_x() -> None:
    assert FIRST_STEP == 8 * EPSILON**0.2
    eighths = [FIRST_STEP / 8**k for k in range(20)]
    assert places_of(0.0) == around(0.0, eighths)
    enough = [h for h in eighths if h > 1e-11]
    assert 9 <= len(enough) < 12
    assert places_of(1.0) == around(1.0, enough)
    assert places_of(-0.5) == around(-0.5, [h for h in eighths if h > 0.5e-11])
    assert places_of(100.0) == around(100.0, [100 * h for h in enough])


def test_near_0_some_more_steps_are_small_beside_x() -> None:
    eighths = [FIRST_STEP / 8**k for k in range(20)]
    small = 2.0**-100
    assert places_of(small) == around(
        small, [*eighths, *(h for k in range(1, 20) if (h := small / 8**k) > 1e-11 * small)]
    )
    larger = eighths[-1] * 8**3
    assert places_of(larger)[20:] == around(larger, [larger / 8**k for k in range(4, 13) if 8.0**-k > 1e-11])
    near = eighths[-1] * 8  # its first eighth is as small as the last step, and taken no more
    assert places_of(near)[20:] == around(near, [near / 8**k for k in range(2, 13) if 8.0**-k > 1e-11])


def test_a_step_is_the_five_point_slope_with_twice_the_largest_rounding_over_its_size() -> None:
    def line(t: float) -> Point:
        return Point([7.0, t**3 + t], 1, [0.0, 4.0 if t == 0 else 1.0 if t > 0 else 2.0])

    for each, k in zip(steps(line, 0.0, 1), count()):
        h = FIRST_STEP / 8**k
        assert each.size == h
        assert each.slope == pytest.approx(1.0, rel=1e-14)
        assert each.rounding == 2 * 4.0 / h
        assert each.spread == pytest.approx(2 * (8 * h**3 + 2 * h), rel=1e-14)
    assert [each.slope for each in steps(line, 0.0, 0)] == [0.0] * 20


@pytest.mark.parametrize("place", [-2, -1, 1, 2])
@pytest.mark.parametrize("fails", [None, Point([1.0], 2, [0.0]), Point([math.nan], 1, [0.0]), Point([1.0], 1, [INF])])
def test_a_step_counts_only_where_all_four_places_are_on_the_same_smooth_piece(place: int, fails: Point | None) -> None:
    bad = place * FIRST_STEP / 8
    found = steps(lambda t: fails if t == bad else Point([1.0], 1, [0.0]), 0.0, 0)
    beside = FIRST_STEP / 8
    assert [each.size for each in found] == [FIRST_STEP / 8**k for k in range(20) if FIRST_STEP / 8**k != beside]


def test_there_are_no_steps_where_the_function_itself_has_no_value() -> None:
    assert steps(lambda t: None if t == 0 else Point([1.0], 1, [0.0]), 0.0, 0) == []


def test_a_point_has_the_rounding_of_each_result_carried_by_its_gradients() -> None:
    found = point(lambda x, y: [x * y, x + y, 5.0], [2.0, -3.0])
    assert found is not None
    assert found.values == [-6.0, -1.0, 5.0]
    #     x: its gradient 3 times 2, y: 2 times 3, the product 6;  2 and 3 and 1
    assert found.rounding == [18 * EPSILON, 6 * EPSILON, 0.0]
    assert point(lambda x: [1 / x], [0.0]) is None
    assert point(lambda x: [x.log()], [-1.0]) is None


# --- the best slope, as gradcheck asks for it first ----------------------------------------------------------------


def test_the_best_slope_is_that_of_the_step_whose_change_and_rounding_are_least() -> None:
    """Of t³ at 0 the five-point slope is exact but for rounding; rounding of 2⁻³⁰ makes large steps the best ones."""
    asked: list[float] = []

    def line(t: float) -> Evaluation:
        asked.append(t)
        return Evaluation([3 * t, 5.0, t * t * t * t * t], 0)

    one, two, three = best_slopes(line, 0.0, [2.0**-30, 0.0, 0.0])
    assert one is not None
    assert one.slope == pytest.approx(3.0, rel=1e-14)
    assert one.error == pytest.approx(2 * 2.0**-30 / (FIRST_STEP / 8), rel=1e-6)  # the first has none before it
    assert two == (0.0, 0.0)
    assert three is not None
    assert abs(three.slope) <= 4 * FIRST_STEP**4 / 8 ** (4 * 5)
