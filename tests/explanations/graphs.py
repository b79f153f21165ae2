"""Graphs to explain."""

from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu import Value


def named(label, value):
    value.label = label
    return value


def branching():
    """W2: f = (a + b)(b + c)."""
    a, b, c = Value(-1.0, label="a"), Value(3.0, label="b"), Value(4.0, label="c")
    x, y = named("x", a + b), named("y", b + c)
    return named("f", x * y), a, b, c


def composite():
    """W3: exp(sin(x²))."""
    x = Value(1.0, label="x")
    v = named("v", tg.sin(named("u", x**2)))
    return named("f", tg.exp(v)), x


numbers = st.one_of(st.integers(-9, 9).map(float), st.floats(-1e3, 1e3, allow_subnormal=False, width=16))


@st.composite
def small_graphs(draw, data=numbers):
    """A graph of + - × over a few leaves, with sharing."""
    values = [Value(draw(data), label=label) for label in "abc"]
    for _ in range(draw(st.integers(1, 6))):
        x, y = (draw(st.sampled_from(values)) for _ in "xy")
        values.append(draw(st.sampled_from([x + y, x - y, x * y, x * 3, 2 - y])))
    return values[-1], values[0]
