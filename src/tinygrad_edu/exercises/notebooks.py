"""Quizzes as notebooks, whose cells check the answers written into them."""

from collections.abc import Sequence

from ..questions.answers import written
from ..questions.question import Question

START = (
    "Run the next cell first. Then answer each question in the cell below it, and run that cell: it checks the answer."
)


def notebook_of(
    title: str, questions: Sequence[Question], recipe: str, *, solved: bool, steps: bool
) -> dict[str, object]:
    """The notebook in nbformat 4.5; `recipe` is the call that makes the quiz again."""
    cells = [
        _markdown("title", f"# {title}\n\n{START}"),
        _code("start", f"import tinygrad_edu as tg\n\nquiz = {recipe}"),
    ]
    for i, question in enumerate(questions, start=1):
        answer = f'"{written(question.answer)}"' if solved else "None"
        cells.append(_markdown(f"question-{i}", f"## Question {i}\n\n{question.markdown}"))
        if steps and not solved:
            cells.append(_markdown(f"steps-{i}", question.solution(blanks=True).markdown))
        hint = "" if solved else f'  # a number, as 9, -2, 0.5 or "1/3"; quiz.questions[{i - 1}].hint() helps'
        cells.append(_code(f"answer-{i}", f"answer = {answer}{hint}\nquiz.questions[{i - 1}].check(answer)"))
        if solved:
            cells.append(_markdown(f"solution-{i}", question.solution().markdown))
    cells.append(_code("score", "print(quiz.score)"))
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _markdown(name: str, text: str) -> dict[str, object]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(name: str, text: str) -> dict[str, object]:
    source = text.splitlines(keepends=True)
    return {"cell_type": "code", "id": name, "metadata": {}, "execution_count": None, "outputs": [], "source": source}
