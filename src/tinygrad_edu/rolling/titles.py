"""Names for arrays, as in a textbook: from the labels of their lines, or from how they are computed.

The labels l1.n1.w1, l1.n1.w2, l1.n2.w1, … together are l1_w, the weights of a layer: w1. A long sum with weights w1 is
z1, a function of z1 alone a1. What is added up to the gradient of b1 is dz1, a sum of that with weights w1 is da0.
"""

import re
from collections.abc import Iterable, Sequence

from ..symbols.symbol import Operand, Symbol
from .nests import Nests
from .shapes import Group, Shapes, Source, leaf_sources

SOME = 50  # labels that are looked at
LAYER = re.compile(r"(d?)l(\d+)(?:_n\d+)?_([a-z]+)")  # a layer's parameters, or their gradients


def common(labels: Sequence[str]) -> str:
    """The words of labels without those that count, and without the numbers that differ in the last word.

    >>> common(["l1.n1.w1", "l1.n1.w2", "l1.n2.w1"]), common(["x", "x"])
    ('w1', 'x')
    """
    split = [re.split(r"[^0-9A-Za-z]+", label) for label in labels]
    if not labels or len({len(words) for words in split}) != 1:
        return ""
    found = []
    columns = [*zip(*split, strict=True)]
    for i, words in enumerate(columns):
        bare = {re.sub(r"[0-9]+$", "", word) for word in words}
        if len({*words}) == 1:
            found.append(words[0])
        elif len(bare) != 1:
            return ""
        elif i == len(columns) - 1:
            found.append(bare.pop())
    name = "_".join(found).rstrip("_")
    layer = LAYER.fullmatch(name)
    return f"{layer[1]}{layer[3]}{layer[2]}" if layer else name


class Titles:
    """A wish for the name of each array; empty where nothing suggests one."""

    def __init__(
        self, shapes: Shapes, nests: Nests, arguments: dict[Symbol, Source], places: dict[Symbol, int]
    ) -> None:
        self._shapes = shapes
        self._titles: dict[Source, str] = {}
        for group in shapes.groups:
            self._titles[group.array] = common(_labels(member.what for member in group.members[:: _step(group)]))
        for group in shapes.groups:
            self._name_summand(group)
        for group in shapes.groups:
            if not self._titles[group.array]:
                self._titles[group.array] = self._by_computation(group)
        symbols = {(source, places[x]): x for x, source in arguments.items()}
        for source, copied in nests.copied.items():
            read = [symbols.get((copied.source, copied.start + i * step)) for step in copied.steps for i in range(2)]
            self._titles[source] = common(_labels(read)) or "copy"

    def of(self, source: Source) -> str:
        """The wish for the name of an array."""
        return self._titles.get(source, "table")

    def _name_summand(self, group: Group) -> None:
        """What is added up to the gradient db1 is dz1."""
        found = re.fullmatch(r"db(\d+)", self._titles[group.array])
        node = self._shapes.nodes[group.parts[0].shape]
        if group.kind == "total" and found and node[0] == "leaf" and node[1] in self._titles:
            self._titles[node[1]] = self._titles[node[1]] or f"dz{found[1]}"

    def _by_computation(self, group: Group) -> str:
        run = next((part for part in group.parts if part.length > 1), None)
        if run is not None:
            term = leaf_sources(self._shapes.nodes, run.shape)
            weights = re.fullmatch(r"w(\d+)", common(self._weights(group)))
            if weights is None or group.chain != "+":
                return ""
            is_backward = any(self._titles.get(source, "").startswith("dz") for source in term)
            return f"da{int(weights[1]) - 1}" if is_backward else f"z{weights[1]}"
        sources = {x for part in group.parts for x in leaf_sources(self._shapes.nodes, part.shape) if x is not None}
        names = {self._titles.get(source, "") for source in sources}
        found = re.fullmatch(r"z(\d+)", names.pop()) if len(names) == 1 else None
        name = f"a{found[1]}" if found and group.kind == "line" else ""
        return "" if name in self._titles.values() else name

    def _weights(self, group: Group) -> list[str]:
        """The labels in the first run of some lines."""
        lines = group.members[:: _step(group)]
        leaves = [x for member in lines for term in member.runs[0][:2] for x in term]
        return [*_labels(x for x in leaves if isinstance(x, Symbol) and x.label and x.op == "input" and not x.block)]


def _step(group: Group) -> int:
    return max(1, len(group.members) // SOME)


def _labels(lines: Iterable[Operand | Symbol | int | None]) -> list[str]:
    """The labels, or wishes, of these lines, if all of those that are lines have one."""
    labels = [line.label or line.wish for line in lines if isinstance(line, Symbol)]
    return labels if all(labels) else []
