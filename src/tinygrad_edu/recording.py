"""Whether operations remember how they were computed: `no_grad` turns that off for a while, per thread."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from threading import Lock

_paused = ContextVar("_paused", default=False)
_lock = Lock()
paused_threads = 0  # the engine asks this first: in the common case, none, the question costs next to nothing


def is_paused() -> bool:
    """Whether this thread (or asyncio task) is inside `no_grad`."""
    return _paused.get()


@contextlib.contextmanager
def no_grad() -> Iterator[None]:
    """Within it, or within a function it decorates, results do not remember how they were computed.

    It holds for the thread (or asyncio task) that enters it. Values computed before keep what they remember.

    >>> from tinygrad_edu import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.data, y.parents
    (9.0, ())
    """
    global paused_threads
    before = _paused.get()
    with _lock:
        paused_threads += 1
    try:
        _paused.set(True)  # inside: an interrupt here must not leave it set
        yield
    finally:
        _paused.set(before)
        with _lock:
            paused_threads -= 1


@contextlib.contextmanager
def recorded() -> Iterator[None]:
    """Within it, results remember how they were computed, also inside `no_grad`: transforms need that."""
    before = _paused.get()
    try:
        _paused.set(False)
        yield
    finally:
        _paused.set(before)
