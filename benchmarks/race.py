"""Contestants whose code differs, and the table of how many times as fast as a reference each is."""

import importlib.util
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from .report import Bound, Section, duration
from .sizes import Sizes
from .speed import DEEP, recursion_limit
from .timing import Timing, Work, take_turns


@dataclass(frozen=True)
class Contestant:
    """How to make its work; `package` is what must be installed, None if nothing: then it is ours, unless a rival."""

    make: Callable[[], Work]
    package: str | None = None
    distribution: str | None = None  # what pip calls it, where the two differ
    is_rival: bool = False  # though it needs no package

    @property
    def is_present(self) -> bool:
        """Whether it can take part."""
        return self.package is None or importlib.util.find_spec(self.package) is not None

    @property
    def is_ours(self) -> bool:
        """Whether it is tinygrad-edu that is timed."""
        return self.package is None and not self.is_rival


@dataclass(frozen=True)
class Promise:
    """`fast` takes at most 1/`factor` of the time of `slow`; with a factor below 1 it may take longer, up to that."""

    fast: str
    slow: str
    factor: float


def race(
    title: str,
    contestants: Mapping[str, Contestant],
    reference: str,
    promises: list[Promise],
    sizes: Sizes,
    calls: int = 1,
    notes: tuple[str, ...] = (),
) -> Section:
    """Time those that are present; the last column compares with `reference`, or if that is absent with the first."""
    present = {name: each for name, each in contestants.items() if each.is_present}
    absent = [
        f"{name} is not installed, so it is skipped: `pip install {each.distribution or each.package}`."
        for name, each in contestants.items()
        if name not in present
    ]
    with recursion_limit(DEEP):
        timings = take_turns({n: each.make() for n, each in present.items()}, sizes.rounds, sizes.seconds, calls)
    ours = {name for name, each in present.items() if each.is_ours}
    return compared(title, timings, reference, promises, [*notes, *absent], ours)


def compared(
    title: str,
    timings: Mapping[str, Timing],
    reference: str,
    promises: list[Promise],
    notes: list[str],
    ours: Collection[str] = (),
) -> Section:
    """The table: how many times as fast as the reference each contestant is, and the promises that could be checked."""
    reference = reference if reference in timings else next(iter(timings))
    rows = [
        (name, duration(timing.median), times(timings[reference].ratio_to(timing))) for name, timing in timings.items()
    ]
    bounds = []
    for each in promises:
        if each.fast in timings and each.slow in timings:
            ratio = timings[each.slow].ratio_to(timings[each.fast])
            wording, measured = f"at least {each.factor:g} × {each.slow}", times(ratio)
            if each.factor < 1:
                wording, measured = f"at most {1 / each.factor:g} × the time of {each.slow}", times(1 / ratio)
            promise = f"{title.partition(':')[0]}: {each.fast}, {wording}"
            bounds.append(Bound(promise, f"{measured} ×", ratio >= each.factor))
    columns = ("contestant", "per call", f"as fast as {reference}, times")
    seconds = {name: timing.median for name, timing in timings.items()}
    return Section(title, columns, rows, notes, bounds, seconds, ours)


def times(ratio: float) -> str:
    """A ratio to three digits.

    >>> times(0.0523), times(15473.2)
    ('0.0523', '15,473')
    """
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.3g}"
