"""fit: what it computes, what it records, when it stops, and that it never leaves a model half-way through a step."""

import math
import random
import signal
import sys
import types

import pytest

from tests.training.models import Line, sgd
from tinygrad_edu import Value, datasets, losses, nn, optim
from tinygrad_edu.core import turns
from tinygrad_edu.engine import NOT_COMPUTED
from tinygrad_edu.training.loop import DivergedError, accuracy, eager_step, fit

# --- what a step and an epoch compute --------------------------------------------------------------------------------


def test_one_step_is_the_worked_example():
    model = Line()
    history = fit(model, [([2.1], 4.0)], optimizer=sgd(model, 0.01), epochs=1)
    assert history.loss == pytest.approx([3.61], rel=1e-12)
    assert model.numbers() == pytest.approx([1.0798, 0.038], rel=1e-12)
    again = fit(model, [([2.1], 4.0)], optimizer=sgd(model, 0.01), epochs=1)
    assert again.loss == pytest.approx([2.8710591364], rel=1e-12)


def test_the_straight_line_is_learned():
    model = nn.MLP(1, [1], seed=3)
    history = fit(model, datasets.line(), optimizer=sgd(model, 0.08), epochs=400)
    assert [p.data for p in model.parameters()] == pytest.approx([-1.0, 5.0], abs=1e-3)
    assert history.loss[-1] < 1e-6


def test_fit_does_what_the_loop_written_by_hand_does():
    data, by_hand, fitted = datasets.line(), Line(), Line()
    optimizer, rng = sgd(by_hand), random.Random(7)
    means = []
    for _ in range(5):
        total = 0.0
        for xs, ys in datasets.batches(data, 4, rng=rng):
            optimizer.zero_grad()
            loss = nn.mse_loss([by_hand(x) for x in xs], ys)
            loss.backward()
            optimizer.step()
            total += loss.data * len(xs)
        means.append(total / 6)
    history = fit(fitted, data, optimizer=sgd(fitted), epochs=5, batch_size=4, seed=7)
    assert fitted.numbers() == by_hand.numbers()
    assert history.loss == means
    assert history.steps == 10


def test_the_epochs_loss_counts_each_example_once_though_the_last_batch_is_smaller():
    model = Line()
    history = fit(model, datasets.line(), optimizer=sgd(model, 0.0), epochs=1, batch_size=4)
    whole = nn.mse_loss([Line()(x) for x in datasets.line()[0]], datasets.line()[1])
    assert history.loss == pytest.approx([whole.data], rel=1e-12)


def test_the_seed_decides_the_order_of_the_examples():
    def run(**options):
        model = Line()
        return fit(model, datasets.line(), optimizer=sgd(model), epochs=3, batch_size=1, **options).loss

    state = random.getstate()
    assert run(seed=1) == run(seed=1)
    assert run(seed=1) != run(seed=2)
    assert run(shuffle=False, seed=1) == run(shuffle=False, seed=2)
    assert random.getstate() == state


def test_gradients_left_from_before_do_not_count():
    clean, dirty = Line(), Line()
    dirty.w.grad = 1000.0
    for model in (clean, dirty):
        fit(model, datasets.line(), optimizer=sgd(model), epochs=1)
    assert clean.numbers() == dirty.numbers()


def test_without_an_optimiser_it_is_plain_gradient_descent():
    one, other = Line(), Line()
    fit(one, datasets.line(), epochs=3)
    fit(other, datasets.line(), optimizer=sgd(other, 0.01), epochs=3)
    assert one.numbers() == other.numbers()


def test_several_classes_are_learned_with_cross_entropy():
    data = datasets.blobs(60, noise=0.3)
    model = nn.MLP(2, [3], seed=1)
    metrics = {"accuracy": accuracy}
    history = fit(
        model, data, loss=losses.cross_entropy, optimizer=sgd(model, 0.5), epochs=20, batch_size=10, metrics=metrics
    )
    assert history.metrics["accuracy"][-1] > 0.95


def test_another_step_can_take_the_place_of_the_usual_one():
    model, batches = Line(), []

    def step(xs, ys):
        batches.append((len(xs), len(ys)))
        model.w.data += 1.0
        return 0.5

    history = fit(model, datasets.line(), step=step, epochs=2, batch_size=4)
    assert batches == [(4, 4), (2, 2)] * 2
    assert history.loss == [0.5, 0.5]
    assert model.w.data == 5.0


# --- history, validation, metrics ------------------------------------------------------------------------------------


def test_history_has_loss_validation_and_metrics_for_each_epoch():
    model = Line()
    history = fit(
        model,
        datasets.line(),
        optimizer=sgd(model),
        epochs=4,
        validation=[([10.0], -5.0)],
        metrics={"l1": losses.l1_loss, "examples": lambda _, targets: len(targets)},
    )
    assert history.epochs == history.steps == 4
    assert len(history.loss) == len(history.validation) == 4
    assert history.validation[-1] == pytest.approx((model([10.0]).data + 5.0) ** 2)
    assert history.metrics["l1"][-1] == pytest.approx(abs(model([10.0]).data + 5.0))
    assert history["examples"] == [1.0] * 4  # on the validation data, where there is some
    assert history.stopped == "all 4 epochs done"


def test_without_validation_data_metrics_are_measured_on_the_training_data():
    history = fit(Line(), datasets.line(), epochs=2, metrics={"n": lambda predictions, _: len(predictions)})
    assert history.metrics == {"n": [6.0, 6.0]}
    assert history.validation == []


def test_measuring_leaves_the_gradients_alone():
    one, other = Line(), Line()
    fit(one, datasets.line(), epochs=1)
    fit(other, datasets.line(), epochs=1, validation=datasets.line(9), metrics={"l1": losses.l1_loss})
    assert [p.grad for p in one.parameters()] == [p.grad for p in other.parameters()]


@pytest.mark.parametrize("name", ["loss", "validation"])
def test_a_metric_cannot_take_the_name_of_the_loss(name):
    with pytest.raises(ValueError, match=f"a metric cannot be called '{name}'"):
        fit(Line(), datasets.line(), metrics={name: losses.l1_loss})


@pytest.mark.parametrize("option", ["epochs", "batch_size", "patience"])
@pytest.mark.parametrize("number", [0, -3, 1.5])
def test_counts_must_be_whole_and_at_least_one(option, number):
    with pytest.raises(ValueError, match=f"{option.replace('_', ' ')} is {number}"):
        fit(Line(), datasets.line(), **{option: number})


# --- losses that are no numbers, and errors --------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_not_finite_is_named_with_its_epoch_and_batch(bad):
    model, calls = Line(), []

    def loss(predictions, targets):
        calls.append(1)
        return nn.mse_loss(predictions, targets) * (bad if len(calls) == 5 else 1.0)

    optimizer = sgd(model, 0.01, momentum=0.9)
    with pytest.raises(DivergedError, match=rf"became {bad} in epoch 2, batch 2 of 3.*it is 0.01") as caught:
        fit(model, datasets.line(), loss=loss, optimizer=optimizer, batch_size=2, backend="eager")  # it counts calls
    assert caught.value.history.epochs == 1
    assert caught.value.history.steps == optimizer.steps == 4
    assert isinstance(caught.value, ArithmeticError)
    assert all(math.isfinite(number) for number in model.numbers())


@pytest.mark.parametrize(("x", "y"), [([math.nan], 1.0), ([0.5], math.inf)])
def test_an_example_that_is_not_finite_is_shown(x, y):
    data = [([0.0], 5.0), (x, y)]
    with pytest.raises(DivergedError) as caught:
        fit(Line(), data, epochs=1)
    bad = "nan" if math.isnan(x[0]) else "inf"
    assert f"holds an example with {bad} in it: {x} with the target {y}; the parameters are as before" in str(
        caught.value
    )


def test_a_learning_rate_that_is_too_large_ends_in_a_clear_error_and_finite_parameters():
    model = Line()
    with pytest.raises((DivergedError, OverflowError)):
        fit(model, datasets.line(), optimizer=sgd(model, 10.0), epochs=1000)
    assert all(math.isfinite(number) for number in model.numbers())


def test_the_learning_rate_is_left_out_of_the_error_where_it_is_not_one_number():
    model = Line()
    with pytest.raises(DivergedError, match="too large, or the data"):
        fit(
            model,
            datasets.line(),
            optimizer=sgd(model, lambda _: 0.1),
            loss=lambda predictions, _: predictions[0] * math.nan,
        )


def test_a_loss_without_a_gradient_is_explained():
    with pytest.raises(TypeError, match=r"the loss function returned 0\.5, not a Value") as caught:
        fit(Line(), datasets.line(), loss=lambda *_: 0.5)
    assert caught.value.__notes__ == ["(raised in fit, in epoch 1, batch 1 of 1)"]


def test_an_error_in_a_callback_says_after_which_epoch():
    def broken(history):
        if history.epochs == 2:
            raise LookupError("mine")

    with pytest.raises(LookupError, match="mine") as caught:
        fit(Line(), datasets.line(), callbacks=broken)
    assert caught.value.__notes__ == ["(raised in fit, in what follows epoch 2)"]


# --- all or nothing --------------------------------------------------------------------------------------------------


class Momentum:
    """An optimiser as a student writes it: it changes one parameter after the other, and its memory with them."""

    def __init__(self, parameters, trouble=lambda _: None):
        self.parameters, self.trouble = parameters, trouble
        self.velocity = {"of": [0.0] * len(parameters)}
        self.alias = self.velocity["of"]
        self.calls = 0

    def zero_grad(self):
        for p in self.parameters:
            p.grad = NOT_COMPUTED

    def step(self):
        self.calls += 1
        for i, p in enumerate(self.parameters):
            v = self.alias
            v[i] = 0.9 * v[i] - 0.01 * p.grad
            p.data += v[i]
            self.trouble("step")

    def numbers(self):
        return [*self.velocity["of"], self.calls]


class Troubled:
    """A model and an optimiser that meet `error` when they come to `place` for the n-th time."""

    def __init__(self, place="", n=0, error=KeyboardInterrupt):
        self.place, self.left, self.error = place, n, error
        self.model = Line()
        self.optimizer = Momentum(self.model.parameters(), self.trouble)

    def trouble(self, place):
        if place == self.place:
            self.left -= 1
            if self.left == 0:
                raise self.error("trouble")

    def loss(self, predictions, targets):
        self.trouble("loss")
        result = nn.mse_loss(predictions, targets)
        troubled = self

        class Backward(Value):
            __slots__ = ()

            def backward(self, gradient=None):
                result.backward(gradient)
                troubled.trouble("backward")  # gradients are there, no parameter has moved

        return Backward(result.data)

    def callback(self, _):
        self.trouble("callback")

    def metric(self, *_):
        self.trouble("metric")
        return 0.0

    def run(self, epochs=3):
        return fit(
            self.model,
            datasets.line(),
            loss=self.loss,
            optimizer=self.optimizer,
            epochs=epochs,
            batch_size=2,
            metrics={"metric": self.metric},
            callbacks=self.callback,
        )

    def state(self):
        return self.model.numbers(), [p.grad for p in self.model.parameters()], self.optimizer.numbers()


@pytest.fixture(scope="module")
def states():
    """Model and optimiser after each of the 9 steps of an undisturbed run."""
    usual, seen = Troubled(), []
    step = eager_step(usual.model, usual.loss, usual.optimizer)

    def watched(xs, ys):
        seen.append(usual.state())
        return step(xs, ys)

    fit(usual.model, datasets.line(), step=watched, optimizer=usual.optimizer, epochs=3, batch_size=2)
    return [*seen, usual.state()]


PLACES = [("loss", 5, 4), ("backward", 5, 4), ("step", 9, 4), ("step", 10, 4), ("callback", 2, 6), ("metric", 2, 6)]


@pytest.mark.parametrize(("place", "n", "whole_steps"), PLACES)
def test_an_interruption_returns_the_history_and_the_model_of_the_last_whole_step(place, n, whole_steps, states):
    troubled = Troubled(place, n)
    history = troubled.run()
    assert history.steps == whole_steps
    assert troubled.state() == states[whole_steps]
    assert history.stopped == f"interrupted after {history.epochs} epochs and {whole_steps} steps"
    assert history.epochs == {"metric": 1, "callback": 2}.get(place, 1)
    assert len(history.metrics["metric"]) == history.epochs


@pytest.mark.parametrize(("place", "n", "whole_steps"), PLACES)
def test_any_other_error_goes_on_and_leaves_the_model_of_the_last_whole_step(place, n, whole_steps, states):
    troubled = Troubled(place, n, error=SystemError)
    with pytest.raises(SystemError, match="trouble"):
        troubled.run()
    assert troubled.state() == states[whole_steps]


def test_training_goes_on_after_an_interruption_as_if_nothing_had_been():
    troubled = Troubled("step", 4)
    history = fit(troubled.model, datasets.line(), loss=troubled.loss, optimizer=troubled.optimizer, shuffle=False)
    assert history.steps == 1
    smooth = Troubled()
    for run, epochs in ((troubled, 4), (smooth, 5)):
        fit(run.model, datasets.line(), loss=run.loss, optimizer=run.optimizer, shuffle=False, epochs=epochs)
    assert troubled.state() == smooth.state()


def test_a_second_interruption_while_the_first_is_undone_does_not_stop_the_undoing():
    class Impatient:
        """A parameter that is interrupted the second time it is written to: in the step, and while undoing it."""

        grad = 0.0

        def __init__(self):
            self.numbers, self.writes = [1.0], 0

        @property
        def data(self):
            return self.numbers[-1]

        @data.setter
        def data(self, number):
            self.numbers.append(number)
            self.writes += 1
            if self.writes <= 2:
                raise KeyboardInterrupt

    p = Impatient()
    model = types.SimpleNamespace(parameters=lambda: [p])

    def step(*_):
        p.data = 99.0
        return 0.0

    optimizer = types.SimpleNamespace(parameters=[p], zero_grad=None, step=None)
    history = fit(model, datasets.line(), step=step, optimizer=optimizer)
    assert history.steps == 0
    assert p.data == 1.0
    assert p.writes == 3


class Interrupter:
    """Raises KeyboardInterrupt at the n-th call or return of anything, in Python or in C."""

    def __init__(self, n):
        self.left = n

    def __call__(self, *_):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def test_an_interruption_at_any_call_or_return_leaves_a_whole_step(monkeypatch):
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)  # Python drops what is raised as it closes a generator

    def run(interrupter, seen=None):
        model = Line()
        optimizer = optim.Adam(model.parameters(), lr=0.1)

        def state():
            return model.numbers(), [p.grad for p in model.parameters()], optimizer.state_dict()

        def loss(predictions, targets):
            if seen is not None:
                seen.append(state())
            return nn.mse_loss(predictions, targets)

        history, before = None, sys.getprofile()
        sys.setprofile(interrupter)
        try:
            history = fit(
                model, datasets.line(2), loss=loss, optimizer=optimizer, epochs=2, batch_size=1, progress=False
            )
        except KeyboardInterrupt:  # before the first step or after the last
            pass
        finally:
            interrupter.left = 0
            sys.setprofile(before)
            turns._renew()  # it may come while the lock is taken or left, where Ctrl-C cannot
        return history, state()

    class Counter:
        events = 0

        def __call__(self, *_):
            self.events += 1

    counter, seen = Counter(), []
    _, last = run(counter, seen)
    # the loss is asked for after zero_grad, so the gradients of a state before a step are those it clears
    whole = [(numbers, memory) for numbers, _, memory in seen] + [(last[0], last[2])]
    assert len(whole) == 5
    interrupted = 0
    for n in range(1, counter.events, 3):
        history, (numbers, grads, memory) = run(Interrupter(n))
        assert (numbers, memory) in whole
        if history is not None and history.stopped.startswith("interrupted"):
            interrupted += 1
            assert (numbers, memory) == whole[history.steps]
            assert all((grad is NOT_COMPUTED) == (history.steps == 0) for grad in grads)
            assert (Value(2.0) * 3.0).op == "*"  # values still remember how they were computed
    assert interrupted > counter.events // 5


@pytest.mark.skipif(not hasattr(signal, "raise_signal"), reason="needs signals")
def test_a_real_ctrl_c_ends_the_run():
    # a shell starts its background jobs with SIGINT ignored
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def callback(history):
        if history.epochs == 3:
            signal.raise_signal(signal.SIGINT)

    try:
        history = fit(Line(), datasets.line(), callbacks=callback)
    finally:
        signal.signal(signal.SIGINT, before)
    assert history.epochs == 3
    assert history.stopped == "interrupted after 3 epochs and 3 steps"


# --- accuracy --------------------------------------------------------------------------------------------------------


def test_accuracy_counts_what_is_on_the_right_side():
    assert accuracy([Value(-2.0), Value(2.0), 3.0, 0.0], [-1.0, -1.0, 1.0, -1.0]) == 0.75
    assert accuracy([0.2, 0.7], [0, 1], threshold=0.5) == 1.0
    assert accuracy([[Value(1.0), Value(2.0)], (3.0, 2.0)], [1.0, 1]) == 0.5


@pytest.mark.parametrize(("predictions", "targets"), [([1.0], [1.0, 1.0]), ([], [])])
def test_accuracy_needs_as_many_targets_as_predictions(predictions, targets):
    with pytest.raises(ValueError, match="both must be as many"):
        accuracy(predictions, targets)


def test_accuracy_of_arrays_and_of_nan():
    np = pytest.importorskip("numpy")
    assert accuracy(np.array([0.5, -1.0]), np.array([1, 0])) == 1.0
    assert accuracy([np.array([0.1, 0.9])], [1]) == 1.0
    assert accuracy([math.nan], [-1]) == 0.0
    assert accuracy([[math.nan, 1.0]], [0]) == 0.0


def test_accuracy_of_lists_of_scores_at_their_borders():
    """Lists of floats alone go another way than those with Values; infinite scores are scores, nan is none."""
    inf, nan = math.inf, math.nan
    cases = [
        ([[1.0, 2.0, 2.0], [3.0, 3.0, 1.0]], [1, 0], 1.0),  # the first of the largest
        ([[inf, -inf], [1.0, 2.0]], [0, 1], 1.0),
        ([[1.0, nan], [1.0, 2.0]], [0, 1], 0.5),
        ([[nan, 1.0], [nan, 2.0]], [0, 1], 0.0),
        ([[2.0], [1.0]], [0, 1], 0.5),
        ([[1.0, 2.0]], [1.0], 1.0),
    ]
    for predictions, targets, right in cases:
        assert accuracy(predictions, targets) == right
        assert accuracy([tuple(p) for p in predictions], targets) == right
        assert accuracy([list(map(Value, p)) for p in predictions], targets) == right
    assert accuracy([[1.0]], [0], threshold=5.0) == 1.0


def test_accuracy_of_a_score_at_the_threshold():
    """It is on the lower side, and so is a target there."""
    above = math.nextafter(0.5, 1.0)
    for score, target, right in ((0.5, 0.5, 1.0), (0.5, above, 0.0), (above, 0.5, 0.0), (above, above, 1.0)):
        assert accuracy([score], [target], threshold=0.5) == right
    assert accuracy([0.0, 0.0], [0, -1]) == 1.0


@pytest.mark.parametrize(("epochs", "count", "backend"), [(199, 1, "eager"), (200, 1, "python"), (25, 8, "python")])
def test_steps_are_staged_from_two_hundred_examples_on(epochs, count, backend):
    model = Line()
    assert fit(model, datasets.line(count), optimizer=sgd(model, 0.001), epochs=epochs).backend == backend


# --- options that make no sense --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"optimizer": optim.Adam}, r"optimizer must be an optimiser, .* got the class Adam: give an instance, Adam"),
        ({"optimizer": "adam"}, "optimizer must be an optimiser, with zero_grad.* got 'adam'"),
        ({"metrics": ["accuracy"]}, "metrics must be a dict of functions by name"),
        ({"metrics": accuracy}, "metrics must be a dict of functions by name"),
        ({"metrics": {"accuracy": 1}}, "metrics must be a dict of functions by name"),
        ({"loss": None}, "loss must be a function, got None"),
        ({"loss": "mse"}, "loss must be a function, got 'mse'"),
        ({"callbacks": 3}, "callbacks must be a function or a list of functions, got 3"),
        ({"callbacks": [3]}, "callbacks must be a function or a list of functions"),
        ({"step": 3}, "step must be a function or None, got 3"),
    ],
)
def test_an_option_of_another_kind_is_refused_before_the_first_step(options, text):
    model = Line()
    with pytest.raises(TypeError, match=f"fit: {text}"):
        fit(model, datasets.line(), **options)
    assert model.numbers() == [1.0, 0.0]


def test_a_model_needs_parameters():
    with pytest.raises(TypeError, match=r"fit: model must be a model with a method parameters\(\)"):
        fit(lambda x: x, datasets.line())


def test_an_optimizer_made_for_another_model_is_refused():
    with pytest.raises(ValueError, match="the optimiser moves none of the model's parameters: was it made for another"):
        fit(Line(), datasets.line(), optimizer=sgd(Line()))
