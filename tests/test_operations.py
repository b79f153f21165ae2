"""Every row of the table of operations: value, gradient, second derivative, conventions, errors."""

from typing import Any, ClassVar

import mpmath
import pytest

import tinygrad_edu as tg
from tests.operations import (
    BY_NAME,
    DIGITS,
    NOT_OPERATIONS,
    TABLE,
    Operation,
    Point,
    agree,
    bottom,
    check_gradient,
    check_mixtures,
    check_second,
    check_value,
    gradient_of,
    reference_gradient,
    reference_second,
    same,
    smooth_points,
)
from tinygrad_edu import Value


class Inner(Value):
    """Values of a nested transform: to these, plain Values are numbers."""

    __slots__ = ()
    level: ClassVar[int] = 1


class Innermost(Value):
    """Values of a transform within that one."""

    __slots__ = ()
    level: ClassVar[int] = 2


def shown(parameter: Any) -> str:
    return parameter.name if isinstance(parameter, Operation) else str(parameter)


each_row = pytest.mark.parametrize("operation", TABLE, ids=shown)
each_point = pytest.mark.parametrize(("operation", "point"), list(smooth_points()), ids=shown)
each_kink = pytest.mark.parametrize(
    ("operation", "point", "gradient"),
    [(row, point, gradient) for row in TABLE for point, gradient in row.kinks.items()],
    ids=shown,
)
each_undefined = pytest.mark.parametrize(
    ("operation", "point", "error"),
    [(row, point, error) for row in TABLE for point, error in row.undefined.items()],
    ids=shown,
)


def test_every_public_function_is_in_the_table() -> None:
    in_table = {row.public or row.name for row in TABLE}
    missing = set(tg.__all__) - in_table - NOT_OPERATIONS
    assert not missing, f"add rows for {sorted(missing)} to tests/operations.py, or list them in NOT_OPERATIONS"


def test_a_public_function_that_is_missing_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tg, "__all__", [*tg.__all__, "gamma"])
    with pytest.raises(AssertionError, match="gamma"):
        test_every_public_function_is_in_the_table()


def test_row_names_are_unique() -> None:
    assert len(BY_NAME) == len(TABLE)


@each_point
def test_value_agrees_with_the_reference(operation: Operation, point: Point) -> None:
    check_value(operation, point)


@each_point
def test_gradient_agrees_with_the_reference(operation: Operation, point: Point) -> None:
    check_gradient(operation, point)


@each_point
def test_second_derivatives_by_nesting_agree_with_the_reference(operation: Operation, point: Point) -> None:
    check_second(operation, point, Value, Inner)


@each_row
def test_third_derivatives_by_nesting_agree_with_the_reference(operation: Operation) -> None:
    point = operation.samples[0]
    xs = [Value(x) for x in point]
    deepest = [Innermost(Inner(x)) for x in xs]
    y = operation.apply(*deepest)
    y.backward()
    second = deepest[0].grad
    if isinstance(second, Value):
        second.backward()
        third = deepest[0].data.grad
        if isinstance(third, Value):
            third.backward()
    with mpmath.workdps(DIGITS):
        exact = mpmath.diff(lambda x: operation.reference(x, *map(mpmath.mpf, point[1:])), mpmath.mpf(point[0]), 3)
    assert agree(bottom(xs[0].grad), exact, absolute=1e-11 * (1 + abs(bottom(second))))


@each_row
def test_numbers_give_the_number_that_values_hold(operation: Operation) -> None:
    for point in [*operation.samples, *operation.kinks]:
        from_numbers, from_values = operation.apply(*point), operation.apply(*map(Value, point))
        assert type(from_numbers) is float or operation.name == "** 0" or from_numbers == 0
        assert isinstance(from_values, Value)
        assert same(from_numbers, from_values.data), point


@each_row
def test_numbers_among_the_operands_change_no_gradient(operation: Operation) -> None:
    for point in operation.samples:
        check_mixtures(operation, point)


@each_row
def test_the_same_operands_give_the_same_bits(operation: Operation) -> None:
    for point in operation.samples:
        assert gradient_of(operation, point) == gradient_of(operation, point)


@each_row
def test_nesting_changes_no_value_and_no_gradient(operation: Operation) -> None:
    for point in [*operation.samples, *operation.kinks]:
        flat = gradient_of(operation, point)
        xs = [Inner(Value(x)) for x in point]
        y = operation.apply(*xs)
        y.backward()
        assert same(bottom(y), operation.apply(*map(Value, point)).data), point
        for x, slope in zip(xs, flat, strict=True):
            assert same(bottom(x.grad), slope), point


@each_row
def test_a_value_used_for_all_operands_gets_the_sum_of_their_gradients(operation: Operation) -> None:
    for point in operation.samples:
        if len(set(point)) == 1:
            x = Value(point[0])
            operation.apply(*[x] * len(point)).backward()
            separate = gradient_of(operation, point)
            assert x.grad == pytest.approx(sum(separate), rel=1e-12, abs=1e-15)


@each_kink
def test_kinks_follow_the_convention(operation: Operation, point: Point, gradient: Point) -> None:
    ours = gradient_of(operation, point)
    assert all(map(same, ours, gradient)), f"{ours}, agreed is {gradient}"


@each_undefined
def test_what_is_undefined_raises_with_the_operation_and_the_operands(
    operation: Operation, point: Point, error: type[Exception]
) -> None:
    for make in (float, Value, lambda x: Inner(Value(x))):
        if operation.name in {"/", "**"} or operation.name.startswith("**"):
            if make is float:
                continue  # Python's own operators on Python's own numbers
            symbol = operation.name.rstrip("-0123456789. ")
        else:
            symbol = operation.name
        with pytest.raises(error) as caught:
            operation.apply(*map(make, point))
        assert symbol in str(caught.value)
        for x in point:
            assert repr(x) in str(caught.value)


def test_the_reference_step_is_small_enough_to_see_1e_12() -> None:
    """mpmath's own exact derivative of sin, against the differences used for all rows."""
    row = BY_NAME["sin"]
    with mpmath.workdps(DIGITS):
        assert abs(reference_gradient(row, (0.9,))[0] - mpmath.cos(mpmath.mpf(0.9))) < 1e-35
        assert abs(reference_second(row, (0.9,), 0, 0) + mpmath.sin(mpmath.mpf(0.9))) < 1e-24
