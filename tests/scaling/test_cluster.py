"""Dask's workers and joblib's: the same digits with any number of them, and when one is killed."""

import subprocess
import sys
from pathlib import Path

import pytest

import tinygrad_edu as tg

EXAMPLE = Path(__file__).parents[2] / "examples" / "many_rows.py"


def printed(*options: str) -> list[str]:
    run = subprocess.run(
        [sys.executable, EXAMPLE, "--rows", "4000", "--parts", "5", *options],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def test_the_digits_are_the_same_with_one_worker_and_with_four_of_which_one_is_killed() -> None:
    pytest.importorskip("distributed")
    pytest.importorskip("scipy")
    alone = printed("--workers", "1")
    assert len(alone) == 4
    assert float(alone[0].split()[-1]) == pytest.approx(0.42, abs=0.03)
    assert [float(word) for word in alone[3].split()[-3:]] == pytest.approx([2.0, 0.7, 0.3], abs=0.05)
    with_loss = printed("--workers", "4", "--kill")
    assert "(a worker was killed)" in with_loss
    assert [line for line in with_loss if "killed" not in line] == alone


def double(x: float) -> float:
    return 2 * x


def test_lokys_executor_does() -> None:
    loky = pytest.importorskip("joblib.externals.loky")
    executor = loky.get_reusable_executor(max_workers=1)
    try:
        assert [run.result for run in tg.sweep(double, {"x": [1, 2]}, executor=executor)] == [2, 4]
    finally:
        executor.shutdown(wait=True, kill_workers=True)
