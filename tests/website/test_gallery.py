"""The gallery: each example has a card, a picture, a page with its source, and what can be downloaded."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tools.website import gallery

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_every_example_is_in_the_gallery():
    assert sorted(gallery.names()) == sorted(path.stem for path in EXAMPLES.glob("*.py"))


@pytest.mark.parametrize("name", gallery.names())
def test_every_example_has_a_picture_and_a_page_with_its_source(name):
    assert ElementTree.fromstring(gallery.thumbnail(name)).tag.endswith("svg")  # noqa: S314 - our own
    page = gallery.example_page(name)
    assert (EXAMPLES / f"{name}.py").read_text("utf-8").splitlines()[-1] in page
    assert f"({name}.py)" in page
    assert f"(../notebooks/{name}.ipynb)" in page


def test_an_example_that_nobody_has_drawn_has_a_picture_all_the_same():
    assert gallery.thumbnail("new") == gallery.anything().svg


def test_tables_become_cards_and_the_rest_stays():
    page = gallery.gallery_page((EXAMPLES / "README.md").read_text("utf-8"))
    assert page.count('<div class="card"') == len(gallery.names())
    assert page.count('<div class="gallery"') >= 2
    assert page.count("<div") == page.count("</div>")
    assert "| file |" not in page
    assert page.startswith("# Examples")
    assert "[Lesson](../docs/lessons/xor.md) · [Source](xor.md) · [Notebook](../notebooks/xor.ipynb)" in page


def test_names_are_for_people():
    assert [gallery.title(name) for name in ("robot_arm", "xor")] == ["Robot arm", "XOR"]
