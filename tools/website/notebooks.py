"""Jupyter notebooks made from the project's pages and examples: the same text, the same code, no outputs inside.

A page's Python blocks become cells: one ends where the page shows a result, so that running it shows the same. What
raises an error on the page is marked, and a notebook that runs all its cells goes on. Equal pages, equal bytes.
"""

import ast
import base64
import doctest
import json
import posixpath
import re
from pathlib import Path
from typing import TypeAlias

from .pages import FENCE, LINK

Cell: TypeAlias = dict[str, object]
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
START = "*To run this notebook, install tinygrad-edu in its environment, and run the cells from the top.*"


def notebook(cells: list[Cell]) -> str:
    """A notebook of format 4.5, as text."""
    numbered = [{"id": f"cell-{i}", **cell} for i, cell in enumerate(cells)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content = {
        "cells": numbered,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def code(source: str, *, raises: bool = False, hidden: bool = False) -> Cell:
    """A cell of Python. Answers are hidden until they are asked for."""
    metadata: dict[str, object] = {"tags": ["raises-exception"]} if raises else {}
    if hidden:
        metadata["jupyter"] = {"source_hidden": True}
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata,
        "outputs": [],
        "source": source.rstrip(),
    }


def text(source: str, attachments: dict[str, object] | None = None) -> Cell:
    """A cell of Markdown; pictures that it shows are inside it."""
    cell: Cell = {"cell_type": "markdown", "metadata": {}, "source": source.strip()}
    return cell | {"attachments": attachments} if attachments else cell


def of_page(path: Path, folder: Path) -> str:
    """The notebook of a Markdown page. Links to pages that are in `folder` lead to their notebooks."""
    page, cells, at = path.read_text("utf-8"), [], 0
    for block in FENCE.finditer(page):
        if block[1] == "python":
            cells += _texts(page[at : block.start()], path, folder)
            cells += _examples(block[2], _in_fold(page, block.start()))
            at = block.end()
    cells += _texts(page[at:], path, folder)
    first = next(i for i, cell in enumerate(cells) if str(cell["source"]).startswith("# "))
    cells.insert(first + 1, text(START))
    return notebook(cells)


def _in_fold(page: str, place: int) -> bool:
    return page.count("<details>", 0, place) > page.count("</details>", 0, place)


def _balanced(markdown: str) -> str:
    """The text without folds that are cut in two: one that a cell of code interrupts is closed before that cell."""
    is_open = False

    def kept(tag: re.Match[str]) -> str:
        nonlocal is_open
        was_open, is_open = is_open, tag[0] == "<details>"
        return tag[0] if is_open or was_open else ""

    text = re.sub("</?details>", kept, markdown)
    return f"{text.rstrip()}\n\n</details>" if is_open else text


def _texts(markdown: str, path: Path, folder: Path) -> list[Cell]:
    """A cell of text, if there is any."""
    pictures: dict[str, object] = {}

    def attached(picture: re.Match[str]) -> str:
        file = path.parent / picture[2]
        pictures[file.name] = {"image/svg+xml": base64.b64encode(file.read_bytes()).decode()}
        return f"![{picture[1]}](attachment:{file.name})"

    def linked(link: re.Match[str]) -> str:
        if "://" in link[2] or link[2].startswith("attachment:"):
            return link[0]
        neighbour = (path.parent / link[2]).resolve()
        inside = neighbour.parent == folder.resolve() and neighbour.stem[:1].isdigit()
        return f"](./{neighbour.stem}.ipynb)" if inside else "]()"

    shown = LINK.sub(linked, PICTURE.sub(attached, _balanced(markdown)))
    shown = re.sub(r"\[([^\]]*)\]\(\)", r"\1", shown)  # a link that leads out of the folder is text
    return [text(shown, pictures)] if shown.strip() else []


def _examples(block: str, hidden: bool) -> list[Cell]:
    """The cells of a Python block: a cell ends with the example that prints something, or raises."""
    cells, lines = [], ""
    for example in doctest.DocTestParser().get_examples(block):
        lines += example.source
        if example.want:
            cells.append(code(lines, raises=example.exc_msg is not None, hidden=hidden))
            lines = ""
    return [*cells, *([code(lines, hidden=hidden)] if lines else [])]


def of_example(path: Path) -> str:
    """The notebook of an example: what it says of itself, then its code, a cell for each function."""
    source = path.read_text("utf-8")
    tree = ast.parse(source)
    about = ast.get_docstring(tree) or ""
    title, _, rest = about.partition("\n")
    lines = source.splitlines()
    cells = [text(f"# {title.rstrip('.')}"), text(f"{rest.strip()}\n\n{START}")]
    starts = [min([node.lineno, *_marks(node)]) for node in tree.body[1:]]
    chunks: list[str] = []
    for node, start, following in zip(tree.body[1:], starts, [*starts[1:], len(lines) + 1], strict=True):
        chunk = "\n".join(lines[start - 1 : following - 1]).rstrip()
        alone = isinstance(node, ast.FunctionDef | ast.ClassDef | ast.If)
        if chunks and not alone and not chunks[-1].startswith(("def ", "class ", "@", "if ")):
            chunks[-1] += f"\n{chunk}"
        else:
            chunks.append(chunk)
    arguments = code(f'import sys\n\nsys.argv = ["{path.name}"]  # a number after the name is how long it trains')
    return notebook([*cells, *([arguments] if "sys.argv" in source else []), *map(code, chunks)])


def _marks(node: ast.stmt) -> list[int]:
    return [mark.lineno for mark in getattr(node, "decorator_list", [])]


def name_of(page: str) -> str:
    """The notebook's file name: docs/course/03-branches.md → 03-branches.ipynb."""
    return posixpath.basename(page).rpartition(".")[0] + ".ipynb"
