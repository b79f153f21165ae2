"""Slopes at special points, order by order: right, or honestly nan, in every mode; and 0 · nan on a path not taken."""

import itertools
import math
import sys
from decimal import Decimal

import mpmath
import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value, derivative, grad, hessian, jacobian
from tinygrad_edu.core.slopes import sign, step

inf, nan = math.inf, math.nan


def orders(f, x, mode):
    found = []
    for order in (1, 2, 3):
        g = f
        for _ in range(order if mode is grad else 0):
            g = grad(g)
        found.append(g(x) if mode is grad else derivative(f, order)(x))
    return found


VERTICAL = [  # the one-sided limits of the first, second and third derivative, nan where the two sides differ
    (tg.sqrt, 0.0, [inf, -inf, inf]),
    (tg.arcsin, 1.0, [inf, inf, inf]),
    (tg.arcsin, -1.0, [inf, -inf, inf]),
    (tg.arccos, 1.0, [-inf, -inf, -inf]),
    (tg.arccos, -1.0, [-inf, inf, -inf]),
    (tg.arccosh, 1.0, [inf, -inf, nan]),
    (tg.cbrt, 0.0, [inf, nan, nan]),
    (lambda x: x**0.5, 0.0, [inf, -inf, inf]),
    (lambda x: x**1.5, 0.0, [0.0, inf, -inf]),
    (lambda x: x**2.5, 0.0, [0.0, 0.0, inf]),
    (lambda x: x**2, 0.0, [0.0, 2.0, 0.0]),
    (lambda x: x**3, 0.0, [0.0, 0.0, 6.0]),
    (lambda x: x**-1.0, 1e-200, [-inf, inf, -inf]),  # beyond floats
    (lambda x: tg.sqrt(4 * x), 0.0, [inf, -inf, inf]),
    (lambda x: 3 * tg.sqrt(x), 0.0, [inf, -inf, inf]),
    (lambda x: -tg.sqrt(x), 0.0, [-inf, inf, -inf]),
    (lambda x: tg.sqrt(1 - x), 1.0, [-inf, -inf, -inf]),
]


@pytest.mark.parametrize("mode", [grad, derivative])
@pytest.mark.parametrize(("f", "x", "right"), VERTICAL)
def test_where_a_curve_is_vertical_each_order_has_its_limit(f, x, right, mode):
    assert orders(f, x, mode) == pytest.approx(right, nan_ok=True)


@pytest.mark.parametrize("mode", [grad, derivative])
@pytest.mark.parametrize("f", [tg.relu, tg.leaky_relu, abs, lambda x: tg.maximum(x, 0.0), lambda x: tg.max([x, 0.0])])
def test_of_nan_no_derivative_of_any_order_is_known(f, mode):
    assert orders(f, nan, mode) == pytest.approx([nan, nan, nan], nan_ok=True)


def test_the_slopes_on_both_sides_of_a_kink_and_at_it():
    assert [step(x) for x in (-2.0, 0.0, 0.5, 3.0)] == [0, 0, 1, 1]
    assert [sign(x) for x in (-2.0, 0.0, 0.5, 3.0)] == [-1, 0, 1, 1]


def test_of_logsumexp_of_minus_infinity_no_second_derivative_is_known():
    assert hessian(tg.logsumexp)([-inf, -inf]) == [[pytest.approx(nan, nan_ok=True)] * 2] * 2


def power(p):
    return p[0] ** p[1]


POWERS = [  # x, y: ∂²/∂x² = y(y-1)·x^(y-2), ∂²/∂x∂y = x^(y-1)·(1 + y·log x), ∂²/∂y² = x^y·log² x
    (0.0, 1.0, 0.0, -inf, 0.0),
    (0.0, 2.0, 2.0, 0.0, 0.0),
    (0.0, 3.0, 0.0, 0.0, 0.0),
    (0.0, 1.5, inf, 0.0, 0.0),
    (0.0, 0.5, -inf, -inf, 0.0),
    (0.0, 0.0, 0.0, inf, nan),
    (1e-310, 0.0, 0.0, inf, math.log(1e-310) ** 2),
    (1e-300, 0.0, 0.0, 1e300, math.log(1e-300) ** 2),
    (1e-310, 1.0, 0.0, 1 + math.log(1e-310), 1e-310 * math.log(1e-310) ** 2),
    (1e-310, 2.0, 2.0, 1e-310 * (1 + 2 * math.log(1e-310)), 0.0),
    (-2.0, 2.0, 2.0, nan, nan),
    (2.0, 0.0, 0.0, 0.5, math.log(2) ** 2),
    (2.0, 1.0, 0.0, 1 + math.log(2), 2 * math.log(2) ** 2),
    (2.0, 3.0, 12.0, 4 * (1 + 3 * math.log(2)), 8 * math.log(2) ** 2),
]


@pytest.mark.parametrize("mode", ["reverse", "forward", "reverse over forward"])
@pytest.mark.parametrize(("x", "y", "xx", "xy", "yy"), POWERS)
def test_the_second_derivatives_of_a_power_are_symmetric_and_right(x, y, xx, xy, yy, mode):
    outer, inner = {"reverse": ("reverse",) * 2, "forward": ("forward",) * 2}.get(mode, ("reverse", "forward"))
    second = jacobian(jacobian(power, mode=inner), mode=outer)([x, y])
    assert second[0] == pytest.approx([xx, xy], nan_ok=True)
    assert second[1] == pytest.approx([xy, yy], nan_ok=True)


def test_of_limits_no_third_derivative_is_claimed():
    third = jacobian(hessian(power))([0.0, 1.0])
    assert math.isnan(third[0][1][0])
    assert math.isnan(third[0][1][1])


# --- what is not taken hands on nothing --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (lambda a: (0 - 1.5) ** tg.maximum(a, 2.0), 0.3, 0.0),
        (lambda a: (0 - 1.5) ** tg.minimum(a, 2.0), 3.0, 0.0),
        (lambda a: (0 - 1.5) ** tg.max([a, 2.0, 1.0]), 0.3, 0.0),
        (lambda a: (0 - 1.5) ** tg.min([a, 2.0]), 3.0, 0.0),
        (lambda a: tg.sqrt(tg.relu(a)), -1.0, 0.0),
        (lambda a: tg.sqrt(tg.floor(a)), 0.5, 0.0),
        (lambda a: tg.sqrt(tg.relu(a) + tg.relu(-a)) + a, -4.0, 0.75),
    ],
)
def test_a_slope_that_is_infinite_or_nan_does_not_reach_what_was_not_chosen(f, x, slope):
    assert grad(f)(x) == derivative(f)(x) == slope


def test_an_operand_that_is_chosen_gets_what_comes():
    x = Value(0.0)
    tg.sqrt(tg.maximum(x, -1.0)).backward()
    assert x.grad == inf


def test_zero_times_infinity_of_numbers_is_still_not_a_number():
    x = Value(0.0)
    (tg.sqrt(x) * 0.0).backward()
    assert math.isnan(x.grad)


def test_powers_of_symbols_and_decimals_have_their_second_derivatives() -> None:
    sympy = pytest.importorskip("sympy")
    a, b = sympy.symbols("a b", positive=True)
    mixed = hessian(power)([a, b])[0][1]
    assert sympy.simplify(mixed - sympy.diff(a**b, a, b)) == 0
    zero, one = Decimal(0), Decimal(1)
    assert hessian(lambda p: p[0] ** p[1])([zero, one])[0] == [0, Decimal("-Infinity")]
    assert grad(power)([zero, one]) == [1, 0]


# --- branches that are not taken, above what has no finite slope ---------------------------------------------------


@pytest.mark.parametrize(
    ("f", "slope"),
    [
        (lambda x: tg.maximum(tg.sqrt(x), 5.0), 0.0),
        (lambda x: tg.minimum(-tg.sqrt(x), -5.0), 0.0),
        (lambda x: tg.relu(tg.sqrt(x) - 5.0), 0.0),
        (lambda x: tg.max([tg.sqrt(x), 5.0, 2.0]), 0.0),
        (lambda x: tg.min([1.0 + tg.sqrt(x), 0.5]), 0.0),
        (lambda x: abs(tg.sqrt(x)) + x, 1.0),
        (lambda x: tg.floor(tg.sqrt(x)) + tg.relu(tg.sqrt(x) - 1) + 3 * x, 3.0),
        (lambda x: tg.maximum(tg.sqrt(x), 5.0) + tg.maximum(tg.cbrt(x), 5.0) - x, -1.0),
    ],
)
def test_nothing_comes_back_through_a_branch_that_is_not_taken_whatever_lies_below(f, slope):
    """0 from a branch is no number to be multiplied by inf: reverse mode gave nan here, where forward mode gave 0."""
    for g in (grad(f), derivative(f)):
        assert g(0.0) == slope
        assert type(g(0.0)) is float
    for outer, inner in itertools.product((grad, derivative), repeat=2):
        assert outer(inner(f))(0.0) == 0.0, (outer, inner)
    assert tg.jit(grad(f))(0.0) == slope
    assert math.isnan(grad(lambda x: 0.0 * tg.sqrt(x))(0.0)), "a factor that happens to be 0 is a number"


# --- second derivatives at the smallest and largest numbers --------------------------------------------------------


SMALL = [1e-300, 1e-160, 1e-20, 1e-9, 1e-3]


@pytest.mark.parametrize("x", SMALL)
@pytest.mark.parametrize(
    ("f", "second"),
    [
        (tg.arcsin, lambda x: x / (1 - x * x) ** mpmath.mpf(1.5)),
        (tg.arccos, lambda x: -x / (1 - x * x) ** mpmath.mpf(1.5)),
        (tg.arctan, lambda x: -2 * x / (1 + x * x) ** 2),
        (tg.arctanh, lambda x: 2 * x / (1 - x * x) ** 2),
        (tg.arcsinh, lambda x: -x / (1 + x * x) ** mpmath.mpf(1.5)),
        (tg.erf, lambda x: -4 * x / mpmath.sqrt(mpmath.pi) * mpmath.exp(-x * x)),
    ],
)
def test_second_derivatives_near_0_have_all_their_digits(f, second, x):
    """(1 - x)(1 + x) has the slope -(1 + x) + (1 - x), of which nothing is left near 0."""
    with mpmath.workdps(60):
        expected = float(second(mpmath.mpf(x)))
    for outer, inner in itertools.product((tg.grad, tg.derivative), repeat=2):
        assert outer(inner(f))(x) == pytest.approx(expected, rel=1e-12, abs=0), (outer, inner)


@pytest.mark.parametrize("f", [tg.arctan, tg.erf, tg.gelu])
def test_second_derivatives_at_the_largest_numbers_are_0_in_every_mode(f):
    for x in (1e200, 1.5e308, -1.5e308):
        for outer, inner in itertools.product((tg.grad, tg.derivative), repeat=2):
            assert outer(inner(f))(x) == 0.0


POINTS = [(3.0, 4.0), (1e-9, 1.0), (1.0, 1e-9), (1e-310, -1e-300), (1e-160, 2e-160), (3e-310, 4e-310), (1e160, 1.0)]


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize(
    ("f", "reference"),
    [
        (tg.hypot, lambda x, y, h: [[y * y / h**3, -x * y / h**3], [-x * y / h**3, x * x / h**3]]),
        (
            lambda x, y: tg.arctan2(y, x),
            lambda x, y, h: [[2 * x * y / h**4, (y * y - x * x) / h**4], [(y * y - x * x) / h**4, -2 * x * y / h**4]],
        ),
    ],
    ids=["hypot", "arctan2"],
)
def test_distances_and_angles_have_all_their_digits_in_second_order(f, reference, point):
    """As 1/h less (x/h)·(x/h)/h, what is left near an axis would be rounding, and nan where 1/h is inf."""
    with mpmath.workdps(60):
        x, y = map(mpmath.mpf, point)
        exact = reference(x, y, mpmath.sqrt(x * x + y * y))
        largest = mpmath.mpf(sys.float_info.max)
        expected = [[float(z) if abs(z) < largest else math.copysign(math.inf, z) for z in row] for row in exact]
    found = tg.hessian(lambda p: f(*p))(list(point))
    for row, right in zip(found, expected, strict=True):
        assert row == pytest.approx(right, rel=1e-12, abs=0)
    slopes_of_x = tg.jacobian(tg.grad(f, (0, 1)), (0, 1), mode="forward")(*point)
    for row, right in zip(slopes_of_x, expected, strict=True):
        assert list(row) == pytest.approx(right, rel=1e-12, abs=0)


def test_third_derivatives_of_a_distance():
    third = tg.derivative(lambda x: tg.hypot(x, 2.0), order=3)(1.0)
    assert third == pytest.approx(-3 * 4 / 5**2.5, rel=1e-12)
    turned = tg.derivative(lambda x: tg.arctan2(2.0, x), order=3)(1.0)
    with mpmath.workdps(60):
        assert turned == pytest.approx(float(mpmath.diff(lambda x: mpmath.atan2(2, x), 1, 3)), rel=1e-12)


@pytest.mark.parametrize(
    ("x", "y", "slope"),
    [
        (1e-310, 1e-310, 1.0),
        (1e-310, -1e-300, -1e10),
        (1e-310, 2e-160, 2e150),
    ],
)
def test_a_power_whose_slope_is_a_number_though_x_to_the_y_minus_1_is_none(x, y, slope):
    assert tg.grad(lambda x: x**y)(x) == pytest.approx(slope, rel=1e-9)


@pytest.mark.parametrize(
    ("x", "y", "slope"),
    [
        (1e-200, -1.0, -inf),
        (-1e-200, -1.0, -inf),
        (-1e-200, -2.0, inf),
        (-1e-200, -3.0, -inf),
        (1e200, 3.0, inf),
        (-1e200, 3.0, inf),
        (-1e200, 4.0, -inf),
        (0.0, -1.0, -inf),
    ],
)
def test_a_slope_of_a_power_beyond_floats_has_its_sign(x, y, slope):
    """That of y · x^(y-1), also where the power itself is a number."""
    assert tg.core.slopes.power_slope_base(x, y) == slope


@pytest.mark.parametrize(
    ("x", "y", "mixed"), [(1e-200, -1.0, inf), (1e-310, 0.005, -inf), (1e-310, 0.002, -inf), (1e-310, 0.001, inf)]
)
def test_a_mixed_slope_of_a_power_beyond_floats_has_its_sign(x, y, mixed):
    """That of 1 + y·log x, which turns at y = -1 / log x, here 0.0014."""
    assert tg.core.slopes._mixed(x, y) == mixed


def test_a_slope_of_a_slope_that_is_beyond_floats_in_every_form():
    assert tg.grad(tg.grad(lambda x: x**0.01))(1e-320) == -math.inf
