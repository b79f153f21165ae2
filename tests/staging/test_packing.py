"""Batches as buffers of floats: without a copy where they are, by one conversion where they hold numbers."""

import array

import numpy as np
import pytest

from tinygrad_edu import Value
from tinygrad_edu.staging.packing import packed, packed_or_not

ROWS = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]


@pytest.mark.parametrize("rows", [np.array(ROWS), memoryview(np.array(ROWS)), array.array("d", ROWS[0])], ids=type)
def test_a_buffer_is_left_as_it_is(rows):
    assert packed(rows) is rows
    assert packed_or_not(rows) is rows


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        [*map(tuple, ROWS)],
        tuple(ROWS),
        [[1, 2], [3.0, 4], [5, 6]],
        [*np.array(ROWS)],
        [*np.array(ROWS, "i8")],
        np.array(ROWS, "f4"),
        np.array(ROWS, "i2"),
        np.asfortranarray(ROWS),
        np.repeat(np.array(ROWS), 2, axis=1)[:, ::2],
    ],
    ids=str,
)
def test_rows_become_one_buffer(rows):
    view = memoryview(packed(rows))
    assert (view.format, view.ndim, view.c_contiguous) == ("d", 2, True)
    assert view.tolist() == ROWS


@pytest.mark.parametrize(
    "column",
    [[1.0, 2.0], [1, 2], (1.0, 2), [*np.array([1, 2])], np.array([1, 2], "u1"), array.array("l", [1, 2])],
    ids=str,
)
def test_a_column_too(column):
    view = memoryview(packed(column))
    assert (view.format, view.ndim) == ("d", 1)
    assert view.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[]],
        [[1.0], [1.0, 2.0]],
        [[1.0], (1.0,)],
        [1.0, [1.0]],
        [True],
        ["a"],
        [Value(1.0)],
        [{"a": 1.0}],
        [[[1.0]]],
        [2**53 + 1],
        [10**400],
        "text",
        1.0,
        np.zeros(0),
        np.zeros((1, 1, 1)),
        np.array(["a"]),
        np.array([True]),
        array.array("u", "a"),
        array.array("d"),
        np.float64(1.0),
    ],
    ids=str,
)
def test_what_else_there_is_has_no_buffer(rows):
    assert packed(rows) is None
    assert packed_or_not(rows) is rows
