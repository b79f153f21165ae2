"""Live pages: `explore(f, a=-1.0, b=3.0)` makes one HTML file, to move inputs and take steps in.

`program` runs f on symbols and prints forward and backward pass as one JavaScript function; `content` says what each
value is called and how its derivation is written, and has `graphics.arrangement` place boxes, arrows and labels;
`joining` puts these and the files in `page/` into one document; `exploring` is the way in.

The explainer, a long page on how a network learns, stands on the same parts: `lesson_programs` prints what its figures
compute, `presets` prepares networks that fail, `explainer_page` joins them, `explainer_command` is the command.
"""

from .explainer_page import explainer_html
from .exploring import Explorable, explore

__all__ = ["Explorable", "explainer_html", "explore"]
