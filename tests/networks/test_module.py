import copy
import pickle

import pytest

from tinygrad_edu import Value, datasets, fit, jit, tanh
from tinygrad_edu.engine import NOT_COMPUTED
from tinygrad_edu.networks.names import MODULE
from tinygrad_edu.nn import MLP, SGD, Linear, Module, Neuron, Sequential


def numbers(model):
    return [p.data for p in model.parameters()]


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
    for count, listed in ((1, "a0"), (3, "a0, a1, a2"), (4, "a0, a1, a2, ..."), (9, "a0, a1, a2, ...")):
        with pytest.raises(ValueError, match="the names differ") as caught:
            Neuron(1).load_state_dict({"w": [1.0], "b": 0.0} | {f"a{i}": 1.0 for i in range(count)})
        assert str(caught.value) == f"the names differ: only in the module none, only in the state {listed}"


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


# --- what PyTorch's users type -------------------------------------------------------------------------------------


class Net(Module):
    """Written as for PyTorch."""

    def __init__(self):
        super().__init__()
        self.fc1 = Linear(2, 3, seed=1)
        self.fc2 = Linear(3, 1, seed=2)
        self.more = [{"a": Sequential(Linear(1, 1))}]

    def forward(self, x, scale=1.0):
        return self.fc2([z.tanh() for z in self.fc1(x)]) * scale


def test_a_module_with_a_forward_can_be_called():
    model = Net()
    assert model([1.0, 2.0]).data == model.forward([1.0, 2.0]).data
    assert model([1.0, 2.0], scale=2.0).data == 2 * model([1.0, 2.0]).data


def test_a_module_with_a_forward_is_trained_by_fit():
    for backend in ("python", "eager"):
        model = Net()
        history = fit(model, datasets.moons(20), optimizer=SGD(model.parameters(), lr=0.1), epochs=12, backend=backend)
        assert history.loss[-1] < history.loss[0]
        assert history.backend == backend


def test_a_module_that_says_nothing_about_calls_says_what_to_define():
    class Empty(Module):
        pass

    with pytest.raises(TypeError, match=r"Empty cannot be called: define __call__\(self, x\) or forward\(self, x\)"):
        Empty()([1.0])


def test_train_and_eval_set_training_everywhere_and_return_the_module():
    model = Net()
    assert model.training
    assert model.eval() is model
    assert [each.training for each in model.modules()] == [False] * 5
    assert model.train() is model
    assert all(each.training for each in model.modules())
    assert not model.train(False).training
    assert Net().training


def test_modules_are_found_once_each_and_the_outermost_first():
    model = Net()
    model.again = model.fc1
    model.itself = model
    model._private = Linear(1, 1)
    found = list(model.modules())
    assert found[0] is model
    assert found[1:3] == [model.fc1, model.fc2]
    assert len(found) == 5


def test_training_is_no_part_of_the_state_and_of_the_repr():
    class Scaled(Module):
        def __init__(self):
            self.scale = Value(2.0)

    model = Scaled().eval()
    assert repr(model) == "Scaled(scale=Value(data=2.0, grad=0))"
    assert model.state_dict() == {"scale": 2.0}


def test_zero_grad_takes_pytorchs_option():
    model = Neuron(1, nonlin=False)
    model([1.0]).backward()
    model.zero_grad(set_to_none=False)
    assert all(p.grad == 0 and p.grad is not NOT_COMPUTED for p in model.parameters())
    model.zero_grad(set_to_none=True)
    assert all(p.grad is NOT_COMPUTED for p in model.parameters())


@pytest.mark.parametrize("name", MODULE)
def test_a_method_of_pytorchs_modules_is_answered_with_what_to_write(name):
    with pytest.raises(AttributeError, match=f"MLP has no attribute '{name}': write "):
        getattr(MLP(1, [1]), name)


def test_an_attribute_that_nobody_knows_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"^MLP has no attribute 'layerz'$"):
        MLP(1, [1]).layerz  # noqa: B018
    assert not hasattr(MLP(1, [1]), "layerz")


def test_a_module_with_a_forward_is_copied_and_pickled():
    model = Net()
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert other([1.0, 2.0]).data == model([1.0, 2.0]).data


def swish(x):
    return x * tanh(x)


class Staging(Module):
    """Holds a staged function."""

    def __init__(self):
        self.net, self.bend = MLP(2, [3, 1], seed=1), jit(swish)

    def forward(self, x):
        return self.net(x)


@pytest.mark.parametrize("is_called", [False, True])
def test_a_module_that_holds_a_staged_function_travels(is_called):
    model = Staging()
    if is_called:
        model.bend(2.0)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert other.bend(2.0) == model.bend(2.0) == swish(2.0)
        assert other([1.0, 2.0]).data == model([1.0, 2.0]).data
        other.net.layers[0].neurons[0].b.data += 1.0
        assert numbers(other) != numbers(model)
