"""Right: leaves by a class method only."""

import math


class Scalar:
    def __new__(cls, *a, **k):
        raise TypeError("use Scalar.of(number)")

    @classmethod
    def _make(cls, v, *e):
        s = object.__new__(cls)
        s._v, s._g, s._e = v, 0.0, e
        return s

    @classmethod
    def of(cls, v):
        return cls._make(float(v))

    def value(self):
        return self._v

    def grad(self):
        return self._g

    def __add__(self, o):
        o = o if isinstance(o, Scalar) else Scalar.of(o)
        return Scalar._make(self._v + o._v, (self, 1.0), (o, 1.0))

    def __mul__(self, o):
        o = o if isinstance(o, Scalar) else Scalar.of(o)
        return Scalar._make(self._v * o._v, (self, o._v), (o, self._v))

    __radd__ = __add__
    __rmul__ = __mul__

    def exp(self):
        e = math.exp(self._v)
        return Scalar._make(e, (self, e))

    def backward(self):
        order, seen = [], set()

        def v(n):
            if id(n) in seen:
                return
            seen.add(id(n))
            [v(p) for p, _ in n._e]
            order.append(n)

        v(self)
        for n in order:
            n._g = 0.0
        self._g = 1.0
        for n in reversed(order):
            for p, s in n._e:
                p._g += s * n._g
