"""What is special about a step by itself: it checks whether the loss is what is staged. `fit` has its own checks."""

import random

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import StagedStep, losses, nn
from tinygrad_edu.staging import staged

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
