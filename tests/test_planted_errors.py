"""The checkers are checked: a relative error of 1e-6 planted in any local gradient must be caught.

The places to plant one are not listed by hand. A first pass over the table records which operations make nodes, and
with how many local gradients; the source is searched for operations that the table never made.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tinygrad_edu
from tests.operations import TABLE, Operation, check_gradient
from tinygrad_edu import Value

Slot = tuple[str, int]
make_node = Value._node


def _slots(op: str, d_self: Any, d_right: Any) -> dict[Slot, Any]:
    """The local gradients that were stated, by operation and position."""
    stated = d_self if type(d_self) is tuple else (d_self, d_right)
    return {(op, i): local for i, local in enumerate(stated) if local is not None}


def _recorded() -> dict[Slot, list[Operation]]:
    """Each place a local gradient that is not 0 is stated, with the rows of the table that reach it."""
    rows: dict[Slot, list[Operation]] = {}

    def record(self: Value, op: str, data: Any, d_self: Any, right: Any = None, d_right: Any = None) -> Value:
        for slot, local in _slots(op, d_self, d_right).items():
            if local != 0 and row not in rows.setdefault(slot, []):
                rows[slot].append(row)
        return make_node(self, op, data, d_self, right, d_right)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Value, "_node", record)
        for row in TABLE:
            for point in row.samples:
                row.apply(*map(Value, point))
    return rows


ROWS = _recorded()


def planting(op: str, position: int, error: float) -> Callable[..., Value]:
    """`Value._node` with one local gradient of one operation off by a relative error."""

    def wrong(self: Value, name: str, data: Any, d_self: Any, right: Any = None, d_right: Any = None) -> Value:
        if name == op and type(d_self) is tuple:
            d_self = tuple(d * (1 + error) if i == position and d is not None else d for i, d in enumerate(d_self))
        elif name == op and position == 0:
            d_self = d_self * (1 + error)
        elif name == op and d_right is not None:
            d_right = d_right * (1 + error)
        return make_node(self, name, data, d_self, right, d_right)

    return wrong


def is_caught(rows: list[Operation]) -> bool:
    """Whether a check of the table fails."""
    for row in rows:
        try:
            for point in row.samples:
                check_gradient(row, point)
        except AssertionError:
            return True
    return False


@pytest.mark.parametrize(("op", "position"), sorted(ROWS))
@pytest.mark.parametrize("error", [1e-6, -1e-6, 1e-9])
def test_an_error_planted_in_a_local_gradient_is_caught(
    op: str, position: int, error: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_caught(ROWS[op, position]), "the checks fail without any error planted"
    monkeypatch.setattr(Value, "_node", planting(op, position, error))
    assert is_caught(ROWS[op, position])


@pytest.mark.parametrize(("op", "position"), sorted(ROWS))
def test_a_wrong_sign_is_caught(op: str, position: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Value, "_node", planting(op, position, -2.0))
    assert is_caught(ROWS[op, position])


def test_every_operation_in_the_source_is_reached_by_the_table() -> None:
    source = Path(tinygrad_edu.__file__).parent
    text = "".join((source / name).read_text("utf-8") for name in ("engine.py", "core/elementary.py", "functions.py"))
    in_source = set(re.findall(r'_(?:node|extreme)\(\s*"([^"]+)"|_result\(\s*kind, "([^"]+)"', text))
    operations = {first or second for first, second in in_source}
    assert len(operations) > 30, "the search finds no operations any more: has _node been renamed?"
    of_slope_0 = {"sign", "floor", "ceil"}  # no factor changes it
    assert operations - {op for op, _ in ROWS} == of_slope_0


def test_both_operands_of_every_binary_operation_are_reached() -> None:
    for op in ("+", "-", "*", "/", "**", "hypot", "arctan2", "maximum", "minimum"):
        assert {(op, 0), (op, 1)} <= set(ROWS)
