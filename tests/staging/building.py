"""What the tests of builds share: a program, and a list of the compiler's runs."""

import shutil
import subprocess

import pytest

cc = pytest.mark.skipif(not shutil.which("cc"), reason="needs a C compiler")

SOURCE = "int staged(double x, double *out) { out[0] = 2.0 * x; return 0; }\n"


def commands(monkeypatch):
    """Notes down the compiler's runs."""
    runs = []
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda command, **options: runs.append(command) or run(command, **options))
    return runs
