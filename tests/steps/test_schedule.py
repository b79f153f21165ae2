"""When steps are compared, at which sizes they become eager, and how long numbers wait: everything written out."""

import shutil

import pytest

from tests.steps.test_automatic import CURVE, Wrapped
from tinygrad_edu import losses, nn
from tinygrad_edu.engine import Value
from tinygrad_edu.functions import mean, sum
from tinygrad_edu.optim import Adam
from tinygrad_edu.steps.automatic import AutomaticStep
from tinygrad_edu.steps.converted import Converted
from tinygrad_edu.steps.predictions import StagedPredictions
from tinygrad_edu.steps.remembered import Remembered
from tinygrad_edu.steps.staged_step import StagedStep

cc = pytest.mark.skipif(not shutil.which("cc"), reason="needs a C compiler")


class Counting:
    """One weight; each call is counted, in the class: a model that keeps a list itself is not staged."""

    calls = 0

    def __init__(self):
        self.w = Value(1.0)

    def parameters(self):
        return [self.w]

    def __call__(self, x):
        Counting.calls += 1
        return self.w * x[0]


def automatic(model, *, loss=losses.mse_loss, batches=2, changes=True, lr=0.01):
    return AutomaticStep(
        model, loss, nn.SGD(model.parameters(), lr=lr), backend="python", batches=batches, changes=changes
    )


def calls_of_steps(changes, epochs, size=6):
    """How often the model has been asked in each step, two an epoch."""
    counted = []
    step = automatic(Counting(), changes=changes)
    for _ in range(epochs):
        for first in (0, size):
            before = Counting.calls
            step([[0.1 * (first + i)] for i in range(size)], [0.2 * i for i in range(size)])
            counted.append(Counting.calls - before)
    assert step.backend == "python"
    return counted


def test_how_often_the_model_is_asked_in_each_step():
    """First to find out whether it keeps something, to stage it, for the comparison; then as the module says."""
    start, batch = calls_of_steps(changes=False, epochs=1)
    assert (start, batch) == (1 + 1 + 6 + 6, 6), "for its operands, on symbols, without a graph, the step itself"
    assert calls_of_steps(changes=False, epochs=10)[2:] == [4, 0, 4, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0]
    assert calls_of_steps(changes=True, epochs=10)[2:] == [4, 0, 4, 0, 1, 0, 4, 0, 1, 0, 1, 0, 1, 0, 4, 0, 1, 0]


@pytest.mark.parametrize(("size", "asked"), [(100, [100, 100]), (101, [32 + 1, 1])])
def test_from_so_many_examples_on_a_program_predicts_in_the_first_epoch(size, asked):
    """Of three batches of 100, all are asked of the model; of three of 101, 32 of the first program, and one more."""
    step, counted = automatic(Counting(), batches=3), []
    for _ in range(3):
        before = Counting.calls
        step([[0.001 * i] for i in range(size)], [0.002 * i for i in range(size)])
        counted.append(Counting.calls - before)
    assert counted[1:] == asked


@pytest.mark.parametrize(("change", "is_seen"), [(0.8e-6, False), (1.2e-6, True)])
def test_how_much_a_loss_may_differ(change, is_seen):
    """Of w x - y = 1, the loss is multiplied by 1 + change from the second epoch on."""
    factor = [1.0]
    model = Counting()
    step = automatic(model, loss=lambda p, y: losses.mse_loss(p, y) * factor[0], batches=1, lr=1e-30)
    step([[1.0]] * 5, [0.0] * 5)
    factor[0] = 1.0 + change
    if is_seen:
        with pytest.warns(RuntimeWarning, match="in epoch 2, batch 1, the loss is 1, but 1 as it was staged"):
            step([[1.0]] * 5, [0.0] * 5)
    else:
        step([[1.0]] * 5, [0.0] * 5)
    assert step.backend == ("eager" if is_seen else "python")


def test_gradients_may_differ_by_rounding():
    """The gradient by w is the mean of 0.1, 0.2 and -0.3, which is 0 but for rounding in another order."""

    class Line(Counting):
        def __init__(self):
            super().__init__()
            self.b = Value(0.5)

        def parameters(self):
            return [self.w, self.b]

        def __call__(self, x):
            return self.w * x[0] + self.b

    step = automatic(Line(), loss=lambda predictions, _: mean(predictions))
    step([[0.1], [0.2], [-0.3]], [0.0] * 3)
    found = step.model.w.grad
    assert step.note == ""
    assert found != 0.0
    assert abs(found) < 1e-16


def test_a_model_without_a_gradient_is_compared_by_its_loss():
    class Constant(Counting):
        def __call__(self, x):
            return Value(3.0) * x[0]

    class Still:
        """An optimiser of one's own, which moves nothing."""

        def zero_grad(self):
            pass

        def step(self):
            pass

    step = AutomaticStep(Constant(), losses.mse_loss, Still(), backend="python", batches=2, changes=False)
    assert step([[0.5], [1.0]], [0.0] * 2) == 9.0 * (0.25 + 1.0) / 2
    assert step.note == ""


@pytest.mark.parametrize("count", [16, 17])
def test_so_many_structures_are_staged(count):
    class Means(Counting):
        def __call__(self, x):
            return self.w * mean(x)

    step = automatic(Means(), batches=20, changes=False)
    for n in range(1, count + 1):
        step([[0.1] * n] * 2, [1.0, 2.0])
    assert step.backend == ("python" if count == 16 else "eager")
    assert step.note == ("" if count == 16 else "the examples have more than 16 structures, as lists of other lengths")


@pytest.mark.parametrize("count", [20_000, 20_001])
def test_so_many_operands_are_staged(count, monkeypatch):
    """The error of one example is (w + w + …) - y, squared, its mean: so many operands in all."""

    class Sums(Counting):
        def __call__(self, x):
            return sum([self.w] * (count - 4))

    def asked(*_):
        raise RuntimeError("staged")

    model = Sums()
    step = automatic(model, batches=1)
    assert step._operands([0.0], [1.0]) == count
    monkeypatch.setattr(StagedStep, "compute", asked)
    step([0.0], [1.0])
    assert step.note == (
        "RuntimeError: staged"
        if count == 20_000
        else "the loss of one example has 20,001 operands, so its program would be very long"
    )


def test_settings_that_change_are_staged_sixteen_times():
    model = Wrapped()
    optimizer = nn.SGD(model.parameters(), lr=0.01, momentum=0.1)
    step = AutomaticStep(model, losses.mse_loss, optimizer, backend="python", batches=1, changes=False)
    backends = []
    for i in range(20):
        step(*CURVE)
        backends.append(step.backend)
        optimizer.momentum = 0.2 + 0.01 * i
    assert backends.index("eager") == 16


# --- predictions -----------------------------------------------------------------------------------------------------


def test_how_many_predictions_are_compared():
    model = Counting()
    predict = StagedPredictions(model, losses.mse_loss, model.parameters(), (Converted(), Converted()))
    xs, ys = [[0.1 * i] for i in range(40)], [0.0] * 40
    counted = []
    for options in ({}, {}, {"compared": 0}, {"compared": 5}, {"compared": 100}):
        before = Counting.calls
        assert predict(xs, ys, **options)[0] == pytest.approx([0.1 * i for i in range(40)])
        counted.append(Counting.calls - before)
    assert counted == [33, 1, 0, 5, 40], "one more on symbols"
    before = Counting.calls
    predict([[0.1, 0.2]] * 40, ys)
    assert Counting.calls - before == 33, "of another program as many as at first"


@pytest.mark.parametrize(("change", "is_used"), [(0.8e-6, True), (1.2e-6, False)])
def test_how_much_a_prediction_may_differ(change, is_used):
    factor = [1.0]

    class Changing(Counting):
        def __call__(self, x):
            return self.w * x[0] * factor[0]

    model = Changing()
    predict = StagedPredictions(model, losses.mse_loss, model.parameters(), (Converted(), Converted()))
    assert predict([[1.0], [2.0]], [0.0, 0.0]) == ([1.0, 2.0], [1.0, 4.0])
    factor[0] = 1.0 + change
    assert (predict([[1.0], [2.0]], [0.0, 0.0])[1] is not None) == is_used


# --- where numbers are -----------------------------------------------------------------------------------------------


@cc
def test_how_long_numbers_stay_at_home():
    """Whoever looks after every step: they leave after 1 step, then after 2, 4, … and 64 at most."""
    model = nn.MLP(2, [1], seed=0)
    step = StagedStep(model, losses.mse_loss, nn.SGD(model.parameters(), lr=0.01), backend="c")
    away = []
    for i in range(1, 330):
        step([[0.1, 0.2]], [0.3])
        if step._staying.is_away:
            away.append(i)
        model.parameters()[0].data  # noqa: B018 - a look
    waits = [b - a for a, b in zip([0, *away], away, strict=False)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 64, 64, 64]
    for _ in range(64 + 2):
        step([[0.1, 0.2]], [0.3])
    model.parameters()[0].data  # noqa: B018 - after two steps or more away, they leave at once
    for after in (4, 3):  # … the first of these; so two more are enough again
        for _ in range(after):
            step([[0.1, 0.2]], [0.3])
            assert step._staying.is_away
        model.parameters()[0].data  # noqa: B018
    step([[0.1, 0.2]], [0.3])
    assert step._staying.is_away
    step([[0.1, 0.2]], [0.3])
    model.parameters()[0].data  # noqa: B018 - after one step more, they wait
    step([[0.1, 0.2]], [0.3])
    assert not step._staying.is_away


# --- what an optimiser remembers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "common", "memories", "flat"),
    [
        ([2, 2], [0], [(7.0, 1.0), (7.0, 2.0)], [7.0, 1.0, 2.0]),
        ([2, 2], [], [(7.0, 1.0), (8.0, 2.0)], [7.0, 8.0, 1.0, 2.0]),
        ([3, 3, 3], [0, 2], [(7.0, 1.0, 5.0), (7.0, 2.0, 5.0), (7.0, 3.0, 5.0)], [7.0, 1.0, 2.0, 3.0, 5.0]),
        ([1, 0, 2], [], [(1.0,), (), (2.0, 3.0)], [1.0, 2.0, 3.0]),
        ([0, 0], [], [(), ()], []),
        ([2], [0], [(7.0, 1.0)], [7.0, 1.0]),
    ],
)
def test_what_is_remembered_in_a_row_and_back(sizes, common, memories, flat):
    order = Remembered(sizes, common)
    assert order.flat(memories) == flat
    assert order.grouped(flat) == memories
    assert order.length == len(flat)
    assert order.is_even == (len(set(sizes)) == 1)


def test_nothing_remembered_yet_is_zeros():
    assert Remembered([2, 2], [0]).flat([(), ()]) == [0.0, 0.0, 0.0]
    assert Remembered([1, 2], []).flat([(), (4.0, 5.0)]) == [0.0, 4.0, 5.0]


def test_which_numbers_are_common():
    """Adam remembers a count, which is the same for all parameters only if they all have moved together."""
    ps = [Value(1.0), Value(2.0)]
    optimizer = Adam(ps)
    assert Remembered.by(optimizer) == Remembered([3, 3], [optimizer.memory.index(each) for each in optimizer.counts])
    for p in ps:
        p.grad = 1.0
    optimizer.step()
    assert Remembered.by(optimizer).common == [optimizer.memory.index(each) for each in optimizer.counts] != []
    assert Remembered.by(None) == Remembered([], [])
    assert Remembered.by(optimizer).length == 5
