"""Plots follow a dark page: their SVG holds the colours of both themes."""

import itertools
import re

import matplotlib.figure
import pytest

from tinygrad_edu import datasets, plot
from tinygrad_edu.plotting.figures import new_figure

LIGHT_OR_DARK = {
    "learned_curve": lambda dark: plot.learned_curve(lambda x: x[0], datasets.line(), dark=dark),
    "decision_regions": lambda dark: plot.decision_regions(lambda x: x[0], datasets.moons(20), steps=10, dark=dark),
    "loss_history": lambda dark: plot.loss_history([3.0, 2.0], dark=dark),
    "loss_surface": lambda dark: plot.loss_surface(
        lambda w, b: w * w + b, (-5, 5), (0, 20), steps=10, path=[(0, 1), (2, 3)], dark=dark
    ),
    "activations": lambda dark: plot.activations(dark=dark),
    "gradient_flow": lambda dark: plot.gradient_flow([("layer", [1.0, 0.0])], dark=dark),
}


def saved(figure, tmp_path):
    plot.save(figure, tmp_path / "figure.svg")
    return (tmp_path / "figure.svg").read_text("utf-8")


@pytest.mark.parametrize("name", LIGHT_OR_DARK)
def test_each_colour_of_a_light_plot_has_its_dark_one(name, tmp_path):
    text = saved(LIGHT_OR_DARK[name](False), tmp_path)
    style, drawing = text.split("</style>", 1)
    assert "@media (prefers-color-scheme: dark)" in style
    rules = set(re.findall(r'\[style\*="(\w+: #[0-9a-f]{6})"\] \{ \w+: #[0-9a-f]{6} !important \}', style))
    used = set(re.findall(r"\b(?:fill|stroke): #[0-9a-f]{6}", drawing))
    assert used == rules


@pytest.mark.parametrize("name", LIGHT_OR_DARK)
def test_the_dark_colours_are_those_of_the_plot_drawn_dark(name, tmp_path):
    style = saved(LIGHT_OR_DARK[name](False), tmp_path).split("</style>", 1)[0]
    dark = saved(LIGHT_OR_DARK[name](True), tmp_path)
    assert "@media" not in dark
    for use, colour in re.findall(r"\{ (\w+): (#[0-9a-f]{6}) !important", style):
        assert f"{use}: {colour}" in dark


def test_a_figure_from_elsewhere_is_saved_as_it_is(tmp_path):
    figure = matplotlib.figure.Figure()
    figure.add_subplot().plot([1.0, 2.0])
    assert "@media" not in saved(figure, tmp_path)


def test_in_a_browser_a_plot_is_light_or_dark_as_its_reader_prefers(page, tmp_path):
    page.set_content(saved(LIGHT_OR_DARK["loss_surface"](False), tmp_path))

    def colours():
        script = """() => [...document.querySelectorAll('svg path')].map(path => getComputedStyle(path).fill)"""
        return set(page.evaluate(script))

    page.emulate_media(color_scheme="light")
    light = colours()
    page.emulate_media(color_scheme="dark")
    dark = colours()
    assert "rgb(255, 255, 255)" in light
    assert "rgb(255, 255, 255)" not in dark
    assert "rgb(18, 23, 30)" in dark


# --- the way down ----------------------------------------------------------------------------------------------------


def crosses(a, b, c, d):
    """Whether two line segments cross."""

    def side(p, q, r):
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def test_the_lines_of_a_descent_are_thinner_than_the_gaps_between_them():
    """Drawn thick, the zigzag of the straight line's lesson lay over itself."""
    path = [(3.0, 10.0)]
    for _ in range(6):  # the lesson's descent: mean of (w·x + b - y)² over x = 0 … 5, y = 5 - x
        w, b = path[-1]
        errors = [w * x + b - (5 - x) for x in range(6)]
        slope_w, slope_b = sum(2 * e * x for x, e in enumerate(errors)) / 6, sum(2 * e for e in errors) / 6
        path.append((w - 0.08 * slope_w, b - 0.08 * slope_b))
    segments = list(itertools.pairwise(path))
    assert not any(crosses(*one, *other) for i, one in enumerate(segments) for other in segments[i + 2 :])
    figure = plot.loss_surface(lambda w, b: w * w + b, (-5.5, 4.5), (4, 11), path=path, steps=5)
    drawn = next(line for line in figure.axes[0].lines if len(line.get_xdata()) == 7 and line.get_linestyle() == "-")
    assert drawn.get_linewidth() <= 1.0


def test_one_panel_is_lower_than_two():
    heights = [new_figure("t", "x", "y", dark=False, panels=n)[0].get_size_inches()[1] for n in (1, 2)]
    assert heights == pytest.approx([4.2, 5.4])
