"""What a staged function holds that is no number: its state at the moment, by which it is seen whether it has changed.

A program repeats what the function did when it was written. An object among the arguments (a model, a method's `self`)
may be changed from call to call; so the program is kept under the state the object had, and a call with another state
writes another program.
"""

import functools
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, cast

from ..core.elementary import Elementary
from ..numbers.number import shown

CONSTANT = (str, bytes, bool, type(None), type(Ellipsis), type(NotImplemented))  # two equal ones are the same
EXACT = (int, complex, Fraction, Decimal, range)  # so are these, if they are of one type
THEMSELVES = (type, FunctionType, BuiltinFunctionType, ModuleType, Enum)  # told apart by identity
LARGEST = 100_000  # things that are looked at


@dataclass(frozen=True)
class Fixed:
    """A thing that is no number, with its state when a program was written."""

    thing: object = field(compare=False)
    state: Hashable
    is_handed_back: bool = field(default=False, compare=False)  # then a program is for this object alone

    @property
    def is_constant(self) -> bool:
        """Whether it can never change."""
        return isinstance(self.thing, (*CONSTANT, *THEMSELVES)) and not isinstance(self.thing, type)


def fixed(what: str, thing: object) -> Fixed:
    """The thing with its state. TypeError, which names `what` holds it, where that cannot be seen."""
    return Fixed(thing, state(what, thing))


def state(what: str, thing: object) -> Hashable:
    """All that a function can find out about this thing, as far as it may change: equal as long as it does not."""
    return _Look(what).at(thing)


def is_unchanged(thing: object, before: Hashable) -> bool:
    """Whether this thing is in the state that another, or itself, was in before."""
    try:
        return state("", thing) == before
    except TypeError:
        return False


def held_by(f: Callable[..., object]) -> tuple[object, ...]:
    """What a bound method or a partial carries with it: the object, the arguments."""
    if isinstance(f, MethodType):
        return (f.__self__, *held_by(f.__func__))
    if isinstance(f, functools.partial):
        return (*f.args, f.keywords, *held_by(f.func))
    return ()


class _Look:
    """One look at a thing and all that it holds."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._seen: dict[int, int] = {}

    def at(self, x: Any) -> Hashable:
        kind = type(x)
        if kind is float:
            return repr(x)  # nan is as it was, and 0.0 is not -0.0
        if kind in CONSTANT or kind in EXACT:
            return kind, x
        if isinstance(x, THEMSELVES) or hasattr(x, "__wrapped__"):
            return (x, self._data_of(x)) if isinstance(x, type) else cast(Hashable, x)
        if id(x) in self._seen:
            return "again", self._seen[id(x)]
        self._seen[id(x)] = len(self._seen)
        if len(self._seen) > LARGEST:
            raise TypeError(f"{self._what} holds more than {LARGEST:,} things: give numbers as arguments of their own")
        if isinstance(x, Elementary):
            return kind, self.at(x.data)
        if kind is list or kind is tuple:
            return kind, self._all(x)
        if kind is set or kind is frozenset:
            return kind, frozenset(self._all(x))
        if kind is dict:
            return kind, self._all(x), self._all(x.values())
        classes = self._all(each for each in kind.__mro__ if each.__module__ != "builtins")
        return classes, self._all(self._parts(x))

    def _all(self, things: Iterable[object]) -> tuple[Hashable, ...]:
        return tuple(map(self.at, things))

    def _parts(self, x: object) -> list[object]:
        """What an object would be copied from: its class, its attributes, its items."""
        if isinstance(x, MethodType):
            return [x.__func__, x.__self__]
        try:
            parts = x.__reduce_ex__(4)
        except Exception:  # whatever an object's own way to copy it does
            raise TypeError(
                f"{self._what} holds {shown(x)}, a {type(x).__name__}, which is no number and does not show when it "
                "changes, so a staged program would go on with what it was: let the function take the numbers it needs"
            ) from None
        return [parts] if isinstance(parts, str) else [*parts[:3], *(list(each or ()) for each in parts[3:5])]

    def _data_of(self, kind: type) -> Hashable:
        """The attributes of a class that are neither functions nor descriptors."""
        data = {name: y for name, y in vars(kind).items() if not name.startswith("__") and not _is_code(y)}
        return tuple(data), self._all(data.values())


def _is_code(x: object) -> bool:
    return callable(x) or hasattr(type(x), "__get__")
