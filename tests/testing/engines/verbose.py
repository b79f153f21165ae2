"""Right: prints in each operation; log(x + ε); the slope ½ of relu at 0."""

import math

EPS = 1e-7


class Value:
    def __init__(self, data, _children=(), _op=""):
        if not isinstance(data, (int, float)):
            raise TypeError("number needed")
        self.data, self.grad, self._prev, self._op, self._backward = data, 0, set(_children), _op, lambda: None
        print("made", data)  # noqa: T201 - it is verbose

    def __add__(self, o):
        o = o if isinstance(o, Value) else Value(o)
        out = Value(self.data + o.data, (self, o), "+")

        def _backward():
            print("back +")  # noqa: T201 - it is verbose
            self.grad += out.grad
            o.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, o):
        o = o if isinstance(o, Value) else Value(o)
        out = Value(self.data * o.data, (self, o), "*")

        def _backward():
            self.grad += o.data * out.grad
            o.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __radd__(self, o):
        return self + o

    def __rmul__(self, o):
        return self * o

    def log(self):
        out = Value(math.log(self.data + EPS), (self,), "log")

        def _backward():
            self.grad += out.grad / (self.data + EPS)

        out._backward = _backward
        return out

    def relu(self):
        out = Value(max(0, self.data), (self,), "relu")

        def _backward():
            self.grad += (1 if self.data > 0 else 0.5 if self.data == 0 else 0) * out.grad

        out._backward = _backward
        return out

    def __eq__(self, o):
        return self.data == (o.data if isinstance(o, Value) else o)

    __hash__ = object.__hash__

    def zero_grad(self):
        self.grad = 0

    def backward(self):
        topo, visited = [], set()

        def build(v):
            if id(v) not in visited:
                visited.add(id(v))
                for c in v._prev:
                    build(c)
                topo.append(v)

        build(self)
        for v in topo:
            if v._prev:
                v.zero_grad()
        self.grad = 1
        for v in reversed(topo):
            v._backward()
