"""Shapes of expressions as text: the part that nests of loops and comprehensions share."""

from collections.abc import Iterator, Sequence
from typing import cast

from ..rolling.families import Counted, Literal, Ref, Slot
from ..rolling.shapes import Shapes
from ..symbols.symbol import Condition, Operand, Program, Symbol
from .writer import ATOM, SUM, Writer


class ExpressionText:
    """Writes expressions; whoever derives from it says how a place in an array is written."""

    def __init__(self, shapes: Shapes, writer: Writer) -> None:
        self.shapes = shapes
        self.writer = writer
        self.round = ""  # what counts the rounds of a recurrence
        self._program = Program()  # of the symbols that stand for texts

    def _operand(self, shape: int, slots: Iterator[Slot], variables: list[str]) -> Operand:
        """A shape as an operand: a number, or a symbol that stands for its text."""
        op, *rest = self.shapes.nodes[shape]
        if op in {"leaf", "constant"}:
            return self._leaf(next(slots), variables)
        if op in {"special", "number"}:
            return float(rest[0])
        if op == "count":
            return self.writer.operation("count", rest[0])
        if op == "chain":
            kind, (_, first), *terms = rest
            so_far = self._operand(first, slots, variables)
            for sign, term in terms:
                other = self._operand(term, slots, variables)
                so_far = self.writer.operation(sign if kind == "+" else kind, so_far, other)
            return so_far
        if op == "slope":
            name, slope, *children = rest
            slope_text = self.writer.text_of(self._operand(slope, slots, variables), ATOM)
            args = tuple(self._operand(child, slots, variables) for child in children)
            return self.writer.operand_of(slope_text, ATOM, name, args)
        operands: list[object] = []
        for child in rest:
            is_condition = self.shapes.nodes[child][0] == "condition"
            operands.append((self._condition if is_condition else self._operand)(child, slots, variables))
        return self.writer.operation(op, *operands)

    def _condition(self, shape: int, slots: Iterator[Slot], variables: list[str]) -> Condition:
        _, test, shows_nan, *children = self.shapes.nodes[shape]
        operands: list[Operand | Condition] = []
        for child in children:
            is_condition = self.shapes.nodes[child][0] == "condition"
            operands.append((self._condition if is_condition else self._operand)(child, slots, variables))
        if shows_nan:
            self.writer.live.shows_nan.add(cast("Symbol", operands[0]))
        return Condition(self._program, test, tuple(operands))

    def _leaf(self, slot: Slot, variables: list[str]) -> Operand:
        if isinstance(slot, Literal):
            return slot.value
        if isinstance(slot, Counted):
            return self.writer.operand_of(*self._number(slot, variables))
        return self.writer.operand_of(self._place(slot, variables), ATOM)

    def _index(self, slot: Ref | Counted, variables: Sequence[str]) -> tuple[str, int]:
        """Where something stands, or which number it is, with how strongly the text binds."""
        return affine(slot.start, (*slot.steps, slot.turn), (*variables, self.round))

    # --- what the languages differ in ------------------------------------------------------------------------

    def _place(self, ref: Ref, variables: Sequence[str]) -> str:
        raise NotImplementedError

    def _number(self, slot: Counted, variables: Sequence[str]) -> tuple[str, int]:
        """A number that is counted: the variables are such numbers, unless a language has other types for counting."""
        return self._index(slot, variables)


def affine(start: int, steps: Sequence[int], variables: Sequence[str]) -> tuple[str, int]:
    """start + step·variable + …, with how strongly it binds."""
    terms = [
        (step, f"{abs(step)} * {name}" if abs(step) != 1 else name)
        for step, name in zip(steps, variables, strict=True)
        if step
    ]
    text = ""
    for step, term in sorted(terms, reverse=True):  # what is added first
        text = f"{text or start} {'-' if step < 0 else '+'} {term}" if text or step < 0 else term
    if not text:
        return str(start), ATOM
    if start and terms and not (text.startswith(f"{start} -")):
        text = f"{text} {'-' if start < 0 else '+'} {abs(start)}"
    return text, SUM if " " in text else ATOM
