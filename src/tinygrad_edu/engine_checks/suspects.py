"""Which line of the engine's file probably holds a mistake, and what it does there: read from its syntax tree."""

import ast
import inspect
import linecache
import re
import traceback
from collections.abc import Iterable, Iterator

from ..foreign_engines import programs

DEFINITIONS = ast.FunctionDef | ast.ClassDef
GRADIENT_WORDS = ("grad", "adj", "bar", "deriv", "tangent")


RAISES = re.compile(r"(^|[:;]\s*)(raise|assert)\b")  # also in one line with its `if`
OURS = (programs.__file__, "<string>")  # where operations are called from


class Source:
    """The text of the file that a class comes from, as a syntax tree; empty where it cannot be read."""

    def __init__(self, kind: object, attribute: str = "grad") -> None:
        self.attribute = attribute
        self.file = _file_of(kind)
        self.name = getattr(kind, "__name__", "")
        self.tree = ast.parse("".join(linecache.getlines(self.file)) if self.file.endswith((".py", ".ipynb")) else "")

    def definitions(self, names: Iterable[str]) -> Iterator[ast.AST]:
        """Functions and classes by these names, those of the engine's class first, then others that resemble them."""
        wanted = [name.strip("_").lower() for name in names if name]
        found = [
            n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name != self.name
        ]
        own = [n for c in ast.walk(self.tree) if isinstance(c, ast.ClassDef) and c.name == self.name for n in c.body]
        nodes = [*(n for n in own if isinstance(n, ast.FunctionDef)), *found]
        for name in wanted:
            yield from (node for node in nodes if node.name.strip("_").lower() == name)

    def line_of(self, *names: str) -> int | None:
        """The line where the first of these names is defined."""
        return next((getattr(node, "lineno", None) for node in self.definitions(names)), None)

    def gradient_line(self, *names: str) -> int | None:
        """The first line within these definitions that changes a gradient, or else where the definition begins."""
        for node in self.definitions(names):
            lines = [n.lineno for n in ast.walk(node) if isinstance(n, ast.Assign | ast.AugAssign) and self._changes(n)]
            return min(lines, default=getattr(node, "lineno", None))
        return None

    def assigning_line(self, *names: str) -> int | None:
        """The line that assigns a gradient with `=` where it should add to it, within these definitions."""
        for node in self.definitions(names):
            for each in ast.walk(node):
                if isinstance(each, ast.Assign) and self._changes(each) and not self._adds(each):
                    return each.lineno
        return None

    def _changes(self, node: ast.Assign | ast.AugAssign) -> bool:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        flat = [x for t in targets for x in (t.elts if isinstance(t, ast.Tuple) else [t])]
        return any(isinstance(t, ast.Attribute) and self._is_gradient(t.attr) for t in flat)

    def _is_gradient(self, name: str) -> bool:
        return name == self.attribute or any(word in name.lower() for word in GRADIENT_WORDS)

    def _adds(self, node: ast.Assign) -> bool:
        """`x.grad = x.grad + …` adds as well."""
        target = ast.unparse(node.targets[0])
        return any(ast.unparse(each) == target for each in ast.walk(node.value))

    def line_of_error(self, error: BaseException) -> int | None:
        """Where in this file an exception came from."""
        frames = [each.lineno for each in traceback.extract_tb(error.__traceback__) if each.filename == self.file]
        return frames[-1] if frames else None

    def is_unsupported(self, error: BaseException) -> bool:
        """Whether Python found no such operation, rather than the engine failing within it."""
        frames = traceback.extract_tb(error.__traceback__)
        return isinstance(error, TypeError | AttributeError) and frames[-1].filename in OURS

    def is_refusal(self, error: BaseException) -> bool:
        """Whether the engine raised it on purpose, with `raise` or `assert`."""
        if isinstance(error, NotImplementedError):
            return True
        frames = traceback.extract_tb(error.__traceback__)
        return bool(frames) and bool(RAISES.search(frames[-1].line or ""))


def _file_of(kind: object) -> str:
    """The file that defines a class, a function or a module; empty where there is none."""
    try:
        return inspect.getfile(kind)  # type: ignore[arg-type]
    except (TypeError, OSError):
        return ""
