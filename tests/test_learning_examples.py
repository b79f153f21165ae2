"""The examples that learn do learn, and print the numbers of the worked examples; so does the check of the curves."""

import importlib.util
import math
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest

import tinygrad_edu as tg
from benchmarks import curves
from tinygrad_edu import datasets, nn
from tinygrad_edu.checking.differences import central_difference
from tinygrad_edu.training.loop import accuracy, fit

pytestmark = pytest.mark.usefixtures("untraced")  # other tests cover the library, and these take long

FOLDER = Path(__file__).parent.parent / "examples"
PICTURES = {
    "straight_line": ["straight_line.svg"],
    "xor": ["xor.svg"],
    "moons": ["moons.svg"],
    "sine_curve": ["sine_curve.svg"],
    "vanishing": ["vanishing.svg", "healthy.svg"],
}


def exactly(x: float):
    return pytest.approx(x, rel=1e-12)


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows_printed(capsys) -> list[list[str]]:
    return [line.split() for line in capsys.readouterr().out.splitlines()]


# --- all that draw -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PICTURES)
def test_an_example_saves_its_pictures(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    load(name).main(2)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(PICTURES[name])
    assert all("<svg" in path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert PICTURES[name][0] in capsys.readouterr().out


@pytest.mark.parametrize("name", PICTURES)
def test_without_matplotlib_an_example_does_the_rest_and_says_how_to_get_it(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for module in [each for each in sys.modules if each.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    load(name).main(2)
    assert list(tmp_path.iterdir()) == []
    assert "pip install matplotlib" in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_drawn_for_dark_pages_too(name):
    example = load(name)
    drawn = {
        "straight_line": lambda dark: [example.picture(example.descend(3), dark)],
        "xor": lambda dark: [example.picture(example.network(), dark)],
        "moons": lambda dark: [example.picture(example.network(), dark)],
        "sine_curve": lambda dark: [example.picture(example.network(), datasets.curve("sin"), dark)],
        "vanishing": lambda dark: list(example.pictures(dark).values()),
    }[name]
    for light, dark in zip(drawn(False), drawn(True), strict=True):
        assert sum(light.get_facecolor()[:3]) > 2.5
        assert sum(dark.get_facecolor()[:3]) < 0.5


# --- a straight line -----------------------------------------------------------------------------------------


def test_the_loss_of_the_line_is_a_bowl_with_its_bottom_at_minus_one_and_five():
    example = load("straight_line")
    assert example.loss(-1.0, 5.0) == 0
    w, b = tg.Value(0.0), tg.Value(0.0)
    error = example.loss(w, b)
    error.backward()
    assert error.data == exactly(55 / 6)  # the mean of 25, 16, 9, 4, 1, 0
    assert (w.grad, b.grad) == (exactly(-20 / 3), exactly(-5.0))  # -2·mean(x·y) and -2·mean(y)


def test_descent_of_the_line_is_that_of_its_normal_equations():
    example = load("straight_line")
    u, v = example.START[0] + 1, example.START[1] - 5  # the distance from the bottom
    for w, b in example.descend(20):
        assert w + 1 == pytest.approx(u, abs=1e-9)
        assert b - 5 == pytest.approx(v, abs=1e-9)
        u, v = u - 0.16 * (55 / 6 * u + 2.5 * v), v - 0.16 * (2.5 * u + v)


def test_the_line_is_learned_below_the_largest_learning_rate_and_lost_above():
    example = load("straight_line")
    trace, determinant = 2 * (55 / 6 + 1), 4 * (55 / 6 - 2.5**2)  # of the loss's second derivatives
    largest = 2 / (trace / 2 + math.sqrt(trace**2 / 4 - determinant))
    assert largest == pytest.approx(0.1013, abs=5e-5)  # as the example says
    assert example.descend(600)[-1] == (pytest.approx(-1.0, abs=1e-9), pytest.approx(5.0, abs=1e-9))
    below, above = (example.loss(*example.descend(300, rate)[-1]) for rate in (0.999 * largest, 1.01 * largest))
    assert below < example.loss(*example.START) < above


def test_straight_line_prints_the_way_down(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    load("straight_line").main(30)
    rows = rows_printed(capsys)
    assert ["0", "3.0000", "10.0000", "271.666667"] in rows
    assert ["30", "-1.2365", "5.8392", "0.224598"] in rows
    assert ["0.11", "3.59401e+06"] in rows


# --- exclusive or --------------------------------------------------------------------------------------------


def test_one_neuron_says_nothing_to_xor_and_a_hidden_layer_solves_it():
    example = load("xor")
    neuron, network = example.one_neuron(), example.network()
    for model in (neuron, network):
        example.train(model, 300)
    xs, ys = example.DATA
    assert [neuron(x).data for x in xs] == [pytest.approx(0.0, abs=1e-4)] * 4
    assert [network(x).data for x in xs] == pytest.approx(ys, abs=1e-3)


def test_no_line_does_better_on_xor_than_zero_everywhere():
    example = load("xor")
    xs, ys = example.DATA
    model = example.one_neuron()
    for p in model.parameters():
        p.data = 0.0
    loss = nn.mse_loss([model(x) for x in xs], ys)
    loss.backward()
    assert loss.data == 1.0
    assert [p.grad for p in model.parameters()] == [0.0, 0.0, 0.0]


def test_xor_prints_what_both_say(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    load("xor").main()
    rows = rows_printed(capsys)
    assert ["0", "1", "1", "0.000", "1.000"] in rows
    assert ["1", "1", "-1", "0.000", "-1.000"] in rows
    assert ["loss", "1.000", "0.000"] in rows


# --- moons ---------------------------------------------------------------------------------------------------


def test_the_moons_are_told_apart_on_points_not_seen_in_training():
    example = load("moons")
    model = example.network()
    xs, ys = example.TEST
    assert not {tuple(x) for x in xs} & {tuple(x) for x in example.TRAIN[0]}
    history = example.train(model, 40)
    assert history["accuracy"][-1] == accuracy([model(x) for x in xs], ys) >= 0.9
    assert history.loss[-1] < 0.5 * history.loss[0]


# --- a curve -------------------------------------------------------------------------------------------------


def test_the_staged_steps_of_the_curve_are_those_of_the_engine():
    example = load("sine_curve")
    data = datasets.curve("sin", 10)
    staged, eager = example.network(seed=3), example.network(seed=3)
    losses = example.train(staged, data, epochs=3, seed=5)
    fit(eager, data, optimizer=nn.SGD(eager.parameters(), lr=0.001), epochs=3, batch_size=1, seed=5)
    assert [p.data for p in staged.parameters()] == pytest.approx([p.data for p in eager.parameters()], rel=1e-12)
    assert losses[3] == exactly(example.loss_on(eager, data))


def test_the_curve_is_learned(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    load("sine_curve").main(100, "cos")
    rows = rows_printed(capsys)
    losses = {int(row[0]): float(row[1]) for row in rows if len(row) == 2 and row[0].isdigit()}
    assert list(losses) == [0, 1, 10, 30, 100]
    assert losses[0] > 9 > 4 > losses[100]


# --- curves over many seeds ----------------------------------------------------------------------------------


def test_the_median_loss_of_the_curves_is_where_it_was_measured():
    """The short version of `python -m benchmarks.curves`: five seeds, 100 epochs of tanh, the soonest learned."""
    network = curves.Losses("tanh")
    runs = [network.of(seed, [0, 100]) for seed in range(5)]
    before, after = (curves.spread([run[epoch] for run in runs])[0] for epoch in (0, 100))
    assert 17 < before < 23  # 20.1 in 300 networks of another library
    assert 0.004 < after < 0.04  # 0.016 there


def test_a_curve_is_learned_alike_by_the_check_and_by_fit():
    losses = curves.Losses("sin").of(4, [0, 2])
    data = datasets.curve("sin")
    rng = random.Random(4)
    model = nn.MLP(1, [8, 8, 8, 1], init="glorot_truncated", seed=4)
    examples = list(zip(*data, strict=True))
    for _ in range(2):
        rng.shuffle(examples)
        fit(model, examples, optimizer=nn.SGD(model.parameters(), lr=0.001), epochs=1, batch_size=1, shuffle=False)
    assert losses[2] == pytest.approx(nn.mse_loss([model(x) for x in data[0]], data[1]).data, rel=1e-9)


def test_the_check_of_the_curves_prints_its_table_and_its_verdict(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["curves", "cos", "--seeds", "2", "--epochs", "1"])
    with pytest.raises(SystemExit) as end:
        curves.main()
    assert end.value.code == 0
    out = capsys.readouterr().out
    assert "| cos | " in out
    assert "0 of 2" not in out  # after one epoch nothing is learned
    assert "not measured" in out


def test_the_check_of_the_curves_fails_where_a_median_is_outside(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["curves", "sin", "--seeds", "2", "--epochs", "500"])
    monkeypatch.setattr(curves.Losses, "of", lambda self, seed, epochs: dict.fromkeys(epochs, 7.0))
    with pytest.raises(SystemExit) as end:
        curves.main()
    assert end.value.code == 1
    assert "sin is not in 0.026 to 0.27" in capsys.readouterr().out


# --- gradients that vanish, explode or die -------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 5, 10, 20])
@pytest.mark.parametrize("x", [-3.0, 0.0, 1.0, 2.0])
def test_a_chain_of_sigmoids_leaves_at_most_a_quarter_for_each(n, x):
    example = load("vanishing")
    slope, a = 1.0, x
    for _ in range(n):
        a = 1 / (1 + math.exp(-a))
        slope *= a * (1 - a)
    assert example.slope_of_chain(tg.sigmoid, n, x) == exactly(slope)
    assert slope <= 0.25**n


def test_one_sigmoid_at_zero_has_the_slope_a_quarter_and_tanh_four_times_that():
    example = load("vanishing")
    assert example.slope_of_chain(tg.sigmoid, 1, 0.0) == 0.25
    for x in (-2.0, -0.3, 0.0, 1.0, 5.0):
        assert tg.tanh(x) == pytest.approx(2 * tg.sigmoid(2 * x) - 1, rel=1e-12)
        tanh, sigmoid = (example.slope_of_chain(f, 1, at) for f, at in ((tg.tanh, x), (tg.sigmoid, 2 * x)))
        assert tanh == pytest.approx(4 * sigmoid, rel=1e-9)
        assert tanh <= 1


@pytest.mark.parametrize(("w", "slope"), [(0.5, 8.881784197001252e-16), (1.5, 637621500.2140496), (1.0, 1.0)])
def test_a_recurrent_cell_multiplies_its_gradient_by_w_at_each_step(w, slope):
    weight, first, last = load("vanishing").recurrent(w, 50)
    assert last.data == first.grad == exactly(slope) == exactly(w**50)
    assert weight.grad == exactly(50 * w**49)


def test_the_tour_prints_the_known_numbers(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    load("vanishing").main()
    out = capsys.readouterr().out
    rows = [line.split() for line in out.splitlines()]
    assert ["0.5", "8.882e-16", "8.882e-14"] in rows
    assert ["1.5", "6.376e+08", "2.125e+10"] in rows
    assert ["10", "2.785e-07", "9.537e-07", "4.091e-02", "1"] in rows
    assert "by w   2.125e+10 is clipped to 5: w becomes 1.45 " in out
    assert "by h₀  6.376e+08 is clipped to 5" in out
    assert ["0", "0.50000", "8.882e-16"] in rows
    assert ["relu", "0", "1.6667"] in rows


def test_the_cell_state_of_an_lstm_keeps_its_gradient_while_the_forget_gate_is_open():
    example = load("vanishing")
    for bias in (10.0, 5.0, 0.0):
        assert example.slope_of_memory(bias, 50) == exactly((1 / (1 + math.exp(-bias))) ** 50)


def test_a_dead_relu_stays_dead_and_a_leaky_one_comes_back():
    example = load("vanishing")
    assert example.revived("relu") == (0.0, exactly(5 / 3))  # the mean of 0, 1 and 4, from an output of 0
    gradient, loss = example.revived("leaky_relu")
    assert gradient == exactly(-2 / 3 * 0.01 * (0.04 + 1.03 + 2.02))  # 2/3 Σ(ŷ - y)·0.01 at ŷ = -0.04, -0.03, -0.02
    assert loss < 1e-6


def test_sigmoids_make_the_gradient_smaller_towards_the_input_and_tanh_does_not():
    example = load("vanishing")

    def ratio(activation: str) -> float:
        sizes = [sorted(map(abs, g))[len(g) // 2] for _, g in example.layers(activation, "glorot_uniform")]
        return sizes[0] / sizes[-1]

    assert ratio("sigmoid") < 1e-4
    assert 0.1 < ratio("tanh") < 10


# --- a language model ----------------------------------------------------------------------------------------


def test_the_language_model_starts_as_a_blind_guess_and_learns():
    example = load("character_model")
    model = example.GPT()
    with tg.no_grad():
        assert example.loss_on(model, example.WORDS[::5]).data == pytest.approx(math.log(27), abs=0.2)
    losses = list(example.train(model, 30))
    assert sum(losses[-10:]) < 0.92 * sum(losses[:10])


def test_the_gradients_of_the_language_model_agree_with_finite_differences():
    example = load("character_model")
    model = example.GPT(seed=2)
    loss = example.loss_on(model, ["oak"])
    loss.backward()
    o = example.LETTERS.index("o")
    for p in (
        model.letters[o][0],
        model.places[1][2],
        model.attention.query[0][1],
        model.attention.key[3][4],
        model.attention.value[5][6],
        model.attention.out[7][8],
        model.widen[0][3],
        model.narrow[2][1],
        model.scores[o][1],
    ):

        def at(number: float, p: tg.Value = p) -> float:
            before, p.data = p.data, number
            try:
                with tg.no_grad():
                    return example.loss_on(model, ["oak"]).data
            finally:
                p.data = before

        assert p.grad == pytest.approx(central_difference(at, p.data), rel=1e-5, abs=1e-9)


def test_the_language_model_looks_at_what_came_before_and_at_nothing_after():
    example = load("character_model")
    model = example.GPT()
    first, second, other = (list(model.read(example.numbers(word))) for word in ("moon", "moor", "noon"))
    assert [z.data for z in first[3]] == [z.data for z in second[3]]  # after ".moo"
    assert [z.data for z in first[4]] != [z.data for z in second[4]]
    assert [z.data for z in first[3]] != [z.data for z in other[3]]  # the same letter, in the same place


def test_rms_norm_makes_the_mean_square_one():
    scaled = load("character_model").rms_norm([tg.Value(3.0), tg.Value(4.0)])
    assert sum(x.data**2 for x in scaled) / 2 == pytest.approx(1.0, rel=1e-5)


def test_the_language_model_makes_up_words_of_letters(capsys):
    example = load("character_model")
    example.main(2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{len(datasets.words())} words, {example.GPT().parameter_count()} parameters")
    assert lines[-1].startswith("made up: ")
    words = lines[-1].split()[2:]
    assert words
    assert all(set(word) <= set(example.LETTERS) and len(word) <= example.LONGEST for word in words)
    assert example.invent(example.GPT(), random.Random(0)) == example.invent(example.GPT(), random.Random(0))
