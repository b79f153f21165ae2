"""diagnose: what is measured, which networks are healthy, which models it looks into."""

import itertools
import math
from collections import Counter
from fractions import Fraction

import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value, datasets, nn
from tinygrad_edu.diagnosis.layers import _difference, _float, _is_flat, _is_same, _rms, diagnose
from tinygrad_edu.diagnosis.verdicts import LayerNumbers
from tinygrad_edu.optim import SGD, Adam
from tinygrad_edu.recurrent import GRUCell, LSTMCell, RNNCell

POINTS = datasets.moons(20)

FEW = datasets.moons(12)

SEEDS = range(20)


def look(model, data=POINTS, **options):
    return diagnose(model, data, nn.mse_loss, **options)


def names(found):
    return [verdict.name for verdict in found.verdicts]


def scaled(factor):
    """Weights that are `factor` times what He's scheme draws."""
    return lambda rng, nin, nout: rng.gauss(0.0, factor * math.sqrt(2 / nin))


HEALTHY = {
    "relu, He": {"nouts": [16, 16, 1], "init": "he_normal"},
    "relu, He, 4 layers": {"nouts": [12] * 4 + [1], "init": "he_uniform"},
    "leaky relu": {"nouts": [8, 8, 1], "init": "he_normal", "activation": "leaky_relu"},
    "tanh, Glorot, 6 layers": {"nouts": [8] * 6 + [1], "init": "glorot_uniform", "activation": "tanh"},
    "sigmoid, 2 layers": {"nouts": [8, 8, 1], "init": "glorot_normal", "activation": "sigmoid"},
    "as it comes": {"nouts": [16, 16, 1]},
}

ILL = {
    "vanishing": {"nouts": [4] * 9 + [1], "activation": "sigmoid"},
    "exploding": {"nouts": [8] * 6 + [1], "init": scaled(10.0)},
    "saturated": {"nouts": [8, 8, 1], "init": scaled(15.0), "activation": "tanh"},
    "symmetric": {"nouts": [4, 1], "init": "zeros", "activation": "sigmoid"},
}


# --- verdicts over many seeds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_networks_raise_few_alarms(name):
    verdicts = Counter(look(nn.MLP(2, **HEALTHY[name], seed=seed), FEW).verdict for seed in SEEDS)
    assert verdicts["healthy"] >= len(SEEDS) - 1


@pytest.mark.parametrize("name", ILL)
def test_ill_networks_are_recognised(name):
    found = [names(look(nn.MLP(2, **ILL[name], seed=seed), FEW)) for seed in SEEDS]
    assert sum(name in each for each in found) == len(SEEDS)


def test_a_dead_layer_is_recognised_and_a_leaky_one_is_alive():
    for activation, expected in (("relu", "dead"), ("leaky_relu", "healthy")):
        model = nn.MLP(2, [8, 8, 1], init="he_normal", activation=activation, seed=1)
        for neuron in model.layers[1].neurons:
            neuron.b.data = -20.0
        found = look(model, lr=1e-3)
        assert found.verdict == expected
    model = nn.MLP(2, [8, 8, 1], init="he_normal", seed=1)
    for neuron in model.layers[1].neurons:
        neuron.b.data = -20.0
    found = look(model)
    assert names(found) == ["dead"]  # the layer before gets no gradient: a consequence, not a second verdict
    assert found.verdicts[0].layers == ("layer 2",)
    assert [row.dead for row in found.rows] == [0.0, 1.0, None]
    assert "layer 2 100%; no gradient gets past" in found.verdicts[0].why


def test_some_dead_units_are_counted_and_more_than_half_is_a_verdict():
    model = nn.MLP(2, [4, 1], seed=1)
    for i, expected in enumerate(["healthy", "healthy", "dead", "dead"]):
        model.layers[0].neurons[i].b.data = -20.0
        found = look(model)
        assert (found.rows[0].dead, found.verdict) == ((i + 1) / 4, expected)


def test_a_relu_that_is_off_on_very_few_examples_is_no_news():
    model = nn.MLP(2, [4, 1], seed=1)
    for neuron in model.layers[0].neurons[:3]:
        neuron.b.data = -20.0
    assert look(model, datasets.moons(4)).verdict == "healthy"


def test_a_chain_of_ten_sigmoids_vanishes_as_the_formula_says():
    x = Value(0.0)
    found = diagnose([lambda h: [tg.sigmoid(h[0])]] * 10, [([x], 0.0)], nn.mse_loss)
    assert found.verdict == "vanishing"
    assert found.verdicts[0].layers[:2] == ("layer 1", "layer 2")
    gradients = [row.gradient for row in found.rows]
    assert all(a <= 0.25 * b for a, b in itertools.pairwise(gradients))
    assert gradients[0] <= 0.25**9 * gradients[-1]
    assert found.rows[0].parameter_rms is None


@pytest.mark.parametrize(("w", "verdict"), [(0.5, "vanishing"), (1.0, "healthy"), (1.5, "exploding")])
def test_one_layer_fifty_times_is_a_recurrence(w, verdict):
    weight = Value(w)
    found = diagnose([lambda h: weight * h[0]] * 50, [([1.0], 0.0)], nn.mse_loss)
    assert found.verdict == verdict
    assert found.rows[0].gradient / found.rows[-1].gradient == pytest.approx(w**49)


def numbers(**changed):
    plain = {"name": "a", "kind": "relu", "units": 2, "mean": 0.0, "std": 1.0, "rms": 1.0, "gradient": 1.0}
    plain |= {"dead": None, "saturated": None, "is_uniform": False}
    plain |= {"parameter_rms": 1.0, "parameter_gradient": 1.0, "update_ratio": 0.01}
    return LayerNumbers(**{**plain, **changed})


# --- what is measured ------------------------------------------------------------------------------------------------


def test_the_numbers_are_those_of_the_definitions():
    model = nn.MLP(1, [2, 1], activation="tanh", seed=1)
    xs, ys = [[1.0], [2.0]], [0.0, 1.0]
    found = diagnose(model, (xs, ys), nn.mse_loss, lr=0.5)
    outputs = [model.layers[0].activations(x) for x in xs]
    numbers = [h.data for row in outputs for h in row]
    row = found.rows[0]
    assert (row.name, row.kind, row.units) == ("layer 1", "tanh", 2)
    assert row.mean == pytest.approx(sum(numbers) / 4)
    assert row.rms == pytest.approx(math.sqrt(sum(x * x for x in numbers) / 4))
    assert row.std == pytest.approx(math.sqrt(row.rms**2 - row.mean**2))
    loss = nn.mse_loss([model.layers[1](row) for row in outputs], ys)
    loss.backward()
    expected = math.sqrt(sum(h.grad**2 for row in outputs for h in row) / 4)
    assert row.gradient == pytest.approx(expected)
    parameters = model.layers[0].parameters()
    size = math.sqrt(sum(p.data**2 for p in parameters) / 4)
    step = math.sqrt(sum((0.5 * p.grad) ** 2 for p in parameters) / 4)
    assert (row.parameter_rms, row.update_ratio) == (pytest.approx(size), pytest.approx(step / size))
    assert found.loss == pytest.approx(loss.data)


def test_saturation_is_the_share_of_outputs_on_the_flat_parts():
    layer = nn.Layer(1, 1, activation="sigmoid")
    layer.neurons[0].w[0].data = 1.0
    found = diagnose([layer], [([x], 0.0) for x in (-5.0, -4.0, 0.0, 5.0)], nn.mse_loss)
    assert found.rows[0].saturated == 0.5


def test_the_step_is_that_of_the_optimizer_in_its_present_state():
    model = nn.MLP(2, [4, 1], seed=1)
    optimizer = Adam(model.parameters(), lr=0.01)
    found = look(model, optimizer=optimizer)
    size = found.rows[0].parameter_rms
    assert found.rows[0].update_ratio * size == pytest.approx(0.01, rel=0.1)  # Adam's first step is lr for each
    momentum = SGD(model.parameters(), lr=0.01, momentum=0.9)
    first = look(model, optimizer=momentum).rows[0].update_ratio
    assert first == pytest.approx(look(model, lr=0.01).rows[0].update_ratio)
    some = SGD(model.layers[1].parameters(), lr=0.01)
    assert look(model, optimizer=some).rows[0].update_ratio == 0.0


def test_a_gradient_that_is_not_finite_makes_no_step():
    model = nn.MLP(2, [4, 1], seed=1)
    model.layers[0].neurons[0].b.data = math.nan
    assert look(model, optimizer=SGD(model.parameters())).verdict == "not finite"


def test_nothing_is_changed():
    model = nn.MLP(2, [4, 1], seed=1)
    optimizer = Adam(model.parameters())
    nn.mse_loss([model(x) for x in POINTS[0]], POINTS[1]).backward()
    optimizer.step()
    before = [(p.data, p.grad) for p in model.parameters()], optimizer.state_dict()
    look(model, optimizer=optimizer)
    assert ([(p.data, p.grad) for p in model.parameters()], optimizer.state_dict()) == before


def test_within_no_grad_it_works_all_the_same():
    with tg.no_grad():
        assert look(nn.MLP(2, [8, 1], seed=1)).rows[0].gradient > 0


def test_maxout_and_exact_numbers_are_no_obstacle():
    model = nn.MLP(1, [2, 1], activation="maxout", seed=1)
    for p in model.parameters():
        p.data = Fraction(p.data).limit_denominator(10)
    found = diagnose(model, [([Fraction(1, 2)], Fraction(1))], nn.mse_loss)
    assert [row.kind for row in found.rows] == ["maxout", "linear"]
    assert found.verdict == "healthy"


# --- what models it looks into ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cell", "kind"), [(RNNCell, "RNN"), (GRUCell, "GRU"), (LSTMCell, "LSTM")])
def test_a_cell_is_looked_at_step_by_step(cell, kind):
    data = [([[1.0], [0.5], [-1.0]], [0.0, 1.0]), ([[0.0], [0.5], [2.0]], [1.0, 0.0])]
    found = diagnose(cell(1, 2, seed=1), data, nn.mse_loss)
    assert [row.name for row in found.rows] == ["step 1", "step 2", "step 3"]
    assert {row.kind for row in found.rows} == {kind}
    assert (found.rows[0].saturated is not None) == (kind == "RNN")
    assert "all steps share" in found.notes[0]


def test_gradients_of_a_long_recurrence_vanish():
    cell = RNNCell(1, 1, seed=1)
    cell.weight_hh[0][0].data = 0.3
    found = diagnose(cell, [([[0.1]] * 20, 1.0)], nn.mse_loss)
    assert found.verdict == "vanishing"
    cell = RNNCell(1, 1, init="zeros", seed=1)
    assert "times them" not in diagnose(cell, [([[0.1]] * 2, 1.0)], nn.mse_loss).notes[0]


def test_sequences_must_be_of_one_length():
    for sequences in ([[[1.0]], [[1.0]] * 2], [[]]):
        with pytest.raises(ValueError, match="the same number, at least 1"):
            diagnose(RNNCell(1, 1), [(s, 0.0) for s in sequences], nn.mse_loss)


class Chain(nn.Module):
    def __init__(self, twist=False):
        self.layers = [nn.Layer(2, 3, activation="tanh", seed=1), nn.Layer(3, 2, False, seed=2)]
        self.twist = twist

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return [x[1], x[0]] if self.twist else x


def test_any_module_with_layers_in_a_chain_is_looked_into():
    found = diagnose(Chain(), [([1.0, 2.0], [0.0, 1.0])], nn.mse_loss)
    assert [row.kind for row in found.rows] == ["tanh", "linear"]
    assert found.notes == ()


class Odd(Chain):
    def __call__(self, x):
        return self.layers[1](self.layers[0](x[:2]))


def test_of_a_model_that_does_more_than_apply_its_layers_only_parameters_are_looked_at():
    found = diagnose(Chain(twist=True), [([1.0, 2.0], [0.0, 1.0])], nn.mse_loss)
    assert "not simply applied one after the other (their result is not the model's)" in found.notes[0]
    assert [row.name for row in found.rows] == ["layers.0", "layers.1"]
    assert found.rows[0].mean is None
    assert found.rows[0].gradient == found.rows[0].parameter_gradient
    odd = diagnose(Odd(), [([1.0, 2.0, 3.0], [0.0, 1.0])], nn.mse_loss)
    assert "(ValueError: got 3 inputs where 2 are expected)" in odd.notes[0]


class Line(nn.Module):
    def __init__(self):
        self.slope, self.offset = Value(1.0), Value(0.0)

    def __call__(self, x):
        return self.slope * x + self.offset


class Bare:
    def __init__(self):
        self.line = Line()

    def __call__(self, x):
        return self.line(x)

    def parameters(self):
        return self.line.parameters()


def test_a_model_without_layers_says_that_only_parameters_were_looked_at():
    found = diagnose(Line(), [(1.0, 3.0)], nn.mse_loss)
    assert [row.name for row in found.rows] == ["slope", "offset"]
    assert "Line has no list `layers`" in found.notes[0]
    assert "note: Line has no list" in found.text
    assert [row.name for row in diagnose(Bare(), [(1.0, 3.0)], nn.mse_loss).rows] == ["parameters"]


def test_a_function_without_parameters_has_no_rows():
    w = Value(2.0)
    found = diagnose(lambda x: w * x, [(1.0, 3.0)], nn.mse_loss)
    assert found.rows == ()
    assert found.verdict == "nothing to judge"
    assert found.text.startswith("nothing to judge (loss 1 on 1 example)")


def test_what_is_no_model_loss_or_optimizer_is_refused():
    with pytest.raises(TypeError, match=r"diagnose: model must be a model or .*, got 3"):
        diagnose(3, POINTS, nn.mse_loss)
    with pytest.raises(TypeError, match="not a Value"):
        diagnose(nn.MLP(2, [1]), POINTS, lambda predictions, targets: 1.0)
    with pytest.raises(TypeError, match="or lr="):
        look(nn.MLP(2, [1]), optimizer="adam")
    with pytest.raises(ValueError, match="no examples"):
        look(nn.MLP(2, [1]), [])


def test_a_model_that_gives_plain_numbers_is_measured_as_far_as_it_goes():
    layer = nn.Layer(1, 1, seed=1)
    layer.neurons[0].w[0].data = 1.0
    found = diagnose([lambda h: [h[0] * 2], layer], [([1.0], 1.0)], nn.mse_loss)
    assert found.rows[0].mean == 2.0
    assert found.rows[0].kind == ""
    assert found.rows[0].gradients == ()
    assert found.verdict == "healthy"


# --- small parts -----------------------------------------------------------------------------------------------------


def test_root_mean_squares_do_not_overflow():
    assert _rms([3e200, 4e200]) == pytest.approx(math.sqrt(12.5) * 1e200)
    assert _rms([]) == 0.0
    assert math.isnan(_rms([math.inf, math.nan]))
    assert _float(10**400) == math.inf


def test_nan_equals_nan_when_chains_are_compared():
    assert _difference([lambda h: [math.nan]], [1.0], math.nan) == ""
    assert _difference([lambda h: [1.0, 2.0]], [1.0], 1.0) == "their result is not the model's"


@pytest.mark.parametrize(
    ("op", "slope", "expected"),
    [
        ("sigmoid", 0.0125, False),
        ("sigmoid", 0.0124, True),
        ("sigmoid", -0.0126, False),
        ("tanh", 0.05, False),
        ("tanh", 0.0499, True),
        ("relu", 0.0, False),
    ],
)
def test_an_output_is_flat_below_a_twentieth_of_the_greatest_slope(op, slope, expected):
    assert _is_flat(Value(0.0)._node(op, 1.0, slope)) is expected


def test_results_are_the_same_to_nine_digits():
    assert _is_same(1.0, 1.0 + 9e-10)
    assert not _is_same(1.0, 1.0 + 1.1e-9)
    assert not _is_same(math.nan, 1.0)
    assert not _is_same(1.0, math.nan)


def test_an_optimisers_own_rate_counts_and_without_one_lr_is_a_hundredth():
    quarter = [row.update_ratio for row in look(nn.MLP(2, [4, 1], seed=1), lr=0.25).rows]
    usual = [row.update_ratio for row in look(nn.MLP(2, [4, 1], seed=1)).rows]
    assert usual == pytest.approx([x / 25 for x in quarter], rel=1e-9)
    model = nn.MLP(2, [4, 1], seed=1)
    own = [row.update_ratio for row in look(model, lr=9.0, optimizer=SGD(model.parameters(), lr=0.25)).rows]
    assert own == pytest.approx(quarter, rel=1e-9)


def test_a_cell_without_a_gradient_says_0():
    found = diagnose(RNNCell(1, 1, seed=1), [([[1.0]], 0.0)], lambda predictions, _: predictions[0] * 0.0)
    assert found.notes == ("all steps share 4 parameters: rms gradient 0, the next step is 0 times them",)


def test_a_model_that_gives_no_gradient_anywhere_is_said_to():
    w = Value(2.0)
    found = diagnose([lambda h: [2.0], lambda h: [3.0]], [(1.0, 3.0)], lambda predictions, targets: w * predictions[0])
    assert [row.gradient for row in found.rows] == [None, None]
    assert found.verdict == "no gradient"
