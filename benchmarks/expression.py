"""micrograd's README expression with both derivatives: a graph of some thirty nodes, where fixed costs show."""

from collections.abc import Callable
from typing import Any


def expression(a: Any, b: Any) -> Any:
    """g(a, b), with everything micrograd's operators can do in it."""
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g


def value_and_derivatives(Value: Any) -> Callable[[], list[float]]:
    """A function that computes g(-4, 2), ∂g/∂a and ∂g/∂b from scratch."""

    def evaluate() -> list[float]:
        a, b = Value(-4.0), Value(2.0)
        g = expression(a, b)
        g.backward()
        return [g.data, a.grad, b.grad]

    return evaluate
