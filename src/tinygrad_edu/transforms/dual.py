"""Forward mode: a number that carries its rate of change along, so the derivative is there with the result.

A `Dual` is x + ẋ·ε: the *primal* x and the *tangent* ẋ, the derivative of x by the one input that was given the
tangent 1. Every operation already states its local gradients; forward mode multiplies each by the operand's tangent
and adds them up, at once: for z = f(x, y), ż = ∂f/∂x · ẋ + ∂f/∂y · ẏ. No graph is kept, and there is no second table
of derivatives. One pass gives the derivatives of all results by one input; reverse mode gives those of one result by
all inputs.
"""

from typing import Any, ClassVar, Self, SupportsFloat

from ..core import recording
from ..engine import NOT_COMPUTED, ONE, Value
from ..numbers.number import Number, counted

ZERO = 0  # the tangent of a constant, a whole number: such an operand has no share in the result's tangent
_new = object.__new__


class Dual(Value):
    """A number with a tangent, its rate of change along the way that is asked about.

    `data` is the primal, `tangent` the derivative; a constant, as every plain number among the operands, has tangent 0.

    >>> a, b, c = Dual(-1.0), Dual(3.0, tangent=1.0), Dual(4.0)
    >>> f = (a + b) * (b + c)  # ∂f/∂b: ẋ = 1, ẏ = 1, ḟ = 7·1 + 2·1
    >>> f.data, f.tangent
    (14.0, 9.0)
    """

    __module__ = "tinygrad_edu"

    __slots__ = ("tangent",)
    level: ClassVar[int] = -1  # so a Value may hold a Dual: reverse mode over forward mode

    def __init__(self, data: SupportsFloat, tangent: SupportsFloat = ZERO, *, label: str = "") -> None:
        super().__init__(data, label=label)
        self.tangent = counted(tangent)

    def _node(
        self,
        op: str,  # noqa: ARG002 - graphs remember it
        data: Number,
        d_self: Any,
        right: Any = None,
        d_right: Any = None,
    ) -> Self:
        """The result of an operation: local gradients times tangents, added up. `op` is not remembered."""
        tangent = _share(d_self, self.tangent)
        if d_right is not None:
            tangent = _plus(tangent, _share(d_right, right.tangent))
        return self._with_tangent(data, tangent)

    @classmethod
    def _wide(
        cls,
        op: str,  # noqa: ARG003 - as in _node
        operands: tuple[Any, ...],
        data: Number,
        local_grads: tuple[Number | None, ...],
    ) -> Self:
        tangent: Number = ZERO
        for x, local in zip(operands, local_grads, strict=True):
            if local is not None:
                tangent = _plus(tangent, _share(local, x.tangent))
        return cls._with_tangent(data, tangent)

    @classmethod
    def _leaf(cls, data: Number, label: str = "") -> Self:
        leaf = cls._with_tangent(data, ZERO)
        leaf.label = label
        return leaf

    @classmethod
    def _with_tangent(cls, data: Number, tangent: Number) -> Self:
        dual: Self = _new(cls)
        dual.data = data
        dual.tangent = ZERO if recording.open_blocks and recording.is_paused() else tangent
        dual.grad = NOT_COMPUTED
        dual.label = dual.op = ""
        dual.left = dual.right = dual.d_left = dual.d_right = None
        return dual

    def _stand_in(self, other: Any, *, is_parent: bool) -> Self:
        return self._with_tangent(other.data, other.tangent) if is_parent else self._with_tangent(other, ZERO)

    def backward(self, gradient: Number | None = None) -> None:  # noqa: ARG002 - the signature is Value's
        """Refuse: forward mode keeps no graph to go back through."""
        raise TypeError(f"{self!r} keeps no graph: its derivative is already there, in .tangent")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.data, self.tangent), (None, {"label": self.label})

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"{type(self).__name__}(data={self.data}, tangent={self.tangent}{label})"


def _share(local: Number, tangent: Number) -> Number:
    """What an operand adds to the result's tangent: local gradient times tangent.

    A constant adds nothing. Its local gradient may be infinite, and inf · 0 would be nan.
    """
    if tangent is ZERO:
        return ZERO
    return tangent if local is ONE else ZERO if local is ZERO else local * tangent


def _plus(share: Number, other: Number) -> Number:
    return other if share is ZERO else share if other is ZERO else share + other
