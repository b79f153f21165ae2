"""Which lines of a program are needed for its results, who uses them, and which are worth a name of their own."""

from collections.abc import Iterable, Iterator

from ..numbers.operations import OPERATIONS
from .symbol import Block, Condition, Operand, Program, RowLoop, Symbol, WhileLoop

TWICE = frozenset(  # written out, these name an operand twice
    "relu leaky_relu maximum minimum sign slope_of_abs share equal floor ceil".split()
)
# These raise for some operands where the lines that use the operands need not.
GUARDED = frozenset(["/", "**", *(name for name, row in OPERATIONS.items() if row.domain)])
RAISING = GUARDED | frozenset("exp exp2 expm1 sinh cosh".split())  # these raise for some finite operands
SHOWS_NAN = frozenset(  # where an operand is nan, the result is
    "+ - * / neg abs slope_of_abs share equal total".split() + [name for name, row in OPERATIONS.items() if row.is_line]
) - {"hypot"}
SHOWS_INF = frozenset(
    "+ - * / neg abs sqrt total".split()
)  # where an operand is infinite, of / the first, so is the result, or nan
SHOWS_BOTH = SHOWS_INF | frozenset(  # where an operand is infinite or nan, of / the first, so is the result
    "log log2 log10 log1p cbrt sin cos tan sinh cosh arcsin arccos arcsinh arccosh arctanh hypot floor ceil".split()
)
RAISING_AT_INF = RAISING | frozenset("sin cos tan hypot".split())  # and these for infinite ones, or where they overflow
MANY = object()  # stands for the user of a line that has several


class Liveness:
    """The needed lines of a program in order, and for each how it is used.

    With `guards`, lines that may raise are needed even if no result uses them: where the function is undefined, its
    derivative must not come out as a number. And `checked` are powers and hypots that must raise where they overflow,
    since the infinity would not show in a result. With `watches`, for languages that raise nothing, `watched` are all
    lines that would raise elsewhere without a trace in the results.
    """

    def __init__(
        self, program: Program, results: Iterable[Operand], *, guards: bool, checks: bool, watches: bool = False
    ) -> None:
        self.results = [x for x in results if isinstance(x, Symbol)]
        self.guards: set[Symbol] = set()
        self.shows_nan = self._shown(program, SHOWS_NAN)
        self.checked: set[Symbol] = set()
        self.watched: set[Symbol] = set()
        self.implied: set[Symbol] = set()  # lines that are finite where all results are that use them; if watched for
        self.powers = program.powers
        if checks:
            hypots = [line for line in program.lines if line.op == "hypot"]
            if hypots or program.powers:
                self.checked = {*hypots, *program.powers} - self._shown(program, SHOWS_INF)
        self._collect(program)
        if guards:
            self.guards = self._needed_guards(program)
        if self.guards:
            self._collect(program)
        if watches:
            shown = self._shown_for_sure(program)
            self.watched = {line for line in self.lines if line not in shown and self._raises_elsewhere(line)}

    def _collect(self, program: Program) -> None:
        self.lines: list[Symbol] = []
        self.rounds: dict[WhileLoop, list[tuple[Symbol, Operand, Operand]]] = {}  # state, where it starts, the next one
        self.totals: dict[RowLoop, list[Symbol]] = {}  # the sums that a loop adds up
        self.escaping: set[Symbol] = set()  # used outside their block, where they may not have been reached
        self._user: dict[Symbol, Symbol | object | None] = {}  # the only line that uses it, MANY, or None: a result
        self._fixed: set[Symbol] = set()  # used by a condition, or written out twice
        self._blocks: set[Block] = {()}
        self._divisors: set[tuple[object, Block]] = set()  # those that a line divides by
        self._finals: dict[Symbol, Symbol] = {line.args[1]: line for line in program.lines if line.op == "final"}
        for x in self.results:
            self._use(x, None)
        for line in reversed(program.lines):  # every line after those that use it
            if line in self._user or line in self.guards:
                self._need(line)
        self.lines.reverse()
        for totals in self.totals.values():
            totals.reverse()

    def _shown(self, program: Program, shows: frozenset[str]) -> set[Symbol]:
        """The lines that cannot be nan, or infinite, without a result that is not finite."""
        shown = {*self.results}
        for line in reversed(program.lines):
            if line in shown and line.op in shows:
                args = line.args[:1] if shows is SHOWS_INF and line.op == "/" else line.args
                shown.update(x for x in args if isinstance(x, Symbol))
        return shown

    def _shown_for_sure(self, program: Program) -> set[Symbol]:
        """The lines that, if they run, cannot be infinite or nan without a result that is so."""
        shown = {*self.results}
        for line in reversed(program.lines):
            if line in shown and (line.op in SHOWS_BOTH or _is_positive_power(line)):
                args = line.args[:1] if line.op in {"/", "**"} else line.args
                found = {x for x in args if isinstance(x, Symbol) and _runs_with(line, x)}
                self.implied |= found
                shown |= found
        return shown

    def _raises_elsewhere(self, line: Symbol) -> bool:
        """Whether Python may raise at this line; where it does, IEEE arithmetic makes it infinite or nan."""
        if line.op == "/":
            return isinstance(line.args[1], Symbol) or line.args[1] == 0
        return line.op in RAISING_AT_INF or line in self.powers

    def is_used(self, x: Symbol) -> bool:
        """Whether anything refers to this line; nothing may refer to a guard."""
        return x in self._user

    def user(self, x: Symbol) -> Symbol | None:
        """The only line that uses this one; None where several do, or none."""
        user = self._user.get(x)
        return user if isinstance(user, Symbol) else None

    def is_inline(self, line: Symbol) -> bool:
        """Whether a line may be written where it is used: once, and only where it would be reached as well."""
        user = self._user.get(line, MANY)
        if line in self._fixed or line in self.watched or line.label or line.op in {"total", "final"}:
            return False
        if user is None:
            return line.block == ()
        if not isinstance(user, Symbol):
            return False
        if user.op == "total" or (user.op == "final" and line.block != user.block):
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
            self._divisors.add((line.args[1], line.block))
        if line.block not in self._blocks:
            self._need_block(line.block)
        args = self.powers[line][:1] if line in self.checked and line in self.powers else line.args
        for x in args:
            if x.__class__ is Symbol:
                self._use(x, line)
                if fixed:
                    self._fixed.add(x)
            elif x.__class__ is Condition:
                self._use_all(x.symbols(), line)
            elif isinstance(x, RowLoop):
                self.totals.setdefault(x, []).append(line)
                self._need_block((*line.block, x))
            elif isinstance(x, WhileLoop):
                self._need_rounds(x, line)

    def _need_block(self, block: Block) -> None:
        """A block needs the symbols that its conditions and loops refer to."""
        self._blocks.add(block)
        for depth, opening in enumerate(block):
            if isinstance(opening, WhileLoop):
                continue  # needed by what follows it
            for x in opening.rows if isinstance(opening, RowLoop) else opening[0].symbols():
                self._use(x, MANY)
                self._fixed.add(x)
                self._mark_escaping(x, block[:depth])

    def _need_rounds(self, loop: WhileLoop, final: Symbol) -> None:
        """A loop of rounds needs where its numbers start, what follows them, and what its condition compares."""
        inside = (*final.block, loop)
        if inside in self._blocks:
            return
        self._blocks.add(inside)
        self._use_all(loop.condition.symbols(), final)
        needed = self._needed_states(loop)
        every = zip(loop.state, loop.start, loop.following, strict=True)
        self.rounds[loop] = [each for each in every if each[0] in needed]
        for _, start, following in self.rounds[loop]:
            for x in (start, following):
                if isinstance(x, Symbol):
                    self._use(x, final)

    def _needed_states(self, loop: WhileLoop) -> set[Symbol]:
        """The numbers that go round and are used: after the loop, by its condition, or by others of these."""
        following = dict(zip(loop.state, loop.following, strict=True))
        ahead = [*loop.condition.symbols(), *(x for x in loop.state if self._finals.get(x) in self._user)]
        seen: set[Symbol] = set()
        while ahead:
            x = ahead.pop()
            if x in seen or loop not in x.block:
                continue
            seen.add(x)
            ahead += _symbols((following[x],) if x in following else x.args)
            ahead += _symbols(opening[0] for opening in x.block if isinstance(opening, tuple))
        return seen

    def _use_all(self, symbols: Iterable[Symbol], user: Symbol) -> None:
        for x in symbols:
            self._use(x, user)
            self._fixed.add(x)

    def _use(self, x: Symbol, user: object) -> None:
        self._user[x] = MANY if x in self._user else user
        if x.block:
            if user is None:
                self.escaping.add(x)
            elif isinstance(user, Symbol) and not (
                user.op in {"total", "final"} and x.block == (*user.block, user.args[0])
            ):
                self._mark_escaping(x, user.block)

    def _mark_escaping(self, x: Symbol, block: Block) -> None:
        if block[: len(x.block)] != x.block:
            self.escaping.add(x)

    def _needed_guards(self, program: Program) -> set[Symbol]:
        guards = set()
        for line in program.lines:
            if line not in self._user and self._may_raise(line):
                guards.add(line)
                self._divisors.add((line.args[-1], line.block))
        return guards

    def _may_raise(self, line: Symbol) -> bool:
        if line.op not in GUARDED:
            return False
        x, y = line.args[0], line.args[-1]
        if line.op == "/":
            within = (line.block[:depth] for depth in range(len(line.block) + 1))
            return isinstance(y, Symbol) and not any((y, block) in self._divisors for block in within)
        if line.op == "**":  # a positive base takes any exponent, a whole exponent of at least 0 any base
            return not ((isinstance(x, float) and x > 0) or (isinstance(y, float) and y >= 0 and y.is_integer()))
        return True


def _is_positive_power(line: Symbol) -> bool:
    return line.op == "**" and isinstance(line.args[1], float) and line.args[1] > 0


def _runs_with(line: Symbol, operand: Symbol) -> bool:
    """Whether a line runs at least once where an operand does: no choice, and no loop of rounds, lies between them."""
    return all(opening in operand.block or isinstance(opening, RowLoop) for opening in line.block)


def _symbols(operands: Iterable[object]) -> Iterator[Symbol]:
    """All symbols that operands of a line depend on directly, those of an inner loop among them."""
    for x in operands:
        if isinstance(x, Symbol):
            yield x
        elif isinstance(x, Condition):
            yield from x.symbols()
        elif isinstance(x, WhileLoop):
            yield from _symbols((x.condition, *x.start, *x.following))
