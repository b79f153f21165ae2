import copy
import math
import pickle
import random

import pytest

from tinygrad_edu import Value, dot, no_grad, relu, sin
from tinygrad_edu import sum as total_of
from tinygrad_edu.engine import NOT_COMPUTED
from tinygrad_edu.networks import initialisation
from tinygrad_edu.nn import MLP, SGD, Layer, Maxout, Module, Neuron, mse_loss


def numbers(model):
    return [p.data for p in model.parameters()]


def set_numbers(model, data):
    for p, x in zip(model.parameters(), data, strict=True):
        p.data = x


# --- micrograd's programs --------------------------------------------------------------------------------------------


def test_micrograds_constructors_and_reprs():
    assert repr(Neuron(3)) == "ReLUNeuron(3)"
    assert repr(Neuron(3, nonlin=False)) == repr(Neuron(3, False)) == "LinearNeuron(3)"
    assert repr(Layer(2, 2, nonlin=True)) == "Layer of [ReLUNeuron(2), ReLUNeuron(2)]"
    assert repr(MLP(1, [2, 1])) == "MLP of [Layer of [ReLUNeuron(1), ReLUNeuron(1)], Layer of [LinearNeuron(2)]]"
    assert (Neuron(1).nonlin, Neuron(1, nonlin=False).nonlin) == (True, False)


def test_the_same_generator_draws_micrograds_weights():
    """random.seed(1337); MLP(2, [16, 16, 1]) in micrograd draws uniform(-1, 1) for each weight in turn."""
    random.seed(1337)
    model = MLP(2, [16, 16, 1], rng=random)
    expected = random.Random(1337)
    for layer in model.layers:
        for neuron in layer.neurons:
            assert [w.data for w in neuron.w] == [expected.uniform(-1, 1) for _ in neuron.w]
            assert neuron.b.data == 0
    assert len(model.parameters()) == model.parameter_count() == 337


def test_micrograd_itself_agrees():
    micrograd = pytest.importorskip("micrograd.nn")
    random.seed(7)
    theirs = micrograd.MLP(3, [4, 4, 1])
    random.seed(7)
    ours = MLP(3, [4, 4, 1], rng=random)
    x = [2.0, 3.0, -1.0]
    y, their_y = ours(x), theirs(list(map(micrograd.Value, x)))
    y.backward()
    their_y.backward()
    assert repr(ours) == repr(theirs)
    assert y.data == pytest.approx(their_y.data, rel=1e-12)
    assert [p.grad for p in ours.parameters()] == pytest.approx([p.grad for p in theirs.parameters()], rel=1e-12)


def test_outputs_are_a_list_and_a_single_one_is_unwrapped():
    x = [1.0, 2.0]
    assert isinstance(Layer(2, 1)(x), Value)
    assert isinstance(MLP(2, [3, 1])(x), Value)
    assert len(Layer(2, 3)(x)) == len(MLP(2, [1, 3])(x)) == 3


def test_micrograds_training_loop_runs_as_it_is():
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    ys = [1.0, -1.0, -1.0, 1.0]
    model = MLP(3, [4, 4, 1], seed=3)
    losses = []
    for _ in range(40):
        loss = sum((model(x) - y) ** 2 for x, y in zip(xs, ys, strict=True))
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.02 * p.grad
        losses.append(loss.data)
    assert losses[-1] < losses[0] / 10


# --- what a neuron computes ------------------------------------------------------------------------------------------


def test_w6_a_sigmoid_neuron_and_one_step():
    neuron = Neuron(2, activation="sigmoid")
    set_numbers(neuron, [2.0, -3.0, -3.0])
    cost = (1.0 - neuron([-1.0, -2.0])) ** 2 / 2
    cost.backward()
    SGD(neuron.parameters(), lr=1.0).step()
    assert numbers(neuron) == pytest.approx([1.9471229072157332, -3.1057541855685336, -2.9471229072157334], rel=1e-12)
    assert neuron([-1.0, -2.0]).data == pytest.approx(0.7887259067592556, rel=1e-12)


def test_w4_three_neurons_in_a_row():
    model = MLP(1, [1, 1, 1], activation="linear")
    set_numbers(model, [0.42, 0.75, 0.3, 0.27, 0.06, 0.29])
    x = Value(34.0)
    y = model([x])
    y.backward()
    assert y.data == pytest.approx(0.57674, rel=1e-12)
    assert x.grad == pytest.approx(0.00756, rel=1e-12)


def test_w7_a_two_layer_network_agrees_with_finite_differences():
    n, m, k = 100, 10, 2
    model = MLP(n, [m, k], activation=["relu", "relu"], bias=False, init="normal", seed=5)
    rng = random.Random(6)
    x, targets = [rng.gauss(0, 1) for _ in range(n)], [rng.gauss(0, 1) for _ in range(k)]

    def loss():
        return total_of((p - t) ** 2 for p, t in zip(model(x), targets, strict=True))

    loss().backward()
    parameters = model.parameters()
    assert len(parameters) == n * m + m * k
    for p in parameters[::37]:
        middle, h = p.data, 1e-5
        p.data = middle + h
        above = loss().data
        p.data = middle - h
        below = loss().data
        p.data = middle
        assert p.grad == pytest.approx((above - below) / (2 * h), rel=1e-6, abs=1e-4)


def test_w7_a_two_layer_network_agrees_with_pytorch():
    torch = pytest.importorskip("torch")
    model = MLP(100, [10, 2], activation=["relu", "relu"], bias=False, init="normal", seed=5)
    rng = random.Random(6)
    x, targets = [rng.gauss(0, 1) for _ in range(100)], [rng.gauss(0, 1) for _ in range(2)]
    total_of((p - t) ** 2 for p, t in zip(model(x), targets, strict=True)).backward()
    weights = [
        torch.tensor([[w.data for w in n.w] for n in layer.neurons], dtype=torch.float64, requires_grad=True)
        for layer in model.layers
    ]
    h = torch.relu(weights[0] @ torch.tensor(x, dtype=torch.float64))
    ((torch.relu(weights[1] @ h) - torch.tensor(targets, dtype=torch.float64)) ** 2).sum().backward()
    for layer, w in zip(model.layers, weights, strict=True):
        for neuron, row in zip(layer.neurons, w.grad.tolist(), strict=True):
            assert [v.grad for v in neuron.w] == pytest.approx(row, rel=1e-12, abs=1e-9)


@pytest.mark.parametrize(
    ("activation", "title", "output"),
    [
        ("relu", "ReLU", 0.0),
        ("leaky_relu", "LeakyReLU", -0.02),
        ("sigmoid", "Sigmoid", 1 / (1 + math.exp(2))),
        ("tanh", "Tanh", math.tanh(-2)),
        ("softplus", "Softplus", math.log1p(math.exp(-2))),
        ("linear", "Linear", -2.0),
        (sin, "sin", math.sin(-2)),
        (lambda z: z * z, "<lambda>", 4.0),
    ],
)
def test_activations_go_by_name_or_are_functions(activation, title, output):
    neuron = Neuron(1, activation=activation)
    set_numbers(neuron, [1.0, 0.0])
    assert neuron([-2.0]).data == pytest.approx(output)
    assert repr(neuron) == f"{title}Neuron(1)"


def test_an_activation_may_have_parameters_of_its_own():
    class Parametric(Module):
        def __init__(self):
            self.slope = Value(0.25)

        def __call__(self, z):
            return relu(z) - self.slope * relu(-z)

    neuron = Neuron(1, activation=Parametric())
    assert [name for name, _ in neuron.named_parameters()] == ["activation.slope", "w[0]", "b"]
    assert repr(neuron) == "ParametricNeuron(1)"


def test_maxout_is_the_largest_of_its_pieces():
    neuron = Neuron(2, activation=Maxout(3))
    set_numbers(neuron, [1.0, 0.0, 0.0, 1.0, -1.0, -1.0, 0.0, 0.5, 0.0])
    assert neuron([1.0, 2.0]).data == 2.5
    assert neuron([-3.0, -1.0]).data == 4.0
    assert [name for name, _ in neuron.named_parameters()][4:7] == ["w[2][0]", "w[2][1]", "b[0]"]
    assert [p.label for p in neuron.parameters()][4:7] == ["w3_1", "w3_2", "b1"]
    assert repr(neuron) == "MaxoutNeuron(2)"
    assert Neuron(2, activation="maxout").parameter_count() == 6
    unbiased = Neuron(2, activation="maxout", bias=False)
    set_numbers(unbiased, [1.0, 0.0, 0.0, 1.0])
    assert unbiased([1.0, 2.0]).data == 2.0


def test_a_weighted_sum_is_one_node_however_many_inputs():
    z = Neuron(50, nonlin=False)([1.0] * 50)
    assert z.op == "+"
    assert z.parents[0].op == "dot"
    assert all(not p.op for p in z.parents[0].parents)


def test_a_neuron_without_bias_is_the_weighted_sum_alone():
    neuron = Neuron(2, False, bias=False)
    assert neuron([1.0, 2.0]).op == "dot"
    assert neuron.parameter_count() == 2


def test_activations_of_a_network_are_given_for_each_layer():
    model = MLP(1, [2, 2, 1], activation=["tanh", Maxout(2), "sigmoid"])
    assert [layer.neurons[0].activation for layer in model.layers] == ["tanh", Maxout(2), "sigmoid"]
    hidden = MLP(1, [2, 2, 1], activation="tanh")
    assert [layer.neurons[0].activation for layer in hidden.layers] == ["tanh", "tanh", "linear"]


def test_inputs_may_be_values_numbers_and_sequences_of_any_kind():
    model = MLP(2, [3, 1], seed=1)
    expected = model([1.0, 2.0]).data
    for x in ((1.0, 2.0), [Value(1.0), 2.0], (t for t in (1.0, 2.0)), range(1, 3), {1: "a", 2: "b"}):
        assert model(x).data == expected


def test_without_recording_a_network_still_computes():
    model = MLP(2, [3, 1], seed=1)
    with no_grad():
        y = model([1.0, 2.0])
    assert (y.data, y.parents) == (model([1.0, 2.0]).data, ())


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("network", [Neuron(3), Layer(3, 2), MLP(3, [2])])
def test_inputs_of_another_size_are_refused_with_both_sizes(network):
    with pytest.raises(ValueError, match="got 2 inputs where 3 are expected"):
        network([1.0, 2.0])
    with pytest.raises(ValueError, match="got 4 inputs where 3 are expected"):
        network(x for x in [1.0] * 4)


@pytest.mark.parametrize("network", [Neuron(1), Layer(1, 2), MLP(1, [2])])
def test_a_single_number_is_refused_and_told_the_way_out(network):
    for x in (2.0, Value(2.0)):
        with pytest.raises(TypeError, match=r"expected a sequence of 1 numbers, got .*2\.0.*\[x\]"):
            network(x)


def test_networks_without_layers_neurons_or_inputs_are_refused():
    with pytest.raises(ValueError, match=r"MLP\(3, \[\]\) has no layers"):
        MLP(3, [])
    with pytest.raises(TypeError, match=r"write MLP\(3, \[4\]\)"):
        MLP(3, 4)
    with pytest.raises(ValueError, match="number of neurons must be at least 1, got 0"):
        MLP(3, [0])
    with pytest.raises(ValueError, match="number of inputs must be at least 1, got -1"):
        Neuron(-1)
    with pytest.raises(TypeError):
        Layer(2.0, 1)


def test_activations_that_do_not_exist_are_refused():
    with pytest.raises(ValueError, match=r"no activation is called 'rellu'; there are relu, .*, maxout"):
        Neuron(1, activation="rellu")
    with pytest.raises(TypeError, match="an activation's name or a function, got 3"):
        Neuron(1, activation=3)
    with pytest.raises(ValueError, match="nonlin=False means"):
        Neuron(1, nonlin=False, activation="tanh")
    with pytest.raises(ValueError, match="2 activations for 3 layers"):
        MLP(1, [1, 1, 1], activation=["relu", "relu"])
    with pytest.raises(ValueError, match="at least 2 pieces, got 1"):
        Maxout(1)


# --- parameters ------------------------------------------------------------------------------------------------------


def test_parameters_have_paths_and_short_labels():
    model = MLP(2, [2, 1])
    assert [name for name, _ in model.named_parameters()][3:8] == [
        "layers.0.neurons.1.w[0]",
        "layers.0.neurons.1.w[1]",
        "layers.0.neurons.1.b",
        "layers.1.neurons.0.w[0]",
        "layers.1.neurons.0.w[1]",
    ]
    assert [p.label for p in model.parameters()][3:8] == ["l1.n2.w1", "l1.n2.w2", "l1.n2.b", "l2.n1.w1", "l2.n1.w2"]
    assert [p.label for p in Neuron(2).parameters()] == ["w1", "w2", "b"]


class Odd(Module):
    """Parameters in every kind of place, and much that is none."""

    def __init__(self):
        self.shared = Value(1.0)
        self.again = self.shared
        self.table = {"a": Value(2.0), "b": (Neuron(1), "text", None)}
        self.mixed = [Value(3.0), 4.0]
        self.matrix = [[Value(5.0)], [Value(6.0), Value(7.0)]]
        self.result = Value(8.0) * 2
        self._private = Value(9.0)
        self.itself = self
        self.empty = []
        self.neuron_twice = self.table["b"][0]

    def __repr__(self):
        return "Odd()"


def test_parameters_are_found_in_attributes_lists_dicts_and_modules_once_each():
    assert [name for name, _ in Odd().named_parameters()] == [
        "shared",
        "table.a",
        "table.b.0.w[0]",
        "table.b.0.b",
        "mixed.0",
        "matrix[0][0]",
        "matrix[1][0]",
        "matrix[1][1]",
    ]


class Arrays(Module):
    """Keeps its parameters in NumPy's arrays."""

    def __init__(self):
        np = pytest.importorskip("numpy")
        self.W = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
        self.rows = [np.array([Value(5.0)]), np.array([Value(6.0)])]
        self.b = np.array(Value(7.0))
        self.mixed = np.array([Value(8.0), None, Neuron(1, seed=1)])
        self.data = np.array([[9.0]])
        self.more = [np.array([Value(10.0), "a"]), np.array([Value(11.0), "b"]), np.array([Value(12.0), "c"])]

    def __call__(self, x):
        return (self.W @ x).sum()


def test_parameters_are_found_in_arrays_of_numpy():
    model = Arrays()
    found = {name: value.data for name, value in model.named_parameters() if "mixed.2" not in name}
    assert found == {
        "W[0][0]": 1.0,
        "W[0][1]": 2.0,
        "W[1][0]": 3.0,
        "W[1][1]": 4.0,
        "rows[0][0]": 5.0,
        "rows[1][0]": 6.0,
        "b": 7.0,
        "mixed.0": 8.0,
        "more.0.0": 10.0,
        "more.1.0": 11.0,
        "more.2.0": 12.0,
    }
    assert model.parameter_count() == 13
    state = model.state_dict()
    assert (state["W"], state["rows"], state["b"]) == ([[1.0, 2.0], [3.0, 4.0]], [[5.0], [6.0]], 7.0)
    model.load_state_dict(state | {"W": [[0.0, 0.5], [1.0, 1.5]], "rows": [[2.0], [2.5]], "b": 3.0})
    assert [value.data for value in model.parameters()][:7] == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    with pytest.raises(ValueError, match="W: a list of 2 in the module, a list of 1 in the state"):
        model.load_state_dict(state | {"W": [[0.0, 0.5]]})


def test_parameters_in_arrays_are_trained():
    model = Arrays()
    optimizer = SGD(model.parameters(), lr=0.1)
    model([1.0, 2.0]).backward()
    optimizer.step()
    assert [w.data for w in model.W.flat] == pytest.approx([0.9, 1.8, 2.9, 3.8])


@pytest.mark.parametrize("things", [{Value(1.0)}, frozenset([Value(1.0)]), {(1, Value(1.0))}, {Neuron(1)}])
def test_a_set_with_parameters_is_refused(things):
    model = Odd()
    model.parts = [{"a": things}]
    with pytest.raises(TypeError, match=r"parts\.0\.a is a set with parameters in it.*use a list"):
        model.parameters()
    model.parts = {1, 2, "a"}
    assert model.parameters()


def test_a_state_holds_nested_lists_and_loads_again():
    one, other = Odd(), Odd()
    one.shared.data = 1.5
    state = one.state_dict()
    assert state["matrix"] == [[5.0], [6.0, 7.0]]
    other.load_state_dict(state)
    assert numbers(other) == numbers(one)


def test_a_state_that_does_not_fit_is_refused_and_changes_nothing():
    model = MLP(2, [2, 1], seed=1)
    before = numbers(model)
    for other in (MLP(2, [3, 1]), MLP(3, [2, 1]), MLP(2, [2, 1], bias=False)):
        with pytest.raises(ValueError, match="in the module"):
            model.load_state_dict(other.state_dict())
    assert numbers(model) == before


def test_a_long_list_of_names_that_differ_is_cut_short():
    with pytest.raises(ValueError, match=r"only in the module layers\.0\.neurons\.0\.b, .*, \.\.\., only in"):
        MLP(2, [4, 1]).load_state_dict({})


@pytest.mark.parametrize(
    ("table", "path"),
    [({1: Value(1.0), "1": Value(2.0)}, "table.1"), ({"a.b": Value(1.0), "a": {"b": Value(2.0)}}, "table.a.b")],
)
def test_two_parameters_with_one_path_are_refused(table, path):
    class Table(Module):
        def __init__(self):
            self.table = table

    model = Table()
    assert len(model.parameters()) == 2
    for use in (model.state_dict, lambda: model.load_state_dict({path: 1.0})):
        with pytest.raises(ValueError, match=f"two parameters have the path '{path}': change a key"):
            use()


def test_zero_grad_forgets_the_gradients():
    model = MLP(2, [2, 1], activation="tanh")
    model([1.0, 2.0]).backward()
    assert all(p.grad != 0 for p in model.parameters())
    model.zero_grad()
    assert all(p.grad is NOT_COMPUTED for p in model.parameters())


def test_a_module_of_your_own_shows_its_structure():
    class Pair(Module):
        def __init__(self):
            self.first, self.scale, self._hidden = Neuron(2), 3, 4

    assert repr(Pair()) == "Pair(first=ReLUNeuron(2), scale=3)"


def test_models_are_copied_and_pickled():
    model = MLP(2, [3, 1], seed=1)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert numbers(other) == numbers(model)
        other.parameters()[0].data += 1
        assert numbers(other) != numbers(model)


def test_nn_offers_sgd_and_mse_loss():
    neuron = Neuron(1, nonlin=False, seed=1)
    optimizer = SGD(neuron.parameters(), lr=0.02)
    for _ in range(800):  # W8: the line y = 5 - x
        loss = mse_loss([neuron([float(x)]) for x in range(6)], [5.0 - x for x in range(6)])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert numbers(neuron) == pytest.approx([-1.0, 5.0], abs=1e-3)


# --- where weights start ---------------------------------------------------------------------------------------------


def test_a_seed_gives_the_same_network_and_no_seed_another():
    assert numbers(MLP(2, [3, 1], seed=4)) == numbers(MLP(2, [3, 1], seed=4))
    assert numbers(MLP(2, [3, 1], seed=4)) == numbers(MLP(2, [3, 1], rng=random.Random(4)))
    assert numbers(MLP(2, [3, 1])) != numbers(MLP(2, [3, 1]))


def test_the_global_generator_is_left_alone_unless_asked_for():
    random.seed(1)
    before = random.getstate()
    MLP(2, [3, 1])
    MLP(2, [3, 1], seed=4, init="normal")
    assert random.getstate() == before
    Neuron(2, rng=random)
    assert random.getstate() != before


def test_a_seed_and_a_generator_together_are_refused():
    with pytest.raises(ValueError, match="not both"):
        Neuron(1, seed=1, rng=random)


SPREADS = {
    "uniform": math.sqrt(1 / 3),
    "normal": 1.0,
    "zeros": 0.0,
    "glorot_uniform": math.sqrt(2 / 12),
    "glorot_normal": math.sqrt(2 / 12),
    "glorot_truncated": math.sqrt(2 / 12),
    "he_uniform": math.sqrt(2 / 4),
    "he_normal": math.sqrt(2 / 4),
}


@pytest.mark.parametrize("name", initialisation.SCHEMES)
def test_schemes_have_the_spread_that_their_formula_says(name):
    rng = random.Random(1)
    weights = [w for _ in range(200) for w in numbers(Layer(4, 8, init=name, rng=rng, bias=False))]
    sd = math.sqrt(dot(weights, weights) / len(weights))
    assert sd == pytest.approx(SPREADS[name], rel=0.03)
    assert abs(sum(weights) / len(weights)) <= 0.05 * SPREADS[name]


def test_the_truncated_scheme_has_no_outliers():
    rng = random.Random(1)
    weights = numbers(Layer(50, 50, init="glorot_truncated", rng=rng, bias=False))
    assert max(map(abs, weights)) <= 2 * math.sqrt(2 / 100) / initialisation.TRUNCATED_SD


def test_a_scheme_may_be_a_function():
    layer = Layer(2, 3, init=lambda _, nin, nout: nin + nout / 10)
    assert numbers(layer) == [2.3, 2.3, 0.0] * 3


def test_a_scheme_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="no initialisation is called 'xavier'; there are uniform, "):
        Neuron(1, init="xavier")
