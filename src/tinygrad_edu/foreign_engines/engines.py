"""An engine as the kit sees it: how to make a leaf, compute, go back and read numbers, in its own words.

Each of these is a piece of code (`Way`), so that what a report shows is what was run.
"""

import numbers
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from ..numbers.number import Number
from .programs import OPERATORS, TEMPLATES, Expression, evaluate, written

VALUE_NAMES = ("data", "value", "val", "v", "_value", "_data", "primal", "x", "real", "num", "number", "item", "a")
IN_ARRAYS = ("numpy.float64(", "numpy.array(")  # for engines whose numbers must have a shape, or be arrays
PLAIN = (int, float, complex)
NOTHING = "None"  # what a function without `return` gives
Namespace = Mapping[str, object]


def number_in(thing: object, depth: int = 2) -> complex | None:
    """The number a thing is or wraps: an array of one item, a list of one, another node; None if there is none."""
    if isinstance(thing, bool | str | type) or thing is None:
        return None
    if isinstance(thing, complex):
        return thing
    if isinstance(thing, numbers.Real | Decimal):
        return float(thing)
    if isinstance(thing, list | tuple):
        return number_in(thing[0], depth) if len(thing) == 1 else None
    item = getattr(thing, "item", None)
    if getattr(thing, "shape", None) in ((), (1,), (1, 1)) and callable(item):
        return number_in(item(), depth)
    inner = VALUE_NAMES if depth and not callable(thing) else ()
    found = (number_in(getattr(thing, name, None), depth - 1) for name in inner)
    return next((each for each in found if each is not None), None)


def is_array(text: str) -> bool:
    """Whether a leaf is made of an array."""
    return any(each in text for each in IN_ARRAYS)


class Way:
    """A piece of code with places for operands, such as `{}.grad` or `{1}.grad({0})`: to run and to show."""

    def __init__(self, text: str, names: Namespace, count: int = 1) -> None:
        self.text = text
        parameters = [f"a{i}" for i in range(count)]
        code = f"lambda {', '.join(parameters)}: {text.format(*parameters)}"
        self.call: Callable[..., object] = eval(code, dict(names))  # noqa: S307 - made of the names of attributes

    def __call__(self, *operands: object) -> object:  # noqa: D102
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self.call(*operands)

    def written(self, *operands: str) -> str:
        """The code with these operands."""
        return self.text.format(*operands)


class Outcome(NamedTuple):
    """What an engine computed: a value, and the gradient by each input, None where it has none."""

    value: complex | None
    gradients: tuple[complex | None, ...]


class PlainNumberError(TypeError):
    """An operation gave a number that is no node, or nothing."""


def as_node(out: object) -> object:
    """What an operation gave; raises PlainNumberError where no gradient can pass through it."""
    if out is None:
        raise PlainNumberError(NOTHING)
    if type(out) in PLAIN:
        raise PlainNumberError(f"the plain number {out}")
    return out


class Engine:
    """What all engines have in common: operations by name, and how they are written."""

    has_graph = False  # whether nodes can be kept, walked twice and changed
    imports = ""

    def __init__(self, name: str, names: Namespace) -> None:
        self.name, self.names = name, names
        self.rules: dict[str, Callable[..., object]] = dict(OPERATORS)
        self.templates: dict[str, str] = dict(TEMPLATES)
        self.wraps = False  # whether constants must be made leaves
        self.phase = "forward"

    def learn(self, op: str, template: str) -> None:
        """How an operation is written here."""
        self.templates[op] = template
        self.rules[op] = Way(template, self.names, 2 if op in ("+", "-", "*", "/", "**") else 1)

    @property
    def head(self) -> str:
        """The lines that code to paste begins with."""
        return self.imports

    def run(self, expression: Expression, point: Sequence[float]) -> Outcome:
        """The outcome on fresh leaves."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def listing(self, expression: Expression, point: Sequence[float], i: int | None) -> str:
        """Code to paste that prints the value (i is None) or the i-th gradient."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def node(self) -> object:
        """A node to look at; None where an adapter hides them."""
        return None

    def result_lines(self, expression: Expression, constant: Callable[[Number], str] = repr) -> list[str]:
        """The lines that compute `out`."""
        lines, result = written(expression, self.templates, constant if self.wraps else repr)
        return [*lines, f"out = {result}"]


class Reverse(Engine):
    """An engine of nodes with a backward pass; `backward` are lines of code that start it from `out`."""

    has_graph = True

    def __init__(
        self, name: str, names: Namespace, leaf: Way, value: Way, gradient: Way, backward: Sequence[str]
    ) -> None:
        super().__init__(name, names)
        self.leaf, self.value, self.gradient, self.backward = leaf, value, gradient, list(backward)
        self._start = compile("\n".join(backward), "<backward>", "exec")
        if is_array(leaf.text):
            self.names = {**names, "numpy": sys.modules["numpy"]}

    @property
    def head(self) -> str:  # noqa: D102
        return "\n".join(filter(None, [self.imports, "import numpy" * is_array(self.leaf.text)]))

    def node(self) -> object:  # noqa: D102
        return self.leaf(0.5)

    def go_back(self, out: object) -> None:
        """The backward pass from `out`."""
        self.phase = "backward"
        exec(self._start, {**self.names, "out": out})  # noqa: S102 - made of the names of attributes

    def run(self, expression: Expression, point: Sequence[float]) -> Outcome:  # noqa: D102
        self.phase = "forward"
        leaves = {name: self.leaf(x) for name, x in zip(expression.inputs, point, strict=True)}
        out = as_node(evaluate(expression, leaves, self.rules, self.leaf if self.wraps else None))
        value = number_in(self.value(out))
        self.go_back(out)
        return Outcome(value, tuple([number_in(self.gradient(leaf, out)) for leaf in leaves.values()]))

    def leaf_lines(self, names: Sequence[str], point: Sequence[float]) -> list[str]:
        """The lines that make the leaves."""
        return [f"{name} = {self.leaf.written(repr(x))}" for name, x in zip(names, point, strict=True)]

    def listing(self, expression: Expression, point: Sequence[float], i: int | None) -> str:  # noqa: D102
        lines = [self.head, *self.leaf_lines(expression.inputs, point)]
        lines += self.result_lines(expression, lambda x: self.leaf.written(repr(x)))
        if i is None:
            return "\n".join([*lines, f"print({self.value.written('out')})"]).strip()
        asked = self.gradient.written(expression.inputs[i], "out")
        return "\n".join([*lines, *self.backward, f"print({asked})"]).strip()


class Forward(Engine):
    """An engine of dual numbers: one run for each input, whose seed is 1."""

    def __init__(self, name: str, names: Namespace, leaf: Way, value: Way, gradient: Way) -> None:
        super().__init__(name, names)
        self.leaf, self.value, self.gradient = leaf, value, gradient

    def node(self) -> object:  # noqa: D102
        return self.leaf(0.5, 1.0)

    def run(self, expression: Expression, point: Sequence[float]) -> Outcome:  # noqa: D102
        value: complex | None = None
        gradients = []
        for i in range(len(point)):
            leaves = [self.leaf(x, float(i == j)) for j, x in enumerate(point)]
            wrap = (lambda x: self.leaf(x, 0.0)) if self.wraps else None
            out = as_node(evaluate(expression, dict(zip(expression.inputs, leaves, strict=True)), self.rules, wrap))
            value = number_in(self.value(out))
            gradients.append(number_in(self.gradient(out)))
        return Outcome(value, tuple(gradients))

    def listing(self, expression: Expression, point: Sequence[float], i: int | None) -> str:  # noqa: D102
        seeds = [repr(float(j == (i or 0))) for j in range(len(point))]
        inputs = zip(expression.inputs, point, seeds, strict=True)
        lines = [self.head, *(f"{name} = {self.leaf.written(repr(x), seed)}" for name, x, seed in inputs)]
        lines += self.result_lines(expression, lambda x: self.leaf.written(repr(x), "0.0"))
        return "\n".join([*lines, f"print({(self.value if i is None else self.gradient).written('out')})"]).strip()


Run = Callable[[Callable[..., object], list[float]], tuple[object, Sequence[object]]]


class Function(Engine):
    """An engine through an adapter `run(f, xs)`, which returns the value and the gradients of f at xs."""

    def __init__(self, name: str, names: Namespace, run: Run) -> None:
        super().__init__(name, names)
        self._run = run

    def run(self, expression: Expression, point: Sequence[float]) -> Outcome:  # noqa: D102
        def f(*xs: object) -> object:
            self.phase = "forward"
            out = evaluate(expression, dict(zip(expression.inputs, xs, strict=True)), self.rules)
            self.phase = "backward"
            return out if all(type(x) in PLAIN for x in xs) else as_node(out)

        value, gradients = self._run(f, [float(x) for x in point])
        return Outcome(number_in(value), tuple([number_in(each) for each in gradients]))

    def listing(self, expression: Expression, point: Sequence[float], i: int | None) -> str:  # noqa: D102
        lines = [f"    {line}" for line in self.result_lines(expression)]
        lines = [f"def f({', '.join(expression.inputs)}):", *lines, "    return out"]
        asked = "value" if i is None else f"gradients[{i}]"
        return "\n".join([self.head, *lines, f"value, gradients = run(f, {list(point)})", f"print({asked})"]).strip()
