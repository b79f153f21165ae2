"""Which kinds of question belong to which chapter of the course, and a fair question of a kind."""

import re
from collections.abc import Callable
from difflib import get_close_matches
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from ..network_questions import classes, depth, neurons, optimisers
from ..numbers.number import shown
from ..questions import gates, graphs, slopes
from ..questions.answers import written
from ..questions.dice import Dice
from ..questions.question import Question

Maker: TypeAlias = Callable[[Dice, int], Question]
ALONE = re.compile(r"(?<![\w.])-?\d+(?:[./]\d+)?(?!\w)")  # a number that is no part of a name
LARGEST, FINEST = 1100, 1100  # of an answer's numerator and denominator


class Chapter(NamedTuple):
    """A chapter of the course: its number, the name that it is asked for by, its title, and its kinds of question."""

    number: int
    name: str
    title: str
    kinds: tuple[Maker, ...]


CHAPTERS = (
    Chapter(0, "why", "Why learn this at all?", (neurons.loss, gates.on, neurons.step)),
    Chapter(1, "nudging", "Slopes by nudging", (slopes.nudge, slopes.sensitivity, slopes.slope)),
    Chapter(2, "in-a-row", "The chain rule in a row", (slopes.lines, slopes.row)),
    Chapter(
        3,
        "branches",
        "Graphs and branches",
        (graphs.value, graphs.branch, graphs.inner, graphs.paths, graphs.twice),
    ),
    Chapter(4, "gates", "Gates", (gates.gate, gates.routed, gates.switch)),
    Chapter(5, "two-directions", "Forward or backward?", (graphs.tangent, graphs.passes, graphs.branch)),
    Chapter(
        6, "a-neuron-learns", "A neuron learns", (neurons.update, neurons.delta, neurons.saturation)
    ),
    Chapter(7, "two-layers", "Two layers by hand", (neurons.hidden, neurons.shared, neurons.delta)),
    Chapter(
        8,
        "a-network-learns",
        "A network learns",
        (neurons.collapse, neurons.parameters, neurons.steps, neurons.batch),
    ),
    Chapter(
        9,
        "losses-and-classes",
        "Losses and classes",
        (classes.score, classes.softmax_share, classes.push, classes.hinge),
    ),
    Chapter(
        10,
        "when-it-breaks",
        "When it breaks",
        (
            depth.vanishing,
            depth.exploding,
            depth.clipping,
            gates.on,
            depth.residual,
            neurons.saturation,
        ),
    ),
    Chapter(11, "memory", "Memory", (depth.exploding, depth.unrolled, depth.memory, depth.mixture)),
    Chapter(
        12,
        "optimisers",
        "Optimisers",
        (optimisers.valley, optimisers.momentum, optimisers.adagrad, optimisers.first_step),
    ),
    Chapter(
        13, "build-your-own", "Build your own Value", (gates.local, gates.overwritten, graphs.twice, gates.stale)
    ),
    Chapter(14, "the-derived-code", "The derived code", (graphs.program, slopes.second)),
    Chapter(
        15, "a-small-gpt", "A very small GPT", (classes.attention, classes.push, classes.share_slope)
    ),
)  # fmt: skip


def chapter_of(asked: object) -> Chapter:
    """The chapter with this number or name.

    >>> chapter_of(3).title, chapter_of("gates").number
    ('Graphs and branches', 4)
    """
    name = re.sub(r"[\s_]+", "-", str(asked).strip().casefold())
    for chapter in CHAPTERS:
        if name in (str(chapter.number), f"{chapter.number:02}", chapter.name, f"{chapter.number:02}-{chapter.name}"):
            return chapter
    meant = get_close_matches(name, [chapter.name for chapter in CHAPTERS], n=1)
    hint = f"; did you mean {meant[0]!r}?" if meant else f": the chapters are 0 to {len(CHAPTERS) - 1}, or their names"
    raise ValueError(f"quiz: there is no chapter {shown(asked)}{hint}")


def made(maker: Maker, dice: Dice, level: int) -> Question:
    """A fair question of this kind: its answer is a number that people write, and its hint does not contain it."""
    while True:
        question = maker(dice, level)
        if is_fair(question):
            question.kind, question.level = maker.__name__, level
            return question


def is_fair(question: Question) -> bool:
    """Whether the answer is pretty and not given away, and at least one mistake can be told.

    >>> is_fair(Question("", [], "How many?", Fraction(3), "Count to 3."))
    False
    """
    answer = question.answer
    is_pretty = abs(answer.numerator) <= LARGEST and answer.denominator <= FINEST
    return is_pretty and written(answer) not in ALONE.findall(question.hint()) and bool(told_apart(question))


def told_apart(question: Question) -> list[Fraction]:
    """The wrong answers that one mistake alone leads to."""
    words: dict[Fraction, set[str]] = {}
    for mistake in question.mistakes:
        words.setdefault(mistake.number, set()).add(mistake.words)
    return [number for number, said in words.items() if len(said) == 1 and number != question.answer]
