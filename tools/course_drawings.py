"""The course's drawings of boxes, circles and arrows. Every number in them is computed."""

from matplotlib.figure import Figure

from tinygrad_edu.plotting.theme import LIGHT as THEME
from tools.course_canvas import box, paper, words


def ten_steps() -> Figure:
    """The ten steps of the engine as stairs, each with what its check asks for."""
    steps = [
        ("1 a number", "data 3, grad 0"),
        ("2 addition", "−2 + 3 = 1"),
        ("3 multiplication", "−2 · 3 = −6"),
        ("4 backward, in a row", "0.06 · 0.3 · 0.42"),
        ("5 the branch", "b: 7 + 2 = 9"),
        ("6 the order", "s: 2 · 2 = 4"),
        ("7 twice", "24, not 36"),
        ("8 the rest", "g = 24.704"),
        ("9 a neuron", "1 − a² at its bias"),
        ("10 training", "w → −1, b → 5"),
    ]
    figure, axes = paper(760, 400, "Ten steps to an engine, and what each check asks for")
    for i, (name, number) in enumerate(steps):
        x, y = 92 + 64 * i, 28 + 37 * i
        axes.plot([x - 84, x + 84], [y - 19, y - 19], color=THEME.grid, linewidth=1)
        box(axes, (x, y), (168, 34), [name, number], colour=THEME.second if i in (4, 5, 6) else THEME.first)
    words(axes, (560, 70), "orange: where most engines\nhave a mistake", size=10, colour=THEME.faint)
    return figure
