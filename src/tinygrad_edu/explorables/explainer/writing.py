"""The explainer as one document: its text, the modules of its figures, the programs, and the glossary."""

import html
import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from ..exploring import explore
from ..joining import document, program_text, script_json
from .presets import presets
from .programs import programs

TITLE = "How a network learns"
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
    "explainer",
)


@cache
def explainer_html() -> str:
    """The page as one HTML document that needs no network.

    >>> page = explainer_html()
    >>> page.count("<section id=")
    10
    """
    figure = explore(lambda a, b, c: _branching(a, b, c), a=-1.0, b=3.0, c=4.0)
    return document(
        TITLE,
        figure.program + _programs(),
        figure.data,
        template=_template(),
        styles=("page.css", "explainer/page/explainer.css"),
        modules=[f"explainer/page/{name}" for name in MODULES],
        lessons=script_json({"glossary": _glossary(), "presets": presets()}),
    )


def _branching(a: Any, b: Any, c: Any) -> Any:
    x, y = a + b, b + c
    x.label, y.label = "x", "y"
    return x * y


def _programs() -> str:
    """All programs as one object, each in a scope of its own."""
    entries = [f"{name}: {program_text(source)},\n" for name, source in programs().items()]
    return f"const programs = {{\n{''.join(entries)}}};\n"


def _glossary() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((files(__package__).joinpath("..", "glossary.json")).read_text("utf-8"))
    return found


def _template() -> str:
    """The page's text, with the live figure in its place and each term of the glossary as something to point at."""
    page = (files(__package__) / "page" / "explainer.html").read_text("utf-8")
    live = (files(__package__) / ".." / "page" / "page.html").read_text("utf-8")
    main = re.search(r"<main>\n(.*?)</main>\n(.*?)<script", live, re.DOTALL)
    page = page.replace("{{figure}}", main[1]).replace("{{dialogs}}", main[2])
    return re.sub(r"\{\{term:([^}|]+)(?:\|([^}]+))?\}\}", _term, page)


def _term(found: re.Match[str]) -> str:
    term, text = found[1], found[2] or found[1]
    key = next(each for each in _glossary() if each.lower() == term.lower())
    return f'<button type="button" class="term" data-term="{html.escape(key)}">{html.escape(text)}</button>'
