"""Live pages: `explore(f, a=-1.0, b=3.0)` makes one HTML file, to move inputs and take steps in.

`program` runs f on symbols and prints forward and backward pass as one JavaScript function; `content` says what each
value is called and how its derivation is written; `arrangement` places the boxes and arrows; `joining` puts these and
the files in `page/` into one document; `exploring` is the way in.
"""

from .exploring import Explorable, explore

__all__ = ["Explorable", "explore"]
