"""Fits at the borders where something changes: what is undetermined, when a step is taken, what a report remarks."""

import math
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.fitting import marquardt
from tinygrad_edu.fitting.covariance import certainty
from tinygrad_edu.fitting.linear import independent
from tinygrad_edu.fitting.marquardt import better, search
from tinygrad_edu.fitting.problem import Box
from tinygrad_edu.fitting.report import Fit
from tinygrad_edu.fitting.residuals import STAGED_AFTER, Place, Residuals
from tinygrad_edu.fitting.robust import Cost
from tinygrad_edu.trees.tree import flatten

EPSILON = 2.0**-52
SQUARES = Cost("linear", 1.0)


def up(x: float) -> float:
    return math.nextafter(x, math.inf)


# --- what the data determine ------------------------------------------------------------------------------------------


def sure_of(slope: float, p: float = 0.0, residual: float = 0.0, scale: float = 0.0) -> Any:
    return certainty([p], [residual], [[slope]], [True], cost=None, scale=scale)


@pytest.mark.parametrize(
    ("slope", "settings"),
    [
        (0.0, {}),
        (EPSILON, {"scale": 1.0}),
        (EPSILON, {"scale": 1.0, "p": -1.0}),
        (EPSILON / 4, {"scale": 1.0, "p": -4.0}),
        (1e-8, {"residual": 1.0}),
        (4e-8, {"residual": -4.0, "scale": 1.0}),
    ],
)
def test_a_parameter_is_open_if_what_it_changes_is_no_more_than_what_is_unseen(
    slope: float, settings: dict[str, float]
) -> None:
    assert sure_of(slope, **settings).undetermined == [0]
    assert sure_of(-slope, **settings).rank == 0
    seen = sure_of(up(slope) if slope else 1e-150, **settings)
    assert (seen.undetermined, seen.rank) == ([], 1)


def test_the_rank_counts_columns_that_are_more_than_rounding() -> None:
    assert independent([[1.0, 0.0], [0.0, 2.0]], 1.0) == ([], [[1.0, 0.0], [0.0, 1.0]])
    assert independent([[1.0, 0.0], [0.0, 2.0]], 1.0 - EPSILON) == ([0, 1], [])
    assert independent([[0.0, 1.0]], 0.5) == ([1], [[1.0, 0.0]])


@pytest.mark.parametrize(("part", "undetermined"), [(1.0000000000005e-6, [1]), (1.1e-6, [0, 1])])
def test_a_parameter_with_more_than_a_millionth_of_a_change_that_nobody_sees_is_open_too(
    part: float, undetermined: list[int]
) -> None:
    """Three columns in a plane: the third is made of the second, and of so little of the first, at length 1."""
    jacobian = [[1.0, 0.0, part], [0.0, 1.0, 1.0]]
    ((of_first, *_),) = independent(jacobian, 1e-12)[1]
    assert (abs(of_first) == 1e-6) == (undetermined == [1])
    sure = certainty([1.0] * 3, [0.1, 0.1], jacobian, [True] * 3, cost=None, scale=1.0)
    assert sure.undetermined == [*undetermined, 2]
    assert sure.rank == 2


def test_without_data_nothing_is_determined() -> None:
    sure = certainty([1.0, 2.0], [], [], [False, False], cost=0.0, scale=0.0)
    assert (sure.rank, sure.undetermined, sure.covariance) == (0, [], [[0.0, 0.0], [0.0, 0.0]])
    assert certainty([1.0, 2.0], [], [], [False, True], cost=0.0, scale=0.0).undetermined == [1]


@pytest.mark.parametrize("cost", [None, 6.0])
def test_the_variance_is_that_per_degree_of_freedom_and_none_is_known_without_any(cost: float | None) -> None:
    jacobian, free = [[1.0, 5.0], [2.0, 1.0], [2.0, 3.0]], [True, False]
    sure = certainty([1.0, 1.0], [0.5, 0.5, 0.5], jacobian, free, cost=cost, scale=1.0)
    assert (sure.rank, sure.undetermined) == (1, [])
    assert sure.covariance[0][0] == pytest.approx((1.0 if cost is None else 6.0 / 2) / 9.0, rel=1e-14)
    assert (sure.covariance[0][1], sure.covariance[1]) == (0.0, [0.0, 0.0])
    alone = certainty([1.0], [0.5], [[2.0]], [True], cost=cost, scale=1.0).covariance[0][0]
    assert alone == 0.25 if cost is None else math.isnan(alone)


# --- one step against its formulas ------------------------------------------------------------------------------------


def bent(p: Any) -> list[Any]:
    return [tg.exp(p[0]) - 2.0, 3.0 * p[0] * p[1] - 1.0, tg.sin(2.0 * p[1]) + p[0] ** 2, 0.1 * p[1] ** 3]


def by_formula(p: list[float], damping: float, scale: list[float]) -> tuple[Any, float, list[str]]:
    """The step of `better` by normal equations, as the papers that it names write it, and why others were refused."""

    def r(p: Any) -> Any:
        return np.array([math.exp(p[0]) - 2, 3 * p[0] * p[1] - 1, math.sin(2 * p[1]) + p[0] ** 2, 0.1 * p[1] ** 3])

    x, d, why, growth = np.array(p), np.array(scale), [], 2.0
    j = np.array([[math.exp(p[0]), 0], [3 * p[1], 3 * p[0]], [2 * p[0], 2 * math.cos(2 * p[1])], [0, 0.3 * p[1] ** 2]])
    while True:
        h = j.T @ j + damping * np.diag(d**2)
        step = np.linalg.solve(h, -j.T @ r(x))
        second = (r(x + 0.1 * step) - r(x) - j @ (0.1 * step)) / 0.01
        bend = np.linalg.solve(h, -j.T @ second)
        if 2 * np.linalg.norm(d * bend) <= 0.75 * np.linalg.norm(d * step):
            there = x + step + bend
            lowered = r(x) @ r(x) - r(there) @ r(there)
            gain = lowered / (r(x) @ r(x) - (r(x) + j @ step) @ (r(x) + j @ step))
            if gain > 1e-4:
                return there, damping * max(1 / 3, 1 - (2 * gain - 1) ** 3), why
            why.append("gain")
        else:
            why.append("bend")
        damping, growth = damping * growth, growth * 2


def test_a_step_is_that_of_the_papers() -> None:
    refused = []
    for p in ([0.3, 0.2], [2.5, -1.0], [-1.0, 3.0], [0.01, -2.0], [4.0, 4.0], [-3.0, 0.1]):
        for damping in (1e-3, 1e-7, 0.5, 40.0):
            for scale in ([1.0, 1.0], [5.0, 0.2]):
                residuals = Residuals(bent, flatten(p)[1], None)
                box = Box([-math.inf] * 2, [math.inf] * 2, [False, False])
                found, next_damping = better(residuals, residuals.around(p), box, [True, True], scale, damping)
                there, expected, why = by_formula(p, damping, scale)
                assert found == pytest.approx(list(there), rel=1e-7)
                assert next_damping == pytest.approx(expected, rel=1e-6)
                refused.append(why)
    assert max(map(len, refused)) >= 5  # the damping has grown by 2, 4, 8, 16, …
    assert {each for why in refused for each in why} == {"bend", "gain"}


def one(slope: float = 1.0, target: float = 1.0) -> tuple[Residuals, Place, Box]:
    """The single residual slope·p - target, at p = 0."""
    residuals = Residuals(lambda p: slope * p - target, flatten(0.0)[1], None)
    return residuals, residuals.around([0.0]), Box([-math.inf], [math.inf], [False])


def test_a_step_is_too_small_up_to_and_with_its_tolerance() -> None:
    smallest = 1e-13 * (0.0 + 1e-13)
    assert better(*one(target=smallest), [True], [1.0], 0.0) == (None, 0.0)
    there, _ = better(*one(target=up(smallest)), [True], [1.0], 0.0)
    assert there == pytest.approx([smallest], rel=1e-12, abs=0.0)


def test_the_next_damping_is_a_third_after_a_step_that_did_as_predicted() -> None:
    assert better(*one(), [True], [1.0], 0.75) == (pytest.approx([1 / 1.75]), pytest.approx(0.25))


def test_no_step_is_tried_with_the_hardest_damping() -> None:
    assert better(*one(target=1e40), [True], [1e-50], 1e100) == (None, 1e100)
    there, _ = better(*one(target=1e40), [True], [1e-50], math.nextafter(1e100, 0.0))
    assert there == pytest.approx([0.5e40])


@pytest.mark.parametrize(("gain", "is_taken"), [(1e-4, False), (up(1e-4), True)])
def test_a_step_is_taken_if_it_does_more_than_it_has_to(
    gain: float, is_taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marquardt, "_gain", lambda *_: gain)
    assert (better(*one(), [True], [1.0], 1.0)[0] is not None) == is_taken


def test_a_step_that_promises_nothing_is_none() -> None:
    residuals, here, _ = one()
    assert marquardt._gain(residuals, here, [0.0], [0.0]) < 0
    assert marquardt._gain(residuals, here, [-0.5], [-0.5]) < 0
    assert marquardt._gain(residuals, here, [0.5], [0.5]) == 1.0
    assert marquardt._gain(residuals, here, [0.5], [1.0]) == 0.75
    infinite = Residuals(lambda p: tg.where(p > 0, math.inf, p - 1.0), flatten(0.0)[1], None)
    assert marquardt._gain(infinite, here, [0.5], [0.5]) < 0


@pytest.mark.parametrize(("part", "is_taken"), [(0.375, True), (up(up(0.375)), False)])
def test_a_bend_may_be_three_eighths_of_the_step(part: float, is_taken: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    monkeypatch.setattr(marquardt, "_bend", lambda *given: [part * given[-1][0]])
    monkeypatch.setattr(marquardt, "_gain", lambda *given: tried.append(given[2]) or 1.0)
    assert (better(*one(), [True], [1.0], 1.0)[0] == pytest.approx([0.5 * (1 + part)])) == is_taken
    assert bool(tried) == is_taken


@pytest.mark.parametrize(("small", "is_still"), [(EPSILON, True), (up(EPSILON), False), (-EPSILON, True)])
def test_a_place_is_stationary_if_the_residuals_are_as_good_as_perpendicular(small: float, is_still: bool) -> None:
    """The gradient over the lengths of both: any power of 2 leaves it as it is."""
    for length, size in ((1.0, 1.0), (2.0, 4.0), (0.25, 0.5)):
        here = Place([0.0], [length, 0.0], [[small * size], [size]], SQUARES)
        assert marquardt._is_stationary(here, [True]) == is_still
        assert marquardt._is_stationary(here, [False])


def test_the_search_counts_its_iterations_and_ends_at_the_limit() -> None:
    """Two parameters may have two residuals, not one; a limit of 0 leaves the start."""
    residuals = Residuals(lambda p: [p[0] - 3.0, p[1] ** 2 + p[1] - 1.0], flatten([0.0, 0.0])[1], None)
    box = Box([-math.inf] * 2, [math.inf] * 2, [False, False])
    for limit in (0, 1, 2):
        end = search(residuals, [0.0, 5.0], box, limit)
        assert (end.iterations, end.converged, end.message[:24]) == (limit, False, "that is as many as allow")
        assert (end.here.p == [0.0, 5.0]) == (limit == 0)
    end = search(residuals, [0.0, 5.0], box, 1000)
    assert (end.converged, end.iterations < 20) == (True, True)
    few = Residuals(lambda p: [p[0] + p[1]], flatten([0.0, 0.0])[1], None)
    with pytest.raises(ValueError, match="1 residuals cannot determine 2 parameters"):
        search(few, [0.0, 5.0], box, 10)
    assert search(few, [0.0, 5.0], Box(box.lowest, box.highest, [True, False]), 10).here.p == pytest.approx([0.0, 0.0])


# --- residuals and programs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("off", "agrees"), [(0.0, True), (2e-9, True), (up(2e-9), False), (-2e-9, True)])
def test_places_agree_up_to_a_billionth_of_the_largest_in_each_column(off: float, agrees: bool) -> None:
    place = Place([1.0], [-2.0, 0.0], [[0.0], [0.0]], SQUARES)
    assert place.agrees_with(Place([1.0], [-2.0, off], [[0.0], [0.0]], SQUARES)) == agrees
    turned = Place([1.0], [0.0, 0.0], [[0.0], [-2.0]], SQUARES)
    assert turned.agrees_with(Place([1.0], [0.0, 0.0], [[off], [-2.0]], SQUARES)) == agrees


def test_a_program_is_written_after_sixteen_runs() -> None:
    residuals = Residuals(lambda p, x: p * x, flatten(1.0)[1], [(2.0, 1.0)], staged=True)
    for run in range(1, 19):
        place = residuals.around([3.0])
        assert (place.residuals, place.jacobian) == ([5.0], [[2.0]])
        assert residuals.is_staged == (run > 16 == STAGED_AFTER)
        assert residuals.evaluations == run
    assert residuals.at([0.5]) == [0.0]
    assert residuals.evaluations == 19
    residuals.stay_eager()
    usual = Residuals(lambda p, x: p * x, flatten(1.0)[1], [(2.0, 1.0)])
    for _ in range(18):
        usual.around([3.0])
    residuals.around([3.0])
    assert not residuals.is_staged
    assert not usual.is_staged


def test_r_squared_and_scale_by_hand() -> None:
    """Weights 1 and ¼: the mean of 1 and 6 is 2, the squares around it add up to 1 + 4, those of 1 and ½ to 1¼."""
    residuals = Residuals(lambda p, x: p, flatten(1.0)[1], [(0.0, 1.0), (1.0, 6.0)], [1.0, 2.0])
    assert residuals.r_squared([1.0, 0.5]) == 0.75
    assert residuals.scale() == math.hypot(1.0, 3.0)
    same = Residuals(lambda p, x: p, flatten(1.0)[1], [(0.0, 3.0), (1.0, 3.0)])
    assert math.isnan(same.r_squared([0.0, 0.0]))
    none = Residuals(lambda p: p, flatten(1.0)[1], None)
    assert math.isnan(none.r_squared([0.0]))
    assert none.scale() == 0.0


# --- bounds and data --------------------------------------------------------------------------------------------------


def test_a_parameter_at_a_bound_is_held_only_by_a_gradient_that_pushes_it_out() -> None:
    box = Box([0.0], [1.0], [False])
    cases = {0.0: (True, True, False), 0.5: (True, True, True), 1.0: (False, True, True)}
    for p, free in cases.items():
        assert tuple(box.free([p], [gradient])[0] for gradient in (-1.0, 0.0, 1.0)) == free
    assert Box([0.0], [1.0], [True]).free([0.5], [0.0]) == [False]
    assert box.clipped([-0.5]) == [0.0]
    assert box.clipped([1.5]) == [1.0]


def test_a_start_may_be_at_its_bounds_but_not_between_equal_ones() -> None:
    data = [(1.0, 0.6), (1.0, 0.4)]
    for start in (0.0, 1.0):
        assert tg.least_squares(lambda p, x: p * x, start, data, bounds=(0, 1)).p == pytest.approx(0.5)
    with pytest.raises(ValueError, match=r"p0 = 1.0 is not between its bounds 1.0 and 1.0"):
        tg.least_squares(lambda p, x: p * x, 1.0, data, bounds=(1, 1))


def test_a_parameter_at_its_bound_has_no_covariance_with_any_other() -> None:
    data = [(0.0, 1.0, 1.0), (1.0, 0.0, 3.0), (1.0, 1.0, 4.1), (2.0, 1.0, 7.0)]
    points = [((a, b), y) for a, b, y in data]
    fit = tg.least_squares(lambda p, x: p[0] * x[0] + p[1] * x[1], [1.0, 1.0], points, bounds=(-9.0, [2.5, 9.0]))
    assert fit.at_bounds == ["p[0]"]
    assert [[math.isnan(x) for x in row] for row in fit.covariance] == [[True, True], [True, False]]


@pytest.mark.parametrize("sigma", [0, -1.0, math.inf, math.nan, [1.0], [1.0, 0.0], [1.0, 1.0, 1.0]])
def test_a_standard_deviation_is_a_finite_number_above_0_for_each_point(sigma: object) -> None:
    with pytest.raises(ValueError, match="sigma is one number above 0, or one for each of the 2 points"):
        tg.least_squares(lambda p, x: p * x, 1.0, [(1.0, 1.0), (2.0, 2.0)], sigma=sigma)


def test_rows_of_an_array_have_two_columns_or_more() -> None:
    assert tg.least_squares(lambda p, x: p * x, 0.0, np.array([[1.0, 2.0], [2.0, 4.0]])).p == pytest.approx(2.0)
    three = np.array([[1.0, 3.0, 2.0], [2.0, 3.0, 4.0]])
    assert tg.least_squares(lambda p, x: p * x[0], 0.0, three).p == pytest.approx(2.0)
    for wrong in (np.array([[1.0], [2.0]]), np.array([1.0, 2.0]), np.ones((2, 2, 2))):
        with pytest.raises(TypeError, match=r"the data are pairs \(x, y\)"):
            tg.least_squares(lambda p, x: p * x, 0.0, wrong)


# --- the report -------------------------------------------------------------------------------------------------------


def made(**other: Any) -> Fit[Any]:
    """A fit as if it had been found."""
    usual = {
        "p": [2.0, 0.0], "errors": [0.5, 0.25], "covariance": [[0.25, 0.0], [0.0, 0.0625]], "names": ["a", "b"],
        "values": [2.0, 0.0], "residuals": [3.0, -4.0, 0.0, 0.0], "r_squared": 0.5, "cost": 25.0, "rank": 2,
        "iterations": 7, "evaluations": 9, "converged": True, "message": "so it is", "at_bounds": [], "fixed": [],
        "undetermined": [], "has_sigma": False, "omitted": 0, "scale": 10.0,
    }  # fmt: skip
    return Fit(**usual | other)


def test_a_whole_report() -> None:
    assert made().text.splitlines() == [
        "  parameter  value  standard error        95 % interval",
        "  a              2             0.5  25 %  -0.15133 to 4.1513",
        "  b              0            0.25        -1.0757 to 1.0757",
        "4 residuals, 2 degrees of freedom; sum of squares 25; residual standard deviation 3.536; R² 0.5.",
        "Residuals: least -4, quartiles -1, 0, 0.75, greatest 3.",
        "Converged after 7 iterations: so it is.",
    ]


def test_what_is_missing_is_left_out_and_what_is_odd_remarked_upon() -> None:
    fit = made(
        covariance=[[math.nan, math.nan], [math.nan, 0.0]], residuals=[3.0, -4.0], r_squared=math.nan, cost=9.5,
        converged=False, at_bounds=["a"], fixed=["b"], undetermined=["a", "b"], has_sigma=True, omitted=3,
    )  # fmt: skip
    assert fit.text.splitlines() == [
        "  parameter  value  standard error                95 % interval",
        "  a              2             nan  at its bound",
        "  b              0               0  fixed",
        "2 residuals, 0 degrees of freedom; χ² 25; by the loss 9.5.",
        "Residuals: least -4, quartiles -2.25, -0.5, 1.25, greatest 3.",
        "The data do not determine a, b: other values fit as well.",
        "3 of the data are not finite and were left out.",
        "NOT converged after 7 iterations: so it is.",
    ]


@pytest.mark.parametrize(("between", "says"), [(0.95, ""), (up(0.95), "0.9500"), (-0.95, ""), (-0.99, "-0.9900")])
def test_only_errors_that_go_together_more_than_95_percent_are_remarked_upon(between: float, says: str) -> None:
    remark = f"The errors of a and b go together: correlation {says}.\n"
    fit = made(covariance=[[1.0, between], [between, 1.0]])
    assert (remark in fit.text) == bool(says)
    assert ("go together" in fit.text) == bool(says)
    assert fit.correlations == [[1.0, between], [between, 1.0]]


@pytest.mark.parametrize(("size", "says"), [(1e3, True), (1e3 + 1e-6, False), (1e3 - 1e-6, True)])
def test_residuals_of_a_thousand_roundings_are_remarked_upon(size: float, says: bool) -> None:
    fit = made(residuals=[10.0 * size * EPSILON], rank=0)
    assert ("little more than rounding" in fit.text) == says
    assert "little more than rounding" not in made(residuals=[0.0], scale=0.0).text


def test_correlations_with_what_is_not_uncertain_are_unknown() -> None:
    fit = made(covariance=[[0.25, 0.0], [0.0, 0.0]])
    assert [[math.isnan(x) for x in row] for row in fit.correlations] == [[False, True], [True, True]]


def test_the_error_of_something_by_hand() -> None:
    """Slopes 3 and -2: 9·0.25 - 2·6·0.1 + 4·0.0625; a negative sum, which is rounding, counts as none."""
    fit = made(covariance=[[0.25, 0.1], [0.1, 0.0625]])
    assert fit.error_of(lambda p: 3 * p[0] - 2 * p[1]) == pytest.approx(math.sqrt(9 * 0.25 - 12 * 0.1 + 4 * 0.0625))
    assert made(covariance=[[1.0, -1.1], [-1.1, 1.0]]).error_of(lambda p: p[0] + p[1]) == 0.0
    assert fit.rss == 25.0
    assert fit.degrees_of_freedom == 2
    assert fit.residual_sd == math.sqrt(12.5)
    assert math.isnan(made(residuals=[1.0, 1.0]).residual_sd)
    assert fit.band(lambda p, x: p[0] * x, [2.0], 0.5) == [(pytest.approx(4 - t50()), 4.0, pytest.approx(4 + t50()))]
    assert made(has_sigma=True).interval(0.5)[1] == pytest.approx([2 + 0.5 * 0.674489750196, 0.25 * 0.674489750196])


def t50() -> float:
    """Half of the probability of t with two degrees of freedom is within √(2·0.25/0.75)."""
    return math.sqrt(2 * 0.25 / 0.75)


@pytest.mark.parametrize(
    ("fixed", "names"),
    [
        (None, []),
        ([False, False], []),
        ([False, True], ["p[1]"]),
        ((True, False), ["p[0]"]),
        ("p[1]", ["p[1]"]),
        (["p[0]"], ["p[0]"]),
        (("p[1]", "p[0]"), ["p[0]", "p[1]"]),
    ],
)
def test_parameters_are_fixed_by_truths_or_names(fixed: object, names: list[str]) -> None:
    data = [(1.0, 1.5), (2.0, 2.0), (3.0, 3.25)]
    fit = tg.least_squares(lambda p, x: p[0] * x + p[1], [1.0, 0.5], data, fixed=fixed)
    assert fit.fixed == names
    assert [name for name, x, start in zip(fit.names, fit.p, [1.0, 0.5], strict=True) if x == start] == names
    assert [name for name, error in zip(fit.names, fit.errors, strict=True) if error == 0.0] == names
    assert fit.degrees_of_freedom == 1 + len(names)


@pytest.mark.parametrize(
    ("fixed", "error", "message"),
    [
        ([], ValueError, "fixed is a list of 0, where a list of 2 belongs"),
        ([1, 0], TypeError, r"fixed is a tree of True and False like p0, or names, got \[1, 0\]"),
        (["p[0]", True], TypeError, "fixed is a tree of True and False like p0, or names"),
        (["p[0]", "b"], ValueError, r"fixed='b': the parameters are p\[0\], p\[1\]"),
    ],
)
def test_what_says_nothing_of_the_parameters_is_refused(fixed: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        tg.least_squares(lambda p, x: p[0] * x + p[1], [1.0, 0.5], [(1.0, 1.0)] * 3, fixed=fixed)


@pytest.mark.parametrize("bounds", [(0.0,), (0.0, 1.0, 2.0), 3.0, "ab", {0: 1, 1: 2}])
def test_bounds_are_two(bounds: Any) -> None:
    with pytest.raises(
        (ValueError, TypeError), match=r"bounds are \(lowest, highest\), got|expected a number|lowest is"
    ):
        tg.least_squares(lambda p, x: p * x, 1.0, [(1.0, 1.0)], bounds=bounds)


def test_sigma_goes_with_data_and_follows_the_points_that_are_kept() -> None:
    with pytest.raises(ValueError, match="sigma goes with data; without data, divide the residuals by it"):
        tg.least_squares(lambda p: p, 1.0, sigma=1.0)
    data = [(1.0, 2.0), (1.0, math.nan), (1.0, 4.0)]
    fit = tg.least_squares(lambda p, x: p * x, 1.0, data, sigma=[1.0, 9.0, 0.5], nan_policy="omit")
    assert fit.p == pytest.approx((2.0 + 4 * 4.0) / 5)
    assert fit.errors == pytest.approx(1 / math.sqrt(5))
    assert fit.omitted == 1
