"""Where boxes, arrows and labels go: a layered layout of a graph, in plain coordinates.

The method of Sugiyama, Tagawa and Toda (1981). Each box has a layer, after all its parents. A label has a place of its
own in a layer between those of boxes. An arrow over several layers passes through an empty place in each, so that it
runs through no box and no label. The order within a layer comes from sweeps that put each place at the mean of its
neighbours; then each place moves as near to its neighbours as the others let it. Every step is deterministic.
"""

import bisect
import heapq
import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

BOX = -1  # in place of a layer
Place = tuple[int, int]  # (box, BOX), or (arrow, layer): where an arrow passes through a layer
Point = tuple[float, float]
Room = tuple[float, float]  # across, before and after the middle of a box or the line of an arrow
Neighbours = defaultdict[Place, list[Place]]
SWEEPS = 12
STIFF = 4  # how much more than a box a passing arrow stays where it is, so that long arrows are straight
PASSING = 16  # the room of an arrow that passes a layer
STRAIGHT = 0.5  # what is closer to a straight line needs no point there
LANE = 4  # between the line of an arrow and its label


class Size(NamedTuple):
    """Of a box or a label."""

    width: float
    height: float


NO_LABEL = Size(0, 0)


class Link(NamedTuple):
    """An arrow from one box to another."""

    tail: int
    head: int
    label: Size = NO_LABEL


class Gaps(NamedTuple):
    """Between layers, and between boxes of one layer."""

    layers: float
    boxes: float


class Arrangement(NamedTuple):
    """The size of all; each box as (left, top, width, height); the points of each arrow; the middle of each label.

    An arrow is a curve from its first point to the second, a line to the third, a curve to the fourth, and so on.
    """

    width: float
    height: float
    boxes: list[tuple[float, float, float, float]]
    arrows: list[list[Point]]
    labels: list[Point]


def arranged(
    boxes: Sequence[Size], links: Sequence[Link], gaps: Gaps, *, is_wide: bool = True, is_beside: bool = True
) -> Arrangement:
    """Boxes of these sizes with the links between them; from left to right if `is_wide`, else down.

    Labels stand beside the lines of their arrows, or on them if not `is_beside`. Boxes of one layer are as wide as the
    widest of them (or as high, if the graph runs down).

    >>> arranged([Size(40, 20), Size(50, 20)], [Link(0, 1)], Gaps(30, 10)).boxes
    [(0.0, 0.0, 40.0, 20), (70.0, 0.0, 50.0, 20)]
    """
    if not boxes:
        return Arrangement(0, 0, [], [], [])
    order = _parents_first(len(boxes), links)
    rank = {box: i for i, box in enumerate(order)}
    ends = [(rank[link.tail], rank[link.head]) for link in links]
    forth = [Link(min(pair), max(pair), link.label) for pair, link in zip(ends, links, strict=True)]
    found = _Layout([boxes[box] for box in order], forth, gaps, is_wide, is_beside).arrangement()
    for arrow, (tail, head) in zip(found.arrows, ends, strict=True):
        if tail > head:
            arrow.reverse()
    return found._replace(boxes=[found.boxes[rank[box]] for box in range(len(boxes))])


def _parents_first(count: int, links: Iterable[Link]) -> list[int]:
    """The boxes, each after the tails of its arrows; where folded groups make a circle, it is cut somewhere."""
    heads = defaultdict(list)
    waiting = [0] * count
    for link in links:
        heads[link.tail].append(link.head)
        waiting[link.head] += 1
    ready = [box for box in range(count) if not waiting[box]]
    order: dict[int, None] = {}
    spares = iter(range(count))
    while len(order) < count:
        box = heapq.heappop(ready) if ready else next(box for box in spares if box not in order)
        order[box] = None
        for head in heads[box]:
            waiting[head] -= 1
            if not waiting[head] and head not in order:
                heapq.heappush(ready, head)
    return list(order)


class _Layout:
    """`along` is the direction in which the graph runs, `across` the other one."""

    def __init__(
        self, boxes: Sequence[Size], links: Sequence[Link], gaps: Gaps, is_wide: bool, is_beside: bool
    ) -> None:
        self.links, self.gaps, self.is_wide = links, gaps, is_wide
        self.boxes = [Size(*self._turned(*size)) for size in boxes]  # along and across
        self.labels = [Size(*self._turned(*link.label)) for link in links]
        self.layer_of = [2 * layer for layer in _layers(len(boxes), links)]  # labels have the odd layers
        self.layers, steps = self._places()
        _order(self.layers, steps)
        self.sides = self._sides() if is_beside else [0] * len(links)
        self.rooms = {place: self._room(place) for layer in self.layers for place in layer}
        middle = _spread(self.layers, steps, self.rooms)
        spare = {place: gaps.boxes / 2 if place[1] == BOX else 0 for place in self.rooms}
        low = min(middle[place] - room[0] + spare[place] for place, room in self.rooms.items())
        self.high = max(middle[place] + room[1] - spare[place] for place, room in self.rooms.items()) - low
        self.across = {place: at - low for place, at in middle.items()}
        self.starts, self.ends = self._columns()

    def _places(self) -> tuple[list[list[Place]], list[tuple[Place, Place]]]:
        """The places of each layer, and which of them are linked."""
        layers: list[list[Place]] = [[] for _ in range(max(self.layer_of) + 1)]
        for box, layer in enumerate(self.layer_of):
            layers[layer].append((box, BOX))
        steps: list[tuple[Place, Place]] = []
        for i, link in enumerate(self.links):
            between = range(self.layer_of[link.tail] + 1, self.layer_of[link.head])
            for layer in between:
                layers[layer].append((i, layer))
            steps += itertools.pairwise([(link.tail, BOX), *((i, layer) for layer in between), (link.head, BOX)])
        return layers, steps

    def _has_label(self, place: Place) -> bool:
        """Whether the arrow has its label there: right before its head."""
        i, layer = place
        return layer != BOX and layer == self.layer_of[self.links[i].head] - 1 and self.labels[i] != NO_LABEL

    def _sides(self) -> list[int]:
        """On which side of each arrow its label stands: those of a box's first arrows before them, the others after."""
        spots = {place: i for layer in self.layers for i, place in enumerate(layer)}
        entering = defaultdict(list)
        for i, link in enumerate(self.links):
            entering[link.head].append((spots[i, self.layer_of[link.head] - 1], i))
        sides = [1] * len(self.links)
        for arrows in entering.values():
            first = len(arrows) // 2 if len(arrows) > 1 else int(self.is_wide)
            for _, i in sorted(arrows)[:first]:
                sides[i] = -1
        return sides

    def _room(self, place: Place) -> Room:
        """How much room a place takes across."""
        i, layer = place
        if layer == BOX:
            half = (self.boxes[i].height + self.gaps.boxes) / 2
            return half, half
        if not self._has_label(place):
            return PASSING / 2, PASSING / 2
        long = LANE + self.labels[i].height + LANE
        return {-1: (long, PASSING / 2), 0: (long / 2, long / 2), 1: (PASSING / 2, long)}[self.sides[i]]

    # --- coordinates ---

    def arrangement(self) -> Arrangement:
        boxes = []
        for box, layer in enumerate(self.layer_of):
            side, start = self.boxes[box].height, self.starts[layer]
            corner = self._turned(start, self.across[box, BOX] - side / 2)
            boxes.append((*corner, *self._turned(self.ends[layer] - start, side)))
        labels = [self._label(i) for i in range(len(self.links))]
        return Arrangement(*self._turned(self.ends[-1], self.high), boxes, self._arrows(), labels)

    def _turned(self, along: float, across: float) -> Point:
        return (along, across) if self.is_wide else (across, along)

    def _columns(self) -> tuple[list[float], list[float]]:
        """Where each layer starts and ends."""
        starts, ends, at = [], [], 0.0
        for layer in self.layers:
            widths = [
                self.boxes[i].width if passing == BOX else self.labels[i].width
                for i, passing in layer
                if passing == BOX or self._has_label((i, passing))
            ]
            starts.append(at)
            ends.append(at + max(widths, default=0))
            at = ends[-1] + self.gaps.layers / 2
        return starts, ends

    def _label(self, i: int) -> Point:
        """The middle of the label: beside the line of its arrow, or on it."""
        layer = self.layer_of[self.links[i].head] - 1
        aside = self.sides[i] * (LANE + self.labels[i].height / 2)
        return self._turned((self.starts[layer] + self.ends[layer]) / 2, self.across[i, layer] + aside)

    def _arrows(self) -> list[list[Point]]:
        """The points of each arrow. Arrows leave and enter a box at different spots, in the order of their ways."""
        middles = []
        leaving, entering = defaultdict(list), defaultdict(list)
        for i, link in enumerate(self.links):
            between = range(self.layer_of[link.tail] + 1, self.layer_of[link.head])
            middles.append([(layer, self.across[i, layer]) for layer in between])
            leaving[link.tail].append((self.across[i, between[0]], i))
            entering[link.head].append((self.across[i, between[-1]], i))
        first, last = self._spots(leaving), self._spots(entering)
        arrows = []
        for i, link in enumerate(self.links):
            points = [self._turned(self.ends[self.layer_of[link.tail]], first[i])]
            heights = [first[i], *(middle for _, middle in middles[i]), last[i]]
            for (layer, middle), before, after in zip(middles[i], heights, heights[2:], strict=False):
                is_free = layer % 2 and not self._has_label((i, layer)) and not _is_detour(before, middle, after)
                is_needed = not is_free and max(abs(before - middle), abs(after - middle)) >= STRAIGHT
                points += [self._turned(along, middle) for along in (self.starts[layer], self.ends[layer]) if is_needed]
            arrows.append([*points, self._turned(self.starts[self.layer_of[link.head]], last[i])])
        return arrows

    def _spots(self, sides: Mapping[int, list[tuple[float, int]]]) -> dict[int, float]:
        spots = {}
        for box, arrows in sides.items():
            for j, (_, i) in enumerate(sorted(arrows)):
                spots[i] = self.across[box, BOX] + self.boxes[box].height * ((j + 1) / (len(arrows) + 1) - 0.5)
        return spots


def _is_detour(before: float, middle: float, after: float) -> bool:
    """Whether a curve straight from `before` to `after` would leave the room that its arrow has between them."""
    return abs(after - before) > PASSING or not min(before, after) - 2 <= middle <= max(before, after) + 2


# --- layers and their order --------------------------------------------------------------------------------------


def _layers(count: int, links: Iterable[Link]) -> list[int]:
    """The layer of each box: after all its parents; a box without parents stands right before its first child."""
    parents, children = defaultdict(list), defaultdict(list)
    for link in links:
        parents[link.head].append(link.tail)
        children[link.tail].append(link.head)
    layers: list[int] = []
    for box in range(count):
        layers.append(max((layers[parent] + 1 for parent in parents[box]), default=0))
    for box in range(count):
        if not parents[box] and children[box]:
            layers[box] = min(layers[child] for child in children[box]) - 1
    return layers


def _order(layers: list[list[Place]], steps: Sequence[tuple[Place, Place]]) -> None:
    """Order each layer so that few arrows cross, by the mean position of what each place is linked with."""
    before, after = _neighbours(steps)
    best, fewest = [list(layer) for layer in layers], _crossings(layers, after)
    for sweep in range(SWEEPS):
        neighbours = after if sweep % 2 else before
        spots = {place: float(i) for layer in layers for i, place in enumerate(layer)}
        for layer in reversed(layers) if sweep % 2 else layers:
            layer.sort(key=lambda place: _mean([spots[each] for each in neighbours[place]], spots[place]))
            spots.update({place: float(i) for i, place in enumerate(layer)})
        crossings = _crossings(layers, after)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
    layers[:] = best


def _neighbours(steps: Iterable[tuple[Place, Place]]) -> tuple[Neighbours, Neighbours]:
    before: Neighbours = defaultdict(list)
    after: Neighbours = defaultdict(list)
    for start, end in steps:
        before[end].append(start)
        after[start].append(end)
    return before, after


def _mean(numbers: Sequence[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise


def _crossings(layers: Sequence[Sequence[Place]], after: Mapping[Place, list[Place]]) -> int:
    """How many pairs of arrows between neighbouring layers cross."""
    total = 0
    for here, there in itertools.pairwise(layers):
        spots = {place: i for i, place in enumerate(there)}
        seen: list[int] = []  # sorted
        for place in here:
            ends = sorted(spots[each] for each in after.get(place, ()))
            total += sum(len(seen) - bisect.bisect_right(seen, end) for end in ends)
            for end in ends:
                bisect.insort(seen, end)
    return total


def _spread(
    layers: Sequence[Sequence[Place]], steps: Iterable[tuple[Place, Place]], rooms: Mapping[Place, Room]
) -> dict[Place, float]:
    """The middle of each place across: near the mean of its neighbours, none upon another."""
    before, after = _neighbours(steps)
    middle: dict[Place, float] = {}
    for layer in layers:
        edge = -sum(sum(rooms[place]) for place in layer) / 2
        for place in layer:
            middle[place] = edge + sum(rooms[place]) / 2
            edge += sum(rooms[place])
    for sweep in range(SWEEPS):
        both = sweep >= SWEEPS - 2
        for layer in reversed(layers) if sweep % 2 else layers:
            wishes = []
            for place in layer:
                near = before[place] + after[place] if both else after[place] if sweep % 2 else before[place]
                near = [each for each in near if each[1] != BOX] or near if place[1] != BOX else near
                wishes.append(_mean([middle[each] for each in near], middle[place]))
            weights = [1 if passing == BOX else STIFF for _, passing in layer]
            middle.update(zip(layer, _apart(wishes, [rooms[place] for place in layer], weights), strict=True))
    return middle


def _apart(wishes: Sequence[float], rooms: Sequence[Room], weights: Sequence[int]) -> list[float]:
    """The middles nearest to the wishes, by least squares, so that things with these rooms stand side by side.

    With the room before each taken off, they must only not decrease: neighbours that do are put at their mean. The
    larger its weight, the nearer a thing comes to its wish.

    >>> _apart([0.0, 0.0], [(5.0, 5.0), (5.0, 5.0)], [1, 4])
    [-8.0, 2.0]
    """
    starts = itertools.accumulate(map(sum, rooms[:-1]), initial=0.0)
    offsets = [start + before for start, (before, _) in zip(starts, rooms, strict=True)]
    groups: list[tuple[float, int, int]] = []  # the mean of a group, its weight and its number of members
    for wish, offset, weight in zip(wishes, offsets, weights, strict=True):
        mean, count = wish - offset, 1
        while groups and groups[-1][0] > mean:
            other, others, members = groups.pop()
            mean = (other * others + mean * weight) / (others + weight)
            weight, count = weight + others, count + members  # noqa: PLW2901 - the group's from here on
        groups.append((mean, weight, count))
    means = [mean for mean, _, count in groups for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]
