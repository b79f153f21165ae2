"""tools/fuzz.py prints what to paste into a test for each failure that it finds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PLANTED = """
from hypothesis import given, settings, strategies as st

@given(st.integers(), st.text())
def test_small(number, text):
    assert number < 1000

@settings(print_blob=True)  # as in this project's conftest.py
@given(st.data())
def test_drawn(data):
    assert data.draw(st.integers()) < 1000

@given(st.integers())
def test_right(number):
    assert number == number

def test_that_is_no_search():
    assert False
"""


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    file = tmp_path / "test_planted.py"
    file.write_text(PLANTED)
    return file


def fuzz(*arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST"))}
    command = [sys.executable, "-m", "tools.fuzz", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)


def test_each_failure_comes_with_the_lines_that_keep_it(planted: Path) -> None:
    run = fuzz("0", "--seed", "7", planted)
    assert run.returncode == 1
    assert "seed 7: 2 failed, 1 passed" in run.stdout
    assert "paste above test_small:\n@example(\n    number=1000,\n    text=''" in run.stdout
    assert "paste above test_drawn:\n@reproduce_failure(" in run.stdout
    assert "-m tools.fuzz --seed 7" in run.stdout
    assert "0 rounds passed, 1 failed" in run.stdout
