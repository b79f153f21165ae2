"""Eight threads that Python switches between as often as it can: every sum is right."""

import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction

import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value, datasets, nn
from tinygrad_edu.core import turns

THREADS = 8


@pytest.fixture(autouse=True)
def _switching_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def in_threads(work: Callable[[int], object]) -> list[object]:
    """What the work gives in each thread; an error in one of them is raised."""
    results: list[object] = [None] * THREADS
    start = threading.Barrier(THREADS)

    def run(i: int) -> None:
        start.wait()
        try:
            results[i] = work(i)
        except Exception as error:
            results[i] = error

    threads = [threading.Thread(target=run, args=(i,)) for i in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in results:
        if isinstance(each, Exception):
            raise each
    return results


def test_leaves_that_all_threads_share_get_every_sum() -> None:
    x, y = Value(2.0), Value(3.0)

    def work(i: int) -> None:
        for _ in range(60):
            ((x * y + x) * (i + 1)).backward()

    in_threads(work)
    assert x.grad == 60 * 36 * 4.0
    assert y.grad == 60 * 36 * 2.0


def test_one_graph_that_all_threads_walk_gets_every_sum() -> None:
    x = Value(2.0)
    out = x
    for _ in range(50):
        out = out + x
    in_threads(lambda _: [out.backward() for _ in range(40)])
    assert x.grad == THREADS * 40 * 51.0
    assert out.grad == 1.0


def test_the_test_sees_sums_that_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without turns some are lost: not in every run, so several are made."""

    class NoLock:
        def __enter__(self) -> None: ...

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(turns, "lock", NoLock())
    for _ in range(200):
        try:
            test_leaves_that_all_threads_share_get_every_sum()
            test_one_graph_that_all_threads_walk_gets_every_sum()
        except (AssertionError, TypeError):
            return
    pytest.skip("this machine switches threads too seldom to lose a sum")


def test_separate_graphs_transforms_and_training_give_in_each_thread_what_they_give_alone() -> None:
    def f(x: Value, y: Value) -> Value:
        return tg.tanh(x * y) + x / (1 + y * y)

    def work(i: int) -> object:
        rng = random.Random(i)
        points = [(rng.uniform(-1, 1), rng.uniform(-1, 1)) for _ in range(5)]
        found: list[object] = [(tg.grad(f, (0, 1))(*at), tg.grad(tg.grad(f))(*at), tg.hessian(f)(*at)) for at in points]
        model = nn.MLP(2, [3, 1], seed=i)
        history = tg.fit(model, datasets.xor(), epochs=6, progress=False, backend="eager")
        staged = tg.jit(tg.grad(f))
        return [*found, history.loss, [p.data for p in model.parameters()], staged(0.5, 0.25)]

    assert in_threads(work) == [work(i) for i in range(THREADS)]


def test_a_pass_within_a_pass_of_the_same_thread() -> None:
    class Nosy(Fraction):
        def __mul__(self, other: object) -> "Nosy":  # type: ignore[override]
            (inner * inner).backward()
            return Nosy(Fraction(self) * Fraction(str(other)))

        __rmul__ = __mul__

    inner, x = Value(3.0), Value(Nosy(2.0))
    product = x * x * x
    inner.zero_grad()
    product.backward()
    assert inner.grad >= 6.0
    assert x.grad == 12


FORK = """
import os, signal, sys, threading
from tinygrad_edu import Value
from tinygrad_edu.core import turns

held, done = threading.Event(), threading.Event()

def hold():
    with turns.lock:
        held.set()
        done.wait()

threading.Thread(target=hold).start()
held.wait()
child = os.fork()
if not child:
    signal.alarm(30)  # it would wait for ever
    x = Value(3.0)
    (x * x).backward()
    os._exit(int(x.grad))
done.set()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 6)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_process_that_is_forked_in_the_middle_of_anothers_pass_goes_on() -> None:
    run = subprocess.run([sys.executable, "-W", "ignore", "-c", FORK], capture_output=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr


def test_the_lock_of_a_forked_process_is_a_new_one() -> None:
    before = turns.lock
    try:
        turns._renew()
        assert turns.lock is not before
        assert turns.lock.acquire(blocking=False)
    finally:
        turns.lock = before
