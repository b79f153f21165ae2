"""Objects with fields, and containers of users' own classes: their parts, and another object with other parts.

Another object is made without running code of the class: neither `__init__` nor `__new__` nor `__post_init__`, which
would compute something from parts that are computed already, or refuse what a transform puts in their place.
"""

import functools
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar, cast

T = TypeVar("T")


def fields(thing: object) -> tuple[str, ...] | None:
    """The names of what an instance of a dataclass or of an attrs class holds; None for anything else.

    These are its fields, also those that its constructor does not take, and whatever else was set on it; not what a
    `cached_property` has stored, which follows from the rest.

    >>> fields(1.0) is None
    True
    """
    kind = type(thing)
    if hasattr(kind, "__dataclass_fields__"):
        from dataclasses import fields as declared  # noqa: PLC0415 - whoever has a dataclass has loaded it

        names = [field.name for field in declared(cast("Any", kind))]
    elif hasattr(kind, "__attrs_attrs__"):
        names = [field.name for field in kind.__attrs_attrs__]
    else:
        return None
    more = [name for name in getattr(thing, "__dict__", ()) if not _is_cached(kind, name)]
    return tuple(name for name in dict.fromkeys([*names, *more]) if hasattr(thing, name))


def _is_cached(kind: type, name: str) -> bool:
    return isinstance(getattr(kind, name, None), functools.cached_property)


def with_fields(kind: type[T], named: Mapping[str, object]) -> T:
    """An instance of the class with these fields.

    >>> class Point:
    ...     def __init__(self):
    ...         print("this does not run")
    >>> with_fields(Point, {"x": 1.0}).x
    1.0
    """
    built_in: Any = next(each for each in kind.__mro__ if each.__module__ == "builtins")  # object, or a kind of error
    made: T = built_in.__new__(kind)
    for name, x in named.items():
        object.__setattr__(made, name, x)
    return made


def with_items(kind: type, items: Sequence[object]) -> object:
    """A list or tuple of the class, also a named one, with these items.

    >>> with_items(tuple, [1.0, 2.0])
    (1.0, 2.0)
    """
    if issubclass(kind, tuple):
        return tuple.__new__(kind, items)
    made: Any = list.__new__(kind)
    list.extend(made, items)
    return made


def with_keys(kind: type, named: Mapping[Hashable, object], factory: Callable[[], object] | None = None) -> object:
    """A dict of the class with these items; of a `defaultdict`, with what it makes of a new key.

    >>> with_keys(dict, {"a": 1.0})
    {'a': 1.0}
    """
    base: Any = next(each for each in (OrderedDict, defaultdict, dict) if issubclass(kind, each))
    made = base.__new__(kind)
    for key, x in named.items():
        base.__setitem__(made, key, x)
    if base is defaultdict:
        made.default_factory = factory
    return made
