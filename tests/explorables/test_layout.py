"""The layout of a page: no arrow runs through a box, no label covers another arrow or label, the same each time."""

import itertools
import random

import pytest

from tests.explorables.examples import EXAMPLES
from tinygrad_edu.explorables.content import LABELS, _shortened, layout
from tinygrad_edu.explorables.program import of_function

DIRECTIONS = ["LR", "TB"]
SAMPLES = 12  # points on a curve at which it is looked for under a label


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


def points_of(arrow, rankdir):
    """Points on the curves of an arrow, and on the straight lines between them."""
    ends = list(zip(arrow[::2], arrow[1::2], strict=True))
    for leg, (start, end) in enumerate(itertools.pairwise(ends)):
        for i in range(SAMPLES + 1):
            t = i / SAMPLES
            along, across = (t, t) if leg % 2 else (1.5 * t * (1 - t) + t**3, t * t * (3 - 2 * t))
            u, v = (along, across) if rankdir == "LR" else (across, along)
            yield start[0] + (end[0] - start[0]) * u, start[1] + (end[1] - start[1]) * v


@pytest.mark.parametrize("rankdir", DIRECTIONS)
def test_no_arrow_runs_through_a_box_and_no_two_boxes_overlap(boxes_and_edges, rankdir):
    widths, edges = boxes_and_edges
    found = layout(widths, edges, rankdir)
    boxes = [(x, y, x + width, y + 98) for x, y, width in found["boxes"]]
    for a, b in itertools.combinations(boxes, 2):
        assert not (a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3])
    for arrow in found["arrows"]:
        for x, y in points_of(arrow, rankdir):
            assert not any(left < x < right and top < y < bottom for left, top, right, bottom in boxes)
            assert 0 <= x <= found["width"]
            assert 0 <= y <= found["height"]


@pytest.mark.parametrize("rankdir", DIRECTIONS)
def test_every_label_has_a_place_and_covers_no_other_arrow_and_no_other_label(boxes_and_edges, rankdir):
    widths, edges = boxes_and_edges
    found = layout(widths, edges, rankdir)
    width, height = LABELS[rankdir]
    assert len(found["labels"]) == len(found["arrows"])
    for (x, y), (u, v) in itertools.combinations(found["labels"], 2):
        assert abs(x - u) >= width - 1 or abs(y - v) >= height - 1
    for i, (x, y) in enumerate(found["labels"]):
        for j, arrow in enumerate(found["arrows"]):
            others = points_of(arrow, rankdir) if i != j else []
            assert not any(abs(u - x) < width / 2 - 1 and abs(v - y) < height / 2 - 1 for u, v in others)


@pytest.mark.parametrize("rankdir", DIRECTIONS)
def test_a_label_stands_on_its_own_arrow(boxes_and_edges, rankdir):
    widths, edges = boxes_and_edges
    found = layout(widths, edges, rankdir)
    for (x, y), arrow in zip(found["labels"], found["arrows"], strict=True):
        nearest = min(abs(u - x) + abs(v - y) for u, v in points_of(arrow, rankdir))
        assert nearest <= 10


# The arrow from 2 to 3 is straight over two columns, and its label not in the middle.
LONG_STRAIGHT = [(0, 1), (0, 2), (0, 4), (1, 5), (2, 3), (3, 4), (3, 5)]


@pytest.mark.parametrize("edges", [graph("network")[1], LONG_STRAIGHT], ids=["network", "long straight"])
def test_labels_that_a_page_does_not_get_stand_in_the_middle_of_the_last_straight_part(edges):
    found = layout([100] * (1 + max(map(max, edges))), edges, "LR")
    kept = _shortened(found)["labels"]
    assert bool(kept) == (edges is LONG_STRAIGHT)
    for i, (label, points) in enumerate(zip(found["labels"], found["arrows"], strict=True)):
        u, v, u2, v2 = points if len(points) == 4 else points[-6:-2]
        assert kept.get(i, [(u + u2) / 2, (v + v2) / 2]) == pytest.approx(label, abs=1)


def test_the_layout_is_the_same_each_time():
    widths, edges = graph("network")
    assert layout(widths, edges, "LR") == layout(widths, edges, "LR")


def test_an_arrow_goes_from_the_end_of_its_parent_to_the_start_of_its_child():
    found = layout([100, 120], [(0, 1)], "LR")
    (x, _, width), (x2, _, _) = found["boxes"]
    assert (found["arrows"][0][0], found["arrows"][0][-2]) == (x + width, x2)


def test_a_single_box_needs_no_arrows():
    assert layout([100], [], "LR")["labels"] == []
