"""The glossary: one list, which the course and the explainer share."""

import json
import re
from pathlib import Path

from tinygrad_edu.explorables.joining import page_file

COURSE = Path(__file__).parents[1] / "docs" / "course"
ENTRIES = json.loads(page_file("explainer/glossary.json"))


def test_the_page_of_the_course_says_what_the_explainer_says():
    page = (COURSE / "glossary.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]*) \| \[\d+\]\((.+)\.md\) \|$", page, re.MULTILINE)
    expected = [(term, each["text"], each.get("formula", ""), each["chapter"]) for term, each in ENTRIES.items()]
    assert [(term, text, formula.strip(), chapter) for term, text, formula, chapter in rows] == expected


def test_each_term_is_one_or_two_sentences_and_names_a_chapter_that_uses_it():
    for term, entry in ENTRIES.items():
        assert 1 <= entry["text"].count(".") <= 3, term
        chapter = (COURSE / f"{entry['chapter']}.md").read_text(encoding="utf-8").lower()
        word = term.split()[0].lower().rstrip("s")
        assert word in chapter, f"{term}: chapter {entry['chapter']} does not use it"
