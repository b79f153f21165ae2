"""A question: its text, what it says of right, wrong and hostile answers, and its solution with and without blanks."""

import math
from fractions import Fraction

import pytest

from tinygrad_edu import maximum
from tinygrad_edu.questions import Question, Verdict
from tinygrad_edu.questions.question import Mistake, d, given_by, leaf, named, of_graph, plus, steps_of


@pytest.fixture
def question():
    a, b, c = leaf("a", -1), leaf("b", 3), leaf("c", 4)
    f = named("f", named("x", a + b) * named("y", b + c))
    mistakes = [
        Mistake(Fraction(7), "you took one path only"),
        Mistake(Fraction(2), "you took one path only"),
        Mistake(Fraction(14), "this is the value of f"),
        Mistake(Fraction(14), "you multiplied"),
        Mistake(Fraction(9), "never told, as it is right"),
    ]
    return of_graph(f, b, "What is ∂f/∂b?", Fraction(9), "Think of both ways.", mistakes, ["7 + 2 = 9"])


def test_the_text_says_what_is_given_and_asked(question):
    assert str(question) == "Given a = -1, b = 3, c = 4\n  x = a + b\n  y = b + c\n  f = x × y\nWhat is ∂f/∂b?"
    assert "```text\nx = a + b\n" in question._repr_markdown_()


def test_steps_without_a_name_are_written_within_the_others():
    x, y = leaf("x", 2), leaf("y", -3)
    f = named("f", plus(plus(2 * x, 3) * maximum(x, y), -1) ** 2)
    assert steps_of(f) == ["f = ((2 × x + 3) × maximum(x, y) - 1)²"]
    assert given_by(f) == "Given x = 2, y = -3"
    assert d(f, x) == "∂f/∂x"


@pytest.mark.parametrize("answer", [9, 9.0, "9", "∂f/∂b = 9", Fraction(9)])
def test_the_right_answer_is_right_however_it_is_written(question, answer):
    verdict = question.check(answer)
    assert verdict
    assert str(verdict) == repr(verdict) == "Right."
    assert question.is_answered


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (7, "Not right: you took one path only."),
        ("2.0", "Not right: you took one path only."),
        (14, "Not right."),  # two mistakes lead to it
        (-9, "Not right: the sign is the other one."),
        (8.9, "Nearly: give it exactly, or rounded to three digits."),
        (10, "Not right."),
        (1e300, "Not right."),
        (10**400, "Not right."),
    ],
)
def test_a_wrong_answer_is_told_the_mistake_that_leads_to_it(question, answer, said):
    assert question.check(answer).text == said
    assert not question.is_answered


@pytest.mark.parametrize("answer", ["nan", "", "1/0", None, [9], "import os", math.inf, "9" * 5000])
def test_what_is_no_number_is_no_answer(question, answer):
    question.check(9)
    verdict = question.check(answer)
    assert not verdict
    assert not verdict.is_read
    assert verdict.text[0].isupper()
    assert verdict.text.endswith(".")
    assert question.is_answered  # the answer before still counts


def test_the_last_answer_counts(question):
    question.check(9)
    question.check(7)
    assert not question.is_answered


def test_the_hint_and_the_solution(question):
    assert question.hint() == "Think of both ways."
    text = question.solution().text
    assert "b → x → f : ∂f/∂x · ∂x/∂b = y · 1 = 7 · 1 = 7" in text
    assert text.endswith("7 + 2 = 9\n\nThe answer is 9.")
    assert question.solution().markdown.endswith("- 7 + 2 = 9\n\n**The answer is 9.**")


def test_the_solution_with_blanks_has_its_words_and_formulas_and_no_number(question):
    text = question.solution(blanks=True).text
    assert "b → x → f : ∂f/∂x · ∂x/∂b = y · ____ = ____ · ____ = ____" in text
    assert text.endswith("____ + ____ = ____\n\nThe answer is ____.")
    assert "9" not in text


def test_a_formula_in_the_working_keeps_its_1():
    question = Question("", [], "?", Fraction(9, 100), "", working=("∂a/∂z = a(1 - a) = 0.9 · 0.1 = 0.09",))
    assert question.solution(blanks=True).text.startswith("∂a/∂z = a(1 - a) = ____ · ____ = ____")


def test_a_question_about_a_value_is_explained_by_the_forward_pass_alone():
    question = of_graph(named("f", leaf("x", 2) * 3), None, "What is f?", Fraction(6), "", [])
    assert question.solution().text.splitlines()[2:] == [
        "Forward pass, from the leaves to f", "  f = x × 3 = 2 × 3 = 6", "", "The answer is 6.",
    ]  # fmt: skip
    assert "Backward" not in question.solution().markdown
    assert "aligned" in question.solution().markdown


def test_a_verdict_is_true_or_false():
    assert Verdict(True, "") and not Verdict(False, "")  # noqa: PT018 - one thought
