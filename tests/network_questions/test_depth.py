"""The answers to questions on depth and memory, against running what the question's text says."""

from fractions import Fraction
from math import prod

import pytest

from tests.questions.reading import assert_slope, given, numbers, samples
from tinygrad_edu import Value
from tinygrad_edu.network_questions import depth
from tinygrad_edu.numbers.scalar import sigmoid


def test_a_row_of_sigmoids_lets_through_no_more_than_the_answer():
    for question in samples(depth.vanishing, 20):
        start, n, *weight = numbers(question.given)
        w = float(weight[0]) if weight else 1.0
        largest = 0.0
        for at in range(-8, 9):
            z = x = Value(at / 4)
            for _ in range(int(n)):  # at 0, each sigmoid is brought to its steepest place by a constant
                z = sigmoid(w * z - (w * z.data if at == 0 else 0.0))
            z.backward(float(start))
            largest = max(largest, x.grad)
        assert largest <= float(question.answer) * (1 + 1e-12)
        assert largest == pytest.approx(float(question.answer))


def test_a_cell_that_is_run():
    for question in samples(depth.exploding):
        w, steps = numbers(question.given)
        h = Fraction(1)
        for _ in range(int(steps)):
            h = w * h
        assert question.answer == h


def test_a_step_with_a_clipped_gradient():
    for question in samples(depth.clipping):
        w, g, rate = numbers(question.given)
        low, high = numbers(question.steps[0])
        assert low == -high < 0
        clipped = low if g < low else high if g > high else g
        assert question.answer == w - rate * clipped


def test_layers_with_a_path_around_them():
    for question in samples(depth.residual):
        count, *slopes = numbers(question.given)
        h = Fraction(1)
        for c in slopes:
            h = h + c * h  # a linear f
        assert (question.answer, count) == (h, len(slopes))


def test_memory_behind_its_forget_gates():
    for question in samples(depth.memory):
        count, *gates = numbers(question.given)
        assert (question.answer, count) == (prod(gates), len(gates))


@pytest.mark.parametrize("maker", [depth.unrolled, depth.mixture])
def test_a_gradient_is_what_nudging_finds(maker):
    for question in samples(maker):
        assert_slope(question)


def test_the_state_starts_where_the_question_says():
    for question in samples(depth.unrolled, 5):
        assert set(given(question)) == {"h0", "u"}
