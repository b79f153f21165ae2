"""What an argument has to be, and the error that says so: which argument, what belongs there, what came instead."""

import math
import operator
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ..core.elementary import Elementary
from ..numbers.number import number, shown


class Kind(NamedTuple):
    """A kind of argument in words, how to tell whether something is of it, and what to do if it is not."""

    words: str
    fits: Callable[[object], bool]
    way_out: str = ""

    @property
    def or_none(self) -> "Kind":
        """This kind or None.

        >>> A_TEXT.or_none.words
        'text or None'
        """
        return self._replace(words=f"{self.words} or None", fits=lambda x: x is None or self.fits(x))


def expect(operation: str, kind: Kind, /, **given: object) -> None:
    """TypeError unless all that is given, by name, is of this kind.

    >>> expect("diagnose", A_NUMBER, lr="fast")
    Traceback (most recent call last):
        ...
    TypeError: diagnose: lr must be a number, got 'fast'
    """
    for name, x in given.items():
        if not kind.fits(x):
            what, way_out = shown(x), kind.way_out
            if isinstance(x, type):
                what, way_out = f"the class {x.__name__}", f"give an instance, {x.__name__}(...)"
            raise TypeError(f"{operation}: {name} must be {kind.words}, got {what}{way_out and ': ' + way_out}")


def _is_number(x: object) -> bool:
    try:
        return not isinstance(number(x), Elementary)
    except TypeError:
        return False


def _is_whole(x: object) -> bool:
    try:
        return operator.index(x) is not None and not isinstance(x, bool)  # type: ignore[arg-type]
    except TypeError:
        return False


def _is_finite(x: object) -> bool:
    try:
        return not isinstance(x, bool) and math.isfinite(x)  # type: ignore[arg-type]
    except (TypeError, OverflowError):  # no number; an int or fraction beyond the range of floats
        return False


def _is_object_with(*names: str) -> Callable[[object], bool]:
    return lambda x: not isinstance(x, type) and all(hasattr(x, name) for name in names)


def _is_list_of(count: int | None, fits: Callable[[object], bool]) -> Callable[[object], bool]:
    """A test for a list or tuple of that many things (of any number if None) that fit."""
    return lambda x: isinstance(x, (list, tuple)) and count in (None, len(x)) and all(map(fits, x))


def _are_places(x: object) -> bool:
    return _is_whole(x) or (isinstance(x, Sequence) and all(map(_is_whole, x)))


def _items(x: object) -> list[object]:
    return list(x) if isinstance(x, Iterable) else [x]


A_NUMBER = Kind("a number", _is_number)
A_WHOLE_NUMBER = Kind("a whole number", _is_whole)
A_FINITE = Kind("a finite number", _is_finite)
A_SEED = Kind("a whole number or None", lambda x: x is None or isinstance(x, (int, float, str, bytes)))
TRUE_OR_FALSE = Kind("True or False", lambda x: isinstance(x, bool))
A_TEXT = Kind("text", lambda x: isinstance(x, str))
A_PATH = Kind("the name of a file", lambda x: isinstance(x, (str, os.PathLike)))
A_VALUE = Kind("a Value", lambda x: isinstance(x, Elementary))
A_FUNCTION = Kind("a function", _is_object_with("__call__"), "give the function f itself, not its result f(x)")
A_MODEL = Kind("a model or another function of one example", _is_object_with("__call__"))
A_LIST = Kind("a list", lambda x: isinstance(x, Iterable))
A_DICT = Kind("a dict", lambda x: isinstance(x, Mapping))
A_PAIR = Kind("a pair of numbers", _is_list_of(2, _is_number))
PAIRS = Kind("a list of pairs", _is_list_of(None, _is_list_of(2, lambda _: True)))
NAMES = Kind("a pair of names", _is_list_of(2, lambda x: isinstance(x, str)))
PLACES = Kind("the place of an argument, or several, as 0 or (0, 2)", _are_places)
RANDOM = Kind("a random.Random, or the module random", _is_object_with("uniform"))
A_TRAINABLE = Kind("a model with a method parameters()", _is_object_with("parameters"))
AN_OPTIMIZER = Kind("an optimiser, with zero_grad() and step()", _is_object_with("zero_grad", "step"))
METRICS = Kind("a dict of functions by name", lambda x: isinstance(x, Mapping) and all(map(callable, x.values())))
CALLBACKS = Kind("a function or a list of functions", lambda x: callable(x) or all(map(callable, _items(x))))
STATEFUL = Kind("a Module or an Optimizer", _is_object_with("state_dict", "load_state_dict"))
