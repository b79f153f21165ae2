"""Batches as one buffer of floats: arrays of float64 as they are, what else holds numbers after one conversion."""

import itertools
from array import array
from typing import Any

PLAIN = frozenset([float, int])


def is_float_buffer(x: object) -> bool:
    """Whether it is a buffer of float64 without gaps, of one or two dimensions, with something in it."""
    try:
        view = memoryview(x)  # type: ignore[arg-type]  # the TypeError is caught
    except TypeError:
        return False
    return view.format == "d" and view.c_contiguous and view.ndim in {1, 2} and view.nbytes > 0


def packed(rows: Any) -> Any:
    """Rows as a buffer of floats: numbers, or lists or tuples of as many each. None if they are anything else.

    A buffer of floats is returned as it is, without a copy. Ints become floats, if a float holds them.
    """
    if is_float_buffer(rows):
        return rows
    if hasattr(rows, "astype"):
        fits = rows.dtype.kind in "iuf" and rows.ndim in {1, 2} and rows.size > 0
        return rows.astype("d", "C") if fits else None
    if isinstance(rows, array) and rows and rows.typecode != "u":
        return array("d", rows)
    return _of_sequence([*rows]) if type(rows) in {list, tuple} and rows else None


def packed_or_not(rows: Any) -> Any:
    """The buffer, or the rows themselves where there is none."""
    buffer = packed(rows)
    return rows if buffer is None else buffer


def _of_sequence(rows: list[Any]) -> "memoryview[Any] | None":
    if hasattr(rows[0], "dtype"):  # of arrays, or of their numbers
        rows = [row.tolist() if hasattr(row, "tolist") else row for row in rows]
    kinds, size = {*map(type, rows)}, 0
    if kinds <= {list, tuple}:
        size = len(rows[0])
        if len(kinds) > 1 or {*map(len, rows)} != {size} or size == 0:
            return None
        rows = [*itertools.chain.from_iterable(rows)]
        kinds = {*map(type, rows)}
    if not kinds <= PLAIN:
        return None
    try:
        numbers = array("d", rows)
    except OverflowError:
        return None
    if int in kinds and any(x != y for x, y in zip(numbers, rows, strict=True) if type(y) is int):
        return None  # an int that no float holds
    view: memoryview[Any] = memoryview(numbers)
    return view.cast("B").cast("d", [len(rows) // size, size]) if size else view
