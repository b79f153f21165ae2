"""Levels: each running transform lifts its inputs into a class of Values of its own, deeper than all before it.

Two nodes of one class combine as nodes; to the deeper of two classes, the shallower is a constant number. So
`grad(grad(f))`, and a function that uses a variable of an outer transform, come out right.
"""

from threading import Lock
from types import TracebackType
from typing import Generic, TypeVar

from ..core import recording
from ..engine import Value

Node = TypeVar("Node", bound=Value)

_lock = Lock()
_running = [0]  # the levels of all running transforms, and that of plain Values
_classes: dict[tuple[type, int], type] = {}
KEPT = 64  # levels: their classes are kept, deeper ones are made anew


class deeper(Generic[Node]):
    """A subclass of `base`, for as long as the block runs deeper than that of any transform that runs already.

    Transforms in other threads count as running too: a function may hand its variables to them. Nodes are recorded
    within the block, even inside `no_grad`: the transform needs them. When the block is over, the level is free for
    the next transform, so nodes of it must not be kept for use in another.

    >>> with deeper(Value) as Outer, deeper(Value) as Inner:
    ...     Outer.level < Inner.level
    True
    """

    __slots__ = ("_base", "_level", "_resumed")

    def __init__(self, base: type[Node]) -> None:
        self._base = base

    def __enter__(self) -> type[Node]:
        self._resumed = None
        if recording.open_blocks and recording.is_paused():
            self._resumed = recording.recorded()
            self._resumed.__enter__()
        with _lock:
            self._level = max(_running) + 1
            _running.append(self._level)
        return _class(self._base, self._level)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        with _lock:
            _running.remove(self._level)
        if self._resumed is not None:
            self._resumed.__exit__(kind, error, where)


def _class(base: type[Node], level: int) -> type[Node]:
    key = base, level
    if key not in _classes:
        made = type(base.__name__, (base,), {"__slots__": (), "level": level, "__doc__": base.__doc__})
        if level > KEPT:
            return made
        _classes[key] = made
    return _classes[key]
