"""Putting things back as they were: wholly, also if Ctrl-C comes while they are put back."""

from collections.abc import Callable


def wholly(undo: Callable[[], None]) -> KeyboardInterrupt | None:
    """Call `undo`, from its start again each time Ctrl-C interrupts it; returns the last interruption.

    The caller raises it if it has no other error to raise.

    >>> numbers = []
    >>> wholly(lambda: numbers.append(1.0)), numbers
    (None, [1.0])
    """
    interruption = None
    while True:
        try:
            undo()
            return interruption
        except KeyboardInterrupt as error:
            interruption = error
