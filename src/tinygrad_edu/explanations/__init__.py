"""The chain rule with the numbers in it, as text, Markdown and LaTeX.

`story` collects the facts of a graph, `passes` tells the forward and the backward pass, `paths` every path between two
nodes; `rounding` decides between = and ≈, `layout` sets rows and sentences. Way in: `explanation.py`.
"""

from .explanation import Explanation, explain

__all__ = ["Explanation", "explain"]
