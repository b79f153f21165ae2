"""A function's graph at a point: recorded once on variables of its own level, then walked back or forth at will.

Walking back (`pull`) gives the derivatives of one result by all variables, walking forth (`push`) those of all results
by one variable, out of the same local gradients.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from threading import Lock
from types import MappingProxyType
from typing import Any, TypeVar

from ..core import recording
from ..engine import NOT_COMPUTED, ONE, Value, topological_order
from ..numbers.number import Number, counted, is_truth, number, one_like, primal, shown
from ..trees.tree import leaf_names, map_leaves, numbers_of
from .level import Node, deeper

Function = Callable[..., Any]
Result = TypeVar("Result")
NONE: Mapping[str, object] = MappingProxyType({})
Arguments = Callable[[Sequence[Any]], Sequence[Any]]


class Traced:
    """What `f` did with the numbers `xs`: `results` are nodes, `values` their numbers, `structure` is how they nest.

    `arguments` makes the arguments of `f` out of the variables, which are the arguments themselves without it, and
    `named` are the keyword arguments. With `has_aux`, `f` returns a pair, and its second part is `aux`.
    """

    def __init__(
        self,
        f: Function,
        xs: Sequence[Number],
        arguments: Arguments = tuple,
        named: Mapping[str, object] = NONE,
        *,
        has_aux: bool = False,
    ) -> None:
        with deeper(Value) as node:
            self.variables = lifted(f, xs, node)
            result, aux = pair(f, f(*arguments(self.variables), **named), has_aux=has_aux)
            leaves, self.structure = numbers_of(result)
            self.results = results(f, leaves)
        self._node = node
        self.values = outside([lowered(y, node) for y in self.results])
        self.aux = lowered_tree(aux, node)
        self._lock = Lock()  # walks back write into the nodes' `grad`

    def pull(self, seeds: Sequence[Value | Number]) -> list[Number]:
        """The derivatives by each variable of the results' sum, each result times its seed: one walk back.

        A result with the seed 0 takes no part, so an infinite slope in it does not matter.
        """
        pairs = zip(self.results, seeds, strict=True)
        used = [(y, seed) for y, seed in pairs if type(y) is self._node and not is_zero(seed)]
        with self._lock:
            for x in self.variables:
                x.grad = NOT_COMPUTED
            total = self._sum(used)
            total.backward()
            for y, _ in used:
                pass_labels_on(y)
            return [gradient(x) for x in self.variables]

    def push(self, i: int) -> list[Number]:
        """The derivatives of each result by the i-th variable: one walk forth."""
        tangents = self.tangents(i)
        return [
            tangents[y] if isinstance(y, Value) and y in tangents else zero(value)
            for y, value in zip(self.results, self.values, strict=True)
        ]

    def tangents(self, i: int) -> dict[Value, Number]:
        """The derivatives by the i-th variable of each node that is computed from it."""
        x = self.variables[i]
        tangents: dict[Value, Number] = {x: one_like(x.data)}
        for node in self.order:
            for parent, local in node.edges():
                if parent in tangents:
                    share = tangents[parent] if local is ONE else local * tangents[parent]
                    tangents[node] = tangents[node] + share if node in tangents else share
        return tangents

    def rows(self, mode: str | None = None) -> list[list[Number]]:
        """The derivatives of each result by all variables. `mode` None walks forth or back, whichever is less often."""
        n, m = len(self.variables), len(self.values)
        if mode is None and 0 < n < m:
            return [list(row) for row in zip(*map(self.push, range(n)), strict=True)]
        return [self.pull([0] * i + [one_like(y)] + [0] * (m - i - 1)) for i, y in enumerate(self.values)]

    @cached_property
    def order(self) -> list[Value]:
        """The nodes of all results, each after its parents."""
        return topological_order(self._sum([(y, ONE) for y in self.results if type(y) is self._node]))[:-1]

    def _sum(self, used: Sequence[tuple[Any, Any]]) -> Value:
        """A node whose parents are these results, with these local gradients."""
        with recording.recorded():
            return self._node._wide("sum", tuple(y for y, _ in used), 0, tuple(local for _, local in used))


# --- in and out of a level -------------------------------------------------------------------------------------


def lifted(f: Function, xs: Sequence[Number], node: type[Node]) -> list[Node]:
    """A variable of the level for each number."""
    try:
        return [node(number(x)) for x in xs]  # a yes or no is nothing to differentiate by
    except TypeError as error:
        leaked = [x for x in xs if isinstance(x, Value) and x.level >= node.level]
        if leaked:
            raise TypeError(
                f"{name_of(f)} was given {shown(leaked[0])}, kept from inside a transform that is over: "
                "let the function return what is needed outside"
            ) from None
        raise TypeError(f"{name_of(f)}: {error}; only arguments made of numbers can be differentiated by") from None


def lowered(y: Result, node: type[Value]) -> Result | Number:
    """What a result is outside the level: its number."""
    return y.data if isinstance(y, Value) and type(y) is node else y


def lowered_tree(aux: object, node: type[Value]) -> object:
    """What a function hands on besides its result, outside the level: a tree of anything."""
    return None if aux is None else map_leaves(lambda x: outside([lowered(x, node)])[0], aux)


def outside(ys: list[Result]) -> list[Result]:
    """What a transform hands back: within `no_grad`, Values that do not remember how they were made."""
    if recording.open_blocks and recording.is_paused():
        return [y.detach() if isinstance(y, Value) else y for y in ys]
    return ys


def results(f: Function, ys: Sequence[object]) -> list[Value | Number]:
    """The results of `f` as numbers. TypeError if one is none."""
    try:
        return [y if isinstance(y, Value) else number(y) for y in ys]
    except TypeError as error:
        raise TypeError(f"the result of {name_of(f)}: {error}") from None


def seeds(f: Function, ys: Sequence[object]) -> list[Value | Number]:
    """What goes in at the other end, gradients of results or tangents, as numbers, where True counts as 1."""
    return results(f, [y if isinstance(y, Value) or not is_truth(y) else counted(y) for y in ys])


def pair(f: Function, result: object, *, has_aux: bool) -> tuple[object, object]:
    """The result of `f`, and what it hands on besides: with `has_aux`, it returns the two as a pair."""
    if not has_aux:
        return result, None
    if not isinstance(result, tuple) or len(result) != 2:
        forgotten = ": was `return` forgotten?" if result is None else ""
        what = "None" if result is None else f"a {type(result).__name__}"
        raise TypeError(f"has_aux=True, but {name_of(f)} returned {what}, not (number, anything){forgotten}")
    return result


def pass_labels_on(y: Value) -> None:
    """While a function is staged, the lines of its program go by the labels of the nodes that wrote them."""
    if hasattr(primal(y), "called"):
        order = topological_order(y)
        forward = {id(primal(node)) for node in order}  # lines that are gradients as well are not named for that
        for node in order:
            symbol, gradient = primal(node), primal(node.grad)
            if hasattr(symbol, "called"):
                symbol.called(node.label, None if id(gradient) in forward else gradient)


def gradient(x: Value) -> Number:
    """The gradient of a variable after a walk back: 0 if it plays no part in the result."""
    return zero(x.data) if x.grad is NOT_COMPUTED else x.grad


def zero(x: object) -> Number:
    """0 in the arithmetic of `x`."""
    return 0 * one_like(x)


def is_zero(x: object) -> bool:
    """Whether a seed or tangent is the plain number 0."""
    return (type(x) is float or type(x) is int) and x == 0


def name_of(f: Function) -> str:
    """What to call a function in a message."""
    return getattr(f, "__name__", None) or shown(f)


def title_of(f: Function) -> str:
    """What to call a function in a report: f if it has no name of its own."""
    return "f" if name_of(f) == "<lambda>" else name_of(f)


def argument_names(f: Function, args: Sequence[object]) -> list[str]:
    """What the numbers in the arguments are called: by the parameters of `f`, and how one gets to them.

    >>> argument_names(lambda x, y: x[0] * y, [[1.0, 2.0], 3.0])
    ['x[0]', 'x[1]', 'y']
    """
    import inspect  # noqa: PLC0415 - only reports need it

    try:
        arguments = inspect.signature(f).bind(*args).arguments
    except (TypeError, ValueError):  # it does not tell its parameters
        arguments = {f"x{i + 1}": arg for i, arg in enumerate(args)}
    return [leaf for name, arg in arguments.items() for leaf in leaf_names(numbers_of(arg)[1], name)]
