"""Right: a generic class with slots, properties and a seed."""

from __future__ import annotations

import math
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


class Differentiable(Protocol):
    def __add__(self, o): ...
    def __mul__(self, o): ...


class Base(Generic[T]):
    __slots__ = ("_data", "_edges", "_grad")

    def __init__(self, data: T, *edges):
        self._data, self._grad, self._edges = data, None, edges

    @property
    def data(self) -> T:
        return self._data

    @property
    def grad(self):
        return self._grad


class Var(Base[float]):
    __slots__ = ()

    def __mul__(self, o):
        o = wrap(o)
        return Var(self.data * o.data, (self, o.data), (o, self.data))

    def __add__(self, o):
        o = wrap(o)
        return Var(self.data + o.data, (self, 1.0), (o, 1.0))

    def __radd__(self, o):
        return self + o

    def __rmul__(self, o):
        return self * o

    def exp(self):
        e = math.exp(self.data)
        return Var(e, (self, e))

    def backward(self, gradient: float = 1.0) -> None:
        order, seen = [], set()

        def visit(n):
            if id(n) not in seen:
                seen.add(id(n))
                for p, _ in n._edges:
                    visit(p)
                order.append(n)

        visit(self)
        acc = {id(self): gradient}
        for n in reversed(order):
            g = acc[id(n)]
            if not n._edges:
                n._grad = (n._grad or 0.0) + g
            for p, s in n._edges:
                acc[id(p)] = acc.get(id(p), 0.0) + g * s


def wrap(x):
    return x if isinstance(x, Var) else Var(float(x))
