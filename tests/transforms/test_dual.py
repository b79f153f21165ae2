"""Forward mode by itself: tangents from the local gradients that the operations state."""

import copy
import math
import pickle
from decimal import Decimal
from fractions import Fraction

import mpmath
import pytest

import tinygrad_edu as tg
from tests.operations import (
    DIGITS,
    TABLE,
    Operation,
    Point,
    agree,
    gradient_of,
    reference_gradient,
    same,
    smooth_points,
)
from tinygrad_edu import Value, no_grad
from tinygrad_edu.transforms.dual import Dual

each_point = pytest.mark.parametrize(
    ("operation", "point"), list(smooth_points()), ids=lambda p: p.name if isinstance(p, Operation) else str(p)
)


def test_branches_add_up_as_in_the_worked_example():
    a, b, c = Dual(-1.0), Dual(3.0, tangent=1.0), Dual(4.0)
    x, y = a + b, b + c
    f = x * y
    assert (x.tangent, y.tangent) == (1.0, 1.0)
    assert (f.data, f.tangent) == (14.0, 9.0)


def test_three_neurons_in_a_row_multiply_their_slopes():
    x = Dual(34.0, tangent=1.0)
    n1 = 0.42 * x + 0.75
    n2 = 0.3 * n1 + 0.27
    n3 = 0.06 * n2 + 0.29
    assert n3.data == pytest.approx(0.57674, rel=1e-12)
    assert n3.tangent == pytest.approx(0.00756, rel=1e-12)


@each_point
def test_every_operation_carries_tangents_by_each_operand(operation: Operation, point: Point) -> None:
    exact = reference_gradient(operation, point)
    for i, right in enumerate(exact):
        duals = [Dual(x, tangent=1.0 if i == j else 0) for j, x in enumerate(point)]
        assert agree(operation.apply(*duals).tangent, right, absolute=operation.absolute)


@each_point
def test_a_direction_gives_the_sum_of_the_parts(operation: Operation, point: Point) -> None:
    directions = [0.5 - j for j in range(len(point))]
    result = operation.apply(*[Dual(x, d) for x, d in zip(point, directions, strict=True)])
    parts = [d * x for d, x in zip(directions, reference_gradient(operation, point), strict=True)]
    with mpmath.workdps(DIGITS):
        scale = max(map(abs, parts))
        assert agree(result.tangent, mpmath.fsum(parts), absolute=1e-13 * float(scale) + 3 * operation.absolute)


@pytest.mark.parametrize("operation", TABLE, ids=lambda row: row.name)
def test_kinks_follow_the_same_convention_as_backward(operation: Operation) -> None:
    for point in operation.kinks:
        for i, right in enumerate(gradient_of(operation, point)):
            duals = [Dual(x, tangent=1.0 if i == j else 0) for j, x in enumerate(point)]
            assert same(operation.apply(*duals).tangent, right), point


def test_plain_numbers_have_no_tangent():
    x = Dual(2.0, tangent=1.0)
    for y, slope in [(x + 1, 1), (1 - x, -1), (3 * x, 3), (1 / x, -0.25), (x**3, 12), (2**x, 4 * math.log(2))]:
        assert y.tangent == pytest.approx(slope)
    assert tg.sum([1.0, x, 2]).tangent == 1
    assert tg.dot([x, 3.0], [5.0, 7.0]).tangent == 5


def test_a_constant_has_no_share_even_at_an_infinite_slope():
    x = Dual(2.0, tangent=1.0)
    assert (x + tg.sqrt(Dual(0.0))).tangent == 1.0
    assert (x + tg.sqrt(Dual(0.0, tangent=1.0))).tangent == math.inf


def test_a_chosen_constant_has_tangent_0():
    x = Dual(2.0, tangent=1.0)
    y = tg.where(x > 3, x, 5.0)
    assert (y.data, y.tangent) == (5.0, 0)
    assert tg.where(x > 1, x, 5.0).tangent == 1.0


def test_fractions_and_decimals_stay_exact():
    x = Dual(Fraction(1, 3), tangent=Fraction(1))
    assert (x**3 / 7 + tg.where(x > 1, x, Fraction(1, 9))).tangent == Fraction(1, 21)
    assert Dual(Decimal("0.1"), Decimal(1)).exp().tangent == Decimal("0.1").exp()


def test_a_value_may_hold_a_dual():
    """Reverse over forward: the gradient and, in its tangent, the second derivative."""
    x = Value(Dual(2.0, tangent=1.0))
    y = x**3
    y.backward()
    assert (x.grad.data, x.grad.tangent) == (12.0, 12.0)


def test_of_two_operands_of_which_one_is_of_a_subclass_both_have_tangents():
    class Shown(Dual):
        __slots__ = ()

    x, y = Dual(2.0, 1.0), Shown(5.0, 10.0)
    assert (x * y).tangent == (y * x).tangent == 25.0


def test_no_grad_makes_constants():
    x = Dual(2.0, tangent=1.0)
    with no_grad():
        y = x * x
        z = tg.sum([x, x])
    assert (y.data, y.tangent, z.tangent) == (4.0, 0, 0)
    assert x.detach().tangent == 0


def test_no_graph_is_kept():
    x = Dual(2.0, tangent=1.0)
    y = x * x
    assert (y.op, y.operands, y.parents) == ("", (), ())


def test_backward_is_refused_with_the_way_out():
    with pytest.raises(TypeError, match=r"Dual\(data=4.0, tangent=4.0\) keeps no graph: .* in .tangent"):
        (Dual(2.0, tangent=1.0) ** 2).backward()


@pytest.mark.parametrize("tangent", ["1", None, [1.0], 1j])
def test_a_tangent_is_a_number(tangent):
    with pytest.raises(TypeError, match="expected a number"):
        Dual(1.0, tangent)


def test_errors_name_operation_and_operands():
    with pytest.raises(tg.DomainError, match=r"log\(-1.0\)"):
        tg.log(Dual(-1.0, 1.0))


@pytest.mark.parametrize("again", [copy.deepcopy, copy.copy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_keep_number_tangent_and_label(again):
    x = again(Dual(2.0, 3.0, label="x"))
    assert (x.data, x.tangent, x.label) == (2.0, 3.0, "x")


def test_repr_shows_number_tangent_and_label():
    assert repr(Dual(2.0, 1.0)) == "Dual(data=2.0, tangent=1.0)"
    assert repr(Dual(2.0, label="x")) == "Dual(data=2.0, tangent=0, label='x')"
