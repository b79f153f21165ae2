"""The project's Markdown pages as the site needs them: copies are changed, the pages themselves have no site's syntax.

In a copy, examples with prompts are marked as such, answers are Markdown inside their fold, links to files that are no
pages lead to pages that show them, and the first use of each term of the glossary leads there, with its meaning.
"""

import html
import posixpath
import re
from collections.abc import Callable, Mapping

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(\]\()([^)#\s]+)(#[^)\s]*)?(\))")
TERM_ROW = re.compile(
    r"^\| (?P<term>[^|]+?) \| (?P<meaning>[^|]+?) \| (?P<formula>[^|]*?) \| (?P<chapter>.*) \|$", re.M
)
# What a term is not looked for in: code, links and pictures, tags, headings, rows of tables; and ordinary English.
LEFT_ALONE = r"`[^`]*`|!?\[[^\]]*\]\([^)]*\)|<[^>]+>|^#.*$|^\|.*$|for example|step by step"


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """The text with everything but its fenced blocks changed."""
    parts, at = [], 0
    for block in FENCE.finditer(text):
        parts += [change(text[at : block.start()]), block[0]]
        at = block.end()
    return "".join([*parts, change(text[at:])])


def with_prompts(text: str) -> str:
    """Python examples marked `pycon`, without what only doctest needs: <BLANKLINE>, and a blank line at the end."""

    def marked(block: re.Match[str]) -> str:
        if block[1] != "python" or ">>>" not in block[2]:
            return block[0]
        return f"```pycon\n{block[2].replace('<BLANKLINE>', '').rstrip()}\n```"

    return FENCE.sub(marked, text)


def with_folds(text: str) -> str:
    """`<details>` whose content is read as Markdown."""
    return outside_code(text, lambda part: part.replace("<details>", '<details markdown="1">'))


def relinked(text: str, page: str, moved: Mapping[str, str]) -> str:
    """Links from `page` to a file that the site has elsewhere lead there. Paths count from the project's folder."""
    here, there = posixpath.dirname(page), posixpath.dirname(moved.get(page, page)) or "."

    def new(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(here, link[2]))
        if "://" in link[2] or target not in moved:
            return link[0]
        return f"{link[1]}{posixpath.relpath(moved[target], there)}{link[3] or ''}{link[4]}"

    return outside_code(text, lambda part: LINK.sub(new, part))


def slug(term: str) -> str:
    """The name of a term's place on the glossary's page."""
    return re.sub(r"[^\w-]", "", term.lower().replace(" ", "-"))


def terms_of(glossary: str) -> dict[str, str]:
    """Each term of the glossary's page with what to show: its meaning and its formula."""
    rows = [row for row in TERM_ROW.finditer(glossary) if row["term"] != "term" and not row["term"].startswith("--")]
    return {row["term"]: f"{row['meaning']} {row['formula']}".strip() for row in rows}


def with_places(glossary: str) -> str:
    """The glossary's page with a place to link to in each row."""
    terms = terms_of(glossary)

    def placed(row: re.Match[str]) -> str:
        term = row["term"]
        return (
            row[0].replace(f"| {term} |", f'| <span id="{slug(term)}">{term}</span> |', 1) if term in terms else row[0]
        )

    return TERM_ROW.sub(placed, glossary)


def with_terms(text: str, terms: Mapping[str, str], glossary: str) -> str:
    """The first use of each term links to `glossary`, a path relative to the page, and shows its meaning."""
    known = {term.lower(): term for term in terms}
    longest_first = "|".join(re.escape(term) for term in sorted(known, key=len, reverse=True))
    token = re.compile(rf"({LEFT_ALONE})|\b({longest_first})(s?)\b", re.IGNORECASE | re.MULTILINE)
    seen: set[str] = set()

    def linked(match: re.Match[str]) -> str:
        if match[1] or match[2].lower() in seen:
            return match[0]
        seen.add(match[2].lower())
        term = known[match[2].lower()]
        meaning = html.escape(terms[term]).replace("{", "(").replace("}", ")")
        return f'[{match[0]}]({glossary}#{slug(term)}){{ .term title="{meaning}" }}'

    return outside_code(text, lambda part: token.sub(linked, part))


def title_of(text: str) -> str:
    """The page's first heading."""
    heading = re.search(r"^# (.+)$", text, re.MULTILINE)
    if heading is None:
        raise ValueError("a page needs a heading: '# …'")
    return heading[1]


def below_title(text: str, line: str) -> str:
    """The page with a line under its first heading."""
    return re.sub(r"^(# .+)$", lambda heading: f"{heading[1]}\n\n{line}", text, count=1, flags=re.MULTILINE)
