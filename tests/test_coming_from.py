"""docs/coming-from.md: every line in its column "here" runs, and "the same" is true of the line beside it."""

import doctest
import re
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "coming-from.md"
TEXT = PAGE.read_text("utf-8")
ROW = re.compile(r"^\| (.+?) \| (.+?) \| ?(.*?) ?\|$", re.MULTILINE)


def code(cell: str) -> str:
    """The code between the first backticks of a cell."""
    found = re.search(r"`(.+?)`", cell)
    return found[1] if found else ""


def rows(text: str) -> list[tuple[str, str]]:
    """Each row of the tables: what people type, and what to run here."""
    pairs = [(there, here) for there, here, _ in ROW.findall(text) if there not in ("there", "---")]
    return [(code(there), code(there if here == "the same" else here)) for there, here in pairs]


def namespace() -> dict[str, Any]:
    """After the page's first block."""
    block = re.search(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert block is not None
    names: dict[str, Any] = {}
    for example in doctest.DocTestParser().get_examples(block[1]):
        exec(example.source, names)  # noqa: S102 - the page's own lines
    return names


SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("section", SECTIONS)
def test_every_row_runs_as_it_stands(section: str) -> None:
    names = namespace()
    for there, here in rows(SECTIONS[section]):
        try:
            exec(here, names)  # noqa: S102 - the page's own lines
        except Exception as error:
            raise AssertionError(f"{there!r}: {here!r} raises {type(error).__name__}: {error}") from error


def test_every_table_is_read() -> None:
    assert list(SECTIONS) == ["micrograd", "PyTorch", "JAX", "autograd"]
    assert [len(rows(text)) for text in SECTIONS.values()] == [
        sum(line.startswith("| ") for line in text.splitlines()) - 1 for text in SECTIONS.values()
    ]
    assert all(there and here for text in SECTIONS.values() for there, here in rows(text))


def test_the_gradients_after_the_rows_of_micrograd_are_right() -> None:
    names = namespace()
    for _, here in rows(SECTIONS["micrograd"])[:4]:
        exec(here, names)  # noqa: S102 - the page's own lines
    assert (names["z"].data, names["x"].grad, names["y"].grad) == (-2.0, 1.0, 2.0)
