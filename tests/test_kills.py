"""tools/kills.py: a kill while a model is saved loses neither the old nor the new file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")


def kills(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tools.kills", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


def test_fifty_kills_at_random_moments_leave_the_old_file_or_the_new_one() -> None:
    run = kills("50")
    assert (run.stdout, run.returncode) == ("50 kills, 0 damaged files\n", 0), run.stderr


def test_saving_in_place_would_be_caught() -> None:
    run = kills("50", "--in-place")
    assert run.stdout.startswith("50 kills, "), run.stderr
    assert run.returncode == 1
