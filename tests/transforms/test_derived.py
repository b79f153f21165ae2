"""What transforms return travels: by pickle and deepcopy to other processes, and bound to objects as a method."""

import copy
import inspect
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import cloudpickle
import pytest

import tinygrad_edu as tg


def cube(x: float) -> float:
    return x**3


def row(x: list[float]) -> list[float]:
    return [x[0] * x[1], x[0] ** 2]


@tg.grad
def decorated(x: float) -> float:
    return x**4


class Spring:
    k = 3.0

    def energy(self, x: float) -> float:
        return self.k * x**2 / 2

    force = tg.grad(energy, argnums=1)

    @tg.derivative
    @staticmethod
    def shared(x: float) -> float:
        return x**2


MADE = {
    "grad": (tg.grad(cube), 2.0, 12.0),
    "value_and_grad": (tg.value_and_grad(cube), 2.0, (8.0, 12.0)),
    "derivative": (tg.derivative(cube, order=2), 2.0, 12.0),
    "grad of grad": (tg.grad(tg.grad(cube)), 2.0, 12.0),
    "jacobian": (tg.jacobian(row, mode="forward"), [2.0, 5.0], [[5.0, 2.0], [4.0, 0.0]]),
    "jacrev": (tg.jacrev(row), [2.0, 5.0], [[5.0, 2.0], [4.0, 0.0]]),
    "value_and_jacobian": (tg.value_and_jacobian(row), [2.0, 5.0], ([10.0, 4.0], [[5.0, 2.0], [4.0, 0.0]])),
    "hessian": (tg.hessian(cube), 2.0, 12.0),
    "vmap": (tg.vmap(tg.grad(cube)), [1.0, 2.0], [3.0, 12.0]),
    "of a bound method": (tg.grad(Spring().energy), 2.0, 6.0),
    "bound": (Spring().force, 2.0, 6.0),
    "by decorator": (decorated, 1.0, 4.0),
}
AGAIN = {
    "pickle": lambda f: pickle.loads(pickle.dumps(f)),
    "first protocol": lambda f: pickle.loads(pickle.dumps(f, protocol=0)),
    "cloudpickle": lambda f: pickle.loads(cloudpickle.dumps(f)),
    "deepcopy": copy.deepcopy,
    "copy": copy.copy,
}


@pytest.mark.parametrize("again", AGAIN.values(), ids=AGAIN)
@pytest.mark.parametrize(("made", "x", "result"), MADE.values(), ids=MADE)
def test_copies_compute_the_same(made, x, result, again):
    there = again(made)
    assert there(x) == made(x) == result
    assert (there.__name__, there.__doc__) == (made.__name__, made.__doc__)


def test_closures_and_lambdas_travel_with_cloudpickle():
    def scaled(factor):
        return tg.grad(lambda x: factor * x**2)

    assert pickle.loads(cloudpickle.dumps(scaled(3.0)))(2.0) == 12.0
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(scaled(3.0))


def test_gradients_are_computed_in_other_processes():
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as pool:
        assert list(pool.map(tg.grad(cube), [1.0, 2.0, 3.0])) == [3.0, 12.0, 27.0]
        assert pool.submit(decorated, 2.0).result() == 32.0
        assert pool.submit(Spring().force, 2.0).result() == 6.0  # type: ignore[call-arg]


def test_as_a_method_it_is_bound():
    assert Spring().force(2.0) == 6.0  # type: ignore[call-arg]
    assert Spring.force(Spring(), 2.0) == 6.0
    assert list(inspect.signature(Spring().force).parameters) == ["x"]
    assert list(inspect.signature(Spring.force).parameters) == ["self", "x"]


def test_it_says_what_it_is_made_of():
    assert repr(tg.grad(cube)) == "grad(cube)"
    assert repr(tg.grad(tg.grad(cube))) == "grad(grad(cube))"
