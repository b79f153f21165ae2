"""Draws the pictures of the course that no example on its pages draws: `python -m tools.course_pictures`.

They are SVG files in docs/pictures, the same bytes every time.
"""

import itertools
import math
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

import tinygrad_edu as tg
from tinygrad_edu import datasets, losses, nn, optim, plot
from tinygrad_edu.plotting.figures import blank, dress, legend
from tinygrad_edu.plotting.theme import LIGHT as THEME
from tools import course_drawings
from tools.course_canvas import arrow, chart, number

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
    axes.contour(ws, bs, heights, levels=[0.2, 1, 3, 7, 14, 25, 40, 60], colors=[THEME.faint], linewidths=0.7)
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
            for j, weight in enumerate(row):
                if abs(weight) > 0.3 * largest:
                    axes.text(j, i, "+" if weight > 0 else "−", ha="center", va="center", fontsize=6, color=SIGN)
        axes.set_title(str(digit), color=THEME.ink, fontsize=11)
        axes.set_xticks([])
        axes.set_yticks([])
    return figure


def panels(titles: list[str], size: tuple[float, float]) -> tuple[Figure, list[Any]]:
    """A figure with a dressed panel for each title, side by side."""
    figure = blank(THEME, size)
    every = [figure.add_subplot(1, len(titles), i + 1) for i in range(len(titles))]
    for axes, title in zip(every, titles, strict=True):
        dress(axes, THEME, title, "", "")
        axes.title.set_fontsize(11.5)
    return figure, every


def three_failures() -> Figure:
    """The losses of the three programs of chapter 0."""
    figure, (worse, still, dead) = panels(
        ["gets worse", "stands still", "is dead"], (9.0, 3.1)
    )  # fmt: skip
    xs, ys = datasets.line()
    for clear, style in ((False, "-"), (True, "--")):
        w, b, course = tg.Value(0.0), tg.Value(0.0), []
        for _ in range(120):
            loss = tg.mean((w * x + b - y) ** 2 for (x,), y in zip(xs, ys, strict=True))
            if clear:
                loss.zero_grad()
            loss.backward()
            w.data -= 0.05 * w.grad
            b.data -= 0.05 * b.grad
            course.append(loss.data)
        colour = THEME.third if clear else THEME.second
        worse.plot(course, style, color=colour, label="cleared" if clear else "not cleared")
    for layers, style in ((10, "-"), (2, "--")):
        model = nn.MLP(2, [6] * layers + [1], activation="sigmoid", seed=1)
        optimizer = optim.SGD(model.parameters(), lr=0.2)
        history = tg.fit(model, datasets.moons(40), optimizer=optimizer, epochs=40, batch_size=8)
        colour = THEME.second if layers == 10 else THEME.third
        still.plot(history.loss, style, color=colour, label=f"{layers} layers")
    for start, style in ((-3.0, "-"), (0.0, "--")):
        w, b, course = tg.Value(1.0), tg.Value(start), []
        for _ in range(60):
            loss = tg.mean((tg.relu(w * x + b) - x - 1) ** 2 for x in (-1.0, 0.0, 1.0))
            loss.zero_grad()
            loss.backward()
            w.data -= 0.1 * w.grad
            b.data -= 0.1 * b.grad
            course.append(loss.data)
        dead.plot(
            course, style, color=THEME.third if start == 0 else THEME.second, label=f"b starts at {number(start)}"
        )
    for axes, x in ((worse, "step"), (still, "epoch"), (dead, "step")):
        axes.set_xlabel(x, color=THEME.ink, fontsize=11)
        axes.set_ylim(bottom=0)
        legend(axes, THEME)
    worse.set_yscale("symlog", linthresh=1.0)
    worse.set_ylabel("loss", color=THEME.ink, fontsize=11)
    return figure


def three_slopes() -> Figure:
    """The three functions of exp(sin(x²)), each with the tangent where its input has arrived."""
    u, v = 1.0, math.sin(1.0)
    steps: list[tuple[str, Any, Any, float, tuple[float, float]]] = [
        ("u = x² at x = 1", lambda x: x * x, lambda x: 2 * x, 1.0, (-0.4, 2.2)),
        ("v = sin u at u = 1", math.sin, math.cos, u, (-0.6, 3.2)),
        ("f = exp v at v = 0.8415", math.exp, math.exp, v, (-0.8, 1.7)),
    ]
    figure, every = panels([name for name, *_ in steps], (9.0, 3.2))
    slopes = []
    for axes, (_, f, derivative, at, (low, high)) in zip(every, steps, strict=True):
        xs = [low + (high - low) * i / 80 for i in range(81)]
        slope = derivative(at)
        slopes.append(slope)
        axes.plot(xs, [f(x) for x in xs], color=THEME.first, linewidth=2.2)
        near = [at - (high - low) * 0.28, at + (high - low) * 0.28]
        axes.plot(near, [f(at) + slope * (x - at) for x in near], "--", color=THEME.second, linewidth=2)
        axes.plot([at], [f(at)], "o", color=THEME.second, markersize=7)
        axes.text(0.05, 0.93, f"slope {slope:.4f}", transform=axes.transAxes, color=THEME.second, fontsize=11,
                  fontweight="bold", va="top")  # fmt: skip
    product = " · ".join(f"{slope:.4f}" for slope in reversed(slopes))
    figure.supxlabel(f"df/dx = {product} = {math.prod(slopes):.4f}", color=THEME.ink, fontsize=12)
    return figure


def on_the_line(w: Any, b: Any) -> Any:
    """The mean squared error of w·x + b on y = 5 − x."""
    xs, ys = datasets.line()
    return tg.mean((w * x + b - y) ** 2 for (x,), y in zip(xs, ys, strict=True))


def four_steps() -> Figure:
    """Start, the direction of steepest ascent, the same turned around, and the step."""
    figure, every = panels(["1 where am I?", "2 which way is up?", "3 turn around", "4 a small step"], (10.5, 3.2))
    start = (-3.0, 4.0)
    w, b = tg.Value(start[0]), tg.Value(start[1])
    loss = on_the_line(w, b)
    loss.backward()
    rate = 0.03
    ups = (rate * w.grad, rate * b.grad)
    end = (start[0] - ups[0], start[1] - ups[1])
    ws, bs = [-6 + 0.2 * i for i in range(41)], [0.4 * i for i in range(21)]
    heights = [[float(on_the_line(x, y)) for x in ws] for y in bs]
    for i, axes in enumerate(every):
        axes.contour(ws, bs, heights, levels=[0.5, 2, 5, 10, 18, 28, 45, 70], colors=[THEME.faint], linewidths=0.7)
        axes.grid(visible=False)
        axes.set_aspect("equal")
        axes.plot([-1], [5], "+", color=THEME.ink, markersize=11)
        axes.plot([start[0]], [start[1]], "o", color=THEME.first, markersize=8)
        if i == 1:
            arrow(axes, start, (start[0] + ups[0], start[1] + ups[1]), colour=THEME.second, thick=2.4)
        if i >= 2:
            arrow(axes, start, end, colour=THEME.first, thick=2.4)
        if i == 3:
            axes.plot([end[0]], [end[1]], "o", color=THEME.third, markersize=8)
        axes.set_xlabel("w", color=THEME.ink, fontsize=11)
    every[0].set_ylabel("b", color=THEME.ink, fontsize=11)
    every[0].annotate(f"loss {loss.data:.1f}", start, (-20, -18), textcoords="offset points", color=THEME.ink)
    every[1].annotate("the gradient", start, (-34, -22), textcoords="offset points", color=THEME.second)
    every[3].annotate(
        f"loss {float(on_the_line(*end)):.1f}", end, (8, -14), textcoords="offset points", color=THEME.ink
    )
    return figure


def baby_steps() -> Figure:
    """J(w) = (2.1·w − 4)² with small steps down, and with steps that are too long."""
    figure, (small, large) = panels(["η = 0.05: baby steps", "η = 0.24: too long"], (8.4, 3.4))
    for axes, rate, count in ((small, 0.05, 8), (large, 0.24, 5)):
        path = [0.6]
        for _ in range(count):
            w = tg.Value(path[-1])
            loss = (w * 2.1 - 4.0) ** 2
            loss.backward()
            path.append(w.data - rate * w.grad)
        low, high = min(*path, 0.2) - 0.2, max(*path, 3.4) + 0.2
        ws = [low + (high - low) * i / 100 for i in range(101)]
        axes.plot(ws, [(2.1 * w - 4) ** 2 for w in ws], color=THEME.first, linewidth=2)
        points = [(w, (2.1 * w - 4) ** 2) for w in path]
        for tail, head in itertools.pairwise(points):
            arrow(axes, tail, head, colour=THEME.second, thick=1.4)
        axes.plot(*zip(*points, strict=True), "o", color=THEME.second, markersize=5)
        axes.set_xlabel("w", color=THEME.ink, fontsize=11)
    small.set_ylabel("J(w) = (2.1·w − 4)²", color=THEME.ink, fontsize=11)
    return figure


def softmax_and_svm() -> Figure:
    """Three scores, and what the two losses do to each of them."""
    figure, every = panels(["scores (class 1 is right)", "softmax: p, and push −∂L/∂s", "SVM: push −∂L/∂s"], (9.6, 3.2))
    scores = [2.0, 1.0, -1.0]
    pushes = []
    for loss in (losses.cross_entropy, losses.multiclass_svm_loss):
        leaves = [tg.Value(s) for s in scores]
        loss(leaves, 1).backward()
        pushes.append([-leaf.grad for leaf in leaves])
    shares = tg.softmax(scores)
    for axes, bars in zip(every, (scores, pushes[0], pushes[1]), strict=True):
        colours = [THEME.third if i == 1 else THEME.first for i in range(3)]
        axes.bar(range(3), bars, width=0.55, color=colours)
        axes.axhline(0, color=THEME.faint, linewidth=1)
        axes.set_xticks(range(3), ["class 0", "class 1", "class 2"])
        low, high = min(*bars, 0), max(*bars, 0)
        axes.set_ylim(low - 0.22 * (high - low), high + 0.25 * (high - low))
        for i, height in enumerate(bars):
            share = f"p = {shares[i]:.3f}\n" if axes is every[1] else ""
            text = f"{share}{number(height, 3)}" if height or axes is not every[2] else "0: content"
            axes.annotate(text, (i, height), (0, 4 if height >= 0 else -4), textcoords="offset points", ha="center",
                          va="bottom" if height >= 0 else "top", color=THEME.ink, fontsize=9.5)  # fmt: skip
    every[1].set_ylim(-1.15, 1.15)
    every[2].set_ylim(-1.4, 1.4)
    return figure


def maxout() -> Figure:
    """The larger of three lines, which a maxout neuron computes."""
    figure, axes = chart("Maxout: the largest of a few lines", "x", "output", (6.4, 3.4))
    lines = [(-1.0, -1.0), (0.2, 0.4), (1.2, -1.2)]
    xs = [-3 + 6 * i / 120 for i in range(121)]
    for i, (w, b) in enumerate(lines):
        axes.plot(
            xs, [w * x + b for x in xs], "--", color=THEME.faint, linewidth=1.2, label="pieces" if not i else None
        )
    axes.plot(xs, [float(tg.max([w * x + b for w, b in lines])) for x in xs], color=THEME.first, linewidth=2.6,
              label="maxout")  # fmt: skip
    axes.set_ylim(-2.4, 3.2)
    legend(axes, THEME)
    return figure


EVERY = (
    nudging, five_optimisers, templates, three_failures, three_slopes, four_steps, baby_steps, softmax_and_svm, maxout,
    *course_drawings.EVERY,
)  # fmt: skip

if __name__ == "__main__":
    for draw in EVERY:
        plot.save(draw(), PICTURES / f"{draw.__name__}.svg")
