"""An adapter is found for an engine that is no class of nodes with a backward pass, if its numbers are right."""

import types

import pytest

from tinygrad_edu.foreign_engines.adapting import adapted
from tinygrad_edu.foreign_engines.engines import Function
from tinygrad_edu.foreign_engines.programs import Expression

x, y = Expression("x"), Expression("y")

NODES = """
class Var:
    def __init__(self, value, edges=()):
        self.value, self.edges, self.slope = value, edges, 0.0

    def __mul__(self, other):
        other = other if isinstance(other, Var) else Var(other)
        return Var(self.value * other.value, ((self, other.value), (other, self.value)))

    __rmul__ = __mul__

    def __add__(self, other):
        return Var(self.value + other.value, ((self, 1.0), (other, 1.0)))


def walk(node, above):
    node.slope += above
    for parent, slope in node.edges:
        walk(parent, above * slope)


def slopes(f, numbers):
    leaves = [Var(number) for number in numbers]
    walk(f(*leaves), 1.0)
    return [leaf.slope for leaf in leaves]
"""
OBJECT = """
class Derivative:
    def __init__(self, f):
        self.f = f

    def gradient(self, *numbers):
        return tuple(slopes(self.f, numbers))
"""
OF_ONE = """
def derivative(f, number):
    leaf = Var(number)
    out = f(leaf)
    walk(out, 1.0)
    return leaf.slope
"""
LISTS = """
def gradient(f, at, which):
    return slopes(lambda *v: f([*v]), at)[which]
"""
NUMERICAL = """
def numerical_gradient(f, xs):
    return [(f(*[v + 1e-6 * (i == j) for j, v in enumerate(xs)]) - f(*xs)) / 1e-6 for i in range(len(xs))]
"""
WATCHED = """
class Tape:
    def __init__(self):
        self.watched = []

    def watch(self, leaf):
        self.watched.append(leaf)

    def gradient(self, out):
        walk(out, 1.0)
        return {leaf: leaf.slope for leaf in self.watched}
"""
GIVEN = """
class Graph:
    def __init__(self):
        self.nodes = []

    def backward(self, out):
        out.g = 1.0
        for node in reversed(self.nodes):
            for parent, slope in node.edges:
                parent.g += slope * node.g


class Leaf:
    def __init__(self, value, graph, *edges):
        self.value, self.graph, self.edges, self.g = value, graph, edges, 0.0
        graph.nodes.append(self)

    def __mul__(self, other):
        return Leaf(self.value * other.value, self.graph, (self, other.value), (other, self.value))
"""
FUNCTIONS_ONLY = """
class Node:
    def __init__(self, value):
        self.value, self.edges, self.slope = value, (), 0.0


def mul(a, b):
    out = Node(a.value * b.value)
    out.edges = ((a, b.value), (b, a.value))
    return out


def walk(node, above):
    node.slope += above
    for parent, slope in node.edges:
        walk(parent, above * slope)


def grad(f, numbers):
    leaves = [Node(number) for number in numbers]
    walk(f(*leaves), 1.0)
    return [leaf.slope for leaf in leaves]
"""
SECOND = """
def second_derivative(f, xs):
    return [0.0 for _ in xs]


def gradient(f, *xs):
    return slopes(f, xs)
"""
NAMED_BY_ATTRIBUTE = """
class Quantity:
    def __init__(self, value, name=None, partials=None):
        self.value = value
        self.partials = partials if partials is not None else {name: 1.0}

    def __mul__(self, other):
        names = {**self.partials, **other.partials}
        rule = {n: self.value * other.partials.get(n, 0.0) + other.value * self.partials.get(n, 0.0) for n in names}
        return Quantity(self.value * other.value, None, rule)
"""
WRONG_TAPE = """
class Tape:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def watch(self, leaf):
        pass

    def gradient(self, out, leaves):
        walk(out, 2.0)
        return [leaf.slope for leaf in leaves]
"""
WRONG_INDICES = """
values, slopes = [], []


def new(x):
    values.append(x)
    slopes.append(1.0)
    return len(values) - 1


def mul(a, b):
    return new(values[a] * values[b])


def backward(out):
    pass
"""
SOURCES = {
    "an object with the gradient": (NODES + OBJECT, "Derivative(f).gradient(*xs)"),
    "a derivative of functions of one number": (
        NODES + OF_ONE,
        "derivative(lambda x: f(*xs[:i], x, *xs[i + 1:]), xs[i])",
    ),
    "a gradient of functions of a list": (NODES + LISTS, "gradient(lambda v: f(*v), xs, i)"),
    "a tape that watches": (NODES + WATCHED, "tape.watch(leaf)"),
    "leaves that are given the graph": (GIVEN, "Leaf(x, tape)"),
    "functions and no operators": (FUNCTIONS_ONLY, "grad(f, xs)"),
    "another function with a likely name": (NODES + SECOND, "gradient(f, *xs)"),
    "names in an attribute": (NAMED_BY_ATTRIBUTE, "gradients = out.partials"),
}


def engine_of(source: str) -> Function | None:
    module = types.ModuleType("engine_adapting")
    exec(source, vars(module))  # noqa: S102 - the sources above
    own = {name: each for name, each in vars(module).items() if not name.startswith("__")}
    kinds = [(name, each) for name, each in own.items() if isinstance(each, type)]
    return adapted(kinds, own)


@pytest.mark.parametrize("name", SOURCES)
def test_an_adapter_is_found_and_gives_right_numbers(name: str) -> None:
    source, words = SOURCES[name]
    engine = engine_of(source)
    assert engine is not None
    assert words in engine.imports
    assert engine.run((x * y) * x, (2.0, 5.0)) == (20.0, (20.0, 4.0))


def test_a_function_that_is_asked_with_a_sequence_of_numbers_at_once() -> None:
    """What an engine returns may be any sequence, and the tries before may fail in any way."""
    engine = engine_of(NODES + "\n\ndef grad(f, *xs):\n    return map(float, slopes(f, xs))\n")
    assert engine is not None
    assert engine.run(x * y, (2.0, 5.0)).gradients == (5.0, 2.0)


@pytest.mark.parametrize(
    "source",
    [
        NODES,
        NODES + NUMERICAL,
        NODES + OBJECT.replace("tuple(slopes(self.f, numbers))", "[-each for each in slopes(self.f, numbers)]"),
        NODES + WRONG_TAPE,
        WRONG_INDICES,
        "",
        "grad = 3\n",
    ],
)
def test_no_adapter_is_found_where_there_is_none_or_its_numbers_are_wrong(source: str) -> None:
    assert engine_of(source) is None
