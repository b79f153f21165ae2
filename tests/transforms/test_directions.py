"""Derivatives in one direction, and pulled back from results."""

import copy
import math
import pickle

import pytest

import tinygrad_edu as tg
from tests.transforms.functions import cube, product, two
from tinygrad_edu.transforms import (
    derivative,
    hessian,
    hvp,
    jvp,
    vjp,
)


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


def test_hvp_is_the_hessian_times_a_vector():
    f = lambda x: tg.exp(x[0] * x[1]) + x[2] ** 3 * x[0]  # noqa: E731
    x, v = [0.3, 0.5, 2.0], [1.0, -2.0, 0.5]
    product = [sum(a * b for a, b in zip(row, v, strict=True)) for row in hessian(f)(x)]
    assert hvp(f, (x,), (v,)) == pytest.approx(product, rel=1e-14)
    assert hvp(lambda x, y: x * y**2, (2.0, 5.0), (1.0, 1.0)) == (10.0, 14.0)


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


def test_directions_hand_on_what_comes_besides():
    f = lambda x: (x**2, {"cube": x**3, "note": "text"})  # noqa: E731
    assert jvp(f, (2.0,), (1.0,), has_aux=True) == (4.0, 4.0, {"cube": 8.0, "note": "text"})
    value, pull_back, aux = vjp(f, 2.0, has_aux=True)
    assert (value, pull_back(1.0), aux) == (4.0, (4.0,), {"cube": 8.0, "note": "text"})
    with pytest.raises(TypeError, match=r"has_aux=True, but .* returned a float"):
        jvp(lambda x: 1.0, (2.0,), (1.0,), has_aux=True)


def test_a_derivative_is_by_one_number():
    assert derivative(lambda x: x**2)(x=3.0) == 6.0
    with pytest.raises(TypeError, match="derivative of product by 2 arguments: use grad, jacobian"):
        derivative(product)(1.0, 2.0)  # type: ignore[call-arg]


def area(shape):
    return [shape["w"] * shape["h"], shape["w"] + shape["h"]]


@pytest.mark.parametrize("travel", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_pull_back_travels(travel):
    value, pull_back = vjp(area, {"w": 2.0, "h": 3.0, "name": "a"})
    there = travel(pull_back)
    assert value == [6.0, 5.0]
    assert there([1.0, 10.0]) == pull_back([1.0, 10.0]) == ({"w": 13.0, "h": 12.0, "name": "a"},)
    assert repr(there) == "pull_back of area"
    with pytest.raises(ValueError, match="gradients is a list of 1"):
        there([1.0])
