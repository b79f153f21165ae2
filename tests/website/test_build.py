"""The built site: strict, whole, every link leads somewhere, nothing is fetched from outside."""

import ast
import json
import re
import sys
import zipfile
from pathlib import Path

import pytest

import tinygrad_edu as tg
from tools.website import build, gallery
from tools.website.links import Page, broken_links

ROOT = Path(__file__).parents[2]


def text_of(site, name):
    return (site / name).read_text("utf-8")


def test_every_link_anchor_image_and_download_leads_somewhere(site):
    assert broken_links(site) == []


def test_every_page_of_the_project_is_in_it_and_reachable(site):
    for page in ROOT.glob("docs/**/*.md"):
        assert (site / page.relative_to(ROOT)).with_suffix(".html").exists()
    reached, waiting = set(), [site / "index.html"]
    while waiting:
        here = waiting.pop()
        if here in reached or here.suffix != ".html" or not here.exists():
            continue
        reached.add(here)
        waiting += [
            (here.parent / link.partition("#")[0]).resolve() for link in Page(here.read_text("utf-8")).addresses
        ]
    assert set(site.rglob("*.html")) - reached == set()


def test_every_public_name_has_its_anchor(site):
    pages = "".join(path.read_text("utf-8") for path in (site / "reference").glob("*.html"))
    assert [name for name in tg.__all__ if f'id="tinygrad_edu.{name}"' not in pages] == []


def test_terms_show_their_meaning_and_lead_to_the_glossary(site):
    chapter = text_of(site, "docs/course/03-branches.html")
    assert re.search(r'<a class="term" href="(\.\./course/)?glossary.html#computation-graph" title="A drawing', chapter)
    assert 'id="computation-graph"' in text_of(site, "docs/course/glossary.html")


def test_chapters_follow_each_other(site):
    chapter = text_of(site, "docs/course/03-branches.html")
    assert '<link rel="prev" href="./02-in-a-row.html">' in chapter
    assert '<link rel="next" href="./04-gates.html">' in chapter


def test_chapters_and_examples_can_be_downloaded(site):
    chapters = {path.stem for path in ROOT.glob("docs/course/[0-9]*.md")}
    assert {path.stem for path in (site / "notebooks").iterdir()} == chapters | set(gallery.names())
    assert 'download="03-branches.ipynb"' in text_of(site, "docs/course/03-branches.html")
    for name in gallery.names():
        assert text_of(site, f"examples/{name}.py") == (ROOT / "examples" / f"{name}.py").read_text("utf-8")


def test_every_notebook_is_valid(site):
    nbformat = pytest.importorskip("nbformat")
    for path in (site / "notebooks").iterdir():
        nbformat.validate(nbformat.read(path, as_version=4))


def test_the_library_in_the_page_is_this_one_and_equal_sources_make_equal_bytes(site, tmp_path):
    archive = site / "python" / "tinygrad_edu.zip"
    with zipfile.ZipFile(archive) as packed:
        names = packed.namelist()
        for name in names:
            assert packed.read(name) == (ROOT / "src" / name).read_bytes()
    assert "tinygrad_edu/engine.py" in names
    assert len(names) == len([f for f in (ROOT / "src").rglob("*") if f.is_file() and "__pycache__" not in f.parts])
    build.add_python(tmp_path)
    assert (tmp_path / "python" / "tinygrad_edu.zip").read_bytes() == archive.read_bytes()


def test_the_page_says_what_python_weighs(site):
    size = sum(file.stat().st_size for file in (site / "python").iterdir())
    stated = re.search(r"loads (\d+) MB", text_of(site, "try.html"))
    assert abs(int(stated[1]) - size / 1e6) < 1


def test_the_search_finds_pages_from_disk_too(site):
    found = json.loads(text_of(site, "search.json"))
    assert "docs/course/03-branches.html" in json.dumps(found)
    assert text_of(site, "search.js").startswith("var __index")


def test_a_broken_page_ends_the_build_and_is_named(site, tmp_path, monkeypatch):
    del site  # only where it can be built
    write = build.write

    def broken(path, text):
        write(path, f"{text}\n[nowhere](nowhere.md)\n" if path.name == "engine.md" and "docs" in path.parts else text)

    monkeypatch.setattr(build, "write", broken)
    with pytest.raises(SystemExit) as ended:
        build.main(tmp_path / "site")
    assert "nowhere.md" in str(ended.value)
    assert "engine.md" in str(ended.value)
    assert not (tmp_path / "site").exists()


def test_without_the_packages_the_build_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "PACKAGES", tmp_path / "none")
    with pytest.raises(SystemExit, match="run npm ci in tools/website, or make site"):
        build.main(tmp_path / "site")


def test_everything_is_pinned():
    lock = json.loads((ROOT / "tools" / "website" / "package-lock.json").read_text("utf-8"))
    package = json.loads((ROOT / "tools" / "website" / "package.json").read_text("utf-8"))
    assert all(re.fullmatch(r"[\d.]+", version) for version in package["dependencies"].values())
    assert lock["packages"][""]["dependencies"] == package["dependencies"]
    assert all("integrity" in each for name, each in lock["packages"].items() if name)
    assert '"zensical==' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_the_tools_need_only_the_standard_library_and_the_project():
    for path in [*(ROOT / "tools" / "website").glob("*.py"), ROOT / "tools" / "website" / "python" / "cell.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
            assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names | {"tinygrad_edu", "tools"}
