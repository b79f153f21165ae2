"""What is read where it is, what is packed, and what is handed to the program in Python instead."""

import ctypes
import shutil
import struct
from array import array

import numpy as np
import pytest

from tinygrad_edu.native.compiled import _rows, each_row, found_in, is_buffer
from tinygrad_edu.staging import jit
from tinygrad_edu.trees.tree import LEAF, flatten

cc = pytest.mark.skipif(not shutil.which("cc"), reason="needs a C compiler")
PAIR = flatten([1.0, 2.0])[1]
TABLE = np.arange(12.0).reshape(6, 2)
WHOLE = memoryview(TABLE.tobytes()).cast("B").cast("d", [6, 2])
FOUND = {  # rows of two numbers
    "an array": (TABLE, 6),
    "some of its rows": (TABLE[:3], 3),
    "one row": (TABLE[5:], 1),
    "a view that cannot be written": (WHOLE, 6),
}
NOT_FOUND = {
    "float32": TABLE.astype("f"),
    "ints": TABLE.astype("i8"),
    "every second row": TABLE[::2],
    "columns first": np.asfortranarray(TABLE),
    "float32, every second row": TABLE.astype("f")[::2],
    "rows of three": np.zeros((4, 3)),
    "numbers": np.zeros(6),
    "no rows": np.zeros((0, 2)),
    "one number": np.array(1.0),
    "three dimensions": np.zeros((2, 2, 2)),
    "a list": [[1.0, 2.0]],
    "bytes": b"12345678",
}


@pytest.mark.parametrize("name", FOUND)
def test_buffers_of_rows_are_read_where_they_are(name):
    buffer, rows = FOUND[name]
    count, place, _ = found_in(PAIR)(buffer)
    assert count == rows
    assert is_buffer(buffer, PAIR)
    numbers = [x for row in buffer.tolist() for x in row]
    if isinstance(place, bytes):
        assert struct.unpack(f"{len(numbers)}d", place) == tuple(numbers)
    else:
        assert [*(ctypes.c_double * len(numbers)).from_address(place)] == numbers
        assert place == np.asarray(buffer).ctypes.data, "no copy"


@pytest.mark.parametrize("name", NOT_FOUND)
def test_other_things_are_no_buffer_of_rows(name):
    assert found_in(PAIR)(NOT_FOUND[name]) is None
    assert not is_buffer(NOT_FOUND[name], PAIR)


def test_buffers_of_numbers():
    assert found_in(LEAF)(array("d", [1.0, 2.0]))[0] == 2
    assert found_in(LEAF)(TABLE) is None
    assert found_in(LEAF)(array("f", [1.0, 2.0])) is None
    assert found_in(LEAF)(array("d")) is None


@pytest.mark.parametrize(
    ("rows", "numbers"),
    [
        ([1.0, 2.0], [1.0, 2.0]),
        ([[1.0, 2.0], [3.0, 4.0]], [1.0, 2.0, 3.0, 4.0]),
        ([(1.0, 2.0)], [1.0, 2.0]),
        ([{"a": 1.0, "b": [2.0, 3.0]}, {"a": 4.0, "b": [5.0, 6.0]}], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        ([[[1.0], [2.0]]], [1.0, 2.0]),
        ([{"a": 1.0}, {"b": 1.0}], None),
        ([[1.0, 2.0], [3.0]], None),
        ([[1.0], [[3.0]]], None),
    ],
)
def test_lists_are_packed(rows, numbers):
    """Into the bytes of their numbers; None where a row is of another structure than the first."""
    of_list = _rows(flatten(rows[0])[1])
    if numbers is None:
        with pytest.raises((ValueError, struct.error)):
            of_list(rows)
    else:
        count, packed, kept = of_list(rows)
        assert (count, struct.unpack(f"{len(numbers)}d", packed)) == (len(rows), tuple(numbers))
        assert kept is packed


@cc
@pytest.mark.parametrize("count", [1, 2])
def test_a_program_for_each_row(count):
    """Of arrays of one number and of two; not where numbers are missing."""
    ours = jit(lambda p, x, y: (p[0] * x[0] + x[1], y - p[-1]), backend="c")
    kept = array("d", [2.0, 5.0][:count])
    ours(list(kept), [1.0, 2.0], 3.0)
    rows = [memoryview(TABLE), memoryview(array("d", range(6)))]
    expected = [x for (a, b), y in zip(TABLE.tolist(), range(6), strict=True) for x in (2.0 * a + b, y - kept[-1])]
    assert each_row(ours.trace, kept, rows) == expected
    assert each_row(ours.trace, [*kept], rows) is None, "no array"
    assert each_row(ours.trace, array("d", [*kept, 1.0]), rows) is None, "too many numbers"
    assert each_row(ours.trace, kept, [rows[1], rows[1]]) is None, "other rows"
    assert each_row(ours.trace, kept, [memoryview(np.full((6, 2), np.inf)), rows[1]]) is None, "not finite"
