"""A question: what it gives and asks, its hint, its solution, and what a wrong answer says about how it was found."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from ..engine import Value, topological_order
from ..explanations.explanation import explain
from ..notation.forms import operation
from ..notation.report import Shown
from ..notation.text import Text
from ..notation.words import escaped, names
from .answers import Given, agrees, is_near, read, written

# A number that stands by itself: not part of a name, nor the 1 of a formula like 1 - a.
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:[./]\d+)?(?![\w])(?! - [^\W\d])(?<!s_right \+ 1)")


class Mistake(NamedTuple):
    """A wrong answer that people give, and how they come to it."""

    number: Fraction
    words: str


@dataclass(frozen=True)
class Verdict:
    """What `check` says of an answer: whether it is right, and in words what is wrong with it.

    >>> bool(Verdict(True, "Right."))
    True
    """

    is_right: bool
    text: str
    is_read: bool = True  # whether there was a number at all

    def __bool__(self) -> bool:
        return self.is_right

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


@dataclass(frozen=True, repr=False)
class Solution(Shown):
    """A worked solution as `text` and `markdown`. Printing it shows the text, a notebook shows the Markdown."""

    text: str
    markdown: str


@dataclass(repr=False)
class Question(Shown):
    """A question with one number as its answer.

    >>> question = Question("Given x = 3", ["f = x × x"], "What is ∂f/∂x?", Fraction(6), "x is used twice.",
    ...                     (Mistake(Fraction(3), "you took one path only"),))
    >>> print(question)
    Given x = 3
      f = x × x
    What is ∂f/∂x?
    >>> question.check("3")
    Not right: you took one path only.
    >>> question.check(6)
    Right.
    """

    given: str
    steps: list[str]
    asks: str
    answer: Fraction
    clue: str
    mistakes: tuple[Mistake, ...] = ()
    working: tuple[str, ...] = ()  # what the solution says after the graph's explanation
    graph: Value | None = None
    about: Value | None = None  # whose gradient is asked for; None if it is a value
    drawn: str = "gradients"  # what its picture shows beside values: that, "values" for nothing else, or "tangents"
    is_told: bool = True  # whether the graph's explanation is part of the solution
    kind: str = ""
    level: int = 0
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def text(self) -> str:  # type: ignore[override]  # nobody assigns to it
        """The question in plain text."""
        return "\n".join([*filter(None, [self.given]), *(f"  {step}" for step in self.steps), self.asks])

    @property
    def markdown(self) -> str:  # type: ignore[override]  # nobody assigns to it
        """The question in Markdown."""
        block = ["```text\n" + "\n".join(self.steps) + "\n```"] if self.steps else []
        return "\n\n".join([*(escaped(each) for each in [self.given] if each), *block, escaped(self.asks)])

    @property
    def is_answered(self) -> bool:
        """Whether the last answer was right."""
        return bool(self.verdicts) and self.verdicts[-1].is_right

    def hint(self) -> str:
        """What to think of. It never contains the answer."""
        return self.clue

    def solution(self, *, blanks: bool = False) -> Solution:
        """The worked solution: the explanation of the graph, where there is one, and what follows from it.

        With `blanks`, a ____ stands in place of each number that is to be found.

        >>> print(Question("", [], "What is 2 · 3?", Fraction(6), "", working=("2 · 3 = 6",)).solution(blanks=True))
        ____ · ____ = ____
        <BLANKLINE>
        The answer is ____.
        """
        texts, markdowns = [], []
        if self.graph is not None and self.is_told:
            told = explain(self.graph, self.about, blanks=blanks)
            count = 2 if self.about is None else None  # of a value only the forward pass
            texts += told.text.split("\n\n")[:count]
            markdowns += told.markdown.split("\n\n")[: 3 if count else None]
        working = [NUMBER.sub(Text.BLANK, line) for line in self.working] if blanks else self.working
        if working:
            texts.append("\n".join(working))
            markdowns.append("\n".join(f"- {escaped(line)}" for line in working))
        result = f"The answer is {Text.BLANK if blanks else written(self.answer)}."
        return Solution("\n\n".join([*texts, result]), "\n\n".join([*markdowns, f"**{escaped(result)}**"]))

    def check(self, answer: object) -> Verdict:
        """Whether an answer is right: a number, or a text such as "9", "-2", "0.5", "1/3" or "x = 9".

        A number with more digits than anyone writes may be rounded to three or more. A wrong answer that people often
        give is told as that mistake, unless two mistakes lead to it.
        """
        given = read(answer)
        verdict = self._unread(given) if isinstance(given, str) else self._judged(given)
        if verdict.is_read:
            self.verdicts.append(verdict)
        return verdict

    def _unread(self, reason: str) -> Verdict:
        return Verdict(False, f"{reason[0].upper()}{reason[1:]}.", is_read=False)

    def _judged(self, given: Given) -> Verdict:
        if agrees(given, self.answer):
            return Verdict(True, "Right.")
        found = {mistake.words for mistake in self.mistakes if agrees(given, mistake.number)}
        if len(found) == 1:
            return Verdict(False, f"Not right: {found.pop()}.")
        if not found and is_near(given, self.answer):
            return Verdict(False, "Nearly: give it exactly, or rounded to three digits.")
        if not found and given.number == -self.answer:
            return Verdict(False, "Not right: the sign is the other one.")
        return Verdict(False, "Not right.")


# --- questions about a graph -----------------------------------------------------------------------------------


def leaf(label: str, number: float | Fraction) -> Value:
    """A number of the graph, with its name."""
    return Value(float(number), label=label)


def named(label: str, value: Value) -> Value:
    """A step with its name."""
    value.label = label
    return value


def plus(value: Value, number: float) -> Value:
    """The value and a plain number, with the sign that people write.

    >>> steps_of(named("y", plus(leaf("x", 2), -3)))
    ['y = x - 3']
    """
    return value + number if number >= 0 else value - -number


def exact(number: float) -> Fraction:
    """A float of the graph as the fraction that it is; a graph's numbers are whole, or halves of halves.

    >>> exact(0.25)
    Fraction(1, 4)
    """
    return Fraction(number)


def given_by(graph: Value) -> str:
    """`Given a = -1, b = 3, c = 4`: the leaves, in the order of their names."""
    leaves = sorted((node for node in topological_order(graph) if not node.op), key=lambda node: node.label)
    return "Given " + ", ".join(f"{node.label} = {written(node.data)}" for node in leaves)


def steps_of(graph: Value) -> list[str]:
    """`x = a + b` for each value with a name; those without are written within the others."""

    def piece(x: object) -> Text:
        if not isinstance(x, Value):
            return Text.number(x)
        return operation(x.op, x.operands, piece) if x.op and not x.label else Text.name(x.label)

    order = [node for node in topological_order(graph) if node.op and node.label]
    return [f"{node.label} = {operation(node.op, node.operands, piece)}" for node in order]


def of_graph(
    graph: Value,
    about: Value | None,
    asks: str,
    answer: Fraction,
    clue: str,
    mistakes: Iterable[Mistake],
    working: Iterable[str] = (),
) -> Question:
    """A question about a graph: it shows the graph's numbers and steps; its solution begins with the explanation."""
    graph.backward()  # for the drawing of the solution
    return Question(
        given_by(graph), steps_of(graph), asks, answer, clue, tuple(mistakes), tuple(working), graph, about,
        "values" if about is None else "gradients",
    )  # fmt: skip


def d(graph: Value, about: Value) -> str:
    """∂f/∂b."""
    called = names(topological_order(graph))
    return f"∂{called[graph]}/∂{called[about]}"
