"""The plugin: a test for each topic if asked, nothing otherwise."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.testing.test_kit import BASE, write
from tinygrad_edu.testing import pytest_plugin

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


def test_the_topics_of_a_session(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """In this process, so that its lines are seen to run."""
    options: dict[str, str | None] = {}
    group = SimpleNamespace(addoption=lambda name, **more: options.update({name: more.get("default")}))
    pytest_plugin.pytest_addoption(SimpleNamespace(getgroup=lambda _: group))  # type: ignore[arg-type]
    assert options == {"--check-engine": None, "--check-engine-require": ""}
    config = SimpleNamespace(getoption=options.__getitem__)

    def items() -> list[pytest.Item]:
        found: list[pytest.Item] = []
        pytest_plugin.pytest_collection_modifyitems(request.session, config, found)  # type: ignore[arg-type]
        return found

    assert items() == []
    options["--check-engine"] = str(write(tmp_path, BASE.replace("return -self + other", "return self - other")))
    topics = {each.name: each for each in items()}
    topics["sharing"].runtest()
    assert topics["sharing"].reportinfo()[2] == "engine.py:Value: sharing"
    with pytest.raises(pytest.fail.Exception, match="5 - x is computed as x - 5"):
        topics["numbers"].runtest()
    options["--check-engine"] = str(write(tmp_path, "x = ("))
    with pytest.raises(pytest.fail.Exception, match="could not be checked"):
        items()[0].runtest()
