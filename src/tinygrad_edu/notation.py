"""How values and operations are written: names, numbers and formulas, the same in pictures, text and LaTeX.

A value goes by its label, or by a made-up name v1, v2, … A formula is the operation with the names of its operands:
`a + b`, `5 - x`, `exp(v1)`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from .engine import Value

INFIX = {"+": " + ", "-": " - ", "*": " × ", "/": " / ", "**": " ** "}


def names(values: Iterable[Value]) -> dict[Value, str]:
    """A name for each value: its label where that is not taken, else v1, v2, … in the order given.

    >>> a, b = Value(1.0, label="a"), Value(2.0)
    >>> list(names([a, b, a + b]).values())
    ['a', 'v1', 'v2']
    """
    values = list(values)
    named: dict[Value, str] = {}
    taken = {value.label for value in values}
    used: set[str] = set()
    count = 0
    for value in values:
        name = value.label
        while not name or name in used:
            count += 1
            name = f"v{count}" if f"v{count}" not in taken else ""
        used.add(name)
        named[value] = name
    return named


def number_text(x: Any, digits: int = 4) -> str:
    """A number for people: `digits` significant digits, exact where they suffice, other kinds as they print.

    >>> number_text(0.7310585786), number_text(14.0), number_text(-1e-9)
    ('0.7311', '14', '-1e-09')
    """
    if isinstance(x, float):
        return f"{x + 0.0:.{digits}g}"
    if isinstance(x, int) and abs(x) >= 10**30:
        return f"an int of {x.bit_length()} bits"
    return str(x)


def formula(value: Value, named: Mapping[Value, str], digits: int = 4) -> str:
    """The operation that made `value`, over the names of its operands; a leaf's name.

    >>> x = Value(2.0, label="x")
    >>> formula(5 - x, {x: "x"}), formula(x.exp(), {x: "x"})
    ('5 - x', 'exp(x)')
    """
    if not value.op:
        return named[value]
    operands = [named[x] if isinstance(x, Value) else number_text(x, digits) for x in value.operands]
    if value.op in INFIX:
        return INFIX[value.op].join(operands)
    if value.op == "neg":
        return f"-{operands[0]}"
    if value.op == "dot":
        half = len(operands) // 2
        pairs = zip(operands[:half], operands[half:], strict=True)
        return " + ".join(f"{x} × {y}" for x, y in pairs)
    return f"{value.op}({', '.join(operands)})"
