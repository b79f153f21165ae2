"""Files that hang, crash, print or train when they are imported are checked all the same, and do no harm."""

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.testing.test_kit import BASE, RIGHT, write
from tinygrad_edu.testing import Limits, Report, check_file, files
from tinygrad_edu.testing.files import write_adapter

FAST = Limits(seconds=60, import_seconds=1)  # for what never ends
SHORT = Limits(seconds=10, import_seconds=1)  # for what has to be ended from outside
PATIENT = Limits(seconds=60, import_seconds=20)


def checked(folder: Path, text: str) -> Report:
    never_ends = SHORT if "SIG_IGN" in text else FAST
    return check_file(write(folder, text), limits=never_ends if "while True" in text else PATIENT)


HOSTILE = {
    "it never ends": ("\nwhile True:\n    pass\n", "takes more than 1 s"),
    "it never ends before the class": ("", "takes more than 1 s"),
    "it swallows every exception": (
        "\nwhile True:\n    try:\n        while True: pass\n    except BaseException:\n        pass\n", "",
    ),
    "it prints": ("\nfor _ in range(760):\n    print('x' * 100_000)\n", "prints 76,"),
    "it leaves": ("\nraise SystemExit(3)\n", "SystemExit"),
    "it crashes": ("\nimport os\nos.kill(os.getpid(), 11)\n", ""),
    "it ends without a word": ("\nimport os\nos._exit(0)\n", ""),
    "it takes all memory": ("\nheap = [0] * 2**32\n", "MemoryError"),
    "it asks": ("\ninput('name? ')\n", "EOFError"),
    "it needs what is not here": ("\nimport no_such_module\n", "No module named"),
    "it downloads": ("\nimport socket\nsocket.create_connection(('127.0.0.1', 9))\n", "no network"),
    "it writes": ("\nopen('/tmp/should_not_be', 'w')\n", "no writing outside"),
    "it takes modules away": (
        "\nimport sys\nfor n in list(sys.modules):\n    if n not in ('sys', 'builtins'):\n        del sys.modules[n]\n",
        "",
    ),
    "it goes elsewhere": ("\nimport os\nos.chdir('/')\n", ""),
    "it ends at its end": ("\nimport atexit, time\natexit.register(lambda: time.sleep(1000))\n", ""),
    "it stops the clock": ("import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass\n", ""),
    "it has threads that never end": (
        "\nimport threading, time\nfor _ in range(9): threading.Thread(target=time.sleep, args=(99,)).start()\n", "",
    ),
    "it fills its folder": ("\nopen('plot.png', 'wb').write(b'x' * 2**27)\n", "File too large"),
    "it writes to whatever is open": (
        "\nimport os\nfor n in range(9):\n    os.write(n, b'[true, 1]\\n')\n", "raises OSError",
    ),
    "it traces": ("\nimport sys\ndef no(*_): raise RuntimeError\nsys.settrace(no)\n", ""),
    "its nodes are all equal and shown at length": (
        "\nValue.__eq__ = lambda *_: True\nValue.__hash__ = lambda _: 1\nValue.__repr__ = lambda _: 'x' * 10**9\n", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_file_does_at_import_is_named_and_the_engine_checked(name: str, tmp_path: Path) -> None:
    text, words = HOSTILE[name]
    report = checked(tmp_path, "while True: pass\n" + BASE if "before" in name else BASE + text)
    assert report.status == 0, report
    assert words in "; ".join(report.conventions)
    assert report.engine == "engine.py:Value"
    assert report.topics["sharing"][1] > 10


def notebook(*cells: str) -> str:
    code = [{"cell_type": "code", "source": each.splitlines(keepends=True)} for each in cells]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": "# Mine"}, *code], "nbformat": 4})


def test_a_file_that_changes_the_kit_is_named_and_gets_no_points(tmp_path: Path) -> None:
    text = "\nfrom tinygrad_edu.engine_checks.checks import Checker\nChecker.find = lambda *_, **__: None\n"
    report = checked(tmp_path, BASE.replace("self.data * other.data", "self.data") + text)
    assert report.unchecked == "it changes the checking kit: tinygrad_edu.engine_checks.Checker.find"
    assert report.status == 2


def test_a_notebook_is_checked_whatever_its_other_cells_do(tmp_path: Path) -> None:
    swapped = BASE.replace("return -self + other", "return self - other")
    cells = (
        "%matplotlib inline\n!pip install nothing\nimport math",
        "%%bash\nls | wc",
        "class Value: pass",
        "1 / 0",
        "x = (",
    )
    path = write(tmp_path, notebook(*cells, swapped, "Value?\nValue(2.0)"), "engine.ipynb")
    report = check_file(path, limits=FAST)
    (wrong,) = [each for each in report.findings if each.severity == "wrong"]
    assert (report.engine, report.status, wrong.operation) == ("engine.ipynb:Value", 1, "5 - x")
    assert wrong.code == "x = Value(3.0)\nout = 5 - x\nprint(out.data)"
    assert wrong.line is not None
    assert check_file(f"{path}:Value", limits=FAST).status == 1


def test_a_file_that_is_no_notebook_is_named(tmp_path: Path) -> None:
    assert "no notebook" in check_file(write(tmp_path, "{}", "engine.ipynb"), limits=FAST).unchecked


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert checked(tmp_path, "\ufeff" + BASE).status == 0


def test_the_json_has_the_documented_keys_and_no_others(tmp_path: Path) -> None:
    facts = json.loads(checked(tmp_path, BASE.replace("return -self + other", "return self - other")).to_json())
    assert list(facts) == ["engine", "findings", "missing", "conventions"]
    assert list(facts["findings"][0]) == ["severity", "what", "operation", "code", "expected", "actual", "line"]
    assert (facts["findings"][0]["expected"], facts["findings"][0]["actual"]) == (2.0, -2.0)
    unchecked = json.loads(checked(tmp_path, "x = (").to_json())
    assert unchecked["conventions"] == ["could not be checked: line 1: '(' was never closed"]


def test_no_file_is_written_outside(tmp_path: Path) -> None:
    other = tmp_path / "other"
    checked(tmp_path, BASE + f"\nopen({str(other)!r}, 'w')\n")
    assert not other.exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["engine.py"]


def test_a_class_can_be_named_and_neighbours_imported(tmp_path: Path) -> None:
    write(tmp_path, BASE, "core.py")
    engine = write(tmp_path, "from core import Value\n\n\nclass Other(Value):\n    pass\n")
    assert check_file(f"{engine}:Value", limits=FAST).status == 0


def test_files_of_a_package_meet_the_very_class_that_is_checked(tmp_path: Path) -> None:
    """Its operations live in another file, which imports the class by the package's name and asks for it."""
    package = tmp_path / "small"
    package.mkdir()
    write(package, "", "__init__.py")
    body = BASE.replace(
        "def __mul__(self, other):", "def __mul__(self, other):\n        from .rules import check\n        check(other)"
    )
    assert body != BASE
    kinds = "(int, float, Value)"
    rules = f"def check(x):\n    if not isinstance(x, {kinds}):\n        raise TypeError(x)\n"
    write(package, f"from small.engine import Value\n\n{rules}", "rules.py")
    report = check_file(write(package, body), limits=PATIENT)
    assert report.status == 0, report
    slow = check_file(write(package, body.replace("import math", "import math\nimport small.late")), limits=PATIENT)
    assert slow.status == 0, slow
    assert any("small.late" in each for each in slow.conventions), "it is said that one of its modules is not there"


def test_a_package_whose_parts_need_a_certain_order_is_imported_as_python_does(tmp_path: Path) -> None:
    package = tmp_path / "ordered"
    package.mkdir()
    write(package, "from .engine import Value, ready\n", "__init__.py")
    report = check_file(write(package, f"import ordered.other\n{BASE}\nready = True\n"), limits=PATIENT)
    assert report.status == 0, report
    assert any("ordered.other" in each for each in report.conventions)
    write(package, "import ordered\n", "other.py")
    report = check_file(package / "engine.py", limits=PATIENT)
    assert report.status == 0, report
    assert not any("importing it raises" in each for each in report.conventions)


def test_files_of_a_package_import_relatively(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    write(package, "", "__init__.py")
    write(package, "def helper(x):\n    return float(x)\n", "numbers_of.py")
    text = BASE.replace("import math", "import math\n\nfrom .numbers_of import helper").replace(
        "= float(data)", "= helper(data)"
    )
    assert check_file(write(package, text), limits=FAST).status == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = (", "line 1"),
        ("print('nothing')", "no class"),
        ("class Value:\n    pass\n", "no way was found"),
        ("import os\nclass Value:\n    os._exit(0)\n", "it ended without a word"),
    ],
)
def test_what_cannot_be_checked_says_why(text: str, words: str, tmp_path: Path) -> None:
    report = checked(tmp_path, text)
    assert report.status == 2
    assert words in report.unchecked


def test_checks_that_hang_end_with_what_was_found(tmp_path: Path) -> None:
    forever = (
        "        while True:\n            try:\n                while 1: pass\n            except BaseException: 1\n"
    )
    text = BASE.replace("    def exp(self):\n", f"    def exp(self):\n{forever}")
    report = check_file(write(tmp_path, text), limits=Limits(seconds=4, import_seconds=1))
    assert "the checks were not finished: it did not end within 4 s" in report.conventions
    assert report.topics["sharing"][0] > 10


def test_an_engine_that_cannot_even_be_made_ends_in_time(tmp_path: Path) -> None:
    forever = "while 1:\n            try:\n                while 1: pass\n            except BaseException: 1\n"
    text = f"class Value:\n    def __init__(self, x):\n        {forever}"
    report = check_file(write(tmp_path, text), limits=Limits(seconds=3, import_seconds=1))
    assert report.unchecked == "it did not end within 3 s"


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such file"):
        check_file(tmp_path / "engine.py")


def test_an_adapter_is_written_as_the_engine_was_found_to_work(tmp_path: Path) -> None:
    text = write_adapter(RIGHT["seeded"], FAST)
    assert "out.adj = 1.0\n    out.reverse()\n    return out.v, [leaf.adj for leaf in leaves]" in text
    write(tmp_path, RIGHT["seeded"].read_text("utf-8"), "seeded.py")
    adapter = write(tmp_path, text, "adapter.py")
    report = check_file(tmp_path / "seeded.py", adapter=adapter, limits=FAST)
    assert report.status == 0, report
    assert report.topics["sharing"][0] > 10


def test_an_adapter_to_start_from_is_written_for_what_is_not_understood(tmp_path: Path) -> None:
    text = write_adapter(write(tmp_path, "class Odd:\n    pass\n"), FAST)
    assert "def run(f, xs):" in text
    compile(text, "adapter.py", "exec")


def test_a_function_level_engine_is_checked_through_its_own_adapter() -> None:
    report = check_file(RIGHT["functional"], adapter=RIGHT["functional"], limits=FAST)
    assert report.status == 0, report


def test_the_report_shows_code_that_runs(tmp_path: Path) -> None:
    report = checked(tmp_path, BASE.replace("return -self + other", "return self - other"))
    finding = next(each for each in report.findings if each.severity == "wrong")
    assert finding.line == BASE[: BASE.index("def __rsub__")].count("\n") + 1
    printed: list[float] = []
    sys.path.insert(0, str(tmp_path))
    try:
        exec(finding.code, {"print": printed.append})  # noqa: S102
    finally:
        sys.path.remove(str(tmp_path))
        sys.modules.pop("engine")
    assert printed == [finding.actual]
    assert (finding.expected, finding.actual) == (2.0, -2.0)


# --- processes that it starts ------------------------------------------------------------------------------------

BOMB = """
import os
for _ in range(12):
    if os.fork() == 0:
        os.setsid()
        while True: pass
"""
CAN_ENCLOSE = (
    "import ctypes, sys; sys.exit(sys.platform != 'linux' or ctypes.CDLL(None).unshare(0x10000000 | 0x60000000) != 0)"
)


def processes_of(folder: Path) -> list[str]:
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(each.read_text("utf-8", "replace"))
    return [text for text in found if str(folder) in text and "testing.worker" in text]


def test_processes_that_leave_its_group_end_with_it_all_the_same(tmp_path: Path) -> None:
    if subprocess.run([sys.executable, "-c", CAN_ENCLOSE], check=False).returncode:
        pytest.skip("the system allows no space of processes of its own")
    report = checked(tmp_path, BASE + BOMB)
    assert report.status == 0
    deadline = time.monotonic() + 10
    while processes_of(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_of(tmp_path) == []


def test_a_pipe_that_something_else_holds_open_is_not_waited_for() -> None:
    class Held:
        def communicate(self, timeout: float) -> tuple[bytes, None]:
            raise subprocess.TimeoutExpired("worker", timeout, output=b"so far" if timeout < 9 else None)

    assert files._rest(Held()) == b"so far"  # type: ignore[arg-type]
