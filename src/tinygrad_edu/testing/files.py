"""Check a file in a process of its own, which may hang, crash, print or train as it likes."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ..engine_checks.report import Report
from ..foreign_engines.adapters import adapter_text


@dataclass(frozen=True)
class Limits:
    """What a file may use: seconds in all and for its import, bytes of memory."""

    __module__ = "tinygrad_edu.testing"

    seconds: float = 60.0
    import_seconds: float = 10.0
    memory: int = 4 * 2**30


def check_file(
    file: str | Path,
    *,
    adapter: str | Path = "",
    limits: Limits | None = None,
    derive: bool = False,
    require: tuple[str, ...] = (),
    step: int = 0,
) -> Report:
    """The report on the engine in a file, `engine.py` or `engine.py:Value`, run in a process with limits.

    With a `step`, 1 to 10, what `check_step` says of it. Raises FileNotFoundError if there is no such file.
    """
    place = str(Path(adapter).resolve()) if adapter else ""
    report = _first_report(file, limits or Limits(), adapter=place, derive=derive, step=step)
    report.require(require)
    return report


def write_adapter(file: str | Path, limits: Limits | None = None) -> str:
    """The text of an adapter for the engine in a file, to be changed where it does not fit."""
    text = _first_report(file, limits or Limits(), write_adapter=True).unchecked
    return text if "def run(" in text else adapter_text(None, split_name(str(file))[0].stem)


def split_name(text: str) -> tuple[Path, str]:
    """`engine.py:Value` as the file and the class."""
    head, colon, tail = text.rpartition(":")
    path, wanted = (
        (Path(head), tail) if colon and tail.isidentifier() and head.endswith((".py", ".ipynb")) else (Path(text), "")
    )
    if not path.is_file():
        raise FileNotFoundError(2, "there is no such file", str(path))
    return path, wanted


def _first_report(
    file: str | Path,
    limits: Limits,
    *,
    adapter: str = "",
    derive: bool = False,
    write_adapter: bool = False,
    step: int = 0,
) -> Report:
    """The report of a run, or of a second one that takes only the definitions if the first did not get past them."""
    path, wanted = split_name(str(file))
    options = {
        "file": f"{path.resolve()}::{wanted}", "adapter": adapter, "derive": derive, "write_adapter": write_adapter,
        "step": step, **vars(limits),
    }  # fmt: skip
    report, how = _run(options | {"extract": False}, limits)
    if report is None:
        report, how = _run(options | {"extract": True}, limits)
    if report is None:
        return Report(path.name, unchecked=f"it {how}")
    if how:
        report.conventions.append(f"the checks were not finished: it {how}")
        if not report.topics:
            report.unchecked = f"it {how}"
    return report


def _run(options: dict[str, object], limits: Limits) -> tuple[Report | None, str]:
    """The last report of the worker, None if there is none, and how it ended if not by itself."""
    package = str(Path(__file__).parents[2])
    with tempfile.TemporaryDirectory(prefix="engine-", ignore_cleanup_errors=True) as folder:
        paths = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH", "")]))
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": paths,
            "HOME": folder,
            "TMPDIR": folder,
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUTF8": "1",
            "MPLBACKEND": "Agg",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        process = subprocess.Popen(  # noqa: S603 - this Python, our own module
            [sys.executable, "-P", "-m", "tinygrad_edu.testing.worker", json.dumps(options)],
            cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        how = ""
        try:
            output, _ = process.communicate(timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            how = f"did not end within {limits.seconds:g} s"
            _kill(process)
            output = _rest(process)
        else:
            how = _ending(process.returncode)
        finally:
            _kill(process)
    return _last(output, how)


def _rest(process: "subprocess.Popen[bytes]") -> bytes:
    """What it had written; something that it started may hold the pipe open for ever."""
    try:
        return process.communicate(timeout=5)[0]
    except subprocess.TimeoutExpired as error:
        return error.output or b""


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End it and what it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (AttributeError, OSError):
        process.kill()


def _ending(status: int) -> str:
    return f"was ended by signal {-status}" if status < 0 else ""


def _last(output: bytes, how: str) -> tuple[Report | None, str]:
    lines = [line for line in output.decode("utf-8", "replace").splitlines() if line.endswith("]")]
    if not lines:
        return None, how or "ended without a word, perhaps by os._exit"
    is_last, text = json.loads(lines[-1])
    return Report.unpacked(text), "" if is_last else how or "ended before its checks did"
