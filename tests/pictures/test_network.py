"""Diagrams of networks: every weight is a line, large ones wide, negative ones dashed; cells are unrolled."""

import math
import pickle

import pytest

import tinygrad_edu as tg
from tests.pictures.looking import SVG, branching, parsed, texts
from tinygrad_edu import nn
from tinygrad_edu.pictures.drawing import draw
from tinygrad_edu.pictures.programs import DrawingError
from tinygrad_edu.recurrent import GRUCell, LSTMCell, RNNCell


def lines(drawing):
    """Of each weight's line what it says, its width, and whether it is dashed."""
    paths = [path for path in parsed(drawing).iter(f"{SVG}path") if path.find(f"{SVG}title") is not None]
    return {
        path.findtext(f"{SVG}title"): (float(path.get("stroke-width")), path.get("stroke-dasharray") is not None)
        for path in paths
    }


def neuron():
    found = nn.Neuron(3, activation="sigmoid")
    for w, x in zip(found.w, (2.0, -4.0, 0.0), strict=True):
        w.data = x
    return found


def test_a_line_is_as_wide_as_its_weight_is_large_and_dashed_if_it_is_negative():
    assert lines(draw(neuron())) == {"w1 = 2": (2.2, False), "w2 = -4": (4.0, True), "w3 = 0": (0.4, False)}
    assert {"+4", "−4", "small"} <= set(texts(draw(neuron())))


def test_the_columns_name_their_activations():
    model = nn.MLP(2, [4, 3, 1], activation=["tanh", "relu", "sigmoid"], seed=1)
    drawing = draw(model)
    shown = texts(drawing)
    assert {"inputs", "2", "layer 1", "4 × tanh", "layer 2", "3 × relu", "layer 3", "1 × sigmoid"} <= set(shown)
    assert len(lines(drawing)) == 2 * 4 + 4 * 3 + 3
    assert len(list(parsed(drawing).iter(f"{SVG}circle"))) == 2 + 4 + 3 + 1
    assert len(list(parsed(drawing).iter(f"{SVG}polyline"))) == 4 + 3 + 1
    assert repr(drawing) == "<Drawing: MLP of 2 → 4 → 3 → 1 units, 3 layers, 31 parameters>"


def test_it_is_told_in_words_for_screen_readers():
    root = parsed(draw(neuron(), title="My neuron"))
    assert (root[0].text, root[1].text) == (
        "My neuron",
        "3 inputs; layer 1: 1 × sigmoid. The largest weight is ±4; negative ones are dashed.",
    )
    assert parsed(draw(nn.Neuron(1, seed=1)))[1].text.startswith("1 input; ")


def test_of_a_large_layer_the_first_units_and_the_last_are_shown():
    drawing = draw(nn.Layer(30, 64, seed=1))
    shown = texts(drawing)
    assert [word for word in shown if word.startswith("x")] == [*(f"x{i}" for i in range(1, 9)), "x30"]
    assert shown.count("⋮") == 2
    assert len(lines(drawing)) == 9 * 9
    assert {"30", "64 × relu"} <= set(shown)


def test_a_sequential_gives_each_activation_to_the_layer_before_it():
    model = nn.Sequential(
        nn.Linear(2, 3, seed=1), nn.ReLU(), nn.MLP(3, [2, 2], seed=2), "tanh", nn.Linear(2, 1, seed=3)
    )
    shown = texts(draw(model))
    assert [word for word in shown if "×" in word] == ["3 × relu", "2 × relu", "2 × tanh", "1 × linear"]


def test_a_maxout_shows_the_largest_of_its_pieces():
    model = nn.Neuron(2, activation="maxout", seed=1)
    for row, values in zip(model.w, ((1.0, -2.0), (-3.0, 0.5)), strict=True):
        for w, x in zip(row, values, strict=True):
            w.data = x
    assert list(lines(draw(model))) == ["w1_2 = -2", "w2_1 = -3"]
    assert "1 × maxout" in texts(draw(model))


def test_an_activation_of_the_readers_own_has_its_name_and_its_curve():
    def bump(x):
        return tg.exp(-x * x)

    drawing = draw(nn.Neuron(1, activation=bump, seed=1))
    assert "1 × bump" in texts(drawing)
    for name, shown in (("b" * 20, "b" * 20), ("b" * 21, "b" * 19 + "…")):
        bump.__name__ = name
        assert f"1 × {shown}" in texts(draw(nn.Neuron(1, activation=bump, seed=1)))
    assert len(list(parsed(drawing).iter(f"{SVG}polyline"))) == 1
    only_values = draw(nn.Neuron(1, activation=lambda x: x.tanh(), seed=1))
    assert not list(parsed(only_values).iter(f"{SVG}polyline"))
    constant = draw(nn.Neuron(1, activation=lambda x: 0 * x, seed=1))
    assert len(list(parsed(constant).iter(f"{SVG}polyline"))) == 1


def test_weights_that_are_all_0_or_not_finite_are_thin_lines():
    model = nn.Neuron(2, init="zeros")
    assert {width for width, _ in lines(draw(model)).values()} == {0.4}
    model.w[0].data = math.inf
    assert {width for width, _ in lines(draw(model)).values()} == {0.4}


def test_layers_that_do_not_fit_are_refused():
    model = nn.Sequential(nn.Linear(2, 3, seed=1), nn.Linear(4, 1, seed=1))
    with pytest.raises(TypeError) as error:
        draw(model)
    assert str(error.value) == f"draw: a layer of {model!r} takes 4 inputs, not the outputs before it"
    longer = nn.Sequential(*model.parts, *(nn.Linear(4, 4, seed=1) for _ in range(9)))
    with pytest.raises(TypeError) as error:
        draw(longer)
    assert str(error.value) == f"draw: a layer of {repr(longer)[:79]}… takes 4 inputs, not the outputs before it"


def test_a_model_whose_insides_are_unknown_is_drawn_by_what_it_computes():
    class Own(nn.Module):
        pass

    message = r"draw knows the insides of Neuron, Layer, .*; of Own, draw what it computes: draw\(model\(x\)\)"
    for model in (Own(), nn.Sequential("relu", nn.Linear(1, 1, seed=1)), nn.Sequential(abs)):
        with pytest.raises(TypeError, match=message.replace("Own", r"\w+")):
            draw(model)


@pytest.mark.parametrize(("cell", "states"), [(RNNCell, "h"), (GRUCell, "h"), (LSTMCell, "hc")])
def test_a_cell_is_unrolled(cell, states):
    drawing = draw(cell(2, 3, seed=1), steps=2)
    shown = texts(drawing)
    assert shown.count(cell.__name__) == 2
    assert {"x1", "x2", "h1", "h2", "step 1", "step 2", *(f"{state}{t}" for state in states for t in range(3))} <= set(
        shown
    )
    assert "x3" not in shown
    count = cell(2, 3).parameter_count()
    assert f"the same {count} parameters in every step" in shown
    assert repr(drawing) == f"<Drawing: {cell.__name__}(2, 3), unrolled, 2 steps, {count} parameters>"
    assert "3 units, 2 times in a row" in parsed(drawing)[1].text


def test_one_step_is_a_step():
    assert "1 step, " in repr(draw(RNNCell(1, 1), steps=1))
    assert "3 steps, " in repr(draw(RNNCell(1, 1)))
    for steps in (0, -1):
        with pytest.raises(ValueError, match=f"steps={steps}: an unrolled cell has at least 1"):
            draw(RNNCell(1, 1), steps=steps)


def test_options_for_graphs_are_refused():
    with pytest.raises(ValueError, match="draw: products, step is for graphs; of a network, title, steps and digits"):
        draw(neuron(), products=True, step="forward:x")


def test_a_diagram_is_an_svg_only(tmp_path):
    drawing = draw(neuron())
    for attempt in (lambda: drawing.dot, lambda: drawing.png, lambda: drawing.save(tmp_path / "net.png")):
        with pytest.raises(DrawingError, match="the diagram of a network is an SVG only"):
            attempt()
    drawing.save(tmp_path / "net.svg")
    assert (tmp_path / "net.svg").read_text(encoding="utf-8") == drawing.svg


def test_drawings_of_graphs_can_be_pickled():
    drawing = draw(branching())
    assert pickle.loads(pickle.dumps(drawing)).svg == drawing.svg
