"""The chain rule in words and numbers: how a value came about, and how each gradient did.

`explain(y)` tells the forward pass and then the backward pass, line by line; `explain(y, x)` lists every path from x
to y. Both read the graph and leave it as it is: the gradients are worked out anew from the nodes' local gradients.
"""

from dataclasses import dataclass

from ..core.recording import no_grad
from ..engine import Value
from ..mistakes.options import A_WHOLE_NUMBER, TRUE_OR_FALSE, expect
from ..notation.latex import Latex, MarkdownLatex
from ..notation.report import Shown
from ..notation.text import Text
from ..numbers.number import shown
from ..transforms.dual import Dual
from .layout import as_latex, as_markdown, as_text
from .passes import forward_mode, passes
from .paths import every_path, find_paths
from .story import Story, gathered


@dataclass(frozen=True, repr=False)
class Explanation(Shown):
    """An explanation as `text`, `markdown` and `latex`. Printing it shows the text, a notebook shows the Markdown.

    The LaTeX is for the body of a document that uses the package amsmath.

    >>> x = Value(3.0, label="x")
    >>> y = x**2
    >>> print(explain(y, x).latex.splitlines()[3])
    v_1 &= x^2 = 3^2 = 9
    """

    __module__ = "tinygrad_edu"

    text: str
    markdown: str
    latex: str


def explain(
    y: Value, x: Value | None = None, *, digits: int = 4, max_lines: int = 40, blanks: bool = False
) -> Explanation:
    """How `y` and its gradients came about, line by line; with `x`, along which paths `y` depends on `x`.

    Numbers have `digits` significant digits, and ≈ stands where that rounds. No list has more than `max_lines` lines;
    what is left out is said. The graph stays as it is, and needs no `backward` before. A `Dual` keeps no graph: of it
    only the tangent is told. With `blanks`, a ____ stands in place of each number that can be worked out; the given
    numbers and the formulas stay. That is an exercise, and the explanation without blanks is its solution.

    Raises TypeError if `y` or `x` is no Value or `blanks` is neither True nor False, ValueError if `digits` or
    `max_lines` is less than 1.

    >>> a, b, c = Value(-1.0, label="a"), Value(3.0, label="b"), Value(4.0, label="c")
    >>> x = a + b
    >>> y = b + c
    >>> f = x * y
    >>> x.label, y.label, f.label = "x", "y", "f"
    >>> print(explain(f, b))
    Forward pass, on the way from b to f
      x = a + b = -1 + 3 = 2
      y = b + c = 3 + 4  = 7
      f = x × y = 2 × 7  = 14
    <BLANKLINE>
    2 paths lead from b to f; along each, the local gradients multiply
      b → x → f : ∂f/∂x · ∂x/∂b = y · 1 = 7 · 1 = 7
      b → y → f : ∂f/∂y · ∂y/∂b = x · 1 = 2 · 1 = 2
    <BLANKLINE>
    Over all paths, the products add
      ∂f/∂b = 7 + 2 = 9
    <BLANKLINE>
    Reverse mode, which goes through each operation only once, gives the same: ∂f/∂b = 9.
    """
    for value in (y,) if x is None else (y, x):
        if not isinstance(value, Value):
            raise TypeError(f"explain needs a Value, got {shown(value)}: compute it from Values, as in Value(2.0) * 3")
    expect("explain", A_WHOLE_NUMBER, digits=digits, max_lines=max_lines)
    expect("explain", TRUE_OR_FALSE, blanks=blanks)
    for name, least in (("digits", digits), ("max_lines", max_lines)):
        if least < 1:
            raise ValueError(f"explain needs {name} of at least 1, got {shown(least)}")
    with no_grad():  # the gradients within nested transforms are Values themselves
        facts = gathered(y, x)
        stories = [Story(facts, piece, digits, max_lines, has_blanks=blanks) for piece in (Text, MarkdownLatex, Latex)]
        if isinstance(y, Dual):
            text, markdown, latex = (forward_mode(story, y) for story in stories)
        elif x is None:
            text, markdown, latex = map(passes, stories)
        else:
            found = find_paths(facts, x, max_lines)
            text, markdown, latex = (every_path(story, x, found) for story in stories)
    return Explanation(as_text(text), as_markdown(markdown), as_latex(latex))
