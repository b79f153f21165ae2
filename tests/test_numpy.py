"""NumPy: its scalars become floats, its object arrays hold Values, its float arrays are refused."""

import math
import operator
from typing import Any

import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value

np = pytest.importorskip("numpy")

SCALARS = [np.float64(2.5), np.float32(2.5), np.float16(2.5), np.longdouble(2.5), np.array(2.5)]
WHOLE = [np.int64(2), np.int8(2), np.uint16(2), np.array(2)]


@pytest.mark.parametrize("x", SCALARS + WHOLE, ids=lambda x: f"{type(x).__name__} {x.dtype}")
def test_scalars_become_floats(x: Any) -> None:
    v = Value(x)
    assert type(v.data) is float
    assert v.data == float(x)
    assert tg.exp(x) == math.exp(float(x))
    assert type(tg.sum([x, x])) is float


@pytest.mark.parametrize("n", [np.float64(2.0), np.float32(2.0), np.int64(2), np.array(2.0), np.array(2)], ids=repr)
def test_scalars_on_either_side(n: Any) -> None:
    for f, data, slope in (
        (lambda x: x + n, 5.0, 1.0),
        (lambda x: n + x, 5.0, 1.0),
        (lambda x: x - n, 1.0, 1.0),
        (lambda x: n - x, -1.0, -1.0),
        (lambda x: x * n, 6.0, 2.0),
        (lambda x: n * x, 6.0, 2.0),
        (lambda x: x / n, 1.5, 0.5),
        (lambda x: n / x, 2 / 3, -2 / 9),
        (lambda x: x**n, 9.0, 6.0),
        (lambda x: n**x, 8.0, 8 * math.log(2)),
        (lambda x: tg.maximum(x, n), 3.0, 1.0),
        (lambda x: tg.hypot(n, x), math.sqrt(13), 3 / math.sqrt(13)),
        (lambda x: tg.dot([x], [n]), 6.0, 2.0),
    ):
        x = Value(3.0)
        y = f(x)
        assert type(y) is Value
        y.backward()
        assert type(y.data) is float
        assert y.data == pytest.approx(data, rel=1e-15)
        assert x.grad == pytest.approx(slope, rel=1e-15)


def test_scalars_compare() -> None:
    x = Value(2.0)
    assert x < np.float64(3.0)
    assert np.float64(1.0) < x
    assert x >= np.int64(2)
    assert x.isclose(np.float64(2.0))


@pytest.mark.parametrize("limit", [1.0, 3.0])
def test_a_condition_from_numpy_chooses_like_one_from_python(limit: float) -> None:
    """NumPy's truth values have a method `choose` of their own, which counts branches from 0."""
    x, y = Value(2.0), Value(5.0)
    chosen = tg.where(x > np.float64(limit), x, y)
    assert type(chosen) is Value
    assert chosen.parents == ((x,) if limit < 2.0 else (y,))


def test_a_seed_gradient_may_be_a_scalar() -> None:
    x = Value(3.0)
    (x * x).backward(np.float64(0.5))
    assert (x.grad, type(x.grad)) == (3.0, float)


@pytest.mark.parametrize(
    "x", [np.array([1.0, 2.0]), np.array([1.0]), np.zeros((2, 2)), np.array([]), np.array([[1]])], ids=str
)
def test_arrays_of_numbers_are_refused(x: Any) -> None:
    with pytest.raises(TypeError, match=r"got an array of shape .*element by element.*np\.array\(\[Value"):
        Value(x)
    assert type(Value(3.0) * x) is np.ndarray  # but its items are multiplied one by one, whichever stands first
    with pytest.raises(TypeError, match=r"sum: .*element by element"):
        tg.sum([x])
    with pytest.raises(TypeError, match=r"exp: .*element by element"):
        tg.exp(x)


@pytest.mark.parametrize("x", [np.complex64(1j), np.complex128(1j), np.str_("a"), np.datetime64("now")])
def test_scalars_that_are_no_real_numbers_are_refused(x: Any) -> None:
    with pytest.raises(TypeError, match=r"expected (a|one) number"):
        Value(x)


def test_a_truth_value_of_numpy_counts_like_one_of_python() -> None:
    assert Value(np.bool_(True)).data == Value(True).data == 1
    assert (Value(3.0) * np.bool_(False)).data == (Value(3.0) * False).data == 0.0


@pytest.mark.parametrize("operation", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow])
@pytest.mark.parametrize("array", [np.array([1.0, 2.0]), np.array([[1, 2]]), np.array([True]), np.array([])], ids=str)
def test_a_value_and_an_array_of_numbers_meet_item_by_item_whichever_stands_first(operation, array) -> None:
    for left, right in ((Value(3.0), array), (array, Value(3.0))):
        found = operation(left, right)
        assert found.shape == array.shape
        numbers = operation(np.float64(3.0), array.astype(float))
        if left is array:
            numbers = operation(array.astype(float), 3.0)
        assert [x.data for x in found.flat] == list(numbers.flat)
        assert all(type(x) is Value and type(x.data) is float for x in found.flat)


def test_a_gradient_flows_through_such_an_array() -> None:
    x = Value(3.0)
    tg.sum(x * np.array([1.0, 2.0])).backward()
    assert x.grad == 3.0


def test_arrays_from_other_libraries_say_item() -> None:
    class Tensor:
        """A number as other libraries hold it."""

        shape, dtype = (), "float32"
        __add__ = __sub__ = __mul__ = __truediv__ = None

        def item(self) -> float:
            return 1.5

    with pytest.raises(TypeError, match=r"write x\.item\(\)"):
        Value(Tensor())


def values(*data: float) -> Any:
    return np.array([Value(x) for x in data], dtype=object)


@pytest.mark.parametrize(
    "name",
    [
        *("exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tan", "arcsin", "arccos", "arctan"),
        *("sinh", "cosh", "tanh"),
    ],
)
def test_functions_of_numpy_work_on_arrays_of_values(name: str) -> None:
    xs = values(0.25, 0.5)
    ys = getattr(np, name)(xs)
    assert [y.op for y in ys] == [name, name]
    assert [y.data for y in ys] == [getattr(tg, name)(0.25), getattr(tg, name)(0.5)]
    tg.sum(ys).backward()
    x = Value(0.5)
    getattr(tg, name)(x).backward()
    assert xs[1].grad == x.grad


def test_a_function_of_numpy_works_on_a_value() -> None:
    x = Value(0.5)
    y = np.exp(x)
    assert type(y) is Value
    assert (y.op, y.parents) == ("exp", (x,))


def test_arithmetic_of_arrays_of_values() -> None:
    xs = values(1.0, 2.0)
    x = Value(3.0)
    for ys, data in (
        (xs + x, [4.0, 5.0]),
        (x + xs, [4.0, 5.0]),
        (x - xs, [2.0, 1.0]),
        (x * xs, [3.0, 6.0]),
        (xs / x, [1 / 3, 2 / 3]),
        (x / xs, [3.0, 1.5]),
        (x**xs, [3.0, 9.0]),
        (xs**2, [1.0, 4.0]),
        (2 * xs, [2.0, 4.0]),
        (xs * np.array([5.0, 6.0]), [5.0, 12.0]),
        (-xs, [-1.0, -2.0]),
        (np.abs(-xs), [1.0, 2.0]),
    ):
        assert [y.data for y in ys] == data
        assert all(type(y) is Value for y in ys)


def test_a_matrix_product() -> None:
    W = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]], dtype=object)
    x = values(5.0, 6.0)
    y = W @ x
    assert [each.data for each in y] == [17.0, 39.0]
    tg.sum(y).backward()
    assert [[w.grad for w in row] for row in W] == [[5.0, 6.0], [5.0, 6.0]]
    assert [each.grad for each in x] == [4.0, 6.0]
    assert [each.data for each in W @ np.array([1.0, 0.0])] == [1.0, 3.0]
    assert (x @ x).data == 61.0


def test_a_neuron_with_numpy() -> None:
    rng = np.random.default_rng(1)
    W = np.vectorize(Value, otypes=[object])(rng.normal(size=(3, 2)))
    h = np.tanh(W @ np.array([0.5, -1.0]))
    loss = ((h - 1) ** 2).sum()
    loss.backward()
    data = np.vectorize(lambda v: v.data, otypes=[float])(W)
    grads = np.vectorize(lambda v: v.grad, otypes=[float])(W)
    z = data @ np.array([0.5, -1.0])
    exact = (2 * (np.tanh(z) - 1) * (1 - np.tanh(z) ** 2))[:, None] * np.array([0.5, -1.0])
    assert np.allclose(grads, exact, rtol=1e-12)


def test_sums_and_means_of_arrays_of_values() -> None:
    xs = values(1.0, 2.0, 6.0)
    assert xs.sum().data == 9.0
    assert np.mean(xs).data == 3.0
    assert tg.softmax(xs)[0].data == tg.softmax([1.0, 2.0, 6.0])[0]
    assert np.max(xs) is xs[2]
    assert tg.dot(xs, np.array([1.0, 2.0, 3.0])).data == 23.0


def test_an_array_of_no_dimensions_with_a_value_in_it() -> None:
    x, y = Value(3.0), Value(2.0)
    z = x * np.array(y, dtype=object)
    assert z.data == 6.0
    assert set(z.parents) == {x, y}


def test_a_method_of_two_works_through_an_array() -> None:
    xs = values(1.0, 5.0)
    ys = np.hypot(xs, xs)
    assert [y.op for y in ys] == ["hypot", "hypot"]
    assert [y.op for y in np.arctan2(xs, xs)] == ["arctan2", "arctan2"]
    for f in (tg.maximum, tg.minimum, tg.hypot, tg.arctan2, lambda x, y: tg.arctan2(y, x), lambda x, y: x.maximum(y)):
        with pytest.raises(TypeError, match="element by element"):
            f(Value(2.0), xs)
