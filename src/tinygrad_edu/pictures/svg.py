"""A picture of a graph as SVG: no other program, the same bytes everywhere."""

import math
from collections.abc import Iterator, Sequence

from ..graphics import look
from ..graphics.arrangement import NO_LABEL, Gaps, Link, Point, Size, arranged
from ..graphics.look import HEAD, SIGNS, SMALL, counted, group, number, rectangle, shape, text
from ..graphics.widths import text_width
from .boxes import BLANK, Arrow, Box, Picture

DESCRIBED = 40  # boxes that the description for screen readers lists
PAD, LEADING = 8, 19  # inside a box; from line to line
MARGIN, HEADING = 16, 30  # around the picture; the room of its title
HEAD_LENGTH = 8  # of an arrow's head
ROUND = "6"


def svg_of(picture: Picture, title: str, heading: str) -> str:
    """The picture as an SVG document, named `title`, with `heading` above it."""
    return _Page(picture, heading).document(title)


class _Page:
    def __init__(self, picture: Picture, heading: str) -> None:
        self.picture = picture
        self.heading = heading
        self.is_wide = picture.rankdir == "LR"
        places = {box.key: i for i, box in enumerate(picture.boxes)}
        links = [Link(places[each.tail], places[each.head], self._label_size(each)) for each in picture.arrows]
        gaps = Gaps(40, 14) if picture.is_compact else Gaps(60, 20)
        self.places = arranged([_size(box) for box in picture.boxes], links, gaps, is_wide=self.is_wide)
        self.top = MARGIN + (HEADING if heading else 0)
        self.width = max([self.places.width, *(text_width(line, size, bold=True) for line, size in self._captions())])
        self.left = MARGIN + (self.width - self.places.width) / 2

    def document(self, title: str) -> str:
        notes = self.picture.notes
        height = self.top + self.places.height + MARGIN + LEADING * len(notes)
        return look.document(self.width + 2 * MARGIN, height, title, description(self.picture), self._parts())

    def _captions(self) -> list[tuple[str, float]]:
        return [(self.heading, 15), *(("".join(words for words, _ in note), SMALL + 1) for note in self.picture.notes)]

    def _parts(self) -> Iterator[str]:
        middle = MARGIN + self.width / 2
        if self.heading:
            yield text(self.heading, middle, MARGIN + 16, look.INK, size=15, anchor="middle", bold=True)
        shift = (self.left, self.top)
        drawn = list(zip(self.picture.arrows, self.places.arrows, self.places.labels, strict=True))
        for arrow, points, label in sorted(drawn, key=lambda each: each[0].is_focus):  # the others first, below
            yield group("edge", "", self._arrow(arrow, _moved(points, shift), _moved([label], shift)[0]))
        for box, (x, y, width, height) in zip(self.picture.boxes, self.places.boxes, strict=True):
            yield group("node", box.summary, _box(box, x + self.left, y + self.top, width, height))
        bottom = self.top + self.places.height + MARGIN
        for i, note in enumerate(self.picture.notes):
            at = middle - sum(text_width(words, SMALL + 1) for words, _ in note) / 2
            for words, kind in note:
                yield text(words, at, bottom + LEADING * i + 8, look.KINDS[kind], size=SMALL + 1, kind=kind)
                at += text_width(words, SMALL + 1)

    # --- arrows ---

    def _label_size(self, arrow: Arrow) -> Size:
        lines = self._label_lines(arrow)
        return Size(max(text_width(line, SMALL) for line, _ in lines) + 6, len(lines) * 14) if lines else NO_LABEL

    def _label_lines(self, arrow: Arrow) -> list[tuple[str, str]]:
        lines = [(arrow.local, "")] if arrow.local else []
        if arrow.product:
            lines.append((f"{SIGNS[arrow.kind, self.picture.rankdir]} {arrow.product}", arrow.kind))
        return lines

    def _arrow(self, arrow: Arrow, points: Sequence[Point], label: Point) -> Iterator[str]:
        colour = look.KINDS[arrow.kind] if arrow.is_focus else look.LINE
        width = "2.5" if arrow.is_focus else "1.2"
        yield shape("path", d=_curve(points, self.is_wide), fill="none", stroke=colour, stroke_width=width)
        yield shape("polygon", points=_head(points[-1], self.is_wide, 1.3 if arrow.is_focus else 1), fill=colour)
        lines = self._label_lines(arrow)
        for i, (line, kind) in enumerate(lines):
            y = label[1] + 14 * (i - (len(lines) - 1) / 2) + 4
            ink = look.KINDS[kind]
            yield text(line, label[0], y, ink, size=SMALL, anchor="middle", kind=kind)


def _moved(points: Sequence[Point], shift: Point) -> list[Point]:
    return [(x + shift[0], y + shift[1]) for x, y in points]


def _curve(points: Sequence[Point], is_wide: bool) -> str:
    """Curves that leave and arrive in the direction of the graph, with straight lines through the layers between."""
    (x, y), back = points[-1], HEAD_LENGTH
    end = (x - back, y) if is_wide else (x, y - back)
    parts = [f"M{number(points[0][0])},{number(points[0][1])}"]
    for i, (start, stop) in enumerate(zip(points, [*points[1:-1], end], strict=False)):
        if i % 2:
            parts.append(f"L{number(stop[0])},{number(stop[1])}")
            continue
        u, v = ((stop[0] - start[0]) / 2, 0) if is_wide else (0, (stop[1] - start[1]) / 2)
        first, second = (start[0] + u, start[1] + v), (stop[0] - u, stop[1] - v)
        parts.append("C" + " ".join(f"{number(x)},{number(y)}" for x, y in (first, second, stop)))
    return "".join(parts)


def _head(point: Point, is_wide: bool, scale: float) -> str:
    (x, y), length, half = point, HEAD_LENGTH * scale, 3.5 * scale
    corners = [(x, y), (x - length, y - half), (x - length, y + half)]
    if not is_wide:
        corners = [(x, y), (x - half, y - length), (x + half, y - length)]
    return " ".join(f"{number(a)},{number(b)}" for a, b in corners)


# --- boxes -----------------------------------------------------------------------------------------------------------


def _badge_width(box: Box) -> float:
    return max(text_width(box.badge, HEAD) + 10, 20) if box.badge else 0


def _size(box: Box) -> Size:
    badge, head = _badge_width(box), text_width(box.shown, HEAD, bold=box.is_named)
    first = badge + head + (6 if badge and head else 0)
    rows = [text_width(f"{word}{shown}", HEAD) + (14 if word else 0) for word, shown, _ in box.rows]
    width = max([first, text_width(box.note, SMALL), *rows])
    return Size(math.ceil(width) + 2 * PAD, _head_height(box) + LEADING * len(box.rows) + (6 if box.rows else 0))


def _head_height(box: Box) -> float:
    return 28 + (14 if box.note else 0)


def _box(box: Box, x: float, y: float, width: float, height: float) -> Iterator[str]:
    colour = look.FOCUS if box.is_focus else look.INK if box.is_result else look.LINE
    more = {"stroke_dasharray": "5,3"} if box.is_fold else {}
    ground, line = look.FOCUS_BOX if box.is_focus else look.BOX, 3 if box.is_focus else 2 if box.is_result else 1
    yield rectangle(x, y, width, height, rx=ROUND, fill=ground, stroke=colour, stroke_width=f"{line}", **more)
    at = x + PAD
    if box.badge:
        badge = _badge_width(box)
        at = at if box.shown else x + (width - badge) / 2
        yield rectangle(at, y + 4, badge, 20, rx="4", fill=look.BADGE)
        yield text(box.badge, at + badge / 2, y + 18.5, look.BADGE_INK, anchor="middle")
        at += badge + 6
    if box.shown:
        yield text(box.shown, at, y + 18.5, look.INK, bold=box.is_named)
    if box.note:
        yield text(box.note, x + PAD, y + 34, look.QUIET, size=SMALL)
    below = y + _head_height(box)
    if box.rows:
        yield shape("path", d=f"M{number(x)},{number(below)}h{number(width)}", fill="none", stroke=colour)
    for i, (word, shown, kind) in enumerate(box.rows):
        base = below + 16 + LEADING * i
        if shown == BLANK:
            yield from _field(word, x, base, width, kind)
        elif word:
            yield text(word, x + PAD, base, look.KINDS[kind], kind=kind)
            yield text(shown, x + width - PAD, base, look.KINDS[kind], anchor="end", kind=kind)
        else:
            yield text(shown, x + width / 2, base, look.KINDS[kind], anchor="middle", kind=kind)


def _field(word: str, x: float, base: float, width: float, kind: str) -> Iterator[str]:
    """A row whose number is left out: its word, and an empty field."""
    room = text_width(BLANK, HEAD)
    left = x + width - PAD - room if word else x + (width - room) / 2
    if word:
        yield text(word, x + PAD, base, look.KINDS[kind], kind=kind)
    yield rectangle(left, base - 12, room, 15, rx="2", fill=look.PAGE, stroke=look.KINDS[kind])


def description(picture: Picture) -> str:
    """The picture in words.

    >>> box = Box("n0", "x", "x", rows=(("value", "2", "value"), ("grad", "–", "grad")))
    >>> description(Picture([box], [], ["x"], [], "LR", is_compact=False))
    '1 box, 0 arrows. x: value 2, grad –.'
    """
    boxes = picture.boxes
    listed = "; ".join(box.summary for box in boxes[:DESCRIBED])
    more = f"; and {len(boxes) - DESCRIBED} more" if len(boxes) > DESCRIBED else ""
    return f"{counted(len(boxes), 'box', 'es')}, {counted(len(picture.arrows), 'arrow')}. {listed}{more}."
