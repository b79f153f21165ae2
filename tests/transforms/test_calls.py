"""What transforms take and hand on: which arguments, trees, arrays, numbers of every kind; and what they refuse."""

import inspect
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.transforms.functions import cube, product
from tinygrad_edu import Value
from tinygrad_edu.staging import jit
from tinygrad_edu.transforms import (
    derivative,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)


class Point(NamedTuple):
    x: float
    y: float


@dataclass(frozen=True)
class Arm:
    lengths: list
    angle: float


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
        grad(lambda x=1.0: x)()  # type: ignore[call-arg]


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
    assert (value, gradient.tolist()) == (18.0, [9.0, 12.0])
    assert type(value) is float
    rows = jacobian(lambda a: [row[0] * row[1] for row in a])(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert [row.tolist() for row in rows] == [[[2.0, 1.0], [0.0, 0.0]], [[0.0, 0.0], [4.0, 3.0]]]
    assert jvp(tg.sum, (np.array([1.0, 2.0]),), (np.array([1.0, 10.0]),)) == (3.0, 11.0)
    assert grad(cube)(np.float64(2.0)) == 12.0
    assert grad(lambda x: np.array([x]) @ np.array([3.0]))(2.0) == 3.0


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
    matrix = jacobian(lambda x: 3 * np.array(x))(np.array([1.0, 2.0]))
    assert (type(matrix), matrix.tolist()) == (np.ndarray, [[3.0, 0.0], [0.0, 3.0]])


def test_gradients_by_arrays_are_arrays():
    w = np.array([[1.0, 2.0], [3.0, 4.0]])
    f = lambda w: tg.sum(x * x for row in w for x in row)  # noqa: E731
    step = w - 0.25 * grad(f)(w)
    assert (type(step), step.dtype, step.tolist()) == (np.ndarray, np.float64, [[0.5, 1.0], [1.5, 2.0]])
    assert grad(lambda p: f(p["w"]) * p["b"])({"w": w, "b": 0.5})["w"].shape == (2, 2)
    assert np.array_equal(hessian(lambda x: x[0] * x[1])(np.array([1.0, 2.0])), [[0.0, 1.0], [1.0, 0.0]])
    assert np.array_equal(hvp(lambda x: x[0] * x[1], (w[0],), (w[1],)), [4.0, 3.0])
    value, pull_back = vjp(lambda x: 2 * np.array(x), w[0])
    assert np.array_equal(value, [2.0, 4.0])
    assert np.array_equal(pull_back(np.array([1.0, 1.0]))[0], [2.0, 2.0])
    value, rate = jvp(lambda x: 2 * np.array(x), (w[0],), (w[1],))
    assert (np.array_equal(value, [2.0, 4.0]), np.array_equal(rate, [6.0, 8.0])) == (True, True)


def test_gradients_by_arrays_inside_another_transform_are_arrays_of_values():
    inner = lambda x: tg.sum(2 * grad(tg.prod)(x))  # noqa: E731
    assert grad(inner)(np.array([3.0, 5.0])).tolist() == [2.0, 2.0]
    assert grad(inner)(np.array([Fraction(1, 3), Fraction(1, 5)])).tolist() == [2, 2]


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


def test_staged_functions_of_arrays_return_arrays_and_of_lists_lists():
    staged = jit(value_and_grad(lambda x: tg.dot(x, x)))
    for x in (np.array([1.0, 2.0]), [1.0, 2.0], np.array([1.0, 2.0])):
        value, gradient = staged(x)
        assert (value, [*gradient], type(gradient)) == (5.0, [2.0, 4.0], type(x))
    assert len(staged.traces) == 2
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


@pytest.mark.parametrize("x", ["relu", True, ["text"], {"a": 1j}, [1.0, 1j]])
def test_arguments_that_are_no_numbers_are_refused(x):
    for call in (lambda: grad(cube)(x), lambda: jvp(cube, (x,), (x,)), lambda: vjp(cube, x), lambda: jacobian(cube)(x)):
        with pytest.raises(TypeError, match=r"cube: expected a number, got .* only arguments made of numbers"):
            call()


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


def test_a_choice_by_numpy_names_the_one_to_use():
    for call in (
        lambda: grad(lambda x: np.where(x > 0, x * x, 0.0))(2.0),
        lambda: grad(lambda x: tg.exp(np.where(x > 0, x * x, 0.0)))(2.0),
        lambda: jacobian(lambda x: [np.where(x > 0, x, -x)])(2.0),
    ):
        with pytest.raises(TypeError, match=r"as np\.where makes one: choose with tg\.where\(condition, a, b\)"):
            call()
    assert grad(lambda x: np.where(x > 0, x * x, 0.0).item())(2.0) == 4.0


def test_a_type_error_within_a_function_that_takes_its_arguments_is_its_own():
    def f(x, y):
        raise TypeError("inner trouble")

    with pytest.raises(TypeError, match=r"^inner trouble$"):
        tg.grad(f, argnums=(0, 1))(1.0, 2.0)
