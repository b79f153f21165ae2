import math
from fractions import Fraction

import pytest

from tinygrad_edu import Value
from tinygrad_edu.engine import NOT_COMPUTED
from tinygrad_edu.networks.parameters import (
    above_zero,
    all_finite,
    at_least_zero,
    finite_gradients,
    forget,
    fraction,
    leaves,
    name_of,
)

TINY, HUGE = 5e-324, 1.7976931348623157e308


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (at_least_zero, [0, 0.0, TINY, HUGE, Fraction(1, 3)], [-TINY, -1, math.inf, math.nan]),
        (above_zero, [TINY, 1, HUGE], [0, 0.0, -TINY, math.inf, math.nan]),
        (fraction, [0, 0.0, TINY, 0.5, 1 - 2**-53], [1, 1.0, -TINY, 2, math.inf, math.nan]),
    ],
)
def test_a_setting_is_checked_up_to_its_last_bit(check, right, wrong):
    for x in right:
        assert check("beta", x) is x
    for x in wrong:
        with pytest.raises(ValueError, match=r"^beta must be"):
            check("beta", x)
    for x in ("1", None, True, 1j, [1], Value(0.5)):
        with pytest.raises(TypeError, match="beta must be a number, got"):
            check("beta", x)


@pytest.mark.parametrize(
    ("numbers", "finite"),
    [
        ([], True),
        ([1.0, -2, Fraction(1, 3)], True),
        ([HUGE, HUGE], True),  # though their sum is not
        ([1.0, math.nan], False),
        ([math.inf, -math.inf], False),
        ([10**400], False),
        ([1.0, "2"], False),
    ],
)
def test_numbers_are_finite_though_their_sum_may_not_be(numbers, finite):
    assert all_finite(numbers) is finite


def test_gradients_that_were_not_computed_count_as_such_whatever_they_are_called():
    parameters = [Value(1.0), Value(2.0), Value(3.0)]
    parameters[0].grad, parameters[1].grad = None, 0.5
    found = finite_gradients(parameters)
    assert found[0] is found[2] is NOT_COMPUTED
    assert found[1] == 0.5
    parameters[1].grad, parameters[1].label = math.nan, "w"
    with pytest.raises(ValueError, match=r"the gradient of parameter 1 \(w\) is nan"):
        finite_gradients(parameters)


def test_gradients_are_forgotten_or_set_to_0():
    parameters = [Value(1.0), Value(2.0), Value(3.0)]
    parameters[0].grad, parameters[1].grad = 2.0, None
    forget(parameters, set_to_none=False)
    assert parameters[0].grad == 0.0
    assert parameters[0].grad is not NOT_COMPUTED
    assert parameters[1].grad is parameters[2].grad is NOT_COMPUTED
    forget(parameters)
    assert all(p.grad is NOT_COMPUTED for p in parameters)


def test_a_parameter_goes_by_its_place_and_label():
    assert name_of([Value(1.0), Value(2.0, label="b")], 0) == "parameter 0"
    assert name_of([Value(1.0), Value(2.0, label="b")], 1) == "parameter 1 (b)"


def test_parameters_are_leaves_each_once():
    x = Value(1.0)
    assert leaves([x]) == [x]
    with pytest.raises(ValueError, match="at least one parameter"):
        leaves([])
    with pytest.raises(ValueError, match="parameter 1 is listed twice"):
        leaves([x, x])
    with pytest.raises(ValueError, match=r"parameter 0 is the result of '\*'"):
        leaves([x * x])
