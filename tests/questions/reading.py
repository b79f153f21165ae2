"""Questions read as a student reads them: their text alone, evaluated with exact fractions and nudged.

Nothing here uses the library's engine or the question's answer: it is a second opinion on both.
"""

import math
import re
from collections.abc import Callable, Iterator
from fractions import Fraction

from tinygrad_edu.exercises.chapters import made
from tinygrad_edu.questions import Dice, Question

NUMBER = r"-?\d+(?:\.\d+)?(?:/\d+)?"
SEEDS = 60
H = Fraction(1, 10**5)


def samples(maker: Callable[[Dice, int], Question], seeds: int = SEEDS) -> Iterator[Question]:
    """Fair questions of this kind, of all three levels."""
    for level in range(3):
        for seed in range(seeds):
            yield made(maker, Dice(f"{maker.__name__}/{seed}"), level)


def numbers(text: str) -> list[Fraction]:
    """The numbers that stand in a text by themselves."""
    return [Fraction(each) for each in re.findall(rf"(?<![\w.]){NUMBER}(?!\w)", text)]


def given(question: Question) -> dict[str, Fraction]:
    """The names that have a number, with it."""
    found = re.findall(rf"([^\W\d]\w*) = ({NUMBER})(?![\w.])", question.given)
    return {name: Fraction(number) for name, number in found}


def relu(x: Fraction) -> Fraction:
    return max(Fraction(0), x)


def sigmoid(z: Fraction) -> Fraction:
    return Fraction(1 / (1 + math.exp(-z)))


FUNCTIONS = {"relu": relu, "maximum": max, "sigmoid": sigmoid, "Fraction": Fraction}
AS_PYTHON = str.maketrans({"×": "*", "²": "**2", "³": "**3", "⁴": "**4"})


def as_python(formula: str) -> str:
    """A formula of a question as Python that keeps fractions exact."""
    code = formula.translate(AS_PYTHON).replace("σ", "sigmoid")
    return re.sub(r"(?<![\w.*])\d+(?:\.\d+)?", lambda number: f"Fraction('{number[0]}')", code)


def run(question: Question, **nudges: Fraction) -> dict[str, Fraction]:
    """The value of each name, the given ones and those of the steps, some of them nudged."""
    values = {name: number + nudges.get(name, 0) for name, number in given(question).items()}
    for step in question.steps:
        name, formula = step.split(" = ")
        values[name] = eval(as_python(formula), FUNCTIONS, values) + nudges.get(name, 0)  # noqa: S307 - our own text
    return values


def slope(question: Question, result: str, by: str) -> Fraction:
    """The derivative by nudging both ways. Fractions do not round: off by no more than a third derivative times h²."""
    up, down = run(question, **{by: H}), run(question, **{by: -H})
    return (up[result] - down[result]) / (2 * H)


def asked(question: Question) -> tuple[str, str]:
    """The f and the b of the ∂f/∂b that is asked for."""
    found = re.search(r"∂(\w+)/∂(\w+)", question.asks)
    assert found
    return found[1], found[2]


def is_close(x: Fraction, y: Fraction) -> bool:
    return abs(x - y) <= Fraction(1, 10**6) * max(1, abs(y))


def assert_slope(question: Question) -> None:
    """The answer is the derivative that is asked for."""
    assert is_close(question.answer, slope(question, *asked(question))), question.text
