"""The picture as DOT: labels are data, colours keep their contrast, forward and gradient look different."""

import re

import pytest

import tinygrad_edu as tg
from tests.pictures.looking import PURE, SVG, boxes, branching, edges, parsed, texts
from tinygrad_edu import Value
from tinygrad_edu.pictures.dot_text import (
    BADGE,
    BADGE_INK,
    BOX,
    COLOURS,
    FORWARD,
    GRADIENT,
    INK,
    LINE,
    PAGE,
    QUIET,
)
from tinygrad_edu.pictures.drawing import draw

# --- what is shown ---------------------------------------------------------------------------------------------------


def test_a_gradient_before_backward_is_shown_as_not_computed():
    f = branching()
    before = draw(f, products=True)
    assert all(box.endswith("grad –") for box in boxes(before))
    assert "grad –: not computed yet, call backward()" in texts(before)
    assert ["∂f/∂x = 7", "← – × 7 = –"] in edges(before)
    f.backward()
    after = draw(f)
    assert not any("–" in text for text in texts(after))


def test_left_to_right_and_top_to_bottom():
    width, height = (float(x) for x in re.findall(r'(?:width|height)="([\d.]+)pt"', draw(branching()).svg))
    tall = draw(branching(), rankdir="TB")
    tb_width, tb_height = (float(x) for x in re.findall(r'(?:width|height)="([\d.]+)pt"', tall.svg))
    assert width > tb_width
    assert height < tb_height


# --- labels are data -------------------------------------------------------------------------------------------------


HOSTILE = [
    "trailing backslash \\",
    "\\N \\G \\n \\\\",
    "<b>x</b>",
    "{ | } <port> [",
    "\"quoted\" 'twice' & &amp; &#0; -->",
    "".join(map(chr, range(32))),
    "nul\x00byte",
    "\x7f\x85\x9f",
    "lone \ud800 surrogates \udfff",
    "\ufffe\uffff",
    "\u202eright to left\u2066",
    "javascript:alert(1)",
    "https://example.org/",
    "<script>alert(1)</script>",
    "<![CDATA[ ]]> <!DOCTYPE x> <?php ?>",
    "</TD></TR></TABLE>>]; }",
    "two\nlines\r\tand more",
    "重み σ 😀",
    " ",
    "x" * 100_000,
    "<" * 100_000,
]


@pytest.mark.parametrize("label", HOSTILE, ids=lambda label: ascii(label[:20]))
def test_labels_are_data(label):
    x = Value(2.0, label=label)
    y = tg.tanh(x * 3)
    y.backward()
    drawing = draw(y, title=label, fold={label: [x]}, program=PURE)
    for each in (drawing, draw(y, title=label, products=True)):
        root = parsed(each)
        names = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert names <= {"svg", "title", "desc", "style", "g", "polygon", "path", "text", "polyline"}
        assert not [key for element in root.iter() for key in element.attrib if "href" in key or key.startswith("on")]
        assert len(root.findall(f".//{SVG}g[@class='node']")) == 3
        assert len(each.dot) < 30_000
        assert len(each.png) > 1000


def test_labels_are_shown_as_written():
    drawing = draw(Value(1.0, label="\\N <b>{ | }</b> & \\"), show=[])
    assert boxes(drawing) == [text.replace("\u200c", "") for text in texts(drawing)] == ["\\N <b>{ | }</b> & \\"]


# --- the SVG ---------------------------------------------------------------------------------------------------------


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize(
    ("ink", "ground", "needed"),
    [
        *[(ink, ground, 4.5) for ink in (INK, QUIET, FORWARD, GRADIENT) for ground in (PAGE, BOX)],
        (BADGE_INK, BADGE, 4.5),
        (LINE, PAGE, 3),
    ],
)
def test_contrast_is_enough_on_light_and_on_dark_pages(ink, ground, needed):
    """WCAG 2.2: 4.5 for text, 3 for lines."""
    for one, other in ((ink, ground), (COLOURS[ink], COLOURS[ground])):
        light, dark = sorted((luminance(one), luminance(other)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= needed


def test_every_colour_in_the_picture_has_its_counterpart_for_dark_pages():
    f = branching()
    svg = draw(f, fold={"x": [f.parents[0]]}, title="t", program=PURE).svg
    used = set(re.findall(r'(?:fill|stroke)="(.*?)"', svg.partition("</style>")[2]))
    assert used == {*COLOURS, "none"}


def test_forward_and_gradient_differ_by_more_than_colour():
    for text in parsed(draw(branching())).iter(f"{SVG}text"):
        if text.get("fill") in (FORWARD, GRADIENT):
            assert (text.get("font-style") == "italic") == (text.get("fill") == GRADIENT)
