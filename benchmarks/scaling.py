"""Cost per node from small graphs to large ones: it should not grow.

Each size is measured on as many graphs as make up the largest size together, each graph freed before the next is made,
so that every measurement handles the same number of nodes. Sizes take turns, as contestants do elsewhere. Times are
of the processor, so that others' work is not in them.
"""

import gc
from statistics import median
from time import process_time
from typing import Any

import tinygrad_edu as tg

from .report import Bound, Section
from .sizes import Sizes

WIDTH = 10
MOST = 1.2  # times the cheapest size
PHASES = ("forward", "sort and backward", "free")
FORWARD, BACKWARD = 0, 1
Costs = tuple[float, float, float]  # seconds per node in each phase


def cost_per_node(sizes: Sizes) -> Section:
    """Nanoseconds per node for each size, with Python's cyclic collector as it is by default, and without."""
    rounds = [_round(sizes) for _ in range(sizes.graph_rounds)]
    rows, bounds = [], []
    for collector in (True, False):
        label = "on" if collector else "off"
        for n in sizes.graphs:
            costs = [median(costs[n, collector][phase] for costs in rounds) for phase in range(len(PHASES))]
            rows.append((f"{n:,} nodes, collector {label}", *(f"{cost * 1e9:.0f}" for cost in costs)))
        for phase in (FORWARD, BACKWARD):
            found = spread([{n: costs[n, collector][phase] for n in sizes.graphs} for costs in rounds])
            promise = f"scaling: {PHASES[phase]} flat within 20 %, collector {label}"
            bounds.append(Bound(promise, f"dearest size {found:.2f} × the cheapest", found <= MOST))
    title = f"scaling: nanoseconds per node, a recurrent network of {WIDTH} units"
    return Section(title, ("graph", *PHASES), rows, [], bounds)


def spread(rounds: list[dict[int, float]]) -> float:
    """How many times as much a node of the dearest size costs as one of the cheapest, from ratios within rounds."""
    smallest = min(rounds[0])
    ratios = [median(costs[n] / costs[smallest] for costs in rounds) for n in rounds[0]]
    return max(ratios) / min(ratios)


def _round(sizes: Sizes) -> dict[tuple[int, bool], Costs]:
    """The costs of every size, with and without the collector."""
    costs = {}
    for n in sizes.graphs:
        for collector in (True, False):
            gc.collect()
            if not collector:
                gc.disable()
            try:
                costs[n, collector] = _costs(n, max(sizes.graphs))
            finally:
                gc.enable()
    return costs


def _costs(n: int, total: int) -> Costs:
    """Per node, over as many graphs of about `n` nodes as have `total` together."""
    steps = max(1, n // (WIDTH * 2 * WIDTH))
    graphs = max(1, total // n)
    weights = [[tg.Value(0.1 * (-1) ** (i + j)) for j in range(WIDTH)] for i in range(WIDTH)]
    forward = backward = free = 0.0
    for _ in range(graphs):
        start = process_time()
        root = recurrent(weights, steps)
        built = process_time()
        root.backward()
        done = process_time()
        del root
        freed = process_time()
        forward, backward, free = forward + built - start, backward + done - built, free + freed - done
    made = graphs * (steps * WIDTH * 2 * WIDTH + 2 * WIDTH - 1)
    visited = made + graphs * WIDTH * WIDTH  # the weights too, which all graphs share
    return forward / made, backward / visited, free / made


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
