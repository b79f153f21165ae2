"""Which line of the reader's code made which Value: recorded on request, at no cost otherwise."""

import contextlib
import linecache
import os
import sys
from collections.abc import Iterator
from types import CodeType, FrameType

from ..core import recording
from ..engine import Value

HERE = os.path.dirname(os.path.dirname(__file__)) + os.sep  # the package
ARITHMETIC = tuple(
    HERE + name for name in ("engine.py", "functions.py", "core" + os.sep, "numbers" + os.sep)
)  # a formula calls these


class Sources:
    """The lines that made the Values computed inside a `record_sources` block; it keeps these Values alive."""

    def __init__(self) -> None:
        self._lines: dict[Value, str] = {}
        self._texts: dict[tuple[CodeType | None, int, str], str] = {}  # each line is read once, however often it runs
        self._is_open = True

    def line(self, value: Value) -> str:
        """`file.py:12: z = w * x`, or an empty string if the value was not made inside the block.

        Where the line called a function of this library that made the value, the function is named after it:
        `train.py:7: y = model(x) (through MLP, Layer.activations, Neuron)`.
        """
        return self._lines.get(value, "")

    def __len__(self) -> int:
        return len(self._lines)

    def _add(self, value: Value) -> None:
        if not self._is_open:  # a task that was started inside the block has outlived it
            return
        frame, through = _users_frame(sys._getframe(1))
        key = (frame.f_code, frame.f_lineno, through) if frame else (None, 0, "")
        if key not in self._texts:
            self._texts[key] = _text(frame, through)
        self._lines[value] = self._texts[key]


@contextlib.contextmanager
def record_sources() -> Iterator[Sources]:
    """Within it, remember the source line of every Value that is made, for `why_zero` and `why_nan`.

    It holds for the thread (or asyncio task) that enters it, and makes operations a few times slower there.

    >>> x = Value(2.0)
    >>> with record_sources() as sources:
    ...     y = x * x
    >>> sources.line(y).partition(": ")[2], sources.line(x)
    ('y = x * x', '')
    """
    sources = Sources()
    try:
        with recording.observed(sources._add):
            yield sources
    finally:
        sources._is_open = False


# --- from a frame to a line ------------------------------------------------------------------------------------------


def _users_frame(frame: FrameType | None) -> tuple[FrameType | None, str]:
    """The innermost frame that is not this library's, and which functions of the library it called."""
    through: list[str] = []
    while frame is not None and frame.f_code.co_filename.startswith(HERE):
        name = frame.f_code.co_qualname.removesuffix(".__call__")
        is_plumbing = frame.f_code.co_filename.startswith(ARITHMETIC) or frame.f_code.co_filename == __file__
        if not is_plumbing and "<" not in name and name not in through[-1:]:
            through.append(name)
        frame = frame.f_back
    return frame, ", ".join(reversed(through))


def _text(frame: FrameType | None, through: str) -> str:
    if frame is None:  # a thread whose first function is the library's
        return f"(through {through})" if through else ""
    name, number = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(name, number, frame.f_globals).strip()
    place = f"{name.replace(chr(92), '/').rpartition('/')[2]}:{number}"
    return place + (f": {text}" if text else "") + (f" (through {through})" if through else "")
