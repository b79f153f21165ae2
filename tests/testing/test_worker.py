"""The worker: what it refuses and how it reports, without the process of its own in which it usually runs."""

import io
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.testing.test_kit import BASE, RIGHT, write
from tinygrad_edu.engine_checks.checks import Checker
from tinygrad_edu.testing import Report, loading, worker


@pytest.fixture(autouse=True)
def _nothing_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Output, path and modules are afterwards what they were."""
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


OPTIONS = {"adapter": "", "derive": False, "write_adapter": False, "extract": False, "import_seconds": 1.0}


def served(file: str | Path, **more: object) -> tuple[Report, int]:
    pipe = io.StringIO()
    worker.serve({**OPTIONS, "file": str(file), **more}, pipe)
    lines = [json.loads(line) for line in pipe.getvalue().splitlines()]
    assert [is_last for is_last, _ in lines] == [False] * (len(lines) - 1) + [True]
    return Report.unpacked(lines[-1][1]), len(lines)


def test_reports_grow_check_by_check(tmp_path: Path) -> None:
    report, lines = served(write(tmp_path, BASE))
    assert report.status == 0
    assert lines > 30


def test_a_notebook_is_its_cells_that_are_python(tmp_path: Path) -> None:
    cells = [{"cell_type": "code", "source": each} for each in ("%time\n!ls", "x = (", "1 / 0", BASE)]
    path = write(tmp_path, json.dumps({"cells": [{"cell_type": "markdown", "source": "x"}, *cells]}), "lesson.ipynb")
    report, _ = served(path)
    assert (report.engine, report.status) == ("lesson.ipynb:Value", 0)
    assert "lines are counted through the code cells of the notebook" in report.conventions
    assert "this is no notebook" in served(write(tmp_path, "[]", "other.ipynb"))[0].unchecked


def test_what_the_kit_itself_cannot_do_is_said(tmp_path: Path) -> None:
    adapter = write(tmp_path, "functions = {}\n", "adapter_without_run.py")
    report, _ = served(write(tmp_path, BASE, "engine_c.py"), adapter=str(adapter))
    assert report.unchecked.startswith("the kit could not use it: AttributeError")


def test_a_named_class_and_one_that_is_not_there(tmp_path: Path) -> None:
    path = write(tmp_path, BASE, "engine_a.py")
    assert served(f"{path}::Value")[0].engine == "engine_a.py:Value"
    assert served(f"{path}::Wert")[0].unchecked == "no class Wert in this file"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = (", "line 1: '(' was never closed"),
        ("class Odd:\n    pass\n", "Odd: no way was found"),
        (
            "raise ValueError('no')",
            "no class in this file: write an adapter for functions; importing it raises ValueError: no",
        ),
        ("class Huge:\n    def __init__(self, x):\n        self.data = [0] * 2**60\n", "no way was found"),
    ],
)
def test_what_cannot_be_checked(text: str, words: str, tmp_path: Path) -> None:
    assert words in served(write(tmp_path, text, "engine_b.py"))[0].unchecked


def test_the_steps_of_the_course_need_a_class(tmp_path: Path) -> None:
    report = served(write(tmp_path, "x = 3\n", "engine_s.py"), step=1)[0]
    assert report.unchecked == "no class in this file"


def test_no_memory_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(worker, "check_found", refuse)
    assert served(write(tmp_path, BASE, "engine_c.py"))[0].unchecked == "it takes more memory than allowed"


def test_adapters_are_used_and_written(tmp_path: Path) -> None:
    functional = RIGHT["functional"]
    report, _ = served(functional, adapter=str(functional))
    assert report.status == 0
    seeded = write(tmp_path, RIGHT["seeded"].read_text("utf-8"), "seeded_b.py")
    text = served(seeded, write_adapter=True)[0].unchecked
    adapter = write(tmp_path, text, "adapter_b.py")
    report, _ = served(f"{seeded}::Node", adapter=str(adapter))
    assert report.status == 0
    assert report.topics["sharing"][0] > 10
    assert "return x" not in served(RIGHT["dual"], write_adapter=True)[0].unchecked


def test_only_definitions_are_taken_if_asked(tmp_path: Path) -> None:
    more = """
import no_such_module
try:
    import other_module
except ImportError:
    other_module = None
limit = 3
total = sum([1])
def helper(): pass
def later(x=undefined): pass
while True: pass
"""
    report, _ = served(write(tmp_path, BASE + more, "engine_d.py"), extract=True)
    assert report.status == 0
    assert "needs a module that is not here: No module named 'no_such_module'" in report.conventions
    assert any(each.endswith("raises NameError") for each in report.conventions)


def test_what_the_import_does_is_told(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    write(tmp_path / "package", "", "__init__.py")
    path = write(tmp_path / "package", BASE + "\nprint('x' * 300)\nwhile True: pass\n", "engine_e.py")
    loaded = loading.load(path, 0.3)
    assert loaded.module.__package__ == "package"
    assert loaded.notes[0].startswith("importing it takes more than 0.3 s")
    assert loaded.notes[1] == "prints 301 characters when it is imported"
    assert "Value" in loaded.names
    assert loading.load(write(tmp_path, "while True: pass\n" + BASE, "engine_f.py"), 0.3).is_partial
    assert loading.load(write(tmp_path, "x = 1\n", "not-a-name.py"), 1).module.__name__.startswith("engine_")


def test_limits_are_set_where_there_are_any(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    found = {}
    monkeypatch.setattr(resource, "setrlimit", lambda kind, bounds: found.update({kind: bounds[0]}))
    worker.limit(2**30, 10)
    assert found[resource.RLIMIT_AS] == 2**30
    assert found[resource.RLIMIT_CPU] == 15
    monkeypatch.setitem(sys.modules, "resource", None)
    worker.limit(2**30, 10)


def hook_of(monkeypatch: pytest.MonkeyPatch, folder: Path, platform: str = "linux") -> Callable[..., None]:
    hooks: list[Callable[..., None]] = []
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(worker.ctypes, "CDLL", lambda _: SimpleNamespace(unshare=lambda _: -1))
    monkeypatch.setattr(sys, "addaudithook", hooks.append)
    worker.guard(str(folder))
    return hooks[0]


def test_network_and_writing_elsewhere_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hook = hook_of(monkeypatch, tmp_path)
    for event, arguments in (
        ("socket.connect", (None, ("127.0.0.1", 80))),
        ("open", ("/etc/passwd", "w", 0)),
        ("open", ("/etc/passwd", None, os.O_WRONLY)),
        ("os.remove", ("/etc/passwd", -1)),
        ("shutil.rmtree", (str(tmp_path.parent), None)),
    ):
        with pytest.raises(PermissionError, match="while an engine is checked"):
            hook(event, arguments)
    for event, arguments in (
        ("open", ("/etc/passwd", "r", 0)),
        ("open", ("/etc/passwd", None, os.O_RDONLY)),
        ("open", (str(tmp_path / "plot.png"), "wb", 0)),
        ("open", (os.devnull, "w", 0)),
        ("open", (3, "w", 0)),
        ("import", ("math",)),
    ):
        hook(event, arguments)
    hook_of(monkeypatch, tmp_path, "win32")("import", ("math",))


def test_the_process_reports_and_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ends: list[int] = []
    report = tmp_path / "report"
    options = OPTIONS | {"file": str(write(tmp_path, BASE, "engine_g.py")), "memory": 0, "seconds": 1}
    monkeypatch.setattr(sys, "argv", ["worker", json.dumps(options)])
    for name in ("enclose", "limit", "guard"):
        monkeypatch.setattr(worker, name, lambda *_: None)
    monkeypatch.setattr(os, "dup", lambda _: os.open(report, os.O_WRONLY | os.O_CREAT))
    monkeypatch.setattr(os, "dup2", lambda *_: None)
    monkeypatch.setattr(os, "_exit", ends.append)
    worker.main()
    assert ends == [0]
    assert json.loads(report.read_text("utf-8").splitlines()[-1])[0] is True


class System:
    """Stands for the C library: remembers what it was asked, and refuses some of it."""

    def __init__(self, refuses: bool) -> None:
        self.refuses = refuses
        self.asked: list[tuple[int, ...]] = []

    def unshare(self, what: int) -> int:
        self.asked.append((what,))
        return -1 if self.refuses else 0

    def prctl(self, *what: int) -> int:
        self.asked.append(what)
        return 0


def test_the_child_goes_on_in_a_space_of_its_own_and_ends_with_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    system = System(refuses=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(worker.ctypes, "CDLL", lambda _: system)
    monkeypatch.setattr(os, "fork", lambda: 0, raising=False)
    worker.enclose()
    assert system.asked == [(0x70000000,), (1, signal.SIGKILL)]


@pytest.mark.parametrize(("status", "signals", "code"), [(9, [9], 247), (3 << 8, [], 3)])
def test_the_parent_ends_as_the_child_did(
    status: int, signals: list[int], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    ends: list[int] = []
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(worker.ctypes, "CDLL", lambda _: System(refuses=False))
    monkeypatch.setattr(os, "fork", lambda: 4242, raising=False)
    monkeypatch.setattr(os, "waitpid", lambda *_: (4242, status))
    monkeypatch.setattr(os, "kill", lambda _, which: sent.append(which))
    monkeypatch.setattr(os, "_exit", ends.append)
    worker.enclose()
    assert (sent, ends) == (signals, [code])


def test_where_there_are_no_such_spaces_it_goes_on_without(monkeypatch: pytest.MonkeyPatch) -> None:
    system = System(refuses=True)
    monkeypatch.setattr(worker.ctypes, "CDLL", lambda _: system)
    monkeypatch.setattr(sys, "platform", "linux")
    worker.enclose()
    assert system.asked == [(0x70000000,), (0x50000000,)]
    monkeypatch.setattr(sys, "platform", "darwin")
    worker.enclose()
    assert len(system.asked) == 2


def test_a_folder_whose_name_begins_like_its_own_is_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hook = hook_of(monkeypatch, tmp_path)
    with pytest.raises(PermissionError, match="no writing outside"):
        hook("open", (f"{tmp_path}2/file", "w", 0))
    hook("open", (f"{tmp_path}/file", "w", 0))


def test_functions_of_the_kit_that_a_file_has_changed_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = worker.kit_functions()
    assert worker.changed_functions(before) == []
    with monkeypatch.context() as patch:
        patch.setattr(Checker, "find", lambda *_: None)
        assert "tinygrad_edu.engine_checks.checks.Checker.find" in worker.changed_functions(before)
    assert worker.changed_functions(before) == []
    monkeypatch.setattr(worker, "changed_functions", lambda _: ["tinygrad_edu.some.function"])
    report, _ = served(write(tmp_path, BASE))
    assert report.unchecked == "it changes the checking kit: tinygrad_edu.some.function"
