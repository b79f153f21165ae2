import json
import math

from tinygrad_edu import History


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
