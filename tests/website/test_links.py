"""The checker of a built site finds broken links that are planted, and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.website.links import broken_links

GOOD = {
    "index.html": '<a href="docs/b.html#place">b</a> <img src="a%20b.svg" alt=""> <a href="#top">up</a>'
    '<a href="docs/">d</a>',
    "docs/b.html": '<h2 id="place">B</h2><a href="../index.html">a</a><script src="../x.js"></script>'
    '<a href="b.html#at=forward:x">a state</a> <a href="https://example.org/nowhere">out</a>'
    '<a href="mailto:a@b">m</a>',
    "docs/index.html": '<iframe src="b.html"></iframe><a name="old"></a><a href="#old">old</a><a href="?q=1">query</a>',
    "a b.svg": "",
    "x.js": "",
}


def site(tmp_path, **more):
    for name, text in {**GOOD, **more}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_a_whole_site_has_no_broken_link(tmp_path):
    assert broken_links(site(tmp_path)) == []


@pytest.mark.parametrize(
    ("tag", "address"),
    [
        ('<a href="nowhere.html">', "nowhere.html"),
        ('<a href="docs/b.html#gone">', "docs/b.html#gone"),
        ('<a href="#gone">', "#gone"),
        ('<img src="gone.svg">', "gone.svg"),
        ('<img srcset="x.js 1x, gone.png 2x">', "gone.png"),
        ('<script src="gone.js"></script>', "gone.js"),
        ('<link rel="stylesheet" href="gone.css">', "gone.css"),
        ('<iframe src="live/gone.html"></iframe>', "live/gone.html"),
        ('<a href="gone.ipynb" download>', "gone.ipynb"),
        ('<a href="/index.html">', "/index.html"),  # leads nowhere where the site is not at the root of its host
        ('<a href="../outside.html">', "../outside.html"),
    ],
)
def test_a_planted_broken_link_is_found(tag, address, tmp_path):
    (tmp_path / "outside.html").write_text("", "utf-8")
    folder = tmp_path / "site"
    folder.mkdir()
    assert broken_links(site(folder, **{"planted.html": tag})) == [f"planted.html: {address}"]


def test_the_command_fails_if_anything_is_broken(tmp_path):
    command = [sys.executable, "-m", "tools.website.links", str(site(tmp_path))]
    root = Path(__file__).parents[2]
    assert subprocess.run(command, cwd=root, check=False, capture_output=True).returncode == 0
    (tmp_path / "planted.html").write_text('<a href="gone.html">', "utf-8")
    done = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "planted.html: gone.html\n")
