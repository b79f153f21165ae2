"""The elementary functions of a Value: each method states its result and its local gradients, side by side.

This is all the calculus there is beyond arithmetic. Values of these functions, for any kind of number, come from
`scalar`, whose functions of the same names document them; an operation here only adds the derivatives, as arithmetic
on the same numbers, so that they can be differentiated in turn.
"""

import contextlib
import itertools
import math
from collections.abc import Callable, Iterable
from functools import partial
from types import BuiltinMethodType, FunctionType, MethodType, ModuleType
from typing import ClassVar, Self, TypeAlias, TypeVar, overload

from ..numbers import scalar
from ..numbers.number import Number, one_like, operand, primal, shown, zero_like
from ..numbers.signatures import N
from . import slopes
from .rules import deepest

LOG_2 = math.log(2)
SQRT_2 = math.sqrt(2)


class Elementary:
    """A mixin: what needs only `data`, `level`, `_node` (the result's node) and `_with_number` of a Value."""

    __slots__ = ()
    data: Number
    level: ClassVar[int]
    _node: Callable[..., Self]
    _leaf: Callable[..., Self]
    _with_number: Callable[..., Self]

    def exp(self) -> Self:
        """eˣ: ∂/∂x = eˣ, the result itself."""
        y = scalar.exp(self.data)
        return self._node("exp", y, y)

    def exp2(self) -> Self:
        """2ˣ: ∂/∂x = 2ˣ·log 2."""
        y = scalar.exp2(self.data)
        return self._node("exp2", y, y * LOG_2)

    def log(self) -> Self:
        """log x: ∂/∂x = 1/x."""
        x = self.data
        return self._node("log", scalar.log(x), one_like(x) / x)

    def log2(self) -> Self:
        """log₂ x: ∂/∂x = 1/(x·log 2)."""
        x = self.data
        return self._node("log2", scalar.log2(x), 1 / (x * LOG_2))

    def log10(self) -> Self:
        """log₁₀ x: ∂/∂x = 1/(x·log 10)."""
        x = self.data
        return self._node("log10", scalar.log10(x), one_like(x) / (x * scalar.log(10 * one_like(x))))

    def log1p(self) -> Self:
        """log(1 + x): ∂/∂x = 1/(1 + x)."""
        x = self.data
        return self._node("log1p", scalar.log1p(x), 1 / (one_like(x) + x))

    def expm1(self) -> Self:
        """eˣ - 1: ∂/∂x = eˣ."""
        x = self.data
        return self._node("expm1", scalar.expm1(x), scalar.exp(x))

    def sqrt(self) -> Self:
        """√x: ∂/∂x = 1/(2√x), inf at 0."""
        y = scalar.sqrt(self.data)
        return self._node("sqrt", y, slopes.reciprocal(2 * y))

    def cbrt(self) -> Self:
        """The cube root y: ∂/∂x = 1/(3y²), inf at 0."""
        y = scalar.cbrt(self.data)
        return self._node("cbrt", y, slopes.reciprocal(3 * y * y))

    def sin(self) -> Self:
        """sin x: ∂/∂x = cos x."""
        x = self.data
        return self._node("sin", scalar.sin(x), scalar.cos(x))

    def cos(self) -> Self:
        """cos x: ∂/∂x = -sin x."""
        x = self.data
        return self._node("cos", scalar.cos(x), -scalar.sin(x))

    def tan(self) -> Self:
        """tan x: ∂/∂x = 1 + tan² x."""
        y = scalar.tan(self.data)
        return self._node("tan", y, 1 + y * y)

    def arcsin(self) -> Self:
        """arcsin x: ∂/∂x = 1/√(1 - x²), inf at ±1."""
        x = self.data
        return self._node("arcsin", scalar.arcsin(x), slopes.reciprocal(scalar.sqrt(slopes.one_minus_square(x))))

    def arccos(self) -> Self:
        """arccos x: ∂/∂x = -1/√(1 - x²), -inf at ±1."""
        x = self.data
        return self._node("arccos", scalar.arccos(x), -slopes.reciprocal(scalar.sqrt(slopes.one_minus_square(x))))

    def arctan(self) -> Self:
        """arctan x: ∂/∂x = 1/(1 + x²)."""
        x = self.data
        return self._node("arctan", scalar.arctan(x), slopes.lorentzian(x))

    def sinh(self) -> Self:
        """sinh x: ∂/∂x = cosh x."""
        x = self.data
        return self._node("sinh", scalar.sinh(x), scalar.cosh(x))

    def cosh(self) -> Self:
        """cosh x: ∂/∂x = sinh x."""
        x = self.data
        return self._node("cosh", scalar.cosh(x), scalar.sinh(x))

    def tanh(self) -> Self:
        """tanh x: ∂/∂x = 1 - tanh² x."""
        y = scalar.tanh(self.data)
        return self._node("tanh", y, 1 - y * y)

    def arcsinh(self) -> Self:
        """arcsinh x: ∂/∂x = 1/√(1 + x²)."""
        x = self.data
        return self._node("arcsinh", scalar.arcsinh(x), one_like(x) / scalar.hypot(one_like(x), x))

    def arccosh(self) -> Self:
        """arccosh x: ∂/∂x = 1/√(x² - 1), inf at 1."""
        x = self.data
        y = scalar.arccosh(x)
        root = scalar.sqrt(x * x - 1) if primal(x) == 1 else scalar.sqrt(x - 1) * scalar.sqrt(x + 1)
        return self._node("arccosh", y, slopes.reciprocal(root))

    def arctanh(self) -> Self:
        """arctanh x: ∂/∂x = 1/(1 - x²)."""
        x = self.data
        return self._node("arctanh", scalar.arctanh(x), one_like(x) / slopes.one_minus_square(x))

    def erf(self) -> Self:
        """erf x: ∂/∂x = 2/√π · e^(-x²)."""
        x = self.data
        return self._node("erf", scalar.erf(x), slopes.bell(x))

    def sigmoid(self) -> Self:
        """σ(x) = 1/(1 + e⁻ˣ): ∂/∂x = σ(1 - σ)."""
        y = scalar.sigmoid(self.data)
        return self._node("sigmoid", y, y * (1 - y))

    def softplus(self) -> Self:
        """log(1 + eˣ): ∂/∂x = σ(x)."""
        x = self.data
        return self._node("softplus", scalar.softplus(x), scalar.sigmoid(x))

    def log_sigmoid(self) -> Self:
        """log σ(x): ∂/∂x = σ(-x)."""
        x = self.data
        return self._node("log_sigmoid", scalar.log_sigmoid(x), scalar.sigmoid(-x))

    def relu(self) -> Self:
        """max(0, x): ∂/∂x = 1 for x > 0, else 0, also at the kink."""
        x = self.data
        return self._node("relu", scalar.relu(x), slopes.step(x))

    def leaky_relu(self, slope: float = 0.01) -> Self:
        """x for x > 0, else slope·x: ∂/∂x = 1 or slope."""
        x, slope = self.data, operand("leaky_relu", slope)
        if isinstance(slope, Elementary) and slope.level >= self.level:
            raise TypeError("leaky_relu takes a number as slope; one that is learned: where(x > 0, x, slope * x)")
        is_on = slopes.step(x)
        d_self = 1 if is_on == 1 else is_on + (1 - is_on) * slope
        return self._node("leaky_relu", scalar.leaky_relu(x, slope), d_self, slope)

    def elu(self) -> Self:
        """x for x > 0, else eˣ - 1: ∂/∂x = 1 or eˣ."""
        x = self.data
        return self._node("elu", scalar.elu(x), scalar.exp(scalar.minimum(x, zero_like(x))))

    def silu(self) -> Self:
        """x·σ with σ = σ(x): ∂/∂x = σ·(1 + x·(1 - σ))."""
        x = self.data
        s = scalar.sigmoid(x)
        return self._node("silu", scalar.silu(x), s * (1 + x * (1 - s)))

    def gelu(self) -> Self:
        """x·Φ(x): ∂/∂x = Φ(x) + x·Φ′(x), where Φ′(x) = e^(-x²/2)/√(2π)."""
        x = self.data
        return self._node("gelu", scalar.gelu(x), scalar.normal(x) + x * slopes.bell(x / SQRT_2) / (2 * SQRT_2))

    def sign(self) -> Self:
        """1, -1 or 0 with the sign of x: ∂/∂x = 0."""
        return self._node("sign", scalar.sign(self.data), 0)

    def floor(self) -> Self:
        """x rounded down: ∂/∂x = 0."""
        return self._node("floor", scalar.floor(self.data), 0)

    def ceil(self) -> Self:
        """x rounded up: ∂/∂x = 0."""
        return self._node("ceil", scalar.ceil(self.data), 0)

    def hypot(self, other: "Self | Number") -> Self:
        """√(x² + y²): ∂/∂x = x/h, ∂/∂y = y/h, both 0 at the origin."""
        if type(other) is not type(self):
            return self._with_other(Elementary.hypot, other)
        x, y = self.data, other.data
        h = scalar.hypot(x, y)
        return self._node("hypot", h, slopes.part(x, y, h), other, slopes.part(y, x, h))

    def arctan2(self, other: "Self | Number") -> Self:
        """The angle of the point (x, y), for y.arctan2(x): ∂/∂y = x/h², ∂/∂x = -y/h² with h² = x² + y², 0 at h = 0."""
        if type(other) is not type(self):
            return self._with_other(Elementary.arctan2, other)
        y, x = self.data, other.data
        angle, h = scalar.arctan2(y, x), slopes.distance(x, y)
        return self._node("arctan2", angle, slopes.turn(x, y, h), other, slopes.turn(-y, x, h))

    def rarctan2(self, other: "Self | Number") -> Self:
        """arctan2(other, self): what x does in arctan2(y, x) where y is a number."""
        return self._with_other(Elementary.arctan2, other, swapped=True)

    def maximum(self, other: "Self | Number") -> Self:
        """max(x, y): the gradient goes to the larger, a tie shares it ½ and ½."""
        if type(other) is not type(self):
            return self._with_other(Elementary.maximum, other)
        x, y = self.data, other.data
        return self._node("maximum", scalar.maximum(x, y), slopes.share(x, y), other, slopes.share(y, x))

    def minimum(self, other: "Self | Number") -> Self:
        """min(x, y): the gradient goes to the smaller, a tie shares it ½ and ½."""
        if type(other) is not type(self):
            return self._with_other(Elementary.minimum, other)
        x, y = self.data, other.data
        return self._node("minimum", scalar.minimum(x, y), slopes.share(y, x), other, slopes.share(x, y))

    def _with_other(self, operation: Callable[..., object], other: "Self | Number", *, swapped: bool = False) -> Self:
        """A method of two where `other` is no node of this class; a deeper one takes it over, as with operators."""
        result = self._with_number(operation, other, swapped=swapped)
        if result is NotImplemented and isinstance(other, Elementary):
            return other._with_number(operation, self, swapped=not swapped)
        if result is NotImplemented:
            raise TypeError(f"{operation.__name__} of a Value and an array: work element by element")
        return result

    def where(self, condition: object, other: "Branch[Self]") -> Self:
        """This value if the condition holds, else `other`: the function `where` with this value first."""
        return where(condition, self, other)


# --- a choice ------------------------------------------------------------------------------------------------


T = TypeVar("T")
Branch: TypeAlias = T | Number | Callable[[], T | Number]  # of `where`: a value, or a function that is asked for it


@overload
def where(condition: object, if_true: Branch[N], if_false: N | Callable[[], N]) -> N: ...
@overload
def where(condition: object, if_true: N | Callable[[], N], if_false: Branch[N]) -> N: ...
@overload
def where(condition: object, if_true: Branch[Number], if_false: Branch[Number]) -> Number: ...
def where(condition: object, if_true: object, if_false: object) -> object:
    """`if_true` if the condition holds, else `if_false`; the gradient goes to the chosen one only.

    A branch may be a function without arguments, called only if it is chosen: so neither value nor gradient of the
    other branch has to exist. A chosen plain number becomes a Value if the other branch is one, or is a function
    that uses one by name.

    >>> from tinygrad_edu import Value, log
    >>> x = Value(0.0)
    >>> y = where(x > 0, lambda: log(x), 0.0)
    >>> y.backward()
    >>> y.data, x.grad
    (0.0, 0)
    """
    if isinstance(condition, Elementary):
        raise TypeError(f"where needs a condition, got {condition!r}: compare it, as in where(x > 0, ...)")
    if slopes.is_on_symbols(condition):
        return condition.choose(if_true, if_false)
    if isinstance(condition, list | tuple | dict):
        raise TypeError(f"where needs one condition, got {shown(condition)}: choose element by element")
    holds = condition and not (type(condition) is int and condition == -2)  # what Python makes of ~True
    chosen, other = (if_true, if_false) if holds else (if_false, if_true)
    if callable(chosen):
        chosen = chosen()
    kind = deepest([chosen, other]) or deepest(_used_by(other))
    if kind is None:
        return operand("where", chosen)
    if isinstance(chosen, Elementary) and chosen.level == kind.level:
        return chosen._node("where", chosen.data, 1)
    return kind._leaf(chosen if isinstance(chosen, Elementary) else operand("where", chosen))


def _used_by(branch: object) -> list[object]:
    """The branch itself, or the nodes that a function can reach: its variables, and what these hold."""
    if not callable(branch):
        return [branch]
    found: list[object] = []
    near: list[object] = [branch]
    seen = 0
    while near and not found and seen < SEARCHED:
        found = [thing for thing in near if isinstance(thing, Elementary)]
        seen += len(near)
        near = list(itertools.islice((part for thing in near for part in _parts(thing)), SEARCHED))
    return found


SEARCHED = 1000  # objects looked at, nearest first: a data set that a function refers to is not gone through


def _parts(thing: object) -> Iterable[object]:
    """What a function, a container or an object holds."""
    if isinstance(thing, FunctionType):
        names = thing.__code__.co_names
        named = [thing.__globals__[name] for name in names if name in thing.__globals__]
        return [*_closed_over(thing), *(thing.__defaults__ or ()), *(thing.__kwdefaults__ or {}).values(), *named]
    if isinstance(thing, MethodType | BuiltinMethodType):
        return [thing.__self__]
    if isinstance(thing, partial):
        return [thing.func, *thing.args, *thing.keywords.values()]
    if isinstance(thing, dict):
        return thing.values()
    if isinstance(thing, list | tuple | set | frozenset):
        return thing
    return () if isinstance(thing, type | ModuleType) else getattr(thing, "__dict__", {}).values()


def _closed_over(function: FunctionType) -> list[object]:
    cells = []
    for cell in function.__closure__ or ():
        with contextlib.suppress(ValueError):  # a variable that has no value yet
            cells.append(cell.cell_contents)
    return cells
