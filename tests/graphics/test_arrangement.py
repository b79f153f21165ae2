"""The layout: boxes apart, arrows through empty places, labels beside their arrows, circles cut."""

import itertools
import random

import pytest

from tinygrad_edu.graphics.arrangement import Arrangement, Gaps, Link, Size, arranged

GAPS = Gaps(60, 20)
LABEL = Size(50, 14)


def boxes(count):
    return [Size(60 + 10 * (i % 3), 40) for i in range(count)]


def overlap(one, other):
    x, y, width, height = one
    u, v, wide, high = other
    return x < u + wide and u < x + width and y < v + high and v < y + height


def around(middle, size):
    return middle[0] - size.width / 2, middle[1] - size.height / 2, size.width, size.height


def test_nothing_makes_nothing():
    assert arranged([], [], GAPS) == Arrangement(0, 0, [], [], [])


def test_a_single_box_is_the_whole_picture():
    assert arranged([Size(60, 40)], [], GAPS) == Arrangement(60, 40, [(0, 0, 60, 40)], [], [])


def test_a_chain_is_a_straight_line_with_its_label_above():
    found = arranged(boxes(2), [Link(0, 1, LABEL)], GAPS)
    ((x0, y0), *_, (x1, _)) = found.arrows[0]
    assert {y for _, y in found.arrows[0]} == {y0}
    assert (x0, x1) == (60, found.boxes[1][0])
    assert found.labels[0][1] + LABEL.height / 2 < y0


def test_downwards_is_the_same_turned():
    links = [Link(0, 2, LABEL), Link(1, 2, LABEL)]
    wide = arranged([Size(60, 40)] * 3, links, GAPS)
    tall = arranged([Size(40, 60)] * 3, [Link(0, 2, Size(14, 50)), Link(1, 2, Size(14, 50))], GAPS, is_wide=False)
    assert (tall.width, tall.height) == (wide.height, wide.width)
    assert [(y, x) for x, y, _, _ in tall.boxes] == [(x, y) for x, y, _, _ in wide.boxes]


@pytest.mark.parametrize("is_wide", [True, False])
@pytest.mark.parametrize("seed", range(20))
def test_random_graphs_have_nothing_upon_anything(seed, is_wide):
    draw = random.Random(seed)
    sizes = boxes(draw.randrange(2, 14))
    links = [
        Link(draw.randrange(head), head, draw.choice([LABEL, Size(0, 0)]))
        for head in range(1, len(sizes))
        for _ in range(draw.randrange(3))
    ]
    found = arranged(sizes, links, GAPS, is_wide=is_wide)
    labels = [around(middle, link.label) for middle, link in zip(found.labels, links, strict=True) if link.label.height]
    for one, other in itertools.combinations([*found.boxes, *labels], 2):
        assert not overlap(one, other)
    for (x, y, width, height), size in zip(found.boxes, sizes, strict=True):
        assert width >= size.width
        assert height >= size.height
        assert -1e-9 <= x <= found.width - width + 1e-9
        assert -1e-9 <= y <= found.height - height + 1e-9
    for x, y, width, height in labels:
        assert -1e-9 <= x <= found.width - width + 1e-9
        assert -1e-9 <= y <= found.height - height + 1e-9
    for link, arrow in zip(links, found.arrows, strict=True):
        x, y, width, height = found.boxes[link.tail]
        assert x <= arrow[0][0] <= x + width
        assert y <= arrow[0][1] <= y + height
        forward = 0 if is_wide else 1
        assert all(a[forward] <= b[forward] for a, b in itertools.pairwise(arrow))


def test_a_long_arrow_passes_the_boxes_between():
    found = arranged(boxes(3), [Link(0, 1), Link(1, 2), Link(0, 2)], GAPS)
    x, y, width, height = found.boxes[1]
    passing = [point for point in found.arrows[2] if x <= point[0] <= x + width]
    assert passing
    assert not any(y < point[1] < y + height for point in passing)


def test_arrows_do_not_cross_where_they_need_not():
    found = arranged(boxes(4), [Link(0, 3), Link(1, 2)], GAPS)
    assert (found.boxes[0][1] < found.boxes[1][1]) == (found.boxes[3][1] < found.boxes[2][1])


def test_a_circle_is_cut_and_its_arrow_goes_back():
    found = arranged(boxes(3), [Link(0, 1), Link(1, 0), Link(2, 0)], GAPS)
    forth, back, _ = found.arrows
    assert forth[0][0] < forth[-1][0]
    assert back[0][0] > back[-1][0]


def test_the_order_of_the_boxes_does_not_matter_for_their_direction():
    found = arranged(boxes(2), [Link(1, 0)], GAPS)
    assert found.boxes[1][0] < found.boxes[0][0]
    assert found.arrows[0][0][0] < found.arrows[0][-1][0]


def test_labels_can_stand_on_their_arrows():
    found = arranged(boxes(3), [Link(0, 2, LABEL), Link(1, 2, LABEL)], GAPS, is_beside=False)
    for (x, y), arrow in zip(found.labels, found.arrows, strict=True):
        (left, top), (right, bottom) = arrow[1:3]
        assert (x, y, y) == ((left + right) / 2, top, bottom)
    assert found.labels[1][1] - found.labels[0][1] >= LABEL.height


def test_a_straight_arrow_has_no_points_on_its_way():
    found = arranged(boxes(3), [Link(0, 1, LABEL), Link(1, 2, LABEL)], GAPS)
    assert [len(arrow) for arrow in found.arrows] == [2, 2]
