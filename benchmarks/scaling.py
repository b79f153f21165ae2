"""Cost per node from small graphs to large ones: it should not grow.

Each size is measured on as many graphs as make up the largest size together, each graph freed before the next is made,
so that every measurement handles the same number of nodes. Sizes take turns, as contestants do elsewhere.
"""

import gc
from statistics import median
from time import perf_counter
from typing import Any

import tinygrad_edu as tg

from .report import Bound, Section
from .sizes import Sizes

WIDTH = 10
MOST = 1.2  # times the cheapest size
Costs = tuple[float, float, float]  # seconds per node: forward, sort and backward, free


def cost_per_node(sizes: Sizes) -> Section:
    """Nanoseconds per node for each size, with Python's cyclic collector as it is by default, and without."""
    rows, bounds = [], []
    for collector in (True, False):
        label = "on" if collector else "off"
        costs = measure(sizes, collector=collector)
        rows += [(f"{n:,} nodes, collector {label}", *(f"{cost * 1e9:.0f}" for cost in costs[n])) for n in sizes.graphs]
        for i, phase in enumerate(("forward", "backward")):
            of_phase = [costs[n][i] for n in sizes.graphs]
            spread = max(of_phase) / min(of_phase)
            promise = f"scaling: {phase} flat within 20 %, collector {label}"
            bounds.append(Bound(promise, f"dearest size {spread:.2f} × the cheapest", spread <= MOST))
    title = f"scaling: nanoseconds per node, a recurrent network of {WIDTH} units"
    return Section(title, ("graph", "forward", "sort and backward", "free"), rows, [], bounds)


def measure(sizes: Sizes, *, collector: bool) -> dict[int, Costs]:
    """The median cost per node of each size, over the rounds."""
    rounds: dict[int, list[Costs]] = {n: [] for n in sizes.graphs}
    for _ in range(sizes.graph_rounds):
        for n in sizes.graphs:
            gc.collect()
            if not collector:
                gc.disable()
            try:
                rounds[n].append(_costs(n, max(sizes.graphs)))
            finally:
                gc.enable()
    return {n: _medians(costs) for n, costs in rounds.items()}


def _medians(rounds: list[Costs]) -> Costs:
    forward, backward, free = zip(*rounds, strict=True)
    return median(forward), median(backward), median(free)


def _costs(n: int, total: int) -> Costs:
    """Per node, over as many graphs of about `n` nodes as have `total` together."""
    steps = max(1, n // (WIDTH * (2 * WIDTH + 1)))
    graphs = max(1, total // n)
    weights = [[tg.Value(0.1 * (-1) ** (i + j)) for j in range(WIDTH)] for i in range(WIDTH)]
    forward = backward = free = 0.0
    for _ in range(graphs):
        start = perf_counter()
        root = recurrent(weights, steps)
        built = perf_counter()
        root.backward()
        done = perf_counter()
        del root
        freed = perf_counter()
        forward, backward, free = forward + built - start, backward + done - built, free + freed - done
    nodes = graphs * (steps * WIDTH * 2 * WIDTH + WIDTH)
    return forward / nodes, backward / nodes, free / nodes


def recurrent(weights: list[list[Any]], steps: int) -> Any:
    """h ← tanh(w·h), again and again, each product and sum a node; the sum of the last h."""
    h = [tg.Value(0.5 + 0.01 * i) for i in range(WIDTH)]
    for _ in range(steps):
        h = [_plain_sum([w * x for w, x in zip(row, h, strict=True)]).tanh() for row in weights]
    return _plain_sum(h)


def _plain_sum(values: list[Any]) -> Any:
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total
