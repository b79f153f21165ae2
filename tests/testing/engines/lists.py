"""Right: data is a list of one number, or an array of one where there is NumPy; gradients are Tensors themselves."""


class Box:
    """Stands for an array of one number."""

    shape = ()

    def __init__(self, x):
        self.x = float(getattr(x, "x", x))

    def item(self):
        return self.x


class Tensor:
    def __init__(self, data, inputs=()):
        self.data = data if isinstance(data, Box) else Box(data)
        self.inputs = inputs
        self.grad = None

    def __add__(self, other):
        return Tensor(self.data.x + other.data.x, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        return Tensor(self.data.x * other.data.x, ((self, other.data.x), (other, self.data.x)))

    def square(self):
        return Tensor(self.data.x**2, ((self, 2 * self.data.x),))

    def zero_grad(self):
        self.grad = None

    def backward(self, gradient=None):
        above = Tensor(1.0) if gradient is None else gradient
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for each, _ in node.inputs:
                    visit(each)
                order.append(node)

        visit(self)
        passed = {id(self): above.data.x}
        for node in reversed(order):
            got = passed[id(node)]
            node.grad = Tensor(got + (node.grad.data.x if node.grad else 0.0))
            for each, slope in node.inputs:
                passed[id(each)] = passed.get(id(each), 0.0) + slope * got
