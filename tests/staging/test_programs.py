"""Random programs: staged in every way, they compute what they compute by themselves, gradients and errors included."""

import math
import shutil

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings

import tinygrad_edu as tg
from tests.printers.test_printers import run_node
from tests.staging.material import outcome
from tinygrad_edu.staging import jit, sum_over
from tinygrad_edu.transforms import grad, hessian, value_and_grad
from tinygrad_edu.trees.tree import flatten

ONE = [tg.sin, tg.cos, tg.tanh, tg.exp, tg.sigmoid, tg.softplus, tg.log_sigmoid, tg.relu, tg.leaky_relu, tg.arctan, abs]
ONE += [
    tg.log,
    tg.sqrt,
    tg.log1p,
    tg.expm1,
    tg.sinh,
    tg.arcsin,
    tg.erf,
    lambda x: -x,
    lambda x: x**2,
    lambda x: x**3,
    lambda x: 2**x,
]
TWO = [lambda x, y: x + y, lambda x, y: x - y, lambda x, y: x * y, lambda x, y: x / y, tg.maximum, tg.minimum, tg.hypot]
TWO += [tg.arctan2]
MANY = [tg.sum, tg.max, tg.min, tg.prod, tg.logsumexp, lambda xs: tg.dot(xs, xs[::-1]), lambda xs: tg.softmax(xs)[0]]
CONSTANTS = [0.0, 1.0, -1.0, 2.0, 0.5, -3.0, 1e-3]

# Not closer to 0 than this, 0 aside: beyond, slopes overflow, and see test_numbers_so_small_that_slopes_overflow.
SMALL = 1e-30
simple = st.sampled_from([0.0, 1.0, -1.0, 0.5, 2.0])
numbers = simple | st.floats(SMALL, 3) | st.floats(-3, -SMALL)
tiny = st.builds(
    lambda m, e, sign: sign * m * 10.0**e, st.floats(1, 9), st.integers(-323, -30), st.sampled_from([1, -1])
)
steps = st.one_of(
    st.tuples(st.just("one"), st.sampled_from(ONE), st.integers(0, 99)),
    st.tuples(st.just("two"), st.sampled_from(TWO), st.integers(0, 99), st.integers(0, 99)),
    st.tuples(st.just("constant"), st.sampled_from(TWO), st.sampled_from(CONSTANTS), st.integers(0, 99), st.booleans()),
    st.tuples(st.just("many"), st.sampled_from(MANY), st.lists(st.integers(0, 99), min_size=1, max_size=4)),
    st.tuples(st.just("where"), st.integers(0, 99), st.sampled_from(ONE), st.sampled_from(ONE), st.integers(0, 99)),
    st.tuples(st.just("choice"), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99)),
)
programs = st.lists(steps, min_size=1, max_size=12)


def step(values, kind, f, *rest):
    """One more value, computed from those there are."""

    def at(i):
        return values[i % len(values)]

    if kind == "one":
        return f(at(*rest))
    if kind == "two":
        return f(at(rest[0]), at(rest[1]))
    if kind == "constant":
        constant, i, swapped = rest
        return f(constant, at(i)) if swapped else f(at(i), constant)
    if kind == "many":
        return f([at(i) for i in rest[0]])
    if kind == "where":
        if_true, if_false, i = rest
        return tg.where(at(f) > 0.5, lambda: if_true(at(i)), lambda: if_false(at(i)))
    return tg.where(at(f) < at(rest[0]), at(rest[1]), at(f))


def run(program, xs):
    values = list(xs)
    for each in program:
        values.append(step(values, *each))
    return tg.sum(values[2:])


def agree(found, expected, tolerance=1e-9):
    """The same error, or numbers equal up to rounding in a computation that may amplify it."""
    if type(expected) is tuple and expected and isinstance(expected[0], type):
        return type(found) is tuple and found[0] is expected[0]
    a, b = flatten(found)[0], flatten(expected)[0]
    scale = max([1.0, *(abs(y) for y in b if y == y and abs(y) < 1e300)])
    return len(a) == len(b) and all(
        x == y or (x != x and y != y) or abs(x - y) <= tolerance * scale for x, y in zip(a, b, strict=True)
    )


def agree_up_to_rounding(found, eager, p, *args):
    """They agree, or differ by no more than what the result itself does while its first argument is rounded.

    Where everything cancels, as in the slope of 3/p · p near p = 0, nothing is left of a result but rounding.
    """
    expected = eager(p, *args)
    if agree(found, expected):
        return True
    nearby, below, above = [flatten(expected)[0]], p, p
    for _ in range(4):
        below, above = math.nextafter(below, -math.inf), math.nextafter(above, math.inf)
        outcomes = [outcome(eager, q, *args) for q in (below, above)]
        nearby += [flatten(each)[0] for each in outcomes if defined(each)]
    columns = [*zip(*nearby, strict=True)]
    noise = [max(column) - min(column) for column in columns]
    return len(flatten(found)[0]) == len(noise) and all(
        agree(x, y) or abs(x - y) <= spread for x, y, spread in zip(flatten(found)[0], nearby[0], noise, strict=True)
    )


def transformed(program):
    def function(p):
        return run(program, p)

    return [function, value_and_grad(function), grad(function)]


def text(ours):
    return ours.to("c") if ours._latest else "not staged"


def defined(expected):
    return not (type(expected) is tuple and isinstance(expected[0], type))


@given(programs, st.lists(st.tuples(numbers, numbers), min_size=1, max_size=3))
@settings(max_examples=150)
def test_staged_programs_compute_the_same(program, points):
    for eager in transformed(program)[:2]:
        ours = jit(eager)
        for point in points:
            expected, found = outcome(eager, list(point)), outcome(ours, list(point))
            assert agree(found, expected), f"{found}, should be {expected}\n{text(ours)}"


@given(programs, st.lists(st.tuples(simple | tiny, simple | tiny), min_size=1, max_size=3))
@settings(max_examples=100)
def test_numbers_so_small_that_slopes_overflow(program, points):
    """A program leaves out what is multiplied by 0, so it may have a number where the function has nan, 0 · inf."""
    eager = transformed(program)[1]
    ours = jit(eager)
    for point in points:
        expected, found = outcome(eager, list(point)), outcome(ours, list(point))
        if not defined(expected) or not any(map(math.isnan, flatten(expected)[0])):
            assert agree(found, expected), f"{found}, should be {expected}\n{text(ours)}"


@given(programs, st.tuples(numbers, numbers))
@settings(max_examples=100)
def test_gradients_alone_are_numbers_only_where_the_function_is_defined(program, point):
    eager = transformed(program)[2]
    ours = jit(eager)
    expected, found = outcome(eager, list(point)), outcome(ours, list(point))
    assert agree(found, expected), f"{found}, should be {expected}\n{text(ours)}"


@given(st.lists(steps, min_size=1, max_size=5), st.tuples(numbers, numbers))
@settings(max_examples=50)
def test_second_derivatives(program, point):
    eager = hessian(transformed(program)[0])
    ours = jit(eager)
    expected, found = outcome(eager, list(point)), outcome(ours, list(point))
    if defined(expected):
        assert agree(found, expected, 1e-7), f"{found}, should be {expected}\n{text(ours)}"


@given(st.lists(steps, min_size=1, max_size=6), numbers, st.lists(numbers, min_size=1, max_size=4))
@example([("constant", lambda x, y: x / y, 1.0, 0, True)], 1e-30, [0.0, 0.0, 0.0])
@settings(max_examples=100)
def test_batches(program, p, rows):
    def loss(p, rows):
        return sum_over(lambda x: run(program, [p, x]), rows) * p

    eager = value_and_grad(loss)
    ours = jit(eager, batched=["rows"])
    expected, found = outcome(eager, p, rows), outcome(ours, p, rows)
    right = agree(found, expected) or (defined(expected) and defined(found))
    right = right and (not defined(expected) or agree_up_to_rounding(found, eager, p, rows))
    assert right, f"{found}, should be {expected}\n{text(ours)}"


def test_what_rounding_does_excuses_nothing_else():
    """The slope of 3/p · p near p = 0 is noise; that of 3p is not, nor the value of either."""
    noisy = value_and_grad(lambda p: (1 / p + 1 / p + 1 / p) * p)
    assert noisy(1e-30)[1] != 0.0
    assert agree_up_to_rounding((3.0, 0.0), noisy, 1e-30)
    assert not agree_up_to_rounding((3.1, 0.0), noisy, 1e-30)
    assert not agree_up_to_rounding((3.0, 1e16), noisy, 1e-30)
    assert not agree_up_to_rounding((3.0, float("nan")), noisy, 1e-30)
    assert not agree_up_to_rounding((3.0, 2.9), value_and_grad(lambda p: 3 * p), 1.0)
    assert not agree_up_to_rounding((3.0,), noisy, 1e-30)


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")
@given(st.lists(st.tuples(programs, st.tuples(numbers, numbers)), min_size=10, max_size=30))
@settings(max_examples=5)
def test_javascript(cases):
    calls, expected = [], []
    for program, point in cases:
        ours = jit(transformed(program)[1])
        result = outcome(ours, list(point))
        if defined(result) and all(map(math.isfinite, flatten(result)[0])):  # else there is no second opinion
            calls.append((ours.to("javascript"), (list(point),)))
            expected.append(flatten(result)[0])
    for found, right, (text, _) in zip(run_node(calls), expected, calls, strict=True):
        assert agree(found, right), text


@pytest.mark.skipif(not shutil.which("cc"), reason="needs a C compiler")
@given(programs, st.lists(st.tuples(numbers, numbers), min_size=1, max_size=3))
@settings(max_examples=15)
def test_native_code(tmp_path_factory, program, points):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        for eager in transformed(program)[1:]:
            ours = jit(eager, backend="c")
            for point in points:
                expected, found = outcome(eager, list(point)), outcome(ours, list(point))
                assert agree(found, expected), f"{found}, should be {expected}\n{text(ours)}"
