"""Builds the source distribution and the wheel, and checks what users would get: `make release-check`.

Everything happens in temporary folders outside the checkout. The steps are the functions below `main`, in its order;
each either passes or ends the program with what is wrong. The last one runs the whole test suite from the unpacked
source distribution, in an environment that is made anew.
"""

import argparse
import email.message
import email.parser
import email.policy
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "tinygrad_edu"
NOT_SHIPPED = {".git"}
# The part of the suite that says whether the engine computes right; it needs a test runner and a reference.
CORE_TESTS = ["conftest.py", "operations.py", "core", "test_engine.py", "test_exact.py", "test_functions.py"]
CORE_TESTS += ["test_operations.py", "test_nesting.py"]
NEEDS_MORE = {"test_options.py"}  # some of its cases are plots
RUNNER = ["hypothesis", "mpmath", "pytest"]
LINK = re.compile(r"\]\((?!https?:|mailto:)[^)]*\)|(?:src|href)=\"(?!https?:)")

DRAWS = """
import tinygrad_edu as tg
a = tg.Value(2.0, label="a")
y = a * a
y.backward()
assert a.grad == 4.0
assert "<svg" in tg.draw(y).svg
assert tg.draw(y).png[1:4] == b"PNG"
"""
WITHOUT_DEPENDENCIES = """
import sys
before = set(sys.modules)
import tinygrad_edu as tg
foreign = {name.partition(".")[0] for name in set(sys.modules) - before} - sys.stdlib_module_names
assert foreign == {"tinygrad_edu"}, foreign
a = tg.Value(2.0, label="a")
y = a * tg.sin(a)
y.backward()
tg.explain(y).text, tg.draw(y).svg, tg.grad(lambda x: x * x)(3.0), tg.jit(lambda x: x * x)(3.0)
"""


def main(folder: Path, *, full: bool) -> None:
    """All steps, with the built files in `folder`."""
    sdist, wheel = build(folder)
    version = check_version(wheel)
    check_sdist(sdist)
    check_wheel(wheel)
    check_metadata(wheel)
    check_installed_alone(wheel, folder / "alone")
    check_installed(wheel, folder / "installed")
    if full:
        check_suite_from_sdist(sdist, folder / "from-sdist")
    say(f"tinygrad-edu {version}: {sdist.name} and {wheel.name} are fit for release")


def say(text: str) -> None:
    """Print the name of a step."""
    sys.stdout.write(f"--- {text}\n")
    sys.stdout.flush()


def require(condition: object, problem: str) -> None:
    """End the program with the problem unless the condition holds."""
    if not condition:
        sys.exit(f"release-check: {problem}")


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> None:
    """The command, without this checkout on its path."""
    clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "MAKEFLAGS", "MAKELEVEL"}}
    done = subprocess.run([str(each) for each in command], cwd=cwd, env=clean | environment, check=False)  # noqa: S603
    require(done.returncode == 0, f"{' '.join(map(str, command))[:200]} failed with code {done.returncode}")


def build(folder: Path) -> tuple[Path, Path]:
    """The two distributions; the wheel is built from the source distribution, as a user's pip would."""
    say("building")
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    run(sys.executable, "-m", "twine", "check", "--strict", sdist, wheel)
    return sdist, wheel


def check_version(wheel: Path) -> str:
    """One version, which the changelog knows."""
    version = wheel.name.split("-")[1]
    stated = re.search(r'^__version__ = "(.+)"$', (PACKAGE / "__init__.py").read_text("utf-8"), re.MULTILINE)
    require(stated and stated[1] == version, f"the wheel says {version}, the package {stated and stated[1]}")
    require(f"\n## {version} " in (ROOT / "CHANGELOG.md").read_text("utf-8"), f"CHANGELOG.md has no part {version}")
    return version


def check_sdist(sdist: Path) -> None:
    """Every file under version control is in it, and nothing else but its metadata."""
    say("what is in the source distribution")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    if listed.returncode:
        say("no git here: the files are not compared")
        return
    files = set(listed.stdout.splitlines())
    require(files <= names, f"missing in the source distribution: {sorted(files - names)[:10]}")
    require(names <= files | {"PKG-INFO"}, f"too much in the source distribution: {sorted(names - files)[:10]}")


def check_wheel(wheel: Path) -> None:
    """The package with its type marker, the licence, the command, and nothing else."""
    say("what is in the wheel")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        information = next(name.partition("/")[0] for name in names if ".dist-info/" in name)
        commands = archive.read(f"{information}/entry_points.txt").decode()
    ours = {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    theirs = {name for name in names if not name.startswith(information)}
    rest = {name.partition("/")[2] for name in names if name.startswith(information)}
    require("tinygrad_edu/py.typed" in names, "the wheel has no py.typed")
    require(theirs == ours, f"the wheel and the package differ in {sorted(theirs ^ ours)[:10]}")
    require(rest == {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}, f"in the wheel: {rest}")
    require("tinygrad-edu = tinygrad_edu.command_line:main" in commands, f"the wheel's commands: {commands}")


def check_metadata(wheel: Path) -> None:
    """The page that a package index shows has no link that leads nowhere there; extras are not empty."""
    say("what a package index shows")
    about = metadata(wheel)
    require(about["License-Expression"] == "MIT", "the wheel does not state its licence")
    text = str(about.get_payload())
    without_code = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    require("# tinygrad-edu" in text, "the page is not the README")
    require(not LINK.search(without_code), f"a relative link is left: {LINK.search(without_code)}")
    requirements = about.get_all("Requires-Dist", [])
    for extra in about.get_all("Provides-Extra", []):
        require(any(f"extra == '{extra}'" in each for each in requirements), f"the extra {extra} is empty")


def metadata(wheel: Path) -> email.message.EmailMessage:
    """The wheel's METADATA, which has the form of an e-mail with the README as its text."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        return email.parser.BytesParser(policy=email.policy.default).parsebytes(archive.read(name))


def environment(folder: Path, *arguments: str | Path) -> Path:
    """The Python of a new environment in which pip has installed that."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments, cwd=folder)
    return python


def check_installed_alone(wheel: Path, folder: Path) -> None:
    """Without what it depends on, the wheel computes, explains, draws and stages."""
    say("the wheel without its dependencies")
    run(environment(folder, "--no-deps", wheel), "-I", "-c", WITHOUT_DEPENDENCIES, cwd=folder)


def check_installed(wheel: Path, folder: Path) -> None:
    """As users install it, it makes PNGs without a system Graphviz, and the core of the suite passes."""
    say("the wheel with its dependencies")
    python = environment(folder, wheel)
    run(python, "-I", "-c", DRAWS, cwd=folder, PATH="/nowhere")
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *RUNNER, cwd=folder)
    tests = folder / "suite" / "tests"
    tests.mkdir(parents=True)
    for name in CORE_TESTS:
        place = ROOT / "tests" / name
        for file in place.rglob("*.py") if place.is_dir() else [place]:
            if needs_nothing_else(file):
                copy = tests / file.relative_to(ROOT / "tests")
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)
    options = ["-q", "-p", "no:cacheprovider", "--import-mode=importlib", "-o", "pythonpath=."]
    run(python, "-m", "pytest", *options, "tests", cwd=folder / "suite")


def needs_nothing_else(test: Path) -> bool:
    """Whether the test imports, at its top, only what this check installs. What compares with NumPy is left out."""
    imported = re.findall(r"^(?:import|from) (\w+)", test.read_text("utf-8"), re.MULTILINE)
    return test.name not in NEEDS_MORE and set(imported) <= sys.stdlib_module_names | {*RUNNER, "tests", "tinygrad_edu"}


def check_suite_from_sdist(sdist: Path, folder: Path) -> None:
    """The unpacked source distribution makes its own environment and passes its own tests."""
    say("the whole suite, from the source distribution")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = folder.iterdir()
    run("make", "tests", cwd=unpacked)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="leave out the last step, the whole suite")
    parser.add_argument("--into", type=Path, help="keep the two files in this folder, to upload them")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        main(Path(made), full=not options.quick)
        if options.into:
            options.into.mkdir(parents=True, exist_ok=True)
            for kept in [*Path(made).glob("*.tar.gz"), *Path(made).glob("*.whl")]:
                kept.replace(options.into / kept.name)
