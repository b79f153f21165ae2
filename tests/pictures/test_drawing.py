"""Pictures: what they show, that labels are data, how they are laid out, folded, saved and shown in a notebook."""

import doctest
import os
import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest

import tinygrad_edu as tg
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
from tinygrad_edu.pictures.drawing import between, draw
from tinygrad_edu.pictures.svg import DrawingError

PURE = "graphviz-pure"
SVG = "{http://www.w3.org/2000/svg}"
DOCS = Path(__file__).parents[2] / "docs"


def branching():
    """W2: f = (a + b)(b + c)."""
    a, b, c = Value(-1.0, label="a"), Value(3.0, label="b"), Value(4.0, label="c")
    x, y = a + b, b + c
    x.label, y.label = "x", "y"
    f = x * y
    f.label = "f"
    return f


def neuron():
    """The parameters, output and cost of W6's sigmoid neuron."""
    w, b = [Value(2.0, label="w1"), Value(-3.0, label="w2")], Value(-3.0, label="b")
    a = tg.sigmoid(tg.dot(w, [-1.0, -2.0]) + b)
    cost = (1 - a) ** 2 * 0.5
    a.label, cost.label = "a", "C"
    cost.backward()
    return [*w, b], a, cost


def parsed(drawing):
    return ElementTree.fromstring(drawing.svg)  # noqa: S314 - our own


def texts(drawing):
    """The words on the picture, in the order they are drawn."""
    return [element.text for element in parsed(drawing).iter(f"{SVG}text")]


def boxes(drawing):
    """Of each box the line that sums it up, which is its tooltip and part of the description."""
    root = parsed(drawing)
    lines = root.findtext(f"{SVG}desc").partition(". ")[2][:-1].split("; ")
    assert sorted(lines) == sorted(title.text for title in root.iterfind(f".//{SVG}g[@class='node']/{SVG}title"))
    return lines


def edges(drawing):
    """The texts beside each arrow."""
    groups = parsed(drawing).iterfind(f".//{SVG}g[@class='edge']")
    return [[text.text.strip() for text in group.iter(f"{SVG}text")] for group in groups]


# --- what is shown ---------------------------------------------------------------------------------------------------


def test_boxes_show_formula_value_and_gradient():
    f = branching()
    f.backward()
    assert boxes(draw(f)) == [
        "a: value -1, grad 7",
        "b: value 3, grad 9",
        "x = a + b: value 2, grad 7",
        "c: value 4, grad 2",
        "y = b + c: value 7, grad 2",
        "f = x × y: value 14, grad 1",
    ]
    shown = texts(draw(f))
    assert [shown.count(word) for word in ("value", "grad", "+", "×", "14", "9")] == [6, 6, 2, 1, 1, 1]


def test_arrows_show_local_gradients():
    shown = edges(draw(branching()))
    assert sorted(shown) == [
        ["∂f/∂x = 7"],
        ["∂f/∂y = 2"],
        ["∂x/∂a = 1"],
        ["∂x/∂b = 1"],
        ["∂y/∂b = 1"],
        ["∂y/∂c = 1"],
    ]


def test_a_gradient_before_backward_is_shown_as_not_computed():
    f = branching()
    before = draw(f, products=True)
    assert all(box.endswith("grad –") for box in boxes(before))
    assert "grad –: not computed yet, call backward()" in texts(before)
    assert ["∂f/∂x = 7", "← – × 7 = –"] in edges(before)
    f.backward()
    after = draw(f)
    assert not any("–" in text for text in texts(after))


def test_a_computed_gradient_of_zero_is_shown_as_zero():
    x = Value(-1.0, label="x")
    y = tg.relu(x)
    y.backward()
    assert boxes(draw(y))[0] == "x: value -1, grad 0"


def test_a_drawing_is_of_the_moment_it_was_made():
    f = branching()
    drawing = draw(f)
    f.backward()
    assert "grad –" in drawing.svg


def test_products_are_what_flows_back():
    f = branching()
    f.backward()
    assert ["∂x/∂b = 1", "← 7 × 1 = 7"] in edges(draw(f, products=True))
    assert ["∂x/∂b = 1", "↑ 7 × 1 = 7"] in edges(draw(f, products=True, rankdir="TB"))


def test_x_times_x_has_two_arrows():
    x = Value(3.0, label="x")
    y = x * x
    y.label = "y"
    y.backward()
    assert edges(draw(y)) == [["∂y/∂(left x) = 3"], ["∂y/∂(right x) = 3"]]
    assert boxes(draw(y))[0] == "x: value 3, grad 6"


def test_repeated_operands_of_a_wide_node_are_numbered():
    x = Value(3.0, label="x")
    assert edges(draw(tg.sum([x, 1.0, x]))) == [["∂v1/∂(x no. 1) = 1"], ["∂v1/∂(x no. 2) = 1"]]


@pytest.mark.parametrize(
    ("function", "formula", "badge"),
    [
        (lambda x: x * 2, "x × 2", "× 2"),
        (lambda x: 5 - x, "5 - x", "5 −"),
        (lambda x: x**3, "x³", "** 3"),
        (lambda x: 1 / x, "1 / x", "1 ÷"),
        (lambda x: -x, "-x", "−"),
        (lambda x: tg.maximum(x, 0.5), "maximum(x, 0.5)", "maximum(·, 0.5)"),
        (tg.exp, "exp(x)", "exp"),
        (lambda x: x + x, "x + x", "+"),
        (lambda x: tg.dot([x, x], [2, 3]), "x × 2 + x × 3", "dot"),
        (lambda x: tg.dot([x] * 9, range(9)), "x × 0 + x × 1 + x × 2 + x × 3 + … + x × 8", "dot"),
        (lambda x: tg.sum([x, 1, 2]), "x + 1 + 2", "sum"),
        (lambda x: tg.sum([x, *range(9)]), "x + 0 + 1 + 2 + … + 8", "sum"),
    ],
)
def test_number_operands_are_shown(function, formula, badge):
    y = function(Value(2.0, label="x"))
    y.label = "y"
    assert boxes(draw(y, show="formula")) == ["x", f"y = {formula}"]
    assert badge in texts(draw(y, show="value"))


def test_show_selects_the_parts():
    f = branching()
    f.backward()
    assert set(texts(draw(f, show=[]))) == {"a", "b", "c", "x", "y", "f", "+", "×"}
    assert not any("grad" in line for line in boxes(draw(f, show=["formula", "value"])))
    assert edges(draw(f, show=["grad"])) == [[]] * 6
    assert edges(draw(f, show=[], products=True))[0] == ["← 7 × 1 = 7"]


def test_digits():
    assert boxes(draw(Value(1 / 3, label="x"), digits=2, show="value")) == ["x: value 0.33"]
    assert boxes(draw(Value(1 / 3, label="x"), digits=17, show="value")) == ["x: value 0.33333333333333331"]


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (Fraction(-1, 3), "-1/3"),
        (Decimal("0.1"), "0.1"),
        (7, "7"),
        (10**50, "an int of 167 bits"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (-0.0, "0"),
        (Fraction(10**40 + 1, 3), "3.333e+39"),
    ],
)
def test_numbers_of_other_kinds(data, shown):
    assert boxes(draw(Value(data, label="x"), show="value")) == [f"x: value {shown}"]


def test_symbols_of_sympy():
    sympy = pytest.importorskip("sympy")
    x = Value(sympy.Symbol("t"), label="x")
    y = x * x
    y.backward()
    assert boxes(draw(y)) == ["x: value t, grad 2*t", "v1 = x × x: value t**2, grad 1"]


def test_a_node_of_another_level_is_a_constant():
    class Inner(Value):
        __slots__ = ()
        level = 1

    x, y = Value(2.0, label="outer"), Inner(Value(3.0), label="y")
    assert boxes(draw(x * y + 1)) == [
        "y: value 3, grad –",
        "v1 = 2 × y: value 6, grad –",
        "v2 = v1 + 1: value 7, grad –",
    ]


def test_several_values_in_one_picture():
    x = Value(0.0, label="x")
    outputs = [tg.sin(x), tg.cos(x), x + 1.0, x]
    drawing = draw(outputs)
    assert len(boxes(drawing)) == 4
    assert "Computation graph of v1, v2, v3, …" in repr(drawing)
    assert "Computation graph of v1, v2" in repr(draw(outputs[:2]))


def test_left_to_right_and_top_to_bottom():
    width, height = (float(x) for x in re.findall(r'(?:width|height)="([\d.]+)pt"', draw(branching()).svg))
    tall = draw(branching(), rankdir="TB")
    tb_width, tb_height = (float(x) for x in re.findall(r'(?:width|height)="([\d.]+)pt"', tall.svg))
    assert width > tb_width
    assert height < tb_height


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rankdir": "RL"}, "rankdir='RL': it is 'LR'"),
        ({"show": ["value", "slope"]}, r"show=\['slope'\]: the parts of a picture are formula, value, grad, local"),
        ({"digits": 0}, "digits=0: it is a whole number from 1 to 17"),
        ({"digits": 2.5}, "digits=2.5"),
    ],
)
def test_unknown_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        draw(Value(1.0), **options)


def test_what_is_no_value_is_refused():
    with pytest.raises(TypeError, match="expected a Value, got float: a plain number has no graph to draw"):
        draw(3.0)
    with pytest.raises(TypeError, match="expected a Value, got str"):
        draw("ab")
    with pytest.raises(ValueError, match="the list is empty"):
        draw([])


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


def test_long_labels_are_cut():
    assert boxes(draw(Value(1.0, label="weight " * 9), show=[])) == ["weight weight weight we…"]


# --- large graphs ----------------------------------------------------------------------------------------------------


def test_a_graph_beyond_the_cap_is_refused_with_the_ways_out():
    x = Value(1.0)
    for _ in range(100_000):
        x = x + 1.0
    with pytest.raises(ValueError, match="a picture of 100001 boxes is more than max_nodes=300 allows") as error:
        draw(x)
    assert all(way in str(error.value) for way in ("smaller part", "fold", "between(inputs, outputs)", "max_nodes"))


def test_more_arrows_than_anyone_can_follow_are_refused():
    x = Value(1.0)
    with pytest.raises(ValueError, match="a picture of 3001 arrows is more than 10 × max_nodes=300 allows"):
        draw(tg.sum([x] * 3001))


def test_max_nodes_counts_what_is_drawn():
    x = [Value(float(i)) for i in range(5)]
    y = tg.dot(x, x)
    assert "6 boxes" in repr(draw(y, max_nodes=6))
    with pytest.raises(ValueError, match="11 boxes"):
        draw(y, max_nodes=10, expand=True)
    assert "11 boxes" in repr(draw(y, max_nodes=11, expand=True))
    assert "2 boxes" in repr(draw(y, max_nodes=2, expand=True, fold={"dot": [y, *x[1:]]}))


# --- folded groups ---------------------------------------------------------------------------------------------------


def test_a_folded_group_is_one_box_with_the_value_of_its_output():
    parameters, a, cost = neuron()
    drawing = draw(cost, fold={"neuron": between(parameters, [a])})
    assert boxes(drawing) == [
        "w1: value 2, grad 0.05288",
        "w2: value -3, grad 0.1058",
        "neuron: value 0.7311, grad -0.2689",
        "b: value -3, grad -0.05288",
        "v3 = 1 - neuron: value 0.2689, grad 0.2689",
        "v4 = v3²: value 0.07233, grad 0.5",
        "C = v4 × 0.5: value 0.03616, grad 1",
    ]
    assert "3 values folded" in texts(drawing)
    assert sorted(edges(drawing)) == [[], [], [], ["∂C/∂v4 = 0.5"], ["∂v3/∂neuron = -1"], ["∂v4/∂v3 = 0.5379"]]


def test_parallel_arrows_of_a_folded_group_are_merged_and_counted():
    x = Value(1.0, label="x")
    hidden = [tg.tanh(x * k) for k in (1.0, 2.0, 3.0)]
    y = tg.sum(hidden)
    drawing = draw(y, fold={"layer 1": between([x], hidden)})
    assert boxes(drawing) == ["x: value 1, grad –", "layer 1", "v7 = v2 + v4 + v6: value 2.721, grad –"]
    assert edges(drawing) == [["3 arrows"], ["3 arrows"]]


def test_a_folded_result_and_a_group_of_one():
    x = Value(2.0, label="x")
    y = x * x
    drawing = draw(y, fold={"all": [x, y]}, show="value")
    assert boxes(drawing) == ["all: value 4"]
    assert edges(drawing) == []
    assert "1 value folded" in texts(draw(y, fold={"input": [x]}))


def test_folding_what_is_not_in_the_graph_changes_nothing():
    f = branching()
    assert draw(f, fold={"elsewhere": [Value(1.0)], "empty": []}).dot == draw(f).dot


def test_a_value_in_two_groups_is_refused():
    x = Value(1.0, label="x")
    with pytest.raises(ValueError, match=r"fold: Value\(.*label='x'\) is in two groups, 'one' and 'two'"):
        draw(x, fold={"one": [x], "two": [x]})


def test_between_has_the_weights_and_not_the_inputs():
    x, w = Value(1.0, label="x"), Value(2.0, label="w")
    y = (x + 1.0) * w
    assert set(between([x], [y])) == {y, w, y.parents[0]}
    assert between([x, y], [y]) == []


# --- expanded dots ---------------------------------------------------------------------------------------------------


def test_a_dot_expands_into_products_and_their_sum():
    _, _, cost = neuron()
    drawing = draw(cost, expand=True)
    shown = boxes(drawing)
    assert shown[:5] == [
        "w1: value 2, grad 0.05288",
        "w2: value -3, grad 0.1058",
        "w1 × (-1): value -2, grad -0.05288",
        "w2 × (-2): value 6, grad -0.05288",
        "v1 = w1 × (-1) + w2 × (-2): value 4, grad -0.05288",
    ]
    assert sorted(edges(drawing)).count(["∂v1/∂(product) = 1"]) == 2
    assert ["∂(product)/∂w2 = -2"] in edges(drawing)
    assert ["∂(product)/∂w2 = -2", "← -0.05288 × -2 = 0.1058"] in edges(draw(cost, expand=True, products=True))


def test_an_expanded_square_keeps_its_two_arrows_and_numbers_alone_make_no_product():
    x, y = Value(3.0, label="x"), Value(5.0, label="y")
    z = tg.dot([x, 2.0, 4.0], [x, y, 10.0])
    drawing = draw(z, expand=True, show=["value", "local"])
    assert boxes(drawing) == ["x: value 3", "y: value 5", "x × x: value 9", "2 × y: value 10", "v1: value 59"]
    assert ["∂(product)/∂(left x) = 3"] in edges(drawing)
    assert ["∂(product)/∂(right x) = 3"] in edges(drawing)
    assert ["∂(product)/∂y = 2"] in edges(drawing)


# --- the SVG ---------------------------------------------------------------------------------------------------------


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


def test_pictures_in_one_page_share_no_ids_and_style_nothing_else():
    root = parsed(draw(branching()))
    assert not [element for element in root.iter() if element.get("id")]
    rules = root.findtext(f"{SVG}style").replace("@media (prefers-color-scheme:dark){", "").split("}")
    assert all(rule.startswith(".tinygrad-edu") for rule in rules if rule)


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


SAME = """
from tinygrad_edu import Value, tanh, dot
from tinygrad_edu.pictures import draw
x = [Value(float(i)) for i in range(8)]
h = [tanh(dot(x, [i] * 8)) for i in range(4)]
print(draw(dot(h, h), expand=True, products=True, fold={"b": h[:1], "a": h[2:3]}, program="graphviz-pure").svg)
"""


def test_the_same_graph_gives_the_same_bytes_in_every_process():
    seeds = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "2")]
    one, two = (subprocess.run([sys.executable, "-c", SAME], env=e, capture_output=True, check=True) for e in seeds)
    assert len(one.stdout) > 10_000
    assert one.stdout == two.stdout


# --- programs that lay out -------------------------------------------------------------------------------------------


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A directory that is the only place where programs are looked for."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path / name))
    return tmp_path


def install(path, script):
    path.parent.mkdir(exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)


FAKE = """#!/bin/sh
case "$*" in
  -Tsvg) echo '<svg xmlns="http://www.w3.org/2000/svg"><g id="n"><title>n0</title><text>{name}</text></g></svg>';;
  "-Tpng -Gdpi=192") echo png by {name};;
esac
"""


def test_the_systems_dot_comes_first(programs):
    install(programs / "dot", FAKE.format(name="system dot"))
    install(programs / "scripts" / PURE, FAKE.format(name=PURE))
    assert texts(draw(Value(1.0))) == ["system dot"]
    assert draw(Value(1.0)).png == b"png by system dot\n"
    assert texts(draw(Value(1.0), program=PURE)) == [PURE]


def test_graphviz_pure_is_found_in_an_environment_that_is_not_activated(programs):
    install(programs / "scripts" / PURE, FAKE.format(name=PURE))
    assert texts(draw(Value(1.0))) == [PURE]


def test_without_a_path_the_usual_places_are_searched(programs, monkeypatch):
    monkeypatch.delenv("PATH")
    monkeypatch.setattr("os.defpath", str(programs))
    install(programs / "dot", FAKE.format(name="dot"))
    assert texts(draw(Value(1.0))) == ["dot"]


@pytest.mark.usefixtures("programs")
def test_with_no_program_the_error_says_both_ways_to_get_one_and_offers_the_dot_text(tmp_path):
    drawing = draw(Value(1.0, label="x"))
    for attempt in (lambda: drawing.svg, lambda: drawing.png, lambda: drawing.save(tmp_path / "x.svg")):
        with pytest.raises(DrawingError) as error:
            attempt()
        for way in ("pip install graphviz-pure", "apt install graphviz", "brew install graphviz", ".dot"):
            assert way in str(error.value)
    assert not (tmp_path / "x.svg").exists()
    drawing.save(tmp_path / "x.dot")
    assert (tmp_path / "x.dot").read_text() == drawing.dot
    with pytest.raises(DrawingError, match="there is no program 'neato': drawing needs a program"):
        _ = draw(Value(1.0), program="neato").svg


def test_a_program_that_fails_is_quoted(programs):
    install(programs / "dot", "#!/bin/sh\necho 'Format: svg not recognized' >&2\nexit 3\n")
    with pytest.raises(DrawingError, match=r"dot -Tsvg failed with code 3: Format: svg not recognized. Try another"):
        _ = draw(Value(1.0)).svg
    install(programs / "dot", "#!/bin/sh\n")
    with pytest.raises(DrawingError, match=r"failed with code 0: it said nothing. .*program='graphviz-pure'"):
        _ = draw(Value(1.0)).png


def test_a_program_that_cannot_be_started_is_named(programs):
    install(programs / "dot", "no program")
    with pytest.raises(DrawingError, match=r"dot could not be started: "):
        _ = draw(Value(1.0)).svg


# --- files and notebooks ---------------------------------------------------------------------------------------------


def test_saving(tmp_path):
    drawing = draw(branching())
    for name in ("f.svg", "f.png", "f.dot", "F.SVG"):
        drawing.save(tmp_path / name)
    drawing.save(str(tmp_path / "as text.svg"))
    assert (tmp_path / "f.svg").read_text(encoding="utf-8") == drawing.svg == (tmp_path / "F.SVG").read_text("utf-8")
    assert (tmp_path / "f.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "f.dot").read_text(encoding="utf-8").startswith("digraph")


def test_saving_as_something_else_is_refused(tmp_path):
    for name in ("f.pdf", "f"):
        with pytest.raises(ValueError, match=rf"cannot save a drawing as '.*{name}': the name must end in .svg, .png"):
            draw(branching()).save(tmp_path / name)


def test_a_notebook_shows_the_picture():
    drawing = draw(branching())
    assert drawing._repr_mimebundle_() == {"text/plain": repr(drawing), "image/svg+xml": drawing.svg}


@pytest.mark.usefixtures("programs")
def test_a_notebook_without_a_program_shows_how_to_get_one():
    bundle = draw(branching())._repr_mimebundle_(include=None, exclude=None)
    assert bundle.keys() == {"text/plain"}
    assert bundle["text/plain"].startswith("<Drawing: Computation graph of f, 6 boxes, 6 arrows>\ndrawing needs")


def test_nothing_is_loaded_before_something_is_drawn():
    late = "('graphviz', 'subprocess', 'xml.etree')"
    code = f"import sys, tinygrad_edu.pictures.drawing; print([m for m in {late} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"[]\n"


# --- the pictures in the documentation -------------------------------------------------------------------------------


def test_the_pictures_in_the_documentation_are_those_its_examples_draw(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = str(DOCS / "drawing.md")
    result = doctest.testfile(page, module_relative=False, encoding="utf-8", optionflags=doctest.ELLIPSIS)
    assert result.failed == 0
    drawn = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.svg")}
    shown = re.findall(r"\(pictures/(\w+\.svg)\)", (DOCS / "drawing.md").read_text(encoding="utf-8"))
    kept = {name: (DOCS / "pictures" / name).read_text(encoding="utf-8") for name in shown}
    words = re.compile(r"<(text|title|desc|style)\b[^>]*>([^<]*)<")  # the places depend on the version of Graphviz
    assert drawn.keys() == kept.keys()
    for name, svg in drawn.items():
        assert words.findall(svg) == words.findall(kept[name]), f"{name} is out of date, see docs/drawing.md"
