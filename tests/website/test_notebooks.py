"""Notebooks made from the pages: the same text and code, valid, without outputs, and they run."""

import ast
import json
from pathlib import Path

import pytest

from tools.website import gallery, notebooks

ROOT = Path(__file__).parents[2]
COURSE = ROOT / "docs" / "course"
CHAPTERS = sorted(COURSE.glob("[0-9]*.md"))


def cells_of(text, kind):
    return [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == kind]


def page(tmp_path, text):
    path = tmp_path / "01-page.md"
    path.write_text(text, "utf-8")
    return notebooks.of_page(path, tmp_path)


def test_a_cell_ends_where_the_page_shows_something(tmp_path):
    made = page(
        tmp_path, "# Title\n\n```python\n>>> x = 2\n>>> x\n2\n>>> for i in range(2):\n...     x += i\n>>> x\n3\n\n```\n"
    )
    assert [cell["source"] for cell in cells_of(made, "code")] == ["x = 2\nx", "for i in range(2):\n    x += i\nx"]


def test_what_raises_is_marked(tmp_path):
    made = page(
        tmp_path,
        "# T\n\n```python\n>>> 1 / 0\nTraceback (most recent call last):\n    ...\nZeroDivisionError: no\n```\n",
    )
    assert [cell["metadata"] for cell in cells_of(made, "code")] == [{"tags": ["raises-exception"]}]


def test_answers_are_hidden_and_their_folds_whole(tmp_path):
    fold = "<details><summary>Answer</summary>\n\nYes.\n\n```python\n>>> 1\n1\n```\n\nAnd no.\n\n</details>\n\n"
    made = page(tmp_path, f"# T\n\n{fold}Then\n\n{fold}")
    assert [cell["metadata"] for cell in cells_of(made, "code")] == [{"jupyter": {"source_hidden": True}}] * 2
    texts = [cell["source"] for cell in cells_of(made, "markdown")]
    assert all(text.count("<details>") == text.count("</details>") for text in texts)
    assert "And no.\n\n\n\nThen\n\n<details><summary>Answer</summary>\n\nYes.\n\n</details>" in texts


def test_links_lead_to_notebooks_beside_it_or_are_text(tmp_path):
    made = page(
        tmp_path, "# T\n\n[two](02-b.md#x), [engine](../engine.md), [out](https://example.org) [words](glossary.md)\n"
    )
    assert "[two](./02-b.ipynb), engine, [out](https://example.org) words" in cells_of(made, "markdown")[0]["source"]


def test_pictures_are_inside(tmp_path):
    (tmp_path / "a.svg").write_text("<svg/>", "utf-8")
    cell = cells_of(page(tmp_path, "# T\n\n![A picture](a.svg)\n"), "markdown")[0]
    assert cell["attachments"] == {"a.svg": {"image/svg+xml": "PHN2Zy8+"}}
    assert "![A picture](attachment:a.svg)" in cell["source"]


def test_every_notebook_says_how_to_run_it_and_has_no_outputs():
    made = [notebooks.of_page(chapter, COURSE) for chapter in CHAPTERS]
    made += [notebooks.of_example(ROOT / "examples" / f"{name}.py") for name in gallery.names()]
    for text in made:
        assert notebooks.START in text
        assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells_of(text, "code"))


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_equal_pages_make_equal_bytes_and_keep_every_line_of_code(chapter):
    made = notebooks.of_page(chapter, COURSE)
    assert made == notebooks.of_page(chapter, COURSE)
    page = chapter.read_text("utf-8")
    code = "\n".join(cell["source"] for cell in cells_of(made, "code"))
    typed = [line[4:] for line in page.splitlines() if line.startswith((">>> ", "... "))]
    assert [line for line in code.splitlines() if line.strip()] == [line.rstrip() for line in typed if line.strip()]


@pytest.mark.usefixtures("untraced")  # other tests cover the library
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_the_cells_of_a_chapter_run(chapter, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "__main__"}
    for cell in cells_of(notebooks.of_page(chapter, COURSE), "code"):
        if "raises-exception" in cell["metadata"].get("tags", []):
            with pytest.raises(Exception):  # noqa: B017, PT011 - which one, the tests of the page say
                exec(cell["source"], namespace)  # noqa: S102 - our own page
        else:
            exec(cell["source"], namespace)  # noqa: S102


@pytest.mark.parametrize("name", gallery.names())
def test_the_notebook_of_an_example_is_the_example(name):
    source = (ROOT / "examples" / f"{name}.py").read_text("utf-8")
    cells = [cell["source"] for cell in cells_of(notebooks.of_example(ROOT / "examples" / f"{name}.py"), "code")]
    if "sys.argv" in source:
        assert cells.pop(0).startswith(f'import sys\n\nsys.argv = ["{name}.py"]')
    expected = ast.parse(source).body[1:]  # the docstring is text
    assert ast.dump(ast.parse("\n".join(cells))) == ast.dump(ast.Module(expected, []))
