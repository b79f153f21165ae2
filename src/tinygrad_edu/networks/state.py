"""What a model keeps from call to call: its attributes, and the lists and dicts among them.

A staged program does what the model did once. It does not count calls, go on from a hidden state or note down
activations, and a model that did so while it was staged would be left with symbols. So `fit` first looks whether a call
changes anything.
"""

from collections import deque
from types import ModuleType
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


def _is_as(now: list[object], before: list[object]) -> bool:
    return len(now) == len(before) and all(map(_is_same, now, before))


def _items(container: Container) -> list[object]:
    return [x for pair in container.items() for x in pair] if isinstance(container, dict) else [*container]


def _is_same(a: object, b: object) -> bool:
    return a is b or (type(a) is type(b) and type(a) in PLAIN and a == b)
