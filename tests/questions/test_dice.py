"""Dice: within their bounds, without repeats, and the same wherever they are thrown."""

import os
import subprocess
import sys
from collections import Counter

from tinygrad_edu.questions import Dice


def test_whole_numbers_stay_in_their_range_and_leave_out_0_inside_it():
    dice = Dice("x")
    assert Counter(dice.whole(-2, 2) for _ in range(400)).keys() == {-2, -1, 1, 2}
    assert Counter(dice.whole(0, 2) for _ in range(400)).keys() == {0, 1, 2}


def test_several_are_different_and_shuffled_loses_nothing():
    dice = Dice("x")
    for _ in range(100):
        assert len(set(dice.several(4, -3, 3))) == 4
        assert sorted(dice.shuffled([3, 1, 2, 2])) == [1, 2, 2, 3]


def test_the_numbers_are_those_that_python_promises():
    dice = Dice("tinygrad-edu")
    assert [dice.pick(range(1000)) for _ in range(6)] == [700, 147, 689, 545, 33, 441]


def test_another_process_with_other_hashes_throws_the_same():
    code = "from tinygrad_edu.questions import Dice; d = Dice('3/7'); print([d.whole(-9, 9) for _ in range(9)])"
    thrown = {
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(thrown) == 1
