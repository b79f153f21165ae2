"""Right: a label comes first."""


class Variable:
    def __init__(self, label, value, parents=(), slopes=()):
        assert isinstance(label, str)
        self.label, self.value, self.grad, self.parents, self.slopes = label, float(value), 0.0, parents, slopes

    def __add__(self, o):
        o = o if isinstance(o, Variable) else Variable("c", o)
        return Variable("+", self.value + o.value, (self, o), (1.0, 1.0))

    def __mul__(self, o):
        o = o if isinstance(o, Variable) else Variable("c", o)
        return Variable("*", self.value * o.value, (self, o), (o.value, self.value))

    __radd__ = __add__
    __rmul__ = __mul__

    def compute_gradients(self):
        order, seen = [], set()

        def v(n):
            if n in seen:
                return
            seen.add(n)
            [v(p) for p in n.parents]
            order.append(n)

        v(self)
        for n in order:
            n.grad = 0.0
        self.grad = 1.0
        for n in reversed(order):
            for p, s in zip(n.parents, n.slopes, strict=False):
                p.grad += s * n.grad
