"""Figures of matplotlib, dressed in one theme, and saved so that they follow a dark page."""

import importlib
import io
import os
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ..mistakes.options import A_PATH, Kind, expect
from .theme import DARK, LIGHT, Theme, counterparts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

A_TARGET = Kind("the name of a file", lambda x: A_PATH.fits(x) or (hasattr(x, "write") and not isinstance(x, type)))
A_FIGURE = Kind("a figure, as the functions here return", lambda x: hasattr(x, "savefig") and not isinstance(x, type))


def save(figure: "Figure", path: str | os.PathLike[str] | IO[bytes]) -> None:
    """Write the figure to a .png, .svg or .pdf file; the same figure gives the same bytes each time.

    The .svg of a figure in light colours holds the dark ones too: browsers use them for readers who prefer dark pages.
    """
    expect("save", A_FIGURE, figure=figure)
    expect("save", A_TARGET, path=path)
    is_svg = str(path).lower().endswith(".svg")
    metadata = {"Date" if is_svg else "CreationDate": None} if is_svg or str(path).lower().endswith(".pdf") else None
    with matplotlib("").rc_context({"svg.hashsalt": "tinygrad-edu"}):
        figure.savefig(path, dpi=150, metadata=metadata)
    if is_svg:
        file = Path(path)  # type: ignore[arg-type]  # nothing that can be written to ends in .svg
        text = file.read_text("utf-8")
        file.write_text(text.replace("</style>", f"{_at_night(figure, text)}</style>"), "utf-8")


def _at_night(figure: "Figure", text: str) -> str:
    """Rules of CSS that put the dark colours in the place of the light ones in this SVG, on pages that are dark."""
    colours: dict[str, str] = getattr(figure, "at_night", {})  # a figure that is not from here has none
    rules = [
        f'    [style*="{use}: {light}"] {{ {use}: {dark} !important }}\n'
        for light, dark in colours.items()
        for use in ("fill", "stroke")
        if f"{use}: {light}" in text
    ]
    return f"\n   @media (prefers-color-scheme: dark) {{\n{''.join(rules)}   }}\n  " if rules else ""


def matplotlib(name: str) -> Any:
    """A module of matplotlib, loaded when something is plotted and not before."""
    try:
        return importlib.import_module(f"matplotlib.{name}".rstrip("."))
    except ImportError as error:
        raise ImportError(f"plots need matplotlib: pip install matplotlib ({error})") from None


def blank(theme: Theme, size: tuple[float, float]) -> "Figure":
    """A figure without axes, in the colours of the theme."""
    new = matplotlib("figure").Figure(figsize=size, dpi=110, facecolor=theme.paper, layout="constrained")
    new.get_layout_engine().set(w_pad=0.12, h_pad=0.12)
    new.at_night = counterparts(LIGHT, DARK) if theme is LIGHT else {}
    new._repr_png_ = partial(_png, new)  # notebooks know pyplot's figures only; this is their way to ask any object
    figure: Figure = new
    return figure


def _png(figure: "Figure") -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def new_figure(
    title: str, x_label: str, y_label: str, dark: bool, *, panels: int = 1, width: float = 6.4
) -> "tuple[Figure, Any, Theme]":
    """A new figure, its axes (a list where there are several panels) and the theme."""
    theme = DARK if dark else LIGHT
    figure = blank(theme, (width, 4.2 if panels == 1 else 5.4))
    every = [figure.add_subplot(panels, 1, i + 1) for i in range(panels)]
    for i, axes in enumerate(every):
        dress(axes, theme, "" if i else title, x_label, y_label)
    return figure, every[0] if panels == 1 else every, theme


def dress(axes: "Axes", theme: Theme, title: str, x_label: str, y_label: str) -> None:
    """Colours and lines of one panel, all set here so that nobody's global settings change them."""
    axes.set_facecolor(theme.paper)
    axes.set_title(title, color=theme.ink, fontsize=14, fontweight="bold", loc="left")
    axes.set_xlabel(x_label, color=theme.ink, fontsize=12)
    axes.set_ylabel(y_label, color=theme.ink, fontsize=12)
    axes.tick_params(which="both", colors=theme.faint, labelcolor=theme.ink, labelsize=10.5)
    axes.grid(visible=True, color=theme.grid, linewidth=0.8)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(theme.faint)


def legend(axes: "Axes", theme: Theme, place: str = "inside") -> None:
    """The legend, inside the axes, beside or above them."""
    places: dict[str, dict[str, Any]] = {
        "inside": {"loc": "best"},
        "beside": {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0)},
        "above": {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0)},
    }
    legend = axes.legend(
        fontsize=10.5, labelcolor=theme.ink, facecolor=theme.paper, edgecolor=theme.grid, **places[place]
    )
    legend.set_zorder(5)
