"""What type checkers know about the functions: a node comes back from a node, a number from a number."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Protocol, TypeVar, cast, overload

from .number import Number

if TYPE_CHECKING:
    from ..core.elementary import Elementary
    from ..engine import Value

    N = TypeVar("N", bound="Elementary")  # a node: what comes back is of its class
else:
    N = TypeVar("N")  # reading the bound as text would take 1 ms, as much as all of this package's own modules

if TYPE_CHECKING:  # they take time to make, and only type checkers read them

    class OfOne(Protocol):
        """A function of one number."""

        __name__: str

        @overload
        def __call__(self, x: N) -> N: ...
        @overload
        def __call__(self, x: Number) -> Number: ...

    class OfTwo(Protocol):
        """A function of two numbers."""

        __name__: str

        @overload
        def __call__(self, x: N, y: N | Number, /) -> N: ...
        @overload
        def __call__(self, x: Number, y: N, /) -> N: ...
        @overload
        def __call__(self, x: Number, y: Number, /) -> Number: ...

    class OfMany(Protocol):
        """A function of many numbers."""

        __name__: str

        @overload
        def __call__(self, values: Iterable[Number]) -> Number: ...  # type: ignore[overload-overlap]  # first that fits
        @overload
        def __call__(self, values: Iterable[N]) -> N: ...  # type: ignore[overload-overlap]  # as above
        @overload
        def __call__(self, values: "Iterable[Value | Number]") -> "Value": ...

    class ManyOfMany(Protocol):
        """A function of many numbers with as many results."""

        __name__: str

        @overload
        def __call__(self, values: Iterable[Number]) -> list[Number]: ...  # type: ignore[overload-overlap]  # as above
        @overload
        def __call__(self, values: Iterable[N]) -> list[N]: ...  # type: ignore[overload-overlap]  # as above
        @overload
        def __call__(self, values: "Iterable[Value | Number]") -> "list[Value]": ...


# Each of these decorators returns the function itself: only its type is another.


def of_one(function: Callable[[Number], Number]) -> "OfOne":
    """The function takes nodes as well."""
    return cast("OfOne", function)


def of_two(function: Callable[[Number, Number], Number]) -> "OfTwo":
    """The function takes nodes as well."""
    return cast("OfTwo", function)


TAKES_ONE = "takes_one_sequence"  # said of functions that have room for more arguments only to refuse them


def of_many(function: "Callable[[Iterable[Value | Number]], object]") -> "OfMany":
    """The function's result depends on what it is given."""
    vars(function)[TAKES_ONE] = True
    return cast("OfMany", function)


def many_of_many(function: "Callable[[Iterable[Value | Number]], object]") -> "ManyOfMany":
    """The function's results depend on what it is given."""
    vars(function)[TAKES_ONE] = True
    return cast("ManyOfMany", function)
