import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.models import Line, sgd
from tinygrad_edu import datasets, fit, nn
from tinygrad_edu.training.stopping import Best, Patience


def test_a_callback_sees_the_history_and_stops_the_run_by_returning_true():
    seen = []

    def enough(history):
        seen.append(history.loss[-1])
        return history.epochs == 3

    history = fit(Line(), datasets.line(), callbacks=[enough], epochs=10)
    assert history.epochs == 3
    assert history.loss == seen
    assert history.stopped == "stopped by enough"


def test_one_callback_needs_no_list_and_only_true_stops():
    class Callback:
        answer = 1

        def __call__(self, history):
            return True if history.epochs == 2 else self.answer  # 1 is not True

    assert fit(Line(), datasets.line(), callbacks=Callback(), epochs=5).stopped == "stopped by a callback"
    assert fit(Line(), datasets.line(), callbacks=lambda _: 1, epochs=5).epochs == 5


def test_all_callbacks_are_called_also_where_the_first_stops():
    seen = []
    fit(Line(), datasets.line(), callbacks=[lambda _: True, seen.append], epochs=5)
    assert len(seen) == 1


def run_with_losses(numbers, **options):
    """A run whose training loss is given, epoch by epoch."""
    each = iter(numbers)
    return fit(Line(), [([1.0], 1.0)], step=lambda *_: next(each), epochs=len(numbers), **options)


def test_patience_stops_after_so_many_epochs_that_are_no_better():
    history = run_with_losses([5.0, 3.0, 4.0, 3.0, 1.0, 0.0], patience=2)
    assert history.epochs == 4
    assert history.stopped == "no better for 2 epochs"
    assert run_with_losses([5.0, 6.0, 4.0, 5.0, 3.0], patience=2).epochs == 5


def test_better_by_less_than_min_delta_is_no_better():
    assert run_with_losses([5.0, 4.9, 4.8, 4.7], patience=2, min_delta=0.5).epochs == 3
    assert run_with_losses([5.0, 4.9, 4.8, 4.7], patience=2).epochs == 4


def test_patience_watches_the_validation_loss_where_there_is_one():
    history = run_with_losses([5.0, 4.0, 3.0, 2.0], patience=1, validation=[([1.0], 1.0)])  # the model stands still
    assert history.epochs == 2


@given(
    st.lists(st.integers(0, 6).map(float) | st.just(math.nan), max_size=20),
    st.integers(1, 5),
    st.sampled_from([0.0, 1.0]),
)
def test_patience_is_over_when_the_last_epochs_brought_nothing_better(losses, patience, min_delta):
    waiting = Patience(patience, min_delta)
    for epoch, loss in enumerate(losses, 1):
        known = [math.inf if x != x else x for x in losses[:epoch]]
        expected = epoch > patience and min(known[-patience:]) >= min(known[:-patience]) - min_delta
        assert waiting.is_over(loss) == expected


# --- numbers at which one more decides ------------------------------------------------------------------------


@pytest.mark.parametrize("patience", [1, 2, 255, 256, 257, 300, 1000])
def test_patience_waits_exactly_so_many_epochs_however_many(patience):
    waiting = Patience(patience)
    assert [waiting.is_over(1.0) for _ in range(patience + 3)] == [False] * patience + [True] * 3
    history = run_with_losses([1.0] * (patience + 5), patience=patience)
    assert history.epochs == patience + 1


@pytest.mark.parametrize(("last", "epochs"), [(4.5, 3), (4.49, 4), (4.51, 3)])
def test_a_loss_lower_by_exactly_min_delta_is_no_better(last, epochs):
    assert run_with_losses([5.0, 5.0, last, 5.0], patience=2, min_delta=0.5).epochs == epochs


@pytest.mark.parametrize(
    "validation",
    [
        np.array([[0.5, 1.0], [1.5, 2.0]]),
        (np.array([0.5, 1.5]), np.array([1.0, 2.0])),
        [(0.5, 1.0), (1.5, 2.0)],
        ([0.5, 1.5], [1.0, 2.0]),
        zip([0.5, 1.5], [1.0, 2.0], strict=True),
    ],
    ids=["array", "arrays", "pairs", "lists", "iterator"],
)
def test_validation_data_may_be_arrays(validation):
    model = Line()
    history = fit(lambda_of(model), datasets.line(4), validation=validation, optimizer=sgd(model, 0.0), epochs=2)
    assert history.validation == [0.25, 0.25]


def lambda_of(model):
    """The same model, also of a plain number."""

    class Of(nn.Module):
        def __init__(self):
            self.w, self.b = model.w, model.b

        def __call__(self, x):
            return model(x if isinstance(x, list) else [x])

    return Of()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"patience": True}, ValueError, "patience is True: it must be a whole number"),
        ({"patience": "3"}, ValueError, "patience is '3'"),
        ({"patience": 3, "min_delta": "0.1"}, TypeError, r"min_delta must be a number, got '0\.1'"),
        ({"min_delta": None}, TypeError, "min_delta must be a number, got None"),
    ],
)
def test_what_is_no_patience_is_refused_before_the_first_step(options, error, message):
    model = Line()
    with pytest.raises(error, match=message):
        fit(model, datasets.line(), **options)
    assert model.numbers() == [1.0, 0.0]


# --- the best epoch --------------------------------------------------------------------------------------------


class Walk:
    """A step that moves the only weight to the next of these numbers; the validation loss is its square."""

    def __init__(self, numbers, interrupt_at=None):
        self.model, self.numbers, self.interrupt_at = Line(0.0, 0.0), list(numbers), interrupt_at

    def __call__(self, xs, ys):
        self.model.w.data = self.numbers.pop(0)
        if self.model.w.data == self.interrupt_at:
            raise KeyboardInterrupt
        return 1.0

    def run(self, **options):
        return fit(
            self.model,
            [([1.0], 0.0)],
            step=self,
            epochs=len(self.numbers),
            validation=[([1.0], 0.0)],
            restore_best=True,
            **options,
        )


@pytest.mark.parametrize(
    ("numbers", "options", "best"),
    [
        ([3.0, 1.0, 2.0, 4.0], {}, 1.0),
        ([3.0, 1.0, -1.0, 4.0], {}, 1.0),
        ([3.0, 2.0, 1.0], {}, 1.0),
        ([1.0, 2.0, 3.0], {}, 1.0),
        ([3.0, 1.0, 2.0, 2.0, 0.0], {"patience": 2}, 1.0),
        ([3.0, 1.0, 2.0], {"callbacks": lambda history: history.epochs == 2}, 1.0),
        ([math.nan, 2.0, 3.0], {}, 2.0),
        ([2.0], {}, 2.0),
    ],
)
def test_the_model_ends_with_the_parameters_of_the_best_epoch(numbers, options, best):
    walk = Walk(numbers)
    history = walk.run(**options)
    assert walk.model.w.data == best
    assert numbers[history.best_epoch - 1] == best


def test_an_interrupted_run_ends_with_the_best_epoch_too():
    walk = Walk([3.0, 1.0, 2.0, 7.0], interrupt_at=7.0)
    history = walk.run()
    assert (history.epochs, walk.model.w.data) == (3, 1.0)
    assert history.stopped.startswith("interrupted after 3 epochs")
    walk = Walk([7.0], interrupt_at=7.0)
    walk.run()
    assert walk.model.w.data == 0.0


def test_an_interruption_while_the_best_is_put_back_waits_until_it_is():
    walk = Walk([3.0, 1.0, 2.0])
    best = Best([walk.model.w, walk.model.b])
    best.look(1.0)

    class Once:
        label = ""

        def __init__(self):
            self.times, self.number = 1, 0.0

        @property
        def data(self):
            return self.number

        @data.setter
        def data(self, x):
            if self.times:
                self.times = 0
                raise KeyboardInterrupt
            self.number = x

    best.parameters[1] = Once()
    walk.model.w.data = 9.0
    with pytest.raises(KeyboardInterrupt):
        best.put_back()
    assert walk.model.w.data == 0.0


def test_without_validation_data_there_is_no_best_epoch_to_go_back_to():
    with pytest.raises(ValueError, match="restore_best needs validation data"):
        fit(Line(), datasets.line(), restore_best=True)


@pytest.mark.parametrize("backend", ["python", "eager"])
def test_a_real_network_goes_back_to_its_best_epoch(backend):
    train, held_out = datasets.split(datasets.moons(40, noise=0.4, seed=3), seed=1)
    model = nn.MLP(2, [8, 1], activation="tanh", seed=2)
    optimizer = nn.Adam(model.parameters(), lr=0.2)
    history = fit(model, train, validation=held_out, optimizer=optimizer, epochs=60, restore_best=True, backend=backend)
    loss = nn.mse_loss([model(x) for x in held_out[0]], held_out[1]).data
    assert history.best_epoch < 60
    assert loss == pytest.approx(min(history.validation), rel=1e-9)
