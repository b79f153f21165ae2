"""Gradients of functions that return one number."""

import functools
import itertools

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.transforms.functions import two
from tinygrad_edu.staging import jit
from tinygrad_edu.transforms import (
    grad,
    hessian,
    value_and_grad,
)


def test_gradient_of_the_branching_example():
    assert grad(lambda a, b, c: (a + b) * (b + c), argnums=(0, 1, 2))(-1.0, 3.0, 4.0) == (7.0, 9.0, 2.0)


def test_value_and_gradient_come_from_one_call():
    calls = []

    def f(x):
        calls.append(x)
        return x**3

    assert value_and_grad(f)(2.0) == (8.0, 12.0)
    assert len(calls) == 1


def test_aux_comes_along_as_numbers():
    def f(x):
        y = x * x
        return 3 * y, {"square": y, "note": "text", "x": [x, 1]}

    aux = {"square": 4.0, "note": "text", "x": [2.0, 1]}
    assert grad(f, has_aux=True)(2.0) == (12.0, aux)
    assert value_and_grad(f, has_aux=True)(2.0) == ((12.0, aux), 12.0)


@pytest.mark.parametrize("result", [3.0, [1.0, 2.0], (1.0, 2.0, 3.0)])
def test_aux_needs_a_pair(result):
    with pytest.raises(TypeError, match=r"has_aux=True, but <lambda> returned a \w+, not \(number, anything\)"):
        grad(lambda x: result, has_aux=True)(2.0)


@pytest.mark.parametrize("transform", [grad, value_and_grad, hessian])
def test_a_pair_instead_of_a_number_points_to_has_aux(transform):
    name = "grad" if transform is hessian else transform.__name__
    with pytest.raises(TypeError, match=rf"^{name} of <lambda>, which returned 2 numbers .* jacobian; .*has_aux=True$"):
        transform(lambda x: (x * x, x))(3.0)


@pytest.mark.parametrize("transform", [grad, value_and_grad, functools.partial(grad, has_aux=True)])
def test_a_function_that_returns_nothing_is_asked_about_its_return(transform):
    def forgetful(x):
        x * x

    with pytest.raises(TypeError, match=r"forgetful.* returned None.*: was `return` forgotten"):
        transform(forgetful)(3.0)


def test_several_results_are_for_jacobian():
    with pytest.raises(TypeError, match="grad of two, which returned 2 numbers in a list: it must return one number"):
        grad(two)([1.0, 2.0])
    with pytest.raises(TypeError, match="returned None: was `return` forgotten"):
        grad(lambda x: None)(1.0)


def test_scipy_minimises_with_value_and_grad():
    optimize = pytest.importorskip("scipy.optimize")

    def rosenbrock(x):
        return tg.sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in itertools.pairwise(x))

    for mixed in (value_and_grad(rosenbrock), jit(value_and_grad(rosenbrock))):
        found = optimize.minimize(mixed, np.full(5, 1.3), jac=True)
        assert found.x == pytest.approx(np.ones(5), abs=1e-4)
    found = optimize.minimize(value_and_grad(rosenbrock), np.full(5, 1.3), jac=True, method="BFGS")
    assert found.success
    assert found.x == pytest.approx(np.ones(5), abs=1e-5)
    found = optimize.minimize(
        rosenbrock, np.full(5, 1.3), jac=grad(rosenbrock), hess=hessian(rosenbrock), method="trust-ncg"
    )
    assert found.x == pytest.approx(np.ones(5), abs=1e-5)
