"""Learning rates that change as training goes on: functions of the number of steps made so far.

Give one to an optimiser in place of a number: `SGD(parameters, lr=cosine(0.1, steps=1000))`. The first step is
step 0. Any function from a step to a number is a schedule: `lr=lambda step: 0.1 / (1 + step)`. Those made here can be
pickled. `ReduceOnPlateau` is of another kind: it looks at the loss, not at the step.
"""

import math
import typing
from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeAlias

from .mistakes.elsewhere import answering
from .mistakes.options import A_FINITE, A_NUMBER, A_WHOLE_NUMBER, Kind, expect
from .networks.names import SCHEDULES

Schedule: TypeAlias = Callable[[int], float]
A_RATE = Kind("a number or a schedule", lambda x: A_NUMBER.fits(x) or (callable(x) and not isinstance(x, type)))


def step_decay(start: float, every: int, factor: float = 0.1) -> Schedule:
    """start · factor^⌊step / every⌋: a stair.

    >>> [step_decay(1.0, every=2, factor=0.5)(step) for step in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    expect("step_decay", A_NUMBER, start=start, factor=factor)
    return partial(_stair, start, _at_least_one("every", every), factor)


def _stair(start: float, every: int, factor: float, step: int) -> float:
    return float(start * factor ** (step // every))


def exponential(start: float, factor: float) -> Schedule:
    """start · factorˢᵗᵉᵖ.

    >>> [exponential(1.0, 0.5)(step) for step in range(3)]
    [1.0, 0.5, 0.25]
    """
    expect("exponential", A_NUMBER, start=start, factor=factor)
    return partial(_stair, start, 1, factor)


def linear(start: float, end: float, steps: int) -> Schedule:
    """From `start` to `end` in equal parts, then `end`.

    >>> [linear(1.0, 0.0, steps=2)(step) for step in range(4)]
    [1.0, 0.5, 0.0, 0.0]
    """
    expect("linear", A_NUMBER, start=start, end=end)
    return partial(_line, start, end, _at_least_one("steps", steps))


def _line(start: float, end: float, steps: int, step: int) -> float:
    return end if step >= steps else start + (end - start) * (step / steps)


def cosine(start: float, steps: int, end: float = 0.0) -> Schedule:
    """end + ½(start - end)(1 + cos(π·step/steps)), then `end` (Loshchilov and Hutter 2017).

    >>> [cosine(1.0, steps=2)(step) for step in range(4)]
    [1.0, 0.5, 0.0, 0.0]
    """
    expect("cosine", A_NUMBER, start=start, end=end)
    return partial(_half_wave, start, end, _at_least_one("steps", steps))


def _half_wave(start: float, end: float, steps: int, step: int) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * min(step / steps, 1))) / 2


def warm_up(steps: int, then: float | Schedule) -> Schedule:
    """Up in equal parts during the first steps, then `then`, a number or a schedule that starts at its step 0.

    >>> [warm_up(4, then=1.0)(step) for step in range(6)]
    [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]
    """
    expect("warm_up", A_RATE, then=then)
    return partial(_ramp, _at_least_one("steps", steps), then)


def _ramp(steps: int, then: float | Schedule, step: int) -> float:
    rate = then(max(step - steps, 0)) if callable(then) else then
    return rate * min((step + 1) / steps, 1)


def _at_least_one(name: str, n: int) -> int:
    expect("a schedule", A_NUMBER, **{name: n})
    if n < 1:
        raise ValueError(f"a schedule needs {name} of at least 1, got {n}")
    return n


# --- by the loss -----------------------------------------------------------------------------------------------------


class Rated(Protocol):
    """What has a learning rate, as each of an optimiser's groups."""

    lr: float | Schedule


class HasGroups(Protocol):
    """An optimiser."""

    @property
    def groups(self) -> "list[Rated]": ...  # noqa: D102


class Losses(Protocol):
    """The history that `fit` hands to callbacks."""

    @property
    def loss(self) -> list[float]: ...  # noqa: D102

    @property
    def validation(self) -> list[float]: ...  # noqa: D102


class ReduceOnPlateau:
    """Multiply the learning rate by `factor` when the loss has not fallen for more than `patience` epochs.

    Give it to `fit` as a callback: it watches the validation loss, or the training loss where there is none. In a
    loop of your own call `step(loss)` after each epoch. The rules and names are those of PyTorch's
    `ReduceLROnPlateau`: a loss counts as lower if it is below best · (1 - `threshold`) (best - `threshold` with
    `threshold_mode="abs"`); `mode="max"` watches a number that should rise; after a reduction `cooldown` epochs do not
    count; the rate never falls below `min_lr`, and a change of no more than `eps` is not made.

    Raises ValueError if the optimiser's learning rate is a schedule already.

    >>> from tinygrad_edu import Value
    >>> from tinygrad_edu.optim import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.1)
    >>> plateau = ReduceOnPlateau(optimizer, factor=0.5, patience=1)
    >>> for loss in [3.0, 2.0, 2.0, 2.0]:
    ...     plateau.step(loss)
    >>> optimizer.lr
    0.05
    """

    def __init__(
        self,
        optimizer: HasGroups,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        *,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float = 0.0,
        eps: float = 1e-8,
    ) -> None:
        expect("ReduceOnPlateau", A_OPTIMIZER, optimizer=optimizer)
        expect("ReduceOnPlateau", A_WHOLE_NUMBER, patience=patience, cooldown=cooldown)
        expect("ReduceOnPlateau", A_FINITE, factor=factor, threshold=threshold, min_lr=min_lr, eps=eps)
        if mode not in ("min", "max") or threshold_mode not in ("rel", "abs"):
            raise ValueError(
                f"mode is {mode!r} and threshold_mode {threshold_mode!r}: "
                "the one is 'min' or 'max', the other 'rel' or 'abs'"
            )
        if not 0 <= factor < 1:
            raise ValueError(f"factor is {factor}: it makes the learning rate smaller, so it is from 0 to below 1")
        self.optimizer, self.mode, self.factor, self.patience = optimizer, mode, factor, patience
        self.threshold, self.threshold_mode, self.cooldown = threshold, threshold_mode, cooldown
        self.min_lr, self.eps = min_lr, eps
        self.best = math.inf if mode == "min" else -math.inf
        self.bad_epochs = self.waiting = 0
        self._rates()

    def __call__(self, history: Losses) -> None:
        """Look at the last epoch of the history."""
        self.step((history.validation or history.loss)[-1])

    def step(self, loss: float) -> None:
        """Look at one epoch's loss, and reduce the learning rate if it is time."""
        if self._is_better(loss):
            self.best, self.bad_epochs = loss, 0
        else:
            self.bad_epochs += 1
        if self.waiting > 0:
            self.waiting, self.bad_epochs = self.waiting - 1, 0
        if self.bad_epochs > self.patience:
            self.waiting, self.bad_epochs = self.cooldown, 0
            for group, rate in zip(self.optimizer.groups, self._rates(), strict=True):
                lower = max(rate * self.factor, self.min_lr)
                if rate - lower > self.eps:
                    group.lr = lower

    def _is_better(self, loss: float) -> bool:
        sign = 1.0 if self.mode == "min" else -1.0
        if self.threshold_mode == "abs":
            return sign * loss < sign * self.best - self.threshold
        return sign * loss < sign * self.best * (1.0 - sign * self.threshold)

    def _rates(self) -> list[float]:
        rates = []
        for group in self.optimizer.groups:
            if callable(group.lr):
                raise ValueError("the optimiser's learning rate is a schedule: give a number, which can be reduced")
            rates.append(group.lr)
        return rates


A_OPTIMIZER = Kind("an Optimizer", lambda x: hasattr(x, "groups") and not isinstance(x, type))


if not typing.TYPE_CHECKING:  # pragma: no branch - where types are checked, a name that is not there is an error
    __getattr__ = answering(__name__, SCHEDULES)
