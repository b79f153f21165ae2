"""The explainer: one long page on how a network learns, in which everything can be touched.

`programs` prints the functions that its figures call, `presets` prepares networks that fail in instructive ways,
`writing` joins the texts and modules in `page/` into one document. Way in: `writing.py`.
"""

from .writing import explainer_html

__all__ = ["explainer_html"]
