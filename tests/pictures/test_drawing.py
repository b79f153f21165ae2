"""`draw`: what it takes and refuses, files, notebooks, and the pictures in the documentation."""

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tinygrad_edu as tg
from tests.pictures.looking import boxes, branching
from tinygrad_edu import Value
from tinygrad_edu.pictures.drawing import between, draw

DOCS = Path(__file__).parents[2] / "docs"


# --- what is shown ---------------------------------------------------------------------------------------------------


def test_a_drawing_is_of_the_moment_it_was_made():
    f = branching()
    drawing = draw(f)
    f.backward()
    assert "grad –" in drawing.svg


def test_several_values_in_one_picture():
    x = Value(0.0, label="x")
    outputs = [tg.sin(x), tg.cos(x), x + 1.0, x]
    drawing = draw(outputs)
    assert len(boxes(drawing)) == 4
    assert repr(drawing) == "<Drawing: Computation graph of v1, v2, v3, …, 4 boxes, 3 arrows>"
    assert repr(draw(outputs[:3])) == "<Drawing: Computation graph of v1, v2, v3, 4 boxes, 3 arrows>"


def test_a_title_is_cut_after_200_letters():
    for title, shown in (("t" * 200, "t" * 200), ("t" * 201, "t" * 199 + "…")):
        for drawing in (draw(Value(1.0), title=title), draw(tg.nn.Neuron(1, seed=1), title=title)):
            assert repr(drawing).startswith(f"<Drawing: {shown}, ")
            assert f">{shown}</text>" in drawing.svg


def test_numbers_have_from_one_to_seventeen_digits():
    assert boxes(draw(Value(0.123456789012345678), digits=1)) == ["v1: value 0.1, grad –"]
    assert boxes(draw(Value(0.123456789012345678))) == ["v1: value 0.1235, grad –"]
    assert boxes(draw(Value(0.123456789012345678), digits=17)) == ["v1: value 0.12345678901234568, grad –"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rankdir": "RL"}, "rankdir='RL': it is 'LR'"),
        ({"show": ["value", "slope"]}, r"show=\['slope'\]: the parts of a picture are formula, value, grad, local"),
        ({"style": "small"}, "style='small': it is 'full' or 'compact'"),
        ({"digits": 0}, "digits=0: it is a whole number from 1 to 17"),
        ({"digits": 18}, "digits=18: it is a whole number from 1 to 17"),
        ({"digits": 2.5}, "digits=2.5"),
        ({"blanks": "grads"}, "blanks='grads': it is 'all', 'gradients', 'values', True or False"),
        ({"blanks": 1}, "blanks=1: it is"),
        ({"blanks": True, "step": "forward:x"}, "step shows the numbers that blanks leaves out"),
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
    with pytest.raises(TypeError, match="expected a Value, got function: call it first, and draw its result"):
        draw(tg.sin)
    with pytest.raises(ValueError, match="the list is empty"):
        draw([])


# --- folded groups ---------------------------------------------------------------------------------------------------


def test_a_class_of_the_readers_own_is_told_apart_from_ours():
    class Value:
        def __repr__(self):
            return "Value(1)"

    own = Value()
    message = r"got Value\(1\) of .*test_drawing.*, a class of its own"
    for attempt in (
        lambda: draw(own),
        lambda: tg.explain(own),
        lambda: tg.why_nan(own),
        lambda: tg.why_zero(own, own),
        lambda: tg.Value(1.0) * own,
    ):
        with pytest.raises(TypeError, match=message):
            attempt()
    with pytest.raises(TypeError, match="draw shows those of tinygrad_edu"):
        draw(own)


def test_between_has_the_weights_and_not_the_inputs():
    x, w = Value(1.0, label="x"), Value(2.0, label="w")
    y = (x + 1.0) * w
    assert set(between([x], [y])) == {y, w, y.parents[0]}
    assert between([x, y], [y]) == []


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
def test_a_notebook_shows_the_picture_where_no_program_is_installed():
    bundle = draw(branching())._repr_mimebundle_(include=None, exclude=None)
    assert bundle["text/plain"] == "<Drawing: Computation graph of f, 6 boxes, 6 arrows>"
    assert bundle["image/svg+xml"].startswith("<svg ")


def test_nothing_is_loaded_before_something_is_drawn():
    late = "('subprocess', 'xml.etree')"
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
    assert drawn.keys() == kept.keys()
    for name, svg in drawn.items():
        assert svg == kept[name], f"{name} is out of date, see docs/drawing.md"
