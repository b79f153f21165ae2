"""Right: the complex step, through a function."""

import cmath

H = 1e-30


class Var:
    def __init__(self, z):
        self.z = complex(z)

    @property
    def value(self):
        return self.z.real

    @property
    def derivative(self):
        return self.z.imag / H

    def __add__(self, o):
        return Var(self.z + unwrap(o))

    def __mul__(self, o):
        return Var(self.z * unwrap(o))

    def __sub__(self, o):
        return Var(self.z - unwrap(o))

    def __rsub__(self, o):
        return Var(unwrap(o) - self.z)

    def __truediv__(self, o):
        return Var(self.z / unwrap(o))

    def __rtruediv__(self, o):
        return Var(unwrap(o) / self.z)

    def __neg__(self):
        return Var(-self.z)

    __radd__ = __add__
    __rmul__ = __mul__


def unwrap(x):
    return x.z if isinstance(x, Var) else x


def exp(x):
    return Var(cmath.exp(x.z))


def sin(x):
    return Var(cmath.sin(x.z))


def seed(x):
    return Var(complex(x, H))


def gradient(f, *xs):
    return [f(*[seed(x) if i == j else Var(x) for j, x in enumerate(xs)]).derivative for i in range(len(xs))]
