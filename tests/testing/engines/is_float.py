"""Right as far as it goes: a float with a gradient; what it does not define, float does, without one."""


class Value(float):
    def __new__(cls, data, parents=()):
        self = super().__new__(cls, data)
        self.grad, self.parents = 0.0, parents
        return self

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(float(self) + float(other), ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(float(self) * float(other), ((self, float(other)), (other, float(self))))

    __radd__ = __add__
    __rmul__ = __mul__

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent, _ in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for parent, slope in node.parents:
                parent.grad += slope * node.grad
