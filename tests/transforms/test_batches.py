"""vmap: a function of one example, called for each of many."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

import tinygrad_edu as tg


class Pair(NamedTuple):
    a: object
    b: object


@dataclass
class Model:
    w: object
    name: str = "model"


def product(x, y):
    return x * y


def test_each_row_is_an_argument():
    assert tg.vmap(product)([1.0, 2.0], [3.0, 4.0]) == [3.0, 8.0]
    assert tg.vmap(product, in_axes=(0, None))([1.0, 2.0], 10.0) == [10.0, 20.0]
    assert tg.vmap(lambda x, *, k: k * x)([1.0, 2.0], k=3.0) == [3.0, 6.0]
    assert tg.vmap(lambda row: row[0] - row[1])([[3.0, 1.0], [5.0, 2.0]]) == [2.0, 3.0]


def test_arrays_come_back_for_arrays():
    xs = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    sums = tg.vmap(tg.sum)(xs)
    assert (type(sums), sums.tolist()) == (np.ndarray, [3.0, 7.0, 11.0])
    slopes = tg.vmap(tg.grad(tg.prod))(xs)
    assert (slopes.shape, slopes.tolist()) == ((3, 2), [[2.0, 1.0], [4.0, 3.0], [6.0, 5.0]])
    assert tg.vmap(product, in_axes=(0, None))({"x": xs}["x"][:, 0], 2.0).tolist() == [2.0, 6.0, 10.0]


def test_parts_of_dicts_tuples_and_objects_have_rows():
    f = tg.vmap(lambda p: {"sum": p["x"] + p["y"][0], "pair": Pair(p["x"], p["y"])})
    result = f({"x": [1.0, 2.0], "y": [[10.0], [20.0]]})
    assert result == {"sum": [11.0, 22.0], "pair": Pair([1.0, 2.0], [[10.0], [20.0]])}
    assert tg.vmap(lambda p: p.a * p.b)(Pair([1.0, 2.0], np.array([3.0, 4.0]))).tolist() == [3.0, 8.0]


def test_what_is_no_number_is_the_same_for_all_rows():
    slopes = tg.vmap(tg.grad(lambda model, x: x * model.w**2), in_axes=(0, 0))(Model([1.0, 2.0]), [1.0, 10.0])
    assert slopes == Model([2.0, 40.0], name=["model", "model"])
    assert tg.vmap(lambda p: len(p["text"]) * p["x"])({"text": "abc", "x": [1.0, 2.0]}) == [3.0, 6.0]


def test_it_is_transformed_like_any_function():
    assert tg.jacobian(tg.vmap(lambda x: x**2))([1.0, 3.0]) == [[2.0, 0.0], [0.0, 6.0]]
    assert tg.grad(lambda w: tg.sum(tg.vmap(product, (0, None))([1.0, 2.0], w)))(5.0) == 3.0
    staged = tg.jit(tg.vmap(tg.grad(lambda x: x**3)))
    assert staged([1.0, 2.0]) == staged([1.0, 2.0]) == [3.0, 12.0]
    assert tg.vmap(tg.vmap(tg.sin))([[0.0], [0.0]]) == [[0.0], [0.0]]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: tg.vmap(product)([1.0], [1.0, 2.0]), ValueError, "vmap of product: there are 1 and 2 rows, which"),
        (lambda: tg.vmap(product)([], []), ValueError, "vmap of product needs an argument with rows, at least one"),
        (lambda: tg.vmap(product)([1.0], 2.0), TypeError, "vmap of product: 2.0 has no rows; in_axes=None is for"),
        (lambda: tg.vmap(product, in_axes=(None, None))(1.0, 2.0), ValueError, "needs an argument with rows"),
        (lambda: tg.vmap(len)({"a": "text", "b": "x"}), ValueError, "vmap of len needs an argument with rows"),
        (lambda: tg.vmap(len)({"a": [1.0], "b": [1.0, 2.0], "c": [0.0] * 3}), ValueError, "are 1 and 2 and 3 rows"),
        (lambda: tg.vmap(product, in_axes=(0,))([1.0], 2.0), ValueError, r"in_axes=\(0,\) for 2 arguments"),
        (lambda: tg.vmap(product, in_axes=1), ValueError, "vmap: in_axes=1: rows are along axis 0, and None is for"),
        (lambda: tg.vmap(3.0), TypeError, "vmap: f must be a function, got 3.0"),
    ],
)
def test_what_has_no_rows_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
