"""Plants small errors in the library and sees whether its tests notice: `make mutants MINUTES=10 M=core/slopes.py`.

An error is one changed operator, comparison, number, condition or result. Each is tried on a copy of the package, in an
order that is random but always the same. `--map` first runs the whole suite and notes which tests run which line; an
error is then tried with the tests that run its line: those of its module, then the quickest, then all. `--add FILE`
adds new tests to that map. Without a map, or where the module has changed since, an error is tried with the tests of
its module (`tests/WING/test_MODULE.py`), then with those of its wing, then with those of the whole engine that stand at
the root of the tests.

`--sample 9` tries at most nine errors of each module, `--drawn 400` so many of all modules together, drawn by chance.
Results are kept in `.make/mutants.json`: the next run goes on where this one stopped. It begins a module anew that has
changed, and tries again what survived if any test has changed. What no test noticed is listed with its line; tests that
do not end in time are counted apart, and so are those of `equal_mutants.toml`: places where the changed program does
the same as before, each with the reason. mutmut, the usual tool, renames functions, and this library reads their names
and lines; nor has it a limit of time.
"""

import argparse
import ast
import compileall
import functools
import hashlib
import json
import os
import py_compile
import random
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "tinygrad_edu"
RESULTS = ROOT / ".make" / "mutants.json"
MAP = ROOT / ".make" / "mutants-map.json"
QUICKEST, LONGEST = 200, 90.0  # tests that are tried first; seconds that all of a line may take, unless given
WHOLE = [  # tests of the engine as a whole
    f"tests/test_{name}.py"
    for name in "operations engine edge_cases special_points functions exact nesting graphs numpy".split()
]
EQUALS = Path(__file__).with_name("equal_mutants.toml")
OF_SIGNATURES = "tests/test_signatures.py"  # looks at defaults without calling what has them
NOTICED, SURVIVED, ENDLESS, EQUAL = "noticed", "survived", "not ended in time", "equal"
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
                yield from _within(each) if isinstance(each, ast.AST) and not _is_guard(each) else ()


def _is_guard(node: ast.AST) -> bool:
    """Whether it is the `strict=True` of a zip, which only wrong code would ever meet."""
    return isinstance(node, ast.keyword) and node.arg == "strict"


def operations(node: ast.AST) -> list[tuple[ast.expr, ast.AST, ast.expr]]:
    """The operators within a node, with what stands on both sides."""
    if isinstance(node, ast.BinOp):
        return [(node.left, node.op, node.right)]
    if isinstance(node, ast.Compare):
        return list(zip([node.left, *node.comparators], node.ops, node.comparators, strict=False))
    return [(node.values[0], node.op, node.values[1])] if isinstance(node, ast.BoolOp) else []


def replaced(node: ast.AST) -> list[tuple[ast.expr, str]]:
    """The expressions that are replaced, by a text with a place for what stood there."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and node.value + 1 != node.value:
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
    root = ROOT / "tests"
    own, wing = tests_of(module), root / module.parent
    whole = [ROOT / each for each in WHOLE if (ROOT / each).exists()]
    found = [[each for each in near if each != root] for near in ([own], [wing])]
    found.append([each for each in whole if each != own])
    return [stage for i, stage in enumerate(found) if stage and stage not in found[:i]]


# --- which tests run which line --------------------------------------------------------------------------------------


class Durations:
    """A plugin of pytest that notes how long each test takes."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Add up setup, test and teardown."""
        self.seconds[report.nodeid] += report.duration


def write_map(added: Sequence[str] = ()) -> None:
    """Run the whole suite once, and keep which tests run which line of which module; or add some tests to what is kept.

    What was kept of a module that has changed since is dropped.
    """
    import coverage  # noqa: PLC0415 - the tests of this tool do without
    import pytest  # noqa: PLC0415

    MAP.parent.mkdir(exist_ok=True)
    data = MAP.with_suffix(".coverage")
    os.environ["COVERAGE_FILE"] = str(data)
    durations = Durations()
    measure = ["--cov", "--cov-context=test", "--cov-report=", "--cov-fail-under=0"]
    pytest.main(
        ["-q", "-p", "no:cacheprovider", *measure, "-n", "auto", "--dist", "loadgroup", *added], plugins=[durations]
    )
    measured = coverage.CoverageData(str(data))
    measured.read()
    kept: dict[str, Any] = json.loads(MAP.read_text("utf-8")) if added else {"seconds": {}, "modules": {}}
    seconds = kept["seconds"] | {name: round(each, 3) for name, each in durations.seconds.items()}
    names, modules = list(seconds), {}
    places = {name: i for i, name in enumerate(names)}
    for path in sorted(PACKAGE.rglob("*.py")):
        module, of = str(path.relative_to(PACKAGE)), _digest(path.read_bytes())
        before = kept["modules"].get(module, {})
        lines = {int(n): set(tests) for n, tests in before["lines"].items()} if before.get("of") == of else {}
        for n, found in measured.contexts_by_lineno(str(path)).items():
            lines.setdefault(n, set()).update({places.get(each.partition("|")[0], -1) for each in found} - {-1})
        if lines:
            modules[module] = {"of": of, "lines": {str(n): sorted(found) for n, found in lines.items() if found}}
    MAP.write_text(json.dumps({"seconds": seconds, "modules": modules}), "utf-8")


def stages_of_line(known: dict[str, Any], module: Path, line: int, longest: float = LONGEST) -> list[list[str]]:
    """Tests that run this line: those of its module, then the quickest, then as many as are not too long."""
    entry = known.get("modules", {}).get(str(module), {})
    source = (PACKAGE / module).read_bytes()
    if entry.get("of") != _digest(source):
        return []
    tests, seconds = list(known["seconds"]), list(known["seconds"].values())
    found = entry["lines"].get(str(line), [])
    is_at_import = line not in _lines_within_functions(source)
    if is_at_import:  # it has a say wherever its module is used
        found = set().union(*entry["lines"].values())
    quick_first = sorted(found, key=lambda i: seconds[i])
    near = str(tests_of(module).relative_to(ROOT))
    own = [i for i in quick_first if tests[i].startswith(near)][:QUICKEST]
    total, rest = 0.0, []
    for i in quick_first:
        total += seconds[i]
        if i not in own and total < longest:
            rest.append(i)
    stages = [[tests[i] for i in each] for each in (own, rest[:QUICKEST], rest[QUICKEST:]) if each]
    if is_at_import:  # tests that only read what stands there run no line of it
        whole = tests_of(module)
        stages += [[*([str(whole.relative_to(ROOT))] if whole.is_file() else []), OF_SIGNATURES]]
    return stages


@functools.cache
def _lines_within_functions(source: bytes) -> set[int]:
    """The lines that run when a function is called, not when the module is imported."""
    lines: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            begin = max(node.body[0].lineno, node.lineno + 1)  # of `def f(x=1): ...` the line runs at import
            lines |= {*range(begin, (node.end_lineno or 0) + 1)}
    return lines


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# --- trying ----------------------------------------------------------------------------------------------------------


class Runner:
    """Runs tests on the package in a folder, in copies of a process that has imported what they need."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.warm_tests"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def outcome(self, source: Path, tests: Sequence[Path | str], seconds: float) -> str:
        """What the tests make of the package there: they notice, or it survives, or they do not end in time."""
        asked, answers = self._process.stdin, self._process.stdout
        if asked is None or answers is None:
            raise RuntimeError("Runner: the process has no pipes")
        asked.write(json.dumps({"folder": str(source), "tests": list(map(str, tests)), "seconds": seconds}) + "\n")
        asked.flush()
        return {"passed": SURVIVED, "failed": NOTICED}.get(answers.readline().strip(), ENDLESS)

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def main(arguments: list[str] | None = None) -> int:
    """Try mutants until the time is over, then list the survivors; 1 if there are some."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("minutes", nargs="?", type=float, default=10.0, help="begin no new mutant after this time")
    parser.add_argument("--map", action="store_true", help="first note which tests run which line")
    parser.add_argument("--add", action="append", help="add the lines of these tests, given by their file, to the map")
    parser.add_argument("--sample", type=int, help="at most so many of each module; all unless given")
    parser.add_argument("--drawn", type=int, help="so many of all modules together, drawn by chance")
    parser.add_argument("--seed", type=int, default=0, help="of the order; another one draws others")
    parser.add_argument("--longest", type=float, default=LONGEST, help="seconds that all tests of a line may take")
    parser.add_argument("--jobs", type=int, default=1, help="so many at a time")
    parser.add_argument("modules", nargs="*", help="such as core/slopes.py; all if none is given")
    options = parser.parse_intermixed_args(arguments)
    if options.map or options.add:
        write_map(options.add or [])
    end = time.monotonic() + 60 * options.minutes
    modules = [Path(each) for each in options.modules] or sorted(p.relative_to(PACKAGE) for p in PACKAGE.rglob("*.py"))
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    known = json.loads(MAP.read_text("utf-8")) if MAP.exists() else {}
    drawn = _drawn(modules, options.drawn, options.seed) if options.drawn else None
    work = [_Work(module, kept, known, end, drawn[module] if drawn else options.sample, options) for module in modules]
    RESULTS.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ThreadPoolExecutor(options.jobs) as pool:
        whole = Path(folder, "whole")
        shutil.copytree(PACKAGE, whole / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
        compileall.compile_dir(whole, quiet=1, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
        running = [pool.submit(each.done, whole) for each in work if not drawn or drawn[each.module]]
        for each in (future.result() for future in as_completed(running)):
            RESULTS.write_text(json.dumps(kept, indent=1), "utf-8")
            each.tell()
    found = Counter(result for each in work for result in each.counted().values())
    tried = found[NOTICED] + found[SURVIVED] + found[ENDLESS]
    if tried:
        equal = f", {found[EQUAL]} more change nothing" if found[EQUAL] else ""
        sys.stdout.write(f"in all {tried} tried, {1 - found[SURVIVED] / tried:.1%} noticed or endless{equal}\n")
    return int(found[SURVIVED] > 0)


def _drawn(modules: list[Path], count: int, seed: int) -> Counter[Path]:
    """How many of each module there are among so many mutants drawn from all."""
    places = [module for module in modules for _ in mutants((PACKAGE / module).read_text("utf-8"))]
    return Counter(random.Random(seed).sample(places, min(count, len(places))))


class _Work:
    """The mutants of one module that are to be tried."""

    def __init__(
        self,
        module: Path,
        kept: dict[str, dict[str, str]],
        known: dict[str, Any],
        end: float,
        sample: int | None,
        options: argparse.Namespace,
    ) -> None:
        self.module, self.known, self.end, self.longest = module, known, end, options.longest
        self.text = (PACKAGE / module).read_bytes()
        found = list(mutants(self.text.decode()))
        self.total = len(found)
        self.chosen = {
            _key(self.text, each): each for each in random.Random(options.seed).sample(found, len(found))[:sample]
        }
        self.equal = equal_ones(module, self.text, found)
        tests = _digest(b"".join(each.read_bytes() for each in sorted((ROOT / "tests").rglob("*.py"))))
        self.results = kept.setdefault(str(module), {})
        if self.results.get("of") != _digest(self.text):
            self.results.clear()
        if self.results.get("tests") != tests:  # other tests may notice what has survived
            for key in [key for key, found in self.results.items() if found == SURVIVED]:
                del self.results[key]
        self.results |= {"of": _digest(self.text), "tests": tests}

    def done(self, whole: Path) -> "_Work":
        """Itself, when all are tried or the time is over."""
        open_ones = [key for key in self.chosen if key not in self.results and key not in self.equal]
        if open_ones and time.monotonic() < self.end:
            with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
                shutil.copytree(whole, folder, dirs_exist_ok=True)
                runner = Runner()
                self._try(Path(folder), runner, open_ones)
                runner.close()
        return self

    def counted(self) -> dict[str, str]:
        """What became of those that were chosen and tried."""
        found = self.results | dict.fromkeys(self.equal, EQUAL)
        return {key: found[key] for key in self.chosen if key in found}

    def tell(self) -> None:
        """Print what was found."""
        counts = Counter(self.counted().values())
        shown = {NOTICED: counts[NOTICED], SURVIVED: counts[SURVIVED], **counts}
        listed = ", ".join(f"{count} {name}" for name, count in shown.items())
        sys.stdout.write(f"{self.module}: {listed} of {self.total}\n")
        sys.stdout.writelines(f"    {key}\n" for key, found in self.counted().items() if found == SURVIVED)
        sys.stdout.flush()

    def _try(self, folder: Path, runner: Runner, keys: list[str]) -> None:
        """Add to the results until the time is over."""
        target = folder / PACKAGE.name / self.module
        begin = time.monotonic()
        usual = stages(self.module)
        seconds = 20.0
        if not all(stages_of_line(self.known, self.module, self.chosen[key].line) for key in keys):
            if runner.outcome(folder, usual[0], 600) != SURVIVED:
                sys.stdout.write(f"{self.module}: not tried: its tests fail as they are\n")
                return
            seconds = 60 + 10 * (time.monotonic() - begin)  # other programs may need the machine too
        for key in keys:
            if time.monotonic() >= self.end:
                return
            each = self.chosen[key]
            target.write_bytes(self.text[: each.start] + each.new.encode() + self.text[each.end :])
            result = SURVIVED
            known = stages_of_line(self.known, self.module, each.line, self.longest)
            for stage in known or usual:
                if result == SURVIVED:
                    expected = sum(self.known["seconds"].get(each, 2.0) for each in stage) if known else 0.0
                    limit = seconds + 5 * expected
                    result = runner.outcome(folder, stage, limit)
            self.results[key] = result


def equal_ones(module: Path, text: bytes, found: list[Mutant]) -> set[str]:
    """The keys of mutants that are listed as changing nothing; a line of the list that fits none is an error."""
    listed = tomllib.loads(EQUALS.read_text("utf-8")).get(str(module), {}) if EQUALS.exists() else {}
    lines = text.decode().splitlines()
    keys: dict[str, set[str]] = {}
    for each in found:
        change = f"{lines[each.line - 1].strip()}  |  {_change(text, each)}"
        keys.setdefault(change, set()).add(_key(text, each))
    if unknown := listed.keys() - keys.keys():
        raise ValueError(f"{EQUALS.name}: {module} has no such place: {unknown}")
    return {key for change in listed for key in keys[change]}


def _key(text: bytes, mutant: Mutant) -> str:
    return f"line {mutant.line}, byte {mutant.start}: {_change(text, mutant)}"


def _change(text: bytes, mutant: Mutant) -> str:
    return f"{text[mutant.start : mutant.end].decode().strip()}  ->  {mutant.new.strip()}"


if __name__ == "__main__":
    sys.exit(main())
