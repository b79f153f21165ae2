"""What mypy knows about the engine: a node comes back from a node, a number from a number, a wrong name is an error."""

import os
import re
import sys
from pathlib import Path

import pytest
from mypy import api

import tinygrad_edu

SOURCE = Path(tinygrad_edu.__file__).parents[1]

REVEALED = {
    "tg.exp(x)": "Value",
    "tg.exp(2)": "float",
    "x.exp()": "Value",
    "x.data": "float",
    "x.grad": "float",
    "x + 1": "Value",
    "2 ** x": "Value",
    "-d": "Dual",
    "tg.relu(d)": "Dual",
    "tg.hypot(x, 1.0)": "Value",
    "tg.arctan2(1.0, x)": "Value",
    "tg.maximum(1.0, 2)": "float",
    "tg.leaky_relu(x, slope=0.1)": "Value",
    "tg.leaky_relu(-1.0)": "float",
    "tg.sum([x, x])": "Value",
    "tg.sum([1.0, 2.0])": "float",
    "tg.mean([1.0, x])": "Value",
    "tg.max(x * t for t in (1.0, 2.0))": "Value",
    "tg.softmax([x, x])": "list[Value]",
    "tg.softmax([1.0, 2.0])": "list[float]",
    "tg.dot([x], [1.0])": "Value",
    "tg.dot([1.0], [x])": "Value",
    "tg.dot([1.0], [2.0])": "float",
    "tg.where(x > 0, x, 0.0)": "Value",
    "tg.where(x > 0, 0.0, lambda: tg.log(x))": "Value",
    "tg.where(True, 1.0, 2.0)": "float",
}
WRONG = ["tg.gradd", 'tg.Value("3")', "tg.exp([x])", "x.gradient", "tg.sum(x)", 'x + "1"']


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What mypy says of a program with one expression a line."""
    folder = tmp_path_factory.mktemp("typed")
    lines = ["import tinygrad_edu as tg", "x, d = tg.Value(2.0), tg.Dual(2.0)"]
    lines += [f"reveal_type({expression})" for expression in REVEALED] + WRONG
    (folder / "program.py").write_text("\n".join(lines))
    (folder / "mypy.ini").write_text(f"[mypy]\nstrict = true\nmypy_path = {SOURCE}\n")
    before, depth = Path.cwd(), sys.getrecursionlimit()
    os.chdir(folder)
    try:
        return api.run(["--config-file", "mypy.ini", "--cache-dir", str(SOURCE.parent / ".mypy_cache"), "program.py"])[
            0
        ]
    finally:
        os.chdir(before)
        sys.setrecursionlimit(depth)  # mypy raises it for its whole process


def said(checked: str, line: int) -> str:
    return "\n".join(re.findall(rf"^program.py:{line}: (.*)$", checked, re.MULTILINE))


@pytest.mark.parametrize("expression", REVEALED)
def test_a_node_comes_back_from_a_node_and_a_number_from_a_number(checked: str, expression: str) -> None:
    line = 3 + list(REVEALED).index(expression)
    found = re.sub(r"(\w+\.)+", "", said(checked, line))
    assert found == f'note: Revealed type is "{REVEALED[expression]}"'


@pytest.mark.parametrize("expression", WRONG)
def test_what_is_wrong_is_an_error(checked: str, expression: str) -> None:
    assert "error" in said(checked, 3 + len(REVEALED) + WRONG.index(expression))
