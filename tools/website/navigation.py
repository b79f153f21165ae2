"""The site's navigation, read from docs/index.md: a page that is listed there has its place, without another list."""

import posixpath
import re
from collections.abc import Iterable
from typing import TypeAlias

Nav: TypeAlias = "list[str | dict[str, str | Nav]]"


def sections(index: str) -> dict[str, list[str]]:
    """The index's headings, each with the pages it links to, by paths below docs; every page once."""
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    for part in re.split(r"^## ", index, flags=re.MULTILINE)[1:]:
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
    names = list(found)
    listed = {page for pages in found.values() for page in pages}
    guide: Nav = [{"All pages": "docs/index.md"}]
    guide += [{name: below_docs(found[name])} for name in names[1:-1]]
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


def below_docs(pages: Iterable[str]) -> Nav:
    """Their paths in the site."""
    return [posixpath.join("docs", page) for page in pages]
