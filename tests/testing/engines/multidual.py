"""Right: dual numbers with all partial derivatives at once."""

import math

import numpy as np


class Dual:
    def __init__(self, real, dual):
        self.real, self.dual = real, np.asarray(dual, float)

    def __add__(self, o):
        o = d(o, self)
        return Dual(self.real + o.real, self.dual + o.dual)

    def __mul__(self, o):
        o = d(o, self)
        return Dual(self.real * o.real, self.real * o.dual + o.real * self.dual)

    def __sub__(self, o):
        o = d(o, self)
        return Dual(self.real - o.real, self.dual - o.dual)

    def __truediv__(self, o):
        o = d(o, self)
        return Dual(self.real / o.real, (self.dual * o.real - self.real * o.dual) / o.real**2)

    def __neg__(self):
        return Dual(-self.real, -self.dual)

    def __pow__(self, n):
        return Dual(self.real**n, n * self.real ** (n - 1) * self.dual)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, o):
        return d(o, self) - self

    def __rtruediv__(self, o):
        return d(o, self) / self


def d(o, like):
    return o if isinstance(o, Dual) else Dual(float(o), np.zeros_like(like.dual))


def sin(x):
    return Dual(math.sin(x.real), math.cos(x.real) * x.dual)


def exp(x):
    return Dual(math.exp(x.real), math.exp(x.real) * x.dual)


def variables(*xs):
    return [Dual(x, row) for x, row in zip(xs, np.eye(len(xs)), strict=False)]
