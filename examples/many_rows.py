"""Data that no process holds whole: a logistic and a nonlinear model fitted over parts, by Dask's workers.

Each worker keeps some parts of the data and runs the same C program over them, `jit` of a loss with its gradient. What
comes back from a part are a few numbers, and `total` adds these in a fixed order. So the digits are the same with one
worker or four, and if one is killed on the way (--kill): its parts are made again elsewhere.

    python examples/many_rows.py --rows 10_000_000 --workers 4

needs dask[distributed], numpy and scipy, and a C compiler. On a hundred machines only `LocalCluster` changes: start
`dask scheduler` on one, `dask worker ADDRESS:8786` on the others, and give the address to `Client`.
"""

import argparse
import functools
import itertools
import math
import os
import signal
from collections.abc import Callable
from typing import Any

import numpy as np
from dask.distributed import Client, LocalCluster
from scipy.optimize import minimize

import tinygrad_edu as tg

FEATURES = 4
TRUE_WEIGHTS = [1.0, -2.0, 0.5, 0.25, -0.5]  # the last is the bias
TRUE_DECAY = [2.0, 0.7, 0.3]


def made_part(number: int, rows: int) -> dict[str, Any]:
    """Part `number` of the data, the same wherever it is made. In real work: read the file of this number."""
    rng = np.random.default_rng(number)
    xs = rng.normal(size=(rows, FEATURES))
    odds = xs @ TRUE_WEIGHTS[:-1] + TRUE_WEIGHTS[-1]
    signs = np.where(rng.random(rows) < 1 / (1 + np.exp(-odds)), 1.0, -1.0)
    ts = rng.uniform(0.0, 5.0, rows)
    ys = TRUE_DECAY[0] * np.exp(-TRUE_DECAY[1] * ts) + TRUE_DECAY[2] + rng.normal(scale=0.1, size=rows)
    return {"xs": xs, "signs": signs, "ts": ts, "ys": ys}


# --- a logistic model: a loss and its gradient, for SciPy -------------------------------------------------------------


def logistic_loss(w: Any, xs: Any, signs: Any) -> Any:
    """The sum over some rows of log(1 + exp(-sign · odds))."""
    return tg.sum_over(lambda x, sign: tg.softplus(-sign * (tg.dot(w[:-1], x) + w[-1])), xs, signs)


logistic = tg.jit(tg.value_and_grad(logistic_loss), batched=["xs", "signs"], backend="c")


def logistic_part(w: list[float], part: dict[str, Any]) -> Any:
    """The loss of one part and its gradient, computed by the worker that has the part."""
    return logistic(w, part["xs"], part["signs"])


def fit_logistic(parts: list[Any], rows: int, map: Any) -> Any:
    """The weights with the least mean loss, by L-BFGS-B."""

    def mean_loss(w: Any) -> tuple[float, Any]:
        loss, gradient = tg.total(functools.partial(logistic_part, w.tolist()), parts, map=map)
        return loss / rows, np.array(gradient) / rows

    return minimize(mean_loss, np.zeros(FEATURES + 1), jac=True, method="L-BFGS-B")


# --- a nonlinear model: Gauss-Newton steps from sums over all rows ----------------------------------------------------


def decay(p: Any, t: float) -> Any:
    """A model that is not linear in its parameters."""
    return p[0] * tg.exp(-p[1] * t) + p[2]


def gauss_newton_sums(p: Any, ts: Any, ys: Any) -> Any:
    """Sums over some rows, in one loop: the squares of the residuals r, Jᵀr, and the lower half of JᵀJ."""

    def row(t: float, y: float) -> Any:
        r, slopes = tg.value_and_grad(lambda p: decay(p, t) - y)(p)
        products = [[a * b for b in slopes[: i + 1]] for i, a in enumerate(slopes)]
        return r * r, [r * slope for slope in slopes], products

    return tg.sum_over(row, ts, ys)


normal_equations = tg.jit(gauss_newton_sums, batched=["ts", "ys"], backend="c")


def normal_equations_part(p: list[float], part: dict[str, Any]) -> Any:
    """These sums of one part."""
    return normal_equations(p, part["ts"], part["ys"])


def fit_decay(parts: list[Any], map: Any, start: list[float], steps: int = 30) -> tuple[Any, float]:
    """The parameters with the least sum of squares, and that sum."""
    p = np.array(start)
    for _ in range(steps):
        squares, gradient, half = tg.total(functools.partial(normal_equations_part, p.tolist()), parts, map=map)
        lower = np.array([row + [0.0] * (len(p) - len(row)) for row in half])
        step = np.linalg.solve(lower + np.tril(lower, -1).T, gradient)
        p = p - step
        if np.all(np.abs(step) <= 1e-9 * (1 + np.abs(p))):
            break
    return p, squares


# --- the cluster ------------------------------------------------------------------------------------------------------


def killing_at(evaluation: int, client: Any, cluster: Any) -> Callable[..., Any]:
    """`client.map`, but at this evaluation a worker is killed after the work was handed out."""
    count = itertools.count(1)

    def handed_out(f: Callable[..., Any], parts: list[Any]) -> Any:
        futures = client.map(f, parts)
        if next(count) == evaluation:
            os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
            print("(a worker was killed)")
        return futures

    return handed_out


def main() -> None:
    """Fit both models and print all digits."""
    options = argparse.ArgumentParser(description="Fit a logistic and a nonlinear model to many rows.")
    options.add_argument("--rows", type=int, default=200_000)
    options.add_argument("--parts", type=int, default=16)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--kill", action="store_true", help="kill a worker at the fourth evaluation")
    given = options.parse_args()
    sizes = [given.rows // given.parts + (i < given.rows % given.parts) for i in range(given.parts)]
    with (
        LocalCluster(given.workers, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        # submit, not scatter: what submit made is made again if its worker is lost
        parts = [client.submit(made_part, i, size) for i, size in enumerate(sizes)]
        fitted = fit_logistic(parts, given.rows, killing_at(4, client, cluster) if given.kill else client.map)
        print("logistic model, mean loss", repr(float(fitted.fun)))
        print("  weights and bias", *map(repr, fitted.x.tolist()))
        p, squares = fit_decay(parts, client.map, start=[1.0, 1.0, 0.0])
        print("decay, standard deviation of the noise", repr(math.sqrt(squares / (given.rows - len(p)))))
        print("  height, rate, floor", *map(repr, p.tolist()))


if __name__ == "__main__":
    main()
