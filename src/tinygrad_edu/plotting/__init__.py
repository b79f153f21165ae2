"""What plots are made of, behind the module `plot`.

`theme` has the colours, light and dark; `figures` makes a figure in them and saves it. Way in: `plot.py`, one floor up.
"""

from .figures import save
from .theme import DARK, LIGHT, Theme

__all__ = ["DARK", "LIGHT", "Theme", "save"]
