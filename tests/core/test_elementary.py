"""Elementary functions as methods of Values, and the choice `where`. Numbers: tests/test_operations.py."""

import functools
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest

import tinygrad_edu as tg
from tests.operations import BY_NAME, bottom, same
from tinygrad_edu import Value

OF_TWO = ["hypot", "arctan2", "maximum", "minimum"]
METHODS = [
    *("exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "erf"),
    *("tanh", "relu", "leaky_relu", "sigmoid", "softplus", "log_sigmoid", *OF_TWO),
]


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_the_function_of_the_same_name(name: str) -> None:
    for point in BY_NAME[name].samples:
        xs, ys = list(map(Value, point)), list(map(Value, point))
        by_method, by_function = getattr(xs[0], name)(*xs[1:]), getattr(tg, name)(*ys)
        assert by_method.op == by_function.op == name
        assert by_method.data == by_function.data
        assert by_method.local_grads == by_function.local_grads


@pytest.mark.parametrize("name", METHODS)
def test_a_function_of_values_is_one_node(name: str) -> None:
    xs = list(map(Value, BY_NAME[name].samples[0]))
    assert getattr(tg, name)(*xs).parents == tuple(xs)


@pytest.mark.parametrize("name", [name for name in METHODS if name not in OF_TWO])
def test_whole_numbers_work_like_floats(name: str) -> None:
    for x in (0, 1) if name in {"arcsin", "arccos"} else (1, 2):
        whole, broken = Value(x), Value(float(x))
        results = getattr(tg, name)(whole), getattr(tg, name)(broken)
        assert results[0].data == results[1].data == getattr(tg, name)(x)
        for result in results:
            result.backward()
        assert same(whole.grad, broken.grad)


def test_leaky_relu_remembers_its_slope() -> None:
    x = Value(-2.0)
    assert x.leaky_relu().operands == (x, 0.01)
    assert x.leaky_relu(0.5).operands == (x, 0.5)
    assert x.leaky_relu(slope=0.5).data == -1.0
    with pytest.raises(TypeError, match="expected a number"):
        x.leaky_relu(slope="steep")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", OF_TWO)
def test_a_method_of_two_refuses_what_is_no_number(name: str) -> None:
    with pytest.raises(TypeError, match=rf"{name}\(2\.0, 'a'\): expected a number"):
        getattr(Value(2.0), name)("a")


class Inner(Value):
    """Values of a nested transform."""

    __slots__ = ()
    level: ClassVar[int] = 1


@pytest.mark.parametrize("name", OF_TWO)
def test_a_method_of_two_meets_a_deeper_value(name: str) -> None:
    x, y = Value(2.0), Inner(3.0)
    assert type(getattr(x, name)(y)) is type(getattr(y, name)(x)) is Inner


def test_arctan2_knows_which_of_its_operands_is_the_first() -> None:
    """Also where only the second is a Value, or the one that is further in: in nested derivatives."""
    y, x = 3.0, -4.0
    expected = math.atan2(y, x)
    for first, second in itertools.product((float, Value, Inner), repeat=2):
        angle = tg.arctan2(first(y), second(x))
        assert bottom(angle) == expected
        assert isinstance(angle, Value) == (first is not float or second is not float)
    assert Value(y).arctan2(x).data == Value(x).rarctan2(y).data == expected
    for f, slope in ((lambda y: tg.arctan2(y, x), -4 / 25), (lambda x: tg.arctan2(y, x), -3 / 25)):
        variable = Value(y if slope == -4 / 25 else x)
        f(variable).backward()
        assert variable.grad == pytest.approx(slope, rel=1e-15)


def test_rarctan2_refuses_what_is_no_number() -> None:
    with pytest.raises(TypeError, match=r"arctan2\('a', 2\.0\): expected a number"):
        tg.arctan2("a", Value(2.0))


def test_arctan2_where_its_slopes_are_beyond_the_range_of_floats() -> None:
    y, x = Value(1.7e308), Value(1.7e308)
    angle = tg.arctan2(y, x)
    assert (angle.data, angle.local_grads) == (math.pi / 4, (0.0, 0.0))


def test_the_slope_of_erf_of_an_int_whose_square_is_beyond_the_range_of_floats() -> None:
    x = Value(10**200)
    y = x.erf()
    assert (y.data, y.local_grads) == (1.0, (0,))


def test_a_nan_in_hypot_shows_in_the_gradients() -> None:
    x, y = Value(math.nan), Value(1.0)
    z = x.hypot(y)
    z.backward()
    assert math.isnan(z.data)
    assert math.isnan(x.grad)


def test_a_nan_in_maximum_shows_in_the_gradients() -> None:
    x, y = Value(math.nan), Value(1.0)
    z = x.maximum(y)
    z.backward()
    assert math.isnan(z.data)
    assert math.isnan(x.grad)


# --- where --------------------------------------------------------------------------------------------------


def test_where_hands_the_gradient_to_the_chosen_branch_only() -> None:
    for condition in (True, False):
        x, y = Value(2.0), Value(3.0)
        z = tg.where(condition, x, y)
        z.backward()
        assert z.op == "where"
        assert z.data == (2.0 if condition else 3.0)
        assert (x.grad, y.grad) == ((1, 0) if condition else (0, 1))


def test_where_as_a_method() -> None:
    x = Value(2.0)
    assert x.where(True, 5.0).parents == (x,)
    chosen = x.where(False, 5.0)
    assert (type(chosen), chosen.data, chosen.parents) == (Value, 5.0, ())


def test_where_of_numbers_is_a_number() -> None:
    assert tg.where(True, 1.5, 2.5) == 1.5
    assert tg.where(False, lambda: 1 / 0, lambda: 2.5) == 2.5
    assert type(tg.where(2 > 1, 1, 2)) is int


def test_where_calls_only_the_chosen_function() -> None:
    called: list[str] = []

    def branch(name: str, result: Value) -> Callable[[], Value]:
        def compute() -> Value:
            called.append(name)
            return result * 2

        return compute

    x, y = Value(1.0), Value(2.0)
    assert tg.where(True, branch("x", x), branch("y", y)).data == 2.0
    assert tg.where(False, branch("x", x), branch("y", y)).data == 4.0
    assert called == ["x", "y"]


x_of_the_module = Value(4.0)


def every_way_to_hide_a_value(x: Value) -> list[Any]:
    xs, by_name = [x], {"x": x}

    class Model:
        def __init__(self) -> None:
            self.w = x

        def forward(self) -> Any:
            return tg.log(self.w)

    model = Model()
    return [
        lambda: tg.log(x),
        lambda: tg.log(x_of_the_module),
        x.log,
        functools.partial(tg.log, x),
        functools.partial(tg.log1p, x=x),
        lambda: tg.log(xs[0]),
        lambda: tg.log(by_name["x"]),
        lambda: tg.log(model.w),
        model.forward,
        lambda x=x: tg.log(x),
        lambda *, x=x: tg.log(x),
        lambda: tg.sum(tg.log(each) for each in (xs[0], x)),
    ]


@pytest.mark.parametrize("i", range(12))
def test_a_number_chosen_instead_of_a_function_of_values_is_a_value(i: int) -> None:
    """Whether y.backward() exists must not depend on which branch was taken."""
    x = Value(2.0)
    y = tg.where(False, every_way_to_hide_a_value(x)[i], 0.0)
    assert isinstance(y, Value)
    y.backward()
    assert (y.data, x.grad) == (0.0, 0)


def test_a_data_set_beside_a_value_is_not_searched_through() -> None:
    """A `where` in a training loop must not take longer the more data its function refers to."""
    seen = 0

    class Rows(list[float]):
        """A list that counts what is taken from it."""

        def __iter__(self) -> Iterator[float]:
            nonlocal seen
            for x in super().__iter__():
                seen += 1
                yield x

    data, x = Rows([1.0] * 10_000), Value(2.0)
    y = tg.where(False, lambda: tg.sum(data) * x, 0.0)
    assert type(y) is Value
    assert seen < 2_000


def test_where_with_a_variable_that_is_not_assigned_yet() -> None:
    def not_taken() -> Any:
        return later

    y = tg.where(False, not_taken, Value(1.0))
    later = 2.0
    assert y.data == 1.0
    assert not_taken() == later


def test_where_refuses_a_value_as_condition() -> None:
    with pytest.raises(TypeError, match=r"where needs a condition, got Value\(data=1\.0.*x > 0"):
        tg.where(Value(1.0), 1.0, 2.0)


def test_where_refuses_what_is_no_number() -> None:
    with pytest.raises(TypeError, match="where: expected a number, got 'a'"):
        tg.where(True, "a", 2.0)
    with pytest.raises(TypeError, match="where: expected a number, got None"):
        tg.where(True, lambda: None, Value(2.0))


def test_a_condition_that_is_not_known_yet_chooses_for_itself() -> None:
    class Later:
        """A comparison of symbols, as staging makes them."""

        def choose(self, if_true: Any, if_false: Any) -> Any:
            return "either", if_true, if_false

    assert tg.where(Later(), 1.0, 2.0) == ("either", 1.0, 2.0)


def test_the_slope_of_leaky_relu_is_a_number() -> None:
    with pytest.raises(TypeError, match="where"):
        Value(-2.0).leaky_relu(Value(0.1))


def test_hypot_beyond_the_range_of_floats_is_named() -> None:
    with pytest.raises(OverflowError, match="hypot"):
        tg.hypot(1.7e308, 1.7e308)


@pytest.mark.parametrize("condition", [[False], (True,), {}], ids=repr)
def test_where_refuses_several_conditions_at_once(condition: Any) -> None:
    with pytest.raises(TypeError, match=r"where needs one condition, got .*: choose element by element"):
        tg.where(condition, 1.0, 2.0)


# --- how far `where` looks for what the other branch uses -----------------------------------------------------------


def closing_over(x, steps):
    """A function that holds `x` after so many other objects, one in the next."""
    for _ in range(steps - 1):
        x = [x]
    return lambda: x


@pytest.mark.parametrize("steps", [1, 2, 3, 998, 999])
def test_a_variable_is_found_among_the_thousand_nearest_objects(steps):
    assert isinstance(tg.where(True, 1.0, closing_over(tg.Value(2.0), steps)), tg.Value)


@pytest.mark.parametrize("steps", [1000, 1001, 5000])
def test_a_variable_is_not_looked_for_beyond_a_thousand_objects(steps):
    assert tg.where(True, 1.0, closing_over(tg.Value(2.0), steps)) == 1.0
    assert not isinstance(tg.where(True, 1.0, closing_over(tg.Value(2.0), steps)), tg.Value)


def test_of_many_objects_that_are_equally_near_the_first_thousand_are_looked_at():
    for place, is_found in ((0, True), (999, True), (1000, False)):
        held = [0.0] * place + [tg.Value(2.0)]
        assert isinstance(tg.where(True, 1.0, lambda held=held: held), tg.Value) == is_found
