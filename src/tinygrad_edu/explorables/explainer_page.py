"""The explainer as one document: its text, the modules of its figures, the programs, and the glossary."""

import html
import json
import re
from functools import cache

from ..engine import Value
from .content import script_json
from .exploring import explore
from .joining import MODULES as LIVE_PAGE
from .joining import enclosed, filled, page_file, program_text
from .lesson_programs import programs
from .presets import presets

TITLE = "How a network learns"
HELP = """<li>A word with dots below it is explained: point at it, tap it, or come to it with Tab.</li>
<li>Next to each slider is a field: type a number there, or press ↑ and ↓.</li>
<li>The rest is about the graph in section 6. Its keys work while you are in it.</li>
"""
# Each module uses only what stands before it; those of the live page come first.
MODULES = (
    "random",
    "data",
    "training",
    "theme",
    "controls",
    "axes",
    "landscape",
    "stepper",
    "tune",
    "nudge",
    "downhill",
    "chain",
    "update",
    "gates",
    "sigmoid",
    "netview",
    "microscope",
    "exchange",
    "lab",
    "glossary",
    "code",
    "explainer",
)


@cache
def explainer_html() -> str:
    """The page as one HTML document that needs no network.

    >>> page = explainer_html()
    >>> page.count("<section id=")
    10
    """
    figure = explore(_branching, a=-1.0, b=3.0, c=4.0)
    return filled(
        _template(),
        TITLE,
        program_text(figure.program) + _programs(),
        [*LIVE_PAGE, *(f"explainer/{name}" for name in MODULES)],
        ("page.css", "explainer/explainer.css"),
        data=script_json(figure.data),
        lessons=script_json({"glossary": _glossary(), "presets": presets()}),
    )


def _branching(a: Value, b: Value, c: Value) -> Value:
    x, y = a + b, b + c
    x.label, y.label = "x", "y"
    return x * y


def _programs() -> str:
    """All programs as one object."""
    entries = (f"{name}: {enclosed(source, _defined(source))},\n" for name, source in programs().items())
    return f"const programs = {{\n{''.join(entries)}}};\n"


def _defined(source: str) -> str:
    """The name of the function that a printed program defines; helpers stand before it."""
    name: str = re.findall(r"^function (\w+)", source, re.MULTILINE)[-1]
    return name


@cache
def _glossary() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(page_file("explainer/glossary.json"))
    return found


def _template() -> str:
    """The page's text, with the live figure in its place and each term of the glossary as something to point at."""
    live = re.search(r"<main>\n(?P<figure>.*?)</main>\n(?P<dialogs>.*?)<script", page_file("page.html"), re.DOTALL)
    if live is None:
        raise ValueError("page.html has no main element before its scripts")
    page: str = page_file("explainer/explainer.html")
    dialogs = live["dialogs"].replace("<ul>\n", f"<ul>\n{HELP}")
    dialogs = dialogs.replace('<h2 id="help-title">', '<h2 id="help-title" tabindex="-1" autofocus>')  # its top is seen
    page = page.replace("{{figure}}", live["figure"]).replace("{{dialogs}}", dialogs)
    return re.sub(r"(\(?)\{\{term:([^}|]+)(?:\|([^}]+))?\}\}([).,:]*)", _term, page)


def _term(found: re.Match[str]) -> str:
    before, term, after = found[1], found[2], found[4]
    text = found[3] or term
    key = next(each for each in _glossary() if each.lower() == term.lower())
    button = f'<button type="button" class="term" data-term="{html.escape(key)}">{html.escape(text)}</button>'
    # Kept whole, so that no line begins with a closing bracket.
    return f'<span class="whole">{before}{button}{after}</span>' if before or after else button
