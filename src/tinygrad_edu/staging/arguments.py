"""Arguments of a staged function: their numbers as one flat list, and the structure that a program is written for.

The structure is all that decides which program runs: how the numbers nest, which arguments were given, and the values
of those that are no numbers (texts, booleans, functions), which are fixed in the program.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ..core.number import number
from ..core.tree import LEAF, Numbers, flatten, unflatten
from .batch import Rows
from .symbol import Program


@dataclass(frozen=True)
class Argument:
    """The structure of one argument; of a batched one, that of each row."""

    structure: Hashable
    fixed: tuple[tuple[int, Hashable], ...] = ()  # leaves that are no numbers: place and value
    batched: bool = False
    handed: Hashable = field(default=LEAF, compare=False)  # the structure that the function sees: arrays are Numbers

    def rebuilt(self, numbers: Iterator[Any], tree: Any) -> Any:
        """The argument with its numbers replaced by these, in order."""
        if self.batched:
            return [unflatten(self.structure, numbers) for _ in range(len(tree))]
        return unflatten(self.structure, self._with_fixed(numbers))

    def symbols(self, program: Program, name: str) -> Any:
        """The argument of this name with an input symbol for each number."""
        if self.batched:
            return Rows(program, name, self.handed)
        if self.structure == LEAF:
            return self.fixed[0][1] if self.fixed else program.input(name)
        fixed = dict(self.fixed)
        paths = enumerate(_paths(self.structure))
        leaves = [fixed[i] if i in fixed else program.input(f"{name}_{path}") for i, path in paths]
        return unflatten(self.handed, leaves)

    def _with_fixed(self, numbers: Iterator[Any]) -> list[Any]:
        fixed = dict(self.fixed)
        return [fixed[i] if i in fixed else next(numbers) for i in range(len(_paths(self.structure)))]


def read(name: str, tree: Any, *, batched: bool) -> tuple[list[Any], Argument]:
    """The numbers in an argument, and its structure. TypeError for what is no number and cannot be fixed either."""
    if batched:
        return _read_rows(name, tree)
    leaves, structure = flatten(_as_list(tree))
    _, handed = flatten(tree if getattr(tree, "shape", ()) else _as_list(tree), Numbers)
    numbers: list[Any] = []
    fixed: list[tuple[int, Hashable]] = []
    for i, x in enumerate(leaves):
        known = _number(x)
        if known is None:
            fixed.append((i, _hashable(name, x)))
        else:
            numbers.append(known)
    return numbers, Argument(structure, tuple(fixed), handed=handed)


def _read_rows(name: str, rows: Any) -> tuple[list[Any], Argument]:
    numbers: list[Any] = []
    structures: set[Hashable] = set()
    listed = _as_list(rows)
    for row in listed:
        leaves, structure = flatten(row)
        numbers += [_number(x) for x in leaves]
        structures.add(structure)
    if not structures:
        raise ValueError(f"the batched argument {name} is empty: it needs at least one row")
    if len(structures) > 1:
        raise ValueError(
            f"the batched argument {name} has rows of {len(structures)} structures, as lists of different lengths: "
            "it needs all rows alike; pad them, or call it with each kind by itself"
        )
    if any(x is None for x in numbers):
        raise TypeError(f"the rows of the batched argument {name} hold something else than numbers")
    _, handed = flatten(next(iter(rows if hasattr(rows, "dtype") else listed)), Numbers)
    return numbers, Argument(structures.pop(), batched=True, handed=handed)


def _as_list(tree: Any) -> Any:
    """An array of any kind as nested lists."""
    return tree.tolist() if hasattr(tree, "tolist") and not hasattr(tree, "local_grads") else tree


def _number(x: Any) -> Any:
    """`x` as a number, None if it is none."""
    kind = type(x)
    if kind is float or kind is int:
        return x
    try:
        return number(x)
    except TypeError:
        return None


def _hashable(name: str, x: Any) -> Hashable:
    try:
        hash(x)
    except TypeError:
        raise TypeError(
            f"the argument {name} holds a {type(x).__name__}, which is no number: give it to the function some other "
            "way, for instance with functools.partial"
        ) from None
    return x  # type: ignore[no-any-return]


def _paths(structure: Any) -> list[str]:
    """A name for each leaf, from the keys and indices that lead to it."""
    if structure == LEAF:
        return [""]
    if structure is None:
        return []
    _, *names, branches = structure
    keys = names[0] if names else range(len(branches))
    return [f"{key}_{path}".rstrip("_") for key, branch in zip(keys, branches, strict=True) for path in _paths(branch)]
