"""How sure the parameters of a fit are: their covariance, and which of them the data do not determine."""

import math
from dataclasses import dataclass

from .linear import Matrix, Vector, independent, inverse_of_square, triangular

EPSILON = 2.0**-52
WEAK = 1e-8  # of the residuals: a parameter that changes no more, or no more than rounding, changes nothing
PART = 1e-6  # of a change that the residuals do not notice: parameters with less of it are determined


@dataclass
class Certainty:
    """The covariance of the parameters, 0 for those that are held; and what the data leave open."""

    covariance: Matrix
    undetermined: list[int]
    rank: int  # how many numbers the data determine


def certainty(
    p: Vector, residuals: Vector, jacobian: Matrix, free: list[bool], *, cost: float | None, scale: float
) -> Certainty:
    """(JᵀJ)⁻¹ over the parameters that are free, times `cost` per degree of freedom if that is given.

    `scale` is the size of what was measured. A parameter is undetermined if changing it by as much as itself changes
    next to nothing, or if a change of it can be made up for by others. The others' covariance is right all
    the same: it does not depend on where the undetermined ones are held.
    """
    m, n = len(residuals), len(p)
    columns = list(zip(*jacobian, strict=True)) or [()] * n
    rounding = m * EPSILON
    unseen = max(EPSILON * scale, WEAK * math.hypot(*residuals))
    weak = [j for j in range(n) if free[j] and math.hypot(*columns[j]) * max(abs(p[j]), 1.0) <= unseen]
    places = [j for j in range(n) if free[j] and j not in weak]
    chosen, combinations = independent([[row[j] for j in places] for row in jacobian], rounding)
    in_doubt = {places[i] for x in combinations for i, part in enumerate(x) if abs(part) > PART}
    held = [places[i] for i in sorted(chosen)]
    covariance = [[0.0] * n for _ in range(n)]
    freedom = m - len(held)
    variance = 1.0 if cost is None else cost / freedom if freedom else math.nan
    if held:
        r, _ = triangular([[row[j] for j in held] for row in jacobian], residuals)
        for i, row in zip(held, inverse_of_square(r), strict=True):
            for j, x in zip(held, row, strict=True):
                covariance[i][j] = variance * x
    undetermined = sorted({*weak, *in_doubt})
    for i in undetermined:
        for j in range(n):
            covariance[i][j] = covariance[j][i] = math.nan
    return Certainty(covariance, undetermined, len(held))
