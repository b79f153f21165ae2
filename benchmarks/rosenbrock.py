"""Rosenbrock's function minimised by SciPy's BFGS, its gradient from this library or another.

Each round is a fresh start: staging, tracing and compiling are part of every contestant's time. The start is the one of
SciPy's tutorial, (1.3, 0.7, 0.8, 1.9, 1.2), repeated. From the older (-1.2, 1, -1.2, 1, …) every method ends in
the function's other minimum, near (-1, 1, …, 1).
"""

import importlib.util
import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

from tinygrad_edu.staging import jit
from tinygrad_edu.transforms import value_and_grad

from .race import Contestant, Promise, race
from .report import Section
from .sizes import Sizes
from .timing import Work

START = (1.3, 0.7, 0.8, 1.9, 1.2)
CLOSE = 1e-5  # how near to (1, …, 1) a contestant has to arrive, in each coordinate
CLOSE_BY_FORWARD_DIFFERENCES = 2e-5  # their gradient is wrong by some 1e-5, and so is where it is zero
STAGED, EAGER, AUTOGRAD, JAX = "staged", "eager", "autograd", "JAX's jit"
FORWARD, CENTRAL = "SciPy's finite differences", "SciPy's finite differences (3-point)"
NO_SCIPY = "SciPy is not installed, so this case is skipped: `pip install scipy`."


def rosenbrock_minimum(sizes: Sizes) -> Section:
    """From the start to the minimum, with everything that has to be made for it."""
    n = sizes.dimensions
    title = f"rosenbrock: minimised in {n} dimensions by SciPy's BFGS, staging and compiling included"
    if importlib.util.find_spec("scipy") is None:
        return Section(title, (), (), (NO_SCIPY,))
    contestants = {
        STAGED: Contestant(partial(staged, n)),
        EAGER: Contestant(partial(eager, n)),
        FORWARD: Contestant(partial(finite_differences, n, "2-point", CLOSE_BY_FORWARD_DIFFERENCES), "scipy"),
        CENTRAL: Contestant(partial(finite_differences, n, "3-point", CLOSE), "scipy"),
        AUTOGRAD: Contestant(partial(with_autograd, n), "autograd"),
        JAX: Contestant(partial(with_jax, n), "jax"),
    }
    promises = [Promise(STAGED, name, 1) for name in (FORWARD, AUTOGRAD, JAX)]
    note = (
        f"All arrive at (1, …, 1) within {CLOSE:.5f}; with SciPy's default, forward differences, it is"
        f" {CLOSE_BY_FORWARD_DIFFERENCES:.5f}: they are no more accurate."
    )
    return race(title, contestants, FORWARD, promises, sizes, notes=(note,))


def rosenbrock(x: Any) -> Any:
    """Σ 100 (xᵢ₊₁ - xᵢ²)² + (1 - xᵢ)², of numbers of any kind."""
    return sum(100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in itertools.pairwise(x))


def of_arrays(np: Any) -> Callable[[Any], Any]:
    """The same for an array x of NumPy, or of a library that writes like it."""
    return lambda x: np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def staged(n: int) -> Work:
    """Value and gradient as a program that is written in each round anew."""
    return lambda: minimum(jit(value_and_grad(rosenbrock)), n, jac=True)


def eager(n: int) -> Work:
    """A graph for each value and gradient."""
    return lambda: minimum(value_and_grad(rosenbrock), n, jac=True)


def finite_differences(n: int, method: str, close: float) -> Work:
    """SciPy asks for values only and takes the differences itself."""
    import numpy as np  # noqa: PLC0415 - only where it is installed

    return lambda: minimum(of_arrays(np), n, jac=method, close=close)


def with_autograd(n: int) -> Work:
    """HIPS autograd on arrays."""
    import autograd  # noqa: PLC0415
    import autograd.numpy as np  # noqa: PLC0415

    return lambda: minimum(autograd.value_and_grad(of_arrays(np)), n, jac=True)


def with_jax(n: int) -> Work:
    """JAX on arrays, in double precision; each round has a new function, which is traced and compiled anew."""
    import jax  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    jax.config.update("jax_enable_x64", True)

    def work() -> list[float]:
        compiled = jax.jit(jax.value_and_grad(of_arrays(jax.numpy)))

        def of_numpy(x: Any) -> tuple[float, Any]:
            value, gradient = compiled(x)
            return float(value), np.asarray(gradient)

        return minimum(of_numpy, n, jac=True)

    return work


def minimum(f: Callable[[Any], Any], n: int, *, jac: bool | str, close: float = CLOSE) -> list[float]:
    """Where BFGS arrives, to the few digits that optimisers agree on; ValueError if that is not the minimum."""
    from scipy.optimize import minimize  # noqa: PLC0415

    x = minimize(f, list(itertools.islice(itertools.cycle(START), n)), jac=jac, method="BFGS").x
    if not max(abs(xi - 1) for xi in x) <= close:
        raise ValueError(f"the minimum is at (1, …, 1), and BFGS found {x.tolist()}")
    return [round(xi, 4) for xi in x.tolist()]
