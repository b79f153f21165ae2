"""`quiz(3, seed=7)`: a chapter's questions with numbers that the seed decides, to answer or to hand out."""

import json
import os
import random
from functools import cached_property
from typing import NamedTuple

from ..mistakes.options import A_PATH, A_WHOLE_NUMBER, expect
from ..notation.report import Shown
from ..numbers.number import shown
from ..questions.dice import Dice
from ..questions.question import Question
from .chapters import CHAPTERS, Chapter, chapter_of, made
from .notebooks import notebook_of
from .svg_sheets import svg_of
from .text_sheets import html_of, markdown_of, text_of

MOST = 50  # questions in one quiz
KINDS = (".md", ".txt", ".html", ".svg", ".ipynb")  # of sheets, by the end of their names
LEVELS = 3
TRIES = 40  # for a question of one kind that is not in the quiz yet


class Score(NamedTuple):
    """How many questions are answered right, of how many.

    >>> print(Score(3, 5))
    3 of 5
    """

    right: int
    questions: int

    def __str__(self) -> str:
        return f"{self.right} of {self.questions}"


class Quiz(Shown):
    """Questions on one chapter of the course, or on all of them; `quiz` makes it.

    `questions` are the questions. Each has `text`, `hint()`, `solution()` and `check(answer)`. `score` counts those
    whose last answer was right. Printing a quiz shows its questions, a notebook shows them as Markdown.

    >>> practice = quiz(2, seed=4, questions=2)
    >>> practice
    Quiz 2. The chain rule in a row (seed 4)
    <BLANKLINE>
    1. Given x = 2
         n1 = 2 × x + 1
         n2 = 3 × n1 + 4
       What is ∂n2/∂x?
    <BLANKLINE>
    2. Given x = 3
         u = 3 × x + 3
         v = u²
         f = 3 × v
       What is ∂f/∂x?
    >>> practice.questions[0].check(6)
    Right.
    >>> print(practice.score)
    1 of 2
    """

    __module__ = "tinygrad_edu"

    def __init__(self, title: str, questions: tuple[Question, ...], recipe: str) -> None:
        self.title = title
        self.questions = questions
        self._recipe = recipe  # the call that makes this quiz again

    @property
    def score(self) -> Score:
        """How many questions are answered right so far, of how many."""
        return Score(sum(question.is_answered for question in self.questions), len(self.questions))

    @cached_property
    def text(self) -> str:  # type: ignore[override]  # nobody assigns to it
        """The questions in plain text."""
        return text_of(self.title, self.questions, solved=False, steps=False)

    @cached_property
    def markdown(self) -> str:  # type: ignore[override]  # nobody assigns to it
        """The questions in Markdown."""
        return markdown_of(self.title, self.questions, solved=False, steps=False)

    def sheet(self, *, solved: bool = False, steps: bool = False) -> str:
        """A sheet in Markdown: the questions with a line for each answer, or `solved`, with their worked solutions.

        With `steps`, the blank sheet has the solutions with blanks in place of their numbers.
        """
        return markdown_of(self.title, self.questions, solved=solved, steps=steps)

    def html(self, *, solved: bool = False, steps: bool = False) -> str:
        """A sheet as one HTML page, with pictures of the graphs; for options see `sheet`."""
        return html_of(self.title, self.questions, solved=solved, steps=steps)

    def svg(self, *, solved: bool = False) -> str:
        """A sheet as one picture: the graphs drawn with fields to fill in, or `solved`, with the numbers in them."""
        return svg_of(self.title, self.questions, solved=solved)

    def notebook(self, *, solved: bool = False, steps: bool = False) -> dict[str, object]:
        """A notebook (nbformat 4) as a dict for `json.dump`; a cell with an answer checks it when it runs.

        For options see `sheet`.
        """
        return notebook_of(self.title, self.questions, self._recipe, solved=solved, steps=steps)

    def save(self, path: str | os.PathLike[str], *, solved: bool = False, steps: bool = False) -> None:
        """Write a sheet to a file whose name ends in .md, .txt, .html, .svg or .ipynb; for options see `sheet`.

        ValueError for any other name, and for `steps` in .svg, whose picture has no room for them.
        """
        kind = kind_of_sheet(path, steps=steps)
        if kind == ".md":
            content = self.sheet(solved=solved, steps=steps)
        elif kind == ".txt":
            content = text_of(self.title, self.questions, solved=solved, steps=steps) + "\n"
        elif kind == ".html":
            content = self.html(solved=solved, steps=steps)
        elif kind == ".svg":
            content = self.svg(solved=solved)
        else:
            content = json.dumps(self.notebook(solved=solved, steps=steps), indent=1, ensure_ascii=False) + "\n"
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(content)


def kind_of_sheet(path: str | os.PathLike[str], *, steps: bool = False) -> str:
    """The end of a sheet's name. ValueError for one that no sheet has, and for steps in a picture.

    >>> kind_of_sheet("homework/ada.MD")
    '.md'
    """
    expect("save", A_PATH, path=path)
    kind, name = os.path.splitext(path)[1].lower(), os.fspath(path)
    if kind not in KINDS:
        raise ValueError(f"cannot save a quiz as {name!r}: the name must end in .md, .txt, .html, .svg or .ipynb")
    if steps and kind == ".svg":
        raise ValueError(
            f"cannot save a quiz with steps as {name!r}: a picture has none; end the name in .md, .txt, .html or .ipynb"
        )
    return kind


def quiz(chapter: int | str | None = None, *, seed: int | str | None = None, questions: int = 5) -> Quiz:
    """A quiz on a chapter of the course, by its number or name; on all chapters if none is given.

    The numbers in it are decided by `seed`: the same seed gives the same quiz, on every machine. Without one, it is
    another quiz each time, and its title says the seed. It has so many `questions` (1 to 50), the later ones harder.

    Raises ValueError for a chapter that does not exist or another number of questions, TypeError for a seed that is
    neither a whole number nor text.

    >>> question = quiz("branches", seed=7).questions[0]
    >>> question
    Given a = 1, b = 4, c = 2
      x = a × b
      y = b + c
      f = x × y
    What is ∂f/∂b?
    >>> question.check(6)
    Not right: you took one path only; gradients add at branches.
    >>> question.check("10")
    Right.
    """
    expect("quiz", A_WHOLE_NUMBER, questions=questions)
    if not 1 <= questions <= MOST:
        raise ValueError(f"quiz: questions={shown(questions)}: a quiz has 1 to {MOST} questions")
    if seed is None:
        seed = random.Random().randrange(10_000)  # noqa: S311 - exercises, no secrets
    if isinstance(seed, bool) or not isinstance(seed, (int, str)):
        raise TypeError(f"quiz: seed must be a whole number or text, got {shown(seed)}")
    chosen = None if chapter is None else chapter_of(chapter)
    name = "all" if chosen is None else str(chosen.number)
    found = _questions(chosen, Dice(f"{name}/{seed}"), questions)
    title = f"Quiz {'on all chapters' if chosen is None else f'{chosen.number}. {chosen.title}'} (seed {seed})"
    recipe = f"tg.quiz({name if chosen else 'None'}, seed={seed!r}, questions={questions})"
    return Quiz(title, found, recipe)


def _questions(chapter: Chapter | None, dice: Dice, count: int) -> tuple[Question, ...]:
    """So many questions, no two alike, the kinds taking turns and the levels rising."""
    found: dict[str, Question] = {}
    chapters = [chapter] if chapter else dice.shuffled(CHAPTERS)
    turn = 0
    kinds = [kind for each in chapters for kind in (dice.shuffled(each.kinds) if chapter else [dice.pick(each.kinds)])]
    while len(found) < count:
        level = LEVELS * len(found) // count
        for _ in range(TRIES):
            question = made(kinds[turn % len(kinds)], dice, level)
            if question.text not in found:
                found[question.text] = question
                break
        turn += 1
    return tuple(found.values())
