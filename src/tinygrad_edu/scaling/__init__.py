"""Work for more than one process: many runs with other settings, and one sum over data in many parts.

Neither knows who does the work. `sweep` hands runs to anything with a `submit`, as `concurrent.futures` has it;
`total` hands parts to anything that behaves like `map`. Results do not depend on the number of workers. Ways in:
`sweep` and `total`.
"""

from .parts import total
from .runs import Run, Sweep, sweep

__all__ = ["Run", "Sweep", "sweep", "total"]
