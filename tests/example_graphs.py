"""Graphs of many shapes, for tests that look at what is shown of them."""

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import tinygrad_edu as tg
from tinygrad_edu import Value, nn

Graph = Callable[[], Any]


def leaves(names: str, *numbers: Any) -> list[Value]:
    return [Value(x, label=name) for name, x in zip(names.split(), numbers, strict=True)]


def back(y: Value) -> Value:
    y.backward()
    return y


def example() -> Value:
    a, b, c = leaves("a b c", -1.0, 3.0, 4.0)
    return back((a + b) * (b + c))


def neuron() -> Value:
    w0, x0, w1, x1, b = leaves("w0 x0 w1 x1 b", 2.0, -1.0, -3.0, -2.0, -3.0)
    y = tg.sigmoid(w0 * x0 + w1 * x1 + b)
    y.label = "y"
    return back(y)


def long_dot(n: int = 5) -> Value:
    xs = [Value(0.5 * i, label=f"x{i}") for i in range(n)]
    ws = [Value(1.0 - 0.3 * i, label=f"w{i}") for i in range(n)]
    return back(tg.tanh(tg.dot(ws, xs) + 0.25))


def crossing() -> Value:
    xs = leaves("p q r s", 1.0, 2.0, 3.0, 4.0)
    rows = [xs[3] * xs[0], xs[2] * xs[1], xs[1] * xs[3], xs[0] * xs[2], xs[0] * xs[3]]
    return back(tg.sum([rows[4] * rows[0], rows[1] + rows[3], rows[2] - rows[0]]))


def ladder(n: int = 6) -> Value:
    (x,) = leaves("x", 1.1)
    y = x
    for i in range(n):
        y = tg.sin(y) * x + y / (i + 1)
    return back(y)


def named_pieces() -> list[Value]:
    x, y = leaves("x y", 0.3, -0.7)
    xx = x * x
    xx.label = "square of x"
    return [back(xx + y), back(tg.exp(y) - xx)]


def odd_texts() -> Value:
    a = Value(1.0, label='<a & "b">')
    b = Value(2.0, label="ein sehr langer Name, der in keinen Kasten passt, nie")
    c = Value(3.0, label="α β\nγ\t∂")
    return back(a * b + c * a)


def numbers() -> Value:
    xs = [Value(x) for x in (math.nan, math.inf, -math.inf, 1e-300, -1.23456789e17, 0.1 + 0.2, -0.0, 7)]
    return tg.sum([x * 2 for x in xs])


def loss() -> Value:
    model = nn.MLP(2, [2, 1], seed=3, label="net")
    return back((model([Value(1.0, label="x1"), Value(-2.0, label="x2")]) - 0.5) ** 2)


def kinds() -> Value:
    x, y = leaves("x y", 0.4, 1.7)
    parts = [
        2 * x, x * 2, x / 3, 3 / x, -x, x - 1, 1 - x, x**2, 2**x, x**y, abs(x), tg.maximum(x, y), tg.max([x, y, 1.0]),
        tg.mean([x, y]), tg.logsumexp([x, y]), tg.where(x > y, x, y), tg.hypot(x, y), tg.arctan2(y, x), tg.log1p(x),
        tg.leaky_relu(-x), tg.prod([x, y, x]), tg.sqrt(y),
    ]  # fmt: skip
    return back(tg.sum(parts))


def diamonds() -> Value:
    (x,) = leaves("x", 0.5)
    y = x
    for _ in range(3):
        y = tg.exp(y) * tg.sin(y)
    return back(y + x)


def of_x(at: Any, f: Callable[[Value], Value]) -> Graph:
    return lambda: f(Value(at, label="x"))


GRAPHS: dict[str, Graph] = {
    "example": example, "neuron": neuron, "dot": long_dot, "crossing": crossing, "ladder": ladder,
    "named": named_pieces, "texts": odd_texts, "numbers": numbers, "loss": loss, "kinds": kinds, "diamonds": diamonds,
    "leaf": of_x(2.0, lambda x: x), "square": of_x(3.0, lambda x: back(x * x)),
    "halves": of_x(Fraction(2, 7), lambda x: back(x * Fraction(1, 3) - x)),
    "decimal": of_x(Decimal("1.10"), lambda x: back(x * x + Decimal("0.1"))),
    "fresh": of_x(3.0, lambda x: tg.exp(x) * x),
}  # fmt: skip
