"""The plugin: a test for each topic if asked, nothing otherwise."""

import os
import subprocess
import sys
from pathlib import Path

from tests.testing.test_kit import BASE, write

ROOT = Path(__file__).parents[2]


def run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    plugins = ["no:cacheprovider", "no:tinygrad_edu", "tinygrad_edu.testing.pytest_plugin"]
    command = [sys.executable, "-m", "pytest", "-rA", "--rootdir", str(folder), str(folder)]
    command += [word for plugin in plugins for word in ("-p", plugin)]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    return subprocess.run([*command, *words], capture_output=True, text=True, cwd=folder, env=environment, check=False)


def test_it_does_nothing_unless_asked(tmp_path: Path) -> None:
    assert "no tests ran" in run(tmp_path).stdout


def test_a_test_for_each_topic(tmp_path: Path) -> None:
    engine = write(tmp_path, BASE)
    result = run(tmp_path, "--check-engine", str(engine))
    assert result.returncode == 0, result.stdout
    assert "7 passed" in result.stdout
    wrong = write(tmp_path, BASE.replace("return -self + other", "return self - other"))
    result = run(tmp_path, "--check-engine", f"{wrong}:Value", "--check-engine-require", "sqrt")
    assert "2 failed, 5 passed" in result.stdout
    assert "5 - x is computed as x - 5" in result.stdout


def test_what_cannot_be_checked_fails(tmp_path: Path) -> None:
    result = run(tmp_path, "--check-engine", str(write(tmp_path, "x = (")))
    assert "1 failed" in result.stdout
    assert "could not be checked: line 1" in result.stdout
