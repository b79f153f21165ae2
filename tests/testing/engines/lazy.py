"""Right: the graph is built first; values come with forward(), gradients with backward() after it."""


class Node:
    def __init__(self, value=None):
        self.value = value
        self.grad = 0.0

    def __add__(self, other):
        return Add(self, other if isinstance(other, Node) else Const(other))

    def __mul__(self, other):
        return Mul(self, other if isinstance(other, Node) else Const(other))

    __radd__ = __add__
    __rmul__ = __mul__


class Const(Node):
    def forward(self):
        return self.value

    def backward(self, gradient=1.0):
        pass


class Variable(Const):
    def backward(self, gradient=1.0):
        self.grad += gradient


class Add(Node):
    def __init__(self, left, right):
        super().__init__()
        self.left, self.right = left, right

    def forward(self):
        self.value = self.left.forward() + self.right.forward()
        return self.value

    def backward(self, gradient=1.0):
        self.left.backward(gradient)
        self.right.backward(gradient)


class Mul(Add):
    def forward(self):
        self.value = self.left.forward() * self.right.forward()
        return self.value

    def backward(self, gradient=1.0):
        self.left.backward(gradient * self.right.value)
        self.right.backward(gradient * self.left.value)
