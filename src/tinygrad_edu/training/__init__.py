"""Training: `fit` runs the epochs and returns what happened.

`loop` is `fit`, `history` what it returns, `stopping` when it ends, `progress` what it shows meanwhile. How a step is
taken is the matter of `steps/`. Way in: `loop.py`.
"""

from .history import DivergedError, History
from .loop import accuracy, eager_step, fit

__all__ = ["DivergedError", "History", "accuracy", "eager_step", "fit"]
