"""The cases that time the same work on several engines."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from . import expression, moons
from .engines import MICROGRAD, OURS, RECURSIVE, Engine, present
from .report import Bound, Section, duration
from .sizes import Sizes
from .timing import Timing, Work, take_turns

DEEP = 100_000  # enough for the engines that sort by recursion; ours does not need it


def moons_step(sizes: Sizes) -> Section:
    """A whole training step of micrograd's moons classifier."""
    title = f"moons: a training step on {sizes.samples} samples, network 2-16-16-1, plain operators"
    return _compare(
        title,
        (OURS, MICROGRAD, RECURSIVE),
        lambda Value: moons.training_step(Value, sizes.samples),
        {MICROGRAD: 6.0},
        sizes,
        calls=sizes.calls,
    )


def eager_expression(sizes: Sizes) -> Section:
    """The README expression with both derivatives, from scratch."""
    title = "expression: micrograd's README expression with both derivatives"
    return _compare(title, (OURS, MICROGRAD, RECURSIVE), expression.value_and_derivatives, {}, sizes)


def _compare(
    title: str,
    engines: tuple[Engine, ...],
    work: Callable[[Any], Work],
    at_least: dict[Engine, float],
    sizes: Sizes,
    calls: int = 1,
) -> Section:
    """Time `work` on each engine that is present; `at_least` says how many times faster ours is meant to be."""
    values, notes = present(engines)
    with recursion_limit(DEEP):
        timings = take_turns({name: work(V) for name, V in values.items()}, sizes.rounds, sizes.seconds, calls)
    return section(title, timings, {engine.name: bound for engine, bound in at_least.items()}, notes)


def section(title: str, timings: dict[str, Timing], at_least: dict[str, float], notes: list[str]) -> Section:
    """The table of the timings: the first contestant is the measure of the others."""
    (first, ours), *_ = timings.items()
    ratios = {name: timing.ratio_to(ours) for name, timing in timings.items()}
    rows = [(name, duration(timing.median), f"{ratios[name]:.2f}") for name, timing in timings.items()]
    bounds = [
        Bound(f"{title.partition(':')[0]}: {bound:g} × {name}", f"{ratios[name]:.2f} ×", ratios[name] >= bound)
        for name, bound in at_least.items()
        if name in ratios
    ]
    seconds = {name: timing.median for name, timing in timings.items()}
    return Section(title, ("engine", "per call", f"times {first}"), rows, notes, bounds, seconds, {first})


@contextmanager
def recursion_limit(limit: int) -> Iterator[None]:
    """Allow deeper recursion for a while."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, limit))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
