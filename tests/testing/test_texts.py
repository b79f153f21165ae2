"""Reports, grades and limits of the kit as people see them: whole texts, and each border of what is counted."""

import ast
import json
import os
from pathlib import Path

import pytest

from tests.testing.test_kit import write
from tests.testing.test_worker import _nothing_left  # noqa: F401 - a fixture
from tinygrad_edu.testing import Finding, Limits, Report, Rubric, commands, loading, worker
from tinygrad_edu.testing.grading import Grade, grade_report, submissions, table
from tinygrad_edu.testing.strategies import STEP, is_smooth

# --- reports -------------------------------------------------------------------------------------------------------

FULL = Report(
    "<engine>",
    findings=[
        Finding("convention", "a choice", "abs"),
        Finding("approximate", "rough", "exp", "x = Value(1.0)\nprint(x)", 1 / 3, 0.3333),
        Finding("wrong", "5 - x & more", "5 - x", "out = 5 - x", 2.0, "nothing", 7, "numbers", "docs/a.md", "a\n\nb"),
        Finding("fragile", "deep", "depth", "", 1.0, float("nan"), 0, "robustness", picture="<svg/>"),
    ],
    missing=["log", "x ** y"],
    conventions=["one", "two"],
    topics={"numbers": [3, 5], "sharing": [2, 2]},
    closing="that is all",
)
TEXT = """\
<engine>: 7 checks, 1 wrong, 1 fragile, 1 approximate, 1 convention

WRONG: 5 - x & more (line 7)
    out = 5 - x
  expected 2, got nothing
  a
  b
  read docs/a.md

FRAGILE: deep
  expected 1, got nan

APPROXIMATE: rough
    x = Value(1.0)
    print(x)
  expected 0.3333333333, got 0.3333

CONVENTION: a choice

not there: log; x ** y

conventions: one; two

that is all"""
MARKDOWN = """\
# <engine>

<engine>: 7 checks, 1 wrong, 1 fragile, 1 approximate, 1 convention

## wrong: 5 - x & more (line 7)

```python
out = 5 - x
```

Expected 2, got nothing.

```text
a

b
```

Read: docs/a.md

## fragile: deep

Expected 1, got nan.

![The graph with its right numbers](my%20page-2.svg)

## approximate: rough

```python
x = Value(1.0)
print(x)
```

Expected 0.3333333333, got 0.3333.

## convention: a choice

not there: log; x ** y

conventions: one; two

that is all
"""
BODY = """\
<h1>&lt;engine&gt;</h1>
<p>&lt;engine&gt;: 7 checks, 1 wrong, 1 fragile, 1 approximate, 1 convention</p>
<h2>wrong: 5 - x &amp; more (line 7)</h2>
<pre>out = 5 - x</pre>
<p>expected 2, got nothing</p>
<pre>a

b</pre>
<p>Read: docs/a.md</p>
<h2>fragile: deep</h2>
<p>expected 1, got nan</p>
<figure><svg/></figure>
<h2>approximate: rough</h2>
<pre>x = Value(1.0)
print(x)</pre>
<p>expected 0.3333333333, got 0.3333</p>
<h2>convention: a choice</h2>
<p>not there: log; x ** y</p>
<p>conventions: one; two</p>
<p>that is all</p>
</html>
"""


def test_a_report_as_text_markdown_and_html() -> None:
    assert str(FULL) == TEXT
    assert FULL.to_markdown("my page") == MARKDOWN
    picture = "![The graph with its right numbers](my%20page-2.svg)\n\n"
    assert FULL.to_markdown() == MARKDOWN.replace(picture, "")
    head, found, rest = FULL.to_html().partition("<h1>")
    assert head.startswith(
        '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>&lt;engine&gt;</title>\n<style>'
    )
    assert found + rest == BODY
    assert FULL.pictures("page") == {"page-2.svg": "<svg/>"}
    assert Report.unpacked(FULL.packed()) == FULL


def test_a_report_as_json_and_its_status() -> None:
    facts = json.loads(FULL.to_json())
    assert facts["engine"] == "<engine>"
    assert facts["missing"] == ["log", "x ** y"]
    assert facts["conventions"] == ["one", "two"]
    assert [each["severity"] for each in facts["findings"]] == ["wrong", "fragile", "approximate", "convention"]
    assert facts["findings"][1] == {
        "severity": "fragile", "what": "deep", "operation": "depth", "code": "", "expected": 1.0, "actual": "nan",
        "line": 0,
    }  # fmt: skip
    assert FULL.to_json().startswith('{\n  "engine": "<engine>",\n')
    assert (FULL.ok, FULL.status) == (False, 1)
    fine, unread = Report("e", [Finding("fragile", "deep", "depth")]), Report("e", unchecked="no class", closing="end")
    assert (fine.ok, fine.status, fine.summary()) == (True, 0, "e: 0 checks, 1 fragile")
    assert (unread.ok, unread.status, str(unread)) == (False, 2, "e: could not be checked: no class\n\nend")
    assert Report("e").summary() == "e: 0 checks, nothing to report"
    assert json.loads(unread.to_json())["conventions"] == ["could not be checked: no class"]


def test_what_is_required_and_missing_becomes_a_finding() -> None:
    report = Report("e", missing=["exp"])
    report.require(["exp", "log"])
    assert report.findings == [Finding("wrong", "exp is required and missing", "exp", topic="functions")]


def test_a_finding_that_is_no_finite_number_is_a_text() -> None:
    found = Finding("wrong", "w", "o", "", float("-inf"), 3.0)
    assert (found.expected, found.actual, found.numbers) == ("-inf", 3.0, "expected -inf, got 3")
    assert (found.title, found.topic) == ("w", "arithmetic")
    assert Finding("wrong", "w", "o", actual=2.0).numbers == ""


# --- grades --------------------------------------------------------------------------------------------------------

GRADED = Report("ada.py", topics={"numbers": [2, 3], "sharing": [7, 7]}, missing=["sqrt"])


def test_a_grade_its_sheet_and_the_table() -> None:
    rubric = Rubric({"numbers": 2.0, "sharing": 1.5, "functions": 3.0, "powers": 1.0}, title="Homework")
    report = Report.unpacked(GRADED.packed())
    report.require(["sqrt"])
    graded = grade_report("=ada", report, rubric)
    assert graded.points == {"numbers": 1.33, "sharing": 1.5, "functions": 0.0, "powers": 0.0}
    assert (graded.total, rubric.total) == (2.83, 7.5)
    assert graded.sheet(rubric) == (
        "# Homework: =ada\n\n2.83 of 7.5 points\n\n| topic | points | of |\n|---|---|---|\n| numbers | 1.33 | 2 |\n"
        "| sharing | 1.5 | 1.5 |\n| functions | 0 | 3 |\n| powers | 0 | 1 |\n\n" + report.to_markdown()
    )
    empty = Grade(
        "ben", {"numbers": 0.0, "sharing": 0.0, "functions": 0.0, "powers": 0.0}, Report("b", unchecked="@no")
    )
    assert table([graded, empty], rubric) == (
        "student,numbers,sharing,functions,powers,total,of,wrong,remark\n"
        "'=ada,1.33,1.5,0.0,0.0,2.83,7.5,1,\nben,0.0,0.0,0.0,0.0,0.0,7.5,0,'@no\n"
    )
    unread = Report("c", topics={"numbers": [3, 3]}, unchecked="it was ended")
    assert grade_report("c", unread, rubric).points == dict.fromkeys(rubric.points, 0.0)


def test_what_is_required_and_missing_counts_in_its_topic_only() -> None:
    report = Report("a", topics={"numbers": [2, 2], "functions": [3, 3]}, missing=["sqrt"])
    report.require(["sqrt"])
    assert grade_report("a", report, Rubric({"numbers": 1, "functions": 4})).points == {"numbers": 1, "functions": 3}


def test_a_rubric_takes_points_from_0_to_a_thousand_million(tmp_path: Path) -> None:
    def read(points: str) -> Rubric:
        return Rubric.from_file(write(tmp_path, f"[points]\nsharing = {points}\n", "rubric.toml"))

    assert read("0").points == {"sharing": 0}
    assert read("999999999.5").total == 999999999.5
    for points in ("1000000000", "-0.1", "inf"):
        with pytest.raises(ValueError, match="none below 0"):
            read(points)
    assert Rubric().points == dict.fromkeys(
        ["arithmetic", "numbers", "powers", "functions", "sharing", "accumulation", "robustness"], 1.0
    )
    assert (Rubric().require, Rubric().title) == ((), "Grades")


def test_the_likeliest_file_of_a_folder(tmp_path: Path) -> None:
    def chosen(files: dict[str, str]) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir()))) / "ada"
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            write(folder, text, name)
        return str(submissions(folder.parent)["ada"].relative_to(folder))

    one, two = "def __mul__(self): pass\n", "def __mul__(self): pass\ndef __add__(self): pass\n"
    assert chosen({"a.py": one, "b.py": two}) == "b.py"
    assert chosen({"a.py": one, "b.py": one + one}) == "a.py"  # each name counts once
    assert chosen({"a.py": one, "my_engine.py": ""}) == "a.py"  # by its name alone it is as likely: by order
    assert chosen({"a.py": "x = 1", "my_engine.py": ""}) == "my_engine.py"
    assert chosen({"a/b.py": two, "z.py": two}) == "z.py"  # the nearer one
    assert chosen({"a.py": "def backward(): pass", "b.py": "def backprop(): pass\n" + one}) == "b.py"


# --- limits --------------------------------------------------------------------------------------------------------


def test_the_limits_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, object]] = []

    def check_file(_: str, **options: object) -> Report:
        asked.append(options)
        return FULL

    monkeypatch.setattr(commands, "check_file", check_file)
    written: list[str] = []
    assert commands.run(["check", "engine.py"], written.append) == 1
    words = "check engine.py --seconds 5 --import-seconds 2 --memory 100 --step 10 --derive --json"
    assert commands.run(words.split(), written.append) == 1
    assert written == [str(FULL), FULL.to_json()]
    assert asked == [
        {"adapter": "", "limits": Limits(60.0, 10.0, 4 * 2**30), "derive": False, "require": (), "step": 0},
        {"adapter": "", "limits": Limits(5.0, 2.0, 100 * 2**20), "derive": True, "require": (), "step": 10},
    ]
    commands.run(["check", "engine.py", "--require", " exp,, 3 * x "], written.append)
    assert asked[-1]["require"] == ("exp", "3 * x")
    for step in ("11", "-1"):
        with pytest.raises(ValueError, match=f"there is no step {step}: the steps are 1 to 10"):
            commands.run(["check", "engine.py", "--step", step], written.append)
    for more in (["--adapter", "a.py"], ["--require", "exp"]):
        with pytest.raises(ValueError, match="leave --adapter and --require out"):
            commands.run(["check", "engine.py", "--step", "1", *more], written.append)


def test_what_the_worker_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    found: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "setrlimit", lambda kind, bounds: found.update({kind: bounds}))
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (0, 100 + kind))
    worker.limit(2**30, 10.9)
    expected = {"AS": 2**30, "CPU": 15, "FSIZE": 64 * 2**20, "CORE": 0}
    kinds = {name: getattr(resource, f"RLIMIT_{name}") for name in expected}
    assert found == {kinds[name]: (bound, 100 + kinds[name]) for name, bound in expected.items()}


@pytest.mark.parametrize(
    ("mode", "flags", "expected"),
    [
        ("r", 0, False), ("rb", 0, False), ("w", 0, True), ("a", 0, True), ("x", 0, True), ("r+", 0, True),
        ("rb+", 0, True), (None, os.O_RDONLY, False), (None, os.O_WRONLY, True), (None, os.O_RDWR, True),
        (None, os.O_CREAT, True), (None, os.O_TRUNC, False), (None, None, False), ("r", os.O_WRONLY, False),
    ],
)  # fmt: skip
def test_which_ways_to_open_a_file_write(mode: str | None, flags: int | None, expected: bool) -> None:
    assert worker._writes(("file", mode, flags)) is expected


# --- loading -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("import os", True), ("from os import path", True), ("def f(): pass", True), ("class A: pass", True),
        ("async def f(): pass", True), ("x = 3", True), ("x: int = 3", True), ("x = f()", False),
        ("x: int = f()", False), ("x = [1 + 2]", True), ("print(1)", False), ("for i in (): pass", False),
        ("try:\n    import os\nexcept ImportError:\n    f()", True), ("try:\n    f()\nexcept ImportError: pass", False),
        ("if True:\n    import os\n    pass", True), ("if True:\n    x = 3", False), ("x += 1", False),
    ],
)  # fmt: skip
def test_what_is_taken_from_a_file_that_fails(line: str, expected: bool) -> None:
    assert loading._is_definition(ast.parse(line).body[0]) is expected


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"), ("    !ls\nx", "    pass\nx"), ("Value?", "pass"),
        ("x = 5 % 3\n# is it?\ny = 1", "x = 5 % 3\npass\ny = 1"), ("x", "x"),
    ],
)  # fmt: skip
def test_lines_of_a_notebook_that_are_no_python(cell: str, code: str) -> None:
    assert loading.MAGIC.sub(r"\1pass", cell) == code


@pytest.mark.usefixtures("_nothing_left")
def test_what_is_printed_is_counted_and_an_error_is_cut(tmp_path: Path) -> None:
    def notes(text: str, name: str) -> list[str]:
        return loading.load(write(tmp_path, text, name), 5.0).notes

    assert notes("print('x' * 199)", "printed_a.py") == []
    assert notes("print('x' * 200)", "printed_b.py") == ["prints 201 characters when it is imported"]
    assert notes("print('x' * 1233)", "printed_c.py") == ["prints 1,234 characters when it is imported"]
    assert notes("raise KeyError('x' * 300)", "raised_a.py") == ["importing it raises KeyError: '" + "x" * 199]


# --- smooth points -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kink", "x", "expected"),
    [
        (0.0, 0.0, False), (0.0, STEP, False), (0.0, 1.01 * STEP, True), (0.0, -STEP, False), (0.0, -1.01 * STEP, True),
        (0.5, 0.5 + 0.99 * STEP, False), (100.0, 100.0 + 99 * STEP, False), (100.0, 100.0 + 101 * STEP, True),
        (-100.0, -100.0 - 99 * STEP, False), (-100.0, -100.0 - 101 * STEP, True),
    ],
)  # fmt: skip
def test_how_far_a_smooth_point_is_from_a_kink(kink: float, x: float, expected: bool) -> None:
    assert STEP == 1e-4
    assert is_smooth(lambda t: abs(t - kink), [x]) is expected
    assert is_smooth(lambda s, t: s + abs(t - kink), [0.3, x]) is expected
    assert is_smooth(lambda s, t: t + abs(s - kink), [x, 0.3]) is expected
