"""Nests stand after those that they use, and share their loops where they can."""

import os
import subprocess
import sys

import pytest

from tinygrad_edu.rolling.families import Ref
from tinygrad_edu.rolling.nests import Nest, Statement, joined
from tinygrad_edu.rolling.schedule import Rounds, arranged
from tinygrad_edu.rolling.shapes import Unrollable
from tinygrad_edu.symbols.symbol import RowLoop


def nest(target, *slots, extents=(4,), block=()):
    return Nest(extents, [Statement("=", target, 0, list(slots))], block)


def ref(name, *steps, start=0):
    return Ref(name, start, steps or (1,))


def test_what_is_used_comes_first():
    last, first = nest(ref("b", start=9), ref("a", start=3)), nest(ref("a"))
    assert arranged([last, first]) == [first, last]


def test_neighbours_share_their_loops():
    (both,) = arranged([nest(ref("b"), ref("a")), nest(ref("a"), ref("x")), nest(ref("c"), ref("b"))])
    assert [each.target.source for each in both.statements] == ["a", "b", "c"]


def test_what_another_round_made_is_not_there_yet():
    assert joined(nest(ref("a")), nest(ref("b"), ref("a", start=1))) is None
    assert joined(nest(ref("a")), nest(ref("b"), ref("a", 2))) is None


def test_a_single_loop_is_cut_into_two():
    both = joined(nest(ref("a"), ref("x"), extents=(6,)), nest(ref("b", 5, 1), ref("a", 3, 1), extents=(2, 3)))
    assert both.extents == (2, 3)
    assert both.statements[0].slots == [ref("x", 3, 1)]
    assert joined(nest(ref("a", 3, 1), extents=(2, 3)), nest(ref("b", 2, 1), extents=(3, 2))) is None


def test_two_families_of_an_array_share_loops():
    both = joined(nest(ref("out")), nest(ref("out", start=4), ref("x")))
    assert len(both.statements) == 2


def test_a_loop_over_rows_stands_between_what_it_needs_and_what_needs_it():
    loop = RowLoop(())
    after, inside, before = nest(ref("c"), ref("b")), nest(ref("b"), ref("a"), block=(loop,)), nest(ref("a"))
    first, rounds, last = arranged([after, inside, before])
    assert (first, last) == (before, after)
    assert isinstance(rounds, Rounds)
    assert rounds.body == [inside]


def test_nests_that_wait_for_each_other_have_no_order():
    with pytest.raises(Unrollable):
        arranged([nest(ref("a"), ref("b")), nest(ref("b"), ref("a"))])


def test_the_nests_of_a_recurrence_are_repeated_equally_often():
    every = [nest(ref("a")), nest(ref("b"))]
    for i, each in enumerate(every):
        each.run, each.repeats = 0, 5 + i
    with pytest.raises(Unrollable):
        arranged(every)


def test_a_program_is_the_same_in_every_process() -> None:
    """Whatever the order of sets of texts, which Python changes from process to process."""
    code = "from tinygrad_edu.explorables.lesson_programs import DEEP, network; print(network(*DEEP))"
    texts = [
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in "12"
    ]
    assert texts[0] == texts[1] != b""
