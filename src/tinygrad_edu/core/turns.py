"""Backward passes of several threads take turns, so that none loses what another adds to a shared leaf."""

import os
from threading import RLock

lock = RLock()  # one thread may begin a pass within another


def _renew() -> None:
    """A new lock for a process that was forked while another thread held this one: that thread is not in it."""
    global lock
    lock = RLock()


if hasattr(os, "register_at_fork"):  # pragma: no branch - not on Windows
    os.register_at_fork(after_in_child=_renew)
