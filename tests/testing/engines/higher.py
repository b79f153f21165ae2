"""Right: gradients are Values themselves."""

import math


class Value:
    def __init__(self, data, prev=(), label=None):
        self.data, self.prev, self.grad, self.label = data, prev, None, label

    def __add__(self, o):
        o = as_value(o)
        return Value(self.data + o.data, ((self, lambda g: g), (o, lambda g: g)))

    def __mul__(self, o):
        o = as_value(o)
        return Value(self.data * o.data, ((self, lambda g: g * o), (o, lambda g: g * self)))

    def __neg__(self):
        return Value(-self.data, ((self, lambda g: -g),))

    def __sub__(self, o):
        return self + (-as_value(o))

    def __rsub__(self, o):
        return as_value(o) - self

    __radd__ = __add__
    __rmul__ = __mul__

    def sin(self):
        return Value(math.sin(self.data), ((self, lambda g: g * self.cos()),))

    def cos(self):
        return Value(math.cos(self.data), ((self, lambda g: -(g * self.sin())),))

    def backward(self):
        order, seen = [], set()

        def visit(n):
            if id(n) not in seen:
                seen.add(id(n))
                [visit(p) for p, _ in n.prev]
                order.append(n)

        visit(self)
        for n in order:
            n.grad = None
        self.grad = Value(1.0)
        for n in reversed(order):
            for p, f in n.prev:
                g = f(n.grad)
                p.grad = g if p.grad is None else p.grad + g


def as_value(x):
    return x if isinstance(x, Value) else Value(float(x))
