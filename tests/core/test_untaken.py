"""The zero of a branch that was not taken; what it does to slopes is in `test_slopes`."""

import math

import tinygrad_edu as tg
from tinygrad_edu import Value
from tinygrad_edu.core.untaken import NOTHING


def test_it_stays_nothing_whatever_it_is_multiplied_by():
    assert NOTHING * math.inf is NOTHING
    assert math.nan * NOTHING is NOTHING
    assert NOTHING + 2.0 == 2.0 + NOTHING == 2.0
    assert NOTHING + NOTHING is NOTHING


def test_what_remains_in_the_gradients_is_a_plain_zero():
    x = Value(0.0)
    inner = tg.sqrt(x)
    y = tg.maximum(inner, 5.0)
    y.backward()
    assert [(type(node.grad), node.grad) for node in (x, inner)] == [(float, 0.0)] * 2
    assert tg.jvp(tg.grad(lambda a: tg.maximum(a * a, 9.0)), (1.0,), (1.0,)) == (0.0, 0.0)
