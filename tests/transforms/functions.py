"""Functions that the tests differentiate."""


def cube(x):
    return x**3


def product(x, y):
    return x * y


def two(x):
    return [x[0] * x[1], x[0] + x[1]]
