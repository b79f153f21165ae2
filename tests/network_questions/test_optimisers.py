"""The answers to questions on optimisers, against the rules, run with what the question's text says."""

import math
from fractions import Fraction

from tests.questions.reading import numbers, samples
from tinygrad_edu import Value, optim
from tinygrad_edu.network_questions import optimisers


def stepped(optimizer, x, gradients):
    """Where x is after steps with these gradients."""
    for g in gradients:
        optimizer.zero_grad()
        (float(g) * x).backward()
        optimizer.step()
    return x.data


def test_momentum():
    for question in samples(optimisers.momentum, 20):
        if question.level < 2:
            mu, start, *gradients = numbers(question.given)
            v = start
            for g in gradients:
                v = mu * v + g
            assert question.answer == v
        else:
            at, rate, mu, _, *gradients = numbers(question.given)
            x = Value(float(at))
            moved = stepped(optim.SGD([x], lr=float(rate), momentum=float(mu)), x, gradients)
            assert math.isclose(question.answer, moved, abs_tol=1e-12)


def test_adagrad_and_the_mean_of_rmsprop():
    for question in samples(optimisers.adagrad, 20):
        first, second = numbers(question.given.split("gradients g = ")[1])
        if question.level == 2:
            alpha = numbers(question.given)[0]
            s = Fraction(0)
            for g in (first, second):
                s = alpha * s + (1 - alpha) * g**2
            assert question.answer == s
            continue
        rate = numbers(question.given)[0]
        x = Value(0.0)
        optimizer = optim.AdaGrad([x], lr=float(rate))
        after_first = stepped(optimizer, x, [first])
        change = stepped(optimizer, x, [second]) - after_first
        start = numbers(question.given)[2] if question.level else 0
        assert math.isclose(question.answer, float(start) + change, abs_tol=1e-6)


def test_the_first_step_of_adam_and_its_mean():
    for question in samples(optimisers.first_step, 20):
        if question.level == 2:
            beta, m, *gradients = numbers(question.given)
            for g in gradients:
                m = beta * m + (1 - beta) * g
            assert question.answer == m
        else:
            at, rate, g = numbers(question.given)
            x = Value(float(at))
            assert math.isclose(question.answer, stepped(optim.Adam([x], lr=float(rate)), x, [g]), abs_tol=1e-6)


def test_descent_in_a_valley():
    for question in samples(optimisers.valley):
        formula = question.steps[0].split(" = ")[1]
        factor, _, below = formula.partition("w²")
        k = 2 * Fraction(factor or 1) / (2 if below else 1)
        if question.level == 1:
            for rate, falls in ((question.answer * Fraction(99, 100), True), (question.answer, False)):
                assert (abs(1 - rate * k) < 1) == falls
            continue
        w, rate = numbers(question.given)
        for _ in range(int(numbers(question.asks)[0])):
            w -= rate * k * w
        assert question.answer == w
