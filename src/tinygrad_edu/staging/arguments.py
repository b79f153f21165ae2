"""Arguments of a staged function: their numbers as one flat list, and the structure that a program is written for.

The structure is all that decides which program runs: how the numbers nest, which arguments were given, and those that
are no numbers (texts, booleans, functions, objects), which are fixed in the program as they are at the time.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ..core.elementary import Elementary
from ..numbers.number import Number, number
from ..symbols.symbol import Program, Structure, Tree
from ..trees.tree import LEAF, Numbers, flatten, unflatten
from .batch import Rows
from .held import Fixed, fixed


@dataclass(frozen=True)
class Argument:
    """The structure of one argument, in which arrays are Numbers; of a batched one, that of each row as lists."""

    structure: Hashable
    fixed: tuple[tuple[int, Fixed], ...] = ()  # leaves that are no numbers: place and what is there
    batched: bool = False
    handed: Hashable = field(default=LEAF, compare=False)  # of a row, what the function sees: arrays are Numbers

    def rebuilt(self, numbers: Iterator[Number], rows: int) -> Tree:
        """The argument with its numbers replaced by these, in order; `rows` is the length of a batched one."""
        if self.batched:
            return [unflatten(self.structure, numbers) for _ in range(rows)]
        return unflatten(self.structure, self._with_fixed(numbers))

    def symbols(self, program: Program, name: str) -> Tree:
        """The argument of this name with an input symbol for each number."""
        if self.batched:
            return Rows(program, name, self.handed)
        if self.structure == LEAF:
            return self.fixed[0][1].thing if self.fixed else program.input(name)
        there = dict(self.fixed)
        paths = enumerate(_paths(self.structure))
        leaves = [there[i].thing if i in there else program.input(f"{name}_{path}") for i, path in paths]
        return unflatten(self.structure, leaves)

    def handing_back(self, ids: set[int]) -> "Argument":
        """The same, where what has one of these ids is marked as part of the result."""
        marked = [(i, replace(x, is_handed_back=id(x.thing) in ids and not x.is_constant)) for i, x in self.fixed]
        return replace(self, fixed=tuple(marked))

    def has_the_objects_of(self, other: "Argument") -> bool:
        """Whether what is handed back is the very thing that stands at its place in the other."""
        both = zip(self.fixed, other.fixed, strict=True)
        return all(x.thing is y.thing for (_, x), (_, y) in both if x.is_handed_back)

    def _with_fixed(self, numbers: Iterator[Number]) -> list[object]:
        there = dict(self.fixed)
        return [there[i].thing if i in there else next(numbers) for i in range(len(_paths(self.structure)))]


def read(name: str, tree: object, *, batched: bool) -> tuple[list[Number], Argument]:
    """The numbers in an argument, and its structure. TypeError for what is no number and cannot be fixed either."""
    if batched:
        return _read_rows(name, tree)
    leaves, structure = flatten(tree if getattr(tree, "shape", ()) else _as_list(tree), Numbers)
    numbers: list[Number] = []
    others: list[tuple[int, Fixed]] = []
    for i, x in enumerate(leaves):
        known = _number(x)
        if known is None:
            others.append((i, fixed(f"the argument {name}", x)))
        else:
            numbers.append(known)
    return numbers, Argument(structure, tuple(others))


def _read_rows(name: str, rows: Any) -> tuple[list[Number], Argument]:
    numbers: list[Number | None] = []
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
    known = [x for x in numbers if x is not None]
    if len(known) < len(numbers):
        raise TypeError(f"the rows of the batched argument {name} hold something else than numbers")
    return known, _of_rows(rows if hasattr(rows, "dtype") else listed, structures.pop())


def of_rows(rows: Any) -> Argument:
    """The structure of a batch whose rows are known to be alike, so that the first will do."""
    some = rows[:1]
    return _of_rows(some if hasattr(some, "dtype") else _as_list(some), flatten(_as_list(some)[0])[1])


def _of_rows(rows: Iterable[object], structure: Hashable) -> Argument:
    _, handed = flatten(next(iter(rows)), Numbers)
    return Argument(structure, batched=True, handed=handed)


def _as_list(tree: Any) -> Any:
    """An array of any kind as nested lists."""
    return tree.tolist() if hasattr(tree, "tolist") and not isinstance(tree, Elementary) else tree


def _number(x: object) -> Number | None:
    """`x` as a number, None if it is none."""
    if type(x) is float or type(x) is int:
        return x
    try:
        return number(x)
    except TypeError:
        return None


def _paths(structure: Structure) -> list[str]:
    """A name for each leaf, from the keys and indices that lead to it."""
    if structure == LEAF:
        return [""]
    if structure is None:
        return []
    _, *names, branches = structure
    keys = names[0] if names else range(len(branches))
    return [f"{key}_{path}".rstrip("_") for key, branch in zip(keys, branches, strict=True) for path in _paths(branch)]
