"""Programs as Python source: what a person would write by hand, with the reader's own names.

The text needs nothing but `math`. Lines that are used once are written where they are used.
"""

import builtins
import dataclasses
import keyword
import math
from collections.abc import Callable, Mapping
from typing import ClassVar

from ..numbers.operations import SHORT_NAMES
from ..symbols.symbol import Operand, Program, RowLoop, Structure, Symbol, Tree, WhileLoop
from ..trees.tree import LEAF, Kept, Numbers, flatten
from ..writing.names import Names
from ..writing.writer import POWER, Writer, checked_number

HELPERS = {
    "sigmoid": """def sigmoid(x):
    if x < 0.0:
        e_to_x = exp(x)
        return e_to_x / (1.0 + e_to_x)
    return 1.0 / (1.0 + exp(-x))
""",
    "softplus": """def softplus(x):
    return (0.0 if x < 0.0 else x) + log1p(exp(-abs(x)))
""",
    "log_sigmoid": """def log_sigmoid(x):
    return -((0.0 if x > 0.0 else -x) + log1p(exp(-abs(x))))
""",
    "finite_hypot": """def finite_hypot(x, y):
    h = hypot(x, y)
    if h == inf:
        raise OverflowError
    return h
""",
}
NEEDED = {
    "finite_hypot": {"hypot", "inf"},
    "sigmoid": {"exp"},
    "softplus": {"exp", "log1p"},
    "log_sigmoid": {"exp", "log1p"},
}
RESERVED = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *dir(math), *HELPERS, "math"})


class PythonWriter(Writer):
    """Writes one program as the body of a Python function."""

    MODULE: ClassVar[str] = "math"  # where the functions come from
    HELPERS: ClassVar[Mapping[str, str]] = HELPERS
    NEEDED: ClassVar[Mapping[str, set[str]]] = NEEDED
    ELSEWHERE: ClassVar[Mapping[str, str]] = {}  # a function that comes from another module: its module
    CHECKS: ClassVar = True
    FUNCTIONS: ClassVar = SHORT_NAMES
    TEMPLATES: ClassVar = {
        "relu": "0.0 if {0} < 0.0 else {0}",
        "leaky_relu": "{0} if {0} > 0.0 else {1} * {0}",
        "maximum": "{0} if {0} > {1} or {0} != {0} else {1}",
        "minimum": "{0} if {0} < {1} or {0} != {0} else {1}",
        "floor": "{0} // 1.0 if {0} - {0} == 0.0 else {0}",
        "ceil": "-(-{0} // 1.0) if {0} - {0} == 0.0 else {0}",
        "sign": "1.0 if {0} > 0.0 else -1.0 if {0} < 0.0 else 0.0 if {0} == 0.0 else nan",
        "slope_of_abs": "1.0 if {0} > 0.0 else -1.0 if {0} < 0.0 else 0.0 if {0} == 0.0 else nan",
        "share": "1.0 if {0} > {1} else 0.0 if {0} < {1} else 0.5 if {0} == {1} else nan",
        "equal": "1.0 if {0} == {1} else 0.0 if {0} < {1} or {0} > {1} else nan",
    }

    def _expression(self, line: Symbol) -> tuple[str, int]:
        if line not in self.live.checked:
            return super()._expression(line)
        if line.op == "hypot":
            return self._call("finite_hypot", line.args)
        x, n = self.live.powers[line]
        return f"{self._operand(x, POWER + 1)} ** {n}", POWER

    def _assignment(self, line: Symbol, text: str) -> str:
        return f"{self.names.of(line)} = {text}"

    def _guard(self, text: str) -> str:
        return f"{text}{self._comment('raises where it is undefined')}"

    def _comment(self, text: str) -> str:
        return f"  # {text}"

    def _addition(self, total: Symbol, sign: str, text: str) -> str:
        return f"{self.names.of(total)} {sign}= {text}"

    def _zero(self, line: Symbol) -> str:
        return f"{self.names.of(line)} = 0.0"

    def _condition_opening(self, text: str, outcome: bool) -> list[str]:
        return [f"if {text}:" if outcome else f"if not {text}:"]

    def _rounds(self, loop: WhileLoop) -> list[str]:
        starts = [f"{self.names.of(x)} = {self._operand(start)}" for x, start, _ in self.live.rounds[loop]]
        return [*starts, f"while {self._condition(loop.condition)}:"]

    def _next_round(self, loop: WhileLoop) -> list[str]:
        names, texts = zip(*((self.names.of(x), self._operand(y)) for x, _, y in self.live.rounds[loop]), strict=True)
        return [f"{', '.join(names)} = {', '.join(texts)}"]

    def _loop(self, loop: RowLoop) -> list[str]:
        rows = [self.names.of(each) for each in loop.rows]
        unpacking: list[str] = []
        target = ", ".join(self._target(tree, unpacking) for tree in loop.target)
        every = rows[0] if len(rows) == 1 else f"zip({', '.join(rows)}, strict=True)"
        zeros = [self._zero(total) for total in self.live.totals.get(loop, [])]
        return [*zeros, f"for {target} in {every}:", *unpacking]

    def _target(self, tree: Tree, unpacking: list[str]) -> str:
        """What a row is assigned to in the head of the loop; a dict is unpacked in its body."""
        if isinstance(tree, Symbol):
            return self.names.of(tree)
        if isinstance(tree, list | tuple):
            return f"({sequence([self._target(branch, unpacking) for branch in tree])})"
        name = self.names.fresh("row")
        unpacking += unpacked(self.names, name, tree)
        return name

    def _end(self) -> list[str]:
        return []

    def _select(self, condition: str, a: str, b: str) -> str:
        return f"{a} if {condition} else {b}"

    def _count(self, rows: Symbol) -> str:
        return f"len({self.names.of(rows)})"

    def _power(self, x: Operand, n: Operand) -> tuple[str, int]:
        """Whole powers by `**`; others by math's pow, which refuses a negative base instead of leaving the reals."""
        if isinstance(n, float) and n.is_integer() and abs(n) < 1e9:
            return f"{self._operand(x, POWER + 1)} ** {int(n)}", POWER
        return self._call("pow", (x, n))

    def preamble(self) -> list[str]:
        """The import and the helpers that the operations need, followed by two blank lines if there are any."""
        helpers = [op for op in self.HELPERS if op in self.used]
        needed = {self.FUNCTIONS.get(op, op) for op in self.used if op not in self.HELPERS and op != "abs"}
        needed = needed.union(*(self.NEEDED[op] for op in helpers))
        modules = {name: self.ELSEWHERE.get(name, self.MODULE) for name in sorted(needed)}
        lines = [
            f"from {module} import {', '.join(name for name in modules if modules[name] == module)}"
            for module in sorted({*modules.values()})
        ]
        lines += [""] if lines else []
        for op in helpers:
            lines += ["", *self.HELPERS[op].splitlines(), ""]
        return [*lines, ""] if lines else []


def sequence(items: list[str]) -> str:
    """The items of a tuple, with the comma that a single one needs."""
    return f"{items[0]}," if len(items) == 1 else ", ".join(items)


# --- the function around the program -------------------------------------------------------------------------------


def unpacked(names: Names, name: str, tree: Tree) -> list[str]:
    """The lines that unpack a parameter into the names of its numbers, each indented as the body of a function."""
    branches = children(name, tree)
    if not branches:
        return []
    named = [(names.of(x) if isinstance(x, Symbol) else names.fresh(wish), way, x) for wish, way, x in branches]
    if all(way for _, way, _ in named):
        lines = [f"    {target} = {name}{way}" for target, way, _ in named]
    else:
        values = f"{name}.values()" if isinstance(tree, dict) else name
        lines = [f"    {sequence([target for target, _, _ in named])} = {values}"]
    for target, _, branch in named:
        lines += unpacked(names, target, branch)
    return lines


def children(name: str, tree: Tree) -> list[tuple[str, str, Tree]]:
    """The branches of a tree: a wish for the name of each, how Python gets at it (if not by order), and it."""
    if isinstance(tree, list | tuple):
        return [(f"{name}_{i}", "", branch) for i, branch in enumerate(tree)]
    if isinstance(tree, dict):
        plain = all(type(key) in {str, int} for key in tree)
        return [(f"{name}_{key}" if plain else name, f"[{key!r}]" if plain else "", x) for key, x in tree.items()]
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        fields = dataclasses.fields(tree)
        return [(f"{name}_{field.name}", f".{field.name}", getattr(tree, field.name)) for field in fields]
    return []


def is_literal(structure: Structure) -> bool:
    """Whether a tree of this structure can be written in Python without naming a class."""
    if structure is None or structure == LEAF:
        return True
    if type(structure) is Kept:
        return False
    kind, *names, branches = structure
    keys = names[0] if names else ()
    plain = kind in {list, tuple, Numbers} or (kind is dict and all(type(key) in {str, int} for key in keys))
    return plain and all(is_literal(branch) for branch in branches)


def _returned(writer: Writer, tree: Tree) -> str:
    """A tree of results as a Python expression."""
    if isinstance(tree, dict):
        return f"{{{', '.join(f'{key!r}: {_returned(writer, branch)}' for key, branch in tree.items())}}}"
    if isinstance(tree, list):
        return f"[{', '.join(_returned(writer, branch) for branch in tree)}]"
    if isinstance(tree, tuple):
        return f"({sequence([_returned(writer, branch) for branch in tree])})"
    return "None" if tree is None else writer.result(tree)


def source(name: str, parameters: dict[str, Tree], program: Program, results: Tree) -> str:
    """A Python function as text; see `function`."""
    names = Names(RESERVED, unicode=True)
    return function(name, parameters, results, names, lambda leaves: PythonWriter(program, leaves, names))


def function(
    name: str,
    parameters: dict[str, Tree],
    results: Tree,
    names: Names,
    writer_of: Callable[[list[Operand]], PythonWriter],
) -> str:
    """A function as text.

    `parameters` maps each parameter's name to its tree of symbols, `results` is the tree to return; if it has classes
    that a literal cannot write, the function returns the flat tuple of its numbers. `writer_of` makes the writer of its
    body from the numbers to return.
    """
    name = names.fresh(name)
    signature = [names.of(x) if isinstance(x, Symbol) else names.fresh(wish) for wish, x in parameters.items()]
    unpacking = [
        line for own, tree in zip(signature, parameters.values(), strict=True) for line in unpacked(names, own, tree)
    ]
    leaves, structure = flatten(results)
    results = results if is_literal(structure) else tuple(leaves)
    writer = writer_of([checked_number(name, x) for x in leaves])
    body = writer.body()
    text = _returned(writer, results)
    if isinstance(results, tuple) and len(results) > 1:
        text = text[1:-1]
    lines = [f"def {name}({', '.join(signature)}):", *unpacking, *body, f"    return {text}"]
    return "\n".join([*writer.preamble(), *lines]) + "\n"
