"""What a picture of a graph shows: its boxes and arrows, as short plain texts. No drawing yet.

Every text that leaves this module is fit to be shown (`notation.plain`): no control characters, cut to a length.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ..engine import Value, topological_order
from ..graphics.look import counted
from ..mistakes.options import A_LIST, expect
from ..notation.forms import INFIX, operation
from ..notation.text import Text
from ..notation.words import names, number_text, plain
from ..numbers.number import Number
from .moments import UNKNOWN, Moment, Step, Tangents

NOT_YET = "–"  # in place of a number that no pass has computed
BLANK = "______"  # in place of a number that the reader is to find; in a box it becomes an empty field
BLANKS = {"values": frozenset(["value"]), "gradients": frozenset(["grad", "tangent", "local"])}
BLANKS["all"] = BLANKS["values"] | BLANKS["gradients"]
PARTS = ("formula", "value", "grad", "local")
SYMBOLS = {"*": "×", "/": "÷", "-": "−", "neg": "−"}
ARROWS_PER_NODE = 10  # a graph with more is a hairball, and takes minutes to lay out
SMALLER = (
    'draw a smaller part of it, fold groups of values into one box each (fold={"layer 1": between(inputs, outputs)}), '
    "or pass a larger max_nodes and wait: a few hundred boxes take a second, thousands take minutes"
)


class Options(NamedTuple):
    """What is shown, and how; `draw` documents each, with what it is unless given."""

    show: frozenset[str]
    products: bool
    digits: int
    expand: bool
    max_nodes: int
    rankdir: str
    is_compact: bool
    step: str | None
    tangents: Mapping[Value, Number] | None
    around: Value | None
    blanks: frozenset[str]  # kinds of numbers that are left out


class Box(NamedTuple):
    """A value, a product within an expanded `dot`, or a folded group; what is not shown is empty."""

    key: str
    name: str  # in full, with the formula
    shown: str  # what of it stands in the box
    badge: str = ""
    note: str = ""
    rows: tuple[tuple[str, str, str], ...] = ()  # a word, a number, and the kind: "value", "grad" or "tangent"
    is_named: bool = False
    is_result: bool = False
    is_fold: bool = False
    is_focus: bool = False

    @property
    def summary(self) -> str:
        """The box in one line, for screen readers and under the mouse."""
        numbers = [f"{kind} {text}" for _, text, kind in self.rows]
        return self.name + (": " + ", ".join(numbers) if numbers else "")


class Arrow(NamedTuple):
    """From a parent to what was computed from it, with the local gradient and what flows along it."""

    tail: str
    head: str
    local: str = ""
    product: str = ""
    kind: str = "grad"
    is_focus: bool = False


class Picture(NamedTuple):
    """The boxes, parents first, the arrows between them, and what is written below: lines of words with their kind."""

    boxes: list[Box]
    arrows: list[Arrow]
    results: list[str]
    notes: list[list[tuple[str, str]]]
    rankdir: str
    is_compact: bool


def picture(results: list[Value], options: Options, fold: Mapping[str, Iterable[Value]]) -> Picture:
    """The picture of all that `results` were computed from. ValueError if it is too large."""
    return _Sketch(results, options, fold).picture()


def ordered(values: Iterable[Value]) -> list[Value]:
    """All that `values` were computed from, and they themselves, each once, parents first."""
    return list(dict.fromkeys(node for value in values for node in topological_order(value)))


# --- from values to boxes and arrows ---------------------------------------------------------------------------------


class _Sketch:
    """The picture while it is being made."""

    def __init__(self, results: list[Value], options: Options, fold: Mapping[str, Iterable[Value]]) -> None:
        self.results = results
        self.options = options
        self.order = ordered(results)
        self.group = _group_of_each(self.order, fold)
        self.groups = list(dict.fromkeys(self.group.values()))
        self.key = {node: f"n{i}" for i, node in enumerate(self.order)}
        self.key |= {node: f"group{self.groups.index(name)}" for node, name in self.group.items()}
        self.visible = self._visible()
        self._check_size()
        self.outputs = self._outputs_of_groups()
        self.names = names(self.order)
        self.moment = self._moment()
        for group, outputs in self.outputs.items():
            if len(outputs) == 1:  # then the group's name can stand for it in formulas
                self.names[outputs[0]] = group

    def _visible(self) -> set[Value]:
        """The values that have a box: all, or a value with its parents and what was computed from it."""
        centre = self.options.around
        if centre is None:
            return set(self.order)
        if centre not in self.key:
            raise ValueError(f"around: {centre!r} is not in this graph")
        return {centre, *centre.parents, *(node for node in self.order if centre in node.parents)}

    def _moment(self) -> Moment:
        if self.options.tangents is not None:
            return Tangents(self.order, self.options.tangents)
        if self.options.step is None:
            return Moment()
        if len(self.results) > 1:
            raise ValueError("draw: a step is one of the passes of a single value; draw that one alone")
        return Step(self.order, self.names, self.options.step)

    def picture(self) -> Picture:
        boxes: dict[str, Box] = {}
        arrows: list[Arrow] = []
        for node in filter(self.visible.__contains__, self.order):
            if node in self.group:
                if self.key[node] not in boxes:
                    boxes[self.key[node]] = self._folded(self.group[node])
            elif self._is_expanded(node):
                self._expand(node, boxes, arrows)
                continue
            else:
                boxes[self.key[node]] = self._box(node)
            arrows += self._arrows_into(node)
        result_names = [self._name(node) for node in self.results]
        drawn, options = list(boxes.values()), self.options
        return Picture(
            drawn, self._merged(arrows), result_names, self._notes(drawn), options.rankdir, options.is_compact
        )

    def _notes(self, boxes: list[Box]) -> list[list[tuple[str, str]]]:
        sentence = self.moment.sentence(self.names, self.options.digits)
        notes = [[(plain(sentence, 120), "grad" if "∂" in sentence else "value")]] if sentence else []
        if self.options.is_compact:
            kinds = dict.fromkeys(kind for box in boxes for _, _, kind in box.rows)
            return [*notes, [("in each box: ", ""), *((f"{kind}  ", kind) for kind in kinds)]] if kinds else notes
        if not sentence and any(row[1:] == (NOT_YET, "grad") for box in boxes for row in box.rows):
            notes.append([("grad –: not computed yet, call backward()", "grad")])
        return notes

    def _check_size(self) -> None:
        limit = self.options.max_nodes
        shown = [node for node in self.order if node in self.visible]
        boxes = len({self.key[node] for node in shown})
        boxes += sum(len(self._products_of(node)) for node in shown if self._is_expanded(node))
        if boxes > limit:
            raise ValueError(f"a picture of {boxes} boxes is more than max_nodes={limit} allows: {SMALLER}")
        arrows = self._count_arrows()
        if arrows > ARROWS_PER_NODE * limit:
            raise ValueError(
                f"a picture of {arrows} arrows is more than {ARROWS_PER_NODE} × max_nodes={limit} allows: {SMALLER}"
            )

    def _count_arrows(self) -> int:
        """Those between values and groups; within an expanded dot there are at most three for each product."""
        plain, merged = 0, set()
        for node in self.order:
            for parent in node.parents if node in self.visible else ():
                ends = self.key[parent], self.key[node]
                if not self._is_drawn(parent, node) or ends[0] == ends[1]:
                    continue
                if parent in self.group or node in self.group:
                    merged.add(ends)
                else:
                    plain += 1
        return plain + len(merged)

    def _is_expanded(self, node: Value) -> bool:
        return self.options.expand and node.op == "dot" and node not in self.group

    def _outputs_of_groups(self) -> dict[str, list[Value]]:
        """The members of each group that are used outside it, or are a result."""
        used = dict.fromkeys(node for node in self.results if node in self.group)
        for node in self.order:
            for parent in node.parents:
                if parent in self.group and self.group[parent] != self.group.get(node):
                    used[parent] = None
        return {name: [node for node in used if self.group[node] == name] for name in self.groups}

    # --- boxes ---

    def _box(self, node: Value, badge: str | None = None) -> Box:
        name = self._name(node)
        if node.op and not self.options.is_compact and "formula" in self.options.show:
            name = f"{name} = {self._formula(node.op, node.operands)}"
        badge = self._badge(node) if badge is None else badge
        return Box(
            key=self.key[node],
            name=name,
            shown="" if self.options.is_compact and badge and not node.label else name,
            badge=badge,
            rows=self._rows(node),
            is_named=bool(node.label),
            is_result=node in self.results,
            is_focus=node is self.options.around or self.moment.is_focus(node),
        )

    def _folded(self, group: str) -> Box:
        """The box of a folded group; of a single output it has the value and the gradient."""
        count = sum(1 for name in self.group.values() if name == group)
        outputs = self.outputs[group]
        return Box(
            key=f"group{self.groups.index(group)}",
            name=plain(group, 24),
            shown=plain(group, 24),
            note=f"{counted(count, 'value')} folded",
            rows=self._rows(outputs[0]) if len(outputs) == 1 else (),
            is_named=True,
            is_result=any(node in self.results for node in outputs),
            is_fold=True,
            is_focus=any(map(self.moment.is_focus, outputs)),
        )

    def _rows(self, node: Value) -> tuple[tuple[str, str, str], ...]:
        second = self.moment.second(node)
        return self._written([("value", self.moment.value(node)), (self.moment.kind, second)], is_given=not node.op)

    def _written(self, numbers: list[tuple[str, Number]], *, is_given: bool) -> tuple[tuple[str, str, str], ...]:
        """Rows for these kinds of numbers, as far as they are shown; a value that is given is never a blank."""
        shown = self.options.show | ({"tangent"} if "grad" in self.options.show else set())
        word = "" if self.options.is_compact else None
        return tuple(
            (kind if word is None else word, self._number(x, "" if is_given and kind == "value" else kind), kind)
            for kind, x in numbers
            if kind in shown
        )

    def _number(self, x: object, kind: str = "") -> str:
        if kind in self.options.blanks:
            return BLANK
        return NOT_YET if x is UNKNOWN else plain(number_text(x, self.options.digits), 24)

    def _name(self, node: Value, limit: int = 24) -> str:
        return plain(self.names[node], limit)

    def _formula(self, op: str, operands: tuple[object, ...]) -> str:
        return plain(str(operation(op, operands, self._piece)), 60)

    def _piece(self, x: object) -> Text:
        """An operand within a formula: a value of this graph by its name, any other as a number."""
        return Text.name(self._name(x)) if isinstance(x, Value) and x in self.names else Text.number(x)

    def _badge(self, node: Value) -> str:
        """The symbol of the operation; where no formula shows the number beside its operand, with it: `× 2`."""
        symbol = SYMBOLS.get(node.op, node.op)
        has_formula = "formula" in self.options.show and not self.options.is_compact
        if has_formula or len(node.operands) != 2 or len(node.parents) == 2:
            return symbol
        left, right = ("" if isinstance(x, Value) and x in self.names else self._number(x) for x in node.operands)
        return f"{left} {symbol} {right}".strip() if node.op in INFIX else f"{symbol}({left or '·'}, {right or '·'})"

    # --- arrows ---

    def _arrows_into(self, node: Value) -> Iterator[Arrow]:
        """One arrow for each use of each parent: two for x · x."""
        key = self.key[node]
        if node in self.group:  # the local gradients are those of something inside, which the picture does not show
            outside = [p for p in node.parents if self.key[p] != key and self._is_drawn(p, node)]
            yield from (Arrow(self.key[parent], key) for parent in outside)
            return
        for (parent, local), slot in zip(node.edges(), self._slots(node), strict=True):
            if self._is_drawn(parent, node):
                yield self._arrow(parent, node, (self.key[parent], key), self._slope(node, slot), local)

    def _is_drawn(self, parent: Value, child: Value) -> bool:
        centre = self.options.around
        return parent in self.visible and (centre is None or centre in (parent, child))

    def _arrow(self, parent: Value, child: Value, ends: tuple[str, str], slope: str, local: Number) -> Arrow:
        moment, is_flow = self.moment, self.moment.is_flow(parent, child)
        is_back = is_flow and moment.value(child) is not UNKNOWN and moment.second(child) is not UNKNOWN
        product = ""
        if self.options.products or is_back:
            kinds = (moment.kind, "local", moment.kind)
            first, second, result = map(self._number, moment.product(parent, child, local), kinds)
            product = f"{first} × {second} = {result}"
        has_local = "local" in self.options.show and not self.options.is_compact
        return Arrow(
            *ends,
            local=f"{slope} = {self._number(local, 'local')}"
            if has_local and moment.value(child) is not UNKNOWN
            else "",
            product=product,
            kind=moment.kind if is_back or not is_flow else "value",
            is_focus=is_flow,
        )

    def _slope(self, node: Value, slot: str) -> str:
        return f"∂{self._name(node, 12)}/∂{slot}"

    def _slots(self, node: Value) -> Iterator[str]:
        """The name of each parent; where one is used repeatedly, which of its uses it is."""
        uses, seen = Counter(node.parents), Counter[Value]()
        for parent in node.parents:
            name = self._name(parent, 12)
            seen[parent] += 1
            if uses[parent] == 1:
                yield name
            elif len(node.operands) == 2:
                yield f"({'left' if seen[parent] == 1 else 'right'} {name})"
            else:
                yield f"({name} no. {seen[parent]})"

    def _merged(self, arrows: list[Arrow]) -> list[Arrow]:
        """Of several arrows between a folded group and one other box only one, with their number."""
        count = Counter((arrow.tail, arrow.head) for arrow in arrows)
        groups = {self.key[node] for node in self.group}
        merged: dict[Any, Arrow] = {}
        for i, arrow in enumerate(arrows):
            ends = (arrow.tail, arrow.head)
            if count[ends] > 1 and not groups.isdisjoint(ends):
                merged[ends] = Arrow(*ends, local=f"{count[ends]} arrows")
            else:
                merged[i] = arrow
        return list(merged.values())

    # --- a dot, expanded into its products and their sum ---

    def _products_of(self, node: Value) -> list[tuple[int, tuple[object, object], list[tuple[Value, Number]]]]:
        """Of each product in which a value is drawn its place, its two factors, and the values with their slopes."""
        half = len(node.left) // 2
        slots = list(zip(node.left, node.d_left, strict=True))
        found = []
        for i, pair in enumerate(zip(slots[:half], slots[half:], strict=True)):
            factors = [(x, local) for x, local in pair if local is not None and self._is_drawn(x, node)]
            if factors:
                found.append((i, (pair[0][0], pair[1][0]), factors))
        return found

    def _expand(self, node: Value, boxes: dict[str, Box], arrows: list[Arrow]) -> None:
        key = self.key[node]
        for i, (x, y), factors in self._products_of(node):
            product = self._product(f"{key}_{i}", node, x, y, factors)
            boxes[product.key] = product
            for (parent, local), side in zip(factors, ("left ", "right "), strict=False):
                slot = self._name(parent, 12)
                if x is y:
                    slot = f"({side}{slot})"
                ends = (self.key[parent], product.key)
                arrows.append(self._arrow(parent, node, ends, f"∂(product)/∂{slot}", local))
            arrows.append(self._sum_arrow(product.key, node, factors))
        boxes[key] = self._box(node, badge="+")

    def _sum_arrow(self, tail: str, node: Value, factors: list[tuple[Value, Number]]) -> Arrow:
        """From a product to the sum: what flows along it is the node's gradient, or the product's tangent."""
        through = max((x for x, _ in factors), key=lambda x: self.moment.is_flow(x, node))  # what the step is about
        arrow = self._arrow(through, node, (tail, self.key[node]), self._slope(node, "(product)"), 1)
        if self.moment.kind == "tangent" and arrow.product:
            tangent = self._number(self._tangent(factors), "tangent")
            arrow = arrow._replace(product=f"{tangent} × {self._number(1, 'local')} = {tangent}")
        return arrow

    def _tangent(self, factors: list[tuple[Value, Number]]) -> Number:
        return sum(self.moment.second(x) * local for x, local in factors)

    def _product(self, key: str, node: Value, x: object, y: object, factors: list[tuple[Value, Number]]) -> Box:
        parent, local = factors[0]
        formula = self._formula("*", (x, y))
        is_forth = self.moment.kind == "tangent"
        second = self._tangent(factors) if is_forth else self.moment.second(node)
        value = UNKNOWN if self.moment.value(node) is UNKNOWN else parent.data * local
        rows = self._written([("value", value), (self.moment.kind, second)], is_given=False)
        return Box(key=key, name=formula, shown="" if self.options.is_compact else formula, badge="×", rows=rows)


def _group_of_each(order: list[Value], fold: Mapping[str, Iterable[Value]]) -> dict[Value, str]:
    """The name of the group each folded value of the graph belongs to."""
    group: dict[Value, str] = {}
    for name, members in fold.items():
        expect("draw", A_LIST, **{f"fold[{name!r}]": members})
        for node in members:
            if group.setdefault(node, name) != name:
                raise ValueError(f"fold: {node!r} is in two groups, {group[node]!r} and {name!r}; put it in one")
    return {node: group[node] for node in order if node in group}
