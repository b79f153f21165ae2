"""When a run of `fit` ends, and which parameters it ends with."""

import math
from collections import deque
from collections.abc import Sequence

from ..core.restoring import wholly
from ..engine import Value
from ..numbers.number import Number
from .history import Callback, History, comparable


class Patience:
    """Watches losses: it is over when the last few brought nothing lower than those before, by more than min_delta."""

    def __init__(self, patience: int, min_delta: float = 0.0) -> None:
        self.patience, self.min_delta = patience, min_delta
        self._recent: deque[float] = deque(maxlen=patience)
        self._lowest = math.inf  # of all before the recent ones

    def is_over(self, loss: float) -> bool:
        """Whether to stop after this epoch's loss."""
        is_full = len(self._recent) == self.patience
        if is_full:
            self._lowest = min(self._lowest, self._recent[0])
        self._recent += comparable([loss])
        return is_full and min(self._recent) >= self._lowest - self.min_delta


def reason_to_stop(history: History, callbacks: Sequence[Callback], epochs: int, patience: Patience | None) -> str:
    """Why to stop after this epoch, or nothing; all callbacks are called."""
    last = history.records[-1]
    asked = [each for each in callbacks if each(history) is True]
    is_over = patience is not None and patience.is_over(last.get("validation", last["loss"]))
    if asked:
        return f"stopped by {getattr(asked[0], '__name__', 'a callback')}"
    if patience is not None and is_over:
        return f"no better for {patience.patience} epochs"
    return f"all {epochs} epochs done" if history.epochs == epochs else ""


class Best:
    """Keeps the parameters of the epoch with the lowest validation loss, the first of several."""

    def __init__(self, parameters: list[Value]) -> None:
        self.parameters = parameters
        self._loss = math.inf
        self._numbers: list[Number] = []

    def look(self, loss: float) -> None:
        """Keep the parameters as they are now if this loss is lower than all before."""
        if loss < self._loss or not self._numbers:
            self._loss, self._numbers = comparable([loss])[0], [p.data for p in self.parameters]

    def put_back(self) -> None:
        """Give the parameters the numbers that were kept, if any were."""
        interruption = wholly(self._put_back)
        if interruption:
            raise interruption

    def _put_back(self) -> None:
        for p, x in zip(self.parameters, self._numbers, strict=False):  # no numbers before the first epoch's end
            p.data = x
