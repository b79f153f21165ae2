"""Right: each operation is a class with forward and backward; leaves are Parameters."""

import math


class Scalar:
    def __init__(self, data, history=None):
        self.data = data
        self.history = history
        self.derivative = None

    def __add__(self, other):
        return Add.apply(self, other)

    def __mul__(self, other):
        return Mul.apply(self, other)

    def __truediv__(self, other):
        return Mul.apply(self, Inv.apply(other))

    def __neg__(self):
        return Neg.apply(self)

    def __sub__(self, other):
        return Add.apply(self, -other if isinstance(other, Scalar) else Scalar(-other))

    def __rsub__(self, other):
        return Add.apply(-self, other)

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def sigmoid(self):
        return Sigmoid.apply(self)

    def backward(self, d_output=None):
        order, seen = [], set()

        def visit(node):
            if id(node) in seen or node.history is None:
                return
            seen.add(id(node))
            if isinstance(node.history, tuple):
                for each in node.history[1]:
                    visit(each)
            order.append(node)

        visit(self)
        sums = {id(self): 1.0 if d_output is None else d_output}
        for node in reversed(order):
            above = sums[id(node)]
            if node.history == "leaf":
                node.derivative = (node.derivative or 0.0) + above
            else:
                function, inputs = node.history
                for each, slope in zip(inputs, function.backward(*[i.data for i in inputs]), strict=True):
                    sums[id(each)] = sums.get(id(each), 0.0) + slope * above


class Parameter(Scalar):
    def __init__(self, data):
        super().__init__(data, "leaf")


class Operation:
    @classmethod
    def apply(cls, *inputs):
        inputs = [each if isinstance(each, Scalar) else Scalar(each) for each in inputs]
        return Scalar(cls.forward(*[each.data for each in inputs]), (cls, inputs))


class Add(Operation):
    forward = staticmethod(lambda a, b: a + b)
    backward = staticmethod(lambda a, b: (1.0, 1.0))


class Mul(Operation):
    forward = staticmethod(lambda a, b: a * b)
    backward = staticmethod(lambda a, b: (b, a))


class Neg(Operation):
    forward = staticmethod(lambda a: -a)
    backward = staticmethod(lambda a: (-1.0,))


class Inv(Operation):
    forward = staticmethod(lambda a: 1 / a)
    backward = staticmethod(lambda a: (-1 / a**2,))


class Sigmoid(Operation):
    forward = staticmethod(lambda a: 1 / (1 + math.exp(-a)))
    backward = staticmethod(lambda a: (math.exp(-a) / (1 + math.exp(-a)) ** 2,))
