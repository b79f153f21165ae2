"""What live pages and the explainer are made from stays as it is: see tests/kept.py."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

import tinygrad_edu as tg
from tests.example_graphs import GRAPHS
from tests.kept import Kept
from tinygrad_edu.explorables.explainer_page import explainer_html
from tinygrad_edu.explorables.presets import presets


def page(make: Callable[[], Any]) -> str:
    made = make()
    return f"{made!r}\n{made.title}\n{made.program}\n{json.dumps(made.data, indent=1, ensure_ascii=False)}\n"


def kinked(x: Any, y: Any) -> Any:
    low = tg.where(x > y, x * y, lambda: tg.where(x + y <= 0, tg.exp(x), y / 3))
    low.label = "low"
    return tg.relu(low) + tg.maximum(x, y) - abs(x) + tg.leaky_relu(y)


def named(letters: int) -> Callable[..., Any]:
    """With a node whose name has so many letters: boxes grow with it, and cut it somewhere."""

    def f(a: Any, b: Any) -> Any:
        y = a * b
        y.label = "n" * letters
        return tg.tanh(y) + y

    return f


def long_names(**numbers: float) -> Any:
    return tg.sum([*numbers.values()])


def formula_of(n: int) -> Callable[[], Any]:
    """A product whose formula has n characters: up to 28 it is a heading, up to 48 a title."""
    names = ["a", "b" * ((n - 7) // 2), "c" * ((n - 6) // 2)]  # with " × " between them, and no name is cut
    return lambda: tg.explore(lambda **xs: xs["a"] * xs[names[1]] * xs[names[2]], dict.fromkeys(names, 2.0))


def chosen(x: Any, y: Any) -> Any:
    inner = tg.where((x > y) & (y < 2.0), lambda: tg.where(~(x >= 1.5), lambda: tg.exp(x), lambda: x * y), lambda: -y)
    return inner + tg.where((x * y > 0.0) | (y <= -1.25), 1.0, x)


def with_constants(a: Any) -> Any:
    sums = [a * tg.Value(2.0, label="class"), tg.Value(-3.5, label="two words") / a, (a + 0.1) * 1e-9, tg.min([a, -a])]
    sums[2].label = "α"
    return tg.sum(sums)


def mlp(w: Any, b: Any, x: Any) -> Any:
    hidden = [tg.tanh(each * x + b["hidden"]) for each in w]
    return (tg.dot(w, hidden) + b["out"] - 1.0) ** 2


PAGES: dict[str, Callable[[], Any]] = {
    graph: lambda make=make: tg.explore(make())
    for graph, make in GRAPHS.items()
    if graph not in ("named", "numbers", "halves", "decimal", "leaf")
}
PAGES |= {
    "kinked": lambda: tg.explore(kinked, x=0.5, y=-1.25),
    "seventeen digits": lambda: tg.explore(GRAPHS["neuron"](), digits=17, title="All digits"),
    "five digits": lambda: tg.explore(GRAPHS["neuron"](), digits=5),
    "two digits": lambda: tg.explore(GRAPHS["neuron"](), digits=2),
    "one digit": lambda: tg.explore(GRAPHS["neuron"](), digits=1),
    "parameters": lambda: tg.explore(GRAPHS["neuron"](), parameters=["w0", "b"], learning_rate=1, start="forward:y"),
    "ranges": lambda: tg.explore(lambda a, b: a * b, a=1.0, b=2, ranges={"a": (-0.5, 2), "b": (2, 3)}, start="start"),
    "far": lambda: tg.explore(lambda a, b, c: a * b + c, a=1e200, b=-3e-9, c=1234.5),
    "zero": lambda: tg.explore(lambda a, b: a * b, a=0.0, b=-0.0),
    "negative": lambda: tg.explore(lambda a: -a, a=-3.0),
    "lists": lambda: tg.explore(tg.dot, xs=[2.0, -3.0], ys=[-1.0, -2.0]),
    "long names": lambda: tg.explore(long_names, **{"x" * n: float(n) for n in (1, 12, 23, 24, 25, 39, 40, 41)}),
    "end of slider": lambda: tg.explore(lambda a, b, c, d: a + b + c + d, a=6.6, b=6.7, c=66.7, d=0.0666),
    "chosen": lambda: tg.explore(chosen, x=0.75, y=1.5),
    "with constants": lambda: tg.explore(with_constants, a=-0.25),
    "lists and dicts": lambda: tg.explore(mlp, w=[0.5, -1.0], b={"hidden": 0.1, "out": -0.1}, x=0.3),
    "many": lambda: tg.explore(lambda xs: tg.sum([x * x for x in xs]), xs=[0.1 * i for i in range(30)]),
}  # fmt: skip
for n in (1, 8, 9, 12, 13, 15, 16, 17, 18, 20, 23, 24, 25, 26, 60):
    PAGES[f"{n} letters"] = lambda n=n: tg.explore(named(n), a=2.0, b=-1.0)
for n in (27, 28, 29, 47, 48, 49):
    PAGES[f"a formula of {n}"] = formula_of(n)
for n in (59, 60, 61):  # the formula of a choice, "b… if a… > 1 else c…", is cut at 60 characters
    PAGES[f"a choice of {n}"] = lambda n=n: tg.explore(
        lambda **xs: tg.where(xs["a" * (n - 58)] > 1.0, xs["b" * 22], xs["c" * 22]),
        {"a" * (n - 58): 2.0, "b" * 22: 3.0, "c" * 22: 4.0},
    )
for n in (1, 5, 6, 7, 9):
    PAGES[f"a sum of {n}"] = lambda n=n: tg.explore(tg.sum, values=[float(i) for i in range(n)])


def programs() -> str:
    """All programs of the explainer, as they stand in its script."""
    found = re.search(r"^const programs = \{\n.*?^\};\n", explainer_html(), re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[0]


def without_label() -> Any:
    """Two leaves and a step without names, which the page names itself."""
    x, y = tg.Value(0.5, label="x"), tg.Value(-1.5)
    return tg.explore((x * y + tg.Value(2.0)) * y)


def figure() -> str:
    """The explainer's live figure, and the words of the glossary in its text, each with the signs around it."""
    page = explainer_html()
    data = re.search(r'id="data">(.*?)</script>', page)
    program = re.search(r"^const program = .*?^\}\)\(\);", page, re.DOTALL | re.MULTILINE)
    assert data is not None
    assert program is not None
    terms = re.findall(r'<span class="whole">.*?</span>|<button type="button" class="term".*?</button>', page)
    return "\n".join([data[1], program[0], *sorted(terms)])


PAGES["without labels"] = without_label
OUTPUTS = {name: lambda make=make: page(make) for name, make in PAGES.items()}
OUTPUTS["programs"] = programs
OUTPUTS["figure and terms"] = figure
OUTPUTS["presets"] = lambda: json.dumps(presets(), indent=1)
KEPT = Kept(__file__, OUTPUTS)


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_page_stays_as_it_is(name: str) -> None:
    KEPT.check(name)


def test_all_pages_are_kept() -> None:
    KEPT.check_names()


if __name__ == "__main__":
    KEPT.main()
