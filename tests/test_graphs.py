"""Random graphs with sharing, against two oracles; a state machine that builds, zeroes, drops, copies."""

import copy
import math
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

import tinygrad_edu as tg
from tests.operations import BY_NAME, TABLE, Operation, same
from tinygrad_edu import Value, topological_order
from tinygrad_edu.engine import NOT_COMPUTED

# --- random programs: each step uses any earlier results ----------------------------------------------------

ONE_OPERAND: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "neg": (lambda x: -x, lambda x: -x),
    "sin": (tg.sin, mpmath.sin),
    "cos": (tg.cos, mpmath.cos),
    "tanh": (tg.tanh, mpmath.tanh),
    "arctan": (tg.arctan, mpmath.atan),
    "sigmoid": (tg.sigmoid, lambda x: 1 / (1 + mpmath.exp(-x))),
    "softplus": (tg.softplus, lambda x: mpmath.log(1 + mpmath.exp(x))),
    "1 / (1 + x²)": (lambda x: 1 / (1 + x * x), lambda x: 1 / (1 + x * x)),
    "5 - x": (lambda x: 5 - x, lambda x: 5 - x),
    "x ** 3": (lambda x: x**3, lambda x: x**3),
}
TWO_OPERANDS: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]] = {
    "+": (lambda x, y: x + y, lambda x, y: x + y),
    "-": (lambda x, y: x - y, lambda x, y: x - y),
    "*": (lambda x, y: x * y, lambda x, y: x * y),
    "x / exp(sin y)": (lambda x, y: x / tg.exp(tg.sin(y)), lambda x, y: x / mpmath.exp(mpmath.sin(y))),
    "logsumexp": (lambda x, y: tg.logsumexp([x, y]), lambda x, y: mpmath.log(mpmath.exp(x) + mpmath.exp(y))),
    "x·y + y·x": (lambda x, y: tg.dot([x, y], [y, x]), lambda x, y: x * y + y * x),
    "y·x·y": (lambda x, y: tg.prod([y, x, y]), lambda x, y: y * x * y),
    "hypot(x, 1 + y²)": (lambda x, y: tg.hypot(x, 1 + y * y), lambda x, y: mpmath.hypot(x, 1 + y * y)),
}


@dataclass(frozen=True)
class Program:
    """Steps to be run on floats, Values or mpmath's numbers; the result is the sum of the last results."""

    inputs: tuple[float, ...]
    steps: tuple[tuple[str, int, int], ...]

    def run(self, inputs: Any, which: int) -> Any:
        results = list(inputs)
        for name, i, j in self.steps:
            x, y = results[i % len(results)], results[j % len(results)]
            results.append(ONE_OPERAND[name][which](x) if name in ONE_OPERAND else TWO_OPERANDS[name][which](x, y))
        return results[-1] + results[-2] * results[-1]

    def values(self) -> tuple[list[Value], Value]:
        inputs = [Value(x) for x in self.inputs]
        return inputs, self.run(inputs, 0)


# Pulling towards the later results makes deep graphs, all indices alike makes broad ones.
indices = st.integers(0, 11)
steps = st.tuples(st.sampled_from([*ONE_OPERAND, *TWO_OPERANDS]), indices, indices)
programs = st.builds(
    Program,
    st.lists(st.floats(-2, 2, allow_subnormal=False), min_size=1, max_size=4).map(tuple),
    st.lists(steps, min_size=1, max_size=10).map(tuple),
)


def sizes(root: Value) -> dict[Value, float]:
    """For each node the sum over its paths of |product of local gradients|: the size of what was added up."""
    size = dict.fromkeys(topological_order(root), 0.0)
    size[root] = 1.0
    for node in reversed(topological_order(root)):
        for parent, local in node.edges():
            size[parent] += abs(local) * size[node]
    return size


def is_tame(root: Value) -> bool:
    return all(abs(node.data) < 200 for node in topological_order(root))


@settings(max_examples=150)
@given(programs)
@example(Program((3.0,), (("*", 0, 0), ("+", 1, 1))))
@example(Program((-1.0, 3.0, 4.0), (("+", 0, 1), ("+", 1, 2), ("*", 3, 4))))
@example(Program((0.0,), (("x ** 3", 0, 0), ("y·x·y", 0, 1))))
def test_random_graphs_agree_with_the_oracle(program: Program) -> None:
    inputs, y = program.values()
    assume(is_tame(y))
    y.backward()
    size = sizes(y)
    with mpmath.workdps(60):
        exact = list(map(mpmath.mpf, program.inputs))
        assert abs(y.data - program.run(exact, 1)) < 1e-9 * (1 + sum(size.values()))
        for i, x in enumerate(inputs):
            h = mpmath.mpf("1e-20")
            up, down = (program.run([*exact[:i], exact[i] + s * h, *exact[i + 1 :]], 1) for s in (1, -1))
            assert abs(x.grad - (up - down) / (2 * h)) <= 1e-9 * (1 + size.get(x, 0.0))


@settings(max_examples=150)
@given(programs)
@example(Program((2.0,), (("*", 0, 0), ("*", 1, 1), ("*", 2, 2))))
def test_random_graphs_agree_with_finite_differences(program: Program) -> None:
    """Two step sizes: their disagreement bounds the error of the difference quotient."""
    inputs, y = program.values()
    assume(is_tame(y))
    y.backward()
    size = sizes(y)

    def slope(i: int, h: float) -> float:
        up, down = ([*program.inputs[:i], program.inputs[i] + s * h, *program.inputs[i + 1 :]] for s in (1, -1))
        return float((program.run(up, 0) - program.run(down, 0)) / (up[i] - down[i]))

    for i, x in enumerate(inputs):
        wide, narrow = slope(i, 2e-5), slope(i, 1e-5)
        assert abs(x.grad - narrow) <= 10 * abs(wide - narrow) + 1e-6 * (1 + abs(y.data) + size.get(x, 0.0))


@settings(max_examples=60)
@given(programs)
def test_numbers_and_values_take_the_same_steps(program: Program) -> None:
    _, y = program.values()
    assert same(program.run(program.inputs, 0), y.data)


@settings(max_examples=60)
@given(programs, st.integers(1, 3))
def test_leaves_accumulate_and_inner_nodes_start_afresh(program: Program, passes: int) -> None:
    inputs, y = program.values()
    y.backward()
    once = [(node, node.grad) for node in topological_order(y)]
    for _ in range(passes):
        y.backward()
    for node, grad in once:
        expected = grad if node.op else sum([grad] * (passes + 1))
        assert node.grad == pytest.approx(expected, rel=1e-12, nan_ok=True)
    y.zero_grad()
    assert all(x.grad is NOT_COMPUTED or x not in topological_order(y) for x in inputs)


@settings(max_examples=60)
@given(programs, st.floats(-3, 3))
def test_backward_is_linear_in_the_seed(program: Program, seed: float) -> None:
    inputs, y = program.values()
    assume(is_tame(y))
    y.backward()
    grads = [x.grad for x in inputs]
    y.zero_grad()
    y.backward(seed)
    size = sizes(y)
    for x, grad in zip(inputs, grads, strict=True):
        assert abs(x.grad - seed * grad) <= 1e-12 * (1 + abs(seed) * size.get(x, 0.0))


@settings(max_examples=60)
@given(programs)
def test_every_parent_comes_before_its_children(program: Program) -> None:
    _, y = program.values()
    order = topological_order(y)
    place = {node: i for i, node in enumerate(order)}
    assert len(place) == len(order)
    assert order[-1] is y
    assert all(place[parent] < place[node] for node in order for parent in node.parents)


@settings(max_examples=40)
@given(programs, st.sampled_from([copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))]))
def test_copies_have_the_same_shape_and_gradients(program: Program, clone: Callable[[Value], Value]) -> None:
    _, y = program.values()
    z = clone(y)
    y.backward()
    z.backward()
    ours, theirs = topological_order(y), topological_order(z)
    place = {node: i for i, node in enumerate(ours)} | {node: i for i, node in enumerate(theirs)}
    assert not set(ours) & set(theirs)
    for one, other in zip(ours, theirs, strict=True):
        assert (one.op, [place[p] for p in one.parents]) == (other.op, [place[p] for p in other.parents])
        assert same(one.data, other.data)
        assert same(one.grad, other.grad)


# --- any float at all: an answer, or an error that names the operation --------------------------------------

any_float = st.one_of(
    st.floats(), st.sampled_from([0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 5e-324, 1e308])
)


@settings(max_examples=400)
@given(st.sampled_from(TABLE), st.lists(any_float, min_size=6, max_size=6))
@example(BY_NAME["sigmoid"], [-1000.0] * 6)
@example(BY_NAME["tanh"], [1000.0] * 6)
@example(BY_NAME["exp"], [1000.0] * 6)
@example(BY_NAME["logsumexp"], [-math.inf] * 6)
@example(BY_NAME["log"], [0.0] * 6)
@example(BY_NAME["**"], [0.0, -1.0] * 3)
@example(BY_NAME["**"], [-8.0, 1 / 3] * 3)
@example(BY_NAME["-"], [math.inf] * 6)
@example(BY_NAME["hypot"], [0.0] * 6)
def test_any_floats_give_gradients_or_an_error_that_says_what_failed(row: Operation, data: list[float]) -> None:
    operands = [Value(x) for x in data[: len(row.samples[0])]]
    try:
        y = row.apply(*operands)
    except (tg.DomainError, OverflowError, ZeroDivisionError) as error:
        refused = str(error)
    else:
        y.backward()  # never raises after a good forward pass
        assert all(isinstance(x.grad, int | float) for x in operands)
        return
    assert any(repr(x.data) in refused for x in operands)


# --- a state machine against a simple model -----------------------------------------------------------------


@dataclass(eq=False)
class Model:
    """What a node should be: its formula, and its gradient as forward mode finds it."""

    value: int
    parents: tuple["Model", ...] = ()
    rates: Callable[..., tuple[int, ...]] = lambda: ()
    grad: int | None = None  # None is "not computed"
    cone: frozenset["Model"] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        self.cone = frozenset([self]).union(*(parent.cone for parent in self.parents))

    def rate_by(self, target: "Model", known: dict["Model", int]) -> int:
        """The derivative by `target`, forwards: no order of visits, no accumulation."""
        if self not in known:
            rates = self.rates(*(parent.value for parent in self.parents))
            known[self] = sum(r * p.rate_by(target, known) for r, p in zip(rates, self.parents, strict=True))
        return known[self]

    def backward(self) -> None:
        for node in self.cone:
            rate = self.rate_by(node, {leaf: 0 for leaf in self.cone if not leaf.parents} | {node: 1})
            node.grad = rate + (0 if node.parents else node.grad or 0)


STEPS: dict[str, tuple[Callable[..., Any], Callable[..., tuple[int, ...]]]] = {
    "+": (lambda x, y: x + y, lambda _x, _y: (1, 1)),
    "-": (lambda x, y: x - y, lambda _x, _y: (1, -1)),
    "*": (lambda x, y: x * y, lambda x, y: (y, x)),
    "neg": (lambda x, _y: -x, lambda _x: (-1,)),
    "7 - x": (lambda x, _y: 7 - x, lambda _x: (-1,)),
    "x ** 2": (lambda x, _y: x**2, lambda x: (2 * x,)),
    "sum": (lambda x, y: tg.sum([x, y, x, 1]) if isinstance(x, Value) else 2 * x + y + 1, lambda _x, _y: (2, 1)),
    "dot": (lambda x, y: tg.dot([x, y], [3, x]) if isinstance(x, Value) else 3 * x + y * x, lambda x, y: (3 + y, x)),
}


class Graphs(RuleBasedStateMachine):
    """Values beside their models; after every step all values still held agree with theirs."""

    nodes = Bundle("nodes")

    def __init__(self) -> None:
        super().__init__()
        self.alive: list[tuple[Value, Model]] = []

    def pair(self, value: Value, model: Model) -> tuple[Value, Model]:
        self.alive.append((value, model))
        return value, model

    @initialize(target=nodes)
    def first(self) -> tuple[Value, Model]:
        return self.leaf(2)

    @rule(target=nodes, data=st.integers(-3, 3))
    def build_a_leaf(self, data: int) -> tuple[Value, Model]:
        return self.leaf(data)

    def leaf(self, data: int) -> tuple[Value, Model]:
        return self.pair(Value(Fraction(data)), Model(data))

    @rule(target=nodes, name=st.sampled_from(sorted(STEPS)), one=nodes, other=nodes)
    def build(self, name: str, one: Any, other: Any) -> tuple[Value, Model]:
        apply, rates = STEPS[name]
        (x, x_model), (y, y_model) = one, other
        if max(abs(x_model.value), abs(y_model.value)) > 10**6:
            return self.leaf(1)
        parents = (x_model, y_model) if rates.__code__.co_argcount == 2 else (x_model,)
        return self.pair(apply(x, y), Model(apply(x_model.value, y_model.value), parents, rates))

    @rule(node=nodes)
    def backward(self, node: Any) -> None:
        value, model = node
        value.backward()
        model.backward()

    @rule(node=nodes)
    def zero(self, node: Any) -> None:
        value, model = node
        value.zero_grad()
        for each in model.cone:
            each.grad = None

    @rule(node=nodes)
    def interrupted_backward_changes_nothing(self, node: Any) -> None:
        with pytest.raises(TypeError, match="expected a number"):
            node[0].backward("1")

    @rule(node=consumes(nodes))
    def drop(self, node: Any) -> None:
        self.alive = [each for each in self.alive if each[0] is not node[0]]

    @rule(target=nodes, node=nodes, by=st.sampled_from(["deepcopy", "pickle"]))
    def copied(self, node: Any, by: str) -> tuple[Value, Model]:
        value, model = node
        clone = copy.deepcopy(value) if by == "deepcopy" else pickle.loads(pickle.dumps(value))
        memo: dict[int, Any] = {id(each.rates): each.rates for each in model.cone}
        return self.pair(clone, copy.deepcopy(model, memo))

    @rule(target=nodes, node=nodes)
    def detached(self, node: Any) -> tuple[Value, Model]:
        return self.pair(node[0].detach(), Model(node[1].value))

    @invariant()
    def all_agree(self) -> None:
        for value, model in self.alive:
            assert value.data == model.value
            assert (value.grad is NOT_COMPUTED) == (model.grad is None), f"{value}, should be {model.grad}"
            assert value.grad == (model.grad or 0), f"{value}, should be {model.grad}"


TestGraphs = Graphs.TestCase
TestGraphs.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)
