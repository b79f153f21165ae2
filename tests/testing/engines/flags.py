"""Right: leaves need requires_grad=True, and the second pass is refused, as in PyTorch."""

import math


class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = data
        self.requires_grad = requires_grad
        self.grad = None
        self._inputs = ()
        self._freed = False

    @staticmethod
    def _make(data, *inputs):
        out = Tensor(data, requires_grad=any(each.requires_grad for each, _ in inputs))
        out._inputs = tuple((each, slope) for each, slope in inputs if each.requires_grad)
        return out

    @staticmethod
    def _wrap(x):
        return x if isinstance(x, Tensor) else Tensor(x)

    def __add__(self, other):
        other = self._wrap(other)
        return self._make(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        other = self._wrap(other)
        return self._make(self.data * other.data, (self, other.data), (other, self.data))

    def __sub__(self, other):
        other = self._wrap(other)
        return self._make(self.data - other.data, (self, 1.0), (other, -1.0))

    def __rsub__(self, other):
        return self._wrap(other) - self

    __radd__ = __add__
    __rmul__ = __mul__

    def tanh(self):
        t = math.tanh(self.data)
        return self._make(t, (self, 1 - t**2))

    def backward(self, gradient=1.0):
        if not self.requires_grad:
            raise RuntimeError("does not require grad")
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for each, _ in node._inputs:
                    visit(each)
                order.append(node)

        visit(self)
        gradients = {id(self): gradient}
        for node in reversed(order):
            if node._freed:
                raise RuntimeError("the graph was used already")
            above = gradients.pop(id(node), 0.0)
            if not node._inputs:
                node.grad = above if node.grad is None else node.grad + above
            for each, slope in node._inputs:
                gradients[id(each)] = gradients.get(id(each), 0.0) + slope * above
        for node in order:
            node._freed = bool(node._inputs)
