"""Right: operators made from a table."""

import math
import operator

RULES = {
    "add": (operator.add, lambda a, b, o: (1.0, 1.0)),
    "sub": (operator.sub, lambda a, b, o: (1.0, -1.0)),
    "mul": (operator.mul, lambda a, b, o: (b, a)),
    "truediv": (operator.truediv, lambda a, b, o: (1 / b, -a / b**2)),
}
UNARY = {
    "neg": (operator.neg, lambda a, o: -1.0),
    "exp": (math.exp, lambda a, o: o),
    "sin": (math.sin, lambda a, o: math.cos(a)),
    "log": (math.log, lambda a, o: 1 / a),
    "tanh": (math.tanh, lambda a, o: 1 - o * o),
}


class Expr:
    def __init__(self, num, inputs=(), partials=()):
        self.num, self.inputs, self.partials, self.bar = num, inputs, partials, 0

    def backprop(self):
        order, seen = [], set()

        def go(n):
            if n in seen:
                return
            seen.add(n)
            for i in n.inputs:
                go(i)
            order.append(n)

        go(self)
        for n in order:
            n.bar = 0
        self.bar = 1
        for n in reversed(order):
            for i, p in zip(n.inputs, n.partials, strict=False):
                i.bar += p * n.bar


def lift(x):
    return x if isinstance(x, Expr) else Expr(x)


def _binary(name):
    f, d = RULES[name]

    def forward(self, other):
        other = lift(other)
        o = f(self.num, other.num)
        return Expr(o, (self, other), d(self.num, other.num, o))

    def reflected(self, other):
        return forward(lift(other), self)

    setattr(Expr, f"__{name}__", forward)
    setattr(Expr, f"__r{name}__", reflected)


def _unary(name):
    f, d = UNARY[name]

    def forward(self):
        o = f(self.num)
        return Expr(o, (self,), (d(self.num, o),))

    setattr(Expr, f"__{name}__" if name == "neg" else name, forward)


for n in RULES:
    _binary(n)
for n in UNARY:
    _unary(n)
