"""Arithmetic rows in lists of vectors, and rows of such rows."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from tinygrad_edu.rolling.grids import Grid, grids


def unrolled(grid):
    """The vectors of a grid, one after the other."""
    for rounds in itertools.product(*map(range, grid.extents)):
        yield tuple(
            x + sum(i * step[d] for i, step in zip(rounds, grid.steps, strict=True)) for d, x in enumerate(grid.start)
        )


def test_a_row():
    assert grids([(3, 0), (5, 1), (7, 2)]) == [Grid((3, 0), (3,), ((2, 1),))]


def test_rows_of_rows_are_one_grid():
    found = grids([(i, 10 * i + j) for i in range(4) for j in range(3)])
    assert found == [Grid((0, 0), (4, 3), ((1, 10), (0, 1)))]


def test_three_dimensions():
    assert [grid.extents for grid in grids([*itertools.product(range(2), range(3), range(4))])] == [(2, 3, 4)]


def test_rows_of_two_do_not_take_the_first_of_the_next_row():
    found = grids([(100,), (0,), (1,), (2,), (3,)])
    assert [grid.extents for grid in found] == [(), (4,)]


def test_vectors_that_do_not_change():
    assert grids([(1, 2)] * 5) == [Grid((1, 2), (5,), ((0, 0),))]


def test_nothing_regular():
    assert [grid.size for grid in grids([(0,), (1,), (5,), (7,), (100,)])] == [2, 2, 1]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=40))
def test_grids_are_the_vectors_in_their_order(vectors):
    assert [vector for grid in grids(vectors) for vector in unrolled(grid)] == vectors


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=40))
def test_sizes_are_the_numbers_of_vectors(vectors):
    found = grids(vectors)
    assert [grid.size for grid in found] == [len([*unrolled(grid)]) for grid in found]
