"""Which lines of a program are needed for its results, who uses them, and which are worth a name of their own."""

from collections.abc import Iterable, Iterator
from typing import Any

from ..symbol import Block, Condition, Loop, Program, Symbol

TWICE = frozenset(  # written out, these name an operand twice
    "relu leaky_relu maximum minimum sign share equal".split()
)
GUARDED = frozenset(  # these raise for some operands where the lines that use the operands need not
    "log log1p sqrt arcsin arccos / **".split()
)
RAISING = GUARDED | frozenset("exp expm1 sinh cosh".split())  # these raise for some finite operands
MANY = object()  # stands for the user of a line that has several


class Liveness:
    """The needed lines of a program in order, and for each how it is used.

    With `guards`, lines that may raise are needed even if no result uses them: where the function is undefined, its
    derivative must not come out as a number.
    """

    def __init__(self, program: Program, results: Iterable[Any], *, guards: bool) -> None:
        self.results = [x for x in results if isinstance(x, Symbol)]
        self.guards: set[Symbol] = set()
        self._collect(program)
        if guards:
            self.guards = self._needed_guards(program)
        if self.guards:
            self._collect(program)

    def _collect(self, program: Program) -> None:
        self.lines: list[Symbol] = []
        self.totals: dict[Loop, list[Symbol]] = {}  # the sums that a loop adds up
        self.escaping: set[Symbol] = set()  # used outside their block, where they may not have been reached
        self._user: dict[Symbol, Any] = {}  # the only line that uses it, MANY, or None: a result
        self._fixed: set[Symbol] = set()  # used by a condition, or written out twice
        self._blocks: set[Block] = {()}
        self._checked: set[tuple[Any, Block]] = set()  # divisors that a line divides by
        for x in self.results:
            self._use(x, None)
        for line in reversed(program.lines):  # every line after those that use it
            if line in self._user or line in self.guards:
                self._need(line)
        self.lines.reverse()
        for totals in self.totals.values():
            totals.reverse()

    def is_used(self, x: Symbol) -> bool:
        """Whether anything refers to this line; nothing may refer to a guard."""
        return x in self._user

    def is_inline(self, line: Symbol) -> bool:
        """Whether a line may be written where it is used: once, and only where it would be reached as well."""
        user = self._user.get(line, MANY)
        if user is MANY or line in self._fixed or line.label or line.op == "total":
            return False
        if user is None:
            return line.block == ()
        if user.op == "total":
            return bool(line.block == (*user.block, user.args[0]))
        if user.op == "select" and line.block == (*user.block, (user.args[0], line is user.args[1])):
            return True
        return bool(line.block == user.block) and not self.must_run(line)

    def must_run(self, line: Symbol) -> bool:
        """Whether this line must raise whichever branch of a choice is taken: it stands in front of it."""
        user = self._user.get(line, MANY)
        is_beside = isinstance(user, Symbol) and user.op == "select" and user.block == line.block
        return is_beside and self._may_raise_inside(line)

    def _may_raise_inside(self, line: Symbol) -> bool:
        """Whether this line may raise for finite numbers, or one that is used by it alone."""
        lines = [line]
        while lines:
            x = lines.pop()
            if x.op in RAISING:
                return True
            lines += [arg for arg in x.args if isinstance(arg, Symbol) and self._user.get(arg) is x]
        return False

    def _need(self, line: Symbol) -> None:
        self.lines.append(line)
        fixed = line.op in TWICE
        if line.op == "/":
            self._checked.add((line.args[1], line.block))
        if line.block not in self._blocks:
            self._need_block(line.block)
        for x in line.args:
            if x.__class__ is Symbol:
                self._use(x, line)
                if fixed:
                    self._fixed.add(x)
            elif x.__class__ is Condition:
                self._use_all(_symbols(x), line)
            elif x.__class__ is Loop:
                self.totals.setdefault(x, []).append(line)
                self._need_block((*line.block, x))

    def _need_block(self, block: Block) -> None:
        """A block needs the symbols that its conditions and loops refer to."""
        self._blocks.add(block)
        for depth, opening in enumerate(block):
            symbols = opening.rows if isinstance(opening, Loop) else _symbols(opening[0])
            for x in symbols:
                self._use(x, MANY)
                self._fixed.add(x)
                self._mark_escaping(x, block[:depth])

    def _use_all(self, symbols: Iterable[Symbol], user: Symbol) -> None:
        for x in symbols:
            self._use(x, user)
            self._fixed.add(x)

    def _use(self, x: Symbol, user: Any) -> None:
        self._user[x] = MANY if x in self._user else user
        if x.block:
            if user is None:
                self.escaping.add(x)
            elif user is not MANY and not (user.op == "total" and x.block == (*user.block, user.args[0])):
                self._mark_escaping(x, user.block)

    def _mark_escaping(self, x: Symbol, block: Block) -> None:
        if block[: len(x.block)] != x.block:
            self.escaping.add(x)

    def _needed_guards(self, program: Program) -> set[Symbol]:
        guards = set()
        for line in program.lines:
            if line not in self._user and self._may_raise(line):
                guards.add(line)
                self._checked.add((line.args[-1], line.block))
        return guards

    def _may_raise(self, line: Symbol) -> bool:
        if line.op not in GUARDED:
            return False
        x, y = line.args[0], line.args[-1]
        if line.op == "/":
            within = (line.block[:depth] for depth in range(len(line.block) + 1))
            return isinstance(y, Symbol) and not any((y, block) in self._checked for block in within)
        if line.op == "**":  # a positive base takes any exponent, a whole exponent of at least 0 any base
            return not ((isinstance(x, float) and x > 0) or (isinstance(y, float) and y >= 0 and y.is_integer()))
        return True


def _symbols(condition: Condition) -> Iterator[Symbol]:
    return (x for x in (condition.left, condition.right) if isinstance(x, Symbol))
