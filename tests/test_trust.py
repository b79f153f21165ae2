"""The page on trust: each edge case is linked to its test, and every test and command that it names is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "trust.md").read_text("utf-8")
EDGE_CASES = (ROOT / "docs" / "edge-cases.md").read_text("utf-8")


def names_in(file: str) -> set[str]:
    return set(re.findall(r"^def (test_\w+)", (ROOT / file).read_text("utf-8"), re.MULTILINE))


def test_each_row_of_the_catalogue_is_linked_to_its_tests_and_to_no_other() -> None:
    rows = {name for name in names_in("tests/test_edge_cases.py") if name.startswith("test_row")}
    assert set(re.findall(r"^\| [\d, ]+ \| .* \| `(test_rows?_\w+)` \|$", PAGE, re.MULTILINE)) == rows


def test_the_number_of_a_row_is_that_of_its_test() -> None:
    found = re.findall(r"^\| ([\d, ]+) \| .* \| `test_rows?_(\d+(?:_and_\d+)?)_", PAGE, re.MULTILINE)
    assert len(found) > 50
    assert all(numbers.split(", ") == name.split("_and_") for numbers, name in found)


def test_each_section_of_the_page_on_edge_cases_is_linked_to_tests() -> None:
    sections = {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall("^## (.*)", EDGE_CASES, re.M)
    }
    linked = dict(re.findall(r"^\| \[.*\]\(edge-cases.md#([\w-]+)\) \| (.*) \|$", PAGE, re.MULTILINE))
    assert set(linked) == sections
    assert all("::test_" in tests for tests in linked.values())


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`(tests/[\w/.:]+)`", PAGE))))
def test_every_test_that_the_page_names_is_there(named: str) -> None:
    file, _, name = named.partition("::")
    assert (ROOT / file).exists()
    assert not name or name in names_in(file)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`make ([\w-]+)", PAGE))))
def test_every_command_that_the_page_names_is_there(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
