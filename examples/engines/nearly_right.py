"""A small engine with three mistakes, for `tinygrad-edu check`: can you find them before the kit does?"""

import math
from collections.abc import Callable


class Value:
    """A number that remembers how it came about."""

    def __init__(self, data: float, parents: tuple["Value", ...] = ()) -> None:
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.hand_down: Callable[[], None] = lambda: None

    def __add__(self, other: "Value | float") -> "Value":
        right = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + right.data, (self, right))

        def hand_down() -> None:
            self.grad += out.grad
            right.grad += out.grad

        out.hand_down = hand_down
        return out

    def __mul__(self, other: "Value | float") -> "Value":
        right = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * right.data, (self, right))

        def hand_down() -> None:
            self.grad += right.data * out.grad
            right.grad += self.data * out.grad

        out.hand_down = hand_down
        return out

    def __neg__(self) -> "Value":
        return self * -1

    def __sub__(self, other: "Value | float") -> "Value":
        return self + other * -1

    def __rsub__(self, other: float) -> "Value":
        return self - other

    __radd__ = __add__
    __rmul__ = __mul__

    def tanh(self) -> "Value":
        """The hyperbolic tangent."""
        out = Value(math.tanh(self.data), (self,))

        def hand_down() -> None:
            self.grad = (1 - out.data**2) * out.grad

        out.hand_down = hand_down
        return out

    def backward(self) -> None:
        """The gradients of this value by all that it came from."""
        order: list[Value] = []
        seen: set[Value] = set()

        def visit(node: Value) -> None:
            if node not in seen:
                seen.add(node)
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node.hand_down()
