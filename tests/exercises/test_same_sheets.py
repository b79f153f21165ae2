"""A sheet that a teacher has handed out comes out the same from the same seed, today and in the next version.

Each chapter has a digest in same_sheets.json. Where a change is meant: `python -m tests.exercises.test_same_sheets`.
"""

import hashlib
import json
from pathlib import Path

import pytest

from tinygrad_edu.exercises import quiz
from tinygrad_edu.exercises.chapters import CHAPTERS

KEPT = Path(__file__).with_name("same_sheets.json")
SEEDS = range(24)  # enough that every kind of question comes up


def digest(chapter: int) -> str:
    """Of everything that is asked, hinted at, solved and known to go wrong, and of the sheets as text and picture."""
    told = hashlib.sha256()
    for seed in SEEDS:
        asked = quiz(chapter, seed=seed)
        for each in asked.questions:
            parts = (each.given, each.steps, each.asks, each.answer, each.clue, each.mistakes, each.working)
            told.update("\0".join(map(str, parts)).encode())
        if seed < 4:
            told.update(f"{asked.sheet(solved=True, steps=True)}{asked.svg()}{asked.svg(solved=True)}".encode())
        if seed < 2:
            told.update(f"{asked.html()}{asked.html(solved=True, steps=True)}".encode())
            told.update(json.dumps([asked.notebook(), asked.notebook(solved=True, steps=True)]).encode())
    return told.hexdigest()[:16]


@pytest.mark.parametrize("chapter", [each.number for each in CHAPTERS])
def test_the_same_seed_gives_the_same_sheet_as_ever(chapter: int) -> None:
    kept = json.loads(KEPT.read_text("utf-8"))
    assert digest(chapter) == kept[str(chapter)], f"sheets of chapter {chapter} have changed"


if __name__ == "__main__":
    KEPT.write_text(json.dumps({str(each.number): digest(each.number) for each in CHAPTERS}, indent=1) + "\n", "utf-8")
