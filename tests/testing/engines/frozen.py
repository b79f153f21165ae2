"""Right: frozen dataclasses; gradients in a dict by node."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Node:
    value: float
    parents: tuple[tuple[Node, float], ...] = ()

    def __add__(self, o):
        o = const(o)
        return Node(self.value + o.value, ((self, 1.0), (o, 1.0)))

    def __mul__(self, o):
        o = const(o)
        return Node(self.value * o.value, ((self, o.value), (o, self.value)))

    def __sub__(self, o):
        o = const(o)
        return Node(self.value - o.value, ((self, 1.0), (o, -1.0)))

    def __truediv__(self, o):
        o = const(o)
        return Node(self.value / o.value, ((self, 1 / o.value), (o, -self.value / o.value**2)))

    def __pow__(self, n):
        return Node(self.value**n, ((self, n * self.value ** (n - 1)),))

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, o):
        return const(o) - self

    def __rtruediv__(self, o):
        return const(o) / self


def const(x):
    return x if isinstance(x, Node) else Node(float(x))


def exp(x):
    e = math.exp(x.value)
    return Node(e, ((x, e),))


def gradients(root):
    order, seen = [], set()

    def visit(n):
        if n in seen:
            return
        seen.add(n)
        for p, _ in n.parents:
            visit(p)
        order.append(n)

    visit(root)
    out = defaultdict(float)
    out[root] = 1.0
    for n in reversed(order):
        for p, s in n.parents:
            out[p] += s * out[n]
    return dict(out)
