"""What everything stands on: numbers, their functions and slopes, and the habits of a node.

`scalar` computes functions of one number of any kind and knows where they are defined; `elementary` states, for a
node, each function's value and derivative side by side, with `slopes` for the special points. `comparison`, `copying`
and `recording` are what else a node can do. `tree` takes nested lists, dicts and dataclasses of numbers apart and puts
them together again. Way in: `elementary.py`.
"""

from .collector import paused_collector
from .elementary import where
from .number import DomainError
from .recording import no_grad

__all__ = ["DomainError", "no_grad", "paused_collector", "where"]
