"""Right: micrograd's shape, with everything that micrograd lacks."""

import math


class Value:
    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self.parents = parents
        self._backward = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        a, b = self.data, other.data
        out = Value(a * b, (self, other))

        def _backward():
            self.grad += b * out.grad
            other.grad += a * out.grad

        out._backward = _backward
        return out

    def __pow__(self, n):
        if isinstance(n, Value):
            raise NotImplementedError("only numbers as exponents")
        a = self.data
        out = Value(a**n, (self,))

        def _backward():
            self.grad += (n * a ** (n - 1) if n else 0.0) * out.grad

        out._backward = _backward
        return out

    def __rpow__(self, base):
        out = Value(base**self.data, (self,))

        def _backward():
            self.grad += out.data * math.log(base) * out.grad

        out._backward = _backward
        return out

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return -self + other

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return self**-1 * other

    __radd__ = __add__
    __rmul__ = __mul__

    def _of_one(self, data, slope):
        out = Value(data, (self,))

        def _backward():
            self.grad += slope * out.grad

        out._backward = _backward
        return out

    def exp(self):
        e = math.exp(self.data)
        return self._of_one(e, e)

    def log(self):
        return self._of_one(math.log(self.data), 1 / self.data)

    def tanh(self):
        t = math.tanh(self.data)
        return self._of_one(t, 1 - t * t)

    def relu(self):
        return self._of_one(max(self.data, 0.0), float(self.data > 0))

    def sigmoid(self):
        s = 0.5 * (1 + math.tanh(self.data / 2))
        return self._of_one(s, s * (1 - s))

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, is_done = stack.pop()
            if is_done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        for node in order:
            if node.parents:
                node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            node._backward()
