"""Symbols: stand-ins for numbers that write down what is done to them.

Staging runs a function on symbols instead of numbers, through its backward pass too. What the symbols write down is a
straight-line `Program`: each symbol is one line of it, an operation on earlier symbols and numbers. The same line is
written once only (common subexpressions), and lines that algebra makes needless are never written (`simplify.py`).

A choice between two functions, `where(x > 0, lambda: log(x), 0.0)`, writes each branch into a block of its own, which
the program enters only under its condition.
"""

import contextlib
import math
import sys
from collections.abc import Callable, Hashable, Iterable, Iterator
from fractions import Fraction
from typing import Any, NoReturn, TypeAlias, Union

from ..core.elementary import Elementary
from ..core.rules import deepest
from ..numbers.kinds import SWAPPED
from ..numbers.number import counted, is_truth, shown
from ..numbers.operations import OPERATIONS
from .simplify import RULES, ZERO

Tree: TypeAlias = object  # a tree of numbers or symbols: what the reader's function takes and returns
Structure: TypeAlias = Any  # of a tree: LEAF, None, or its class, its keys if it has any, and its branches
Operand: TypeAlias = Union["Symbol", float]
Operands: TypeAlias = tuple[Any, ...]  # of a line: Operands; a Condition or Loop first, a name: the operation decides
Opening: TypeAlias = Union[tuple["Condition", bool], "RowLoop", "WhileLoop"]
Block: TypeAlias = tuple[Opening, ...]  # what a line stands within, outermost first

COMMUTATIVE = frozenset("+ * maximum minimum hypot equal".split())


class StagingError(TypeError):
    """Something was asked of a symbol that only a number can answer, as `if x > 0:`.

    >>> from tinygrad_edu import jit
    >>> absolute = jit(lambda x: x if x > 0 else -x)
    >>> absolute(2.0)
    Traceback (most recent call last):
        ...
    tinygrad_edu.StagingError: a choice on a symbol ...
    """

    __module__ = "tinygrad_edu"


class Program:
    """The lines written so far, in order; `lines` are symbols.

    An `exact` program keeps the sign of every zero, which others may lose: see `simplify`.
    """

    def __init__(self, *, exact: bool = False) -> None:
        self.lines: list[Symbol] = []
        self.powers: dict[Symbol, tuple[Operand, int]] = {}  # products that were written as x ** 2 or x ** 3
        self.block: Block = ()
        self.finished = False
        self.exact = exact
        self._lines: dict[Hashable, Symbol] = {}
        self._conditions: dict[Hashable, Condition] = {}

    def input(self, name: str) -> "Symbol":
        """A symbol for an argument of the program."""
        return Symbol(self, "input", (), name)

    def write(self, op: str, *args: Hashable) -> Operand:
        """The result of an operation as a symbol, or as a number where algebra knows it.

        Operands are symbols and floats; `select` has a Condition first, `total` and `final` a Loop, which count as
        operands.
        """
        if self.finished:
            raise StagingError(
                f"{op} of a symbol whose staged function has returned{_at_line()}: it was kept in a variable outside. "
                "Return what you need from the function instead"
            )
        rule = RULES.get(op)
        if rule is not None:
            known = rule(self, *args)
            if known is not None:
                return known
        block = self.block
        in_loop = bool(block) and isinstance(block[-1], Loop)
        if in_loop and not is_within(block[-1], args):  # the same in each round: once is enough
            self.block = block[:-1]
            try:
                return self.write(op, *args)
            finally:
                self.block = block
        lines, key = self._lines, (op, *map(_key, _ordered(args) if op in COMMUTATIVE else args))
        found = lines.get((block, *key))
        if found is None and not in_loop:  # where it was written before in an enclosing block
            above = (lines.get((block[:depth], *key)) for depth in range(len(block) - 1, -1, -1))
            found = next((line for line in above if line is not None), None)
        if found is None:
            found = lines[(block, *key)] = Symbol(self, op, args)
            self.lines.append(found)
        return found

    def condition(self, test: str, *operands: "Operand | Condition") -> "Condition":
        """A comparison of two operands, or conditions combined; the same one again where it was made before."""
        key = (test, *map(_key, operands))
        if key not in self._conditions:
            self._conditions[key] = Condition(self, test, operands)
        return self._conditions[key]

    @contextlib.contextmanager
    def trial(self) -> Iterator[None]:
        """What is written within is forgotten again."""
        count, lines, conditions = len(self.lines), dict(self._lines), dict(self._conditions)
        try:
            yield
        finally:
            del self.lines[count:]
            self._lines, self._conditions = lines, conditions

    @contextlib.contextmanager
    def within(self, opening: Opening) -> Iterator[None]:
        """Lines written here stand in a block: under (condition, outcome), or in each round of a loop.

        Lines of a loop that are the same in each round come out in front of it.
        """
        before, start = self.block, len(self.lines)
        self.block = (*before, opening)
        try:
            yield
        finally:
            self.block = before
            if isinstance(opening, Loop):
                self.lines[start:] = sorted(self.lines[start:], key=lambda line: opening in line.block)


def _ordered(operands: Operands) -> Operands:
    """Two operands whose order does not matter, in one that is always the same."""
    x, y = operands
    swapped = y.__class__ is float or (x.__class__ is not float and id(y) < id(x))
    return (y, x) if swapped else operands


def _key(x: Hashable) -> Hashable:
    """What tells an operand from others: 0.0 and -0.0, which are equal, are two."""
    return "-0.0" if x.__class__ is float and x == 0.0 and math.copysign(1.0, x) < 0.0 else x


class Symbol:
    """One line of a program: an operation on earlier symbols and plain numbers.

    `label` is the reader's name for it, `wish` a name to use if it needs one.
    """

    __slots__ = ("args", "block", "label", "op", "program", "wish")

    def __init__(self, program: Program, op: str, args: Operands, label: str = "") -> None:
        self.program = program
        self.op = op
        self.args = args
        self.label = label
        self.wish = ""
        self.block = program.block

    def __add__(self, other: object) -> Operand:
        return self._with(other, "+")

    def __radd__(self, other: object) -> Operand:
        return self._with(other, "+", swapped=True)

    def __sub__(self, other: object) -> Operand:
        return self._with(other, "-")

    def __rsub__(self, other: object) -> Operand:
        return self._with(other, "-", swapped=True)

    def __mul__(self, other: object) -> Operand:
        return self._with(other, "*")

    def __rmul__(self, other: object) -> Operand:
        return self._with(other, "*", swapped=True)

    def __truediv__(self, other: object) -> Operand:
        return self._with(other, "/")

    def __rtruediv__(self, other: object) -> Operand:
        return self._with(other, "/", swapped=True)

    def __pow__(self, other: object) -> Operand:
        return self._with(other, "**")

    def __rpow__(self, other: object) -> Operand:
        return self._with(other, "**", swapped=True)

    def _with(self, other: object, op: str, *, swapped: bool = False) -> Operand:
        operand = _operand(other)
        if operand is None:
            # It is a node over symbols, which knows what to do with one; or it is no number.
            return NotImplemented  # type: ignore[no-any-return]
        return self.program.write(op, operand, self) if swapped else self.program.write(op, self, operand)

    def __neg__(self) -> Operand:
        return self.program.write("neg", self)

    def __pos__(self) -> "Symbol":
        return self

    def __abs__(self) -> Operand:
        return self.program.write("abs", self)

    def __lt__(self, other: object) -> "Condition":
        return self._compare("<", other)

    def __le__(self, other: object) -> "Condition":
        return self._compare("<=", other)

    def __gt__(self, other: object) -> "Condition":
        return self._compare(">", other)

    def __ge__(self, other: object) -> "Condition":
        return self._compare(">=", other)

    def _compare(self, test: str, other: object) -> "Condition":
        operand = _operand(other)
        return NotImplemented if operand is None else self.program.condition(test, self, operand)

    def __eq__(self, other: object) -> bool:
        """Identity, for this library's own use; in the reader's code a question that only numbers can answer."""
        if self is other:
            return True
        caller = sys._getframe(1).f_globals.get("__name__", "")
        if caller.partition(".")[0] == PACKAGE or not isinstance(other, Symbol | int | float):
            return False
        raise StagingError(
            f"== of a symbol{_at_line()}: whether it holds is known only when the staged program runs. "
            "Use where(x > y, ...), or compare outside of the staged function"
        )

    __hash__ = object.__hash__

    @property
    def data(self) -> "Symbol":
        """Itself: where a Value has its number, the symbol stands for that number already."""
        return self

    def write(self, op: str, *operands: object) -> Operand:
        """An operation of which this symbol is one operand; `scalar` asks for the slopes at kinks this way."""
        return self.program.write(op, *map(to_operand, operands))

    def called(self, label: str, gradient: object = None) -> None:
        """Take over the label of the node that wrote this line; the node's gradient, if a line too, goes by it."""
        self.label = self.label or label
        if self.label and isinstance(gradient, Symbol):
            gradient.wish = gradient.wish or f"d{self.label}"

    def _refuse(self, *_: object) -> NoReturn:
        raise StagingError(
            f"this needs a number, but the function is being staged{_at_line()} and its arguments are symbols: "
            "use tinygrad_edu's functions (exp, sin, where, ...) instead of math's, if, int(), float(), // and %"
        )

    def __index__(self) -> int:
        raise StagingError(
            f"a symbol as a count or an index{_at_line()}: the function is being staged, so its arguments are not "
            "known yet. A number that must be known does not belong among them: give it with functools.partial"
        )

    @property
    def backward(self) -> NoReturn:
        """No symbol has one."""
        raise StagingError(
            f"backward() of a symbol{_at_line()}: jit hands over symbols, not Values. "
            "Stage the gradient instead: jit(grad(f)) or jit(value_and_grad(f))"
        )

    __float__ = __int__ = __bool__ = __round__ = __trunc__ = __floor__ = __ceil__ = _refuse
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __divmod__ = __rdivmod__ = _refuse

    def __repr__(self) -> str:
        return f"<symbol {self.label or self.op}>"


def _function(name: str, *, swapped: bool = False) -> Callable[..., Operand]:
    def method(self: Symbol, *others: object) -> Operand:
        operands = [*map(_operand, others)]
        if None in operands:
            return NotImplemented  # type: ignore[no-any-return]  # the other operand is asked
        return self.program.write(name, *operands, self) if swapped else self.program.write(name, self, *operands)

    return method


# `scalar`'s functions ask a number that is no float for its method of that name
for _name in [name for name, row in OPERATIONS.items() if row.is_line]:
    setattr(Symbol, _name, _function(_name))
for _name, _method in SWAPPED.items():
    setattr(Symbol, _method, _function(_name, swapped=True))

PACKAGE = __name__.partition(".")[0]


def _operand(x: object) -> Operand | None:
    """`x` as an operand of a line: a symbol, or a float. None if it is neither.

    The int 0 is a zero of the structure: a slope of 0, the start of a sum.
    """
    if type(x) is float or type(x) is Symbol:
        return x
    if isinstance(x, Elementary):
        return None
    try:
        x = counted(x)
    except TypeError:
        return None
    if type(x) is int and x == 0:
        return ZERO
    return float(x) if isinstance(x, int | float | Fraction) else None


def to_operand(x: object) -> Operand:
    """The same for what must be one: StagingError if it is not."""
    known = _operand(x)
    if known is None:
        raise StagingError(f"staging needs floats, got {shown(x)} of type {type(x).__name__}: convert it with float()")
    return known


class Loop:
    """A loop of a program; what stands in it is run anew in each round."""

    __slots__ = ()


class RowLoop(Loop):
    """A loop over the rows of one input, or of several in step."""

    __slots__ = ("rows", "target")

    def __init__(self, rows: tuple[Symbol, ...]) -> None:
        self.rows = rows
        self.target: tuple[object, ...] = ()  # the tree of items that each row is unpacked into

    def total(self, term: object) -> Operand:
        """The sum of `term` over all rounds, readable after the loop."""
        operand, write = to_operand(term), self.rows[0].program.write
        if not is_within(self, (operand,)):
            return write("*", write("count", self.rows[0]), operand)
        return write("total", self, operand)


class WhileLoop(Loop):
    """A loop that goes on while a condition holds: numbers that start somewhere and change in each round."""

    __slots__ = ("condition", "following", "start", "state")

    def __init__(self, program: Program, start: list[Operand], labels: list[str]) -> None:
        self.start = start
        block, program.block = program.block, (*program.block, self)
        self.state = [Symbol(program, "state", (), label) for label in labels]
        program.block = block
        self.following: list[Operand] = []  # what the state is in the next round
        self.condition: Condition


def is_within(loop: object, args: Iterable[object]) -> bool:
    """Whether one of these operands differs from round to round."""
    for x in args:
        if x.__class__ is Symbol:
            if loop in x.block:
                return True
        elif isinstance(x, Condition) and is_within(loop, x.symbols()):
            return True
    return False


class Condition:
    """A comparison of symbols, or several combined: true or false only when the program runs.

    `test` is a comparison, "and", "or", "not", or "kink": x > 0 as the slope of a kink asks it, which is nan at nan.
    """

    __slots__ = ("args", "program", "test")

    def __init__(self, program: Program, test: str, args: Operands) -> None:
        self.program = program
        self.test = test
        self.args = args

    @property
    def left(self) -> Operand:
        """The first operand."""
        return self.args[0]  # type: ignore[no-any-return]  # of a comparison

    @property
    def right(self) -> Operand:
        """The second operand; 0 at a kink."""
        return self.args[1] if len(self.args) > 1 else 0.0

    def symbols(self) -> Iterator[Symbol]:
        """The symbols that are compared."""
        for x in self.args:
            if isinstance(x, Symbol):
                yield x
            elif isinstance(x, Condition):
                yield from x.symbols()

    def __and__(self, other: object) -> "Condition | bool":
        return self._combined("and", other)

    def __or__(self, other: object) -> "Condition | bool":
        return self._combined("or", other)

    __rand__, __ror__ = __and__, __or__

    def __invert__(self) -> "Condition":
        return self.program.condition("not", self)

    def _combined(self, word: str, other: object) -> "Condition | bool":
        if isinstance(other, Condition):
            return self if other is self else self.program.condition(word, self, other)
        if not is_truth(other) and not (isinstance(other, int) and other in (-1, -2)):
            return NotImplemented  # type: ignore[no-any-return]  # the other operand is asked
        is_true = bool(other) and other != -2  # what Python makes of ~True
        return self if is_true == (word == "and") else is_true

    def __bool__(self) -> bool:
        raise StagingError(
            f"a choice on a symbol{_at_line()}: whether it holds is known only when the staged program runs. "
            "Use where(condition, if_true, if_false), with functions for branches that must not always be computed; "
            "for several conditions (a < x) & (x < b), with &, | and ~ for and, or and not; "
            "for a loop while_loop(condition, body, start)"
        )

    def choose(self, if_true: object, if_false: object) -> object:
        """What `tinygrad_edu.where` does with this condition: both branches are written, one is computed."""
        return chosen(self, self._branch(if_true, True), self._branch(if_false, False))

    def _branch(self, branch: object, outcome: bool) -> object:
        if not callable(branch):
            return branch
        if len(self.program.block) >= DEEPEST:
            raise StagingError(
                f"where within where, {DEEPEST} deep{_at_line()}: Python's compiler takes no more. "
                "Give where numbers instead of functions for some of the branches"
            )
        with self.program.within((self, outcome)):
            return branch()


DEEPEST = 80  # Python's compiler refuses 100 levels of indentation


def chosen(condition: Condition, a: object, b: object) -> object:
    """`a` if the condition holds, else `b`: as a symbol, or as a node whose parents are both."""
    kind, write = deepest([a, b]), condition.program.write
    if kind is None:
        return write("select", condition, to_operand(a), to_operand(b))
    numbers = [x.data if isinstance(x, kind) else x for x in (a, b)]
    local_grads = [write("select", condition, 1.0, ZERO), write("select", condition, ZERO, 1.0)]
    return kind._wide(
        "where",
        (a, b),
        chosen(condition, *numbers),
        tuple(d if isinstance(x, kind) else None for x, d in zip((a, b), local_grads, strict=True)),
    )


def _at_line() -> str:
    """Where: " (file.py, line 12)": the innermost line outside this package, where the reader's own code stands."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == PACKAGE:
        frame = frame.f_back
    return f" ({frame.f_code.co_filename.replace(chr(92), '/').rpartition('/')[2]}, line {frame.f_lineno})"
