"""Numbers that stay in C from step to step: whoever looks sees what would be there if they had not."""

import copy
import itertools
import pickle
import random
import sys
import threading
from fractions import Fraction

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.staging.building import cc
from tests.staging.conftest import cache
from tests.training.models import Line
from tinygrad_edu import Value, nn, optim
from tinygrad_edu.core import turns
from tinygrad_edu.engine import NOT_COMPUTED
from tinygrad_edu.steps import staying
from tinygrad_edu.steps.staged_step import StagedStep
from tinygrad_edu.steps.staying import LONGEST
from tinygrad_edu.training import fit

__all__ = ["cache"]
pytestmark = [pytest.mark.usefixtures("cache"), cc]
rng = random.Random(3)
XS = [[rng.uniform(-1, 1), rng.uniform(-1, 1)] for _ in range(12)]
YS = [rng.choice([-1.0, 1.0]) for _ in range(12)]
OPTIMIZERS = {
    "SGD": lambda ps: optim.SGD(ps, lr=0.05),
    "momentum": lambda ps: optim.SGD(ps, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
    "Adam": lambda ps: optim.Adam(ps, lr=0.01),
    "AdamW": lambda ps: optim.AdamW(ps, lr=lambda steps: 0.01 / (1 + steps)),
    "RMSProp": lambda ps: optim.RMSProp(ps, lr=0.01, momentum=0.5),
    "AdaGrad": lambda ps: optim.AdaGrad(ps, lr=0.05),
}


class Troubled(Exception):
    """Trouble, planted by the tests."""


class Run:
    """A model, its optimiser and its step."""

    def __init__(self, name="SGD", backend="c", loss=nn.mse_loss):
        self.model = nn.MLP(2, [3, 1], activation="tanh", seed=1)
        self.optimizer = OPTIMIZERS[name](self.model.parameters())
        self.step = StagedStep(self.model, loss, self.optimizer, backend=backend)

    @property
    def is_away(self):
        return bool(self.step._staying and self.step._staying.is_away)

    def away(self):
        """As after some steps at which nobody has looked."""
        while not self.is_away:
            self.step(XS, YS)
        return self

    def state(self):
        ps = self.model.parameters()
        return [p.data for p in ps], [p.grad for p in ps], self.optimizer.state_dict()


def taken(count, look, name="SGD", backend="c"):
    """The losses and the state after so many steps, with a look at everything after each or not."""
    run = Run(name, backend)
    losses = []
    for _ in range(count):
        losses.append(run.step(XS, YS))
        if look:
            run.state()
    return losses, run.state()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_numbers_are_the_same_whether_they_stay_or_not(name):
    losses, state = taken(30, look=False, name=name)
    assert (losses, state) == taken(30, look=True, name=name)
    expected, (numbers, gradients, memory) = taken(30, look=False, name=name, backend="python")
    assert losses == pytest.approx(expected, rel=1e-9)
    assert state[0] == pytest.approx(numbers, rel=1e-9)
    assert state[1] == pytest.approx(gradients, rel=1e-9)
    assert state[2]["steps"] == memory["steps"] == 30
    ours, python = ([*itertools.chain(*each["memories"])] for each in (state[2], memory))
    assert ours == pytest.approx(python, rel=1e-9)


def test_they_do_stay():
    run = Run().away()
    for _ in range(5):
        run.step(XS, YS)
        assert run.is_away
    first = run.step.parameters[0]
    assert type(first) is not Value
    assert isinstance(first, Value)
    assert type(first).__name__ == "Value"
    assert first.data == first.data
    assert not run.is_away
    assert {*map(type, run.model.parameters())} == {Value}
    assert all(p.left is None and p.operands == () for p in run.model.parameters())


WAYS = {
    "number": lambda p: p.data,
    "gradient": lambda p: p.grad,
    "label": lambda p: p.label,
    "repr": repr,
    "class": lambda p: p.__class__,
    "sum": lambda p: p + 1.0,
    "reflected": lambda p: 2.0 * p,
    "with a Value": lambda p: Value(2.0) * p,
    "of itself": lambda p: p * p,
    "power": lambda p: p**2,
    "negated": lambda p: -p,
    "function": tg.tanh,
    "method": lambda p: p.relu(),
    "sum of many": lambda p: tg.sum([p, p, 1.0]),
    "dot": lambda p: tg.dot([p, Value(2.0)], [1.0, p]),
    "maximum": lambda p: tg.maximum(p, 0.0),
    "max": lambda p: tg.max([p, 0.0]),
    "where": lambda p: tg.where(True, 1.0, p),
    "where not": lambda p: tg.where(True, p, 1.0),
    "constant": tg.stop_gradient,
    "own rule": tg.operation(lambda x: (x * x, 2 * x)),
    "comparison": lambda p: p > 0,
    "order": lambda p: sorted([p, Value(0.0)]),
    "transform": lambda p: tg.grad(lambda x: x * p)(3.0),
    "copy": copy.copy,
    "deep copy": copy.deepcopy,
    "pickle": lambda p: pickle.loads(pickle.dumps(p)),
    "backward": lambda p: (p * 2).backward(),
}


@pytest.mark.parametrize("way", WAYS)
def test_whoever_looks_brings_them_home(way):
    expected, run = Run(), Run().away()
    while expected.optimizer.steps < run.optimizer.steps:
        expected.step(XS, YS)
        expected.state()
    p, q = run.step.parameters[0], expected.step.parameters[0]
    found = WAYS[way](p)
    assert run.is_away == (way == "where"), "whose number is not used"
    known = WAYS[way](q)
    assert type(found) is type(known)
    if isinstance(known, Value):
        assert (found.data, found.op, len(found.parents)) == (known.data, known.op, len(known.parents))
        found.backward()
        known.backward()
        assert p.grad == q.grad
    elif way != "order":
        assert found == known
    assert run.state() == expected.state()


def test_what_needs_no_number_leaves_them_where_they_are():
    run = Run().away()
    p, *others = run.step.parameters
    assert p in {p, *others}
    assert p == p != others[0]
    assert run.optimizer.steps > 0
    assert run.is_away


@pytest.mark.parametrize("name", ["momentum", "Adam"])
@pytest.mark.parametrize(
    "look",
    [
        lambda optimizer: optimizer.memories,
        lambda optimizer: optimizer.state_dict(),
        lambda optimizer: optimizer.param_groups,
        lambda optimizer: copy.deepcopy(optimizer).memories,
        lambda optimizer: pickle.loads(pickle.dumps(optimizer)).memories,
    ],
)
def test_so_does_a_look_at_what_the_optimiser_remembers(name, look):
    run = Run(name)
    for _ in range(4):
        run.step(XS, YS)
    assert run.is_away
    found = look(run.optimizer)
    assert not run.is_away
    assert run.state() == taken(4, look=True, name=name)[1]
    if type(found) is list and type(found[0]) is tuple:
        assert found == run.optimizer.memories


def test_what_is_written_counts():
    ours, python = Run("momentum"), Run("momentum", "python")
    for run in (ours, python):
        for _ in range(4):
            run.step(XS, YS)
        assert run.is_away == (run is ours)
        first, second, *_ = run.step.parameters
        first.data = 0.25
        second.grad = 7.0
        assert (first.data, second.grad) == (0.25, 7.0)
        for _ in range(4):
            run.step(XS, YS)
        run.optimizer.memories = [(0.5,)] * len(run.step.parameters)
        for _ in range(4):
            run.step(XS, YS)
        assert run.is_away == (run is ours)
        del first.grad
        with pytest.raises(AttributeError):
            first.grad  # noqa: B018 - it is not there
        first.grad = NOT_COMPUTED
        run.optimizer.load_state_dict(run.optimizer.state_dict())
        run.optimizer.lr = 0.01
        run.optimizer.momentum = 0.5
        for _ in range(4):
            run.step(XS, YS)
    assert ours.is_away
    assert ours.state()[0] == pytest.approx(python.state()[0], rel=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_looking_at_random_moments(seed):
    moments = random.Random(seed)
    name = moments.choice([*OPTIMIZERS])
    ours, python = Run(name), Run(name, "python")
    batches = [
        (XS, YS),
        (XS[:5], YS[:5]),
        (np.array(XS), np.array(YS)),
        (np.array(XS), np.array(YS, "i4")),
        (tuple(map(tuple, XS)), [*map(int, YS)]),
        ([{"a": 1.0}], [1.0]),
    ]

    def act(run, what, value):
        ps = run.step.parameters
        actions = [
            run.state,
            lambda: ps[value].data,
            lambda: ps[value].grad,
            lambda: run.optimizer.memories,
            lambda: setattr(ps[value], "data", 0.1 * value),
            run.optimizer.zero_grad,
            lambda: setattr(run.optimizer, "lr", 0.01 + 0.001 * value),
            lambda: run.model([0.5, 0.25]).data,
        ]
        return actions[what]()

    for _ in range(60):
        batch = moments.choice(batches[:-1])
        losses = [run.step(*batch) for run in (ours, python)]
        assert losses[0] == pytest.approx(losses[1], rel=1e-8)
        if moments.random() < 0.3:
            what, value = moments.randrange(8), moments.randrange(5)
            for found, expected in zip(*(numbers_in(act(run, what, value)) for run in (ours, python)), strict=True):
                assert found == pytest.approx(expected, rel=1e-8, abs=1e-12)
    for found, expected in zip(*(numbers_in(run.state()) for run in (ours, python)), strict=True):
        assert found == pytest.approx(expected, rel=1e-8, abs=1e-12)
    with pytest.raises((KeyError, TypeError)):
        ours.step(*batches[-1])


def numbers_in(tree):
    if isinstance(tree, dict):
        tree = [*tree.values()]
    if isinstance(tree, list | tuple):
        return [x for each in tree for x in numbers_in(each)]
    return [] if tree is None or isinstance(tree, str) else [float(tree)]


def test_who_looks_after_every_step_is_not_slowed_down():
    run = Run()
    aways = 0
    for _ in range(300):
        run.step(XS, YS)
        aways += run.is_away
        run.model.parameters()[0].data  # noqa: B018 - a look
    assert aways < 12
    for _ in range(LONGEST + 1):
        run.step(XS, YS)
    assert run.is_away
    run.step(XS, YS)
    run.state()
    run.step(XS, YS)
    assert run.is_away, "it was not looked at for long"


def test_what_is_undefined_leaves_everything_as_it_was():
    run = Run().away()
    before = Run().away().state()
    assert run.step([[float("nan"), 1.0]], [1.0]) != 0.0
    assert run.state()[0] == before[0]
    run.away().optimizer.lr = -1.0
    with pytest.raises(ValueError, match="lr"):
        run.step(XS, YS)
    with pytest.raises(ValueError, match="12 predictions and a list of 11 targets"):
        Run().away().step(XS, YS[:-1])


def test_a_batch_of_other_numbers_is_taken_at_home():
    ours, python = Run().away(), Run("SGD", "python")
    while python.optimizer.steps < ours.optimizer.steps:
        python.step(XS, YS)
    xs = [[Fraction(1, 2), 0.5], [0.25, Fraction(1, 4)]]
    assert ours.step(xs, YS[:2]) == pytest.approx(python.step(xs, YS[:2]), rel=1e-9)
    assert not ours.is_away
    assert ours.state()[0] == pytest.approx(python.state()[0], rel=1e-9)


def refusing(monkeypatch, name, times):
    """Optimisers of whom an attribute cannot be set so many times."""
    left = [times]

    def setter(self, x):
        left[0] -= 1
        if left[0] >= 0:
            raise Troubled
        vars(self)[name] = x

    monkeypatch.setattr(optim.SGD, name, property(lambda self: vars(self).get(name), setter), raising=False)


def test_trouble_on_the_way_out_leaves_them_at_home(monkeypatch):
    run = Run()
    with monkeypatch.context() as patch:
        refusing(patch, "away", 1)
        with pytest.raises(Troubled):
            run.step(XS, YS)
    assert not run.is_away
    assert run.state() == taken(1, look=True)[1]


@pytest.mark.parametrize("look", [False, True])
def test_trouble_while_a_step_is_taken_undoes_it(monkeypatch, look):
    run = Run().away()
    count = run.optimizer.steps
    ahead = run.step.compute(XS, YS)
    if look:
        run.state()
    with monkeypatch.context() as patch:
        refusing(patch, "steps", 1)
        with pytest.raises(Troubled):
            run.step.take(ahead)
    assert run.state() == taken(count, look=True)[1]


def test_a_parameter_in_a_branch_that_is_never_taken_has_no_gradient():
    model = Line()
    unused = Value(3.0)
    optimizer = optim.SGD([*model.parameters(), unused], lr=0.05)
    step = StagedStep(model, nn.mse_loss, optimizer, backend="c")
    for _ in range(4):
        step([[1.0], [2.0]], [3.0, 5.0])
    assert step._staying.is_away
    assert (unused.data, unused.grad) == (3.0, NOT_COMPUTED)


def test_values_of_other_classes_stay_at_home():
    class Named(Value):
        __slots__ = ("name",)

    model = Line()
    model.w = Named(1.0)
    step = StagedStep(model, nn.mse_loss, optim.SGD(model.parameters(), lr=0.05), backend="c")
    for _ in range(4):
        step([[1.0], [2.0]], [3.0, 5.0])
    assert step._staying is None
    assert step.undoing() is None
    step.come_home()
    assert type(model.w) is Named


def test_two_steps_of_one_model_take_turns():
    run = Run().away()
    other = StagedStep(run.model, nn.mse_loss, optim.SGD(run.model.parameters(), lr=0.01), backend="c")
    expected = Run("SGD", "python")
    again = StagedStep(expected.model, nn.mse_loss, optim.SGD(expected.model.parameters(), lr=0.01))
    while expected.optimizer.steps < run.optimizer.steps:
        expected.step(XS, YS)
    for one, two in ((run.step, other), (expected.step, again)):
        for turn in (one, two, two, two, one, one, one, two):
            turn(XS, YS)
    assert run.state()[0] == pytest.approx(expected.state()[0], rel=1e-9)


def test_a_look_between_finding_out_and_doing():
    run, expected = Run().away(), Run()
    while expected.optimizer.steps <= run.optimizer.steps:
        expected.step(XS, YS)
        expected.state()
    ahead = run.step.compute(XS, YS)
    run.state()
    run.step.take(ahead)
    assert run.state() == expected.state()


def test_other_threads_may_look():
    run = Run("momentum")
    losses = [run.step(XS, YS) for _ in range(3)]  # they are written while nobody else looks
    stop = threading.Event()
    wrong = []

    def look():
        while not stop.is_set():
            numbers = [p.data for p in run.step.parameters]
            wrong.extend(x for x in numbers if type(x) is not float)

    threads = [threading.Thread(target=look) for _ in range(2)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    for thread in threads:
        thread.start()
    try:
        losses += [run.step(XS, YS) for _ in range(120)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        sys.setswitchinterval(interval)
    assert wrong == []
    assert losses == taken(123, look=False, name="momentum")[0]
    assert run.state() == taken(123, look=False, name="momentum")[1]


# --- interruptions -------------------------------------------------------------------------------------------------


class Interrupter:
    """Raises KeyboardInterrupt at the n-th line or call."""

    def __init__(self, n):
        self.left = n

    def __call__(self, *_):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt
        return self


def interrupted(n, name="Adam"):
    """A run that is interrupted at the n-th line of some steps that stay, and whether it was."""
    run = Run(name)
    for _ in range(2):
        run.step(XS, YS)
    run.state()
    before, interrupter = sys.gettrace(), Interrupter(n)
    sys.settrace(interrupter)
    try:
        for _ in range(4):
            run.step(XS, YS)
        run.model.parameters()[0].data  # noqa: B018 - they come home
    except KeyboardInterrupt:
        return run, True
    finally:
        sys.settrace(before)
        turns._renew()  # it may come while the lock is taken or left, where Ctrl-C cannot
    return run, interrupter.left <= 0


def test_an_interruption_anywhere_leaves_a_whole_step():
    known = [taken(count, look=True, name="Adam")[1] for count in range(2, 7)]
    n, seen = 1, 0
    while True:
        run, was_interrupted = interrupted(n)
        if not was_interrupted:
            break
        numbers, _, memory = run.state()
        assert any(numbers == each[0] for each in known), n
        assert {*map(type, run.model.parameters())} == {Value}
        whole = [each for each in known if each[0] == numbers]
        assert any(memory["memories"] == each[2]["memories"] for each in whole) or memory["steps"] < 7
        seen += 1
        n += 29
    assert seen > 10


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_fit_keeps_numbers_in_c_and_shows_the_right_ones(name):
    def run(backend):
        model = nn.MLP(2, [3, 1], activation="tanh", seed=1)
        optimizer = OPTIMIZERS[name](model.parameters())
        seen = []

        def look(history):
            if history.epochs % 3 == 0:
                seen.append(([p.data for p in model.parameters()], optimizer.steps))

        history = fit(
            model,
            (XS, YS),
            optimizer=optimizer,
            epochs=30,
            batch_size=5,
            callbacks=look,
            backend=backend,
            validation=(XS[:3], YS[:3]),
            restore_best=True,
        )
        assert history.backend == backend
        assert {*map(type, model.parameters())} == {Value}
        return [*history.loss, *history["validation"], *numbers_in(seen), *(p.data for p in model.parameters())]

    assert run("c") == pytest.approx(run("eager"), rel=1e-7)


@pytest.mark.parametrize("error", [KeyboardInterrupt, Troubled])
@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_fit_that_is_interrupted_leaves_a_whole_step(monkeypatch, error, n):
    model, expected = (nn.MLP(2, [3, 1], activation="tanh", seed=1) for _ in range(2))
    optimizer, own = (optim.Adam(each.parameters(), lr=0.01) for each in (model, expected))
    left = [n]
    take = StagedStep.take

    def troubled(self, computed):
        if type(computed).__name__ == "Ahead":
            left[0] -= 1
        take(self, computed)
        if left[0] == 0:
            raise error

    monkeypatch.setattr(StagedStep, "take", troubled)
    if error is Troubled:
        with pytest.raises(Troubled):
            fit(model, (XS, YS), optimizer=optimizer, epochs=60, batch_size=4, backend="c")
    else:
        history = fit(model, (XS, YS), optimizer=optimizer, epochs=60, batch_size=4, backend="c")
        assert history.steps == optimizer.steps
    monkeypatch.undo()
    steps = 0

    def counted(history):
        nonlocal steps
        steps = history.steps

    class Enough(Exception):
        pass

    step = StagedStep(expected, nn.mse_loss, own)

    def some(xs, ys):
        if own.steps == optimizer.steps:
            raise Enough
        return step(xs, ys)

    with pytest.raises(Enough):
        fit(expected, (XS, YS), optimizer=own, epochs=60, batch_size=4, step=some, callbacks=counted)
    ours, known = ([p.data for p in each.parameters()] for each in (model, expected))
    assert ours == pytest.approx(known, rel=1e-9)


def test_a_step_of_another_thread_waits_until_all_numbers_are_home(monkeypatch):
    """It would go on in the buffer while the others see numbers from before it."""
    run, alone = Run().away(), Run().away()
    for each in (run, alone):
        each.step(XS, YS)
    stepping = threading.Thread(target=lambda: run.step(XS, YS))
    came_home, waited = type(run.optimizer).came_home, []

    def slowly(self, memories):
        if self is run.optimizer and not waited:
            stepping.start()
            stepping.join(0.2)
            waited.append(stepping.is_alive())
        came_home(self, memories)

    monkeypatch.setattr(type(run.optimizer), "came_home", slowly)
    assert run.model.parameters()[0].data
    stepping.join()
    alone.step(XS, YS)
    assert waited == [True]
    assert run.state() == alone.state()


def test_a_look_does_not_take_for_home_what_has_left_again(monkeypatch):
    """Two threads look at one parameter; before the second goes on, steps have been taken and it has left again."""
    run = Run().away()
    kept, p = run.step._staying, run.step.parameters[0]
    come_home = kept.come_home

    def and_leave_again():
        come_home()
        run.away()

    monkeypatch.setattr(kept, "come_home", and_leave_again)
    staying._bring_home(p)
    monkeypatch.undo()
    assert run.is_away
    assert type(p) is not Value
    assert p.data == run.state()[0][0]


def test_they_leave_again_where_somebody_has_only_looked():
    run, expected = Run().away(), Run().away()
    for each in (run, expected):
        assert each.step.parameters[0].data == each.step.parameters[0].data
        assert not each.is_away
    run.step.leave_again()
    assert run.is_away
    assert not expected.is_away
    assert [*run.step.numbers()] == expected.step.numbers() == [p.data for p in expected.step.parameters]
    assert run.is_away, "they are read where they are"
    for each in (run, expected):
        for _ in range(3):
            each.step(XS, YS)
    assert run.state() == expected.state()


CHANGES = {
    "a number": lambda run: setattr(run.step.parameters[1], "data", 0.5),
    "the same number anew": lambda run: setattr(run.step.parameters[1], "data", run.step.parameters[1].data * 1.0),
    "a gradient": lambda run: run.step.parameters[2].zero_grad(),
    "what is remembered": lambda run: setattr(run.optimizer, "memories", [*run.optimizer.memories]),
    "a class": lambda run: setattr(run.step.parameters[0], "__class__", type("Own", (Value,), {"__slots__": ()})),
}


@pytest.mark.parametrize("change", CHANGES)
def test_they_stay_at_home_where_something_has_changed(change):
    run = Run().away()
    run.step.come_home()
    CHANGES[change](run)
    run.step.leave_again()
    assert not run.is_away


def test_a_step_that_never_went_away_cannot_leave_again():
    run = Run()
    run.step.leave_again()
    run.step(XS, YS)
    assert [*run.step.numbers()] == [p.data for p in run.step.parameters]
