"""The usual small engine, for comparison: slots, a tuple of parents, a tuple of local gradients, a recursive sort.

This is how microgpt's Value works. A constant becomes a node, subtraction and division are made of other operations.
"""

import math


class Value:
    """A number that remembers its parents and the derivative by each of them."""

    __slots__ = ("data", "grad", "local_grads", "parents")

    def __init__(self, data: float, parents: tuple["Value", ...] = (), local_grads: tuple[float, ...] = ()) -> None:
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.local_grads = local_grads

    def __add__(self, other: "Value | float") -> "Value":
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other: "Value | float") -> "Value":
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n: float) -> "Value":
        return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

    def exp(self) -> "Value":
        """eˣ."""
        y = math.exp(self.data)
        return Value(y, (self,), (y,))

    def log(self) -> "Value":
        """log x."""
        return Value(math.log(self.data), (self,), (1 / self.data,))

    def relu(self) -> "Value":
        """max(0, x)."""
        return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

    def __neg__(self) -> "Value":
        return self * -1

    def __radd__(self, other: "Value | float") -> "Value":
        return self + other

    def __sub__(self, other: "Value | float") -> "Value":
        return self + (-other)

    def __rsub__(self, other: "Value | float") -> "Value":
        return other + (-self)

    def __rmul__(self, other: "Value | float") -> "Value":
        return self * other

    def __truediv__(self, other: "Value | float") -> "Value":
        return self * other**-1

    def __rtruediv__(self, other: "Value | float") -> "Value":
        return other * self**-1

    def backward(self) -> None:
        """Fill the gradients of all this value was computed from."""
        order: list[Value] = []
        visited = set()

        def visit(node: Value) -> None:
            if node not in visited:
                visited.add(node)
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for parent, local in zip(node.parents, node.local_grads):  # noqa: B905 as fast as it can be
                parent.grad += local * node.grad
