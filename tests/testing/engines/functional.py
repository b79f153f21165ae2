"""Right: functions of functions only, through the adapter at the end."""

import math


class Box:
    def __init__(self, x, links):
        self.x, self.links = x, links

    def __add__(self, other):
        return Box(self.x + unboxed(other), [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Box(self.x * unboxed(other), [(self, unboxed(other)), (other, self.x)])

    __radd__ = __add__
    __rmul__ = __mul__


def unboxed(x):
    return x.x if isinstance(x, Box) else x


def exp(x):
    return Box(math.exp(x.x), [(x, math.exp(x.x))])


def value_and_gradient(f):
    def both(*xs):
        boxes = [Box(x, []) for x in xs]
        sums = {}

        def walk(box, above):
            sums[id(box)] = sums.get(id(box), 0.0) + above
            for each, slope in box.links:
                if isinstance(each, Box):
                    walk(each, above * slope)

        out = f(*boxes)
        walk(out, 1.0)
        return unboxed(out), [sums.get(id(box), 0.0) for box in boxes]

    return both


def run(f, xs):
    return value_and_gradient(f)(*xs)
