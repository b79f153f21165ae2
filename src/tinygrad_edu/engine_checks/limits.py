"""Limits of time and of depth for a piece of foreign code."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TimeUpError(BaseException):
    """The time is up; no Exception, so that the `except Exception` of foreign code does not swallow it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeUpError in the block after some seconds; no effect outside the main thread or without such a signal.

    Where coverage or Hypothesis is at work at that moment it is raised half a second later: coverage has a lock, which
    an error would leave locked for ever, and Hypothesis is called by the garbage collector, which loses errors.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    is_over = False

    def stop(_: int, frame: FrameType | None) -> None:
        module = "" if frame is None else str(frame.f_globals.get("__name__"))
        is_measuring = module.startswith(("coverage.", "hypothesis."))
        if not is_over and not is_measuring:
            raise TimeUpError(f"more than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)  # again, should foreign code swallow the first
    try:
        try:
            yield
        finally:
            is_over = True
    finally:  # also where the time is up just now, between the two: a timer that is left would stop everything after it
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


USUAL_DEPTH = 1000  # of calls within each other: Python's own limit


@contextmanager
def usual_depth() -> Iterator[None]:
    """At most Python's usual depth of calls in the block: what runs beside may have raised it, for all the process.

    mypy does, to a depth at which endless recursion ends Python itself instead of in a RecursionError.
    """
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(min(limit, USUAL_DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
