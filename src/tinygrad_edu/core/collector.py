"""Python's cyclic garbage collector, paused while a graph is built.

The collector looks for groups of objects that keep each other alive. Graphs of Values have no such cycles, so
reference counting alone frees them; but each new node counts towards the collector's next search, which goes through
the nodes once more in vain: a third to a half of the time of a forward pass (docs/benchmarks.md).
"""

import contextlib
import gc
from collections.abc import Iterator
from threading import Lock

_lock = Lock()
_pauses = 0
_was_enabled = False


@contextlib.contextmanager
def paused_collector() -> Iterator[None]:
    """Within it, the cyclic garbage collector does not run; afterwards it does again if it did before.

    Blocks may nest and overlap in several threads: the collector is one for the whole process, and comes back when
    the last block ends, also after an error. Objects in cycles that other code makes meanwhile wait until then.

    >>> from tinygrad_edu import Value
    >>> with paused_collector():
    ...     y = Value(3.0) * 2
    >>> gc.isenabled()
    True
    """
    global _pauses, _was_enabled
    with _lock:
        if not _pauses:
            _was_enabled = gc.isenabled()
        _pauses += 1
    try:
        gc.disable()
        yield
    finally:
        with _lock:
            _pauses -= 1
            if not _pauses and _was_enabled:
                gc.enable()
