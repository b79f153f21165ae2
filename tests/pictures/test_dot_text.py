"""The picture as DOT, which Graphviz reads: the same boxes, arrows and words as the SVG."""

import subprocess

import pytest

import tinygrad_edu as tg
from tests.pictures.looking import PURE, branching, texts
from tinygrad_edu import Value
from tinygrad_edu.pictures.drawing import draw
from tinygrad_edu.pictures.programs import _found


def laid_out(drawing):
    """What a layout program makes of the DOT text: its own SVG."""
    run = subprocess.run([_found(PURE), "-Tsvg"], input=drawing.dot.encode(), capture_output=True, check=True)
    assert b"rror" not in run.stderr  # there are warnings about letters without a known width
    return run.stdout.decode()


def other_pictures():
    f = branching()
    f.backward()
    x, y = f.parents
    return {
        "products": draw(f, products=True, title="f <&> \\N"),
        "down": draw(f, products=True, rankdir="TB"),
        "compact": draw(f, style="compact"),
        "step": draw(f, step="backward:b"),
        "forward step": draw(f, step="forward:x"),
        "close-up": draw(f, around=x),
        "tangents": draw(f, tangents={y: 1.0}, products=True),
        "folded": draw(f, fold={"sums": [x, y]}),
        "expanded": draw(tg.dot([x, y], [2.0, 3.0]), expand=True),
        "before": draw(x + 1.0),
    }


def test_fields_for_numbers_are_empty_cells_of_one_size():
    f = branching()
    f.backward()
    full, compact = draw(f, blanks="all"), draw(f, blanks="values", style="compact")
    assert full.dot.count('<TD WIDTH="44" HEIGHT="15" FIXEDSIZE="TRUE"></TD>') == 9
    assert compact.dot.count('<TD WIDTH="44" HEIGHT="15" FIXEDSIZE="TRUE"></TD>') == 3
    words = laid_out(full)
    assert ">14<" not in words
    assert ">-1<" in words.replace("&#45;", "-")


@pytest.mark.parametrize("name", other_pictures())
def test_graphviz_shows_the_words_of_the_svg(name):
    drawing = other_pictures()[name]
    words = {word.replace("\u200c", "").strip() for word in texts(drawing)}
    found = laid_out(drawing).replace("&#160;", " ").replace("\u00a0", " ").replace("&#45;", "-").replace("\u200c", "")
    for word in words:
        for part in word.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").split("  "):
            assert part in found


def test_keys_and_attributes_are_written_for_dot():
    assert draw(Value(1.0, label="x")).dot.startswith('digraph {\n\tgraph [rankdir="LR" bgcolor="#ffffff"')
