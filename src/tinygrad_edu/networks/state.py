"""What a model keeps from call to call: its attributes, and the lists and dicts among them.

A staged program does what the model did once. It does not count calls, go on from a hidden state or note down
activations, and a model that did so while it was staged would be left with symbols. So `fit` first looks whether a call
changes anything.

What a model is made of (its layers, which Values are its parameters, the names of its activations) is fixed in a
program, too. A staged step looks whether a user has changed any of that since.
"""

from collections import deque
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any, TypeAlias

from ..engine import Value
from ..numbers.number import Number

Container: TypeAlias = list[object] | dict[object, object] | set[object] | deque[object]
PLAIN = (bool, int, float, str)  # equal ones are the same


class State:
    """What is in the model now, to compare with and to go back to."""

    def __init__(self, model: object) -> None:
        self._values: list[tuple[Value, Number]] = []  # with their numbers
        self._containers: list[tuple[Any, Any]] = []  # with copies
        seen: set[int] = set()
        stack = [model]
        while stack:
            thing = stack.pop()
            if id(thing) in seen or type(thing) in PLAIN or isinstance(thing, ModuleType):
                continue
            seen.add(id(thing))
            if isinstance(thing, Value):
                self._values.append((thing, thing.data))
                continue
            for container in (thing, getattr(thing, "__dict__", None)):
                if isinstance(container, (list, dict, set, deque)):
                    self._containers.append((container, container.copy()))
                    stack += container.values() if isinstance(container, dict) else container
            if isinstance(thing, tuple):
                stack += thing

    def is_changed(self) -> bool:
        """Whether anything is other than it was."""
        return bool(self._changed_values() or self._changed_containers())

    def restore(self) -> None:
        """Everything as it was."""
        for value, data in self._changed_values():
            value.data = data
        for container, content in self._changed_containers():
            container.clear()
            (container.extend if isinstance(container, (list, deque)) else container.update)(content)

    def _changed_values(self) -> list[tuple[Value, Number]]:
        return [(value, data) for value, data in self._values if value.data is not data]

    def _changed_containers(self) -> list[tuple[Any, Any]]:
        return [(now, before) for now, before in self._containers if not _is_as(_items(now), _items(before))]


class Build:
    """What the model is made of, to see whether it is put together in another way.

    Looked at are the attributes of the model and of all in it that can be called, and lists and dicts of such things.
    Numbers, lists of numbers and results of operations do not count: a model may note its losses down.
    """

    def __init__(self, model: object) -> None:
        self._containers: list[Any] = []
        self._ignored: set[tuple[int, object]] = set()  # entries, by container and key, that the model itself changes
        seen: set[int] = set()
        stack = [model]
        while stack:
            thing = stack.pop()
            if id(thing) in seen or isinstance(thing, (Value, FunctionType)) or _is_data(thing):
                continue
            seen.add(id(thing))
            container = thing if isinstance(thing, (list, dict)) else _attributes(thing, model)
            if container is not None:
                self._containers.append(container)
            stack += _entries(thing if container is None else container).values()
        self._copies = [each.copy() for each in self._containers]

    def is_changed(self) -> bool:
        """Whether it is: nearly always one comparison says that nothing at all has changed."""
        if _equal(self._containers, self._copies):
            return False
        if any(True for _ in self._changes()):
            return True
        self._copy()
        return False

    def settle(self) -> None:
        """What has changed since is the model's own doing, in a call: it is not looked at from now on."""
        if self.is_changed():
            self._ignored.update(self._changes())
            self._copy()

    def _copy(self) -> None:
        for i, (container, copy) in enumerate(zip(self._containers, self._copies, strict=True)):
            if not _equal(container, copy):
                self._copies[i] = container.copy()

    def _changes(self) -> Iterator[tuple[int, object]]:
        for container, copy in zip(self._containers, self._copies, strict=True):
            if _equal(container, copy):
                continue
            now, before = _entries(container), _entries(copy)
            for key in now | before:
                a, b = now.get(key), before.get(key)
                place = (id(container), key)
                if not (_is_same(a, b) or (_is_data(a) and _is_data(b)) or place in self._ignored):
                    yield place


def _equal(a: object, b: object) -> bool:
    try:
        return bool(a == b)
    except Exception:  # arrays, and whatever else has no equality that is true or false
        return False


def _attributes(thing: object, model: object) -> dict[str, object] | None:
    """The attributes of the model, or of something in it that can be called; a step or a jit there is no part of it."""
    is_part = thing is model or (callable(thing) and not isinstance(thing, (type, ModuleType)))
    if not is_part or hasattr(type(thing), "traces") or hasattr(type(thing), "moves_more"):
        return None
    return getattr(thing, "__dict__", None)


def _entries(thing: object) -> dict[object, object]:
    if isinstance(thing, dict):
        return thing
    return dict(enumerate(thing)) if isinstance(thing, (list, tuple)) else {}


def _is_data(x: object) -> bool:
    """Whether it is a number, the result of an operation, or holds nothing else."""
    if isinstance(x, (list, tuple, dict)):
        return all(map(_is_data, _entries(x).values()))
    if type(x) is Value:  # a parameter whose number is away is left there
        return bool(x.op)
    return x is None or (isinstance(x, (int, float)) and not isinstance(x, bool))


def _is_as(now: list[object], before: list[object]) -> bool:
    return len(now) == len(before) and all(map(_is_same, now, before))


def _items(container: Container) -> list[object]:
    return [x for pair in container.items() for x in pair] if isinstance(container, dict) else [*container]


def _is_same(a: object, b: object) -> bool:
    return a is b or (type(a) is type(b) and type(a) in PLAIN and a == b)
