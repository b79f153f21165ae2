"""The reference: every public name is there, with its signature, its docstring, an example and its source."""

import importlib
import re

import pytest

import tinygrad_edu as tg
from tools.website import reference

PAGES = reference.reference_pages()
PLACES = reference.places()


def entry(name):
    """The text of one entry, to the next."""
    text = PAGES[PLACES[name]].split(f"{{ #{name} }}", 1)[1]
    return text.split("\n## ", 1)[0]


@pytest.mark.parametrize("name", tg.__all__)
def test_every_public_name_has_its_place_signature_example_and_source(name):
    text = entry(f"tinygrad_edu.{name}")
    assert f"```python\ntg.{name}" in text
    if not (isinstance(getattr(tg, name), type) and issubclass(getattr(tg, name), Exception)):
        assert "```pycon\n>>> " in text
    assert '<details markdown="1" class="source"><summary>Source: tinygrad_edu/' in text
    assert re.search(rf"^(def|class) {name}\b", text, re.MULTILINE)
    assert f"#tinygrad_edu.{name})" in PAGES["reference/index.md"]


@pytest.mark.parametrize("module", reference.MODULES)
def test_every_name_of_the_public_modules_is_on_its_page_or_named_there(module):
    room = next(room for room in reference.rooms() if room.name == module)
    names = {each.name.rpartition(".")[2] for each in [*room.entries, *room.also]}
    assert names == set(reference.public_names(module))
    for each in room.also:
        assert f"#{each.name})" in PAGES[room.page]


def test_all_public_modules_of_the_package_have_a_page():
    assert set(reference.MODULES) == {*dir(tg), "testing"} - set(tg.__all__)
    assert {"nn", "optim", "losses", "schedules", "recurrent", "datasets", "saving", "plot"} < set(reference.MODULES)


def test_no_place_is_there_twice():
    places = re.findall(r"\{ #(\S+) \}", "\n".join(PAGES.values()))
    assert len(places) == len(set(places))


def test_methods_have_places_of_their_own_but_private_ones_do_not():
    text = entry("tinygrad_edu.Value")
    assert "{ #tinygrad_edu.Value.backward }" in text
    assert "{ #tinygrad_edu.Value._" not in text


def test_a_home_that_no_module_is_raises():
    with pytest.raises(LookupError, match="no module defines nowhere"):
        reference.home("nowhere", None)


def test_long_signatures_have_a_line_for_each_parameter():
    text = reference.signature(reference.definitions("pictures.drawing")["draw"], "tg.draw")
    assert text.startswith('tg.draw(\n    value: Value | Iterable[Value] | Module,\n    *,\n    style: str = "full",\n')
    assert text.endswith(") -> Drawing")


def test_signatures_are_as_they_were_written():
    source = "def f(a, /, b: int=2, *args: str, c='x', **more): pass\ndef g(*, a=1): pass"
    f, g = reference.ast.parse(source).body
    assert reference.signature(f, "f") == 'f(a, /, b: int = 2, *args: str, c="x", **more)'
    assert reference.signature(g, "g") == "g(*, a=1)"


def test_a_docstring_becomes_markdown_whose_signs_are_text():
    text = "One *x* of a_b, `a_b` and `grad`.\n\n    >>> 1\n    1\n    <BLANKLINE>\n\n    >>> 2\n    2\n\nThen."
    known = {"tinygrad_edu.grad": "reference/transforms.md"}
    assert reference.prose(text, "reference/nn.md", known) == (
        "One \\*x\\* of a\\_b, `a_b` and [`grad`](transforms.md#tinygrad_edu.grad).\n\n"
        "```pycon\n>>> 1\n1\n\n>>> 2\n2\n```\n\nThen."
    )


def test_the_source_shown_is_the_source():
    room = next(room for room in reference.rooms() if room.name == "optim")
    for each in room.entries:
        item = getattr(importlib.import_module("tinygrad_edu.optim"), each.name.rpartition(".")[2])
        last = reference.inspect.getsource(item).splitlines()[-1]
        assert last in reference.source_of(each)
