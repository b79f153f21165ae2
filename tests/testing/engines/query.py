"""Right: the result is asked for its derivative by a leaf; numbers are kept exactly as given."""


class Expr:
    def __init__(self, value, gradient=None):
        self._value = value
        self._by = gradient if gradient is not None else {id(self): 1}

    def value(self):
        return self._value

    def __add__(self, other):
        other = other if isinstance(other, Expr) else Expr(other, {})
        keys = {**self._by, **other._by}
        return Expr(self._value + other._value, {k: self._by.get(k, 0) + other._by.get(k, 0) for k in keys})

    def __mul__(self, other):
        other = other if isinstance(other, Expr) else Expr(other, {})
        a, b = self._value, other._value
        keys = {**self._by, **other._by}
        return Expr(a * b, {k: b * self._by.get(k, 0) + a * other._by.get(k, 0) for k in keys})

    __radd__ = __add__
    __rmul__ = __mul__

    def derivative(self, leaf):
        return self._by.get(id(leaf), 0)
