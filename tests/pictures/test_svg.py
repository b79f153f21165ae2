"""The SVG: for readers and screen readers, in any font, the same bytes everywhere; nothing covers anything."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tinygrad_edu as tg
from tests.hostile import HOSTILE
from tests.pictures.looking import PURE, SVG, boxes, branching, edges, parsed, texts
from tinygrad_edu import Value, nn
from tinygrad_edu.pictures.drawing import draw
from tinygrad_edu.recurrent import LSTMCell, RNNCell


def test_the_svg_has_a_title_and_a_description_for_screen_readers():
    root = parsed(draw(branching(), title="f = <(a + b)(b + c)>"))
    assert root.get("role") == "img"
    title, description = root[0], root[1]
    assert (title.tag, title.text) == (f"{SVG}title", "f = <(a + b)(b + c)>")
    assert description.tag == f"{SVG}desc"
    assert description.text.startswith("6 boxes, 6 arrows. a: value -1, grad –; b: value 3")
    assert parsed(draw(branching()))[0].text == "Computation graph of f"


def test_the_description_of_a_large_graph_is_cut():
    x = Value(1.0)
    for _ in range(60):
        x = x + 1.0
    assert parsed(draw(x))[1].text.endswith("v40 = v39 + 1: value 40, grad –; and 21 more.")


def test_of_forty_boxes_all_are_described():
    x = Value(1.0)
    for _ in range(39):
        x = -x
    assert parsed(draw(x))[1].text.endswith("v40 = -v39: value -1, grad –.")
    assert parsed(draw(-x))[1].text.endswith("v40 = -v39: value -1, grad –; and 1 more.")


def test_pictures_in_one_page_share_no_ids_and_style_nothing_else():
    root = parsed(draw(branching()))
    assert not [element for element in root.iter() if element.get("id")]
    rules = root.findtext(f"{SVG}style").replace("@media (prefers-color-scheme:dark){", "").split("}")
    assert all(rule.startswith(".tinygrad-edu") for rule in rules if rule)


SAME = """
from tinygrad_edu import Value, tanh, dot
from tinygrad_edu.pictures import draw
x = [Value(float(i)) for i in range(8)]
h = [tanh(dot(x, [i] * 8)) for i in range(4)]
print(draw(dot(h, h), expand=True, products=True, fold={"b": h[:1], "a": h[2:3]}).svg)
"""


def test_the_same_graph_gives_the_same_bytes_in_every_process():
    seeds = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "2")]
    one, two = (subprocess.run([sys.executable, "-c", SAME], env=e, capture_output=True, check=True) for e in seeds)
    assert len(one.stdout) > 10_000
    assert one.stdout == two.stdout


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
    wide, tall = parsed(draw(branching())), parsed(draw(branching(), rankdir="TB"))
    assert float(wide.get("width")) > float(tall.get("width"))
    assert float(wide.get("height")) < float(tall.get("height"))


@pytest.mark.parametrize("label", HOSTILE, ids=lambda label: ascii(label[:20]))
def test_labels_are_data(label):
    x = Value(2.0, label=label)
    y = tg.tanh(x * 3)
    y.backward()
    drawing = draw(y, title=label, fold={label: [x]}, program=PURE)
    for each in (drawing, draw(y, title=label, products=True)):
        root = parsed(each)
        names = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert names <= {"svg", "title", "desc", "style", "g", "polygon", "path", "rect", "text"}
        assert not [key for element in root.iter() for key in element.attrib if "href" in key or key.startswith("on")]
        assert len(root.findall(f".//{SVG}g[@class='node']")) == 3
        assert len(each.dot) < 30_000
        assert len(each.png) > 1000


def test_labels_are_shown_as_written():
    drawing = draw(Value(1.0, label="\\N <b>{ | }</b> & \\"), show=[])
    assert boxes(drawing) == [text.replace("\u200c", "") for text in texts(drawing)] == ["\\N <b>{ | }</b> & \\"]


# --- blanks --------------------------------------------------------------------------------------------------------


def test_fields_for_numbers_are_all_of_one_size_and_hold_nothing():
    f = branching()
    f.backward()
    svg = draw(f, blanks=True).svg
    fields = re.findall(r'<rect [^>]*width="([\d.]+)" height="15" rx="2"', svg)
    assert len(fields) == 3 + 6  # the values of x, y and f, and six gradients
    assert len(set(fields)) == 1
    shown = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    assert [each for each in shown if each.lstrip("-").isdecimal()] == ["-1", "3", "4"]
    assert "∂f/∂x = ______" in shown


def test_the_description_of_a_blank_sheet_reads_blanks():
    assert "f = x × y: value ______, grad ______" in draw(branching(), blanks="all").svg


# --- in a browser ----------------------------------------------------------------------------------------------------

MEASURE = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")


def network():
    inputs = [Value(0.5, label="x1"), Value(-2.0, label="x2")]
    hidden = [tg.tanh(tg.dot([Value(0.1 * i), Value(0.2)], inputs)) for i in range(3)]
    return tg.logsumexp([*hidden, inputs[0] * hidden[1], inputs[0]])


def pictures():
    """Pictures of each kind, with long, wide and strange texts on them."""
    f = branching()
    f.backward()
    x, y = f.parents
    odd = [Value(1.2345678e-200, label=label) for label in ("重み σ 😀 ∇ẋ", "W" * 24, "iiiii lllll", "שלום")]
    total = tg.sum([each * 3 for each in odd])
    total.backward()
    return {
        "forward": draw(branching()),
        "products": draw(f, products=True, title="This title is longer than the whole picture, and so it is " * 2),
        "down": draw(f, products=True, rankdir="TB"),
        "square": draw(x * x, products=True),
        "compact": draw(network(), style="compact"),
        "network": draw(network(), products=True),
        "network down": draw(network(), products=True, rankdir="TB", digits=17),
        "step": draw(f, step="backward:b"),
        "compact step": draw(f, step="forward:f", style="compact"),
        "close-up": draw(f, around=x),
        "tangents": draw(f, tangents={y: 1.0}, products=True),
        "folded": draw(network(), fold={"a group with a long name": [network()]}, expand=True),
        "odd": draw(total, digits=17),
        "odd compact": draw(total, style="compact", rankdir="TB"),
        "neurons": draw(nn.MLP(3, [12, 4, 1], activation="tanh", seed=1), title="A network"),
        "unrolled": draw(LSTMCell(2, 3, seed=1), steps=4),
        "one step": draw(RNNCell(2, 3, seed=1), steps=1, title="This title is longer than the single step it is about"),
        "blanks": draw(f, blanks=True, products=True),
        "blanks down": draw(network(), blanks="gradients", rankdir="TB"),
        "compact blanks": draw(network(), style="compact", blanks="all"),
        "kinds": draw(tg.sqrt(tg.maximum(Value(2.0, label="x"), 0.5) ** 3 - 1), expand=True),
    }


@pytest.mark.parametrize("font", ["DejaVu Sans", "Liberation Sans", "Nimbus Sans", "DejaVu Serif"])
def test_nothing_covers_anything_in_any_font(page, font):
    faults = {}
    for name, drawing in pictures().items():
        page.set_content(f"<style>svg.tinygrad-edu text {{font-family: '{font}' !important}}</style>{drawing.svg}")
        faults[name] = page.evaluate(MEASURE)
    assert not any(faults.values()), faults


def test_the_measuring_finds_what_is_wrong(page):
    svg = draw(branching()).svg
    narrow = re.sub(r'textLength="[^"]*"', 'textLength="150"', svg)
    label = re.search(r'<text x="([^"]*)" y="([^"]*)"[^>]*>∂x/∂a', svg)
    lower = svg.replace(label[0], label[0].replace(label[2], str(float(label[2]) + 5)))
    for wrong, fault in [(narrow, "out of its box: value"), (lower, "an arrow touches ∂x/∂a = 1")]:
        page.set_content(wrong)
        assert fault in page.evaluate(MEASURE)
    page.set_content(svg)
    assert page.evaluate(MEASURE) == []


def test_a_dark_page_turns_the_picture_dark(browser):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.set_content(draw(branching()).svg)
    ground = page.evaluate("getComputedStyle(document.querySelector('svg > rect')).fill")
    context.close()
    assert ground == "rgb(15, 23, 42)"
