"""Pictures of computation graphs.

`boxes` decides what the picture shows, `dot_text` writes it for the layout program, `svg` finishes what that drew, and
`drawing` is the user's door. Way in: `drawing.py`.
"""

from .drawing import Drawing, between, draw
from .svg import DrawingError

__all__ = ["Drawing", "DrawingError", "between", "draw"]
