"""Bytes per node in a long chain, by tracemalloc: what a graph costs until it is freed."""

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

from .engines import MICROGRAD, OURS, RECURSIVE, present
from .report import Bound, Section
from .sizes import Sizes
from .speed import recursion_limit

MOST = 130
Operation = Callable[[Any, Any], Any]
OPERATIONS: dict[str, Operation] = {
    "x + w": lambda x, w: x + w,
    "x * w": lambda x, w: x * w,
    "x / w": lambda x, w: x / w,
    "x + 1": lambda x, _: x + 1,
    "x.relu()": lambda x, _: x.relu(),
}
BINARY = ("x + w", "x * w")


def memory_per_node(sizes: Sizes) -> Section:
    """For some operations, on each engine: bytes per operation after the forward pass, and after the backward pass."""
    values, notes = present((OURS, MICROGRAD, RECURSIVE))
    rows, most = [], 0.0
    for text, operation in OPERATIONS.items():
        measured = {name: bytes_per_operation(Value, operation, sizes.chain) for name, Value in values.items()}
        if text in BINARY:
            most = max(most, measured[OURS.name][0])
        rows.append((f"`{text}`", *(f"{before:.0f}, {after:.0f}" for before, after in measured.values())))
    bound = Bound(f"memory: {MOST} bytes per binary node", f"{most:.0f} bytes", most <= MOST)
    notes.append(
        "Before and after `backward()`; data and gradients included. An engine without subtraction or division"
    )
    notes[-1] += (
        " as operations of their own, or that makes a node of each constant, needs several nodes for one operation."
    )
    return Section(
        f"memory: bytes per operation in a chain of {sizes.chain:,}", ("operation", *values), rows, notes, [bound]
    )


def bytes_per_operation(Value: Any, operation: Operation, n: int) -> tuple[float, float]:
    """What a chain of `n` operations holds in memory for each, before and after the backward pass."""
    w, start = Value(1.0000001), Value(1.0)
    gc.collect()
    tracemalloc.start()
    try:
        at_start, _ = tracemalloc.get_traced_memory()
        x = start
        for _ in range(n):
            x = operation(x, w)
        forward, _ = tracemalloc.get_traced_memory()
        with recursion_limit(10 * n):
            x.backward()
        gc.collect()
        backward, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return (forward - at_start) / n, (backward - at_start) / n
