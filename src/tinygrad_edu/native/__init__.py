"""Programs as native code: printed in C, compiled, kept for the next time, and called.

`compiler` runs the C compiler, `cache` keeps what it built, `compiled` packs arguments for it and calls it. Way in:
`compiled.py`.
"""

from .compiled import compile_trace
from .compiler import CompilerError

__all__ = ["CompilerError", "compile_trace"]
