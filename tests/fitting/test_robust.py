"""The losses against their definitions at 50 digits, with slopes by mpmath, at z = 1 and beside it too."""

import math

import mpmath
import pytest

from tinygrad_edu.fitting.robust import EPSILON, LOSSES, Cost

DEFINED = {
    "linear": lambda z: z,
    "soft_l1": lambda z: 2 * (mpmath.sqrt(1 + z) - 1),
    "huber": lambda z: z if z <= 1 else 2 * mpmath.sqrt(z) - 1,
    "cauchy": lambda z: mpmath.log(1 + z),
    "arctan": mpmath.atan,
}
PLACES = (0.0, 1e-8, 0.25, 0.999, 1.001, 1.5, 4.0, 100.0)


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_and_its_slopes_are_as_defined(name: str) -> None:
    with mpmath.workdps(50):
        for z in PLACES:
            exact = [
                float(mpmath.diff(DEFINED[name], mpmath.mpf(z), n, direction=1 if z < 1e-3 else 0)) for n in range(3)
            ]
            assert LOSSES[name](z) == pytest.approx(exact, rel=1e-9, abs=1e-12), z


def test_huber_is_quadratic_up_to_and_with_the_scale() -> None:
    assert LOSSES["huber"](1.0) == (1.0, 1.0, 0.0)
    assert LOSSES["huber"](math.nextafter(1.0, 2.0))[2] == pytest.approx(-0.5)


@pytest.mark.parametrize("name", LOSSES)
def test_weighted_residuals_and_slopes_are_those_of_the_cost(name: str) -> None:
    """Twice the gradient of the cost is 2 Σ r · slope with the weighted ones, whatever the weights."""
    cost, residuals, jacobian = Cost(name, 0.75), [0.3, -2.0, 0.75], [[1.0, 2.0], [-0.5, 0.25], [3.0, -1.0]]
    rs, rows = cost.weighted(residuals, jacobian)
    rho = LOSSES[name]
    for j in range(2):
        exact = math.fsum(r * rho((r / 0.75) ** 2)[1] * row[j] for r, row in zip(residuals, jacobian, strict=True))
        assert math.fsum(r * row[j] for r, row in zip(rs, rows, strict=True)) == pytest.approx(exact)
    for r, row, weighted in zip(residuals, jacobian, rows, strict=True):
        z = (r / 0.75) ** 2
        _, slope, bend = rho(z)
        assert weighted == pytest.approx([math.sqrt(max(slope + 2 * bend * z, EPSILON)) * x for x in row])
    assert cost.total(residuals) == pytest.approx(0.75**2 * math.fsum(rho((r / 0.75) ** 2)[0] for r in residuals))


def test_epsilon_is_the_distance_from_one_to_the_next_float() -> None:
    assert math.nextafter(1.0, 2.0) - 1.0 == EPSILON
