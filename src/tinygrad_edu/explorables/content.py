"""What a page says: names, formulas and derivations of a graph as JSON, with places where the page puts numbers.

A formula is a tree of MathML elements. In it the number i stands for the value of node i, in symbols or in numbers as
the page likes; [i] is the same, in parentheses where it is negative.
"""

import json
import keyword
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from ..engine import Value
from ..explanations.story import Use, uses_by
from ..graphics.arrangement import Gaps, Link, Size, arranged
from ..notation.forms import local_form, operation
from ..notation.mathml import MathML
from ..notation.text import SIGN, SUM, Text
from ..notation.words import names, number_text, plain
from ..numbers.number import primal
from ..numbers.operations import OPERATIONS
from ..symbols.symbol import Condition, Operand, Symbol
from .program import Staged, conditions_of, parts_of

LONGEST, SHORT = 48, 28  # characters of the formula that is the heading; a short one is set as mathematics
BOX_HEIGHT, MARGIN = 98, 14  # in pixels, as the page draws them; around the picture
GAPS = {"LR": Gaps(36, 22), "TB": Gaps(54, 14)}
LABELS = {"LR": Size(74, 22), "TB": Size(76, 22)}  # five columns fit a page of 1280 pixels
Side = int | list[float]  # the place of a node, or a number in a list of one
Layout = dict[str, Any]  # width, height, room: int; boxes, arrows, labels: list[list[int]]


class Content:
    """The graph in words and formulas."""

    def __init__(self, staged: Staged, digits: int) -> None:
        self.staged = staged
        self.digits = digits
        self.order = staged.order
        self.place = {node: i for i, node in enumerate(self.order)}
        self.named = names(self.order)
        self.uses = [use for node in self.order for use in uses_by(node)]
        self.identifiers = _identifiers(self.named)

    def data(self) -> dict[str, Any]:
        """All of it, fit for JSON."""
        edges = [(self.place[use.parent], self.place[use.child]) for use in self.uses]
        return {
            "nodes": [self._node(node) for node in self.order],
            "edges": [self._edge(use) for use in self.uses],
            "inputs": [self.place[x] for x in self.staged.inputs],
            "start": self.staged.start,
            "conditions": [self._condition(each) for each in self.staged.conditions],
            "heading": self.heading(),
            "domains": {
                node.op: f"{node.op} needs {OPERATIONS[node.op].domain}"
                for node in self.order
                if node.op in OPERATIONS and OPERATIONS[node.op].domain
            },
            "layouts": self._layouts(edges),
        }

    # --- nodes and edges ---

    def _node(self, node: Value) -> dict[str, object]:
        name = plain(self.named[node], 24)
        found: dict[str, object] = {"name": name}
        if self.identifiers[node] != name:
            found["python"] = self.identifiers[node]
        if not re.fullmatch(r"[A-Za-z]+|[A-Za-z]\d+", name):  # the page writes v1 with a subscript by itself
            found["maths"] = tree(str(MathML.name(name)))
        if not node.op:
            return found if isinstance(node.data, Symbol) else found | {"constant": float(node.data)}
        found["op"] = node.op
        found["formula"] = self.formula(node)
        found["operands"] = [self._operand(x) for x in node.operands]
        found["code"] = self._code(node)
        if node.op == "where":
            found["condition"] = self.staged.conditions.index(self._choice(node))
        else:
            found["tree"] = tree(str(operation(node.op, node.operands, self._slot)))
        around: list[Any] = [*node.data.block] if isinstance(node.data, Symbol) else []
        if around:
            found["within"] = [[self.staged.conditions.index(each), int(outcome)] for each, outcome in around]
        return found

    def _operand(self, x: object) -> Side:
        """An operand: the place of a node, or a number in a list of one."""
        return self.place[x] if isinstance(x, Value) and x in self.place else [float(primal(x))]

    def _edge(self, use: Use) -> dict[str, object]:
        child = use.child
        found: dict[str, object] = {"from": self.place[use.parent], "to": self.place[child]}
        form = local_form(child.op, child.operands, use.i, child, self._slot)
        if form is not None:
            found["rule"] = tree(str(form))
        if child.op in OPERATIONS and OPERATIONS[child.op].relations:
            other = child.operands[1 - use.i] if child.op in ("maximum", "minimum") else 0
            found["rival"] = self.place[child] if child.op in ("max", "min") else self._operand(other)
        return found

    def formula(self, node: Value) -> str:
        """What a node computes, as text: `a + b`."""
        if node.op == "where":
            chosen, other = (self._text(x) for x in node.operands)
            return plain(f"{chosen} if {self._comparison(self._choice(node))} else {other}", 60)
        return plain(str(operation(node.op, node.operands, self._text)), 60).replace("-", "−")

    def _text(self, x: object) -> Text:
        if isinstance(x, Value) and x in self.place:
            return Text.name(plain(self.named[x], 24))
        return Text.number(x, self.digits)

    def _slot(self, x: object) -> MathML:
        """A node's place in a formula, where a negative number may come to stand."""
        if isinstance(x, Value) and x in self.place:
            return MathML(f'<slot n="{self.place[x]}"/>', SIGN, self.digits)
        return MathML.number(x, self.digits)

    # --- conditions ---

    def _condition(self, condition: Condition) -> list[object]:
        """A comparison as its two sides with the sign between; of a combination, which others it is made of."""
        parts = parts_of(condition)
        if parts:
            return [condition.test, *(self.staged.conditions.index(each) for each in parts)]
        return [self._side(condition.left), condition.test, self._side(condition.right)]

    def _side(self, x: Operand) -> Side | None:
        """A side of a comparison: the place of the node with that number, a number in a list, or null."""
        if not isinstance(x, Symbol):
            return [float(x)]
        return next((i for i, node in enumerate(self.order) if isinstance(node.data, Symbol) and node.data is x), None)

    def _choice(self, node: Value) -> Condition:
        """What a `where` chooses by."""
        return conditions_of(node)[-1]

    def _comparison(self, condition: Condition) -> str:
        parts = [
            self._comparison(each) if not parts_of(each) else f"({self._comparison(each)})"
            for each in parts_of(condition)
        ]
        if parts:
            return f"not {parts[0]}" if condition.test == "not" else f" {condition.test} ".join(parts)
        left, right = (self._side_text(self._side(x)) for x in (condition.left, condition.right))
        return f"{left} {condition.test} {right}"

    def _side_text(self, side: Side | None) -> str:
        if side is None:
            return "…"
        return number_text(side[0], self.digits) if isinstance(side, list) else plain(self.named[self.order[side]], 24)

    # --- the whole ---

    def heading(self) -> object:
        """The result as a formula of the inputs, or of the last operation's operands where that would be long."""
        result = self.order[-1]
        if not result.op or any(node.op == "where" for node in self.order):
            return None
        text, maths = (self._expanded(piece)[result] for piece in (Text, MathML))
        return tree(str(maths)) if len(str(text)) <= SHORT else None

    def title(self) -> str:
        """The same as text, `f = (a + b) × (b + c)`."""
        result = self.order[-1]
        name = plain(self.named[result], 24)
        if not result.op:
            return name
        text = str(self._expanded(Text)[result])
        return f"{name} = {text if len(text) <= LONGEST else self.formula(result)}"

    def branch_step(self) -> list[object]:
        """The backward step of the first value, from the result back, that is used more than once; else of the last."""
        uses = Counter(self.place[use.parent] for use in self.uses)
        branching = [i for i, count in uses.items() if count > 1]
        return ["backward", max(branching, default=0)]

    def _expanded(self, piece: type[Text]) -> Mapping[Value, Text]:
        """Each value written out down to the inputs, as long as that is not too long."""
        written: dict[Value, Text] = {}

        def write(x: object) -> Text:
            return written[x] if isinstance(x, Value) and x in written else piece.number(x, self.digits)

        for node in self.order:
            if node.op == "where":
                chosen, other = (write(x).text for x in node.operands)
                written[node] = piece(f"{chosen} if {self._comparison(self._choice(node))} else {other}", SUM)
            elif node.op:
                written[node] = operation(node.op, node.operands, write)
            if not node.op or len(str(written[node])) > 40 * LONGEST:
                written[node] = piece.name(plain(self.named[node], 24), self.digits)
        return written

    def _code(self, node: Value) -> str:
        """The operation in Python, over the identifiers of its operands."""
        xs = [self.identifiers[x] if x in self.place else repr(float(x)) for x in node.operands]
        if node.op in ("+", "-", "*", "/", "**"):
            return f"{_safe(xs[0])} {node.op} {_safe(xs[1])}"
        if node.op == "neg":
            return f"-{_safe(xs[0])}"
        if node.op == "abs":
            return f"abs({xs[0]})"
        if node.op == "dot":
            half = len(xs) // 2
            return f"tg.dot([{', '.join(xs[:half])}], [{', '.join(xs[half:])}])"
        if node.op in ("sum", "prod", "max", "min", "logsumexp"):
            return f"tg.{node.op}([{', '.join(xs)}])"
        return f"tg.{node.op}({', '.join(xs)})"

    def _layouts(self, edges: list[tuple[int, int]]) -> dict[str, Layout]:
        """From left to right for wide pages, from top to bottom for narrow ones. Long headings take two lines."""
        more = 8 * (max(self.digits, 4) - 4)  # for each digit
        letters = [len(self._head(node)) for node in self.order]
        wide = [min(max(102, round(8.4 * n + 28)), 200) + more for n in letters]
        narrow = [min(max(100, 8 * n + 24), 124 if n < 17 else 160) + more for n in letters]
        return {"LR": _shortened(layout(wide, edges, "LR")), "TB": _shortened(layout(narrow, edges, "TB"))}

    def _head(self, node: Value) -> str:
        name = plain(self.named[node], 24)
        return f"{name} = {self.formula(node)}" if node.op else name


def layout(widths: Sequence[int], edges: Sequence[tuple[int, int]], rankdir: str) -> Layout:
    """Where the boxes stand, as [x, y, width]; the points of each arrow, x and y in turn; the middle of each label.

    >>> layout([100, 100], [(0, 1)], "LR")["boxes"]
    [[14, 14, 100], [224, 14, 100]]
    """
    label = LABELS[rankdir]
    found = arranged(
        [Size(width, BOX_HEIGHT) for width in widths],
        [Link(tail, head, label) for tail, head in edges],
        GAPS[rankdir],
        is_wide=rankdir == "LR",
        is_beside=False,
    )
    whole = {"width": found.width + 2 * MARGIN, "height": found.height + 2 * MARGIN, "room": label.width}
    return {name: math.ceil(size) for name, size in whole.items()} | {
        "boxes": [[*_shifted([box[:2]]), round(box[2])] for box in found.boxes],
        "arrows": [_shifted(points) for points in found.arrows],
        "labels": [_shifted([middle]) for middle in found.labels],
    }


def _shortened(found: Layout) -> Layout:
    """Without the labels that stand in the middle of the last straight part of their arrow: the page finds those."""
    labels = {}
    for i, (points, (x, y)) in enumerate(zip(found["arrows"], found["labels"], strict=True)):
        u, v, u2, v2 = points if len(points) == 4 else points[-6:-2]
        if max(abs(u + u2 - 2 * x), abs(v + v2 - 2 * y)) > 1:
            labels[i] = [x, y]
    return {**found, "labels": labels}


def _shifted(points: Iterable[tuple[float, float]]) -> list[int]:
    return [round(number) + MARGIN for point in points for number in point]


def _safe(text: str) -> str:
    return f"({text})" if text.startswith("-") else text


def _identifiers(named: Mapping[Value, str]) -> dict[Value, str]:
    """A name in Python for each value, as near to its own as possible, and none twice."""
    taken = {"tg"}
    found = {}
    for node, name in named.items():
        word = re.sub(r"\W+", "_", name[:40]).strip("_")
        word = word if word.isidentifier() and not keyword.iskeyword(word) else "v"
        wish, count = word, 1
        while wish in taken:
            count += 1
            wish = f"{word}_{count}"
        taken.add(wish)
        found[node] = wish
    return found


def tree(mathml: str) -> object:
    """MathML as nested lists. A slot becomes its number, in a list of its own where parentheses stand around it.

    >>> tree('<slot n="0"/><mo>+</mo><mrow><mo>(</mo><slot n="1"/><mo>)</mo></mrow>')
    ['mrow', 0, '+', [1]]
    """
    return _branch(ElementTree.fromstring(f"<mrow>{mathml}</mrow>"))  # noqa: S314 - our own text


def _branch(element: ElementTree.Element) -> object:
    if element.tag == "slot":
        return int(element.attrib["n"])
    children = list(element)
    if element.tag == "mrow" and len(children) == 1:
        return _branch(children[0])
    if element.tag == "mrow" and [child.text or child.tag for child in children] == ["(", "slot", ")"]:
        return [_branch(children[1])]
    if children:
        return [element.tag, *map(_branch, children)]
    text = element.text or ""
    is_plain = element.tag == _kind(text)
    return text if is_plain else [element.tag, text]


def _kind(text: str) -> str:
    """The element that the page makes of a text by itself."""
    return "mn" if re.fullmatch(r"[\d.]+", text) else "mi" if re.fullmatch(r"[A-Za-zα-ωΑ-Ω∞]+", text) else "mo"


def script_json(data: object) -> str:
    """JSON that can stand in a script element of a page, whatever texts it holds."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
