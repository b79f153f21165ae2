"""Arguments of staged functions: their structure decides the program, whatever they are made of."""

import array
import threading
from fractions import Fraction

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.staging.material import TREES
from tinygrad_edu import Value
from tinygrad_edu.staging import jit
from tinygrad_edu.transforms import grad, value_and_grad
from tinygrad_edu.transforms.dual import Dual
from tinygrad_edu.trees.tree import flatten, unflatten


def test_structure_decides_the_program():
    ours = jit(lambda xs: tg.sum(x * x for x in xs))
    assert [ours([2.0]), ours([2.0, 3.0]), ours((2.0,)), ours([5.0])] == [4.0, 13.0, 4.0, 25.0]
    assert ours([]) == 0.0
    assert jit(list)([]) == []  # type: ignore[call-arg]


@pytest.mark.parametrize("tree", TREES, ids=str)
def test_arguments_and_results_nest(tree):
    def double(t):
        leaves, structure = flatten(t)
        return unflatten(structure, [2 * x for x in leaves])

    ours = jit(double)
    slopes = jit(grad(lambda t: tg.sum(x * x for x in flatten(t)[0])))
    for _ in range(2):
        assert ours(tree) == slopes(tree) == double(tree)
        assert type(ours(tree)) is type(double(tree))


def test_what_is_no_number_is_fixed_in_the_program():
    def f(x, mode, flags=(True, None)):
        return x * x if mode == "square" and flags[0] else -x

    ours = jit(f)
    for _ in range(2):
        assert ours(3.0, "square") == 9.0
        assert ours(3.0, "minus") == -3.0
        assert ours(3.0, "square", (False, None)) == -3.0
        assert ours(3.0, "square", (True, None)) == 9.0
    assert jit(lambda f, x: f(x))(tg.exp, 0.0) == 1.0
    assert jit(lambda xs: xs[1] if xs[0] else 0.0)([True, 2.0]) == 2.0
    assert ours(3.0, {1}) == -3.0
    with pytest.raises(TypeError, match=r"the argument mode holds <.*, a lock, which is no number and does not show"):
        ours(3.0, threading.Lock())


def test_whole_numbers_fractions_and_values_are_taken_as_they_are():
    def f(x, y):
        return x**3 / y + 1

    ours = jit(f)
    for _ in range(2):
        assert ours(2, 4) == 3
        assert ours(Fraction(1, 3), Fraction(1)) == Fraction(28, 27)
        x = Value(2.0)
        ours(x, 4.0).backward()
        assert x.grad == 3.0
        assert ours(Dual(2.0, 1.0), 4.0).tangent == 3.0
        assert ours(2.0, 4.0) == 3.0


def test_a_value_further_back_in_a_list_is_taken_as_it_is_too():
    ours = jit(lambda xs: xs[0] * xs[1])
    ours([1.0, 2.0])
    assert ours([2.0, Value(2.0)]).data == 4.0
    assert jit(lambda x: ours([x, 2.0]) + ours([2.0, x]))(3.0) == 12.0


def test_numpy_arrays_are_lists_inside_and_come_back_as_arrays():
    ours = jit(value_and_grad(lambda x: tg.sum((1 - a) ** 2 for a in x)))
    expected = ours([2.0, 3.0, 4.0])
    for _ in range(2):
        value, slope = ours(np.array([2.0, 3.0, 4.0]))
        assert (value, slope.tolist()) == expected
        assert ours(array.array("d", [2.0, 3.0, 4.0])) == expected
    assert jit(lambda m: m[1][0])(np.array([[1.0, 2.0], [3.0, 4.0]])) == 3.0
    result = jit(lambda x: 2 * x)(np.float64(2.0))
    assert (result, type(result)) == (4.0, float)
