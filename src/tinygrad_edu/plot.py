"""Plots with matplotlib: learned curves, decision regions, losses, loss surfaces, activations, gradient flow.

Each function returns a `matplotlib.figure.Figure` and opens no window: notebooks show it as the last line of a
cell, `save(figure, "name.png")` writes it. None touches pyplot or any other global state. What a colour says, a
line style, a marker or a word says too. `dark=True` draws light on dark, for dark slides. A plot that is saved as SVG
follows the page by itself: a browser shows it light on dark where its reader prefers that.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .core.recording import no_grad
from .datasets import Data, examples
from .engine import Value
from .mistakes.options import (
    A_DICT,
    A_FUNCTION,
    A_LIST,
    A_MODEL,
    A_NUMBER,
    A_PAIR,
    A_VALUE,
    A_WHOLE_NUMBER,
    NAMES,
    PAIRS,
    expect,
)
from .networks.activations import ACTIVATIONS
from .notation.words import number_text
from .numbers.number import number, primal
from .plotting.figures import blank, dress, legend, matplotlib, new_figure, save
from .plotting.theme import DARK, LIGHT, MARKERS, Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.contour import ContourSet
    from matplotlib.figure import Figure

__all__ = [
    "DARK",
    "LIGHT",
    "Theme",
    "activations",
    "decision_regions",
    "gradient_flow",
    "learned_curve",
    "loss_history",
    "loss_surface",
    "over",
    "save",
]

Range = tuple[float, float]


# --- one plot each ---------------------------------------------------------------------------------------------------


def learned_curve(
    model: Callable[[Any], object],
    data: Data,
    *,
    steps: int = 200,
    title: str = "What the model learned",
    dark: bool = False,
) -> "Figure":
    """The model's output as a curve over the points of `data`, whose examples have one input each.

    `data` is (xs, ys) or (x, y) pairs. ValueError where an example has several inputs or the model several outputs.
    """
    expect("learned_curve", A_MODEL, model=model)
    xs, ys = examples(data)
    points = [(_single(x, "input"), _single(y, "target")) for x, y in zip(xs, ys, strict=True)]
    low, high = min(x for x, _ in points), max(x for x, _ in points)
    margin = 0.04 * (high - low) or 1.0
    grid = _between(low - margin, high + margin, steps)
    rows = isinstance(xs[0], Sequence)
    with no_grad():
        curve = [_single(model([x] if rows else x), "output") for x in grid]
    figure, axes, theme = new_figure(title, "x", "y", dark)
    axes.plot(grid, curve, color=theme.second, linewidth=2.5, label="model", zorder=3)
    hollow = {"markerfacecolor": theme.paper, "markeredgecolor": theme.first, "markeredgewidth": 1.4}
    axes.plot(*zip(*points, strict=True), "o", markersize=5.5, label="data", zorder=2, **hollow)
    legend(axes, theme)
    return figure


def decision_regions(
    model: Callable[[Any], object],
    data: Data,
    *,
    threshold: float = 0.0,
    steps: int = 60,
    title: str = "How the model decides",
    dark: bool = False,
) -> "Figure":
    """Where in the plane the model decides for which class, with the points of `data`, each class its own mark.

    A model with one output decides for the second class where it is above `threshold`; one with several for the
    class with the largest. `data` is (xs, ys) or pairs, two inputs each. ValueError where examples have other than two.
    """
    expect("decision_regions", A_MODEL, model=model)
    expect("decision_regions", A_NUMBER, threshold=threshold)
    xs, ys = examples(data)
    wrong = next((x for x in xs if len(x) != 2), None)
    if wrong is not None:
        raise ValueError(f"decision regions need two inputs per example, and one has {len(wrong)}")
    across = _padded([float(x[0]) for x in xs], steps)
    up = _padded([float(x[1]) for x in xs], steps)
    with no_grad():
        outputs = [[_numbers(model([x1, x2])) for x1 in across] for x2 in up]
    figure, axes, theme = new_figure(title, "x₁", "x₂", dark)
    classes = max(len(outputs[0][0]), 2)
    for k in range(classes):
        lead = [[_lead(scores, k, threshold) for scores in row] for row in outputs]
        if max(map(max, lead)) > 0:
            axes.contourf(across, up, lead, levels=[0.0, math.inf], colors=[theme.regions[k % len(theme.regions)]])
        if min(map(min, lead)) < 0 < max(map(max, lead)):
            axes.contour(across, up, lead, levels=[0.0], colors=[theme.ink], linewidths=1.6)
    for k, label in enumerate(sorted(set(ys))):
        points = [x for x, y in zip(xs, ys, strict=True) if y == label]
        face = (theme.first, theme.second, theme.third, theme.fourth)[k % 4]
        style = {"markersize": 6.5, "markerfacecolor": face, "markeredgecolor": theme.paper, "markeredgewidth": 0.9}
        name = f"class {number_text(label)}".replace("-", "−")
        axes.plot(*zip(*points, strict=True), MARKERS[k % len(MARKERS)], linestyle="", label=name, **style)
    axes.grid(visible=False)
    legend(axes, theme, "beside")
    return figure


def loss_history(history: object, *, title: str = "How the loss fell", dark: bool = False) -> "Figure":
    """The loss per epoch, with the validation loss and the metrics where there are some.

    `history` is what `fit` returned, or its `to_dict()`, or plain numbers. The scale is logarithmic where the numbers
    span more than a factor of 50. ValueError for a history without an epoch.
    """
    first, losses, validation, metrics = _curves(history)
    if not losses:
        raise ValueError("the history is empty: no whole epoch was run")
    figure, axes, theme = new_figure(title, "epoch", "loss", dark, panels=2 if metrics else 1)
    top = axes[0] if metrics else axes
    epochs = range(first, first + len(losses))
    mark = "o" if len(losses) == 1 else ""
    top.plot(epochs, losses, marker=mark, color=theme.first, linewidth=2.2, label="training loss")
    if validation:
        top.plot(
            epochs, validation, marker=mark, color=theme.second, linewidth=2.2, linestyle="--", label="validation loss"
        )
    both = [x for x in [*losses, *validation] if math.isfinite(x)]
    if both and min(both) > 0 and max(both) > 50 * min(both):
        top.set_yscale("log")
    legend(top, theme)
    for i, (name, numbers) in enumerate(metrics.items()):
        color = theme.first if i % 2 == 0 else theme.second
        style = ("-", "--", ":", "-.")[i % 4]
        axes[1].plot(
            range(first, first + len(numbers)),
            numbers,
            marker=mark,
            color=color,
            linewidth=2.2,
            linestyle=style,
            label=name,
        )
    if metrics:
        top.set_xlabel("")
        axes[1].set_ylabel("")
        legend(axes[1], theme)
    return figure


def loss_surface(
    loss: Callable[[float, float], object],
    x_range: Range,
    y_range: Range,
    *,
    path: Iterable[tuple[object, object]] = (),
    names: tuple[str, str] = ("w", "b"),
    steps: int = 60,
    title: str = "The loss over two parameters",
    dark: bool = False,
) -> "Figure":
    """The loss as a function of two parameters, as contours with a colour key, and the path of gradient descent on it.

    `loss(x, y)` gives a number or a Value; `over` makes one from two parameters of a model. `path` has the points
    (x, y) of the descent in order. Contours lie denser near the bottom: level k is at (k/12)² of the height shown.
    """
    expect("loss_surface", A_FUNCTION, loss=loss)
    expect("loss_surface", A_PAIR, x_range=x_range, y_range=y_range)
    expect("loss_surface", NAMES, names=names)
    expect("loss_surface", A_LIST, path=path)
    path = list(path)
    expect("loss_surface", PAIRS, path=path)
    across, up = _between(*x_range, steps), _between(*y_range, steps)
    with no_grad():
        heights = [[float(primal(loss(x, y))) for x in across] for y in up]
    low, high = min(map(min, heights)), max(map(max, heights))
    figure, axes, theme = new_figure(title, *names, dark)
    levels = [low + ((high - low) or 1.0) * (k / 12) ** 2 for k in range(13)]
    spread = matplotlib("colors").PowerNorm(0.5, low, levels[-1])
    surface = axes.contourf(across, up, heights, levels=levels, cmap=_ramp(theme), norm=spread)
    if not dark:
        in_hex, night = matplotlib("colors").to_hex, _ramp(DARK)(spread(surface.layers))
        vars(figure)["at_night"] |= {in_hex(a): in_hex(b) for a, b in zip(surface.get_facecolor(), night, strict=True)}
    lines = axes.contour(across, up, heights, levels=levels[1:-1], colors=[theme.ink], linewidths=0.7, alpha=0.7)
    axes.clabel(lines, lines.levels[1::3], fmt="%.3g", fontsize=10)
    axes.grid(visible=False)
    _key(figure, axes, surface, theme)
    points = [(float(primal(x)), float(primal(y))) for x, y in path]
    if points:
        _descent(axes, theme, points)
    axes.set_xlim(x_range)
    axes.set_ylim(y_range)
    return figure


def _key(figure: "Figure", axes: "Axes", surface: "ContourSet", theme: Theme) -> None:
    """The colour key: which shade is which loss."""
    bar = figure.colorbar(surface, ax=axes, ticks=list(surface.levels)[::3], format="%.4g")
    bar.set_label("loss", color=theme.ink, fontsize=12)
    bar.ax.tick_params(colors=theme.faint, labelcolor=theme.ink, labelsize=10)
    bar.outline.set_edgecolor(theme.faint)


def _ramp(theme: Theme) -> "Colormap":
    ramp: Colormap = matplotlib("colors").LinearSegmentedColormap.from_list("surface", [theme.low, theme.high])
    return ramp


def over(x: Value, y: Value, loss: Callable[[], object]) -> Callable[[float, float], float]:
    """`loss()` as a function of the two parameters `x` and `y` of a model, which are put back after each call.

    >>> w, b = Value(1.0), Value(0.0)
    >>> f = over(w, b, lambda: (2.0 * w + b - 4.0) ** 2)
    >>> f(1.0, 0.0), f(2.0, 0.0), w.data
    (4.0, 0.0, 1.0)
    """
    expect("over", A_VALUE, x=x, y=y)
    expect("over", A_FUNCTION, loss=loss)

    def f(at_x: float, at_y: float) -> float:
        before = x.data, y.data
        try:
            x.data, y.data = at_x, at_y
            with no_grad():
                return float(primal(loss()))
        finally:
            x.data, y.data = before

    return f


def activations(
    functions: Mapping[str, Callable[[Any], Value]] = ACTIVATIONS,
    *,
    low: float = -4.0,
    high: float = 4.0,
    title: str = "Activations and their derivatives",
    dark: bool = False,
) -> "Figure":
    """Functions of one number with their derivatives, a panel each; the derivatives come from `backward`.

    `functions` are functions of a Value by the name to show; `nn.ACTIVATIONS` unless given. ValueError for none.
    """
    expect("activations", A_DICT, functions=functions)
    expect("activations", A_FUNCTION, **{str(name): function for name, function in functions.items()})
    expect("activations", A_NUMBER, low=low, high=high)
    if not functions:
        raise ValueError("no functions: give some by name, as in {'sin': tg.sin}")
    columns = min(len(functions), 3)
    rows = math.ceil(len(functions) / columns)
    theme = DARK if dark else LIGHT
    figure = blank(theme, (0.6 + 3.0 * columns, 1.3 + 2.1 * rows))
    figure.suptitle(title, color=theme.ink, fontsize=15, fontweight="bold")
    grid = _between(low, high, 201)
    for i, (name, function) in enumerate(functions.items(), 1):
        axes = figure.add_subplot(rows, columns, i)
        dress(axes, theme, name, "", "")
        slopes, outputs = [], []
        for at in grid:
            x = Value(at)
            y = function(x)
            y.backward()
            outputs.append(y.data)
            slopes.append(x.grad)
        axes.axhline(0.0, color=theme.faint, linewidth=0.8)
        axes.plot(grid, outputs, color=theme.first, linewidth=2.4, label="f(x)")
        axes.plot(grid, slopes, color=theme.second, linewidth=2.0, linestyle="--", label="f′(x)")
        if i == 1:
            legend(axes, theme)
    return figure


def gradient_flow(
    layers: Sequence[tuple[str, Iterable[object]]], *, title: str = "Gradient flow", dark: bool = False
) -> "Figure":
    """How large the gradients are in each layer: a dot for each number's size, a bar for the median.

    `layers` are (name, numbers) in the order of the layers. The median is written below, and what a logarithmic
    scale cannot show: the share of zeros, and how many are nan or infinite. ValueError for no layers.
    """
    expect("gradient_flow", PAIRS, layers=layers)
    if not layers:
        raise ValueError("no layers: give (name, numbers) for each")
    figure, axes, theme = new_figure(title, "", "|gradient|", dark, width=max(6.4, 1.2 + 0.9 * len(layers)))
    names = []
    for i, (name, numbers) in enumerate(layers):
        every = [abs(float(primal(g))) for g in numbers]
        sizes = sorted(g for g in every if 0.0 < g < math.inf)
        median = sizes[len(sizes) // 2 : len(sizes) // 2 + 1]
        names.append("\n".join([name, *(f"{m:.1e}" for m in median), *_exceptions(every)]))
        shown = sizes[:: max(math.ceil(len(sizes) / 200), 1)]
        sideways = [
            i + 0.5 * ((k * 0.618034) % 1.0 - 0.5) for k in range(len(shown))
        ]  # golden ratio: spread, not random
        axes.plot(sideways, shown, "o", markersize=4, alpha=0.55, color=theme.first, markeredgewidth=0)
        axes.hlines(median, i - 0.36, i + 0.36, color=theme.second, linewidth=3.2, label="median" if i == 0 else "")
    axes.set_yscale("log")
    axes.set_xticks(range(len(layers)), names)
    axes.set_xlim(-0.6, len(layers) - 0.4)
    axes.grid(visible=False, axis="x")
    legend(axes, theme, "above")
    return figure


# --- parts of plots -----


def _descent(axes: "Axes", theme: Theme, points: list[tuple[float, float]]) -> None:
    """The path as dots on a line, its ends named."""
    outline = matplotlib("patheffects").withStroke(linewidth=2.2, foreground=theme.paper)
    xs, ys = zip(*points, strict=True)
    axes.plot(xs, ys, "-", color=theme.second, linewidth=1.0, path_effects=[outline], zorder=3)
    dots: dict[str, Any] = {"color": theme.second, "markeredgecolor": theme.ink, "markeredgewidth": 0.5}
    axes.plot(xs, ys, "o", markersize=3.8, zorder=4, **dots)
    for text, (x, y), mark in (("start", points[0], "o"), ("end", points[-1], "*")):
        axes.plot([x], [y], mark, markersize=9 if mark == "o" else 15, zorder=5, **dots)
        axes.annotate(
            text,
            (x, y),
            (9, 7),
            textcoords="offset points",
            fontsize=11,
            fontweight="bold",
            color=theme.ink,
            zorder=6,
            path_effects=[matplotlib("patheffects").withStroke(linewidth=3.0, foreground=theme.paper)],
        )


# --- numbers out of models and histories -----------------------------------------------------------------------------


def _numbers(output: object) -> list[float]:
    outputs = output if isinstance(output, Sequence) else [output]
    return [float(primal(x)) for x in outputs]


def _single(x: object, what: str) -> float:
    numbers = _numbers(x)
    if len(numbers) != 1:
        raise ValueError(f"a curve needs one {what} per example, and here are {len(numbers)}: {numbers}")
    return numbers[0]


def _lead(scores: list[float], k: int, threshold: float) -> float:
    """By how much class k is ahead of the others, negative where it is behind."""
    if len(scores) == 1:
        return scores[0] - threshold if k else threshold - scores[0]
    return scores[k] - max(score for i, score in enumerate(scores) if i != k)


def _between(low: float, high: float, steps: int) -> list[float]:
    expect("a plot", A_WHOLE_NUMBER, steps=steps)
    if steps < 2:
        raise ValueError(f"steps is {steps}: a plot needs at least 2")
    return [low + (high - low) * i / (steps - 1) for i in range(steps)]


def _padded(numbers: list[float], steps: int) -> list[float]:
    margin = 0.12 * (max(numbers) - min(numbers)) or 1.0
    return _between(min(numbers) - margin, max(numbers) + margin, steps)


def _curves(history: Any) -> tuple[int, list[float], list[float], dict[str, list[float]]]:
    """The first epoch, the loss, the validation loss and the metrics of a history, its dict or plain numbers."""
    found = history.to_dict() if hasattr(history, "to_dict") else history
    if not isinstance(found, Mapping):
        expect("loss_history", A_LIST, history=found)
        return 1, [float(number(x)) for x in found], [], {}
    losses = list(found["loss"])
    first = found.get("epochs", len(losses)) - len(losses) + 1  # of a bounded history the last epochs are left
    return first, losses, list(found.get("validation", [])), dict(found.get("metrics", {}))


def _exceptions(sizes: list[float]) -> list[str]:
    """In words, what the logarithmic scale cannot show."""
    zeros, odd = sizes.count(0.0), sum(not math.isfinite(size) for size in sizes)
    share = f"{zeros / len(sizes):.0%}" if zeros else ""
    return [f"{share} zero"] * bool(zeros) + [f"{odd} not finite"] * bool(odd) + ["no numbers"] * (not sizes)
