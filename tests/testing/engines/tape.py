"""Right: a global tape of steps; functions of the module instead of methods; other words."""

import math

steps = []


class Variable:
    def __init__(self, value):
        self.value = value
        self.gradient = 0.0

    def __add__(self, other):
        return add(self, other)

    def __radd__(self, other):
        return add(self, other)

    def __mul__(self, other):
        return mul(self, other)

    def __rmul__(self, other):
        return mul(self, other)

    def __neg__(self):
        return mul(self, -1.0)

    def __sub__(self, other):
        return add(self, -other)

    def __rsub__(self, other):
        return add(-self, other)


def record(value, *inputs):
    out = Variable(value)
    steps.append((out, inputs))
    return out


def variable(x):
    return x if isinstance(x, Variable) else Variable(x)


def add(a, b):
    a, b = variable(a), variable(b)
    return record(a.value + b.value, (a, 1.0), (b, 1.0))


def mul(a, b):
    a, b = variable(a), variable(b)
    return record(a.value * b.value, (a, b.value), (b, a.value))


def sin(x):
    return record(math.sin(x.value), (x, math.cos(x.value)))


def ln(x):
    return record(math.log(x.value), (x, 1 / x.value))


def backward(out):
    for node, _ in steps:
        node.gradient = 0.0
    out.gradient = 1.0
    for node, inputs in reversed(steps):
        for parent, slope in inputs:
            parent.gradient += slope * node.gradient
