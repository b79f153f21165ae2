"""What the printers for C and JavaScript share: blocks in braces, declarations, and `condition ? a : b`."""

from typing import ClassVar

from ..symbols.symbol import Loop, Symbol, WhileLoop
from .writer import Writer


class BracesWriter(Writer):
    """Writes one program as the body of a function in a language with C's syntax."""

    WORDS: ClassVar = {"and": "&&", "or": "||", "not": "!"}
    NEGATED: ClassVar = 4
    FIXED: ClassVar[str]  # what declares a variable that is assigned once, and one that changes
    CHANGING: ClassVar[str]
    TEMPLATES: ClassVar = {
        "relu": "{0} < 0.0 ? 0.0 : {0}",
        "leaky_relu": "{0} > 0.0 ? {0} : {1} * {0}",
        "maximum": "{0} > {1} || {0} != {0} ? {0} : {1}",
        "minimum": "{0} < {1} || {0} != {0} ? {0} : {1}",
        "sign": "{0} > 0.0 ? 1.0 : {0} < 0.0 ? -1.0 : {0} == 0.0 ? 0.0 : nan",
        "slope_of_abs": "{0} > 0.0 ? 1.0 : {0} < 0.0 ? -1.0 : {0} == 0.0 ? 0.0 : nan",
        "share": "{0} > {1} ? 1.0 : {0} < {1} ? 0.0 : {0} == {1} ? 0.5 : nan",
        "equal": "{0} == {1} ? 1.0 : {0} < {1} || {0} > {1} ? 0.0 : nan",
    }

    def declarations(self) -> list[str]:
        """Variables of blocks under a condition are declared before all of them: they may be used after the block."""
        named = [line for line, _ in self._named if self.live.is_used(line) and line not in self._text]
        states = [x for rounds in self.live.rounds.values() for x, _, _ in rounds]
        names = [self.names.of(line) for line in (*named, *states) if _is_conditional(line)]
        return [f"    {self.CHANGING} {', '.join(names)};"] if names else []

    def _assignment(self, line: Symbol, text: str) -> str:
        declared = "" if _is_conditional(line) else f"{self.FIXED} "
        return f"{declared}{self.names.of(line)} = {text};"

    def _comment(self, text: str) -> str:
        return f"  // {text}"

    def _addition(self, total: Symbol, sign: str, text: str) -> str:
        return f"{self.names.of(total)} {sign}= {text};"

    def _zero(self, line: Symbol) -> str:
        return f"{self._changing(line)}{self.names.of(line)} = 0.0;"

    def _condition_opening(self, text: str, outcome: bool) -> list[str]:
        return [f"if ({text}) {{" if outcome else f"if (!({text})) {{"]

    def _rounds(self, loop: WhileLoop) -> list[str]:
        starts = self.live.rounds[loop]
        texts = [f"{self._changing(x)}{self.names.of(x)} = {self._operand(start)};" for x, start, _ in starts]
        return [*texts, f"while ({self._condition(loop.condition)}) {{"]

    def _next_round(self, loop: WhileLoop) -> list[str]:
        """What the state becomes, all of it computed before any of it changes."""
        names = [self.names.of(x) for x, _, _ in self.live.rounds[loop]]
        texts = [self._operand(following) for _, _, following in self.live.rounds[loop]]
        lines = []
        if len(names) > 1:
            fresh = [self.names.fresh(f"{name}_next") for name in names]
            lines = [f"{self.FIXED} {name} = {text};" for name, text in zip(fresh, texts, strict=True)]
            texts = fresh
        return lines + [f"{name} = {text};" for name, text in zip(names, texts, strict=True)]

    def _changing(self, line: Symbol) -> str:
        return "" if _is_conditional(line) else f"{self.CHANGING} "

    def _end(self) -> list[str]:
        return ["}"]

    def _select(self, condition: str, a: str, b: str) -> str:
        return f"{condition} ? {a} : {b}"


def _is_conditional(line: Symbol) -> bool:
    return any(not isinstance(opening, Loop) for opening in line.block)
