"""The layout: no arrow runs through a box, no label covers another arrow or label, and it is always the same."""

import itertools
import random

import pytest

from tests.explorables.examples import EXAMPLES
from tinygrad_edu.explorables.arrangement import Shape, arranged, points_between
from tinygrad_edu.explorables.program import of_function

SHAPES = [Shape("LR", 98, 150, 22, (116, 22)), Shape("TB", 98, 76, 14, (76, 22))]


def graph(name):
    f, inputs = EXAMPLES[name]
    order = of_function(f, inputs).order
    place = {node: i for i, node in enumerate(order)}
    return [112 + 8 * (i % 5) for i in range(len(order))], [(place[p], place[n]) for n in order for p in n.parents]


@pytest.fixture(params=[*EXAMPLES, "random"])
def boxes_and_edges(request):
    if request.param != "random":
        return graph(request.param)
    rng = random.Random(3)
    return [120] * 60, [(rng.randrange(max(0, i - 12), i), i) for i in range(1, 60) for _ in range(2)]


@pytest.mark.parametrize("shape", SHAPES, ids=["LR", "TB"])
def test_no_arrow_runs_through_a_box_and_no_two_boxes_overlap(boxes_and_edges, shape):
    widths, edges = boxes_and_edges
    layout = arranged(widths, edges, shape)
    boxes = [(x, y, x + width, y + 98) for x, y, width in layout.boxes]
    for a, b in itertools.combinations(boxes, 2):
        assert not (a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3])
    for arrow in layout.arrows:
        for x, y in points_of(arrow, shape):
            assert not any(left < x < right and top < y < bottom for left, top, right, bottom in boxes)
            assert 0 <= x <= layout.width
            assert 0 <= y <= layout.height


def points_of(arrow, shape):
    is_wide = shape.rankdir == "LR"
    return [point for leg in range(0, len(arrow) - 2, 4) for point in points_between(arrow, leg, is_wide)]


@pytest.mark.parametrize("shape", SHAPES, ids=["LR", "TB"])
def test_a_label_that_is_placed_covers_no_other_arrow_and_no_other_label(boxes_and_edges, shape):
    widths, edges = boxes_and_edges
    layout = arranged(widths, edges, shape)
    width, height = shape.label
    placed = [(i, *label) for i, label in enumerate(layout.labels) if label]
    for (_, x, y), (_, u, v) in itertools.combinations(placed, 2):
        assert abs(x - u) >= width - 1 or abs(y - v) >= height - 1
    for i, x, y in placed:
        for j, arrow in enumerate(layout.arrows):
            others = points_of(arrow, shape) if i != j else []
            assert not any(abs(u - x) < width / 2 - 1 and abs(v - y) < height / 2 - 1 for u, v in others)
    assert len(placed) >= len(layout.labels) / 5


def test_the_layout_is_the_same_each_time():
    widths, edges = graph("network")
    assert arranged(widths, edges, SHAPES[0]) == arranged(widths, edges, SHAPES[0])


def test_an_arrow_goes_from_the_end_of_its_parent_to_the_start_of_its_child():
    layout = arranged([100, 120], [(0, 1)], SHAPES[0])
    (x, _, width), (x2, _, _) = layout.boxes
    assert (layout.arrows[0][0], layout.arrows[0][-2]) == (x + width, x2)


def test_a_single_box_needs_no_arrows():
    assert arranged([100], [], SHAPES[0]).labels == []
