"""Nests of loops as text, in a language with braces. A language says how it writes a loop, an array, a variable."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, TypeAlias, cast

from ..rolling.families import Ref, Slot, Table
from ..rolling.finding import Rolled
from ..rolling.nests import Nest, Statement
from ..rolling.schedule import Item, Repeated, Rounds
from ..rolling.shapes import Group, Source
from ..symbols.symbol import RowLoop, Symbol
from ..trees.tree import flatten
from .braces import BracesWriter
from .expressions import ExpressionText
from .names import Names
from .writer import ATOM

Texts: TypeAlias = dict[Source, tuple[str, bool]]  # the name of an argument, and whether it is an array
VARIABLES = ("j", "k", "l", "m", "n", "q")


class LoopText(ExpressionText):
    """Writes the body of a function from nests. `texts` has the name of each argument, and whether it is an array."""

    LONGEST: ClassVar[int] = 1024  # numbers of an array that is small
    writer: BracesWriter

    def __init__(self, rolled: Rolled, writer: BracesWriter, names: Names, texts: Texts) -> None:
        shapes, self.items, self.sizes, self.titles = rolled
        super().__init__(shapes, writer)
        self.names = names
        self._texts = dict(texts)
        self._variables = [names.fresh(name) for name in VARIABLES]
        self._changing: set[Source] = set()  # scalars that get more than one number
        self._local: set[Source] = set()  # arrays of which each round of one nest needs only its own number
        self._nests = [*_nests_of(self.items)]
        self._find_local()

    def body(self) -> list[str]:
        """All lines: arrays first."""
        lines = [text for item in self.items for text in self._item(item, 0)]
        arrays = [source for source in self.sizes if self._is_array(source) and source in self._texts]
        return [*(f"    {self._declared_array(x)}" for x in arrays), *self._tables(), *lines]

    # --- arrays and variables --------------------------------------------------------------------------------

    def _find_local(self) -> None:
        uses: dict[Source, set[tuple[int, Ref]]] = {}
        written: dict[Source, int] = {}
        for i, nest in enumerate(self._nests):
            for each in nest.statements:
                for x in (*each.slots, *each.tests, each.target):
                    if isinstance(x, Ref):
                        uses.setdefault(x.source, set()).add((i, x))
                if each.target is not None:
                    source = each.target.source
                    written[source] = written.get(source, 0) + 1
                    if each.op != "=" or written[source] > 1:
                        self._changing.add(source)
        for group in self.shapes.groups:
            if group.kind == "line" and len(uses.get(group.number, ())) == 1:
                self._local.add(group.number)

    def _is_array(self, source: Source) -> bool:
        return self.sizes.get(source, 0) > 1 and source not in self._local

    def _name(self, source: Source) -> str:
        if source not in self._texts:
            self._texts[source] = (
                self.names.fresh(self.titles.of(source)),
                self._is_array(source) or isinstance(source, Table),
            )
        return self._texts[source][0]

    def _place(self, ref: Ref, variables: Sequence[str]) -> str:
        name = self._name(ref.source)
        if ref.source != "out" and not self._texts[ref.source][1]:
            return name
        return f"{name}[{self._index(ref, variables)[0]}]"

    def _tables(self) -> list[str]:
        tables = [source for source in self._texts if isinstance(source, Table)]
        return [f"    {self._table(self._name(x), [self.writer.text_of(y) for y in x.values])}" for x in tables]

    # --- loops -----------------------------------------------------------------------------------------------

    def _item(self, item: Item, depth: int) -> list[str]:
        if isinstance(item, Nest):
            return self._nest(item, depth)
        if isinstance(item, Repeated):
            self.round = self.names.fresh("t")
            header = _indented(depth, self._for(self.round, item.count, downwards=False))
            body = [text for each in item.body for text in self._item(each, depth + 1)]
            return [header, *body, _indented(depth, "}")]
        loop = cast("RowLoop", item.loop)
        totals = [group for group in self.shapes.groups if group.kind == "total" and group.block[-1] is loop]
        lines = [text for group in totals for text in self._zero(group)]
        lines += self._rows(loop)
        lines = [_indented(depth, text) for text in lines]
        for each in item.body:
            lines += self._item(each, depth + 1)
        return [*lines, _indented(depth, "}")]

    def _row(self, loop: RowLoop, k: int) -> tuple[str, int]:
        """What an item of a row, or the row, is called, and how many numbers it has; no name where none is used."""
        symbols = [x for x in flatten(loop.target[k])[0] if isinstance(x, Symbol)]
        source = "row", loop, k
        if not any(self.writer.live.is_used(x) for x in symbols):
            return "", len(symbols)
        wish = symbols[0].label if len(symbols) == 1 else symbols[0].label.rpartition("_")[0]
        self._texts[source] = self.names.fresh(wish), len(symbols) > 1
        return self._texts[source][0], len(symbols)

    def _zero(self, group: Group) -> list[str]:
        name = self._name(group.number)
        if self._is_array(group.number):
            return self._zeros(name, self.sizes[group.number])
        return [f"{self.writer.CHANGING} {name} = 0.0;"]

    def _nest(self, nest: Nest, depth: int) -> list[str]:
        family = len(nest.extents) - nest.runs
        variables = [*self._variables[family : len(nest.extents)], *self._variables[:family]]
        lines: list[str] = []
        closing: list[str] = []
        for d in range(len(nest.extents) + 1):
            if nest.zero is not None and nest.zero[0] == d:
                lines.append(_indented(depth, f"if ({self._place(nest.zero[1], variables)} != 0.0) {{"))
                closing.append(_indented(depth, "}"))
                depth += 1
            if d < len(nest.extents):
                lines.append(_indented(depth, self._for(variables[d], nest.extents[d], downwards=nest.downwards[d])))
                closing.append(_indented(depth, "}"))
                depth += 1
        lines += [_indented(depth, self._statement(each, variables)) for each in nest.statements]
        return lines + closing[::-1]

    def _statement(self, each: Statement, variables: list[str]) -> str:
        tests = iter(each.tests)
        conditions = [self._test(shape, outcome, tests, variables) for shape, outcome in each.conditions]
        result = self._operand(each.shape, iter(each.slots), variables)
        condition = " && ".join(conditions)
        text = self.writer.text_if(condition, result) if condition else self.writer.text_of(result)
        if each.target is None:
            return self._watched(text)
        place = self._place(each.target, variables)
        if each.op == "=":
            return f"{self._declared(each.target.source)}{place} = {text};"
        if each.op in "+-*":
            change = f"{place} {each.op}= {self.writer.text_of(result)};"
        else:
            so_far = self.writer.operand_of(place, ATOM)
            change = f"{place} = {self.writer.text_of(self.writer.operation(each.op, so_far, result))};"
        return f"if ({condition}) {change}" if condition else change

    def _test(self, shape: int, outcome: bool, slots: Iterator[Slot], variables: list[str]) -> str:
        condition = self._condition(shape, slots, variables)
        if outcome:
            return self.writer.text_of_condition(condition, 2)
        return f"!({self.writer.text_of_condition(condition)})"

    def _declared(self, source: Source) -> str:
        if source == "out" or self._is_array(source):
            return ""
        declared = self.writer.CHANGING if source in self._changing else self.writer.FIXED
        return f"{declared} "

    # --- what the languages differ in ------------------------------------------------------------------------

    def _declared_array(self, source: Source) -> str:
        raise NotImplementedError

    def _table(self, name: str, numbers: list[str]) -> str:
        raise NotImplementedError

    def _zeros(self, name: str, size: int) -> list[str]:
        raise NotImplementedError

    def _for(self, variable: str, n: int, *, downwards: bool) -> str:
        raise NotImplementedError

    def _watched(self, text: str) -> str:
        """What notes that an expression is infinite or nan; languages that raise nothing may do without."""
        raise NotImplementedError

    def _rows(self, loop: RowLoop) -> list[str]:
        raise NotImplementedError


def _nests_of(items: Sequence[Item]) -> Iterator[Nest]:
    for item in items:
        if isinstance(item, Rounds | Repeated):
            yield from _nests_of(item.body)
        else:
            yield item


def _indented(depth: int, text: str) -> str:
    return "    " * (depth + 1) + text
