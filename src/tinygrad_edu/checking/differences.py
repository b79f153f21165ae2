"""Derivatives from function values alone: finite differences, and whether a gradient agrees with them.

They know nothing of the chain rule, so they are a second opinion on it. They are also inexact: the step h is a
bargain between the curve's bending over h and the rounding of f, which is divided by h. The steps used here
balance the two (Press et al., Numerical Recipes, section 5.7).
"""

import itertools
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

EPSILON = sys.float_info.epsilon
CENTRAL_STEP = EPSILON ** (1 / 3)
FIVE_POINT_STEP = EPSILON ** (1 / 5)
RTOL, ATOL = 1e-6, 1e-9

Function = Callable[[float], float]


def central_difference(f: Function, x: float, h: float | None = None) -> float:
    """f′(x) as (f(x + h) - f(x - h)) / 2h, off by about h²·f‴/6. h is ε^⅓·max(1, |x|) if not given.

    >>> round(central_difference(lambda x: x**3, 2.0), 6)
    12.0
    """
    h = CENTRAL_STEP * max(1.0, abs(x)) if h is None else h
    above, below = x + h, x - h
    return (f(above) - f(below)) / (above - below)  # by what x + h and x - h are after rounding


def five_point(f: Function, x: float, h: float | None = None) -> float:
    """f′(x) from f at x ± h and x ± 2h, off by about h⁴·f⁗′/30. h is ε^⅕·max(1, |x|) if not given.

    >>> round(five_point(lambda x: x**3, 2.0), 9)
    12.0
    """
    h = FIVE_POINT_STEP * max(1.0, abs(x)) if h is None else h
    return (4 * central_difference(f, x, h) - central_difference(f, x, 2 * h)) / 3


def numeric_gradient(
    f: Callable[..., float], xs: Sequence[float], difference: Callable[[Function, float], float] = five_point
) -> list[float]:
    """The derivative of f(x₁, x₂, …) by each of its arguments at `xs`, by finite differences.

    `difference` is `five_point` or `central_difference`. What f raises near `xs` is passed on.

    >>> [round(slope, 6) for slope in numeric_gradient(lambda a, b, c: (a + b) * (b + c), [-1.0, 3.0, 4.0])]
    [7.0, 9.0, 2.0]
    """
    return [difference(along(f, xs, i), x) for i, x in enumerate(xs)]


def along(f: Callable[..., float], xs: Sequence[float], i: int) -> Function:
    """f as a function of its i-th argument alone, the others as in `xs`.

    >>> along(lambda x, y: x - y, [5.0, 3.0], 1)(1.0)
    4.0
    """
    return lambda x: f(*xs[:i], x, *xs[i + 1 :])


def close(a: float, b: float, *, rtol: float = RTOL, atol: float = ATOL) -> bool:
    """|a - b| ≤ atol + rtol·max(|a|, |b|), or both the same infinity.

    >>> close(1.0, 1.0000001), close(1.0, 1.001)
    (True, False)
    """
    return a == b or abs(a - b) <= atol + rtol * max(abs(a), abs(b)) < math.inf


# --- both sides of a point -------------------------------------------------------------------------------------


class Slopes(NamedTuple):
    """Difference quotients of f around a point with one step; nan where f is undefined."""

    left: float
    right: float
    centre: float  # of whatever side exists, if not both
    noise: float  # how much rounding of f may have moved them

    @property
    def meet(self) -> bool:
        """Whether the slopes of the two sides are equal, so far as one can tell."""
        return close(self.left, self.right, rtol=1e-3, atol=ATOL + self.noise)


def slopes(f: Function, x: float, h: float) -> Slopes:
    """The slope of f to the left of x, to the right, and of both together, from x, x ± h and x ± 2h.

    >>> abs_at_0 = slopes(abs, 0.0, 0.001)
    >>> abs_at_0.left, abs_at_0.right, abs_at_0.centre
    (-1.0, 1.0, 0.0)
    """
    points = [x - 2 * h, x - h, x, x + h, x + 2 * h]
    heights = [_or_nan(f, point) for point in points]

    def secant(i: int, j: int) -> float:
        return (heights[j] - heights[i]) / (points[j] - points[i])

    left = 2 * secant(1, 2) - secant(0, 2)  # off by about h²·f‴·⅔: the secant's own h·f″/2 cancels
    right = 2 * secant(2, 3) - secant(2, 4)
    both = (4 * secant(1, 3) - secant(0, 4)) / 3
    centre = next((slope for slope in (both, left, right) if slope == slope), math.nan)
    largest = max((abs(height) for height in heights if height == height), default=0.0)
    return Slopes(left, right, centre, 16 * EPSILON * largest / h)


def _or_nan(f: Function, x: float) -> float:
    """f(x), nan where it has no finite value: the edge of a domain is something to find out here, not to fail at."""
    try:
        y = f(x)
    except (ArithmeticError, ValueError):
        return math.nan
    return math.nan if isinstance(y, complex) or not math.isfinite(y) else y


# --- a gradient against finite differences ---------------------------------------------------------------------


class Comparison(NamedTuple):
    """A gradient beside its finite difference, and what to make of the two."""

    gradient: float
    numeric: float
    verdict: str
    ok: bool  # False only if they disagree where they should not

    @property
    def difference(self) -> float:
        """How far apart they are; 0 for the same infinity."""
        return 0.0 if self.gradient == self.numeric else abs(self.gradient - self.numeric)


def compare(f: Function, x: float, gradient: float, rtol: float = RTOL) -> Comparison:
    """Whether `gradient` is the slope of f at x, judged by finite differences with smaller and smaller steps.

    Where the slopes of the two sides differ (a kink), any number between them is right. At the edge of the domain
    the side that exists is asked.

    >>> compare(lambda x: x * x, 3.0, 6.0).verdict
    'agrees'
    >>> compare(lambda x: x * x, 3.0, 6.1).verdict
    'DISAGREES'
    >>> compare(abs, 0.0, 0.0).verdict
    'at a kink: slope -1 on its left, 1 on its right'
    """
    tried: list[Slopes] = []
    for around in smaller_and_smaller(f, x):
        scale = max(abs(gradient), abs(around.centre))
        if tried and around.noise > ATOL + RTOL * scale < math.inf:
            break  # from here on, rounding hides more than a smaller step shows
        tried.append(around)
        one_sided = math.isnan(around.left) != math.isnan(around.right)
        if (one_sided or around.meet) and close(gradient, around.centre, rtol=rtol, atol=ATOL + around.noise):
            side = "right" if math.isnan(around.left) else "left"
            return Comparison(gradient, around.centre, f"agrees on its {side}" if one_sided else "agrees", True)
    return _not_smooth(gradient, tried) or _disagreement(gradient, tried)


def smaller_and_smaller(f: Function, x: float) -> Iterator[Slopes]:
    """The slopes around a point, by steps from large to small."""
    h = FIVE_POINT_STEP * max(1.0, abs(x))
    for k in range(12):
        yield slopes(f, x, h / 8**k)


def _not_smooth(gradient: float, tried: list[Slopes]) -> Comparison | None:
    """The verdict where f has no single finite slope."""
    last = tried[-1]
    if math.isnan(last.centre):
        return Comparison(gradient, math.nan, "not checked: undefined on both sides", True)
    if _approached(gradient, tried):
        return Comparison(gradient, last.centre, "agrees in the limit", True)
    growth = max(_growth([each.left for each in tried]), _growth([each.right for each in tried]))
    if growth > 7.99:  # as fast as the step shrinks: f itself leaps
        return Comparison(gradient, math.nan, "at a jump: no slope", True)
    if growth > 1.5:
        infinite = math.copysign(math.inf, last.centre)
        return Comparison(gradient, infinite, "too steep for finite differences", gradient != -infinite)
    if not (last.meet or math.isnan(last.left) or math.isnan(last.right)):
        low, high = sorted((last.left, last.right))
        off = ATOL + last.noise + RTOL * (high - low)
        is_near = any(close(gradient, slope, atol=off) for slope in (low, high))
        ok = low <= gradient <= high or is_near
        kink = f"at a kink: slope {last.left:.4g} on its left, {last.right:.4g} on its right"
        return Comparison(gradient, last.centre, kink if ok else f"DISAGREES {kink}", ok)
    return None


def _approached(gradient: float, tried: list[Slopes]) -> bool:
    """Whether the slopes of the sides still come closer to the gradient with each step, as those of x**1.5 at 0."""
    sides = [[slope for slope in (each.left, each.right) if slope == slope] for each in tried[-5:]]
    errors = [max((abs(slope - gradient) for slope in slopes_there), default=math.nan) for slopes_there in sides]
    shrinks = len(errors) == 5 and all(b <= 0.7 * a for a, b in itertools.pairwise(errors))
    return shrinks and errors[-1] <= 1e-3 * max(1.0, abs(gradient)) < math.inf


def _growth(steeper: list[float]) -> float:
    """By how much the slope grew, at the least, in each of the last steps; nan-safe, 0 if it is not known."""
    recent = [abs(slope) for slope in steeper[-4:]]
    ratios = [b / a if a else 0.0 for a, b in itertools.pairwise(recent)]
    return min((0.0 if ratio != ratio else ratio for ratio in ratios), default=0.0)


def _disagreement(gradient: float, tried: list[Slopes]) -> Comparison:
    """What finite differences say instead: with the step at which they changed least."""
    changes = [abs(b.centre - a.centre) + b.noise for a, b in itertools.pairwise(tried)]
    best = tried[1 + changes.index(min(changes))] if changes else tried[0]
    return Comparison(gradient, best.centre, "DISAGREES", False)
