"""Check any engine of scalars with gradients, grade a class of them, and draw random expressions for your own tests.

`kit` finds an engine (`foreign_engines`) and checks it (`engine_checks`). `worker` loads and runs files that nobody
trusts, for `files`; `grading` does so for a class, and `commands` are both on the command line. `strategies` draws
expressions, `pytest_plugin` is the option of pytest. Way in: `kit.py`.
"""

from .files import Limits, check_file
from .grading import Grade, Rubric, grade
from .kit import Finding, Report, check_engine
from .steps import check_step
from .strategies import Expression, expressions, smooth_points, values

__all__ = [
    "Expression",
    "Finding",
    "Grade",
    "Limits",
    "Report",
    "Rubric",
    "check_engine",
    "check_file",
    "check_step",
    "expressions",
    "grade",
    "smooth_points",
    "values",
]
