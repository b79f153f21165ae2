"""Why a network does not learn, where a gradient was cut off, where a nan came from.

`layers` measures a network layer by layer and `verdicts` judges the numbers; `why` follows zeros and nans through a
graph, `sources` remembers the line of code of each node, and `findings` is how answers are told. Way in: `layers.py`.
"""

from .layers import diagnose
from .sources import record_sources
from .why import why_nan, why_zero

__all__ = ["diagnose", "record_sources", "why_nan", "why_zero"]
