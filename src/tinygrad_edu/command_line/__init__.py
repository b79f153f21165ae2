"""The command `tinygrad-edu`: an expression in, its values, gradients and how they came about out.

`expression` parses what the user typed without ever running it, `expression_text` holds its errors and limits, and
`cli` is the command. Way in: `cli.py`.
"""

from .cli import main

__all__ = ["main"]
