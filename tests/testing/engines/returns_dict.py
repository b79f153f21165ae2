"""Right: backward returns a dict."""


class Var:
    def __init__(self, value, parents=()):
        self.value, self.parents = value, parents

    def __add__(self, o):
        o = o if isinstance(o, Var) else Var(o)
        return Var(self.value + o.value, ((self, 1.0), (o, 1.0)))

    def __mul__(self, o):
        o = o if isinstance(o, Var) else Var(o)
        return Var(self.value * o.value, ((self, o.value), (o, self.value)))

    __radd__ = __add__
    __rmul__ = __mul__

    def backward(self):
        order, seen = [], set()

        def v(n):
            if n in seen:
                return
            seen.add(n)
            [v(p) for p, _ in n.parents]
            order.append(n)

        v(self)
        g = dict.fromkeys(order, 0.0)
        g[self] = 1.0
        for n in reversed(order):
            for p, s in n.parents:
                g[p] += s * g[n]
        return g
