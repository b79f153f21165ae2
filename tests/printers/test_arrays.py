"""Programs for NumPy, JAX and PyTorch: on whole columns, each element is what the program computes for its numbers.

NumPy's are run always, the others where the library is installed; there, the library's own gradients of the printed
function must agree with the printed gradients.
"""

import ast
import contextlib
import dataclasses
import doctest
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tests.operations import TABLE, inf, nan
from tests.printers.test_printers import CASES, OTHERS, WORDS, called, hostile_function
from tests.staging.material import HOSTILE, LOOPS, XS, YS, Line, Place, fit_loss, outcome
from tests.staging.test_programs import agree, defined, numbers, programs, run, steps, transformed
from tests.test_docs import FENCE, OPTIONS, ROOT
from tinygrad_edu import nn
from tinygrad_edu.staging import StagingError, jit, mean_over, sum_over
from tinygrad_edu.steps.staged_step import StagedStep
from tinygrad_edu.transforms import grad, hessian, value_and_grad
from tinygrad_edu.trees.tree import flatten

LANGUAGES = ["numpy", "jax", "torch"]


@dataclasses.dataclass
class Library:
    """What the tests need to know of a library."""

    name: str
    array: Callable  # makes an array of a number or nested list
    gradient: Callable | None = None  # of a function by its first argument


@contextlib.contextmanager
def double_precision(name):
    """The library, if it is installed, in double precision meanwhile."""
    module = pytest.importorskip(name)
    if name == "jax":
        before = module.config.jax_enable_x64
        module.config.update("jax_enable_x64", True)
        yield module
        module.config.update("jax_enable_x64", before)
    elif name == "torch":
        before = module.get_default_dtype()
        module.set_default_dtype(module.float64)
        yield module
        module.set_default_dtype(before)
    else:
        yield module


@pytest.fixture
def jax():
    with double_precision("jax") as module:
        yield module


@pytest.fixture
def torch():
    with double_precision("torch") as module:
        yield module


@pytest.fixture(params=LANGUAGES)
def library(request):
    """Each library that is installed."""
    with double_precision(request.param) as module:
        if request.param == "jax":
            yield Library("jax", module.numpy.asarray, module.grad)
        elif request.param == "torch":
            yield Library("torch", module.tensor, module.func.grad)
        else:
            yield Library("numpy", module.array)


def printed(ours, language):
    """The function that the printed text defines."""
    namespace = {}
    exec(ours.to(language), namespace)  # noqa: S102 - the text of our own printer is what these tests are about
    return namespace[ours.trace.name]


def source(f, *args, language="numpy", **options):
    return called(f, *args, **options).to(language)


def leaves(tree):
    return flatten(tree)[0]


def arrays_in(tree):
    """The leaves of a tree, where an array is one."""
    if isinstance(tree, dict):
        return arrays_in([*tree.values()])
    return [x for branch in tree for x in arrays_in(branch)] if isinstance(tree, (list, tuple)) else [tree]


def rows_of(results, count):
    """The results for each of the points of which the arguments were columns."""
    columns = [np.broadcast_to(getattr(x, "tolist", lambda x=x: x)(), count) for x in arrays_in(results)]
    return [[float(column[i]) for column in columns] for i in range(count)]


def close(found, expected, tolerance=1e-9):
    found, expected = [[float(x) for x in arrays_in(tree)] for tree in (found, expected)]
    scale = max([1.0, *(abs(x) for x in expected if np.isfinite(x))])
    return len(found) == len(expected) and all(
        x == y or (x != x and y != y) or abs(x - y) <= tolerance * min(scale, max(1.0, abs(y)))
        for x, y in zip(found, expected, strict=True)
    )


# --- every operation of the table ------------------------------------------------------------------------------


@pytest.mark.parametrize(("ours", "points"), CASES[: -len(OTHERS)])
def test_an_operation_and_its_gradient_on_columns(library, ours, points):
    f = printed(ours, library.name)
    columns = [library.array(list(column)) for column in zip(*(point for (point,) in points), strict=True)]
    with np.errstate(over="ignore"):  # the square of 1e200
        found = rows_of(f(columns), len(points))
    for (point,), row in zip(points, found, strict=True):
        expected = leaves(ours(point))
        for x, y in zip(row, expected, strict=True):
            assert x == y or abs(x - y) <= 1e-11 * abs(y) + 1e-15, f"{point}: {row}, should be {expected}"


KINKS = [
    pytest.param(operation, point, id=f"{operation.name}{point}") for operation in TABLE for point in operation.kinks
]


@pytest.mark.parametrize(("operation", "point"), KINKS)
def test_gradients_at_kinks(library, operation, point):
    staged = called(value_and_grad(lambda xs: operation.apply(*xs)), list(point))
    expected = outcome(staged.trace.function, list(point))
    if defined(expected):
        found = printed(staged, library.name)([library.array([x]) for x in point])
        assert rows_of(found, 1)[0] == pytest.approx(leaves(expected), rel=1e-12, nan_ok=True)


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "log_sigmoid", "relu", "leaky_relu"])
def test_activations_at_the_ends_of_the_numbers(library, name):
    operation = getattr(tg, name)
    points = [-1e308, -1000.0, -30.0, -1e-300, 0.0, 1e-300, 30.0, 1000.0, 1e308]
    ours = called(value_and_grad(operation), 1.0)
    found = rows_of(printed(ours, library.name)(library.array(points)), len(points))
    for x, row in zip(points, found, strict=True):
        assert row == pytest.approx(leaves(value_and_grad(operation)(x)), rel=1e-12, abs=0.0)
    if name != "leaky_relu":
        forward = printed(called(operation, 1.0), library.name)
        ends = rows_of(forward(library.array([-inf, inf, nan])), 3)
        expected = {"sigmoid": [0.0, 1.0], "log_sigmoid": [-inf, 0.0]}.get(name, [0.0, inf])
        assert ends[:2] == [[expected[0]], [expected[1]]]
        assert ends[2][0] != ends[2][0]


# --- random programs -------------------------------------------------------------------------------------------


@given(programs, st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5))
@settings(max_examples=100)
def test_random_programs_on_columns(program, points):
    for eager in transformed(program):
        ours = jit(eager)
        expected = [outcome(ours, list(point)) for point in points]
        if ours._latest is None or not any(map(defined, expected)):
            continue
        with np.errstate(all="ignore"):  # where the function is undefined, it is for one element of the column
            found = printed(ours, "numpy")([np.array(column) for column in zip(*points, strict=True)])
        for row, right in zip(rows_of(found, len(points)), expected, strict=True):
            if defined(right) and np.isfinite(leaves(right)).all():
                assert agree(row, leaves(right)), f"{row}, should be {right}\n{ours.to('numpy')}"


@given(st.lists(steps, min_size=1, max_size=6), numbers, st.lists(numbers, min_size=1, max_size=4))
@settings(max_examples=100)
def test_random_batches(program, p, rows):
    def loss(p, rows):
        return sum_over(lambda x: run(program, [p, x]), rows) * p

    ours = jit(value_and_grad(loss), batched=["rows"])
    expected = outcome(ours, p, rows)
    if ours._latest is not None and defined(expected) and np.isfinite(leaves(expected)).all():
        with np.errstate(all="ignore"):
            found = printed(ours, "numpy")(np.float64(p), np.array(rows))
        assert agree(found, expected), f"{found}, should be {expected}\n{ours.to('numpy')}"


# --- batches ---------------------------------------------------------------------------------------------------


DEFINED = LOOPS[:-1]  # the last is undefined for one of the rows


@pytest.mark.parametrize("transform", [lambda f: f, grad, lambda f: grad(grad(f)), value_and_grad])
@pytest.mark.parametrize("f", DEFINED, ids=range(len(DEFINED)))
def test_loops_and_choices_within_each_other(library, f, transform):
    xs = [0.5, 1.0, 2.5]
    ours = called(transform(f), 0.7, xs, batched=["xs"])
    for p in (0.7, -0.7):
        found = printed(ours, library.name)(library.array(p), library.array(xs))
        assert close(found, ours(p, xs)), ours.to(library.name)


TRIPLE = [
    lambda p, xs, ys: sum_over(
        lambda x: sum_over(lambda y: y[1] * sum_over(lambda z: tg.sin(x * z * p), xs), ys) * x, xs
    ),
    lambda p, xs, ys: sum_over(
        lambda x: sum_over(lambda y: sum_over(lambda z: tg.where(y[0] > z, x, y[1] * p), xs), ys), xs
    ),
    lambda p, xs, ys: mean_over(
        lambda x: tg.exp(-mean_over(lambda y: (y[0] - x) ** 2 * mean_over(lambda z: y[1] * z * p, xs), ys)), xs
    ),
    lambda p, xs, ys: sum_over(lambda y: tg.where(p > y[1], sum_over(lambda x: tg.where(p > 0, x, 1.0), xs), p), ys),
]


@pytest.mark.parametrize("f", TRIPLE, ids=range(len(TRIPLE)))
def test_loops_within_loops_over_rows_of_different_number(library, f):
    xs, ys = [0.5, 1.0, 2.5], [[0.3, -1.0], [2.0, 0.25]]
    ours = called(value_and_grad(f), 0.7, xs, ys, batched=["xs", "ys"])
    found = printed(ours, library.name)(library.array(0.7), library.array(xs), library.array(ys))
    assert close(found, value_and_grad(f)(0.7, xs, ys)), ours.to(library.name)
    assert all(np.shape(x) == () for x in found)


def of_constants(p, xs):
    count = sum_over(lambda x: 1.0, xs)
    half = tg.where(count > 2, lambda: tg.log(count), lambda: count / 2)
    return tg.sin(count) + tg.relu(count - 2.5) * p + tg.maximum(count, 3.5) + tg.hypot(0.5 * count, 2.0) + half**0.5


def test_numbers_that_only_depend_on_how_many_rows_there_are(library):
    ours = called(value_and_grad(of_constants), 0.5, [1.0], batched=["xs"])
    for xs in ([1.0, 2.0], [1.0, 2.0, 4.0]):
        found = printed(ours, library.name)(library.array(0.5), library.array(xs))
        assert close(found, value_and_grad(of_constants)(0.5, xs))


BATCHES = [  # rows, the arrays of their columns, a function of one row, how the number of rows is written
    ([1.0, 2.0], lambda array: array([1.0, 2.0]), lambda row: row, "len(rows)"),
    (
        [[1.0, 2.0], [3.0, 4.0]],
        lambda array: array([[1.0, 2.0], [3.0, 4.0]]),
        lambda row: row[0] * row[1] ** 2,
        "len(rows)",
    ),
    ([[1.0], [3.0]], lambda array: array([[1.0], [3.0]]), lambda row: row[0], "len(rows)"),
    (
        [Place(1.0, 2.0), Place(3.0, 4.0)],
        lambda array: array([[1.0, 2.0], [3.0, 4.0]]),
        lambda row: row.x - 2 * row.y,
        "len(rows)",
    ),
    (
        [[[1.0, 2.0], [5.0, 6.0]], [[3.0, 4.0], [7.0, 8.0]]],
        lambda array: array([[[1.0, 2.0], [5.0, 6.0]], [[3.0, 4.0], [7.0, 8.0]]]),
        lambda row: row[0][1] - 3 * row[1][0],
        "len(rows[:, 0])",
    ),
    (
        [([1.0, 2.0], 3.0), ([3.0, 4.0], 5.0)],
        lambda array: (array([[1.0, 2.0], [3.0, 4.0]]), array([3.0, 5.0])),
        lambda row: row[0][0] ** 2 + row[1] * row[0][1],
        "len(rows[0])",
    ),
    (
        [{"a": 1.0, "b'": [2.0]}, {"a": 3.0, "b'": [5.0]}],
        lambda array: {"a": array([1.0, 3.0]), "b'": array([[2.0], [5.0]])},
        lambda row: row["a"] / row["b'"][0],
        "len(rows['a'])",
    ),
    (
        [Line(1.0, 2.0), Line(3.0, 5.0)],
        lambda array: Line(array([1.0, 3.0]), array([2.0, 5.0])),
        lambda row: row.slope / row.offset,
        "len(rows.slope)",
    ),
    (
        [[{7: 1.0}, {7: 2.0}], [{7: 3.0}, {7: 5.0}]],
        lambda array: [{7: array([1.0, 3.0])}, {7: array([2.0, 5.0])}],
        lambda row: row[0][7] / row[1][7],
        "len(rows[0][7])",
    ),
    (
        [[1.0, None, 2.0], [3.0, None, 4.0]],
        lambda array: [array([1.0, 3.0]), None, array([2.0, 4.0])],
        lambda row: row[0] / row[2],
        "len(rows[0])",
    ),
    ([(), ()], lambda array: array([[], []]), lambda row: 2.0, "len(rows)"),
]


@pytest.mark.parametrize(("rows", "columns", "term", "count"), BATCHES, ids=range(len(BATCHES)))
def test_rows_of_any_structure_are_arrays_of_columns(library, rows, columns, term, count):
    def f(p, rows):
        return mean_over(lambda row: p * term(row), rows)

    ours = called(value_and_grad(f), 2.0, rows, batched=["rows"])
    found = printed(ours, library.name)(library.array(2.0), columns(library.array))
    assert close(found, value_and_grad(f)(2.0, rows)), ours.to(library.name)
    assert count in ours.to("numpy")
    assert count in ours.to("torch")


def test_rows_with_keys_that_cannot_be_written():
    text = called(lambda rows: sum_over(lambda row: row[("a", 1)], rows), [{("a", 1): 2.0}], batched=["rows"])
    for language in LANGUAGES:
        with pytest.raises(StagingError, match=r"the rows of rows have the key \('a', 1\): .* must be texts or ints"):
            text.to(language)


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_a_network_over_a_batch(library, activation):
    model = nn.MLP(2, [4, 3, 1], activation=activation, seed=1)
    xs = [[0.1 * i - 0.7, 0.3 * (i % 5) - 0.5] for i in range(12)]
    ys = [float(i % 3) for i in range(12)]
    step = StagedStep(model, nn.mse_loss)
    step(xs, ys)
    model.zero_grad()
    loss = nn.mse_loss([model(x) for x in xs], ys)
    loss.backward()
    p = [each.data for each in model.parameters()]
    found = printed(step.staged, library.name)(library.array(p), library.array(xs), library.array(ys))
    assert close(found, (loss.data, [each.grad for each in model.parameters()]), 1e-12)


# --- as it reads -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "module", "count"),
    [("numpy", "numpy", "len(xs)"), ("jax", "jax.numpy", "len(xs)"), ("torch", "torch", "xs.new_tensor(len(xs))")],
)
def test_a_batch_reads_as_written_by_hand(language, module, count):
    text = source(value_and_grad(fit_loss), [0.3, 0.2], XS, YS, batched=["xs", "ys"], language=language)
    assert text.splitlines()[:-4] == [
        f"from {module} import tanh",
        "",
        "",
        "def fit_loss(p, xs, ys):",
        "    p_0, p_1 = p",
        "    x_0, x_1 = xs.T",
        "    y = ys",
        "    t1 = tanh(p_0 * x_0 + p_1 * x_1)",
        "    t2 = t1 - y",
        "    t3 = 2.0 * t2 * (1.0 - t1 * t1)",
        "    total = (t2 * t2).sum()",
        "    dp_1 = (t3 * x_1).sum()",
        "    dp_0 = (t3 * x_0).sum()",
    ]
    assert text.splitlines()[-4] == f"    t4 = {count}"


def test_choices_are_made_element_by_element():
    def f(x, y):
        return tg.where(x > y, x, 2.0) * tg.relu(x) + tg.leaky_relu(y) ** -2 * x**y - (-x) ** 4 + (-2.0) ** y

    assert source(f, 1.5, 2.0) == (
        "from numpy import where\n"
        "\n"
        "\n"
        "def f(x, y):\n"
        "    return where(x > y, x, 2.0) * where(x <= 0.0, 0.0, x) + where(y > 0.0, y, 0.01 * y) ** -2 * x ** y"
        " - (-x) ** 4 + (-2.0) ** y\n"
    )


@pytest.mark.parametrize(
    ("n", "text"), [(4, "x ** 4"), (-1, "x ** -1"), (0.5, "x ** 0.5"), (-1.5, "x ** -1.5"), (1e9, "x ** 1000000000.0")]
)
def test_powers(n, text):
    assert source(lambda x: x**n, 1.0).endswith(f"return {text}\n")
    assert source(lambda x: (x - 1) ** n, 2.0).endswith(f"return {text.replace('x', '(x - 1.0)')}\n")


def test_a_branch_that_is_not_taken_gets_harmless_operands():
    def f(x, y):
        return tg.where(x > 0, lambda: tg.log(x) + tg.where(y < 1, 2.0, lambda: x**4 / (y - 1)), 0.0)

    assert source(f, 1.0, 2.0) == (
        "from numpy import log, where\n"
        "\n"
        "\n"
        "def f(x, y):\n"
        "    return where(x > 0.0, log(where(x > 0.0, x, 1.0)) + where(y < 1.0, 2.0,"
        " x ** 4 / where(x > 0.0, where(y < 1.0, 1.0, y - 1.0), 1.0)), 0.0)\n"
    )


def test_what_a_branch_hands_out_is_0_where_it_is_not_taken():
    def f(x):
        found = []

        def branch():
            found.append(5.0 + x * x)
            return found[0]

        return tg.where(x > 0, branch, 1.0) * found[0]

    text = source(f, 1.0)
    assert "    t1 = where(x > 0.0, 5.0 + x * x, 0.0)\n" in text
    namespace = {}
    exec(text, namespace)  # noqa: S102 - the text of our own printer is what these tests are about
    assert namespace["f"](np.array([2.0, -2.0])).tolist() == [81.0, 0.0]


def test_torch_functions_get_tensors_only():
    text = source(lambda x: tg.maximum(x, -0.5) + tg.hypot(2.0, x) + tg.minimum(x, 3.0), 1.0, language="torch")
    assert text.splitlines()[-1] == (
        "    return maximum(x, x.new_tensor(-0.5)) + hypot(x, x.new_tensor(2.0)) + minimum(x, x.new_tensor(3.0))"
    )
    text = source(grad(lambda x: abs(x) * x), 1.0, language="torch")
    assert text.startswith("from torch import sign, where\n")
    assert "where(x == x, sign(x), x)" in text


def test_erf_comes_from_where_the_library_has_it():
    def program(language):
        return source(lambda x: tg.erf(tg.exp(x)) * tg.arctan2(2.0, x), 1.0, language=language)

    body = "\n\n\ndef f(x):\n    return erf(exp(x)) * arctan2(2.0, x)\n"
    assert program("numpy") == "from numpy import arctan2, exp\nfrom scipy.special import erf" + body
    assert program("jax") == "from jax.numpy import arctan2, exp\nfrom jax.scipy.special import erf" + body
    assert program("torch") == "from torch import arctan2, erf, exp" + body.replace("2.0", "x.new_tensor(2.0)")


def test_the_origin_of_arctan2_in_a_branch_that_is_not_taken_does_no_harm(library):
    def angle(y, x):
        return tg.where(x > 0, lambda: tg.arctan2(y, x), 2.0 * y)

    if library.gradient is not None:
        f = printed(called(angle, 1.0, 1.0), library.name)
        assert float(library.gradient(f)(library.array(0.0), library.array(0.0))) == 2.0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("ours", "points"), CASES)
def test_a_program_names_all_that_it_uses_and_no_more(language, ours, points):
    tree = ast.parse(ours.to(language))
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    known = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    known |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    known |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert read <= known | imported | {"abs", "len"}
    assert imported <= read


# --- names that are not harmless -------------------------------------------------------------------------------

IMPORTED = ["where", "maximum", "sign", "numpy", "arcsin", "tensor", "sum", "T"]


@pytest.mark.parametrize("label", [*HOSTILE, *WORDS, *IMPORTED], ids=ascii)
def test_labels_cannot_inject_code(label):
    ours, harmless = hostile_function(label), hostile_function("harmless")
    for language in LANGUAGES:
        text = ours.to(language)
        assert text.count("\n") == harmless.to(language).count("\n")
        code = [line.partition("#")[0] for line in text.splitlines()]
        assert not any(word in line for line in code for word in ("import os", "system(", "alert(", "input{", ";"))
    found = printed(ours, "numpy")(np.array([1.5, 0.5]), np.array([2.0, 1.0]))
    assert rows_of(found, 2)[0] == pytest.approx(leaves(ours(1.5, 2.0)), rel=1e-14)


@pytest.mark.parametrize("name", ["where", "exp", "f", "σ", "numpy", "maximum", "arctan"])
def test_functions_may_have_any_name(name):
    def f(x):
        return 2 * x + tg.where(x > 0, tg.arctan(x), 0.0)

    f.__name__ = name
    ours = called(f, 1.0)
    namespace = {}
    exec(ours.to("numpy"), namespace)  # noqa: S102 - the text of our own printer is what these tests are about
    own = f"{name}_2" if name in {"where", "exp", "maximum", "arctan", "numpy"} else name
    assert namespace[own](np.array([-3.0])).tolist() == [-6.0]


def test_parameters_may_have_any_name():
    def f(where, arctan, numpy, T):
        return tg.where(where > 0, tg.arctan(arctan), numpy) * T

    text = source(f, 1.0, 2.0, 3.0, 4.0)
    assert text.splitlines()[-2:] == [
        "def f(where_2, arctan_2, numpy_2, T):",
        "    return where(where_2 > 0.0, arctan(arctan_2), numpy_2) * T",
    ]


# --- the libraries' own transforms -----------------------------------------------------------------------------


def smooth(x, y):
    """Smooth nearly everywhere; in each choice, one branch is undefined, or overflows, where the other is taken."""
    lazy = tg.where(x > 0, lambda: tg.log(x) * y + tg.sqrt(x) / x, lambda: tg.expm1(x) * x**-2)
    edge = tg.where(abs(y) < 1, lambda: tg.arcsin(y) + tg.log1p(y) * tg.arccos(y), lambda: 1 / (y * y))
    steep = tg.where(y < 2, lambda: tg.exp(y) + tg.sinh(y) + tg.where(x > 0, lambda: x**y, tg.cos(x)), tg.sin(y))
    gates = tg.sigmoid(x * y) * tg.softplus(y) - tg.log_sigmoid(x) + tg.leaky_relu(x) - tg.relu(-y)
    return lazy * gates + edge - steep * tg.tanh(x) + tg.maximum(x, 0.25 * y) + tg.hypot(x, 2.0) + tg.minimum(y, 0.5)


POINTS = [(0.7, -0.4), (-1.3, 0.6), (2.5, 3.0), (-30.0, -2.0), (-1e-3, 1000.0), (900.0, 0.25), (0.3, 1.25)]


def forward_and_gradient(f, *args, language, **options):
    """The printed function, and its printed gradient."""
    return printed(called(f, *args, **options), language), printed(called(grad(f), *args, **options), language)


def first_points(operation):
    """The first point of each number of operands."""
    return [list(map(float, x)) for x in {len(point): point for point in reversed(operation.samples)}.values()]


OPERATIONS = [pytest.param(operation, id=operation.name) for operation in TABLE]
COLUMNS = [list(column) for column in zip(*POINTS, strict=True)]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_jax_differentiates_an_operation_as_printed(jax, operation):
    for point in first_points(operation):
        forward, gradient = forward_and_gradient(lambda xs: operation.apply(*xs), point, language="jax")
        assert close(jax.jit(jax.grad(forward))(point), gradient(point), 1e-11)


def test_slopes_that_nobody_knows_reach_no_row_that_does_not_ask_for_them(library):
    """x ** y has no slope by y where x < 0; beside such rows, second derivatives of the others are numbers."""
    ours = called(hessian(lambda p: p[0] ** p[1]), [1.0, 2.0])
    columns = [library.array([0.7, 2.5]), library.array([-0.4, 3.0])]
    for point, row in zip([(0.7, -0.4), (2.5, 3.0)], rows_of(printed(ours, library.name)(columns), 2), strict=True):
        assert close(row, hessian(lambda p: p[0] ** p[1])(list(point)))


def test_jax_differentiates_choices_as_printed(jax):
    forward, gradient = forward_and_gradient(lambda p: smooth(*p), [1.0, 2.0], language="jax")
    columns = list(map(jax.numpy.array, COLUMNS))
    expected = [grad(lambda p: smooth(*p))(list(point)) for point in POINTS]
    theirs = jax.jit(jax.vmap(jax.grad(forward)))(columns)
    for found in (theirs, jax.jit(gradient)(columns), jax.vmap(gradient)(columns)):
        for row, right in zip(rows_of(found, len(POINTS)), expected, strict=True):
            assert close(row, right)
    second = rows_of(jax.jit(jax.vmap(jax.hessian(forward)))(columns), len(POINTS))
    third = rows_of(jax.vmap(jax.jacfwd(gradient))(columns), len(POINTS))
    ours = printed(called(hessian(lambda p: smooth(*p)), [1.0, 2.0]), "jax")
    printed_second = rows_of(jax.jit(ours)(columns), len(POINTS))
    for point, *found in zip(POINTS, second, third, printed_second, strict=True):
        right = hessian(lambda p: smooth(*p))(list(point))
        assert all(close(row, right) for row in found)


def test_jax_runs_batches_under_its_transforms(jax):
    options = {"batched": ["xs", "ys"], "language": "jax"}
    forward, gradient = forward_and_gradient(fit_loss, [0.3, 0.2], XS, YS, **options)
    xs, ys = jax.numpy.array(XS), jax.numpy.array(YS)
    expected = grad(fit_loss)([0.3, 0.2], XS, YS)
    assert close(jax.jit(jax.grad(forward))([0.3, 0.2], xs, ys), expected)
    assert close(jax.jit(jax.grad(forward))(jax.numpy.array([0.3, 0.2]), xs, ys).tolist(), expected)
    assert close(jax.jit(gradient)([0.3, 0.2], xs, ys), expected)
    many = jax.vmap(gradient, in_axes=(0, None, None))(jax.numpy.array([[0.3, 0.2], [1.0, -1.0]]), xs, ys)
    assert close(rows_of(many, 2)[0], expected)
    assert close(rows_of(many, 2)[1], grad(fit_loss)([1.0, -1.0], XS, YS))


@pytest.mark.parametrize("f", [*DEFINED, of_constants], ids=range(len(LOOPS)))
def test_libraries_differentiate_loops_as_printed(library, f):
    forward, gradient = forward_and_gradient(f, 0.7, [0.5, 1.0, 2.5], batched=["xs"], language=library.name)
    for p in (0.7, -0.7):
        if library.gradient:
            theirs = library.gradient(forward)(library.array(p), library.array([0.5, 1.0, 2.5]))
            assert close(theirs, gradient(library.array(p), library.array([0.5, 1.0, 2.5])))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_torch_differentiates_an_operation_as_printed(torch, operation):
    for point in first_points(operation):
        forward, gradient = forward_and_gradient(lambda xs: operation.apply(*xs), point, language="torch")
        xs = [torch.tensor(x, requires_grad=True) for x in point]
        (forward(xs) + 0.0 * sum(xs)).backward()  # x ** 0 is a plain number
        assert close([x.grad for x in xs], gradient([x.detach() for x in xs]), 1e-11)


def test_torch_differentiates_choices_as_printed(torch):
    forward, gradient = forward_and_gradient(lambda p: smooth(*p), [1.0, 2.0], language="torch")
    columns = [torch.tensor(column, requires_grad=True) for column in COLUMNS]
    forward(columns).sum().backward()
    ours = gradient([column.detach() for column in columns])
    theirs = torch.func.vmap(torch.func.grad(forward))([column.detach() for column in columns])
    for found in (ours, theirs, [column.grad for column in columns]):
        for row, point in zip(rows_of(found, len(POINTS)), POINTS, strict=True):
            assert close(row, grad(lambda p: smooth(*p))(list(point)))


irregular = st.floats(-3, 3).filter(lambda x: abs(x) > 1e-3 and abs(x - round(x, 2)) > 1e-4)  # on no kink


@given(programs, st.lists(st.tuples(irregular, irregular), min_size=1, max_size=4))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_torch_differentiates_random_programs_as_printed(torch, program, points):
    assume(not any(each[1] in (tg.max, tg.min, tg.hypot) for each in program))  # their ties, and hypot(0, 0), are kinks
    function, _, gradient = transformed(program)
    forward, gradient = jit(function), jit(gradient)
    expected = [(outcome(forward, list(point)), outcome(gradient, list(point))) for point in points]
    assume(forward._latest is not None and gradient._latest is not None)
    columns = [torch.tensor(list(column), requires_grad=True) for column in zip(*points, strict=True)]
    (printed(forward, "torch")(columns) + 0.0 * sum(columns)).sum().backward()
    theirs = rows_of([column.grad for column in columns], len(points))
    ours = rows_of(printed(gradient, "torch")([column.detach() for column in columns]), len(points))
    for row, other, right in zip(ours, theirs, expected, strict=True):
        if all(defined(x) and np.isfinite(leaves(x)).all() for x in right):
            assert agree(row, right[1])
            assert agree(other, right[1], 1e-7), forward.to("torch")


def test_torch_maps_a_batch_over_many_parameters(torch):
    gradient = printed(called(value_and_grad(fit_loss), [0.3, 0.2], XS, YS, batched=["xs", "ys"]), "torch")
    many = torch.tensor([[0.3, 0.2], [1.0, -1.0]])
    found = torch.func.vmap(gradient, in_dims=(0, None, None))(many, torch.tensor(XS), torch.tensor(YS))
    for row, p in zip(rows_of(found, 2), many.tolist(), strict=True):
        assert close(row, leaves(value_and_grad(fit_loss)(p, XS, YS)))


def test_torch_works_in_the_precision_of_its_tensors(torch):
    for precision in (torch.float32, torch.float64):
        ours = called(value_and_grad(fit_loss), [0.3, 0.2], XS, YS, batched=["xs", "ys"])
        arguments = [torch.tensor(x, dtype=precision) for x in ([0.3, 0.2], XS, YS)]
        torch.set_default_dtype(torch.float32)
        loss, gradient = printed(ours, "torch")(*arguments)
        assert {x.dtype for x in (loss, *gradient)} == {precision}
        assert close((loss, gradient), ours([0.3, 0.2], XS, YS), 1e-6 if precision == torch.float32 else 1e-14)


# --- the page --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["jax", "torch"])
def test_the_page_runs_where_the_library_is_installed(name, request):
    """Blocks ```python are run by test_docs; blocks ```pycon need a library and are run here, after those."""
    request.getfixturevalue(name)
    page = ROOT / "docs" / "leaving.md"
    parser, runner, report = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=OPTIONS), []
    namespace, count = {"__name__": "__main__"}, 0
    for block in FENCE.finditer(page.read_text(encoding="utf-8")):
        if block[1] == "python" or (block[1] == "pycon" and name in block[2]):
            test = parser.get_doctest(block[2], namespace, page.name, str(page), 0)
            runner.run(test, out=report.append, clear_globs=False)
            namespace = test.globs
            count += block[1] == "pycon"
    assert "".join(report) == ""
    assert count > 0
