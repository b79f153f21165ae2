"""Right: numbers of NumPy."""

import numpy as np


class Value:
    def __init__(self, data, _prev=(), _grads=()):
        self.data = np.float64(data)
        self.grad = np.float64(0)
        self._prev, self._grads = _prev, _grads

    def _lift(o):
        return o if isinstance(o, Value) else Value(o)

    def __add__(self, o):
        o = Value._lift(o)
        return Value(self.data + o.data, (self, o), (1.0, 1.0))

    def __mul__(self, o):
        o = Value._lift(o)
        return Value(self.data * o.data, (self, o), (o.data, self.data))

    def __pow__(self, n):
        if isinstance(n, Value):
            return Value(
                self.data**n.data,
                (self, n),
                (n.data * self.data ** (n.data - 1), self.data**n.data * np.log(self.data)),
            )
        return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

    def __rpow__(self, b):
        return Value(b) ** self

    def __neg__(self):
        return self * -1

    def __sub__(self, o):
        return self + (-Value._lift(o))

    def __rsub__(self, o):
        return Value._lift(o) - self

    def __truediv__(self, o):
        return self * Value._lift(o) ** -1

    def __rtruediv__(self, o):
        return Value._lift(o) * self**-1

    __radd__ = __add__
    __rmul__ = __mul__

    def tanh(self):
        t = np.tanh(self.data)
        return Value(t, (self,), (1 - t**2,))

    def sigmoid(self):
        s = 1 / (1 + np.exp(-self.data))
        return Value(s, (self,), (s * (1 - s),))

    def log(self):
        return Value(np.log(self.data), (self,), (1 / self.data,))

    def sqrt(self):
        return Value(np.sqrt(self.data), (self,), (0.5 / np.sqrt(self.data),))

    def relu(self):
        return Value(np.maximum(self.data, 0), (self,), (np.where(self.data > 0, 1.0, 0.0),))

    def backward(self):
        order, seen = [], set()

        def visit(n):
            if n not in seen:
                seen.add(n)
                [visit(p) for p in n._prev]
                order.append(n)

        visit(self)
        for n in order:
            if n._prev:
                n.grad = np.float64(0)
        self.grad = np.float64(1)
        for n in reversed(order):
            for p, g in zip(n._prev, n._grads, strict=False):
                p.grad = p.grad + g * n.grad
