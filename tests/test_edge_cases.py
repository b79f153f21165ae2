"""The catalogue of edge cases, row by row: what many small engines get wrong, with the answer that is right here.

The policy: what is undefined raises in the forward pass and names the operation and its operands; a backward pass
never raises after a good forward pass; an infinite slope is inf.
"""

import gc
import math
import re
import sys
import threading
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

import tinygrad_edu as tg
from tinygrad_edu import DomainError, Value
from tinygrad_edu.engine import NOT_COMPUTED

inf, nan = math.inf, math.nan


def slope(f: Callable[[Any], Any], x: Any) -> Any:
    """The derivative of f at x."""
    v = Value(x)
    f(v).backward()
    return v.grad


def slopes(f: Callable[..., Any], *xs: Any) -> list[Any]:
    """The partial derivatives of f."""
    values = list(map(Value, xs))
    f(*values).backward()
    return [v.grad for v in values]


def says(error: type[Exception], *parts: str) -> Any:
    """Expect the error, with all the parts in its message in this order."""
    return pytest.raises(error, match="(?s)" + ".*".join(map(re.escape, parts)))


# --- 1 - 7: large arguments, the ends of domains ------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "x", "value"),
    [(tg.sigmoid, -1000.0, 0.0), (tg.sigmoid, 1000.0, 1.0), (tg.tanh, -1000.0, -1.0), (tg.tanh, 1000.0, 1.0)],
)
def test_row_1_sigmoid_and_tanh_saturate(f: Callable[[Any], Any], x: float, value: float) -> None:
    assert f(Value(x)).data == f(x) == value
    assert slope(f, x) == 0.0


def test_row_2_exp_overflows_with_a_name() -> None:
    with says(OverflowError, "exp(1000.0)", "too large"):
        tg.exp(Value(1000.0))
    with says(OverflowError, "exp(1000", "too large"):
        tg.exp(1000)


def test_row_3_logsumexp_of_large_numbers() -> None:
    assert tg.logsumexp([Value(1000.0), Value(1000.0)]).data == 1000 + math.log(2)
    assert slopes(lambda x, y: tg.logsumexp([x, y]), 1000.0, 1000.0) == [0.5, 0.5]


def test_row_4_logsumexp_of_nothing_but_minus_infinity() -> None:
    assert tg.logsumexp([Value(-inf), Value(-inf)]).data == -inf
    assert all(map(math.isnan, slopes(lambda x, y: tg.logsumexp([x, y]), -inf, -inf)))
    assert "-inf" in (tg.logsumexp.__doc__ or "")


def test_row_5_softplus_and_log_sigmoid_far_out() -> None:
    assert tg.softplus(Value(-1000.0)).data == 0.0
    assert slope(tg.softplus, -1000.0) == 0.0
    assert tg.log_sigmoid(Value(-1000.0)).data == -1000.0
    assert slope(tg.log_sigmoid, -1000.0) == 1.0
    assert tg.softplus(Value(1000.0)).data == 1000.0
    assert slope(tg.softplus, 1000.0) == 1.0


@pytest.mark.parametrize("x", [0.0, -0.0, 0, -1.0, -1, Fraction(-1, 2), Decimal(0), Decimal(-1)], ids=repr)
@pytest.mark.parametrize("make", [Value, lambda x: x], ids=["Value", "number"])
def test_rows_6_and_7_log_needs_a_positive_number(make: Callable[[Any], Any], x: Any) -> None:
    with says(DomainError, "log(", "is undefined", "above 0"):
        tg.log(make(x))


def test_a_domain_error_is_a_value_error() -> None:
    assert issubclass(DomainError, ValueError)


# --- 8 - 14: powers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("zero", [0.0, 0, Fraction(0)])
@pytest.mark.parametrize("exponent", [0, 0.0])
def test_row_8_zero_to_the_zero_is_one_and_flat(zero: Any, exponent: float) -> None:
    assert (Value(zero) ** exponent).data == 1
    assert slope(lambda x: x**exponent, zero) == 0


@pytest.mark.parametrize(
    ("f", "text"),
    [
        (lambda zero: zero**-1, "0.0 ** -1"),
        (lambda zero: 1 / zero, "1 / 0.0"),
        (lambda zero: zero / 0, "0.0 / 0"),
        (lambda zero: zero / zero, "0.0 / 0.0"),
        (lambda zero: zero**-0.5, "0.0 ** -0.5"),
        (lambda zero: 5.0 / (zero * 3), "5.0 / 0.0"),
    ],
)
def test_row_9_division_by_zero_names_the_operation(f: Callable[[Value], Value], text: str) -> None:
    with says(ZeroDivisionError, text, "divides by zero"):
        f(Value(0.0))


@pytest.mark.parametrize("zero", [Decimal(0), Fraction(0)], ids=repr)
def test_row_9_for_other_kinds_of_numbers(zero: Any) -> None:
    for f, symbol in ((lambda x: x**-1, "**"), (lambda x: 1 / x, "/"), (lambda x: x / x, "/")):
        with pytest.raises((ZeroDivisionError, DomainError)) as caught:
            f(Value(zero))
        assert f"{zero!r} {symbol}" in str(caught.value) or f"{symbol} {zero!r}" in str(caught.value)


@pytest.mark.parametrize("exponent", [1 / 3, Value(1 / 3), Fraction(1, 3)], ids=repr)
def test_row_10_a_root_of_a_negative_number_is_undefined(exponent: Any) -> None:
    with says(DomainError, "-8.0 ** ", "negative base", "whole exponent"):
        Value(-8.0) ** exponent
    with says(DomainError, "-8.0 ** ", "negative base", "whole exponent"):
        (-8.0) ** Value(1 / 3)


def test_row_11_the_square_root_rises_vertically_at_zero() -> None:
    assert (Value(0.0) ** 0.5).data == 0.0
    assert slope(lambda x: x**0.5, 0.0) == inf
    assert slope(tg.sqrt, 0.0) == inf
    assert slope(tg.sqrt, 0) == inf


@pytest.mark.parametrize("zero", [Decimal(0), Fraction(0)], ids=repr)
def test_row_11_for_other_kinds_of_numbers(zero: Any) -> None:
    assert slope(tg.sqrt, zero) == inf
    assert slope(lambda x: x ** type(zero)("0.5"), zero) == inf


def test_row_12_both_slopes_of_zero_to_the_zero_are_zero() -> None:
    assert slopes(lambda x, y: x**y, 0.0, 0.0) == [0.0, 0.0]


def test_row_13_a_negative_base_has_no_slope_by_the_exponent() -> None:
    dx, dy = slopes(lambda x, y: x**y, -2.0, 3.0)
    assert dx == 12.0
    assert math.isnan(dy)


def test_row_14_a_number_to_the_power_of_a_value() -> None:
    y = 2 ** Value(3.0)
    assert y.data == 8.0
    assert slope(lambda x: 2**x, 3.0) == pytest.approx(8 * math.log(2), rel=1e-15)


# --- 15 - 23: kinks, nan, inf, -0.0, underflow --------------------------------------------------------------


def test_rows_15_and_16_abs_and_relu_are_flat_at_zero() -> None:
    assert slope(abs, 0.0) == slope(abs, -0.0) == slope(tg.relu, 0.0) == 0
    assert slope(lambda x: x.relu(), -0.0) == 0


def test_row_17_a_tie_shares_the_gradient() -> None:
    assert slopes(tg.maximum, 2.0, 2.0) == slopes(tg.minimum, 2.0, 2.0) == [0.5, 0.5]
    assert slopes(lambda *xs: tg.max(xs), 1.0, 1.0) == slopes(lambda *xs: tg.min(xs), 1.0, 1.0) == [0.5, 0.5]
    assert slope(lambda x: tg.maximum(x, 2.0), 2.0) == 0.5


def test_row_18_relu_of_nan_is_nan() -> None:
    assert math.isnan(tg.relu(Value(nan)).data)
    assert math.isnan(tg.relu(nan))
    assert math.isnan(slope(tg.relu, nan))
    assert math.isnan(tg.leaky_relu(Value(nan)).data)


def test_nan_passes_through_extremes() -> None:
    for f in (tg.maximum, tg.minimum):
        assert math.isnan(f(Value(nan), 1.0).data)
        assert math.isnan(f(1.0, Value(nan)).data)
    for g in (tg.max, tg.min):
        for numbers in ([nan, 1.0], [1.0, nan], [1.0, nan, 2.0]):
            assert math.isnan(g(numbers))
            assert math.isnan(g(map(Value, numbers)).data)


def test_row_19_inf_minus_inf_is_nan() -> None:
    x = Value(inf)
    y = x - x
    y.backward()
    assert math.isnan(y.data)
    assert x.grad == 0


def test_row_20_a_branch_that_is_a_function_is_called_only_if_taken() -> None:
    x = Value(0.0)
    y = tg.where(x > 0, lambda: tg.log(x), 0.0)
    y.backward()
    assert (y.data, x.grad) == (0.0, 0)
    with says(DomainError, "log(0.0)"):
        tg.where(x > 0, tg.log(x), 0.0)


def test_row_20_with_the_branch_taken() -> None:
    x = Value(2.0)
    y = tg.where(x > 0, lambda: tg.log(x), 0.0)
    y.backward()
    assert (y.data, x.grad) == (math.log(2), 0.5)


def test_row_21_hypot_is_flat_at_the_origin() -> None:
    assert tg.hypot(Value(0.0), Value(0.0)).data == 0.0
    assert slopes(tg.hypot, 0.0, 0.0) == [0, 0]
    assert "origin" in (tg.hypot.__doc__ or "")


def test_row_21_the_angle_of_the_origin_is_flat_and_the_jump_has_the_slopes_of_its_sides() -> None:
    assert tg.arctan2(0.0, 0.0) == tg.arctan2(Value(0.0), Value(0.0)).data == 0.0
    assert slopes(tg.arctan2, 0.0, 0.0) == [0, 0]
    assert tg.arctan2(0.0, -2.0) == -tg.arctan2(-0.0, -2.0) == math.pi
    assert slopes(tg.arctan2, 0.0, -2.0) == slopes(tg.arctan2, -0.0, -2.0) == [-0.5, 0.0]
    assert "origin" in (tg.arctan2.__doc__ or "")
    assert "jumps" in (tg.arctan2.__doc__ or "")


def test_row_22_negative_zero_is_kept_as_ieee_says() -> None:
    def is_negative_zero(x: Any) -> bool:
        return bool(x == 0.0 and math.copysign(1.0, x) < 0)

    zero = Value(-0.0)
    assert is_negative_zero(zero.data)
    assert is_negative_zero(tg.relu(zero).data)
    assert is_negative_zero((zero * 1.0).data)
    assert is_negative_zero((zero + -0.0).data)
    assert not is_negative_zero((zero + 0.0).data)
    assert is_negative_zero((-Value(0.0)).data)
    assert is_negative_zero(tg.sum([zero]).data)


def test_row_23_underflow_is_quiet() -> None:
    x = Value(5e-324)
    y = x * 1e-200 * 1e-200
    y.backward()
    assert (y.data, x.grad) == (0.0, 0.0)
    assert (x + 0.0).data == 5e-324


# --- 24 - 34: what a Value holds, and does not do -----------------------------------------------------------


@pytest.mark.parametrize("f", [lambda x: x * 1.0, lambda x: 0.5 + x, lambda x: x - 0.5, lambda x: x / 3.0])
def test_row_24_a_huge_int_is_refused_when_it_meets_a_float(f: Callable[[Value], Value]) -> None:
    huge = Value(10**400)
    assert (huge * huge).data == 10**800
    with says(OverflowError, "an int of 1329 bits", "too large for a float"):
        f(huge)


@pytest.mark.parametrize("f", [tg.exp, tg.log, tg.sqrt, tg.sin, tg.tanh])
def test_row_24_in_a_function_names_the_function(f: Callable[[Any], Any]) -> None:
    with says(OverflowError, f.__name__, "an int of 1329 bits", "too large"):
        f(Value(10**400))


@pytest.mark.parametrize("f", [tg.hypot, tg.arctan2])
def test_row_24_in_a_function_of_two_names_the_function(f: Callable[[Any, Any], Any]) -> None:
    with says(OverflowError, f"{f.__name__}(an int of 1329 bits, 1.0)", "too large"):
        f(Value(10**400), 1.0)
    with says(OverflowError, f.__name__, "an int of 1329 bits", "too large"):
        f(1.0, Value(10**400))


def test_row_24_meeting_a_float_only_in_the_backward_pass() -> None:
    x = Value(1)
    y = x * 10**400
    with says(OverflowError, "backward through *", "too large"):
        y.backward(0.5)
    assert x.grad is y.grad is NOT_COMPUTED


def test_a_huge_int_can_be_shown() -> None:
    assert "Value(" in repr(Value(10**5000))
    with says(OverflowError, "too large"):
        Value(Fraction(10**5000, 3)) * 1.0


@pytest.mark.parametrize(
    ("data", "way_out"),
    [("a", "float("), (b"1", "float("), (None, "None"), (1j, "real"), ([1.0], "list"), ({}, "dict")],
    ids=repr,
)
def test_row_25_non_numbers_are_refused(data: Any, way_out: str) -> None:
    with says(TypeError, "expected a number", way_out):
        Value(data)
    symbol = {"+": lambda: Value(2.5) + data, "*": lambda: data * Value(2.5), "**": lambda: Value(2.5) ** data}
    for text, operation in symbol.items():
        with pytest.raises(TypeError) as caught:
            operation()
        assert text in str(caught.value)
        assert repr(data) in str(caught.value)
        assert "2.5" in str(caught.value)


FUNCTIONS_OF_ONE = [
    *(tg.exp, tg.log, tg.log1p, tg.expm1, tg.sqrt, tg.sin, tg.cos, tg.tan, tg.arcsin, tg.arccos, tg.arctan, tg.sinh),
    *(tg.cosh, tg.tanh, tg.erf, tg.relu, tg.leaky_relu, tg.sigmoid, tg.softplus, tg.log_sigmoid),
]


@pytest.mark.parametrize("data", ["a", None, 1j, [1.0]], ids=repr)
@pytest.mark.parametrize("f", FUNCTIONS_OF_ONE, ids=lambda f: f.__name__)
def test_row_25_functions_of_one_number_refuse_them_by_name(f: Callable[[Any], Any], data: Any) -> None:
    with says(TypeError, f.__name__, "expected a number", repr(data)):
        f(data)


@pytest.mark.parametrize("f", [tg.hypot, tg.arctan2, tg.maximum, tg.minimum], ids=lambda f: f.__name__)
def test_row_25_functions_of_two_numbers_refuse_them_by_name(f: Callable[..., Any]) -> None:
    for x, y in (("a", 1.5), (1.5, "a"), ("a", Value(1.5)), (Value(1.5), "a")):
        with says(TypeError, f.__name__, "expected a number", "'a'"):
            f(x, y)


@pytest.mark.parametrize(
    "f",
    [tg.sum, tg.mean, tg.prod, tg.max, tg.min, tg.logsumexp, tg.softmax, tg.log_softmax, lambda xs: tg.dot(xs, xs)],
)
def test_row_25_functions_of_many_numbers_refuse_them_by_name(f: Callable[[list[Any]], Any]) -> None:
    with pytest.raises(TypeError, match=r"^\w+: expected a number, got 'a'"):
        f([1.0, "a"])
    with pytest.raises(TypeError, match=r"^\w+: expected a number, got None"):
        f([Value(1.0), None])


def test_row_25_true_and_false_count_as_1_and_0_as_in_python() -> None:
    x = Value(3.0)
    assert [(True + x).data, (x * False).data, (x - True).data, (x / True).data, (x**True).data] == [4, 0, 2, 3, 3]
    assert (Value(True).data, type(Value(True).data)) == (1, int)
    assert tg.exp(False) == 1.0
    assert tg.sum([x, True, True]).data == 5.0
    assert tg.maximum(x, True).data == 3.0


def test_a_value_of_a_value_is_refused() -> None:
    with says(TypeError, "a Value already", ".data"):
        Value(Value(1.0))  # type: ignore[arg-type]


def test_row_26_fractions_are_exact() -> None:
    x, y = Value(Fraction(1, 3)), Value(Fraction(1, 7))
    z = x / y + x * y
    z.backward()
    assert z.data == Fraction(7, 3) + Fraction(1, 21)
    assert (x.grad, y.grad) == (Fraction(7) + Fraction(1, 7), Fraction(-49, 3) + Fraction(1, 3))


@pytest.mark.parametrize(
    ("symbol", "f"),
    [
        ("*", lambda x: x * 0.5),
        ("+", lambda x: 0.5 + x),
        ("-", lambda x: x - 0.5),
        ("/", lambda x: x / 0.5),
        ("/", lambda x: x / Value(0.5)),
        ("**", lambda x: x**0.5),
        ("hypot", lambda x: tg.hypot(x, 0.5)),
        ("arctan2", lambda x: tg.arctan2(0.5, x)),
        ("maximum", lambda x: tg.maximum(x, 0.5)),
        ("minimum", lambda x: tg.minimum(2.0, x)),
        ("minimum", lambda x: tg.minimum(x, Fraction(2))),
    ],
)
def test_row_26_a_decimal_meets_a_float(symbol: str, f: Callable[[Value], Value]) -> None:
    with says(TypeError, symbol):
        f(Value(Decimal("1.5")))
    with says(TypeError, "Decimal('1.5')", "a Decimal goes with Decimals and ints only"):
        f(Value(Decimal("1.5")))


@pytest.mark.parametrize(
    ("name", "f"),
    [
        ("sum", tg.sum),
        ("prod", tg.prod),
        ("dot", lambda xs: tg.dot(xs, xs[::-1])),
        ("logsumexp", tg.logsumexp),
        ("max", tg.max),
        ("min", lambda xs: tg.min([2, *xs])),
    ],
)
def test_row_26_a_decimal_meets_a_float_in_a_sequence(name: str, f: Callable[[Any], Any]) -> None:
    with says(TypeError, name, "a Decimal goes with Decimals and ints only"):
        f([Value(Decimal(1)), 0.5])


@pytest.mark.parametrize("kind", [Decimal, Fraction])
@pytest.mark.parametrize("f", [tg.maximum, tg.minimum, lambda x, y: tg.max([x, y]), lambda x, y: tg.min([y, x])])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_row_26_a_decimal_or_fraction_and_an_int_have_exact_extremes(
    kind: Any, f: Callable[[Any, Any], Any], number: int
) -> None:
    x, y = Value(kind(2)), Value(number)
    (f(x * kind(3) - kind(4), y) * kind(1)).backward()  # a float among the shares would meet a Decimal on the way back
    assert x.grad / 3 + y.grad == 1
    assert not isinstance(x.grad, float)
    assert not isinstance(y.grad, float)


def test_row_29_the_empty_sum_has_a_backward() -> None:
    for y, data in ((tg.sum([]), 0), (tg.prod([]), 1), (tg.dot([], []), 0)):
        assert type(y) is Value
        assert y.data == data
        y.backward()
        assert y.grad == 1
    for f in (tg.mean, tg.max, tg.min, tg.logsumexp):
        with says(ValueError, f.__name__, "no numbers"):
            f([])
    assert tg.softmax([]) == tg.log_softmax([]) == []


def test_row_30_values_compare_by_data() -> None:
    one, two = Value(1.0), Value(2.0)
    assert one < two <= Value(2.0) < 3.0
    assert two > one >= Value(1.0) > 0
    assert 0 < one <= 1.0 < two
    assert not one < one
    assert max([one, two]) is two
    assert min([two, one]) is one
    assert sorted([two, one]) == [one, two]
    assert not Value(nan) < 1.0


def test_row_31_equality_is_identity() -> None:
    x, y = Value(1.0), Value(1.0)
    assert x != y
    assert x == x
    assert len({x, y}) == 2
    assert x != 1.0
    assert x.isclose(y)
    assert tg.isclose(x, 1.0)
    assert not tg.isclose(x, 1.1)


def test_row_32_a_value_has_no_truth() -> None:
    for x in (Value(0.0), Value(1.0)):
        with says(TypeError, "neither true nor false", "x > 0"):
            bool(x)
        with pytest.raises(TypeError, match="compare it"):
            _ = 1 if x else 2


def test_row_33_float_says_what_to_use() -> None:
    x = Value(1.0)
    for f in (float, math.sin, math.exp, math.sqrt, math.floor, math.isnan):
        with says(TypeError, "lose the graph", "exp, sin, sqrt", "value.data"):
            f(x)
    with says(TypeError, "int(value.data)"):
        int(x)


def test_row_34_augmented_assignment_makes_a_new_value() -> None:
    x = Value(1.0)
    for method in ("__iadd__", "__isub__", "__imul__", "__itruediv__", "__ipow__"):
        assert not hasattr(x, method)
    alias = x
    x += 2
    assert (alias.data, x.data) == (1.0, 3.0)
    assert x is not alias
    assert x.parents == (alias,)


# --- 35 - 48: graphs ----------------------------------------------------------------------------------------


def test_row_35_both_edges_of_a_square_are_kept() -> None:
    x = Value(3.0)
    for y, grad in ((x * x, 6.0), (x + x, 2.0), (x - x, 0.0), (x / x, 0.0)):
        assert y.parents == (x, x)
        x.zero_grad()
        y.backward()
        assert x.grad == pytest.approx(grad)


def test_row_35_a_diamond_and_the_counterexample_to_a_careless_order() -> None:
    a = Value(1.0)
    b = a + a
    c = b + b
    c.backward()
    assert (a.grad, b.grad, c.grad) == (4.0, 2.0, 1.0)


@pytest.mark.usefixtures("untraced")
def test_rows_36_and_37_a_chain_of_a_million() -> None:
    limit = sys.getrecursionlimit()
    gc.collect()
    gc.disable()
    try:
        alive = sum(1 for each in gc.get_objects() if type(each) is Value)
        x = Value(1.0)
        y = x
        for _ in range(500_000):
            y = y * x + 0.0
        y.backward()
        assert (y.data, x.grad) == (1.0, 500_001.0)
        y.zero_grad()
        del x, y
        assert sum(1 for each in gc.get_objects() if type(each) is Value) == alive
    finally:
        gc.enable()
    assert sys.getrecursionlimit() == limit


@pytest.mark.usefixtures("untraced")
def test_row_38_a_million_operands() -> None:
    x = Value(2.0)
    y = tg.sum([x] * 1_000_000)
    y.backward()
    assert (y.data, x.grad) == (2e6, 1e6)
    assert len(y.parents) == 1_000_000


def test_row_39_backward_twice() -> None:
    x = Value(3.0)
    y = x * x
    z = 2 * y
    z.backward()
    assert (x.grad, y.grad, z.grad) == (12.0, 2.0, 1.0)
    z.backward()
    assert (x.grad, y.grad, z.grad) == (24.0, 2.0, 1.0)


def test_row_40_two_roots_share_a_part() -> None:
    a = Value(2.0)
    q = a * a
    one, other = 2 * q, 3 * q
    one.backward()
    other.backward()
    assert (a.grad, q.grad) == (20.0, 3.0)


def test_row_41_backward_on_a_leaf() -> None:
    x = Value(5.0)
    x.backward()
    assert x.grad == 1.0
    x.backward()
    assert x.grad == 2.0


def test_row_42_backward_on_an_inner_node_leaves_the_rest_alone() -> None:
    x = Value(3.0)
    y = x * x
    z = y * 5
    y.backward()
    assert (x.grad, y.grad) == (6.0, 1.0)
    assert z.grad is NOT_COMPUTED
    z.backward()
    assert (x.grad, y.grad, z.grad) == (36.0, 5.0, 1.0)
    y.backward()
    assert (x.grad, y.grad, z.grad) == (42.0, 1.0, 1.0)


def test_row_43_data_changed_after_the_forward_pass() -> None:
    x, y = Value(3.0), Value(4.0)
    z = x * y
    x.data, y.data = 100.0, 200.0
    z.backward()
    assert (x.grad, y.grad) == (4.0, 3.0)


def test_row_46_the_documented_way_with_threads() -> None:
    """Each thread has its own leaves: nothing is shared, so nothing is lost."""
    results: list[float] = []

    def work() -> None:
        x = Value(1.0)
        for _ in range(300):
            (x * 2).backward()
        results.append(x.grad)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [600.0] * 4


class Interrupting(float):
    """A float whose n-th product is interrupted, as by Ctrl-C."""

    left = 0

    def __mul__(self, other: float) -> "Interrupting":
        Interrupting.left -= 1
        if Interrupting.left == 0:
            raise KeyboardInterrupt
        return Interrupting(float(self) * float(other))

    __rmul__ = __mul__

    def __add__(self, other: float) -> "Interrupting":
        return Interrupting(float(self) + float(other))


@pytest.mark.parametrize("products", [1, 2, 3, 4, 5])
def test_row_48_an_interrupted_backward_writes_nothing(products: int) -> None:
    x, y = Value(2.0), Value(3.0)
    z = x * y
    out = (z * x) * y
    out.backward()
    nodes = [x, y, z, *z.parents, *out.parents, out]
    before = [v.grad for v in nodes]
    out.d_left = Interrupting(out.d_left)  # what is multiplied by it can be interrupted, too
    Interrupting.left = products
    with pytest.raises(KeyboardInterrupt):
        out.backward()
    assert all(v.grad is grad for v, grad in zip(nodes, before, strict=True))
