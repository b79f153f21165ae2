"""Staging: run a function on symbols, read the program they write, and call that instead.

`symbol` records what is done to a stand-in for a number, and `simplify` spares lines of it; `batch` records loops over
examples; the package `printers` writes the program down in Python, C, JavaScript, LaTeX or for array libraries;
`native` compiles the C. `arguments` and `entry` are the way from a call into a program, `staged` is the user's door.
Way in: `staged.py`.
"""

from .batch import mean_over, sum_over
from .fixed_points import fixed_point
from .loops import fori_loop, scan, while_loop
from .staged import Staged, jit
from .symbol import StagingError

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
