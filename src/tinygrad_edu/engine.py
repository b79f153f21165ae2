"""The engine: a Value remembers how it was computed, and `backward` applies the chain rule to what it remembers.

Each operation on Values makes a node that holds its result, its parents, and its *local gradients*: the
derivative of the result by each parent. For f = x·y these are ∂f/∂x = y and ∂f/∂y = x. `backward` visits the
nodes from the result to the leaves; each hands every parent its own gradient times the local gradient (the chain
rule), and a parent that is used several times adds up what it is handed (gradients add at branches).
"""

import functools
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ClassVar, Self, SupportsFloat, TypeAlias

from .core import copying, recording, slopes, turns
from .core.comparison import Comparable
from .core.elementary import Elementary
from .core.restoring import wholly
from .core.untaken import NOTHING, ZERO, nothing
from .mistakes.elsewhere import OF_VALUES, Absent
from .numbers.kinds import divide, power
from .numbers.number import (
    Number,
    binary_text,
    brief,
    checked_label,
    counted,
    explained,
    is_array,
    one_like,
    partner,
    primal,
    shown,
)


class _NotComputed(int):
    """The gradient before any backward pass: it counts as 0, and pictures can tell it from a computed 0."""

    __slots__ = ()

    def __reduce__(self) -> str:
        return "NOT_COMPUTED"  # copies and pickles stay this one object


NOT_COMPUTED = _NotComputed()


LocalGrads: TypeAlias = Number | tuple[Number | None, ...]  # by one operand, or by many; None for a plain number
ONE = 1  # the local gradient that is passed on without a multiplication
_new = object.__new__


class Value(Elementary, Comparable, copying.Copied):
    """A number that remembers how it was computed, so that `backward` can differentiate it.

    `data` is the number: a float, or any other kind with arithmetic (int, Fraction, Decimal, a SymPy symbol).
    `grad` is the derivative of whatever `backward` was called on by this value; it counts as 0 before that.
    `label` is a name for pictures and explanations.

    Raises TypeError for what is not one real number.

    >>> a, b, c = Value(-1.0), Value(3.0), Value(4.0)
    >>> f = (a + b) * (b + c)
    >>> f.backward()
    >>> f.data, a.grad, b.grad, c.grad
    (14.0, 7.0, 9.0, 2.0)
    """

    __module__ = "tinygrad_edu"

    # `left` and `right` are the operands, Values or plain numbers; `d_left` and `d_right` their local gradients,
    # None for a number. A node of many operands keeps tuples in `left` and `d_left` (docs/design.md, "Layout").
    __slots__ = ("d_left", "d_right", "data", "grad", "label", "left", "op", "right")
    level: ClassVar[int] = 0  # nested transforms use deeper subclasses; see _with_number

    def __init__(self, data: SupportsFloat, _children: Iterable["Value"] = (), _op: str = "", label: str = "") -> None:
        if isinstance(data, Value) and data.level >= self.level:
            raise TypeError("this is a Value already: use it as it is, or its .data for the number alone")
        self.data: Number = data if type(data) is float else counted(data)
        self.grad: Number = NOT_COMPUTED
        self.label = checked_label(label)
        self.op = ""
        self.left: Any = None
        self.right: Any = None
        self.d_left: Any = None
        self.d_right: Any = None
        if _children != ():
            self._made_by_hand(_children, _op)
        if recording.observed_blocks:
            recording.tell(self)

    def _made_by_hand(self, parents: Iterable["Value"], op: str) -> None:
        """The node of an operation of one's own, as micrograd makes it; `_backward` is to be assigned next."""
        if isinstance(parents, str):
            raise TypeError(f"a label is given by name: Value({brief(self.data)}, label={parents!r})")
        parents = tuple(dict.fromkeys(parents)) if isinstance(parents, Iterable) else (parents,)
        if not all(isinstance(x, Value) for x in parents):
            raise TypeError(f"the second argument of Value is the parents, a tuple of Values, got {shown(parents)}")
        if parents and not recording.is_paused():
            self.op = op or "by hand"
            self.left, self.d_left = parents, (math.nan,) * len(parents)

    # --- what a node remembers -------------------------------------------------------------------------------

    @property
    def operands(self) -> tuple["Value | Number", ...]:
        """What the operation was applied to, in order: Values and plain numbers."""
        if type(self.left) is tuple:
            return self.left
        return tuple(x for x in (self.left, self.right) if x is not None)

    @property
    def parents(self) -> tuple["Value", ...]:
        """The operands that are Values; a Value used twice is there twice."""
        return tuple(parent for parent, _ in self.edges())

    @property
    def local_grads(self) -> tuple[Number, ...]:
        """The derivative of this node by each of its parents."""
        return tuple(local for _, local in self.edges())

    def edges(self) -> Iterator[tuple["Value", Number]]:
        """Each parent with the local gradient: the derivative of this node by that parent."""
        operands, local_grads = self.left, self.d_left
        if type(operands) is not tuple:
            operands, local_grads = (self.left, self.right), (self.d_left, self.d_right)
        return ((x, d) for x, d in zip(operands, local_grads, strict=True) if d is not None)

    def _node(
        self,
        op: str,
        data: Number,
        d_self: LocalGrads,
        right: "Value | Number | None" = None,
        d_right: Number | None = None,
    ) -> Self:
        """The result of an operation on this value (and another), with the local gradients."""
        node: Self = _new(self.__class__)
        node.data = data
        node.grad = NOT_COMPUTED
        node.label = ""
        if recording.open_blocks and recording.is_forgotten(node):
            node.op = ""
            node.left = node.right = node.d_left = node.d_right = None
            return node
        node.op = op
        node.left, node.right = self, right
        node.d_left, node.d_right = d_self, d_right
        return node

    @classmethod
    def _leaf(cls, data: Number, label: str = "") -> Self:
        leaf: Self = copying.rebuild((), cls, data, NOT_COMPUTED, label, "", None, None, None, None)
        return leaf

    @classmethod
    def _wide(cls, op: str, operands: tuple[object, ...], data: Number, local_grads: tuple[Number | None, ...]) -> Self:
        """The result of an operation on many operands; the local gradient of a number among them is None."""
        node = cls._node(_new(cls), op, data, local_grads)
        if node.op:
            node.left = operands
        return node

    def _with_number(self, operation: Callable[..., Any], other: Any, *, swapped: bool = False) -> Self:
        """`operation` where `other` is no node of this class: mostly a plain number, which is kept as it is.

        Under nested transforms it may be a node of another level. To the deeper of the two, the shallower one is
        a constant; a shallower `self` declines, and Python asks `other`.
        """
        is_parent = False
        if type(other) is not float:  # nearly always it is one
            if type(self.data) is not float:
                _check(self)
            if type(other) is int:
                pass
            elif isinstance(other, Value):
                if other.level > self.level:
                    return NotImplemented  # type: ignore[no-any-return]
                is_parent = other.level == self.level  # of a subclass that adds methods
            elif is_array(other):
                return NotImplemented  # type: ignore[no-any-return]  # NumPy goes through an array of Values itself
            else:
                other = partner(operation.__name__, self.data, other, swapped=swapped)
        stand_in = self._stand_in(other, is_parent=is_parent)
        node: Self = operation(stand_in, self) if swapped else operation(self, stand_in)
        if node.left is stand_in:
            node.left, node.d_left = other, node.d_left if is_parent else None
        if node.right is stand_in:
            node.right, node.d_right = other, node.d_right if is_parent else None
        return node

    def _stand_in(self, other: Any, *, is_parent: bool) -> Self:
        stand_in: Self = _new(self.__class__)
        stand_in.data = other.data if is_parent else other
        return stand_in

    # --- arithmetic: each operation states its result and its local gradients --------------------------------

    def __add__(self, other: "Value | Number") -> Self:
        """x + y: ∂/∂x = 1, ∂/∂y = 1."""
        if type(other) is not type(self):
            return self._with_number(operator.add, other)
        x, y = self.data, other.data
        try:
            return self._node("+", x + y, 1, other, 1)
        except (ArithmeticError, TypeError) as error:
            raise explained(error, binary_text(x, "+", y)) from None

    def __sub__(self, other: "Value | Number") -> Self:
        """x - y: ∂/∂x = 1, ∂/∂y = -1."""
        if type(other) is not type(self):
            return self._with_number(operator.sub, other)
        x, y = self.data, other.data
        try:
            return self._node("-", x - y, 1, other, -1)
        except (ArithmeticError, TypeError) as error:
            raise explained(error, binary_text(x, "-", y)) from None

    def __mul__(self, other: "Value | Number") -> Self:
        """x · y: ∂/∂x = y, ∂/∂y = x."""
        if type(other) is not type(self):
            return self._with_number(operator.mul, other)
        x, y = self.data, other.data
        try:
            return self._node("*", x * y, y, other, x)
        except (ArithmeticError, TypeError) as error:
            raise explained(error, binary_text(x, "*", y)) from None

    def __truediv__(self, other: "Value | Number") -> Self:
        """x / y: ∂/∂x = 1/y, ∂/∂y = -(x/y)/y."""
        if type(other) is not type(self):
            return self._with_number(operator.truediv, other)
        x, y = self.data, other.data
        z = divide(x, y)
        return self._node("/", z, divide(one_like(x), y), other, divide(-z, y))

    def __pow__(self, other: "Value | Number") -> Self:
        """x ** y: ∂/∂x = y·x^(y-1), ∂/∂y = x^y·log x."""
        if type(other) is not type(self):
            is_node = isinstance(other, Value)
            return self._with_number(operator.pow if is_node else Value._to_the_number, other)
        x, y = self.data, other.data
        z = power(x, y)
        return self._node("**", z, slopes.power_slope_base(x, y), other, slopes.power_slope_exponent(x, y, z))

    def _to_the_number(self, exponent: "Value") -> Self:
        """x ** n for a plain number n, which needs no logarithm: ∂/∂x = n·x^(n-1)."""
        x, n = self.data, exponent.data
        return self._node("**", power(x, n), slopes.power_slope_base(x, n), exponent)

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if name not in OF_VALUES or name in getattr(self, "__dict__", ())]

    def __neg__(self) -> Self:
        """-x: ∂/∂x = -1."""
        return self._node("neg", -self.data, -1)

    def __pos__(self) -> Self:
        """+x: x itself."""
        return self

    def __abs__(self) -> Self:
        """|x|: ∂/∂x = 1 or -1 with the sign of x, 0 at the kink."""
        x = self.data
        return self._node("abs", abs(x), slopes.sign(x))

    def __radd__(self, other: "Value | Number") -> Self:
        return self._with_number(operator.add, other, swapped=True)

    def __rsub__(self, other: "Value | Number") -> Self:
        return self._with_number(operator.sub, other, swapped=True)

    def __rmul__(self, other: "Value | Number") -> Self:
        return self._with_number(operator.mul, other, swapped=True)

    def __rtruediv__(self, other: "Value | Number") -> Self:
        return self._with_number(operator.truediv, other, swapped=True)

    def __rpow__(self, other: "Value | Number") -> Self:
        return self._with_number(operator.pow, other, swapped=True)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"{type(self).__name__}(data={brief(self.data)}, grad={brief(self.grad)}{label})"

    def __reduce__(self) -> tuple[object, ...]:
        return copying.reduce(self, topological_order)

    # --- the backward pass ---------------------------------------------------------------------------------------

    def backward(self, gradient: Number | None = None) -> None:
        """Compute the derivative of this value by every value it was computed from, into their `grad`.

        Leaves add to the `grad` they have, as in PyTorch: call `zero_grad` between independent passes. The
        others start afresh. `gradient` is where this value's own gradient starts, 1 if not given.
        If it is interrupted, every gradient is as it was before. Passes of several threads take turns.

        >>> x = Value(3.0)
        >>> y = x * x
        >>> y.backward()
        >>> x.grad
        6.0
        """
        order = topological_order(self)
        with turns.lock:  # no Ctrl-C can come between taking it and this block; after lock.acquire() one can
            before = [node.grad for node in order]
            try:
                for node in order:
                    if node.op or node.grad is None:  # None is how PyTorch's users clear a gradient
                        node.grad = NOT_COMPUTED
                seed = one_like(self.data) if gradient is None else counted(gradient)
                self.grad = seed if self.grad is NOT_COMPUTED else self.grad + seed
                _hand_down(order)
            except BaseException:
                wholly(functools.partial(_set_gradients, order, before))
                raise

    @property
    def _backward(self) -> Callable[[], None]:
        """This node's step of the backward pass alone, under micrograd's name; an own one may be assigned.

        It is called once, at the assignment, with a gradient of 1: what it adds to the parents' gradients are the local
        gradients.
        """
        return functools.partial(_hand_down, [self])

    @_backward.setter
    def _backward(self, step: Callable[[], None]) -> None:
        parents = tuple(dict.fromkeys(self.parents))
        before = [node.grad for node in (*parents, self)]
        try:
            for parent in parents:
                parent.grad = NOT_COMPUTED
            self.grad = one_like(self.data)
            step()
            slopes = tuple([parent.grad + ZERO for parent in parents])
        finally:
            _set_gradients([*parents, self], before)
        self.left, self.d_left, self.right, self.d_right = parents, slopes, None, None

    def zero_grad(self) -> None:
        """Forget the gradients of this value and of all it was computed from."""
        for node in topological_order(self):
            node.grad = NOT_COMPUTED

    def item(self) -> Number:
        """The plain number, under PyTorch's name for it; `data` may itself be a Value inside a transform.

        >>> Value(2.5).item()
        2.5
        """
        return primal(self)

    def detach(self) -> Self:
        """A leaf with the same data and label, through which no gradient flows back."""
        return self._leaf(self.data, self.label)

    @property
    def _prev(self) -> set["Value"]:
        """The parents under micrograd's name."""
        return set(self.parents)

    _op = property(operator.attrgetter("op"), doc="The operation under micrograd's name.")


for _name in OF_VALUES:
    setattr(Value, _name, Absent(_name))


def gradients(order: Sequence[Value]) -> dict[Value, Number]:
    """The derivative of the last value by each, as `backward` works it out from parents to children; stored nowhere.

    >>> x = Value(3.0)
    >>> y = x * x
    >>> gradients(topological_order(y))[x], x.grad
    (6.0, 0)
    """
    found: dict[Value, Number] = {order[-1]: one_like(order[-1].data)}
    for node in reversed(order):
        for parent, local in node.edges():
            step = handed_down(found[node], local)
            found[parent] = found[parent] + step if parent in found else step
    return {node: 0.0 if gradient is NOTHING else gradient for node, gradient in found.items()}


def handed_down(upstream: Number, local: Number) -> Number:
    """What a parent is handed: upstream gradient times local gradient."""
    return upstream if local is ONE else nothing(upstream) if local is ZERO else upstream * local


def _set_gradients(nodes: list[Value], gradients: list[Number]) -> None:
    for node, gradient in zip(nodes, gradients, strict=True):
        node.grad = gradient


def _hand_down(order: list[Value]) -> None:
    """The chain rule, last node first: each parent's gradient grows by upstream gradient times local gradient."""
    node, one, zero, new, none = order[-1], ONE, ZERO, NOT_COMPUTED, NOTHING  # names of the function are found faster
    try:
        for node in reversed(order):
            upstream = node.grad
            if upstream is none:
                node.grad = 0.0
            d_left, d_right = node.d_left, node.d_right
            if d_right is None and type(d_left) is tuple:  # asked first: most nodes have two operands
                for parent, local in zip(node.left, d_left, strict=True):
                    if local is not None:
                        step = upstream if local is one else nothing(upstream) if local is zero else upstream * local
                        parent.grad = step if parent.grad is new else parent.grad + step
                continue
            if d_left is not None:
                parent = node.left
                step = upstream if d_left is one else nothing(upstream) if d_left is zero else upstream * d_left
                parent.grad = step if parent.grad is new else parent.grad + step
            if d_right is not None:
                parent = node.right
                step = upstream if d_right is one else nothing(upstream) if d_right is zero else upstream * d_right
                parent.grad = step if parent.grad is new else parent.grad + step
    except (ArithmeticError, TypeError) as error:  # a float gradient has met a Decimal, or an int beyond all floats
        raise explained(error, f"backward through {node.op}: an operand of it") from None


def _check(node: Value) -> None:
    """TypeError if something was assigned to `data` that is no number; NumPy's scalars become floats."""
    data: Any = node.data
    if isinstance(data, Value) and data.level >= node.level:
        what = "is itself a Value: assign a number, as in p.data -= lr * p.grad"
        raise TypeError(f".data of {node.label or 'a Value'} {what}")
    try:
        node.data = counted(data)
    except TypeError as error:
        raise TypeError(f".data of {node.label or 'a Value'} was assigned: {error}") from None


def topological_order(root: Value) -> list[Value]:
    """All that `root` was computed from, and `root` itself last: every value after its parents.

    A depth-first search with its own stack, so that the depth of the graph is not limited by Python's recursion.

    >>> a = Value(1.0, label="a")
    >>> [node.label or node.op for node in topological_order((a + a) * a)]
    ['a', '+', '*']
    """
    if not isinstance(root, Value):
        raise TypeError(f"topological_order: root must be a Value, got {shown(root)}")
    order: list[Value] = []
    seen: set[Value] = set()
    path: list[Value] = []  # begun, and waiting for what they were computed from
    ahead: list[Any] = [root]  # where to go on; None: the last of the path is done
    while ahead:
        node = ahead.pop()
        if node is None:
            order.append(path.pop())
            continue
        while node not in seen:  # down the left operands
            seen.add(node)
            if not node.op:
                if type(node.data) is not float:
                    _check(node)
                order.append(node)
                break
            path.append(node)
            ahead.append(None)
            left, d_left = node.left, node.d_left
            if type(d_left) is tuple:
                pairs = zip(left, d_left, strict=True)
                ahead += reversed([x for x, local in pairs if local is not None and x not in seen])
                break
            if node.d_right is not None and node.right not in seen:
                ahead.append(node.right)
            if d_left is None:
                break
            node = left
    return order
