"""The best slope that finite differences can give, how sure of it they are, and whether a kink is in the way.

A function is evaluated on Values of a level of its own, so each evaluation shows which way every relu, abs, max and
`if` went: only points at which all went the same way as at the centre belong to one smooth piece of the function.
The step is chosen by trying: from large to small steps, the change from one to the next says how good they are,
until rounding hides more than a smaller step shows (Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", 1982).
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..engine import Value, topological_order
from ..numbers.number import primal
from ..numbers.operations import side
from ..transforms.jacobians import jacobian
from ..transforms.traced import Traced
from ..trees.tree import numbers_of
from .differences import EPSILON, FIVE_POINT_STEP

FIRST_STEP = 8 * FIVE_POINT_STEP
STEPS = 20  # each an eighth of the one before
SMALLEST = 5e-324  # what underflow may take away
SMALLEST_STEP = 1e-11  # relative: below, rounding of x itself leaves too little of it
ENOUGH = 1e-10  # a relative error that needs no smaller one
SURE = 4  # a gradient may be off by this many times the estimated error of the difference


class Evaluation(NamedTuple):
    """A function's results at a point, and a number that tells apart the ways it went."""

    values: list[float]
    way: int


class Estimate(NamedTuple):
    """A slope by finite differences, and by how much it may be off."""

    slope: float
    error: float


def evaluate(f: Callable[..., object], xs: Sequence[float]) -> Evaluation:
    """The results of `f`, numbers in a list, and the way it went."""
    traced = Traced(f, xs)
    return Evaluation([float(primal(y)) for y in traced.values], way(traced))


def way(traced: Traced) -> int:
    """A number for the operations that were done, with what numbers, and the branch of each that has a kink.

    >>> relu = [way(Traced(lambda x: x.relu(), [x])) for x in (-1.0, 0.0, 1.0, 2.0)]
    >>> [way == relu[3] for way in relu]
    [False, False, True, True]
    """
    index: dict[Any, Any] = {x: i for i, x in enumerate(traced.variables)}
    seen = hash(tuple([primal(y) for y in traced.results if not isinstance(y, Value)]))
    for node in traced.order:
        operands = tuple(index[x] if x in index else ("number", primal(x)) for x in node.operands)
        if not node.op and node not in index:  # a constant that was chosen
            operands = (("number", primal(node)),)
        piece = side(node.op, [primal(x) for x in node.operands], primal(node))
        seen = hash((seen, node.op, operands, piece))
        index.setdefault(node, len(index))
    return seen


def rounding(traced: Traced, i: int) -> float:
    """By how much rounding may have moved the i-th result: each node's, carried there by its gradient.

    Reads the nodes' gradients, so it follows a walk back from that result.
    """
    node = traced.results[i]
    if not isinstance(node, Value):
        return 0.0
    moved = [abs(primal(each.grad)) * _last_digit(each) for each in topological_order(node)]
    return max(math.fsum(x for x in moved if math.isfinite(x)), _last_digit(node))


def _last_digit(node: Value) -> float:
    return EPSILON * abs(float(primal(node))) + SMALLEST


def gradient_rounding(f: Callable[..., Sequence[object]], xs: Sequence[float], i: int, j: int) -> float:
    """By how much rounding may have moved the derivative of the i-th result by the j-th number.

    The derivative is a function as well, whose operations are followed in turn.
    """
    slopes = jacobian(f, tuple(range(len(xs))), mode="reverse")
    place = i * len(xs) + j
    try:
        traced = Traced(lambda *values: numbers_of(slopes(*values))[0], xs)
        traced.pull([1.0 if k == place else 0 for k in range(len(traced.values))])
        return rounding(traced, place)
    except (ArithmeticError, ValueError):
        return math.inf
    except TypeError:  # an operation of users' that works on plain numbers only
        return 0.0


def best_slopes(line: Callable[[float], Evaluation], x: float, noise: Sequence[float]) -> list[Estimate | None]:
    """The slope of each result along a line at x, None where no step stays on one smooth piece of the function.

    `noise` is how much rounding may have moved each result.
    """
    here = line(x)
    best: list[Estimate | None] = [None] * len(noise)
    before: list[float] = [math.nan] * len(noise)
    for k in range(STEPS):
        h = FIRST_STEP * max(1.0, abs(x)) / 8**k
        if h < SMALLEST_STEP * abs(x):
            break
        points = [x - 2 * h, x - h, x + h, x + 2 * h]
        around = [_or_none(line, point) for point in points]
        if any(each is None or each.way != here.way for each in around):
            before = [math.nan] * len(noise)
            continue
        rows = [each.values for each in around if each is not None]
        is_done = True
        for i, shaky in enumerate(noise):
            heights = [row[i] for row in rows]
            slope = five_point_slope(points, heights)
            hidden = 2 * shaky / h
            error = abs(slope - before[i]) + hidden
            before[i] = slope
            found = best[i]
            if math.isfinite(error) and (found is None or error < found.error or _contradicted(found, slope, error)):
                best[i] = found = Estimate(slope, error)
            is_done = is_done and found is not None and found.error < max(hidden, ENOUGH * abs(found.slope))
        if is_done:
            break
    return best


def _contradicted(found: Estimate, slope: float, error: float) -> bool:
    """Whether a smaller step says something else, by more than both may be off: larger ones overlooked it."""
    return abs(slope - found.slope) > SURE * (found.error + error)


def _or_none(line: Callable[[float], Evaluation], x: float) -> Evaluation | None:
    try:
        return line(x)
    except (ArithmeticError, ValueError):
        return None


def five_point_slope(points: Sequence[float], heights: Sequence[float]) -> float:
    """The slope in the middle of four points, two to each side, from the heights there."""
    near = (heights[2] - heights[1]) / (points[2] - points[1])
    far = (heights[3] - heights[0]) / (points[3] - points[0])
    return (4 * near - far) / 3
