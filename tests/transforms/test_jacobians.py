"""Jacobians and Hessians."""

import math
from typing import NamedTuple

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.transforms.functions import cube, product, two
from tinygrad_edu.transforms import (
    hessian,
    jacobian,
    jvp,
)


class Point(NamedTuple):
    x: float
    y: float


MODES = [None, "forward", "reverse"]


each_mode = pytest.mark.parametrize("mode", MODES)


@each_mode
def test_jacobian_has_the_result_s_shape_over_the_argument_s(mode):
    assert jacobian(two, mode=mode)([2.0, 5.0]) == [[5.0, 2.0], [1.0, 1.0]]
    f = lambda p: {"u": p.x * p.y, "v": (p.x, 1.0)}  # noqa: E731
    assert jacobian(f, mode=mode)(Point(2.0, 5.0)) == {"u": Point(5.0, 2.0), "v": (Point(1.0, 0.0), Point(0.0, 0.0))}
    assert jacobian(product, (0, 1), mode=mode)(2.0, 5.0) == (5.0, 2.0)
    assert jacobian(cube, mode=mode)(2.0) == 12.0


@each_mode
def test_jacobian_of_nothing_is_empty(mode):
    assert jacobian(lambda x: [], mode=mode)([1.0]) == []
    assert jacobian(lambda x: [1.0, 2.0], mode=mode)([]) == [[], []]


@pytest.mark.parametrize(
    ("f", "x", "calls"),
    [(lambda x: [x[0], x[0], x[1]], [1.0, 2.0], 1), (lambda x: x[0] + x[1], [1.0, 2.0], 1)],
)
def test_jacobian_left_to_choose_runs_the_function_once(f, x, calls):
    seen = []
    jacobian(lambda x: seen.append(1) or f(x))(x)
    assert len(seen) == calls


def test_jacobian_told_to_go_forward_runs_the_function_once_for_each_input():
    seen = []
    jacobian(lambda x: seen.append(1) or two(x), mode="forward")([1.0, 2.0])
    assert len(seen) == 2


def test_jacobian_refuses_other_modes():
    with pytest.raises(ValueError, match='jacobian mode \'backward\': it is "forward", "reverse" or None'):
        jacobian(two, mode="backward")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_all_modes_give_the_same_jacobian_whatever_its_shape(mode, size):
    def f(x):
        return [tg.sin(a * b) for a in x for b in (1.0, *x)][: 2 * size - 1]

    x = [0.3 * (i + 1) for i in range(3)]
    for row, right in zip(jacobian(f, mode=mode)(x), jacobian(f, mode="forward")(x), strict=True):
        assert row == pytest.approx(right, rel=1e-14)


def test_hessian_is_symmetric_and_right():
    assert hessian(lambda x: x[0] * x[1] ** 2)([2.0, 5.0]) == [[0.0, 10.0], [10.0, 4.0]]
    assert hessian(lambda x, y: x * y**2, (0, 1))(2.0, 5.0) == ((0.0, 10.0), (10.0, 4.0))
    assert hessian(cube)(2.0) == 12.0


@each_mode
def test_an_infinite_slope_stays_in_its_own_column_and_row(mode):
    f = lambda x: [x[0] + tg.sqrt(x[1]), 3 * x[0]]  # noqa: E731
    assert jacobian(f, mode=mode)([2.0, 0.0]) == [[1.0, math.inf], [3.0, 0.0]]
    assert jvp(f, ([2.0, 0.0],), ([1.0, 0.0],)) == ([2.0, 6.0], [1.0, 3.0])


@pytest.mark.parametrize("mode", MODES)
def test_value_and_jacobian_come_from_one_call(mode):
    assert tg.value_and_jacobian(two, mode=mode)([2.0, 5.0]) == ([10.0, 7.0], [[5.0, 2.0], [1.0, 1.0]])
    with pytest.raises(ValueError, match="value_and_jacobian mode 'both'"):
        tg.value_and_jacobian(two, mode="both")


@pytest.mark.parametrize("mode", MODES)
def test_what_is_handed_on_comes_along_as_numbers(mode):
    def f(x):
        y = x[0] * x[1]
        return [y, x[0]], {"y": y, "note": "text", "array": np.array([x[0], y])}

    slopes, aux = jacobian(f, mode=mode, has_aux=True)([2.0, 5.0])
    assert slopes == [[5.0, 2.0], [1.0, 0.0]]
    assert (aux["y"], aux["note"], type(aux["y"])) == (10.0, "text", float)
    (value, more), again = tg.value_and_jacobian(f, mode=mode, has_aux=True)([2.0, 5.0])
    assert (value, again, more["y"]) == ([10.0, 2.0], slopes, 10.0)
    assert tg.jacfwd(f, has_aux=True)([2.0, 5.0])[0] == tg.jacrev(f, has_aux=True)([2.0, 5.0])[0] == slopes


def test_a_hessian_hands_on_too():
    assert hessian(lambda x: (x**3, x + 1), has_aux=True)(2.0) == (12.0, 3.0)


def test_results_that_are_partly_no_numbers_keep_the_rest():
    f = lambda x: {"loss": x**2, "name": "square"}  # noqa: E731
    for mode in MODES:
        assert jacobian(f, mode=mode)(3.0) == {"loss": 6.0, "name": "square"}
