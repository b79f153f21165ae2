"""The answers to questions on slopes, against nudging what the question's text says."""

import re
from fractions import Fraction

import pytest

from tests.questions.reading import assert_slope, given, is_close, numbers, run, samples
from tinygrad_edu.questions import Question, slopes

POWER = {"²": 2, "³": 3, "⁴": 4}


def polynomial(question: Question, x: Fraction) -> Fraction:
    found = re.fullmatch(r"f\(x\) = (\d*)x(.)", question.steps[0])
    assert found
    return int(found[1] or 1) * x ** POWER[found[2]]


@pytest.mark.parametrize("maker", [slopes.slope, slopes.row, slopes.lines])
def test_a_derivative_is_what_nudging_finds(maker):
    for question in samples(maker):
        assert_slope(question)


def test_the_quotient_is_that_of_the_two_values():
    for question in samples(slopes.nudge):
        x, h = given(question)["x"], given(question)["h"]
        assert question.answer == (polynomial(question, x + h) - polynomial(question, x)) / h


def test_a_small_change_is_that_of_the_nudged_product_to_first_order():
    for question in samples(slopes.sensitivity):
        (step,) = numbers(question.asks)
        rising = re.search(r"if (.*) (?:each )?rises? by|if (.*) each rise by", question.asks)
        names = re.findall(r"\b[xy]\b", rising[0])
        tiny = step / 10**6
        change = (run(question, **dict.fromkeys(names, tiny))["f"] - run(question)["f"]) * 10**6
        assert abs(change - question.answer) <= step / 1000, question.text


def test_a_second_derivative_is_the_second_difference():
    h = Fraction(1, 10**5)
    for question in samples(slopes.second):
        x = given(question)["x"]
        second = (polynomial(question, x + h) - 2 * polynomial(question, x) + polynomial(question, x - h)) / h**2
        assert is_close(question.answer, second)
