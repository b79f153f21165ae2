"""Counts and sizes at which staging does something else: at the border and beside it."""

import pytest

import tinygrad_edu as tg
from tinygrad_edu.staging import jit, staged
from tinygrad_edu.staging.held import state
from tinygrad_edu.symbols.symbol import StagingError


def test_programs_of_64_structures_are_kept():
    """The one goes that was not asked for the longest."""
    runs = []

    def summed(xs):
        runs.append(len(xs))
        return tg.sum(xs)

    ours = jit(summed)
    for n in [*range(1, 65), 1]:
        ours([1.0] * n)
    assert len(runs) == len(ours.traces) == 64
    assert repr(ours) == "<summed, staged: 64 programs>"
    ours([1.0] * 65)  # in the place of 2, since 1 was asked for just now
    ours([1.0])
    assert len(runs) == 65
    ours([1.0, 1.0])
    assert runs[64:] == [65, 2]
    assert len(ours.traces) == 64


def test_one_program_is_one_program():
    ours = jit(lambda x: x)
    assert repr(ours) == "<f, staged: 0 programs>"
    ours(1.0)
    assert repr(ours) == "<f, staged: 1 program>"


@pytest.mark.parametrize("last", [9_998, 9_999])
def test_after_how_many_rounds_a_fixed_point_gives_up(last):
    """From 0 up to a number, then one round more, in which it stays."""
    rounds = []

    def step(x):
        rounds.append(x)
        return x + 1.0 if x < last else x

    if last == 9_998:
        assert tg.fixed_point(step, 0.0) == 9_998.0
        assert len(rounds) == 9_999
    else:
        with pytest.raises(ArithmeticError, match=r"^fixed_point has not settled after 10,000 rounds: \[9999.0\], "):
            tg.fixed_point(step, 0.0)


@pytest.mark.parametrize(("step", "rounds"), [(0.9e-13, 1), (1.1e-13, 2)])
def test_how_little_a_settled_number_moves(step, rounds):
    """Of 1, it moves by so much in the first round and not at all in the second."""
    calls = []

    def moved(x):
        calls.append(x)
        return 1.0 + step

    assert tg.fixed_point(moved, 1.0) == 1.0 + step
    assert len(calls) == rounds


def test_how_much_a_thing_may_hold():
    """Lists are counted, the outermost too; what can never change is not."""
    assert state("it", [[] for _ in range(99_999)] + [1.0, "a"] * 3)
    with pytest.raises(TypeError, match=r"^it holds more than 100,000 things: give numbers as arguments of their own$"):
        state("it", [[] for _ in range(100_000)])


@pytest.mark.parametrize("depth", [80, 81])
def test_how_deep_choices_may_stand_in_each_other(depth):
    def nested(x, left):
        return x if left == 0 else tg.where(x > left, lambda: nested(x, left - 1) * 2.0, x)

    ours = jit(lambda x: nested(x, depth))
    if depth == 80:
        assert ours(100.0) == 100.0 * 2.0**80
    else:
        with pytest.raises(StagingError, match="where within where, 80 deep"):
            ours(100.0)


@pytest.mark.parametrize("n", [7, 8, 9])
@pytest.mark.parametrize("kind", [list, tuple])
def test_results_that_are_not_finite_are_noticed_at_any_place(n, kind):
    """However many there are: each by itself, or their sum."""
    calls = []

    def f(xs):
        calls.append(type(xs[0]))
        return kind([x * 2.0 for x in xs])

    ours = jit(f)
    ours([1.0] * n)
    for i in range(n):
        before = len(calls)
        result = ours([1e308 if k == i else 1.0 for k in range(n)])
        assert result == kind([float("inf") if k == i else 2.0 for k in range(n)])
        assert calls[before:] == [float], "the function itself"
    before = len(calls)
    assert ours([2.0] * n) == kind([4.0] * n)
    assert len(calls) == before


def test_of_a_loop_whose_state_begins_without_symbols_one_round_is_run_first():
    seen = []

    def power(x):
        def body(i, total):
            seen.append(i)
            return total * x + i

        return tg.fori_loop(2, 6, body, 1.0)

    assert tg.jit(power)(3.0) == (((3.0 + 2) * 3 + 3) * 3 + 4) * 3 + 5
    assert [i for i in seen if isinstance(i, int)] == [2, 3, 3], "the second is asked what it would give"
    assert len(seen) > 3


@pytest.mark.parametrize(("backend", "packs"), [("c", True), ("python", False)])
def test_only_for_c_a_batch_is_packed(backend, packs, monkeypatch):
    calls = []
    monkeypatch.setattr(staged, "packed", calls.append)
    f = tg.jit(lambda w, xs: tg.sum_over(lambda x: w * x, xs), batched=["xs"], backend=backend)
    assert f(2.0, [1.0, 2.0]) == 6.0
    assert bool(calls) == packs
