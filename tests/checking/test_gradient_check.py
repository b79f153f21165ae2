"""gradcheck: right gradients pass, wrong ones are caught and their operation named."""

import importlib
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.operations import TABLE, Operation, Point, smooth_points
from tinygrad_edu import Value
from tinygrad_edu.checking import judgement
from tinygrad_edu.checking.gradient_check import (
    OPERANDS_CHECKED,
    OPERATIONS_CHECKED,
    WrongGradientError,
    gradcheck,
)
from tinygrad_edu.checking.judgement import judged
from tinygrad_edu.numbers.number import primal
from tinygrad_edu.transforms import level as levels
from tinygrad_edu.transforms.traced import argument_names
from tinygrad_edu.trees.tree import flatten, leaf_names

tg_gradcheck = importlib.import_module("tinygrad_edu.checking.gradient_check")  # the function has the same name


make_node = Value._node


@pytest.fixture(autouse=True)
def _levels_are_released():
    yield
    assert levels._running == [0]


def plant(monkeypatch: pytest.MonkeyPatch, op: str, position: int, error: float) -> None:
    """Make one local gradient of one operation wrong by a relative error."""

    def wrong(self: Value, name: str, data: Any, d_self: Any, right: Any = None, d_right: Any = None) -> Value:
        if name == op and type(d_self) is tuple:
            d_self = tuple(d * (1 + error) if i == position and d is not None else d for i, d in enumerate(d_self))
        elif name == op and position == 0:
            d_self = d_self * (1 + error)
        elif name == op and d_right is not None:
            d_right = d_right * (1 + error)
        return make_node(self, name, data, d_self, right, d_right)

    monkeypatch.setattr(Value, "_node", wrong)


def _places() -> dict[tuple[str, int], list[tuple[Operation, Point]]]:
    """Each operation and operand whose local gradient is not 0 somewhere, with where that is."""
    places: dict[tuple[str, int], list[tuple[Operation, Point]]] = {}

    def record(self: Value, op: str, data: Any, d_self: Any, right: Any = None, d_right: Any = None) -> Value:
        for i, local in enumerate(d_self if type(d_self) is tuple else (d_self, d_right)):
            if local is not None and abs(local) > 1e-3 * abs(data):
                places.setdefault((op, i), []).append((operation, point))
        return make_node(self, op, data, d_self, right, d_right)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Value, "_node", record)
        for operation, point in smooth_points():
            operation.apply(*map(Value, point))
    return places


PLACES = _places()


each_place = pytest.mark.parametrize(("op", "position"), sorted(PLACES))


@each_place
def test_an_error_of_1e_6_in_any_local_gradient_is_caught_and_the_operation_named(op, position, monkeypatch):
    operation, point = PLACES[op, position][0]
    assert gradcheck(operation.apply, *point)
    plant(monkeypatch, op, position, 1e-6)
    report = gradcheck(operation.apply, *point)
    assert not report
    assert {culprit.op for culprit in report.culprits} == {op}
    assert repr(op) in report.text


@each_place
def test_the_culprit_is_found_inside_a_larger_function(op, position, monkeypatch):
    operation, point = PLACES[op, position][0]
    plant(monkeypatch, op, position, 1e-5)

    def f(*xs):
        return tg.sin(1e-3 * operation.apply(*xs)) + tg.cos(xs[0]) * 100

    report = gradcheck(f, *point)
    assert not report
    assert {culprit.op for culprit in report.culprits} == {op}


@pytest.mark.parametrize("error", [-2.0, -1.0, 1.0, 1e-3])
def test_gross_errors_are_caught(error, monkeypatch):
    plant(monkeypatch, "tanh", 0, error)
    report = gradcheck(lambda x, y: tg.tanh(x * y) + x, 0.3, 0.5)
    assert [each.name for each in report.wrong] == ["∂f/∂x", "∂f/∂y"]
    assert {culprit.op for culprit in report.culprits} == {"tanh"}


def test_an_error_that_the_rest_of_the_function_hides_is_found(monkeypatch):
    plant(monkeypatch, "exp", 0, 1e-4)
    report = gradcheck(lambda x: 1e6 * x + tg.exp(x), 1.0)
    assert not report.wrong
    assert not report
    assert "but an operation states a WRONG local gradient" in report.text
    assert "'exp' in exp(1): the local gradient is stated as 2.7185" in report.text


def test_an_error_in_the_second_derivative_only_is_found_at_order_2(monkeypatch):
    def detached(self):
        y = tg.tanh(self.data)
        return self._node("tanh", y, 1 - tg.tanh(float(primal(self))) ** 2)

    monkeypatch.setattr(Value, "tanh", detached)
    assert gradcheck(tg.tanh, 0.5)
    report = gradcheck(lambda x: tg.tanh(x * x), 0.5, order=2)
    assert [each.name for each in report.wrong] == ["∂²f/∂x∂x"]
    (culprit,) = report.culprits
    assert str(culprit).startswith("'tanh' in tanh(0.25): the derivative of order 2 is stated as 0")


@pytest.mark.parametrize("operation", TABLE, ids=lambda row: row.name)
def test_no_operation_is_blamed_wrongly_up_to_order_2(operation):
    for point in operation.samples:
        gradcheck(operation.apply, *point, order=2 if len(point) < 4 else 1, check=True)
    for point in operation.kinks:
        gradcheck(operation.apply, *point, check=True)


def test_a_neuron_to_order_4():
    report = gradcheck(lambda w, x: tg.tanh(w[0] * x + w[1]), [0.3, -0.2], 0.7, order=4, check=True)
    assert len(report.derivatives) == 3 + 9 + 27 + 81
    assert report.derivatives[-1].name == "∂⁴f/∂x∂x∂x∂x"


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: 1e14 + x, 1.0),
        (lambda x: (1e8 + x) - 1e8, 1.0),
        (tg.log, 1e-12),
        (lambda x: 1 / x, 1e-9),
        (tg.sqrt, 1e-8),
        (abs, 1e-7),
        (lambda x: 0.0 * x, 3.0),
        (lambda x: x, 1e9),
        (lambda x: tg.sin(1e4 * x), 1.0),
        (tg.exp, -600.0),
        (lambda x: tg.sum([x] * 300) / 300, 0.1),
        (lambda x: x if x > 1 else 2 * x, 1.0 - 1e-6),
        (lambda x: 5.0, 1.0),
    ],
)
def test_hard_points_pass(f, x):
    gradcheck(f, x, check=True)


@pytest.mark.parametrize(
    ("f", "x", "verdict"),
    [
        (tg.relu, 0.0, "at a kink: slope 0 on its left, 1 on its right"),
        (abs, 0.0, "at a kink: slope -1 on its left, 1 on its right"),
        (lambda x: tg.maximum(x, 2 * x), 0.0, "at a kink: slope 1 on its left, 2 on its right"),
        (lambda x: tg.hypot(x, 0.0), 0.0, "at a kink: slope -1 on its left, 1 on its right"),
        (lambda x: tg.where(x > 0, 3 * x, x), 0.0, "at a kink: slope 1 on its left, 3 on its right"),
        (lambda x: x * 2 if x > 0 else x * 3, 0.0, "at a kink: slope 3 on its left, 2 on its right"),
        (lambda x: x + 1 if x > 0 else x, 0.0, "at a jump: no slope"),
        (lambda y: tg.arctan2(y, -1.0), 0.0, "at a jump: no slope"),
        (lambda y: tg.arctan2(y, -1.0), -1e-9, "agrees"),
        (lambda y: tg.arctan2(y, 0.0), 0.0, "at a jump: no slope"),
        (tg.sqrt, 0.0, "too steep for finite differences"),
        (lambda x: x**1.5, 0.0, "agrees in the limit"),
        (lambda x: tg.relu(x) ** 2, 0.0, "agrees"),
        (lambda x: tg.cos(tg.sqrt(x)) * x**2.0, 1.0, "agrees"),
    ],
)
def test_kinks_jumps_and_edges_are_told(f, x, verdict):
    report = gradcheck(f, x)
    assert report
    assert report.derivatives[0].comparison.verdict == verdict
    assert verdict in report.text


def test_the_headline_at_a_jump_claims_no_agreement():
    step = lambda x: tg.where(x > 0, x + 1, x)  # noqa: E731
    assert gradcheck(step, 0.0).text.startswith("The derivative of f: no slope there, so nothing to compare with.")
    some = gradcheck(lambda x, y: step(x) * y, 0.0, 2.0)
    assert some.text.startswith(
        "2 derivatives of f agree with finite differences, but for 1 where there is no slope to compare with."
    )
    assert gradcheck(step, 1.0).text.startswith("The derivative of f agrees with finite differences.")


def test_a_wrong_slope_at_a_kink_is_wrong(monkeypatch):
    monkeypatch.setattr(Value, "relu", lambda self: self._node("relu", tg.relu(self.data), 2))
    assert "DISAGREES at a kink: slope 0 on its left, 1 on its right" in gradcheck(tg.relu, 0.0).text


def test_gradients_that_stop_on_purpose_are_noticed():
    """`.data` cuts the graph: the gradient is not that of the function as a whole."""
    report = gradcheck(lambda x: x * float(primal(x)), 3.0)
    assert [each.comparison.gradient for each in report.wrong] == [3.0]
    assert round(report.wrong[0].comparison.numeric, 6) == 6.0
    assert report.culprits == ()


def test_trees_in_and_out_are_named():
    def loss(p, *, power=2):
        return {"a": p["w"][0] ** power, "b": [p["w"][1] * p["c"]]}

    report = gradcheck(loss, {"w": [1.0, 2.0], "c": 3})
    assert [each.name for each in report.derivatives] == [
        f"∂loss{y}/∂p{x}" for x in ("['w'][0]", "['w'][1]", "['c']") for y in ("['a']", "['b'][0]")
    ]
    assert gradcheck(lambda x: x[0] * x[1], np.array([1.0, 2.0]))
    assert gradcheck(lambda *xs: tg.prod(xs), 1.0, Fraction(1, 2)).derivatives[1].name == "∂f/∂xs[1]"


def test_names_where_a_function_does_not_tell_its_parameters():
    class Strange:
        __signature__ = "none"

        def __call__(self, x, y):
            return x * y

    assert argument_names(Strange(), [1.0, [2.0]]) == ["x1", "x2[0]"]


def test_values_outside_keep_their_gradients():
    w = Value(5.0)
    assert gradcheck(lambda x: w * x * x, 2.0, order=2)
    assert w.grad is tg.engine.NOT_COMPUTED


def test_a_report_reads_well():
    report = gradcheck(lambda a, b, c: (a + b) * (b + c), -1.0, 3.0, 4.0)
    assert report
    lines = str(report).splitlines()
    assert lines[0] == "3 derivatives of f agree with finite differences."
    assert [line.split()[:3] for line in lines[2:]] == [["∂f/∂a", "7", "7"], ["∂f/∂b", "9", "9"], ["∂f/∂c", "2", "2"]]
    assert repr(report) == report.text
    assert "| ∂f/∂a | 7 | 7 |" in report._repr_markdown_()
    assert gradcheck(tg.sin, 1.0).text.startswith("The derivative of sin agrees with finite differences.")


def test_a_report_of_something_wrong_shows_the_error_against_the_step(monkeypatch):
    plant(monkeypatch, "sin", 0, 1e-4)
    with pytest.raises(WrongGradientError) as caught:
        gradcheck(tg.sin, 1.0, check=True)
    report = gradcheck(tg.sin, 1.0)
    assert str(caught.value) == report.text
    assert report.text.startswith("The derivative of sin: 1 WRONG.")
    assert [h for h, _, _ in report.steps] == pytest.approx([10.0**-k for k in range(1, 11)])
    assert min(off for _, _, off in report.steps) == pytest.approx(5.4e-5, rel=0.01)
    assert "this one by 5.4e-05" in report.text
    assert "  1e-06" in report.text
    assert "| 1e-06 |" in report._repr_markdown_()
    assert "- 'sin' in sin(1): " in report._repr_markdown_()


def test_steps_beyond_the_domain_are_left_out(monkeypatch):
    plant(monkeypatch, "log", 0, 1e-2)
    report = gradcheck(tg.log, 0.05)
    assert math.isnan(report.steps[0][1])
    assert "nan" in report.text


def test_long_reports_are_cut():
    text = gradcheck(tg.sum, [1.0] * 15).text
    assert text.count("∂sum/∂values") == 10
    assert text.endswith("and 5 more like these")


def test_of_many_operations_some_are_checked_evenly():
    report = gradcheck(lambda x: tg.sum([x * k for k in range(OPERATIONS_CHECKED)]), 1.0)
    assert (
        f"Of {OPERATIONS_CHECKED + 1} different operations, {OPERATIONS_CHECKED} were checked by themselves."
        in report.notes
    )


def test_of_many_operands_some_are_checked_evenly(monkeypatch):
    seen = []
    judge = judged
    monkeypatch.setattr(judgement, "judged", lambda *args: seen.append(args) or judge(*args))
    gradcheck(lambda x: tg.sum([x] * 50), 1.0)
    assert len(seen) == 1 + OPERANDS_CHECKED


def test_operations_of_ones_own_can_be_checked_too():
    def cube(x, slope=3):
        return x._node("cube", x.data**3, slope * x.data**2)

    note = "Not checked by themselves, as nothing says how to compute them: 'cube'."
    assert gradcheck(cube, 2.0).notes == (note,)
    assert gradcheck(lambda x: cube(x, 4), 2.0).culprits == ()
    report = gradcheck(lambda x: cube(x, 4), 2.0, operations={"cube": lambda x: x**3})
    assert "'cube' in cube(2): the local gradient is stated as 16" in report.text
    assert report.notes == ()


def test_labels_and_operands_are_named_in_the_blame(monkeypatch):
    plant(monkeypatch, "*", 1, 1e-3)

    def f(x, y):
        z = x * y
        z.label = "area"
        return z

    assert "'*' in area = 2 × 3: the local gradient by operand 2 is stated as 2.002" in gradcheck(f, 2.0, 3.0).text


def test_operations_on_infinite_numbers_are_passed_over():
    assert gradcheck(lambda x: x + tg.minimum(x, math.inf), 1.0)


@pytest.mark.parametrize("order", [0, 1.0, -1])
def test_the_order_is_at_least_1(order):
    with pytest.raises(ValueError, match=f"gradcheck of order {order}: the order is a whole number of at least 1"):
        gradcheck(tg.sin, 1.0, order=order)


@pytest.mark.parametrize("args", [(), ([],), (None,)])
def test_arguments_without_numbers_are_refused(args):
    with pytest.raises(ValueError, match="gradcheck of <lambda> without a number among the arguments"):
        gradcheck(lambda *args: 1.0, *args)


def test_arguments_that_are_no_numbers_are_refused():
    with pytest.raises(TypeError, match="expected a number"):
        gradcheck(tg.sin, "1")


def test_leaf_names_are_written_as_python_does():
    point = argument_names.__class__  # any object that is a leaf
    assert leaf_names(flatten([1.0, {"k": (2.0,), 3: None}, point])[1], "p") == ["p[0]", "p[1]['k'][0]", "p[2]"]
