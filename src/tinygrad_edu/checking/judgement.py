"""What to make of derivatives beside finite differences: the one judge of `gradcheck` and of the command line."""

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from ..engine import Value
from ..numbers.number import primal
from ..transforms.traced import Traced
from .differences import Comparison, compare, smaller_and_smaller
from .evidence import CANNOT_TELL, CLEAR, STEADY, WITNESSES, Step, judgement, point, steps
from .kinks import kinks
from .stencil import SURE, Estimate, Evaluation, best_slopes, evaluate, gradient_rounding, rounding

Function = Callable[..., list[Any]]

RTOL = 1e-7
PERIODIC = {"sin", "cos", "tan"}
JUMPS = {"arctan2", "hypot"}  # where the slope differs from one direction to the next
SINGULAR = {"/": 1, "**": 0, "log": 0, "log2": 0, "log10": 0, "sqrt": 0, "cbrt": 0}  # where this operand is 0
NEAR = 0.1  # of an angle: over more than that, differences do not see a sine's slope
PRODUCTS = {"*", "/", "**", "prod", "dot"}
SMALLEST_NORMAL = sys.float_info.min


class Line(NamedTuple):
    """A result of a function along one of its arguments, and where on it."""

    f: Callable[[float], float]
    x: float


class Checked(NamedTuple):
    """A derivative beside its finite difference: of which result, by which argument, and how far off it may be."""

    result: int
    argument: int
    comparison: Comparison
    error: float  # nan at a kink or an edge
    line: Line


def checked(
    f: Function, xs: list[float], rows: Sequence[Sequence[float]], noise: Sequence[float], rtol: float
) -> Iterator[Checked]:
    """The derivatives in the rows, one row for each result of `f`, against finite differences.

    `noise` is how much rounding may have moved each result.
    """
    for j, x in enumerate(xs):
        line = _along(f, xs, j)
        estimates = best_slopes(line, x, noise)
        for i, row in enumerate(rows):
            along = Line(lambda t, line=line, i=i: line(t).values[i], x)  # type: ignore[misc]
            comparison, error = judged(along.f, x, row[j], estimates[i], rtol, _closer(f, xs, j, i))
            if not comparison.ok:
                comparison = _excused(f, xs, i, j, comparison)
            yield Checked(i, j, comparison, error, along)


def slopes_checked(
    f: Function, xs: list[float], rows: Sequence[Sequence[float]], rtol: float = RTOL
) -> Iterator[Checked]:
    """The same, where nothing is known yet of the rounding of the results."""
    here = point(f, xs)
    noise = [math.inf] * len(rows) if here is None else here.rounding
    return checked(f, xs, rows, noise, rtol)


def _along(f: Function, xs: list[float], j: int) -> Callable[[float], Evaluation]:
    return lambda t: evaluate(f, [*xs[:j], t, *xs[j + 1 :]])


def _closer(f: Function, xs: list[float], j: int, i: int) -> Callable[[], list[Step]]:
    """All steps along an argument, for the i-th result: for a closer look, which takes longer."""
    return lambda: steps(lambda t: point(f, [*xs[:j], t, *xs[j + 1 :]]), xs[j], i)


def _excused(f: Function, xs: list[float], i: int, j: int, found: Comparison) -> Comparison:
    """The verdict, unless what looks wrong is the gradient's own rounding, or the convention at several kinks."""
    traced = Traced(f, xs)
    if math.isfinite(found.gradient) and found.difference <= SURE * gradient_rounding(f, xs, i, j):
        return found._replace(verdict=CANNOT_TELL, ok=True)
    if _is_too_narrow(traced, i, j, found.difference) or _underflows(traced, i):
        return found._replace(verdict=CANNOT_TELL, ok=True)
    result = traced.results[i]
    bent = kinks(result, traced.variables[j]) if isinstance(result, Value) else []
    if len(bent) > 1 or (bent and (bent[0].op in JUMPS or not found.verdict.startswith("DISAGREES at a kink"))):
        return found._replace(verdict=f"at a kink of {bent[0].op}, where its slope is a convention", ok=True)
    return found


def _is_too_narrow(traced: Traced, i: int, j: int, difference: float) -> bool:
    """Whether the function turns within the smallest step that can see such a difference; larger ones see its mean.

    A sine goes round, the operand of a logarithm or root, or a divisor, runs through 0, or a point past the origin.
    """
    traced.pull([1.0 if k == i else 0 for k in range(len(traced.values))])
    step = CLEAR * SURE * 2 * rounding(traced, i) / difference
    tangents = traced.tangents(j)
    for node in traced.order:
        moved = [abs(primal(tangents[x])) * step if x in tangents else 0.0 for x in node.operands]
        if node.op in PERIODIC:
            width = NEAR / (1 + abs(float(primal(node)))) if node.op == "tan" else NEAR
        elif node.op in SINGULAR:
            place = SINGULAR[node.op]
            moved, width = [moved[place]], abs(float(primal(node.operands[place])))
            if node.op == "**" and width == 0 and primal(node.operands[1]) % 1 and node.operands[0] in tangents:
                return True  # the slope of 0 ** 1.0000005 is a limit, which no step comes near
        elif node.op in JUMPS:
            width = math.hypot(*(float(primal(x)) for x in node.operands))
        else:
            continue
        if max(moved, default=0.0) > width > 0:
            return True
    return False


def _underflows(traced: Traced, i: int) -> bool:
    """Whether a product on the way, forwards or backwards, is too small for floats: the gradient lacks its part."""
    traced.pull([1.0 if k == i else 0 for k in range(len(traced.values))])
    for node in traced.order:
        is_product = node.op in PRODUCTS and all(primal(x) != 0 for x in node.operands)
        numbers = [node.data, *node.local_grads] if is_product else []
        numbers += [node.grad * local for local in node.local_grads if primal(node.grad) != 0 and primal(local) != 0]
        if any(abs(primal(x)) < SMALLEST_NORMAL for x in numbers):
            return True
    return False


def judged(
    f: Callable[[float], float],
    x: float,
    gradient: float,
    estimate: Estimate | None,
    rtol: float,
    closer: Callable[[], list[Step]] = list,
) -> tuple[Comparison, float]:
    """What to make of a gradient beside the best estimate, and how far off that may be.

    If the two differ, all steps are looked at, with what rounding may have done to each. Where there is no estimate,
    the slopes of both sides tell about kinks, jumps and edges.
    """
    if estimate is not None and math.isfinite(gradient):
        scale = max(abs(gradient), abs(estimate.slope))
        if abs(gradient - estimate.slope) <= rtol * scale + SURE * estimate.error:
            return Comparison(gradient, estimate.slope, "agrees", True), estimate.error
    found = closer()
    second = compare(f, x, gradient, rtol)
    if found:
        verdict, slope, error = judgement(gradient, found, rtol)
        if verdict != "DISAGREES":
            return Comparison(gradient, slope, verdict, True), error
        if second.ok and second.verdict != "agrees":
            return second, math.nan
        return Comparison(gradient, slope, verdict, False), error
    if estimate is not None and (not second.ok or second.verdict == "agrees"):
        return Comparison(gradient, estimate.slope, "DISAGREES", False), estimate.error
    if not second.ok and not _is_steady(f, x, second):
        return Comparison(gradient, second.numeric, CANNOT_TELL, True), math.nan
    return second, math.nan


def _is_steady(f: Callable[[float], float], x: float, found: Comparison) -> bool:
    """Whether the slopes of each side stay where they are with smaller steps, while the gradient is elsewhere."""
    if not math.isfinite(found.numeric):
        return False
    if not math.isfinite(found.gradient):
        return True  # no finite number, where there is a slope
    around = [each for each in smaller_and_smaller(f, x) if each.noise < found.difference / CLEAR]
    sides = [[slope for slope in side if slope == slope] for side in zip(*[each[:2] for each in around], strict=True)]
    known = [side[-WITNESSES - 1 :] for side in sides if side]
    return bool(known) and all(
        len(side) > WITNESSES
        and max(side) - min(side) <= STEADY * min(found.difference, abs(side[0]) or math.inf)
        and abs(side[-1] - found.gradient) > found.difference / CLEAR
        for side in known
    )
