"""Nests of loops that compute families: what is done in each round, and with which indices.

A family without runs is one nest. A sum over a run becomes three: its number starts at what the first term does not
change (-0.0 for a sum: -0.0 + x is x, also for x = -0.0), then the terms are added, one after the other, with the loop
over the family inside the loop over the terms. So each line's order of addition is kept, and still neighbours can be
computed at once, which is what makes it fast. At last come terms that are no run.
"""

import math
from collections.abc import Iterable
from typing import NamedTuple

from ..symbols.simplify import ZERO
from ..symbols.symbol import Loop
from .families import Counted, Family, Literal, Ref, Slot, Table, row_major
from .shapes import NOTHING, Group, Shapes, Source, Unrollable, leaf_sources


class Statement(NamedTuple):
    """What happens in a round: `target` gets an expression ("="), or is changed by it ("+", "-", "*", "maximum", …).

    Without a target, the expression is only watched for infinities and nans. Its leaves are `slots`. Where a condition
    does not hold, a target that gets a number is 0 instead.
    """

    op: str
    target: Ref | None
    shape: int
    slots: list[Slot]
    conditions: tuple[tuple[int, bool], ...] = ()
    tests: list[Slot] = []  # noqa: RUF012 - the leaves of the conditions, never changed in place


class Nest:
    """Nested loops around some statements; `block` is the loops over rows that it stands in.

    `downwards` says of each loop whether it counts down. `zero` is a factor of all that is added: where it is 0, which
    is so from a certain depth on, nothing is to be done. `reads` and `writes` are for the order of nests.
    """

    def __init__(
        self,
        extents: tuple[int, ...],
        statements: list[Statement],
        block: tuple[Loop, ...],
        downwards: tuple[bool, ...] = (),
    ) -> None:
        self.extents = extents
        self.statements = statements
        self.block = block
        self.downwards = downwards or (False,) * len(extents)
        self.runs = 0  # how many of the loops, the outermost, go over the terms of a run
        self.zero: tuple[int, Ref] | None = None
        self.joins = True  # whether it may share its loops with others
        self.run: int | None = None  # which recurrence it is repeated in,
        self.repeats = 0  # and how often
        self.is_start = False  # whether it only sets what a run is added to
        self.reads = {x.source for each in statements for x in (*each.slots, *each.tests) if isinstance(x, Ref)}
        self.writes: set[Source] = {each.target.source for each in statements if each.target is not None}

    @property
    def rounds(self) -> int:
        """How many rounds in all."""
        return math.prod(self.extents)


class Nests:
    """The nests of all families, in an order in which nothing is used before it is there; `sizes` of arrays too."""

    def __init__(self, shapes: Shapes, families: Iterable[Family], sizes: dict[Source, int]) -> None:
        self.nests: list[Nest] = []
        self.sizes = sizes
        self._shapes = shapes
        self._rounds = {place.array for place in shapes.places.values()}
        self.copied: dict[Source, Ref] = {}  # what each copy is of
        self._copies: dict[tuple[Ref, tuple[int, ...]], Ref] = {}
        for family in families:
            self._write(family)

    def _write(self, family: Family) -> None:
        """The nests of a family, each after the one before."""
        stages = self._stages(family)
        if family.group.array != family.group.number:
            self._put_in_rounds(family, stages)
        if stages[0].is_start:  # as late as it can be
            stages[0].reads |= stages[1].reads
        for i, stage in enumerate(stages):
            if i:
                stage.reads.add(("stage", id(stages[i - 1])))
            if i < len(stages) - 1:
                stage.writes = {("stage", id(stage))}
        self.nests += stages

    def _put_in_rounds(self, family: Family, stages: list[Nest]) -> None:
        """What nests of a recurrence wait for: of its own arrays the rounds that were computed alone."""
        places = self._shapes.places
        own = places[family.group.members[0].what]  # type: ignore[index]  # a line
        mine = {place.array: place.size for place in places.values() if place.run == own.run}
        now = family.target.start // own.size
        for stage in stages:
            stage.run, stage.repeats = (own.run, family.rounds) if family.rounds else (None, 0)
            refs = {x for each in stage.statements for x in (*each.slots, *each.tests) if isinstance(x, Ref)}
            for x in refs:
                if x.source in mine:
                    stage.reads.discard(x.source)
                    stage.reads |= _awaited(x, mine[x.source], stage.extents, now, family.rounds)
            stage.writes.add(("now", own.array) if family.rounds else ("alone", own.array, now))

    def _stages(self, family: Family) -> list[Nest]:
        group, pieces = family.group, family.pieces
        target = family.target if group.kind != "guard" else None
        own = group.conditions, family.conditions

        def nest(statements: list[Statement]) -> Nest:
            return Nest(family.extents, statements, group.block)

        leading = next((i for i, piece in enumerate(pieces) if piece.extents), len(pieces))
        if group.chain in {"maximum", "minimum"} and len(pieces) > 2:
            leading = min(leading, 1)  # written out, they name an operand twice
        if group.kind == "total":
            found = nest([Statement(pieces[0].sign, target, pieces[0].shape, pieces[0].slots, *own)])
            found.zero = self._zero(found)
            found.joins = found.zero is None
            return [found]
        if leading:
            shape = self._shapes.chain(group.chain, [(piece.sign, piece.shape) for piece in pieces[:leading]])
            first = Statement("=", target, shape, [x for piece in pieces[:leading] for x in piece.slots], *own)
        else:
            first = Statement("=", target, self._shapes.number(("constant",)), [Literal(NOTHING[group.chain])], *own)
        stages = [nest([first])]
        stages[0].is_start = not leading
        stages[0].joins = bool(leading)
        rest = pieces[leading:]
        while rest:
            if rest[0].extents:
                stages.append(self._run(family, rest[0].sign, rest[0].shape, rest[0].extents, rest[0].slots))
                rest = rest[1:]
            else:
                n = next((i for i, piece in enumerate(rest) if piece.extents), len(rest))
                stages.append(
                    nest(
                        [
                            Statement(_change(group, piece.sign), target, piece.shape, piece.slots, *own)
                            for piece in rest[:n]
                        ]
                    )
                )
                rest = rest[n:]
        if group.is_watched and target is not None:
            stages[-1].statements.append(Statement("watch", None, group.leaf, [target]))  # never a run: these are sums
        return stages

    # --- runs ------------------------------------------------------------------------------------------------

    def _run(self, family: Family, sign: str, shape: int, extents: tuple[int, ...], slots: list[Slot]) -> Nest:
        """The terms of a run added, with the family's loops inside."""
        outer = len(family.extents)
        turned = [_turned(slot, outer) for slot in slots]
        downwards = []
        for d, n in enumerate(extents):
            steps = [slot.steps[d] for slot in turned if not isinstance(slot, Literal)]
            downwards.append(bool(steps) and max(steps) <= 0 and min(steps) < 0)
            if downwards[-1]:
                turned = [_reversed(slot, d, n) for slot in turned]
        inside = (0,) * len(extents)
        target = family.target._replace(steps=inside + family.target.steps)
        tests = [slot if isinstance(slot, Literal) else _widened(slot, inside) for slot in family.conditions]
        every = (*extents, *family.extents)
        if outer and family.group.block:
            turned = [self._copied(slot, every, len(extents), family.group.block) for slot in turned]
        statement = Statement(_change(family.group, sign), target, shape, turned, family.group.conditions, tests)
        found = Nest(every, [statement], family.group.block, (*downwards, *(False,) * outer))
        found.joins, found.runs = False, len(extents)
        return found

    def _copied(self, slot: Slot, extents: tuple[int, ...], runs: int, block: tuple[Loop, ...]) -> Slot:
        """A copy, made once in front of a loop over rows, in the order in which the innermost loop reads it."""
        if not isinstance(slot, Ref) or slot.steps[-1] in {0, 1} or not any(slot.steps[:runs]):
            return slot
        is_moving = slot.turn or slot.source in self._rounds
        if is_moving or isinstance(slot.source, Table) or not self._is_outside(slot.source, block):
            return slot
        used = [d for d, step in enumerate(slot.steps) if step]
        inner = tuple(extents[d] for d in used)
        copied = Ref(slot.source, slot.start, tuple(slot.steps[d] for d in used))
        found = self._copies.get((copied, inner))
        if found is None:
            found = self._copies[copied, inner] = Ref(("copy", len(self._copies)), 0, row_major(inner))
            self.sizes[found.source], self.copied[found.source] = math.prod(inner), copied
            leaf = self._shapes.number(("leaf", slot.source))
            self.nests.append(Nest(inner, [Statement("=", found, leaf, [copied])], block[:-1]))
        steps = dict(zip(used, found.steps, strict=True))
        return Ref(found.source, 0, tuple(steps.get(d, 0) for d in range(len(extents))))

    def _is_outside(self, source: Source, block: tuple[Loop, ...]) -> bool:
        """Whether an array stays as it is in the innermost loop over rows."""
        if isinstance(source, int):
            return block[-1] not in self._shapes.groups[source].block
        return not (isinstance(source, tuple) and source[0] == "row" and source[1] is block[-1])

    # --- what may be left out --------------------------------------------------------------------------------

    def _zero(self, nest: Nest) -> tuple[int, Ref] | None:
        """A factor of what is added that may be a zero of the structure, if inner loops leave it as it is.

        Such a zero times inf is 0 (see `simplify`), so nothing is hidden that should show.
        """
        statement = nest.statements[0]
        node = self._shapes.nodes[statement.shape]
        if node[:2] != ("chain", "*") or not nest.extents:
            return None
        at = 0
        for _, factor in node[2:]:
            sources = leaf_sources(self._shapes.nodes, factor)
            slot = statement.slots[at]
            at += len(sources)
            if len(sources) == 1 and isinstance(slot, Ref) and self._is_choice(slot.source) and not slot.steps[-1]:
                depth = max((d + 1 for d, step in enumerate(slot.steps) if step), default=0)
                return depth, slot
        return None

    def _is_choice(self, source: Source) -> bool:
        """Whether numbers of this array are chosen between something and a zero of the structure, as relu's slopes."""
        nodes = self._shapes.nodes
        group = self._shapes.groups[source] if isinstance(source, int) else None
        if group is None or len(group.parts) > 1 or group.conditions or nodes[group.parts[0].shape][0] != "select":
            return False
        _, condition, *branches = nodes[group.parts[0].shape]
        at = len(leaf_sources(nodes, condition))
        for branch in branches:
            if nodes[branch] == ("constant",) and all(member.leaves[at] is ZERO for member in group.members):
                return True
            at += len(leaf_sources(nodes, branch))
        return False


def _awaited(ref: Ref, size: int, extents: tuple[int, ...], now: int, rounds: int) -> set[Source]:
    """What a nest in round `now` waits for, that reads the array of a recurrence; `rounds` follow it, if any."""
    moves = [step * (n - 1) for step, n in zip(ref.steps, extents, strict=True)]
    first = (ref.start + sum(min(move, 0) for move in moves)) // size
    last = (ref.start + sum(max(move, 0) for move in moves)) // size
    if last > now or (rounds and (ref.turn != size or first != last)):
        raise Unrollable
    if not rounds:
        return {("alone", ref.source, r) for r in range(first, last + 1)}
    return {("now", ref.source)} if first == now else {("alone", ref.source, r) for r in range(first, now)}


def _change(group: Group, sign: str) -> str:
    """How a further term of a chain changes the number so far."""
    return sign if group.chain == "+" else group.chain


def _turned(slot: Slot, outer: int) -> Slot:
    """The same with the steps of the last loops first."""
    return slot if isinstance(slot, Literal) else slot._replace(steps=slot.steps[outer:] + slot.steps[:outer])


def _reversed(slot: Slot, d: int, n: int) -> Slot:
    """The same with one loop counted from its other end."""
    if isinstance(slot, Literal):
        return slot
    step = slot.steps[d]
    return slot._replace(start=slot.start + step * (n - 1), steps=(*slot.steps[:d], -step, *slot.steps[d + 1 :]))


def _widened(slot: Ref | Counted, inside: tuple[int, ...]) -> Slot:
    return slot._replace(steps=inside + slot.steps)


# --- loops that are shared ---------------------------------------------------------------------------------------


def joined(first: Nest, second: Nest) -> Nest | None:
    """One nest for two, if their loops are alike and the second uses of the first only what the same round made."""
    if not (first.joins and second.joins and first.extents and first.rounds == second.rounds):
        return None
    extents = first.extents if len(first.extents) >= len(second.extents) else second.extents
    one, other = _reshaped(first, extents), _reshaped(second, extents)
    if one is None or other is None:
        return None
    made = [each.target for each in one if each.target is not None]
    sources = {x.source for x in made}
    for each in other:
        for x in (*each.slots, *each.tests):
            if isinstance(x, Ref) and x.source in sources and x not in made:
                return None
    found = Nest(extents, one + other, first.block)
    found.reads, found.writes = first.reads | second.reads, first.writes | second.writes
    found.run, found.repeats = first.run, first.repeats
    return found


def _reshaped(nest: Nest, extents: tuple[int, ...]) -> list[Statement] | None:
    """The statements of a nest with these loops, into which its only one is cut."""
    if nest.extents == extents:
        return nest.statements
    if len(nest.extents) != 1:
        return None
    flat = row_major(extents)

    def cut(slot: Slot) -> Slot:
        return slot if isinstance(slot, Literal) else slot._replace(steps=tuple(slot.steps[0] * x for x in flat))

    return [
        each._replace(
            target=None if each.target is None else cut(each.target),  # type: ignore[arg-type]  # a Ref stays one
            slots=[*map(cut, each.slots)],
            tests=[*map(cut, each.tests)],
        )
        for each in nest.statements
    ]
