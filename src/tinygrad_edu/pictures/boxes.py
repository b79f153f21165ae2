"""What a picture of a graph shows: its boxes and arrows, as short plain texts. No drawing yet.

Every text that leaves this module is fit to be shown (`notation.plain`): no control characters, cut to a length.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ..core.options import A_LIST, expect
from ..engine import NOT_COMPUTED, Value, topological_order
from ..notation.forms import INFIX, operation
from ..notation.text import Text
from ..notation.words import names, number_text, plain

NOT_YET = "–"  # in place of a gradient that no backward pass has computed
PARTS = ("formula", "value", "grad", "local")
SYMBOLS = {"*": "×", "/": "÷", "-": "−", "neg": "−"}
ARROWS_PER_NODE = 10  # a graph with more is a hairball, and takes minutes to lay out
SMALLER = (
    'draw a smaller part of it, fold groups of values into one box each (fold={"layer 1": between(inputs, outputs)}), '
    "or pass a larger max_nodes and wait: a few hundred boxes take a second, thousands take minutes"
)


class Options(NamedTuple):
    """What is shown, and how; `draw` documents each."""

    show: frozenset[str] = frozenset(PARTS)
    products: bool = False
    digits: int = 4
    expand: bool = False
    max_nodes: int = 300


class Box(NamedTuple):
    """A value, a product within an expanded `dot`, or a folded group; what is not shown is empty."""

    key: str
    head: str
    badge: str = ""
    value: str = ""
    grad: str = ""
    is_named: bool = False
    is_result: bool = False
    is_fold: bool = False

    @property
    def summary(self) -> str:
        """The box in one line, for screen readers and under the mouse."""
        numbers = [f"{word} {text}" for word, text in (("value", self.value), ("grad", self.grad)) if text]
        return self.head + (": " + ", ".join(numbers) if numbers else "")


class Arrow(NamedTuple):
    """From a parent to what was computed from it, with the local gradient and upstream × local."""

    tail: str
    head: str
    local: str = ""
    product: str = ""


class Picture(NamedTuple):
    """The boxes, parents first, and the arrows between them."""

    boxes: list[Box]
    arrows: list[Arrow]
    results: list[str]

    @property
    def lacks_gradients(self) -> bool:
        """Whether a gradient is shown as not computed."""
        return any(box.grad == NOT_YET for box in self.boxes)


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
        self._check_size()
        self.outputs = self._outputs_of_groups()
        self.names = names(self.order)
        for group, outputs in self.outputs.items():
            if len(outputs) == 1:  # then the group's name can stand for it in formulas
                self.names[outputs[0]] = group

    def picture(self) -> Picture:
        boxes: dict[str, Box] = {}
        arrows: list[Arrow] = []
        for node in self.order:
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
        return Picture(list(boxes.values()), self._merged(arrows), result_names)

    def _check_size(self) -> None:
        limit = self.options.max_nodes
        boxes = len(set(self.key.values())) + sum(len(node.left) // 2 for node in self.order if self._is_expanded(node))
        if boxes > limit:
            raise ValueError(f"a picture of {boxes} boxes is more than max_nodes={limit} allows: {SMALLER}")
        arrows = self._count_arrows()
        if arrows > ARROWS_PER_NODE * limit:
            raise ValueError(
                f"a picture of {arrows} arrows is more than {ARROWS_PER_NODE} × max_nodes={limit} allows: {SMALLER}"
            )

    def _count_arrows(self) -> int:
        plain, merged = 0, set()
        for node in self.order:
            for parent in node.parents:
                if node not in self.group and parent not in self.group:
                    plain += 1
                elif self.key[node] != self.key[parent]:
                    merged.add((self.key[node], self.key[parent]))
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
        head = self._name(node)
        if node.op and "formula" in self.options.show:
            head = f"{head} = {self._formula(node.op, node.operands)}"
        return Box(
            key=self.key[node],
            head=head,
            badge=self._badge(node) if badge is None else badge,
            value=self._shown("value", node.data),
            grad=self._shown("grad", node.grad),
            is_named=bool(node.label),
            is_result=node in self.results,
        )

    def _folded(self, group: str) -> Box:
        """The box of a folded group; of a single output it has the value and the gradient."""
        count = sum(1 for name in self.group.values() if name == group)
        outputs = self.outputs[group]
        one = outputs[0] if len(outputs) == 1 else None
        return Box(
            key=f"group{self.groups.index(group)}",
            head=plain(group, 24),
            badge=f"{count} value{'' if count == 1 else 's'} folded",
            value="" if one is None else self._shown("value", one.data),
            grad="" if one is None else self._shown("grad", one.grad),
            is_named=True,
            is_result=any(node in self.results for node in outputs),
            is_fold=True,
        )

    def _shown(self, part: str, x: Any) -> str:
        return self._number(x) if part in self.options.show else ""

    def _number(self, x: Any) -> str:
        return NOT_YET if x is NOT_COMPUTED else plain(number_text(x, self.options.digits), 24)

    def _name(self, node: Value, limit: int = 24) -> str:
        return plain(self.names[node], limit)

    def _formula(self, op: str, operands: tuple[Any, ...]) -> str:
        return plain(str(operation(op, operands, self._piece)), 60)

    def _piece(self, x: Any) -> Text:
        """An operand within a formula: a value of this graph by its name, any other as a number."""
        return Text.name(self._name(x)) if isinstance(x, Value) and x in self.names else Text.number(x)

    def _badge(self, node: Value) -> str:
        """The symbol of the operation; where no formula shows the number beside its operand, with it: `× 2`."""
        symbol = SYMBOLS.get(node.op, node.op)
        if "formula" in self.options.show or len(node.operands) != 2 or len(node.parents) == 2:
            return symbol
        left, right = ("" if isinstance(x, Value) and x in self.names else self._number(x) for x in node.operands)
        return f"{left} {symbol} {right}".strip() if node.op in INFIX else f"{symbol}({left or '·'}, {right or '·'})"

    # --- arrows ---

    def _arrows_into(self, node: Value) -> Iterator[Arrow]:
        """One arrow for each use of each parent: two for x · x."""
        key = self.key[node]
        if node in self.group:  # the local gradients are those of something inside, which the picture does not show
            yield from (Arrow(self.key[parent], key) for parent in node.parents if self.key[parent] != key)
            return
        for (parent, local), slot in zip(node.edges(), self._slots(node), strict=True):
            yield self._arrow(self.key[parent], key, self._slope(node, slot), node.grad, local)

    def _arrow(self, tail: str, head: str, slope: str, upstream: Any, local: Any) -> Arrow:
        local_text = product = ""
        if "local" in self.options.show:
            local_text = f"{slope} = {self._number(local)}"
        if self.options.products:
            total = upstream if upstream is NOT_COMPUTED else upstream * local
            product = f"{self._number(upstream)} × {self._number(local)} = {self._number(total)}"
        return Arrow(tail, head, local_text, product)

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

    def _expand(self, node: Value, boxes: dict[str, Box], arrows: list[Arrow]) -> None:
        key = self.key[node]
        half = len(node.left) // 2
        pairs = list(zip(node.left, node.d_left, strict=True))
        for i, pair in enumerate(zip(pairs[:half], pairs[half:], strict=True)):
            factors = [(x, local) for x, local in pair if local is not None]
            if factors:
                product = self._product(f"{key}_{i}", pair[0][0], pair[1][0], factors, node.grad)
                boxes[product.key] = product
                for (parent, local), side in zip(factors, ("left ", "right "), strict=False):
                    slot = self._name(parent, 12)
                    if pair[0][0] is pair[1][0]:
                        slot = f"({side}{slot})"
                    arrows.append(self._arrow(self.key[parent], product.key, f"∂(product)/∂{slot}", node.grad, local))
                arrows.append(self._arrow(product.key, key, self._slope(node, "(product)"), node.grad, 1))
        boxes[key] = self._box(node, badge="+")

    def _product(self, key: str, x: Any, y: Any, factors: list[tuple[Value, Any]], grad: Any) -> Box:
        parent, local = factors[0]
        return Box(
            key=key,
            head=self._formula("*", (x, y)),
            badge="×",
            value=self._shown("value", parent.data * local),
            grad=self._shown("grad", grad),
        )


def _group_of_each(order: list[Value], fold: Mapping[str, Iterable[Value]]) -> dict[Value, str]:
    """The name of the group each folded value of the graph belongs to."""
    group: dict[Value, str] = {}
    for name, members in fold.items():
        expect("draw", A_LIST, **{f"fold[{name!r}]": members})
        for node in members:
            if group.setdefault(node, name) != name:
                raise ValueError(f"fold: {node!r} is in two groups, {group[node]!r} and {name!r}; put it in one")
    return {node: group[node] for node in order if node in group}
