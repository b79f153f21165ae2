"""What `least_squares` found: the parameters with their standard errors, how good the fit is, and a report of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..notation.report import Part, Report, Table
from ..notation.words import number_text

HEADER = ["parameter", "value", "standard error", ""]
CORRELATED = 0.95  # parameters more correlated than this are worth a remark
DIGITS = 8


@dataclass(frozen=True, repr=False)
class Fit(Report):
    """The result of `least_squares`; prints as a report, a notebook shows it as Markdown.

    `p` are the parameters and `errors` their standard errors, both of the shape that the search started from.
    `covariance` is theirs as rows of a matrix, in the order of `names`. A standard error is nan for a parameter at one
    of its bounds, and where the data do not determine the parameters. `residuals` are the model's values minus the
    measured ones (over sigma, if that was given), `rss` the sum of their squares.
    """

    p: Any
    errors: Any
    covariance: list[list[float]]
    names: list[str]
    values: list[float]  # the parameters in the order of `names`
    residuals: list[float]
    r_squared: float  # how much of the data's variance the model explains; nan without data
    iterations: int
    evaluations: int  # of the model on all the data, those for derivatives included
    converged: bool
    message: str  # why the search ended
    at_bounds: list[str]
    undetermined: list[str]  # parameters that the data cannot tell from the others
    has_sigma: bool

    @property
    def rss(self) -> float:
        """The residual sum of squares, χ² if sigma was given."""
        return math.fsum(r * r for r in self.residuals)

    @property
    def degrees_of_freedom(self) -> int:
        """How many residuals there are beyond the parameters that were free."""
        return len(self.residuals) - len(self.names) + len(self.at_bounds)

    @property
    def residual_sd(self) -> float:
        """√(rss / degrees of freedom), the scatter of the data around the model; nan if there are none."""
        return math.sqrt(self.rss / self.degrees_of_freedom) if self.degrees_of_freedom else math.nan

    def correlation(self, i: int, j: int) -> float:
        """How the errors of two parameters, by their places in `names`, go together: from -1 to 1."""
        between = self.covariance[i][j]
        both = math.sqrt(self.covariance[i][i] * self.covariance[j][j])
        return between / both if both else math.nan

    def _parts(self) -> list[Part]:
        rows = []
        for i, (name, value) in enumerate(zip(self.names, self.values, strict=True)):
            error = math.sqrt(self.covariance[i][i])
            of_value = f"{100 * error / abs(value):.2g} %" if value and math.isfinite(error) else ""
            note = "at its bound" if name in self.at_bounds else of_value
            rows.append([name, number_text(value, DIGITS), number_text(error), note])
        return [Table(HEADER, rows, words={0, 3}), *self._remarks()]

    def _remarks(self) -> list[str]:
        remarks = [self._goodness(), f"Residuals: {five_numbers(self.residuals)}."]
        if self.undetermined:
            remarks.append(f"The data do not determine {', '.join(self.undetermined)}: other parameters do the same.")
        for i, first in enumerate(self.names):
            for j, second in enumerate(self.names[:i]):
                together = self.correlation(i, j)
                if abs(together) > CORRELATED:
                    remarks.append(f"The errors of {second} and {first} go together: correlation {together:.4f}.")
        end = "Converged" if self.converged else "NOT converged"
        return [*remarks, f"{end} after {self.iterations} iterations: {self.message}."]

    def _goodness(self) -> str:
        count = f"{len(self.residuals)} residuals, {self.degrees_of_freedom} degrees of freedom"
        parts = [count, f"{'χ²' if self.has_sigma else 'sum of squares'} {number_text(self.rss, DIGITS)}"]
        if self.degrees_of_freedom:
            parts.append(f"residual standard deviation {number_text(self.residual_sd)}")
        if not math.isnan(self.r_squared):
            parts.append(f"R² {number_text(self.r_squared, 6)}")
        return "; ".join(parts) + "."


def five_numbers(xs: Sequence[float]) -> str:
    """Least, quartiles and greatest, which show at a glance how numbers are spread.

    >>> five_numbers([1.0, 2.0, 3.0, 4.0, 10.0])
    'least 1, quartiles 2, 3, 4, greatest 10'
    """
    ordered = sorted(xs)

    def at(part: float) -> str:
        place = part * (len(ordered) - 1)
        below = ordered[math.floor(place)]
        return number_text(below + (place % 1) * (ordered[math.ceil(place)] - below))

    return f"least {at(0)}, quartiles {at(0.25)}, {at(0.5)}, {at(0.75)}, greatest {at(1)}"
