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


# --- what else the table says, as a whole ----------------------------------------------------------------------------


def having(flag):
    return {name for name, row in OPERATIONS.items() if getattr(row, flag)}


def test_every_flag_of_the_table():
    assert having("is_vertical") == {"**", "sqrt", "cbrt", "arcsin", "arccos", "arccosh"}
    curves = "exp exp2 tanh erf sigmoid softplus log_sigmoid elu silu gelu logsumexp"
    assert having("saturates") == {*curves.split()}
    made_of_others = "+ - * / ** neg abs where elu silu gelu max min sum mean prod dot logsumexp softmax log_softmax"
    assert having("is_line") == OPERATIONS.keys() - {*made_of_others.split()}
    assert {name: dict(row.relations) for name, row in OPERATIONS.items() if row.relations} == {
        "abs": {1: ">", -1: "<", 0: "="},
        "relu": {1: ">", 0: "≤"},
        "leaky_relu": {1: ">"},
        "maximum": {1: ">", 0: "<", 0.5: "="},
        "minimum": {1: "<", 0: ">", 0.5: "="},
        "max": {0: "<"},
        "min": {0: ">"},
    }


def test_the_safe_operand_is_0_where_it_may_be_and_else_1_or_2():
    found = {name: row.safe for name, row in OPERATIONS.items() if row.safe is not None}
    at_0 = "exp exp2 expm1 log1p arcsin arccos sinh cosh arctanh"
    at_1 = "/ ** log log2 log10 sqrt cbrt hypot arctan2"
    assert found == dict.fromkeys(at_0.split(), 0.0) | dict.fromkeys(at_1.split(), 1.0) | {"arccosh": 2.0}


def test_the_one_rational_number_with_a_rational_result():
    """exp(0) is 1, log(1) is 0; log(1 + e⁰) is no fraction, and nor is any other result of softplus."""
    found = {name: row.rational_at for name, row in OPERATIONS.items() if row.rational_at is not None}
    nowhere = {name for name, at in found.items() if math.isnan(at)}
    assert nowhere == {"softplus", "log_sigmoid", "logsumexp"}
    at_0 = "exp expm1 log1p sin cos tan arcsin arctan sinh cosh tanh arcsinh arctanh erf sigmoid silu gelu"
    assert {name for name, at in found.items() if at == 0.0} == {*at_0.split()}
    assert {name for name, at in found.items() if at == 1.0} == {"log", "arccos", "arccosh"}
    assert len(found) == len(nowhere) + len(at_0.split()) + 3
    for name in found.keys() - nowhere:
        assert getattr(tg, name)(found[name]) in (0.0, 0.5, 1.0)


@pytest.mark.parametrize(
    ("y", "x", "is_kink", "piece"),
    [
        (0.0, 0.0, True, (True, False)),
        (0.0, -1e-9, True, (False, False)),
        (0.0, 1e-9, False, (False, False)),
        (1e-9, -1.0, False, (False, False)),
        (-1e-9, -1.0, False, (False, True)),
        (-1e-9, 1.0, False, (False, False)),
        (-1.0, 0.0, False, (False, False)),
    ],
)
def test_where_the_angle_jumps(y, x, is_kink, piece):
    """On the negative x-axis, from π above it to -π below; the origin is a piece of its own."""
    angle = tg.arctan2(y, x)
    assert at_kink("arctan2", [y, x], angle) == is_kink
    assert side("arctan2", [y, x], angle) == piece


@pytest.mark.parametrize(("angle", "is_below"), [(-3.0, False), (math.nextafter(-3.0, -4.0), True), (-math.pi, True)])
def test_an_angle_is_just_below_the_axis_from_3_radians_on(angle, is_below):
    assert side("arctan2", [-0.1, -1.0], angle) == (False, is_below)


@pytest.mark.parametrize(
    ("op", "operands", "result", "piece"),
    [
        ("abs", [-2.0], 2.0, (False, True)),
        ("abs", [0.0], 0.0, (False, False)),
        ("relu", [2.0], 2.0, (True, False)),
        ("floor", [2.5], 2.0, 2.0),
        ("maximum", [1.0, 2.0], 2.0, (False, True)),
        ("min", [1.0, 1.0, 2.0], 1.0, (True, True, False)),
        ("hypot", [0.0, 0.0], 0.0, True),
        ("hypot", [3.0, 4.0], 5.0, False),
        ("exp", [1.0], math.e, 0),
    ],
)
def test_the_piece_that_operands_are_on(op, operands, result, piece):
    assert side(op, operands, result) == piece
