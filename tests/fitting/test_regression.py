"""What `least_squares` is told, such as fixed parameters and robust losses; and what it says of certainty."""

import copy
import math
import pickle
import random

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.fitting.nist import PROBLEMS
from tinygrad_edu.fitting import least_squares

XS = [0.5 * i for i in range(12)]


def decay(p, x):
    return p["start"] * tg.exp(-p["rate"] * x) + p["floor"]


def measured(seed=0, noise=0.05):
    rng = random.Random(seed)
    return [(x, 5 * math.exp(-0.7 * x) + 1 + rng.gauss(0, noise)) for x in XS]


START = {"start": 3.0, "rate": 0.3, "floor": 0.0}
NEAR = {"start": 4.0, "rate": 0.6, "floor": 0.8}


# --- fixed parameters -----------------------------------------------------------------------------------


@pytest.mark.parametrize("fixed", [{"start": False, "rate": True, "floor": False}, "p['rate']", ["p['rate']"]])
def test_a_fixed_parameter_stays_and_the_others_are_as_if_it_were_a_constant(fixed):
    fit = least_squares(decay, START | {"rate": 0.7}, measured(), fixed=fixed)
    without = least_squares(lambda p, x: p[0] * math.exp(-0.7 * x) + p[1], [3.0, 0.0], measured())
    assert (fit.p["rate"], fit.errors["rate"], fit.fixed, fit.at_bounds) == (0.7, 0.0, ["p['rate']"], [])
    assert [fit.p["start"], fit.p["floor"]] == pytest.approx(without.p, rel=1e-9)
    assert [fit.errors["start"], fit.errors["floor"]] == pytest.approx(without.errors, rel=1e-9)
    assert fit.degrees_of_freedom == without.degrees_of_freedom == 10
    assert [line.split()[-1] for line in fit.text.splitlines() if "rate" in line] == ["fixed"]


def test_all_parameters_fixed_leave_only_residuals():
    fit = least_squares(lambda p, x: p * x, 2.0, [(1.0, 2.5)], fixed=True)
    assert (fit.p, fit.residuals, fit.degrees_of_freedom, fit.converged) == (2.0, [-0.5], 1, True)


@pytest.mark.parametrize(
    ("fixed", "error", "message"),
    [
        ("rate", ValueError, r"fixed='rate': the parameters are p\['start'\], p\['rate'\], p\['floor'\]"),
        ({"start": True}, ValueError, "fixed is a dict of 'start', where a dict of 'start', 'rate', 'floor' belongs"),
        ({"start": 1.0, "rate": 0.0, "floor": 0.0}, TypeError, "fixed is a tree of True and False like p0, or names"),
    ],
)
def test_what_cannot_be_fixed_is_refused(fixed, error, message):
    with pytest.raises(error, match=message):
        least_squares(decay, START, measured(), fixed=fixed)


# --- robust losses --------------------------------------------------------------------------------------


@pytest.mark.parametrize("f_scale", [0.1, 1.0])
@pytest.mark.parametrize("loss", ["linear", "soft_l1", "huber", "cauchy", "arctan"])
def test_scipy_finds_the_same_by_every_loss(loss, f_scale):
    optimize = pytest.importorskip("scipy.optimize")
    data = measured()
    data[3] = (XS[3], 7.0)  # an outlier
    data[8] = (XS[8], -2.0)
    start = [5.0, 0.7, 1.0]
    model = lambda p, x: p[0] * tg.exp(-p[1] * x) + p[2]  # noqa: E731
    fit = least_squares(model, start, data, loss=loss, f_scale=f_scale)
    scipy_s = optimize.least_squares(
        lambda p: [p[0] * math.exp(-p[1] * x) + p[2] - y for x, y in data],
        start,
        loss=loss,
        f_scale=f_scale,
        xtol=1e-14,
        ftol=1e-14,
        gtol=1e-14,
    )
    assert fit.cost == pytest.approx(2 * scipy_s.cost, rel=1e-8)
    assert fit.p == pytest.approx(scipy_s.x, rel=1e-4)


def test_outliers_do_not_rule_a_robust_fit():
    data = [(x, y + (50.0 if x == 2.0 else 0.0)) for x, y in measured()]
    assert abs(least_squares(decay, NEAR, data, loss="cauchy", f_scale=0.1).p["rate"] - 0.7) < 0.05
    assert abs(least_squares(decay, START, data).p["floor"] - 1) > 1
    assert "by the loss" in least_squares(decay, START, data, loss="huber").text


@pytest.mark.parametrize("given", [{"loss": "l1"}, {"nan_policy": "propagate"}])
def test_unknown_words_are_answered_with_those_there_are(given):
    with pytest.raises(ValueError, match=r"there are (linear, soft_l1|raise, omit)"):
        least_squares(decay, START, measured(), **given)


# --- data -----------------------------------------------------------------------------------------------


def test_points_may_be_rows_of_an_array():
    rows = np.array(measured())
    assert least_squares(decay, START, rows).p == least_squares(decay, START, measured()).p
    plane = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 3.0], [1.0, 1.0, 5.0], [2.0, 1.0, 7.0]])
    assert least_squares(lambda p, x: p[0] * x[0] + p[1] * x[1], [0.0, 0.0], plane).p == pytest.approx([2.0, 3.0])
    fit = least_squares(lambda p, x: p[0] + p[1] * x, np.array([0.0, 0.0]), rows)
    assert (type(fit.p), type(fit.errors)) == (np.ndarray, np.ndarray)


@pytest.mark.parametrize("sigma", [None, 0.05, [0.05] * 14])
def test_data_that_are_not_finite_are_left_out_on_request(sigma):
    data = [*measured()[:6], (3.0, math.nan), (math.inf, 1.0), *measured()[6:]]
    fit = least_squares(decay, START, data, nan_policy="omit", sigma=sigma)
    clean = least_squares(decay, START, measured(), sigma=None if sigma is None else 0.05)
    assert (fit.p, fit.errors, fit.omitted) == (clean.p, clean.errors, 2)
    assert "2 of the data are not finite and were left out." in fit.text
    with pytest.raises(ValueError, match='leave it out, as nan_policy="omit" does'):
        least_squares(decay, START, data)


# --- what is undetermined -------------------------------------------------------------------------------


def test_an_unused_parameter_does_not_spoil_the_errors_of_the_others():
    fit = least_squares(lambda p, x: p[0] * x + p[2], [1.0, 5.0, 0.0], [(x, 2 * x + x % 2) for x in XS])
    alone = least_squares(lambda p, x: p[0] * x + p[1], [1.0, 0.0], [(x, 2 * x + x % 2) for x in XS])
    assert (fit.undetermined, fit.p[1], fit.converged) == (["p[1]"], 5.0, True)
    assert [fit.errors[0], fit.errors[2]] == pytest.approx(alone.errors, rel=1e-12)
    assert math.isnan(fit.errors[1])
    assert fit.degrees_of_freedom == alone.degrees_of_freedom


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_parameters_that_do_the_same_do_not_spoil_the_errors_of_the_others(scale):
    model = lambda p, x: (p[0] + scale * p[1]) * x + p[2] * x**2 + p[3]  # noqa: E731
    data = [(x, 2 * x + 0.3 * x**2 + x % 2) for x in XS]
    fit = least_squares(model, [1.0, 1.0, 0.0, 0.0], data)
    alone = least_squares(lambda p, x: p[0] * x + p[1] * x**2 + p[2], [1.0, 0.0, 0.0], data)
    assert fit.undetermined == ["p[0]", "p[1]"]
    assert fit.errors[2:] == pytest.approx(alone.errors[1:], rel=1e-6)
    assert fit.p[2:] == pytest.approx(alone.p[1:], rel=1e-6)
    assert fit.p[0] + scale * fit.p[1] == pytest.approx(alone.p[0], rel=1e-6)


def test_a_parameter_that_got_lost_on_the_way_is_named_and_nothing_claimed():
    box_bod = PROBLEMS["BoxBOD"]
    fit = least_squares(box_bod.model, [100.0, 50.0], box_bod.data)
    assert fit.undetermined == ["p[1]"]
    assert math.isnan(fit.errors[1])
    assert fit.errors[0] < 100

    constant = [(x, 3.0 + x % 2) for x in range(1, 9)]
    fit = least_squares(lambda p, x: p[0] * (1 - tg.exp(-p[1] * x * x)), [1.0, 1.0], constant)
    assert (fit.converged, fit.undetermined) == (False, ["p[1]"])
    assert "p[1] went where the data do not depend on it" in fit.text


# --- how sure -------------------------------------------------------------------------------------------


def test_intervals_are_those_of_student_s_distribution():
    stats = pytest.importorskip("scipy.stats")
    fit = least_squares(decay, START, measured())
    low, high = fit.interval(0.9)
    t = stats.t.ppf(0.95, fit.degrees_of_freedom)
    for name in START:
        assert high[name] - fit.p[name] == pytest.approx(t * fit.errors[name], rel=1e-9)
        assert fit.p[name] - low[name] == pytest.approx(t * fit.errors[name], rel=1e-9)
    low, high = least_squares(decay, START, measured(), sigma=0.05).interval()
    assert high["rate"] - low["rate"] == pytest.approx(2 * 1.959963984540054 * fit_sigma_error(), rel=1e-9)


def fit_sigma_error():
    return least_squares(decay, START, measured(), sigma=0.05).errors["rate"]


def test_errors_carry_over_to_what_is_computed_from_the_parameters():
    fit = least_squares(decay, START, measured())
    assert fit.error_of(lambda p: p["rate"]) == pytest.approx(fit.errors["rate"])
    assert fit.error_of(lambda p: 2.0) == 0.0
    both = fit.error_of(lambda p: {"sum": p["start"] + p["floor"], "half-life": math.log(2) / p["rate"]})
    i, j = fit.names.index("p['start']"), fit.names.index("p['floor']")
    c = fit.covariance
    assert both["sum"] == pytest.approx(math.sqrt(c[i][i] + c[j][j] + 2 * c[i][j]))
    assert both["half-life"] == pytest.approx(math.log(2) / fit.p["rate"] ** 2 * fit.errors["rate"])


def test_the_band_holds_the_true_curve_as_often_as_it_says():
    inside = 0
    for seed in range(60):
        fit = least_squares(decay, START, measured(seed))
        ((low, middle, high),) = fit.band(decay, [1.3], level=0.8)
        assert low < middle < high
        assert middle == pytest.approx(decay(fit.p, 1.3))
        inside += low <= 5 * math.exp(-0.7 * 1.3) + 1 <= high
    assert 0.65 * 60 <= inside <= 0.93 * 60


def test_an_undetermined_parameter_leaves_what_does_not_depend_on_it_certain():
    fit = least_squares(lambda p, x: p[0] * x, [1.0, 1.0], [(1.0, 2.1), (2.0, 3.9)])
    assert fit.error_of(lambda p: p[0] ** 2) == pytest.approx(2 * fit.p[0] * fit.errors[0])
    assert math.isnan(fit.error_of(lambda p: p[1]))


def test_correlations_are_1_on_the_diagonal_and_agree_with_the_report():
    fit = least_squares(decay, START, measured())
    rows = fit.correlations
    assert [rows[i][i] for i in range(3)] == pytest.approx([1.0] * 3)
    assert rows[0][1] == rows[1][0] == fit.correlation(0, 1)


def test_a_fit_can_be_pickled_and_copied():
    fit = least_squares(decay, START, measured())
    for again in (pickle.loads(pickle.dumps(fit)), copy.deepcopy(fit)):
        assert (again.p, again.text) == (fit.p, fit.text)
