"""A program with its loops found again, if that makes it shorter."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..core.collector import paused_collector
from ..symbols.liveness import Liveness
from ..symbols.symbol import Operand, RowLoop, Symbol
from ..trees.tree import flatten
from .families import Families
from .nests import Nest, Nests
from .recurrences import recurrences
from .schedule import Item, arranged
from .shapes import Shapes, Source, Unrollable
from .titles import Titles

SHORTER = 2  # loops are worth it if they take at most so many times fewer lines
FEWEST = 40  # lines of a program in which loops are looked for


class Arguments(NamedTuple):
    """Where the numbers of a program's arguments stand: the array of each, and its place there."""

    sources: dict[Symbol, Source]
    places: dict[Symbol, int]

    def add(self, source: Source, symbols: Sequence[Symbol]) -> None:
        """An argument, or a row of one, with its numbers in order."""
        for i, x in enumerate(symbols):
            self.sources[x], self.places[x] = source, i

    def add_rows(self, loops: Iterable[RowLoop]) -> None:
        """The items of each row in the columns of loops."""
        for loop in loops:
            for k, tree in enumerate(loop.target):
                self.add(("row", loop, k), flatten(tree)[0])


class Rolled(NamedTuple):
    """What to write: nests of loops in order. `sizes` has the length of each array, `titles` a name for it."""

    shapes: Shapes
    items: list[Item]
    sizes: dict[Source, int]
    titles: Titles


class Loops(NamedTuple):
    """What has been found: groups of lines that are alike, families of them, and the loops that compute these."""

    shapes: Shapes
    families: Families
    nests: Nests
    titles: Titles


def loops_of(live: Liveness, results: Sequence[Operand], arguments: Arguments) -> Loops | None:
    """The loops of a program; None where straight lines are nearly as short, or hold what loops cannot."""
    if len(live.lines) < FEWEST:
        return None
    with paused_collector():
        try:
            shapes = Shapes(live, results, arguments.sources)
        except Unrollable:
            return None
        return _loops(shapes, arguments)


def _loops(shapes: Shapes, arguments: Arguments) -> Loops | None:
    named = sum(len(group.members) for group in shapes.groups) + len(arguments.places)
    if len(shapes.groups) * SHORTER > named:
        return None
    families = Families(shapes, arguments.places)
    nests = Nests(shapes, families.families, families.sizes)
    if sum(map(_lines, nests.nests)) * SHORTER > named:
        return None
    return Loops(shapes, families, nests, Titles(shapes, nests, arguments.sources, arguments.places))


def find_loops(
    live: Liveness, results: Sequence[Operand], arguments: Arguments, *, knows_slopes: bool = False
) -> Rolled | None:
    """The loops of a program in the order in which they run; None as `loops_of`."""
    if len(live.lines) < FEWEST:
        return None
    with paused_collector():
        try:
            shapes = Shapes(live, results, arguments.sources, knows_slopes=knows_slopes)
        except Unrollable:
            return None
        found = [shapes]
        while places := recurrences(found[-1]):  # what uses their numbers may be one group now, and so on
            places |= found[-1].places
            found.append(Shapes(live, results, arguments.sources, places=places, knows_slopes=knows_slopes))
        for each in reversed(found):
            try:
                rolled = _arranged(_loops(each, Arguments(arguments.sources, dict(arguments.places))))
            except Unrollable:  # rounds that are not as regular as they look
                continue
            if rolled is not None:
                return rolled
        return None


def _arranged(found: Loops | None) -> Rolled | None:
    return found and Rolled(found.shapes, arranged(found.nests.nests), found.nests.sizes, found.titles)


def _lines(nest: Nest) -> int:
    """About how many lines a nest takes."""
    return len(nest.extents) + sum(1 + len(each.slots) // 10 for each in nest.statements)
