"""Plots: what stands in them, that they are readable in grey and in the dark, and that they touch nothing global."""

import importlib
import io
import itertools
import math
import struct
import subprocess
import sys

import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value, datasets, plot
from tinygrad_edu.training.loop import History

matplotlib = pytest.importorskip("matplotlib.figure") and pytest.importorskip("matplotlib")


def lines(axes):
    """Each drawn line by its label, as lists of x and y."""
    return {line.get_label(): ([*line.get_xdata()], [*line.get_ydata()]) for line in axes.get_lines()}


def legend_texts(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def linear(x):
    return Value(2.0) * x[0] + 1.0


# --- learned curve ---------------------------------------------------------------------------------------------------


def test_the_learned_curve_is_the_models_output_over_the_points():
    (axes,) = plot.learned_curve(linear, datasets.line(), steps=11).axes
    xs, ys = lines(axes)["model"]
    assert len(xs) == 11
    assert (xs[0], xs[-1]) == pytest.approx((-0.2, 5.2))  # a little beyond the data
    assert ys == pytest.approx([2.0 * x + 1.0 for x in xs])
    assert lines(axes)["data"] == ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [5.0, 4.0, 3.0, 2.0, 1.0, 0.0])


def test_a_curve_may_come_from_a_function_of_one_number_and_from_a_single_point():
    (axes,) = plot.learned_curve(lambda x: x * x, [(3.0, 9.0)], steps=3).axes
    assert lines(axes)["model"] == ([2.0, 3.0, 4.0], [4.0, 9.0, 16.0])


def test_plotting_a_curve_leaves_the_parameters_gradients_alone():
    w = Value(2.0)
    (w * 3.0).backward()
    plot.learned_curve(lambda x: w * x[0], datasets.line())
    assert w.grad == 3.0


@pytest.mark.parametrize(
    ("model", "data", "message"),
    [
        (linear, [([1.0, 2.0], 3.0)], "one input per example, and here are 2"),
        (linear, [([1.0], [3.0, 4.0])], "one target per example, and here are 2"),
        (lambda x: [x[0], x[0]], [([1.0], 3.0)], "one output per example, and here are 2"),
    ],
)
def test_a_curve_needs_one_input_and_one_output(model, data, message):
    with pytest.raises(ValueError, match=message):
        plot.learned_curve(model, data)


# --- decision regions ------------------------------------------------------------------------------------------------


def boundary(axes):
    """The points of the line between the regions."""
    found = [c for c in axes.collections if not c.get_facecolor().size]
    return [tuple(point) for contour in found for path in contour.get_paths() for point in path.vertices]


def test_the_boundary_is_where_the_score_passes_the_threshold():
    (axes,) = plot.decision_regions(lambda x: Value(1.0) * x[0], datasets.moons(20), threshold=0.25).axes
    points = boundary(axes)
    assert points
    assert [x1 for x1, _ in points] == pytest.approx([0.25] * len(points))


def test_the_model_is_asked_on_a_grid_of_sixty_by_sixty():
    asked = []
    plot.decision_regions(lambda x: asked.append(tuple(x)) or x[0], [([0.0, 1.0], 0), ([2.0, 5.0], 1)])
    assert len(asked) == len(set(asked)) == 60 * 60
    assert (asked[0], asked[-1]) == ((-0.24, 0.52), (pytest.approx(2.24), pytest.approx(5.48)))


def test_each_class_has_a_mark_and_a_name():
    (axes,) = plot.decision_regions(lambda x: x[0], datasets.moons(20)).axes
    assert legend_texts(axes) == ["class −1", "class 1"]
    assert len({line.get_marker() for line in axes.get_lines()}) == 2
    assert sum(len(xs) for xs, _ in lines(axes).values()) == 20


def test_with_several_outputs_the_largest_decides():
    def three(x):
        return [Value(1.0) * x[0], Value(1.0) * x[1], Value(-5.0)]

    data = datasets.blobs(30)
    (axes,) = plot.decision_regions(three, data).axes
    assert legend_texts(axes) == ["class 0", "class 1", "class 2"]
    points = boundary(axes)
    assert all(min(abs(a - b) for a, b in ((x1, x2), (x1, -5.0), (x2, -5.0))) < 0.1 for x1, x2 in points)


def test_a_model_that_decides_for_one_class_everywhere_has_no_boundary():
    (axes,) = plot.decision_regions(lambda x: 1.0, datasets.xor()).axes
    assert boundary(axes) == []
    assert len(axes.collections) == 1


def test_regions_need_two_inputs():
    with pytest.raises(ValueError, match="two inputs per example, and one has 1"):
        plot.decision_regions(linear, datasets.line())


# --- history ---------------------------------------------------------------------------------------------------------


def test_the_history_shows_loss_validation_and_metrics():
    records = [
        {"loss": 4.0, "validation": 5.0, "accuracy": 0.5, "l1": 2.0},
        {"loss": 1.0, "validation": 2.0, "accuracy": 0.75, "l1": 1.0},
    ]
    top, below = plot.loss_history(History(records)).axes
    assert lines(top) == {"training loss": ([1, 2], [4.0, 1.0]), "validation loss": ([1, 2], [5.0, 2.0])}
    assert lines(below) == {"accuracy": ([1, 2], [0.5, 0.75]), "l1": ([1, 2], [2.0, 1.0])}
    assert len({line.get_linestyle() for line in top.get_lines()}) == 2
    assert (top.get_xlabel(), below.get_xlabel()) == ("", "epoch")


@pytest.mark.parametrize("history", [History([{"loss": 4.0}]), {"loss": [4.0]}, [4.0], iter([Value(4.0).data])])
def test_a_history_may_be_a_dict_or_plain_numbers_and_one_epoch_is_a_dot(history):
    (axes,) = plot.loss_history(history).axes
    assert lines(axes) == {"training loss": ([1], [4.0])}
    assert axes.get_lines()[0].get_marker() == "o"


@pytest.mark.parametrize(
    ("losses", "scale"),
    [
        ([100.0, 1.0], "log"),
        ([4.0, 1.0], "linear"),
        ([100.0, 0.0], "linear"),
        ([math.nan], "linear"),
        ([100.0, math.inf, 1.0], "log"),
    ],
)
def test_the_scale_is_logarithmic_where_the_losses_span_much(losses, scale):
    (axes,) = plot.loss_history(losses).axes
    assert axes.get_yscale() == scale


def test_a_bounded_history_is_shown_where_its_epochs_belong():
    history = History([{"loss": 2.0, "accuracy": 0.5}, {"loss": 1.0, "accuracy": 1.0}], forgotten=7)
    figure = plot.loss_history(history)
    for axes in figure.axes:
        assert list(axes.lines[0].get_xdata()) == [8, 9]


def test_an_empty_history_cannot_be_shown():
    with pytest.raises(ValueError, match="the history is empty"):
        plot.loss_history(History())


# --- loss surface ----------------------------------------------------------------------------------------------------


def bowl(w, b):
    return (w + 1.0) ** 2 + (b - 5.0) ** 2


def test_the_surface_has_contours_denser_near_the_bottom_and_the_path_with_its_ends():
    path = [(4.0, 15.0), (1.0, 8.0), (Value(-1.0), Value(5.0))]
    axes, key = plot.loss_surface(bowl, (-5, 5), (0, 20), path=path, steps=21).axes
    assert (axes.get_xlim(), axes.get_ylim()) == ((-5.0, 5.0), (0.0, 20.0))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("w", "b")
    levels = [*axes.collections[0].levels]
    assert levels[0] == pytest.approx(0.0)
    assert levels[-1] == pytest.approx(bowl(5.0, 20.0))
    gaps = [b - a for a, b in itertools.pairwise(levels)]
    assert gaps == sorted(gaps)
    assert [text.get_text() for text in axes.texts if text.get_text() in ("start", "end")] == ["start", "end"]
    assert ([4.0, 1.0, -1.0], [15.0, 8.0, 5.0]) in lines(axes).values()
    assert key.get_ylabel() == "loss"  # the colour key covers all levels
    assert key.get_ylim() == pytest.approx((levels[0], levels[-1]))


def test_a_surface_may_be_flat_and_without_a_path():
    axes, _ = plot.loss_surface(lambda w, b: Value(3.0), (0, 1), (0, 1), steps=3, names=("u", "v")).axes
    assert axes.get_xlabel() == "u"
    assert not axes.get_lines()


def test_over_puts_the_parameters_back_even_after_an_error():
    w, b = Value(1.0), Value(2.0)
    f = plot.over(w, b, lambda: (w - 3.0) / (b - 4.0))
    assert f(7.0, 5.0) == 4.0
    with pytest.raises(ZeroDivisionError):
        f(7.0, 4.0)
    assert (w.data, b.data) == (1.0, 2.0)


# --- activations -----------------------------------------------------------------------------------------------------


def test_every_activation_has_a_panel_with_its_derivative():
    figure = plot.activations()
    assert [axes.get_title(loc="left") for axes in figure.axes] == list(tg.nn.ACTIVATIONS)
    drawn = lines(figure.axes[3])
    assert figure.axes[3].get_title(loc="left") == "tanh"
    xs, ys = drawn["f(x)"]
    assert ys == pytest.approx([math.tanh(x) for x in xs])
    assert drawn["f′(x)"][1] == pytest.approx([1.0 - math.tanh(x) ** 2 for x in xs])


def test_any_functions_can_be_shown():
    figure = plot.activations({"x²": lambda x: x * x}, low=0.0, high=1.0)
    (axes,) = figure.axes
    assert lines(axes)["f′(x)"][1][-1] == 2.0
    with pytest.raises(ValueError, match="no functions"):
        plot.activations({})


# --- gradient flow ---------------------------------------------------------------------------------------------------


def tick_names(axes):
    return [tick.get_text().split("\n") for tick in axes.get_xticklabels()]


def test_gradient_flow_shows_sizes_medians_and_what_no_logarithm_can_show():
    layers = [
        ("first", [1e-3, -2e-3, 3e-3]),
        ("second", [0.0, 0.0, 1.0, Value(4.0).data]),
        ("dead", [0.0]),
        ("broken", [math.nan, math.inf, 1.0]),
        ("empty", []),
    ]
    (axes,) = plot.gradient_flow(layers).axes
    assert axes.get_yscale() == "log"
    assert tick_names(axes) == [
        ["first", "2.0e-03"],
        ["second", "4.0e+00", "50% zero"],
        ["dead", "100% zero"],
        ["broken", "1.0e+00", "2 not finite"],
        ["empty", "no numbers"],
    ]
    sizes = [[*line.get_ydata()] for line in axes.get_lines()]
    assert sizes == [[1e-3, 2e-3, 3e-3], [1.0, 4.0], [], [1.0], []]
    assert legend_texts(axes) == ["median"]


def test_many_gradients_are_thinned_out_evenly():
    (axes,) = plot.gradient_flow([("layer", [1.0 + i for i in range(1000)])]).axes
    (line,) = axes.get_lines()
    assert [*line.get_ydata()] == [1.0 + i for i in range(0, 1000, 5)]
    assert all(abs(x) <= 0.25 for x in line.get_xdata())


def test_gradient_flow_needs_layers():
    with pytest.raises(ValueError, match="no layers"):
        plot.gradient_flow([])


# --- figures ---------------------------------------------------------------------------------------------------------

FIGURES = {
    "learned_curve": lambda dark: plot.learned_curve(linear, datasets.line(), dark=dark),
    "decision_regions": lambda dark: plot.decision_regions(lambda x: x[0], datasets.moons(20), steps=10, dark=dark),
    "loss_history": lambda dark: plot.loss_history([3.0, 2.0], dark=dark),
    "loss_surface": lambda dark: plot.loss_surface(bowl, (-5, 5), (0, 20), steps=10, path=[(0, 1)], dark=dark),
    "activations": lambda dark: plot.activations(dark=dark),
    "gradient_flow": lambda dark: plot.gradient_flow([("layer", [1.0])], dark=dark),
}


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("dark", [False, True])
def test_settings_of_the_user_neither_change_a_figure_nor_are_changed(name, dark, tmp_path):
    before = dict(matplotlib.rcParams)
    plot.save(FIGURES[name](dark), tmp_path / "plain.svg")
    assert dict(matplotlib.rcParams) == before
    settings = ("text.color", "axes.edgecolor", "xtick.color", "axes.labelcolor", "figure.facecolor")
    colours = dict.fromkeys(settings, "magenta")
    with matplotlib.rc_context(colours):
        plot.save(FIGURES[name](dark), tmp_path / "magenta.svg")
    assert (tmp_path / "plain.svg").read_bytes() == (tmp_path / "magenta.svg").read_bytes()


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_same_figure_gives_the_same_bytes(kind, tmp_path):
    for name in ("a", "b"):
        plot.save(FIGURES["learned_curve"](False), tmp_path / f"{name}.{kind}")
    assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes() != b""


def test_files_have_150_pixels_an_inch_and_pictures_in_notebooks_110():
    figure = plot.loss_history([3.0, 2.0])
    kept = io.BytesIO()
    plot.save(figure, kept)
    sizes = [struct.unpack(">II", png[16:24]) for png in (kept.getvalue(), figure._repr_png_())]
    assert sizes == [(960, 630), (704, 462)]


@pytest.mark.parametrize("path", [io.BytesIO, 3, None])
def test_what_is_no_file_is_refused(path):
    with pytest.raises(TypeError, match="path"):
        plot.save(plot.loss_history([3.0, 2.0]), path)


@pytest.mark.parametrize("figure", [matplotlib.figure.Figure, "figure", None])
def test_what_is_no_figure_is_refused(figure, tmp_path):
    with pytest.raises(TypeError, match="figure"):
        plot.save(figure, tmp_path / "figure.png")


def test_files_tell_no_time(tmp_path):
    for kind in ("svg", "pdf", "SVG", "PDF"):
        plot.save(plot.loss_history([3.0, 2.0]), tmp_path / f"figure.{kind}")
        content = (tmp_path / f"figure.{kind}").read_bytes()
        assert b"<dc:date>" not in content
        assert b"CreationDate" not in content


def test_a_notebook_can_ask_a_figure_for_its_picture():
    assert FIGURES["loss_history"](False)._repr_png_().startswith(b"\x89PNG")


def test_no_window_no_pyplot_and_no_matplotlib_before_something_is_plotted():
    script = (
        "import sys; from tinygrad_edu import plot; assert 'matplotlib' not in sys.modules; "
        "plot.loss_history([2.0, 1.0])._repr_png_(); assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_without_matplotlib_the_error_says_how_to_get_it(monkeypatch):
    def missing(name):
        raise ImportError(f"No module named {name}")

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(ImportError, match=r"pip install matplotlib.*No module named"):
        plot.loss_history([1.0])


# --- colours ---------------------------------------------------------------------------------------------------------


def luminance(colour):
    """Relative luminance after WCAG 2: 0 for black, 1 for white."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [plot.LIGHT, plot.DARK])
def test_text_is_readable_and_lines_stand_out_in_grey(theme):
    assert contrast(theme.ink, theme.paper) > 12
    assert contrast(theme.faint, theme.paper) > 4.5
    for series in (theme.first, theme.second, theme.third, theme.fourth):
        assert contrast(series, theme.paper) > 2.8
    for ground in (theme.low, theme.high, *theme.regions):
        assert contrast(theme.ink, ground) > 5  # the lines and words over regions and surfaces


def test_the_two_series_differ_in_lightness():
    assert contrast(plot.LIGHT.first, plot.LIGHT.second) > 2
    assert contrast(plot.LIGHT.low, plot.LIGHT.high) > 1.8
    assert contrast(plot.DARK.low, plot.DARK.high) > 1.8
