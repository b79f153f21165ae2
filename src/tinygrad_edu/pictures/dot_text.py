"""A picture written in DOT, Graphviz's language, the boxes as small tables: for PNGs and for Graphviz's viewers."""

import html
import math
import unicodedata

from ..graphics import look
from ..graphics.widths import text_width
from .boxes import BLANK, Arrow, Box, Picture

STYLES = {"value": "{}", "grad": "<I>{}</I>", "tangent": "<U>{}</U>", "": "{}"}


def dot_source(picture: Picture, heading: str) -> str:
    """The picture in DOT, the same text for the same picture every time."""
    near, far = ("0.2", "0.3") if picture.is_compact else ("0.3", "0.45")
    font = f'fontname="{look.FONT}" fontsize='
    space = f'pad="0.2" nodesep="{near}" ranksep="{far}"'
    title = f'{font}"15" fontcolor="{look.INK}" labelloc="{"t" if heading else "b"}"'
    lines = [
        f'\tgraph [rankdir="{picture.rankdir}" bgcolor="{look.PAGE}" {space} {title}]',
        f'\tnode [shape="plain" {font}"{look.HEAD}" fontcolor="{look.INK}"]',
        f'\tedge [{font}"{look.SMALL}" fontcolor="{look.QUIET}" color="{look.LINE}" arrowsize="0.7"]',
    ]
    lines.append(f"\tlabel=<{_caption(picture, heading)}>")
    lines += [f"\t{box.key} [label=<{_box(box)}>]" for box in picture.boxes]
    lines += [f"\t{arrow.tail} -> {arrow.head} [{_arrow(arrow, picture.rankdir)}]" for arrow in picture.arrows]
    return "\n".join(["digraph {", *lines, "}", ""])


def _caption(picture: Picture, heading: str) -> str:
    lines = [f"<B>{_escaped(heading)}</B>"] if heading else []
    size = f' POINT-SIZE="{look.SMALL}"'
    lines += ["".join(_coloured(words, kind, size) for words, kind in note) for note in picture.notes]
    return "<BR/>".join(lines)


def _coloured(text: str, kind: str, more: str = "") -> str:
    return f'<FONT COLOR="{look.KINDS[kind]}"{more}>{STYLES[kind].format(_escaped(text))}</FONT>'


def _box(box: Box) -> str:
    rows = "".join(f"<TR>{_row(*row)}</TR>" for row in box.rows)
    colour = look.FOCUS if box.is_focus else look.INK if box.is_result else look.LINE
    ground = look.FOCUS_BOX if box.is_focus else look.BOX
    style = f'STYLE="ROUNDED{",DASHED" if box.is_fold else ""}" BGCOLOR="{ground}" COLOR="{colour}"'
    border = f'BORDER="{2 if box.is_result or box.is_focus else 1}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="5"'
    return f"<TABLE {border} {style}><TR>{_head(box)}</TR>{'<HR/>' if rows else ''}{rows}</TABLE>"


def _head(box: Box) -> str:
    """The cells of the first row: the operation, and the name with the formula."""
    head = f"<B>{_escaped(box.shown)}</B>" if box.is_named else _escaped(box.shown)
    if box.note:
        head += f'<BR ALIGN="LEFT"/><FONT COLOR="{look.QUIET}">{_escaped(box.note)}</FONT><BR ALIGN="LEFT"/>'
    if not box.badge:
        return f'<TD COLSPAN="2" ALIGN="LEFT">{head}</TD>'
    badge = f'<TD><FONT COLOR="{look.BADGE_INK}"><B>{_escaped(box.badge)}</B></FONT></TD>'
    frame = f'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" STYLE="ROUNDED" BGCOLOR="{look.BADGE}"'
    return f'<TD CELLPADDING="4"><TABLE {frame}><TR>{badge}</TR></TABLE></TD><TD ALIGN="LEFT">{head}</TD>'


def _row(word: str, text: str, kind: str) -> str:
    if text == BLANK:
        return _field(word, kind)
    if not word:
        return f'<TD COLSPAN="2">{_coloured(text, kind)}</TD>'
    return f'<TD ALIGN="LEFT">{_coloured(word, kind)}</TD><TD ALIGN="RIGHT">{_coloured(text, kind)}</TD>'


def _field(word: str, kind: str) -> str:
    """The cells of a row whose number is left out: its word, and an empty field."""
    width = math.ceil(text_width(BLANK, look.HEAD))
    empty = f'<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" BGCOLOR="{look.PAGE}" COLOR="{look.KINDS[kind]}">'
    field = f'{empty}<TR><TD WIDTH="{width}" HEIGHT="15" FIXEDSIZE="TRUE"></TD></TR></TABLE>'
    if not word:
        return f'<TD COLSPAN="2">{field}</TD>'
    return f'<TD ALIGN="LEFT">{_coloured(word, kind)}</TD><TD ALIGN="RIGHT">{field}</TD>'


def _arrow(arrow: Arrow, rankdir: str) -> str:
    """The local gradient, and below it what flows along the arrow."""
    space = "\u00a0" * (rankdir == "TB")  # there the text stands beside its arrow, and would touch it
    lines = [_escaped(space + arrow.local)] if arrow.local else []
    if arrow.product:
        lines.append(_coloured(f"{space}{look.SIGNS[arrow.kind, rankdir]} {arrow.product}", arrow.kind))
    focus = f' color="{look.KINDS[arrow.kind]}" penwidth="2.5"' if arrow.is_focus else ""
    return f"label=<{'<BR/>'.join(lines)}>{focus}"


def _escaped(text: str) -> str:
    """`text` for a label: no markup; a joiner of no width keeps DOT from reading \\N as the name of the node."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    room = "&#160;" * (wide // 3)  # programs without font files think these characters narrower than they are
    return html.escape(text).replace("\\", "\\\u200c") + room or "&#160;"  # DOT has no empty text
