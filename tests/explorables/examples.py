"""Functions that the tests of live pages explore."""

import random

import tinygrad_edu as tg


def branching(a, b, c):
    x = a + b
    y = b + c
    f = x * y
    x.label, y.label, f.label = "x", "y", "f"
    return f


def neuron(w, x, b, y):
    a = tg.sigmoid(w * x + b)
    a.label = "a"
    return (y - a) ** 2 / 2


def micrograd(a, b):
    """The expression of micrograd's README."""
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + tg.relu(b + a)
    d += 3 * d + tg.relu(b - a)
    e = c - d
    f = e**2
    return f / 2.0 + 10.0 / f


def choosing(x, y):
    return tg.where(x > y, lambda: tg.exp(-x) * y, lambda: x * x + tg.sin(y))


def bent(a, b):
    return tg.maximum(a, b) * tg.leaky_relu(a - b) + abs(a) - tg.min([a, b, 1.0])


def many(xs, w):
    return tg.logsumexp(xs) + tg.dot(xs, w) + tg.prod(xs) - tg.tanh(tg.sum(w))


def undefined(a, b):
    return tg.log(a) * tg.sqrt(b) / (a - b)


def deep(x):
    """199 nodes in a row."""
    for _ in range(99):
        x = tg.sin(x) * 1.1
    return x


def network(x, t):
    """91 nodes: three layers of four."""
    rng = random.Random(1)
    h = [x]
    for _ in range(3):
        h = [tg.tanh(sum((rng.uniform(-1, 1) * v for v in h), 0.1)) for _ in range(4)]
    return (sum(h[1:], h[0]) - t) ** 2


EXAMPLES = {
    "branching": (branching, {"a": -1.0, "b": 3.0, "c": 4.0}),
    "neuron": (neuron, {"w": 2.0, "x": -1.0, "b": -3.0, "y": 1.0}),
    "micrograd": (micrograd, {"a": -4.0, "b": 2.0}),
    "choosing": (choosing, {"x": 1.0, "y": -2.0}),
    "bent": (bent, {"a": 2.0, "b": 2.0}),
    "many": (many, {"xs": [0.5, -1.0, 2.0], "w": [1.0, 2.0, 3.0]}),
    "deep": (deep, {"x": 0.5}),
    "network": (network, {"x": 0.5, "t": 1.0}),
}
