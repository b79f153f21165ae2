"""What a result says about itself: one way to show titles, tables and lists as plain text and as Markdown."""

import textwrap
from collections.abc import Container, Iterable, Sequence
from functools import cached_property
from typing import NamedTuple, TypeAlias

from .tables import Rows, markdown_table, text_table
from .words import escaped

WIDTH = 100  # of a paragraph in plain text


class Title(NamedTuple):
    """A line that stands out in Markdown."""

    text: str

    @property
    def markdown(self) -> str:
        """In bold."""
        return f"**{escaped(self.text)}**"


class Table(NamedTuple):
    """Rows below a header; the columns in `words` hold words, the others numbers."""

    header: Sequence[str]
    rows: Rows
    words: Container[int] = (0,)

    @property
    def text(self) -> str:
        """In aligned columns."""
        return text_table(*self)

    @property
    def markdown(self) -> str:
        """As a Markdown table."""
        return markdown_table(*self)


class Items(NamedTuple):
    """A list; each item may have further lines. `mark` stands before it in plain text."""

    items: Sequence[object]
    mark: str = "- "

    @property
    def text(self) -> str:
        """One item below the other."""
        return "\n".join(f"{self.mark}{item}" for item in self.items)

    @property
    def markdown(self) -> str:
        """As a Markdown list."""
        return "\n".join(f"- {escaped(str(item))}".replace("\n    ", "<br>") for item in self.items)


class Prose(NamedTuple):
    """A paragraph of several sentences, whose lines are broken in plain text."""

    sentences: str

    @property
    def text(self) -> str:
        """In lines of at most WIDTH characters."""
        return textwrap.fill(self.sentences, WIDTH)

    @property
    def markdown(self) -> str:
        """In one line."""
        return escaped(self.sentences)


Part: TypeAlias = str | Title | Table | Items | Prose  # a str is a line by itself


class Shown:
    """Something that prints as its `text`; a notebook shows its `markdown`."""

    text: str
    markdown: str

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return self.markdown


class Report(Shown):
    """A result that is shown part by part.

    >>> class Count(Report):
    ...     def _parts(self) -> Iterable[Part]:
    ...         return [Title("2 layers"), Table(["layer", "units"], [["first", "16"], ["last", "1"]])]
    >>> Count()
    2 layers
      layer  units
      first     16
      last       1
    """

    def _parts(self) -> Iterable[Part]:
        raise NotImplementedError

    @cached_property
    def text(self) -> str:  # type: ignore[override]  # nobody assigns to it
        """The whole report as plain text."""
        return "\n".join(part if isinstance(part, str) else part.text for part in self._parts())

    @cached_property
    def markdown(self) -> str:  # type: ignore[override]  # nobody assigns to it
        """The whole report as Markdown; nothing in it is taken for markup that is not meant as such."""
        return "\n\n".join(escaped(part) if isinstance(part, str) else part.markdown for part in self._parts())
