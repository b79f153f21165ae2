"""Every example in the documentation runs and prints what it says: docstrings, README, and the pages in docs/.

In a page, a block ```python is a doctest, all blocks of a page share one namespace; a block ```console shows commands
after `$ ` with what they print. The library's own commands and the examples are run, `make` and `pip` are not.
"""

import ast
import doctest
import importlib
import inspect
import os
import pkgutil
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import tinygrad_edu as tg

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    ROOT / "examples" / "README.md",
    *sorted(ROOT.glob("docs/**/*.md")),
]
MODULES = [
    module.name
    for module in pkgutil.walk_packages(tg.__path__, "tinygrad_edu.")
    if not module.name.endswith(".__main__")  # importing it runs the command line
]
OPTIONS = doctest.ELLIPSIS
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CHECKER = doctest.OutputChecker()


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> list[tuple[int, str]]:
    """The fenced blocks of that language, each with the number of its first line."""
    text = page.read_text(encoding="utf-8")
    return [(text.count("\n", 0, m.start(2)), m[2]) for m in FENCE.finditer(text) if m[1] == language]


def failures_of(test: doctest.DocTest) -> str:
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    runner.run(test, out=report.append, clear_globs=False)
    return "".join(report)


# --- docstrings ----------------------------------------------------------------------------------------------


class Finder(doctest.DocTestFinder):
    """Finds the classes that a module defines also where they name themselves after the package."""

    def _from_module(self, module, object):  # the base class has these names
        defined = {node.name for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.ClassDef)}
        return object.__name__ in defined if inspect.isclass(object) else super()._from_module(module, object)


@pytest.mark.parametrize("name", ["tinygrad_edu", *MODULES])
def test_examples_in_docstrings_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where an example that saves a file does no harm
    tests = Finder(exclude_empty=True).find(importlib.import_module(name))
    assert "".join(failures_of(test) for test in tests) == ""


def test_every_public_name_has_an_example():
    public = {name: getattr(tg, name) for name in tg.__all__}
    explained = {name: inspect.getdoc(item) or "" for name, item in public.items() if callable(item)}
    assert [name for name, text in explained.items() if ">>>" not in text] == []


def test_every_public_name_is_on_the_list():
    defined = {name for name, item in vars(tg).items() if name[0] != "_" and not inspect.ismodule(item)}
    assert defined <= set(tg.__all__)
    assert [name for name in tg.__all__ if not hasattr(tg, name)] == []


# --- pages ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("untraced")  # other tests cover the library
@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_python_examples_in_pages_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    parser, namespace, report = doctest.DocTestParser(), {"__name__": "__main__"}, ""
    for line, block in blocks(page, "python"):
        assert ">>>" in block, f"{name_of(page)}:{line + 1}: a Python block without >>> is run by nobody"
        test = parser.get_doctest(block, namespace, page.name, str(page), line)
        report += failures_of(test)
        namespace = test.globs
    assert report == ""
    assert other_pictures(tmp_path) == [], "make pictures draws them anew; look at each"


def other_pictures(folder: Path) -> list[str]:
    """Pictures of graphs and networks that come out otherwise than those the pages show, which are the same bytes."""
    drawn = {path.name: path.read_text("utf-8") for path in folder.glob("*.svg")}
    kept = {name: ROOT / "docs" / "pictures" / name for name in drawn}
    ours = {name: text for name, text in drawn.items() if 'class="tinygrad-edu"' in text and kept[name].exists()}
    return [name for name, text in ours.items() if kept[name].read_text("utf-8") != text]


def commands(page: Path) -> list[tuple[str, str]]:
    """The commands in the page's console blocks, each with the output it shows."""
    shown = []
    for _, block in blocks(page, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            while command.endswith("\\"):
                more, _, output = output.partition("\n")
                command = command[:-1] + more
            shown.append((command, output))
    return shown


def program(command: str) -> list[str] | None:
    """What to run for a command of the library's or an example, None for another program's."""
    words = shlex.split(command, comments=True)
    if words[0] == "tinygrad-edu":
        return [sys.executable, "-m", "tinygrad_edu", *words[1:]]
    if words[0] == "python" and words[1:2] != ["-m"]:
        return [sys.executable, *words[1:]]
    return [sys.executable, *words[1:]] if words[:3] == ["python", "-m", "tinygrad_edu"] else None


CONSOLE = [
    pytest.param(command, output, id=f"{name_of(page)}: {command}")
    for page in PAGES
    for command, output in commands(page)
]


@pytest.fixture(scope="session")
def plots_ready(tmp_path_factory):
    """A folder for matplotlib with its list of fonts, which takes seconds to make, and says so if they are many."""
    folder = tmp_path_factory.mktemp("matplotlib")
    import_it = [sys.executable, "-c", "import matplotlib.font_manager"]
    subprocess.run(import_it, env={**os.environ, "MPLCONFIGDIR": str(folder)}, capture_output=True, check=False)
    return str(folder)


@pytest.mark.parametrize(("command", "output"), CONSOLE)
def test_commands_in_pages_print_what_the_page_shows(command, output, tmp_path, plots_ready):
    arguments = program(command)
    if arguments is None:
        known = re.match(r"(make|git|cd|python3? -m (pip|venv|pytest|benchmarks)|pip|pytest|source|\. )\b", command)
        assert known, f"{command!r} is run by nobody: is it misspelt?"
        return
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    plain = {"COLUMNS": "80", "NO_COLOR": "1", "PYTHON_COLORS": "0", "PYTHONIOENCODING": "utf-8"}
    plain["XDG_CACHE_HOME"] = str(tmp_path / "cache")  # the reader's own stays as it is
    plain["MPLCONFIGDIR"] = plots_ready
    run = subprocess.run(
        arguments,
        cwd=tmp_path,
        env={**os.environ, **plain},
        text=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in run.stdout
    if output.strip() and not CHECKER.check_output(output.rstrip() + "\n", run.stdout.rstrip() + "\n", OPTIONS):
        assert run.stdout.rstrip() == output.rstrip()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_make_targets_named_in_pages_exist(page):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = re.findall(r"(?:`|^\$ )make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(named) <= targets


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_within_the_project_lead_somewhere(page):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    targets = re.findall(r"\]\(([^)#\s]+)(#[^)\s]*)?\)|src(?:set)?=\"([^\"]+)\"", text)
    local = [target or source for target, _, source in targets if "://" not in (target or source)]
    assert [target for target in local if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_to_headings_lead_somewhere(page):
    broken = []
    for target, heading in re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        there = page.parent / target if target else page
        headings = re.findall(r"^#+ (.+)$", FENCE.sub("", there.read_text(encoding="utf-8")), re.MULTILINE)
        if heading not in {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}:
            broken.append(f"{target}#{heading}")
    assert broken == []


def test_every_page_is_listed_on_the_index():
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    pages = [page.relative_to(ROOT / "docs").as_posix() for page in sorted(ROOT.glob("docs/**/*.md"))]
    assert [page for page in pages if page != "index.md" and f"({page})" not in index] == []


# --- the claims of the page on design --------------------------------------------------------------------------


SOURCES = ROOT / "src" / "tinygrad_edu"
FILES = {
    ".".join(file.relative_to(SOURCES).with_suffix("").parts): file
    for file in SOURCES.glob("**/*.py")
    if file.name != "__init__.py"
}


def imported_by(name: str) -> set[str]:
    """The library's modules that this one imports when it is imported, by their paths below the library's folder."""
    package = name.split(".")[:-1]
    found = set()
    for node in ast.parse(FILES[name].read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*package[: len(package) - node.level + 1], *filter(None, [node.module])]
            found |= {".".join(path) for path in [base, *([*base, alias.name] for alias in node.names)]}
    return found & set(FILES)


def test_modules_import_one_way():
    waiting = {name: imported_by(name) for name in FILES}
    while free := [name for name, needed in waiting.items() if not needed & set(waiting)]:
        for name in free:
            del waiting[name]
    assert waiting == {}, "these import each other in a circle, or need those that do"
