"""The README expression with both derivatives in other libraries, each imported only where it is installed."""

from collections.abc import Callable
from typing import Any

from .expression import A, B, expression
from .timing import Work


def torch_eager() -> Work:
    """PyTorch, a graph for each call."""
    import torch  # noqa: PLC0415

    torch.set_num_threads(1)  # as in networks.py

    def evaluate() -> list[float]:
        a, b = (torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (A, B))
        g = expression(a, b)
        g.backward()
        return [g.item(), a.grad.item(), b.grad.item()]

    return evaluate


def jax_jit() -> Work:
    """JAX, compiled, in double precision."""
    import jax  # noqa: PLC0415

    jax.config.update("jax_enable_x64", True)
    step = jax.jit(jax.value_and_grad(lambda a, b: expression(a, b, relu=jax.nn.relu), (0, 1)))

    def evaluate() -> list[float]:
        g, (da, db) = jax.block_until_ready(step(A, B))
        return [float(g), float(da), float(db)]

    return evaluate


def autograd_eager() -> Work:
    """HIPS autograd, a trace for each call."""
    import autograd  # noqa: PLC0415
    import autograd.numpy as np  # noqa: PLC0415

    def g(ab: Any) -> Any:
        return expression(ab[0], ab[1], relu=lambda x: np.maximum(x, 0.0))

    step, start = autograd.value_and_grad(g), np.array([A, B])

    def evaluate() -> list[float]:
        value, gradient = step(start)
        return [float(value), *gradient.tolist()]

    return evaluate


def casadi_function() -> Work:
    """CasADi, a function over its scalar symbols SX."""
    import casadi  # noqa: PLC0415

    a, b = casadi.SX.sym("a"), casadi.SX.sym("b")
    g = expression(a, b, relu=lambda x: casadi.fmax(x, 0))
    step = casadi.Function("g", [a, b], [g, casadi.gradient(g, a), casadi.gradient(g, b)])
    return lambda: [float(x) for x in step(A, B)]


PEERS: dict[str, tuple[str, Callable[[], Work]]] = {  # by the name in the table: the package, and how to start
    "PyTorch": ("torch", torch_eager),
    "JAX's jit": ("jax", jax_jit),
    "autograd": ("autograd", autograd_eager),
    "CasADi": ("casadi", casadi_function),
}
