"""`compare_modes(f, x)`: forward mode, reverse mode and finite differences side by side on a function of one's own.

Forward mode runs the function once for each input, finite differences twice. Reverse mode runs it once, whatever the
number of inputs, and walks back once for each output; in return it keeps the graph. What that means for the function
at hand, in operations, time, memory and accuracy, is measured here.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..engine import Value, topological_order
from ..mistakes.options import A_FUNCTION, A_NUMBER, expect
from ..notation.report import Part, Prose, Report, Table, Title
from ..numbers.number import number, primal
from ..transforms.jacobians import jacobian
from ..transforms.traced import Traced, name_of, title_of
from ..trees.tree import numbers_of, unflatten
from .differences import CENTRAL_STEP

Function = Callable[..., Any]
Rows = list[list[float]]  # the derivatives of each output by each input

HEADER = ["mode", "passes", "operations", "time", "memory", "largest error"]
LEAST_RUNS = 3


class Mode(NamedTuple):
    """One way to all derivatives, and what it costs."""

    name: str
    passes: str
    operations: int
    seconds: float  # median of several runs
    memory: int  # bytes at the peak
    error: float  # relative to reverse mode; nan if it is undefined
    failure: str = ""

    @property
    def cells(self) -> list[str]:
        """A row of a table."""
        measured = [_seconds(self.seconds), _bytes(self.memory), f"{self.error:.0e}" if self.error else "0"]
        return [self.name, self.passes, f"{self.operations:,}", *(["fails", "", ""] if self.failure else measured)]


@dataclass(frozen=True, repr=False)
class ModeComparison(Report):
    """The result of `compare_modes`: prints as a table with a recommendation, a notebook shows it as Markdown."""

    function: str
    inputs: int
    outputs: int
    modes: tuple[Mode, ...]  # forward, reverse, finite differences
    recommended: str  # "forward" or "reverse"
    reason: str

    def _parts(self) -> list[Part]:
        sizes = f"{_count(self.outputs, 'output')} by {_count(self.inputs, 'input')}"
        return [
            Title(f"All derivatives of {self.function}: {sizes}"),
            Table(HEADER, [mode.cells for mode in self.modes]),
            Prose(self.reason),
        ]


def compare_modes(f: Function, *args: object, seconds: float = 0.2) -> ModeComparison:
    """Compute all derivatives of `f` at these arguments by forward mode, reverse mode and finite differences.

    Arguments and results are numbers or trees of them. Each mode runs for about `seconds`, at least three times. The
    operations are counted: one for each of `f`, and one more for each local gradient that is multiplied and added. The
    errors are relative to reverse mode, which is exact up to rounding, as forward mode is; finite differences are
    central ones. Raises ValueError if the arguments or the results hold no number.

    >>> report = compare_modes(lambda x: x[0] * x[1] * x[2], [2.0, 3.0, 4.0], seconds=0)
    >>> report.recommended, [(mode.name, mode.passes, mode.operations) for mode in report.modes]
    ('reverse', [('forward', '3', 18), ('reverse', '1 + 1 back', 6), ('finite differences', '6', 12)])
    """
    expect("compare_modes", A_FUNCTION, f=f)
    expect("compare_modes", A_NUMBER, seconds=seconds)
    leaves, structure = numbers_of(args)
    xs = [float(number(x)) for x in leaves]

    def flat(*values: object) -> list[float]:
        return numbers_of(f(*unflatten(structure, values)))[0]

    traced = Traced(flat, xs)
    n, m = len(xs), len(traced.values)
    if not n or not m:
        raise ValueError(f"compare_modes of {name_of(f)}, from {n} numbers to {m}: there is no derivative")
    run, forth, back = _operations(traced)
    ways: list[tuple[str, str, int, Callable[[], Rows]]] = [
        ("forward", f"{n}", n * (run + forth), lambda: _exact(flat, xs, "forward")),
        ("reverse", f"1 + {m} back", run + back, lambda: _exact(flat, xs, "reverse")),
        ("finite differences", f"{2 * n}", 2 * n * run, lambda: _differences(flat, xs)),
    ]
    right = _exact(flat, xs, "reverse")
    modes = tuple(_measured(*way, right, seconds) for way in ways)
    best = "forward" if modes[0].operations <= modes[1].operations else "reverse"
    return ModeComparison(title_of(f), n, m, modes, best, _reason(best, n, m, modes))


def _exact(flat: Function, xs: list[float], mode: str) -> Rows:
    rows = jacobian(flat, tuple(range(len(xs))), mode=mode)(*xs)
    return [[float(primal(slope)) for slope in row] for row in rows]


def _differences(flat: Function, xs: list[float]) -> Rows:
    """Central differences, of all results at once."""
    columns = []
    for i, x in enumerate(xs):
        h = CENTRAL_STEP * max(1.0, abs(x))
        above, below = ([float(primal(y)) for y in flat(*xs[:i], x + s, *xs[i + 1 :])] for s in (h, -h))
        columns.append([(a - b) / ((x + h) - (x - h)) for a, b in zip(above, below, strict=True)])
    return [list(row) for row in zip(*columns, strict=True)]


def _operations(traced: Traced) -> tuple[int, int, int]:
    """How many operations a run of the function takes, how many more tangents take, and walks back from all outputs."""
    run = sum(1 for node in traced.order if node.op)
    forth = sum(len(node.local_grads) for node in traced.order)
    nodes = [y for y in traced.results if isinstance(y, Value)]
    back = sum(len(node.local_grads) for y in nodes for node in topological_order(y))
    return run, forth, back


def _measured(
    name: str, passes: str, operations: int, compute: Callable[[], Rows], right: Rows, seconds: float
) -> Mode:
    try:
        rows = compute()
    except (ArithmeticError, ValueError) as failure:
        return Mode(name, passes, operations, math.nan, 0, math.nan, str(failure))
    pairs = [pair for row in zip(rows, right, strict=True) for pair in zip(*row, strict=True)]
    error = max((_relative(a, b) for a, b in pairs), key=lambda off: math.inf if off != off else off)
    return Mode(name, passes, operations, _median_time(compute, seconds), _peak_memory(compute), error)


def _relative(a: float, b: float) -> float:
    """By how much a is off from b, in terms of b; nan if b is no finite number and a is another."""
    if a == b or (a != a and b != b):
        return 0.0
    return abs(a - b) / (abs(b) or 1.0) if math.isfinite(b) else math.nan


def _median_time(compute: Callable[[], Rows], seconds: float) -> float:
    times: list[float] = []
    while len(times) < LEAST_RUNS or sum(times) < seconds:
        start = time.perf_counter()
        compute()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


def _peak_memory(compute: Callable[[], Rows]) -> int:
    import tracemalloc  # noqa: PLC0415 - only this needs it

    was_tracing = tracemalloc.is_tracing()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        compute()
        _, peak = tracemalloc.get_traced_memory()
        return peak - before
    finally:
        if not was_tracing:
            tracemalloc.stop()


# --- in words ----------------------------------------------------------------------------------------------------


def _reason(best: str, n: int, m: int, modes: tuple[Mode, ...]) -> str:
    _, reverse, differences = modes
    if best == "forward":
        words = (
            f'Use forward mode, jvp or jacobian(f, mode="forward"): {_count(n, "pass", "passes")} for '
            f"{_count(n, 'input')}, and no graph is kept; reverse mode would walk back {_count(m, 'time')}."
        )
    else:
        call = "grad(f)" if m == 1 else 'jacobian(f, mode="reverse")'
        words = (
            f"Use reverse mode, {call}: one pass and {_count(m, 'walk')} back give the derivatives by "
            f"{_count(n, 'input')}; forward mode would take {n} passes. It keeps the graph meanwhile, "
            f"{_bytes(reverse.memory)} here."
        )
    if differences.failure:
        return f"{words} Finite differences fail: {differences.failure}."
    return f"{words} Finite differences are only good for checking: they are off by up to {differences.error:.0e}."


def _count(number_of: int, one: str, several: str = "") -> str:
    return f"{number_of} {one if number_of == 1 else several or one + 's'}"


def _seconds(seconds: float) -> str:
    return (
        f"{seconds * 1e6:.0f} µs"
        if seconds < 1e-3
        else f"{seconds * 1e3:.1f} ms"
        if seconds < 1
        else f"{seconds:.1f} s"
    )


def _bytes(number_of: int) -> str:
    return f"{number_of / 1e3:.0f} kB" if number_of < 1e6 else f"{number_of / 1e6:.1f} MB"
