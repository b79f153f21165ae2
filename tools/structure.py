"""The figures of a package's structure: `python tools/structure.py FOLDER [FOLDER …] [--tests FOLDER]`.

A *room* is a folder of modules, or a module at the root of the package. An *arrow* goes from a room to one that it
imports anywhere, inside functions too, but not for type checking only. A room stands one *floor* above the highest of
those it imports; rooms that import each other in a circle share a floor. The list of public names (the package's
`__init__`) and `__main__` are left out of the rooms. The size of a function is the lines of its body without the
docstring.
"""

import argparse
import ast
import re
import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef
Graph = dict[str, set[str]]
WORD = re.compile(r"\w+")
ANY = {"Any", "typing.Any"}


@dataclass
class Module:
    """A parsed file of the package; `path` is its dotted name below the package, "" for the package itself."""

    path: str
    file: Path
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        """How many lines the file has."""
        return len(self.text.splitlines())

    @property
    def is_face(self) -> bool:
        """Whether it is the `__init__` of a folder."""
        return self.file.name == "__init__.py"

    @property
    def package(self) -> list[str]:
        """The folder that relative imports start from."""
        parts = self.path.split(".") if self.path else []
        return parts if self.is_face else parts[:-1]


def modules_of(package: Path) -> dict[str, Module]:
    """All modules of the package by their dotted names below it."""
    found = {}
    for file in sorted(package.rglob("*.py")):
        parts = file.relative_to(package).with_suffix("").parts
        path = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = file.read_text("utf-8")
        found[path] = Module(path, file, text, ast.parse(text))
    return found


# --- imports ---------------------------------------------------------------------------------------------------------


def imports(modules: dict[str, Module], name: str) -> Graph:
    """For each module the modules of the package it imports, anywhere in its text. `name` is the package's."""
    return {path: set(_imported(module, modules, name)) - {path} for path, module in modules.items()}


def _imported(module: Module, modules: dict[str, Module], name: str) -> Iterator[str]:
    for node in _running(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                head, _, rest = alias.name.partition(".")
                if head == name and rest in modules:
                    yield rest
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, module, name)
            for alias in node.names if base is not None else []:
                inner = ".".join(filter(None, [base, alias.name]))
                yield inner if inner in modules else str(base)


def _base(node: ast.ImportFrom, module: Module, name: str) -> str | None:
    """What stands after `from`, below the package; None for another package."""
    rest = node.module.split(".") if node.module else []
    if node.level:
        package = module.package
        return ".".join(package[: len(package) - node.level + 1] + rest)
    return ".".join(rest[1:]) if rest[:1] == [name] else None


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a module without what stands under `if TYPE_CHECKING:`."""
    for child in ast.iter_child_nodes(tree):
        if not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)):
            yield child
            yield from _running(child)


def room_of(path: str, modules: dict[str, Module]) -> str:
    """The room a module is in: its folder, or the module itself where that is the root."""
    folder = ".".join(modules[path].package)
    return folder or path


def rooms(modules: dict[str, Module], graph: Graph) -> Graph:
    """For each room the rooms it imports."""
    inside = [path for path in modules if path not in {"", "__main__"}]
    found: Graph = {room_of(path, modules): set() for path in inside}
    for path in inside:
        here = room_of(path, modules)
        found[here] |= {room_of(other, modules) for other in graph[path] if other in inside} - {here}
    return found


def circles(graph: Graph) -> list[list[str]]:
    """The sets of modules that reach each other, each with more than one."""
    reached = {name: _reach(graph, name) for name in graph}
    together = {frozenset([a, *(b for b in reached[a] if a in reached[b])]) for a in graph}
    return sorted(sorted(each) for each in together if len(each) > 1)


def _reach(graph: Graph, start: str) -> set[str]:
    found: set[str] = set()
    waiting = [*graph[start]]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += graph.get(name, ())
    return found


def floors(graph: Graph) -> int:
    """The number of floors; rooms in a circle count as one floor."""
    ring = {name: frozenset(each) for each in circles(graph) for name in each}
    height: dict[str, int] = {}

    def of(name: str) -> int:
        if name not in height:
            members = ring.get(name, frozenset([name]))
            below = {other for member in members for other in graph[member]} - members
            height.update(dict.fromkeys(members, 1 + max(map(of, below), default=0)))
        return height[name]

    return max(map(of, graph), default=0)


# --- functions -------------------------------------------------------------------------------------------------------


def functions(modules: Iterable[Module]) -> list[Function]:
    """All functions and methods, nested ones too."""
    return [node for each in modules for node in ast.walk(each.tree) if isinstance(node, Function)]


def size(function: Function) -> int:
    """The lines of its body without the docstring; 0 if it has nothing else."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def public(modules: Iterable[Module]) -> Iterator[Function]:
    """Functions of modules and methods of classes whose names, and all names around them, have no underscore first."""

    def of(nodes: list[ast.stmt]) -> Iterator[Function]:
        for node in nodes:
            if isinstance(node, Function) and not node.name.startswith("_") and not _is_overload(node):
                yield node
            elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield from of(node.body)

    for each in modules:
        if not any(part.startswith("_") for part in each.path.split(".")):
            yield from of(each.tree.body)


def _is_overload(function: Function) -> bool:
    return any("overload" in ast.unparse(each) for each in function.decorator_list)


def says_any(function: Function, names: Set[str] = frozenset({"Any"})) -> bool:
    """Whether a type in its signature contains `Any`, or another of these names that stand for it."""
    given = function.args
    parameters = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    types = [each.annotation for each in parameters if each is not None] + [function.returns]
    return any(not names.isdisjoint(WORD.findall(ast.unparse(each))) for each in types if each is not None)


def names_of_any(modules: Iterable[Module]) -> Iterator[tuple[Module, set[str]]]:
    """Each module with the names in it that stand for `Any` and nothing else, as `Thing = Any` makes one."""
    modules = list(modules)
    made = {id(each): set(_aliases_of_any(each.tree)) for each in modules}
    everywhere = set().union(*made.values())
    for each in modules:
        imports = (node for node in ast.walk(each.tree) if isinstance(node, ast.ImportFrom))
        yield each, {"Any"} | made[id(each)] | {x.name for node in imports for x in node.names if x.name in everywhere}


def _aliases_of_any(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and ast.unparse(node.value) in ANY:
            yield from map(ast.unparse, node.targets if isinstance(node, ast.Assign) else [node.target])


# --- the table -------------------------------------------------------------------------------------------------------


def figures(package: Path, tests: Path | None) -> dict[str, str]:
    """The rows of the table for one package."""
    modules = modules_of(package)
    graph = imports(modules, package.name)
    plan = rooms(modules, graph)
    own = functions(modules.values())
    sizes = sorted(size(each) for each in own) or [0]
    documented = [ast.get_docstring(each) is not None for each in public(modules.values())]
    lines = sum(module.lines for module in modules.values())
    folders = [module.file.parent for module in modules.values() if not module.is_face]
    within = {path: others - {""} for path, others in graph.items() if path not in {"", "__main__"}}
    rows = {
        "lines / modules": f"{lines:,} / {len(modules)}",
        "modules in one folder, most": str(max(map(folders.count, folders), default=0)),
        "lines in one wing, most": f"{max(_lines_by_wing(modules.values(), package), default=0):,}",
        "rooms": str(len(plan)),
        "floors": str(floors(plan)),
        "arrows": str(sum(map(len, plan.values()))),
        "rooms in circles": str(sum(map(len, circles(plan)))),
        "modules in circles": str(sum(map(len, circles(within)))),
        "longest module": str(max(module.lines for module in modules.values())),
        "function lines: median / 90 % / longest": " / ".join(
            f"{each:g}" for each in (statistics.median(sizes), sizes[int(0.9 * (len(sizes) - 1))], sizes[-1])
        ),
        "public functions documented": _percent(documented),
        "signatures with Any": _percent(
            [says_any(each, names) for module, names in names_of_any(modules.values()) for each in functions([module])]
        ),
    }
    if tests is not None:
        tested = sum(len(file.read_text("utf-8").splitlines()) for file in tests.rglob("*.py"))
        rows["test lines / ratio"] = f"{tested:,} / {tested / lines:.1f}"
    return rows


def _lines_by_wing(modules: Iterable[Module], package: Path) -> Iterable[int]:
    """The lines of each folder below the package's own, its face included."""
    lines: Counter[Path] = Counter()
    for module in modules:
        if module.file.parent != package:
            lines[module.file.parent] += module.lines
    return lines.values()


def _percent(flags: list[bool]) -> str:
    return f"{100 * sum(flags) / len(flags):.0f} %" if flags else "–"


def table(columns: dict[str, dict[str, str]]) -> str:
    """The columns as a table in Markdown."""
    names = [*columns]
    rows = [*dict.fromkeys(row for column in columns.values() for row in column)]
    lines = [f"| | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    lines += [f"| {row} | {' | '.join(columns[name].get(row, '–') for name in names)} |" for row in rows]
    return "\n".join(lines) + "\n"


def details(package: Path) -> str:
    """The rooms with what each imports, and the circles."""
    modules = modules_of(package)
    graph = imports(modules, package.name)
    text = "".join(f"{room}: {', '.join(sorted(other)) or '–'}\n" for room, other in rooms(modules, graph).items())
    return text + "".join(f"circle: {', '.join(each)}\n" for each in circles(graph))


def main(arguments: list[str] | None = None) -> None:
    """Print the table, and with --rooms each room."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("packages", nargs="+", type=Path, help="folders of packages, a column each")
    parser.add_argument("--tests", action="append", type=Path, default=[], help="the tests of each, in the same order")
    parser.add_argument("--rooms", action="store_true", help="list the rooms and what each imports")
    options = parser.parse_args(arguments)
    tests = [*options.tests, *[None] * len(options.packages)]
    columns = {}
    for package, folder in zip(options.packages, tests, strict=False):
        label = package.name if package.name not in columns else str(package)
        columns[label] = figures(package.resolve(), folder)
    sys.stdout.write(table(columns))
    if options.rooms:
        sys.stdout.write("\n" + "\n".join(details(package.resolve()) for package in options.packages))


if __name__ == "__main__":
    main()
