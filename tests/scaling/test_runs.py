"""`sweep`: a table of runs, the same whoever does the work; errors and interruptions keep what is done."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path

import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.scaling.runs import _cell

SETTINGS = {"seed": [0, 1, 2], "lr": [0.1, 0.01]}


def train(seed: int, lr: float) -> dict[str, float]:
    model = nn.MLP(1, [3, 1], seed=seed)
    data = ([[-1.0], [0.0], [1.0]], [1.0, 0.0, 1.0])
    history = tg.fit(model, *data, optimizer=nn.SGD(model.parameters(), lr=lr), epochs=3, seed=seed, backend="eager")
    return {"loss": history.loss[-1], "drawn": random.random()}


def fail_at_two(x: int) -> int:
    if x == 2:
        raise ValueError("two\nis too much")
    return 10 * x


def die_at_two(x: int) -> int:
    if x == 2:
        os._exit(1)
    return x


def test_settings_are_combined_in_every_way_the_last_name_fastest() -> None:
    runs = tg.sweep(lambda **settings: settings["lr"], SETTINGS)
    assert [(run.settings["seed"], run.settings["lr"]) for run in runs] == [
        (s, lr) for s in range(3) for lr in (0.1, 0.01)
    ]
    assert len(runs) == 6
    assert runs[1].result == 0.01
    assert runs[-1].seconds >= 0


def test_a_list_of_settings_is_taken_as_it_is() -> None:
    runs = tg.sweep(lambda x, y=0: x + y, [{"x": 1}, {"x": 2, "y": 5}])
    assert [run.result for run in runs] == [1, 7]
    assert str(runs) == "  x  y  result\n  1          1\n  2  5       7"


def test_the_same_table_here_and_in_one_two_or_three_other_processes() -> None:
    here = [run.result for run in tg.sweep(train, SETTINGS)]
    for workers in (1, 2, 3):
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            assert [run.result for run in tg.sweep(train, SETTINGS, executor=pool)] == here


def test_the_generator_of_the_module_random_is_as_it_was() -> None:
    random.seed(5)
    expected = random.random()
    random.seed(5)
    tg.sweep(train, {"seed": [1], "lr": [0.1]})
    assert random.random() == expected


def test_a_run_that_fails_is_kept_and_named() -> None:
    runs = tg.sweep(fail_at_two, {"x": [1, 2, 3]})
    assert [run.result for run in runs] == [10, None, 30]
    assert [run.settings for run in runs.failures] == [{"x": 2}]
    assert runs.failures[0].error == "ValueError: two\nis too much"
    assert "in fail_at_two" in runs.failures[0].traceback
    assert runs.unfinished == []
    assert str(runs).splitlines()[2] == "  2          ValueError: two is too much"
    assert "ValueError" in runs._repr_markdown_()


def test_a_worker_that_dies_is_named_and_the_table_is_whole() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        runs = tg.sweep(die_at_two, {"x": [1, 2, 3]}, executor=pool)
        again = tg.sweep(die_at_two, {"x": [1]}, executor=pool)  # the pool takes no more
    assert len(runs) == 3
    assert "BrokenProcessPool" in runs[2].error
    assert "BrokenProcessPool" in again[0].error


def test_a_function_that_does_not_pickle_is_named() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        runs = tg.sweep(lambda x: x, {"x": [1]}, executor=pool)
    assert "pickle" in runs[0].error.lower()


def test_progress_is_told_after_each_run() -> None:
    told: list[tuple[int, int]] = []
    tg.sweep(abs_of, {"x": [-1, -2]}, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]


def abs_of(x: float) -> float:
    return abs(x)


def interrupted_at(x: int) -> int:
    if x == 3:
        raise KeyboardInterrupt
    return x


def test_ctrl_c_keeps_what_is_done() -> None:
    runs = tg.sweep(interrupted_at, {"x": [1, 2, 3, 4]})
    assert runs.interrupted
    assert [run.result for run in runs if not run.error] == [1, 2]
    assert [run.settings["x"] for run in runs.unfinished] == [3, 4]
    assert runs.failures == []
    assert str(runs).endswith("interrupted: 2 of 4 runs were not run")


def test_ctrl_c_keeps_what_other_workers_have_done() -> None:
    class Executor:
        """Has finished the last call already, and is interrupted while the second is waited for."""

        def submit(self, f: Callable[..., object], *args: object) -> Future[object]:
            future: Future[object] = Future()
            x = args[3]["x"]  # type: ignore[index]
            if x == 2:
                future.set_exception(KeyboardInterrupt())
            elif x != 3:
                future.set_result(f(*args))
            return future

    runs = tg.sweep(abs_of, {"x": [1, 2, 3, 4]}, executor=Executor())
    # the second ended by the interruption itself: it has no result
    assert [(run.settings["x"], run.result) for run in runs if not run.error] == [(1, 1), (4, 4)]
    assert [run.settings["x"] for run in runs.unfinished] == [2, 3]


def test_ctrl_c_while_work_is_handed_out_leaves_rows_for_all() -> None:
    class Executor:
        def submit(self, f: Callable[..., object], *args: object) -> Future[object]:
            if args[3] == {"x": 2}:
                raise KeyboardInterrupt
            future: Future[object] = Future()
            future.set_result(f(*args))
            return future

    runs = tg.sweep(abs_of, {"x": [1, 2, 3]}, executor=Executor())
    assert [run.error for run in runs] == ["", "not run", "not run"]


def test_what_waits_in_an_interrupted_worker_does_not_begin() -> None:
    with ThreadPoolExecutor(1) as pool:
        runs = tg.sweep(interrupted_at, {"x": [1, 3, 4]}, executor=pool)
        assert [run.error for run in runs] == ["", "not run", "not run"]
        assert runs.interrupted
        assert tg.sweep(interrupted_at, {"x": [1]}, executor=pool)[0].result == 1  # the next sweep does


PROGRAM = """
import signal
import time
import tinygrad_edu as tg

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs begin with it ignored

def slow(x):
    if x:
        time.sleep(15)
    return x

if __name__ == "__main__":
    from concurrent.futures import ProcessPoolExecutor
    with ProcessPoolExecutor(2) as pool:
        print(tg.sweep(slow, {"x": [0, 1, 2, 3, 4]}, executor=pool, progress=lambda *_: print("go", flush=True)))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_in_a_terminal_ends_a_pool_and_prints_the_table(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(PROGRAM, "utf-8")
    command = [sys.executable, "slow.py"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True, start_new_session=True) as run:
        assert run.stdout is not None
        first = run.stdout.readline()
        time.sleep(0.2)
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to all of its processes
        printed, _ = run.communicate(timeout=300)
    assert first == "go\n"
    assert re.search(r"interrupted: [1-4] of 5 runs were not run", printed)  # the first is done, the last never begun
    assert "  0       0" in printed


def test_the_best_run() -> None:
    runs = tg.sweep(lambda x: {"loss": (x - 3) ** 2, "note": "a"}, {"x": [1, 3, 5]})
    assert runs.best().settings == {"x": 3}
    assert runs.best("loss", highest=True).settings == {"x": 1}  # the first of two
    with pytest.raises(ValueError, match="no run has a number 'accuracy'; there are: loss, note"):
        runs.best("accuracy")
    with pytest.raises(ValueError, match="all runs failed, the first with ValueError: two"):
        tg.sweep(fail_at_two, {"x": [2]}).best()
    with pytest.raises(ValueError, match="there are no runs"):
        tg.sweep(fail_at_two, {"x": []}).best()


def test_nan_is_never_the_best() -> None:
    runs = tg.sweep(lambda x: {"loss": x}, {"x": [float("nan"), 2.0, 1.0]})
    assert runs.best().settings == {"x": 1.0}
    assert runs.best(highest=True).settings == {"x": 2.0}
    assert "nan" in str(runs)


def test_values_fractions_and_numpy_numbers_are_numbers() -> None:
    np = pytest.importorskip("numpy")
    made = [tg.Value(3.0), Fraction(1, 2), np.float32(2.0), np.int64(4)]
    runs = tg.sweep(lambda i: {"loss": made[i]}, {"i": range(4)})
    assert runs.best().settings == {"i": 1}


def test_rows_are_flat() -> None:
    row = tg.sweep(lambda x: {"loss": 2 * x}, {"x": [1]}).rows()[0]
    assert {**row, "seconds": 0} == {"x": 1, "loss": 2, "error": "", "seconds": 0}


def test_the_summary_leaves_out_what_failed() -> None:
    runs = tg.sweep(fail_at_two, [{"x": 2}, {"x": 3}])
    assert str(runs.summary("x")) == "  runs  result: median  lowest  highest\n     1              30      30       30"
    grouped = tg.sweep(lambda seed, x: fail_at_two(x), {"seed": [0, 1], "x": [1, 2]}).summary()
    assert str(grouped).splitlines()[1:] == [
        "  1     2              10      10       10",
        "  2     0",
    ]
    with pytest.raises(ValueError, match="no setting is called 'seed': write over= one of x"):
        runs.summary()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"x": 1}, r"x must be a list of its choices, got 1: write {'x': \[1\]}"),
        ({"x": "abc"}, "x must be a list of its choices, got 'abc'"),
        ([1], "settings must be a dict of lists or a list of dicts, got 1"),
        ("x", "a list of dicts, got 'x'"),
        (3, "a list of dicts, got 3"),
    ],
)
def test_settings_of_another_shape_are_refused(settings: object, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        tg.sweep(abs_of, settings)  # type: ignore[arg-type]


def test_threads_do() -> None:
    with ThreadPoolExecutor(2) as pool:
        assert [run.result for run in tg.sweep(abs_of, {"x": range(-3, 0)}, executor=pool)] == [3, 2, 1]


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(TypeError, match="sweep: f must be a function, got 3"):
        tg.sweep(3, {"x": [1]})  # type: ignore[arg-type]


def test_a_result_named_as_a_setting_keeps_both() -> None:
    runs = tg.sweep(lambda lr: {"lr": lr / 10}, {"lr": [0.5]})
    assert str(runs) == "  lr   result: lr\n  0.5        0.05"
    assert runs.rows()[0]["lr"] == 0.5
    assert runs.best("result: lr").result == {"lr": 0.05}


def test_an_exit_in_a_run_is_its_failure() -> None:
    runs = tg.sweep(leave, {"code": [1]})
    assert runs[0].error == "SystemExit: 1"


def leave(code: int) -> None:
    sys.exit(code)


def test_an_error_in_progress_brings_the_table_so_far() -> None:
    def progress(done: int, of: int) -> None:
        if done == 2:
            raise ValueError("full")

    with pytest.raises(ValueError, match="full") as caught, ThreadPoolExecutor(1) as pool:
        tg.sweep(abs_of, {"x": [-1, -2, -3]}, executor=pool, progress=progress)
    assert [run.result for run in caught.value.sweep] == [1, 2]
    assert caught.value.__notes__ == ["(raised in sweep by progress, after 2 of 3 runs)"]


def test_what_is_no_executor_is_refused() -> None:
    with pytest.raises(TypeError, match=r"executor must have a method submit, as ProcessPoolExecutor\(4\) has"):
        tg.sweep(abs_of, {"x": [1]}, executor=4)


def test_a_cell_shows_numbers_shortly_and_other_things_as_text() -> None:
    assert [_cell(x) for x in (1 / 3, 3, float("nan"), "word", None)] == ["0.3333", "3", "nan", "word", "None"]
