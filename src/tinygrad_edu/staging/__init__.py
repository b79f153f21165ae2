"""Staging: run a function on symbols, read the program they write, and call that instead.

The wings below it record a program (`symbols`), write it down in a language (`printers`) and compile it (`native`).
Here, `arguments`, `held` and `entry` are the way from a call into a program, `trace` is the program of one structure
of arguments, and `staged` is the user's door. `batch`, `loops` and `fixed_points` are functions to call inside, which
become loops of the program. Way in: `staged.py`.
"""

from .batch import mean_over, sum_over
from .fixed_points import fixed_point
from .loops import fori_loop, scan, while_loop
from .staged import Staged, StagingError, jit

__all__ = [
    "Staged",
    "StagingError",
    "fixed_point",
    "fori_loop",
    "jit",
    "mean_over",
    "scan",
    "sum_over",
    "while_loop",
]
