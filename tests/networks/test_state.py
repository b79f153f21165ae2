"""Whether a model is put together in another way than before, and whether a call has changed what it keeps."""

from collections import deque
from types import SimpleNamespace

import numpy as np
import pytest

from tinygrad_edu import StagedStep, Value, jit, nn
from tinygrad_edu.networks.state import Build, State


@pytest.fixture
def model():
    model = nn.MLP(2, [3, 1], seed=0)
    model.extra = {"scale": Value(1.0), "name": "a"}
    model.pair = (nn.Neuron(2, seed=1), 1.0)
    model.rows = [[1.0, 2.0], [3.0]]
    model.array = np.array([1.0, 2.0])
    model.step = StagedStep(nn.MLP(1, [1]), nn.mse_loss)
    model.jitted = jit(lambda x: x)
    model.settings = SimpleNamespace(title="a")  # it cannot be called
    model.layers[0].whole = model  # a circle
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
    "what is in something that cannot be called": lambda m: setattr(m.settings, "title", "b"),
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


def test_a_model_that_cannot_be_called_is_looked_at_all_the_same():
    model = SimpleNamespace(activation="relu", rows=[nn.Neuron(1, seed=0)])
    build = Build(model)
    model.activation = "tanh"
    assert build.is_changed()
    build = Build(model)
    model.rows[0].b = None
    assert build.is_changed()


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


# --- what a model keeps from call to call -----------------------------------------------------------------------------


def keeping():
    """Something of each kind, also one within another, and in a circle."""
    made = SimpleNamespace(
        weight=Value(2.0),
        notes=[1, 2.5, "a", True],
        table={"x": [1.0], "y": Value(3.0)},
        names={"a"},
        latest=deque([1.0, 2.0]),
        pair=(Value(4.0), [5.0]),
        part=SimpleNamespace(count=0, hidden=[0.0]),
        flag=False,
    )
    made.part.whole = made
    return made


def contents(kept):
    plain = [kept.weight.data, list(kept.notes), list(kept.table), kept.table["y"].data, set(kept.names)]
    return [*plain, list(kept.latest), kept.pair[0].data, list(kept.pair[1]), kept.part.count, list(vars(kept))]


KEPT_CHANGES = {
    "a parameter": lambda k: setattr(k.weight, "data", 7.0),
    "one in a dict": lambda k: setattr(k.table["y"], "data", 7.0),
    "one in a tuple": lambda k: setattr(k.pair[0], "data", 7.0),
    "a list grows": lambda k: k.notes.append(3),
    "a list shrinks": lambda k: k.notes.pop(),
    "a number in a list": lambda k: k.notes.__setitem__(0, 2),
    "a text in a list": lambda k: k.notes.__setitem__(2, "b"),
    "an int in place of a float": lambda k: k.pair[1].__setitem__(0, 5),
    "1 in place of True": lambda k: k.notes.__setitem__(3, 1),
    "a key more": lambda k: k.table.update(z=1.0),
    "a key less": lambda k: k.table.pop("x"),
    "another list under a key": lambda k: k.table.update(x=[1.0]),
    "keys in another order": lambda k: k.table.update(x=k.table.pop("x")),
    "a set grows": lambda k: k.names.add("b"),
    "another text in a set": lambda k: k.names.add("b") or k.names.remove("a"),
    "a deque grows": lambda k: k.latest.append(3.0),
    "a deque turns": lambda k: k.latest.rotate(),
    "a list in a tuple": lambda k: k.pair[1].append(6.0),
    "a count": lambda k: setattr(k.part, "count", 1),
    "a hidden number": lambda k: k.part.hidden.__setitem__(0, 1.0),
    "another hidden state": lambda k: setattr(k.part, "hidden", [0.0]),
    "an attribute more": lambda k: setattr(k, "more", 1),
    "a flag": lambda k: setattr(k, "flag", True),
}


@pytest.mark.parametrize("change", KEPT_CHANGES.values(), ids=KEPT_CHANGES)
def test_what_a_call_has_changed_is_seen_and_taken_back(change):
    kept = keeping()
    state, before = State(kept), contents(kept)
    assert not state.is_changed()
    change(kept)
    assert state.is_changed()
    state.restore()
    assert contents(kept) == before
    assert not state.is_changed()


def test_equal_numbers_and_texts_are_no_change():
    kept = keeping()
    state = State(kept)
    kept.notes[:] = [int("1"), float("2.5"), "".join(["a"]), True]
    kept.latest = kept.latest
    kept.part.count = int("0")
    assert not state.is_changed()
    kept.weight.grad = 3.0
    assert not state.is_changed()


def test_what_a_change_leaves_alone_is_not_written_to():
    """Only what has changed is taken back."""

    class Watched(list):
        cleared = 0

        def copy(self):
            return Watched(self)

        def clear(self):
            self.cleared += 1
            super().clear()

    kept = SimpleNamespace(one=Watched([1.0]), other=Watched([2.0]))
    state = State(kept)
    kept.other.append(3.0)
    state.restore()
    assert (kept.one, kept.other, kept.one.cleared, kept.other.cleared) == ([1.0], [2.0], 0, 1)
