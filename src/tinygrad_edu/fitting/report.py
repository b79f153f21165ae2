"""What `least_squares` found: the parameters with their standard errors, how good the fit is, and a report of it."""

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ..notation.report import Part, Report, Table
from ..notation.words import number_text
from ..transforms.jacobians import value_and_jacobian
from ..trees.tree import leaves_like, numbers_of, returned
from .quantiles import two_sided

P = TypeVar("P")

HEADER = ["parameter", "value", "standard error", "", "95 % interval"]
LEVEL = 0.95
ROUNDED = 1e3 * 2.0**-52  # residuals of this size, relative to what was measured, are little more than rounding
CORRELATED = 0.95  # parameters more correlated than this are worth a remark
DIGITS = 8
INTERVAL_DIGITS = 5


@dataclass(frozen=True, repr=False)
class Fit(Report, Generic[P]):
    """The result of `least_squares`; prints as a report, a notebook shows it as Markdown.

    `p` are the parameters and `errors` their standard errors, both of the shape that the search started from.
    `covariance` is theirs as rows of a matrix, in the order of `names`. A standard error is 0 for a fixed parameter,
    and nan for one at its bound, or one that the data do not determine. `residuals` are the model's values minus the
    measured ones (over sigma, if that was given), `rss` the sum of their squares, and `cost` what was minimised:
    `rss`, or the sum of what a robust loss makes of the residuals.
    """

    p: P
    errors: P
    covariance: list[list[float]]
    names: list[str]
    values: list[float]  # the parameters in the order of `names`
    residuals: list[float]
    r_squared: float  # how much of the data's variance the model explains; nan without data
    cost: float
    rank: int  # how many numbers the data determine
    iterations: int
    evaluations: int  # of the model on all the data, those for derivatives included
    converged: bool
    message: str  # why the search ended
    at_bounds: list[str]
    fixed: list[str]
    undetermined: list[str]  # parameters that the data say nothing about, or cannot tell from others
    has_sigma: bool
    omitted: int  # data left out, since they are not finite
    scale: float  # the size of what was measured

    @property
    def rss(self) -> float:
        """The residual sum of squares, χ² if sigma was given."""
        return math.fsum(r * r for r in self.residuals)

    @property
    def degrees_of_freedom(self) -> int:
        """How many residuals there are beyond the numbers that they determined."""
        return len(self.residuals) - self.rank

    @property
    def residual_sd(self) -> float:
        """√(rss / degrees of freedom), the scatter of the data around the model; nan if there are none."""
        return math.sqrt(self.rss / self.degrees_of_freedom) if self.degrees_of_freedom else math.nan

    def correlation(self, i: int, j: int) -> float:
        """How the errors of two parameters, by their places in `names`, go together: from -1 to 1."""
        between = self.covariance[i][j]
        both = math.sqrt(self.covariance[i][i] * self.covariance[j][j])
        return between / both if both else math.nan

    @property
    def correlations(self) -> list[list[float]]:
        """The correlations of the parameters' errors, as rows of a matrix in the order of `names`."""
        places = range(len(self.names))
        return [[self.correlation(i, j) for j in places] for i in places]

    def interval(self, level: float = LEVEL) -> tuple[P, P]:
        """The lowest and highest value of each parameter, between which it lies with this probability.

        By Student's t distribution, or the normal one if sigma was given.
        """
        t = self._errors_wide(level)
        errors = [math.sqrt(row[i]) for i, row in enumerate(self.covariance)]
        _, shape = numbers_of(self.p)
        low, high = (
            returned(shape, [x + sign * t * error for x, error in zip(self.values, errors, strict=True)])
            for sign in (-1, 1)
        )
        return low, high

    def error_of(self, g: Callable[[P], Any]) -> Any:
        """The standard error of anything that is computed from the parameters, by its slopes and their covariance.

        `g` takes parameters and returns a number, or a tree of them; the result has that shape. For the model's value
        at x it is `fit.error_of(lambda p: model(p, x))`.
        """
        return self._with_error(g)[1]

    def band(self, f: Callable[[P, Any], Any], xs: Iterable[Any], level: float = LEVEL) -> list[tuple[Any, Any, Any]]:
        """For each x, the model's lowest, likeliest and highest value there, with this probability.

        `f` is the model. The band is where the model may lie, in which new measurements scatter further.
        """
        t = self._errors_wide(level)
        found = []
        for x in xs:
            value, error = self._with_error(functools.partial(_at, f, x))
            middle, shape = numbers_of(value)
            off = leaves_like(shape, error, "the error")
            low, high = ([y + s * t * e for y, e in zip(middle, off, strict=True)] for s in (-1, 1))
            found.append((returned(shape, low), value, returned(shape, high)))
        return found

    def _with_error(self, g: Callable[[P], object]) -> tuple[object, object]:
        value, slopes = value_and_jacobian(g)(self.p)
        _, shape = numbers_of(value)
        n = len(self.names)
        leaves = numbers_of(slopes)[0]
        rows = [leaves[i : i + n] for i in range(0, len(leaves), n)]
        return value, returned(shape, [math.sqrt(self._variance(row)) for row in rows])

    def _variance(self, row: Sequence[float]) -> float:
        """That of a number with these slopes by the parameters; those of slope 0 have no part in it."""
        parts = [
            a * b * self.covariance[i][j] for i, a in enumerate(row) for j, b in enumerate(row) if a != 0 and b != 0
        ]
        return max(math.fsum(parts), 0.0) if not any(map(math.isnan, parts)) else math.nan

    def _errors_wide(self, level: float) -> float:
        """How many standard errors an interval reaches to each side."""
        return two_sided(level, math.inf if self.has_sigma else self.degrees_of_freedom)

    def _parts(self) -> list[Part]:
        rows = []
        t = self._errors_wide(LEVEL)
        for i, (name, value) in enumerate(zip(self.names, self.values, strict=True)):
            error = math.sqrt(self.covariance[i][i])
            of_value = f"{100 * error / abs(value):.2g} %" if value and math.isfinite(error) else ""
            note = "at its bound" if name in self.at_bounds else "fixed" if name in self.fixed else of_value
            ends = [number_text(value + sign * t * error, INTERVAL_DIGITS) for sign in (-1, 1)]
            interval = " to ".join(ends) if error > 0 and math.isfinite(t) else ""
            rows.append([name, number_text(value, DIGITS), number_text(error), note, interval])
        return [Table(HEADER, rows, words={0, 3, 4}), *self._remarks()]

    def _remarks(self) -> list[str]:
        remarks = [self._goodness(), f"Residuals: {five_numbers(self.residuals)}."]
        if self.undetermined:
            names = ", ".join(self.undetermined)
            remarks.append(f"The data do not determine {names}: other values fit as well.")
        if self.omitted:
            remarks.append(f"{self.omitted} of the data are not finite and were left out.")
        if self.scale and math.sqrt(self.rss) <= ROUNDED * self.scale:
            remarks.append("The residuals are little more than rounding, and so are the standard errors.")
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
        if self.cost != self.rss:
            parts.append(f"by the loss {number_text(self.cost, DIGITS)}")
        if self.degrees_of_freedom:
            parts.append(f"residual standard deviation {number_text(self.residual_sd)}")
        if not math.isnan(self.r_squared):
            parts.append(f"R² {number_text(self.r_squared, 6)}")
        return "; ".join(parts) + "."


def _at(f: Callable[..., object], x: object, p: object) -> object:
    return f(p, x)


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
