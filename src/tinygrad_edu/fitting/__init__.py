"""Models fitted to data by least squares, with standard errors.

`marquardt` minimises the sum of squares with exact Jacobians, `linear` solves its small systems of equations, and
`report` says how good the fit is. Way in: `marquardt.py`.
"""

from .marquardt import least_squares

__all__ = ["least_squares"]
