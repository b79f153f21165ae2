"""The command `tinygrad-edu explainer`: write the interactive page on how a network learns, and open it."""

import argparse
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path

from .explainer_page import explainer_html

DESCRIPTION = """\
Write an interactive page on how a network learns, and open it in the browser. The page is one file that needs no
network: ten sections, from a line tuned by hand to the inside of a network while it trains.
"""


def run(argv: Sequence[str], write: Callable[[str], None]) -> int:
    """Carry out `explainer [--output FILE] [--no-open]`; the exit status."""
    parser = argparse.ArgumentParser(prog="tinygrad-edu explainer", description=DESCRIPTION, allow_abbrev=False)
    parser.add_argument("--output", metavar="FILE", default="explainer.html", help="where to write it: explainer.html")
    parser.add_argument("--no-open", action="store_true", help="only write the page")
    options = parser.parse_args(argv[1:])
    path = Path(options.output)
    if path.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"--output {path}: the name must end in .html, so that a browser shows the page")
    path.write_text(explainer_html(), encoding="utf-8", newline="\n")
    opened = not options.no_open and _opened(path)
    write(f"The page is in {path}" + ("; your browser shows it." if opened else ": open it in a browser."))
    return 0


def _opened(path: Path) -> bool:
    """Whether a browser could be found and told to show the page."""
    try:
        return webbrowser.open(path.resolve().as_uri())
    except (OSError, webbrowser.Error):
        return False
