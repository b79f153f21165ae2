"""Transforms beside JAX's, where JAX is installed: two libraries that share no line must agree on random programs."""

import math

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given, settings

import tinygrad_edu as tg
from tinygrad_edu.trees.tree import flatten

jax = pytest.importorskip("jax")
jnp = jax.numpy


@pytest.fixture(autouse=True)
def _double_precision():
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


# Each operation in both libraries, smooth where both define it.
ONE = [
    (tg.sin, jnp.sin),
    (tg.cos, jnp.cos),
    (tg.tanh, jnp.tanh),
    (tg.exp, jnp.exp),
    (tg.log, jnp.log),
    (tg.sqrt, jnp.sqrt),
    (tg.arctan, jnp.arctan),
    (tg.sinh, jnp.sinh),
    (tg.log1p, jnp.log1p),
    (tg.expm1, jnp.expm1),
    (tg.erf, jax.scipy.special.erf),
    (tg.sigmoid, jax.nn.sigmoid),
    (tg.softplus, jax.nn.softplus),
    (tg.log_sigmoid, jax.nn.log_sigmoid),
    (lambda x: x**3, lambda x: x**3),
    (lambda x: 1 / (x * x + 1), lambda x: 1 / (x * x + 1)),
]
TWO = [
    (lambda x, y: x + y, jnp.add),
    (lambda x, y: x - y, jnp.subtract),
    (lambda x, y: x * y, jnp.multiply),
    (lambda x, y: x / y, jnp.divide),
    (tg.arctan2, jnp.arctan2),
    (lambda x, y: (x * x + 0.5) ** y, lambda x, y: (x * x + 0.5) ** y),
]
MANY = [
    (tg.sum, sum),
    (tg.prod, math.prod),
    (tg.logsumexp, lambda xs: jax.scipy.special.logsumexp(jnp.stack(xs))),
    (lambda xs: tg.softmax(xs)[-1], lambda xs: jax.nn.softmax(jnp.stack(xs))[-1]),
]
places = st.integers(0, 9)
steps = st.one_of(
    st.tuples(st.just("one"), st.integers(0, len(ONE) - 1), places),
    st.tuples(st.just("two"), st.integers(0, len(TWO) - 1), places, places),
    st.tuples(st.just("many"), st.integers(0, len(MANY) - 1), st.lists(places, min_size=2, max_size=3)),
)
programs = st.lists(steps, min_size=1, max_size=5)
points = st.lists(st.floats(0.25, 2.0).map(lambda x: round(x, 3)), min_size=2, max_size=2)


def program_in(which, program):
    """The program in our words (0) or in JAX's (1)."""

    def function(p):
        values = [p[0], p[1]]
        for kind, index, *where in program:
            if kind == "many":
                values.append(MANY[index][which]([values[i % len(values)] for i in where[0]]))
            else:
                table = ONE if kind == "one" else TWO
                values.append(table[index][which](*(values[i % len(values)] for i in where)))
        return values[-1]

    return function


def numbers_of(tree):
    return [float(x) for x in flatten(tree)[0]]


def compared(ours, theirs, point, tolerance):
    """Both results, if they are of a size at which a comparison says something."""
    try:
        found = numbers_of(ours(point))
    except (ArithmeticError, ValueError):
        assume(False)
    expected = jnp.ravel(jnp.asarray(theirs(jnp.asarray(point)))).tolist()
    assume(all(math.isfinite(x) and abs(x) < 1e6 for x in [*found, *expected]))
    scale = max(1.0, *map(abs, expected))
    for x, y in zip(found, expected, strict=True):
        assert abs(x - y) <= tolerance * scale, f"{found}, JAX has {expected}"


@settings(max_examples=25)
@given(programs, points)
def test_gradients(program, point):
    compared(tg.grad(program_in(0, program)), jax.grad(program_in(1, program)), point, 1e-9)


@settings(max_examples=15)
@given(programs, points)
def test_hessians(program, point):
    compared(tg.hessian(program_in(0, program)), jax.hessian(program_in(1, program)), point, 1e-7)


@settings(max_examples=15)
@given(programs, points, points)
def test_directions(program, point, direction):
    ours, theirs = program_in(0, program), program_in(1, program)
    compared(
        lambda p: tg.jvp(ours, (p,), (direction,))[1],
        lambda p: jax.jvp(theirs, (p,), (jnp.asarray(direction),))[1],
        point,
        1e-9,
    )
    compared(
        lambda p: tg.hvp(ours, (p,), (direction,)),
        lambda p: jax.jvp(jax.grad(theirs), (p,), (jnp.asarray(direction),))[1],
        point,
        1e-7,
    )
