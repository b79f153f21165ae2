"""Engines that others wrote: how one is found among a module's names, and asked for a value and its gradients.

`programs` are the expressions that every engine computes, `catalogue` the functions and forms that are tried; `shapes`
finds out how an engine works, `adapting` finds an adapter where it is no class of nodes with a backward pass, and
`engines` is what it then looks like. `trials` compares one result with the right one; `adapters` writes down for people
what was found. Way in: `finding.py`.
"""

from .engines import Engine
from .finding import find_engine
from .programs import Expression
from .shapes import NotFoundError

__all__ = ["Engine", "Expression", "NotFoundError", "find_engine"]
