"""The residuals of a model with data, and their slopes by the parameters: recorded point by point, or by a program."""

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..numbers.number import Number, primal, shown
from ..staging.staged import jit
from ..transforms.traced import Traced
from ..trees.tree import flatten, leaves_like, unflatten
from .linear import Matrix, Vector
from .problem import Point
from .robust import Cost

STAGED_AFTER = 16  # runs of a model with its slopes: writing the program takes as long as some 30 of them
SAME = 1e-9  # relative: what a program may be off by, which adds up in another order


@dataclass
class Place:
    """The residuals r at parameters p, and their derivatives: J[i][j] = ∂rᵢ/∂pⱼ."""

    p: Vector
    residuals: Vector
    jacobian: Matrix
    cost: Cost

    @cached_property
    def weighted(self) -> tuple[Vector, Matrix]:
        """Residuals and slopes as the cost weighs them: as they are, for squares."""
        return self.cost.weighted(self.residuals, self.jacobian)

    @property
    def gradient(self) -> Vector:
        """Jᵀr, the slope of half the cost."""
        residuals, jacobian = self.weighted
        return [math.fsum(row[j] * r for row, r in zip(jacobian, residuals, strict=True)) for j in self.places]

    @property
    def sizes(self) -> Vector:
        """How much each parameter moves the residuals: the norms of J's columns."""
        _, jacobian = self.weighted
        return [math.hypot(*[row[j] for row in jacobian]) for j in self.places]

    @property
    def places(self) -> range:
        """The parameters, by number."""
        return range(len(self.p))

    def agrees_with(self, other: "Place") -> bool:
        """Whether residuals and slopes are the same but for rounding."""
        ours, theirs = ([place.residuals, *zip(*place.jacobian, strict=True)] for place in (self, other))
        return all(
            abs(a - b) <= SAME * max(map(abs, column))
            for column, second in zip(ours, theirs, strict=True)
            for a, b in zip(column, second, strict=True)
        )


class Residuals:
    """The residuals as a function of the parameters, over sigma if that is known."""

    def __init__(
        self,
        f: Callable[..., object],
        structure: Hashable,
        points: list[Point] | None,
        sigmas: Sequence[float] | None = None,
        cost: Cost | None = None,
        *,
        staged: bool = False,
    ) -> None:
        self._f = f
        self._structure = structure
        self._points = [((), None)] if points is None else [((x,), y) for x, y in points]
        self._sigmas = sigmas or [1.0] * len(self._points)
        self._measured = [None if y is None else [float(each) for each in flatten(y)[0]] for _, y in self._points]
        self._shapes = [None if y is None else flatten(y)[1] for _, y in self._points]
        self._programs: dict[Hashable, Callable[..., Any]] = {}  # by the shape of the result
        self._may_stage = staged
        self._runs = 0
        self.cost = cost or Cost("linear", 1.0)
        self.evaluations = 0

    @property
    def is_staged(self) -> bool:
        """Whether programs are in use."""
        return bool(self._programs)

    def stay_eager(self) -> None:
        """From now on, run the model itself."""
        self._may_stage = False
        self._programs = {}

    def at(self, p: Vector) -> Vector:
        """The residuals as numbers. What the model raises is passed on."""
        self.evaluations += 1
        found: Vector = []
        for k in range(len(self._points)):
            found += self._over_sigma(k, [float(primal(y)) for y in self._model(k)(*p)])
        return found

    def around(self, p: Vector) -> Place:
        """The residuals with their derivatives: each point's by its own graph, which is walked forth or back."""
        self.evaluations += 1
        place = Place(p, [], [], self.cost)
        total = 0.0  # finite only if the sum of squares is, and its slopes
        for k, sigma in enumerate(self._sigmas):
            try:
                values, slopes = self._with_slopes(k, p)
            except (ArithmeticError, ValueError) as error:
                error.add_note(f"least_squares met this {self._where(p, k)}")
                raise
            found = self._over_sigma(k, values)
            rows = [[slope / sigma for slope in row] for row in slopes]
            place.residuals += found
            place.jacobian += rows
            total += sum(abs(slope * r) for row, r in zip(rows, found, strict=True) for slope in (*row, r))
            if not math.isfinite(total):
                residual = shown(found[0] if len(found) == 1 else found)
                raise ValueError(
                    f"least_squares: {self._where(p, k)}: the residual is {residual}; "
                    "it, its slopes, or their products and squares are not finite: "
                    "start elsewhere, or keep the search away from there with bounds"
                )
        return place

    def _model(self, k: int) -> Callable[..., list[Number]]:
        """The results at a point, as a function of the parameters one by one."""
        x, _ = self._points[k]
        return lambda *p: self._results(self._shapes[k], p, x)

    def _results(self, shape: Hashable, p: Sequence[object], x: Sequence[object]) -> list[Number]:
        result = self._f(unflatten(self._structure, p), *x)
        return flatten(result)[0] if shape is None else leaves_like(shape, result, "the result of the model")

    def _with_slopes(self, k: int, p: Vector) -> tuple[Vector, Matrix]:
        """The results at a point, and their derivatives by the parameters."""
        self._runs += 1
        x, shape = self._points[k][0], self._shapes[k]
        if self._may_stage and self._runs > STAGED_AFTER:
            try:
                if shape not in self._programs:
                    self._programs[shape] = jit(lambda p, x: _recorded(self._results, shape, p, x))
                values, slopes = self._programs[shape](p, x)
            except Exception:  # the model cannot be staged, or has no result here: the model itself will say why
                self.stay_eager()
            else:
                return values, slopes
        values, slopes = _recorded(self._results, shape, p, x)
        return [float(primal(y)) for y in values], [[float(primal(slope)) for slope in row] for row in slopes]

    def _over_sigma(self, k: int, values: Vector) -> Vector:
        measured, sigma = self._measured[k], self._sigmas[k]
        return [x / sigma for x in (values if measured is None else map(float.__sub__, values, measured))]

    def _where(self, p: Vector, k: int) -> str:
        """At which parameters and, if there are data, which of them: in words."""
        x, y = self._points[k]
        data = "" if not x else f", for data point {k}, {shown((*x, y))}"
        which = "start" if self.evaluations == 1 else "parameters"
        return f"at the {which} {shown(unflatten(self._structure, p))}{data}"

    def r_squared(self, residuals: Vector) -> float:
        """1 - rss / the sum of squares around the data's mean, both weighted with 1/sigma²."""
        both = zip(self._measured, self._sigmas, strict=True)
        ys = [(y, 1 / sigma**2) for measured, sigma in both for y in measured or []]
        if not ys:
            return math.nan
        mean = math.fsum(y * w for y, w in ys) / math.fsum(w for _, w in ys)
        total = math.fsum(w * (y - mean) ** 2 for y, w in ys)
        return 1 - math.fsum(r * r for r in residuals) / total if total else math.nan

    def scale(self) -> float:
        """The size of what was measured, over sigma: rounding is relative to that."""
        both = zip(self._measured, self._sigmas, strict=True)
        return math.hypot(*[y / sigma for measured, sigma in both for y in measured or []])


def _recorded(
    results: Callable[..., list[Number]], shape: Hashable, p: Sequence[Number], x: Sequence[object]
) -> tuple[Sequence[object], list[list[Number]]]:
    """The results of a model and their slopes, by its graph."""
    traced = Traced(results, p, lambda variables: (shape, variables, x))
    return traced.values, traced.rows()
