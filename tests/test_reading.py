"""docs/reading.md names definitions that exist, and lines that show them."""

import re

import pytest

from tools.reading import PAGE, PLACE, file_of, lines_of, refreshed

TEXT = PAGE.read_text("utf-8")
PLACES = [match.groups() for match in PLACE.finditer(TEXT)]


@pytest.mark.parametrize(("path", "first", "last", "name"), PLACES, ids=[f"{path}:{name}" for path, *_, name in PLACES])
def test_the_lines_show_the_definition(path: str, first: str, last: str | None, name: str) -> None:
    """At least in part: `make format` makes the numbers exact again after a change of the file."""
    begin, end = lines_of(path, name)
    assert int(first) <= end
    assert int(last or first) >= begin


def test_every_place_on_the_page_is_understood() -> None:
    assert len(PLACES) == len(re.findall(r"\(`[\w.]+`\)", TEXT)) >= 15


def test_every_file_that_the_page_names_exists() -> None:
    named = re.findall(r"`((?:[\w]+/)*\w+\.py)`", TEXT)
    folders = [file_of("pictures/boxes.py").parent]
    assert [each for each in named if not file_of(each).exists() and not (folders[0] / each).exists()] == []
    named_folders = re.findall(r"`((?:[\w]+/)+)`", TEXT)
    assert [each for each in named_folders if not file_of(each).is_dir()] == []


def test_lines_are_written_anew() -> None:
    old = "`engine.py`, line 1 (`Value.__mul__`) and `engine.py`, lines 1–2 (`ONE`)"
    begin, end = lines_of("engine.py", "Value.__mul__")
    one, _ = lines_of("engine.py", "ONE")
    assert refreshed(old) == f"`engine.py`, lines {begin}–{end} (`Value.__mul__`) and `engine.py`, line {one} (`ONE`)"
    with pytest.raises(KeyError, match=r"engine\.py defines no Value\.nothing"):
        refreshed("`engine.py`, line 1 (`Value.nothing`)")
