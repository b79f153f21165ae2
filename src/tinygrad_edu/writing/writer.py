"""What all printers have in common: which lines are written, in which order, which inside others, in which blocks.

A printer for a language derives from `Writer` and says how that language writes an assignment, a choice, a loop, and
each operation.
"""

import math
from collections.abc import Mapping
from typing import ClassVar, Self, cast

from ..numbers.number import primal
from ..symbols.liveness import Liveness
from ..symbols.symbol import (
    Block,
    Condition,
    Loop,
    Operand,
    Operands,
    Program,
    RowLoop,
    StagingError,
    Symbol,
    WhileLoop,
)
from .names import Names

CHOICE, SUM, PRODUCT, NEGATION, POWER, ATOM = 1, 4, 5, 6, 7, 9  # how strongly an expression binds
OFF = {  # slopes that are 0 where a branch is not taken: where that is
    "slope_of_abs": "{0} == 0.0",
    "share": "{0} < {1}",
    "equal": "({0} < {1}) {either} ({0} > {1})",
}
INFIX = {"+": (SUM, 0, 1), "-": (SUM, 0, 1), "*": (PRODUCT, 0, 1), "/": (PRODUCT, 0, 1)}


class Writer:
    """Writes one program as the body of a function."""

    WIDTH: ClassVar[int] = 160  # a line that is used once is written into its user's up to this width
    SUBTRAHEND: ClassVar[int] = 0  # how strongly a term must bind that is subtracted from a total
    GUARDS: ClassVar[bool] = True  # whether lines that are needed only to raise an error are written
    CHECKS: ClassVar[bool] = False  # whether powers raise where their overflow would not show
    WATCHES: ClassVar[bool] = False  # whether lines are watched that raise in Python and show in no result
    CHOOSING: ClassVar[int] = CHOICE  # how strongly a choice binds
    CHOSEN: ClassVar[int] = 2  # how strongly what is chosen must bind
    NUMERIC: ClassVar[bool] = True  # whether the text is for floats, nan among them
    NEGATED: ClassVar[int] = 2  # how strongly what is negated must bind
    WORDS: ClassVar[Mapping[str, str]] = {"and": "and", "or": "or", "not": "not "}
    COMPARING: ClassVar[int] = 3  # how strongly a comparison binds, 2 being `not` and 1 `and`
    TEMPLATES: ClassVar[Mapping[str, str]] = {}
    FUNCTIONS: ClassVar[Mapping[str, str]] = {}  # the language's name for a function, if it is another

    def __init__(self, program: Program, results: list[Operand], names: Names, live: Liveness | None = None) -> None:
        self._begin(live or self.liveness(program, results), names)
        for line in self.live.lines:
            text, strength = self._expression(line)
            if line.op == "final":
                self._named.append((line, text))
                if line not in self.live.escaping:
                    self._text[line] = text, strength
            elif len(text) < self.WIDTH and self.live.is_inline(line):
                self._text[line] = text, strength
            else:
                self._named.append((line, text))
                if self.live.is_used(line):
                    names.of(line)

    # --- for those who write expressions, but no lines -------------------------------------------------------

    @classmethod
    def liveness(cls, program: Program, results: list[Operand]) -> Liveness:
        """Which lines this language needs."""
        return Liveness(program, results, guards=cls.GUARDS, checks=cls.CHECKS, watches=cls.WATCHES)

    @classmethod
    def of_expressions(cls, live: Liveness, names: Names) -> Self:
        """A writer that has written no line yet."""
        writer = cls.__new__(cls)
        writer._begin(live, names)
        return writer

    def _begin(self, live: Liveness, names: Names) -> None:
        self.live = live
        self.names = names
        self.used: set[str] = set()  # functions and constants that the text refers to
        self._text: dict[Symbol, tuple[str, int]] = {}  # lines to be written where they are used
        self._named: list[tuple[Symbol, str]] = []

    def operand_of(self, text: str, strength: int, op: str = "leaf", args: tuple[object, ...] = ()) -> Symbol:
        """An operand that is written like this; `strength` is how strongly the text binds."""
        operand = Symbol.__new__(Symbol)
        operand.op, operand.args = op, args
        self._text[operand] = text, strength
        return operand

    def operation(self, op: str, *args: object) -> Symbol:
        """The result of an operation as an operand."""
        return self.operand_of(*self._operation(op, args), op, args)

    def text_of(self, x: Operand, strength: int = 0) -> str:
        """The text of an operand: in brackets if it binds less strongly than its surroundings need."""
        return self._operand(x, strength)

    def text_of_condition(self, condition: Condition, strength: int = 0) -> str:
        """The text of a condition, in brackets if need be."""
        return self._condition(condition, strength)

    def text_if(self, condition: str, x: Operand) -> str:
        """The operand where the condition holds, otherwise 0."""
        return self._select(condition, self._operand(x, self.CHOSEN), self._literal(0.0))

    # --- lines and blocks ------------------------------------------------------------------------------------

    def body(self) -> list[str]:
        """The lines up to the return statement."""
        written: list[str] = []
        here: Block = ()
        loops: set[Loop] = set()
        for i, (line, text) in enumerate(self._named):
            ends_loop = line.op in {"total", "final"} and line.args[0] not in loops
            for block in [(*line.block, line.args[0])] * ends_loop + [line.block] * (line.op != "total"):
                if block != here:
                    written += self._between(here, block, i)
                    loops.update(x for x in block if isinstance(x, Loop))
                    here = block
            if line.op != "total" and line not in self._text:
                written.append(self._indented(len(here), self._line(line, text)))
        return written + self._between(here, (), len(self._named))

    def result(self, x: object) -> str:
        """A result of the program, as it stands in the return statement."""
        return self._operand(x)  # type: ignore[arg-type]  # the leaves of the results are operands

    def _line(self, line: Symbol, text: str) -> str:
        if not self.live.is_used(line):
            return self._guard(text)
        comment = self.names.comment(line)
        return self._assignment(line, text) + (self._comment(comment) if comment else "")

    def _between(self, here: Block, there: Block, i: int) -> list[str]:
        """What closes the blocks that the line of that index is not in and opens those that it is in."""
        common = 0
        while common < min(len(here), len(there)) and here[common] == there[common]:
            common += 1
        written = []
        for depth in range(len(here), common, -1):
            opening = here[depth - 1]
            if isinstance(opening, RowLoop):
                totals = self.live.totals.get(opening, [])
                written += [self._indented(depth, self._addition(x, *self._term(x.args[1]))) for x in totals]
            elif isinstance(opening, WhileLoop):
                written += [self._indented(depth, text) for text in self._next_round(opening)]
            written += [self._indented(depth - 1, text) for text in self._end()]
        for depth in range(common, len(there)):
            opening = there[depth]
            if isinstance(opening, WhileLoop):
                header = self._rounds(opening)
            else:
                header = self._loop(opening) if isinstance(opening, RowLoop) else self._choice(there[: depth + 1], i)
            written += [self._indented(depth, text) for text in header]
        return written

    def _choice(self, block: Block, i: int) -> list[str]:
        """Enter a block under its condition; what is used outside it is 0 where it is not reached."""
        condition, outcome = cast("tuple[Condition, bool]", block[-1])
        header = self._condition_opening(self._condition(condition, 0 if outcome else 2), outcome)
        if len(block) > 1 and not isinstance(block[-2], Loop):
            return header  # the outermost choice has done it
        return [self._zero(line) for line in self._escaping(block, i)] + header

    def _escaping(self, block: Block, i: int) -> list[Symbol]:
        """The lines of the block that opens at this index, and of choices in it, that are used outside theirs."""
        found = []
        while i < len(self._named) and self._named[i][0].block[: len(block)] == block:
            line = self._named[i][0]
            if line in self.live.escaping and not any(isinstance(x, Loop) for x in line.block[len(block) :]):
                found.append(line)
            i += 1
        return found

    def _term(self, x: Symbol) -> tuple[str, str]:
        """The sign and the text of what a round of a loop adds to a total."""
        if x.op == "neg" and x in self._text:
            return "-", self._operand(x.args[0], self.SUBTRAHEND)
        return "+", self._operand(x)

    # --- expressions -----------------------------------------------------------------------------------------

    def _expression(self, line: Symbol) -> tuple[str, int]:
        """A line's right-hand side, and how strongly it binds."""
        return self._operation(line.op, line.args)

    def _operation(self, op: str, args: Operands) -> tuple[str, int]:
        if op in INFIX:
            return self._of_two(op, *args)
        if op == "**":
            return self._power(*args)
        if op == "neg":
            return f"-{self._operand(args[0], NEGATION)}", NEGATION
        if op == "select":
            return self._choice_of(*args), self.CHOOSING
        if op == "total":
            return "", ATOM
        if op == "number":
            text = self._literal(args[0])
            return text, NEGATION if text.startswith("-") else ATOM
        if op == "final":
            return self.names.of(args[1]), ATOM
        if op == "count":
            return self._count(args[0]), ATOM
        if op in self.TEMPLATES:
            template = self.TEMPLATES[op]
            self.used.update(op for op in ("nan",) if op in template)
            return template.format(*(self._operand(x, ATOM) for x in args)), self.CHOOSING
        return self._call(op, args)

    def _of_two(self, op: str, x: Operand, y: Operand) -> tuple[str, int]:
        if op == "*" and self.NUMERIC:
            for factor, other in ((x, y), (y, x)):
                if isinstance(other, float) and math.isnan(other):
                    return self._times_nan(factor, other), self.CHOOSING
        strength, left, right = INFIX[op]
        text = self._infix(op, self._operand(x, strength + left), self._operand(y, strength + right))
        is_off = [self._is_off(each) for each in (x, y)] if op == "*" and self.NUMERIC and not self.GUARDS else []
        if any(is_off):
            return self._select(next(filter(None, is_off)), self._literal(0.0), text), self.CHOOSING
        return text, strength

    def _is_off(self, x: Operand) -> str:
        """Of a slope that is 0 where a branch is not taken, the condition for that: nothing comes back then, be it nan.

        Programs that notice what is not finite leave this to the function itself.
        """
        if x.__class__ is Symbol and x.op == "/":
            x = x.args[0]  # the share of each of several largest
        if x.__class__ is not Symbol or x.op not in OFF:
            return ""
        return OFF[x.op].format(*(self._operand(each, SUM) for each in x.args), either=self.WORDS["or"])

    def _times_nan(self, x: Operand, unknown: Operand) -> str:
        """A slope that nobody knows, nan, times what reaches it: 0 where that is 0, as in a branch not taken."""
        return self._select(f"{self._operand(x, SUM)} == 0.0", "0.0", self._operand(unknown))

    def _choice_of(self, condition: Condition, a: Operand, b: Operand) -> str:
        """One of two numbers; at a kink, nan beside it is on no side."""
        chosen, other = self._operand(a, self.CHOSEN), self._operand(b, self.CHOSEN - 1)
        if condition.test == "kink" and self.NUMERIC and condition.args[0] not in self.live.shows_nan:
            is_below = f"{self._operand(condition.args[0], SUM)} <= 0.0"
            other = self._select(is_below, self._operand(b, self.CHOSEN), self._literal(math.nan))
        return self._select(self._condition(condition), chosen, other)

    def _infix(self, op: str, x: str, y: str) -> str:
        return f"{x} {op} {y}"

    def _call(self, op: str, args: Operands) -> tuple[str, int]:
        self.used.add(op)
        return f"{self.FUNCTIONS.get(op, op)}({', '.join(self._operand(x) for x in args)})", ATOM

    def _power(self, x: Operand, n: Operand) -> tuple[str, int]:
        return self._call("pow", (x, n))

    def _operand(self, x: Operand, strength: int = 0) -> str:
        """An operand: in brackets if it binds less strongly than its surroundings need."""
        if x.__class__ is Symbol:
            if x not in self._text:
                return self.names.of(x)
            text, own = self._text[x]
        else:
            text = self._literal(cast(float, x))
            own = NEGATION if text.startswith("-") else ATOM
        return text if own >= strength else self._brackets(text)

    def _brackets(self, text: str) -> str:
        return f"({text})"

    def _literal(self, x: float) -> str:
        if math.isfinite(x):
            return repr(x)
        name = "nan" if x != x else "inf"
        self.used.add(name)
        return ("-" if x < 0 else "") + self.FUNCTIONS.get(name, name)

    def _condition(self, condition: Condition, strength: int = 0) -> str:
        """A condition; in brackets if it binds less strongly than its surroundings need."""
        own = {"and": 1, "or": 0, "not": 2}.get(condition.test, self.COMPARING)
        test, args = condition.test, condition.args
        if test == "not":
            text = f"{self.WORDS[test]}{self._condition(args[0], self.NEGATED)}"
        elif test in self.WORDS:
            text = f" {self.WORDS[test]} ".join(self._condition(each, 2) for each in args)
        else:
            left, right = (*args, 0.0) if test == "kink" else args
            text = f"{self._operand(left, SUM)} {'>' if test == 'kink' else test} {self._operand(right, SUM)}"
        return text if own >= strength else self._brackets(text)

    # --- what the languages differ in ------------------------------------------------------------------------

    def _indented(self, depth: int, text: str) -> str:
        return "    " * (depth + 1) + text

    def _assignment(self, line: Symbol, text: str) -> str:
        raise NotImplementedError

    def _guard(self, text: str) -> str:
        raise NotImplementedError

    def _comment(self, text: str) -> str:
        raise NotImplementedError

    def _addition(self, total: Symbol, sign: str, text: str) -> str:
        raise NotImplementedError

    def _zero(self, line: Symbol) -> str:
        raise NotImplementedError

    def _condition_opening(self, text: str, outcome: bool) -> list[str]:
        raise NotImplementedError

    def _loop(self, loop: RowLoop) -> list[str]:
        raise NotImplementedError

    def _rounds(self, loop: WhileLoop) -> list[str]:
        raise NotImplementedError

    def _next_round(self, loop: WhileLoop) -> list[str]:
        raise NotImplementedError

    def _end(self) -> list[str]:
        raise NotImplementedError

    def _select(self, condition: str, a: str, b: str) -> str:
        raise NotImplementedError

    def _count(self, rows: Symbol) -> str:
        raise NotImplementedError


def checked_number(name: str, x: object) -> Operand:
    """A result as a symbol or plain number; StagingError if it is anything else."""
    x = primal(x)
    if not isinstance(x, Symbol | int | float) or isinstance(x, bool):
        raise StagingError(f"{name} returned {x!r} among its numbers: a staged function returns numbers only")
    return x
