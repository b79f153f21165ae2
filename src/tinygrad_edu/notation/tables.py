"""Small tables for reports, as aligned text and as Markdown."""

from collections.abc import Container, Sequence

from .words import escaped

Rows = Sequence[Sequence[str]]


def text_table(header: Sequence[str], rows: Rows, words: Container[int] = (0,), indent: str = "  ") -> str:
    """The rows below their header: columns of words to the left, numbers to the right.

    >>> print(text_table(["mode", "passes"], [["forward", "3"], ["reverse", "1"]]))
      mode     passes
      forward       3
      reverse       1
    """
    columns = []
    for i, column in enumerate(zip(header, *rows, strict=True)):
        width = max(map(len, column))
        columns.append([cell.ljust(width) if i in words else cell.rjust(width) for cell in column])
    return "\n".join(indent + "  ".join(line).rstrip() for line in zip(*columns, strict=True))


def markdown_table(header: Sequence[str], rows: Rows, words: Container[int] = (0,)) -> str:
    """The same as a Markdown table.

    >>> print(markdown_table(["mode", "passes"], [["forward", "3"]]))
    | mode | passes |
    |:---|---:|
    | forward | 3 |
    """
    marks = [":---" if i in words else "---:" for i in range(len(header))]
    return "\n".join([_line(header), f"|{'|'.join(marks)}|", *map(_line, rows)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(escaped, cells))} |"
