"""Models fitted to data by least squares, with standard errors.

`problem` reads what is given, `residuals` evaluates the model with exact slopes, `marquardt` searches for the least sum
of squares (or another cost, in `robust`), `covariance` says how sure the parameters are, and `report` is what comes
back. `linear` solves small systems of equations, `quantiles` knows Student's distribution. Way in: `regression.py`.
"""

from .regression import least_squares
from .report import Fit

__all__ = ["Fit", "least_squares"]
