"""What a node can do: every function's value and derivative side by side, and the habits of a node.

`elementary` states the rules, with `slopes` for the special points and `rules` for operations of the user's own.
`comparison`, `copying` and `recording` are what else a node can do; `restoring` and `collector` put things back after
an interruption. Way in: `elementary.py`.
"""

from .collector import paused_collector
from .elementary import where
from .recording import no_grad

__all__ = ["no_grad", "paused_collector", "where"]
