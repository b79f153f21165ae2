"""Right: `gradient(f, point)` gives a list."""

import math


class Node:
    def __init__(self, v, deps=()):
        self.v, self.deps, self.adj = v, deps, 0.0

    def __mul__(self, o):
        if not isinstance(o, Node):
            return Node(self.v * o, [(self, o)])
        return Node(self.v * o.v, [(self, o.v), (o, self.v)])

    __rmul__ = __mul__

    def __add__(self, o):
        if not isinstance(o, Node):
            return Node(self.v + o, [(self, 1)])
        return Node(self.v + o.v, [(self, 1), (o, 1)])

    __radd__ = __add__

    def sin(self):
        return Node(math.sin(self.v), [(self, math.cos(self.v))])


def gradient(f, point):
    xs = [Node(p) for p in point]
    out = f(*xs)

    def push(n, a):
        n.adj += a
        for d, s in n.deps:
            push(d, a * s)

    push(out, 1.0)
    return [x.adj for x in xs]
