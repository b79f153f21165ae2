"""Arrays with their dimensions again: rows of rows instead of one long row, and an index for each."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias, cast

from ..rolling.families import Counted, Family, Literal, Ref, Slot, row_major
from ..rolling.shapes import Source

Dims: TypeAlias = tuple[int, ...]


class Index(NamedTuple):
    """An index along one dimension: `start`, and a step for each variable."""

    start: int
    steps: tuple[int, ...]


def forwards(slots: list[Slot], own: int, extents: Dims) -> list[Slot]:
    """The slots of a run that goes through all its arrays backwards, with the loops the other way round."""
    for d, n in enumerate(extents, own):
        moving = [x for x in slots if not isinstance(x, Literal) and x.steps[d]]
        if moving and all(x.steps[d] < 0 for x in moving):
            slots = [x if isinstance(x, Literal) else _turned(x, d, n) for x in slots]
    return slots


def _turned(slot: Ref | Counted, d: int, n: int) -> Slot:
    step = slot.steps[d]
    return slot._replace(start=slot.start + step * (n - 1), steps=(*slot.steps[:d], -step, *slot.steps[d + 1 :]))


def with_dimensions(families: list[Family], parts: Iterable[tuple[Source, int, Dims]]) -> list[Family]:
    """The same families; one that goes through all of an array number by number gets its dimensions."""
    dims = {(source, first, math.prod(own)): own for source, first, own in parts if len(own) > 1}
    found = []
    for family in families:
        reshaped = family
        if len(family.extents) == 1:
            whole = [(x.source, x.start, family.extents[0]) for x, _ in refs(family) if x.steps[0] == 1]
            own = next((dims[x] for x in whole if x in dims), None)
            if own:
                reshaped = _reshaped(family, own)
        if len(reshaped.extents) > 1:
            dims[family.group.number, 0, math.prod(reshaped.extents)] = reshaped.extents
        found.append(reshaped)
    return found


def _reshaped(family: Family, dims: Dims) -> Family:
    """A family of one loop with these instead."""
    flat = row_major(dims)

    def cut(slot: Slot) -> Slot:
        if isinstance(slot, Literal):
            return slot
        return slot._replace(steps=(*(slot.steps[0] * x for x in flat), *slot.steps[1:]))

    return family._replace(
        extents=dims,
        target=cast("Ref", cut(family.target)),
        conditions=[*map(cut, family.conditions)],
        pieces=[piece._replace(slots=[*map(cut, piece.slots)]) for piece in family.pieces],
    )


def refs(family: Family) -> Iterator[tuple[Ref, Dims]]:
    """All places that a family reads, with how often each loop around them goes round."""
    for x in family.conditions:
        if isinstance(x, Ref):
            yield x, family.extents
    for piece in family.pieces:
        for x in piece.slots:
            if isinstance(x, Ref):
                yield x, (*family.extents, *piece.extents)


def split(ref: Ref, rounds: Sequence[int], dims: Dims) -> list[Index] | None:
    """A place in a flat array as one index for each of its dimensions; None if it has none."""
    if not dims:
        return [] if ref.start == 0 and not any(ref.steps) else None
    strides = row_major(dims)
    starts, rest = [], ref.start
    for stride in strides:
        index, rest = divmod(rest, stride)
        starts.append(index)
    steps = [[0] * len(rounds) for _ in dims]
    low, high = [*starts], [*starts]
    for i, (step, n) in enumerate(zip(ref.steps, rounds, strict=True)):
        d = next((d for d, stride in enumerate(strides) if stride <= abs(step)), None)
        if d is None:
            continue
        steps[d][i], rest = divmod(step, strides[d])
        if rest:
            return None
        end = steps[d][i] * (n - 1)
        low[d], high[d] = low[d] + min(end, 0), high[d] + max(end, 0)
    if any(a < 0 or b >= n for a, b, n in zip(low, high, dims, strict=True)):
        return None
    return [Index(start, tuple(each)) for start, each in zip(starts, steps, strict=True)]
