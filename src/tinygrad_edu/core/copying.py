"""Copies and pickles of graphs of any depth: the ancestors go first, so nothing recurses.

`pickle` and `copy.deepcopy` copy an object by copying what it refers to, one call inside the other: a chain of a
few thousand nodes would exhaust the stack. Both remember what they have copied, though. `deepcopy` shows a node what
that is, so the node copies those ancestors that are missing, parents before children. `pickle` does not show it; there
a node puts the list of its ancestors in front of itself, and each of them finds its own parents pickled already.

Pickle results, then, or with them at the front of a list: a list of all nodes on the way, earliest first, would bring
the ancestors of each.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")  # a node
FIELDS = ("data", "grad", "label", "op", "left", "right", "d_left", "d_right")


class Copied:
    """A mixin: what needs only the fields and `parents` of a Value."""

    __slots__ = ()
    parents: Any

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        from copy import deepcopy  # noqa: PLC0415 - whoever calls this has loaded it

        ahead: list[Any] = [self]
        while ahead:
            node = ahead[-1]
            missing = [] if id(node) in memo else [x for x in node.parents if id(x) not in memo]
            ahead += missing
            if not missing:
                ahead.pop()
                if id(node) not in memo:
                    _copy(node, memo, lambda part: deepcopy(part, memo))
        return memo[id(self)]


def _copy(node: object, memo: dict[int, object], copy: Callable[[object], object]) -> None:
    """Copy a node whose parents have been copied."""
    memo[id(node)] = copied = object.__new__(type(node))
    for name in FIELDS:
        part = getattr(node, name)
        setattr(copied, name, part if type(part) in (float, int, str) else copy(part))
    attributes, added = _state_of_subclass(node) or ({}, {})
    for name, part in {**(attributes or {}), **added}.items():
        setattr(copied, name, copy(part))


class _Listed(threading.local):
    """The ids of the nodes in the list that is being pickled right now: these need no list of their own."""

    def __init__(self) -> None:
        self.ids: set[int] = set()


_listed = _Listed()


class _Ancestors:
    """What pickle sees as a list whose items it fetches one by one."""

    def __init__(self, nodes: Sequence[object]) -> None:
        self.nodes = nodes

    def __reduce__(self) -> tuple[object, ...]:
        return list, (), None, self._each()

    def _each(self) -> Iterator[object]:
        ids = {id(node) for node in self.nodes}
        before = _listed.ids
        _listed.ids = before | ids
        try:
            yield from self.nodes
        finally:
            _listed.ids = before


def reduce(node: T, topological_order: Callable[[T], list[T]]) -> tuple[object, ...]:
    """How to rebuild `node`, as `object.__reduce__` returns it."""
    ancestors: object = () if id(node) in _listed.ids else _Ancestors(topological_order(node)[:-1])
    fields = (getattr(node, name) for name in FIELDS)
    return rebuild, (ancestors, type(node), *fields), _state_of_subclass(node)


def _state_of_subclass(node: object) -> tuple[dict[str, object] | None, dict[str, object]] | None:
    """What a subclass adds, in its `__dict__` and its slots, in the form that copy and pickle put back."""
    slots = {name for cls in type(node).__mro__ for name in getattr(cls, "__slots__", ())} - {*FIELDS, "__dict__"}
    added = {name: getattr(node, name) for name in sorted(slots) if hasattr(node, name)}
    attributes = getattr(node, "__dict__", None)
    return (attributes, added) if attributes or added else None


def rebuild(_ancestors: object, cls: type[T], *fields: object) -> T:
    """The node from its fields; the ancestors were only needed to exist before."""
    node = object.__new__(cls)
    for name, field in zip(FIELDS, fields, strict=True):
        setattr(node, name, field)
    return node
