"""What comes back through a branch that was not taken: the smaller operand of a maximum, a relu that is off."""

from ..numbers.number import Number, primal

ZERO = 0  # that of a branch that was not taken: through it nothing comes back, be it inf or nan


class _Nothing(float):
    """What comes back through a branch that was not taken: 0, whatever it is multiplied by, be that inf or nan.

    It is there during a backward pass only; what remains in a node's `grad` is 0.0.
    """

    __slots__ = ()

    def __mul__(self, other: object) -> "_Nothing":  # of any number
        return self

    def __add__(self, other: Number) -> Number:
        return other

    __rmul__, __radd__ = __mul__, __add__


NOTHING = _Nothing(0.0)


def nothing(upstream: Number) -> Number:
    """What comes back through a branch that was not taken: 0 in the arithmetic of the gradient."""
    if type(primal(upstream)) in (float, _Nothing):
        return NOTHING
    zero = upstream * ZERO
    return zero if primal(zero) == 0 else 0.0
