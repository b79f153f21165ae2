"""Pictures of computation graphs.

`boxes` decides what the picture shows, with the numbers of `moments`; `svg` writes it with the parts of `graphics`, and
`network` a diagram of layers; `dot_text` writes it for Graphviz, whose `programs` make PNGs. Way in: `drawing.py`.
"""

from .drawing import Drawing, between, draw
from .programs import DrawingError

__all__ = ["Drawing", "DrawingError", "between", "draw"]
