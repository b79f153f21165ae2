"""Models that the tests of training share."""

from tinygrad_edu import Value, nn


class Line:
    """y = w·x + b from a fixed start."""

    def __init__(self, w=1.0, b=0.0):
        self.w, self.b = Value(w, label="w"), Value(b, label="b")

    def __call__(self, x):
        return self.w * x[0] + self.b

    def parameters(self):
        return [self.w, self.b]

    def numbers(self):
        return [p.data for p in self.parameters()]


def sgd(model, lr=0.05, **options):
    return nn.SGD(model.parameters(), lr=lr, **options)
