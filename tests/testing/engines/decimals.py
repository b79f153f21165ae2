"""Right: Decimal numbers."""

from decimal import Decimal, getcontext

getcontext().prec = 40


class Num:
    def __init__(self, x, deps=()):
        self.x = x if isinstance(x, Decimal) else Decimal(repr(x))
        self.deps = deps
        self.g = Decimal(0)

    def __add__(self, o):
        o = lift(o)
        return Num(self.x + o.x, ((self, Decimal(1)), (o, Decimal(1))))

    def __mul__(self, o):
        o = lift(o)
        return Num(self.x * o.x, ((self, o.x), (o, self.x)))

    def __truediv__(self, o):
        o = lift(o)
        return Num(self.x / o.x, ((self, 1 / o.x), (o, -self.x / o.x**2)))

    def __sub__(self, o):
        return self + lift(o) * -1

    def __rsub__(self, o):
        return lift(o) - self

    def __rtruediv__(self, o):
        return lift(o) / self

    def __neg__(self):
        return self * -1

    __radd__ = __add__
    __rmul__ = __mul__

    def exp(self):
        e = self.x.exp()
        return Num(e, ((self, e),))

    def ln(self):
        return Num(self.x.ln(), ((self, 1 / self.x),))

    def sqrt(self):
        s = self.x.sqrt()
        return Num(s, ((self, 1 / (2 * s)),))

    def backward(self):
        order, seen = [], set()

        def visit(n):
            if id(n) in seen:
                return
            seen.add(id(n))
            for p, _ in n.deps:
                visit(p)
            order.append(n)

        visit(self)
        for n in order:
            n.g = Decimal(0)
        self.g = Decimal(1)
        for n in reversed(order):
            for p, s in n.deps:
                p.g += s * n.g


def lift(o):
    return o if isinstance(o, Num) else Num(o)
