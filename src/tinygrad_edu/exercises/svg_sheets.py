"""Sheets as one picture: each question with its graph, and fields to fill in."""

import re
from collections.abc import Iterator, Sequence

from ..graphics import look
from ..graphics.look import number, rectangle, text
from ..graphics.widths import text_width
from ..questions.answers import written
from ..questions.question import Question
from .text_sheets import picture_of

WIDTH, MARGIN, INDENT = 794, 40, 26  # of a sheet of A4 paper at 96 points to the inch
TITLE, SIZE, LEADING, GAP = 18, 14, 21, 26  # letters, lines, and the room between questions
FIELD = 150  # where the answer goes
SVG = re.compile(
    r'<svg[^>]* width="(?P<width>[\d.]+)" height="(?P<height>[\d.]+)"[^>]*>.*?</style>(?P<inside>.*)</svg>', re.DOTALL
)


def svg_of(title: str, questions: Sequence[Question], *, solved: bool) -> str:
    """The sheet as an SVG document, as tall as it needs to be."""
    parts = [text(title, MARGIN, MARGIN + TITLE, look.INK, size=TITLE, bold=True)]
    y = float(MARGIN + TITLE + GAP)
    for i, question in enumerate(questions, start=1):
        block = _Block(i, question, y, solved=solved)
        parts.append(look.group("question", "", block.parts()))
        y = block.y + GAP
    described = "\n".join(f"{i}. {question.text}" for i, question in enumerate(questions, start=1))
    return look.document(WIDTH, y + MARGIN - GAP, title, described, [f"{part}\n" for part in parts])


class _Block:
    """A question on the page; `y` is where the next line of it goes."""

    def __init__(self, i: int, question: Question, y: float, *, solved: bool) -> None:
        self.i, self.question, self.y, self.solved = i, question, y, solved

    def parts(self) -> Iterator[str]:
        question, left = self.question, MARGIN + INDENT
        yield text(f"{self.i}.", MARGIN, self.y + SIZE, look.INK, size=SIZE, bold=True)
        yield from self._lines(question.given, left, look.INK)
        for step in question.steps:
            yield from self._lines(step, left + INDENT, look.FORWARD)
        yield from self._lines(question.asks, left, look.INK)
        yield from self._picture(left)
        if self.solved:
            for line in question.working:
                yield from self._lines(line, left, look.QUIET)
        yield from self._answer(left)

    def _lines(self, words: str, left: float, colour: str) -> Iterator[str]:
        for line in wrapped(words, WIDTH - MARGIN - left):
            yield text(line, left, self.y + SIZE, colour, size=SIZE)
            self.y += LEADING

    def _picture(self, left: float) -> Iterator[str]:
        found = SVG.search(picture_of(self.question, solved=self.solved))
        if not found:
            return
        width, height = float(found["width"]), float(found["height"])
        scale = min(1, (WIDTH - MARGIN - left) / width)
        yield f'<g transform="translate({number(left)},{number(self.y)}) scale({scale:.4f})">{found["inside"]}</g>'
        self.y += height * scale + 6

    def _answer(self, left: float) -> Iterator[str]:
        words = f"Answer: {written(self.question.answer)}" if self.solved else "Answer:"
        yield text(words, left, self.y + SIZE + 4, look.GRADIENT if self.solved else look.INK, size=SIZE, bold=True)
        if not self.solved:
            at = left + text_width(words, SIZE, bold=True) + 8
            yield rectangle(at, self.y, FIELD, LEADING + 3, rx="3", fill=look.PAGE, stroke=look.LINE)
        self.y += LEADING + 6


def wrapped(words: str, width: float) -> list[str]:
    """The text in lines of at most this width, broken at spaces.

    >>> wrapped("a b c d", 25)
    ['a b', 'c d']
    """
    lines: list[str] = []
    for word in words.split():
        if lines and text_width(f"{lines[-1]} {word}", SIZE) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
