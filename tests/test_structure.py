"""tools/structure.py counts rooms, floors, arrows and circles of a package, and measures its functions."""

from pathlib import Path

import pytest

import tinygrad_edu
from tools import structure

FILES = {
    "__init__.py": "from .top import run\n",
    "base.py": "import math\n",
    "top.py": "def run():\n    'Says it.'\n    from .wing import inner\n    return inner\n\ndef bare(x):\n    pass\n",
    "wing/__init__.py": "from .inner import inner\n",
    "wing/inner.py": "import typing\nfrom .. import base\n\ndef inner(x: typing.Any) -> int:\n    return x\n",
    "wing/left.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ..top import run\n"
    "import small.wing.right\n",
    "wing/right.py": "def late():\n    from . import left\n    return left\n",
}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    package = tmp_path / "small"
    for name, text in FILES.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text)
    return package


def test_imports_inside_functions_count_and_those_for_type_checking_do_not(small: Path) -> None:
    graph = structure.imports(structure.modules_of(small), "small")
    assert graph["top"] == {"wing.inner"}
    assert graph["wing.left"] == {"wing.right"}
    assert graph["wing.right"] == {"wing.left"}
    assert graph["wing.inner"] == {"base"}


def test_rooms_arrows_floors_and_circles(small: Path) -> None:
    modules = structure.modules_of(small)
    graph = structure.imports(modules, "small")
    plan = structure.rooms(modules, graph)
    assert plan == {"base": set(), "top": {"wing"}, "wing": {"base"}}
    assert structure.floors(plan) == 3
    assert structure.circles(graph) == [["wing.left", "wing.right"]]


def test_the_table_has_a_column_for_each_package(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    structure.main([str(small), str(Path(tinygrad_edu.__file__).parent), "--tests", str(small)])
    said = capsys.readouterr().out
    assert "| | small | tinygrad_edu |" in said
    lines = sum(len(text.splitlines()) for text in FILES.values())
    assert f"| lines / modules | {lines} / 7 |" in said
    assert "| public functions documented | 25 % |" in said  # one of run, bare, inner, late
    assert "| signatures with Any | 25 % |" in said


def test_at_most_a_tenth_of_the_signatures_contain_any() -> None:
    named = structure.names_of_any(structure.modules_of(Path(tinygrad_edu.__file__).parent).values())
    said = [structure.says_any(each, names) for module, names in named for each in structure.functions([module])]
    assert said.count(True) <= 0.1 * len(said)


def test_another_name_for_any_is_any(small: Path) -> None:
    (small / "base.py").write_text("from typing import Any\nThing = Any\nThings = list[int]\ndef f(x: Thing): ...\n")
    (small / "top.py").write_text(
        "from .base import Thing, Things\ndef g(x: 'list[Thing]'): ...\ndef h(x: Things): ...\n"
    )
    named = structure.names_of_any(structure.modules_of(small).values())
    found = {f.name: structure.says_any(f, names) for module, names in named for f in structure.functions([module])}
    assert found == {"inner": True, "f": True, "g": True, "h": False, "late": False}
