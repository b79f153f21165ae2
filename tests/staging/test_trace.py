"""What comes back from a staged function: arrays for arrays, and what is no number as it was given."""

import collections
import dataclasses
import math

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.staging.material import refused
from tinygrad_edu.staging import jit
from tinygrad_edu.transforms import grad, value_and_grad
from tinygrad_edu.trees.tree import Numbers, flatten


def energy(w):
    return tg.sum(a * a * (i + 1) for i, a in enumerate(w))


@pytest.mark.parametrize("backend", ["python", "c"])
def test_an_array_comes_back_for_an_array(backend):
    w = np.array([1.0, 2.0, 3.0])
    staged = jit(grad(energy), backend=backend)
    for _ in range(3):
        slope = staged(w)
        assert type(slope) is np.ndarray
        assert slope.dtype == float
        np.testing.assert_array_equal(w - 0.1 * slope, w - 0.1 * grad(energy)(w))


@pytest.mark.parametrize("backend", ["python", "c"])
def test_lists_and_arrays_in_turn_come_back_each_as_what_it_is(backend):
    staged = jit(grad(energy), backend=backend)
    for _ in range(3):
        assert staged([1.0, 2.0]) == [2.0, 8.0]
        assert type(staged(np.array([1.0, 2.0]))) is np.ndarray
        assert type(staged(np.array([1, 2]))) is np.ndarray
    assert len(staged.traces) == 2


@pytest.mark.parametrize("backend", ["python", "c"])
def test_arrays_of_rows_and_arrays_inside_trees_come_back(backend):
    def f(p):
        return tg.sum(x * x for row in p["w"] for x in row) * p["b"] + tg.sum(p["v"])

    p = {"w": np.array([[1.0, 2.0], [3.0, 4.0]]), "b": 2.0, "v": [1.0, 5.0]}
    value, slopes = jit(value_and_grad(f), backend=backend)(p)
    assert value == 66.0
    np.testing.assert_array_equal(slopes["w"], 4 * p["w"])
    assert (slopes["b"], slopes["v"]) == (30.0, [1.0, 1.0])


def test_the_results_of_transforms_are_arrays_where_the_eager_ones_are():
    x = np.array([0.5, 0.3])

    def f(x):
        return np.array([tg.sin(x[0]) * x[1], x[0] + x[1], x[1] ** 2])

    for transform in (tg.jacobian, tg.jacfwd, tg.value_and_jacobian):
        eager, staged = transform(f)(x), jit(transform(f))(x)
        assert tree_structure(staged) == tree_structure(eager)
    for g in (f, lambda x: x, lambda x: [x[0], {"a": x}], tg.hessian(energy), grad(energy)):
        assert tree_structure(jit(g)(x)) == tree_structure(g(x))


def tree_structure(tree):
    return flatten(tree, Numbers)[1]


def test_an_array_comes_back_where_the_function_itself_runs():
    def f(w):
        return w[0] ** 0.5 + w[1]

    staged = jit(grad(f))
    assert staged(np.array([4.0, 1.0])).tolist() == [0.25, 1.0]
    undefined = staged(np.array([0.0, 1.0]))
    assert type(undefined) is np.ndarray
    assert undefined.tolist() == [math.inf, 1.0]
    labelled = jit(lambda w: [w[0].set_label("a")] if hasattr(w[0], "set_label") else w)
    assert type(labelled(np.array([1.0]))) in {list, np.ndarray}


def test_parameters_may_have_any_names_beside_arrays():
    def f(sum, list, result, C0):
        return sum[0] * list + result[0] * C0

    staged = jit(grad(f, argnums=(0, 2)))
    for _ in range(2):
        by_sum, by_result = staged(np.array([1.0, 2.0]), 3.0, np.array([4.0]), 5.0)
        assert (by_sum.tolist(), by_result.tolist()) == ([3.0, 0.0], [5.0])


def test_rows_of_another_kind_after_rows_of_lists_write_a_program_of_their_own():
    staged = jit(lambda xs: tg.mean_over(lambda x: tg.sum(x) if isinstance(x, list) else x, xs), batched=["xs"])
    assert staged([[1.0, 2.0]]) == 3.0
    assert staged([1.0, 2.0]) == 1.5
    assert staged([[1.0, 2.0]]) == 3.0
    assert staged([np.array([1.0, 2.0])]) == 3.0


@dataclasses.dataclass
class Spring:
    k: float
    length: float
    material: str = "steel"
    springy: bool = True


def stored(spring):
    return spring.k * spring.length**2 / 2


@pytest.mark.parametrize("backend", ["python", "c"])
def test_the_gradient_by_an_object_with_a_text_is_staged(backend):
    staged = jit(grad(stored), backend=backend)
    for material in ("steel", "brass", "steel"):
        spring = Spring(3.0, 2.0, material)
        for _ in range(2):
            assert staged(spring) == grad(stored)(spring) == Spring(2.0, 6.0, material)
    assert len(staged.traces) == 2


@pytest.mark.parametrize("backend", ["python", "c"])
def test_texts_in_results_are_those_that_were_given(backend):
    slopes = jit(grad(lambda p: p["a"] * p["b"][0]), backend=backend)
    for name in ("first", "second"):
        p = {"a": 2.0, "name": name, "b": [5.0, None, True]}
        for _ in range(2):
            assert slopes(p) == {"a": 5.0, "name": name, "b": [2.0, None, True]}
    with_power = jit(grad(lambda p: p["a"] ** 0.5), backend=backend)
    assert with_power({"a": 4.0, "name": "x"}) == {"a": 0.25, "name": "x"}
    assert with_power({"a": 0.0, "name": "x"}) == {"a": math.inf, "name": "x"}
    for language in ("javascript", "latex", "c", "numpy"):
        assert "first" not in slopes.to(language)


def test_a_result_with_arrays_texts_and_numbers_in_a_record():
    spring = Spring(np.array([1.0, 2.0]), 3.0)
    slope = jit(grad(lambda s: tg.sum(s.k) * s.length))(spring)
    assert slope.k.tolist() == [3.0, 3.0]
    assert (slope.length, slope.material) == (3.0, "steel")


def test_a_text_that_the_function_makes_is_refused_beside_one_that_was_given():
    assert "returned 'made' among its numbers" in refused(lambda x, name: (x, name, "made"), 1.0, "given")
    assert jit(lambda x, name: (2 * x, name))(1.0, "given") == (2.0, "given")


def test_a_defaultdict_keeps_its_factory():
    p = collections.defaultdict(list, a=2.0, b=5.0)
    staged = jit(grad(lambda p: p["a"] * p["b"]))
    for each in (p, collections.defaultdict(float, p), p):
        slope = staged(each)
        assert type(slope) is collections.defaultdict
        assert slope.default_factory is each.default_factory
        assert slope == {"a": 5.0, "b": 2.0}
