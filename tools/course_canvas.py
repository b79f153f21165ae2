"""Boxes, arrows and words on paper: what the course's drawings are made of. They follow light and dark pages."""

from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch

from tinygrad_edu.plotting.figures import blank, dress
from tinygrad_edu.plotting.theme import LIGHT as THEME

Point = tuple[float, float]


def paper(width: float, height: float, title: str = "") -> tuple[Figure, Any]:
    """A figure without axes, whose units are hundredths of an inch; y goes up."""
    figure = blank(THEME, ((width + 30) / 100, (height + (60 if title else 30)) / 100))
    axes = figure.add_subplot()
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    axes.set_axis_off()
    axes.set_aspect("equal")
    if title:
        axes.set_title(title, color=THEME.ink, fontsize=14, fontweight="bold", loc="left")
    return figure, axes


def chart(title: str, x: str, y: str, size: tuple[float, float] = (6.4, 4.2)) -> tuple[Figure, Any]:
    """A figure with one dressed panel."""
    figure = blank(THEME, size)
    axes = figure.add_subplot()
    dress(axes, THEME, title, x, y)
    return figure, axes


def number(x: float, digits: int = 6) -> str:
    """A number with a minus that looks like one."""
    return f"{x:.{digits}g}".replace("-", "−")


def words(
    axes: Any, at: Point, text: str, *, size: float = 10, colour: str = THEME.ink, bold: bool = False, **more: Any
) -> None:
    """A text, its middle at that point unless `ha` and `va` say otherwise."""
    style: dict[str, Any] = {"ha": "center", "va": "center", "fontweight": "bold" if bold else "normal"}
    axes.text(*at, text, color=colour, fontsize=size, **(style | more))


def box(
    axes: Any, at: Point, extent: Point, lines: list[str], *, colour: str = THEME.faint, thick: float = 1.3, **more: Any
) -> None:
    """A rounded box around that point, with a line of words under another; the first is bold."""
    (x, y), (width, height) = at, extent
    axes.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2), width, height, boxstyle="round,pad=0,rounding_size=6",
            facecolor=THEME.paper, edgecolor=colour, linewidth=thick, zorder=3,
        )
    )  # fmt: skip
    gap = 17.0
    for i, line in enumerate(lines):
        middle = y + gap * ((len(lines) - 1) / 2 - i)
        words(axes, (x, middle), line, bold=i == 0, zorder=4, **({"size": 9.5} | more))


def circle(axes: Any, at: Point, text: str, *, radius: float = 16, colour: str = THEME.ink, size: float = 9) -> None:
    """A circle with a word in it."""
    axes.add_patch(Circle(at, radius, facecolor=THEME.paper, edgecolor=colour, linewidth=1.4, zorder=3))
    words(axes, at, text, size=size, zorder=4)


def arrow(
    axes: Any,
    tail: Point,
    head: Point,
    *,
    colour: str = THEME.faint,
    thick: float = 1.5,
    style: Any = "-",
    bend: float = 0,
) -> None:
    """An arrow from one point to another, bent to one side if asked for."""
    axes.annotate(
        "", head, tail,
        arrowprops={
            "arrowstyle": "-|>,head_width=0.25,head_length=0.5", "color": colour, "linewidth": thick,
            "linestyle": style, "shrinkA": 0, "shrinkB": 0, "connectionstyle": f"arc3,rad={bend}", "mutation_scale": 12,
        },
    )  # fmt: skip
