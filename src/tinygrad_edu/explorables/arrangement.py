"""Where boxes and arrows go: a layered layout of a graph, in plain coordinates.

The method of Sugiyama, Tagawa and Toda (1981): a layer for each value, after all its parents; an arrow over several
layers is a chain of short ones through empty places, so that it runs through no box; the order within a layer is
found by sweeps that put each place at the mean of its neighbours; then each place moves as near to its neighbours as
the others let it. All steps are deterministic.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

Edge = tuple[int, int]  # parent and child
Place = tuple[int, int]  # (box, -1), or (edge, layer): where an edge passes through a layer
SWEEPS = 12
MARGIN = 14  # pixels around the picture
PASSING = 26  # the space of an arrow that passes a layer
SAMPLES = 12  # points on a curve at which it is looked for under a label


class Shape(NamedTuple):
    """Which way a picture runs, the height of boxes, the gaps between layers and between boxes, the size of labels."""

    rankdir: str
    box_height: int
    gap: int
    between: int
    label: tuple[int, int]


class Arrangement(NamedTuple):
    """The size of the picture, boxes as (x, y, width), arrows as points, and the middle of each arrow's label.

    An arrow starts at its first point, ends at its last, and passes a layer between two points. A label that would
    cover another arrow or label has no place.
    """

    width: int
    height: int
    boxes: list[list[int]]
    arrows: list[list[int]]
    labels: list[list[int] | None]


def arranged(widths: Sequence[int], edges: Sequence[Edge], shape: Shape) -> Arrangement:
    """Boxes of these widths, parents first, and the arrows between them.

    >>> arranged([100, 100], [(0, 1)], Shape("LR", 98, 150, 22, (100, 20))).boxes
    [[14, 14, 100], [264, 14, 100]]
    """
    return _Layout(widths, edges, shape).arrangement()


class _Layout:
    """`along` is the direction in which the graph runs, `across` the other one."""

    def __init__(self, widths: Sequence[int], edges: Sequence[Edge], shape: Shape) -> None:
        self.widths, self.edges, self.shape = widths, edges, shape
        self.is_wide = shape.rankdir == "LR"
        self.layer_of = _layers(len(widths), edges)
        self.layers, self.links = self._places()
        _ordered(self.layers, self.links)
        self.sizes = {place: self._size(place) for layer in self.layers for place in layer}
        self.middle = _spread(self.layers, self.links, self.sizes)

    def _places(self) -> tuple[list[list[Place]], list[tuple[Place, Place]]]:
        """The places of each layer, and which of them are linked."""
        layers: list[list[Place]] = [[] for _ in range(max(self.layer_of, default=0) + 1)]
        for box, layer in enumerate(self.layer_of):
            layers[layer].append((box, -1))
        links: list[tuple[Place, Place]] = []
        for i, (parent, child) in enumerate(self.edges):
            between = range(self.layer_of[parent] + 1, self.layer_of[child])
            for layer in between:
                layers[layer].append((i, layer))
            chain = [(parent, -1), *((i, layer) for layer in between), (child, -1)]
            links += itertools.pairwise(chain)
        return layers, links

    def _size(self, place: Place) -> float:
        """How much room a place takes across."""
        if place[1] >= 0:
            return PASSING
        return (self.shape.box_height if self.is_wide else self.widths[place[0]]) + self.shape.between

    # --- coordinates ---

    def arrangement(self) -> Arrangement:
        starts, ends = self._columns()
        low = min(self.middle[place] - self.sizes[place] / 2 for place in self.middle)
        across = {place: middle - low + MARGIN - self.shape.between / 2 for place, middle in self.middle.items()}
        boxes = []
        for box, layer in enumerate(self.layer_of):
            width = ends[layer] - starts[layer] if self.is_wide else self.widths[box]
            side = self.shape.box_height if self.is_wide else width
            corner = round(starts[layer]), round(across[box, -1] - side / 2)
            boxes.append([*self._turned(*corner), width])
        arrows = self._arrows(across, starts, ends)
        high = max(across[place] + self.sizes[place] / 2 for place in across) - self.shape.between / 2 + MARGIN
        width, height = self._turned(ends[-1] + MARGIN, round(high))
        return Arrangement(width, height, boxes, arrows, _labels(arrows, self.shape, self.is_wide))

    def _turned(self, along: int, across: int) -> tuple[int, int]:
        return (along, across) if self.is_wide else (across, along)

    def _columns(self) -> tuple[list[int], list[int]]:
        """Where each layer starts and ends."""
        starts, ends, at = [], [], MARGIN
        for layer in self.layers:
            boxes = [self.widths[box] for box, passing in layer if passing < 0]
            starts.append(at)
            ends.append(at + (max(boxes) if self.is_wide else self.shape.box_height))
            at = ends[-1] + self.shape.gap
        return starts, ends

    def _arrows(self, across: Mapping[Place, float], starts: list[int], ends: list[int]) -> list[list[int]]:
        """The points of each arrow. Arrows leave and enter a box at different spots, in the order of their ways."""
        middles = [
            [across[i, layer] for layer in range(self.layer_of[parent] + 1, self.layer_of[child])]
            for i, (parent, child) in enumerate(self.edges)
        ]
        leaving, entering = defaultdict(list), defaultdict(list)
        for i, (parent, child) in enumerate(self.edges):
            way = [across[parent, -1], *middles[i], across[child, -1]]
            leaving[parent].append((way[1], way[-1], i))
            entering[child].append((way[-2], way[0], i))
        first, last = self._spots(leaving, across), self._spots(entering, across)
        arrows = []
        for i, (parent, child) in enumerate(self.edges):
            points = [self._turned(ends[self.layer_of[parent]], round(first[i]))]
            for layer, middle in enumerate(middles[i], self.layer_of[parent] + 1):
                points += [self._turned(along, round(middle)) for along in (starts[layer], ends[layer])]
            points.append(self._turned(starts[self.layer_of[child]], round(last[i])))
            arrows.append([number for point in points for number in point])
        return arrows

    def _spots(
        self, sides: Mapping[int, list[tuple[float, float, int]]], across: Mapping[Place, float]
    ) -> dict[int, float]:
        spots = {}
        for box, arrows in sides.items():
            side = self.shape.box_height if self.is_wide else self.widths[box]
            for j, (*_, i) in enumerate(sorted(arrows)):
                spots[i] = across[box, -1] + side * ((j + 1) / (len(arrows) + 1) - 0.5)
        return spots


# --- layers and their order --------------------------------------------------------------------------------------


def _layers(count: int, edges: Iterable[Edge]) -> list[int]:
    """The layer of each box: after all its parents; a box without parents stands right before its first child."""
    parents, children = defaultdict(list), defaultdict(list)
    for parent, child in edges:
        parents[child].append(parent)
        children[parent].append(child)
    layers: list[int] = []
    for box in range(count):
        layers.append(max((layers[parent] + 1 for parent in parents[box]), default=0))
    for box in range(count):
        if not parents[box] and children[box]:
            layers[box] = min(layers[child] for child in children[box]) - 1
    return layers


def _ordered(layers: list[list[Place]], links: Sequence[tuple[Place, Place]]) -> None:
    """Order each layer so that few arrows cross, by the mean position of what each place is linked with."""
    before, after = _neighbours(links)
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


def _neighbours(
    links: Iterable[tuple[Place, Place]],
) -> tuple[defaultdict[Place, list[Place]], defaultdict[Place, list[Place]]]:
    before, after = defaultdict(list), defaultdict(list)
    for start, end in links:
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
        ends = [sorted(spots[each] for each in after[place]) for place in here if place in after]
        seen: list[int] = []
        for group in ends:
            total += sum(sum(other > end for other in seen) for end in group)
            seen += group
    return total


def _spread(
    layers: Sequence[Sequence[Place]], links: Iterable[tuple[Place, Place]], sizes: Mapping[Place, float]
) -> dict[Place, float]:
    """The middle of each place across: near the mean of its neighbours, none upon another."""
    before, after = _neighbours(links)
    middle: dict[Place, float] = {}
    for layer in layers:
        edge = -sum(sizes[place] for place in layer) / 2
        for place in layer:
            middle[place] = edge + sizes[place] / 2
            edge += sizes[place]
    for sweep in range(SWEEPS):
        both = sweep >= SWEEPS - 2
        for layer in reversed(layers) if sweep % 2 else layers:
            wishes = []
            for place in layer:
                near = before[place] + after[place] if both else after[place] if sweep % 2 else before[place]
                wishes.append(_mean([middle[each] for each in near], middle[place]))
            middle.update(zip(layer, _apart(wishes, [sizes[place] for place in layer]), strict=True))
    return middle


def _apart(wishes: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """The places nearest to the wishes, by least squares, at which things of these sizes stand side by side in order.

    With the room before each taken off, they must only not decrease: neighbours that do are put at their mean.

    >>> _apart([0.0, 0.0], [10.0, 10.0])
    [-5.0, 5.0]
    """
    offsets = [sum(sizes[:i]) + size / 2 for i, size in enumerate(sizes)]
    groups: list[list[float]] = []  # the mean of a group and its number of members
    for wish, offset in zip(wishes, offsets, strict=True):
        groups.append([wish - offset, 1])
        while len(groups) > 1 and groups[-2][0] > groups[-1][0]:
            mean, count = groups.pop()
            total = groups[-1][0] * groups[-1][1] + mean * count
            groups[-1] = [total / (groups[-1][1] + count), groups[-1][1] + count]
    means = [mean for mean, count in groups for _ in range(round(count))]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


# --- labels ------------------------------------------------------------------------------------------------------

Box = tuple[float, float, float, float]  # left, top, right, bottom


def _labels(arrows: Sequence[Sequence[int]], shape: Shape, is_wide: bool) -> list[list[int] | None]:
    """A place for each label on its own arrow where it covers no other arrow and no other label."""
    curves = [[points_between(arrow, leg, is_wide) for leg in range(0, len(arrow) - 2, 4)] for arrow in arrows]
    points: defaultdict[int, list[tuple[int, float, float]]] = defaultdict(list)
    for i, legs in enumerate(curves):
        for x, y in itertools.chain.from_iterable(legs):
            points[int(x if is_wide else y) // NEAR].append((i, x, y))
    taken: defaultdict[int, list[Box]] = defaultdict(list)
    width, height = shape.label

    def is_free(i: int, box: Box) -> bool:
        cells = _cells(box, is_wide)
        is_clear = not any(j != i and _within(x, y, box) for cell in cells for j, x, y in points[cell])
        return is_clear and not any(_overlap(box, other) for cell in cells for other in taken[cell])

    labels: list[list[int] | None] = []
    for i, legs in enumerate(curves):
        tried = [leg[place] for leg in (legs[-1], *legs[:-1]) for place in TRIED]
        boxes = [(x - width / 2, y - height / 2, x + width / 2, y + height / 2) for x, y in tried]
        found = next((box for box in boxes if is_free(i, box)), None)
        labels.append(found and [round((found[0] + found[2]) / 2), round((found[1] + found[3]) / 2)])
        for cell in _cells(found, is_wide) if found else ():
            taken[cell].append(found)  # type: ignore[arg-type]  # it is found here
    return labels


NEAR = 100  # pixels: points and labels are looked for in strips of this width
TRIED = (6, 5, 7, 4, 8, 3, 9)  # of the points on a curve


def _cells(box: Box, is_wide: bool) -> range:
    low, high = (box[0], box[2]) if is_wide else (box[1], box[3])
    return range(int(low) // NEAR, int(high) // NEAR + 1)


def _within(x: float, y: float, box: Box) -> bool:
    return box[0] < x < box[2] and box[1] < y < box[3]


def _overlap(box: Box, other: Box) -> bool:
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def points_between(arrow: Sequence[int], leg: int, is_wide: bool) -> list[tuple[float, float]]:
    """Points on the curve from one layer to the next, a cubic that leaves and arrives in the direction of the graph."""
    x0, y0, x1, y1 = arrow[leg : leg + 4]
    points = []
    for i in range(SAMPLES + 1):
        t = i / SAMPLES
        along, across = 1.5 * t * (1 - t) + t**3, t * t * (3 - 2 * t)
        u, v = (along, across) if is_wide else (across, along)
        points.append((x0 + (x1 - x0) * u, y0 + (y1 - y0) * v))
    return points
