"""The numbers that a picture shows: those that are there now, those at one step of a pass, or tangents."""

from collections.abc import Iterator, Mapping, Sequence

from ..engine import NOT_COMPUTED, Value, gradients, handed_down
from ..mistakes.options import A_TEXT, expect
from ..notation.forms import operation, sum_of_products
from ..notation.text import Text
from ..notation.words import shortened
from ..numbers.number import Number, number

UNKNOWN = NOT_COMPUTED  # in place of a number that no pass has come to
HOW = 'step="forward:x" or step="backward:x", with the name of a value'


class Moment:
    """The numbers as they are now. `kind` is the row below the value: "grad" or "tangent"."""

    kind = "grad"

    def value(self, node: Value) -> Number:
        """Its data, or UNKNOWN."""
        return node.data

    def second(self, node: Value) -> Number:
        """Its gradient or tangent, or UNKNOWN."""
        return node.grad

    def is_focus(self, node: Value) -> bool:  # noqa: ARG002 - there is none now
        """Whether the picture is about this value."""
        return False

    def is_flow(self, parent: Value, child: Value) -> bool:  # noqa: ARG002 - there is none now
        """Whether the picture is about what flows between these two."""
        return False

    def product(self, parent: Value, child: Value, local: Number) -> tuple[Number, Number, Number]:  # noqa: ARG002
        """What flows along an arrow: two factors and their product."""
        upstream = self.second(child)
        return upstream, local, upstream if upstream is UNKNOWN else handed_down(upstream, local)

    def sentence(self, names: Mapping[Value, str], digits: int) -> str:  # noqa: ARG002
        """What happens, to stand below the picture."""
        return ""


class Tangents(Moment):
    """Forward mode: how fast each value changes if those in `seeds` change at these rates."""

    kind = "tangent"

    def __init__(self, order: Sequence[Value], seeds: Mapping[Value, Number]) -> None:
        self.tangents: dict[Value, Number] = {}
        strangers = [node for node in seeds if node not in set(order)]
        if strangers:
            raise ValueError(f"tangents: {strangers[0]!r} is not in this graph")
        for node in order:
            shares = [handed_down(self.tangents[parent], local) for parent, local in node.edges()]
            self.tangents[node] = number(seeds[node]) if node in seeds else sum(shares)

    def second(self, node: Value) -> Number:
        """Its tangent."""
        return self.tangents[node]

    def product(self, parent: Value, child: Value, local: Number) -> tuple[Number, Number, Number]:  # noqa: ARG002
        """The parent's tangent, the local gradient, and the share of the child's tangent."""
        return self.tangents[parent], local, handed_down(self.tangents[parent], local)


class Step(Moment):
    """One step of the forward or the backward pass: what came before it is known, the rest is not yet.

    Gradients are worked out anew, so no backward pass needs to have been made.
    """

    def __init__(self, order: Sequence[Value], named: Mapping[Value, str], step: str) -> None:
        expect("draw", A_TEXT, step=step)
        which, _, name = step.partition(":")
        by_name = {name: node for node, name in named.items()}
        if which not in ("forward", "backward") or name not in by_name:
            known = ", ".join(shortened(list(by_name), "…", 12))
            raise ValueError(f"step={step!r}: write {HOW}; there are {known}")
        self.node = by_name[name]
        self.is_back = which == "backward"
        self.uses = [(node, local) for node in order for parent, local in node.edges() if parent is self.node]
        at = order.index(self.node)
        self.valued = set(order if self.is_back else order[: at + 1])
        found = gradients(order) if self.is_back else {}
        self.gradients = {node: found[node] for node in order[at:] if self.is_back}

    def value(self, node: Value) -> Number:
        """Its data, once the forward pass has come to it."""
        return node.data if node in self.valued else UNKNOWN

    def second(self, node: Value) -> Number:
        """Its gradient, once the backward pass has come to it."""
        return self.gradients.get(node, UNKNOWN)

    def is_focus(self, node: Value) -> bool:
        """Whether it is the value of this step."""
        return node is self.node

    def is_flow(self, parent: Value, child: Value) -> bool:
        """Whether this step sends something along their arrow: to its value."""
        return (parent if self.is_back else child) is self.node

    def sentence(self, names: Mapping[Value, str], digits: int) -> str:
        """`x = a + b = -1 + 3 = 2`, or `∂f/∂b = 7 × 1 + 2 × 1 = 9`."""
        node, name = self.node, names[self.node]
        if self.is_back:
            root = names[next(reversed(self.gradients))]
            return " = ".join([f"∂{root}/∂{name}", *self._sum(digits), str(Text.number(self.second(node), digits))])
        if not node.op:
            return f"{name} = {Text.number(node.data, digits)} is given"

        def piece(x: object) -> Text:
            return Text.name(names[x]) if isinstance(x, Value) and x in names else Text.number(x, digits)

        symbols = operation(node.op, node.operands, piece)
        numbers = operation(node.op, [getattr(x, "data", x) for x in node.operands], lambda x: Text.number(x, digits))
        return f"{name} = {symbols} = {numbers} = {Text.number(node.data, digits)}"

    def _sum(self, digits: int) -> Iterator[str]:
        """The products of upstream and local gradients that add up to the gradient; none for the result itself."""
        products = [
            [Text(Text.DOTS)]
            if use is None
            else [Text.number(self.gradients[use[0]], digits), Text.number(use[1], digits)]
            for use in shortened(self.uses, None)
        ]
        if products:
            yield str(sum_of_products(products, " × "))
