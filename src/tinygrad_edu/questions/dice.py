"""Choices that a seed decides, the same in every process and on every version of Python."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A source of choices. Of `random.Random` it uses `random()` alone, whose numbers Python promises to keep.

    >>> Dice("3/7").pick("abc") == Dice("3/7").pick("abc")
    True
    """

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed).random  # noqa: S311 - exercises, no secrets

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[int(self._random() * len(items))]

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, 0 left out where the range goes through it."""
        return self.pick([n for n in range(low, high + 1) if n or low >= 0])

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in another order."""
        left = list(items)
        return [left.pop(int(self._random() * len(left))) for _ in items]

    def several(self, count: int, low: int, high: int) -> list[int]:
        """So many different whole numbers, as by `whole`."""
        return self.shuffled([n for n in range(low, high + 1) if n or low >= 0])[:count]
