"""Programs for array libraries: NumPy, JAX, PyTorch. Each number may be a scalar or a whole column of them.

A choice is `where(condition, a, b)`, with both sides computed. A loop over a batch is written as operations on its
columns, and a sum over the loop as the sum of a column; in a loop within a loop, each loop has an axis of its own.

What stands in a branch that is not taken must do no harm: 0 · inf would be nan, in the gradients that the library takes
of this program too. So operations that may become infinite there get a harmless operand where the branch is not
taken, log(where(x > 0.0, x, 1.0)), and what is used outside of the branch is 0 there.
"""

from collections.abc import Hashable, Iterable, Iterator
from typing import ClassVar

from ..numbers.operations import OPERATIONS, SHORT_NAMES
from ..symbols.symbol import (
    Condition,
    Loop,
    Operand,
    Operands,
    Program,
    RowLoop,
    StagingError,
    Structure,
    Symbol,
    Tree,
    WhileLoop,
)
from ..trees.tree import LEAF, flatten
from ..writing.names import Names
from ..writing.writer import ATOM, NEGATION, POWER, PRODUCT
from . import python

HELPERS = {  # the exponential of -|x|, written such that all derivatives at 0 are right
    "sigmoid": """def sigmoid(x):
    e_to_minus_abs_x = exp(where(x < 0.0, x, -x))
    return where(x < 0.0, e_to_minus_abs_x, 1.0) / (1.0 + e_to_minus_abs_x)
""",
    "softplus": """def softplus(x):
    return where(x < 0.0, 0.0, x) + log1p(exp(where(x < 0.0, x, -x)))
""",
    "log_sigmoid": """def log_sigmoid(x):
    return where(x < 0.0, x, 0.0) - log1p(exp(where(x < 0.0, x, -x)))
""",
}
HARMLESS = {name: row.safe for name, row in OPERATIONS.items() if row.safe is not None}
RESERVED = python.RESERVED.union("where maximum minimum sign cbrt tensor numpy jax torch".split(), SHORT_NAMES)


class ArrayWriter(python.PythonWriter):
    """Writes one program as the body of a function of NumPy's arrays."""

    GUARDS: ClassVar = False  # arrays do not raise
    CHOOSING: ClassVar = ATOM
    MODULE: ClassVar = "numpy"
    ELSEWHERE: ClassVar = {"erf": "scipy.special"}  # NumPy has none
    HELPERS: ClassVar = HELPERS
    NEEDED: ClassVar = {op: {"exp", "where", *(["log1p"] if "log1p" in text else [])} for op, text in HELPERS.items()}
    CHECKS: ClassVar = False
    WORDS: ClassVar = {"and": "&", "or": "|", "not": "~"}
    NEGATED: ClassVar = 4
    COMPARING: ClassVar = 1
    FUNCTIONS: ClassVar = {}
    TEMPLATES: ClassVar = {
        "relu": "where({0} <= 0.0, 0.0, {0})",
        "leaky_relu": "where({0} > 0.0, {0}, {1} * {0})",
        "share": "where({0} > {1}, 1.0, where({0} < {1}, 0.0, where({0} == {1}, 0.5, nan)))",
        "equal": "where({0} == {1}, 1.0, where(({0} < {1}) | ({0} > {1}), 0.0, nan))",
    }

    def __init__(self, program: Program, results: list[Operand], names: Names, rows: dict[str, Hashable]) -> None:
        self._rows = rows  # the structure of one row of each batched argument
        self._loops: list[RowLoop] = []  # those with columns in the program
        self._written: set[WhileLoop] = set()
        self._going: dict[WhileLoop, str] = {}  # the name of what says for which numbers a loop goes on
        self._axes: dict[Symbol, frozenset[Loop]] = {}  # the loops over whose rows a line is a column
        super().__init__(program, results, names)

    # --- lines -----------------------------------------------------------------------------------------------

    def body(self) -> list[str]:
        """The lines up to the return statement; of the blocks, only loops of rounds are left."""
        columns = [self._indented(0, text) for loop in self._loops for text in self._loop(loop)]
        written: list[str] = []
        here: list[WhileLoop] = []
        for line, text in self._named:
            there = [x for x in line.block if isinstance(x, WhileLoop)]
            ends = [line.args[0]] if line.op == "final" and line.args[0] not in self._written else []
            for loops in ([*there, *ends], there):
                written += self._entered(here, loops)
                here = loops
            if line not in self._text:
                written.append(self._indented(len(here), self._line(line, text)))
        return columns + written + self._entered(here, [])

    def _entered(self, here: list[WhileLoop], there: list[WhileLoop]) -> list[str]:
        """What ends the loops of rounds that are left, and begins those that are entered."""
        common = len([None for a, b in zip(here, there, strict=False) if a is b])
        self._written.update(there)
        ends = [self._indented(d, text) for d in range(len(here), common, -1) for text in self._next_round(here[d - 1])]
        begins = range(common, len(there))
        return ends + [self._indented(d, text) for d in begins for text in self._rounds(there[d])]

    def _rounds(self, loop: WhileLoop) -> list[str]:
        """A round is for the numbers for which the condition still holds; the others stay."""
        if any(isinstance(x, RowLoop) for x in loop.state[0].block):
            raise StagingError(
                "while_loop, fori_loop or fixed_point within sum_over or mean_over is not written for array libraries: "
                "call the function of one example on columns instead"
            )
        going = self._going[loop] = self.names.fresh("going")
        self.used |= {"any", "where"}
        taken = [each for each in loop.state[0].block if isinstance(each, tuple)]
        test = self._condition(loop.condition)
        return [
            *(f"{self.names.of(x)} = {self._start(start)}" for x, start, _ in self.live.rounds[loop]),
            f"while any({going} := {self._where(taken, test, 'False') if taken else test}):",
        ]

    def _start(self, x: Operand) -> str:
        return self._operand(x)

    def _next_round(self, loop: WhileLoop) -> list[str]:
        pairs = [(self.names.of(x), self._operand(following)) for x, _, following in self.live.rounds[loop]]
        chosen = (f"where({self._going[loop]}, {text}, {name})" for name, text in pairs)
        return [f"{', '.join(name for name, _ in pairs)} = {', '.join(chosen)}"]

    def _loop(self, loop: RowLoop) -> list[str]:
        """What takes the rows apart into columns, each with an axis for every loop around this one."""
        axes = f"[...{', None' * _depth(loop)}]" if _depth(loop) else ""
        items = iter(flatten(loop.target)[0])
        written = []
        for array, width in (each for rows in loop.rows for each in self._arrays(rows)):
            names = [self.names.of(next(items)) for _ in range(width or 1)]
            written.append(f"{python.sequence(names)} = {array}.T{axes}" if width else f"{names[0]} = {array}{axes}")
        return written

    def _arrays(self, rows: Symbol) -> Iterator[tuple[str, int]]:
        name: str = rows.args[0]
        return _arrays(name, self.names.of(rows), self._rows[name])

    def _count(self, rows: Symbol) -> str:
        return f"len({self._some_array(rows)})"

    def _some_array(self, rows: Symbol) -> str:
        return next(self._arrays(rows), (self.names.of(rows), 0))[0]

    # --- expressions -----------------------------------------------------------------------------------------

    def _expression(self, line: Symbol) -> tuple[str, int]:
        op, args = line.op, line.args
        taken = [each for each in line.block if not isinstance(each, Loop)]
        endangered = _endangered(op, args) if taken else None
        if endangered is not None:
            safe = self._where(taken, self._operand(args[endangered]), repr(HARMLESS[op]))
            args = (*args[:endangered], safe, *args[endangered + 1 :])
        text, strength = self._operation(op, args)
        is_masked = bool(taken) and line in self.live.escaping and not self.live.is_inline(line)
        if is_masked:
            text, strength = self._where(taken, text, "0.0"), ATOM
        conditions = [condition for condition, _ in taken] if is_masked or endangered is not None else []
        self._axes[line] = self._axes_of([*line.args, *conditions])
        if op == "total":
            self._axes[line] -= {args[0]}
        return text, strength

    def _axes_of(self, args: Iterable[object]) -> frozenset[Loop]:
        axes: frozenset[Loop] = frozenset()
        for x in args:
            if isinstance(x, Condition):
                axes |= self._axes_of(x.args)
            elif isinstance(x, Symbol):  # an item of a loop is no line of the program
                axes |= self._axes.get(x, frozenset([each for each in x.block[-1:] if isinstance(each, RowLoop)]))
        return axes

    def _where(self, taken: list[tuple[Condition, bool]], text: str, otherwise: str) -> str:
        """The text where all of these branches are taken."""
        self.used.add("where")
        for condition, outcome in reversed(taken):
            a, b = (text, otherwise) if outcome else (otherwise, text)
            text = f"where({self._condition(condition)}, {a}, {b})"
        return text

    def _operation(self, op: str, args: Operands) -> tuple[str, int]:
        if op == "total":
            return self._total(*args)
        if op == "slope_of_abs":
            return self._operation("sign", args)
        if op in self.TEMPLATES:
            self.used.add("where")
        return super()._operation(op, args)

    def _total(self, loop: RowLoop, term: Operand) -> tuple[str, int]:
        axes = self._axes_of([term])
        if loop not in axes:
            return f"{self._count(loop.rows[0])} * {self._operand(term, PRODUCT + 1)}", PRODUCT
        if loop not in self._loops:
            self._loops.append(loop)
        own = f"{-1 - _depth(loop)}" if len(axes) > 1 else ""
        return f"{self._operand(term, ATOM)}.sum({own})", ATOM

    def _select(self, condition: str, a: str, b: str) -> str:
        self.used.add("where")
        return f"where({condition}, {a}, {b})"

    def _power(self, x: Operand, n: Operand) -> tuple[str, int]:
        is_whole = isinstance(n, float) and n.is_integer()
        exponent = str(int(n)) if is_whole and abs(n) < 1e9 else self._operand(n, NEGATION)
        return f"{self._operand(x, POWER + 1)} ** {exponent}", POWER

    def _operand(self, x: Operand | str, strength: int = 0) -> str:
        return x if isinstance(x, str) else super()._operand(x, strength)


class JaxWriter(ArrayWriter):
    """The same for JAX."""

    MODULE: ClassVar = "jax.numpy"
    ELSEWHERE: ClassVar = {"erf": "jax.scipy.special"}


class TorchWriter(ArrayWriter):
    """The same for PyTorch, whose functions take tensors only: numbers beside tensors, and counts, become tensors."""

    MODULE: ClassVar = "torch"
    ELSEWHERE: ClassVar = {}
    TEMPLATES: ClassVar = ArrayWriter.TEMPLATES | {
        "sign": "where({0} == {0}, sign({0}), {0})",  # its sign of nan is 0
        "cbrt": "where({0} < 0.0, -1.0, 1.0) * abs({0}) ** (1.0 / 3.0)",  # it has none
    }

    def _count(self, rows: Symbol) -> str:
        return f"{self._some_array(rows)}.new_tensor({super()._count(rows)})"

    def _operation(self, op: str, args: Operands) -> tuple[str, int]:
        if op == "sign":
            self.used.add(op)
        return super()._operation(op, args)

    def _call(self, op: str, args: Operands) -> tuple[str, int]:
        tensor = next(x for x in args if not isinstance(x, float))
        texts = [f"{self._operand(tensor, ATOM)}.new_tensor({self._operand(x)})" for x in args if isinstance(x, float)]
        return super()._call(op, tuple(texts.pop() if isinstance(x, float) else x for x in args))


LIBRARIES: dict[str, type[ArrayWriter]] = {"numpy": ArrayWriter, "jax": JaxWriter, "torch": TorchWriter}


def source(
    library: str, name: str, parameters: dict[str, Tree], program: Program, results: Tree, rows: dict[str, Hashable]
) -> str:
    """A function of a library's arrays as text; `rows` has the structure of one row of each batched argument.

    Raises StagingError for rows that no array or dict of arrays holds.
    """
    names = Names(RESERVED, unicode=True)
    writer = LIBRARIES[library]
    return python.function(name, parameters, results, names, lambda leaves: writer(program, leaves, names, rows))


# --- what arrays are made of ---------------------------------------------------------------------------------------


def _depth(loop: RowLoop) -> int:
    """How many loops over rows stand around this one."""
    return sum(isinstance(opening, RowLoop) for opening in flatten(loop.target)[0][0].block) - 1


def _endangered(op: str, args: Operands) -> int | None:
    """Which operand decides whether an operation is finite, if it is one of which that is in doubt."""
    if op not in HARMLESS or (op == "**" and isinstance(args[1], float) and args[1] >= 0 and args[1].is_integer()):
        return None
    numbers = [i for i, x in enumerate(args) if isinstance(x, Symbol)]
    if op == "/":
        return 1 if 1 in numbers else None
    return numbers[0]


def _arrays(name: str, text: str, structure: Structure) -> Iterator[tuple[str, int]]:
    """The arrays that hold rows of this structure: how each is written, and of how many columns it is, 0 for just one.

    Rows of numbers are a column, rows that are lists of numbers an array; others are dicts, tuples, … of such.
    """
    if structure == LEAF:
        yield text, 0
    elif structure is not None:
        kind, *names, branches = structure
        if _is_array(structure) and branches[0] == LEAF:
            yield text, len(branches)
            return
        for key, branch in zip(names[0] if names else range(len(branches)), branches, strict=True):
            if type(key) not in {str, int}:
                raise StagingError(
                    f"the rows of {name} have the key {key!r}: for array libraries, keys must be texts or ints"
                )
            is_field = names and not issubclass(kind, dict)
            place = f".{key}" if is_field else f"[:, {key}]" if _is_array(structure) else f"[{key!r}]"
            yield from _arrays(name, text + place, branch)


def _is_array(structure: Structure) -> bool:
    """Whether rows of this structure are an array together: lists of numbers, lists of such lists, all alike."""
    if structure == LEAF:
        return True
    return structure is not None and len(structure) == 2 and len({*structure[1]}) == 1 and _is_array(structure[1][0])
