"""Gradients beside PyTorch's, where PyTorch is installed: random programs, eager and staged, at kinks and zeros too."""

import math

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given, settings

import tinygrad_edu as tg
from tinygrad_edu.engine import topological_order

torch = pytest.importorskip("torch")
functional = torch.nn.functional

# Each operation in both libraries; where one has a kink or a tie, both take the same convention.
ONE = [
    *((getattr(tg, name), getattr(torch, name)) for name in "sin cos tan tanh exp log sqrt sinh cosh expm1".split()),
    *((getattr(tg, name), getattr(torch, name)) for name in "log1p arctan arcsin arccos erf sigmoid".split()),
    *((getattr(tg, name), getattr(functional, name)) for name in "relu leaky_relu elu silu softplus".split()),
    (tg.log_sigmoid, functional.logsigmoid),
    (tg.gelu, functional.gelu),
    (abs, abs),
    (lambda x: -x, lambda x: -x),
    (lambda x: x**2, lambda x: x**2),
    (lambda x: x**-1, lambda x: x**-1),
    (lambda x: x**0.5, lambda x: x**0.5),
    (lambda x: 2 - 3 * x, lambda x: 2 - 3 * x),
    (lambda x: x * x, lambda x: x * x),
]
TWO = [
    (lambda x, y: x + y, torch.add),
    (lambda x, y: x - y, torch.sub),
    (lambda x, y: x * y, torch.mul),
    (lambda x, y: x / y, torch.div),
    (lambda x, y: x**y, torch.pow),
    (tg.maximum, torch.maximum),
    (tg.minimum, torch.minimum),
    (tg.hypot, torch.hypot),
    (lambda x, y: tg.where(x > y, x, y * 0.5), lambda x, y: torch.where(x > y, x, y * 0.5)),
]
MANY = [
    (tg.sum, sum),
    (tg.mean, lambda xs: torch.stack(xs).mean()),
    (tg.prod, lambda xs: torch.stack(xs).prod()),
    (tg.max, lambda xs: torch.stack(xs).amax()),
    (tg.logsumexp, lambda xs: torch.stack(xs).logsumexp(0)),
    (lambda xs: tg.softmax(xs)[0], lambda xs: torch.stack(xs).softmax(0)[0]),
]
UNLIKE = {  # what second derivatives are another convention of: elu at 0, and x ** y at x = 0, where ours is infinite
    ("one", [ours for ours, _ in ONE].index(tg.elu)),
    ("two", 4),
}
places = st.integers(0, 9)
steps = st.one_of(
    st.tuples(st.just("one"), st.integers(0, len(ONE) - 1), places),
    st.tuples(st.just("two"), st.integers(0, len(TWO) - 1), places, places),
    st.tuples(st.just("many"), st.integers(0, len(MANY) - 1), st.lists(places, min_size=1, max_size=3)),
)
programs = st.lists(steps, min_size=1, max_size=6)
special = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0])
numbers = special | st.floats(-4.0, 4.0).filter(lambda x: abs(x) > 0.01)  # nearer to 0 there is more rounding to see
points = st.tuples(numbers, numbers)


def program_in(which, program):
    """The program in our words (0) or in PyTorch's (1)."""

    def function(x, y):
        found = [x, y]
        for kind, index, *where in program:
            if kind == "many":
                found.append(MANY[index][which]([found[i % len(found)] for i in where[0]]))
            else:
                table = ONE if kind == "one" else TWO
                found.append(table[index][which](*(found[i % len(found)] for i in where)))
        return found[-1]

    return function


def theirs(program, point):
    """PyTorch's value, and slopes with zeros where an input plays no part."""
    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in point]
    result = program_in(1, program)(*leaves)
    result.backward()
    return [float(result.detach()), *(0.0 if leaf.grad is None else float(leaf.grad) for leaf in leaves)]


def compare(found, expected, scale):
    """Where PyTorch has finite numbers, ours must be those, but for the rounding of terms of this size."""
    assume(all(math.isfinite(x) for x in expected))
    for a, b in zip(found, expected, strict=True):
        assert abs(a - b) <= 1e-9 * scale, f"{found}, PyTorch has {expected}"


def ours(program, point):
    """Value and slopes, and the largest term of them; nothing is learnt where we raise, which PyTorch never does."""
    leaves = [tg.Value(x) for x in point]
    try:
        result = program_in(0, program)(*leaves)
        result.backward()
    except (ArithmeticError, ValueError):
        assume(False)
    nodes = topological_order(result)
    terms = [x for node in nodes for x in (node.data, node.grad, *(node.grad * local for local in node.local_grads))]
    scale = max([1.0, *(abs(x) for x in terms if math.isfinite(x))])
    return [float(result.data), *(float(leaf.grad) for leaf in leaves)], scale


@settings(max_examples=150)
@given(programs, points)
def test_values_and_slopes(program, point):
    found, scale = ours(program, point)
    compare(found, theirs(program, point), scale)


@settings(max_examples=40)
@given(programs, points, points)
def test_staged_at_another_point(program, first, point):
    """The program is written at one point and called at another."""
    staged = tg.jit(tg.value_and_grad(program_in(0, program), argnums=(0, 1)))
    try:
        staged(*first)
        value, slopes = staged(*point)
    except (ArithmeticError, ValueError):
        assume(False)
    compare([value, *slopes], theirs(program, point), ours(program, point)[1])


@settings(max_examples=40)
@given(programs, points)
def test_second_derivatives(program, point):
    assume(not UNLIKE & {step[:2] for step in program})
    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in point]
    result = program_in(1, program)(*leaves)
    assume(result.requires_grad)
    (first,) = torch.autograd.grad(result, leaves[:1], create_graph=True, allow_unused=True)
    assume(first is not None and first.requires_grad)
    second = torch.autograd.grad(first, leaves, allow_unused=True)
    try:
        found = tg.grad(tg.grad(program_in(0, program)), argnums=(0, 1))(*point)
    except (ArithmeticError, ValueError):
        assume(False)
    scale = ours(program, point)[1]
    assume(scale < 1e3)  # terms of the second derivatives are up to its square
    compare([*map(float, found)], [0.0 if x is None else float(x) for x in second], scale**3)
