"""Functions that transforms return: they go by the name and signature of the function they came from, and travel."""

import functools
import sys
from collections.abc import Callable
from types import MethodType
from typing import Any, ParamSpec, Protocol, TypeVar

from .traced import name_of

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)


class Transformed(Protocol[P, R_co]):
    """A function that a transform returns, for type checkers.

    Not a `Callable`: where a lambda fits several overloads, mypy would make one untyped function of their results, and
    refuse to call it.
    """

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Call it as the function that the transform was given."""


class Derived:
    """`rule(f, *options)(*args, **kwargs)` without its arguments: what `grad(f)` and its kin return.

    It can be pickled wherever `f` can, so it may be sent to other processes. As a method, it is bound like a function.
    """

    def __init__(self, transform: str, rule: Callable[..., object], f: Callable[..., object], *options: object) -> None:
        functools.update_wrapper(self, f, updated=())
        self._transform = transform
        self._rule = rule
        self._f = f
        self._options = options

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """What the transform makes of `f` at these arguments."""
        return self._rule(self._f, args, kwargs, *self._options)

    def __get__(self, instance: object, owner: type | None = None) -> Callable[..., object]:
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        inner = self._f
        return f"{self._transform}({inner if isinstance(inner, Derived) else name_of(inner)})"

    def __reduce__(self) -> str | tuple[object, ...]:
        name = getattr(self, "__qualname__", "")
        if is_found_as(name, self):
            return name  # a decorated function: its name leads here, and no longer to f
        return Derived, (self._transform, self._rule, self._f, *self._options)


def is_found_as(name: str, thing: object) -> bool:
    """Whether the module that `thing` names as its own has it under this name, dotted if it is inside a class.

    >>> is_found_as("is_found_as", is_found_as), is_found_as("is_found_as", 1.0)
    (True, False)
    """
    found: object = sys.modules.get(getattr(thing, "__module__", ""))
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is thing
