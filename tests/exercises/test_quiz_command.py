"""`tinygrad-edu quiz`: asked in a terminal, by a pipe, interrupted, and as sheets in files."""

import builtins
import subprocess
import sys

import pytest

import tinygrad_edu as tg
from tinygrad_edu.command_line.cli import main


def quizzed(monkeypatch, capsys, lines, *words):
    """The status and the output of the command that is typed these lines."""
    typed = iter(lines)

    def typing(prompt):
        line = next(typed, None)
        if line is None:
            raise EOFError
        if isinstance(line, type):
            raise line
        return line

    monkeypatch.setattr(builtins, "input", typing)
    status = main(["quiz", *(words or ("3", "--seed", "7"))])
    return status, capsys.readouterr().out


def answers(**given):
    return [str(question.answer) for question in tg.quiz(3, seed=7, **given).questions]


def test_right_answers_score(monkeypatch, capsys):
    status, out = quizzed(monkeypatch, capsys, answers())
    assert status == 0
    assert out.count("Right.") == 5
    assert out.endswith("\nScore: 5 of 5\n")
    assert "Question 5 of 5" in out


def test_a_hint_a_wrong_answer_and_what_is_no_number_leave_the_question_open(monkeypatch, capsys):
    hint = tg.quiz(3, seed=7).questions[0].hint()
    _, out = quizzed(monkeypatch, capsys, ["?", "import os", "12345", answers()[0]])
    assert f"Hint: {hint}" in out
    assert "Cannot read 'import os' as a number" in out
    assert "Not right." in out
    assert out.endswith("Score: 1 of 5\n")


def test_after_three_wrong_answers_comes_the_solution_as_announced(monkeypatch, capsys):
    _, out = quizzed(monkeypatch, capsys, ["12345"] * 3)
    assert "\nAfter 3 wrong answers you see the solution, and the next question comes.\n\nQuestion 1 of 5" in out
    assert f"The answer is {answers()[0]}." in out
    assert "Question 2 of 5" in out


def test_the_solution_can_be_asked_for_and_a_question_skipped(monkeypatch, capsys):
    _, out = quizzed(monkeypatch, capsys, ["!", "", ""])
    assert f"The answer is {answers()[0]}." in out
    assert f"The answer is {answers()[1]}." not in out
    assert "Question 4 of 5" in out


@pytest.mark.parametrize(
    ("lines", "status"), [([], 0), (["q"], 0), (["QUIT"], 0), ([KeyboardInterrupt], 130), ([RuntimeError], 0)]
)
def test_an_end_at_any_time_is_polite(monkeypatch, capsys, lines, status):
    found, out = quizzed(monkeypatch, capsys, [answers()[0], *lines])
    assert found == status
    assert out.endswith("\n\nScore: 1 of 5\n")
    assert "Traceback" not in out


def test_a_pipe_can_answer():
    typed = "\n".join(answers(questions=2)) + "\n"
    words = [sys.executable, "-m", "tinygrad_edu", "quiz", "branches", "--seed", "7", "--questions", "2"]
    done = subprocess.run(words, input=typed, capture_output=True, text=True, encoding="utf-8", check=True, timeout=60)
    assert done.stdout.endswith("Score: 2 of 2\n")
    assert done.stderr == ""


def test_no_input_at_all_is_an_end():
    words = [sys.executable, "-m", "tinygrad_edu", "quiz", "3", "--seed", "7"]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.endswith("Score: 0 of 5\n")


def test_sheets_go_into_files(tmp_path, capsys):
    paths = [str(tmp_path / name) for name in ("a.md", "b.svg", "c.ipynb")]
    assert main(["quiz", "3", "--seed", "7", *(word for path in paths for word in ("--sheet", path))]) == 0
    assert capsys.readouterr().out == "".join(f"Quiz 3. Graphs and branches (seed 7): {path}\n" for path in paths)
    assert (tmp_path / "a.md").read_text("utf-8") == tg.quiz(3, seed=7).sheet()
    main(["quiz", "3", "--seed", "7", "--sheet", paths[0], "--solved"])
    assert (tmp_path / "a.md").read_text("utf-8") == tg.quiz(3, seed=7).sheet(solved=True)
    main(["quiz", "3", "--seed", "7", "--sheet", paths[0], "--steps"])
    assert (tmp_path / "a.md").read_text("utf-8") == tg.quiz(3, seed=7).sheet(steps=True)


def test_the_list_and_the_help(capsys):
    assert main(["quiz", "--list"]) == 0
    assert capsys.readouterr().out.count("\n") == 17
    assert main(["quiz", "-h"]) == 0
    assert "--sheet FILE" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--sheet", "b.pdf"], "b.pdf"),
        (["--sheet", "b.svg", "--steps"], "cannot save a quiz with steps as 'b.svg': a picture has none"),
    ],
)
def test_all_names_are_checked_before_a_sheet_is_written(tmp_path, monkeypatch, capsys, words, said):
    monkeypatch.chdir(tmp_path)
    assert main(["quiz", "3", "--seed", "7", "--sheet", "a.md", *words]) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["99"], "there is no chapter"),
        (["3", "--questions", "0"], "1 to 50 questions"),
        (["3", "--questions", "x"], "invalid int"),
        (["3", "--solved"], "add --sheet FILE"),
        (["3", "4"], "unrecognized arguments"),
        (["3", "--sheet", "x.pdf"], "must end in"),
        (["3", "--sheet", "no/such/folder/x.md"], "No such file"),
    ],
)
def test_mistakes_on_the_command_line_are_told_in_one_line(words, said, capsys):
    assert main(["quiz", *words]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert said in error
    assert error.count("\n") == 1


def test_a_word_is_a_seed_and_all_chapters_are_the_default(monkeypatch, capsys):
    _, out = quizzed(monkeypatch, capsys, ["q"], "--seed", "monday")
    assert out.startswith("Quiz on all chapters (seed monday)\n")
    assert tg.quiz(None, seed="monday").questions[0].text in out
