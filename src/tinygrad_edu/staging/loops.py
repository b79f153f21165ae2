"""Loops whose rounds the numbers decide: `while_loop`, `fori_loop` and `scan`, eagerly and as loops of a program.

Eagerly, they are what they say, and the graph remembers every round. Staged, the numbers that go round are symbols, and
what one round makes of them is written down once. Derivatives go round as well: a number that is a node brings along
its derivatives by every node from outside that the loop uses, and each round applies the chain rule to them. So a
program needs no record of its rounds, and a loop at any level of nested transforms is a loop over plain numbers with
more of them going round; its time grows with how many nodes one differentiates by.
"""

import itertools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from ..core.rules import deepest
from ..engine import Value, topological_order
from ..numbers.number import Number, primal, shown
from ..symbols.symbol import Condition, Operand, Program, StagingError, Symbol, WhileLoop, is_within, to_operand
from ..transforms.dual import Dual
from ..trees.tree import flatten, unflatten
from .batch import gradients

S = TypeVar("S")
X = TypeVar("X")
Y = TypeVar("Y")
Test = Callable[[Sequence[object]], object]
Round = Callable[[Sequence[object]], list[object]]


def while_loop(cond: Callable[[S], object], body: Callable[[S], S], start: S) -> S:
    """What is left of `start` when `body` has been applied to it while `cond` holds. As in JAX.

    The state may be a number or a tree of numbers; `body` returns one of the same shape, TypeError if not. In `jit` it
    becomes a loop of the program. It can be differentiated in both modes; staged, time grows with the number of inputs
    one differentiates by, and the derivative is that of the rounds that were made.

    >>> while_loop(lambda x: x < 100.0, lambda x: 2 * x, 3.0)
    192.0
    """
    leaves, structure = flatten(start)

    def test(xs: Sequence[object]) -> object:
        return cond(unflatten(structure, xs))

    def change(xs: Sequence[object]) -> list[object]:
        following, found = flatten(body(unflatten(structure, xs)))
        if found != structure:
            raise TypeError(
                f"while_loop: the state is {shown(start)}, but after a round {shown(unflatten(found, following))}: "
                "each round must return a state of the same shape"
            )
        return following

    holds = test(leaves)
    while not isinstance(holds, Condition):
        if not _truth(holds):
            return start
        if any(_is_symbol(x) for x in leaves):  # the test is on numbers that are known, but others go round
            return unflatten(structure, _staged(test, change, leaves))  # type: ignore[no-any-return]
        leaves = change(leaves)
        start = unflatten(structure, leaves)
        holds = test(leaves)
    return unflatten(structure, _staged(test, change, leaves))  # type: ignore[no-any-return]


def fori_loop(lower: float, upper: float, body: Callable[[Any, S], S], start: S) -> S:
    """The state after `body(i, state)` for each whole i from `lower` up to, not including, `upper`. As in JAX.

    In `jit` it becomes a loop of the program, in which i is a symbol.

    >>> fori_loop(1, 5, lambda i, product: product * i, 1.0)
    24.0
    """

    def going(state: tuple[Number, S]) -> object:
        return state[0] < upper

    def change(state: tuple[Number, S]) -> tuple[Number, S]:
        return state[0] + 1, body(*state)

    if not any(map(_is_symbol, [lower, upper, *flatten(start)[0]])):
        first = range(int(lower), int(upper))[:1]
        for i in first:  # it may use symbols, though it starts from none
            start = body(i, start)
            lower = i + 1
    return while_loop(going, change, (lower, start))[1]


def scan(f: Callable[[S, X], tuple[S, Y]], start: S, xs: Sequence[X]) -> tuple[S, list[Y]]:
    """Carry a state along a sequence: (state, y) = f(state, x) for each x. The last state and the list of all y.

    As in JAX, with a list in the place of an array. Its length is known, so in `jit` its rounds are written one after
    another.

    >>> scan(lambda total, x: (total + x, total + x), 0.0, [1.0, 2.0, 3.0])
    (6.0, [1.0, 3.0, 6.0])
    """
    ys = []
    for x in xs:
        start, y = f(start, x)
        ys.append(y)
    return start, ys


# --- a loop of a program, at any level of nodes -----------------------------------------------------------------


def _staged(test: Test, change: Round, start: Sequence[object]) -> list[object]:
    """The state after the loop, which is written into the program of its symbols."""
    program = _program(test, change, start)
    with program.trial():
        block, program.block = program.block, (*program.block, WhileLoop(program, [], []))
        try:
            kind = deepest([*start, *change(start)])
        finally:
            program.block = block
    if kind is None:
        return _written(program, test, change, start)
    if issubclass(kind, Dual):
        return _forward(kind, test, change, start)
    return _backward(kind, program, test, change, start)


def _program(test: Test, change: Round, start: Sequence[object]) -> Program:
    holds = test(start)
    if isinstance(holds, Condition):
        return holds.program
    leaves = (x.tangent if isinstance(x, Dual) and not _is_symbol(x.data) else x for x in (*start, *change(start)))
    found: list[object] = [primal(x) for x in leaves]
    return next(x.program for x in found if isinstance(x, Symbol))


def _forward(kind: Any, test: Test, change: Round, start: Sequence[object]) -> list[object]:
    """Numbers and their tangents go round."""
    n = len(start)

    def nodes(numbers: Sequence[object]) -> list[object]:
        return [kind._with_tangent(x, tangent) for x, tangent in zip(numbers[:n], numbers[n:], strict=True)]

    def numbers(nodes: Sequence[Any]) -> list[object]:
        is_node = [isinstance(x, kind) for x in nodes]
        data: list[object] = [x.data if known else x for x, known in zip(nodes, is_node, strict=True)]
        return data + [_plain(x.tangent) if known else 0.0 for x, known in zip(nodes, is_node, strict=True)]

    return nodes(_staged(lambda xs: test(nodes(xs)), lambda xs: numbers(change(nodes(xs))), numbers(start)))


def _plain(tangent: Number) -> Number:
    """A tangent as a number: that of a constant is one particular object."""
    return 0.0 if type(tangent) is int and tangent == 0 else tangent


def _backward(kind: Any, program: Program, test: Test, change: Round, start: Sequence[object]) -> list[object]:
    """Numbers and their derivatives by each node from outside go round."""
    n = len(start)

    def nodes(numbers: Sequence[object]) -> list[Value]:
        return [kind._leaf(x) for x in numbers[:n]]

    def order(following: Sequence[object]) -> list[Value]:
        return [node for y in following if isinstance(y, kind) for node in topological_order(y)]

    def slopes(following: Sequence[object]) -> list[dict[Value, Number]]:
        inside = {*order(following)} - there
        return [gradients(y, inside) if isinstance(y, kind) else {} for y in following]

    with program.trial():  # what two rounds have in common was there before
        state = nodes([x.data if isinstance(x, kind) else x for x in start])
        following = change(state)
        there = {*order(change(state))}.intersection(order(following)) - {*state}
        used = [node for each in slopes(following) for node in each if node in there]
    outside = list(dict.fromkeys([*(x for x in start if isinstance(x, kind)), *used]))
    m = len(outside)

    def numbers(numbers_before: Sequence[object]) -> list[object]:
        state = nodes(numbers_before)
        before: Any = numbers_before[n:]
        following = change(state)
        data = [y.data if isinstance(y, kind) else y for y in following]
        rows = []
        for found in slopes(following):
            for k, node in enumerate(outside):
                terms = [found[node]] if node in found else []
                terms += [found[x] * before[i * m + k] for i, x in enumerate(state) if x in found]
                rows.append(sum(terms[1:], terms[0]) if terms else 0.0)
        return data + rows

    first = [x.data if isinstance(x, kind) else x for x in start]
    first += [1.0 if x is node else 0.0 for x in start for node in outside]
    found = _staged(lambda xs: test(nodes(xs)), numbers, first)
    return [
        kind._wide("while_loop", tuple(outside), x, tuple(found[n + i * m : n + (i + 1) * m]))
        for i, x in enumerate(found[:n])
    ]


def _written(program: Program, test: Test, change: Round, start: Sequence[object]) -> list[object]:
    """A loop over plain numbers. What its test computes goes round as well, so that the test is one of symbols."""
    tested: list[Symbol] = []  # what the test compares that is computed from the state
    loop = WhileLoop(program, [*map(to_operand, start)], [_label(x) for x in start])
    with program.trial(), program.within(loop):
        holds = _condition(test(loop.state))
        tested = [x for x in dict.fromkeys(holds.symbols()) if loop in x.block and x not in loop.state]
    if tested:
        return _written_with_tests(program, test, change, start)
    with program.within(loop):
        loop.condition = _condition(test(loop.state))
        loop.following = [to_operand(x) for x in change(list(loop.state))]
    return [program.write("final", loop, x) for x in loop.state]


def _written_with_tests(program: Program, test: Test, change: Round, start: Sequence[object]) -> list[object]:
    n = len(start)

    def compared(xs: Sequence[object]) -> list[Operand]:
        """What the test compares, both sides of each comparison in turn; of a known number too, it is a comparison."""
        lines = [x if isinstance(x, Symbol) else program.write("number", to_operand(x)) for x in xs]
        return _sides(_condition(test(lines)))

    def again(condition: Condition, sides: list[Operand]) -> Condition:
        """The same test of these numbers."""
        if condition.test in {"and", "or", "not"}:
            return program.condition(condition.test, *(again(each, sides) for each in condition.args))
        return program.condition(condition.test, sides.pop(0), sides.pop(0))

    trial = WhileLoop(program, [], [])
    with program.trial(), program.within(trial):
        form = _condition(test([program.input("") for _ in start]))
        varies = [is_within(trial, (x,)) for x in _sides(form)]
    sides = compared(start)
    first = [*start, *itertools.compress(sides, varies)]
    loop = WhileLoop(program, [*map(to_operand, first)], [_label(x) for x in first])
    with program.within(loop):
        carried = iter(loop.state[n:])
        loop.condition = again(form, [next(carried) if each else x for x, each in zip(sides, varies, strict=True)])
        following = change(list(loop.state[:n]))
        loop.following = [to_operand(x) for x in (*following, *itertools.compress(compared(following), varies))]
    return [program.write("final", loop, x) for x in loop.state[:n]]


def _sides(condition: Condition) -> list[Operand]:
    if condition.test in {"and", "or", "not"}:
        return [side for each in condition.args for side in _sides(each)]
    return [condition.left, condition.right]


def _condition(holds: object) -> Condition:
    if isinstance(holds, Condition):
        return holds
    raise StagingError(
        f"while_loop: the condition is {holds!r} whatever the state: it must compare the numbers that go round"
    )


def _truth(holds: object) -> bool:
    return bool(holds) and not (type(holds) is int and holds == -2)  # what Python makes of ~True


def _is_symbol(x: object) -> bool:
    return isinstance(primal(x), Symbol) or (isinstance(x, Dual) and isinstance(primal(x.tangent), Symbol))


def _label(x: object) -> str:
    return x.label if isinstance(x, Symbol) else ""
