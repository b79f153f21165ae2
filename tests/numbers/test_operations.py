"""The table of operations: what it says is what the functions do."""

import inspect
import math
from decimal import Decimal
from fractions import Fraction

import mpmath
import pytest
import sympy

import tinygrad_edu as tg
from tests.operations import BY_NAME
from tinygrad_edu import Value, functions
from tinygrad_edu.core.elementary import Elementary
from tinygrad_edu.functions import by_name
from tinygrad_edu.numbers.operations import OPERATIONS, at_kink, side


def test_every_operation_of_one_number_has_a_function_and_a_rule():
    for name, row in OPERATIONS.items():
        if row.operands in ("x", "x, y", "y, x") and name != "abs":
            assert callable(getattr(tg, name))
            assert inspect.isfunction(getattr(Elementary, name))


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_found_by_its_name_in_a_graph(name):
    if name not in ("mean", "softmax", "log_softmax"):  # these are made of others
        assert callable(by_name(name))


def test_what_is_no_operation_is_not_found():
    assert by_name("number") is None
    assert at_kink("no such", [0.0], 0.0) is False
    assert side("no such", [0.0], 0.0) == 0


@pytest.mark.parametrize(
    "name", [name for name, row in OPERATIONS.items() if row.safe is not None and row.operands == "x"]
)
def test_at_a_safe_operand_value_and_slope_are_finite(name):
    x = Value(OPERATIONS[name].safe)
    y = getattr(tg, name)(x)
    y.backward()
    assert math.isfinite(y.data)
    assert math.isfinite(x.grad)


@pytest.mark.parametrize(("op", "kinks", "smooth"), [
    ("relu", [[0.0]], [[1.0], [-1.0]]),
    ("leaky_relu", [[0.0]], [[1.0]]),
    ("elu", [[0.0]], [[-1.0]]),
    ("abs", [[0.0], [-0.0]], [[2.0]]),
    ("sign", [[0.0]], [[2.0]]),
    ("floor", [[2.0], [-1.0]], [[2.5]]),
    ("ceil", [[2.0]], [[2.5]]),
    ("maximum", [[1.0, 1.0]], [[1.0, 2.0]]),
    ("minimum", [[1.0, 1.0]], [[1.0, 2.0]]),
    ("max", [[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]]),
    ("min", [[1.0, 1.0, 2.0]], [[1.0, 2.0, 2.0]]),
    ("hypot", [[0.0, 0.0]], [[0.0, 1.0]]),
    ("arctan2", [[0.0, 0.0], [0.0, -1.0]], [[0.0, 1.0], [1.0, 0.0]]),
    ("exp", [], [[0.0]]),
])  # fmt: skip
def test_kinks_are_where_the_table_has_them(op, kinks, smooth):
    apply = by_name(op)
    for point in kinks:
        assert at_kink(op, point, apply(*point))
    for point in smooth:
        assert not at_kink(op, point, apply(*point))


@pytest.mark.parametrize(("op", "points"), [
    ("relu", [[-1.0], [0.0], [1.0]]),
    ("floor", [[0.5], [1.5]]),
    ("maximum", [[1.0, 2.0], [2.0, 1.0], [1.0, 1.0]]),
    ("hypot", [[0.0, 0.0], [1.0, 0.0]]),
    ("arctan2", [[0.0, 0.0], [1.0, 1.0], [-1e-3, -1.0]]),
])  # fmt: skip
def test_points_on_different_smooth_pieces_are_told_apart(op, points):
    apply = by_name(op)
    assert len({side(op, point, apply(*point)) for point in points}) == len(points)


def test_the_rows_of_the_tests_have_kinks_only_where_the_table_knows_one_or_a_vertical_tangent():
    for name, row in BY_NAME.items():
        known = OPERATIONS.get(row.public or name)
        for point in row.kinks:
            if known is not None and all(map(math.isfinite, point)) and len(point) == 1 and known.name != "where":
                assert known.is_vertical or at_kink(known.name, [*point], row.apply(*point)), f"{name}{point}"


# --- steps, exactly, of every kind of number ---------------------------------------------------------------------


@pytest.mark.parametrize("kind", [float, Fraction, Decimal, mpmath.mpf, sympy.Rational], ids=lambda kind: kind.__name__)
def test_steps_keep_the_kind_of_number(kind):
    x = kind("-2.5") if kind is not float else -2.5
    for f, result in ((tg.floor, -3), (tg.ceil, -2), (tg.sign, -1)):
        assert f(x) == result
        assert f(Value(x)).data == result
    if kind in (float, Fraction, Decimal):
        assert [type(f(x)) for f in (tg.floor, tg.ceil, tg.sign)] == [kind] * 3


def test_steps_at_zero_infinity_and_nan():
    assert [math.copysign(1, tg.floor(-0.0)), math.copysign(1, tg.ceil(-0.5))] == [-1, -1]
    assert (tg.floor(math.inf), tg.ceil(-math.inf), tg.sign(math.inf), tg.sign(0)) == (math.inf, -math.inf, 1, 0)
    assert all(math.isnan(f(math.nan)) for f in (tg.floor, tg.ceil, tg.sign))
    assert (tg.floor(7), tg.ceil(7), tg.sign(-7)) == (7, 7, -1)


@pytest.mark.parametrize("name", ["silu", "gelu", "elu", "arcsinh", "sign", "floor", "ceil", "cbrt", "softplus"])
@pytest.mark.parametrize("x", [-1000.0, 1000.0, -30.0, 30.0])
def test_they_are_stable_far_out(name, x):
    v = Value(x)
    y = getattr(tg, name)(v)
    y.backward()
    assert math.isfinite(y.data)
    assert math.isfinite(v.grad)


def test_a_function_of_many_is_the_public_one():
    assert functions.sum is tg.sum
