"""Notebooks: of the right shape, and their cells run: blank ones wait for an answer, solved ones are all right."""

import re

import pytest

import tinygrad_edu as tg

CELL = {"markdown": {"cell_type", "id", "metadata", "source"}}
CELL["code"] = CELL["markdown"] | {"outputs", "execution_count"}


def code_of(notebook):
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def run(code, names):
    """Run a cell as a notebook does: its last line is what it shows, if it is an expression."""
    *lines, last = code.splitlines()
    exec("\n".join(lines), names)  # noqa: S102 - our own cells
    try:
        return eval(last, names)  # noqa: S307 - our own cells
    except SyntaxError:
        exec(last, names)  # noqa: S102 - our own cells
        return None


@pytest.mark.parametrize("solved", [False, True])
def test_the_notebook_has_the_shape_of_nbformat_4_5(solved):
    notebook = tg.quiz(9, seed=3).notebook(solved=solved)
    assert set(notebook) == {"cells", "metadata", "nbformat", "nbformat_minor"}
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in ids)
    for cell in notebook["cells"]:
        assert set(cell) == CELL[cell["cell_type"]]
        assert cell.get("outputs", []) == []
        assert all(line.endswith("\n") for line in cell["source"][:-1])


@pytest.mark.parametrize("chapter", [0, 3, 9, None])
def test_the_cells_of_a_solved_notebook_check_as_right(chapter, capsys):
    names = {}
    start, *answers, score = code_of(tg.quiz(chapter, seed="a word", questions=6).notebook(solved=True))
    run(start, names)
    for cell in answers:
        assert str(run(cell, names)) == "Right."
    run(score, names)
    assert capsys.readouterr().out == "6 of 6\n"


def test_the_cells_of_a_blank_notebook_wait_for_an_answer(capsys):
    names = {}
    start, first, *_, score = code_of(tg.quiz(3, seed=7).notebook())
    run(start, names)
    assert str(run(first, names)).startswith("No answer yet")
    right = names["quiz"].questions[0].answer
    assert run(first.replace("None", repr(str(right))), names)
    run(score, names)
    assert capsys.readouterr().out == "1 of 5\n"


def test_a_notebook_with_steps_has_them_above_the_answer():
    quiz = tg.quiz(3, seed=7)
    cells = quiz.notebook(steps=True)["cells"]
    ids = [cell["id"] for cell in cells]
    for i, question in enumerate(quiz.questions, start=1):
        at = ids.index(f"steps-{i}")
        assert ids[at - 1 : at + 2] == [f"question-{i}", f"steps-{i}", f"answer-{i}"]
        assert "".join(cells[at]["source"]) == question.solution(blanks=True).markdown
    assert quiz.notebook(solved=True, steps=True) == quiz.notebook(solved=True)


def test_a_blank_notebook_gives_no_answer_away():
    text = str(tg.quiz(3, seed=7).notebook())
    assert "The answer is" not in text
    assert "answer = None" in text
