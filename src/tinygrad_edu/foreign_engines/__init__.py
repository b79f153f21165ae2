"""Engines that others wrote: how one is found among a module's names, and asked for a value and its gradients.

`programs` are the expressions that every engine computes, `catalogue` the functions and forms that are tried; `shapes`
finds out how an engine works, and `engines` is what it then looks like. `trials` compares one result with the right
one; `adapters` writes down for people what was found. Way in: `shapes.py`.
"""

from .engines import Engine
from .programs import Expression
from .shapes import NotFoundError, find_engine

__all__ = ["Engine", "Expression", "NotFoundError", "find_engine"]
