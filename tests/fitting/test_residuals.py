"""Residuals and their slopes, by the model itself and by a staged program."""

import random

import pytest

import tinygrad_edu as tg
from tests.fitting.nist import PROBLEMS
from tinygrad_edu.fitting import least_squares
from tinygrad_edu.fitting.residuals import STAGED_AFTER, Residuals
from tinygrad_edu.trees.tree import flatten


def counted(model):
    calls = []

    def f(p, x):
        calls.append(x)
        return model(p, x)

    return f, calls


@pytest.mark.parametrize("name", ["Misra1a", "Thurber", "Nelson", "Gauss3"])
def test_a_program_gives_the_slopes_of_the_model(name):
    problem = PROBLEMS[name]
    structure = flatten(problem.starts[1])[1]
    staged = Residuals(problem.model, structure, problem.data, staged=True)
    eager = Residuals(problem.model, structure, problem.data)
    while not staged.is_staged:
        staged.around(problem.starts[1])
    here = staged.around(problem.starts[1])
    assert here.agrees_with(eager.around(problem.starts[1]))
    assert not here.agrees_with(eager.around(problem.starts[0]))


def test_fits_are_the_same_staged_and_not():
    problem = PROBLEMS["Rat43"]
    fits = [least_squares(problem.model, problem.starts[0], problem.data, staged=staged) for staged in (True, False)]
    assert fits[0].p == pytest.approx(fits[1].p, rel=1e-9)
    assert fits[0].errors == pytest.approx(fits[1].errors, rel=1e-9)


def test_a_staged_fit_records_the_model_less_often():
    problem = PROBLEMS["Chwirut2"]
    recorded = []
    for staged in (True, False):
        values = []
        model = lambda p, x, values=values: values.append(type(p[0])) or problem.model(p, x)  # noqa: E731
        least_squares(model, problem.starts[0], problem.data, staged=staged)
        recorded.append(sum(kind is not float for kind in values))
    assert recorded[0] < STAGED_AFTER + 2 * len(problem.data) + 5 < recorded[1] / 3


@pytest.mark.parametrize(
    "model",
    [
        lambda p, x: p[0] * x if x > 2 else p[1] * x,
        lambda p, x: p[0] * [1.0, 2.0, 3.0][int(x) % 3] + p[1] * x,
        lambda p, x: p[0] * {0.0: 1.0}.get(x, x) + p[1],
    ],
)
def test_models_that_decide_by_the_data_are_fitted_as_they_are(model):
    data = [(float(i), float(i * i % 7)) for i in range(STAGED_AFTER + 10)]
    fit, eager = (least_squares(model, [1.0, 2.0], data, staged=staged) for staged in (True, False))
    assert (fit.p, fit.errors) == (eager.p, eager.errors)


def test_a_model_that_does_something_else_later_is_noticed():
    state = {"runs": 0}

    def model(p, x):
        state["runs"] += 1
        return p[0] * x + (p[1] if state["runs"] > 60 else 0 * p[1])

    data = [(float(i), 2.0 * i + 1) for i in range(30)]
    fit = least_squares(model, [1.0, 0.5], data)
    assert fit.p == pytest.approx([2.0, 1.0])
    assert not fit.undetermined


def test_slopes_that_are_not_finite_are_told_by_the_model_itself():
    data = [(i / 100, i / 100) for i in range(30)]

    def model(p, x):
        return tg.sqrt(tg.maximum(p - 0.5, 0.0)) + x

    with pytest.raises(ValueError, match=r"at the parameters .*, for data point 0, .* not finite: start elsewhere"):
        least_squares(model, 1.0, data, bounds=(0.5, 2.0))


def test_residuals_of_ones_own_are_staged_too():
    rng = random.Random(0)
    points = [(rng.gauss(0, 1), rng.gauss(0, 1)) for _ in range(5)]

    def far(p):
        return [tg.hypot(p[0] - x, p[1] - y) - 5.0 for x, y in points]

    fits = [least_squares(far, [9.0, 1.0], staged=staged) for staged in (True, False)]
    assert fits[0].p == pytest.approx(fits[1].p, rel=1e-9)
