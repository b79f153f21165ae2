"""= stands only where it is exactly true, ≈ elsewhere."""

import math
import re
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tg
from tests.explanations.graphs import branching, small_graphs
from tinygrad_edu import Value
from tinygrad_edu.explanations.explanation import explain
from tinygrad_edu.explanations.rounding import (
    MANY,
    again,
    close,
    follows,
    is_exact,
    sign_between,
    sign_of_operation,
)
from tinygrad_edu.numbers.operations import OPERATIONS

# --- what is said of numbers is true -----------------------------------------------------------------------------


def claims(text):
    """Every pair of numbers or sums and products of numbers with = or ≈ between them."""
    for line in re.sub(r"\n(?=\S)", " ", text).splitlines():  # a long remark goes on in the next line
        parts = re.split(r" ([=≈]) ", re.sub(r"\s+where .*", "", line.replace(" :", " = ")))
        for left, sign, right in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
            sides = [re.sub(r"\s+|\.$", "", side).replace("×", "*").replace("·", "*") for side in (left, right)]
            if all(re.fullmatch(r"[-+*/().\de]+", side) for side in sides):
                exact = [re.sub(r"([\d.]+(?:e[+-]\d+)?)", r"Fraction('\1')", side) for side in sides]
                yield sign, *map(eval, exact)


@given(small_graphs(), st.integers(1, 6))
def test_every_equals_sign_between_numbers_is_exactly_true(graph, digits):
    y, x = graph
    checked = Counter()
    for text in (explain(y, digits=digits).text, explain(y, x, digits=digits).text):
        for sign, left, right in claims(text):
            checked[sign] += 1
            assert sign == "≈" or left == right, text


def test_the_check_of_equals_signs_finds_claims_to_check():
    found = [claim for claim in claims(explain(branching()[0]).text) if claim[0] == "="]
    assert len(found) >= 6
    assert [left == right for _, left, right in claims("x = 1 + 1 = 3")] == [False]


@pytest.mark.parametrize(
    ("op", "operands", "result", "sign"),
    [
        ("+", [0.1, 0.2], 0.1 + 0.2, "="),
        ("+", [1e20, 1.0], 1e20, "≈"),
        ("+", [1 / 3, 1.0], 4 / 3, "="),  # as shown, 0.3333 + 1 = 1.333 is ≈; see below
        ("exp", [0.0], 1.0, "="),
        ("sigmoid", [0.0], 0.5, "="),
        ("sigmoid", [40.0], 1.0, "≈"),
        ("exp", [-1000.0], 0.0, "≈"),
        ("exp", [-math.inf], 0.0, "="),
        ("log", [1.0], 0.0, "="),
        ("softplus", [1000.0], 1000.0, "≈"),
        ("sqrt", [9.0], 3.0, "="),
        ("sqrt", [2.0], 2**0.5, "≈"),
        ("hypot", [3.0, 4.0], 5.0, "="),
        ("hypot", [3.0, 5.0], 34**0.5, "≈"),
        ("erf", [0.0], 0.0, "="),
        ("erf", [30.0], 1.0, "≈"),
        ("arctan2", [0.0, 3.0], 0.0, "="),
        ("arctan2", [0.0, -3.0], math.pi, "≈"),
        ("arctan2", [3.0, 1e300], 0.0, "≈"),
        ("**", [2.0, 10.0], 1024.0, "="),
        ("**", [4.0, 0.5], 2.0, "="),
        ("**", [2.0, -1.0], 0.5, "="),
        ("**", [0.0, 3.0], 0.0, "="),
        ("**", [0.0, 0.0], 1.0, "="),
        ("**", [2.0, 0.5], 2**0.5, "≈"),
        ("**", [1.0, 1e9], 1.0, "="),
        ("relu", [-3.0], 0.0, "="),
        ("max", [1.0, 3.0], 3.0, "="),
        ("dot", [1.0, 2.0, 3.0, 4.0], 11.0, "="),
        ("-", [math.inf, math.inf], math.nan, "="),
        ("+", [10**40, 1], 10**40 + 1, "≈"),
        ("sum", [1.0] * 2000, 2000.0, "≈"),
    ],
)
def test_equal_signs_are_for_what_is_exactly_so(op, operands, result, sign):
    if operands[0] == 1 / 3:
        sign = "≈"
    assert sign_of_operation(op, operands, result, 4) == sign


def test_numbers_shown_as_they_are():
    exact = [0.5, 0.1 + 0.2, 7, Fraction(1, 3), math.inf, Decimal("0.1"), sympy.Symbol("s")]
    rounded = [1 / 3, 1 + 1e-9, 10**40, Fraction(10**400, 3), Decimal(1) / 3]
    assert [is_exact(x, 4) for x in exact + rounded] == [True] * len(exact) + [False] * len(rounded)
    assert sign_between(lambda x: x, [math.inf], math.inf, 4) == "="


def test_huge_decimals_take_no_time_and_claim_nothing():
    """As fractions they have as many digits as their exponent says: 10⁹ of them would fill the memory."""
    huge, tiny = Decimal("1E+999999999"), Decimal("1.23456789E-999999999")
    assert [is_exact(x, 4) for x in (huge, tiny)] == [True, False]
    assert sign_of_operation("*", [huge, Decimal(3)], 3 * Decimal("1E+99999"), 4) == "≈"
    assert sign_of_operation("*", [Decimal("1E+40"), Decimal(3)], Decimal("3E+40"), 4) == "="
    assert "v2 = v1 × 3 = 1E+400000 × 3 ≈ 3E+400000" in explain(Value(Decimal("1E+400000")) * 3).text


def test_infinite_decimals_are_explained():
    x = Value(Decimal("Infinity"), label="x")
    y = x * 2
    y.backward()
    assert "v1 = x × 2 = Infinity × 2 = Infinity" in explain(y).text
    x = Value(Decimal(0), label="x")
    assert "∂v1/∂x = 1/(2 · √x) = Infinity" in explain(x.sqrt(), x).text


def test_numbers_of_different_kinds_are_compared():
    assert close(1.0, 1.0 + 1e-12)
    assert not close(1.0, 1.1)
    for kind in (float, Decimal):
        inf = kind("inf")
        assert close(inf, inf + 1)
        assert close(kind("nan"), kind("nan"))
        assert not close(inf, -inf)
        assert not close(inf, kind(1))
        assert not close(kind(1), kind("nan"))
    assert close(Decimal("0.1"), Decimal("0.1"))
    assert not close(Decimal("0.1"), 0.1)
    s = sympy.Symbol("s")
    assert close((s + 1) ** 2, s**2 + 2 * s + 1)
    assert close(1e-7, 0.0, 1e3)


def test_operations_are_repeated_to_see_whether_data_has_changed():
    assert again("logsumexp", [0.0, 0.0]) == math.log(2)
    assert again("log", [-1.0]) is None
    assert again("no such operation", [1.0]) is None
    assert follows("no such operation", [1.0], 7.0)
    assert not follows("log", [-1.0], 0.0)
    assert follows("where", [2.0], 2.0)
    assert follows("+", [sympy.Symbol("s"), 1], sympy.Symbol("s") + 1)
    assert follows("sum", [1.0] * 2000, 7.0)  # too many to do again
    assert follows("+", [1, 2], 3)


RATIONAL_AT = {
    name: row.rational_at
    for name, row in OPERATIONS.items()
    if row.rational_at is not None and math.isfinite(row.rational_at)
}


def near(op):
    """A number that is shown as the point where the operation has a rational value, but is not that point."""
    return 1e-9 if RATIONAL_AT[op] == 0 else 1.00001 if op == "arccosh" else 0.99999


@pytest.mark.parametrize("op", sorted(RATIONAL_AT))
def test_close_to_its_special_point_a_function_is_not_said_to_have_its_value_there(op):
    exact, close_by = (getattr(tg, op)(Value(float(x))) for x in (RATIONAL_AT[op], near(op)))
    assert sign_of_operation(op, [RATIONAL_AT[op]], exact.data, 4) == "="
    line = next(line for line in explain(close_by).text.splitlines() if line.startswith("  v2 = "))
    shown, sign, result = re.search(r"\((\S+)\) ([=≈]) (\S+)$", line).groups()
    assert sign == ("=" if (float(shown), float(result)) == (RATIONAL_AT[op], exact.data) else "≈")


def test_the_fault_as_it_was_found():
    assert "arccos(v1) ≈ arccos(1) ≈ 0.004472" in explain(tg.arccos(Value(0.99999))).text


@pytest.mark.parametrize(
    ("x", "y", "z", "sign"),
    [
        (0.1, 400, 0.1**400, "≈"),  # underflow: no power of 0.1 is 0
        (0.5, 2000, 0.5**2000, "≈"),
        (1.0, 400, 1.0, "="),
        (0.0, 400, 0.0, "="),
        (2.0, 0, 1.0, "="),
        (1.0000001, 100, 1.0, "="),  # shown as 1¹⁰⁰ = 1, which is true of these numbers
        (4.0, 0.5, 2.0, "="),
        (16.0, 0.25, 2.0, "="),
        (3.0, 2, 9.0, "="),
        (0.5, -2, 4.0, "="),
        (-1.0, 1e9, 1.0, "≈"),
    ],
)
def test_equal_signs_of_powers(x, y, z, sign):
    assert sign_of_operation("**", [x, y], z, 4) == sign


def test_an_angle_that_is_shown_as_0_is_0_only_on_the_axis():
    assert sign_of_operation("arctan2", [0.0, 1.0], 0.0, 4) == "="
    assert sign_of_operation("arctan2", [1e-9, 1.0], 1e-9, 4) == "≈"
    assert sign_of_operation("arctan2", [0.0, -1.0], math.pi, 4) == "≈"


def test_ints_beyond_all_floats_are_compared_without_an_error():
    assert not close(10**400, 0.5)
    assert not close(Fraction(10**400, 3), 0.5)
    x = Value(2.0, label="x")
    y = x * 3
    x.data = 10**400
    assert "some .data was changed since" in explain(y).text
    x.grad = 10**400
    assert "an int of 1329 bits for x" in explain(y).text


def test_the_largest_power_and_the_longest_sum_that_are_computed_again() -> None:
    assert follows("**", [2.0, 64.0], 2.0**64)
    assert not follows("**", [2.0, 64.0], 2.0**63)
    assert follows("sum", [1.0] * MANY, float(MANY))
    assert not follows("sum", [1.0] * MANY, MANY + 1.0)
    assert follows("sum", [1.0] * (MANY + 1), 0.0), "it is not looked at"
