"""Transforms: derivatives of functions, whatever they take and return."""

import functools
import inspect
import itertools
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value, no_grad
from tinygrad_edu.staging import jit
from tinygrad_edu.transforms import level as levels
from tinygrad_edu.transforms.operators import (
    derivative,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)


@pytest.fixture(autouse=True)
def _levels_are_released():
    yield
    assert levels._running == [0]


def cube(x):
    return x**3


def product(x, y):
    return x * y


def two(x):
    return [x[0] * x[1], x[0] + x[1]]


class Point(NamedTuple):
    x: float
    y: float


@dataclass(frozen=True)
class Arm:
    lengths: list
    angle: float


MODES = [None, "forward", "reverse"]
each_mode = pytest.mark.parametrize("mode", MODES)


# --- what they compute -------------------------------------------------------------------------------------------


def test_gradient_of_the_branching_example():
    assert grad(lambda a, b, c: (a + b) * (b + c), argnums=(0, 1, 2))(-1.0, 3.0, 4.0) == (7.0, 9.0, 2.0)


def test_value_and_gradient_come_from_one_call():
    calls = []

    def f(x):
        calls.append(x)
        return x**3

    assert value_and_grad(f)(2.0) == (8.0, 12.0)
    assert len(calls) == 1


@pytest.mark.parametrize("order", range(6))
def test_derivatives_of_every_order(order):
    assert derivative(tg.exp, order)(0.5) == pytest.approx(math.exp(0.5), rel=1e-14)
    assert derivative(lambda x: x**4, order)(2.0) == [16, 32, 48, 48, 24, 0][order]
    assert derivative(tg.sin, order)(1.0) == pytest.approx(math.sin(1.0 + order * math.pi / 2), rel=1e-14)


def test_a_derivative_may_be_a_tree():
    assert derivative(lambda t: {"x": t * t, "y": [3 * t, 1.0]})(2.0) == {"x": 4.0, "y": [3.0, 0.0]}


@pytest.mark.parametrize("order", [-1, 0.5, "2"])
def test_orders_are_whole_numbers(order):
    with pytest.raises(ValueError, match=f"derivative of order {order}: the order is a whole number of at least 0"):
        derivative(cube, order)


def test_derivative_by_a_list_points_to_the_others():
    with pytest.raises(TypeError, match="derivative of two by a list: use grad, jacobian or hessian"):
        derivative(two)([1.0, 2.0])


def test_jvp_is_the_derivative_in_one_direction():
    assert jvp(product, (2.0, 5.0), (1.0, 0.0)) == (10.0, 5.0)
    assert jvp(product, [2.0, 5.0], [1.0, 10.0]) == (10.0, 25.0)
    assert jvp(lambda p: {"s": p["a"] + p["b"]}, ({"a": 1.0, "b": 2.0},), ({"b": 10.0, "a": 1.0},)) == (
        {"s": 3.0},
        {"s": 11.0},
    )


def test_vjp_pulls_gradients_back_any_number_of_times():
    value, pull_back = vjp(lambda x, y: [x * y, x + y], 2.0, 5.0)
    assert value == [10.0, 7.0]
    for _ in range(2):
        assert pull_back([1.0, 0.0]) == (5.0, 2.0)
        assert pull_back([1.0, 10.0]) == (15.0, 12.0)
        assert pull_back([0.0, 0.0]) == (0.0, 0.0)


def test_vjp_of_a_result_given_twice_counts_twice():
    def twice(x):
        y = x * x
        return y, y, x

    assert vjp(twice, 3.0)[1]((1.0, 10.0, 100.0)) == (166.0,)


@each_mode
def test_jacobian_has_the_result_s_shape_over_the_argument_s(mode):
    assert jacobian(two, mode=mode)([2.0, 5.0]) == [[5.0, 2.0], [1.0, 1.0]]
    f = lambda p: {"u": p.x * p.y, "v": (p.x, 1.0)}  # noqa: E731
    assert jacobian(f, mode=mode)(Point(2.0, 5.0)) == {"u": Point(5.0, 2.0), "v": (Point(1.0, 0.0), Point(0.0, 0.0))}
    assert jacobian(product, (0, 1), mode=mode)(2.0, 5.0) == (5.0, 2.0)
    assert jacobian(cube, mode=mode)(2.0) == 12.0


@each_mode
def test_jacobian_of_nothing_is_empty(mode):
    assert jacobian(lambda x: [], mode=mode)([1.0]) == []
    assert jacobian(lambda x: [1.0, 2.0], mode=mode)([]) == [[], []]


@pytest.mark.parametrize(
    ("f", "x", "calls"),
    [(lambda x: [x[0], x[0], x[1]], [1.0, 2.0], 1), (lambda x: x[0] + x[1], [1.0, 2.0], 1)],
)
def test_jacobian_left_to_choose_runs_the_function_once(f, x, calls):
    seen = []
    jacobian(lambda x: seen.append(1) or f(x))(x)
    assert len(seen) == calls


def test_jacobian_told_to_go_forward_runs_the_function_once_for_each_input():
    seen = []
    jacobian(lambda x: seen.append(1) or two(x), mode="forward")([1.0, 2.0])
    assert len(seen) == 2


def test_jacobian_refuses_other_modes():
    with pytest.raises(ValueError, match='jacobian mode \'backward\': it is "forward", "reverse" or None'):
        jacobian(two, mode="backward")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_all_modes_give_the_same_jacobian_whatever_its_shape(mode, size):
    def f(x):
        return [tg.sin(a * b) for a in x for b in (1.0, *x)][: 2 * size - 1]

    x = [0.3 * (i + 1) for i in range(3)]
    for row, right in zip(jacobian(f, mode=mode)(x), jacobian(f, mode="forward")(x), strict=True):
        assert row == pytest.approx(right, rel=1e-14)


def test_hessian_is_symmetric_and_right():
    assert hessian(lambda x: x[0] * x[1] ** 2)([2.0, 5.0]) == [[0.0, 10.0], [10.0, 4.0]]
    assert hessian(lambda x, y: x * y**2, (0, 1))(2.0, 5.0) == ((0.0, 10.0), (10.0, 4.0))
    assert hessian(cube)(2.0) == 12.0


def test_hvp_is_the_hessian_times_a_vector():
    f = lambda x: tg.exp(x[0] * x[1]) + x[2] ** 3 * x[0]  # noqa: E731
    x, v = [0.3, 0.5, 2.0], [1.0, -2.0, 0.5]
    product = [sum(a * b for a, b in zip(row, v, strict=True)) for row in hessian(f)(x)]
    assert hvp(f, (x,), (v,)) == pytest.approx(product, rel=1e-14)
    assert hvp(lambda x, y: x * y**2, (2.0, 5.0), (1.0, 1.0)) == (10.0, 14.0)


# --- arguments and results -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argnums", "result"),
    [(0, 6.0), (1, 3.0), (-1, 2.0), (-3, 6.0), ((0,), (6.0,)), ((2, 0), (2.0, 6.0)), ((0, -1), (6.0, 2.0)), ((), ())],
)
def test_argnums_choose_the_arguments(argnums, result):
    assert grad(lambda x, y, z: 6 * x + 3 * y + 2 * z, argnums)(1.0, 1.0, 1.0) == result


@pytest.mark.parametrize("argnums", [2, -3, (0, 2), (0, 0), (0, -2), (-1, 1)])
@pytest.mark.parametrize("transform", [grad, value_and_grad, jacobian, hessian])
def test_argnums_that_are_no_places_are_refused(transform, argnums):
    with pytest.raises(ValueError, match=r"argnums=.* of product, called with 2 positional arguments"):
        transform(product, argnums)(1.0, 2.0)


def test_a_function_called_without_arguments_has_no_gradient():
    with pytest.raises(ValueError, match="called with 0 positional arguments: name places of those"):
        grad(lambda x=1.0: x)()


def test_keyword_arguments_are_constants():
    f = lambda x, *, power, scale=1.0: scale * x**power  # noqa: E731
    assert grad(f)(2.0, power=3) == 12.0
    assert value_and_grad(f)(2.0, power=3, scale=2.0) == (16.0, 24.0)
    assert jacobian(f)(2.0, power=3) == 12.0
    assert hessian(f)(2.0, power=3) == 12.0


def test_arguments_may_be_trees():
    f = lambda p, x: p["w"][0] * x + p["b"].x * p["b"].y  # noqa: E731
    gradient = grad(f)({"w": [2.0], "b": Point(3.0, 4.0), "none": None}, 5.0)
    assert gradient == {"w": [5.0], "b": Point(4.0, 3.0), "none": None}
    assert type(gradient["b"]) is Point
    arm = grad(lambda a: a.lengths[0] * tg.cos(a.angle) + a.lengths[1])(Arm([2.0, 3.0], 0.0))
    assert arm == Arm([1.0, 1.0], -0.0)


def test_numpy_arrays_are_read_as_lists():
    value, gradient = value_and_grad(lambda x: x[0] * x[1] ** 2)(np.array([2.0, 3.0]))
    assert (value, gradient) == (18.0, [9.0, 12.0])
    assert type(value) is float
    assert jacobian(lambda a: [row[0] * row[1] for row in a])(np.array([[1.0, 2.0], [3.0, 4.0]])) == [
        [[2.0, 1.0], [0.0, 0.0]],
        [[0.0, 0.0], [4.0, 3.0]],
    ]
    assert jvp(tg.sum, (np.array([1.0, 2.0]),), (np.array([1.0, 10.0]),)) == (3.0, 11.0)
    assert grad(cube)(np.float64(2.0)) == 12.0
    assert grad(lambda x: np.array([x]) @ np.array([3.0]))(2.0) == 3.0


WHOLE_ARRAYS = {
    "grad": grad,
    "jacobian": jacobian,
    "hessian": hessian,
    "vjp": lambda f: lambda x: vjp(f, x),
    "jvp": lambda f: lambda x: jvp(f, (x,), (x,)),
    "hvp": lambda f: lambda x: hvp(f, (x,), (x,)),
    "gradcheck": lambda f: lambda x: tg.gradcheck(f, x),
    "least_squares": lambda f: lambda x: tg.least_squares(f, x),
    "jit of grad": lambda f: jit(grad(f)),
    "jit": jit,
}


@pytest.mark.parametrize("transform", WHOLE_ARRAYS.values(), ids=WHOLE_ARRAYS)
def test_arithmetic_on_whole_arrays_is_refused_and_right_with_np_array(transform):
    for f in (lambda x: tg.dot(x + x, x + x), lambda x: tg.sum(2 * x), lambda x: tg.dot(3 * x[1:], x[:-1])):
        with pytest.raises(TypeError, match=r"NumPy arrays are read as lists here; .* write np\.array\(x\)"):
            transform(f)(np.array([0.3, 0.4]))


def test_np_array_does_the_arithmetic_of_arrays():
    f = lambda x: tg.dot(np.array(x) + np.array(x), 2 * np.array(x))  # noqa: E731
    x = np.array([0.3, 0.4])
    for transformed in (grad(f), jit(grad(f))):
        assert transformed(x) == pytest.approx([2.4, 3.2])
    assert jacobian(lambda x: 3 * np.array(x))(np.array([1.0, 2.0])) == [[3.0, 0.0], [0.0, 3.0]]


def test_gradients_by_arrays_refuse_the_arithmetic_of_lists_too():
    gradient = grad(tg.sum)(np.array([1.0, 2.0]))
    assert gradient == [1.0, 1.0]
    with pytest.raises(TypeError, match="NumPy arrays are read as lists"):
        2 * gradient
    assert np.array_equal(np.array([1.0, 2.0]) - gradient, [0.0, 1.0])
    with pytest.raises(TypeError, match="NumPy arrays are read as lists"):
        grad(lambda x: tg.sum(2 * grad(tg.sum)(x)))(np.array([1.0, 2.0]))


def test_arrays_inside_other_arguments_refuse_the_arithmetic_of_lists_too():
    for transform in (grad, lambda f: jit(grad(f))):
        with pytest.raises(TypeError, match="NumPy arrays are read as lists"):
            transform(lambda p: tg.sum(2 * p["w"][0]))({"w": np.array([[1.0, 2.0]])})
    with pytest.raises(ValueError, match=r"tangents\[0\] is a list of 1, where a list of 2 belongs"):
        jvp(tg.sum, (np.array([1.0, 2.0]),), ([1.0],))


def test_rows_of_a_batched_array_refuse_the_arithmetic_of_lists_too():
    rows = np.array([[1.0, 2.0], [3.0, 4.0]])
    for batch in (rows, [*rows]):
        with pytest.raises(TypeError, match="NumPy arrays are read as lists"):
            jit(lambda xs: tg.mean_over(lambda x: tg.sum(2 * x), xs), batched=["xs"])(batch)
        staged = jit(lambda xs: tg.mean_over(lambda x: tg.sum(2 * np.array(x)), xs), batched=["xs"])
        assert staged(batch) == staged(batch) == 10.0


def test_staged_functions_of_arrays_return_plain_lists():
    staged = jit(value_and_grad(lambda x: tg.dot(x, x)))
    for x in (np.array([1.0, 2.0]), [1.0, 2.0], np.array([1.0, 2.0])):
        value, gradient = staged(x)
        assert (value, gradient, type(gradient)) == (5.0, [2.0, 4.0], list)
    assert len(staged.traces) == 1
    assert "return " in staged.source
    assert "[" in staged.source.splitlines()[-1]


def test_fractions_stay_exact_and_ints_whole():
    assert grad(lambda x: x**3 / 7)(Fraction(1, 3)) == Fraction(1, 21)
    assert hessian(lambda x: x**3 / 7)(Fraction(1, 3)) == Fraction(2, 7)
    assert derivative(lambda x: x**5 / 3, 3)(Fraction(1, 2)) == Fraction(5)
    gradient = grad(lambda x: x**3)(2)
    assert (gradient, type(gradient)) == (12, int)
    assert grad(lambda x: Fraction(1))(Fraction(1, 3)) == Fraction(0)


@pytest.mark.parametrize("constant", [3.0, 3, Fraction(3), np.float64(3.0), Value(3.0)])
def test_constant_results_have_derivative_0(constant):
    value, gradient = value_and_grad(lambda x: constant)(2.0)
    assert getattr(value, "data", value) == 3
    assert gradient == 0.0
    assert type(gradient) is float
    assert grad(lambda x: constant)([2.0, 2]) == [0.0, 0]
    assert jvp(lambda x: constant, (2.0,), (1.0,))[1] == 0
    assert jacobian(lambda x: [constant, x[0]])([2.0, 3.0]) == [[0.0, 0.0], [1.0, 0.0]]
    assert jacobian(lambda x: [constant] * 3)([2.0]) == [[0.0]] * 3
    assert vjp(lambda x: constant, 2.0)[1](1.0) == (0.0,)


def test_the_argument_itself_has_slope_1():
    assert grad(lambda x: x)(2.0) == 1.0
    assert derivative(lambda x: x)(2.0) == 1.0
    assert jacobian(lambda x: x)([2.0, 3.0]) == [[1.0, 0.0], [0.0, 1.0]]
    assert jacobian(lambda x: [x, x])(2.0) == [1.0, 1.0]


def test_aux_comes_along_as_numbers():
    def f(x):
        y = x * x
        return 3 * y, {"square": y, "note": "text", "x": [x, 1]}

    aux = {"square": 4.0, "note": "text", "x": [2.0, 1]}
    assert grad(f, has_aux=True)(2.0) == (12.0, aux)
    assert value_and_grad(f, has_aux=True)(2.0) == ((12.0, aux), 12.0)


@pytest.mark.parametrize("result", [3.0, [1.0, 2.0], (1.0, 2.0, 3.0)])
def test_aux_needs_a_pair(result):
    with pytest.raises(TypeError, match=r"has_aux=True, but <lambda> returned a \w+, not \(number, anything\)"):
        grad(lambda x: result, has_aux=True)(2.0)


@pytest.mark.parametrize("transform", [grad, value_and_grad, hessian])
def test_a_pair_instead_of_a_number_points_to_has_aux(transform):
    name = "grad" if transform is hessian else transform.__name__
    with pytest.raises(TypeError, match=rf"^{name} of <lambda>, which returned 2 numbers .* jacobian; .*has_aux=True$"):
        transform(lambda x: (x * x, x))(3.0)


@pytest.mark.parametrize("transform", [grad, value_and_grad, functools.partial(grad, has_aux=True)])
def test_a_function_that_returns_nothing_is_asked_about_its_return(transform):
    def forgetful(x):
        x * x

    with pytest.raises(TypeError, match=r"forgetful.* returned None.*: was `return` forgotten"):
        transform(forgetful)(3.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: hvp(tg.prod, [2.0, 5.0], [1.0, 0.0]),
            r"hvp calls prod with 2 .*: the .* tuple, as in hvp\(f, \(x,\), ",
        ),
        (
            lambda: jvp(tg.prod, [2.0, 5.0], [1.0, 0.0]),
            r"jvp calls prod with 2 .*: the .* tuple, as in jvp\(f, \(x,\), ",
        ),
        (lambda: jvp(tg.prod, np.array([2.0, 5.0]), np.ones(2)), r"jvp calls prod with 2 arguments"),
        (
            lambda: jvp(product, ([2.0, 5.0],), ([1.0, 0.0],)),
            r"jvp calls product with 1 argument, which it does not take",
        ),
        (lambda: vjp(product, (2.0, 5.0)), r"vjp calls product with 1 argument, .*: the .* as in vjp\(f, x, y\)"),
        (lambda: hvp(cube, 2.0, 1.0), r"hvp: primals must be a tuple, got 2.0: the arguments go in a tuple, \(x,\)"),
        (
            lambda: jvp(cube, (2.0,), 1.0),
            r"jvp: tangents must be a tuple, got 1.0: the arguments go in a tuple, \(x,\)",
        ),
        (lambda: hvp(lambda x: x + "a", (2.0,), (1.0,)), "^(?!hvp calls)"),
        (lambda: jvp(max, (2.0,), (1.0,)), "^(?!jvp calls)"),
    ],
)
def test_arguments_that_do_not_fit_the_function_come_with_the_way_out(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_several_results_are_for_jacobian():
    with pytest.raises(TypeError, match="grad of two, which returned 2 numbers in a list: it must return one number"):
        grad(two)([1.0, 2.0])
    with pytest.raises(TypeError, match="returned None: was `return` forgotten"):
        grad(lambda x: None)(1.0)


@pytest.mark.parametrize("result", ["text", True, 1j, object()])
def test_results_that_are_no_numbers_are_refused(result):
    for call in (
        lambda f: grad(f)(1.0),
        lambda f: jvp(f, (1.0,), (1.0,)),
        lambda f: vjp(f, 1.0),
        lambda f: jacobian(f)(1.0),
    ):
        with pytest.raises(TypeError, match="the result of <lambda>: expected a number, got"):
            call(lambda x: result)


@pytest.mark.parametrize("x", ["relu", True, [1.0, "text"], {"a": 1j}])
def test_arguments_that_are_no_numbers_are_refused(x):
    for call in (lambda: grad(cube)(x), lambda: jvp(cube, (x,), (x,)), lambda: vjp(cube, x), lambda: jacobian(cube)(x)):
        with pytest.raises(TypeError, match=r"cube: expected a number, got .* only arguments made of numbers"):
            call()


@pytest.mark.parametrize(
    ("tangents", "message"),
    [
        (([1.0],), r"tangents\[0\] is a list of 1, where a list of 2 belongs"),
        ((1.0,), r"tangents\[0\] is the number 1.0, where a list of 2 belongs"),
        (([1.0, 2.0], 3.0), "tangents is a tuple of 2, where a tuple of 1 belongs"),
        (([1.0, [2.0]],), r"tangents\[0\]\[1\] is a list of 1, where one number belongs"),
    ],
)
def test_tangents_of_another_shape_are_refused(tangents, message):
    with pytest.raises(ValueError, match=message):
        jvp(two, ([1.0, 2.0],), tangents)


def test_tangents_and_gradients_are_numbers():
    with pytest.raises(TypeError, match="expected a number, got 'up'"):
        jvp(cube, (1.0,), ("up",))
    with pytest.raises(TypeError, match="expected a number, got 'up'"):
        vjp(cube, 1.0)[1]("up")


def test_gradients_of_another_shape_are_refused():
    _, pull_back = vjp(two, [1.0, 2.0])
    with pytest.raises(ValueError, match=r"gradients is a list of 1, where a list of 2 belongs"):
        pull_back([1.0])
    with pytest.raises(ValueError, match=r"gradients is the number 1.0, where a list of 2 belongs"):
        pull_back(1.0)


def test_transforms_go_by_the_name_and_signature_of_their_function():
    for transform in (grad, value_and_grad, jacobian, hessian, derivative):
        made = transform(product)
        assert made.__name__ == "product"
        assert list(inspect.signature(made).parameters) == ["x", "y"]

    class NN:
        def __init__(self):
            self.secret = 1

        def __call__(self, x):
            return x * x

    assert not hasattr(grad(NN()), "secret")
    with pytest.raises(ValueError, match=r"argnums=1 of <tests\.transforms"):
        grad(NN(), argnums=1)(1.0)


# --- infinite slopes and zeros ---------------------------------------------------------------------------------------


@each_mode
def test_an_infinite_slope_stays_in_its_own_column_and_row(mode):
    f = lambda x: [x[0] + tg.sqrt(x[1]), 3 * x[0]]  # noqa: E731
    assert jacobian(f, mode=mode)([2.0, 0.0]) == [[1.0, math.inf], [3.0, 0.0]]
    assert jvp(f, ([2.0, 0.0],), ([1.0, 0.0],)) == ([2.0, 6.0], [1.0, 3.0])


# --- levels: nested, closed over, in threads ---------------------------------------------------------------------


def test_closures_over_outer_variables():
    """The classic test for perturbation confusion: d/dx [x · d/dy (x + y)] = 1."""
    for outer in (grad, derivative):
        for inner in (grad, derivative):
            assert outer(lambda x, inner=inner: x * inner(lambda y: x + y)(1.0))(1.0) == 1.0
            assert outer(lambda x, inner=inner: x * inner(lambda y: x * y)(2.0))(3.0) == 6.0
            assert outer(lambda x, inner=inner: inner(lambda y: x**2 * y**3)(x))(2.0) == 3 * 4 * 2.0**3
    assert jvp(lambda x: x * jvp(lambda y: x + y, (1.0,), (1.0,))[1], (1.0,), (1.0,))[1] == 1.0
    assert grad(lambda x: x * vjp(lambda y: x + y, 1.0)[1](1.0)[0])(1.0) == 1.0
    assert grad(lambda x: x * vjp(lambda y: x + y, 1.0)[1](x)[0])(3.0) == 6.0


def test_a_function_applied_to_its_own_transform():
    """(D (λx. x·(D (λy. x·y·y)) x)) at 2: inner derivative 2xy at y = x is 2x², so d/dx 2x³ = 24."""
    assert grad(lambda x: x * grad(lambda y: x * y * y)(x))(2.0) == 24.0


def test_values_are_differentiated_through():
    x = Value(2.0)
    gradient = grad(cube)(x)
    assert gradient.data == 12.0
    gradient.backward()
    assert x.grad == 12.0
    y = Value(5.0)
    value, slope = value_and_grad(lambda x: x * y)(3.0)
    (value + slope).backward()
    assert (value.data, slope.data, y.grad) == (15.0, 5.0, 4.0)


def test_transforms_leave_the_gradients_of_outer_values_alone():
    w = Value(5.0)
    assert grad(lambda x: w * x * x)(2.0).data == 20.0
    assert w.grad is tg.engine.NOT_COMPUTED


def test_a_pull_back_may_be_used_inside_another_transform():
    _, pull_back = vjp(lambda x: [x**2, x**3], 2.0)
    assert grad(lambda s: pull_back([s, s * s])[0])(3.0) == 4.0 + 12 * 2 * 3.0
    assert derivative(lambda s: pull_back([s, s * s])[0], 2)(3.0) == 24.0


def test_an_exception_leaves_everything_as_it_was():
    for transform in (grad, value_and_grad, jacobian, hessian, derivative):
        with pytest.raises(tg.DomainError):
            transform(tg.log)(-1.0)
    with pytest.raises(tg.DomainError):
        grad(grad(tg.log))(-1.0)
    with pytest.raises(tg.DomainError):
        jvp(tg.log, (-1.0,), (1.0,))
    assert grad(grad(tg.log))(1.0) == -1.0


def test_a_failed_pull_back_can_be_repeated():
    _, pull_back = vjp(lambda x: x * 2.0, 1)
    with pytest.raises(OverflowError):
        pull_back(10**400)
    assert pull_back(1) == (2.0,)


def test_values_kept_from_a_transform_that_is_over_are_refused_as_arguments():
    kept = []
    grad(lambda x: kept.append(x) or x * x)(2.0)
    with pytest.raises(TypeError, match=r"cube was given Value.* kept from inside a transform that is over"):
        grad(cube)(kept[0])


def test_inside_no_grad_transforms_work():
    with no_grad():
        assert grad(cube)(2.0) == 12.0
        assert derivative(cube, 2)(2.0) == 12.0
        assert jacobian(two)([2.0, 5.0]) == [[5.0, 2.0], [1.0, 1.0]]
        assert hessian(cube)(2.0) == 12.0
        assert vjp(cube, 2.0)[1](1.0) == (12.0,)


def test_what_no_grad_encloses_is_a_constant_to_transforms_outside():
    def f(x):
        with no_grad():
            slope = grad(cube)(x)
            rate = jvp(cube, (x,), (1.0,))[1]
            row = jacobian(lambda v: [v[0] ** 3, v[0]])([x])[0][0]
            pulled = vjp(cube, x)[1](1.0)[0]
            squared, aux = grad(lambda y: (y * x, x * x), has_aux=True)(x)
        return x * (slope + rate + row + pulled + squared + aux)

    at_2 = 4 * 12.0 + 2.0 + 4.0
    assert grad(f)(2.0) == at_2
    assert derivative(f)(2.0) == at_2
    x = Value(2.0)
    with no_grad():
        assert grad(cube)(x).parents == ()


def test_no_grad_inside_makes_constants():
    def f(x):
        with no_grad():
            y = x * x
        return x * y

    assert (grad(f)(3.0), derivative(f)(3.0), jacobian(f)(3.0)) == (9.0, 9.0, 9.0)


def test_several_threads_at_once():
    def work(k):
        f = lambda x: x**k  # noqa: E731
        return [grad(grad(f))(2.0) + derivative(f, 2)(2.0) + hessian(f)(2.0) for _ in range(20)]

    with ThreadPoolExecutor(8) as pool:
        for k, results in zip(range(2, 18), pool.map(work, range(2, 18)), strict=True):
            assert results == pytest.approx([3 * k * (k - 1) * 2.0 ** (k - 2)] * 20)


@pytest.mark.parametrize("outer", [grad, derivative])
@pytest.mark.parametrize("inner", [grad, derivative])
def test_an_inner_transform_may_run_in_another_thread(outer, inner):
    def f(x):
        with ThreadPoolExecutor(1) as pool:
            return x * pool.submit(inner(lambda y: x * y * y), x).result()

    assert outer(f)(2.0) == 24.0


def test_a_pull_back_may_be_called_from_several_threads():
    size = 50
    _, pull_back = vjp(lambda x: [tg.sum([x[i] * x[i] * k for k in range(1, 20)]) for i in range(size)], [1.0] * size)
    start = threading.Barrier(4)

    def work(i):
        start.wait(10)
        seeds = [0.0] * size
        seeds[i] = 1.0
        return [pull_back(seeds)[0] for _ in range(30)]

    with ThreadPoolExecutor(4) as pool:
        for i, results in enumerate(pool.map(work, range(4))):
            assert results == [[380.0 if j == i else 0.0 for j in range(size)]] * 30


def test_a_chain_of_100_000_operations():
    def f(x):
        y = x
        for _ in range(100_000):
            y = y + 1.0
        return y * x

    assert grad(f)(1.0) == 100_002.0
    assert derivative(f)(1.0) == 100_002.0


def test_a_long_chain_pushed_through():
    def f(x):
        return functools.reduce(lambda y, _: y + 1.0, range(20_000), x)

    assert jacobian(lambda x: [f(x), x, x])(1.0) == [1.0, 1.0, 1.0]


# --- a use of them -------------------------------------------------------------------------------------------------


def test_scipy_minimises_with_value_and_grad():
    optimize = pytest.importorskip("scipy.optimize")

    def rosenbrock(x):
        return tg.sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in itertools.pairwise(x))

    for mixed in (value_and_grad(rosenbrock), jit(value_and_grad(rosenbrock))):
        found = optimize.minimize(mixed, np.full(5, 1.3), jac=True)
        assert found.x == pytest.approx(np.ones(5), abs=1e-4)
    found = optimize.minimize(value_and_grad(rosenbrock), np.full(5, 1.3), jac=True, method="BFGS")
    assert found.success
    assert found.x == pytest.approx(np.ones(5), abs=1e-5)
    found = optimize.minimize(
        rosenbrock, np.full(5, 1.3), jac=grad(rosenbrock), hess=hessian(rosenbrock), method="trust-ncg"
    )
    assert found.x == pytest.approx(np.ones(5), abs=1e-5)


def test_staged_gradients_go_by_the_labels_of_the_values_they_belong_to():
    def f(x, y):
        area = x * y
        area.label = "area"
        return tg.sin(area) * tg.cos(area)

    staged = jit(grad(f))
    assert staged(2.0, 3.0) == pytest.approx(3 * math.cos(12.0))
    assert "area = x * y" in staged.source
    beside_a_number = jit(lambda x: grad(lambda x, y: x * y, (0, 1))(x, 3.0))
    assert beside_a_number(2.0) == (3.0, 2.0)
