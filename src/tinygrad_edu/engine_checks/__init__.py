"""What may be wrong with an engine, looked for and told.

`checks` tries operations, `habits` how the engine behaves as a whole; `suspects` names the line to look at, `report`
tells what was found, `limits` ends what takes too long. Way in: `checks.py`.
"""

from .checks import Checker
from .report import Finding, Report

__all__ = ["Checker", "Finding", "Report"]
