"""compare_modes: what each mode costs on a function, and which to use."""

import itertools
import math
import tracemalloc

import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value
from tinygrad_edu.checking.modes import Mode, _measured, _relative, compare_modes


def rosenbrock(x):
    return tg.sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in itertools.pairwise(x))


def waves(t):
    return [tg.sin(k * t) for k in range(1, 6)]


def modes(f, *args):
    return {mode.name: mode for mode in compare_modes(f, *args, seconds=0).modes}


def test_many_inputs_are_for_reverse_mode():
    report = compare_modes(rosenbrock, [1.2] * 8, seconds=0)
    assert (report.inputs, report.outputs, report.recommended) == (8, 1, "reverse")
    assert report.reason.startswith(
        "Use reverse mode, grad(f): one pass and 1 walk back give the derivatives by 8 inputs; forward mode would take "
        "8 passes. It keeps the graph meanwhile, "
    )


def test_many_outputs_of_one_input_are_for_forward_mode():
    report = compare_modes(waves, 0.3, seconds=0)
    assert (report.inputs, report.outputs, report.recommended) == (1, 5, "forward")
    assert report.reason.startswith(
        'Use forward mode, jvp or jacobian(f, mode="forward"): 1 pass for 1 input, and no graph is kept; '
        "reverse mode would walk back 5 times."
    )


def test_as_many_outputs_as_inputs_are_for_reverse_mode_since_the_function_runs_once():
    report = compare_modes(lambda x: [a * b for a, b in zip(x, x[1:] + x[:1], strict=True)], [1.0, 2.0, 3.0], seconds=0)
    assert report.recommended == "reverse"
    assert 'jacobian(f, mode="reverse")' in report.reason
    assert "3 walks back" in report.reason


def test_one_input_and_one_output_are_for_forward_mode_which_keeps_no_graph():
    assert compare_modes(tg.sin, 1.0, seconds=0).recommended == "forward"


def test_passes_and_operations_are_counted():
    found = modes(lambda a, b, c: (a + b) * (b + c), -1.0, 3.0, 4.0)
    assert [(mode.passes, mode.operations) for mode in found.values()] == [("3", 27), ("1 + 1 back", 9), ("6", 18)]
    found = modes(lambda x: [x * x, 5.0, x], 3.0)
    assert [(mode.passes, mode.operations) for mode in found.values()] == [("1", 3), ("1 + 3 back", 3), ("2", 2)]


def test_exact_modes_agree_and_finite_differences_are_close():
    found = modes(rosenbrock, [1.2, 0.7, -0.3])
    assert found["reverse"].error == 0
    assert found["forward"].error < 1e-14
    assert 1e-14 < found["finite differences"].error < 1e-6


def test_time_and_memory_are_measured():
    for mode in modes(rosenbrock, [1.2] * 8).values():
        assert 0 < mode.seconds < 10
        assert 0 < mode.memory < 1e6
    small, large = (modes(rosenbrock, [1.2] * n)["reverse"].memory for n in (10, 100))
    assert large > 4 * small


def test_memory_that_is_traced_already_stays_traced():
    compare_modes(tg.sin, 1.0, seconds=0)
    assert not tracemalloc.is_tracing()
    tracemalloc.start()
    try:
        compare_modes(tg.sin, 1.0, seconds=0)
        assert tracemalloc.is_tracing()
    finally:
        tracemalloc.stop()


def test_each_mode_runs_for_the_time_it_is_given():
    calls = []
    compare_modes(lambda x: calls.append(1) or x, 1.0, seconds=0)
    few = len(calls)
    compare_modes(lambda x: calls.append(1) or x, 1.0, seconds=0.1)
    assert len(calls) - few > 2 * few


def test_at_the_edge_of_a_domain_finite_differences_fail():
    report = compare_modes(tg.sqrt, 0.0, seconds=0)
    assert report.modes[2].failure.startswith("sqrt(-6")
    assert "fails" in report.text
    assert "Finite differences fail: sqrt(-6" in report.reason
    assert report.modes[0].error == 0


def test_at_an_infinite_slope_no_error_can_be_told():
    error = modes(lambda x: tg.sqrt(abs(x)), 1e-320)["finite differences"].error
    assert error == 0 or error > 0.1
    assert math.isnan(
        modes(lambda x: tg.where(x > 0, lambda: x**0.5, lambda: (-x) ** 0.5), 0.0)["finite differences"].error
    )


def test_trees_and_values_from_outside_are_fine():
    w = Value(3.0)
    report = compare_modes(lambda p: {"y": w * p["x"] ** 2}, {"x": 2}, seconds=0)
    assert report.modes[0].error == 0
    assert w.grad is tg.engine.NOT_COMPUTED


def test_it_prints_as_a_table_with_a_recommendation():
    report = compare_modes(rosenbrock, [1.2] * 3, seconds=0)
    lines = report.text.splitlines()
    assert lines[0] == "All derivatives of rosenbrock: 1 output by 3 inputs"
    assert lines[1].split() == ["mode", "passes", "operations", "time", "memory", "largest", "error"]
    assert [line.split()[0] for line in lines[2:5]] == ["forward", "reverse", "finite"]
    assert " ".join(lines[5:]) == report.reason
    assert max(map(len, lines)) <= 100
    assert str(report) == repr(report) == report.text
    markdown = report._repr_markdown_()
    assert "| mode | passes |" in markdown
    assert markdown.endswith(report.reason)


def test_times_and_sizes_are_written_for_people():
    def cells(seconds, memory):
        return Mode("reverse", "1", 12345, seconds, memory, 0.0).cells

    assert cells(2.5e-5, 999) == ["reverse", "1", "12,345", "25 µs", "1 kB", "0"]
    assert cells(2.5e-2, 2_500_000)[3:5] == ["25.0 ms", "2.5 MB"]
    assert cells(2.5, 0)[3] == "2.5 s"


@pytest.mark.parametrize(("f", "args"), [(lambda: 1.0, ()), (lambda x: [], (1.0,)), (lambda x: x, ([],))])
def test_without_numbers_there_is_no_derivative(f, args):
    with pytest.raises(ValueError, match=r"compare_modes of <lambda>, from \d numbers to \d: there is no derivative"):
        compare_modes(f, *args)


def test_how_far_off_is_0_for_what_is_equal_nan_too_and_nan_beside_what_is_no_number() -> None:
    nan, inf = math.nan, math.inf
    assert [_relative(*each) for each in ((nan, nan), (inf, inf), (2.0, 2.0))] == [0.0, 0.0, 0.0]
    assert _relative(3.0, 2.0) == 0.5
    assert _relative(0.25, 0.0) == 0.25
    assert all(math.isnan(_relative(*each)) for each in ((1.0, nan), (1.0, inf), (nan, 2.0), (-inf, inf)))


def test_a_derivative_that_is_nan_is_the_largest_error_of_all():
    found = _measured("reverse", "1 pass", 3, lambda: [[2.5, math.nan, 1.0]], [[2.0, 3.0, 1.0]], 0.0)
    assert math.isnan(found.error)
    assert _measured("reverse", "1 pass", 3, lambda: [[2.0, 3.5]], [[2.5, 3.0]], 0.0).error == pytest.approx(0.2)
