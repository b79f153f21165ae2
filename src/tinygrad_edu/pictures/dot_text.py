"""A picture written in DOT, Graphviz's language: the boxes as small tables.

Forward quantities are blue, upright and called `value`; gradients are red, slanted and called `grad`; so neither a
grey printout nor a colour-blind reader confuses them.
"""

import html
import unicodedata

from .boxes import Arrow, Box, Picture

FONT = "Arial"  # a font whose widths every Graphviz knows without looking for font files
COLOURS = {  # light page: dark page
    "#ffffff": "#0f172a",  # page
    "#f8fafc": "#1e293b",  # box
    "#64748b": "#94a3b8",  # lines
    "#0f172a": "#f1f5f9",  # ink
    "#475569": "#cbd5e1",  # quiet ink
    "#1d4ed8": "#93c5fd",  # forward
    "#b91c1c": "#fca5a5",  # gradient
    "#334155": "#cbd5e0",  # badge
    "#fefefe": "#111827",  # ink on a badge
}
PAGE, BOX, LINE, INK, QUIET, FORWARD, GRADIENT, BADGE, BADGE_INK = COLOURS
BACK = {"LR": "←", "TB": "↑"}


def dot_source(picture: Picture, rankdir: str, title: str) -> str:
    """The picture in DOT, the same text for the same picture every time."""
    import graphviz  # noqa: PLC0415 - third-party modules are loaded when something is drawn

    graph = graphviz.Digraph(
        graph_attr={
            "rankdir": rankdir,
            "bgcolor": PAGE,
            "pad": "0.2",
            "nodesep": "0.3",
            "ranksep": "0.45",
            "fontname": FONT,
            "fontsize": "15",
            "fontcolor": INK,
        },
        node_attr={"shape": "plain", "fontname": FONT, "fontsize": "13", "fontcolor": INK},
        edge_attr={"fontname": FONT, "fontsize": "11", "fontcolor": QUIET, "color": LINE, "arrowsize": "0.7"},
    )
    graph.attr(label=_caption(picture, title), labelloc="t" if title else "b")
    for box in picture.boxes:
        graph.node(box.key, label=f"<{_box(box)}>")
    for arrow in picture.arrows:
        graph.edge(arrow.tail, arrow.head, label=_arrow(arrow, BACK[rankdir]))
    return str(graph.source)


def _caption(picture: Picture, title: str) -> str:
    lines = [f"<B>{_escaped(title)}</B>"] if title else []
    if picture.lacks_gradients:
        note = "grad –: not computed yet, call backward()"
        lines.append(f'<FONT COLOR="{GRADIENT}" POINT-SIZE="11"><I>{note}</I></FONT>')
    return f"<{'<BR/>'.join(lines)}>" if lines else ""


def _box(box: Box) -> str:
    rows = [f"<TR>{_head(box)}</TR>"]
    if box.value or box.grad:
        rows.append("<HR/>")
    if box.value:
        rows.append(_row("value", box.value, FORWARD, "{}"))
    if box.grad:
        rows.append(_row("grad", box.grad, GRADIENT, "<I>{}</I>"))
    style = f'STYLE="ROUNDED{",DASHED" if box.is_fold else ""}" BGCOLOR="{BOX}"'
    border = f'BORDER="{2 if box.is_result else 1}" COLOR="{INK if box.is_result else LINE}"'
    return f'<TABLE {border} CELLBORDER="0" CELLSPACING="0" CELLPADDING="5" {style}>{"".join(rows)}</TABLE>'


def _head(box: Box) -> str:
    """The cells of the first row: the operation, and the name with the formula."""
    head = _escaped(box.head)
    if box.is_named:
        head = f"<B>{head}</B>"
    if box.is_fold:
        head += f'<BR ALIGN="LEFT"/><FONT COLOR="{QUIET}">{_escaped(box.badge)}</FONT><BR ALIGN="LEFT"/>'
    if box.is_fold or not box.badge:
        return f'<TD COLSPAN="2" ALIGN="LEFT">{head}</TD>'
    badge = f'<TD><FONT COLOR="{BADGE_INK}"><B>{_escaped(box.badge)}</B></FONT></TD>'
    frame = f'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" STYLE="ROUNDED" BGCOLOR="{BADGE}"'
    return f'<TD CELLPADDING="4"><TABLE {frame}><TR>{badge}</TR></TABLE></TD><TD ALIGN="LEFT">{head}</TD>'


def _row(word: str, number: str, colour: str, style: str) -> str:
    cells = [
        f'<TD ALIGN="{align}"><FONT COLOR="{colour}">{style.format(text)}</FONT></TD>'
        for align, text in (("LEFT", word), ("RIGHT", _escaped(number)))
    ]
    return f"<TR>{''.join(cells)}</TR>"


def _arrow(arrow: Arrow, back: str) -> str:
    """The local gradient, and below it what flows back along the arrow."""
    space = "&#160;" * (back == BACK["TB"])  # there the text stands beside its arrow, and would touch it
    lines = [space + _escaped(arrow.local)] if arrow.local else []
    if arrow.product:
        lines.append(f'<FONT COLOR="{GRADIENT}"><I>{space}{back} {_escaped(arrow.product)}</I></FONT>')
    return f"<{'<BR/>'.join(lines)}>" if lines else ""


def _escaped(text: str) -> str:
    """`text` for a label: no markup; a joiner of no width keeps DOT from reading \\N as the name of the node."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    room = "&#160;" * (wide // 3)  # programs without font files think these characters narrower than they are
    return html.escape(text).replace("\\", "\\\u200c") + room or "&#160;"  # DOT has no empty text
