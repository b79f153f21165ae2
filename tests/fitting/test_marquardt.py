"""least_squares: what it finds, where it ends, and what it refuses."""

import math
import random

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.fitting.nist import PROBLEMS
from tinygrad_edu import Value
from tinygrad_edu.fitting import least_squares
from tinygrad_edu.fitting.marquardt import better
from tinygrad_edu.fitting.problem import Box
from tinygrad_edu.fitting.residuals import Residuals
from tinygrad_edu.trees.tree import LEAF

STARTS = [(name, i) for name in PROBLEMS for i in (0, 1)]
ROUNDING = {"Lanczos1"}  # its residuals are 1e-13: what is left of standard errors is some 2 digits


LINE = [(0.0, 5.1), (1.0, 3.9), (2.0, 3.2), (3.0, 1.8), (4.0, 1.1), (5.0, -0.1)]


def line(p, x):
    return p["w"] * x + p["b"]


@pytest.mark.parametrize(("name", "start"), STARTS, ids=str)
def test_nist_certified_values_are_found_from_both_starts(name, start):
    problem = PROBLEMS[name]
    fit = least_squares(problem.model, problem.starts[start], problem.data)
    assert fit.converged
    assert not fit.undetermined
    assert fit.p == pytest.approx(problem.parameters, rel=1e-7)
    assert fit.errors == pytest.approx(problem.errors, rel=2e-2 if name in ROUNDING else 1e-7)
    assert fit.rss == pytest.approx(problem.rss, rel=2e-2 if name in ROUNDING else 1e-9)
    assert ("little more than rounding" in fit.text) == (name in ROUNDING)


INEXACT = {"ENSO", "Eckerle4"}  # for SciPy, which uses finite differences
OF_ONE_X = [name for name in PROBLEMS if name not in {*ROUNDING, "Nelson", "Lanczos2", "Bennett5", *INEXACT}]


@pytest.mark.parametrize("name", OF_ONE_X)
def test_scipy_finds_the_same_with_the_same_covariance(name):
    optimize = pytest.importorskip("scipy.optimize")
    model, data, _, values, _, _ = PROBLEMS[name]
    xs, ys = np.array(data).T
    near = [1.02 * x for x in values]
    fit = least_squares(model, near, data)
    p, covariance = optimize.curve_fit(
        lambda x, *b: [model(b, each) for each in x], xs, ys, p0=near, xtol=1e-14, ftol=1e-14, maxfev=10_000
    )
    assert fit.p == pytest.approx(p, rel=1e-6)
    assert np.array(fit.covariance) == pytest.approx(covariance, rel=1e-3)


def test_a_straight_line_is_found_as_the_textbook_formula_gives_it():
    fit = least_squares(line, {"w": 0.0, "b": 0.0}, LINE)
    xs, ys = zip(*LINE, strict=True)
    n, mean_x, mean_y = len(xs), sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in LINE) / spread
    rss = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in LINE)
    assert fit.p == {"w": pytest.approx(slope, rel=1e-11), "b": pytest.approx(mean_y - slope * mean_x, rel=1e-11)}
    assert fit.errors["w"] == pytest.approx(math.sqrt(rss / (n - 2) / spread), rel=1e-10)
    assert fit.r_squared == pytest.approx(1 - rss / sum((y - mean_y) ** 2 for y in ys), rel=1e-12)
    assert (fit.degrees_of_freedom, fit.residual_sd) == (4, pytest.approx(math.sqrt(rss / 4), rel=1e-12))
    assert fit.correlation(0, 1) == pytest.approx(-mean_x / math.sqrt(spread / n + mean_x**2), rel=1e-10)
    assert fit.correlation(0, 0) == pytest.approx(1.0)


def test_residuals_are_the_model_minus_the_data():
    fit = least_squares(line, {"w": 0.0, "b": 0.0}, LINE)
    assert fit.residuals == pytest.approx([line(fit.p, x) - y for x, y in LINE], abs=1e-12)


def test_known_sigmas_weigh_the_points_and_fix_the_errors():
    sigmas = [0.1, 0.1, 0.5, 0.1, 0.1, 2.0]
    fit = least_squares(line, {"w": 0.0, "b": 0.0}, LINE, sigma=sigmas)
    design = np.array([[x / s, 1 / s] for (x, _), s in zip(LINE, sigmas, strict=True)])
    right = np.array([y / s for (_, y), s in zip(LINE, sigmas, strict=True)])
    solution = np.linalg.lstsq(design, right, rcond=None)[0]
    assert [fit.p["w"], fit.p["b"]] == pytest.approx(solution, rel=1e-9)
    assert np.array(fit.covariance) == pytest.approx(np.linalg.inv(design.T @ design), rel=1e-9)
    assert fit.has_sigma
    weights = [1 / s**2 for s in sigmas]
    mean = sum(w * y for w, (_, y) in zip(weights, LINE, strict=True)) / sum(weights)
    total = sum(w * (y - mean) ** 2 for w, (_, y) in zip(weights, LINE, strict=True))
    assert fit.r_squared == pytest.approx(1 - fit.rss / total, rel=1e-12)
    same = least_squares(line, {"w": 0.0, "b": 0.0}, LINE, sigma=0.1)
    plain = least_squares(line, {"w": 0.0, "b": 0.0}, LINE)
    assert same.p == {name: pytest.approx(x, rel=1e-9) for name, x in plain.p.items()}
    assert same.rss == pytest.approx(100 * plain.rss, rel=1e-9)


def test_standard_errors_are_the_scatter_over_repeated_measurements():
    random_numbers = random.Random(5)
    true, sd = [2.0, 0.7], 0.05

    def model(p, x):
        return p[0] * tg.exp(-p[1] * x)

    fits = []
    for _ in range(60):
        data = [(0.2 * i, model(true, 0.2 * i) + random_numbers.gauss(0, sd)) for i in range(12)]
        fits.append(least_squares(model, [1.0, 1.0], data))
    for j in range(2):
        found = [fit.p[j] for fit in fits]
        scatter = np.std(found, ddof=1)
        assert np.mean(found) == pytest.approx(true[j], abs=4 * scatter / math.sqrt(60))
        assert np.mean([fit.errors[j] for fit in fits]) == pytest.approx(scatter, rel=0.3)


def test_results_may_be_trees_as_the_data_are():
    data = [(t, {"x": math.cos(2 * t), "y": 3 * math.sin(2 * t)}) for t in (0.1, 0.5, 0.9, 1.4)]
    fit = least_squares(lambda p, t: {"y": p[1] * tg.sin(p[0] * t), "x": tg.cos(p[0] * t)}, [1.8, 2.0], data)
    assert fit.p == pytest.approx([2.0, 3.0], rel=1e-9)
    assert len(fit.residuals) == 8


def test_without_data_the_function_returns_the_residuals():
    """Rosenbrock's valley as a sum of squares, and a residual in three numbers by one parameter."""
    fit = least_squares(lambda x: [10 * (x[1] - x[0] ** 2), 1 - x[0]], [-1.2, 1.0])
    assert fit.p == pytest.approx([1.0, 1.0], rel=1e-9)
    assert math.isnan(fit.r_squared)
    fit = least_squares(lambda p: [p - 1.0, p - 2.0, p - 6.0], 0.0)
    assert fit.p == pytest.approx(3.0, rel=1e-12)
    assert fit.errors == pytest.approx(math.sqrt(14 / 2 / 3), rel=1e-12)


def test_arrays_and_values_from_outside_are_fine():
    w = Value(2.0)
    fit = least_squares(lambda p, x: w * p[0] * x, np.array([1.0]), np.array([[1.0, 4.0], [2.0, 8.1]]).tolist())
    assert fit.p == pytest.approx([2.02], rel=1e-9)
    assert w.grad is tg.engine.NOT_COMPUTED


def test_steps_out_of_the_model_s_domain_are_taken_back():
    data = [(x, math.log(0.01 + x)) for x in (0.0, 0.1, 0.5, 1.0)]
    fit = least_squares(lambda p, x: tg.log(p[0] + x), [3.0], data)
    assert fit.p == pytest.approx([0.01], rel=1e-8)


def test_a_parameter_is_stopped_at_its_bound_and_the_others_adapt():
    fit = least_squares(line, {"w": -0.5, "b": 0.0}, LINE, bounds=({"w": -0.8, "b": -math.inf}, math.inf))
    assert fit.p["w"] == -0.8
    assert fit.p["b"] == pytest.approx(sum(y + 0.8 * x for x, y in LINE) / len(LINE), rel=1e-10)
    assert fit.at_bounds == ["p['w']"]
    assert math.isnan(fit.errors["w"])
    assert fit.errors["b"] == pytest.approx(fit.residual_sd / math.sqrt(6), rel=1e-9)
    assert fit.degrees_of_freedom == 5


def test_bounds_that_hold_nothing_change_nothing():
    free = least_squares(line, {"w": 0.0, "b": 0.0}, LINE)
    held = least_squares(line, {"w": 0.0, "b": 0.0}, LINE, bounds=(-10, 10.0))
    assert held.at_bounds == []
    assert held.errors == {name: pytest.approx(x, rel=1e-9) for name, x in free.errors.items()}


def test_a_start_at_the_wrong_bound_leaves_it():
    fit = least_squares(line, {"w": 0.0, "b": 0.0}, LINE, bounds=(-10, {"b": 10, "w": 0}))
    assert fit.p["w"] == pytest.approx(-1.022857143, rel=1e-8)


def test_all_parameters_at_their_bounds():
    fit = least_squares(line, {"w": 0.0, "b": 0.0}, LINE, bounds=(-0.1, 0.1))
    assert sorted(fit.at_bounds) == ["p['b']", "p['w']"]
    fit = least_squares(lambda p, x: p[0] + p[1], [0.5, 0.5], [(0, 9.0), (1, 9.0)], bounds=(0, 1))
    assert fit.p == [1.0, 1.0]
    assert fit.at_bounds == ["p[0]", "p[1]"]
    assert fit.degrees_of_freedom == 2
    assert "at its bound" in fit.text


@pytest.mark.parametrize("seed", range(12))
def test_scipy_agrees_where_bounds_hold_some_parameters(seed):
    optimize = pytest.importorskip("scipy.optimize")
    random_numbers = random.Random(seed)
    true = [random_numbers.uniform(1, 3), random_numbers.uniform(0.3, 1.0), random_numbers.uniform(-1, 1)]

    def model(p, x):
        return p[0] * tg.exp(-p[1] * x) + p[2]

    xs = [0.3 * i for i in range(15)]
    ys = [model(true, x) + random_numbers.gauss(0, 0.02) for x in xs]
    lowest = [random_numbers.choice([0.1, 2.0]), random_numbers.choice([0.1, 0.8]), random_numbers.choice([-2.0, 0.2])]
    highest = [4.0, 2.0, 2.0]
    start = [3.0, 1.0, 1.0]
    fit = least_squares(model, start, list(zip(xs, ys, strict=True)), bounds=(lowest, highest))
    found = optimize.least_squares(
        lambda p: [model(p, x) - y for x, y in zip(xs, ys, strict=True)],
        start,
        bounds=(lowest, highest),
        xtol=1e-15,
        ftol=1e-15,
        gtol=1e-15,
    )
    assert fit.converged
    assert fit.rss <= 2 * found.cost * (1 + 1e-9)
    assert fit.p == pytest.approx(found.x, rel=1e-4, abs=1e-4)
    assert all(low <= x <= high for x, low, high in zip(fit.p, lowest, highest, strict=True))


def test_parameters_that_do_the_same_are_named():
    fit = least_squares(lambda p, x: (p["a"] + p["b"]) * x, {"a": 0.0, "b": 0.0}, [(1.0, 2.0), (2.0, 4.1), (3.0, 5.9)])
    assert fit.undetermined == ["p['a']", "p['b']"]
    assert math.isnan(fit.errors["a"])
    assert "The data do not determine p['a'], p['b']" in fit.text
    fit = least_squares(lambda p, x: p[0] * x + 0 * p[1], [0.0, 5.0], [(1.0, 2.0), (2.0, 4.1), (3.0, 5.9)])
    assert fit.undetermined == ["p[1]"]
    assert fit.p[1] == 5.0


def test_as_many_residuals_as_parameters_leave_no_scatter():
    fit = least_squares(line, {"w": 0.0, "b": 0.0}, LINE[:2])
    assert fit.rss < 1e-20
    assert math.isnan(fit.errors["w"])
    assert math.isnan(fit.residual_sd)
    assert least_squares(line, {"w": 0.0, "b": 0.0}, LINE[:2], sigma=1.0).errors["b"] == pytest.approx(1.0)


def test_constant_data_have_no_variance_to_explain():
    assert math.isnan(least_squares(lambda p, x: p, 0.0, [(0, 2.0), (1, 2.0)]).r_squared)


def test_the_search_stops_after_as_many_iterations_as_allowed():
    fit = least_squares(lambda x: [10 * (x[1] - x[0] ** 2), 1 - x[0]], [-1.2, 1.0], max_iterations=3)
    assert not fit.converged
    assert fit.iterations == 3
    assert "NOT converged after 3 iterations: that is as many as allowed" in fit.text


def test_a_search_that_gets_nowhere_ends():
    """The model claims slopes it does not have, so no step ever helps."""

    def lying(p, x):
        return p._node("?", 5.0, 1.0) if isinstance(p, Value) else 5.0

    fit = least_squares(lying, 1.0, [(0, 1.0), (1, 2.0)])
    assert (fit.p, fit.message) == (1.0, "steps have become too small to matter")
    assert least_squares(lambda p, x: lying(p, x) * 1e150, 0.0, [(0, 1.0), (1, 2.0)]).converged


def test_no_step_is_left_when_damping_is_hardest():
    residuals = Residuals(lambda p: [p - 1.0], LEAF, None)
    box = Box([-math.inf], [math.inf], [False])
    assert better(residuals, residuals.around([0.0]), box, [True], [1.0], 1e100) == (None, 1e100)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: least_squares(line, {"w": 0.0, "b": 0.0}, LINE[:1]), ValueError, "1 residuals cannot determine 2 par"),
        (lambda: least_squares(line, {"w": 0.0, "b": 0.0}, [1.0, 2.0]), TypeError, r"pairs \(x, y\), got 1.0; for col"),
        (lambda: least_squares(lambda p, x: [p, p], 1.0, LINE), ValueError, "the result of the model is a list of 2"),
        (lambda: least_squares(lambda p: [p, p], 1.0, sigma=1.0), ValueError, "sigma goes with data"),
        (lambda: least_squares(lambda p, x: p, 1.0, LINE, sigma=[1.0]), ValueError, "one for each of the 6 points"),
        (lambda: least_squares(lambda p, x: p, 1.0, LINE, sigma=0), ValueError, "sigma is one number above 0"),
        (
            lambda: least_squares(lambda p, x: p, 1.0, LINE, bounds=5),
            ValueError,
            r"bounds are \(lowest, highest\), got 5",
        ),
        (
            lambda: least_squares(lambda p, x: p, 1.0, LINE, bounds=(2, 3)),
            ValueError,
            "p0 = 1.0 is not between its bounds",
        ),
        (lambda: least_squares(lambda p, x: p, 1.0, LINE, bounds=(1, 1)), ValueError, "2?which must differ"),
        (
            lambda: least_squares(lambda p, x: p, 1.0, LINE, bounds=([0], 3)),
            ValueError,
            "lowest is a list of 1, where one",
        ),
        (lambda: least_squares(lambda p, x: p, "1", LINE), TypeError, "expected a number"),
        (
            lambda: least_squares(lambda p, x: tg.sqrt(p), 0.0, LINE),
            ValueError,
            r"at the start 0.0, for data point 0, \(.*\): the residual .* are not finite: start els",
        ),
        (lambda: least_squares(lambda p, x: tg.log(p), -1.0, LINE), tg.DomainError, r"log\(-1.0\)"),
        (
            lambda: least_squares(lambda p: [p[0] * 1e200, p[1]], [1.0, 2.0]),
            ValueError,
            r"at the start \[1.0, 2.0\]: the residual is \[1e\+200, 2.0\]; it.* not finite",
        ),
        (
            lambda: least_squares(line, {"w": 0.0, "b": 0.0}, [(0.0, 1.0), (1.0, math.nan), (2.0, 3.0)]),
            ValueError,
            r"data point 1 is nan, in \(1.0, nan\)",
        ),
        (
            lambda: least_squares(line, {"w": 0.0, "b": 0.0}, [(0.0, 1.0), (1.0, 2.0), (math.nan, 3.0)]),
            ValueError,
            r"at the start \{'w': 0.0, 'b': 0.0\}, for data point 2, \(nan, 3.0\): the residual is nan",
        ),
    ],
)
def test_what_cannot_be_fitted_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_start_from_which_the_squares_overflow_is_refused_with_the_point():
    """Each residual is finite, the square of the later ones is not: nothing could make it smaller, it seemed."""
    data = [(a * 100, 2 * math.exp(-a)) for a in np.linspace(0, 3, 30)]
    message = (
        r"at the start \[1.0, 2.0\], for data point 18, \(.*186.*\): the residual is 5\.\d+e\+161; .*not finite: start"
    )
    with pytest.raises(ValueError, match=message):
        least_squares(lambda p, x: p[0] * tg.exp(p[1] * x), [1.0, 2.0], data)
    fit = least_squares(lambda p, x: p[0] * tg.exp(p[1] * x), [1.0, -0.02], data)
    assert fit.converged
    assert fit.p == pytest.approx([2.0, -0.01])


@pytest.mark.parametrize(
    ("f", "error", "point"),
    [
        (lambda p, x: p * tg.exp(1000 * x), OverflowError, 1),
        (lambda p, x: p * tg.log(2 - x), tg.DomainError, 2),
        (lambda p, x: p / (x - 1), ZeroDivisionError, 1),
    ],
)
def test_an_error_at_the_start_tells_the_start_and_the_point(f, error, point):
    data = [(float(k), 1.0) for k in range(4)]
    with pytest.raises(error) as caught:
        least_squares(f, 3.0, data)
    assert caught.value.__notes__ == [
        f"least_squares met this at the start 3.0, for data point {point}, ({point}.0, 1.0)"
    ]


def test_slopes_that_are_not_finite_on_the_way_tell_the_parameters():
    def model(p, x):
        return tg.sqrt(tg.maximum(p - 0.5, 0.0)) + x

    with pytest.raises(ValueError, match=r"at the parameters .*, for data point 0, .* not finite: start elsewhere"):
        least_squares(model, 1.0, [(0.0, 0.0), (0.25, 0.0)], bounds=(0.5, 2.0))


def test_steps_to_where_residuals_are_infinite_are_taken_back():
    fit = least_squares(lambda p: [tg.where(p > 0.5, lambda: 1e308 * p * 1e308, lambda: p - 5.0)], 0.3)
    assert 0.3 < fit.p <= 0.5
