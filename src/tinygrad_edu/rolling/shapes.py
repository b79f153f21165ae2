"""Which lines of a program are alike: the same operations, on operands that are alike, whatever their indices.

Only *named* lines get a place of their own: those that are used more than once, sums over, and long sums. All others
are part of the expression of a named line. The *shape* of an expression is its tree, with each operand that is a named
line or an argument replaced by the array that it stands in. Shapes are kept once each and go by their numbers (hash
consing), so two lines are alike if their numbers are equal. A group comes after the groups of its operands.

A chain as ((a + b) - c) + d is one node with a list of terms, the first of which is added to nothing; so are chains of
products, of maximum and of minimum. Equal neighbours in it, of which only the indices differ, are a run.
"""

import itertools
import math
from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ..symbols.liveness import Liveness
from ..symbols.symbol import Block, Condition, Loop, Operand, Symbol, WhileLoop

if TYPE_CHECKING:
    from .recurrences import Place

Leaves: TypeAlias = tuple[Operand, ...]
Source: TypeAlias = (
    Hashable  # the array that an operand stands in: the number of a group, or what an argument is called
)
Node: TypeAlias = tuple[Any, ...]  # ("leaf", source), ("constant",), or an operation and the shapes of its operands

CHAINS = {"+": "+", "-": "+", "*": "*", "maximum": "maximum", "minimum": "minimum"}  # operation: kind of chain
NOTHING = {"+": -0.0, "*": 1.0, "maximum": -math.inf, "minimum": math.inf}  # what a first term does not change
SLOPES = frozenset("slope_of_abs share equal".split())  # operations: slopes that are 0 where a branch is not taken
LONG = 4  # so many equal terms in a row are a run
LARGEST = 40  # nodes of an expression that is written on one line


class Unrollable(Exception):
    """The program is better off as straight lines."""


class Part(NamedTuple):
    """A stretch of a chain: `length` terms of one shape, with one sign; more than one are a run."""

    sign: str
    shape: int
    length: int


class Member(NamedTuple):
    """A line, or the index of a result: the leaves of its conditions and terms, and those of each term of a run."""

    what: Symbol | int
    leaves: Leaves
    runs: tuple[list[Leaves], ...] = ()


class Group:
    """Lines that are alike, or results, or lines that are there to raise an error.

    All members stand under conditions of the shapes `conditions`.
    """

    def __init__(
        self, number: int, kind: str, chain: str, parts: tuple[Part, ...], block: tuple[Loop, ...], leaf: int
    ) -> None:
        self.number = number
        self.array: Source = number  # where its members stand
        self.leaf = leaf  # the shape of an operand that is a member
        self.kind = kind  # "line", "total", "result" or "guard"
        self.chain = chain  # which chain the parts are; of one part, any
        self.parts = parts
        self.block = block
        self.conditions: tuple[tuple[int, bool], ...] = ()
        self.is_watched = False  # whether what is infinite or nan in it shows in no result
        self.members: list[Member] = []


class Shapes:
    """The shapes of a program's lines, and its lines in groups. `inputs` has the array of each argument.

    `places` has the lines that belong to recurrences: they stand in arrays that several groups share.
    With `knows_slopes`, a product knows which of its factors are slopes that are 0 where a branch is not taken.

    Raises Unrollable where a loop stands within a choice, or goes on while a condition holds.
    """

    def __init__(
        self,
        live: Liveness,
        results: Iterable[Operand],
        inputs: dict[Symbol, Source],
        *,
        places: "Mapping[Symbol, Place] | None" = None,
        knows_slopes: bool = False,
    ) -> None:
        self.places = places or {}
        self.nodes: list[Node] = []
        self.sizes: list[int] = []
        self.groups: list[Group] = []
        self._numbers: dict[Node, int] = {}
        self._groups: dict[Hashable, Group] = {}
        self._live = live
        self._knows_slopes = knows_slopes
        self._shapes: dict[Symbol, int] = {}
        self._leaves: dict[Symbol, Leaves] = {}
        self._conditions: dict[Block, tuple[tuple[tuple[int, bool], ...], Leaves]] = {}
        for own, source in inputs.items():
            self._shapes[own], self._leaves[own] = self.number(("leaf", source)), (own,)
        for line in live.lines:
            if not self._is_absorbed(line):
                self._take(line)
        for i, x in enumerate(results):
            self._take_result(i, x)

    def number(self, node: Node) -> int:
        """The number of a shape, the same for equal ones."""
        found = self._numbers.get(node)
        if found is None:
            found = self._numbers[node] = len(self.nodes)
            self.nodes.append(node)
            self.sizes.append(1 + sum(self.sizes[x] for x in _children(node)))
        return found

    # --- lines -----------------------------------------------------------------------------------------------

    def _take(self, line: Symbol) -> None:
        """Find the shape of a line, and put it into its group if it is named."""
        op = line.op
        if op == "total":
            self._take_total(line)
            return
        if op in CHAINS:
            terms = self._terms(line)
            if len(terms) > 2 and self._take_chain(line, terms):
                return
            factor = self._factor if op == "*" else self._of
            (shape, leaves), *rest = (factor(x) for _, x in terms)
            shape = self.chain(
                CHAINS[op], [("+", shape), *((sign, y) for (sign, _), (y, _) in zip(terms[1:], rest, strict=True))]
            )
            for _, more in rest:
                leaves += more
        else:
            shape, leaves = self._operation(line)
        if self.sizes[shape] <= LARGEST and self._live.is_inline(line):
            self._shapes[line], self._leaves[line] = shape, leaves
        else:
            self._name(line, self._group(line, "+", (Part("+", shape, 1),)), leaves)

    def _take_chain(self, line: Symbol, terms: list[tuple[str, Operand]]) -> bool:
        """The same for a chain of which each part is written by itself; False if it is to be one expression."""
        chain = CHAINS[line.op]
        known = [(self._factor if chain == "*" else self._of)(x) for _, x in terms]
        parts = _parts([(sign, shape) for (sign, _), (shape, _) in zip(terms, known, strict=True)])
        if chain == "*" and any(part.length > 1 and self._is_slope(part.shape) for part in parts):
            raise Unrollable
        is_long = len(parts) < len(terms) or chain in {"maximum", "minimum"}  # these would name their operands twice
        if not is_long and sum(self.sizes[shape] for shape, _ in known) <= LARGEST:
            return False
        leaves: Leaves = ()
        runs = []
        first = 0
        for part in parts:
            if part.length == 1:
                leaves += known[first][1]
            else:
                runs.append([more for _, more in known[first : first + part.length]])
            first += part.length
        self._name(line, self._group(line, chain, parts), leaves, tuple(runs))
        return True

    def _take_total(self, line: Symbol) -> None:
        loop, term = line.args
        shape, leaves = self._of(term)
        sign, node = "+", self.nodes[shape]
        if node[0] == "neg":
            sign, shape = "-", node[1]
        self._within((*line.block, loop))
        key = "total", sign, shape, line.block, loop
        group = self._groups.get(key)
        if group is None:
            loops = tuple(x for x in (*line.block, loop) if isinstance(x, Loop))
            group = self._made(key, "total", "+", (Part(sign, shape, 1),), loops)
        group.members.append(Member(line, leaves))
        self._shapes[line], self._leaves[line] = group.leaf, (line,)

    def _name(self, line: Symbol, group: Group, leaves: Leaves, runs: tuple[list[Leaves], ...] = ()) -> None:
        """Put a line into its group; from now on it is a leaf."""
        if group.conditions:
            leaves = self._within(line.block)[1] + leaves
        group.members.append(Member(line, leaves, runs))
        self._shapes[line], self._leaves[line] = self.number(("leaf", group.array)), (line,)

    def _group(self, line: Symbol, chain: str, parts: tuple[Part, ...]) -> Group:
        block = line.block
        conditions, _ = self._within(block) if block else ((), ())
        kind = "line" if self._live.is_used(line) else "guard"
        is_watched = line in self._live.watched
        loops = tuple(x for x in block if isinstance(x, Loop))
        place = self.places.get(line)
        key = kind, chain, parts, conditions, loops, is_watched, place and place.array
        group = self._groups.get(key)
        if group is None:
            group = self._made(key, kind, chain, parts, loops)
            group.conditions, group.is_watched = conditions, is_watched
            group.array = place.array if place else group.number
        return group

    def _made(self, key: Hashable, kind: str, chain: str, parts: tuple[Part, ...], loops: tuple[Loop, ...]) -> Group:
        number = len(self.groups)
        group = self._groups[key] = Group(number, kind, chain, parts, loops, self.number(("leaf", number)))
        self.groups.append(group)
        return group

    def _take_result(self, i: int, x: Operand) -> None:
        shape, leaves = self._of(x)
        key = "result", shape
        group = self._groups.get(key)
        if group is None:
            group = self._made(key, "result", "+", (Part("+", shape, 1),), ())
        group.members.append(Member(i, leaves))

    # --- chains ----------------------------------------------------------------------------------------------

    def _terms(self, line: Symbol) -> list[tuple[str, Operand]]:
        """The terms of a chain from the first to the last, with their signs."""
        terms: list[tuple[str, Operand]] = []
        x: Symbol = line
        while True:
            a, b = x.args
            sign = "-" if x.op == "-" else "+"
            if self._continues(a, x):
                terms.append((sign, b))
                x = a
            elif x.op in "+*" and self._continues(b, x):  # b + a for a + b, the same to the last bit
                terms.append((sign, a))
                x = b
            else:
                terms.append((sign, b))
                terms.append(("+", a))
                terms.reverse()
                return terms

    def _is_absorbed(self, line: Symbol) -> bool:
        """Whether a line is part of its user's chain."""
        if line.op not in CHAINS:
            return False
        user = self._live.user(line)
        if not isinstance(user, Symbol) or CHAINS.get(user.op) != CHAINS[line.op]:
            return False
        first, second = user.args
        if first is line:
            return self._continues(line, user)
        return second is line and user.op in "+*" and self._continues(line, user) and not self._continues(first, user)

    def _continues(self, x: Operand, user: Symbol) -> bool:
        """Whether a chain goes on in this operand of a line."""
        if x.__class__ is not Symbol or x.op not in CHAINS or CHAINS[x.op] != CHAINS[user.op]:
            return False
        if x.op in {"+", "-", "*"}:
            return self._live.is_inline(x)
        return self._live.user(x) is user and x.block == user.block and not x.label

    def chain(self, kind: str, terms: list[tuple[str, int]]) -> int:
        """The shape of a chain of terms with signs."""
        return terms[0][1] if len(terms) == 1 and terms[0][0] == "+" else self.number(("chain", kind, *terms))

    # --- other expressions -----------------------------------------------------------------------------------

    def _of(self, x: Operand) -> tuple[int, Leaves]:
        if isinstance(x, Symbol):
            if x not in self._shapes:  # a number that goes round in a loop
                raise Unrollable
            return self._shapes[x], self._leaves[x]
        is_plain = math.isfinite(x)
        return (self.number(("constant",)), (x,)) if is_plain else (self.number(("special", repr(x))), ())

    def _is_slope(self, shape: int) -> bool:
        """Whether a factor is told from others, or may be."""
        node = self.nodes[shape]
        return self._knows_slopes and (self.nodes[node[1]] if node[0] == "/" else node)[0] in {*SLOPES, "slope"}

    def _factor(self, x: Operand) -> tuple[int, Leaves]:
        """The same of a factor: where it is a slope that may be 0, together with what decides that."""
        shape, leaves = self._of(x)
        if not self._knows_slopes or not isinstance(x, Symbol) or self.nodes[shape][0] != "leaf":
            return shape, leaves
        slope = x.args[0] if x.op == "/" else x
        if not isinstance(slope, Symbol) or slope.op not in SLOPES:
            return shape, leaves
        operands = [self._of(each) for each in slope.args]
        for _, more in operands:
            leaves += more
        return self.number(("slope", slope.op, shape, *(each for each, _ in operands))), leaves

    def _operation(self, line: Symbol) -> tuple[int, Leaves]:
        if line.op == "final":
            raise Unrollable
        if line.op == "count":
            return self.number(("count", line.args[0])), ()
        if line.op == "number":
            return self.number(("number", repr(line.args[0]))), ()
        node: list[Any] = [line.op]
        leaves: Leaves = ()
        for x in line.args:
            of = self._condition if x.__class__ is Condition else self._factor if line.op == "/" else self._of
            shape, more = of(x)
            node.append(shape)
            leaves += more
        return self.number(tuple(node)), leaves

    def _condition(self, condition: Condition) -> tuple[int, Leaves]:
        """The shape of a condition, which says too whether nan would show elsewhere."""
        node: list[Any] = ["condition", condition.test]
        leaves: Leaves = ()
        node.append(condition.test == "kink" and condition.args[0] in self._live.shows_nan)
        for x in condition.args:
            shape, more = self._condition(x) if isinstance(x, Condition) else self._of(x)
            node.append(shape)
            leaves += more
        return self.number(tuple(node)), leaves

    def _within(self, block: Block) -> tuple[tuple[tuple[int, bool], ...], Leaves]:
        """The shapes of the conditions of a block with their outcomes, and their leaves."""
        found = self._conditions.get(block)
        if found is None:
            shapes: list[tuple[int, bool]] = []
            leaves: Leaves = ()
            for opening in block:
                if isinstance(opening, tuple):
                    shape, more = self._condition(opening[0])
                    shapes.append((shape, opening[1]))
                    leaves += more
                elif shapes or isinstance(opening, WhileLoop):
                    raise Unrollable
            found = self._conditions[block] = tuple(shapes), leaves
        return found


def _children(node: Node) -> Iterable[int]:
    """The shapes that a node consists of."""
    if node[0] == "chain":
        return [each[1] for each in node[2:]]
    if node[0] in {"leaf", "constant", "special", "count", "number"}:
        return []
    return node[3:] if node[0] == "condition" else node[2:] if node[0] == "slope" else node[1:]


def leaf_sources(nodes: list[Node], shape: int) -> list[Source | None]:
    """The arrays that the leaves of an expression stand in, from left to right; None for a constant."""
    node = nodes[shape]
    if node[0] == "leaf":
        return [node[1]]
    if node[0] == "constant":
        return [None]
    return [source for child in _children(node) for source in leaf_sources(nodes, child)]


def _parts(terms: list[tuple[str, int]]) -> tuple[Part, ...]:
    """Equal neighbours counted, where they are many."""
    parts: list[Part] = []
    for (sign, shape), equal in itertools.groupby(terms):
        n = sum(1 for _ in equal)
        parts += [Part(sign, shape, n)] if n >= LONG else [Part(sign, shape, 1)] * n
    return tuple(parts)
