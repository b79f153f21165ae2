"""Runs tests many times, each time in a copy of one process that has imported what they need: saves a second a run.

`tools/mutants.py` starts it and writes one line of JSON for each run to its input: the folder with the package, the
tests, and how many seconds they may take. It answers "passed", "failed" or "not ended in time". It needs os.fork.
"""

import contextlib
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

PASSED, FAILED, ENDLESS = "passed", "failed", "not ended in time"
OPTIONS = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:tinygrad_edu", "--no-cov", "--assert=plain"]


def result(folder: str, tests: list[str], seconds: float) -> str:
    """What tests make of the package in a folder, in a process of its own that ends with all that it started."""
    child = os.fork()
    if not child:
        _run(folder, tests, seconds)
    end = time.monotonic() + seconds
    pause = 0.002
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        time.sleep(pause := min(1.2 * pause, 0.05))
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if done:
        return FAILED if status else PASSED
    os.waitpid(child, 0)
    return ENDLESS


def _run(folder: str, tests: list[str], seconds: float) -> None:
    status = 1
    try:
        os.setsid()
        limit = int(seconds) + 10  # of its own time, should nobody be left who could end it
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        nothing = os.open(os.devnull, os.O_RDWR)
        for each in range(3):
            os.dup2(nothing, each)
        sys.path.insert(0, folder)
        os.environ["PYTHONPATH"] = folder
        listed = Path(folder, f"tests-{os.getpid()}.txt")
        listed.write_text("\n".join(tests), "utf-8")
        import pytest  # noqa: PLC0415 - imported already, by main

        status = int(pytest.main([*OPTIONS, f"@{listed}"]))
    finally:
        os._exit(status)


def main() -> None:
    """Answer until the input ends."""
    import _pytest.assertion.rewrite  # noqa: F401, PLC0415 - here, so that the tests of this tool do without
    import hypothesis  # noqa: F401, PLC0415
    import mpmath  # type: ignore[import-untyped]  # noqa: F401, PLC0415
    import pytest  # noqa: F401, PLC0415

    sys.dont_write_bytecode = True
    for line in sys.stdin:
        asked = json.loads(line)
        sys.stdout.write(result(asked["folder"], asked["tests"], asked["seconds"]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
