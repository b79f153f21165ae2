"""The table of derivatives at special points on the page on edge cases: what the library gives, in every mode.

`python -m tests.test_special_points` writes it anew. Each row's first and second derivatives are the same in reverse
mode, forward mode and both mixed; beside each stands whether it is a limit, a convention, or not known.
"""

import itertools
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tinygrad_edu as tg
from tests.operations import NOT_OPERATIONS, TABLE
from tinygrad_edu import derivative, grad

PAGE = Path(__file__).parents[1] / "docs" / "edge-cases.md"
MARKS = ("<!-- special points: made by tests/test_special_points.py -->", "<!-- end -->")
inf, nan = math.inf, math.nan
NAMES = [name for name in tg.__all__ if name not in NOT_OPERATIONS]

Row = tuple[str, Callable[[Any], Any], float]


def _row(name: str, x: float) -> Row:
    return f"`{name}` at {_text(x)}", getattr(tg, name), x


def _of_two(text: str, f: Callable[[Any], Any], x: float) -> Row:
    return f"{text} at x = {_text(x)}", f, x


def _text(x: float) -> str:
    return f"{x:g}".replace("inf", "∞") if x == x else "nan"


ROWS: list[Row] = [
    ("`abs` at 0", abs, 0.0),
    *(
        _row(name, 0.0)
        for name in ("relu", "leaky_relu", "elu", "silu", "gelu", "sqrt", "cbrt", "sign", "floor", "ceil")
    ),
    *(_row("floor", x) for x in (2.0, inf)),
    *(_row(name, x) for name in ("arcsin", "arccos") for x in (-1.0, 1.0)),
    _row("arccosh", 1.0),
    *((f"x ** {n} at 0", lambda x, n=n: x**n, 0.0) for n in (0, 0.5, 1, 1.5, 2, 2.5, 3)),
    _of_two("`maximum(x, 0)`", lambda x: tg.maximum(x, 0.0), 0.0),
    _of_two("`minimum(x, 0)`", lambda x: tg.minimum(x, 0.0), 0.0),
    _of_two("`max([x, x, 0])`", lambda x: tg.max([x, x, 0.0]), 0.0),
    _of_two("`hypot(x, 0)`", lambda x: tg.hypot(x, 0.0), 0.0),
    _of_two("`hypot(x, 0) ** 2`", lambda x: tg.hypot(x, 0.0) ** 2, 0.0),
    _of_two("`arctan2(x, 0)`", lambda x: tg.arctan2(x, 0.0), 0.0),
    _of_two("`arctan2(x, -1)`", lambda x: tg.arctan2(x, -1.0), 0.0),
    _of_two("`abs(x) ** 2`", lambda x: abs(x) ** 2, 0.0),
    _of_two("`min([x, x, 0])`", lambda x: tg.min([x, x, 0.0]), 0.0),
    _of_two("`where(x > 0, x, 0)`", lambda x: tg.where(x > 0, x, 0.0), 0.0),
    _of_two("`where(x > 0, x ** 2, -x)`", lambda x: tg.where(x > 0, x**2, -x), 0.0),
    _of_two("`sum([x, abs(x)])`", lambda x: tg.sum([x, abs(x)]), 0.0),
    *(_row(name, nan) for name in ("relu", "leaky_relu", "sqrt", "exp", "sign", "floor")),
    _of_two("`maximum(x, 0)`", lambda x: tg.maximum(x, 0.0), nan),
    _of_two("`max([x, 0])`", lambda x: tg.max([x, 0.0]), nan),
    _of_two("`sum([x, 1])`", lambda x: tg.sum([x, 1.0]), nan),
    _of_two("`where(x > 0, x, 0)`", lambda x: tg.where(x > 0, x, 0.0), nan),
    *(_row(name, x) for name in ("exp", "tanh", "sigmoid", "softplus", "erf", "arctan") for x in (-inf, inf)),
]
CONVENTION = re.compile(r"abs|relu|floor|ceil|sign|max|min|hypot|arctan2\(x, 0|elu|where")


def both_orders(f: Callable[[Any], Any], x: float) -> tuple[float, float]:
    return grad(f)(x), grad(grad(f))(x)


def what(text: str, f: Callable[[Any], Any], x: float) -> str:
    """Why the two numbers are what they are."""
    first, second = both_orders(f, x)
    if first != first:
        return "not known"
    if not math.isinf(x) and CONVENTION.search(text) and not re.search("silu|gelu", text):
        return "a convention"
    if second != second:
        return "the limit; the second differs from side to side, or is not known"
    return "the limit" if inf in (abs(first), abs(second)) or math.isinf(x) else "exact"


def table() -> str:
    lines = ["| where | first derivative | second | what they are |", "|---|---:|---:|---|"]
    for text, f, x in ROWS:
        first, second = both_orders(f, x)
        lines.append(f"| {text} | {_text(first + 0.0)} | {_text(second + 0.0)} | {what(text, f, x)} |")
    return "\n".join(lines)


@pytest.mark.parametrize(("text", "f", "x"), ROWS, ids=[row[0] for row in ROWS])
def test_all_modes_and_nestings_agree(text: str, f: Callable[[Any], Any], x: float) -> None:
    first = [transform(f)(x) for transform in (grad, derivative)]
    second = [outer(inner(f))(x) for outer, inner in itertools.product((grad, derivative), repeat=2)]
    assert first == pytest.approx([first[0]] * 2, nan_ok=True), text
    assert second == pytest.approx([second[0]] * 4, nan_ok=True), text


def test_the_page_shows_this_table() -> None:
    page = PAGE.read_text("utf-8")
    assert page.split(MARKS[0])[1].split(MARKS[1])[0].strip() == table(), "run python -m tests.test_special_points"


def test_every_operation_with_a_special_point_has_a_row() -> None:
    """One that has a kink in the table of operations, or that the library knows a kink or vertical tangent of."""
    listed = {name for name in NAMES for text, _, _ in ROWS if f"`{name}" in text}
    special = {(row.public or row.name) for row in TABLE if row.kinks}
    assert {name for name in special if name in NAMES} - {"where", "min"} <= listed


def main() -> None:
    page = PAGE.read_text("utf-8")
    before, rest = page.split(MARKS[0])
    PAGE.write_text(f"{before}{MARKS[0]}\n\n{table()}\n\n{MARKS[1]}{rest.split(MARKS[1])[1]}", "utf-8")


if __name__ == "__main__":
    main()
