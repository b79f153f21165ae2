"""The answers to questions on classes, against calculating with what the question's text says."""

import math

from tests.questions.reading import numbers, samples
from tinygrad_edu import Value, losses
from tinygrad_edu.network_questions import classes


def test_a_score_is_a_dot_product_and_a_bias():
    for question in samples(classes.score):
        *both, b = numbers(question.given)
        half = len(both) // 2
        assert question.answer == sum(w * x for w, x in zip(both[:half], both[half:], strict=True)) + b


def test_softmax_of_the_scores():
    for question in samples(classes.softmax_share):
        listed = question.given.split(" (classes")[0]
        scores = [math.log(n) for n in numbers(listed)]
        (k,) = map(int, numbers(question.asks))
        total = sum(map(math.exp, scores))
        assert math.isclose(question.answer, math.exp(scores[k]) / total, rel_tol=1e-12)


def test_the_gradient_of_the_cross_entropy_is_that_of_the_loss():
    for question in samples(classes.push, 20):
        *shares, right, _ = numbers(question.given)
        scores = [Value(math.log(p)) for p in shares]
        assert question.steps == (["L = 2 × cross-entropy"] if question.level == 2 else [])
        assert ("gradient of L by" if question.steps else "gradient of the cross-entropy by") in question.asks
        loss = losses.cross_entropy(scores, int(right)) * (2 if question.steps else 1)
        loss.backward()
        (k,) = map(int, numbers(question.asks))
        assert math.isclose(question.answer, scores[k].grad, abs_tol=1e-12)


def test_the_hinge_and_its_gradient_are_those_of_the_loss():
    for question in samples(classes.hinge, 20):
        *numbers_given, right, _ = numbers(question.given)
        scores = [Value(float(s)) for s in numbers_given]
        loss = losses.multiclass_svm_loss(scores, int(right))
        loss.backward()
        assert question.answer == (loss.data if question.level < 2 else scores[int(right)].grad)


def test_attention_is_a_weighted_mean_of_what_came_before():
    for question in samples(classes.attention):
        first, second = question.given.split("; ")
        values, fits = numbers(first), numbers(second)
        seen = 2 if "second" in question.asks else 3
        weighted = sum(e * v for e, v in zip(fits[:seen], values[:seen], strict=True))
        assert question.answer == weighted / sum(fits[:seen])
        assert len(values) == len(fits) == seen + (question.level == 2)


def test_the_slope_of_a_share_is_what_nudging_its_fit_does():
    h = 1e-6
    for question in samples(classes.share_slope):
        p, *others = map(float, numbers(question.given))
        rest = others or [1 - p]
        fits = [math.log(share) for share in (p, *rest, 1 - p - sum(rest)) if share > 1e-12]

        def share(by, k, fits=fits):
            powers = [math.exp(fit + (by if i == k else 0)) for i, fit in enumerate(fits)]
            return powers[0] / sum(powers)

        k = 1 if others else 0
        assert abs((share(h, k) - share(-h, k)) / (2 * h) - float(question.answer)) < 1e-7, question.text
