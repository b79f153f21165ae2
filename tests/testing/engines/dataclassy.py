"""Right: a dataclass whose nodes are equal by value, found by identity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Scalar:
    data: float
    grad: float = 0.0
    parents: tuple[Scalar, ...] = field(default=(), repr=False)
    vjp: Callable[[float], tuple[float, ...]] | None = field(default=None, repr=False)

    def __mul__(self, other: Scalar | float) -> Scalar:
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data * other.data, 0.0, (self, other), lambda g: (g * other.data, g * self.data))

    def __add__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data + other.data, 0.0, (self, other), lambda g: (g, g))

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self):
        return self * -1

    def __sub__(self, o):
        return self + (-o)

    def __rsub__(self, o):
        return (-self) + o

    def relu(self):
        return Scalar(max(0.0, self.data), 0.0, (self,), lambda g: (g * (self.data > 0),))

    def backward(self):
        order, seen = [], []

        def visit(n):
            if any(n is s for s in seen):
                return
            seen.append(n)
            for p in n.parents:
                visit(p)
            order.append(n)

        visit(self)
        self.grad = 1.0
        for n in reversed(order):
            if n.vjp:
                for p, g in zip(n.parents, n.vjp(n.grad), strict=False):
                    p.grad += g
                n.grad = 0.0
