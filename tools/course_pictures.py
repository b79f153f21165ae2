"""Draws the pictures of the course that no example on its pages draws: `python -m tools.course_pictures`.

They are SVG files in docs/pictures, the same bytes every time.
"""

from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

import tinygrad_edu as tg
from tinygrad_edu import datasets, losses, nn, optim, plot
from tinygrad_edu.plotting.figures import blank
from tinygrad_edu.plotting.theme import LIGHT as THEME
from tools.course_canvas import chart
from tools.course_drawings import ten_steps

SIGN = "#101418"  # on squares that are light on dark pages too
PICTURES = Path(__file__).parent.parent / "docs" / "pictures"


def nudging() -> Figure:
    """The parabola at x = 3 with secants for h = 2, 1 and 0.5, and the tangent."""
    figure, axes = chart("The secant becomes the tangent", "x", "f(x) = x²")
    xs = [1 + i / 20 for i in range(91)]
    axes.plot(xs, [x * x for x in xs], color=THEME.first, linewidth=2.4)
    for h, style in ((2.0, ":"), (1.0, "-."), (0.5, "--")):
        slope = 6 + h
        axes.plot([1.6, 5.5], [9 + slope * (x - 3) for x in (1.6, 5.5)], style, color=THEME.faint, linewidth=1.5)
        axes.plot([3 + h], [(3 + h) ** 2], "o", color=THEME.faint, markersize=6)
        axes.annotate(f"h = {h:g}: slope {slope:g}", (3 + h, (3 + h) ** 2), (-10, 8), textcoords="offset points",
                      ha="right", color=THEME.ink, fontsize=10.5)  # fmt: skip
    axes.plot([1.6, 5.5], [9 + 6 * (x - 3) for x in (1.6, 5.5)], color=THEME.second, linewidth=2.4)
    axes.plot([3], [9], "o", color=THEME.second, markersize=8)
    axes.annotate("tangent: slope 6", (4.9, 20.4), (0, -26), textcoords="offset points", color=THEME.second,
                  fontsize=12, fontweight="bold")  # fmt: skip
    axes.set_xlim(1.4, 6.2)
    axes.set_ylim(-1, 31)
    return figure


def descend(make: Any, steps: int = 40) -> list[tuple[float, float]]:
    """The path of an optimiser on ½(20·w² + b²) from (1, 10)."""
    w, b = tg.Value(1.0), tg.Value(10.0)
    optimizer = make([w, b])
    path = [(w.data, b.data)]
    for _ in range(steps):
        loss = (20 * w**2 + b**2) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        path.append((w.data, b.data))
    return path


def five_optimisers() -> Figure:
    """Five paths on one valley, told apart by line style and marker."""
    figure, axes = chart("Five optimisers in one valley, 40 steps", "w", "b", (6.4, 5.2))
    grid = [i / 60 for i in range(61)]
    ws, bs = [-1.2 + 2.5 * u for u in grid], [-3 + 14 * u for u in grid]
    heights = [[(20 * w * w + b * b) / 2 for w in ws] for b in bs]
    axes.contour(ws, bs, heights, levels=[0.2, 1, 3, 7, 14, 25, 40, 60], colors=[THEME.grid], linewidths=1.2)
    kinds = {
        "SGD": (lambda p: optim.SGD(p, lr=0.09), "-", "o"),
        "momentum": (lambda p: optim.SGD(p, lr=0.04, momentum=0.8), "--", "s"),
        "AdaGrad": (lambda p: optim.AdaGrad(p, lr=2.0), ":", "^"),
        "RMSProp": (lambda p: optim.RMSProp(p, lr=0.25, alpha=0.5), "-.", "D"),
        "Adam": (lambda p: optim.Adam(p, lr=0.5, betas=(0.8, 0.99)), (0, (6, 2, 1, 2)), "v"),
    }
    for i, (name, (make, style, marker)) in enumerate(kinds.items()):
        xs, ys = zip(*descend(make), strict=True)
        colour = (THEME.first, THEME.second, THEME.third, THEME.ink, THEME.fourth)[i]
        axes.plot(xs, ys, linestyle=style, marker=marker, markersize=4, color=colour, linewidth=1.5, label=name)
    axes.plot([0], [0], "+", color=THEME.ink, markersize=14, markeredgewidth=2)
    axes.legend(facecolor=THEME.paper, edgecolor=THEME.grid, labelcolor=THEME.ink, fontsize=10.5)
    return figure


def templates() -> Figure:
    """The ten rows of weights of a classifier of digits, as pictures."""
    model = nn.MLP(64, [10], init="zeros")
    train = datasets.digits(100, variants=(0, 1, 2))
    optimizer = optim.Adam(model.parameters(), lr=0.02)
    tg.fit(model, train, loss=losses.cross_entropy, optimizer=optimizer, epochs=30, batch_size=10, seed=1)
    figure = blank(THEME, (6.4, 3.2))
    for digit, neuron in enumerate(model.layers[0].neurons):
        axes = figure.add_subplot(2, 5, digit + 1)
        numbers = [w.data for w in neuron.w]
        largest = max(map(abs, numbers))
        rows = [numbers[8 * i : 8 * i + 8] for i in range(8)]
        axes.imshow(rows, cmap="RdBu", vmin=-largest, vmax=largest)
        for i, row in enumerate(rows):  # the sign is written, too: colour alone does not tell everybody
            for j, number in enumerate(row):
                if abs(number) > 0.3 * largest:
                    axes.text(j, i, "+" if number > 0 else "−", ha="center", va="center", fontsize=6, color=SIGN)
        axes.set_title(str(digit), color=THEME.ink, fontsize=11)
        axes.set_xticks([])
        axes.set_yticks([])
    return figure


EVERY = (nudging, five_optimisers, templates, ten_steps)

if __name__ == "__main__":
    for draw in EVERY:
        plot.save(draw(), PICTURES / f"{draw.__name__}.svg")
