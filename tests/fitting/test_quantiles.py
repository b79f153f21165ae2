"""Quantiles of Student's t distribution, against SciPy's."""

import math

import pytest

from tinygrad_edu.fitting.quantiles import _outside, two_sided


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
