"""Plants small errors in the library and sees whether its tests notice: `make mutants MINUTES=10 M=core/slopes.py`.

An error is one changed operator, comparison, number, condition or result. Each is tried on a copy of the package, with
the tests of its module (`tests/WING/test_MODULE.py`), then, if they do not notice, with those of its wing, then with
those of the whole engine that stand at the root of the tests; in an order that is random but always the same.
`--sample 9` tries at most nine errors of each module. Results are kept in `.make/mutants.json`: the next run goes on
where this one stopped, and begins a module anew that has changed or whose tests have. What no test noticed is listed
with its line; tests that do not end in time are counted apart. mutmut, the usual tool, renames functions, and this
library reads their names and lines; nor has it a limit of time.
"""

import argparse
import ast
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "tinygrad_edu"
RESULTS = ROOT / ".make" / "mutants.json"
WHOLE = [  # tests of the engine as a whole
    f"tests/test_{name}.py"
    for name in "operations engine edge_cases special_points functions exact nesting graphs numpy".split()
]
NOTICED, SURVIVED, ENDLESS = "noticed", "survived", "not ended in time"
OPERATORS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"), ast.Pow: ("**", "*"),
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"), ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="), ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is"), ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"), ast.And: ("and", "or"), ast.Or: ("or", "and"),
}  # fmt: skip


class Mutant(NamedTuple):
    """One error: the bytes of the file that are replaced, and by what."""

    line: int
    start: int
    end: int
    new: str


def mutants(source: str) -> Iterator[Mutant]:
    """All errors that are planted in a module; annotations and what is raised are left alone."""
    text, starts = source.encode(), [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def begin(node: ast.expr) -> int:
        return starts[node.lineno - 1] + node.col_offset

    def end(node: ast.expr) -> int:
        return starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)

    for node in _within(ast.parse(source)):
        for left, operator, right in operations(node):
            old, new = OPERATORS.get(type(operator), ("", ""))
            between = text[end(left) : begin(right)].decode()  # brackets may stand there too
            if old and between.count(old) == 1:
                yield Mutant(left.lineno, end(left), begin(right), between.replace(old, new))
        for place, new in replaced(node):
            old = text[begin(place) : end(place)].decode()
            yield Mutant(place.lineno, begin(place), end(place), new.format(old))


def _within(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for name, child in ast.iter_fields(node):
        if name not in ("annotation", "returns", "exc", "msg"):
            for each in child if isinstance(child, list) else [child]:
                yield from _within(each) if isinstance(each, ast.AST) else ()


def operations(node: ast.AST) -> list[tuple[ast.expr, ast.AST, ast.expr]]:
    """The operators within a node, with what stands on both sides."""
    if isinstance(node, ast.BinOp):
        return [(node.left, node.op, node.right)]
    if isinstance(node, ast.Compare):
        return list(zip([node.left, *node.comparators], node.ops, node.comparators, strict=False))
    return [(node.values[0], node.op, node.values[1])] if isinstance(node, ast.BoolOp) else []


def replaced(node: ast.AST) -> list[tuple[ast.expr, str]]:
    """The expressions that are replaced, by a text with a place for what stood there."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return [(node, str(not node.value) if isinstance(node.value, bool) else "({} + 1)")]
    if isinstance(node, ast.Return) and node.value and not isinstance(node.value, ast.Constant):
        return [(node.value, "None")]
    return [(node.test, "(not ({}))")] if isinstance(node, ast.If | ast.IfExp | ast.While) else []


def tests_of(module: Path) -> Path:
    """The tests of a module, or those of its whole wing."""
    place = ROOT / "tests" / module.parent / f"test_{module.name}"
    return place if place.exists() else place.parent


def stages(module: Path) -> list[list[Path]]:
    """Tests to try one after the other until some notice: of the module, of its wing, of the engine as a whole."""
    own, wing = tests_of(module), ROOT / "tests" / module.parent
    whole = [ROOT / each for each in WHOLE if (ROOT / each).exists()]
    found = [[own], [wing] if module.parent.name else [], [each for each in whole if each != own]]
    return [stage for i, stage in enumerate(found) if stage and stage not in found[:i]]


def outcome(source: Path, tests: list[Path], seconds: float) -> str:
    """What the tests make of the package in a folder."""
    plugins = ["-p", "no:cacheprovider", "-p", "no:tinygrad_edu", "--no-cov"]
    command = [sys.executable, "-m", "pytest", "-q", "-x", *plugins, *map(str, tests)]
    environment = {**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - this Python, our own tests
            command, cwd=ROOT, env=environment, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return ENDLESS
    return NOTICED if done.returncode else SURVIVED


def main(arguments: list[str] | None = None) -> int:
    """Try mutants until the time is over, then list the survivors; 1 if there are some."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("minutes", nargs="?", type=float, default=10.0, help="begin no new mutant after this time")
    parser.add_argument("--sample", type=int, help="at most so many of each module; all unless given")
    parser.add_argument("modules", nargs="*", help="such as core/slopes.py; all if none is given")
    options = parser.parse_intermixed_args(arguments)
    end = time.monotonic() + 60 * options.minutes
    modules = [Path(each) for each in options.modules] or sorted(p.relative_to(PACKAGE) for p in PACKAGE.rglob("*.py"))
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    for module in modules:
        source = (PACKAGE / module).read_text("utf-8")
        digest = hashlib.sha256(
            source.encode() + b"".join(p.read_bytes() for p in _files(tests_of(module)))
        ).hexdigest()
        results = kept.setdefault(str(module), {})
        if results.get("of") != digest:
            results.clear()
            results["of"] = digest
        with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
            _try(module, results, Path(folder), end, options.sample)
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(kept, indent=1), "utf-8")
        _tell(module, results, sum(1 for _ in mutants(source)))
    return int(any(SURVIVED in each.values() for each in kept.values()))


def _tell(module: Path, results: dict[str, str], total: int) -> None:
    counts = {each: sum(found == each for found in results.values()) for each in (NOTICED, SURVIVED, ENDLESS)}
    listed = ", ".join(f"{count} {name}" for name, count in counts.items() if count or name != ENDLESS)
    sys.stdout.write(f"{module}: {listed} of {total}\n")
    sys.stdout.writelines(f"    {key}\n" for key, found in results.items() if found == SURVIVED)
    sys.stdout.flush()


def _files(place: Path) -> list[Path]:
    return sorted(place.rglob("*.py")) if place.is_dir() else [place]


def _try(module: Path, results: dict[str, str], folder: Path, end: float, sample: int | None) -> None:
    """Add to the results of one module until the time is over."""
    shutil.copytree(PACKAGE, folder / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    target = folder / PACKAGE.name / module
    text = target.read_bytes()
    found = list(mutants(text.decode()))
    chosen = [(each, _key(text, each)) for each in random.Random(0).sample(found, len(found))[:sample]]
    chosen = [(each, key) for each, key in chosen if key not in results]
    begin = time.monotonic()
    if not chosen or begin >= end:
        return
    first, *others = stages(module)
    if outcome(folder, first, 600) != SURVIVED:
        sys.stdout.write(f"{module}: not tried: its tests fail as they are\n")
        return
    seconds = 20 + 5 * (time.monotonic() - begin)  # other programs may need the machine too
    for each, key in chosen:
        if time.monotonic() >= end:
            return
        target.write_bytes(text[: each.start] + each.new.encode() + text[each.end :])
        results[key] = outcome(folder, first, seconds)
        for stage in others:
            if results[key] == SURVIVED:
                results[key] = outcome(folder, stage, 600)


def _key(text: bytes, mutant: Mutant) -> str:
    old = text[mutant.start : mutant.end].decode()
    return f"line {mutant.line}, byte {mutant.start}: {old.strip()}  ->  {mutant.new.strip()}"


if __name__ == "__main__":
    sys.exit(main())
