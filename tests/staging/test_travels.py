"""Staged functions and steps travel: copied, pickled, sent to other processes, they are staged again there."""

import copy
import functools
import multiprocessing
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

import pytest

import tinygrad_edu as tg
from tests.staging.building import cc
from tinygrad_edu import StagedStep, grad, jit, nn

pytestmark = pytest.mark.usefixtures("cache")


def parabola(x):
    return x**2 + 3 * x


@jit
def decorated(x):
    return 2 * x


class Cubes:
    @jit
    def method(self, x):
        return x**3

    @jit
    @staticmethod
    def static(x):
        return x**3

    @jit
    @classmethod
    def of_class(cls, x):
        return x**3


class Holder:
    def __init__(self):
        self.staged = jit(parabola)


FUNCTIONS = {
    "a function": (lambda: jit(parabola), 10.0),
    "in C": (lambda: jit(parabola, backend="c"), 10.0),
    "its gradient": (lambda: jit(grad(parabola)), 7.0),
    "its gradient in C": (lambda: jit(grad(parabola), backend="c"), 7.0),
    "the gradient of it": (lambda: grad(jit(parabola)), 7.0),
    "a partial": (lambda: jit(functools.partial(parabola)), 10.0),
    "decorated": (lambda: decorated, 4.0),
    "a method": (lambda: Cubes().method, 8.0),
    "a static method": (lambda: Cubes.static, 8.0),
    "a class method": (lambda: Cubes.of_class, 8.0),
    "a bound method": (lambda: jit(Cubes().method), 8.0),
    "held by an object": (lambda: Holder().staged, 10.0),
}


@cc
@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("called", [False, True])
@pytest.mark.parametrize("travel", [copy.copy, copy.deepcopy, lambda f: pickle.loads(pickle.dumps(f))])
def test_a_staged_function_travels(name, called, travel):
    make, expected = FUNCTIONS[name]
    f = make()
    if called:
        assert f(2.0) == expected
    there = travel(f)
    assert there(2.0) == there(2.0) == expected


def test_options_travel_along():
    def loss(p, xs):
        return tg.mean_over(lambda x: (x - p) ** 2, xs)

    there = copy.deepcopy(jit(loss, batched=["xs"], backend="c"))
    assert there(1.0, [1.0, 3.0]) == 2.0
    assert there.trace.arguments["xs"].batched
    assert "staged: 1 program" in repr(there)


def test_a_copy_of_a_model_has_its_own_numbers():
    model = nn.MLP(1, [1], seed=0)
    step = StagedStep(model, nn.mse_loss, nn.SGD(model.parameters(), lr=0.1))
    batch = [[1.0], [2.0]], [1.0, 0.0]
    step(*batch)
    there = pickle.loads(pickle.dumps(step))
    deep = copy.deepcopy(step)
    before = [p.data for p in model.parameters()]
    assert there.optimizer.parameters == there.model.parameters(), "the same objects, as before"
    assert there(*batch) == deep(*batch)
    assert [p.data for p in model.parameters()] == before
    assert there(*batch) == deep(*batch)
    step(*batch)
    assert step(*batch) == there(*batch) or len(batch) == 2


@pytest.mark.parametrize("backend", ["python", "c"])
def test_a_step_goes_on_where_it_was(backend):
    def made():
        model = nn.MLP(2, [3, 1], seed=0)
        return StagedStep(model, nn.mse_loss, nn.Adam(model.parameters(), lr=0.1), backend=backend)

    batch = [[1.0, 2.0], [0.5, -1.0]], [1.0, 0.0]
    here, other = made(), made()
    losses = [here(*batch) for _ in range(6)]
    first = [other(*batch) for _ in range(3)]
    there = pickle.loads(pickle.dumps(other))
    assert first + [there(*batch) for _ in range(3)] == losses


def slope(x):
    return jit(grad(parabola))(x)


def step_of(step):
    return step([[1.0], [2.0]], [1.0, 0.0])


@cc
def test_a_pool_of_fresh_processes():
    model = nn.MLP(1, [1], seed=0)
    step = StagedStep(model, nn.mse_loss, nn.SGD(model.parameters(), lr=0.1), backend="c")
    functions = [make() for make, _ in FUNCTIONS.values()]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert list(pool.map(slope, [1.0, 2.0])) == [5.0, 7.0]
        results = [pool.submit(f, 2.0).result() for f in functions]
        assert results == [expected for _, expected in FUNCTIONS.values()]
        assert pool.submit(step_of, step).result() == step_of(step)


def test_cloudpickle_takes_what_was_written_on_the_spot():
    """Also from __main__, where pickle only knows names: a fresh process has another __main__."""
    pytest.importorskip("cloudpickle")
    script = (
        "import sys, cloudpickle, tinygrad_edu as tg\n"
        "@tg.jit\n"
        "def double(x):\n    return 2 * x\n"
        "k = 5.0\n"
        "functions = [double, tg.jit(lambda x: k * x), tg.jit(lambda x: tg.grad(double)(x) * x, backend='c')]\n"
        "sys.stdout.buffer.write(cloudpickle.dumps(functions))\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    double, five, third = pickle.loads(run.stdout)
    for _ in range(2):
        assert (double(3.0), five(3.0), third(3.0)) == (6.0, 15.0, 6.0)
    local = jit(lambda x: x * len(run.stdout))
    import cloudpickle  # noqa: PLC0415 - it is optional

    assert pickle.loads(cloudpickle.dumps(local))(1.0) == len(run.stdout)
