"""The finished SVG, and the programs that lay graphs out."""

import os
import subprocess
import sys

import pytest

from tests.pictures.looking import PURE, SVG, branching, parsed, texts
from tinygrad_edu import Value
from tinygrad_edu.pictures.drawing import draw
from tinygrad_edu.pictures.svg import DrawingError

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


# --- programs that lay out -------------------------------------------------------------------------------------------


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
