import copy
import json
import math
import pickle

import pytest

from tests.training.models import Line, sgd
from tinygrad_edu import History, datasets, fit
from tinygrad_edu.training import DivergedError


def test_history_shows_itself_and_goes_into_json():
    history = History(
        [{"loss": 4.0, "validation": 5.0, "accuracy": 0.5}, {"loss": 1.0, "validation": 6.0, "accuracy": 1.0}]
    )
    history.steps, history.stopped = 2, "all 2 epochs done"
    assert repr(history) == "History(2 epochs, loss 4 → 1, validation 5 → 6, accuracy 0.5 → 1, all 2 epochs done)"
    assert history.best_epoch == 1  # by the validation loss
    assert json.loads(json.dumps(history.to_dict())) == {
        "epochs": 2,
        "steps": 2,
        "stopped": "all 2 epochs done",
        "backend": "eager",
        "note": "",
        "loss": [4.0, 1.0],
        "validation": [5.0, 6.0],
        "metrics": {"accuracy": [0.5, 1.0]},
    }


def test_an_empty_history_is_a_history():
    assert repr(History(stopped="interrupted")) == "History(0 epochs, interrupted)"
    assert History().best_epoch == 0
    assert History().metrics == {}


def test_the_best_epoch_is_never_one_that_is_nan():
    assert History([{"loss": 1.0, "validation": math.nan}, {"loss": 2.0, "validation": 3.0}]).best_epoch == 2


# --- a bounded one ---------------------------------------------------------------------------------------------------


def test_a_bounded_history_keeps_the_last_epochs_and_counts_all():
    whole = fit(Line(), datasets.line(), epochs=30)
    history = fit(Line(), datasets.line(), epochs=30, keep_last=4)
    assert (history.epochs, history.steps, history.stopped) == (30, 30, "all 30 epochs done")
    assert history.records == whole.records[-4:]
    assert history.forgotten == 26
    assert repr(history).startswith("History(30 epochs, loss ")


@pytest.mark.parametrize(
    "losses",
    [[3.0, 1.0, 2.0, 5.0], [3.0, 2.0, 4.0, 1.0], [1.0, 1.0, 1.0, 1.0], [math.nan, 3.0, 2.0, 2.0], [math.nan] * 4],
)
@pytest.mark.parametrize("key", ["loss", "validation"])
def test_the_best_epoch_is_found_among_the_forgotten_ones_too(losses, key):
    records = [{"loss": 9.0 - i, key: x} for i, x in enumerate(losses)]
    whole = History(records)
    for bound in (1, 2, 3, 4, 5):
        history = History(keep_last=bound)
        for each in records:
            history.add(each)
        assert history.best_epoch == whole.best_epoch
        assert history.epochs == 4
        assert len(history.records) == min(bound, 4)


def test_a_bound_below_one_is_refused():
    with pytest.raises(ValueError, match="keep_last"):
        fit(Line(), datasets.line(), keep_last=0)


# --- it travels ------------------------------------------------------------------------------------------------------


def test_a_history_travels():
    history = fit(Line(), datasets.line(), epochs=3)
    for other in (copy.deepcopy(history), pickle.loads(pickle.dumps(history))):
        assert other == history
        assert repr(other) == repr(history)


def test_the_error_of_a_run_that_diverged_comes_back_from_another_process_with_its_history():
    model = Line()
    with pytest.raises(DivergedError) as caught:
        fit(model, datasets.line(), optimizer=sgd(model, 10.0), epochs=1000)
    other = pickle.loads(pickle.dumps(caught.value))
    assert type(other) is DivergedError
    assert str(other) == str(caught.value)
    assert other.history.loss == caught.value.history.loss
    assert "the loss became" in str(copy.copy(caught.value))
