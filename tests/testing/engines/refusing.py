"""Right: refuses by design what it does not support, in the line of the condition; += makes a new node."""

import math


class Var:
    def __init__(self, value, parents=()):
        self.value, self.grad, self.parents = float(value), 0.0, parents

    @staticmethod
    def lift(other):
        if isinstance(other, Var): return other  # fmt: skip  # noqa: E701
        if not isinstance(other, int | float): raise TypeError("only numbers")  # fmt: skip  # noqa: E701
        return Var(other)

    def __add__(self, other):
        other = Var.lift(other)
        return Var(self.value + other.value, ((self, 1.0), (other, 1.0)))

    def __iadd__(self, other):
        return self + other

    def __isub__(self, other):
        raise NotImplementedError("not in place")

    def __mul__(self, other):
        other = Var.lift(other)
        return Var(self.value * other.value, ((self, other.value), (other, self.value)))

    def __pow__(self, n):
        if isinstance(n, Var): raise TypeError("exponents must be numbers")  # fmt: skip  # noqa: E701
        if self.value <= 0: raise ValueError("the base must be positive")  # fmt: skip  # noqa: E701
        return Var(self.value**n, ((self, n * self.value ** (n - 1)),))

    def sigmoid(self):
        if abs(self.value) > 700: raise OverflowError("too large")  # fmt: skip  # noqa: E701
        s = 1 / (1 + math.exp(-self.value))
        return Var(s, ((self, s * (1 - s)),))

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent, _ in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        for node in order:
            if node.parents:
                node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for parent, slope in node.parents:
                parent.grad += slope * node.grad
