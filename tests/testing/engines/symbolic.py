"""Right: derivatives that are expressions."""

import math


class Expr:
    def __add__(self, o):
        return Sum(self, e(o))

    def __mul__(self, o):
        return Prod(self, e(o))

    def __radd__(self, o):
        return Sum(e(o), self)

    def __rmul__(self, o):
        return Prod(e(o), self)

    def __sub__(self, o):
        return Sum(self, Prod(Const(-1.0), e(o)))

    def __rsub__(self, o):
        return Sum(e(o), Prod(Const(-1.0), self))

    def __neg__(self):
        return Prod(Const(-1.0), self)


class Const(Expr):
    def __init__(self, c):
        self.c = c

    def eval(self):
        return self.c

    def diff(self, v):
        return Const(0.0)


class Var(Expr):
    def __init__(self, value):
        self.value = value

    def eval(self):
        return self.value

    def diff(self, v):
        return Const(1.0 if v is self else 0.0)


class Sum(Expr):
    def __init__(self, a, b):
        self.a, self.b = a, b

    def eval(self):
        return self.a.eval() + self.b.eval()

    def diff(self, v):
        return Sum(self.a.diff(v), self.b.diff(v))


class Prod(Expr):
    def __init__(self, a, b):
        self.a, self.b = a, b

    def eval(self):
        return self.a.eval() * self.b.eval()

    def diff(self, v):
        return Sum(Prod(self.a.diff(v), self.b), Prod(self.a, self.b.diff(v)))


class Sin(Expr):
    def __init__(self, a):
        self.a = a

    def eval(self):
        return math.sin(self.a.eval())

    def diff(self, v):
        return Prod(Cos(self.a), self.a.diff(v))


class Cos(Expr):
    def __init__(self, a):
        self.a = a

    def eval(self):
        return math.cos(self.a.eval())

    def diff(self, v):
        return Prod(Const(-1.0), Prod(Sin(self.a), self.a.diff(v)))


def sin(x):
    return Sin(x)


def e(o):
    return o if isinstance(o, Expr) else Const(float(o))
