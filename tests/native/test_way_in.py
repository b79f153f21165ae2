"""The native way in: the same results and errors as the way in through Python, whatever the arguments come as."""

import array
import functools
import gc
import itertools
import sys
import threading
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.staging.building import cc
from tinygrad_edu import Value
from tinygrad_edu.native import way_in
from tinygrad_edu.staging import jit, mean_over, sum_over
from tinygrad_edu.transforms import grad, value_and_grad
from tinygrad_edu.trees.tree import LEAF, Numbers

needs_headers = pytest.mark.skipif(not way_in.headers(), reason="needs Python.h")
pytestmark = [pytest.mark.usefixtures("cache"), cc, needs_headers]
FLOATS = [0.5, -1.5, 2.0]


def native(f, *first, **options):
    """The function staged for arguments like these, which must have a native way in."""
    ours = jit(f, backend="c", **options)
    ours(*first)
    assert ours.trace.way_in
    assert type(ours.trace.entry).__name__ == "builtin_function_or_method"
    return ours


def squares(x):
    return tg.sum([each * each for each in x])


def test_numbers_in_and_out():
    ours = native(value_and_grad(lambda a, b: a * b + tg.sin(a), (0, 1)), 1.0, 2.0)
    expected = value_and_grad(lambda a, b: a * b + tg.sin(a), (0, 1))
    for point in ((0.3, 0.4), (3, 4), (3, 0.5), (-0.0, 1e300)):
        assert ours(*point) == expected(*map(float, point))
        assert type(ours(*point)) is tuple
    assert {*map(type, (ours(3, 4)[0], *ours(3, 4)[1]))} == {float}
    assert ours(a=1.0, b=2.0) == ours(1.0, b=2.0) == ours(b=2.0, a=1.0) == expected(1.0, 2.0)
    assert ours(Fraction(1), Value(2.0))[0].data == expected(1.0, 2.0)[0]
    assert ours(np.float64(0.3), 0.4) == expected(0.3, 0.4)
    assert native(lambda x: None, 1.0)(2.0) is None
    assert native(lambda x: (x, None, (2.5, x)), 1.0)(2.0) == (2.0, None, (2.5, 2.0))


@pytest.mark.parametrize("whole", [2**53, -(2**53), 2**53 + 1, 2**63, -(2**64), 10**400])
def test_ints_that_a_float_holds_count_as_floats(whole):
    ours, python = native(lambda x: x + 1, 1.0), jit(lambda x: x + 1)
    assert ours(whole) == python(whole)
    assert type(ours(whole)) is type(python(whole))
    total, python = native(lambda x: x[0] + x[1], [1.0, 2.0]), jit(lambda x: x[0] + x[1])
    assert total([whole, 2]) == python([whole, 2])


def plain(result):
    """The numbers of a value and its gradient."""
    return [float(x.data if isinstance(x, Value) else x) for x in (result[0], *result[1])]


@pytest.mark.parametrize("kind", [list, tuple, np.array, functools.partial(array.array, "d")], ids=str)
def test_sequences_and_arrays_in_and_out(kind):
    given = kind(FLOATS)
    ours = native(value_and_grad(squares), given)
    value, gradient = ours(given)
    assert type(gradient) is (list if isinstance(given, array.array) else type(given))
    assert plain((value, gradient)) == [6.5, 1.0, -3.0, 4.0]
    if isinstance(gradient, np.ndarray):
        assert gradient.dtype == "d"
        gradient[0] = 7.0  # it is the caller's own
    assert plain(ours(given)) == [6.5, 1.0, -3.0, 4.0]
    assert ours(kind([3.0, *FLOATS[1:]]))[0] == 15.25  # nothing of the call before is kept
    others = [np.array(FLOATS, "f4"), np.array([1, 2, 3]), np.array(FLOATS * 2)[::2], array.array("f", FLOATS), FLOATS]
    others += [tuple(FLOATS), [1.0, 2.0], np.array([[1.0, 2.0]] * 3)[:, 0], [*map(Value, FLOATS)], [1, 2.0, 3]]
    for other in others:
        expected = value_and_grad(squares)([float(x.data if isinstance(x, Value) else x) for x in other])
        assert plain(ours(other)) == plain(expected)
    for wrong in ([1.0, "a", 2.0], object()):
        with pytest.raises(TypeError):
            ours(wrong)


def test_an_array_of_two_dimensions_is_no_vector():
    ours = native(squares, np.array(FLOATS))
    with pytest.raises(TypeError):
        ours(np.array([FLOATS]))


def test_batches_are_read_where_they_are():
    def loss(p, xs, ys):
        return mean_over(lambda x, y: (p[0] * x[0] + p[1] * x[1] - y) ** 2, xs, ys)

    xs, ys = np.array([[1.0, 2.0], [3.0, 4.0], [0.5, 1.0]]), np.array(FLOATS)
    ours = native(value_and_grad(loss), [0.5, 0.25], xs, ys, batched=["xs", "ys"])
    expected = pytest.approx(plain(value_and_grad(loss)([0.5, 0.25], xs.tolist(), FLOATS)))
    for rows, column in itertools.product((xs, memoryview(xs)), (ys, memoryview(ys), array.array("d", FLOATS))):
        assert plain(ours([0.5, 0.25], rows, column)) == expected
    xs.flags.writeable = False
    assert plain(ours([0.5, 0.25], xs, ys)) == expected
    for rows in (xs.tolist(), tuple(map(tuple, xs.tolist())), xs.astype("f4"), [*xs], np.asfortranarray(xs)):
        assert plain(ours([0.5, 0.25], rows, FLOATS)) == expected
    wider = np.hstack([xs, xs])
    assert plain(ours([0.5, 0.25], wider, ys)) == expected  # staged anew
    for wrong in (np.zeros((0, 2)), np.zeros((2, 2))):
        with pytest.raises(ValueError, match=r"at least one row|of columns"):
            ours([0.5, 0.25], wrong, ys)


def test_errors_are_those_of_the_function():
    ours = native(lambda x, y: tg.log(x) / y, 1.0, 2.0)
    for _ in range(2):
        with pytest.raises(tg.DomainError, match=r"log\(-1.0\) is undefined"):
            ours(-1.0, 1.0)
        with pytest.raises(ZeroDivisionError, match="float division by zero"):
            ours(2.0, 0.0)
        with pytest.raises(TypeError, match="missing a required argument: 'y'"):
            ours(2.0)
        with pytest.raises(TypeError, match="positional arguments"):
            ours(2.0, 3.0, 4.0)
        with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
            ours(2.0, z=3.0)
    assert native(lambda x: 1 / (x * x), 1.0)(1e200) == 0.0


def test_many_numbers_are_kept_on_the_heap():
    xs = [0.001 * i for i in range(way_in.STACK + 1)]
    ours = native(lambda x: x[0] + x[-1], xs)
    assert ours(xs) == xs[-1]
    with pytest.raises(TypeError):
        ours([*xs[1:], "a"])


def test_nothing_leaks():
    xs, rows, refused = np.array(FLOATS), np.array([FLOATS] * 4), [1.0, "a", 2.0]
    ours = native(value_and_grad(squares), xs)
    lists = native(lambda x: (x[0] / x[1], [*x], tuple(x[:2])), FLOATS)
    batch = native(lambda p, xs: sum_over(lambda x: p * x[0], xs), 1.0, rows, batched=["xs"])

    def calls():
        for _ in range(300):
            ours(xs)
            ours(xs[:2])
            lists(FLOATS)
            batch(2.0, rows)
            batch(2.0, rows[:, :2])
            for wrong in (refused, [1.0, 0.0, 2.0]):
                with pytest.raises((TypeError, ZeroDivisionError)):
                    lists(wrong)

    calls()
    gc.collect()
    tracemalloc.start()
    try:
        before, counts = tracemalloc.get_traced_memory()[0], [sys.getrefcount(x) for x in (xs, rows, FLOATS)]
        calls()
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] - before < 20_000
    finally:
        tracemalloc.stop()
    assert [sys.getrefcount(x) for x in (xs, rows, FLOATS)] == counts
    rows.resize((2, 6), refcheck=False)  # no buffer is held any longer


def test_other_threads_go_on_while_a_batch_is_computed():
    rows = np.arange(6000.0).reshape(2000, 3)
    ours = native(lambda p, xs: sum_over(lambda x: tg.sin(p * x[0]) + x[1] * x[2], xs), 1.0, rows, batched=["xs"])
    assert "Py_BEGIN_ALLOW_THREADS" in text_of(ours)
    expected = [ours(0.1 * i, rows) for i in range(10)]
    wrong = []

    def work():
        wrong.extend(i for i in range(20) if [ours(0.1 * k, rows) for k in range(10)] != expected)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def text_of(ours):
    trace = ours.trace
    has_loops = any(line.op == "total" for line in trace.program.lines)
    return way_in.source("f", trace.arguments, trace.structure, has_loops=has_loops)


# --- where there is none -----------------------------------------------------------------------------------------


class Scaled:
    """A model whose scale may change."""

    def __init__(self):
        self.scale = 2.0

    def times(self, x):
        return self.scale * x


@pytest.mark.parametrize(
    ("f", "given"),
    [
        (lambda x: x["a"] * 2, ({"a": 1.0},)),
        (lambda x: x[0][0] * 2, ([[1.0]],)),
        (lambda x: {"a": x}, (1.0,)),
        (lambda x: [[x]], (1.0,)),
        (lambda x: ([{}], x), (1.0,)),
        (lambda x, mode: x if mode == "a" else -x, (1.0, "a")),
        (lambda *x: x[0], (1.0,)),
        (lambda x: [y[0] for y in x], ([[1.0]] * 9,)),
        (Scaled().times, (1.0,)),
    ],
)
def test_other_structures_go_through_python(f, given):
    ours = jit(f, backend="c")
    for _ in range(3):
        assert ours(*given) == f(*given)
    assert type(ours.trace.entry).__name__ == "function" or ours.trace.entry == ours._stage_and_call


def test_an_object_that_changes_is_looked_at():
    model = Scaled()
    ours = jit(model.times, backend="c")
    assert (ours(3.0), ours(3.0)) == (6.0, 6.0)
    model.scale = 5.0
    assert ours(3.0) == 15.0


def test_more_arrays_than_can_be_held():
    count = way_in.MOST + 1
    text = ", ".join(f"x{i}" for i in range(count))
    f = eval(f"lambda {text}: sum([{', '.join(f'x{i}[0]' for i in range(count))}])")  # noqa: S307 - the text above
    ours = jit(f, backend="c")
    for _ in range(2):
        assert ours(*[[1.0]] * count) == float(count)
    assert ours.trace.way_in is None


def test_without_headers_or_where_they_cannot_be_used_it_goes_through_ctypes(monkeypatch):
    monkeypatch.setattr(way_in, "headers", lambda: None)
    ours = jit(grad(squares), backend="c")
    for _ in range(2):
        assert ours(FLOATS) == [1.0, -3.0, 4.0]
    assert ours.trace.is_buffer
    assert ours.trace.way_in is None
    batch = jit(lambda p, xs: sum_over(lambda x: p * x, xs), batched=["xs"], backend="c")
    xs = np.array(FLOATS)
    for xs.flags.writeable in (True, False):
        assert [batch(2.0, xs), batch(2.0, xs), batch(2.0, FLOATS)] == [2.0, 2.0, 2.0]
    monkeypatch.undo()
    monkeypatch.setattr(way_in, "source", lambda *_, **__: "#error not with these headers\n")
    ours = jit(grad(squares), backend="c")
    for _ in range(2):
        assert ours(FLOATS) == [1.0, -3.0, 4.0]
    assert ours.trace.is_buffer
    assert ours.trace.way_in is None


def test_arrays_are_numpys_or_none(monkeypatch):
    monkeypatch.delitem(sys.modules, "numpy")
    numbers = Numbers, (LEAF,) * 2
    assert way_in.source("f", {}, numbers, has_loops=False) is None
    assert way_in.opened(lambda self: self, LEAF, len) == (len, None, None, array.array)
