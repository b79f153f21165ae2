"""Right: no operators: static methods of another class."""

import math


class Node:
    def __init__(self, value):
        self.value, self.gradient, self.inputs = value, 0.0, []


class Ops:
    @staticmethod
    def _n(v, *i):
        n = Node(v)
        n.inputs = list(i)
        return n

    @staticmethod
    def add(a, b):
        return Ops._n(a.value + b.value, (a, 1.0), (b, 1.0))

    @staticmethod
    def mul(a, b):
        return Ops._n(a.value * b.value, (a, b.value), (b, a.value))

    @staticmethod
    def sub(a, b):
        return Ops._n(a.value - b.value, (a, 1.0), (b, -1.0))

    @staticmethod
    def exp(a):
        e = math.exp(a.value)
        return Ops._n(e, (a, e))


class Engine:
    @staticmethod
    def backward(out):
        order, seen = [], set()

        def v(n):
            if n in seen:
                return
            seen.add(n)
            [v(p) for p, _ in n.inputs]
            order.append(n)

        v(out)
        for n in order:
            n.gradient = 0.0
        out.gradient = 1.0
        for n in reversed(order):
            for p, s in n.inputs:
                p.gradient += s * n.gradient
