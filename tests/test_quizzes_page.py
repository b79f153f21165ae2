"""The page on quizzes: the session that it shows is what the command says, and its picture what its example draws."""

import builtins
import re
import sys
from pathlib import Path

import tinygrad_edu as tg
from tinygrad_edu.command_line.cli import main
from tinygrad_edu.exercises.chapters import CHAPTERS

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "quizzes.md").read_text("utf-8")


def test_the_session_is_what_the_command_says(monkeypatch, capsys):
    session = re.search(r"```text\n\$ tinygrad-edu (.*?)\n(.*?)```", PAGE, re.DOTALL)
    assert session
    typed = iter(re.findall(r"^> (.*)$", session[2], re.MULTILINE))

    def typing(prompt):
        line = next(typed)
        sys.stdout.write(f"{prompt}{line}\n")
        return line

    monkeypatch.setattr(builtins, "input", typing)
    assert main(session[1].split()) == 0
    assert capsys.readouterr().out == session[2]


def test_the_picture_is_what_the_example_draws(tmp_path):
    call = re.search(r'>>> (tg\.quiz\(.*?\))\.save\("quiz_sheet\.svg"\)', PAGE)
    assert call
    drawn = eval(call[1], {"tg": tg}).svg()  # noqa: S307 - our own page
    assert drawn == (DOCS / "pictures" / "quiz_sheet.svg").read_text("utf-8")


def test_each_chapter_names_its_quiz():
    for chapter in CHAPTERS:
        page = (DOCS / "course" / f"{chapter.number:02}-{chapter.name}.md").read_text("utf-8")
        assert f"`tinygrad-edu quiz {chapter.number}`" in page
