"""Builds the site: `make site`, or `python -m tools.website.build FOLDER`.

The pages are copied, changed for the site (`pages`), and joined by the reference, the gallery and the notebooks.
Zensical makes HTML of them, strictly: a page or an anchor that is missing is an error. What npm brings, pinned by its
lock file, and the library for Python in the page are copied beside it. Nothing is fetched: not here, nor by the site.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import tinygrad_edu as tg
from tinygrad_edu.explorables import explainer_page

from . import gallery, notebooks, reference
from .navigation import Nav, navigation
from .pages import below_title, relinked, terms_of, with_folds, with_places, with_prompts, with_terms

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PACKAGES = HERE / "node_modules"
PYTHON = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide-lock.json", "python_stdlib.zip")
PROJECT = ("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
START = "in-a-minute.md"  # the README: a file of that name would be the start page


def main(site: Path) -> None:
    """Build the site into that folder, which is emptied before."""
    if not PACKAGES.exists():
        sys.exit(f"the packages from npm are missing: run npm ci in {HERE.relative_to(ROOT)}, or make site")
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        copies = Path(folder).resolve() / "pages"
        nav = write_copies(copies)
        configuration = copies.parent / "mkdocs.yml"  # JSON is YAML
        configuration.write_text(json.dumps(settings(nav)), "utf-8")
        command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", str(configuration)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
        if done.returncode:
            said = f"{done.stdout}{done.stderr}".partition("Traceback")[0]
            sys.exit(re.sub(r"\x1b\[[\d;]*m", "", said).replace(f"{copies}/", ""))
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(copies.parent / "html", site)
    (site / "404.html").unlink()  # its links would only hold at the root of a host
    add_python(site)
    size = sum(file.stat().st_size for file in site.rglob("*") if file.is_file())
    print(
        f"{site}: {len(list(site.rglob('*.html')))} pages, {size / 1e6:.1f} MB, {time.perf_counter() - started:.1f} s"
    )


# --- copies of the pages ---------------------------------------------------------------------------------------------


def write_copies(copies: Path) -> Nav:
    """Everything that Zensical reads, in the layout of the project; returns the navigation."""
    docs = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/**/*.md"))
    terms = terms_of((ROOT / "docs" / "course" / "glossary.md").read_text("utf-8"))
    names = gallery.names()
    files = {f"examples/{name}.py": f"examples/{name}.md" for name in names}
    files |= {"src/tinygrad_edu/engine.py": "source/engine.md", "LICENSE": "LICENSE.md", "README.md": START}
    for page in [*docs, "README.md", "examples/README.md", *PROJECT]:
        text = (ROOT / page).read_text("utf-8")
        if page == "docs/course/glossary.md":
            text = with_places(text)
        elif page.startswith(("docs/course/", "docs/lessons/")):
            text = with_terms(text, terms, "../course/glossary.md")
        if page == "examples/README.md":
            text = gallery.gallery_page(text)
        if page == "docs/explainer.md":
            text = below_title(text, "[Open the interactive page](../explainer/index.html){ .download }")
        if page.startswith("docs/course/") and page != "docs/course/glossary.md":
            name = notebooks.name_of(page)
            text = below_title(
                text, f'[Download as a notebook](../../notebooks/{name}){{ .download download="{name}" }}'
            )
            write(copies / "notebooks" / name, notebooks.of_page(ROOT / page, ROOT / "docs" / "course"))
        write(copies / files.get(page, page), with_folds(with_prompts(relinked(text, page, files))))
    for name in names:
        write(copies / "examples" / f"{name}.md", gallery.example_page(name))
        write(copies / "examples" / "thumbnails" / f"{name}.svg", gallery.thumbnail(name))
        shutil.copyfile(ROOT / "examples" / f"{name}.py", copies / "examples" / f"{name}.py")
        write(copies / "notebooks" / f"{name}.ipynb", notebooks.of_example(ROOT / "examples" / f"{name}.py"))
    for page, text in reference.reference_pages().items():
        write(copies / page, text)
    write(copies / "LICENSE.md", f"# Licence\n\n```text\n{(ROOT / 'LICENSE').read_text('utf-8')}```\n")
    engine = (ROOT / "src" / "tinygrad_edu" / "engine.py").read_text("utf-8")
    write(copies / "source" / "engine.md", f"# The engine's source\n\n```python\n{engine}```\n")
    add_own_pages(copies)
    return navigation(
        (ROOT / "docs" / "index.md").read_text("utf-8"),
        [page.removeprefix("docs/") for page in docs],
        list(reference.reference_pages()),
        ["examples/README.md", *(f"examples/{name}.md" for name in names)],
        [START, "source/engine.md", *PROJECT, "LICENSE.md"],
    )


def add_own_pages(copies: Path) -> None:
    """The start page and the one to try Python on, the live pages, and what they are drawn with."""
    size = sum((PACKAGES / "pyodide" / name).stat().st_size for name in PYTHON)
    for page in (HERE / "pages").glob("*.md"):
        write(copies / page.name, page.read_text("utf-8").replace("[[MEGABYTES]]", f"{size / 1e6:.0f}"))
    write(copies / "live" / "branching.html", branching().html)
    write(copies / "explainer" / "index.html", explainer_page.explainer_html())
    for file in ROOT.glob("docs/**/*"):
        if file.is_file() and file.suffix != ".md":
            copy(file, copies / file.relative_to(ROOT))
    for file in (HERE / "assets").iterdir():
        copy(file, copies / "assets" / file.name)
    copy(PACKAGES / "iframe-worker" / "shim" / "index.js", copies / "assets" / "iframe-worker.js")
    katex = PACKAGES / "katex" / "dist"
    for name in ("katex.min.js", "katex.min.css", *(f"fonts/{font.name}" for font in katex.glob("fonts/*.woff2"))):
        copy(katex / name, copies / "assets" / "katex" / name)


def branching() -> tg.Explorable:
    """The live page of the start page."""

    def f(a: tg.Value, b: tg.Value, c: tg.Value) -> tg.Value:
        x = a + b
        y = b + c
        x.label, y.label = "x", "y"
        return x * y

    return tg.explore(f, a=-1.0, b=3.0, c=4.0)


def add_python(site: Path) -> None:
    """Python for the browser, and the library as it is here."""
    for file in [*(PACKAGES / "pyodide" / name for name in PYTHON), *(HERE / "python").glob("*.*")]:
        copy(file, site / "python" / file.name)
    package = ROOT / "src" / "tinygrad_edu"
    with zipfile.ZipFile(site / "python" / "tinygrad_edu.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(package.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                entry = zipfile.ZipInfo(file.relative_to(package.parent).as_posix())  # without a date: equal bytes
                archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)


def write(path: Path, text: str) -> None:
    """Write a file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def copy(file: Path, to: Path) -> None:
    """Copy a file, and make the folders above it."""
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, to)


# --- Zensical's settings ---------------------------------------------------------------------------------------------


def settings(nav: Nav) -> dict[str, object]:
    """What Zensical is told. Material for MkDocs reads the same, should that be needed."""
    light = {"media": "(prefers-color-scheme: light)", "scheme": "default"}
    dark = {"media": "(prefers-color-scheme: dark)", "scheme": "slate"}
    both = {"media": "(prefers-color-scheme)"}
    palette = [
        both | {"toggle": {"icon": "material/brightness-auto", "name": "Now: as the system. Switch to light"}},
        light | {"toggle": {"icon": "material/brightness-7", "name": "Now: light. Switch to dark"}},
        dark | {"toggle": {"icon": "material/brightness-4", "name": "Now: dark. Switch to the system's"}},
    ]
    features = (
        "navigation.tabs navigation.sections navigation.indexes navigation.footer navigation.top "
        "content.code.copy content.tooltips search.highlight toc.follow"
    )
    extensions: list[object] = [
        "admonition",
        "attr_list",
        "md_in_html",
        "tables",
        {"toc": {"permalink": True, "toc_depth": 3}},
        {"pymdownx.highlight": {"anchor_linenums": False, "pygments_lang_class": True}},
        "pymdownx.superfences",
        {"pymdownx.arithmatex": {"generic": True}},
    ]
    return {
        "site_name": "tinygrad-edu",
        "site_description": "Write arithmetic, get every derivative, see how it came about.",
        "docs_dir": "pages",
        "site_dir": "html",
        "use_directory_urls": False,
        "nav": nav,
        "theme": {"name": "material", "font": False, "features": features.split(), "palette": palette},
        "plugins": ["search", "offline"],
        "markdown_extensions": extensions,
        "extra_css": ["assets/site.css"],
        "extra_javascript": ["assets/code.js", "assets/formulas.js", "assets/frames.js", "assets/try.js"],
        "extra": {"polyfills": ["assets/iframe-worker.js"], "generator": False},
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "build" / "site")
