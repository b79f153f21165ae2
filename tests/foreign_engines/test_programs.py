"""Expressions are computed, differentiated and written; our own forms of the operations agree with mpmath."""

import mpmath
import pytest

from tinygrad_edu.foreign_engines.catalogue import FUNCTIONS
from tinygrad_edu.foreign_engines.programs import REFERENCES, RULES, exact
from tinygrad_edu.testing import Expression

x, y = Expression("x"), Expression("y")
OTHERS = {
    "log10": mpmath.log10,
    "log2": lambda x: mpmath.log(x, 2),
    "arcsin": mpmath.asin,
    "arccos": mpmath.acos,
    "arctan": mpmath.atan,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "relu": lambda x: max(x, mpmath.mpf(0)),
    "leaky_relu": lambda x: x if x > 0 else x * mpmath.mpf(0.01),
    "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
    "log_sigmoid": lambda x: -mpmath.log(1 + mpmath.exp(-x)),
    "elu": lambda x: x if x > 0 else mpmath.expm1(x),
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "gelu": lambda x: x / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf(0.044715) * x**3))),
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
}


@pytest.mark.parametrize("name", REFERENCES)
def test_what_must_come_out_is_what_mpmath_gives(name: str) -> None:
    reference = OTHERS.get(name) or getattr(mpmath, name)
    for point in FUNCTIONS[name].points:
        found = exact(Expression(name, x), [point], RULES)
        with mpmath.workdps(60):
            at, h = mpmath.mpf(point), mpmath.mpf("1e-20")
            value, slope = reference(at), (reference(at + h) - reference(at - h)) / (2 * h)
            assert found.value == pytest.approx(float(value), rel=1e-12)
            assert found.gradients[0] == pytest.approx(float(slope), rel=1e-12)


def test_an_expression_is_written_with_names_for_what_is_used_twice() -> None:
    u = (x + 1) * y
    assert str(u - u) == "u = (x + 1) * y; u - u"
    assert str(-(x - y) / 2**x) == "(-(x - y)) / (2 ** x)"
    assert repr(abs(1 / (1 - x)) + 3 * x) == "(abs(1 / (1 - x))) + (3 * x)"
    assert str(Expression("sum", x, y) ** -1) == "(sum([x, y])) ** (-1)"
    many = [Expression("exp", x)]
    for _ in range(4):
        many.append(many[-1] + many[-1])
    assert str(many[-1]) == "u = exp(x); v = u + u; w = v + v; u3 = w + w; u3 + u3"


def test_an_expression_is_called_with_a_number_for_each_input() -> None:
    f = x * y + x
    assert f.inputs == ("x", "y")
    assert f(2.0, 3.0) == 8.0


def test_what_does_not_depend_on_its_inputs_has_no_gradient() -> None:
    with pytest.raises(TypeError, match="does not depend on its inputs"):
        exact(Expression("three", x), [1.0], {"three": lambda _: 3.0})
