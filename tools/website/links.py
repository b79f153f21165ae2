"""Checks a built site: every internal link, anchor, image, script, frame and download leads to something.

`python -m tools.website.links build/site` prints what is broken and fails if anything is.
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ADDRESSES = {"href", "src", "srcset", "poster", "data"}


class Page(HTMLParser):
    """The addresses that a page uses, and the places in it that can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.places = {"", "top"}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag links to and is called."""
        for name, value in attrs:
            if name == "id" or (name == "name" and tag == "a"):
                self.places.add(value or "")
            elif name in ADDRESSES and value is not None:
                self.addresses += [part.split()[0] for part in value.split(",")] if name == "srcset" else [value]


def broken_links(site: Path) -> list[str]:
    """What leads nowhere, as 'page: address'. Addresses on other hosts are not followed."""
    pages = {path.resolve(): Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}
    broken = []
    for path, page in pages.items():
        for address in page.addresses:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            leads = target.is_file() and target.is_relative_to(site.resolve())
            place = "" if "=" in parts.fragment else unquote(parts.fragment)  # "#at=b" is a state of a live page
            if not leads or (target in pages and place not in pages[target].places):
                broken.append(f"{path.relative_to(site.resolve())}: {address}")
    return broken


if __name__ == "__main__":
    found = broken_links(Path(sys.argv[1]))
    print("\n".join(found) or "every link leads somewhere")
    sys.exit(bool(found))
