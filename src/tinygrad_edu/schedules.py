"""Learning rates that change as training goes on: functions of the number of steps made so far.

Give one to an optimiser in place of a number: `SGD(parameters, lr=cosine(0.1, steps=1000))`. The first step is
step 0. Any function from a step to a number is a schedule: `lr=lambda step: 0.1 / (1 + step)`.
"""

import math
from collections.abc import Callable

from .core.options import A_NUMBER, Kind, expect

Schedule = Callable[[int], float]
A_RATE = Kind("a number or a schedule", lambda x: A_NUMBER.fits(x) or (callable(x) and not isinstance(x, type)))


def step_decay(start: float, every: int, factor: float = 0.1) -> Schedule:
    """start · factor^⌊step / every⌋: a stair.

    >>> [step_decay(1.0, every=2, factor=0.5)(step) for step in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    expect("step_decay", A_NUMBER, start=start, factor=factor)
    _at_least_one("every", every)
    return lambda step: start * factor ** (step // every)


def exponential(start: float, factor: float) -> Schedule:
    """start · factorˢᵗᵉᵖ.

    >>> [exponential(1.0, 0.5)(step) for step in range(3)]
    [1.0, 0.5, 0.25]
    """
    expect("exponential", A_NUMBER, start=start, factor=factor)
    return lambda step: start * factor**step


def linear(start: float, end: float, steps: int) -> Schedule:
    """From `start` to `end` in equal parts, then `end`.

    >>> [linear(1.0, 0.0, steps=2)(step) for step in range(4)]
    [1.0, 0.5, 0.0, 0.0]
    """
    expect("linear", A_NUMBER, start=start, end=end)
    _at_least_one("steps", steps)
    return lambda step: end if step >= steps else start + (end - start) * (step / steps)


def cosine(start: float, steps: int, end: float = 0.0) -> Schedule:
    """end + ½(start - end)(1 + cos(π·step/steps)), then `end` (Loshchilov and Hutter 2017).

    >>> [cosine(1.0, steps=2)(step) for step in range(4)]
    [1.0, 0.5, 0.0, 0.0]
    """
    expect("cosine", A_NUMBER, start=start, end=end)
    _at_least_one("steps", steps)
    return lambda step: end + (start - end) * (1 + math.cos(math.pi * min(step / steps, 1))) / 2


def warm_up(steps: int, then: float | Schedule) -> Schedule:
    """Up in equal parts during the first steps, then `then`, a number or a schedule that starts at its step 0.

    >>> [warm_up(4, then=1.0)(step) for step in range(6)]
    [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]
    """
    expect("warm_up", A_RATE, then=then)
    _at_least_one("steps", steps)

    def schedule(step: int) -> float:
        rate = then(max(step - steps, 0)) if callable(then) else then
        return rate * min((step + 1) / steps, 1)

    return schedule


def _at_least_one(name: str, n: int) -> None:
    expect("a schedule", A_NUMBER, **{name: n})
    if n < 1:
        raise ValueError(f"a schedule needs {name} of at least 1, got {n}")
