"""The site's navigation, read from docs/index.md: a page that is listed there has its place, without another list."""

import posixpath
import re
from collections.abc import Iterable
from typing import TypeAlias

Nav: TypeAlias = "list[str | dict[str, str | Nav]]"


def sections(index: str) -> dict[str, list[str]]:
    """The index's headings, each with the pages it links to, by paths below docs; every page once.

    What only the text before the first heading links to comes last, under "".
    """
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    first, *parts = re.split(r"^## ", index, flags=re.MULTILINE)
    for part in [*parts, f"\n{first}"]:
        heading, _, text = part.partition("\n")
        links = re.findall(r"\]\(([^)#\s:]+\.md)(?:#[^)]*)?\)", text)
        found[heading.strip()] = [link for link in dict.fromkeys(links) if link not in seen and link[:2] != ".."]
        seen.update(links)
    return found


def navigation(index: str, docs: Iterable[str], reference: list[str], examples: list[str], project: list[str]) -> Nav:
    """The tabs: the course is the index's first section, the project its last, the guide those between.

    `docs` are all pages below docs; one that the index forgot is in the guide all the same. The others are paths in
    the site.
    """
    found = sections(index)
    ways_in = found.pop("")
    names = list(found)
    listed = {*ways_in, *(page for pages in found.values() for page in pages)}
    guide: Nav = ["docs/index.md", *below_docs(ways_in)]
    guide += [{_short(name): below_docs(found[name])} for name in names[1:-1]]
    if forgotten := sorted(set(docs) - listed - {"index.md"}):
        guide.append({"More": below_docs(forgotten)})
    return [
        {"Start": "index.md"},
        {"Course": below_docs(found[names[0]])},
        {"Guide": guide},
        {"Reference": list(reference)},
        {"Examples": list(examples)},
        {"Try it": "try.md"},
        {"Project": [*below_docs(found[names[-1]]), *project]},
    ]


def _short(heading: str) -> str:
    """The heading without "Reference:", since a tab has that name."""
    short = heading.removeprefix("Reference: ")
    return short[:1].upper() + short[1:]


def below_docs(pages: Iterable[str]) -> Nav:
    """Their paths in the site."""
    return [posixpath.join("docs", page) for page in pages]
