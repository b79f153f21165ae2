"""Writes the numbers of lines into docs/reading.md: `python tools/reading.py`, which `make format` does too.

A place in the code is written `engine.py`, lines 12–34 (`Value.backward`): the file below src/tinygrad_edu, or below
tests or examples with that in front, and the definition there, which is what the numbers are taken from.
"""

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reading.md"
PLACE = re.compile(r"`([\w/]+\.py)`, lines? (\d+)(?:–(\d+))? \(`([\w.]+)`\)")


def file_of(path: str) -> Path:
    """The file of a place."""
    return ROOT / path if path.startswith(("tests/", "examples/", "tools/")) else ROOT / "src" / "tinygrad_edu" / path


def lines_of(path: str, name: str) -> tuple[int, int]:
    """The first and last line of a definition; KeyError if the file has none of that name."""
    body = ast.parse(file_of(path).read_text("utf-8")).body
    found: ast.stmt | None = None
    for part in name.split("."):
        matching = [each for each in body if part in _names(each)]
        if not matching:
            raise KeyError(f"{path} defines no {name}")
        found = matching[-1]  # after its overloads
        body = found.body if isinstance(found, ast.ClassDef) else []
    if found is None:
        raise KeyError(f"{path}: which definition?")
    return found.lineno, found.end_lineno or found.lineno


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]


def refreshed(text: str) -> str:
    """The page with the numbers that hold now."""

    def place(match: re.Match[str]) -> str:
        first, last = lines_of(match[1], match[4])
        numbers = f"line {first}" if first == last else f"lines {first}–{last}"
        return f"`{match[1]}`, {numbers} (`{match[4]}`)"

    return PLACE.sub(place, text)


if __name__ == "__main__":
    before = PAGE.read_text("utf-8")
    after = refreshed(before)
    PAGE.write_text(after, "utf-8")
    sys.stdout.write(f"{PAGE.name}: {'changed' if after != before else 'all lines are right'}\n")
