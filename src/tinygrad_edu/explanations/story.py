"""What an explanation draws on: the graph's names, uses and gradients, and their pieces in one notation."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from ..engine import NOT_COMPUTED, Value, gradients, topological_order
from ..notation.forms import local_form, operation, sum_of_products
from ..notation.text import Text
from ..notation.words import names, shortened
from ..numbers.number import Number
from .layout import Cell, Row, Rows, Sentence
from .rounding import MANY, close, follows, is_exact, sign_between, sign_of_operation

T = TypeVar("T")
W = TypeVar("W")  # an item as it is written
TERMS = 8  # of a longer sum or product, the first and the last terms are shown
LONG = 60  # a formula of more characters has a line for itself


# --- the graph -----------------------------------------------------------------------------------------------


class Use(NamedTuple):
    """That `child` was computed from `parent`, its operand number `i`, with the local gradient."""

    child: Value
    i: int
    parent: Value
    local: Number


class Facts(NamedTuple):
    """The graph below y, parents first, with each value's name, uses and gradient; x if it is asked about.

    Then the values whose data no longer follows from their operands, and those whose `grad` is another number.
    """

    y: Value
    x: Value | None
    order: list[Value]
    named: dict[Value, str]
    uses: dict[Value, list[Use]]
    grads: dict[Value, Number]
    changed: list[Value]
    differing: list[Value]


def gathered(y: Value, x: Value | None) -> Facts:
    """The facts about the graph of y."""
    order = topological_order(y)
    uses: dict[Value, list[Use]] = {node: [] for node in order}
    for node in order:
        for use in uses_by(node):
            uses[use.parent].append(use)
    named = names(order if x is None or x in uses else [*order, x])
    grads = gradients(order)
    changed = [node for node in order if node.op and not follows(node.op, map(data_of, node.operands), node.data)]
    differing = [v for v in named if v.grad is not NOT_COMPUTED and not close(v.grad, grads.get(v, 0))]
    return Facts(y, x, order, named, uses, grads, changed, differing)


def uses_by(node: Value) -> list[Use]:
    """The operands that are parents, each with its place among all operands."""
    places = [i for i, x in enumerate(node.operands) if isinstance(x, Value) and x.level == node.level]
    return [Use(node, i, parent, local) for i, (parent, local) in zip(places, node.edges(), strict=True)]


def data_of(x: Value | Number) -> Number:
    """An operand's number."""
    return x.data if isinstance(x, Value) else x


# --- the pieces ------------------------------------------------------------------------------------------------


class Story:
    """The facts in one notation: text, LaTeX or LaTeX within Markdown."""

    def __init__(
        self, facts: Facts, piece: type[Text], digits: int, max_lines: int, *, has_blanks: bool = False
    ) -> None:
        self.facts = facts
        self.piece = piece
        self.digits = digits
        self.max_lines = max_lines
        self.has_blanks = has_blanks  # in place of the numbers, except those that are given
        self.dots = piece(piece.DOTS)
        self.changed = frozenset(facts.changed)

    def write(self, x: object) -> Text:
        """A value's name, or a number."""
        name = self.facts.named.get(x) if isinstance(x, Value) else None
        return self.piece.number(x, self.digits) if name is None else self.piece.name(name, self.digits)

    def number(self, x: object) -> Text:
        """A number that the reader can work out, or a blank for it."""
        return self.piece.blank(self.digits) if self.has_blanks else self.piece.number(x, self.digits)

    def operand(self, x: Value | Number) -> Text:
        """The number of an operand; a plain number of the formula is never a blank."""
        is_known = not isinstance(x, Value) or x not in self.facts.named
        return self.piece.number(data_of(x), self.digits) if is_known else self.number(data_of(x))

    def d(self, by: Value, of: Value | None = None) -> Text:
        """∂y/∂by, or ∂of/∂by."""
        return self.write(self.facts.y if of is None else of).derivative(self.write(by))

    def form(self, use: Use) -> Text | None:
        """The local gradient in symbols, None where they say no more than its number."""
        return local_form(use.child.op, use.child.operands, use.i, use.child, self.write)

    def local(self, use: Use) -> Text:
        """The local gradient in symbols, or its number."""
        return self.form(use) or self.number(use.local)

    def product(self, factors: Sequence[Text]) -> Text:
        """The factors with · between them."""
        return sum_of_products([factors], self.piece.DOT)

    def few(self, items: Sequence[T], write: Callable[[T], W], dots: W, limit: int = TERMS) -> list[W]:
        """Each item written; of many the first and the last ones, with dots between."""
        return [dots if item is None else write(item) for item in shortened(items, None, limit)]

    # --- equations ---

    def sign_before(self, *numbers: Number) -> str:
        """= or ≈ before numbers: whether they are all shown as they are."""
        return "=" if all(is_exact(x, self.digits) for x in numbers) else "≈"

    def result(self, x: Number) -> Cell:
        """= or ≈ and the number."""
        return self.sign_before(x), self.number(x)

    def given(self, x: Number) -> Cell:
        """= or ≈ and a number that the reader cannot work out, which is never a blank."""
        return self.sign_before(x), self.piece.number(x, self.digits)

    def equation(self, left: Text, *cells: Cell) -> Text:
        """left = cell = cell, in one piece for a sentence."""
        return self.piece(" ".join([left.text, *(f"{left.relation(sign)} {right}" for sign, right in cells)]))

    def forward_row(self, node: Value) -> Row:
        """x = a + b = -1 + 3 = 2."""
        operands = [data_of(x) for x in node.operands]
        symbols = operation(node.op, node.operands, self.write)
        numbers = operation(node.op, node.operands, self.operand)
        left, result = self.write(node), self.number(node.data)
        if node in self.changed:
            return Row(left, [("=", symbols), None, self.result(node.data)], ["when it was computed"])
        note: Sentence = ["chosen by where"] if node.op == "where" else []
        if numbers.text == result.text:
            return Row(left, [("=", symbols), None, self.result(node.data)], note)
        sign = sign_of_operation(node.op, operands, node.data, self.digits)
        before = self.sign_before(*operands[:MANY])
        return Row(left, [("=", symbols), (before, numbers), (sign, result)], note, is_long=len(symbols.text) > LONG)

    def sum_row(self, node: Value, shares: Sequence[Number], grad: Number) -> Row:
        """∂f/∂b = 7 + 2 = 9: the shares of a gradient, and what they add up to."""
        terms = self.few(shares, lambda share: [self.number(share)], [self.dots])
        sign = "≈" if len(shares) > MANY else sign_between(lambda *xs: sum(xs), shares, grad, self.digits)
        before = self.sign_before(*shares[:MANY])
        return Row(self.d(node), [(before, sum_of_products(terms)), (sign, self.number(grad))])

    def cut(self, items: Sequence[T], row: Callable[[T], Row]) -> Rows:
        """A row for each item; of too many the first and the last ones, and how many are left out between."""
        if len(items) <= self.max_lines:
            return [row(item) for item in items]
        tail = self.max_lines // 2
        left_out: Sentence = [f"... {len(items) - self.max_lines:,} lines left out ..."]
        return [*map(row, items[: self.max_lines - tail]), left_out, *map(row, items[len(items) - tail :])]
