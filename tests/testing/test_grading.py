"""A class is graded in one command: the same grades each time, partial credit by topic, nothing harmed."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.testing.test_kit import BASE, SORT, write
from tinygrad_edu.testing import Limits, Rubric, grade, worker
from tinygrad_edu.testing.grading import submissions, table, write_grades

FAST = Limits(seconds=30, import_seconds=1)
SWAPPED = BASE.replace("return -self + other", "return self - other")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "submissions"
    place.mkdir()
    write(place, BASE, "ada.py")
    write(place, SWAPPED, "ben.py")
    write(place, "x = (", "cleo.py")
    (place / "dan" / "notes").mkdir(parents=True)
    write(place / "dan", "print('a helper')", "aaa.py")
    write(place / "dan" / "notes", BASE, "mine.py")
    write(place / "dan", "x = (", "broken.py")
    (place / ".git").mkdir()
    (place / "eve").mkdir()
    write(place, "no engine", "readme.txt")
    return place


def test_each_file_or_folder_is_a_student(folder: Path) -> None:
    assert {name: path.name for name, path in submissions(folder).items()} == {
        "ada": "ada.py", "ben": "ben.py", "cleo": "cleo.py", "dan": "mine.py",
    }  # fmt: skip


def test_partial_credit_by_topic_and_the_same_result_each_time(folder: Path, tmp_path: Path) -> None:
    rubric = Rubric({"numbers": 9, "sharing": 2}, ("exp", "sqrt"), "Homework")
    first, second = ([each.sheet(rubric) for each in grade(folder, rubric, FAST)] for _ in range(2))
    assert first == second
    ada, ben, cleo, dan = grade(folder, rubric, FAST)
    assert ada.total == dan.total == 11
    assert (ben.points["numbers"], ben.points["sharing"]) == (8, 2)
    assert cleo.total == 0
    assert "sqrt is required and missing" in ada.sheet(rubric)
    assert "# Homework: ben\n\n10 of 11 points" in ben.sheet(rubric)
    write_grades([ada, ben, cleo, dan], rubric, tmp_path / "grades")
    lines = (tmp_path / "grades" / "grades.csv").read_text("utf-8").splitlines()
    assert lines[0] == "student,numbers,sharing,total,of,wrong,remark"
    assert lines[2] == "ben,8.0,2.0,10.0,11.0,2,"
    assert lines[3].startswith("cleo,0.0,0.0,0.0,11.0,0,line 1")
    assert (tmp_path / "grades" / "dan.md").exists()


BY_ADDRESS = """        order, seen = [], set()

        def visit(node):
            seen.add(node)
            for parent in set(node.parents):
                if parent not in seen:
                    visit(parent)
            order.insert(0 if id(node) // 64 % 2 else len(order), node)

        visit(self)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="addresses can be fixed on Linux only")
def test_an_engine_whose_errors_depend_on_addresses_gets_the_same_grade_each_time(tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    write(tmp_path / "all", BASE.replace(SORT, BY_ADDRESS), "ada.py")
    if not worker.can_fix_addresses():
        pytest.skip("this system does not allow to fix addresses")
    first, *others = [grade(tmp_path / "all", limits=FAST)[0].points for _ in range(4)]
    assert others == [first] * 3


def test_a_worker_begins_anew_with_fixed_addresses_once(monkeypatch: pytest.MonkeyPatch) -> None:
    states, begun = [0], []

    def personality(asked: int) -> int:
        before = states[-1]
        states.append(before if asked == worker.ASK else asked)
        return before

    monkeypatch.setattr("ctypes.CDLL", lambda _name: SimpleNamespace(personality=personality))
    monkeypatch.setattr("os.execv", lambda *words: begun.append(words))
    monkeypatch.setattr("sys.platform", "linux")
    worker.fix_addresses()
    worker.fix_addresses()
    monkeypatch.setattr("sys.platform", "other")
    worker.fix_addresses()
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("ctypes.CDLL", lambda _name: SimpleNamespace(personality=lambda _asked: 0))
    worker.fix_addresses()  # refused: it goes on as it is
    assert begun == [(sys.executable, sys.orig_argv)]


def test_what_is_required_and_missing_counts_as_a_failed_check(folder: Path) -> None:
    rubric = Rubric({"functions": 6}, ("sqrt",))
    assert grade(folder, rubric, FAST)[0].points["functions"] == 5


def test_a_rubric_is_read_from_toml_and_unknown_words_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, 'title = "T"\nrequire = ["exp"]\n[points]\nsharing = 3\n', "rubric.toml")
    rubric = Rubric.from_file(path)
    assert (rubric.title, rubric.require, rubric.total) == ("T", ("exp",), 3.0)
    assert Rubric.from_file(write(tmp_path, "", "empty.toml")).total == 7.0
    with pytest.raises(ValueError, match=r"beauty is no part of a rubric; topics are arithmetic"):
        Rubric.from_file(write(tmp_path, "[points]\nbeauty = 3\n", "bad.toml"))


def test_names_are_no_formulas_for_a_spreadsheet(tmp_path: Path) -> None:
    write(tmp_path, "x = (", "=cmd.py")
    grades = grade(tmp_path, limits=FAST)
    assert "\n'=cmd," in table(grades, Rubric())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('require = "exp"', "require a list of texts"),
        ("require = [3]", "require a list of texts"),
        ("title = 3", "title is a text"),
        ("points = 3", "points is a table of numbers"),
        ('[points]\nsharing = "many"', "points is a table of numbers"),
        ("[points]\nsharing = -1", "none below 0"),
        ("[points]\nsharing = nan", "none below 0"),
        ("[points]\nsharing = true", "points is a table of numbers"),
    ],
)
def test_a_rubric_with_something_of_another_kind_is_refused(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=words):
        Rubric.from_file(write(tmp_path, text, "rubric.toml"))


def test_what_cannot_be_read_stops_nobody_elses_grade_and_no_submission_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "submissions"
    folder.mkdir()
    write(folder, BASE, "ada.py")
    (folder / "ada.ipynb").write_text("{}", "utf-8")
    (folder / "ben.py").mkdir()
    write(folder / "ben.py", BASE, "engine.py")
    (folder / "cleo.py").symlink_to(folder / "nowhere.py")
    (folder / "dan").mkdir()
    (folder / "dan" / "loop.py").symlink_to(folder / "dan" / "loop.py")
    (folder / "dan" / "broken.py").write_text("x = " + "(" * 9000, "utf-8")
    assert [*submissions(folder)] == ["ada", "ada.py", "ben.py", "cleo", "dan"]
    found = {each.student: each for each in grade(folder, Rubric({"sharing": 1}), FAST)}
    assert found["ada.py"].total == found["ben.py"].total == 1
    assert found["cleo"].report.unchecked == "it cannot be read: there is no such file"
    assert found["ada"].total == found["dan"].total == 0
