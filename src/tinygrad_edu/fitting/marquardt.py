"""The search for the parameters with the least cost, by Levenberg's and Marquardt's method.

Near the minimum the residuals are nearly linear in the parameters, and linear least squares solves for them (Gauss and
Newton); a term λ·|D·step|² keeps a step as short as that holds. λ rises when a step fails and falls when it does as
well as predicted. Where the residuals bend along the step, half their second derivative is made up for as well: that
follows curved valleys, and refuses steps into regions where the residuals no longer depend on a parameter. Parameters
at a bound that want to go beyond it are left out of a step, the others are stopped at theirs.

See D. Marquardt, "An algorithm for least-squares estimation of nonlinear parameters" (1963), J. Moré, "The
Levenberg-Marquardt algorithm: implementation and theory" (1978) for D, H. B. Nielsen, "Damping parameter in Marquardt's
method" (1999) for λ, and M. Transtrum and J. Sethna, "Improvements to the Levenberg-Marquardt algorithm for nonlinear
least-squares minimization" (2012) for the second derivative.
"""

import math
from dataclasses import dataclass

from .linear import Matrix, Vector, solve_transposed, solve_triangular, triangular
from .problem import Box
from .residuals import Place, Residuals

EPSILON = 2.0**-52
GRADIENT_TOLERANCE = EPSILON  # cosine of the angle between the residuals and what a parameter can change about them
STEP_TOLERANCE = 1e-13  # of the parameters, relative
LAMBDA = 1e-3  # to start with
HARDEST = 1e100  # damping beyond which no step is left
WORTH = 1e-4  # a step is taken if it does this much of what was predicted
MEMORY = 0.7  # D forgets how much a parameter once moved the residuals, by this factor in each iteration
BEND = 0.75  # the second derivative may change a step by half of this, relative; a step with more is too long
PROBE = 0.1  # of a step, to see how the residuals bend along it


@dataclass
class End:
    """Where a search ended, and why."""

    here: Place
    free: list[bool]
    iterations: int
    converged: bool
    message: str


def search(residuals: Residuals, p: Vector, box: Box, limit: int) -> End:
    """Go downhill from `p` until no step makes the cost smaller."""
    here = residuals.around(p)
    count = len(p) - sum(box.fixed)
    if len(here.residuals) < count:
        raise ValueError(f"least_squares: {len(here.residuals)} residuals cannot determine {count} parameters")
    scale = [0.0] * len(p)
    damping = LAMBDA
    iteration = 0
    while True:
        free = box.free(here.p, here.gradient)
        if _is_stationary(here, free):
            return End(here, free, iteration, True, "no parameter can make the sum of squares smaller")
        if iteration >= limit:
            return End(here, free, iteration, False, "that is as many as allowed; try more, or another start")
        scale = [max(MEMORY * before, size) or 1.0 for before, size in zip(scale, here.sizes, strict=True)]
        there, damping = better(residuals, here, box, free, scale, damping)
        if there is None:
            return End(here, free, iteration, True, "steps have become too small to matter")
        here = residuals.around(there)
        iteration += 1


def better(
    residuals: Residuals, here: Place, box: Box, free: list[bool], scale: Vector, damping: float
) -> tuple[Vector | None, float]:
    """Parameters of less cost, None if no step that matters leads to any; and the next damping."""
    places = [j for j in here.places if free[j]]
    weighted, rows = here.weighted
    jacobian = [[row[j] for j in places] for row in rows]
    r, q = triangular(jacobian, [-x for x in weighted])
    sizes = [scale[j] for j in places]
    smallest = STEP_TOLERANCE * (_size(here.p, scale) + STEP_TOLERANCE)
    growth = 2.0

    def moved(step: Vector, part: float = 1.0) -> Vector:
        moves = dict(zip(places, step, strict=True))
        return box.clipped([x + part * moves.get(j, 0.0) for j, x in enumerate(here.p)])

    while damping < HARDEST:
        damped, rhs = _damped(r, q, [math.sqrt(damping) * size for size in sizes])
        step = solve_triangular(damped, rhs)
        if _size(_minus(moved(step), here.p), scale) <= smallest:
            break
        bend = _bend(residuals, here, jacobian, damped, moved(step, PROBE), step)
        if bend is not None and 2 * _size(bend, sizes) <= BEND * _size(step, sizes):
            there = moved([a + b for a, b in zip(step, bend, strict=True)])
            gain = _gain(residuals, here, there, _minus(moved(step), here.p))
            if gain > WORTH:
                return there, damping * max(1 / 3, 1 - (2 * gain - 1) ** 3)
        damping *= growth
        growth *= 2
    return None, damping


def _is_stationary(here: Place, free: list[bool]) -> bool:
    """Whether the residuals are perpendicular to all that the free parameters can change about them."""
    total = math.hypot(*here.weighted[0])
    angles = zip(here.gradient, here.sizes, free, strict=True)
    return all(abs(g) <= GRADIENT_TOLERANCE * size * total for g, size, is_free in angles if is_free)


def _damped(r: Matrix, q: Vector, damping: Vector) -> tuple[Matrix, Vector]:
    """The triangular system whose solution minimises |R·step - q|² + |damping·step|²."""
    n = len(q)
    below = [[damping[i] if i == j else 0.0 for j in range(n)] for i in range(n)]
    return triangular([*r, *below], [*q, *[0.0] * n])


def _bend(
    residuals: Residuals, here: Place, jacobian: Matrix, damped: Matrix, near: Vector, step: Vector
) -> Vector | None:
    """The step that makes up for half the second derivative of the residuals along `step`; None if there is none.

    The derivative comes from the residuals a short way along the step, and what the slopes predict for there.
    """
    try:
        there = residuals.at(near)
    except (ArithmeticError, ValueError):  # outside the domain of the model: too far
        return None
    bends = []
    for before, after, row in zip(here.residuals, there, here.jacobian, strict=True):
        along = math.fsum(slope * (b - a) for slope, a, b in zip(row, here.p, near, strict=True))
        bends.append((after - before - along) / PROBE**2)
    if not all(map(math.isfinite, bends)):
        return None
    downhill = [-math.fsum(row[j] * bend for row, bend in zip(jacobian, bends, strict=True)) for j in range(len(step))]
    return solve_triangular(damped, solve_transposed(damped, downhill))


def _minus(a: Vector, b: Vector) -> Vector:
    return [x - y for x, y in zip(a, b, strict=True)]


def _size(x: Vector, scale: Vector) -> float:
    return math.hypot(*[a * d for a, d in zip(x, scale, strict=True)])


def _gain(residuals: Residuals, here: Place, there: Vector, taken: Vector) -> float:
    """By how much a step lowers the cost, relative to what linear residuals would promise."""
    weighted, jacobian = here.weighted
    change = [math.fsum(slope * x for slope, x in zip(row, taken, strict=True)) for row in jacobian]
    promised = -math.fsum(c * (2 * r + c) for c, r in zip(change, weighted, strict=True))
    try:
        new = residuals.at(there)
    except (ArithmeticError, ValueError):  # outside the domain of the model: too far
        return -1.0
    if residuals.cost.is_square:
        lowered = math.fsum((a - b) * (a + b) for a, b in zip(here.residuals, new, strict=True))
    else:
        lowered = residuals.cost.total(here.residuals) - residuals.cost.total(new)
    return lowered / promised if promised > 0 and math.isfinite(lowered) else -1.0
