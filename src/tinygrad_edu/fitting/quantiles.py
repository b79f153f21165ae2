"""Student's t distribution: how many standard errors an interval of a given probability takes.

See W. Press and others, Numerical Recipes, section 6.4, for the continued fraction of the incomplete beta function.
"""

import math
from statistics import NormalDist

TINY = 1e-300
ENOUGH = 1e-15


def two_sided(level: float, freedom: float) -> float:
    """t such that a number of Student's t distribution lies between -t and t with this probability.

    `freedom` are the degrees of freedom; with inf, it is the normal distribution.

    >>> round(two_sided(0.95, 10), 4), round(two_sided(0.95, math.inf), 4)
    (2.2281, 1.96)
    """
    if not 0 < level < 1:
        raise ValueError(f"the level {level} must lie between 0 and 1, as 0.95")
    if freedom <= 0:
        return math.nan
    if math.isinf(freedom):
        return NormalDist().inv_cdf((1 + level) / 2)
    low, high = 0.0, 1.0
    while _outside(high, freedom) > 1 - level:
        low, high = high, 2 * high
    while high - low > 1e-14 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if _outside(middle, freedom) > 1 - level else (low, middle)
    return high


def _outside(t: float, freedom: float) -> float:
    """The probability of more than t, or less than -t."""
    return _incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t))


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """Iₓ(a, b), the share of the beta function's integral up to x."""
    if x in (0.0, 1.0):
        return x
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x > (a + 1) / (a + b + 2):
        return 1 - front * _fraction(b, a, 1 - x) / b
    return front * _fraction(a, b, x) / a


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    c, d = 1.0, 1 / _not_0(1 - (a + b) * x / (a + 1))
    product, change, m = d, 1.0, 0
    while abs(change) > ENOUGH:
        m += 1
        before = product
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _not_0(1 + term * d)
            c = _not_0(1 + term / c)
            product *= c * d
        change = product / before - 1
    return product


def _not_0(x: float) -> float:
    return x or TINY
