"""The benchmarks run, on tiny sizes; how fast anything is, is not for a test to say."""

import doctest
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import tinygrad_edu as tg
from benchmarks import chart, engines, expression, gpt, loops, moons, native, networks, race, report, rosenbrock, timing
from benchmarks.__main__ import BEGIN, END, main, put_into
from benchmarks.cases import CASES
from benchmarks.environment import variable
from benchmarks.memory import bytes_per_operation
from benchmarks.recursive_engine import Value as RecursiveValue
from benchmarks.scaling import spread
from benchmarks.sizes import TINY
from benchmarks.speed import section
from tinygrad_edu.native.compiler import compilers

pytestmark = pytest.mark.usefixtures("untraced")  # other tests cover the library, and these take long


@pytest.mark.parametrize("name", CASES)
def test_every_case_makes_a_table_with_a_row_for_each_of_its_columns(name: str) -> None:
    found = CASES[name](TINY)
    assert found.rows or any("is skipped" in note for note in found.notes)
    assert all(len(row) == len(found.columns) for row in found.rows)
    assert found.title.startswith(f"{name}:")


def test_the_command_prints_a_report_with_date_machine_and_versions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--tiny", "memory"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Measured 2")
    assert "cores" in text
    assert f"tinygrad-edu {report.version('tinygrad-edu')}" in text
    assert "| operation | tinygrad-edu |" in text
    assert "missed" not in text  # bounds are for full sizes


def test_the_command_refuses_a_case_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["moon"])
    assert "moons" in capsys.readouterr().err


def test_the_report_goes_between_the_markers_of_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    main(["--tiny", "--rounds", "1", "memory", "--into", str(page)])
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\nMeasured")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="measured: begin"):
        put_into("nothing here", "report")


def test_an_absent_competitor_is_skipped_with_a_note() -> None:
    absent = engines.Engine("nogard", "no_such_module_for_sure", "nogard-from-pypi")
    values, notes = engines.present((engines.OURS, absent))
    assert values == {"tinygrad-edu": tg.Value}
    assert notes == ["nogard is not installed, so it is skipped: `pip install nogard-from-pypi`."]


def test_an_engine_that_belongs_to_the_project_must_be_there() -> None:
    with pytest.raises(ModuleNotFoundError):
        engines.present((engines.Engine("ours", "no_such_module_for_sure"),))


def test_contestants_that_disagree_are_not_timed() -> None:
    with pytest.raises(ValueError, match="compute different numbers"):
        timing.take_turns({"one": lambda: 1.0, "two": lambda: [1.1]}, rounds=1, seconds=0.0)


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    slow, fast = timing.Timing((2.0, 30.0, 4.0)), timing.Timing((1.0, 10.0, 1.0))
    assert slow.ratio_to(fast) == 3.0
    assert slow.median == 4.0


def test_a_bound_is_missed_when_the_ratio_is_below_it() -> None:
    timings = {"ours": timing.Timing((1.0,)), "theirs": timing.Timing((5.0,))}
    found = section("case: title", timings, {"theirs": 6.0, "absent": 2.0}, [])
    assert [(bound.measured, bound.is_met) for bound in found.bounds] == [("5.00 ×", False)]
    assert "**missed**" in report.markdown([found], [])


def test_a_race_compares_with_its_reference_and_checks_what_was_promised() -> None:
    timings = {"ours": timing.Timing((1.0, 2.0)), "theirs": timing.Timing((6.0, 12.0))}
    promises = [race.Promise("ours", "theirs", 5), race.Promise("ours", "theirs", 7), race.Promise("ours", "absent", 2)]
    found = race.compared("case: title", timings, "theirs", promises, [])
    assert [row[2] for row in found.rows] == ["6", "1"]
    assert [(bound.measured, bound.is_met) for bound in found.bounds] == [("6 ×", True), ("6 ×", False)]
    slower = race.compared("case: title", timings, "theirs", [race.Promise("theirs", "ours", 1 / 8)], [])
    assert [(bound.promise, bound.measured) for bound in slower.bounds] == [
        ("case: theirs, at most 8 × the time of ours", "6 ×")
    ]
    assert slower.bounds[0].is_met
    without = race.compared("case: title", timings, "absent", promises, [])
    assert [row[2] for row in without.rows] == ["1", "0.167"]  # then the first is the measure


def test_a_contestant_that_is_not_installed_is_left_out_with_a_note() -> None:
    contestants = {
        "ours": race.Contestant(lambda: lambda: 1.0),
        "nogard": race.Contestant(lambda: lambda: 2.0, "no_such_module_for_sure", "nogard-from-pypi"),
    }
    found = race.race("case: title", contestants, "nogard", [], TINY, notes=("a note",))
    assert [row[0] for row in found.rows] == ["ours"]
    assert found.notes == ["a note", "nogard is not installed, so it is skipped: `pip install nogard-from-pypi`."]


def test_a_case_without_rows_has_notes_and_no_table() -> None:
    text = report.markdown([report.Section("case: title", (), (), ["a note"])], [])
    assert text.endswith("### case: title\n\na note\n")


@pytest.mark.parametrize("make", [rosenbrock.staged, rosenbrock.eager], ids=["staged", "eager"])
def test_rosenbrocks_minimum_is_found_from_scipys_start(make: Callable[[int], Callable[[], list[float]]]) -> None:
    pytest.importorskip("scipy")
    assert make(10)() == [1.0] * 10


def test_a_minimiser_that_ends_elsewhere_is_no_contestant() -> None:
    pytest.importorskip("scipy")
    with pytest.raises(ValueError, match=r"BFGS found \[3\.0"):
        rosenbrock.minimum(lambda x: (sum((x - 3) ** 2), 2 * (x - 3)), 2, jac=True)


def test_rosenbrocks_function_is_the_same_for_arrays_and_lists() -> None:
    np = pytest.importorskip("numpy")
    x = [0.5, -1.5, 2.0]
    assert rosenbrock.rosenbrock(x) == rosenbrock.of_arrays(np)(np.array(x)) == 100 * (1.75**2 + 0.25**2) + 0.25 + 6.25


def test_without_scipy_rosenbrock_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    found = CASES["rosenbrock"](TINY)
    assert (found.rows, found.notes) == ((), (rosenbrock.NO_SCIPY,))


# --- the picture -----------------------------------------------------------------------------------------------------


def test_the_chart_has_a_panel_for_each_race_with_the_fastest_first_and_ours_in_bold() -> None:
    pytest.importorskip("matplotlib")
    races = [
        report.Section("one: title", (), (), seconds={"theirs": 2e-3, "ours": 3e-6}, ours={"ours"}),
        report.Section("two: title", (), (), seconds={"ours": 1.5, "theirs": 0.2, "others": 1.0}, ours={"ours"}),
    ]
    figure = chart.chart([*races, report.Section("memory: no race", (), ())])
    names = [[label.get_text() for label in axes.get_yticklabels()] for axes in figure.axes]
    assert names == [["ours", "theirs"], ["theirs", "others", "ours"]]
    bold = [label.get_fontweight() for axes in figure.axes for label in axes.get_yticklabels()]
    assert bold == ["bold", "normal", "normal", "normal", "bold"]
    assert [bar.get_hatch() is not None for axes in figure.axes for bar in axes.patches] == [True, *[False] * 3, True]
    assert [text.get_text() for text in figure.axes[0].texts] == ["3 µs", "2 ms"]
    assert {"one", "two", "title"} <= {text.get_text() for text in figure.texts}


def test_bars_end_at_the_times_and_all_of_them_are_visible() -> None:
    pytest.importorskip("matplotlib")
    figure = chart.chart([report.Section("case: title", (), (), seconds={"a": 1.1e-3, "b": 2.0})])
    (axes,) = figure.axes
    low, high = axes.get_xlim()
    assert [bar.get_x() + bar.get_width() for bar in axes.patches] == pytest.approx([1.1e-3, 2.0])
    assert low <= 1.1e-3 / 2
    assert high > 2.0


def test_one_run_writes_a_page_and_a_picture(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    page, picture = tmp_path / "page.md", tmp_path / "picture.svg"
    page.write_text(f"{BEGIN}\n{END}\n", encoding="utf-8")
    main(["--tiny", "expression", "--into", str(page), "--plot", str(picture)])
    assert "### expression" in page.read_text(encoding="utf-8")
    assert picture.read_text(encoding="utf-8").endswith("</svg>\n")


def test_a_picture_of_no_times_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    with pytest.raises(SystemExit):
        main(["--tiny", "--rounds", "1", "import", "--plot", str(tmp_path / "picture.svg")])
    assert "none of the cases times contestants" in capsys.readouterr().err


def test_a_picture_of_an_unknown_kind_is_refused_before_anything_is_measured(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["--plot", "picture.doc"])
    assert "'picture.doc' should end in .svg, .png, .pdf" in capsys.readouterr().err


def test_without_matplotlib_a_picture_is_refused_before_anything_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SystemExit):
        main(["--plot", "picture.svg"])
    assert "pip install matplotlib" in capsys.readouterr().err


def test_a_page_without_markers_is_refused_before_anything_is_measured(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing here", encoding="utf-8")
    with pytest.raises(ValueError, match="measured: begin"):
        main(["--into", str(page)])


def test_what_needs_no_package_is_ours_unless_it_is_a_rival() -> None:
    def make() -> Callable[[], float]:
        return lambda: 1.0

    contestants = {
        "ours": race.Contestant(make),
        "rival": race.Contestant(make, is_rival=True),
        "theirs": race.Contestant(make, "json"),
    }
    found = race.race("case: title", contestants, "rival", [], TINY)
    assert found.seconds.keys() == contestants.keys()
    assert found.ours == {"ours"}


@pytest.mark.parametrize("module", [chart, race, report], ids=lambda module: module.__name__)
def test_examples_in_docstrings_run(module: ModuleType) -> None:
    failed, tried = doctest.testmod(module)
    assert tried > 0
    assert failed == 0


# --- measuring -------------------------------------------------------------------------------------------------------


def test_answers_of_any_nesting_are_compared() -> None:
    timing.check_agreement({"one": [1.0, 2.0, 3.0], "two": (1.0, [2.0, (3.0,)])})


@pytest.mark.parametrize("before", [{}, {"CFLAGS": "-g"}])
def test_a_variable_holds_for_a_while(before: dict[str, str]) -> None:
    environment = dict(before)
    with variable(environment, "CFLAGS", "-O2"):
        assert environment == {"CFLAGS": "-O2"}
    assert environment == before


needs_compiler = pytest.mark.skipif(next(compilers(), None) is None, reason="there is no C compiler")


@needs_compiler
def test_the_moons_step_written_by_hand_in_c_is_the_step_of_nn() -> None:
    training = networks.moons_training(6)
    step = native.built(native.SOURCE.read_text(encoding="utf-8"), "step", "")
    timing.check_agreement({"nn": networks.eager_moons(6)()(), "C": native.called(step, training)()})


@needs_compiler
def test_an_error_of_the_c_program_is_not_passed_over() -> None:
    training = networks.moons_training(6)
    training.start[0] = 1e300
    function = native.built(networks_in_c(training), "moved", "")
    with pytest.raises(ArithmeticError, match="overflowed"):
        native.called(function, training)()


def networks_in_c(training: networks.Training) -> str:
    step = networks.staged_update(training.sizes, "python")
    step([0.0] * len(training.start), training.xs, training.ys)
    return step.to("c")


@needs_compiler
def test_flags_that_the_compiler_does_not_know_are_left_out_with_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "MORE_FLAGS", ("", "-fno-such-flag-for-sure"))
    found = native.moons_in_c(TINY)
    assert [row[0] for row in found.rows] == [native.OURS, native.HAND]
    assert found.notes[1].startswith("Nothing was compiled with `-fno-such-flag-for-sure`: ")


def test_without_a_compiler_the_step_in_c_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "compilers", lambda: iter(()))
    found = native.moons_in_c(TINY)
    assert (found.rows, found.notes) == ((), (native.NO_COMPILER,))


@needs_compiler
def test_layers_written_by_hand_in_c_take_the_step_of_the_library() -> None:
    found = loops.loops_in_c(TINY)
    assert len(found.rows) == 6  # which have computed the same numbers, or there would be an error
    assert found.notes[0].startswith("8-12-5: 173 parameters")


@needs_compiler
def test_an_error_of_the_layers_in_c_is_not_passed_over() -> None:
    text, (numbers, xs, ys), _ = loops.printed((8, 12, 5))
    work = loops.called(native.built(text, "step", ""), ([1e308] * len(numbers), xs, ys))
    with pytest.raises(ArithmeticError, match="overflowed"):
        work()


@needs_compiler
def test_layers_are_left_out_where_the_compiler_does_not_know_the_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "FLAGS", ("-O2", "-fno-such-flag-for-sure"))
    assert len(loops.loops_in_c(TINY).rows) == 3


def test_without_a_compiler_the_layers_in_c_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "compilers", lambda: iter(()))
    assert loops.loops_in_c(TINY).notes == (native.NO_COMPILER,)


def test_a_spread_compares_sizes_within_a_round() -> None:
    slow, quick = {10: 4.0, 100: 6.0, 1000: 3.0}, {10: 1.0, 100: 1.5, 1000: 0.75}  # the same machine, slowed down
    assert spread([slow, quick, slow]) == 2.0


def test_turns_repeat_short_work_and_call_long_work_as_often_as_asked() -> None:
    calls: list[int] = []
    timing.take_turns({"counted": lambda: calls.append(1) or 1.0}, rounds=2, seconds=0.0, calls=3)
    assert len(calls) == 1 + 1 + 2 * 3  # to compare answers, to see how long it takes, then the turns


def test_the_same_training_step_gives_the_same_numbers_on_two_engines() -> None:
    ours, theirs = (moons.training_step(V, 6)() for V in (tg.Value, RecursiveValue))
    timing.check_agreement({"ours": ours, "theirs": theirs})
    assert len(ours) == 1 + 337  # the loss and the parameters of 2-16-16-1


def test_a_training_step_starts_from_the_same_parameters_each_time() -> None:
    step = moons.training_step(tg.Value, 6)
    assert step() == step()


def test_the_expression_is_micrograds() -> None:
    assert expression.value_and_derivatives(tg.Value)() == pytest.approx(
        [24.70408163265306, 138.8338192419825, 645.5772594752186], rel=1e-14
    )


def test_the_full_gpt_graph_has_about_65000_nodes() -> None:
    text = [5, 1, 20, 3, 26, 9, 2, 14]
    order = tg.topological_order(gpt.GPT(tg.Value, 8).loss(text))
    assert 60_000 <= len(order) <= 70_000
    wide = tg.topological_order(gpt.GPT(tg.Value, 8, gpt.WIDE).loss(text))
    assert len(wide) < len(order) / 6  # the same function


def test_moons_are_two_classes_of_half_the_points_each() -> None:
    points, classes = moons.moons(100, noise=0.0)
    assert classes.count(1.0) == classes.count(-1.0) == 50
    assert all(x * x + y * y == pytest.approx(1.0) for (x, y), c in zip(points, classes, strict=True) if c > 0)


def test_a_binary_node_of_floats_takes_at_most_130_bytes() -> None:
    for operation in (lambda x, w: x + w, lambda x, w: x * w):
        forward, _ = bytes_per_operation(tg.Value, operation, 2000)
        assert forward <= 130
