"""Kinks and jumps in a graph."""

import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value
from tinygrad_edu.checking.kinks import kinks


@pytest.mark.parametrize(
    ("function", "at_kink"),
    [
        (tg.relu, True),
        (abs, True),
        (tg.leaky_relu, True),
        (lambda x: tg.maximum(x, 0.0), True),
        (lambda x: tg.minimum(0.0, x), True),
        (lambda x: tg.max([x, -1.0, 2 * x]), True),
        (lambda x: tg.max([x, 1.0, 1.0]), True),
        (lambda x: tg.min([x, x, 1.0]), True),
        (lambda x: tg.max([x, 1.0]), False),
        (lambda x: tg.hypot(x, 0.0), True),
        (lambda x: tg.hypot(x, 1.0), False),
        (lambda x: tg.arctan2(x, 0.0), True),
        (lambda x: tg.arctan2(x, -1.0), True),
        (lambda x: tg.arctan2(x, 1.0), False),
        (lambda x: tg.relu(x + 1), False),
        (lambda x: tg.exp(x) + Value(0.0).relu(), False),
    ],
)
def test_kinks_between_a_value_and_an_input(function, at_kink):
    x = Value(0.0)
    assert bool(kinks(function(x) * 2, x)) == at_kink
