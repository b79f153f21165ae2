"""Layouts stay as they are: of graphs of many kinds, drawn by chance, the place of every box, point and label.

See tests/kept.py. That nothing lies upon anything is tested in test_arrangement.py.
"""

import itertools
import random
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import pytest

from tests.kept import Kept
from tinygrad_edu.graphics.arrangement import Gaps, Link, Size, arranged

NO_LABEL = Size(0, 0)
Ends = list[tuple[int, int]]


def trees(draw: random.Random, count: int) -> Ends:
    return [(draw.randrange(head), head) for head in range(1, count)]


def forests(draw: random.Random, count: int) -> Ends:
    return [(draw.randrange(head), head) for head in range(2, count) if draw.random() < 0.7]


def meshes(draw: random.Random, count: int) -> Ends:
    return [(draw.randrange(head), head) for head in range(1, count) for _ in range(draw.randrange(4))]


def joined(draw: random.Random, count: int) -> Ends:
    return [(tail, count - 1) for tail in range(count - 1)] + trees(draw, count - 1)[:2]


def layered(draw: random.Random, count: int) -> Ends:
    half = count // 2
    return [(tail, half + head) for tail in range(half) for head in range(half) if draw.random() < 0.6]


def ladders(draw: random.Random, count: int) -> Ends:
    """Every box from the one before, and the first one from time to time."""
    return [ends for head in range(1, count) for ends in [(head - 1, head), *[(0, head)] * draw.randrange(2)]]


def circles(draw: random.Random, count: int) -> Ends:
    pairs = [(draw.randrange(count), draw.randrange(count)) for _ in range(count + 2)]
    return [(tail, head) for tail, head in pairs if tail != head]


KINDS = (trees, forests, meshes, joined, layered, ladders, circles)


def label(draw: random.Random, labelled: float) -> Size:
    return Size(draw.randrange(10, 130), draw.choice([14, 28])) if draw.random() < labelled else NO_LABEL


def layouts(kind: Callable[[random.Random, int], Ends], is_wide: bool, is_beside: bool) -> str:
    return "\n".join(_lines(kind, is_wide, is_beside))


def _lines(kind: Callable[[random.Random, int], Ends], is_wide: bool, is_beside: bool) -> Iterator[str]:
    for seed in range(9):
        draw = random.Random(seed)
        count = 2 + seed
        boxes = [Size(draw.randrange(20, 200), draw.choice([30, 40, 41, 68])) for _ in range(count)]
        labelled = (0.0, 0.5, 1.0)[seed % 3]
        links = [Link(*ends, label(draw, labelled)) for ends in kind(draw, count)]
        gaps = Gaps(60, 20) if seed % 2 else Gaps(40, 14)
        yield layout(boxes, links, gaps, is_wide, is_beside)


def layout(boxes: list[Size], links: list[Link], gaps: Gaps, is_wide: bool = True, is_beside: bool = True) -> str:
    found = arranged(boxes, links, gaps, is_wide=is_wide, is_beside=is_beside)
    places = [*found.boxes, *found.labels]
    lines = [(found.width, found.height), *places, *(itertools.chain(*arrow) for arrow in found.arrows)]
    return "\n".join(map(rounded, lines))


def rounded(numbers: Iterable[float]) -> str:
    """To thousandths, off the borders where the last bit would decide."""
    return " ".join(f"{x + 0.000123:.3f}" for x in numbers)


LAYOUTS: dict[str, Callable[[], str]] = {}
for kind in KINDS:
    for look, is_wide, is_beside in (("wide", True, True), ("down", False, True), ("labels on arrows", True, False)):
        LAYOUTS[f"{kind.__name__}, {look}"] = partial(layouts, kind, is_wide, is_beside)
# Heights of boxes and arrows between them so that a point lies exactly where another rule begins.
BORDERS: dict[str, tuple[list[int], Ends]] = {
    "half a point from straight": ([40, 62, 62, 32, 30], [(0, 1), (0, 2), (0, 4), (1, 3), (1, 4), (3, 4)]),
    "two points above": ([62, 36, 32, 32, 40], [(0, 1), (1, 2), (1, 3), (1, 4), (2, 4), (3, 4)]),
    "two points below": ([31, 31, 62, 62, 64], [(0, 2), (1, 2), (1, 3), (2, 4), (3, 4)]),
    "sixteen points across": ([56, 10, 10, 10], [(0, 1), (0, 2), (0, 3)]),
}
for border, (heights, arrows) in BORDERS.items():
    boxes = [Size(40, height) for height in heights]
    LAYOUTS[border] = partial(layout, boxes, [Link(*ends) for ends in arrows], Gaps(60, 20))
KEPT = Kept(__file__, LAYOUTS)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_stays_as_it_is(name: str) -> None:
    KEPT.check(name)


def test_all_layouts_are_kept() -> None:
    KEPT.check_names()


if __name__ == "__main__":
    KEPT.main()
