"""Programs as Python: they read as written by hand, run alone, and no label or name gets out of hand."""

import math
import os
import subprocess
import sys

import pytest

import tinygrad_edu as tg
from tests.operations import inf, nan
from tests.staging.material import HOSTILE, branching, source_of
from tinygrad_edu.staging import jit
from tinygrad_edu.transforms import grad, value_and_grad, vjp


def test_source_of_the_branching_example_reads_as_written_by_hand():
    assert source_of(value_and_grad(branching, (0, 1, 2)), -1.0, 3.0, 4.0) == (
        "def branching(a, b, c):\n"
        "    x = a + b\n"
        "    y = b + c\n"
        "    return x * y, (y, x + y, x)\n"
    )  # fmt: skip


def test_gradients_are_named_for_what_they_are_of():
    def neuron(w, b, x, y):
        a = tg.sigmoid(tg.dot(w, x) + b)
        a.label = "σ"
        return (y - a) ** 2 / 2

    source = source_of(grad(neuron, (0, 1)), [2.0, -3.0], -3.0, [-1.0, -2.0], 1.0)
    assert "    σ = sigmoid(w_0 * x_0 + w_1 * x_1 + b)\n    db = (σ - y) * (σ * (1.0 - σ))\n" in source


def test_labels_reach_the_source_through_vjp_too():
    def f(x):
        y = tg.exp(x)
        y.label = "height"
        return [y * y, y]

    assert "height = exp(x)" in source_of(lambda x: vjp(f, x)[1]([1.0, 2.0]), 2.0)


def test_a_label_that_is_no_name_becomes_a_name_and_a_comment():
    def f(x):
        y = x * x
        y.label = "the loss"
        z = tg.sin(y)
        z.label = "12!"
        return z * y

    source = source_of(value_and_grad(f), 2.0)
    assert "the_loss = x * x  # the loss\n" in source
    assert "t1 = sin(the_loss)  # 12_\n" in source


@pytest.mark.parametrize("label", HOSTILE, ids=ascii)
def test_labels_cannot_inject_code(label):
    def f(x, t1):
        y = x * t1
        y.label = label
        z = tg.sin(y)
        z.label = label
        return y * z + tg.exp(y)

    ours = jit(value_and_grad(f, (0, 1)))
    assert ours(1.5, 2.0) == value_and_grad(f, (0, 1))(1.5, 2.0)
    assert ours.source.count("\n") <= 12
    code = [line.partition("#")[0] for line in ours.source.splitlines()]
    assert not any(word in line for line in code for word in ("import os", "system(", "alert(", "input{", ";"))


def test_parameters_may_have_any_name_python_allows():
    def exp(print, σ, list, t1, result, total, call):  # noqa: PLC2401 - that is what this is about
        return tg.exp(print) + σ * tg.sum(list) + t1 + result - total + call

    ours = jit(exp)
    for _ in range(2):
        assert ours(0.0, 2.0, [3.0, 4.0], t1=5.0, result=1.0, total=0.5, call=0.25) == 20.75
    assert "def exp_2(print_2, σ, list_2, t1, result, total, call):" in ours.source


PROGRAM = """
import tinygrad_edu as tg
from tinygrad_edu.staging import jit
from tinygrad_edu.transforms import hessian
f = jit(hessian(lambda p: tg.sin(p['a'] * p['b'][0]) + tg.exp(p['b'][1]) / p['a'] + tg.logsumexp(p['b'])))
f({'a': 1.0, 'b': [2.0, 3.0]})
print(f.source)
"""


def test_source_is_the_same_on_every_run():
    runs = set()
    for seed in ("1", "2"):
        command = [sys.executable, "-c", PROGRAM]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        runs.add(run.stdout)
    assert len(runs) == 1
    assert runs.pop().startswith("from math import cos, exp")


def test_source_runs_alone():
    def f(x, y):
        return tg.where(x < inf, y, x) + tg.softplus(x) * tg.log_sigmoid(y) * tg.arccos(y) + abs(x)

    ours = jit(value_and_grad(f, (0, 1)))
    result = ours(0.3, 0.4)
    namespace = {}
    exec(ours.source, namespace)  # noqa: S102 - the text is meant to be run
    assert namespace["f"](0.3, 0.4) == result
    assert ours.source.startswith("from math import acos, exp, inf, log1p, nan, sqrt\n")


def test_infinite_and_undefined_constants_are_bound():
    ours = jit(lambda x: [tg.where(x > 0, x, -inf), tg.where(x > 0, x, nan)])
    assert ours(2.0) == [2.0, 2.0]
    assert ours(-1.0)[0] == -inf
    assert math.isnan(ours(-1.0)[1])
    assert "from math import inf, nan" in ours.source
    assert "else -inf" in ours.source


def test_a_line_of_the_function_is_not_named_for_the_gradient_that_it_is_too():
    assert source_of(value_and_grad(lambda a, b, c: a * (b + c), argnums=(0, 1, 2)), 1.0, 2.0, 3.0) == (
        "def f(a, b, c):\n    t1 = b + c\n    return a * t1, (t1, a, a)\n"
    )
