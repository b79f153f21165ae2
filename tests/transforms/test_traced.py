"""A function's graph at a point: levels, closures, threads, long chains, and what is left behind."""

import functools
import math
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import tinygrad_edu as tg
from tests.transforms.functions import cube, two
from tinygrad_edu import Value, no_grad
from tinygrad_edu.staging import jit
from tinygrad_edu.transforms import (
    derivative,
    grad,
    hessian,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)
from tinygrad_edu.transforms.traced import Traced


def test_closures_over_outer_variables():
    """The classic test for perturbation confusion: d/dx [x · d/dy (x + y)] = 1."""
    for outer in (grad, derivative):
        for inner in (grad, derivative):
            assert outer(lambda x, inner=inner: x * inner(lambda y: x + y)(1.0))(1.0) == 1.0
            assert outer(lambda x, inner=inner: x * inner(lambda y: x * y)(2.0))(3.0) == 6.0
            assert outer(lambda x, inner=inner: inner(lambda y: x**2 * y**3)(x))(2.0) == 3 * 4 * 2.0**3
    assert jvp(lambda x: x * jvp(lambda y: x + y, (1.0,), (1.0,))[1], (1.0,), (1.0,))[1] == 1.0
    assert grad(lambda x: x * vjp(lambda y: x + y, 1.0)[1](1.0)[0])(1.0) == 1.0
    assert grad(lambda x: x * vjp(lambda y: x + y, 1.0)[1](x)[0])(3.0) == 6.0


def test_a_function_applied_to_its_own_transform():
    """(D (λx. x·(D (λy. x·y·y)) x)) at 2: inner derivative 2xy at y = x is 2x², so d/dx 2x³ = 24."""
    assert grad(lambda x: x * grad(lambda y: x * y * y)(x))(2.0) == 24.0


def test_values_are_differentiated_through():
    x = Value(2.0)
    gradient = grad(cube)(x)
    assert gradient.data == 12.0
    gradient.backward()
    assert x.grad == 12.0
    y = Value(5.0)
    value, slope = value_and_grad(lambda x: x * y)(3.0)
    (value + slope).backward()
    assert (value.data, slope.data, y.grad) == (15.0, 5.0, 4.0)


def test_transforms_leave_the_gradients_of_outer_values_alone():
    w = Value(5.0)
    assert grad(lambda x: w * x * x)(2.0).data == 20.0
    assert w.grad is tg.engine.NOT_COMPUTED


def test_a_pull_back_may_be_used_inside_another_transform():
    _, pull_back = vjp(lambda x: [x**2, x**3], 2.0)
    assert grad(lambda s: pull_back([s, s * s])[0])(3.0) == 4.0 + 12 * 2 * 3.0
    assert derivative(lambda s: pull_back([s, s * s])[0], 2)(3.0) == 24.0


def test_an_exception_leaves_everything_as_it_was():
    for transform in (grad, value_and_grad, jacobian, hessian, derivative):
        with pytest.raises(tg.DomainError):
            transform(tg.log)(-1.0)
    with pytest.raises(tg.DomainError):
        grad(grad(tg.log))(-1.0)
    with pytest.raises(tg.DomainError):
        jvp(tg.log, (-1.0,), (1.0,))
    assert grad(grad(tg.log))(1.0) == -1.0


def test_a_failed_pull_back_can_be_repeated():
    _, pull_back = vjp(lambda x: x * 2.0, 1)
    with pytest.raises(OverflowError):
        pull_back(10**400)
    assert pull_back(1) == (2.0,)


def test_values_kept_from_a_transform_that_is_over_are_refused_as_arguments():
    kept = []
    grad(lambda x: kept.append(x) or x * x)(2.0)
    with pytest.raises(TypeError, match=r"cube was given Value.* kept from inside a transform that is over"):
        grad(cube)(kept[0])


def test_inside_no_grad_transforms_work():
    with no_grad():
        assert grad(cube)(2.0) == 12.0
        assert derivative(cube, 2)(2.0) == 12.0
        assert jacobian(two)([2.0, 5.0]) == [[5.0, 2.0], [1.0, 1.0]]
        assert hessian(cube)(2.0) == 12.0
        assert vjp(cube, 2.0)[1](1.0) == (12.0,)


def test_what_no_grad_encloses_is_a_constant_to_transforms_outside():
    def f(x):
        with no_grad():
            slope = grad(cube)(x)
            rate = jvp(cube, (x,), (1.0,))[1]
            row = jacobian(lambda v: [v[0] ** 3, v[0]])([x])[0][0]
            pulled = vjp(cube, x)[1](1.0)[0]
            squared, aux = grad(lambda y: (y * x, x * x), has_aux=True)(x)
        return x * (slope + rate + row + pulled + squared + aux)

    at_2 = 4 * 12.0 + 2.0 + 4.0
    assert grad(f)(2.0) == at_2
    assert derivative(f)(2.0) == at_2
    x = Value(2.0)
    with no_grad():
        assert grad(cube)(x).parents == ()


def test_no_grad_inside_makes_constants():
    def f(x):
        with no_grad():
            y = x * x
        return x * y

    assert (grad(f)(3.0), derivative(f)(3.0), jacobian(f)(3.0)) == (9.0, 9.0, 9.0)


def test_several_threads_at_once():
    def work(k):
        f = lambda x: x**k  # noqa: E731
        return [grad(grad(f))(2.0) + derivative(f, 2)(2.0) + hessian(f)(2.0) for _ in range(20)]

    with ThreadPoolExecutor(8) as pool:
        for k, results in zip(range(2, 18), pool.map(work, range(2, 18)), strict=True):
            assert results == pytest.approx([3 * k * (k - 1) * 2.0 ** (k - 2)] * 20)


@pytest.mark.parametrize("outer", [grad, derivative])
@pytest.mark.parametrize("inner", [grad, derivative])
def test_an_inner_transform_may_run_in_another_thread(outer, inner):
    def f(x):
        with ThreadPoolExecutor(1) as pool:
            return x * pool.submit(inner(lambda y: x * y * y), x).result()

    assert outer(f)(2.0) == 24.0


def test_a_pull_back_may_be_called_from_several_threads():
    size = 50
    _, pull_back = vjp(lambda x: [tg.sum([x[i] * x[i] * k for k in range(1, 20)]) for i in range(size)], [1.0] * size)
    start = threading.Barrier(4)

    def work(i):
        start.wait(10)
        seeds = [0.0] * size
        seeds[i] = 1.0
        return [pull_back(seeds)[0] for _ in range(30)]

    with ThreadPoolExecutor(4) as pool:
        for i, results in enumerate(pool.map(work, range(4))):
            assert results == [[380.0 if j == i else 0.0 for j in range(size)]] * 30


def test_a_chain_of_100_000_operations():
    def f(x):
        y = x
        for _ in range(100_000):
            y = y + 1.0
        return y * x

    assert grad(f)(1.0) == 100_002.0
    assert derivative(f)(1.0) == 100_002.0


def test_a_long_chain_pushed_through():
    def f(x):
        return functools.reduce(lambda y, _: y + 1.0, range(20_000), x)

    assert jacobian(lambda x: [f(x), x, x])(1.0) == [1.0, 1.0, 1.0]


def test_staged_gradients_go_by_the_labels_of_the_values_they_belong_to():
    def f(x, y):
        area = x * y
        area.label = "area"
        return tg.sin(area) * tg.cos(area)

    staged = jit(grad(f))
    assert staged(2.0, 3.0) == pytest.approx(3 * math.cos(12.0))
    assert "area = x * y" in staged.source
    beside_a_number = jit(lambda x: grad(lambda x, y: x * y, (0, 1))(x, 3.0))
    assert beside_a_number(2.0) == (3.0, 2.0)


# --- which way is walked, and how often ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "outputs", "mode", "forth", "back"),
    [
        (1, 3, None, 1, 0),
        (2, 3, None, 2, 0),
        (3, 3, None, 0, 3),
        (3, 1, None, 0, 1),
        (0, 2, None, 0, 2),
        (1, 3, "reverse", 0, 3),
        (2, 0, None, 0, 0),
    ],
)
def test_a_graph_is_walked_the_way_that_takes_fewer_walks(inputs, outputs, mode, forth, back, monkeypatch):
    """Of x + 2y + … times 1, 2, …: the same derivatives either way."""
    walks = []
    for name in ("push", "pull"):
        own = getattr(Traced, name)
        monkeypatch.setattr(Traced, name, lambda self, x, own=own, name=name: walks.append(name) or own(self, x))
    graph = Traced(
        lambda *xs: [(k + 1) * sum((i + 1) * x for i, x in enumerate(xs)) for k in range(outputs)], [1.0] * inputs
    )
    assert graph.rows(mode) == [[float((k + 1) * (i + 1)) for i in range(inputs)] for k in range(outputs)]
    assert (walks.count("push"), walks.count("pull")) == (forth, back)


def test_a_result_with_the_seed_0_takes_no_part():
    graph = Traced(lambda x, y: [tg.sqrt(x), x * y, 7.0], [0.0, 3.0])
    assert graph.pull([0, 1.0, 0.0]) == graph.pull([0.0, 1, 5.0]) == [3.0, 0.0]
    assert graph.pull([2.0, 0, 0]) == [math.inf, 0.0]
    assert graph.pull([0, 0, 0]) == [0.0, 0.0]
    assert graph.push(1) == [0.0, 0.0, 0.0]
    assert graph.push(0)[1:] == [3.0, 0.0]
