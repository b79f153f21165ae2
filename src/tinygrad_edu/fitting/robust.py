"""Losses that outliers cannot rule: what a residual costs, in place of its square. The names are SciPy's.

With z = (r/scale)², a residual r costs scale²·ρ(z). A step of least squares for such a cost uses residuals and slopes
that are weighted with ρ′ and ρ″. See B. Triggs and others, "Bundle adjustment: a modern synthesis" (2000), section 4.3.
"""

import math
from collections.abc import Callable

EPSILON = 2.0**-52

Rho = Callable[[float], tuple[float, float, float]]  # z to ρ, ρ′, ρ″


def _soft_l1(z: float) -> tuple[float, float, float]:
    t = math.sqrt(1 + z)
    return 2 * z / (t + 1), 1 / t, -0.5 / t**3


def _huber(z: float) -> tuple[float, float, float]:
    return (z, 1.0, 0.0) if z <= 1 else (2 * math.sqrt(z) - 1, z**-0.5, -0.5 * z**-1.5)


def _cauchy(z: float) -> tuple[float, float, float]:
    return math.log1p(z), 1 / (1 + z), -1 / (1 + z) ** 2


def _arctan(z: float) -> tuple[float, float, float]:
    return math.atan(z), 1 / (1 + z * z), -2 * z / (1 + z * z) ** 2


LOSSES: dict[str, Rho] = {
    "linear": lambda z: (z, 1.0, 0.0),
    "soft_l1": _soft_l1,
    "huber": _huber,
    "cauchy": _cauchy,
    "arctan": _arctan,
}


class Cost:
    """What residuals cost by a loss; `scale` is the size from which on a residual counts as an outlier."""

    def __init__(self, loss: str, scale: float) -> None:
        self.is_square = loss == "linear"
        self._rho = LOSSES[loss]
        self._scale = scale

    def total(self, residuals: list[float]) -> float:
        """The cost of all residuals: the sum of their squares for the loss "linear".

        >>> Cost("linear", 1.0).total([3.0, 4.0]), Cost("huber", 1.0).total([3.0, 0.5])
        (25.0, 5.25)
        """
        if self.is_square:
            return math.fsum(r * r for r in residuals)
        return self._scale**2 * math.fsum(self._rho((r / self._scale) ** 2)[0] for r in residuals)

    def weighted(self, residuals: list[float], jacobian: list[list[float]]) -> tuple[list[float], list[list[float]]]:
        """Residuals and slopes whose squares near this point behave as the cost does."""
        if self.is_square:
            return residuals, jacobian
        rs, rows = [], []
        for r, row in zip(residuals, jacobian, strict=True):
            z = (r / self._scale) ** 2
            _, slope, bend = self._rho(z)
            weight = math.sqrt(max(slope + 2 * bend * z, EPSILON))  # not 0 or less, where the cost bends the other way
            rs.append(r * slope / weight)
            rows.append([weight * x for x in row])
        return rs, rows
