"""Families: lines that are alike and regular, so that one text with indices stands for all of them.

Every line of a group gets a place in the group's array. The operands of a family's lines stand at places that are
affine: a start, and a step for each loop. A group that is not regular becomes several families, a line that is like no
other a family of one. Constants count as regular, whatever they are: those that differ become a table.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias, cast

from ..symbols.symbol import Operand, Symbol
from .grids import Grid, Vector, grids
from .shapes import Group, Leaves, Member, Part, Shapes, Source, Unrollable, leaf_sources

FEW = 4  # numbers of a round of a recurrence that may each go their own way


class Ref(NamedTuple):
    """A place in an array: `start`, and a step for each loop around it, the outermost first."""

    source: Source
    start: int
    steps: Vector
    turn: int = 0  # a step for the loop over the rounds of a recurrence


class Literal(NamedTuple):
    """The same number in every round."""

    value: float


class Counted(NamedTuple):
    """A whole number that is affine in the loops' variables."""

    start: int
    steps: Vector
    turn: int = 0


class Table(NamedTuple):
    """Constants that differ, as the source of a Ref."""

    values: tuple[float, ...]


Slot: TypeAlias = Ref | Literal | Counted  # what stands in the place of a leaf


class Piece(NamedTuple):
    """A part of the family's expression, or of a run of it: loops of its own, around them the family's."""

    sign: str
    shape: int
    extents: tuple[int, ...]
    slots: list[Slot]  # with a step for each loop of the family, then of the piece


Pieces: TypeAlias = Sequence[tuple[tuple[int, ...], tuple[Vector, ...]]]  # of a run: the extents and steps of each


class Family(NamedTuple):
    """Some lines of a group: `extents` are its loops, `target` is where the lines' numbers go."""

    group: Group
    extents: tuple[int, ...]
    target: Ref
    conditions: list[Slot]
    pieces: list[Piece]
    rounds: int = 0  # of a recurrence, whose loop is around the family's own


class Families:
    """All families of a program, after those that they use; `sizes` has the length of each group's array.

    `places` has the place of each argument in its array, and gets those of all lines.
    """

    def __init__(self, shapes: Shapes, places: dict[Symbol, int]) -> None:
        self.sizes: dict[Source, int] = {}
        self.families: list[Family] = []
        self._shapes = shapes
        self._places = places
        self._begins: dict[int, int] = {}  # of each recurrence: the first round that is computed as those after it
        for line, (_, array, size, place) in shapes.places.items():
            places[line] = place
            self.sizes[array] = max(self.sizes.get(array, 0), place - place % size + size)
        for group in shapes.groups:
            self._begin(group)
        for group in shapes.groups:
            if group.array == group.number:
                self._divide(group, group.members)
            else:
                self._divide_rounds(group)

    # --- rounds of recurrences -------------------------------------------------------------------------------

    def _by_rounds(self, group: Group) -> list[tuple[int, list[Member]]]:
        """The members of a group in an array of a recurrence, round by round."""
        found: dict[int, list[Member]] = {}
        for member in group.members:
            own = self._shapes.places[cast("Symbol", member.what)]
            found.setdefault(own.place // own.size, []).append(member)
        return sorted(found.items())

    def _begin(self, group: Group) -> None:
        """Find out from which round on a recurrence repeats itself: each group has one round, or all that follow."""
        if group.array == group.number:
            return
        rounds = self._by_rounds(group)
        own = self._shapes.places[cast("Symbol", group.members[0].what)]
        if len(rounds) > 1:
            self._begins[own.run] = max(self._begins.get(own.run, 0), rounds[0][0])
            if rounds[-1][0] + 1 != self.sizes[own.array] // own.size or len(group.members) % own.size:
                raise Unrollable

    def _divide_rounds(self, group: Group) -> None:
        """Cut a group of a recurrence into families: the first rounds one by one, all others together."""
        own = self._shapes.places[cast("Symbol", group.members[0].what)]
        rounds = self._by_rounds(group)
        begin = self._begins.get(own.run, 0)
        alone = [members for r, members in rounds if r < begin or len(rounds) == 1]
        for members in alone:
            self._divide(group, members)
        together = [members for r, members in rounds if r >= begin and len(rounds) > 1]
        if not together:
            return
        places = self._places
        if not self._add_rounds(group, together):  # as a whole; but each number by itself may be regular
            for i in range(own.size):
                one = [[x for x in members if places[cast("Symbol", x.what)] % own.size == i] for members in together]
                if own.size > FEW or not self._add_rounds(group, one):
                    raise Unrollable

    def _add_rounds(self, group: Group, together: list[list[Member]]) -> bool:
        """Add the families of rounds that are alike but for evenly moving places; False if they are not."""
        cuts = [self._cut(group, members) for members in together]
        if len(cuts) < 2 or any(len(each) != len(cuts[0]) for each in cuts):
            return False
        turns = []
        for parts in zip(*cuts, strict=True):
            (kind, grid, _), (_, second, _) = parts[:2]
            turns.append(tuple(b - a for a, b in zip(grid.start, second.start, strict=True)))
            for r, (other, at, _) in enumerate(parts):
                moved = tuple(x + r * step for x, step in zip(grid.start, turns[-1], strict=True))
                if (other, at) != (kind, grid._replace(start=moved)):
                    return False
        for parts, turn in zip(zip(*cuts, strict=True), turns, strict=True):
            kind, grid, _ = parts[0]
            self._add(group, grid, [member for _, _, chosen in parts for member in chosen], kind, turn, len(parts))
        return True

    # --- families --------------------------------------------------------------------------------------------

    def _divide(self, group: Group, members: list[Member]) -> None:
        """Cut some members of a group into families."""
        if group.array == group.number:
            self.sizes[group.number] = 0
        for kind, grid, chosen in self._cut(group, members):
            self._add(group, grid, chosen, kind, (0,) * len(grid.start), 0)

    def _sources(self, group: Group) -> list[Source | None]:
        """The arrays of the leaves that a member has, but for those in its runs."""
        shapes = [shape for shape, _ in group.conditions] + [part.shape for part in group.parts if part.length == 1]
        return [x for shape in shapes for x in leaf_sources(self._shapes.nodes, shape)]

    def _cut(self, group: Group, chosen: list[Member]) -> list[tuple[Sequence[Pieces], Grid, list[Member]]]:
        """Members as grids, each with the pieces of its runs."""
        nodes, places = self._shapes.nodes, self._places
        sources = self._sources(group)
        runs = [leaf_sources(nodes, part.shape) for part in group.parts if part.length > 1]
        wanted = [i for i, source in enumerate(sources) if source is not None]
        constants = self._few_constants(group, sources)
        by_pattern: dict[tuple[Any, ...], list[tuple[Vector, int]]] = {}
        for number, (what, leaves, terms) in enumerate(chosen):
            vector = [places[leaves[i]] for i in wanted]  # type: ignore[index]  # no constants
            pattern: list[Any] = [" ".join(repr(leaves[i]) for i in constants)] if constants else []
            for run, each in zip(runs, terms, strict=True):
                pieces = self._pieces(each, run)
                pattern.append(tuple((piece.extents, piece.steps) for piece in pieces))
                for piece in pieces:
                    vector += piece.start
            if isinstance(what, int):
                vector.insert(0, what)
            elif group.array != group.number:
                vector.insert(0, places[what])
            by_pattern.setdefault(tuple(pattern), []).append((tuple(vector), number))
        found: list[tuple[Sequence[Pieces], Grid, list[Member]]] = []
        for kind, members in by_pattern.items():
            members.sort()
            first = 0
            each_run = kind[1:] if constants else kind
            for grid in grids([vector for vector, _ in members]):
                found.append((each_run, grid, [chosen[i] for _, i in members[first : first + grid.size]]))
                first += grid.size
        return found

    def _few_constants(self, group: Group, sources: list[Source | None]) -> list[int]:
        """Where the constants are, if few of them differ: lines with other constants are other families then."""
        where = [i for i, source in enumerate(sources) if source is None]
        if not where:
            return []
        different = {tuple(repr(member.leaves[i]) for i in where) for member in group.members}
        return where if len(different) * 4 <= len(group.members) else []

    def _pieces(self, terms: list[Leaves], sources: list[Source | None]) -> list[Grid]:
        """The places of a run's terms as grids; nearly always one row."""
        n = len(terms)
        wanted = [i for i, source in enumerate(sources) if source is not None]
        columns = [[self._places[term[i]] for term in terms] for i in wanted]  # type: ignore[index]  # no constants
        start, steps = tuple(each[0] for each in columns), tuple(each[1] - each[0] for each in columns)
        if all(each == _row(each[0], step, n) for each, step in zip(columns, steps, strict=True)):
            return [Grid(start, (n,), (steps,))]
        return grids([*zip(*columns, strict=True)])

    def _add(
        self, group: Group, grid: Grid, members: list[Member], runs: Sequence[Pieces], turn: Vector, rounds: int
    ) -> None:
        """The family of one grid; of a recurrence, `turn` says how places move from one of the `rounds` to the next."""
        extents = (rounds, *grid.extents) if rounds else grid.extents
        vectors = zip(grid.start, turn, *grid.steps, strict=True)  # of each leaf: its start, and its steps
        if group.kind == "result" or group.array != group.number:
            start, own, *steps = next(vectors)
            target = Ref("out" if group.kind == "result" else group.array, start, tuple(steps), own)
        else:
            offset = self.sizes[group.number]
            for i, member in enumerate(members):
                self._places[cast("Symbol", member.what)] = offset + i
            self.sizes[group.number] += len(members)
            target = Ref(group.number, offset, row_major(grid.extents))
        sources = self._sources(group)
        slots: list[Slot] = []
        for i, source in enumerate(sources):
            if source is None:
                slots.append(_turning(constant([member.leaves[i] for member in members], extents), rounds))
            else:
                start, own, *steps = next(vectors)
                slots.append(Ref(source, start, tuple(steps), own))
        rest = iter(slots)
        conditions = [next(rest) for shape, _ in group.conditions for _ in leaf_sources(self._shapes.nodes, shape)]
        pieces: list[Piece] = []
        run = 0
        for part in group.parts:
            if part.length == 1:
                own = [next(rest) for _ in leaf_sources(self._shapes.nodes, part.shape)]
                pieces.append(Piece(part.sign, part.shape, (), own))
            else:
                terms = [member.runs[run] for member in members]
                pieces += self._of_run(part, runs[run], terms, vectors, extents, rounds)
                run += 1
        self.families.append(Family(group, grid.extents, target, conditions, pieces, rounds))

    def _of_run(
        self,
        part: Part,
        pieces: Pieces,
        terms: list[list[Leaves]],
        vectors: Iterator[tuple[int, ...]],
        extents: tuple[int, ...],
        rounds: int,
    ) -> Iterator[Piece]:
        """The pieces of a run, for all lines of a family."""
        sources = leaf_sources(self._shapes.nodes, part.shape)
        first = 0
        for own, own_steps in pieces:
            count = math.prod(own)
            inner = zip(*own_steps, strict=True)
            slots: list[Slot] = []
            for i, source in enumerate(sources):
                if source is None:
                    values = [each[t][i] for each in terms for t in range(first, first + count)]
                    slots.append(_turning(constant(values, (*extents, *own)), rounds))
                else:
                    start, turn, *steps = next(vectors)
                    slots.append(Ref(source, start, (*steps, *next(inner, ())), turn))
            yield Piece(part.sign, part.shape, own, slots)
            first += count


def _turning(slot: Slot, rounds: int) -> Slot:
    """A slot whose first step is that of the rounds, if there are rounds."""
    return slot if isinstance(slot, Literal) or not rounds else slot._replace(steps=slot.steps[1:], turn=slot.steps[0])


def _row(start: int, step: int, n: int) -> list[int]:
    return [*range(start, start + step * n, step)] if step else [start] * n


def row_major(extents: tuple[int, ...]) -> Vector:
    """The steps of a flat index that goes through nested loops in order.

    >>> row_major((2, 3, 5))
    (15, 5, 1)
    """
    return tuple(math.prod(extents[d + 1 :]) for d in range(len(extents)))


def constant(values: Sequence[Operand], extents: tuple[int, ...]) -> Slot:
    """Constants in the order of nested loops: one number, whole numbers that are counted, or a table.

    >>> constant([2.0, 2.0], (2,)), constant([0.0, 1.0, 2.0], (3,)), constant([0.5, 0.1], (2,)).source.values
    (Literal(value=2.0), Counted(start=0, steps=(1,), turn=0), (0.5, 0.1))
    """
    numbers = [float(x) for x in values]
    if len({*map(repr, numbers)}) == 1:
        return Literal(numbers[0])
    strides = row_major(extents)
    if all(x.is_integer() and abs(x) < 2**31 and repr(x) != "-0.0" for x in numbers):
        start = int(numbers[0])
        steps = tuple(int(numbers[s]) - start if n > 1 else 0 for s, n in zip(strides, extents, strict=True))
        if numbers == _affine(start, steps, extents):
            return Counted(start, steps)
    kept, used = numbers, list(extents)
    for d in range(len(extents)):  # what is the same all along a loop does not depend on it
        block = math.prod(used[d + 1 :])
        rows = [kept[i : i + block] for i in range(0, len(kept), block)]
        n = used[d]
        if all(repr(rows[i]) == repr(rows[i - i % n]) for i in range(len(rows))):
            kept, used[d] = [x for i in range(0, len(rows), n) for x in rows[i]], 1
    steps = tuple(s if n > 1 else 0 for s, n in zip(row_major(tuple(used)), used, strict=True))
    return Ref(Table(tuple(kept)), 0, steps)


def _affine(start: int, steps: Vector, extents: tuple[int, ...]) -> list[int]:
    found = [start]
    for step, n in zip(steps, extents, strict=True):
        found = [x + step * i for x in found for i in range(n)]
    return found
