"""micrograd's README expression with both derivatives: a graph of some thirty nodes, where fixed costs show."""

from collections.abc import Callable
from operator import methodcaller
from typing import Any

import tinygrad_edu as tg

A, B = -4.0, 2.0  # where it is evaluated


def expression(a: Any, b: Any, relu: Callable[[Any], Any] = methodcaller("relu")) -> Any:
    """g(a, b), with everything micrograd's operators can do in it."""
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + relu(b + a)
    d += 3 * d + relu(b - a)
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g


def staged_form(a: Any, b: Any) -> Any:
    """The same as a function of two scalars of any kind, for transforms."""
    return expression(a, b, tg.relu)


def value_and_derivatives(Value: Any) -> Callable[[], list[float]]:
    """A function that computes g(-4, 2), ∂g/∂a and ∂g/∂b from scratch."""

    def evaluate() -> list[float]:
        a, b = Value(A), Value(B)
        g = expression(a, b)
        g.backward()
        return [g.data, a.grad, b.grad]

    return evaluate
