"""What the printers for C and JavaScript share: blocks in braces, declarations, and `condition ? a : b`."""

from typing import Any, ClassVar

from ..symbol import Loop, Symbol
from .writer import Writer


class BracesWriter(Writer):
    """Writes one program as the body of a function in a language with C's syntax."""

    FIXED: ClassVar[str]  # what declares a variable that is assigned once, and one that changes
    CHANGING: ClassVar[str]
    TEMPLATES: ClassVar = {
        "relu": "{0} < 0.0 ? 0.0 : {0}",
        "leaky_relu": "{0} > 0.0 ? {0} : {1} * {0}",
        "maximum": "{0} > {1} || {0} != {0} ? {0} : {1}",
        "minimum": "{0} < {1} || {0} != {0} ? {0} : {1}",
        "sign": "{0} > 0.0 ? 1.0 : {0} < 0.0 ? -1.0 : {0} == 0.0 ? 0.0 : nan",
        "share": "{0} > {1} ? 1.0 : {0} < {1} ? 0.0 : 0.5",
        "equal": "{0} < {1} || {0} > {1} ? 0.0 : 1.0",
    }

    def declarations(self) -> list[str]:
        """Variables of blocks under a condition are declared before all of them: they may be used after the block."""
        names = [self.names.of(line) for line, _ in self._named if self.live.is_used(line) and _is_conditional(line)]
        return [f"    {self.CHANGING} {', '.join(names)};"] if names else []

    def _assignment(self, line: Symbol, text: str) -> str:
        declared = "" if _is_conditional(line) else f"{self.FIXED} "
        return f"{declared}{self.names.of(line)} = {text};"

    def _comment(self, text: str) -> str:
        return f"  // {text}"

    def _addition(self, total: Symbol, sign: str, text: str) -> str:
        return f"{self.names.of(total)} {sign}= {text};"

    def _zero(self, line: Symbol) -> str:
        declared = "" if _is_conditional(line) else f"{self.CHANGING} "
        return f"{declared}{self.names.of(line)} = 0.0;"

    def _condition_opening(self, text: str, outcome: bool) -> list[str]:
        return [f"if ({text}) {{" if outcome else f"if (!({text})) {{"]

    def _end(self) -> list[str]:
        return ["}"]

    def _select(self, condition: str, a: Any, b: Any) -> str:
        return f"{condition} ? {self._operand(a, 2)} : {self._operand(b, 1)}"


def _is_conditional(line: Symbol) -> bool:
    return any(not isinstance(opening, Loop) for opening in line.block)
