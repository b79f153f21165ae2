r"""Programs as LaTeX: the lines of a program as equations, one below the other, for papers and lecture notes.

The text is one `aligned` environment, to be set within `\[` and `\]`. It needs amsmath, or MathJax or KaTeX.
"""

from typing import ClassVar

from ..notation.latex import Latex
from ..symbols.symbol import Condition, Operand, Operands, Program, RowLoop, Symbol, Tree, WhileLoop
from ..trees.tree import flatten
from ..writing.names import Names
from ..writing.writer import ATOM, POWER, PRODUCT, Writer, checked_number


class LatexWriter(Writer):
    """Writes one program as lines of LaTeX."""

    WIDTH: ClassVar = 80
    GUARDS: ClassVar = False
    NUMERIC: ClassVar = False
    CHOSEN: ClassVar = 1
    WORDS: ClassVar = {"and": r"\land", "or": r"\lor", "not": r"\lnot "}
    NEGATED: ClassVar = 4
    SUBTRAHEND: ClassVar = PRODUCT

    def name(self, line: Symbol) -> str:
        """A line's name as mathematics writes it."""
        return Latex.name(self.names.of(line)).text

    def _expression(self, line: Symbol) -> tuple[str, int]:
        op, args = line.op, line.args
        if op == "final":
            return self.name(args[1]), ATOM
        if op == "/":
            return rf"\frac{{{self._operand(args[0])}}}{{{self._operand(args[1])}}}", PRODUCT
        if op == "sqrt":
            return rf"\sqrt{{{self._operand(args[0])}}}", ATOM
        if op == "slope_of_abs":
            return self._call("sign", args)
        if op == "abs":
            return rf"\left|{self._operand(args[0])}\right|", ATOM
        if op == "*" and args[0] is args[1]:
            return f"{self._operand(args[0], ATOM)}^2", POWER
        return super()._expression(line)

    def _infix(self, op: str, x: str, y: str) -> str:
        return rf"{x} \cdot {y}" if op == "*" else f"{x} {op} {y}"

    def _call(self, op: str, args: Operands) -> tuple[str, int]:
        return Latex.function(op) + self._brackets(", ".join(self._operand(x) for x in args)), ATOM

    def _power(self, x: Operand, n: Operand) -> tuple[str, int]:
        return f"{self._operand(x, ATOM)}^{{{self._operand(n)}}}", POWER

    def _brackets(self, text: str) -> str:
        return rf"\left({text}\right)"

    def _operand(self, x: Operand, strength: int = 0) -> str:
        if isinstance(x, Symbol) and x not in self._text:
            return self.name(x)
        return super()._operand(x, strength)

    def _literal(self, x: float) -> str:
        text = repr(float(x)).removesuffix(".0")
        return Latex._number(text, x)[0]

    def _select(self, condition: str, a: str, b: str) -> str:
        cases = rf"{a} & \text{{if }} {condition} \\ {b} & \text{{otherwise}}"
        return rf"\begin{{cases}} {cases} \end{{cases}}"

    def _condition_opening(self, text: str, outcome: bool) -> list[str]:
        return [rf"&\text{{if }} {text}\colon" if outcome else rf"&\text{{if not }} {text}\colon"]

    def _condition(self, condition: Condition, strength: int = 0) -> str:
        return (
            super()
            ._condition(condition, strength)
            .replace("<=", r"\le")
            .replace(">=", r"\ge")
            .replace("<", r"\lt")
            .replace(">", r"\gt")
        )

    def _indented(self, depth: int, text: str) -> str:
        return text.replace("&", "&" + r"\quad " * depth, 1) if depth else text

    def _assignment(self, line: Symbol, text: str) -> str:
        return f"&{self.name(line)} = {text}"

    def _comment(self, _text: str) -> str:
        return ""

    def _addition(self, total: Symbol, sign: str, text: str) -> str:
        return rf"&{self.name(total)} \leftarrow {self.name(total)} {sign} {text}"

    def _zero(self, line: Symbol) -> str:
        return f"&{self.name(line)} = 0"

    def _loop(self, loop: RowLoop) -> list[str]:
        items = ", ".join(_shown(self, tree) for tree in loop.target)
        rows = ", ".join(self.name(each) for each in loop.rows)
        zeros = [self._zero(total) for total in self.live.totals.get(loop, [])]
        return [*zeros, rf"&\text{{for each }} {items} \text{{ of }} {rows}\colon"]

    def _rounds(self, loop: WhileLoop) -> list[str]:
        starts = self.live.rounds[loop]
        texts = [rf"&{self.name(x)} \leftarrow {self._operand(start)}" for x, start, _ in starts]
        return [*texts, rf"&\text{{while }} {self._condition(loop.condition)}\colon"]

    def _next_round(self, loop: WhileLoop) -> list[str]:
        names = ", ".join(self.name(x) for x, _, _ in self.live.rounds[loop])
        texts = ", ".join(self._operand(following) for _, _, following in self.live.rounds[loop])
        return [rf"&{names} \leftarrow {texts}"]

    def _end(self) -> list[str]:
        return []

    def _count(self, rows: Symbol) -> str:
        return rf"\left|{self.name(rows)}\right|"


def _shown(writer: LatexWriter, tree: Tree) -> str:
    """A tree of numbers: its numbers in brackets, as its branches nest."""
    leaves, _ = flatten(tree)
    if isinstance(tree, list | tuple):
        return rf"\left({', '.join(_shown(writer, branch) for branch in tree)}\right)"
    if isinstance(tree, Symbol | int | float):
        return writer.result(tree)
    return rf"\left({', '.join(writer.result(x) for x in leaves)}\right)"


def source(name: str, parameters: dict[str, Tree], program: Program, results: Tree) -> str:
    r"""The program as an `aligned` environment, the last line of which states the function's result."""
    names = Names(frozenset(), unicode=True)
    leaves, _ = flatten(results)
    for tree in parameters.values():
        for x in flatten(tree)[0]:
            if isinstance(x, Symbol):
                names.of(x)
    writer = LatexWriter(program, [checked_number(name, x) for x in leaves], names)
    body = writer.body()
    arguments = ", ".join(
        writer.name(tree) if isinstance(tree, Symbol) else Latex.name(wish).text for wish, tree in parameters.items()
    )
    lines = [*body, rf"&{Latex.name(name).text}\left({arguments}\right) = {_shown(writer, results)}"]
    return "\n".join([r"\begin{aligned}", " \\\\\n".join(lines), r"\end{aligned}", ""])
