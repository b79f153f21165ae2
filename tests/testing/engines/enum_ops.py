"""Right: operations as an enum, and one match."""

import math
from enum import Enum, auto


class Op(Enum):
    LEAF = auto()
    ADD = auto()
    MUL = auto()
    POW = auto()
    TANH = auto()
    EXP = auto()


class Value:
    __slots__ = ("args", "const", "data", "grad", "op")

    def __init__(self, data, op=Op.LEAF, args=(), const=None):
        self.data = data
        self.grad = 0.0
        self.op = op
        self.args = args
        self.const = const

    @staticmethod
    def ensure(x):
        return x if isinstance(x, Value) else Value(float(x))

    def __add__(self, o):
        o = self.ensure(o)
        return Value(self.data + o.data, Op.ADD, (self, o))

    def __mul__(self, o):
        o = self.ensure(o)
        return Value(self.data * o.data, Op.MUL, (self, o))

    def __pow__(self, n):
        if not isinstance(n, (int, float)):
            raise NotImplementedError("only numbers as exponents")
        return Value(self.data**n, Op.POW, (self,), n)

    def tanh(self):
        return Value(math.tanh(self.data), Op.TANH, (self,))

    def exp(self):
        return Value(math.exp(self.data), Op.EXP, (self,))

    def __radd__(self, o):
        return self + o

    def __rmul__(self, o):
        return self * o

    def __neg__(self):
        return self * -1

    def __sub__(self, o):
        return self + (-self.ensure(o))

    def __rsub__(self, o):
        return self.ensure(o) - self

    def __truediv__(self, o):
        return self * self.ensure(o) ** -1

    def __rtruediv__(self, o):
        return self.ensure(o) * self**-1

    def _step(self):
        g = self.grad
        match self.op, self.args:
            case Op.ADD, (a, b):
                a.grad += g
                b.grad += g
            case Op.MUL, (a, b):
                a.grad += g * b.data
                b.grad += g * a.data
            case Op.POW, (a,):
                a.grad += g * self.const * a.data ** (self.const - 1)
            case Op.TANH, (a,):
                a.grad += g * (1 - self.data**2)
            case Op.EXP, (a,):
                a.grad += g * self.data

    def backward(self):
        topo, seen = [], set()

        def build(v):
            if v not in seen:
                seen.add(v)
                for c in v.args:
                    build(c)
                topo.append(v)

        build(self)
        for v in topo:
            if v.op is not Op.LEAF:
                v.grad = 0.0
        self.grad = 1.0
        for v in reversed(topo):
            v._step()
