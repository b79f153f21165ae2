"""What happened in a training run: the history that `fit` returns, and the error that carries it."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..notation.words import number_text


class DivergedError(FloatingPointError):
    """The loss became nan or infinite. `history` is what happened before; the model is as before that batch."""

    __module__ = "tinygrad_edu.training"

    def __init__(self, message: str, history: "History") -> None:
        super().__init__(message, history)  # as arguments, so that the error can be pickled
        self.history = history

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass
class History:
    """What happened in a training run, epoch by epoch.

    `records` has for each whole epoch a dict of its numbers: "loss", "validation" where there was validation data,
    and each metric under its name. `steps` counts the optimiser's steps, `stopped` says why the run ended. Where
    `keep_last` bounds it, there are records of that many epochs only, the last ones; `forgotten` counts the others.

    >>> history = History([{"loss": 4.0}, {"loss": 1.0}], steps=2, stopped="all 2 epochs done")
    >>> history
    History(2 epochs, loss 4 → 1, all 2 epochs done)
    >>> history.loss, history.epochs, history.best_epoch
    ([4.0, 1.0], 2, 2)
    """

    __module__ = "tinygrad_edu"

    records: list[dict[str, float]] = field(default_factory=list)
    steps: int = 0
    stopped: str = ""
    backend: str = "eager"
    note: str = ""
    keep_last: int | None = None
    forgotten: int = 0
    _best_forgotten: tuple[float, int] = (math.inf, 0)  # the loss and the epoch

    def add(self, record: dict[str, float]) -> None:
        """One more epoch; where `keep_last` bounds the history, the oldest is forgotten."""
        self.records.append(record)
        if self.keep_last is not None and len(self.records) > self.keep_last:
            oldest = self.records.pop(0)
            self.forgotten += 1
            loss = comparable([oldest.get("validation", oldest["loss"])])[0]
            if self.forgotten == 1 or loss < self._best_forgotten[0]:
                self._best_forgotten = loss, self.forgotten

    @property
    def epochs(self) -> int:
        """How many whole epochs were run, those that are forgotten too."""
        return self.forgotten + len(self.records)

    @property
    def loss(self) -> list[float]:
        """The training loss per epoch: the mean over its examples, each as it was when its batch came."""
        return self["loss"]

    @property
    def validation(self) -> list[float]:
        """The loss on the validation data at the end of each epoch; empty where there was none."""
        return self["validation"]

    @property
    def metrics(self) -> dict[str, list[float]]:
        """Each metric per epoch, on the validation data where there was some, else on the training data."""
        return {name: self[name] for name in self._names() if name not in ("loss", "validation")}

    @property
    def best_epoch(self) -> int:
        """The epoch, counted from 1, with the lowest validation loss (training loss without one); 0 if none was run."""
        watched = comparable(self.validation or self.loss)
        if not watched or (self.forgotten and self._best_forgotten[0] <= min(watched)):
            return self._best_forgotten[1]
        return self.forgotten + watched.index(min(watched)) + 1

    def __getitem__(self, name: str) -> list[float]:
        """One number per epoch: "loss", "validation" or a metric."""
        return [record[name] for record in self.records if name in record]

    def __repr__(self) -> str:
        ends = [f"{name} {number_text(self[name][0])} → {number_text(self[name][-1])}" for name in self._names()]
        eager = ["steps eager, see its note"] if self.note else []
        return f"History({', '.join([f'{self.epochs} epochs', *ends, self.stopped, *eager])})"

    def _names(self) -> list[str]:
        return list(self.records[0]) if self.records else []

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data, ready for JSON or a data frame."""
        return {
            "epochs": self.epochs,
            "steps": self.steps,
            "stopped": self.stopped,
            "backend": self.backend,
            "note": self.note,
            "loss": self.loss,
            "validation": self.validation,
            "metrics": self.metrics,
        }


Callback = Callable[[History], Any]


def comparable(losses: list[float]) -> list[float]:
    """The losses with inf for each nan, so that min finds the best."""
    return [x if x == x else math.inf for x in losses]
