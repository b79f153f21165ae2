"""Python for reading runs and computes what the program computes; layers are comprehensions in the field's names."""

import itertools
import math

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

import tinygrad_edu as tg
from tests.rolling.programs import FUNCTIONS, NETWORKS, Case, numbers, rosenbrock, training
from tests.staging.material import outcome
from tests.staging.test_programs import defined, programs, run
from tinygrad_edu import losses, nn
from tinygrad_edu.staging import jit
from tinygrad_edu.steps.staged_step import StagedStep
from tinygrad_edu.trees.tree import flatten


def readable(case):
    return case.trace.to("python", loops=True)


def called(case, text):
    """The numbers that the function of this text returns."""
    space = {}
    exec(text, space)  # noqa: S102 - our own printer's text
    return flatten(space[case.trace.name](*case.args))[0]


def assert_same(case, text):
    expected = flatten(case.trace.function(*case.args))[0]
    scale = max(1.0, *map(abs, filter(math.isfinite, expected)))
    assert called(case, text) == pytest.approx(expected, rel=1e-12, abs=1e-14 * scale, nan_ok=True)


@pytest.mark.parametrize("name", NETWORKS | FUNCTIONS)
def test_it_computes_the_same(name):
    case = (NETWORKS | FUNCTIONS)[name]()
    text = readable(case)
    assert_same(case, text)
    assert "[j" in text
    assert len(text) < len(case.trace.to("python"))


def test_the_derived_backward_pass_of_a_network_is_on_one_screen():
    step = StagedStep(nn.MLP(2, [16, 16, 1], activation="tanh", seed=0), losses.mse_loss)
    step([[0.5, -0.5], [1.0, 2.0]], [1.0, -1.0])
    lines = [line.strip() for line in step.to("python", loops=True).splitlines()]
    assert len(lines) <= 60
    start = lines.index("a2 = [tanh(z2[j]) for j in range(16)]")
    assert lines[start - 1] == "z2 = [sum(w2[j][k] * t3[k] for k in range(16)) + b2[j] for j in range(16)]"
    assert lines[start + 1 : start + 6] == [
        "z3 = sum(w3[j] * a2[j] for j in range(16)) + b3 - y",
        "dz3 = z3 + z3",
        "dz2 = [dz3 * w3[j] * (1.0 - a2[j] * a2[j]) for j in range(16)]",
        "da1 = [sum(dz2[k] * w2[k][j] for k in range(16)) for j in range(16)]",
        "dz1 = [da1[j] * (1.0 - t3[j] * t3[j]) for j in range(16)]",
    ]


def test_it_is_no_longer_where_layers_are_wider():
    narrow, wide = (
        readable(training((2, n, n, 1), losses.mse_loss, nn.SGD, "tanh", targets=(-1.0, 1.0))) for n in (8, 12)
    )
    assert narrow.count("\n") == wide.count("\n")


def test_parts_of_an_argument_are_read_where_they_are_and_results_have_its_shape():
    def layers(params, x):
        for w, b in params:
            x = [tg.tanh(tg.dot(row, x) + bias) for row, bias in zip(w, b, strict=True)]
        return tg.sum(x)

    params = [([numbers(6, i) for i in range(6)], numbers(6)), ([numbers(6, i) for i in range(5)], numbers(5))]
    case = Case(jit(tg.grad(layers)), params, numbers(6))
    text = readable(case)
    assert_same(case, text)
    assert "sum(params[0][0][j][k] * x[k] for k in range(6)) + params[0][1][j]" in text
    assert "\n        ([[dparams_1_1[j] * t" in text


def test_short_programs_and_those_that_go_round_stay_as_they_are():
    short = Case(jit(lambda a, b: (a + b) * b), 2.0, 3.0)
    turning = Case(jit(lambda xs: [tg.while_loop(lambda y: y < 9, lambda y: 2 * y, x) for x in xs]), [1.0 + 0.0] * 30)
    for case in (short, turning):
        assert readable(case) == case.trace.to("python")


def test_an_argument_without_a_short_text_leaves_the_program_as_it_is():
    """Keys that no literal can write, and columns of lists of unequal lengths."""
    keys = Case(jit(lambda d: [tg.sin(x) for x in d.values()]), {(i,): float(i) for i in range(60)})
    uneven = [numbers(2 + i % 2, i) for i in range(60)]
    columns = Case(jit(lambda rows: [tg.sin(row[1]) for row in rows]), uneven)
    for case in (keys, columns):
        assert readable(case) == case.trace.to("python")


def test_an_array_that_is_read_along_its_diagonal_is_one_row():
    def trace_of_squares(xs):
        table = [[tg.sin(x) * tg.cos(y) for y in xs] for x in xs]
        return [tg.sum([table[i][i] for i in range(len(xs))]), tg.logsumexp([z for row in table for z in row])]

    case = Case(jit(trace_of_squares), numbers(7))
    assert_same(case, readable(case))


def test_dicts_tuples_and_nothing_among_the_results():
    def function(xs):
        waves = [tg.sin(x) * x for x in xs]
        return {"waves": waves, "none": None, "more": (tuple(waves[:9]), waves[0]), "lists": [waves[:3], waves[3:5]]}

    case = Case(jit(function), numbers(40))
    text = readable(case)
    assert_same(case, text)
    space = {}
    exec(text, space)  # noqa: S102 - our own printer's text
    found = space["function"](*case.args)
    assert list(found) == ["waves", "none", "more", "lists"]
    assert found["none"] is None
    assert type(found["more"][0]) is tuple


def test_other_languages_say_that_they_have_loops_anyway_or_none():
    ours = jit(rosenbrock)
    ours(numbers(20))
    for language in ("c", "javascript", "latex", "numpy"):
        with pytest.raises(ValueError, match='loops=True is for "python"; C and JavaScript have loops anyway'):
            ours.to(language, loops=True)
    with pytest.raises(ValueError, match="there are python"):
        ours.to("cobol")


@given(st.lists(programs, min_size=1, max_size=2))
@settings(max_examples=25)
def test_random_programs(parts):
    def function(xs):
        return [run(program, [x, y]) for program in parts for x, y in itertools.pairwise(xs)]

    xs = [0.5 + 0.01 * i for i in range(12)]
    if defined(outcome(function, xs)) and defined(outcome(ours := jit(function), xs)) and ours._latest:
        case = Case(ours, xs)
        assert_same(case, readable(case))
