"""Dask's workers and joblib's: the same digits with any number of them, and when one is killed."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

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
    needed("distributed", "scipy")
    alone = printed("--workers", "1")
    assert len(alone) == 4
    assert float(alone[0].split()[-1]) == pytest.approx(0.42, abs=0.03)
    assert [float(word) for word in alone[3].split()[-3:]] == pytest.approx([2.0, 0.7, 0.3], abs=0.05)
    with_loss = printed("--workers", "4", "--kill")
    assert "(a worker was killed)" in with_loss
    assert [line for line in with_loss if "killed" not in line] == alone


LOKY = """
from math import sqrt

from joblib.externals.loky import get_reusable_executor

import tinygrad_edu as tg


def root(x):
    return sqrt(x)


if __name__ == "__main__":
    executor = get_reusable_executor(max_workers=1)
    print([run.result for run in tg.sweep(root, {"x": [1, 4]}, executor=executor)])
    executor.shutdown(wait=True)
"""


def test_lokys_executor_does(tmp_path: Path) -> None:
    needed("joblib")
    (tmp_path / "roots.py").write_text(LOKY, "utf-8")
    run = subprocess.run([sys.executable, "roots.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.stdout == "[1.0, 2.0]\n", run.stderr


def needed(*modules: str) -> None:
    """Skip without these, which are not imported here: they leave sockets and loops behind in the tests' process."""
    for module in modules:
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"needs {module}")
