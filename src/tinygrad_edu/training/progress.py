"""The progress bar of `fit`, drawn by tqdm where that is installed."""

import contextlib
import importlib
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO, TypeAlias

from ..notation.words import number_text

Advance: TypeAlias = Callable[[int, float], None]


@contextlib.contextmanager
def progress_bar(wanted: bool | None, steps: int) -> Iterator[Advance]:
    """A function to call after each step with epoch and loss; it moves the bar, if there is one.

    `wanted` None shows the bar in terminals and notebooks. ImportError if it is asked for and tqdm is missing.
    """
    tqdm = _tqdm(wanted)
    if tqdm is None:
        yield lambda *_: None
        return
    with tqdm(total=steps, unit="step") as bar:

        def advance(epoch: int, loss: float) -> None:
            bar.set_postfix_str(f"epoch {epoch}, loss {number_text(loss)}", refresh=False)
            bar.update()

        yield advance


def _tqdm(wanted: bool | None) -> Any:
    """The class of progress bars; None where none is wanted or, unless asked for, none is installed."""
    if wanted is False or (wanted is None and not (_is_terminal(sys.stderr) or "ipykernel" in sys.modules)):
        return None
    try:
        return importlib.import_module("tqdm.auto").tqdm
    except ImportError:
        if wanted is None:
            return None
        raise ImportError("the progress bar needs tqdm: pip install tqdm, or leave progress out") from None


def _is_terminal(stream: TextIO | None) -> bool:
    return bool(stream and stream.isatty())
