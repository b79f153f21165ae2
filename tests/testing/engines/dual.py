"""Right: forward mode, a number and its tangent."""

import math


class Dual:
    def __init__(self, real, eps=0.0):
        self.real = real
        self.eps = eps

    def lift(self, other):
        return other if isinstance(other, Dual) else Dual(other)

    def __add__(self, other):
        other = self.lift(other)
        return Dual(self.real + other.real, self.eps + other.eps)

    def __mul__(self, other):
        other = self.lift(other)
        return Dual(self.real * other.real, self.real * other.eps + self.eps * other.real)

    def __truediv__(self, other):
        other = self.lift(other)
        return Dual(self.real / other.real, (self.eps * other.real - self.real * other.eps) / other.real**2)

    def __rtruediv__(self, other):
        return Dual(other) / self

    def __neg__(self):
        return Dual(-self.real, -self.eps)

    def __sub__(self, other):
        return self + -self.lift(other)

    def __rsub__(self, other):
        return self.lift(other) - self

    def __pow__(self, n):
        return Dual(self.real**n, n * self.real ** (n - 1) * self.eps)

    __radd__ = __add__
    __rmul__ = __mul__

    def exp(self):
        return Dual(math.exp(self.real), math.exp(self.real) * self.eps)

    def cos(self):
        return Dual(math.cos(self.real), -math.sin(self.real) * self.eps)
