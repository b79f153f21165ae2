"""Constants of lines that are alike: one number, counted numbers, or a table."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from tinygrad_edu.rolling.families import Counted, Literal, Ref, Table, constant, row_major


def read(slot, rounds):
    """The number in the place of a slot."""
    if isinstance(slot, Literal):
        return slot.value
    at = slot.start + sum(step * i for step, i in zip(slot.steps, rounds, strict=True))
    return float(at) if isinstance(slot, Counted) else slot.source.values[at]


@given(st.lists(st.sampled_from([0.0, -0.0, 1.0, 2.0, 0.5]), min_size=12, max_size=12))
def test_every_round_gets_its_own_constant(values):
    slot = constant(values, (2, 3, 2))
    for value, rounds in zip(values, itertools.product(range(2), range(3), range(2)), strict=True):
        assert repr(read(slot, rounds)) == repr(value)


def test_whole_numbers_are_counted():
    assert constant([float(10 * i + 2 * j + 3) for i in range(3) for j in range(4)], (3, 4)) == Counted(3, (10, 2))


def test_the_same_along_a_loop_is_no_part_of_the_table():
    assert constant([0.5, 0.1] * 3, (3, 2)) == Ref(Table((0.5, 0.1)), 0, (0, 1))
    assert constant([0.5, 0.5, 0.1, 0.1], (2, 2)) == Ref(Table((0.5, 0.1)), 0, (1, 0))


def test_zeros_keep_their_sign():
    assert constant([-0.0, -0.0], (2,)) == Literal(-0.0)
    assert str(constant([0.0, -0.0], (2,)).source.values) == "(0.0, -0.0)"


def test_row_major():
    assert row_major((2, 3, 5)) == (15, 5, 1)
    assert row_major(()) == ()
