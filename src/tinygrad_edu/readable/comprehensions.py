"""Python for reading: a program with its loops found again, each array a comprehension with a textbook's name.

The text runs and computes what the program computes, up to the rounding of sums. It raises nothing where the program
does: it is there to be read.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

from ..printers import python
from ..rolling.families import Family, Piece, Ref, Slot, Table, row_major
from ..rolling.finding import Arguments, Loops, loops_of
from ..rolling.nests import Nest, Statement
from ..rolling.schedule import Item, Rounds, arranged
from ..rolling.shapes import Source
from ..rolling.titles import common
from ..symbols.liveness import Liveness
from ..symbols.symbol import Operand, Program, RowLoop, Symbol, Tree
from ..trees.tree import flatten
from ..writing.expressions import ExpressionText, affine
from ..writing.names import Names
from ..writing.writer import ATOM, checked_number
from .dimensions import Dims, Index, forwards, refs, split, with_dimensions

VARIABLES = ("j", "k", "l", "m", "n", "q")
REDUCED = {"+": "sum", "*": "prod", "maximum": "max", "minimum": "min"}  # a chain: the function of all its terms

LISTED = 4  # so many results are written one by one
WIDTH = 100  # of the return statement, about


class View(NamedTuple):
    """A regular part of an argument: where it starts, and its steps with how often each, the largest first."""

    source: Source
    start: int
    dims: tuple[tuple[int, int], ...]


class Comprehensions(ExpressionText):
    """Writes the body of a function from families. `trees` has the symbols of each argument, by its name."""

    def __init__(self, found: Loops, writer: python.PythonWriter, names: Names, trees: dict[str, Tree]) -> None:
        super().__init__(found.shapes, writer)
        self.names = names
        self._titles = found.titles
        self._sizes = found.families.sizes
        self._given: set[int] = set()  # the results that stand in the return statement
        self._out = names.fresh("out")
        self._variables = [names.fresh(name) for name in VARIABLES]
        self._rounds: dict[str, int] = {}  # how often the loop of each variable goes round
        self._texts: dict[Source, str] = {}
        self._symbols: dict[Source, list[Symbol]] = {}
        self._parts: dict[tuple[Source, int, Dims], str] = {}  # parts of arguments that have a short text already
        self._views: dict[View, str] = {}
        self._opening: list[str] = []
        self._started: set[Source] = set()
        for name, tree in trees.items():
            self._argument(name, name, tree)
        families = with_dimensions(found.families.families, self._parts)
        self._families = [each for each in families if each.group.kind in {"line", "total"}]
        results = [each for each in families if each.group.kind == "result"]
        self._results = {each.target.start: each for each in results}
        self._dims = self._dimensions([*self._families, *results])
        self._nests, self._of_nest = self._alone()

    def body(self, results: Tree) -> list[str]:
        """All lines, the return statement among them."""
        lines = [text for item in arranged(self._nests) for text in self._item(item, 1)]
        text = self._returned(results, 0, 1)
        rest = [family for first, family in self._results.items() if first not in self._given]
        if rest:
            lines.append(_indented(1, f"{self._out} = [0.0] * {len(flatten(results)[0])}"))
            statements: list[str] = []
            for family in rest:
                statements = _merged(statements, self._statement(family, "=", 1))
            lines += statements
        if isinstance(results, tuple) and len(results) > 1 and "\n" not in text and text.startswith("("):
            text = text[1:-1]
        return [*self._opening, *lines, _indented(1, f"return {text}")]

    # --- arguments -------------------------------------------------------------------------------------------

    def _argument(self, source: Source, name: str, tree: Tree) -> None:
        """Note what an argument, or an item of a row, is called, and its parts."""
        self._symbols[source] = [x for x in flatten(tree)[0] if isinstance(x, Symbol)]
        self._note(source, name, tree, 0)

    def _note(self, source: Source, text: str, tree: Tree, first: int) -> None:
        dims = _regular(tree)
        if dims is not None:
            self._parts[source, first, dims] = text
        for way, branch in _branches(tree):
            self._note(source, text + way, branch, first)
            first += sum(isinstance(x, Symbol) for x in flatten(branch)[0])

    def _view(self, ref: Ref, variables: Sequence[str]) -> str:
        """A place in an argument; a regular part of it that has a label gets a name of its own at the beginning."""
        source, start, steps, _ = ref  # comprehensions have no rounds
        pairs = [(step, name) for step, name in zip(steps, variables, strict=True) if step]
        pairs.sort(key=lambda pair: -pair[0])
        view = View(source, start, tuple((step, self._rounds[name]) for step, name in pairs))
        if all(step > 0 for step, _ in pairs) and (view in self._views or self._names(view)):
            return self._views[view] + "".join(f"[{name}]" for _, name in pairs)
        return self._part(ref, variables)

    def _names(self, view: View) -> bool:
        """Whether a part of an argument gets a name."""
        source, start, dims = view
        symbols = self._symbols[source]
        read = [symbols[start + i * step].label for step, n in dims for i in range(min(n, 2))]
        wish = common(read or [symbols[start].label]) if isinstance(source, str) else ""
        sizes = tuple(n for _, n in dims)
        is_whole = tuple(step for step, _ in dims) == row_major(sizes)
        own = self._parts.get((source, start, sizes), "") if is_whole else ""
        flat = self._parts.get((source, 0, (len(symbols),)), "")
        if not wish or wish == source or wish.startswith(f"{source}_") or not (own or (flat and dims)):
            return False  # no label, or the argument's own name with numbers
        self._views[view] = self.names.fresh(wish)
        self._opening.append(_indented(1, f"{self._views[view]} = {own or self._taken(flat, start, dims)}"))
        return True

    def _part(self, ref: Ref, variables: Sequence[str]) -> str:
        """A place in the smallest regular part of an argument that holds all that is read."""
        rounds = [self._rounds[name] for name in variables]
        for (source, first, dims), text in sorted(self._parts.items(), key=lambda part: math.prod(part[0][2])):
            indices = split(ref._replace(start=ref.start - first), rounds, dims) if source == ref.source else None
            if indices is not None:
                return text + "".join(f"[{affine(start, steps, variables)[0]}]" for start, steps in indices)
        raise Unreadable

    def _taken(self, text: str, start: int, dims: Sequence[tuple[int, int]]) -> str:
        """Part of a flat list, as lists within each other."""
        *outer, (step, n) = dims
        names = self._variables[: len(outer)]
        steps = [each for each, _ in outer]
        low, high = affine(start, steps, names)[0], affine(start + step * (n - 1) + 1, steps, names)[0]
        taken = f"{text}[{_slice(low, high, step)}]"
        return _nested(taken, [(x, size) for x, (_, size) in zip(names, outer, strict=True)])

    # --- arrays ----------------------------------------------------------------------------------------------

    def _dimensions(self, families: list[Family]) -> dict[Source, Dims]:
        """The dimensions of each array: of the loops that fill it, or one, where it is filled or read otherwise."""
        dims: dict[Source, Dims] = {}
        for family in self._families:
            source = family.group.number
            dims[source] = (self._sizes[source],) if source in dims else family.extents
        for family in families:
            for ref, rounds in refs(family):
                own = dims.get(ref.source)
                if own and split(ref, rounds, own) is None:
                    dims[ref.source] = (self._sizes[ref.source],)
        return dims

    def _name(self, source: Source) -> str:
        if source not in self._texts:
            name = self._texts[source] = self.names.fresh(self._titles.of(source))
            if isinstance(source, Table):
                numbers = ", ".join(self.writer.text_of(x) for x in source.values)
                self._opening.append(_indented(1, f"{name} = [{numbers}]"))
        return self._texts[source]

    def _place(self, ref: Ref, variables: Sequence[str]) -> str:
        if ref.source in self._symbols:
            return self._view(ref, variables)
        if ref.source == "out":
            return f"{self._out}[{affine(ref.start, ref.steps, variables)[0]}]"
        name = self._name(ref.source)
        if self._sizes.get(ref.source) == 1:
            return name
        dims = self._dims.get(ref.source, ())
        indices = split(ref, [self._rounds[variable] for variable in variables], dims) if len(dims) > 1 else None
        return name + "".join(
            f"[{affine(start, steps, variables)[0]}]" for start, steps in indices or [Index(ref.start, ref.steps)]
        )

    # --- lines -----------------------------------------------------------------------------------------------

    def _alone(self) -> tuple[list[Nest], dict[int, Family]]:
        """Each family as a nest by itself, for their order."""
        nests, families = [], {}
        for family in self._families:
            statements = [Statement("=", family.target, each.shape, each.slots) for each in family.pieces]
            statements[0] = statements[0]._replace(tests=family.conditions)
            nest = Nest(family.extents, statements, family.group.block)
            nest.joins = False
            nests.append(nest)
            families[id(nest)] = family
        return nests, families

    def _item(self, item: Item, depth: int) -> list[str]:
        if isinstance(item, Rounds):
            return self._loop(cast("RowLoop", item.loop), item.body, depth)
        family = self._of_nest[id(item)]
        source = family.group.number
        if family.group.kind == "total":
            return self._statement(family, f"{family.pieces[0].sign}=", depth)
        if self._dims[source] == family.extents:
            return [_indented(depth, f"{self._name(source)} = {self._array(family)}")]
        lines = [] if source in self._started else [self._zero(source, depth)]
        self._started.add(source)
        return lines + self._statement(family, "=", depth)

    def _loop(self, loop: RowLoop, body: list[Item], depth: int) -> list[str]:
        totals = [each for each in self.shapes.groups if each.kind == "total" and each.block[-1] is loop]
        lines = [self._zero(each.number, depth) for each in totals]
        targets = []
        for k, tree in enumerate(loop.target):
            label = next((x.label for x in flatten(tree)[0] if isinstance(x, Symbol)), "")
            targets.append(self.names.fresh((label if isinstance(tree, Symbol) else label.rpartition("_")[0]) or "row"))
            self._argument(("row", loop, k), targets[-1], tree)
        rows = [self.names.of(each) for each in loop.rows]
        every = rows[0] if len(rows) == 1 else f"zip({', '.join(rows)}, strict=True)"
        lines.append(_indented(depth, f"for {', '.join(targets)} in {every}:"))
        inside: list[str] = []
        for each in body:
            texts = self._item(each, depth + 1)
            is_total = isinstance(each, Nest) and self._of_nest[id(each)].group.kind == "total"
            inside = _merged(inside, texts) if is_total else inside + texts
        return lines + inside

    def _zero(self, source: Source, depth: int) -> str:
        dims = self._dims[source]
        zeros = "0.0" if self._sizes[source] == 1 else f"[0.0] * {dims[-1]}"
        return _indented(depth, f"{self._name(source)} = {_nested(zeros, [('_', n) for n in dims[:-1]])}")

    def _statement(self, family: Family, op: str, depth: int) -> list[str]:
        """Loops around a change of each number."""
        lines, variables = [], self._own(family)
        for name in variables:
            lines.append(_indented(depth, f"for {name} in range({self._rounds[name]}):"))
            depth += 1
        text = self._text(family)
        return [*lines, _indented(depth, f"{self._place(family.target, variables)} {op} {text}")]

    def _array(self, family: Family) -> str:
        text, own = self._text(family), self._own(family)
        copied = next((piece.slots[0] for piece in family.pieces if len(piece.slots) == 1), None)
        if isinstance(copied, Ref) and self._dims.get(copied.source) == family.extents:
            name = self._name(copied.source)
            if text == name + "".join(f"[{variable}]" for variable in own):
                return name
        return _nested(text, [(name, self._rounds[name]) for name in own])

    def _own(self, family: Family) -> list[str]:
        """The variables of a family's loops."""
        own = self._variables[: len(family.extents)]
        self._rounds.update(zip(own, family.extents, strict=True))
        return own

    def _text(self, family: Family) -> str:
        """The text of each number."""
        variables = self._own(family)
        chain = family.group.chain
        terms = [(each.sign if chain == "+" else chain, self._term(chain, each, variables)) for each in family.pieces]
        result = terms[0][1]
        for sign, term in terms[1:]:
            result = self.writer.operation(sign, result, term)
        tests = iter(family.conditions)
        conditions = [self._test(shape, outcome, tests, variables) for shape, outcome in family.group.conditions]
        return self.writer.text_if(" and ".join(conditions), result) if conditions else self.writer.text_of(result)

    def _term(self, chain: str, piece: Piece, variables: list[str]) -> Operand:
        """A part of the text: a number, or a run of them as the sum, product or extreme of a comprehension."""
        inner = self._variables[len(variables) : len(variables) + len(piece.extents)]
        self._rounds.update(zip(inner, piece.extents, strict=True))
        slots = forwards(piece.slots, len(variables), piece.extents)
        term = self._operand(piece.shape, iter(slots), [*variables, *inner])
        if not inner:
            return term
        if chain == "*":
            self.writer.used.add("prod")
        loops = " ".join(f"for {name} in range({self._rounds[name]})" for name in inner)
        return self.writer.operand_of(f"{REDUCED[chain]}({self.writer.text_of(term)} {loops})", ATOM)

    def _test(self, shape: int, outcome: bool, slots: Iterator[Slot], variables: list[str]) -> str:
        condition = self._condition(shape, slots, variables)
        text = self.writer.text_of_condition(condition, 2)
        return text if outcome else f"not {self.writer.text_of_condition(condition, 3)}"

    # --- results ---------------------------------------------------------------------------------------------

    def _returned(self, tree: Tree, first: int, depth: int) -> str:
        """A tree of results as an expression; `_given` are those whose text stands in it."""
        if tree is None:
            return "None"
        n = len(flatten(tree)[0])
        family = self._results.get(first)
        if not isinstance(tree, list | tuple | dict):
            if family is None or family.extents:
                return f"{self._out}[{first}]"
            self._given.add(first)
            return self._text(family)
        is_whole = family is not None and family.target.steps == row_major(family.extents)
        if family and is_whole and isinstance(tree, list) and family.extents == _regular(tree, (Symbol, float, int)):
            self._given.add(first)
            return self._array(family)
        if not isinstance(tree, dict) and n == len(tree) > LISTED:
            taken = f"{self._out}[{first}:{first + n}]"
            return taken if isinstance(tree, list) else f"(*{taken},)"
        texts = []
        for key, branch in tree.items() if isinstance(tree, dict) else enumerate(tree):
            word = f"{key!r}: " if isinstance(tree, dict) else ""
            texts.append(word + self._returned(branch, first, depth + 1))
            first += len(flatten(branch)[0])
        brackets = "{}" if isinstance(tree, dict) else "[]" if isinstance(tree, list) else "()"
        line = python.sequence(texts) if isinstance(tree, tuple) else ", ".join(texts)
        if 4 * depth + len(line) < WIDTH and "\n" not in line:
            return f"{brackets[0]}{line}{brackets[1]}"
        lines = [f"{_indented(depth + 1, text)}," for text in texts]
        return "\n".join([brackets[0], *lines, _indented(depth, brackets[1])])


class Unreadable(Exception):
    """An argument that has no short text: the program stays as it is."""


def _indented(depth: int, text: str) -> str:
    return "    " * depth + text


def _slice(low: str, high: str, step: int) -> str:
    space = " " if " " in low + high else ""
    parts = [low, high] if step == 1 else [low, high, str(step)]
    return f"{space}:{space}".join(parts)


def _merged(lines: list[str], more: list[str]) -> list[str]:
    """Two blocks of loops, the second in the loops that the first ends with, as far as these are the same."""
    if not (lines and more and more[0].lstrip().startswith("for ")):
        return lines + more
    depth = len(more[0]) - len(more[0].lstrip())
    last = max(i for i, line in enumerate(lines) if len(line) - len(line.lstrip()) <= depth)
    if lines[last] != more[0]:
        return lines + more
    return [*lines[: last + 1], *_merged(lines[last + 1 :], more[1:])]


def _nested(text: str, loops: Sequence[tuple[str, int]]) -> str:
    """A comprehension in comprehensions, the first loop the outermost."""
    for name, n in reversed(loops):
        text = f"[{text} for {name} in range({n})]"
    return text


def _branches(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """The branches of a tree, and how Python gets at each."""
    for i, (_, way, branch) in enumerate(python.children("", tree)):
        if way or not isinstance(tree, dict):
            yield way or f"[{i}]", branch


def _regular(tree: Tree, kind: type | tuple[type, ...] = Symbol) -> Dims | None:
    """The sizes of lists in lists of numbers of a kind; None if they are not all alike."""
    if isinstance(tree, kind):
        return ()
    if not isinstance(tree, list | tuple) or not tree:
        return None
    inner = {_regular(branch, kind) for branch in tree}
    own = inner.pop()
    return None if inner or own is None else (len(tree), *own)


def source(name: str, parameters: dict[str, Tree], program: Program, results: Tree) -> str:
    """A Python function as text, with its loops found again; without them where straight lines are nearly as short."""
    leaves, structure = flatten(results)
    results = results if python.is_literal(structure) else tuple(leaves)
    numbers = [checked_number(name, x) for x in leaves]
    live = Liveness(program, numbers, guards=False, checks=False)
    names = Names(python.RESERVED, unicode=True)
    own = names.fresh(name)
    signature = [names.of(x) if isinstance(x, Symbol) else names.fresh(wish) for wish, x in parameters.items()]
    trees = dict(zip(signature, parameters.values(), strict=True))
    arguments = Arguments({}, {})
    for each, tree in trees.items():
        arguments.add(each, [x for x in flatten(tree)[0] if isinstance(x, Symbol)])
    arguments.add_rows(live.totals)
    found = loops_of(live, numbers, arguments)
    if found is None:
        return python.source(name, parameters, program, results)
    writer = python.PythonWriter.of_expressions(live, names)
    try:
        body = Comprehensions(found, writer, names, trees).body(results)
    except Unreadable:
        return python.source(name, parameters, program, results)
    return "\n".join([*writer.preamble(), f"def {own}({', '.join(signature)}):", *body, ""])
