"""The numbers that go into and come out of a layer: how many are expected, and one instead of a list of one."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias, TypeVar

from ..engine import Value
from ..mistakes.options import A_WHOLE_NUMBER, expect
from ..numbers.number import Number, shown

T = TypeVar("T")
Inputs: TypeAlias = Iterable[Value | Number]


def inputs(x: Inputs, count: int, what: str = "inputs") -> list[Value | Number]:
    """`x` as a list of `count` numbers; a generator is consumed once. ValueError and TypeError say what came instead.

    >>> inputs((1.0, 2.0), 3)
    Traceback (most recent call last):
        ...
    ValueError: got 2 inputs where 3 are expected
    """
    if type(x) is not list:
        if not isinstance(x, Iterable):
            raise TypeError(
                f"expected a sequence of {count} numbers, got {shown(x)}: a single number goes in a list, [x]"
            )
        is_row = getattr(x, "ndim", 0) == 1 and hasattr(x, "tolist")
        x = x.tolist() if is_row else list(x)  # type: ignore[attr-defined]  # an array's own numbers are slower
    if len(x) != count:
        if x and isinstance(x[0], Iterable):
            raise one_example(TypeError(), x)
        raise ValueError(f"got {len(x)} {what} where {count} are expected")
    return x


def one_example(error: TypeError, x: list[Value | Number]) -> TypeError:
    """The error to raise instead, where a batch was given in the place of one example."""
    if any(isinstance(each, Iterable) for each in x):
        return TypeError("a network takes one example at a time: write [model(x) for x in xs] for a batch xs")
    return error


def single(outputs: Sequence[T]) -> T | Sequence[T]:
    """The list, or what is in it if that is one."""
    return outputs[0] if len(outputs) == 1 else outputs


def size(what: str, n: int) -> int:
    """`n` as a number of neurons or inputs: ValueError below 1, TypeError if it is no whole number."""
    expect("the size of a network", A_WHOLE_NUMBER, **{what: n})
    if n < 1:
        raise ValueError(f"the number of {what} must be at least 1, got {n}")
    return n
