"""`least_squares`: fit a function's parameters to data, with exact derivatives and the parameters' standard errors.

The method is Levenberg's and Marquardt's. Near the minimum the residuals are nearly linear in the parameters, and
linear least squares solves for them (Gauss and Newton); a term λ·|D·step|² keeps a step as short as that holds. λ
rises when a step fails and falls when it does as well as predicted. Parameters at a bound that want to go beyond it
are left out of a step, the others are stopped at theirs.

See D. Marquardt, "An algorithm for least-squares estimation of nonlinear parameters" (1963), J. Moré, "The
Levenberg-Marquardt algorithm: implementation and theory" (1978) for D, and H. B. Nielsen, "Damping parameter in
Marquardt's method" (1999) for λ.
"""

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..checking.differences import EPSILON
from ..core.number import number, primal, shown
from ..core.options import A_FUNCTION, A_LIST, A_NUMBER, expect
from ..core.tree import Numbers, flatten, leaf_names, leaves_like, unflatten
from ..transforms.traced import Traced
from .linear import Matrix, Vector, inverse_of_square, solve_triangular, triangular
from .report import Fit

GRADIENT_TOLERANCE = EPSILON  # cosine of the angle between the residuals and what a parameter can change about them
STEP_TOLERANCE = 1e-13  # of the parameters, relative
LAMBDA = 1e-3  # to start with
HARDEST = 1e100  # damping beyond which no step is left
WORTH = 1e-4  # a step is taken if it does this much of what was predicted


def least_squares(
    f: Callable[..., Any],
    p0: Any,
    data: Iterable[tuple[Any, Any]] | None = None,
    *,
    sigma: float | Sequence[float] | None = None,
    bounds: tuple[Any, Any] | None = None,
    max_iterations: int = 200,
) -> Fit:
    """Find the parameters p, starting from `p0`, for which f(p, x) is closest to y over all (x, y) of the data.

    Closest means the least sum of squared residuals f(p, x) - y. `p0` and y are numbers or trees of them, x is whatever
    `f` takes. Without data, f(p) returns the residuals themselves, as a tree. Derivatives are exact, by reverse mode
    or forward mode, whichever takes fewer walks over the graph of f.

    `sigma`, one number or one for each (x, y), are the standard deviations of the measured y: residuals are divided by
    them, and the parameters' standard errors follow from them; without, from the scatter of the residuals. `bounds` is
    (lowest, highest), each a tree like `p0` or one number for all, with inf where there is none.

    Raises ValueError if there are fewer residuals than parameters, if shapes or bounds do not fit, and if a number of
    the data, a residual or its slope is not finite. What f raises at the start gets a note on the point where it did.

    >>> from tinygrad_edu import exp
    >>> data = [(0.0, 5.1), (1.0, 3.0), (2.0, 1.9), (3.0, 1.1)]
    >>> fit = least_squares(lambda p, x: p[0] * exp(-p[1] * x), [1.0, 1.0], data)
    >>> [round(x, 3) for x in fit.p], [round(x, 3) for x in fit.errors]
    ([5.083, 0.507], [0.058, 0.012])
    """
    expect("least_squares", A_FUNCTION, f=f)
    expect("least_squares", A_LIST.or_none, data=data)
    expect("least_squares", A_NUMBER, max_iterations=max_iterations)
    start, structure = flatten(p0, Numbers)
    p = [float(number(x)) for x in start]
    points = None if data is None else [_pair(k, point) for k, point in enumerate(data)]
    residuals = _Residuals(f, structure, points, _sigmas(sigma, points))
    box = _box(bounds, structure, p)
    names = leaf_names(structure, "p")
    end = _search(residuals, p, box, max_iterations, names)
    at_bounds = [name for name, is_free in zip(names, end.free, strict=True) if not is_free]
    covariance, undetermined = _covariance(end, names, scaled=sigma is None)
    errors = [math.sqrt(covariance[i][i]) for i in range(len(p))]
    return Fit(
        p=unflatten(structure, end.here.p),
        errors=unflatten(structure, errors),
        covariance=covariance,
        names=names,
        values=end.here.p,
        residuals=end.here.residuals,
        r_squared=residuals.r_squared(end.here.residuals),
        iterations=end.iterations,
        evaluations=residuals.evaluations,
        converged=end.converged,
        message=end.message,
        at_bounds=at_bounds,
        undetermined=undetermined,
        has_sigma=sigma is not None,
    )


# --- the residuals and their derivatives -------------------------------------------------------------------------


@dataclass
class _Point:
    """The residuals r at parameters p, and their derivatives: J[i][j] = ∂rᵢ/∂pⱼ."""

    p: Vector
    residuals: Vector
    jacobian: Matrix

    @property
    def gradient(self) -> Vector:
        """Jᵀr, the slope of half the sum of squares."""
        return [
            math.fsum(row[j] * r for row, r in zip(self.jacobian, self.residuals, strict=True)) for j in self.places
        ]

    @property
    def sizes(self) -> Vector:
        """How much each parameter moves the residuals: the norms of J's columns."""
        return [math.hypot(*[row[j] for row in self.jacobian]) for j in self.places]

    @property
    def places(self) -> range:
        """The parameters, by number."""
        return range(len(self.p))


class _Residuals:
    """The residuals as a function of the parameters, over sigma if that is known."""

    def __init__(
        self,
        f: Callable[..., Any],
        structure: Hashable,
        points: list[tuple[Any, Any]] | None,
        sigmas: Sequence[float] | None,
    ) -> None:
        self._f = f
        self._structure = structure
        self._points = [((), None)] if points is None else [((x,), y) for x, y in points]
        self._sigmas = sigmas or [1.0] * len(self._points)
        self.evaluations = 0

    def _models(self) -> Iterable[tuple[Callable[..., list[Any]], Vector | None, float]]:
        """For each point: the model there as a function of the parameters, what was measured, and sigma."""
        for (x, y), sigma in zip(self._points, self._sigmas, strict=True):
            measured, shape = flatten(y)

            def model(*p: Any, x: Any = x, y: Any = y, shape: Hashable = shape) -> list[Any]:
                result = self._f(unflatten(self._structure, p), *x)
                return flatten(result)[0] if y is None else leaves_like(shape, result, "the result of the model")

            yield model, None if y is None else [float(number(each)) for each in measured], sigma

    def at(self, p: Vector) -> Vector:
        """The residuals as numbers. What the model raises is passed on."""
        self.evaluations += 1
        found: Vector = []
        for model, measured, sigma in self._models():
            values = [float(primal(y)) for y in model(*p)]
            found += _over(sigma, values, measured)
        return found

    def around(self, p: Vector) -> _Point:
        """The residuals with their derivatives: each point's by its own graph, which is walked forth or back."""
        self.evaluations += 1
        point = _Point(p, [], [])
        total = 0.0  # finite only if the sum of squares is, and its slopes
        for k, (model, measured, sigma) in enumerate(self._models()):
            try:
                traced = Traced(model, p)
                found = _over(sigma, [float(primal(y)) for y in traced.values], measured)
                rows = [[float(primal(slope)) / sigma for slope in row] for row in traced.rows()]
            except (ArithmeticError, ValueError) as error:
                error.add_note(f"least_squares met this {self._where(p, k)}")
                raise
            point.residuals += found
            point.jacobian += rows
            total += sum(abs(slope * r) for row, r in zip(rows, found, strict=True) for slope in (*row, r))
            if not math.isfinite(total):
                residual = shown(found[0] if len(found) == 1 else found)
                raise ValueError(
                    f"least_squares: {self._where(p, k)}: the residual is {residual}; "
                    "it, its slopes, or their products and squares are not finite: "
                    "start elsewhere, or keep the search away from there with bounds"
                )
        return point

    def _where(self, p: Vector, k: int) -> str:
        """At which parameters and, if there are data, which of them: in words."""
        x, y = self._points[k]
        data = "" if not x else f", for data point {k}, {shown((*x, y))}"
        which = "start" if self.evaluations == 1 else "parameters"
        return f"at the {which} {shown(unflatten(self._structure, p))}{data}"

    def r_squared(self, residuals: Vector) -> float:
        """1 - rss / the sum of squares around the data's mean, both weighted with 1/sigma²."""
        ys = [(y, 1 / sigma**2) for _, measured, sigma in self._models() for y in measured or []]
        if not ys:
            return math.nan
        mean = math.fsum(y * w for y, w in ys) / math.fsum(w for _, w in ys)
        total = math.fsum(w * (y - mean) ** 2 for y, w in ys)
        return 1 - math.fsum(r * r for r in residuals) / total if total else math.nan


def _over(sigma: float, values: Vector, measured: Vector | None) -> Vector:
    differences = values if measured is None else [a - b for a, b in zip(values, measured, strict=True)]
    return [x / sigma for x in differences]


def _pair(k: int, point: Any) -> tuple[Any, Any]:
    if not isinstance(point, (tuple, list)) or len(point) != 2:
        raise TypeError(f"least_squares: the data are pairs (x, y), got {shown(point)}; for columns use zip(xs, ys)")
    wrong = [y for y in flatten(point[1])[0] if not math.isfinite(float(number(y)))]
    if wrong:
        raise ValueError(f"least_squares: data point {k} is {wrong[0]}, in {shown(point)}: leave it out, or mend it")
    return point[0], point[1]


def _sigmas(sigma: Any, points: list[Any] | None) -> list[float] | None:
    if sigma is None:
        return None
    if points is None:
        raise ValueError("least_squares: sigma goes with data; without data, divide the residuals by it")
    each, _ = flatten(sigma)
    sigmas = [float(number(x)) for x in (each * len(points) if each and each[0] is sigma else each)]
    if len(sigmas) != len(points) or not all(0 < x < math.inf for x in sigmas):
        raise ValueError(f"least_squares: sigma is one number above 0, or one for each of the {len(points)} points")
    return sigmas


# --- the box that the parameters stay in -------------------------------------------------------------------------


@dataclass
class _Box:
    lowest: Vector
    highest: Vector

    def clipped(self, p: Vector) -> Vector:
        """The nearest parameters inside."""
        return [min(max(x, low), high) for x, low, high in zip(p, self.lowest, self.highest, strict=True)]

    def free(self, p: Vector, gradient: Vector) -> list[bool]:
        """Which parameters are not held at a bound by a gradient that pushes them outward."""
        sides = zip(p, gradient, self.lowest, self.highest, strict=True)
        return [not ((x <= low and g > 0) or (x >= high and g < 0)) for x, g, low, high in sides]


def _box(bounds: tuple[Any, Any] | None, structure: Hashable, p: Vector) -> _Box:
    if bounds is None:
        bounds = -math.inf, math.inf
    if not isinstance(bounds, (tuple, list)) or len(bounds) != 2:
        raise ValueError(f"least_squares: bounds are (lowest, highest), got {shown(bounds)}")
    sides = []
    for side, name in zip(bounds, ("lowest", "highest"), strict=True):
        each = [side] * len(p) if isinstance(side, (int, float)) else leaves_like(structure, side, name)
        sides.append([float(number(x)) for x in each])
    box = _Box(*sides)
    for name, x, low, high in zip(leaf_names(structure, "p0"), p, box.lowest, box.highest, strict=True):
        if not low <= x <= high or low == high:
            raise ValueError(
                f"least_squares: {name} = {x} is not between its bounds {low} and {high}, which must differ"
            )
    return box


# --- the search --------------------------------------------------------------------------------------------------


@dataclass
class _End:
    here: _Point
    free: list[bool]
    iterations: int
    converged: bool
    message: str


def _search(residuals: _Residuals, p: Vector, box: _Box, limit: int, names: list[str]) -> _End:
    here = residuals.around(p)
    if len(here.residuals) < len(names):
        raise ValueError(f"least_squares: {len(here.residuals)} residuals cannot determine {len(names)} parameters")
    scale = [0.0] * len(p)
    damping = LAMBDA
    iteration = 0
    while True:
        free = box.free(here.p, here.gradient)
        if _is_stationary(here, free):
            return _End(here, free, iteration, True, "no parameter can make the sum of squares smaller")
        if iteration >= limit:
            return _End(here, free, iteration, False, "that is as many as allowed; try more, or another start")
        scale = [max(before, size) or 1.0 for before, size in zip(scale, here.sizes, strict=True)]
        there, damping = _better(residuals, here, box, free, scale, damping)
        if there is None:
            return _End(here, free, iteration, True, "steps have become too small to matter")
        here = residuals.around(there)
        iteration += 1


def _better(
    residuals: _Residuals, here: _Point, box: _Box, free: list[bool], scale: Vector, damping: float
) -> tuple[Vector | None, float]:
    """Parameters with a smaller sum of squares, None if no step that matters leads to any; and the next damping."""
    places = [j for j in here.places if free[j]]
    r, q = triangular([[row[j] for j in places] for row in here.jacobian], [-x for x in here.residuals])
    smallest = STEP_TOLERANCE * (_size(here.p, scale) + STEP_TOLERANCE)
    growth = 2.0
    while damping < HARDEST:
        step = _damped_step(r, q, [math.sqrt(damping) * scale[j] for j in places])
        moves = dict(zip(places, step, strict=True))
        there = box.clipped([x + moves.get(j, 0.0) for j, x in enumerate(here.p)])
        taken = [b - a for a, b in zip(here.p, there, strict=True)]
        if _size(taken, scale) <= smallest:
            break
        gain = _gain(residuals, here, there, taken)
        if gain > WORTH:
            return there, damping * max(1 / 3, 1 - (2 * gain - 1) ** 3)
        damping *= growth
        growth *= 2
    return None, damping


def _is_stationary(here: _Point, free: list[bool]) -> bool:
    """Whether the residuals are perpendicular to all that the free parameters can change about them."""
    total = math.hypot(*here.residuals)
    angles = zip(here.gradient, here.sizes, free, strict=True)
    return all(abs(g) <= GRADIENT_TOLERANCE * size * total for g, size, is_free in angles if is_free)


def _damped_step(r: Matrix, q: Vector, damping: Vector) -> Vector:
    """The step that minimises |R·step - q|² + |damping·step|²."""
    n = len(q)
    below = [[damping[i] if i == j else 0.0 for j in range(n)] for i in range(n)]
    return solve_triangular(*triangular([*r, *below], [*q, *[0.0] * n]))


def _size(x: Vector, scale: Vector) -> float:
    return math.hypot(*[a * d for a, d in zip(x, scale, strict=True)])


def _gain(residuals: _Residuals, here: _Point, there: Vector, taken: Vector) -> float:
    """By how much a step lowers the sum of squares, relative to what linear residuals would promise."""
    change = [math.fsum(slope * x for slope, x in zip(row, taken, strict=True)) for row in here.jacobian]
    promised = -math.fsum(c * (2 * r + c) for c, r in zip(change, here.residuals, strict=True))
    try:
        new = residuals.at(there)
    except (ArithmeticError, ValueError):  # outside the domain of the model: too far
        return -1.0
    lowered = math.fsum((a - b) * (a + b) for a, b in zip(here.residuals, new, strict=True))
    return lowered / promised if promised > 0 and math.isfinite(lowered) else -1.0


# --- how sure the parameters are ---------------------------------------------------------------------------------


def _covariance(end: _End, names: list[str], *, scaled: bool) -> tuple[Matrix, list[str]]:
    """(JᵀJ)⁻¹ over the free parameters, times the variance of the residuals if `scaled`; and which are undetermined."""
    n = len(names)
    places = [j for j in range(n) if end.free[j]]
    m = len(end.here.residuals)
    columns = [[row[j] for j in places] for row in end.here.jacobian]
    r, _ = triangular(columns, end.here.residuals) if places else ([], [])
    sizes = end.here.sizes
    undetermined = [names[j] for k, j in enumerate(places) if abs(r[k][k]) <= m * EPSILON * sizes[j]]
    covariance = [[math.nan] * n for _ in range(n)]
    freedom = m - len(places)
    if undetermined or (scaled and not freedom):
        return covariance, undetermined
    rss = math.fsum(x * x for x in end.here.residuals)
    variance = rss / freedom if scaled else 1.0
    for i, row in zip(places, inverse_of_square(r), strict=True):
        for j, x in zip(places, row, strict=True):
            covariance[i][j] = variance * x
    return covariance, undetermined
