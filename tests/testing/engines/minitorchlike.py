"""Right: a scalar with a history of functions."""

from __future__ import annotations

import math
from dataclasses import dataclass, field


class Context:
    def __init__(self):
        self.saved = ()

    def save_for_backward(self, *v):
        self.saved = v


class ScalarFunction:
    @classmethod
    def apply(cls, *vals):
        scalars = [v if isinstance(v, Scalar) else Scalar(v) for v in vals]
        ctx = Context()
        c = cls.forward(ctx, *[s.data for s in scalars])
        return Scalar(c, ScalarHistory(cls, ctx, scalars))


class Add(ScalarFunction):
    @staticmethod
    def forward(ctx, a, b):
        return a + b

    @staticmethod
    def backward(ctx, d):
        return d, d


class Mul(ScalarFunction):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, d):
        a, b = ctx.saved
        return b * d, a * d


class Neg(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        return -a

    @staticmethod
    def backward(ctx, d):
        return (-d,)


class Inv(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return 1.0 / a

    @staticmethod
    def backward(ctx, d):
        (a,) = ctx.saved
        return (-d / a**2,)


class Log(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return math.log(a)

    @staticmethod
    def backward(ctx, d):
        (a,) = ctx.saved
        return (d / a,)


class Sigmoid(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        s = 1 / (1 + math.exp(-a)) if a >= 0 else math.exp(a) / (1 + math.exp(a))
        ctx.save_for_backward(s)
        return s

    @staticmethod
    def backward(ctx, d):
        (s,) = ctx.saved
        return (d * s * (1 - s),)


class ReLU(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return max(0.0, a)

    @staticmethod
    def backward(ctx, d):
        (a,) = ctx.saved
        return (d if a > 0 else 0.0,)


@dataclass
class ScalarHistory:
    last_fn: type = None
    ctx: Context = None
    inputs: list = field(default_factory=list)


_count = 0


@dataclass
class Scalar:
    data: float
    history: ScalarHistory | None = field(default_factory=ScalarHistory)
    derivative: float | None = None
    unique_id: int = field(default=0)

    def __post_init__(self):
        global _count
        _count += 1
        object.__setattr__(self, "unique_id", _count)
        object.__setattr__(self, "data", float(self.data))

    def __hash__(self):
        return hash(self.unique_id)

    def __mul__(self, b):
        return Mul.apply(self, b)

    def __truediv__(self, b):
        return Mul.apply(self, Inv.apply(b))

    def __rtruediv__(self, b):
        return Mul.apply(b, Inv.apply(self))

    def __add__(self, b):
        return Add.apply(self, b)

    def __sub__(self, b):
        return Add.apply(self, Neg.apply(b))

    def __rsub__(self, b):
        return Add.apply(b, Neg.apply(self))

    def __neg__(self):
        return Neg.apply(self)

    def __radd__(self, b):
        return self + b

    def __rmul__(self, b):
        return self * b

    def log(self):
        return Log.apply(self)

    def sigmoid(self):
        return Sigmoid.apply(self)

    def relu(self):
        return ReLU.apply(self)

    def is_leaf(self):
        return self.history is not None and self.history.last_fn is None

    def is_constant(self):
        return self.history is None

    def accumulate_derivative(self, x):
        if self.derivative is None:
            self.__setattr__("derivative", 0.0)
        self.__setattr__("derivative", self.derivative + x)

    def backward(self, d_output=None):
        if d_output is None:
            d_output = 1.0
        backpropagate(self, d_output)


def backpropagate(variable, deriv):
    order, seen = [], set()

    def visit(v):
        if v.unique_id in seen:
            return
        seen.add(v.unique_id)
        for i in v.history.inputs:
            visit(i)
        order.insert(0, v)

    visit(variable)
    d = {variable.unique_id: deriv}
    for v in order:
        if v.is_leaf():
            v.accumulate_derivative(d[v.unique_id])
        else:
            for i, g in zip(v.history.inputs, v.history.last_fn.backward(v.history.ctx, d[v.unique_id]), strict=False):
                d[i.unique_id] = d.get(i.unique_id, 0.0) + g
