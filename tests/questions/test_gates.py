"""The answers to questions on gates, against nudging what the question's text says."""

from fractions import Fraction

import pytest

from tests.questions.reading import assert_slope, given, is_close, numbers, relu, run, samples, slope
from tinygrad_edu import Value
from tinygrad_edu.questions import gates


@pytest.mark.parametrize("maker", [gates.routed, gates.switch, gates.local])
def test_a_gradient_is_what_nudging_finds(maker):
    for question in samples(maker):
        assert_slope(question)


def test_what_a_gate_hands_on_is_the_gradient_behind_it():
    for question in samples(gates.gate):
        (upstream,) = numbers(question.asks)
        assert is_close(slope(question, "f", "q"), upstream)
        assert is_close(question.answer, slope(question, "f", question.asks[-2]))


def test_a_relu_is_on_where_its_input_is_above_0():
    for question in samples(gates.on):
        w, b = given(question)["w"], given(question)["b"]
        xs = numbers(question.given.split("inputs x = ")[1])
        if question.level < 2:
            assert question.answer == sum(w * x + b > 0 for x in xs)
        else:
            h = Fraction(1, 10**6)
            up, down = (sum(relu((w + by) * x + b) for x in xs) for by in (h, -h))
            at_kink = [x for x in xs if w * x + b == 0]  # there nudging sees half a slope
            assert question.answer == (up - down) / (2 * h) - sum(at_kink) / 2


def test_the_overwriting_engine_keeps_the_share_that_comes_last():
    for question in samples(gates.overwritten):
        by_b = slope(question, "y", "b")
        assert is_close(question.answer, slope(question, "f", "y") * by_b)


def test_data_that_change_between_the_passes_change_nothing_in_an_engine_that_really_runs():
    for question in samples(gates.stale, 20):
        x = Value(float(given(question)["x"]))
        factors = question.steps[0].split(" = ")[1].split(" × ")
        f = x * x if len(factors) == 2 else float(factors[0]) * (x * x)
        x.data = float(numbers(question.asks)[0])
        f.backward()
        assert question.answer == Fraction(x.grad)


def test_both_states_of_the_switch_are_asked_about():
    values = [run(question)["z"] > 0 for question in samples(gates.switch, 20)]
    assert 0.3 < sum(values) / len(values) < 0.9
