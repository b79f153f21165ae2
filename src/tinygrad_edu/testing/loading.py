"""Load a file that may train, print, download or never end when it is imported, and take the class out of it."""

import ast
import importlib
import io
import json
import linecache
import re
import sys
import types
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ..engine_checks.limits import TimeUpError, time_limit
from ..foreign_engines.engines import Namespace
from ..foreign_engines.shapes import candidates
from .kit import is_own

MAGIC = re.compile(r"^([ \t]*)(?:[%!].*|.*\?)$", re.MULTILINE)  # %matplotlib, !pip, Value?
IMPORTS = ast.Import | ast.ImportFrom
KEPT = ast.Import | ast.ImportFrom | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


class Loaded(NamedTuple):
    """What a file defines, and what happened meanwhile."""

    module: types.ModuleType
    notes: list[str]
    is_partial: bool  # only classes, functions and imports were taken from it

    @property
    def names(self) -> Namespace:
        """What the module and its neighbours in the same folder define."""
        folder = str(Path(self.module.__file__ or "").parent)
        near = {n for n, m in list(sys.modules.items()) if str(getattr(m, "__file__", None) or "").startswith(folder)}
        found = vars(self.module).items()
        return {n: each for n, each in found if any(is_own(each, home) for home in {self.module.__name__, *near})}


class Counter(io.TextIOBase):
    """Takes what is printed and keeps nothing but how much it was."""

    count = 0
    encoding = "utf-8"

    def write(self, text: str) -> int:  # noqa: D102
        self.count += len(text)
        return len(text)


def code_in(path: Path) -> str:
    """The Python code in a file; that of a notebook's cells, without lines and cells that are no Python.

    Raises SyntaxError if it is not what its ending says.
    """
    text = path.read_text("utf-8-sig", errors="replace")
    if path.suffix != ".ipynb":
        return text
    try:
        cells = ["".join(each["source"]) for each in json.loads(text)["cells"] if each["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError) as error:
        raise SyntaxError(f"this is no notebook: {error!r}") from error
    return "\n".join(filter(_is_python, (MAGIC.sub(r"\1pass", cell) for cell in cells)))


def _is_python(code: str) -> bool:
    try:
        return bool(ast.parse(code))
    except (SyntaxError, ValueError):
        return False


def load(path: Path, seconds: float, *, extract: bool = False) -> Loaded:
    """The module in a file; where it raises or takes too long, its classes, functions and imports alone."""
    source = code_in(path)
    tree = ast.parse(source, str(path))
    is_notebook = path.suffix == ".ipynb"
    if is_notebook:  # for the lines in tracebacks and findings
        linecache.cache[str(path)] = (len(source), None, source.splitlines(keepends=True), str(path))
    packages, root = _packages_above(path.parent)
    name = ".".join([*packages, path.stem])
    if name in sys.modules or not all(map(str.isidentifier, name.split("."))):
        name = f"engine_{abs(hash(path.stem))}"
    module = types.ModuleType(name)
    module.__file__, module.__package__ = str(path), ".".join(packages)
    _make_room([path.parent, root] if packages else [root])
    sys.modules[name] = module  # so other files of its package, which import it, find this very class
    printed = Counter()
    sys.stdout = sys.stderr = printed
    before = dict(sys.modules)
    run = partial(exec, compile(tree, str(path), "exec"), vars(module))
    notes, failed = ([], False) if extract else _run(run, seconds)
    if failed and packages and name.startswith(packages[0]):  # perhaps one file needs another to come first
        for each in [each for each in sys.modules if each.partition(".")[0] == packages[0]]:
            del sys.modules[each]
        printed.count = 0
        notes, failed = _run(partial(importlib.import_module, name), seconds)
        module = module if failed else sys.modules[name]
        sys.modules[name] = module
    sys.modules.update({name: each for name, each in before.items() if name not in sys.modules})
    if printed.count > 200:
        notes.append(f"prints {printed.count:,} characters when it is imported")
    if is_notebook:
        notes.append("lines are counted through the code cells of the notebook")
    has_class = any(hasattr(each, "__mul__") for _, each in candidates(vars(module), name))
    if extract or (failed and (is_notebook or not has_class)):  # a later cell may define the class anew
        notes += _extract(tree, path, module)
        failed = True
    return Loaded(module, notes, failed)


def _packages_above(folder: Path) -> tuple[list[str], Path]:
    """The packages that a folder is in, the outermost first, and the folder that holds them."""
    packages: list[str] = []
    while (folder / "__init__.py").exists():
        packages.insert(0, folder.name)
        folder = folder.parent
    return packages, folder


def _make_room(folders: list[Path]) -> None:
    """These folders on the path, behind the standard library."""
    place = next((i for i, each in enumerate(sys.path) if each.endswith("-packages")), len(sys.path))
    sys.path[place:place] = map(str, folders)


def _run(run: Callable[[], object], seconds: float) -> tuple[list[str], bool]:
    """What happened when a file was run, which is the task here (the worker limits it), and whether it failed."""
    try:
        with time_limit(seconds):
            run()
    except TimeUpError:
        return [f"importing it takes more than {seconds:g} s: put what runs under if __name__ == '__main__'"], True
    except BaseException as error:  # sys.exit() too
        return [f"importing it raises {type(error).__name__}: {str(error)[:200]}"], True
    return [], False


def _extract(tree: ast.Module, path: Path, module: types.ModuleType) -> list[str]:
    """Run imports, definitions and constants one by one, each for itself."""
    notes = []
    for node in tree.body:
        if not _is_definition(node):
            continue
        try:
            with time_limit(5):
                exec(compile(ast.Module([node], []), str(path), "exec"), vars(module))  # noqa: S102 - as above
        except ImportError as error:
            notes.append(f"needs a module that is not here: {error}")
        except BaseException as error:
            notes.append(f"line {node.lineno} raises {type(error).__name__}")
    return notes


def _is_definition(node: ast.stmt) -> bool:
    if isinstance(node, ast.Try | ast.If):
        return all(isinstance(each, IMPORTS | ast.Pass) for each in node.body)
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return not any(isinstance(each, ast.Call) for each in ast.walk(node))
    return isinstance(node, KEPT)
