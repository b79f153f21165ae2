"""Native code: the same results as the Python program, whatever the arguments come as; safe about its files."""

import array
import shutil
import threading
import warnings
from fractions import Fraction

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.operations import inf, nan
from tests.printers.test_printers import CASES, choices, of_dicts
from tests.staging.material import TREES, XS, YS, Line, close, fit_loss, outcome
from tinygrad_edu import Value, nn
from tinygrad_edu.native import compiled, compiler
from tinygrad_edu.numbers.number import DomainError
from tinygrad_edu.staging import jit, mean_over, sum_over
from tinygrad_edu.steps.staged_step import StagedStep
from tinygrad_edu.transforms import grad, hessian, value_and_grad
from tinygrad_edu.trees.tree import LEAF, flatten, unflatten

cc = pytest.mark.skipif(not shutil.which("cc"), reason="needs a C compiler")
pytestmark = pytest.mark.usefixtures("cache")


def native_only(ours):
    """The staged function, which must not fall back on Python."""

    def refuse(*_):
        raise AssertionError("the Python program ran")

    cells = ours.trace.function.__globals__
    assert "PYTHON" in cells
    cells["PYTHON"] = refuse
    return ours


@cc
@pytest.mark.parametrize(("python", "points"), CASES[::7] + CASES[-12:])
def test_native_code_computes_the_same(python, points):
    ours = jit(python.__wrapped__, batched=sorted(python._batched), backend="c")
    for point in points:
        expected = python(*point)
        assert close(ours(*point), expected, 1e-14)
        assert close(ours(*point), expected, 1e-14)
    assert ours.source == python.source


@cc
@pytest.mark.parametrize("tree", TREES, ids=str)
def test_arguments_and_results_nest(tree):
    def double(t):
        leaves, structure = flatten(t)
        return unflatten(structure, [2 * x for x in leaves])

    ours = jit(double, backend="c")
    ours(tree)
    native_only(ours)
    assert ours(tree) == double(tree)
    assert type(ours(tree)) is type(double(tree))


@cc
def test_arguments_that_are_not_floats():
    ours = jit(lambda xs, y: xs[0] * xs[1] + y, backend="c")
    assert ours([1.0, 2.0], 3.0) == 5.0
    assert ours([1, 2], 3) == 5
    assert ours([Fraction(1, 3), 3], 3) == 4
    assert ours([1.0, Value(2.0)], 3.0).data == 5.0
    assert ours(np.array([1.0, 2.0]), np.float64(3.0)) == 5.0
    with pytest.raises(TypeError):
        ours([1.0, "a"], 3.0)
    assert jit(lambda x, mode: x if mode else -x, backend="c")(2.0, False) == -2.0


@cc
def test_errors_and_infinities_are_those_of_python():
    def f(x, y):
        return tg.log(x) / y

    ours = jit(f, backend="c")
    for point in ((2.0, 3.0), (-1.0, 1.0), (2.0, 0.0), (inf, 1.0), (nan, 1.0)):
        expected = outcome(f, *point)
        found = outcome(ours, *point)
        assert found == expected or close(found, expected)
    square = jit(lambda x: x**2, backend="c")
    assert square(3.0) == 9.0
    with pytest.raises(OverflowError):
        square(1e200)
    assert jit(lambda x: 1 / (x * x), backend="c")(1e200) == 0.0  # the product is too large, the result is not
    slope = jit(grad(tg.sqrt), backend="c")
    assert (slope(4.0), slope(0.0)) == (0.25, inf)


@cc
def test_what_is_undefined_is_noticed_though_no_result_uses_it():
    ours = jit(grad(tg.log), backend="c")
    assert ours(2.0) == 0.5
    with pytest.raises(tg.DomainError):
        ours(-2.0)
    hidden = jit(lambda x: tg.where(tg.log(x) > 0, 1.0, 2.0), backend="c")
    assert hidden(2.0) == 1.0
    with pytest.raises(tg.DomainError):
        hidden(-1.0)


# --- batches ---------------------------------------------------------------------------------------------------


@cc
def test_buffers_are_read_where_they_are():
    ours = jit(value_and_grad(fit_loss), batched=["xs", "ys"], backend="c")
    expected = ours([0.3, 0.2], XS, YS)
    native_only(ours)
    xs, ys = np.array(XS), np.array(YS)
    assert ours([0.3, 0.2], xs, ys) == expected
    assert ours([0.3, 0.2], xs, array.array("d", YS)) == expected
    assert ours([0.3, 0.2], XS, memoryview(ys)) == expected
    xs[0, 0] = 5.0  # no copy is kept
    assert ours([0.3, 0.2], xs, ys) == ours([0.3, 0.2], [[5.0, 2.0], *XS[1:]], YS)
    xs.flags.writeable = False
    assert ours([0.3, 0.2], xs, ys) == ours([0.3, 0.2], [[5.0, 2.0], *XS[1:]], YS)


@cc
def test_memoryviews_of_two_dimensions_are_taken_from_the_first_call_on():
    rows = memoryview(np.array(XS))
    ours = jit(value_and_grad(fit_loss), batched=["xs", "ys"], backend="c")
    expected = value_and_grad(fit_loss)([0.3, 0.2], XS, YS)
    for _ in range(2):
        assert close(ours([0.3, 0.2], rows, YS), expected)
    exact = ours([Fraction(3, 10), Fraction(1, 5)], rows, memoryview(np.array(YS)))  # by the function itself
    assert close(exact, expected)


@cc
@pytest.mark.parametrize("undefined", [tg.log, tg.sqrt, lambda w: 1 / (w + 1), lambda w: tg.exp(-1e3 * w)])
def test_an_undefined_branch_raises_though_it_is_not_taken(undefined):
    def f(x, w):
        return tg.where(x > 0, undefined(w), 0.5)

    ours = jit(f, backend="c")
    assert ours(-1.0, 0.5) == 0.5
    native_only(ours)
    for backend in ("python", "c"):
        with pytest.raises((DomainError, ArithmeticError)):
            jit(f, backend=backend)(-1.0, -1.0)


@cc
def test_buffers_that_do_not_fit_become_lists():
    ours = jit(value_and_grad(fit_loss), batched=["xs", "ys"], backend="c")
    expected = ours([0.3, 0.2], XS, YS)
    assert ours([0.3, 0.2], np.array(XS).T.copy().T, YS) == expected
    assert ours([0.3, 0.2], np.array(XS, dtype="f4"), YS) == expected
    assert ours([0.3, 0.2], np.array(XS)[::1], array.array("f", YS)) == expected
    with pytest.raises(ValueError, match="at least one row"):
        ours([0.3, 0.2], np.zeros((0, 2)), np.zeros(0))
    with pytest.raises(ValueError, match="of columns of 3 and 2 rows"):
        ours([0.3, 0.2], np.array(XS), np.array(YS[:2]))
    assert close(ours([0.3, 0.2], np.array(XS), [Fraction(y) for y in YS]), expected)
    assert compiled.is_buffer(np.zeros((2, 3)), (list, ("leaf",) * 3))
    assert not compiled.is_buffer(np.zeros((2, 3)), (dict, ("a",), ("leaf",)))
    assert not compiled.is_buffer(np.float64(1.0), "leaf")


@cc
def test_rows_of_any_structure():
    ours = jit(of_dicts, batched=["rows", "lines"], backend="c")
    rows, lines = [{"a": 1.0, "b": 2.0}, {"a": 3.0, "b": 4.0}], [Line(1.0, 2.0), Line(3.0, 4.0)]
    expected = ours(rows, lines, {"k": 0.5})
    assert native_only(ours)(rows, lines, {"k": 0.5}) == expected == of_dicts(rows, lines, {"k": 0.5})
    with pytest.raises(KeyError):
        ours([rows[0], {"b": 1.0}], lines, {"k": 0.5})


@cc
def test_rows_that_differ_are_left_to_the_function():
    ours = jit(lambda xs: sum_over(lambda x: x[0], xs), batched=["xs"], backend="c")
    assert ours([[1.0, 2.0], [3.0, 4.0]]) == 4.0
    assert ours([[1.0, 2.0], [3.0]]) == 4.0
    assert ours([[1.0, 2.0], [3.0, Value(4.0)]]) == 4.0


@cc
def test_a_column_that_is_used_twice():
    ours = jit(lambda xs: mean_over(lambda x, y: x * y, xs, xs), batched=["xs"], backend="c")
    assert ours([1.0, 2.0]) == ours([1.0, 2.0]) == 2.5


@cc
def test_a_staged_step_runs_natively():
    model = nn.MLP(2, [4, 3, 1], activation="tanh", seed=1)
    python, ours = StagedStep(model, nn.mse_loss), StagedStep(model, nn.mse_loss, backend="c")
    gradients = []
    for step in (python, ours):
        model.zero_grad()
        loss = step(XS, YS)
        gradients.append([loss, *(p.grad for p in model.parameters())])
    assert close(gradients[0], gradients[1], 1e-13)
    native_only(ours.staged)
    assert ours(np.array(XS), np.array(YS)) == loss


@cc
def test_threads_share_a_native_program():
    ours = jit(hessian(choices), backend="c")
    points = [[0.1 * i + 0.05, 2.0] for i in range(20)]
    expected = [ours(point) for point in points]
    wrong = []

    def work():
        wrong.extend(i for i in range(50) if [ours(point) for point in points] != expected)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# --- without a compiler ---


def test_without_a_compiler_it_runs_as_python_with_one_warning(monkeypatch):
    monkeypatch.setattr(compiler, "compilers", list)
    ours = jit(lambda x: 2 * x, backend="c")
    with pytest.warns(RuntimeWarning, match=r"runs as Python, more slowly: no C compiler found.*ziglang"):
        assert ours(1.0) == 2.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert jit(lambda x: 3 * x, backend="c")(1.0) == 3.0
    assert ours(2.0) == 4.0


@pytest.mark.parametrize("variable", ["CC", "CFLAGS"])
def test_a_variable_with_an_open_quotation_mark_is_shown(monkeypatch, variable):
    monkeypatch.setenv(variable, 'gcc "-O2')
    ours = jit(lambda x: 2 * x, backend="c")
    with pytest.warns(RuntimeWarning, match=f"\\${variable} is 'gcc \"-O2': No closing quotation"):
        assert ours(1.0) == 2.0
    assert ours.source  # it is staged


@cc
def test_flags_that_hide_the_function_are_shown(monkeypatch):
    monkeypatch.setenv("CFLAGS", "-fvisibility=hidden")
    ours = jit(lambda x: 2 * x, backend="c")
    with pytest.warns(RuntimeWarning, match="-fvisibility=hidden: what it built has no function staged"):
        assert ours(1.0) == 2.0


def test_the_size_of_a_row_is_that_of_a_flat_list_only():
    assert [compiled._size((list, (LEAF,) * 3)), compiled._size((tuple, (LEAF,)))] == [3, 1]
    odd = [LEAF, None, (dict, ("a",), (LEAF,)), (list, (LEAF, (list, (LEAF,)))), (set, (LEAF,))]
    assert [compiled._size(each) for each in odd] == [-1] * 5
