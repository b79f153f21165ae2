"""Explanations stay as they are, as text, Markdown and LaTeX: see tests/kept.py."""

from collections.abc import Callable
from typing import Any

import pytest

import tinygrad_edu as tg
from tests.example_graphs import GRAPHS
from tests.kept import Kept
from tinygrad_edu import Dual, Value


def node(root: Value, name: str) -> Value:
    return next(each for each in tg.topological_order(root) if each.label == name)


def explained(make: Callable[[], Any], name: str = "", **options: Any) -> str:
    y = make()
    y = y[0] if isinstance(y, list) else y
    found = tg.explain(y, node(y, name) if name else None, **options)
    return f"{found.text}\n\n--- Markdown\n{found.markdown}\n\n--- LaTeX\n{found.latex}\n"


def wide(uses: int) -> Callable[[], Value]:
    """A value that is used so many times: its remarks and paths are cut somewhere."""

    def make() -> Value:
        x = Value(0.5, label="x")
        return tg.sum([x * (i + 1) for i in range(uses)])

    return make


def named_sum(letters: int) -> Callable[[], Value]:
    """A sum whose left side has so many letters: from some length on it has a line for itself."""

    def make() -> Value:
        parts = [Value(1.25 * i, label=f"summand{i}") for i in range(9)]
        y = tg.sum(parts) * parts[1]
        y.label = "y" * letters
        return y * y

    return make


def doubled(times: int) -> Callable[[], Value]:
    def make() -> Value:
        y = Value(1.0, label="x")
        for _ in range(times):
            y = y + y
        return y

    return make


def rounding() -> Value:
    a, b, c = Value(1 / 3, label="a"), Value(2e-17, label="b"), Value(123456789.123456789, label="c")
    return (a + 0.1 + 0.2) * c / 7 - tg.exp(b) + a**0.5 + 1e300 * a * 1e-300 + 64 * a - b * 1e15


def dual(kind: Callable[[Dual, Dual], Any]) -> Callable[[], Any]:
    return lambda: kind(Dual(2.0, 1.0, label="x"), Dual(3.0, -0.5, label="y"))


TEXTS: dict[str, Callable[[], str]] = {}
for graph, make_graph in GRAPHS.items():
    TEXTS[graph] = lambda make=make_graph: explained(make)
    TEXTS[f"{graph}, two digits, blank"] = lambda make=make_graph: explained(make, digits=2, blanks=True)
    TEXTS[f"{graph}, seventeen digits, nine lines"] = lambda make=make_graph: explained(make, digits=17, max_lines=9)
for graph, names in {
    "example": "a b c", "neuron": "w0 x1 b", "dot": "x1 w4", "crossing": "p s", "ladder": "x", "texts": "α β\nγ\t∂",
    "kinds": "x y", "diamonds": "x", "square": "x", "halves": "x", "loss": "x1",
}.items():  # fmt: skip
    for leaf in [names] if graph == "texts" else names.split():
        TEXTS[f"{graph} by {leaf}"] = lambda graph=graph, leaf=leaf: explained(GRAPHS[graph], leaf)
        TEXTS[f"{graph} by {leaf}, five lines, blank"] = lambda graph=graph, leaf=leaf: explained(
            GRAPHS[graph], leaf, max_lines=5, blanks=True
        )
for n in range(1, 9):
    TEXTS[f"used {n} times"] = lambda n=n: explained(wide(n))
    TEXTS[f"used {n} times, by x"] = lambda n=n: explained(wide(n), "x", max_lines=4)
for n in (10, 20, 23, 24, 25, 26, 27, 40):
    TEXTS[f"{n} letters"] = lambda n=n: explained(named_sum(n))
for n in (2, 48, 49, 50, 51, 60):
    TEXTS[f"doubled {n} times"] = lambda n=n: explained(doubled(n), "x", max_lines=3)
TEXTS["rounding"] = lambda: explained(rounding)
TEXTS["rounding, by a"] = lambda: explained(rounding, "a", digits=3)
for kind_name, kind in {
    "product": lambda x, y: x * y, "quotient": lambda x, y: x / y + tg.sin(x), "square": lambda x, y: x * x - y,
    "maximum": lambda x, y: tg.maximum(x, y) ** y, "dot": lambda x, y: tg.dot([x, y, 1.0], [y, x, x]),
}.items():  # fmt: skip
    TEXTS[f"dual {kind_name}"] = lambda kind=kind: explained(dual(kind))
KEPT = Kept(__file__, TEXTS)


@pytest.mark.parametrize("name", TEXTS)
def test_an_explanation_stays_as_it_is(name: str) -> None:
    KEPT.check(name)


def test_all_explanations_are_kept() -> None:
    KEPT.check_names()


if __name__ == "__main__":
    KEPT.main()
