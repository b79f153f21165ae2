"""The measured times as bars on logarithmic scales, a panel for each case that is a race; needs matplotlib."""

import math
import textwrap
from collections.abc import Sequence
from typing import Any

from tinygrad_edu.plot import LIGHT as THEME

from .report import Section, duration

WIDTH, MARGIN, RIGHT = 6.4, 0.12, 0.28  # inches: the picture, its margin, the one beside the bars
LETTER, BOLD = 0.067, 0.078  # of a name
TOP, LINE, GAP, BAR, SCALE = 0.78, 0.19, 0.06, 0.235, 0.4  # of height: the heading, a line of text, a bar, a scale
TITLE = "Time per call"
KEY = "Hatched, with bold names: tinygrad-edu. The fastest come first; the scales are logarithmic."


def chart(sections: Sequence[Section]) -> Any:
    """A matplotlib figure of the sections that have times, on a background of its own; ValueError if none has."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - only for those who want a picture

    races = [section for section in sections if section.seconds]
    if not races:
        raise ValueError("there is nothing to plot: none of the cases times contestants against each other")
    left = 3 * MARGIN + max(len(n) * (BOLD if n in race.ours else LETTER) for race in races for n in race.seconds)
    height = TOP + sum(len(_heading(race)) * LINE + GAP + len(race.seconds) * BAR + SCALE for race in races)
    figure = Figure(figsize=(WIDTH, height), dpi=110, facecolor=THEME.paper)
    at = height - MARGIN - LINE
    _write(figure, at, TITLE, fontsize=14, fontweight="bold")
    _write(figure, at - 1.25 * LINE, KEY, fontsize=9.5, color=THEME.faint)
    at = height - TOP
    for race in races:
        for i, line in enumerate(_heading(race)):
            at -= LINE
            _write(figure, at, line, **({"fontsize": 9.5} if i else {"fontsize": 11.5, "fontweight": "bold"}))
        bars = len(race.seconds) * BAR
        at -= GAP + bars
        _bars(figure.add_axes((left / WIDTH, at / height, 1 - (left + RIGHT) / WIDTH, bars / height)), race)
        at -= SCALE
    return figure


def _heading(race: Section) -> list[str]:
    """The case's name, and what it is about in lines that fit."""
    case, _, about = race.title.replace("`", "").partition(": ")
    return [case, *textwrap.wrap(about, 88)]


def _write(figure: Any, at: float, text: str, *, color: str = THEME.ink, **style: Any) -> None:
    """A line of text at the left edge, `at` inches above the bottom."""
    figure.text(MARGIN / WIDTH, at / figure.get_figheight(), text, color=color, **style)


def _bars(axes: Any, race: Section) -> None:
    """A bar for each contestant with its time; ours are hatched, and their names bold."""
    order = sorted(race.seconds.items(), key=lambda item: item[1])
    low, high = limits([seconds for _, seconds in order])
    axes.set_xscale("log")
    for i, (name, seconds) in enumerate(order):
        is_ours = name in race.ours
        color = THEME.first if is_ours else THEME.faint
        hatch = {"hatch": "////", "edgecolor": THEME.low} if is_ours else {}
        axes.barh(i, seconds - low, left=low, height=0.72, color=color, linewidth=0, zorder=2, **hatch)
        weight = "bold" if is_ours else "normal"
        place = {"xytext": (4, 0), "textcoords": "offset points", "va": "center_baseline"}
        place["bbox"] = {"facecolor": THEME.paper, "linewidth": 0, "pad": 0.5}  # over the lines of the scale
        axes.annotate(duration(seconds), (seconds, i), color=THEME.ink, fontsize=9.5, fontweight=weight, **place)
    axes.set_yticks(range(len(order)), [name for name, _ in order])
    for label, (name, _) in zip(axes.get_yticklabels(), order, strict=True):
        label.set_fontweight("bold" if name in race.ours else "normal")
    axes.set_ylim(len(order) - 0.5, -0.5)
    axes.set_xlim(low, high)
    ticks = steps(low, high)
    axes.set_xticks(ticks, [duration(tick) for tick in ticks])
    axes.minorticks_off()
    _dress(axes)


def limits(seconds: Sequence[float]) -> tuple[float, float]:
    """From a power of ten at most half the shortest time, to where a label beside the longest bar has room.

    >>> low, high = limits([0.03, 1.0])
    >>> low, high > 2
    (0.01, True)
    """
    low = 10.0 ** math.floor(math.log10(min(seconds) / 2))
    return low, max(seconds) * (max(seconds) / low) ** 0.28


def steps(low: float, high: float) -> list[float]:
    """The powers of ten from one to the other; where there are few, twice and five times these too.

    >>> steps(0.01, 20.0), steps(0.01, 0.3)
    ([0.01, 0.1, 1.0, 10.0], [0.01, 0.02, 0.05, 0.1, 0.2])
    """
    factors = (1, 2, 5) if high < 50 * low else (1,)
    tens = range(round(math.log10(low)), math.floor(math.log10(high)) + 1)
    return [x for k in tens for factor in factors if (x := float(f"{factor}e{k}")) <= high]


def _dress(axes: Any) -> None:
    """Colours and lines, all set here so that nobody's global settings change them."""
    axes.set_facecolor(THEME.paper)
    axes.set_axisbelow(True)
    axes.grid(visible=True, axis="x", color=THEME.grid, linewidth=0.8)
    axes.tick_params(axis="x", length=0, labelcolor=THEME.faint, labelsize=8.5)
    axes.tick_params(axis="y", length=0, labelcolor=THEME.ink, labelsize=9.5)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "left")
        spine.set_color(THEME.faint)
