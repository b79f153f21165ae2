"""How a program takes and gives what an optimiser remembers: for each kind of number all parameters' side by side.

That is how loops in C are fastest. A count that is the same for all parameters, as Adam's t, stands there once.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from ..numbers.number import Number
from ..optim import Memory, Optimizer


class Remembered(NamedTuple):
    """The order of these numbers: the first ones of all parameters, their second ones, and so on.

    Where one parameter has more of them than another, they stand parameter by parameter.

    >>> order = Remembered([2, 2], [0])
    >>> order.flat([(7.0, 1.0), (7.0, 2.0)])
    [7.0, 1.0, 2.0]
    >>> order.grouped([7.0, 1.0, 2.0])
    [(7.0, 1.0), (7.0, 2.0)]
    """

    sizes: list[int]  # how many numbers of each parameter
    common: list[int]  # which of a parameter's numbers are the same for all

    @classmethod
    def by(cls, optimizer: Optimizer | None) -> "Remembered":
        """What it remembers now, or before its first step what it will remember after it."""
        memories, names = (optimizer.memories, optimizer.memory) if optimizer else ([], ())
        sizes = [*map(len, memories)] if any(memories) else [len(names)] * len(memories)
        places = [*map(names.index, optimizer.counts)] if optimizer and names and min(sizes) == len(names) else []
        equal = [i for i in places if len({memory[i] for memory in memories if memory}) <= 1]
        return cls(sizes, equal)

    @property
    def length(self) -> int:
        """How many numbers it is in all."""
        return sum(self.sizes) - len(self.common) * (len(self.sizes) - 1)

    @property
    def is_even(self) -> bool:
        """Whether it is as many numbers for each parameter; if not, they stand parameter by parameter."""
        return len({*self.sizes}) == 1

    def flat(self, memories: Sequence[Memory]) -> list[Number]:
        """The numbers in this order; where nothing is remembered yet zeros, which all optimisers here begin from."""
        full = [memory or (0.0,) * size for memory, size in zip(memories, self.sizes, strict=True)]
        kinds = enumerate(zip(*full, strict=True)) if self.is_even else ((-1, memory) for memory in full)
        return [x for i, kind in kinds for x in (kind[:1] if i in self.common else kind)]

    def grouped(self, numbers: Iterable[Number]) -> list[Memory]:
        """The numbers of each parameter."""
        rest, count = iter(numbers), len(self.sizes)
        if not self.is_even:
            return [tuple(islice(rest, size)) for size in self.sizes]
        kinds = [[next(rest)] * count if i in self.common else [*islice(rest, count)] for i in range(self.sizes[0])]
        return [*zip(*kinds, strict=True)] if kinds else [()] * count
