"""What pyproject.toml says of the package: what users get, what only developers do, and how an index shows the README.

`make release-check` looks at the built files; these tests look at what they are built from.
"""

import re
import tomllib
from pathlib import Path

import tinygrad_edu as tg
from tools import structure

ROOT = Path(__file__).parent.parent
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = SETTINGS["project"]
CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)]*)\)")


def readme_on_an_index() -> str:
    """The README after the substitutions that the build makes."""
    hook = SETTINGS["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]
    text = "".join((ROOT / part["path"]).read_text("utf-8") for part in hook["fragments"])
    for change in hook["substitutions"]:
        text = re.sub(change["pattern"], change["replacement"], text)
    return text


def test_no_link_and_no_picture_leads_nowhere_on_a_package_index() -> None:
    shown = CODE.sub("", readme_on_an_index())
    assert [target for _, _, target in LINK.findall(shown) if not target.startswith("https://")] == []
    assert "<img" not in shown


def test_an_index_shows_the_same_code_and_every_word_of_a_link() -> None:
    ours = (ROOT / "README.md").read_text("utf-8")
    shown = readme_on_an_index()
    assert CODE.findall(shown) == CODE.findall(ours)
    assert [text for _, text, _ in LINK.findall(CODE.sub("", ours)) if text not in shown] == []


def test_the_version_stands_in_one_place() -> None:
    assert "version" not in PROJECT
    assert SETTINGS["tool"]["hatch"]["version"]["path"] == "src/tinygrad_edu/__init__.py"
    assert re.fullmatch(r"\d+\.\d+\.\d+", tg.__version__)
    assert f"\n## {tg.__version__} " in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_extras_are_for_users_and_none_is_empty() -> None:
    extras = PROJECT["optional-dependencies"]
    assert set(extras) == {"plot", "train", "native"}
    assert all(extras.values())


def test_pictures_come_with_the_package_where_graphviz_pure_has_a_wheel() -> None:
    conditions = {each.partition(";")[2] for each in PROJECT["dependencies"] if each.startswith("graphviz-pure")}
    places = {tuple(re.findall(r"== '([^']*)'", each)) for each in conditions}
    assert places == {
        *(("linux", machine) for machine in ("x86_64", "aarch64")),
        *(("darwin", machine) for machine in ("x86_64", "arm64")),
        *(("win32", machine) for machine in ("AMD64", "ARM64")),
    }


def test_every_group_that_make_installs_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = {group for line in re.findall(r"^GROUPS_\w+ :=(.*)$", makefile, re.MULTILINE) for group in line.split()}
    assert named
    assert named <= set(SETTINGS["dependency-groups"])


def test_make_help_names_every_command() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    commands = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) - {"help"}
    explained = set(re.findall(r"^make ([a-z-]+)", makefile, re.MULTILINE))
    parts_of_test = {"lint", "lint-js", "types", "tests", "covered-tests"}
    assert explained == commands - parts_of_test


def test_the_readme_tells_the_size_of_the_engine() -> None:
    """To a tenth: the engine alone, and with all modules that it stands on."""
    modules = structure.modules_of(ROOT / "src" / "tinygrad_edu")
    graph = structure.imports(modules, "tinygrad_edu")
    below, waiting = {"engine"}, ["engine"]
    while waiting:
        found = graph[waiting.pop()] - below
        below |= found
        waiting += found
    alone, together = re.findall(r"about ([\d,]+) lines", (ROOT / "README.md").read_text("utf-8"))[:2]
    assert abs(int(alone.replace(",", "")) / modules["engine"].lines - 1) < 0.1
    assert abs(int(together.replace(",", "")) / sum(modules[path].lines for path in below) - 1) < 0.1
