"""What `why_zero` and `why_nan` answer with, and what both need: gradients, words, and which places are alike."""

import itertools
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ..engine import Value, gradients, handed_down
from ..notation.forms import operation
from ..notation.report import Items, Part, Report
from ..notation.text import Text
from ..notation.words import names, number_text, shortened
from ..numbers.number import Number, primal
from .sources import Sources

NEAR = 3  # how many operations a neuron's activation is away from its weights: activation, + bias, dot
NEAR_LIMIT = 500  # of a neuron with more weights than this, the first ones tell it from others
Item = TypeVar("Item")


@dataclass(frozen=True)
class Finding:
    """One place to look at: the value there, what happened, what usually helps, and the source line if recorded.

    `count` is how many places alike it stands for, of which `value` is the first.
    """

    value: Value
    what: str
    advice: str = ""
    line: str = ""
    count: int = 1

    def __str__(self) -> str:
        lines = [self.what, f"try: {self.advice}" if self.advice else "", f"at {self.line}" if self.line else ""]
        return "\n    ".join(filter(None, lines))


@dataclass(frozen=True, repr=False)
class Findings(Report):
    """An answer in words, with the places it is about; true if there are any.

    `left_out` counts the places beyond those that were asked for.
    """

    summary: str
    places: tuple[Finding, ...] = ()
    left_out: int = 0

    def _parts(self) -> list[Part]:
        more = [f"and {self.left_out} more like these"] if self.left_out else []
        return [self.summary, Items([*self.places, *more])] if self.places else [self.summary]

    def __bool__(self) -> bool:
        return bool(self.places)


# --- gradients -------------------------------------------------------------------------------------------------------


def gradients_of(order: Sequence[Value]) -> dict[Value, Number]:
    """The gradient of the last value by each, as plain numbers, without a look at or a touch of any `grad`."""
    return {node: primal(gradient) for node, gradient in gradients(order).items()}


def share(upstream: Number, local: Number) -> Number:
    """What a parent is handed, as a plain number."""
    return primal(handed_down(upstream, local))


# --- how places are written ------------------------------------------------------------------------------------------


class Words:
    """How the values of one graph are written: names, formulas, numbers, source lines."""

    def __init__(self, order: Iterable[Value], sources: Sources | None) -> None:
        self.named = names(order)
        self.sources = sources

    def formula(self, node: Value) -> str:
        """The operation over the names of its operands: `w × x`; a leaf's name."""
        return str(operation(node.op, node.operands, self._name)) if node.op else self.named[node]

    def value(self, x: object) -> str:
        """`v3 = w × x = -2`, `w = -2`, or the number alone."""
        if not isinstance(x, Value) or x not in self.named:
            return number_text(x)
        formula = f" = {self.formula(x)}" if x.op else ""
        return f"{self.named[x]}{formula} = {number_text(x.data)}"

    def with_numbers(self, node: Value) -> str:
        """`v3 = w × x = 2 × (-1) = -2`."""
        numbers = operation(node.op, node.operands, lambda x: Text.number(primal(x)))
        return f"{self.named[node]} = {self.formula(node)} = {numbers} = {number_text(node.data)}"

    def line(self, value: Value) -> str:
        """Its source line, if recorded."""
        return self.sources.line(value) if self.sources is not None else ""

    def group(self, leaves: Iterable[Value]) -> str:
        """What leaves are called together: `l1.n3` for l1.n3.w1 and l1.n3.b, else their names."""
        listed = sorted(self.named[x] for x in leaves)
        if not listed:
            return ""
        pairs = zip(listed[0], listed[-1], strict=False)  # what the first and the last share, all share
        prefix = "".join(x for x, _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)).rpartition(".")[0]
        return prefix or ", ".join(shortened(listed, "…"))

    def _name(self, x: object) -> Text:
        return Text.name(self.named[x]) if isinstance(x, Value) and x in self.named else Text.number(x)


def range_text(numbers: Sequence[Number]) -> str:
    """`-2`, or `-2 … -0.5` for several numbers."""
    low, high = (number_text(f(numbers, key=primal)) for f in (min, max))
    return low if low == high else f"{low} … {high}"


# --- places that are alike -------------------------------------------------------------------------------------------


def uses(order: Iterable[Value]) -> dict[Value, int]:
    """How often each value is an operand."""
    counts: dict[Value, int] = {}
    for node in order:
        for parent, _ in node.edges():
            counts[parent] = counts.get(parent, 0) + 1
    return counts


def near_leaves(node: Value, is_shared: Callable[[Value], bool]) -> frozenset[Value]:
    """The shared leaves at most a neuron away: which neuron it is, whatever the example."""
    found: set[Value] = set()
    border = [node]
    for _ in range(NEAR):
        border = [parent for each in border for parent in each.parents][:NEAR_LIMIT]
        found.update(x for x in border if not x.op and is_shared(x))
    return frozenset(found)


def grouped(
    items: Iterable[Item], fine: Callable[[Item], Hashable], coarse: Callable[[Item], Hashable], most: int
) -> list[list[Item]]:
    """The items in groups that are alike: finely if that makes at most `most` groups, else coarsely."""
    items = list(items)
    groups: Mapping[Hashable, list[Item]] = {}
    for key in (fine, coarse):
        groups = {}
        for item in items:
            groups.setdefault(key(item), []).append(item)
        if len(groups) <= most:
            break
    return list(groups.values())
