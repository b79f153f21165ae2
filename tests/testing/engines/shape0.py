"""Right: tensors of shape ()."""

import numpy as np


class Tensor:
    __array_priority__ = 1000

    def __init__(self, data, requires_grad=False, _ctx=None):
        self.data = np.asarray(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad = None
        self._ctx = _ctx

    @property
    def shape(self):
        return self.data.shape

    def item(self):
        return self.data.item()

    def _make(self, data, *pairs):
        req = any(p.requires_grad for p, _ in pairs)
        return Tensor(data, req, pairs if req else None)

    def __mul__(self, o):
        o = tensor(o)
        return self._make(self.data * o.data, (self, lambda g: g * o.data), (o, lambda g: g * self.data))

    def __add__(self, o):
        o = tensor(o)
        return self._make(self.data + o.data, (self, lambda g: g), (o, lambda g: g))

    __rmul__ = __mul__
    __radd__ = __add__

    def __neg__(self):
        return self * -1.0

    def __sub__(self, o):
        return self + (-tensor(o))

    def __rsub__(self, o):
        return tensor(o) - self

    def __pow__(self, n):
        assert isinstance(n, (int, float)), "only constant powers"
        return self._make(self.data**n, (self, lambda g: g * n * self.data ** (n - 1)))

    def __truediv__(self, o):
        return self * tensor(o) ** -1

    def __rtruediv__(self, o):
        return tensor(o) * self**-1

    def exp(self):
        e = np.exp(self.data)
        return self._make(e, (self, lambda g: g * e))

    def log(self):
        return self._make(np.log(self.data), (self, lambda g: g / self.data))

    def tanh(self):
        t = np.tanh(self.data)
        return self._make(t, (self, lambda g: g * (1 - t * t)))

    def backward(self, grad=None):
        if grad is None:
            if self.shape != ():
                raise RuntimeError("scalar only")
            grad = np.ones_like(self.data)
        order, seen = [], set()

        def visit(t):
            if id(t) in seen:
                return
            seen.add(id(t))
            for p, _ in t._ctx or ():
                visit(p)
            order.append(t)

        visit(self)
        hand_down(order, {id(self): grad})


def hand_down(order, acc):
    for t in reversed(order):
        g = acc.get(id(t))
        if t._ctx is None and t.requires_grad:
            t.grad = g if t.grad is None else t.grad + g
        for p, back in t._ctx or ():
            if p.requires_grad:
                acc[id(p)] = acc.get(id(p), 0.0) + back(g)


def tensor(x):
    return x if isinstance(x, Tensor) else Tensor(x)
