"""What type checkers say of users' programs: mypy --strict and pyright, on right.py and wrong.py in tests/types.

A line `reveal_type(…)  # float` must be revealed as that by both; a line with `# wrong: why` must be an error for both,
and no other line may be. "not yet" in front of either says that the checkers do not see it so far.
"""

import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "types"
ROOT = HERE.parents[1]
RIGHT, WRONG = HERE / "right.py", HERE / "wrong.py"
Findings = list[tuple[int, str, str]]  # line, "error" or what else it is, message


def _run(*command: str) -> str:
    environment = {**os.environ, "MYPYPATH": str(ROOT / "src")}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode in (0, 1), run.stdout + run.stderr
    return run.stdout


def mypy(file: Path) -> Findings:
    said = _run(sys.executable, "-m", "mypy", "--config-file=", "--strict", "--cache-dir=.mypy_cache/types", str(file))
    found = re.findall(rf"^.*{file.name}:(\d+): (\w+): (.*)$", said, re.MULTILINE)
    return [(int(line), kind, message) for line, kind, message in found]


def pyright(file: Path) -> Findings:
    program = Path(sys.executable).with_name("pyright")
    if not program.exists():
        pytest.skip("pyright is not installed")
    said = json.loads(_run(str(program), "--pythonpath", sys.executable, "--outputjson", str(file)))
    assert said["summary"]["filesAnalyzed"] == 1
    return [
        (each["range"]["start"]["line"] + 1, each["severity"], each["message"]) for each in said["generalDiagnostics"]
    ]


CHECKERS = pytest.mark.parametrize("checker", [mypy, pyright])


def lines_with(mark: str, file: Path) -> dict[int, str]:
    """The numbers of lines whose comment begins with the mark, and what follows it there."""
    text = file.read_text("utf-8")
    found = {i: re.search(rf"#\s*{mark}(.*)$", line) for i, line in enumerate(text.splitlines(), 1)}
    return {i: match[1].strip() for i, match in found.items() if match}


def revealed(findings: Findings) -> dict[int, str]:
    """The type on each line that reveals one, without the modules' names."""
    types = {line: re.search(r'(?:Revealed type is|Type of ".*" is) "(.*)"', message) for line, _, message in findings}
    return {line: re.sub(r"\b\w+\.", "", match[1]) for line, match in types.items() if match}


@CHECKERS
def test_a_users_program_is_accepted_and_its_types_are_known(checker: Callable[[Path], Findings]) -> None:
    findings = checker(RIGHT)
    assert [each for each in findings if each[1] in ("error", "warning")] == []
    expected = {
        i: line.rpartition("# ")[2]
        for i, line in enumerate(RIGHT.read_text("utf-8").splitlines(), 1)
        if "_type(" in line
    }
    found = revealed(findings)
    assert found.keys() == expected.keys()
    for line, expectation in expected.items():
        is_open = expectation.startswith("not yet ") and "Any" in found[line]
        assert is_open or found[line] == expectation.removeprefix("not yet "), (
            f"line {line}: {found[line]}, should be {expectation}"
        )


@CHECKERS
def test_each_wrong_call_is_an_error_and_nothing_else_is(checker: Callable[[Path], Findings]) -> None:
    found = {line for line, kind, _ in checker(WRONG) if kind == "error"}
    assert found == lines_with("wrong:", WRONG).keys()


def test_the_users_program_runs(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(RIGHT))
    assert "Runtime type is 'Value'" in capsys.readouterr().err


def test_every_wrong_call_says_why() -> None:
    assert all(lines_with("(?:not yet )?wrong:", WRONG).values())
