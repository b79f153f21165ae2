"""Training: `fit` runs the epochs, and a step of it is staged where that gives the same numbers.

`loop` is `fit`, `history` what it returns, `stopping` when it ends, `progress` what it shows meanwhile. `step` says
what a step is; `staged_step` turns loss, gradients and update into one program, whose numbers `staying` leaves in C,
and `predictions` a model's outputs. `automatic` decides which step to take, and compares. Way in: `loop.py`.
"""

from .history import DivergedError, History
from .loop import accuracy, fit
from .staged_step import StagedStep
from .step import eager_step

__all__ = ["DivergedError", "History", "StagedStep", "accuracy", "eager_step", "fit"]
