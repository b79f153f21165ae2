"""Quantiles of Student's t distribution, against SciPy's."""

import math

import mpmath
import pytest

from tinygrad_edu.fitting.quantiles import _fraction, _incomplete_beta, _outside, two_sided


@pytest.mark.parametrize("freedom", [1, 2, 3, 7, 30, 200, 5000, 1.5])
@pytest.mark.parametrize("level", [0.05, 0.5, 0.6827, 0.9, 0.95, 0.99, 0.9999])
def test_scipy_finds_the_same(level, freedom):
    stats = pytest.importorskip("scipy.stats")
    assert two_sided(level, freedom) == pytest.approx(stats.t.ppf((1 + level) / 2, freedom), rel=1e-9)


def test_with_no_end_of_data_it_is_the_normal_distribution():
    assert two_sided(0.95, math.inf) == pytest.approx(1.959963984540054)
    assert two_sided(0.95, 1e7) == pytest.approx(1.959963984540054, rel=1e-6)


def test_without_degrees_of_freedom_there_is_none():
    assert math.isnan(two_sided(0.95, 0))


@pytest.mark.parametrize("level", [0.0, 1.0, 95])
def test_a_level_is_a_probability(level):
    with pytest.raises(ValueError, match=r"must lie between 0 and 1, as 0.95"):
        two_sided(level, 10)


def test_the_whole_lies_outside_of_nothing_and_nothing_beyond_all():
    assert (_outside(0.0, 5), _outside(1e200, 5)) == (1.0, 0.0)


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 10, 75.5, 1000])
def test_the_probability_outside_is_right_to_the_last_digits(freedom):
    """Against mpmath at 40 digits, for t from 0.01 to far out: below and above where the continued fraction turns."""
    with mpmath.workdps(40):
        for t in (0.01, 0.1, 0.3, 0.9, 1.0, 1.1, 1.7, 2.5, 6.0, 20.0):
            x = mpmath.mpf(freedom) / (freedom + mpmath.mpf(t) ** 2)
            exact = mpmath.betainc(mpmath.mpf(freedom) / 2, 0.5, 0, x, regularized=True)
            assert _outside(t, freedom) == pytest.approx(float(exact), rel=2e-12), t


def test_a_quantile_is_found_to_the_last_digits():
    """With one degree of freedom it is tan(π·level/2); with two, level·√2/√(1 - level²)."""
    for level in (1e-3, 0.2, 0.5, 0.9, 0.95, 0.999):
        assert two_sided(level, 1) == pytest.approx(math.tan(math.pi * level / 2), rel=1e-12)
        assert two_sided(level, 2) == pytest.approx(level * math.sqrt(2 / (1 - level * level)), rel=1e-12)


def test_the_ends_of_the_degrees_of_freedom():
    assert math.isnan(two_sided(0.9, -1.0))
    assert two_sided(0.9, math.inf) == pytest.approx(1.6448536269514722, rel=1e-14)
    assert two_sided(0.01, 0.5) > 0


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (1.0, 3.0), (7.0, 0.5), (40.0, 2.5)])
def test_the_share_of_the_beta_function(a, b):
    assert (_incomplete_beta(a, b, 0.0), _incomplete_beta(a, b, 1.0)) == (0.0, 1.0)
    turn = (a + 1) / (a + b + 2)
    for x in (1e-6, 0.2, math.nextafter(turn, 0.0), turn, math.nextafter(turn, 1.0), 0.97):
        exact = float(mpmath.betainc(a, b, 0, x, regularized=True))
        assert _incomplete_beta(a, b, x) == pytest.approx(exact, rel=1e-12)


def test_a_step_of_the_continued_fraction_that_meets_a_0_goes_on():
    """1 - (a + b)·x/(a + 1) is 0: the fraction is finite all the same, as beside it."""
    near = [_fraction(1.0, 3.0, x) for x in (0.5 - 1e-9, 0.5, 0.5 + 1e-9)]
    assert near == pytest.approx([near[1]] * 3, rel=1e-6)
