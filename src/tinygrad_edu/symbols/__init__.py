"""Programs: what a function does to stand-ins for numbers, recorded line by line.

`symbol` has the stand-ins and the program that they write, `simplify` spares lines of it, and `liveness` finds the
lines that a result needs. Way in: `symbol.py`.
"""

from .symbol import Program, StagingError, Symbol

__all__ = ["Program", "StagingError", "Symbol"]
