"""Right: each pass begins with zeros, in the leaves too."""


class Value:
    _ids = 0

    def __init__(self, data, prev=(), back=None, label=""):
        Value._ids += 1
        self.id = Value._ids
        self.data, self.prev, self.back, self.label, self.grad = data, prev, back, label, 0.0

    def __repr__(self):
        return f"Value({self.data})"

    def __add__(self, o):
        o = o if isinstance(o, Value) else Value(o)
        return Value(self.data + o.data, (self, o), lambda g: (g, g))

    def __mul__(self, o):
        o = o if isinstance(o, Value) else Value(o)
        a, b = self.data, o.data
        return Value(a * b, (self, o), lambda g: (g * b, g * a))

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self):
        return self * -1

    def __sub__(self, o):
        return self + (-o)

    def __rsub__(self, o):
        return (-self) + o

    def nodes(self):
        found, todo = {}, [self]
        while todo:
            n = todo.pop()
            if n.id not in found:
                found[n.id] = n
                todo.extend(n.prev)
        return sorted(found.values(), key=lambda n: n.id)

    def zero_grad(self):
        for n in self.nodes():
            n.grad = 0.0

    def backward(self):
        self.zero_grad()
        self.grad = 1.0
        for n in reversed(self.nodes()):
            if n.back:
                for p, g in zip(n.prev, n.back(n.grad), strict=False):
                    p.grad += g
