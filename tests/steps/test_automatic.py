"""fit stages its steps where it can: the same losses as eagerly, and eagerly where staging would be wrong."""

import math
import random
from array import array
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value, losses, nn, optim
from tinygrad_edu.engine import NOT_COMPUTED
from tinygrad_edu.numbers.number import DomainError
from tinygrad_edu.recurrent import RNNCell, unroll
from tinygrad_edu.steps import automatic
from tinygrad_edu.steps import staged_step as step_module
from tinygrad_edu.steps.converted import Converted
from tinygrad_edu.steps.predictions import StagedPredictions
from tinygrad_edu.steps.staged_step import StagedStep
from tinygrad_edu.steps.step import eager_step
from tinygrad_edu.training.loop import DivergedError, History, accuracy, fit
from tinygrad_edu.trees.tree import flatten, map_leaves

CURVE = ([[i / 6 - 0.5] for i in range(12)], [math.sin(i / 3 + 0.4) for i in range(12)])
BLOBS = (
    [[math.cos(i), math.sin(i) + i % 3] for i in range(20)],
    [i % 3 for i in range(20)],
)
SIGNS = (BLOBS[0], [1 if i % 3 else -1 for i in range(20)])


class Wrapped:
    """A network in a model of one's own."""

    def __init__(self):
        self.network = nn.MLP(1, [3, 1], activation="tanh", seed=1)

    def parameters(self):
        return self.network.parameters()

    def __call__(self, x):
        return self.network(x)


def both(make, data, *, optimizer=lambda ps: nn.SGD(ps, lr=0.05), backend="python", **options):
    """The histories and the parameters of two runs, eager and staged."""
    outcome = []
    for each in ("eager", backend):
        model = make()
        history = fit(model, data, optimizer=optimizer(model.parameters()), backend=each, **options)
        outcome.append((history, [(p.data, p.grad) for p in model.parameters()]))
    (eager, numbers), (staged, same) = outcome
    assert [p for pair in same for p in pair] == pytest.approx(
        [p for pair in numbers for p in pair], rel=1e-9, abs=1e-12
    )
    assert staged.loss == pytest.approx(eager.loss, rel=1e-9)
    assert staged.steps == eager.steps
    assert (eager.backend, eager.note) == ("eager", "")
    return eager, staged


# --- the same as eagerly -----------------------------------------------------------------------------------------


OPTIMIZERS = {
    "SGD": lambda ps: nn.SGD(ps, lr=0.05),
    "momentum": lambda ps: nn.SGD(ps, lr=0.02, momentum=0.9, weight_decay=0.01),
    "nesterov": lambda ps: nn.SGD(ps, lr=0.02, momentum=0.9, nesterov=True),
    "AdaGrad": lambda ps: optim.AdaGrad(ps, lr=0.05),
    "RMSProp": lambda ps: optim.RMSProp(ps, lr=0.01, momentum=0.5),
    "Adam": lambda ps: optim.Adam(ps, lr=0.01),
    "AdamW": lambda ps: optim.AdamW(ps, lr=0.01),
    "schedule": lambda ps: nn.SGD(ps, lr=lambda step: 0.1 / (1 + step)),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("size", [None, 5, 1])
def test_every_optimizer_takes_the_same_steps(name, size):
    _, staged = both(Wrapped, CURVE, optimizer=OPTIMIZERS[name], batch_size=size, epochs=18)
    assert (staged.backend, staged.note) == ("python", "")


LOSSES = {
    losses.mse_loss: (1, CURVE),
    losses.l1_loss: (1, CURVE),
    losses.huber_loss: (1, CURVE),
    losses.quadratic_cost: (1, CURVE),
    losses.hinge_loss: (1, SIGNS),
    losses.binary_cross_entropy_with_logits: (1, (BLOBS[0], [y % 2 for y in BLOBS[1]])),
    losses.cross_entropy: (3, BLOBS),
    losses.multiclass_svm_loss: (3, BLOBS),
}


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.__name__)
@pytest.mark.parametrize("backend", ["python", "c"])
def test_every_loss_comes_out_the_same(loss, backend):
    outputs, data = LOSSES[loss]
    _, staged = both(
        lambda: nn.MLP(len(data[0][0]), [4, outputs], seed=3),
        data,
        optimizer=lambda ps: nn.SGD(ps, lr=0.005),
        loss=loss,
        batch_size=8,
        epochs=20,
        backend=backend,
    )
    assert staged.note == ""
    assert staged.backend in ("python", backend)


def test_a_loss_may_hold_a_penalty():
    def run(step_of):
        model = nn.MLP(1, [3, 1], seed=1)

        def loss(predictions, targets):
            return nn.mse_loss(predictions, targets) + losses.l2_penalty(model.parameters(), 0.1)

        step = step_of(model, loss, nn.SGD(model.parameters(), lr=0.1))
        return [step(*CURVE), *(p.data for p in model.parameters())]

    assert run(StagedStep) == pytest.approx(run(eager_step), rel=1e-12)


def test_examples_of_ints_and_of_numpy_are_taken():
    xor = ([(0, 0), (0, 1), (1, 0), (1, 1)], [0, 1, 1, 0])
    _, staged = both(lambda: nn.MLP(2, [4, 1], activation="tanh", seed=1), xor, epochs=100)
    assert staged.backend == "python"
    arrays = (np.array(BLOBS[0]), np.array(BLOBS[1]))
    _, staged = both(lambda: nn.MLP(2, [3], seed=1), arrays, loss=losses.cross_entropy, epochs=20)
    assert staged.backend == "python"


def test_sequences_of_several_lengths_are_staged_for_each():
    class Reader:
        def __init__(self):
            self.cell, self.head = RNNCell(1, 2, seed=1), nn.Neuron(2, seed=2)

        def parameters(self):
            return self.cell.parameters() + self.head.parameters()

        def __call__(self, x):
            outputs, _ = unroll(self.cell, [[number] for number in x])
            return self.head(outputs[-1])

    data = [([0.1] * n, 0.1 * n) for n in (1, 2, 3, 2, 1)]
    _, staged = both(Reader, data, batch_size=1, epochs=40)
    assert staged.backend == "python"


def test_validation_and_metrics_come_out_the_same():
    eager, staged = both(
        lambda: nn.MLP(2, [4, 3], seed=3),
        BLOBS,
        loss=losses.cross_entropy,
        validation=(BLOBS[0][:7], BLOBS[1][:7]),
        metrics={"accuracy": accuracy, "first": lambda predictions, _: predictions[0][0].data},
        epochs=20,
    )
    assert staged.validation == pytest.approx(eager.validation)
    assert staged.metrics["accuracy"] == eager.metrics["accuracy"]
    assert staged.metrics["first"] == pytest.approx(eager.metrics["first"])


def test_a_parameter_that_plays_no_part_is_left_alone():
    class Half(Wrapped):
        def __init__(self):
            super().__init__()
            self.unused = Value(3.0)

        def parameters(self):
            return [*super().parameters(), self.unused]

    def run(backend):
        model = Half()
        fit(model, CURVE, optimizer=optim.AdamW(model.parameters()), epochs=20, backend=backend)
        return model

    staged = run("python")
    assert staged.unused.data == 3.0
    assert staged.unused.grad is NOT_COMPUTED
    assert [p.data for p in staged.parameters()] == pytest.approx([p.data for p in run("eager").parameters()])


def test_gradients_of_what_the_optimizer_does_not_move_add_up():
    def run(backend):
        model = Wrapped()
        fit(model, CURVE, optimizer=nn.SGD(model.parameters()[:3], lr=0.01), epochs=20, backend=backend)
        return [(p.data, p.grad) for p in model.parameters()]

    assert np.array(run("python")) == pytest.approx(np.array(run("eager")))


def test_an_optimizer_of_ones_own_is_called():
    class Signs(optim.Optimizer):
        def update(self, x, g, memory, lr):
            return x - lr * math.copysign(1.0, g), ()

    class Bare:
        def __init__(self, parameters):
            self.parameters = parameters

        def zero_grad(self):
            for p in self.parameters:
                p.grad = NOT_COMPUTED

        def step(self):
            for p in self.parameters:
                p.data -= 0.01 * p.grad

    _, staged = both(Wrapped, CURVE, optimizer=lambda ps: Signs(ps, 0.001, 0.0), epochs=20)
    assert staged.backend == "python"
    _, staged = both(Wrapped, CURVE, optimizer=Bare, epochs=20)
    assert staged.backend == "python"


def test_settings_of_the_optimizer_may_change_between_epochs():
    def run(backend):
        model = Wrapped()
        optimizer = nn.SGD(model.parameters(), lr=0.01, momentum=0.5)

        def change(history):
            optimizer.momentum = 0.9 if history.epochs == 10 else optimizer.momentum

        return fit(model, CURVE, optimizer=optimizer, epochs=20, backend=backend, callbacks=change)

    assert run("python").loss == pytest.approx(run("eager").loss)


def test_an_optimizer_may_be_loaded_between_epochs():
    def run(backend):
        model = Wrapped()
        optimizer = optim.Adam(model.parameters(), lr=0.01)
        start = optimizer.state_dict()

        def forget(history):
            if history.epochs == 10:
                optimizer.load_state_dict(start)

        return fit(model, CURVE, optimizer=optimizer, epochs=20, backend=backend, callbacks=forget)

    assert run("python").loss == pytest.approx(run("eager").loss)


CHANGES = {
    "momentum later": ({}, {10: {"momentum": 0.9}}),
    "no momentum for a while": ({"momentum": 0.9}, {5: {"momentum": 0.0}, 15: {"momentum": 0.5}}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_momentum_may_come_and_go(name):
    settings, changes = CHANGES[name]

    def run(backend):
        model = Wrapped()
        optimizer = nn.SGD(model.parameters(), lr=0.01, **settings)
        change = lambda history: vars(optimizer).update(changes.get(history.epochs, {}))  # noqa: E731
        history = fit(model, CURVE, optimizer=optimizer, epochs=20, backend=backend, callbacks=change)
        assert history.backend == backend
        return history.loss

    assert run("python") == pytest.approx(run("eager"))


def test_the_optimizers_list_may_change_in_place():
    class Line:
        def __init__(self):
            self.a, self.b = Value(0.3), Value(0.2)

        def parameters(self):
            return [self.a, self.b]

        def __call__(self, x):
            return self.a * x[0] + self.b

    def run(backend):
        model = Line()
        optimizer = nn.SGD(model.parameters(), lr=0.05)

        def change(history):
            if history.epochs == 10:
                model.a = optimizer.parameters[0] = Value(model.a.data)

        history = fit(model, CURVE, optimizer=optimizer, epochs=20, backend=backend, callbacks=change)
        assert history.backend == backend
        return [*history.loss, model.a.data, model.b.data]

    assert run("python") == pytest.approx(run("eager"))


def test_a_step_may_be_replaced_by_ones_own_on_the_way():
    def run(backend):
        model = Wrapped()
        optimizer = nn.SGD(model.parameters(), lr=0.05)
        step = optimizer.step

        def clipped():
            optim.clip_by_norm(model.parameters(), 0.01)
            step()

        def change(history):
            if history.epochs == 10:
                optimizer.step = clipped

        history = fit(model, CURVE, optimizer=optimizer, epochs=20, backend=backend, callbacks=change)
        assert history.backend == backend
        return history.loss

    assert run("python") == pytest.approx(run("eager"))


@pytest.mark.parametrize("kind", [lambda x: [int(x)], lambda x: np.array([x])], ids=["int", "numpy"])
def test_examples_may_be_changed_between_epochs(kind):
    def run(backend):
        xs = [kind(float(i)) for i in range(12)]

        def change(history):
            if history.epochs == 1:
                for x in xs[3:6]:
                    x[0] *= 2

        model = Wrapped()
        optimizer = nn.SGD(model.parameters(), lr=0.001)
        history = fit(model, (xs, CURVE[1]), optimizer=optimizer, epochs=20, backend=backend, callbacks=change)
        assert history.backend == backend
        return history.loss

    assert run("python") == pytest.approx(run("eager"))


# --- what cannot be staged -----------------------------------------------------------------------------------------


class Branching(Wrapped):
    def __call__(self, x):
        return self.network(x) if x[0] > 0 else -self.network(x)


def test_a_model_that_branches_on_data_runs_eagerly_with_a_note():
    eager, staged = both(Branching, CURVE, epochs=20, metrics={"l1": losses.l1_loss})
    assert staged.loss == eager.loss
    assert staged.backend == "eager"
    assert staged.note.startswith("StagingError: a choice on a symbol (test_automatic.py, line ")
    assert repr(staged).endswith("all 20 epochs done, steps eager, see its note)")


def test_a_model_that_draws_random_numbers_runs_eagerly():
    class Noisy(Wrapped):
        def __init__(self):
            super().__init__()
            self.random = random.Random(1)

        def __call__(self, x):
            return self.network(x) * self.random.uniform(0.5, 1.5)

    history = fit(Noisy(), CURVE, epochs=20)
    assert history.backend == "eager"
    assert history.note.startswith("in the first step the loss is ")


def test_a_loss_that_is_no_mean_runs_eagerly():
    def largest(predictions, targets):
        return tg.max([(p - y) ** 2 for p, y in zip(predictions, targets, strict=True)])

    eager, staged = both(Wrapped, CURVE, loss=largest, epochs=20)
    assert staged.loss == eager.loss
    assert "no mean and no sum over the examples" in staged.note


def test_a_loss_that_only_looks_like_a_mean_at_first_is_found_out_in_the_first_epoch():
    def doubled_in_small_batches(predictions, targets):
        return nn.mse_loss(predictions, targets) * (1 if len(predictions) in (1, 5) else 2)

    _, staged = both(Wrapped, CURVE, loss=doubled_in_small_batches, batch_size=5, shuffle=False, epochs=20)
    assert staged.note.startswith("in epoch 1, batch 3, the loss is ")


def test_a_loss_that_is_a_mean_only_while_all_examples_have_the_same_loss_is_found_out():
    class Zero:
        def __init__(self):
            self.a, self.b = Value(0.0), Value(0.0)

        def parameters(self):
            return [self.a, self.b]

        def __call__(self, x):
            return self.a * x[0] + self.b

    def largest(predictions, targets):
        return tg.max([(p - y) ** 2 for p, y in zip(predictions, targets, strict=True)])

    data = (CURVE[0], [1.0 if i % 3 else -1.0 for i in range(12)])
    with pytest.warns(RuntimeWarning, match="in epoch 2, batch 1, the loss is "):
        both(Zero, data, loss=largest, epochs=20)


class Hidden(Wrapped):
    def __init__(self):
        super().__init__()
        self.hidden = 0.0

    def __call__(self, x):
        self.hidden = tg.tanh(self.network(x) + 0.1 * self.hidden)
        return self.hidden


class Mean(Wrapped):
    def __init__(self):
        super().__init__()
        self.mean = Value(0.0)

    def __call__(self, x):
        y = self.network(x)
        self.mean.data = 0.9 * self.mean.data + 0.1 * y.data
        return y


class Notes(Wrapped):
    def __init__(self):
        super().__init__()
        self.notes = [], {}, set(), ({},)
        self.library = math

    def __call__(self, x):
        y = self.network(x)
        self.notes[0].append(y)
        self.notes[1]["y"] = y
        self.notes[2].add(y)
        self.notes[3][0]["y"] = y
        return y


@pytest.mark.parametrize("kind", [Hidden, Mean, Notes])
def test_a_model_that_keeps_something_from_call_to_call_runs_eagerly_from_where_it_was(kind):
    models = []

    def make():
        models.append(kind())
        return models[-1]

    eager, staged = both(make, CURVE, epochs=20)
    assert staged.loss == eager.loss
    assert staged.note == "the model keeps something from call to call: one of its attributes, or what is in one"
    one, other = models
    assert kind is not Mean or one.mean.data == other.mean.data
    assert kind is not Hidden or one.hidden.data == other.hidden.data
    assert kind is not Notes or [len(x) for x in one.notes] == [len(x) for x in other.notes] == [240, 1, 240, 1]


def test_what_a_model_makes_at_its_first_call_does_not_hinder():
    class Lazy(Wrapped):
        scale = None

        def __call__(self, x):
            if self.scale is None:
                self.scale = 0.5
            self.twice = 2 * self.scale
            return self.network(x) * self.twice

    _, staged = both(Lazy, CURVE, epochs=20)
    assert staged.backend == "python"


class Branches:
    """Each parameter is used for some examples only, if the branches differ; or always the same ones."""

    def __init__(self, differ):
        self.a, self.b, self.differ = Value(0.7), Value(0.3), differ

    def parameters(self):
        return [self.a, self.b]

    def __call__(self, x):
        other = self.b if self.differ else self.a
        return tg.where(x[0] > 0.0, lambda: self.a * x[0], lambda: other * x[0] + other) + (
            0 if self.differ else self.b
        )


@pytest.mark.parametrize("optimizer", [OPTIMIZERS["momentum"], OPTIMIZERS["Adam"], OPTIMIZERS["SGD"]])
@pytest.mark.parametrize("differ", [True, False])
def test_parameters_of_a_branch_not_taken_stay_where_they_are(optimizer, differ):
    _, staged = both(lambda: Branches(differ), CURVE, optimizer=optimizer, batch_size=1, epochs=20)
    is_eager = differ and optimizer is not OPTIMIZERS["SGD"]
    assert staged.backend == ("eager" if is_eager else "python")
    assert ("one branch of where only" in staged.note) == is_eager


def test_parameters_of_one_branch_alone_are_left_to_a_step_of_ones_own():
    class Gate(Branches):
        def __call__(self, x):
            return self.b * x[0] + tg.where(x[0] > 0.0, lambda: self.a * x[0], 0.5)

    class Own(optim.Optimizer):
        def update(self, x, g, memory, lr):
            return x - lr * math.copysign(1.0, g), ()

    _, staged = both(lambda: Gate(True), CURVE, optimizer=lambda ps: Own(ps, 0.01, 0.0), batch_size=1, epochs=20)
    assert staged.backend == "eager"


def test_settings_that_never_stay_are_not_staged_again_and_again():
    def run(backend):
        model = Wrapped()
        optimizer = nn.SGD(model.parameters(), lr=0.01, momentum=0.1)
        change = lambda history: setattr(optimizer, "momentum", 0.9 - 0.8 / history.epochs)  # noqa: E731
        return fit(model, CURVE, optimizer=optimizer, epochs=30, backend=backend, callbacks=change)

    staged = run("python")
    assert staged.note == "the optimiser's settings have changed 16 times"
    assert staged.loss == pytest.approx(run("eager").loss)


def test_a_loss_that_changes_later_is_noticed_with_a_warning():
    strength = [1.0]
    model = Wrapped()
    with pytest.warns(RuntimeWarning, match=r"in epoch 11, batch 1, the loss is .* eager from here on") as caught:
        history = fit(
            model,
            CURVE,
            loss=lambda ps, ys: nn.mse_loss(ps, ys) * strength[0],
            epochs=20,
            callbacks=lambda history: strength.__setitem__(0, 1.0 if history.epochs < 10 else 2.0),
        )
    assert caught[0].filename == __file__
    assert history.backend == "eager"
    twin = Wrapped()
    optimizer = nn.SGD(twin.parameters(), lr=0.01)
    first = fit(twin, CURVE, optimizer=optimizer, epochs=10, backend="eager")
    second = fit(
        twin, CURVE, loss=lambda ps, ys: nn.mse_loss(ps, ys) * 2, optimizer=optimizer, epochs=10, backend="eager"
    )
    assert history.loss == pytest.approx(first.loss + second.loss)


def test_other_numbers_than_floats_run_eagerly_and_exactly():
    class Line:
        def __init__(self):
            self.w = Value(Fraction(1, 3))

        def parameters(self):
            return [self.w]

        def __call__(self, x):
            return self.w * x

    model = Line()
    data = [(Fraction(i, 7), Fraction(i, 2)) for i in range(1, 6)]
    optimizer = nn.SGD([model.w], lr=Fraction(1, 8))
    history = fit(model, data, optimizer=optimizer, epochs=2, backend="c")
    assert isinstance(model.w.data, Fraction)
    assert history.note == "a parameter or an example is made of other numbers than floats and ints"


def test_examples_of_several_structures_in_one_batch_run_eagerly():
    class Sum(Wrapped):
        def __call__(self, x):
            return self.network([sum(x)])

    data = [([0.1] * n, 0.1 * n) for n in (1, 2, 3)]
    eager, staged = both(Sum, data, epochs=80)
    assert staged.loss == eager.loss
    assert "rows of 3 structures" in staged.note
    many = [([0.1] * n, 0.1 * n) for n in range(1, 30)]
    _, staged = both(Sum, many, batch_size=1, epochs=8)
    assert staged.note == "the examples have more than 16 structures, as lists of other lengths"


def test_a_very_large_model_runs_eagerly(monkeypatch):
    monkeypatch.setattr(automatic, "LARGEST", 10)
    eager, staged = both(Wrapped, CURVE, epochs=20)
    assert staged.loss == eager.loss
    assert staged.note == "the loss of one example has 24 operands, so its program would be very long"


def test_short_runs_and_steps_of_ones_own_are_not_staged():
    model = Wrapped()
    assert fit(model, CURVE, epochs=16).backend == "eager"
    assert fit(model, CURVE, epochs=17).backend == "python"
    step = eager_step(model, nn.mse_loss, nn.SGD(model.parameters(), lr=0.01))
    assert fit(model, CURVE, step=step, epochs=17).backend == "own"
    optimizer = nn.SGD(model.parameters(), lr=0.01)
    staged = StagedStep(model, nn.mse_loss, optimizer)
    assert fit(model, CURVE, step=staged, optimizer=optimizer, epochs=1).backend == "python"


def test_a_backend_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="backend='fortran': there are python, c, eager"):
        fit(Wrapped(), CURVE, backend="fortran")


def test_history_says_how_steps_were_computed():
    plain = History().to_dict()
    assert (plain["backend"], plain["note"]) == ("eager", "")


# --- errors are those of the eager step ------------------------------------------------------------------------------


def messages(make, data, **options):
    found = []
    for backend in ("eager", "python"):
        model = make()
        with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it is, it has to be the same
            fit(model, data, optimizer=nn.SGD(model.parameters(), lr=0.05), backend=backend, epochs=20, **options)
        found.append(
            (
                type(caught.value),
                str(caught.value),
                caught.value.__notes__ if hasattr(caught.value, "__notes__") else [],
            )
        )
    return found


def test_a_target_that_makes_no_sense_is_refused_in_its_batch():
    eager, staged = messages(
        lambda: nn.MLP(2, [3], seed=1), (BLOBS[0], [*BLOBS[1][:-1], 5]), loss=losses.cross_entropy, batch_size=6
    )
    assert staged == eager
    assert eager[0] is ValueError
    eager, staged = messages(
        lambda: nn.MLP(2, [1], seed=1), (BLOBS[0], [*SIGNS[1][:-1], 0]), loss=losses.hinge_loss, batch_size=6
    )
    assert staged == eager


def test_a_loss_that_overflows_ends_the_run_as_it_does_eagerly():
    eager, staged = messages(lambda: nn.MLP(2, [1], seed=1), ([[1e200, 1e300]] * 20, [1.0] * 20))
    assert staged == eager
    assert eager[0] is DivergedError


def test_an_undefined_operation_later_on_is_that_of_the_model():
    class Shrinking:
        def __init__(self):
            self.w = Value(1.0)

        def parameters(self):
            return [self.w]

        def __call__(self, x):
            return tg.log(self.w) * x

    data = [(1.0, -5.0)] * 20
    eager, staged = messages(Shrinking, data)
    assert (staged[0], staged[2]) == (eager[0], eager[2])
    assert staged[0] is DomainError
    assert "is undefined: log needs a number above 0" in staged[1]


def test_a_learning_rate_that_becomes_nan_is_the_optimizers_error():
    model = Wrapped()
    optimizer = nn.SGD(model.parameters(), lr=lambda step: 0.01 if step < 5 else math.nan)
    with pytest.raises(ValueError, match="lr must be a finite number"):
        fit(model, CURVE, optimizer=optimizer, epochs=20)
    assert optimizer.steps == 5


@pytest.mark.parametrize("backend", ["python", "c"])
def test_an_infinite_gradient_with_a_finite_loss_is_the_optimizers_error(backend):
    class Gate:
        def __init__(self):
            self.w = Value(1.0, label="w")

        def parameters(self):
            return [self.w]

        def __call__(self, x):
            return tg.where(x > 5.0, lambda: tg.log1p(self.w * 0) + 1e300 * self.w, self.w)

    model = Gate()
    optimizer = nn.SGD([model.w], lr=0.1)
    step = StagedStep(model, lambda ps, ys: losses.l1_loss(ps, ys) * 1e10, optimizer, backend=backend)
    assert step([1.0], [0.0]) == 1e10
    model.w.data = 1e-300
    with pytest.raises(ValueError, match="the gradient of parameter 0"):
        step([10.0], [0.0])
    assert (model.w.data, optimizer.steps) == (1e-300, 1)


def test_the_model_is_called_in_few_epochs_unless_something_may_have_changed():
    class Counted(Wrapped):
        calls = 0

        def __call__(self, x):
            Counted.calls += 1  # of the class: nothing of the model's changes
            return self.network(x)

    def calls(**options):
        Counted.calls = 0
        assert fit(Counted(), CURVE, epochs=100, **options).backend == "python"
        return Counted.calls

    few = calls()
    assert few < 100
    assert calls(callbacks=lambda history: None) >= few + 80
    assert calls(metrics={"l1": losses.l1_loss}) >= few + 80


# --- the step itself -------------------------------------------------------------------------------------------------


def test_a_staged_step_with_an_optimizer_is_the_whole_step():
    ours, eager = Wrapped(), Wrapped()
    staged = StagedStep(ours, nn.mse_loss, optim.Adam(ours.parameters(), lr=0.1))
    plain = eager_step(eager, nn.mse_loss, optim.Adam(eager.parameters(), lr=0.1))
    for _ in range(3):
        assert staged(*CURVE) == pytest.approx(plain(*CURVE), rel=1e-12)
    assert staged.optimizer.steps == 3
    assert staged.optimizer.state_dict()["memories"][0] == pytest.approx(optim_state(eager, plain), rel=1e-9)
    assert "def step(p, memory, lr, xs, ys):" in staged.source
    assert "lr * " in staged.source
    assert staged.to("python") == staged.source


def optim_state(model, step):
    optimizer = next(cell.cell_contents for cell in step.__closure__ if isinstance(cell.cell_contents, optim.Adam))
    return optimizer.state_dict()["memories"][0]


def test_a_reduction_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="reduction='max': there are mean and sum"):
        StagedStep(Wrapped(), nn.mse_loss, reduction="max")


def test_a_staged_step_on_other_numbers_is_taken_eagerly():
    model = Wrapped()
    for p in model.parameters():
        p.data = Fraction(p.data)
    step = StagedStep(model, nn.mse_loss)
    assert step([[Fraction(1)]], [Fraction(2)]) == pytest.approx(float(nn.mse_loss([model([1.0])], [2.0]).data))
    assert all(p.grad is not NOT_COMPUTED for p in model.parameters())


def test_staging_leaves_no_symbol_behind_in_values_of_the_readers():
    scale, kept = Value(2.0), []

    class Scaled(Wrapped):
        def __call__(self, x):
            kept.append(self.network(x) * scale)
            return kept[-1]

    model = Scaled()
    StagedStep(model, nn.mse_loss)(*CURVE)
    assert scale.grad == 0.0
    assert all(isinstance(p.data, float) for p in model.parameters())


@pytest.mark.parametrize("name", ["data", "grad"])
@pytest.mark.parametrize("error", [None, ValueError])
def test_an_interruption_while_numbers_are_put_back_waits(name, error):
    class Slow:
        label = ""

        def __init__(self, times):
            self.number, self.times = 1.0, times

        def put(self, number):
            if number == 1.0 and self.times:
                self.times -= 1
                raise KeyboardInterrupt
            self.number = number

    setattr(Slow, name, property(lambda self: self.number, Slow.put))
    values = [Slow(0), Slow(2), Slow(0)]
    lending = step_module.lent(values, [5.0] * 3) if name == "data" else step_module._kept(name, values)

    def borrow():
        with lending:
            for each in values:
                each.put(5.0)
            if error:
                raise error

    with pytest.raises(error or KeyboardInterrupt):
        borrow()
    assert [each.number for each in values] == [1.0] * 3


# --- predictions -----------------------------------------------------------------------------------------------------


def predictions_of(model, backend="python", loss=nn.mse_loss):
    return StagedPredictions(model, loss, [*model.parameters()], (Converted(), Converted()), backend)


@pytest.mark.parametrize("backend", ["python", "c"])
@pytest.mark.parametrize("kind", [float, int])
@pytest.mark.parametrize("outputs", [1, 2])
def test_predictions_are_those_of_the_model_with_the_loss_of_each(backend, kind, outputs):
    model = nn.MLP(2, [3, outputs], seed=1)
    model.parameters()[0].data = kind(2)
    loss = losses.cross_entropy if outputs == 2 else nn.mse_loss
    predict = predictions_of(model, backend, loss)
    targets = [i % 2 for i in range(len(BLOBS[0]))]
    with tg.no_grad():
        eager = [map_leaves(lambda y: y.data, model(x)) for x in BLOBS[0]]
        expected = [loss([model(x)], [y]).data for x, y in zip(BLOBS[0], targets, strict=True)]
        for _ in range(3):  # compared, then C alone
            found, own = predict(BLOBS[0], targets)
            assert flatten(found)[0] == pytest.approx(flatten(eager)[0])
            assert flatten(found)[1] == flatten(eager)[1]
            assert own == pytest.approx(expected)


def test_c_goes_through_all_rows_by_itself(monkeypatch):
    model = nn.MLP(2, [3, 2], seed=1)
    predict, (xs, ys) = predictions_of(model, "c", losses.cross_entropy), (BLOBS[0], [0.0] * len(BLOBS[0]))
    with tg.no_grad():
        slow = predict(xs, ys)
        monkeypatch.setattr(predict, "_staged", SimpleNamespace(trace=predict._staged.trace, traces=[None]))
        assert predict(xs, ys) == slow
        model.parameters()[0].data += 1.0
        assert predict(xs, ys) != slow


@pytest.mark.parametrize(
    ("xs", "ys"), [([[1.0, 2.0, 3.0]] * 2, [0.0, 1.0]), ([[1.0, 2.0]] * 2, [[0.0], [1.0]]), ([[1.0, 2.0]], ["a"])]
)
def test_rows_of_another_structure_are_not_handed_to_the_program(xs, ys):
    model = nn.MLP(2, [1], seed=1)
    predict = predictions_of(model, "c")
    with tg.no_grad():
        predict([[1.0, 2.0]], [1.0])
        numbers = array("d", [p.data for p in model.parameters()])
        assert predict._together(numbers, xs, ys) is None
        assert predict._together([*numbers], [[1.0, 2.0]], [1.0]) is None
        assert predict._together(numbers, [[1.0, 2.0]], [1.0]) is not None
        assert predict._together(numbers, [[1.0, 1e308]], [1e308]) is None, "its loss is infinite"


def test_predictions_of_any_structure_come_back_in_it():
    class Named(Wrapped):
        def __call__(self, x):
            y = self.network(x)
            return {"y": y, "rest": [y * 2.0, 3.0]}

    predict = predictions_of(Named(), "c", lambda predictions, targets: predictions[0]["y"] - targets[0])
    with tg.no_grad():
        slow = predict(*CURVE)
        assert set(slow[0][0]) == {"y", "rest"}
        assert predict(*CURVE) == slow


def test_predictions_of_a_model_that_branches_or_changes_are_asked_of_it():
    branching = predictions_of(Branching())
    xs, ys = CURVE
    with tg.no_grad():
        for _ in range(2):
            found, own = branching(xs, ys)
            assert [y.data for y in found] == [branching.model(x).data for x in xs]
            assert own is None

    class Counting(Wrapped):
        calls = 0

        def __call__(self, x):
            self.calls += 1
            return self.network(x) * self.calls

    counting = Counting()
    predict = predictions_of(counting)
    with tg.no_grad():
        assert len(predict(xs, ys)[0]) == len(xs)
        calls = counting.calls
        assert len(predict(xs, ys)[0]) == len(xs)
    assert counting.calls == calls + len(xs)


def test_predictions_that_are_undefined_are_the_models_error():
    class Logarithm(Wrapped):
        def __call__(self, x):
            return tg.log(x[0]) + 0 * self.network(x)

    predict = predictions_of(Logarithm())
    with tg.no_grad():
        assert predict([[1.0]], [1.0])[0] == [0.0]
        with pytest.raises(DomainError):
            predict([[-1.0]], [1.0])


def test_a_model_without_parameters_predicts_too():
    class Fixed:
        def parameters(self):
            return []

        def __call__(self, x):
            return 2.0 * x

    for backend in ("python", "c"):
        predict = predictions_of(Fixed(), backend)
        assert [predict([1.0], [1.0])[0] for _ in range(2)] == [[2.0]] * 2


@pytest.mark.parametrize("backend", ["python", "c"])
def test_validation_is_that_of_the_eager_run_to_the_end(backend):
    """Long enough that most epochs look at nothing eagerly, with momentum that stays in C."""

    def trained(backend):
        model = nn.MLP(2, [4, 2], activation="tanh", seed=1)
        return fit(
            model, (BLOBS[0], [0, 1] * 10), loss=losses.cross_entropy, optimizer=nn.Adam(model.parameters(), lr=0.01),
            batch_size=8, epochs=30, validation=(BLOBS[0][:10], [0, 1] * 5), metrics={"accuracy": accuracy},
            backend=backend,
        )  # fmt: skip

    eager, staged = trained("eager"), trained(backend)
    assert staged.backend == backend
    assert staged.validation == pytest.approx(eager.validation, rel=1e-9)
    assert staged["accuracy"] == eager["accuracy"]


def test_a_target_that_the_loss_refuses_is_found_in_the_validation_too():
    model = nn.MLP(2, [3], seed=1)
    with pytest.raises(ValueError, match="class"):
        fit(
            model, (BLOBS[0], [0, 1] * 10), loss=losses.cross_entropy, epochs=20,
            validation=(BLOBS[0][:2], [0, 7]), backend="c",
        )  # fmt: skip


def test_a_loss_that_is_a_mean_in_batches_only_is_computed_eagerly_for_the_validation():
    def odd(predictions, targets):
        return nn.mse_loss(predictions, targets) * (2 if len(predictions) == 7 else 1)

    own = (CURVE[0][:7], CURVE[1][:7])
    eager, staged = both(Wrapped, CURVE, loss=odd, epochs=20, validation=own)
    assert staged.backend == "python"
    assert staged.validation == pytest.approx(eager.validation, rel=1e-9)


def test_in_a_long_first_epoch_most_predictions_come_from_a_program():
    class Counted(Wrapped):
        def __call__(self, x):
            calls.append(x)
            return self.network(x)

    calls = []
    xs, ys = [[i / 400] for i in range(400)], [i / 500 for i in range(400)]
    history = fit(Counted(), (xs, ys), epochs=1, batch_size=10)
    assert history.backend == "python"
    assert len(calls) < 100, "instead of more than 400"
    bad = [*ys[:-1], "none"]
    with pytest.raises(TypeError):
        fit(Counted(), (xs, bad), epochs=1, batch_size=10)
