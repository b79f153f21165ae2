"""What pictures are made of, whatever they show.

`look` has the colours, the sizes of letters and the elements of SVG; `widths` knows how wide a text is; `arrangement`
finds places for boxes, arrows and labels. Way in: `look.py`; `pictures` says what is drawn with it.
"""

from .arrangement import arranged
from .look import document

__all__ = ["arranged", "document"]
