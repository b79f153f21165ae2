"""Right: `val` and `grad_`, and a seed that must be given."""


class var:
    def __init__(self, val, children=(), op=""):
        self.val = val
        self.grad_ = 0.0
        self._back = None
        self.children = children

    def __add__(self, other):
        other = other if isinstance(other, var) else var(other)
        out = var(self.val + other.val, (self, other))

        def b():
            self.grad_ += out.grad_
            other.grad_ += out.grad_

        out._back = b
        return out

    def __mul__(self, other):
        other = other if isinstance(other, var) else var(other)
        out = var(self.val * other.val, (self, other))

        def b():
            self.grad_ += out.grad_ * other.val
            other.grad_ += out.grad_ * self.val

        out._back = b
        return out

    def __radd__(self, o):
        return self + o

    def __rmul__(self, o):
        return self * o

    def backward(self, seed):
        order, seen = [], set()
        stack = [(self, 0)]
        while stack:
            n, d = stack.pop()
            if d:
                order.append(n)
            elif n not in seen:
                seen.add(n)
                stack.append((n, 1))
                stack += [(c, 0) for c in n.children]
        for n in order:
            if n._back:
                n.grad_ = 0.0
        self.grad_ = seed
        for n in reversed(order):
            if n._back:
                n._back()
