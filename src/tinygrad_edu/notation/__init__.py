"""How values, operations and derivatives are written: the same words in pictures, explanations and programs.

`words` writes names and numbers for people; `text` is mathematics as text, in pieces that know where they need
parentheses, and `latex` the same in LaTeX. `forms` says on such pieces what an operation computes and what its local
gradients are; `tables` lays out reports. Way in: `forms.py`.
"""

from .forms import formula
from .latex import Latex
from .text import Text
from .words import names, number_text, plain

__all__ = ["Latex", "Text", "formula", "names", "number_text", "plain"]
