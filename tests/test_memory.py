"""Size of a node, graphs of a million nodes, and that reference counting alone frees them."""

import gc
import sys
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value

BYTES_PER_NODE = 130


pytestmark = pytest.mark.usefixtures("untraced")


@pytest.fixture(autouse=True)
def _no_garbage_collection() -> Iterator[None]:
    """Nothing here may need the collector, and none may raise the recursion limit."""
    gc.collect()
    gc.disable()
    limit = sys.getrecursionlimit()
    try:
        yield
    finally:
        gc.enable()
    assert sys.getrecursionlimit() == limit


def alive() -> int:
    return sum(1 for each in gc.get_objects() if issubclass(type(each), Value))


@pytest.mark.parametrize(
    "step",
    [lambda y, x: y * x, lambda y, x: y + x, lambda y, x: y - x, lambda y, _: y * 0.5, lambda y, _: 1.0 - y],
    ids=["y·x", "y + x", "y - x", "y·0.5", "1 - y"],
)
def test_a_binary_node_takes_at_most_130_bytes(step: Callable[[Value, Value], Value]) -> None:
    n = 20_000
    x = Value(0.999)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        y = x
        for _ in range(n):
            y = step(y, x)
        used = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert used / n <= BYTES_PER_NODE
    assert y.op


def test_a_chain_of_a_million_is_freed_without_the_collector() -> None:
    before = alive()
    x = Value(1.0)
    y = x
    for _ in range(1_000_000):
        y = y * 1.0
    y.backward()
    assert x.grad == 1.0
    del y
    assert alive() == before + 1


@pytest.mark.parametrize("wide", [tg.sum, tg.logsumexp, lambda xs: tg.dot(xs, [0.5, 0.5]), tg.prod, tg.max])
def test_a_chain_of_wide_nodes_is_freed(wide: Callable[[list[Value | float]], Value]) -> None:
    before = alive()
    y = Value(1.0)
    for _ in range(50_000):
        y = wide([y, 1.0])
    y.backward()
    del y
    assert alive() == before


def test_a_ladder_of_diamonds_is_freed() -> None:
    before = alive()
    y = Value(1.0)
    for _ in range(50_000):
        y = (y + y) * 0.5
    y.backward()
    y.zero_grad()
    del y
    assert alive() == before


def test_a_training_loop_keeps_nothing_alive() -> None:
    w = [Value(0.1), Value(-0.2)]
    before = alive()
    for step in range(50):
        loss = tg.mean((tg.tanh(tg.dot(w, [float(i), 1.0])) - 0.5) ** 2 for i in range(4))
        loss.backward()
        for p in w:
            p.data -= 0.1 * p.grad
            p.zero_grad()
        del loss
        assert alive() == before, f"step {step}"


def test_a_failed_operation_keeps_nothing_alive() -> None:
    x = Value(0.0)
    before = alive()
    for f in (tg.log, lambda x: 1 / x, lambda x: x**-1, lambda x: x + "a", lambda x: tg.sum([x * 1, "a"])):
        try:
            f(x)
        except (ValueError, ZeroDivisionError, TypeError):
            pass
        else:
            pytest.fail("no error")
    assert alive() == before


def test_an_interrupted_backward_keeps_nothing_alive() -> None:
    before = alive()
    y = Value(1) * 10**400 * 2
    with pytest.raises(OverflowError):
        y.backward(0.5)
    del y
    assert alive() == before
