"""Right: a tape that operations need, opened in `with`."""

import math


class Tape:
    current = None

    def __init__(self):
        self.ops = []

    def __enter__(self):
        self.before, Tape.current = Tape.current, self
        return self

    def __exit__(self, *a):
        Tape.current = self.before

    def gradient(self, target, sources):
        adj = {id(target): 1.0}
        for out, pairs in reversed(self.ops):
            g = adj.get(id(out), 0.0)
            for node, slope in pairs:
                adj[id(node)] = adj.get(id(node), 0.0) + g * slope
        return [adj.get(id(s), 0.0) for s in sources]


class Variable:
    def __init__(self, value):
        self.value = float(value)

    def _new(self, value, *pairs):
        out = Variable(value)
        if Tape.current is None:
            raise RuntimeError("operations need a tape: use them within `with Tape():`")
        Tape.current.ops.append((out, pairs))
        return out

    def __mul__(self, o):
        o = as_variable(o)
        return self._new(self.value * o.value, (self, o.value), (o, self.value))

    def __add__(self, o):
        o = as_variable(o)
        return self._new(self.value + o.value, (self, 1.0), (o, 1.0))

    def __neg__(self):
        return self * -1.0

    def __sub__(self, o):
        return self + -as_variable(o)

    def __rsub__(self, o):
        return as_variable(o) - self

    __radd__ = __add__
    __rmul__ = __mul__


def as_variable(x):
    return x if isinstance(x, Variable) else Variable(x)


def sin(x):
    return x._new(math.sin(x.value), (x, math.cos(x.value)))


def tanh(x):
    t = math.tanh(x.value)
    return x._new(t, (x, 1 - t * t))
