"""Reports: one content, shown as plain text and as Markdown."""

import pytest

from tinygrad_edu.notation.report import Items, Prose, Report, Table, Title

LONG = "words of a sentence " * 20 + "with an under_score"


class Everything(Report):
    def _parts(self):
        items = Items(["first\n    try: this", "<b>second_"])
        return [Title("All of a*b"), Table(["name", "n"], [["x|y", "1"]]), "A paragraph with $ and _.", items]


def test_the_text_has_one_part_below_the_other():
    assert Everything().text == (
        "All of a*b\n  name  n\n  x|y   1\nA paragraph with $ and _.\n- first\n    try: this\n- <b>second_"
    )


def test_the_markdown_escapes_what_is_not_meant_as_markup():
    assert Everything().markdown == (
        "**All of a\\*b**\n\n| name | n |\n|:---|---:|\n| x\\|y | 1 |\n\nA paragraph with \\$ and \\_.\n\n"
        "- first<br>try: this\n- &lt;b>second\\_"
    )


def test_printing_shows_the_text_and_a_notebook_the_markdown():
    report = Everything()
    assert str(report) == repr(report) == report.text
    assert report._repr_markdown_() == report.markdown


def test_a_list_may_have_another_mark_in_text():
    assert Items(["a", 2], mark="  ").text == "  a\n  2"
    assert Items(["a", 2], mark="  ").markdown == "- a\n- 2"


def test_only_prose_is_broken_into_lines():
    lines = Prose(LONG).text.split("\n")
    assert " ".join(lines) == LONG
    assert max(map(len, lines)) <= 100
    assert Prose(LONG).markdown == LONG.replace("_", "\\_")

    class Long(Report):
        def _parts(self):
            return [LONG]

    assert Long().text == LONG


def test_a_report_has_parts():
    with pytest.raises(NotImplementedError):
        _ = Report().text
