"""Right, to seven digits: every number is rounded as float32 would."""

import struct


def rounded(x):
    return struct.unpack("f", struct.pack("f", x))[0]


class Scalar:
    def __init__(self, data, inputs=()):
        self.data = rounded(data)
        self.grad = 0.0
        self.inputs = inputs

    def __add__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data * other.data, ((self, other.data), (other, self.data)))

    def __truediv__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        slopes = rounded(1 / other.data), rounded(-self.data / other.data**2)
        return Scalar(self.data / other.data, ((self, slopes[0]), (other, slopes[1])))

    __radd__ = __add__
    __rmul__ = __mul__

    def exp(self):
        e = rounded(2.718281828459045**self.data)
        return Scalar(e, ((self, e),))

    def backward(self, above=1.0):
        """Along each path: slow where much is shared, but right."""
        self.grad = rounded(self.grad + above)
        for each, slope in self.inputs:
            each.backward(slope * above)
