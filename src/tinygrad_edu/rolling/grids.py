"""What is regular in a list of vectors of whole numbers: arithmetic rows, and rows of such rows.

A row is start, start + step, start + 2·step, …; rows with equal steps and lengths, whose starts are a row again, are a
grid of two dimensions, and so on. The list is cut greedily, in its order.
"""

import math
from collections.abc import Sequence
from operator import sub
from typing import NamedTuple, TypeAlias

Vector: TypeAlias = tuple[int, ...]
DEEPEST = 3  # dimensions


class Grid(NamedTuple):
    """Vectors in the order of a nested loop: `extents` and `steps` go from the outermost loop to the innermost."""

    start: Vector
    extents: tuple[int, ...] = ()
    steps: tuple[Vector, ...] = ()

    @property
    def size(self) -> int:
        """How many vectors."""
        return math.prod(self.extents)


def grids(vectors: Sequence[Vector]) -> list[Grid]:
    """The vectors as consecutive grids.

    >>> [grid.extents for grid in grids([(0,), (1,), (2,), (10,), (11,), (12,), (5,)])]
    [(2, 3), ()]
    """
    found = [Grid(vector) for vector in vectors]
    for _ in range(DEEPEST):
        before = len(found)
        found = _joined(found)
        if len(found) == before:
            break
    return found


def _joined(items: list[Grid]) -> list[Grid]:
    """Equal grids whose starts are a row, joined."""
    found: list[Grid] = []
    i, n = 0, len(items)
    while i < n:
        start, extents, steps = items[i]
        j = i + 1
        if j < n and _alike(items[i], items[j]):
            step = _between(items[i], items[j])
            j += 1
            while j < n and _alike(items[i], items[j]) and _between(items[j - 1], items[j]) == step:
                j += 1
            if j == i + 2 and _is_row(items[i + 1 : i + 4]):  # the second belongs to a row that begins with it
                j = i + 1
            else:
                extents, steps = (j - i, *extents), (step, *steps)
        found.append(Grid(start, extents, steps))
        i = j
    return found


def _alike(a: Grid, b: Grid) -> bool:
    return a.extents == b.extents and a.steps == b.steps


def _between(a: Grid, b: Grid) -> Vector:
    return tuple(map(sub, b.start, a.start))


def _is_row(items: list[Grid]) -> bool:
    return (
        len(items) == 3
        and all(_alike(items[0], each) for each in items)
        and _between(items[0], items[1]) == _between(items[1], items[2])
    )
