"""Equations in rows, sentences and headings, laid out as text, Markdown or LaTeX."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..notation.text import Text

WIDTH = 100  # of a line of text; longer equations are broken at their signs
SIDE = 24  # a longer left side of a broken equation has a line for itself
COLUMN = 44  # an equation with a wider part is not aligned with the others

Sentence = list["str | Text"]  # words and pieces of mathematics
Cell = tuple[str, Text]  # a sign and what stands after it


@dataclass
class Row:
    """An equation: the left side, what it equals in columns (None for an empty one), and a remark beside it."""

    left: Text
    cells: list[Cell | None]
    note: Sentence = field(default_factory=list)
    is_long: bool = False  # better broken at its signs

    @property
    def written(self) -> list[Cell]:
        """The cells that are not empty."""
        return [cell for cell in self.cells if cell]


Rows = list[Row | Sentence]  # a sentence among them says what was left out


@dataclass
class Section:
    """A heading or a sentence by itself, and the equations below a heading."""

    heading: Sentence
    rows: Rows = field(default_factory=list)


def listed(pieces: Sequence[Text]) -> Sentence:
    """a, b and c."""
    sentence: Sentence = []
    for i, piece in enumerate(pieces):
        sentence += [", " if 0 < i < len(pieces) - 1 else " and ", piece] if i else [piece]
    return sentence


# --- as text -------------------------------------------------------------------------------------------------


def as_text(sections: Sequence[Section]) -> str:
    """The sections with an empty line between them, equations indented and their signs below each other."""
    return "\n\n".join(_section_text(section) for section in sections)


def _section_text(section: Section) -> str:
    heading = textwrap.wrap(_plain(section.heading), WIDTH, break_long_words=False, break_on_hyphens=False)
    rows = [row for row in section.rows if isinstance(row, Row)]
    left = max((len(row.left.text) for row in rows), default=0)
    columns = [0] * max((len(row.cells) for row in rows), default=0)
    aligned = [row for row in rows if _fits(row, left)]
    for row in aligned:
        for i, cell in enumerate(row.cells[:-1]):
            columns[i] = max(columns[i], len(cell[1].text) + 3 if cell else 0)
    columns[-1:] = [max((len(row.cells[-1][1].text) + 3 for row in aligned if row.note and row.cells[-1]), default=0)]
    lines = heading
    for line in section.rows:
        if not isinstance(line, Row):
            lines.append("  " + _plain(line))
        else:
            lines += _aligned(line, left, columns) if line in aligned else _broken(line, left)
    return "\n".join(lines)


def _plain(sentence: Sentence) -> str:
    return "".join(str(part) for part in sentence)


def _fits(row: Row, left: int) -> bool:
    width = left + sum(len(piece.text) + 3 for _, piece in row.written)
    return width < WIDTH and all(len(piece.text) <= COLUMN for _, piece in row.written)


def _aligned(row: Row, left: int, columns: Sequence[int]) -> list[str]:
    line = "  " + row.left.text.ljust(left)
    for cell, width in zip(row.cells, columns, strict=True):
        line += (f" {cell[0]} {cell[1]}" if cell else "").ljust(width)
    note = _plain(row.note)
    if len(line) + len(note) > WIDTH:
        return [line.rstrip(), " " * (left + 5) + note]
    return [f"{line}   {note}".rstrip()]


def _broken(row: Row, left: int) -> list[str]:
    """A long equation, one line for each sign; a long left side has a line for itself."""
    (sign, first), *others = row.written
    indent = " " * (left + 3 if left <= SIDE else 4)
    start = f"  {row.left.text.ljust(left if left <= SIDE else 0)} {sign}"
    lines = [f"{start} {first}"] if left <= SIDE else [start, f"{indent}  {first}"]
    lines += [f"{indent}{sign} {piece}" for sign, piece in others]
    return [*lines, f"{indent}  {_plain(row.note)}"] if row.note else lines


# --- as LaTeX and Markdown -----------------------------------------------------------------------------------


def as_latex(sections: Sequence[Section]) -> str:
    """The sections as paragraphs, equations aligned; a document needs the package amsmath for them."""
    parts = []
    for section in sections:
        heading = [part.replace("_", r"\_") if isinstance(part, str) else part for part in section.heading]
        words = _inline(heading)
        parts.append(f"\\textbf{{{words}}}\n\\[{_equations(section)}\\]" if section.rows else words)
    return "\n\n".join(parts)


def as_markdown(sections: Sequence[Section]) -> str:
    """The sections as paragraphs, equations as LaTeX between dollar signs, which notebooks and GitHub show."""
    return "\n\n".join(
        f"**{_inline(section.heading)}**\n\n$${_equations(section)}$$" if section.rows else _inline(section.heading)
        for section in sections
    )


def _inline(sentence: Sentence) -> str:
    return "".join(f"${part}$" if isinstance(part, Text) else part for part in sentence)


def _equations(section: Section) -> str:
    lines = [_latex_row(row) if isinstance(row, Row) else "&" + _in_formula(row) for row in section.rows]
    return "\n\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}\n"


def _latex_row(row: Row) -> str:
    parts = [f"{row.left.relation(sign)} {piece}" for sign, piece in row.written]
    between, before_note = (" \\\\\n&", " \\\\\n&\\quad ") if row.is_long else (" ", r" \qquad ")
    note = before_note + _in_formula(row.note) if row.note else ""
    return f"{row.left} &{between.join(parts)}{note}"


def _in_formula(sentence: Sentence) -> str:
    return "".join(part.text if isinstance(part, Text) else rf"\text{{{part}}}" for part in sentence)
