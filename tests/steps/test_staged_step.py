"""What is special about a step by itself: it checks whether the loss is what is staged. `fit` has its own checks."""

import random
import sys
import threading

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import StagedStep, Value, losses, nn
from tinygrad_edu.staging import staged
from tinygrad_edu.steps import staged_step

XS, YS = [[1.0], [-2.0], [0.5]], [1.0, 0.0, 2.0]


def quadratic(model, factor=1.0):
    """A mean with a penalty on the parameters."""
    return lambda outputs, targets: losses.mse_loss(outputs, targets) + factor * sum(p * p for p in model.parameters())


@pytest.mark.parametrize("optimised", [False, True])
@pytest.mark.parametrize("backend", ["python", "c"])
def test_a_sum_is_not_taken_for_a_mean(optimised, backend):
    """Its gradients would be a third of what they are eagerly, and nobody would see it."""
    model = nn.MLP(1, [2, 1], seed=0)
    optimizer = nn.SGD(model.parameters(), lr=0.1) if optimised else None
    before = [p.data for p in model.parameters()]
    with pytest.raises(ValueError, match=r"the loss of the first two examples is .*the mean of their losses.*sum"):
        StagedStep(model, losses.quadratic_cost, optimizer, backend=backend)(XS, YS)
    assert [p.data for p in model.parameters()] == before
    step = StagedStep(model, losses.quadratic_cost, optimizer, reduction="sum", backend=backend)
    assert step(XS, YS) == pytest.approx(losses.quadratic_cost([nn.MLP(1, [2, 1], seed=0)(x) for x in XS], YS).data)


def test_a_mean_is_not_taken_for_a_sum():
    model = nn.MLP(1, [1], seed=0)
    with pytest.raises(ValueError, match=r'the sum of their losses.*say reduction="mean"'):
        StagedStep(model, losses.mse_loss, reduction="sum")(XS, YS)


def test_a_loss_that_is_neither_is_refused():
    model = nn.MLP(1, [1], seed=0)
    with pytest.raises(ValueError, match="it is neither; use eager_step"):
        StagedStep(model, lambda outputs, targets: tg.max((a - y) ** 2 for a, y in zip(outputs, targets, strict=True)))(
            XS, YS
        )
    noise = random.Random(0)
    with pytest.raises(ValueError, match="the model changes from call to call"):
        StagedStep(model, lambda outputs, targets: losses.mse_loss(outputs, targets) * noise.random())(XS, YS)


def test_a_penalty_may_be_added_to_a_mean():
    model = nn.MLP(1, [1], seed=0)
    loss = quadratic(model)
    assert StagedStep(model, loss)(XS, YS) == pytest.approx(loss([model(x) for x in XS], YS).data)
    with pytest.raises(ValueError, match="neither"):
        StagedStep(
            model, lambda a, y: losses.quadratic_cost(a, y) + sum(p * p for p in model.parameters()), reduction="sum"
        )(XS, YS)


def test_one_example_tells_nothing_and_the_first_batch_of_several_does():
    model = nn.MLP(1, [1], seed=0)
    step = StagedStep(model, losses.quadratic_cost)
    step(XS[:1], YS[:1])
    with pytest.raises(ValueError, match="reduction"):
        step(XS, YS)


def test_losses_of_zero_tell_nothing():
    model = nn.MLP(1, [1], activation="linear", seed=0)
    for p in model.parameters():
        p.data = 0.0
    step = StagedStep(model, losses.quadratic_cost)
    assert step(XS, [0.0, 0.0, 0.0]) == 0.0
    with pytest.raises(ValueError, match="reduction"):
        step(XS, YS)


@pytest.mark.parametrize("backend", ["python", "c"])
@pytest.mark.parametrize("kind", ["ints", "int arrays", "float32"])
def test_integers_cost_a_conversion_and_no_more(backend, kind, monkeypatch):
    """They run the same program by the same way in, and give what floats give."""
    model = nn.MLP(2, [3], seed=0)
    xs, ys = [[1, 2], [3, -1], [0, 2]], [2, 0, 1]
    if kind != "ints":
        dtype = "int64" if kind == "int arrays" else "float32"
        xs, ys = np.array(xs, dtype), np.array(ys, "int32")
    step = StagedStep(model, losses.cross_entropy, backend=backend)
    floats = StagedStep(model, losses.cross_entropy, backend=backend)
    expected = floats([[float(x) for x in row] for row in xs], [float(y) for y in ys])
    step(xs, ys)
    read, real = [], staged.read
    monkeypatch.setattr(staged, "read", lambda *args, **named: read.append(args[0]) or real(*args, **named))
    assert step(xs, ys) == pytest.approx(expected, rel=1e-12)
    assert {"xs", "ys"} & {*read} == set(), "numbers were gone through one by one"


# --- a model that is changed between steps ---------------------------------------------------------------------------


def another_activation(model):
    for neuron in model.layers[0].neurons:
        neuron.activation = "relu" if neuron.activation == "tanh" else "tanh"


def another_parameter(model):
    w = model.layers[0].neurons[1].w
    w[0] = Value(-w[0].data)


def another_layer(model):
    model.layers.append(nn.Layer(1, 1, nonlin=False, init="normal", seed=3))


def batch_loss(model):
    return nn.mse_loss([model(x) for x in XS], YS).data


@pytest.mark.parametrize("backend", ["python", "c"])
@pytest.mark.parametrize("optimised", [False, True])
@pytest.mark.parametrize("change", [another_activation, another_parameter, another_layer])
def test_a_model_that_is_changed_is_staged_again(backend, optimised, change):
    model = nn.MLP(1, [3, 1], activation="tanh", seed=1)
    optimizer = nn.Adam(model.parameters(), lr=0.1) if optimised else None
    step = StagedStep(model, nn.mse_loss, optimizer, backend=backend)
    for _ in range(2):
        for _ in range(5):
            step(XS, YS)
        stagings, before = step.stagings, batch_loss(model)
        change(model)
        expected = batch_loss(model)
        assert expected != pytest.approx(before)
        assert step(XS, YS) == pytest.approx(expected)
        assert step.stagings == stagings + 1
        step(XS, YS)
        assert step.stagings == stagings + 1


def test_what_a_model_notes_down_does_not_stage_it_again():
    """Losses, its own outputs, and what it sets at each call."""

    class Noting(nn.MLP):
        def __call__(self, x):
            self.latest = super().__call__(x)
            return self.latest

    model = Noting(1, [2, 1], seed=1)
    model.losses = []
    step = StagedStep(model, nn.mse_loss)
    for _ in range(4):
        model.losses.append(step(XS, YS))
        model.last_loss = model.losses[-1]
        model([1.0])
    assert step.stagings == 1


# --- an optimiser of another model -----------------------------------------------------------------------------------


def test_an_optimiser_made_for_another_model_is_refused_as_fit_refuses_it():
    other = nn.MLP(1, [1], seed=1)
    with pytest.raises(ValueError, match="StagedStep: the optimiser moves none of the model's parameters: was it made"):
        StagedStep(nn.MLP(1, [1], seed=0), nn.mse_loss, nn.SGD(other.parameters(), lr=0.1))


# --- a parameter without a number ------------------------------------------------------------------------------------


def test_a_parameter_that_is_none_is_named():
    model = nn.MLP(1, [1], seed=0)
    model.layers[0].neurons[0].b.data = None
    with pytest.raises(TypeError, match=r"the data of parameter 1 \(l1.n1.b\) is None: it must be a number"):
        StagedStep(model, nn.mse_loss)(XS[:1], YS[:1])


# --- threads ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", ["python", "c"])
@pytest.mark.parametrize("look", [False, True])
def test_steps_of_several_threads_are_taken_one_after_the_other(backend, look):
    def made():
        model = nn.MLP(1, [2, 1], activation="tanh", seed=0)
        return model, StagedStep(model, nn.mse_loss, nn.SGD(model.parameters(), lr=0.01), backend=backend)

    def work():
        for _ in range(30):
            losses_seen.append(step(XS, YS))
            if look:
                model.parameters()[0].data  # noqa: B018 - it brings the numbers home

    alone, alone_step = made()
    expected = [alone_step(XS, YS) for _ in range(120)]
    model, step = made()
    losses_seen = []
    threads = [threading.Thread(target=work) for _ in range(4)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert sorted(losses_seen) == sorted(expected)
    assert [p.data for p in model.parameters()] == [p.data for p in alone.parameters()]


def test_a_process_that_is_forked_during_a_step_has_a_turn_of_its_own():
    step = StagedStep(nn.MLP(1, [1], seed=0), nn.mse_loss)
    before = step._turn
    staged_step._new_turns()
    assert step._turn is not before
    assert step(XS, YS) >= 0.0
