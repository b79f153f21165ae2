"""Rounds of a recurrence over time: groups that come again and again, each of which uses those of the round before.

The hidden states h1, h2, h3, … of a recurrent network are groups of their own, since each is made of the one before. In
order, the groups of such a program are periodic: what differs from round to round is which groups are used, and they
move along with it. All states then stand in one array, round after round; so their shapes are equal, and they are one
group, whose first rounds may be computed in another way.
"""

from collections.abc import Hashable
from typing import NamedTuple, cast

from ..symbols.symbol import Symbol
from .shapes import Group, Shapes, leaf_sources

FEWEST = 4  # rounds that are worth a loop
LONGEST = 48  # groups of one round
DIFFERENT = 2  # rounds at the beginning that may use other arrays, as what was there before the first one


class Place(NamedTuple):
    """Where a line of a recurrence stands: `run` says which recurrence, `array` which of its arrays."""

    run: int
    array: Hashable
    size: int  # numbers of one round in this array
    place: int


def recurrences(shapes: Shapes) -> dict[Symbol, Place]:
    """The places of the lines that belong to further recurrences than those which the shapes know of."""
    groups = [group for group in shapes.groups if group.kind == "line" and group.array == group.number]
    kinds = _kinds(shapes, groups)
    found: dict[Symbol, Place] = {}
    used = [_sources(shapes, group) for group in groups]
    arrays: dict[Hashable, Hashable] = {}  # of the groups by their numbers
    first, run = 0, 1 + max((place.run for place in shapes.places.values()), default=-1)
    while first < len(groups):
        period, rounds = _period(kinds, first)
        for i in range(period * rounds):
            arrays[groups[first + i].number] = "rounds", run, i % period
        steady = _steady(used[first : first + period * rounds], period, run, arrays) if rounds else 0
        for group in groups[first + period * steady : first + period * rounds]:
            del arrays[group.number]
        for i, group in enumerate(groups[first : first + period * steady]):
            size = len(group.members)
            for j, member in enumerate(group.members):
                found[cast("Symbol", member.what)] = Place(run, arrays[group.number], size, i // period * size + j)
        first += period * steady or 1
        run += steady > 0
    return found


def _kinds(shapes: Shapes, groups: list[Group]) -> list[int]:
    """A number for each group, the same for those that are alike but for the groups that they use."""
    bare: dict[int, Hashable] = {}

    def skeleton(shape: int) -> Hashable:
        if shape not in bare:
            node = shapes.nodes[shape]
            if node[0] == "leaf":
                bare[shape] = "group" if isinstance(node[1], int) else node
            elif node[0] == "chain":
                bare[shape] = node[:2], tuple((sign, skeleton(x)) for sign, x in node[2:])
            elif node[0] in {"constant", "special", "count", "number"}:
                bare[shape] = node
            else:
                skip = {"condition": 3, "slope": 2}.get(node[0], 1)
                bare[shape] = node[:skip], tuple(skeleton(x) for x in node[skip:])
        return bare[shape]

    numbers: dict[Hashable, int] = {}
    found = []
    for group in groups:
        parts = tuple((part.sign, skeleton(part.shape), part.length) for part in group.parts)
        conditions = tuple((skeleton(shape), outcome) for shape, outcome in group.conditions)
        key = group.chain, parts, conditions, group.block, group.is_watched, len(group.members)
        found.append(numbers.setdefault(key, len(numbers)))
    return found


def _period(kinds: list[int], first: int) -> tuple[int, int]:
    """The shortest period that begins here, and how many whole rounds it has; (0, 0) for none."""
    for period in range(1, min(LONGEST, (len(kinds) - first) // FEWEST) + 1):
        i = first
        while i + period < len(kinds) and kinds[i] == kinds[i + period]:
            i += 1
        rounds = (i + period - first) // period
        if rounds >= FEWEST:
            return period, rounds
    return 0, 0


def _steady(used: list[list[Hashable]], period: int, run: int, arrays: dict[Hashable, Hashable]) -> int:
    """How many rounds there are in which each, but for the first ones, uses the same arrays as the one before.

    `used` has what each group uses. 0 if the rounds are few, or use none of their own arrays: then they are no
    recurrence.
    """

    def arrays_of(k: int) -> list[list[Hashable]]:
        return [[arrays.get(x, x) for x in each] for each in used[k * period : (k + 1) * period]]

    count = len(used) // period
    for begin in range(DIFFERENT + 1):
        first, end = arrays_of(begin), begin + 1
        while end < count and arrays_of(end) == first:
            end += 1
        if end - begin >= FEWEST:
            own = {("rounds", run, i) for i in range(period)}
            return end if any(x in own for each in first for x in each) else 0
    return 0


def _sources(shapes: Shapes, group: Group) -> list[Hashable]:
    wanted = [shape for shape, _ in group.conditions] + [part.shape for part in group.parts]
    return [x for shape in wanted for x in leaf_sources(shapes.nodes, shape)]
