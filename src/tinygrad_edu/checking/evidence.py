"""Before a gradient is called wrong: what all steps say, with all that rounding may have done to them.

Finite differences can mislead. A feature of the function may be narrower than the step, or rounding may be larger than
it seems at the point itself. A right gradient comes out in the end: of the steps that rounding still leaves able to
tell it from another number, the smallest ones agree with it. A wrong one is contradicted by every one of them.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..numbers.number import primal
from ..transforms.traced import Traced
from .stencil import FIRST_STEP, SMALLEST_STEP, STEPS, five_point_slope, rounding, way

CLEAR = 3  # the difference between two numbers, in terms of what a step may be off by, for it to tell them apart
SURE = 4  # a difference may be off by this many times its estimated rounding
LOOSE = 1e-3  # relative: an agreement no better than that proves nothing
STEADY = 1e-2  # relative: slopes that change by more from step to step prove nothing
WITNESSES = 2  # steps that must contradict a gradient
CANNOT_TELL = "cannot tell: too steep, too rough or too much rounding for finite differences"


class Step(NamedTuple):
    """A slope by one step, and by how much rounding may have moved it."""

    slope: float
    rounding: float
    spread: float = 0.0  # how much the results differed
    size: float = 0.0


class Point(NamedTuple):
    """A function's results at a point, the way it went, and by how much rounding may have moved each result."""

    values: list[float]
    way: int
    rounding: list[float]


def point(f: Callable[..., object], xs: Sequence[float]) -> Point | None:
    """The results of `f`, which returns a list, with their rounding; None where it has none."""
    try:
        traced = Traced(f, xs)
        moved = []
        for i in range(len(traced.values)):
            traced.pull([1.0 if i == j else 0 for j in range(len(traced.values))])
            moved.append(rounding(traced, i))
    except (ArithmeticError, ValueError):
        return None
    return Point([float(primal(y)) for y in traced.values], way(traced), moved)


def steps(line: Callable[[float], Point | None], x: float, i: int) -> list[Step]:
    """The slopes of the i-th result by all steps that stay on one smooth piece of the function, the largest first."""
    here = line(x)
    found = []
    for h in _sizes(x) if here else ():
        places = [x - 2 * h, x - h, x + h, x + 2 * h]
        around = [line(place) for place in places]
        if any(each is None or each.way != here.way for each in around):  # type: ignore[union-attr]
            continue
        heights = [each.values[i] for each in around if each]
        slope = five_point_slope(places, heights)
        off = 2 * max(each.rounding[i] for each in (*around, here) if each) / h
        if math.isfinite(slope) and math.isfinite(off):
            found.append(Step(slope, off, max(heights) - min(heights), h))
    return found


def _sizes(x: float) -> list[float]:
    """Steps from large to small; near 0, also some that are small beside x."""
    sizes = [FIRST_STEP * max(1.0, abs(x)) / 8**k for k in range(STEPS)]
    sizes += [abs(x) / 8**k for k in range(1, STEPS) if abs(x) < sizes[-1] * 8**k]
    return [h for h in sizes if h > SMALLEST_STEP * abs(x)]


class Judgement(NamedTuple):
    """What the steps say of a gradient, the slope they say it by, and how far off that may be."""

    verdict: str  # "agrees", "DISAGREES", or CANNOT_TELL
    slope: float
    error: float


def judgement(gradient: float, found: Sequence[Step], rtol: float) -> Judgement:
    """What the steps say of a gradient.

    >>> judgement(1.0, [Step(2.0, 1e-9), Step(2.0, 1e-8), Step(2.0, 1e-7)], 1e-7).verdict
    'DISAGREES'
    >>> judgement(1.0, [Step(2.0, 1e-9), Step(1.5, 1e-8), Step(1.0, 1e-7)], 1e-7).verdict
    'agrees'
    """
    changes = [math.inf, *(abs(b.slope - a.slope) for a, b in itertools.pairwise(found))]
    totals = [change + SURE * step.rounding for change, step in zip(changes, found, strict=True)]
    if len(found) < WITNESSES:
        return Judgement(CANNOT_TELL, math.nan, math.nan)
    best = min(range(len(found)), key=lambda k: totals[k])
    slope = found[best].slope
    if not math.isfinite(gradient):
        settled = _settled(found[max(best - 1, 0) :], slope)
        return Judgement("DISAGREES" if settled else CANNOT_TELL, slope, totals[best])
    apart = abs(gradient - slope)
    scale = max(abs(gradient), abs(slope))
    able = [step for step in found[max(best - 1, 0) :] if CLEAR * SURE * step.rounding < apart]
    if apart <= rtol * scale + totals[best] and not able:
        certain = totals[best] <= LOOSE * scale or apart == 0
        return Judgement("agrees" if certain else CANNOT_TELL, slope, totals[best])
    for_it = [step for step in able if abs(step.slope - gradient) < abs(step.slope - slope)]
    if for_it:
        last = for_it[-1]
        off = SURE * last.rounding + abs(last.slope - gradient)
        return Judgement("agrees" if off <= LOOSE * scale else CANNOT_TELL, last.slope, off)
    if apart <= rtol * scale + totals[best]:
        return Judgement("agrees", slope, totals[best])
    allowed = STEADY * abs(slope) + totals[best]
    spread = max(step.spread for step in found)
    if 0 < spread < abs(gradient) * found[-1].size:  # it may go up and down within the smallest step
        return Judgement(CANNOT_TELL, slope, totals[best])
    steady = all(abs(step.slope - slope) <= allowed + SURE * step.rounding for step in able)
    against = steady and len(able) >= WITNESSES and math.isfinite(apart)
    return Judgement("DISAGREES" if against else CANNOT_TELL, slope, totals[best])


def _settled(found: Sequence[Step], slope: float) -> bool:
    """Whether all of these steps that rounding leaves able to tell say this slope."""
    able = [step for step in found if SURE * step.rounding <= STEADY * max(1.0, abs(slope))]
    off = [abs(step.slope - slope) - SURE * step.rounding for step in able]
    return len(able) > WITNESSES and max(off) <= STEADY * abs(slope)
