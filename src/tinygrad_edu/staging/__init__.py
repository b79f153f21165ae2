"""Staging: run a function on symbols, read the program they write, and call that instead."""

from .batch import mean_over, sum_over
from .jit import Staged, jit
from .symbol import StagingError

__all__ = ["Staged", "StagingError", "jit", "mean_over", "sum_over"]
