"""Training steps: the usual one in five lines, and one program for all of it where that gives the same numbers.

`step` says what a step is; `staged_step` turns loss, gradients and update into one program, whose numbers `staying`
leaves in C in the order of `remembered`; `predictions` does so for a model's outputs. `automatic` decides which step
`fit` takes, and compares. Way in: `step.py`.
"""

from .staged_step import StagedStep
from .step import eager_step

__all__ = ["StagedStep", "eager_step"]
