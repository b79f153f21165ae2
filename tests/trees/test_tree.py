"""Trees of numbers: flat lists and back, and a second tree of the same shape."""

import copy
import json
import operator
import pickle
import re
from collections import Counter, OrderedDict, defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_edu import Value
from tinygrad_edu.staging import jit
from tinygrad_edu.transforms import grad
from tinygrad_edu.trees.tree import (
    LEAF,
    Numbers,
    flatten,
    leaf_names,
    leaves_like,
    map_leaves,
    numbers_of,
    tree_map,
    unflatten,
)


class Point(NamedTuple):
    x: object
    y: object


@dataclass(frozen=True)
class Arm:
    lengths: object
    angle: object


@dataclass
class Scaled:
    size: float
    double: float = field(init=False)

    def __post_init__(self):
        self.double = 2 * self.size


@dataclass
class Empty:
    pass


class Path(list):
    pass


TREES = [
    1.0,
    [],
    (),
    {},
    None,
    [1.0, 2.0],
    (1.0, [2.0, (3.0,)]),
    {"w": [1.0, 2.0], "b": 3.0, 7: None},
    Point(1.0, [2.0]),
    Arm([1.0, 2.0], 3.0),
    OrderedDict(b=1.0, a=2.0),
    Counter(a=1, b=2),
    Path([1.0, 2.0]),
    Empty(),
]


@pytest.mark.parametrize("tree", TREES, ids=repr)
def test_unflatten_undoes_flatten(tree):
    leaves, structure = flatten(tree)
    again = unflatten(structure, leaves)
    assert again == tree
    assert type(again) is type(tree)
    hash(structure)


nested = st.recursive(
    st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(nested)
def test_any_nesting_comes_back(tree):
    leaves, structure = flatten(tree)
    assert unflatten(structure, leaves) == tree
    assert leaves_like(structure, tree, "tree") == leaves


def test_leaves_are_in_reading_order():
    assert flatten([1.0, {"z": 2.0, "a": (3.0, None)}, Arm(4.0, [5.0])])[0] == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_structures_differ_where_trees_nest_differently():
    trees = [[1.0, 2.0], (1.0, 2.0), [[1.0], 2.0], {"a": 1.0}, {"b": 1.0}, Point(1.0, 2.0), None, 1.0]
    assert len({flatten(tree)[1] for tree in trees}) == len(trees)


def test_a_default_dict_keeps_its_kind():
    again = map_leaves(lambda x: 2 * x, defaultdict(float, a=1.0))
    assert again == {"a": 2.0}
    assert type(again) is defaultdict


def test_what_a_dataclass_computes_by_itself_is_carried_as_it_is():
    leaves, structure = flatten(Scaled(1.5))
    assert leaves == [1.5, 3.0]
    assert vars(unflatten(structure, [2.0, 5.0])) == {"size": 2.0, "double": 5.0}


def test_a_dataclass_itself_is_a_leaf():
    assert flatten(Arm)[1] == LEAF


def test_numpy_arrays_are_read_as_lists():
    assert flatten(np.array([1.0, 2.0])) == flatten([1.0, 2.0])
    assert flatten(np.array([[1.0], [2.0]])) == flatten([[1.0], [2.0]])
    assert flatten(np.array([[1.0], [2.0]]), Numbers)[1] == (Numbers, ((Numbers, (LEAF,)),) * 2)
    assert flatten(np.array([{"a": 1.0}, None]), Numbers)[1] == (Numbers, ((dict, ("a",), (LEAF,)), None))
    assert flatten(np.float64(3.0)) == ([3.0], LEAF)
    assert flatten(np.array(3.0))[1] == LEAF


ARITHMETIC = {
    "+": [lambda x: x + x, lambda x: x + [1.0], lambda x: [1.0] + x, lambda x: operator.iadd(x, [1.0])],
    "-": [lambda x: x - x, lambda x: 1 - x, lambda x: -x],
    "*": [lambda x: x * 2, lambda x: 2 * x, lambda x: operator.imul(x, 2), lambda x: x * np.int64(2)],
    "/": [lambda x: x / 2, lambda x: 2 / x],
    "**": [lambda x: x**2, lambda x: 2**x],
    "@": [lambda x: x @ x, lambda x: [1.0, 2.0] @ x],
}


@pytest.mark.parametrize(("sign", "f"), [(sign, f) for sign, fs in ARITHMETIC.items() for f in fs])
def test_what_arrays_are_read_as_refuses_the_arithmetic_of_lists(sign, f):
    for x in (Numbers([1.0, 2.0]), Numbers([0.0, 1.0, 2.0])[1:], Numbers([1.0, 2.0]).copy()):
        with pytest.raises(TypeError, match=rf"^{re.escape(sign)} with .*2.0\]: NumPy arrays .* write np.array\(x\)"):
            f(x)
        assert x == [1.0, 2.0]


def test_what_arrays_are_read_as_is_a_list_otherwise():
    x = Numbers([1.0, 2.0, 3.0])
    assert isinstance(x, list)
    assert (x, repr(x), json.dumps(x), len(x)) == ([1.0, 2.0, 3.0], "[1.0, 2.0, 3.0]", "[1.0, 2.0, 3.0]", 3)
    assert (x[0], x[-1], x[1:], x[::2], list(x)) == (1.0, 3.0, [2.0, 3.0], [1.0, 3.0], [1.0, 2.0, 3.0])
    assert type(copy.deepcopy(x)) is type(pickle.loads(pickle.dumps(x))) is Numbers


def test_beside_an_array_what_arrays_are_read_as_is_an_array():
    x, a = Numbers([1.0, 2.0]), np.array([10.0, 20.0])
    for result, expected in [(x + a, [11, 22]), (a + x, [11, 22]), (x * a, [10, 40]), (a - x, [9, 18]), (x @ a, 50)]:
        assert np.array_equal(result, expected)
    for scalar in (np.float64(2.0), np.int64(2)):
        assert np.array_equal(scalar * x, [2.0, 4.0])
    x += a
    assert np.array_equal(x, [11.0, 22.0])


def test_map_leaves_keeps_the_structure():
    assert map_leaves(abs, {"a": [-1.0, None], "b": Point(-2.0, 3.0)}) == {"a": [1.0, None], "b": Point(2.0, 3.0)}


@pytest.mark.parametrize(
    ("tree", "other", "leaves"),
    [
        ([1.0, 2.0], (3.0, 4.0), [3.0, 4.0]),
        ((1.0, 2.0), np.array([3.0, 4.0]), [3.0, 4.0]),
        ({"a": 1.0, "b": [2.0]}, {"b": [3.0], "a": 4.0}, [4.0, 3.0]),
        (Arm([1.0], 2.0), Arm([3.0], 4.0), [3.0, 4.0]),
        ([None, 1.0], [None, 2.0], [2.0]),
        (Empty(), Empty(), []),
        (1.0, 2, [2]),
    ],
    ids=repr,
)
def test_a_second_tree_is_read_by_place_not_by_order(tree, other, leaves):
    assert leaves_like(flatten(tree)[1], other, "other") == leaves


@pytest.mark.parametrize(
    ("tree", "other", "message"),
    [
        ([1.0, 2.0], [1.0], "other is a list of 1, where a list of 2 belongs"),
        ([1.0, 2.0], 3.0, "other is the number 3.0, where a list of 2 belongs"),
        (1.0, [3.0], "other is a list of 1, where one number belongs"),
        ([1.0, (2.0, 3.0)], [1.0, (2.0,)], r"other\[1\] is a tuple of 1, where a tuple of 2 belongs"),
        ({"w": 1.0}, {"v": 1.0}, "other is a dict of 'v', where a dict of 'w' belongs"),
        ({"w": 1.0}, {}, "other is a dict of nothing, where a dict of 'w' belongs"),
        ({"w": [1.0]}, {"w": 1.0}, r"other\['w'\] is the number 1.0, where a list of 1 belongs"),
        (Arm([1.0], 2.0), Arm(1.0, 2.0), "other.lengths is the number 1.0, where a list of 1 belongs"),
        (Arm([1.0], 2.0), Empty(), "other is an Empty, where an Arm belongs"),
        ([None], [1.0], r"other\[0\] is the number 1.0, where None belongs"),
        ([1.0], [None], r"other\[0\] is None, where one number belongs"),
    ],
    ids=repr,
)
def test_where_shapes_differ_the_error_says_so(tree, other, message):
    with pytest.raises(ValueError, match=message):
        leaves_like(flatten(tree)[1], other, "other")


# --- all kinds of things in a tree ------------------------------------------------------------------------------


def test_tree_map_applies_to_numbers_and_leaves_the_rest():
    weights = {"w": np.array([[1.0, 2.0]]), "b": Arm([3.0], 4.0), "name": "layer", "none": None, "flag": True}
    slopes = {"w": [[2.0, 2.0]], "b": Arm([2.0], 2.0), "name": None, "none": None, "flag": "ignored"}
    stepped = tree_map(lambda w, slope: w - 0.5 * slope, weights, slopes)
    assert (type(stepped["w"]), stepped["w"].tolist()) == (np.ndarray, [[0.0, 1.0]])
    assert (stepped["b"], stepped["name"], stepped["none"], stepped["flag"]) == (Arm([2.0], 3.0), "layer", None, True)
    assert tree_map(lambda x: 2 * x, 3) == 6
    with pytest.raises(ValueError, match=r"tree 2\['w'\] is a list of 1, where a list of 2 belongs"):
        tree_map(lambda x, y: x, {"w": [1.0, 2.0]}, {"w": [1.0]})


def test_what_is_no_number_is_kept_in_the_structure():
    tree = {"x": 1.0, "text": "a", "flag": np.True_, "f": abs, "type": Arm, "count": 2}
    numbers, structure = numbers_of(tree)
    assert numbers == [1.0, 2]
    assert unflatten(structure, [10.0, 20]) == tree | {"x": 10.0, "count": 20}
    assert numbers_of(["a", True]) == flatten(["a", True])
    assert leaf_names(structure, "p") == ["p['x']", "p['count']"]


def chain(levels):
    tree = [1.0]
    for _ in range(levels - 1):
        tree = [tree]
    return tree


def test_trees_that_nest_too_deep_or_contain_themselves_are_refused():
    cyclic = [1.0]
    cyclic.append({"again": cyclic})
    for tree in (cyclic, chain(5000), {"a": (chain(300),)}):
        with pytest.raises(ValueError, match=r"a (list|dict) nests deeper than 200 levels, or contains itself"):
            flatten(tree)
        with pytest.raises(ValueError, match="nests deeper than 200 levels"):
            grad(lambda tree: 1.0)(tree)
        with pytest.raises(ValueError, match="nests deeper than 200 levels"):
            jit(lambda tree: 1.0)(tree)
    leaves, structure = flatten(chain(200))
    assert unflatten(structure, leaves) == chain(200)
    assert grad(lambda tree: flatten(tree)[0][0] ** 2)(chain(199)) == tree_map(lambda x: 2.0, chain(199))


def test_what_nests_too_deep_is_named_in_errors():
    with pytest.raises(TypeError, match="got a list that nests too deep to be shown"):
        Value(chain(5000))
