"""Values compare by their data, and refuse to turn into plain numbers behind the reader's back.

`==` and `hash` stay those of objects, since a node in a graph is not another node that happens to hold the same
number; `isclose` compares the numbers.
"""

import operator
from collections.abc import Callable
from typing import Any, ClassVar, NoReturn, Self

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

    def __round__(self, digits: int | None = None) -> NoReturn:
        raise TypeError("round(value) would lose the graph: use round(value.data, 2) for the number alone")

    def as_integer_ratio(self) -> NoReturn:
        """Refused: by this method, the module `statistics` makes Fractions of numbers."""
        raise TypeError("statistics' functions would lose the graph: write tinygrad_edu.mean(values)")

    def conjugate(self) -> Self:
        """Itself, as of every real number: NumPy's `var` and `std` ask."""
        return self

    def __xor__(self, other: object) -> NoReturn:
        raise TypeError("^ is no power in Python: write x ** 2")

    def __floordiv__(self, other: object) -> NoReturn:
        raise TypeError("// of a Value: write floor(x / y), whose slope is 0")

    def __mod__(self, other: object) -> NoReturn:
        raise TypeError("% of a Value: write x - y * floor(x / y)")

    __rfloordiv__, __rmod__ = __floordiv__, __mod__
    __divmod__ = __rdivmod__ = __mod__

    def __matmul__(self, other: object) -> NoReturn:
        raise TypeError("@ of a Value: write dot(xs, ys) of two lists, or x * y of two numbers")

    __rmatmul__ = __matmul__

    def _no_condition(self, *_: object) -> NoReturn:
        raise TypeError("&, | and ~ combine conditions: compare the Values first, as in (x > 0) & (y > 0)")

    __and__ = __rand__ = __or__ = __ror__ = __invert__ = _no_condition

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)
