"""Check any engine of scalars with gradients, grade a class of them, and draw random expressions for your own tests.

`programs` are the expressions that every engine computes; `shapes` finds out how an engine works and `engines` is
what it then looks like; `checks` and `habits` find, `suspects` names the line, `report` tells. `worker` runs files that
nobody trusts, for `files`. Way in: `kit.py`.
"""

from .files import Limits, check_file
from .grading import Grade, Rubric, grade
from .kit import check_engine
from .programs import Expression
from .report import Finding, Report
from .strategies import expressions, smooth_points, values

__all__ = [
    "Expression",
    "Finding",
    "Grade",
    "Limits",
    "Report",
    "Rubric",
    "check_engine",
    "check_file",
    "expressions",
    "grade",
    "smooth_points",
    "values",
]
