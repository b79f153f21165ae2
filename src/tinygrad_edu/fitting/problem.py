"""What `least_squares` is given, read and checked: data, their standard deviations, bounds, fixed parameters."""

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..numbers.number import number, shown
from ..trees.tree import flatten, is_array, leaf_names, leaves_like
from .linear import Vector

Point: TypeAlias = tuple[Any, Any]  # x as the model takes it, y a number or a tree


def data_points(data: Iterable[object], nan_policy: str) -> tuple[list[Point], list[int]]:
    """The pairs (x, y) of the data, and which of the data they are; "omit" leaves out what is not finite."""
    pairs = [_pair(k, row) for k, row in enumerate(data)]
    kept = [k for k, pair in enumerate(pairs) if nan_policy != "omit" or not _wrong(pair)]
    for k in kept:
        if wrong := _wrong((None, pairs[k][1])):
            raise ValueError(
                f"least_squares: data point {k} is {wrong[0]}, in {shown(pairs[k])}: leave it out, as "
                'nan_policy="omit" does, or mend it'
            )
    return [pairs[k] for k in kept], kept


def _pair(k: int, row: object) -> Point:
    if is_array(row) and len(row.shape) == 1 and row.shape[0] >= 2:
        *xs, y = row.tolist()
        return (xs[0] if len(xs) == 1 else xs), y
    if not isinstance(row, (tuple, list)) or len(row) != 2:
        raise TypeError(
            f"least_squares: the data are pairs (x, y), got {shown(row)}; for columns use zip(xs, ys), or an array of "
            f"rows with y last (data point {k})"
        )
    return row[0], row[1]


def _wrong(pair: Point) -> list[float]:
    """The numbers in a pair that are not finite. TypeError if y holds what is no number."""
    x, y = pair
    numbers = [float(number(each)) for each in flatten(y)[0]]
    numbers += [each for each in flatten(x)[0] if isinstance(each, float)]
    return [each for each in numbers if not math.isfinite(each)]


def standard_deviations(sigma: object, count: int | None, kept: Sequence[int]) -> list[float] | None:
    """Sigma for each point that is kept, of `count` that were given; None if there is none."""
    if sigma is None:
        return None
    if count is None:
        raise ValueError("least_squares: sigma goes with data; without data, divide the residuals by it")
    each, _ = flatten(sigma)
    sigmas = [float(number(x)) for x in (each * count if each and each[0] is sigma else each)]
    if len(sigmas) != count or not all(0 < x < math.inf for x in sigmas):
        raise ValueError(f"least_squares: sigma is one number above 0, or one for each of the {count} points")
    return [sigmas[k] for k in kept]


@dataclass
class Box:
    """Where the parameters may be."""

    lowest: Vector
    highest: Vector
    fixed: list[bool]

    def clipped(self, p: Vector) -> Vector:
        """The nearest parameters inside."""
        return [min(max(x, low), high) for x, low, high in zip(p, self.lowest, self.highest, strict=True)]

    def free(self, p: Vector, gradient: Vector) -> list[bool]:
        """Which parameters are neither fixed nor held at a bound by a gradient that pushes them outward."""
        sides = zip(p, gradient, self.lowest, self.highest, self.fixed, strict=True)
        return [not (fixed or (x <= low and g > 0) or (x >= high and g < 0)) for x, g, low, high, fixed in sides]


def box(bounds: object, fixed: object, structure: Hashable, p: Vector) -> Box:
    """The bounds and the fixed parameters, for each number of the start."""
    if bounds is None:
        bounds = -math.inf, math.inf
    if not isinstance(bounds, (tuple, list)) or len(bounds) != 2:
        raise ValueError(f"least_squares: bounds are (lowest, highest), got {shown(bounds)}")
    sides: list[Vector] = []
    for side, name in zip(bounds, ("lowest", "highest"), strict=True):
        each = [side] * len(p) if isinstance(side, (int, float)) else leaves_like(structure, side, name)
        sides.append([float(number(x)) for x in each])
    lowest, highest = sides
    made = Box(lowest, highest, _fixed(fixed, structure, len(p)))
    for name, x, low, high in zip(leaf_names(structure, "p0"), p, made.lowest, made.highest, strict=True):
        if not low <= x <= high or low == high:
            raise ValueError(
                f"least_squares: {name} = {x} is not between its bounds {low} and {high}, which must differ"
            )
    return made


def _fixed(fixed: object, structure: Hashable, count: int) -> list[bool]:
    if fixed is None:
        return [False] * count
    names = leaf_names(structure, "p")
    if isinstance(fixed, str) or (isinstance(fixed, Sequence) and fixed and all(isinstance(x, str) for x in fixed)):
        wished = [fixed] if isinstance(fixed, str) else list(fixed)
        if unknown := [name for name in wished if name not in names]:
            raise ValueError(f"least_squares: fixed={unknown[0]!r}: the parameters are {', '.join(names)}")
        return [name in wished for name in names]
    flags = leaves_like(structure, fixed, "fixed")
    if not all(isinstance(flag, bool) for flag in flags):
        raise TypeError(f"least_squares: fixed is a tree of True and False like p0, or names, got {shown(fixed)}")
    return flags
