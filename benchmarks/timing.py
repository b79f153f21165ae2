"""Times that can be compared on a noisy machine: all contestants take turns, and ratios are taken within a round.

A machine that is shared slows down and speeds up from second to second. Contestants that are timed one after the other
meet different machines; contestants that take turns meet the same one, and the median over the rounds forgets the
worst moments.
"""

import ctypes
import gc
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

Work = Callable[[], Any]


@dataclass(frozen=True)
class Timing:
    """Seconds per call of one contestant, a number for each round."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle of the rounds."""
        return median(self.seconds)

    def ratio_to(self, other: "Timing") -> float:
        """How many times as long this one takes as `other`: the median of the rounds' ratios."""
        return median(a / b for a, b in zip(self.seconds, other.seconds, strict=True))


def take_turns(contestants: Mapping[str, Work], rounds: int, seconds: float, calls: int = 1) -> dict[str, Timing]:
    """The timing of each contestant over `rounds` rounds: at least `calls` in a row, and at least `seconds` of them.

    The calls of one turn follow each other as in a training loop: what an engine leaves to the cyclic collector, it
    pays for itself. A first, untimed call of each checks that all give the same numbers: ValueError if not. An answer
    may be a function that gives them, so that looking them up is not timed.
    """
    answers = {name: work() for name, work in contestants.items()}
    check_agreement({name: answer() if callable(answer) else answer for name, answer in answers.items()})
    repeats = {name: max(calls, _repeats(work, seconds)) for name, work in contestants.items()}
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, work in contestants.items():
            times[name].append(seconds_per_call(work, repeats[name]))
    return {name: Timing(tuple(each)) for name, each in times.items()}


def check_agreement(answers: Mapping[str, Any]) -> None:
    """Raise ValueError unless all answers (numbers, arrays of them, or nested lists) are equal up to rounding."""
    (first, expected), *others = answers.items()
    for name, answer in others:
        for a, b in zip(_flat(expected), _flat(answer), strict=True):
            if not math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12):
                raise ValueError(f"{first} and {name} compute different numbers, as {a} and {b}")


def _flat(answer: Any) -> list[float]:
    if isinstance(answer, (list, tuple, ctypes.Array)):
        return [number for part in answer for number in _flat(part)]
    return [answer]


def _repeats(work: Work, seconds: float) -> int:
    once = seconds_per_call(work, 1)
    return max(1, math.ceil(seconds / once))


def seconds_per_call(work: Work, repeats: int) -> float:
    """How long a call takes, of that many in a row."""
    gc.collect()  # so that nobody pays for what the contestant before has left behind
    start = perf_counter()
    for _ in range(repeats):
        work()
    return (perf_counter() - start) / repeats
