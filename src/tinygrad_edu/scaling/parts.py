"""A sum over data that lie in parts: in files, in other processes, on other machines."""

from collections.abc import Callable, Hashable, Iterable, Sized
from typing import Protocol, TypeAlias, TypeVar

from ..mistakes.options import A_FUNCTION, expect
from ..numbers.number import Number
from ..trees.tree import flatten, leaf_names, unflatten

Part = TypeVar("Part")
Tree = TypeVar("Tree")
Flat: TypeAlias = list[Number]


class MapLike(Protocol):
    """Whatever behaves like `map`: `executor.map`, `pool.imap`, `client.map`."""

    def __call__(self, f: Callable[[Part], Tree], parts: Iterable[Part], /) -> Iterable[object]:
        """f of each part, in order; or futures of these, with a method `result`."""


def total(f: Callable[[Part], Tree], parts: Iterable[Part], map: MapLike = map) -> Tree:
    """The sum of f(part) over all parts, added in a fixed order: the same digits with any number of workers.

    f returns a number, or numbers in lists, tuples, dicts and dataclasses, of the same structure for each part; they
    are added place by place. A loss and its gradient, as `value_and_grad` returns them, are such a tree. `map` says
    who does the work: Python's own takes one part after the other, `executor.map` of `concurrent.futures` uses a pool,
    `client.map` of Dask its workers.

    Numbers are added as a binary tree, neighbours first: ((1 + 2) + (3 + 4)) + 5. The rounding errors so grow with the
    logarithm of the number of parts.

    >>> total(lambda part: (len(part), [sum(part), max(part)]), [[1.0, 2.0], [3.0], [4.0, 5.0]])
    (5, [15.0, 10.0])

    Raises ValueError without parts, or if `map` gives fewer results than parts; TypeError where the results differ in
    structure, the order of a dict's keys included. What f raises is raised.
    """
    expect("total", A_FUNCTION, f=f)
    structure: Hashable = None
    waiting: list[tuple[int, Flat]] = []  # sums of 2**n neighbours each, as (n, sum), larger ones first
    number = -1
    for number, result in enumerate(map(f, parts)):
        leaves, found = flatten(result.result() if hasattr(result, "result") else result)
        if number and found != structure:
            raise TypeError(f"total: part {number} gave {_shape(found)}, the parts before it {_shape(structure)}")
        structure = found
        size = 0
        while waiting and waiting[-1][0] == size:
            leaves = _added(waiting.pop()[1], leaves)
            size += 1
        waiting.append((size, leaves))
    if isinstance(parts, Sized) and number + 1 != len(parts):
        raise ValueError(f"total: map gave {number + 1} results for {len(parts)} parts")
    if not waiting:
        raise ValueError("total: there are no parts, so nothing says what their sum looks like")
    result = waiting.pop()[1]
    while waiting:
        result = _added(waiting.pop()[1], result)
    summed: Tree = unflatten(structure, result)
    return summed


def _added(left: Flat, right: Flat) -> Flat:
    return [a + b for a, b in zip(left, right, strict=True)]


def _shape(structure: Hashable) -> str:
    names = leaf_names(structure, "result")
    return f"{len(names)} numbers ({', '.join(names[:6])}{', …' if len(names) > 6 else ''})"
