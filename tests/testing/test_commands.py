"""The commands `check` and `grade`: what they print, what they write, how they end."""

import json
import re
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from tests.testing.test_kit import BASE, RIGHT, write
from tinygrad_edu.command_line import main

SWAPPED = BASE.replace("return -self + other", "return self - other")


def test_a_right_engine_ends_with_0_and_a_wrong_one_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(write(tmp_path, BASE))]) == 0
    assert "engine.py:Value" in capsys.readouterr().out
    assert main(["check", f"{write(tmp_path, SWAPPED)}:Value"]) == 1
    out = capsys.readouterr().out
    assert "WRONG: the value of 5 - x is wrong: 5 - x is computed as x - 5" in out
    assert "from engine import Value" in out


def test_json_has_the_promised_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(write(tmp_path, SWAPPED)), "--json"])
    facts = json.loads(capsys.readouterr().out)
    assert facts["engine"] == "engine.py:Value"
    assert {"severity", "what", "operation", "code", "expected", "actual", "line"} <= set(facts["findings"][0])
    assert "sqrt" in facts["missing"]
    assert any("backward twice" in each for each in facts["conventions"])


def test_what_is_required_must_be_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(write(tmp_path, BASE)), "--require", "exp, sqrt"]) == 1
    assert "WRONG: sqrt is required and missing" in capsys.readouterr().out


def test_reports_as_markdown_and_html_with_derivations(tmp_path: Path) -> None:
    markdown, page = tmp_path / "report.md", tmp_path / "report.html"
    words = ["check", str(write(tmp_path, SWAPPED)), "--derive", "--markdown", str(markdown), "--html", str(page)]
    assert main(words) == 1
    assert "```python\nfrom engine import Value\n" in markdown.read_text("utf-8")
    assert "∂" in markdown.read_text("utf-8")
    assert "<pre>from engine import Value\n" in page.read_text("utf-8")


def test_each_derivation_has_a_picture_of_the_graph(tmp_path: Path) -> None:
    stem = "my report"
    markdown, page = tmp_path / f"{stem}.md", tmp_path / "report.html"
    assert main(["check", str(write(tmp_path, SWAPPED)), "--derive", "--markdown", str(markdown), "--html", str(page)])
    drawn = sorted(each.name for each in tmp_path.glob("*.svg"))
    assert drawn[0] == f"{stem}-1.svg"
    named = [unquote(each) for each in re.findall(r"!\[[^]]+\]\(([^)]+)\)", markdown.read_text("utf-8"))]
    assert sorted(named) == drawn, "each file is shown, and each picture there"
    root = ElementTree.parse(tmp_path / drawn[0]).getroot()  # noqa: S314 - our own file
    assert "grad" in "".join(root.itertext())
    assert page.read_text("utf-8").count("<figure><svg ") == len(drawn)
    assert main(["check", str(tmp_path / "engine.py"), "--html", str(page)]) == 1
    assert "<svg" not in page.read_text("utf-8")


def test_an_adapter_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    adapter = tmp_path / "adapter.py"
    assert main(["check", str(RIGHT["tape"]), "--write-adapter", str(adapter)]) == 0
    assert "backward(out)" in adapter.read_text("utf-8")
    assert "adapter.py" in capsys.readouterr().out


def test_help_mistakes_and_files_that_are_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--help"]) == 0
    assert "exit status: 0 nothing wrong" in capsys.readouterr().out
    assert main(["check"]) == 2
    words = "error: the following arguments are required: FILE[:CLASS] (see tinygrad-edu check --help)"
    assert words in capsys.readouterr().err
    assert main(["check", str(tmp_path / "none.py")]) == 2
    assert "no such file" in capsys.readouterr().err


def test_an_expression_may_have_an_input_of_that_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "check=3"]) == 0
    assert "check" in capsys.readouterr().out


def test_a_class_is_graded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    students = tmp_path / "students"
    students.mkdir()
    assert main(["grade", str(students)]) == 2
    assert "has no Python files to grade" in capsys.readouterr().out
    write(students, BASE, "ada.py")
    rubric = write(tmp_path, "[points]\nsharing = 2\n", "rubric.toml")
    assert main(["grade", str(students), "--rubric", str(rubric), "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out == "student,sharing,total,of,wrong,remark\nada,2.0,2.0,2.0,0,\n"
    assert (tmp_path / "out" / "ada.md").exists()
