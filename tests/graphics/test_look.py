"""The look: contrast on light and dark pages, and that roles differ by more than colour."""

import re

import pytest

from tests.pictures.looking import SVG, branching, parsed
from tinygrad_edu.graphics.look import (
    BADGE,
    BADGE_INK,
    BOX,
    COLOURS,
    FOCUS,
    FOCUS_BOX,
    FORWARD,
    GRADIENT,
    INK,
    LINE,
    PAGE,
    QUIET,
    TANGENT,
    number,
    text,
)
from tinygrad_edu.pictures.drawing import draw


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize(
    ("ink", "ground", "needed"),
    [
        *[(ink, ground, 4.5) for ink in (INK, QUIET, FORWARD, GRADIENT, TANGENT) for ground in (PAGE, BOX, FOCUS_BOX)],
        (BADGE_INK, BADGE, 4.5),
        *[(line, PAGE, 3) for line in (LINE, FOCUS, FORWARD, GRADIENT, TANGENT)],
    ],
)
def test_contrast_is_enough_on_light_and_on_dark_pages(ink, ground, needed):
    """WCAG 2.2: 4.5 for text, 3 for lines."""
    for one, other in ((ink, ground), (COLOURS[ink], COLOURS[ground])):
        light, dark = sorted((luminance(one), luminance(other)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= needed


def test_every_colour_in_the_picture_has_its_counterpart_for_dark_pages():
    f = branching()
    x, y = f.parents
    drawings = [draw(f, fold={"x": [x]}, title="t"), draw(f, step="backward:b"), draw(f, tangents={y: 1.0})]
    pictures = [drawing.svg.partition("</style>")[2] for drawing in drawings]
    used = {colour for picture in pictures for colour in re.findall(r'(?:fill|stroke)="(.*?)"', picture)}
    assert used == {*COLOURS, "none"}


def test_forward_gradient_and_tangent_differ_by_more_than_colour():
    f = branching()
    found = set()
    for drawing in (draw(f, products=True), draw(f, tangents={f: 1.0}, products=True)):
        for words in parsed(drawing).iter(f"{SVG}text"):
            looks = (words.get("font-style") == "italic", words.get("text-decoration") == "underline")
            found.add((words.get("fill"), looks))
    looks_of = {colour: looks for colour, looks in found if colour in (FORWARD, GRADIENT, TANGENT)}
    assert looks_of == {FORWARD: (False, False), GRADIENT: (True, False), TANGENT: (False, True)}
    assert len(found) == len({colour for colour, _ in found})


def test_coordinates_are_short():
    assert [number(x) for x in (0, 1.0, 1.25, 1.254999, -0.001, 100)] == ["0", "1", "1.25", "1.25", "-0", "100"]


def test_a_text_without_letters_has_no_length():
    assert "textLength" not in text(" ", 0, 0, INK)
    assert 'textLength="' in text("x", 0, 0, INK)
