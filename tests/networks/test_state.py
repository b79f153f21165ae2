"""Whether a model is put together in another way than before."""

import numpy as np
import pytest

from tinygrad_edu import StagedStep, Value, jit, nn
from tinygrad_edu.networks.state import Build


@pytest.fixture
def model():
    model = nn.MLP(2, [3, 1], seed=0)
    model.extra = {"scale": Value(1.0), "name": "a"}
    model.pair = (nn.Neuron(2, seed=1), 1.0)
    model.rows = [[1.0, 2.0], [3.0]]
    model.array = np.array([1.0, 2.0])
    model.step = StagedStep(nn.MLP(1, [1]), nn.mse_loss)
    model.jitted = jit(lambda x: x)
    model.optimizer = nn.SGD(model.parameters(), lr=0.1)
    return model


CHANGES = {
    "a text": lambda m: setattr(m.layers[0].neurons[0], "activation", "tanh"),
    "a function": lambda m: setattr(m.layers[0].neurons[0], "activation", lambda x: x),
    "a parameter": lambda m: m.layers[0].neurons[0].w.__setitem__(0, Value(0.0)),
    "a bias left out": lambda m: setattr(m.layers[0].neurons[0], "b", None),
    "a layer more": lambda m: m.layers.append(nn.Layer(1, 1)),
    "a layer less": lambda m: m.layers.pop(),
    "in a dict": lambda m: m.extra.update(scale=Value(1.0)),
    "in a tuple": lambda m: setattr(m.pair[0], "activation", "tanh"),
    "a truth": lambda m: m.eval(),
    "an array": lambda m: setattr(m, "array", np.array([1.0, 2.0])),
}

NO_CHANGES = {
    "nothing": lambda m: None,
    "a parameter's number": lambda m: setattr(m.layers[0].neurons[0].w[0], "data", 7.0),
    "a number": lambda m: setattr(m, "count", 3),
    "a list of numbers": lambda m: m.rows.append([4.0]),
    "another list of numbers": lambda m: setattr(m, "rows", [5.0]),
    "a result": lambda m: setattr(m, "latest", m([1.0, 2.0])),
    "steps of another model": lambda m: m.step([[1.0], [2.0]], [1.0, 2.0]),
    "a jit": lambda m: m.jitted(1.0),
    "the optimiser": lambda m: m([1.0, 2.0]).backward() or m.optimizer.step(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_seen(model, change):
    build = Build(model)
    change(model)
    assert build.is_changed()
    assert build.is_changed()
    assert not Build(model).is_changed()


@pytest.mark.parametrize("change", NO_CHANGES.values(), ids=NO_CHANGES)
def test_numbers_and_what_is_no_part_of_the_model_do_not_count(model, change):
    build = Build(model)
    change(model)
    assert not build.is_changed()
    assert not build.is_changed()


def test_what_the_model_changes_itself_is_not_looked_at_and_the_rest_is(model):
    build = Build(model)
    model.note = "called once"
    build.settle()
    model.note = "called twice"
    assert not build.is_changed()
    build.settle()
    model.title = "another"
    assert build.is_changed()
