"""Plots stay as they are: every line, mark, text, colour and limit that we set, see tests/kept.py.

What matplotlib makes of it, such as the outlines of contours, is its own affair and is left out.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import tinygrad_edu as tg
from tests.kept import Kept
from tinygrad_edu import Value, datasets, nn, plot

colors = pytest.importorskip("matplotlib.colors")
ticker = pytest.importorskip("matplotlib.ticker")


TICKS = ["gridOn", "color", "labelcolor", "labelsize", "grid_color", "grid_linewidth"]


def numbers(values: Any) -> str:
    return " ".join(f"{float(x):.6g}" for x in values)


def described(figure: Any) -> str:
    return "\n".join(_of_figure(figure)) + "\n"


def _of_figure(figure: Any) -> Iterator[str]:
    yield f"size {numbers(figure.get_size_inches())} dpi {figure.dpi} face {colors.to_hex(figure.get_facecolor())}"
    yield f"around {[figure.get_layout_engine().get()[pad] for pad in ('w_pad', 'h_pad')]}"
    for text in figure.texts:
        yield _text(text)
    for axes in figure.axes:
        yield from _of_axes(axes)
    yield f"at night {sorted(figure.at_night.items())}"


def _of_axes(axes: Any) -> Iterator[str]:
    yield "--- axes"
    yield f"scales {axes.get_xscale()} {axes.get_yscale()}, face {colors.to_hex(axes.get_facecolor())}"
    yield f"grid below {axes.get_axisbelow()}"
    yield f"limits {numbers(axes.get_xlim())}, {numbers(axes.get_ylim())}"
    texts = (axes.title, axes._left_title, axes.xaxis.label, axes.yaxis.label, *axes.texts)
    yield from dict.fromkeys(map(_text, texts))  # how often a contour has its label is matplotlib's choice
    for way in ("x", "y"):
        look = getattr(axes, f"{way}axis").get_tick_params()
        yield f"{way} ticks " + ", ".join(f"{key} {look.get(key)}" for key in TICKS)
    for axis in (axes.xaxis, axes.yaxis):
        if isinstance(axis.get_major_locator(), ticker.FixedLocator):
            yield f"at {numbers(axis.get_ticklocs())}: {axis.get_major_formatter().format_ticks(axis.get_ticklocs())}"
    for side, spine in axes.spines.items():
        yield f"spine {side}: {spine.get_visible()} {colors.to_hex(spine.get_edgecolor())}"
    for line in axes.get_lines():
        yield _line(line)
    for each in axes.collections:
        yield _collection(each)
    if legend := axes.get_legend():
        yield f"legend {legend.get_zorder()} {legend._loc_real} {numbers(legend.get_bbox_to_anchor()._bbox.bounds)}"
        for text in legend.get_texts():
            yield _text(text)


def _text(text: Any) -> str:
    place = numbers(text.xyann) if hasattr(text, "xyann") else ""
    effects = [(type(each).__name__, sorted(each._gc.items())) for each in text.get_path_effects()]
    look = f"{text.get_fontsize()} {text.get_fontweight()} {colors.to_hex(text.get_color())} {text.get_zorder()}"
    return f"text {text.get_text()!r} {look} {text.get_ha()} {place} {effects}"


def _line(line: Any) -> str:
    marks = f"{line.get_marker()} {line.get_markersize()} {line.get_markeredgewidth()}"
    faces = f"{colors.to_hex(line.get_markerfacecolor())} {colors.to_hex(line.get_markeredgecolor())}"
    look = f"{colors.to_hex(line.get_color())} {line.get_linestyle()} {line.get_linewidth()} {line.get_alpha()}"
    effects = [(type(each).__name__, sorted(each._gc.items())) for each in line.get_path_effects()]
    places = f"{numbers(line.get_xdata())} / {numbers(line.get_ydata())}"
    return f"line {line.get_label().split('_child')[0]!r} {look} {marks} {faces} {line.get_zorder()} {effects} {places}"


def _collection(each: Any) -> str:
    faces = [colors.to_hex(color) for color in each.get_facecolor()]
    edges = [colors.to_hex(color, keep_alpha=True) for color in each.get_edgecolor()] if not faces else []
    levels = numbers(each.levels) if hasattr(each, "levels") else ""
    segments = [numbers(point.ravel()) for point in each.get_segments()] if hasattr(each, "get_segments") else ""
    name = f"{type(each).__name__} {each.get_label().split('_child')[0]!r}"
    return f"{name} {levels} {faces} {edges} {numbers(each.get_linewidth())} {segments}"


def line_of(x: Any) -> Value:
    return Value(2.0) * x[0] + 1.0


def history(**more: Any) -> dict[str, Any]:
    return {"loss": [4.0, 2.0, 1.0, 0.5], **more}


def gradients(seed: int = 1, count: int = 7) -> list[float]:
    rng = tg.nn.Neuron(count, seed=seed)
    return [w.data * 10.0 ** -(i % 5) for i, w in enumerate(rng.w)]


def bowl(x: float, y: float) -> float:
    return (x - 1.0) ** 2 + 3.0 * (y + 0.5) ** 2


CLASSES = ([[0.0, 0.0], [1.0, 2.0], [3.0, -1.0], [4.0, 1.0], [2.0, 2.5]], [0, 1, 2, 3, 4])
PLOTS: dict[str, Callable[[], Any]] = {
    "curve": lambda: plot.learned_curve(line_of, datasets.line(), steps=5),
    "curve, default steps, dark": lambda: plot.learned_curve(line_of, datasets.line(), title="So", dark=True),
    "curve of one point": lambda: plot.learned_curve(lambda x: x * x, [(3.0, 9.0)], steps=2),
    "regions": lambda: plot.decision_regions(line_of, datasets.moons(6), steps=9),
    "regions, threshold, default steps": lambda: plot.decision_regions(
        lambda x: Value(1.0) * x[1], datasets.xor(), threshold=0.25, dark=True, title="Half"
    ),
    "regions of three": lambda: plot.decision_regions(
        lambda x: [Value(1.0) * x[0], Value(1.0) * x[1], Value(0.5)], datasets.blobs(9), steps=12
    ),
    "regions of five": lambda: plot.decision_regions(
        lambda x: [Value(1.0) * x[0], Value(1.0) * x[1], Value(0.5), -x[0] + Value(1.0), Value(2.0) - x[1]], CLASSES
    ),
    "regions, one class everywhere": lambda: plot.decision_regions(lambda x: Value(1.0), datasets.moons(4), steps=4),
    "regions, exactly on the border": lambda: plot.decision_regions(lambda x: Value(0.0), datasets.moons(4), steps=4),
    "regions, touching the border": lambda: plot.decision_regions(
        lambda x: tg.relu(Value(1.0) * x[0]), datasets.moons(4), steps=4
    ),
    "regions of a point": lambda: plot.decision_regions(line_of, [([1.0, 1.0], -1.0)], steps=3),
    "losses": lambda: plot.loss_history([4.0, 2.0, 1.0, 0.5]),
    "losses over a factor of 50": lambda: plot.loss_history([50.0, 3.0, 1.0], title="Not yet"),
    "losses over more than a factor of 50": lambda: plot.loss_history([50.1, 3.0, 1.0], dark=True),
    "losses with zero": lambda: plot.loss_history([500.0, 3.0, 0.0]),
    "losses with nan": lambda: plot.loss_history([500.0, math.nan, 3.0, math.inf]),
    "only nan": lambda: plot.loss_history([math.nan, math.nan]),
    "one epoch": lambda: plot.loss_history(history(loss=[1.0], validation=[2.0])),
    "validation": lambda: plot.loss_history(history(validation=[5.0, 3.0, 2.0, 0.05])),
    "metrics": lambda: plot.loss_history(
        history(metrics={name: [0.5, 0.75, 1.0, i / 4] for i, name in enumerate("abcde")}, epochs=10)
    ),
    "surface": lambda: plot.loss_surface(bowl, (-1.0, 3.0), (-2.0, 1.0), steps=9),
    "surface with a path": lambda: plot.loss_surface(
        bowl, (-1.0, 3.0), (-2.0, 1.0), path=[(3.0, 1.0), (2.0, 0.0), (1.0, -0.5)], names=("u", "v"), dark=True
    ),
    "flat surface": lambda: plot.loss_surface(lambda x, y: 2.0, (0.0, 1.0), (0.0, 1.0), path=[(0.5, 0.5)], steps=3),
    "activations": plot.activations,
    "two activations": lambda: plot.activations({"relu": tg.relu, "sin": tg.sin}, low=-1.0, high=2.0, dark=True),
    "three activations": lambda: plot.activations({"a": tg.relu, "b": tg.sin, "c": tg.exp}, title="Three"),
    "gradients": lambda: plot.gradient_flow([("first", gradients()), ("second", gradients(2, 8))]),
    "odd gradients": lambda: plot.gradient_flow(
        [("zeros", [0.0, 0.0, 1.0]), ("odd", [math.nan, math.inf, 1.0]), ("none", []), ("dead", [0.0])], dark=True
    ),
    "many gradients": lambda: plot.gradient_flow([(f"layer {i}", gradients(i, 399 + i)) for i in range(3)]),
    "many layers": lambda: plot.gradient_flow([(f"{i}", [1.0, 2.0]) for i in range(9)], title="Nine"),
    "of a model": lambda: plot.learned_curve(nn.MLP(1, [3, 1], seed=1), datasets.curve(n=5), steps=9),
}  # fmt: skip
KEPT = Kept(__file__, {name: lambda make=make: described(make()) for name, make in PLOTS.items()})


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_stays_as_it_is(name: str) -> None:
    KEPT.check(name)


def test_all_plots_are_kept() -> None:
    KEPT.check_names()


if __name__ == "__main__":
    KEPT.main()
