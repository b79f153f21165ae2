"""Training: `fit` runs the epochs, and a step of it is staged where that gives the same numbers.

`loop` is `fit`, `history` what it returns; `steps` says what a step is; `staged_step` turns loss, gradients and update
into one program, `predictions` a model's outputs. `automatic` decides which step to take, and compares; `state` notices
models that keep something between calls. Way in: `loop.py`.
"""

from .history import DivergedError, History
from .loop import accuracy, fit
from .staged_step import StagedStep
from .step import eager_step

__all__ = ["DivergedError", "History", "StagedStep", "accuracy", "eager_step", "fit"]
