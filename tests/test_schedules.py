import copy
import math
import pickle

import pytest

from tinygrad_edu import Value, datasets, fit, nn, schedules
from tinygrad_edu.optim import SGD, Adam


def test_schedules_reach_their_end_and_stay_there():
    for schedule in (schedules.linear(0.1, 0.02, steps=10), schedules.cosine(0.1, steps=10, end=0.02)):
        rates = [schedule(step) for step in range(20)]
        assert rates[0] == pytest.approx(0.1)
        assert rates[10:] == pytest.approx([0.02] * 10)
        assert rates == sorted(rates, reverse=True)


def test_a_warm_up_leads_into_another_schedule():
    schedule = schedules.warm_up(2, then=schedules.exponential(1.0, 0.5))
    assert [schedule(step) for step in range(5)] == [0.5, 1.0, 1.0, 0.5, 0.25]


@pytest.mark.parametrize(
    "make",
    [
        lambda: schedules.step_decay(0.1, every=0),
        lambda: schedules.linear(0.1, 0.0, steps=0),
        lambda: schedules.cosine(0.1, steps=-1),
        lambda: schedules.warm_up(0, then=0.1),
    ],
)
def test_schedules_of_no_steps_are_refused(make):
    with pytest.raises(ValueError, match="of at least 1"):
        make()


@pytest.mark.parametrize(
    ("schedule", "name", "settings"),
    [
        (schedules.step_decay(0.1, every=3, factor=0.5), "StepLR", {"step_size": 3, "gamma": 0.5}),
        (schedules.exponential(0.1, 0.9), "ExponentialLR", {"gamma": 0.9}),
        (schedules.cosine(0.1, steps=20, end=0.01), "CosineAnnealingLR", {"T_max": 20, "eta_min": 0.01}),
        (schedules.linear(0.1, 0.05, steps=8), "LinearLR", {"start_factor": 1.0, "end_factor": 0.5, "total_iters": 8}),
    ],
)
def test_schedules_agree_with_pytorch(schedule, name, settings):
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    theirs = getattr(torch.optim.lr_scheduler, name)(optimizer, **settings)
    for step in range(20):
        assert schedule(step) == pytest.approx(theirs.get_last_lr()[0], rel=1e-12)
        optimizer.step()
        theirs.step()


# --- exactly, at the places where one step decides -------------------------------------------------------------------

POINTS = [
    (schedules.step_decay(1.0, every=3), [1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 0.010000000000000002]),
    (schedules.step_decay(1.0, every=1, factor=0.5), [1.0, 0.5, 0.25, 0.125]),
    (schedules.exponential(2.0, 0.5), [2.0, 1.0, 0.5, 0.25]),
    (schedules.linear(1.0, 0.5, steps=1), [1.0, 0.5, 0.5]),
    (schedules.linear(0.0, 1.0, steps=4), [0.0, 0.25, 0.5, 0.75, 1.0, 1.0]),
    (schedules.cosine(1.0, steps=1, end=0.25), [1.0, 0.25, 0.25]),
    (schedules.cosine(1.0, steps=4), [1.0, 0.8535533905932737, 0.5, 0.14644660940672627, 0.0, 0.0]),
    (schedules.warm_up(1, then=0.5), [0.5, 0.5]),
    (schedules.warm_up(2, then=schedules.linear(1.0, 0.0, steps=2)), [0.5, 1.0, 1.0, 0.5, 0.0]),
]


@pytest.mark.parametrize(("schedule", "rates"), POINTS)
def test_a_schedule_gives_these_rates(schedule, rates):
    assert [schedule(step) for step in range(len(rates))] == pytest.approx(rates, rel=1e-15, abs=1e-16)


def test_the_end_is_reached_exactly():
    """Where start + (end - start) would be rounded: 10¹⁶ + (1 - 10¹⁶) is 0."""
    assert [schedules.linear(1e16, 1.0, steps=2)(step) for step in (2, 3)] == [1.0, 1.0]
    assert schedules.cosine(1e16, steps=2, end=1.0)(2) == 1.0
    assert [schedules.warm_up(3, then=0.3)(step) for step in (2, 3, 100)] == [0.3, 0.3, 0.3]
    for n in (1, 1.5):
        assert schedules.exponential(1.0, 0.5)(0) == schedules.cosine(1.0, steps=n)(0) == 1.0
    with pytest.raises(ValueError, match=r"a schedule needs every of at least 1, got 0\.99"):
        schedules.step_decay(1.0, every=0.99)


@pytest.mark.parametrize(("schedule", "rates"), POINTS)
def test_a_schedule_travels(schedule, rates):
    for other in (copy.deepcopy(schedule), pickle.loads(pickle.dumps(schedule))):
        assert [other(step) for step in range(len(rates))] == [schedule(step) for step in range(len(rates))]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: schedules.linear("1", 0.0, steps=2), "linear: start must be a number, got '1'"),
        (lambda: schedules.step_decay(1.0, every="two"), "every must be a number, got 'two'"),
        (lambda: schedules.exponential(1.0, None), "exponential: factor must be a number, got None"),
        (lambda: schedules.warm_up(3, then="0.1"), "then must be a number or a schedule"),
        (lambda: schedules.cosine(1.0, steps=None), "steps must be a number, got None"),
    ],
)
def test_a_schedule_of_something_else_than_numbers_is_refused(make, message):
    with pytest.raises(TypeError, match=message):
        make()


# --- by the loss -----------------------------------------------------------------------------------------------------

LOSSES = [5.0, 4.0, 4.0, 3.9999, 4.0, 4.1, 3.0, 3.0, 3.0, 3.0, 3.0, 2.9999, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5]
PLATEAUS = [  # settings, and the rates after each of these losses, as PyTorch 2.13 has them
    ({"factor": 0.5, "patience": 2}, [1.0] * 4 + [0.5] * 5 + [0.25] * 6 + [0.125] * 3 + [0.0625]),
    (
        {"factor": 0.1, "patience": 0, "cooldown": 3},
        [1.0] * 2 + [0.1] * 5 + [0.010000000000000002] * 4 + [0.0010000000000000002] * 4 + [0.00010000000000000003] * 4,
    ),
    ({"factor": 0.5, "patience": 1, "min_lr": 0.3}, [1.0] * 3 + [0.5] * 2 + [0.3] * 14),
    (
        {"factor": 0.5, "patience": 1, "threshold": 0.5, "threshold_mode": "abs"},
        [1.0] * 3 + [0.5] * 2 + [0.25] * 3 + [0.5**k for k in (3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8)],
    ),
    (
        {"factor": 0.5, "patience": 1, "threshold": 0.2, "mode": "max"},
        [1.0] * 2 + [0.5**k for k in (1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9)],
    ),
    (
        {"factor": 0.5, "patience": 0, "mode": "max", "threshold_mode": "abs", "threshold": 0.5},
        [0.5**k for k in range(19)],
    ),
    ({"factor": 0.5, "patience": 0, "eps": 0.2}, [1.0] * 2 + [0.5] + [0.25] * 16),
]


def rates(settings, losses=LOSSES):
    optimizer = SGD([Value(1.0)], lr=1.0)
    plateau = schedules.ReduceOnPlateau(optimizer, **settings)
    found = []
    for loss in losses:
        plateau.step(loss)
        found.append(optimizer.lr)
    return found


@pytest.mark.parametrize(("settings", "expected"), PLATEAUS)
def test_a_plateau_lowers_the_rate_where_pytorch_lowered_it(settings, expected):
    assert rates(settings) == expected


@pytest.mark.parametrize(("settings", "_expected"), PLATEAUS)
def test_a_plateau_agrees_with_the_pytorch_that_is_installed(settings, _expected):
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **settings)
    found = []
    for loss in LOSSES:
        theirs.step(loss)
        found.append(optimizer.param_groups[0]["lr"])
    assert rates(settings) == found


@pytest.mark.parametrize(
    ("settings", "best"),
    [
        ({"threshold": 0.5}, 2.0),
        ({"threshold": 0.0}, 4.0),
        ({"threshold": 0.25, "threshold_mode": "abs"}, 3.75),
        ({"threshold": 0.5, "mode": "max"}, 6.0),
        ({"threshold": 0.0, "mode": "max"}, 4.0),
        ({"threshold": 0.25, "threshold_mode": "abs", "mode": "max"}, 4.25),
    ],
)
def test_a_loss_must_be_below_its_threshold_not_at_it(settings, best):
    """After 4, a loss at the threshold is no better; the next number beyond it is."""
    beyond = math.nextafter(best, math.inf if settings.get("mode") == "max" else 0.0)
    assert rates({"patience": 0, "factor": 0.5, **settings}, [4.0, best]) == [1.0, 0.5]
    assert rates({"patience": 0, "factor": 0.5, **settings}, [4.0, beyond]) == [1.0, 1.0]


def test_a_change_of_no_more_than_eps_is_not_made():
    assert rates({"patience": 0, "factor": 0.5, "eps": 0.5}, [1.0, 1.0]) == [1.0, 1.0]
    assert rates({"patience": 0, "factor": 0.5, "eps": 0.4999}, [1.0, 1.0, 1.0]) == [1.0, 0.5, 0.5]
    assert rates({"patience": 0, "factor": 0.0, "min_lr": 0.0}, [1.0, 1.0]) == [1.0, 0.0]
    assert rates({"patience": 0, "factor": 0.0, "min_lr": 0.25}, [1.0, 1.0]) == [1.0, 0.25]


def test_the_usual_plateau_waits_ten_epochs_and_takes_a_tenth():
    assert rates({}, [1.0] * 12 + [0.99989] + [0.9998] * 11) == [1.0] * 11 + [0.1] * 12 + [0.1 * 0.1]
    assert rates({}, [1.0] * 11) == [1.0] * 11
    assert rates({"cooldown": 1, "patience": 0, "factor": 0.5}, [1.0] * 6) == [1.0, 0.5, 0.5, 0.25, 0.25, 0.125]


def test_a_loss_that_is_nan_is_no_better():
    assert rates({"factor": 0.5, "patience": 1}, [1.0, float("nan"), float("nan")]) == [1.0, 1.0, 0.5]


def test_a_plateau_is_a_callback_of_fit_and_watches_the_validation_loss():
    model = nn.MLP(1, [1], seed=1)
    optimizer = SGD(model.parameters(), lr=0.05)
    plateau = schedules.ReduceOnPlateau(optimizer, factor=0.5, patience=0, threshold=0.9)
    history = fit(model, datasets.line(), optimizer=optimizer, epochs=3, callbacks=plateau)
    assert plateau.best == history.loss[0]
    assert optimizer.lr == 0.05 / 4
    held_out = schedules.ReduceOnPlateau(optimizer)
    history = fit(
        model, datasets.line(), optimizer=optimizer, epochs=2, validation=datasets.line(3), callbacks=held_out
    )
    assert held_out.best == min(history.validation)


def test_a_plateau_lowers_the_rate_of_every_group():
    optimizer = Adam([{"params": [Value(1.0)], "lr": 0.1}, {"params": [Value(2.0)]}], lr=0.01)
    plateau = schedules.ReduceOnPlateau(optimizer, factor=0.5, patience=0)
    plateau.step(1.0)
    plateau.step(1.0)
    assert [group.lr for group in optimizer.groups] == [0.05, 0.005]


def test_a_plateau_travels_with_its_optimizer():
    optimizer = SGD([Value(1.0)], lr=1.0)
    plateau = schedules.ReduceOnPlateau(optimizer, patience=1)
    plateau.step(1.0)
    plateau.step(1.0)
    other_optimizer, other = pickle.loads(pickle.dumps((optimizer, plateau)))
    other.step(1.0)
    assert (other_optimizer.lr, optimizer.lr) == (0.1, 1.0)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"factor": 1.0}, ValueError, "factor is 1.0: it makes the learning rate smaller"),
        ({"factor": -0.1}, ValueError, "factor is -0.1"),
        ({"mode": "least"}, ValueError, "mode is 'least'"),
        ({"threshold_mode": "some"}, ValueError, "threshold_mode 'some'"),
        ({"patience": 1.5}, TypeError, "patience must be a whole number, got 1.5"),
        ({"factor": "0.1"}, TypeError, "factor must be a finite number, got '0.1'"),
    ],
)
def test_plateaus_that_make_no_sense_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        schedules.ReduceOnPlateau(SGD([Value(1.0)]), **options)


def test_a_plateau_needs_an_optimizer_with_a_number_for_a_rate():
    with pytest.raises(ValueError, match="learning rate is a schedule"):
        schedules.ReduceOnPlateau(SGD([Value(1.0)], lr=schedules.cosine(0.1, steps=3)))
    with pytest.raises(TypeError, match=r"optimizer must be an Optimizer, got 0\.1"):
        schedules.ReduceOnPlateau(0.1)
