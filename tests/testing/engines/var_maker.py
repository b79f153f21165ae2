"""Right: a tape that makes its variables, and gradients asked of an object."""

import math


class Tape:
    def __init__(self):
        self.nodes = []

    def var(self, value):
        return Var(self, self.push0(), value)

    def push0(self):
        n = len(self.nodes)
        self.nodes.append(((n, 0.0), (n, 0.0)))
        return n

    def push1(self, d, w):
        n = len(self.nodes)
        self.nodes.append(((d, w), (n, 0.0)))
        return n

    def push2(self, d0, w0, d1, w1):
        n = len(self.nodes)
        self.nodes.append(((d0, w0), (d1, w1)))
        return n


class Grad:
    def __init__(self, derivs):
        self.derivs = derivs

    def wrt(self, var):
        return self.derivs[var.index]


class Var:
    def __init__(self, tape, index, value):
        self.tape, self.index, self.value = tape, index, value

    def grad(self):
        d = [0.0] * len(self.tape.nodes)
        d[self.index] = 1.0
        for i in range(len(d) - 1, -1, -1):
            for dep, w in self.tape.nodes[i]:
                if w:
                    d[dep] += w * d[i]
        return Grad(d)

    def sin(self):
        return Var(self.tape, self.tape.push1(self.index, math.cos(self.value)), math.sin(self.value))

    def __add__(self, o):
        assert isinstance(o, Var)
        return Var(self.tape, self.tape.push2(self.index, 1.0, o.index, 1.0), self.value + o.value)

    def __mul__(self, o):
        assert isinstance(o, Var)
        return Var(self.tape, self.tape.push2(self.index, o.value, o.index, self.value), self.value * o.value)
