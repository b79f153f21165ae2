"""How pictures look: colours for light and dark pages, sizes of letters, and SVG elements in them.

Forward quantities are blue, upright and called `value`; gradients are red, slanted and called `grad`; tangents are
green and underlined, and called `tangent`. So neither a grey printout nor a colour-blind reader confuses them.
"""

import html
from collections.abc import Iterable

from .widths import text_width

FONT = "Arial"
CSS_CLASS = "tinygrad-edu"
COLOURS = {  # light page: dark page
    "#ffffff": "#0f172a",  # page
    "#f8fafc": "#1e293b",  # box
    "#64748b": "#94a3b8",  # lines
    "#0f172a": "#f1f5f9",  # ink
    "#475569": "#cbd5e1",  # quiet ink
    "#1d4ed8": "#93c5fd",  # forward
    "#b91c1c": "#fca5a5",  # gradient
    "#15803d": "#86efac",  # tangent
    "#334155": "#cbd5e0",  # badge
    "#fefefe": "#111827",  # ink on a badge
    "#7c3aed": "#c4b5fd",  # what a step is about
    "#f5f3ff": "#2e1065",  # its box
}
PAGE, BOX, LINE, INK, QUIET, FORWARD, GRADIENT, TANGENT, BADGE, BADGE_INK, FOCUS, FOCUS_BOX = COLOURS
KINDS = {"": QUIET, "value": FORWARD, "grad": GRADIENT, "tangent": TANGENT}
SIGNS = {("grad", "LR"): "←", ("grad", "TB"): "↑", ("tangent", "LR"): "→", ("tangent", "TB"): "↓"}
STYLES = {"": {}, "value": {}, "grad": {"font-style": "italic"}, "tangent": {"text-decoration": "underline"}}
HEAD, SMALL = 13, 11  # sizes of letters: in boxes, beside arrows


def number(x: float) -> str:
    """A coordinate, short."""
    return f"{x:.2f}".rstrip("0").rstrip(".") if x else "0"


def counted(n: int, noun: str, ending: str = "s") -> str:
    """`1 box`, `2 boxes`."""
    return f"{n} {noun}{'' if n == 1 else ending}"


def text(
    words: str,
    x: float,
    y: float,
    colour: str,
    *,
    size: float = HEAD,
    anchor: str = "start",
    kind: str = "",
    bold: bool = False,
) -> str:
    """A line of text at its base line, as wide as `text_width` says whatever the letters; `kind` as in KINDS."""
    attributes = {"x": number(x), "y": number(y), "fill": colour, "font-size": number(size), "text-anchor": anchor}
    attributes |= STYLES[kind] | ({"font-weight": "bold"} if bold else {})
    if words.strip():
        attributes |= {"textLength": number(text_width(words, size, bold=bold)), "lengthAdjust": "spacingAndGlyphs"}
    return element("text", words, **attributes)


def element(tag: str, content: str = "", **attributes: str) -> str:
    """An SVG element with this text."""
    return f"<{tag}{_written(attributes)}>{html.escape(content, quote=False)}</{tag}>"


def shape(tag: str, **attributes: str) -> str:
    """An SVG element without content."""
    return f"<{tag}{_written({key.replace('_', '-'): value for key, value in attributes.items()})}/>"


def rectangle(x: float, y: float, width: float, height: float, **attributes: str) -> str:
    """A rectangle; `rx` rounds its corners."""
    return shape("rect", x=number(x), y=number(y), width=number(width), height=number(height), **attributes)


def group(kind: str, title: str, parts: Iterable[str]) -> str:
    """Parts that belong together, with a text under the mouse."""
    head = element("title", title) if title else ""
    return f'<g class="{kind}">{head}{"".join(parts)}</g>\n'


def document(width: float, height: float, title: str, description: str, parts: Iterable[str]) -> str:
    """A whole picture: its background, title and description for screen readers, and colours that follow the page.

    It has no ids, so that several of them fit into one page.
    """
    w, h = number(width), number(height)
    head = element("title", title) + element("desc", description) + element("style", _style())
    ground = shape("rect", width=w, height=h, fill=PAGE)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{CSS_CLASS}" role="img" width="{w}" height="{h}" '
        f'viewBox="0 0 {w} {h}" font-family="{FONT}" text-rendering="geometricPrecision">'
    )
    return f"{opening}{head}{ground}\n{''.join(parts)}</svg>\n"


def _written(attributes: dict[str, str]) -> str:
    return "".join(f' {key}="{html.escape(value)}"' for key, value in attributes.items())


def _style() -> str:
    """CSS, for this picture alone: other letters where Arial is missing, other colours on a dark page."""
    dark = "".join(
        f'.{CSS_CLASS} [{paint}="{light}"]{{{paint}:{colour}}}'
        for light, colour in COLOURS.items()
        for paint in ("fill", "stroke")
    )
    return (
        f".{CSS_CLASS}{{max-width:100%;height:auto}}"
        f".{CSS_CLASS} text{{font-family:{FONT},Helvetica,sans-serif;white-space:pre}}"
        f"@media (prefers-color-scheme:dark){{{dark}}}"
    )
