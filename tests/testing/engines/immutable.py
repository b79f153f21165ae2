"""Right: immutable tuples; gradients in a dict by id."""

import math
from typing import NamedTuple


class Var(NamedTuple):
    value: float
    local: tuple = ()

    def __add__(self, o):
        return add(self, o)

    def __radd__(self, o):
        return add(o, self)

    def __mul__(self, o):
        return mul(self, o)

    def __rmul__(self, o):
        return mul(o, self)

    def __sub__(self, o):
        return add(self, neg(o))

    def __neg__(self):
        return neg(self)


def con(x):
    return x if isinstance(x, Var) else Var(float(x))


def add(a, b):
    a, b = con(a), con(b)
    return Var(a.value + b.value, ((a, 1.0), (b, 1.0)))


def mul(a, b):
    a, b = con(a), con(b)
    return Var(a.value * b.value, ((a, b.value), (b, a.value)))


def neg(a):
    a = con(a)
    return Var(-a.value, ((a, -1.0),))


def sin(a):
    return Var(math.sin(a.value), ((a, math.cos(a.value)),))


def get_gradients(variable):
    gradients = {}

    def compute(v, path):
        for child, slope in v.local:
            gradients[id(child)] = gradients.get(id(child), 0.0) + path * slope
            compute(child, path * slope)

    compute(variable, 1.0)
    return gradients
