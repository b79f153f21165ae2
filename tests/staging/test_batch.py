"""Batches are loops, in which values and gradients are summed."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.staging.material import LOOPS, XS, YS, Line, close, fit_loss, outcome, refused, source_of
from tinygrad_edu import Value, nn
from tinygrad_edu.losses import l2_penalty
from tinygrad_edu.staging import jit, mean_over, sum_over
from tinygrad_edu.steps.staged_step import StagedStep
from tinygrad_edu.transforms import grad, hessian, jvp, value_and_grad


def along(f):
    return lambda p, xs, ys: jvp(lambda p: f(p, xs, ys), (p,), ([1.0, 2.0],))


@pytest.mark.parametrize("transform", [lambda f: f, grad, value_and_grad, hessian, along])
def test_a_batch_is_a_loop(transform):
    eager = transform(fit_loss)
    ours = jit(eager, batched=["xs", "ys"])
    for rows in (3, 2, 1, 3):
        assert close(ours([0.3, 0.2], XS[:rows], YS[:rows]), eager([0.3, 0.2], XS[:rows], YS[:rows]))
    assert "for (x_0, x_1), y in zip(xs, ys, strict=True):" in ours.source
    assert len(ours._traces) == 1


def test_gradients_of_a_batch_are_added_up_in_the_loop():
    assert source_of(value_and_grad(fit_loss), [0.3, 0.2], XS, YS, batched=["xs", "ys"]) == (
        "from math import tanh\n"
        "\n"
        "\n"
        "def fit_loss(p, xs, ys):\n"
        "    p_0, p_1 = p\n"
        "    total = 0.0\n"
        "    dp_1 = 0.0\n"
        "    dp_0 = 0.0\n"
        "    for (x_0, x_1), y in zip(xs, ys, strict=True):\n"
        "        t1 = tanh(p_0 * x_0 + p_1 * x_1)\n"
        "        t2 = t1 - y\n"
        "        t3 = 2.0 * t2 * (1.0 - t1 * t1)\n"
        "        total += t2 * t2\n"
        "        dp_1 += t3 * x_1\n"
        "        dp_0 += t3 * x_0\n"
        "    t4 = len(xs)\n"
        "    t5 = 1.0 / t4\n"
        "    t6 = 0.1 * p_0\n"
        "    return total / t4 + t6 * p_0, [t6 + t6 + t5 * dp_0, t5 * dp_1]\n"
    )


@pytest.mark.parametrize("f", LOOPS, ids=range(len(LOOPS)))
@pytest.mark.parametrize("transform", [lambda f: f, grad, lambda f: grad(grad(f)), value_and_grad])
def test_loops_and_choices_within_each_other(f, transform):
    xs = [0.5, 1.0, 2.5]
    eager = transform(f)
    ours = jit(eager, batched=["xs"])
    for p in (0.7, -0.7):
        expected = outcome(eager, p, xs)
        found = outcome(ours, p, xs)
        assert found == expected or close(found, expected), ours.source


def test_what_is_the_same_in_each_round_stands_in_front_of_the_loop():
    def f(p, xs):
        return sum_over(lambda x: x * tg.exp(p) - tg.where(p > 1, p * p, 1.0) * x + tg.exp(p), xs)

    assert source_of(f, 0.5, [1.0, 2.0], batched=["xs"]) == (
        "from math import exp\n"
        "\n"
        "\n"
        "def f(p, xs):\n"
        "    t1 = exp(p)\n"
        "    t2 = p * p if p > 1.0 else 1.0\n"
        "    t3 = 0.0\n"
        "    for x in xs:\n"
        "        t3 += x * t1 - t2 * x + t1\n"
        "    return t3\n"
    )


def test_a_sum_of_equal_terms_is_a_product():
    def f(p, xs):
        return sum_over(lambda x: tg.exp(p), xs) + sum_over(lambda x: tg.where(p > 0, lambda: p * x, 0.0), xs)

    assert source_of(f, 0.5, [1.0, 2.0], batched=["xs"]) == (
        "from math import exp\n"
        "\n"
        "\n"
        "def f(p, xs):\n"
        "    t1 = 0.0\n"
        "    for x in xs:\n"
        "        t1 += p * x if p > 0.0 else 0.0\n"
        "    return len(xs) * exp(p) + t1\n"
    )


def test_a_penalty_in_the_loss_is_computed_once_for_the_batch():
    model = nn.MLP(2, [3, 1], seed=1)

    def loss(predictions, targets):
        return nn.mse_loss(predictions, targets) + l2_penalty(model.parameters(), 0.1)

    step = StagedStep(model, loss)
    number = step(XS, YS)
    head, _, body = step.source.partition("    for ")
    assert "l1_n1_w1 * l1_n1_w1" in head
    assert "l1_n1_w1 * l1_n1_w1" not in body
    ours = [p.grad for p in model.parameters()]
    model.zero_grad()
    eager = loss([model(x) for x in XS], YS)
    eager.backward()
    assert tg.isclose(number, eager.data)
    assert close(ours, [p.grad for p in model.parameters()], 1e-11)


def test_a_negative_term_is_subtracted():
    ours = jit(lambda p, xs: sum_over(lambda x: -(x * (p + x)), xs), batched=["xs"])
    assert ours(0.5, [1.0, 2.0]) == -6.5
    assert ours.source == ("def f(p, xs):\n    t1 = 0.0\n    for x in xs:\n        t1 -= x * (p + x)\n    return t1\n")
    assert "        t1 -= x * (p + x);\n" in ours.to("c")
    assert r"\leftarrow t_1 - x \cdot \left(p + x\right)" in ours.to("latex")


def test_rows_may_be_dicts_and_dataclasses():
    def f(p, rows, lines):
        return mean_over(lambda row, line: row["a"] * p + line.slope * row["b"] ** 2 - line.offset, rows, lines)

    ours = jit(value_and_grad(f), batched=["rows", "lines"])
    rows, lines = [{"a": 1.0, "b": 2.0}, {"a": 3.0, "b": 4.0}], [Line(1.0, 2.0), Line(3.0, 4.0)]
    for _ in range(2):
        assert ours(0.5, rows, lines) == value_and_grad(f)(0.5, rows, lines)


def test_rows_that_do_not_fit_are_refused():
    ours = jit(fit_loss, batched=["xs", "ys"])
    with pytest.raises(ValueError, match="argument xs is empty: it needs at least one row"):
        ours([0.3, 0.2], [], [])
    with pytest.raises(ValueError, match="xs has rows of 2 structures"):
        ours([0.3, 0.2], [[1.0], [1.0, 2.0]], [1.0, 2.0])
    with pytest.raises(TypeError, match="rows of the batched argument ys hold something else than numbers"):
        ours([0.3, 0.2], [[1.0, 2.0]], ["a"])
    for _ in range(2):
        with pytest.raises(ValueError, match="of columns of 3 and 2 rows: they go in step"):
            ours([0.3, 0.2], XS, YS[:2])
    with pytest.raises(ValueError, match="of columns of"):
        sum_over(lambda x, y: x, [1.0], [1.0, 2.0])


def test_rows_are_not_there_while_staging():
    for f in (lambda xs: sum(x for x in xs), lambda xs: len(xs) + 1, lambda xs: xs[0]):
        text = refused(f, [1.0, 2.0], batched=["xs"])
        assert "the rows of xs are not there yet: go over them with mean_over or sum_over" in text
    text = refused(lambda xs: mean_over(lambda x, y: x, xs, [1.0]), [1.0], batched=["xs"])
    assert "either all of the columns are batched or none, here 1 of 2" in text


def test_nodes_made_within_a_loop_only():
    ours = jit(lambda p, xs: sum_over(lambda x: p * (Value(2.0) * x).data + x, xs), batched=["xs"])
    assert ours(3.0, [1.0, 2.0]) == 21.0
    assert jit(lambda xs: sum_over(lambda x: Value(x) * 2, xs), batched=["xs"])([1.0, 2.0]) == 6.0


def test_a_batch_of_another_structure_is_staged_again():
    ours = jit(lambda xs: sum_over(tg.sum, xs), batched=["xs"])
    assert ours([[1.0, 2.0]]) == 3.0
    assert ours([[1.0, 2.0, 3.0]]) == 6.0
    assert ours(np.array([[1.0, 2.0], [3.0, 4.0]])) == 10.0
    assert ours(np.array([[1.0, 2.0], [3.0, 4.0]])) == 10.0


def test_a_sum_over_may_have_several_numbers_in_one_loop():
    def sums(p, xs):
        return sum_over(lambda x: (tg.exp(p * x), {"square": [x * x * p]}), xs)

    def means(p, xs):
        return mean_over(lambda x: [tg.exp(p * x), x * x * p], xs)

    xs = [0.5, 1.0, -2.0]
    for f in (sums, means):
        ours = jit(f, batched=["xs"])
        assert ours(0.7, xs) == f(0.7, xs)
        assert ours.source.count("for ") == 1
        assert ours.source.count("exp(p * x)") == 1
        slopes = jit(jvp_of(f), batched=["xs"])
        assert slopes(0.7, xs) == jvp_of(f)(0.7, xs)


def jvp_of(f):
    return lambda p, xs: jvp(lambda p: f(p, xs), (p,), (1.0,))


def test_results_of_rows_have_one_structure():
    with pytest.raises(ValueError, match="sum_over: the result of f for row 1 is a list of 1, where a list of 2"):
        sum_over(lambda x: [x] * x, [2, 1])
