"""All nestings of transforms and staging give one answer: the derivative, whatever it is computed by."""

import itertools
import operator
from collections.abc import Callable, Iterator

import mpmath
import pytest

import tinygrad_edu as tg
from tests.operations import TABLE, Operation, Point, agree, reference_second, smooth_points
from tinygrad_edu.staging import jit
from tinygrad_edu.transforms import derivative, grad, hessian, hvp, jacobian, jvp, vjp

Function = Callable[[float], float]
POINT = 0.7
HIGHEST = 4


def f(x):
    """Something of everything: sharing, a power, a choice, an operation on many, a number on either side."""
    y = x * tg.sin(x)
    return tg.where(x > 0, lambda: tg.log(x), 0.0) * y + tg.exp(-y) / 3 + tg.dot([x, y], [y, 2 - x]) + x**3


def reference(x):
    y = x * mpmath.sin(x)
    return mpmath.log(x) * y + mpmath.exp(-y) / 3 + x * y + y * (2 - x) + x**3


with mpmath.workdps(60):
    DERIVATIVES = [float(mpmath.diff(reference, mpmath.mpf(POINT), n)) for n in range(HIGHEST + 1)]

# name: (how often it differentiates, the transform of a function of one number)
TRANSFORMS = {
    "grad": (1, grad),
    "jvp": (1, lambda g: lambda x: jvp(g, (x,), (1.0,))[1]),
    "vjp": (1, lambda g: lambda x: vjp(g, x)[1](1.0)[0]),
    "jacobian": (1, jacobian),
    "jacobian forward": (1, lambda g: jacobian(g, mode="forward")),
    "jacobian pushed": (1, lambda g: lambda x: jacobian(lambda x: [g(x), 1.0])(x)[0]),
    "hessian": (2, hessian),
    "hvp": (2, lambda g: lambda x: hvp(g, (x,), (1.0,))),
    "jit": (0, jit),
}


def nestings(names: list[str], highest: int) -> Iterator[tuple[str, ...]]:
    """All sequences of these transforms that differentiate up to `highest` times."""
    for length in range(1, highest + 1):
        for sequence in itertools.product(names, repeat=length):
            if sum(TRANSFORMS[name][0] for name in sequence) <= highest:
                yield sequence


def check(sequence: tuple[str, ...]) -> None:
    g: Function = f
    order = 0
    for name in sequence:
        times, transform = TRANSFORMS[name]
        g = transform(g)
        order += times
    assert g(POINT) == pytest.approx(DERIVATIVES[order], rel=1e-11), " of ".join(reversed(sequence))


def test_every_nesting_gives_the_same_derivative_up_to_order_4():
    """In every order and to every depth."""
    sequences = list(nestings(["grad", "jvp", "vjp", "jacobian", "hessian"], HIGHEST))
    assert len(sequences) > 300
    for sequence in sequences:
        check(sequence)


@pytest.mark.parametrize("name", ["jacobian forward", "jacobian pushed", "hvp"])
@pytest.mark.parametrize("others", [["grad"], ["jvp"], ["grad", "jvp"]])
def test_the_other_ways_nest_as_well(name, others):
    for sequence in nestings([name, *others], 3):
        check(sequence)


def test_staging_anywhere_in_a_nesting_changes_nothing():
    """One `jit` at every place of every nesting up to order 3, and all places at once up to order 4."""
    for sequence in nestings(["grad", "jvp", "vjp", "hessian"], 3):
        for place in range(len(sequence) + 1):
            check((*sequence[:place], "jit", *sequence[place:]))
    for name in ("grad", "jvp", "jacobian"):
        check(("jit", name) * HIGHEST + ("jit",))


@pytest.mark.parametrize("name", ["grad", "jvp"])
def test_mixed_partial_derivatives_do_not_depend_on_the_order(name):
    h = lambda x, y: tg.exp(x * y) * tg.sin(x + y * y)  # noqa: E731
    by_x = lambda g: lambda x, y: TRANSFORMS[name][1](lambda t: g(t, y))(x)  # noqa: E731
    by_y = lambda g: lambda x, y: TRANSFORMS[name][1](lambda t: g(x, t))(y)  # noqa: E731
    results = {}
    for word in itertools.permutations("xxyy"):
        g = h
        for letter in word:
            g = by_x(g) if letter == "x" else by_y(g)
        results[word] = g(0.3, 0.5)
    assert list(results.values()) == pytest.approx(
        [grad(grad(grad(grad(h), 1)), 1)(0.3, 0.5)] * len(results), rel=1e-12
    )


each_point = pytest.mark.parametrize(
    ("operation", "point"), list(smooth_points()), ids=lambda p: p.name if isinstance(p, Operation) else str(p)
)


def at(g, i):
    """d/dxᵢ of a function of several numbers, in forward mode."""
    return lambda *xs: derivative(lambda t: g(*xs[:i], t, *xs[i + 1 :]))(xs[i])


SECOND = {
    "grad of grad": lambda g, i, j: grad(grad(g, i), j),
    "grad of derivative": lambda g, i, j: grad(at(g, i), j),
    "derivative of grad": lambda g, i, j: at(grad(g, i), j),
    "derivative of derivative": lambda g, i, j: at(at(g, i), j),
}


@pytest.mark.parametrize("how", SECOND)
@each_point
def test_second_derivatives_of_every_operation(operation: Operation, point: Point, how: str) -> None:
    size = len(point)
    pairs = list(itertools.product(range(size), repeat=2)) if size < 4 else [(0, 0), (0, size - 1), (size - 1, 1)]
    for i, j in pairs:
        slope = abs(grad(operation.apply, i)(*point))
        ours = SECOND[how](operation.apply, i, j)(*point)
        assert agree(ours, reference_second(operation, point, i, j), absolute=1e-12 * (1 + slope)), (i, j)


def test_second_derivatives_are_asked_of_every_row():
    rows = {operation for operation, _ in smooth_points()}
    assert rows == set(TABLE)
    assert {operator.add, operator.pow} <= {operation.apply for operation in rows}
