"""The answers to questions on neurons, against nudging and calculating with what the question's text says."""

import math
import re
from fractions import Fraction

import pytest

from tests.questions.reading import asked, assert_slope, given, is_close, numbers, run, samples, slope
from tinygrad_edu import nn
from tinygrad_edu.network_questions import neurons


def test_the_loss_is_the_mean_of_the_squares():
    for question in samples(neurons.loss):
        w, b = given(question)["w"], given(question)["b"]
        points = numbers(question.given.split("(x, y) = ")[1])
        errors = [w * x + b - y for x, y in zip(points[::2], points[1::2], strict=True)]
        assert question.answer == sum(error**2 for error in errors) / len(errors)


def test_a_step_goes_against_the_gradient():
    for question in samples(neurons.step):
        w, rate, *gradients = numbers(question.given)
        for g in gradients:
            w -= rate * g
        assert question.answer == w
        assert len(gradients) == (1 if question.level == 0 else 2)


def test_a_linear_neuron_and_its_update():
    for question in samples(neurons.update):
        by_w, by_b = slope(question, "L", "w"), slope(question, "L", "b")
        if question.level == 0:
            assert_slope(question)
            continue
        (rate,) = numbers(question.asks)
        start = given(question)
        if question.level == 1:
            assert is_close(question.answer, start["w"] - rate * by_w)
        else:
            assert is_close(question.answer, run(question, w=-rate * by_w, b=-rate * by_b)["p"])


def test_a_sigmoid_neuron():
    for question in samples(neurons.delta):
        assert "- 0" not in question.text.replace("- 0.", "")  # with the target 0 it is a²
        assert run(question)["z"] == 0
        if question.level < 2:
            name = "z" if question.level == 0 else "w1"
            assert asked(question) == ("C", name)
            assert is_close(question.answer, slope(question, "C", name))
        else:
            (rate,) = numbers(question.asks)
            assert is_close(question.answer, given(question)["w1"] - rate * slope(question, "C", "w1"))


def test_the_slope_of_a_saturated_neuron():
    for question in samples(neurons.saturation):
        a, *upstream = numbers(question.given)
        inverse, f = (math.atanh, math.tanh) if "tanh" in question.given else (
            lambda p: math.log(p / (1 - p)), lambda z: 1 / (1 + math.exp(-z)),
        )  # fmt: skip
        z, h = inverse(float(a)), 1e-6
        rise = (f(z + h) - f(z - h)) / (2 * h)
        assert abs(float(question.answer) - rise * float(upstream[0] if upstream else 1)) < 1e-6


@pytest.mark.parametrize("maker", [neurons.hidden, neurons.batch])
def test_a_gradient_is_what_nudging_finds(maker):
    for question in samples(maker):
        assert_slope(question)


def test_the_shares_of_several_outputs_add():
    for question in samples(neurons.shared):
        weights, deltas = (numbers(part) for part in question.given.split("with weights")[1].split("δ"))
        total = sum(w * e for w, e in zip(weights, deltas, strict=True))
        assert question.answer == (total / 4 if question.level else total)


def test_parameters_are_as_many_as_in_a_network_that_is_made():
    for question in samples(neurons.parameters, 20):
        first, *others = map(int, re.search(r"[\d-]+\d", question.given)[0].split("-"))
        assert question.answer == nn.MLP(first, others).parameter_count()


def test_steps_are_counted_by_going_through_the_batches():
    for question in samples(neurons.steps):
        examples, batch, epochs = map(int, numbers(question.given))
        assert question.answer == sum(1 for _ in range(epochs) for _ in range(0, examples, batch))


def test_two_lines_in_a_row_are_one():
    for question in samples(neurons.collapse):
        question.given += ", x = 0"
        at_0 = run(question)["p"]
        slope_of_line = run(question, x=Fraction(1))["p"] - at_0
        assert question.answer == (at_0 if "What is k" in question.asks else slope_of_line)
