"""Values compare by their data, and refuse to turn into plain numbers behind the reader's back.

`==` and `hash` stay those of objects, since a node in a graph is not another node that happens to hold the same
number; `isclose` compares the numbers.
"""

import operator
from collections.abc import Callable
from typing import Any, ClassVar

from ..numbers.number import Number
from ..numbers.scalar import isclose


class Comparable:
    """A mixin: what needs only `data` and `level` of a Value."""

    __slots__ = ()
    data: Number
    level: ClassVar[int]

    def _compare(self, test: Callable[[Any, Any], bool], other: object) -> bool:
        if isinstance(other, Comparable) and other.level >= self.level:
            return test(self.data, other.data) if other.level == self.level else NotImplemented
        return test(self.data, other)

    def __lt__(self, other: object) -> bool:
        return self._compare(operator.lt, other)

    def __le__(self, other: object) -> bool:
        return self._compare(operator.le, other)

    def __gt__(self, other: object) -> bool:
        return self._compare(operator.gt, other)

    def __ge__(self, other: object) -> bool:
        return self._compare(operator.ge, other)

    def isclose(self, other: "Comparable | Number", *, rel_tol: float = 1e-9, abs_tol: float = 0.0) -> bool:
        """Whether the data are equal up to rounding; see the function `isclose`."""
        return isclose(self, other, rel_tol=rel_tol, abs_tol=abs_tol)

    def __bool__(self) -> bool:
        raise TypeError("a Value is neither true nor false: compare it (x > 0) or use its .data")

    def __float__(self) -> float:
        raise TypeError(
            "float(value) and math's functions would lose the graph: use tinygrad_edu's function if it has one "
            "(exp, sin, sqrt, ...; arcsin for asin, arctan2 for atan2), or value.data for the number alone"
        )

    def __int__(self) -> int:
        raise TypeError("int(value) would lose the graph: use int(value.data) for the number alone")

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)
