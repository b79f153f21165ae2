"""The package's structure: imports go one way, nothing third-party is loaded, modules stay small."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tinygrad_edu

SOURCE = Path(tinygrad_edu.__file__).parent
MODULES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in SOURCE.rglob("*.py")
    if path != SOURCE / "__init__.py"
}

DESIGN = Path(__file__).parents[1] / "docs" / "design.md"


def documented_order() -> list[str]:
    """The modules from the bottom up, as the design page lists them: a module may import those before it."""
    block = re.search(r"```text\n(numbers/.*?)```", DESIGN.read_text("utf-8"), re.DOTALL)
    assert block is not None
    order = []
    for line in block[1].splitlines():
        place, *modules = line.split()
        order += [place.replace("/", ".") + module for module in modules] or [place]
    return order


def imported(name: str) -> set[str]:
    """The modules of the package that this one imports, anywhere in it, but for type checking only."""
    tree = ast.parse(MODULES[name].read_text("utf-8"))
    typing_only = {
        id(each)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for each in ast.walk(node)
    }
    package = name.split(".")[:-1] if MODULES[name].name != "__init__.py" else name.split(".")
    found = set()
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name.removeprefix("tinygrad_edu.") for alias in node.names if "tinygrad_edu." in alias.name}
            found |= {"__init__" for alias in node.names if alias.name == "tinygrad_edu"}
        elif isinstance(node, ast.ImportFrom):
            found |= _imported_from(node, package)
    return found - {name}


def _imported_from(node: ast.ImportFrom, package: list[str]) -> set[str]:
    if node.level:
        base = package[: len(package) - node.level + 1] if node.level > 1 else package
    elif (node.module or "").split(".")[0] == "tinygrad_edu":
        base = []
    else:
        return set()
    path = base + ((node.module or "").removeprefix("tinygrad_edu").lstrip(".").split(".") if node.module else [])
    where = ".".join(filter(None, path))
    names = {f"{where}.{alias.name}".lstrip(".") for alias in node.names}
    return {name if name in MODULES else where or "__init__" for name in names}


IMPORTS = {name: imported(name) for name in MODULES}


def test_the_imports_of_the_engine_are_found() -> None:
    assert {"numbers.kinds", "core.comparison", "core.elementary", "numbers.number"} <= IMPORTS["engine"]
    assert "engine" in IMPORTS["functions"]


def test_the_design_page_lists_every_module_once() -> None:
    faces = {name for name, path in MODULES.items() if path.name == "__init__.py"}
    assert sorted(documented_order()) == sorted(set(MODULES) - faces - {"__main__"})


def test_every_import_runs_one_way() -> None:
    order = documented_order()
    for i, name in enumerate(order):
        above = IMPORTS[name] - set(order[:i]) - {"__init__"}
        assert not above, f"{name} imports {above}, which {DESIGN.name} does not list before it"


def test_a_face_only_hands_on_what_is_in_its_wing() -> None:
    for name, path in MODULES.items():
        if path.name == "__init__.py":
            body = ast.parse(path.read_text("utf-8")).body[1:]
            assert all(isinstance(node, ast.ImportFrom | ast.Assign) for node in body), f"{name} does more"
            assert all(each.startswith(f"{name}.") for each in IMPORTS[name]), f"{name} reaches outside"


def test_no_module_at_any_depth_is_named_after_a_public_function() -> None:
    """`import tinygrad_edu.staging.jit as m` would yield the function, not the module."""
    public = set(tinygrad_edu.__all__)
    assert [name for name in MODULES if name.rpartition(".")[2] in public] == []


# The command line starts from the package's version and its public functions.
FROM_THE_TOP = {"__main__", "command_line.cli"}


def test_no_module_imports_the_public_list() -> None:
    assert {name for name, found in IMPORTS.items() if "__init__" in found} <= FROM_THE_TOP


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_is_small_and_says_what_it_is_for(name: str) -> None:
    text = MODULES[name].read_text("utf-8")
    tree = ast.parse(text)
    assert len(text.splitlines()) < 500, "split it: one idea per module"
    assert ast.get_docstring(tree), "the first line says what the module is for"
    assert text.startswith(('"""', 'r"""'))
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Assert), f"line {node.lineno}: assert vanishes under python -O"
        if isinstance(node, ast.ImportFrom):
            assert all(alias.name != "*" for alias in node.names), f"line {node.lineno}: import *"


def python(code: str) -> str:
    """What a fresh interpreter prints."""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_importing_loads_no_third_party_module() -> None:
    loaded = python(
        "import sys; before = set(sys.modules); import tinygrad_edu; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    ).split()
    assert "tinygrad_edu" in loaded
    assert set(loaded) - {"tinygrad_edu"} <= sys.stdlib_module_names


def test_each_module_can_be_imported_first_without_third_party_modules() -> None:
    """Each into an interpreter that has forgotten the package, so that none relies on another's imports.

    Whatever is imported from a wing, its face comes first: a module that the face loads needs no turn of its own.
    """
    loaded = python(
        "import importlib, sys\n"
        "before, done = set(sys.modules), set()\n"
        f"for name in {sorted(set(MODULES) - {'__main__'}, key=lambda name: (name.count('.'), name))}:\n"
        "    if name in done:\n"
        "        continue\n"
        "    for each in [each for each in sys.modules if each.partition('.')[0] == 'tinygrad_edu']:\n"
        "        del sys.modules[each]\n"
        "    importlib.import_module(f'tinygrad_edu.{name}')\n"
        "    done |= {each[13:] for each in sys.modules if each.startswith(f'tinygrad_edu.{name}.')}\n"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    ).split()
    assert set(loaded) - {"tinygrad_edu"} <= sys.stdlib_module_names


def test_the_public_list_is_real_and_names_nothing_twice() -> None:  # ruff keeps it sorted
    assert len(tinygrad_edu.__all__) == len(set(tinygrad_edu.__all__))
    for name in tinygrad_edu.__all__:
        assert getattr(tinygrad_edu, name, None) is not None


def test_dir_lists_the_public_names_and_modules_and_nothing_else() -> None:
    modules = {"datasets", "losses", "nn", "optim", "plot", "recurrent", "saving", "schedules", "training"}
    assert set(dir(tinygrad_edu)) == {*tinygrad_edu.__all__, *modules}
