import random

import pytest

from tinygrad_edu import Value, nn, no_grad, optim
from tinygrad_edu import sum as total_of
from tinygrad_edu.nn import MLP, SGD, Layer, Maxout, Neuron, mse_loss


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


def test_a_network_without_bends_is_linear_throughout():
    assert (
        repr(MLP(1, [2, 1], nonlin=False))
        == "MLP of [Layer of [LinearNeuron(1), LinearNeuron(1)], Layer of [LinearNeuron(2)]]"
    )
    assert repr(MLP(1, [2, 1], nonlin=True)) == repr(MLP(1, [2, 1]))
    for make in (lambda **options: Neuron(1, **options), lambda **options: MLP(1, [1], **options)):
        with pytest.raises(ValueError, match="nonlin=False means activation='linear', but activation='tanh' was given"):
            make(nonlin=False, activation="tanh")


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


def test_nn_offers_sgd_and_mse_loss():
    neuron = Neuron(1, nonlin=False, seed=1)
    optimizer = SGD(neuron.parameters(), lr=0.02)
    for _ in range(800):  # W8: the line y = 5 - x
        loss = mse_loss([neuron([float(x)]) for x in range(6)], [5.0 - x for x in range(6)])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert numbers(neuron) == pytest.approx([-1.0, 5.0], abs=1e-3)


# --- names that people know from elsewhere ---------------------------------------------------------------------------


def test_nn_has_the_optimizers():
    for name in ("SGD", "AdaGrad", "RMSProp", "Adam", "AdamW"):
        assert getattr(nn, name) is getattr(optim, name)


def test_the_biases_of_a_maxouts_pieces_begin_at_0():
    unit = Neuron(2, activation=Maxout(3), seed=1)
    assert [b.data for b in unit.b] == [0.0, 0.0, 0.0]
    assert unit([0.0, 0.0]).data == 0.0
