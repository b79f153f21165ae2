"""The answers to questions on graphs, against nudging, counting and running what the question's text says."""

from fractions import Fraction

import pytest

from tests.questions.reading import AS_PYTHON, asked, assert_slope, given, is_close, numbers, run, samples, slope
from tinygrad_edu import Value
from tinygrad_edu.questions import graphs


@pytest.mark.parametrize("maker", [graphs.branch, graphs.inner])
def test_a_gradient_is_what_nudging_finds(maker):
    for question in samples(maker):
        assert_slope(question)


def test_the_value_is_what_the_lines_give():
    for question in samples(graphs.value):
        assert question.answer == run(question)["f"]


def test_the_graph_has_one_step_more_at_each_level():
    for level in range(3):
        steps = [len(question.steps) for question in samples(graphs.branch, 5) if question.level == level]
        assert set(steps) == {3 + level}


def test_paths_are_counted_by_walking_them():
    def count(steps, name):
        formula = steps.get(name)
        return 1 if formula is None else sum(count(steps, each) for each in formula.split(" + "))

    for question in samples(graphs.paths):
        assert question.answer == count(dict(step.split(" = ") for step in question.steps), "f")


def test_passes_add_in_the_leaf_of_an_engine_that_really_runs():
    for question in samples(graphs.twice, 20):
        x = Value(float(given(question)["x"]))
        factor = 1 if len(question.steps) == 1 else float(question.steps[1].split()[2])
        y = x * x
        z = factor * y if len(question.steps) > 1 else y
        for _ in range(int(numbers(question.asks)[0])):
            z.backward()
        assert question.answer == Fraction(x.grad)


def test_a_rate_is_what_nudging_its_input_does():
    for question in samples(graphs.tangent):
        name = question.asks.split("Forward mode: ")[1][0]
        assert is_close(question.answer, slope(question, "f", name))
        assert f"f = {question.steps[-1].split(' = ')[1]} changes at" in question.solution().text


def test_passes_are_as_many_as_inputs_or_results():
    for question in samples(graphs.passes):
        inputs, results = numbers(question.given)
        assert question.answer == (inputs if "forward mode" in question.asks else results)


def test_the_derived_program_runs_and_returns_the_slope():
    for question in samples(graphs.program):
        names = dict(given(question))
        exec("\n".join(question.steps).translate(AS_PYTHON), {}, names)  # noqa: S102 - our own text
        wanted = question.asks.split("What is ")[1].rstrip("?")
        assert names[wanted] == question.answer
        forward = [step for step in question.steps if not step.startswith("d")]
        question.steps = forward
        assert is_close(question.answer, slope(question, "f", wanted[1:]))


def test_the_solution_explains_the_very_gradient():
    for question in samples(graphs.branch, 10):
        result, by = asked(question)
        assert f"∂{result}/∂{by} = " in question.solution().text


def test_there_are_no_shares_where_no_path_leads():
    assert graphs.shares_of(Value(1.0), Value(2.0)) == []
