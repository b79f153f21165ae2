"""Operations with rules of one's own: one rule serves every mode, any nesting, and staging."""

import math

import pytest

import tinygrad_edu as tg
from tinygrad_edu import Dual, Value, custom_jvp, custom_vjp, derivative, grad, hessian, jit, operation, stop_gradient


@operation
def bell(x):
    y = tg.exp(-x * x)
    return y, -2 * x * y


@operation
def ratio(x, y):
    z = x / y
    return z, 1 / y, -z / y


@operation
def scaled(x, factor=2.0):
    return factor * x, factor


@custom_jvp
def bell_jvp(x):
    return tg.exp(-x * x)


@bell_jvp.defjvp
def bell_rule(primals, tangents):
    (x,), (dx,) = primals, tangents
    return bell_jvp(x), -2 * x * bell_jvp(x) * dx


@custom_vjp
def bell_vjp(x):
    return tg.exp(-x * x)


bell_vjp.defvjp(lambda x: (bell_vjp(x), x), lambda x, g: (-2 * x * bell_vjp(x) * g,))
BELLS = [bell, bell_jvp, bell_vjp]


def plain(x):
    return tg.exp(-x * x)


@pytest.mark.parametrize("own", BELLS)
def test_values_and_derivatives_of_every_order_and_mode_are_those_of_the_formula(own):
    assert own(0.5) == plain(0.5)
    assert grad(own)(0.5) == pytest.approx(grad(plain)(0.5), rel=1e-15)
    for order in (1, 2, 3):
        assert derivative(own, order)(0.5) == pytest.approx(derivative(plain, order)(0.5), rel=1e-14)
    assert grad(grad(own))(0.5) == pytest.approx(grad(grad(plain))(0.5), rel=1e-14)
    assert grad(derivative(own))(0.5) == derivative(grad(own))(0.5) == pytest.approx(grad(grad(own))(0.5), rel=1e-14)


@pytest.mark.parametrize("own", BELLS)
def test_it_is_staged(own):
    for f in (own, grad(own), grad(grad(own))):
        assert jit(f)(0.5) == pytest.approx(f(0.5), rel=1e-15)
    staged = jit(own, backend="python")
    staged(0.5)
    assert "exp(" in staged.to("python")


def test_a_node_has_the_functions_name_and_is_explained_and_checked():
    x = Value(0.5, label="x")
    y = bell(x)
    assert (y.op, y.operands) == ("bell", (x,))
    assert "bell(x)" in str(tg.explain(y))
    assert tg.gradcheck(bell, 0.5)
    assert tg.gradcheck(lambda x: bell(x) * x, 0.5, operations={"bell": bell})


def test_a_wrong_rule_is_found():
    @operation
    def wrong(x):
        return x * x, 2.1 * x

    assert not tg.gradcheck(wrong, 0.5, check=False)


def test_numbers_beside_values_and_duals():
    x = Value(6.0)
    ratio(x, 3.0).backward()
    assert x.grad == 1 / 3
    assert ratio(6.0, Value(3.0)).local_grads == (-2 / 3,)
    assert ratio(6.0, Dual(3.0, 1.0)).tangent == -2 / 3
    assert ratio(6.0, 3.0) == 2.0
    assert hessian(lambda p: ratio(*p))([6.0, 3.0]) == hessian(lambda p: p[0] / p[1])([6.0, 3.0])


def test_an_inner_variable_takes_the_outer_one_as_a_number():
    f = grad(lambda x: x * grad(lambda y: ratio(y, x))(2.0))
    assert f(3.0) == 0.0  # x · (1/x) does not depend on x


def test_keyword_arguments_are_settings():
    assert grad(lambda x: scaled(x, factor=5.0))(1.0) == 5.0


def test_the_rule_itself_decides_even_where_the_value_says_otherwise():
    """A straight-through estimator: the value is rounded, the slope is 1, in every mode and order."""

    @operation
    def rounded(x):
        return tg.floor(x), 1.0

    assert (rounded(2.7), grad(rounded)(2.7), derivative(rounded)(2.7), jit(grad(rounded))(2.7)) == (2.0, 1.0, 1.0, 1.0)
    assert grad(grad(lambda x: rounded(x) * x))(2.7) == 2.0


def test_too_few_slopes_are_an_error_that_says_what_to_return():
    @operation
    def product(x, y):
        return x * y, y

    with pytest.raises(TypeError, match="product has 2 operands, but its function returned 1 slopes: return the value"):
        product(Value(1.0), 2.0)


def test_what_is_no_number_is_refused_with_the_name():
    with pytest.raises(TypeError, match="bell: expected a number, got 'a'"):
        bell("a")


@pytest.mark.parametrize(("door", "wanted"), [(custom_jvp, "defjvp"), (custom_vjp, "defvjp")])
def test_an_operation_without_its_rule_says_how_to_give_it(door, wanted):
    @door
    def f(x):
        return x

    assert f.__name__ == "f"
    with pytest.raises(TypeError, match=f"f has no rule yet: give it one with f.{wanted}"):
        f(Value(1.0))


def test_a_rule_that_is_given_remains_a_function():
    own = custom_jvp(lambda x: x * x)
    assert own.defjvp(bell_rule) is bell_rule
    assert own.rule is bell_rule


def test_two_operands_through_the_doors():
    jvp_product = custom_jvp(lambda x, y: x * y)
    jvp_product.defjvp(lambda xs, ts: (xs[0] * xs[1], xs[1] * ts[0] + xs[0] * ts[1]))
    vjp_product = custom_vjp(lambda x, y: x * y)
    vjp_product.defvjp(lambda x, y: (x * y, (x, y)), lambda xy, g: (xy[1] * g, xy[0] * g))
    for product in (jvp_product, vjp_product):
        assert grad(product, (0, 1))(2.0, 5.0) == (5.0, 2.0)
        assert hessian(lambda p, product=product: product(*p))([2.0, 5.0]) == [[0.0, 1.0], [1.0, 0.0]]


def test_no_gradient_of_any_order_flows_through_a_stop():
    assert stop_gradient(3.0) == 3.0
    x = Value(3.0)
    y = stop_gradient(x)
    assert (type(y), y.data, y.parents) == (Value, 3.0, ())
    f = lambda x: stop_gradient(x) * x  # noqa: E731 - shorter so
    assert (grad(f)(3.0), grad(grad(f))(3.0), derivative(f)(3.0), derivative(f, 2)(3.0)) == (3.0, 0.0, 3.0, 0.0)
    assert grad(lambda x: grad(lambda y: stop_gradient(x) * y)(1.0))(3.0) == 0.0
    assert jit(grad(f))(3.0) == 3.0
    assert math.isnan(stop_gradient(math.nan))
