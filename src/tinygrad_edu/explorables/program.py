"""Forward and backward pass of a function as one JavaScript program that returns every number on the way.

The function runs on Values whose numbers are symbols. What these write down is printed by `staging`, so the page
computes with the library's own rules and a page needs no mathematics of its own.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..engine import Value, gradients, topological_order
from ..explanations.rounding import again
from ..notation.words import plain
from ..numbers.number import Number, number, shown
from ..printers import javascript
from ..symbols.symbol import Condition, Program, Symbol
from ..trees.tree import flatten, leaf_names, unflatten

NAME = "program"  # of the JavaScript function


class Staged(NamedTuple):
    """The graph on symbols, parents first, with the inputs, where each started, and the program."""

    order: list[Value]
    inputs: list[Value]
    start: list[float]
    conditions: list[Condition]
    source: str


def of_function(f: Callable[..., object], arguments: Mapping[str, object]) -> Staged:
    """The graph that `f` makes of these arguments, each a number or a list or dict of numbers."""
    program = Program()
    inputs: list[Value] = []
    start: list[float] = []
    trees: dict[str, Any] = {}
    for name, tree in arguments.items():
        leaves, structure = flatten(tree)
        labels = leaf_names(structure, name)
        symbols = [Value(program.input(label), label=label) for label in labels]
        trees[name] = unflatten(structure, symbols)
        inputs += symbols
        start += [_float(label, leaf) for label, leaf in zip(labels, leaves, strict=True)]
    result = f(**trees)
    if not isinstance(result, Value):
        raise TypeError(
            f"explore: the function returned {shown(result)}, which is no Value: it must return one number that was "
            "computed from its arguments, with tinygrad_edu's functions"
        )
    return _staged(program, result, inputs, start)


def of_value(value: Value) -> Staged:
    """The graph of a value again, on symbols: its leaves become the inputs."""
    program = Program()
    order = topological_order(value)
    again_of: dict[Value, Value] = {}
    leaves = [node for node in order if not node.op]
    for i, node in enumerate(order):
        if node.op:
            again_of[node] = _again(node, again_of)
        else:
            name = plain(node.label) or f"v{i + 1}"
            again_of[node] = Value(program.input(name), label=node.label)
    start = [_float(leaf.label or "a leaf", leaf.data) for leaf in leaves]
    return _staged(program, again_of[value], [again_of[leaf] for leaf in leaves], start)


def _again(node: Value, again_of: Mapping[Value, Value]) -> Value:
    """The operation of a node once more, on symbols."""
    result = again(node.op, [again_of.get(x, x) if isinstance(x, Value) else x for x in node.operands])
    if not isinstance(result, Value):
        raise TypeError(
            f"explore: the operation {node.op!r} cannot be done again on symbols: give explore the function that "
            "computes the value, and its inputs, as in explore(f, a=1.0)"
        )
    result.label = result.label or node.label
    return result


def _staged(program: Program, result: Value, inputs: list[Value], start: list[float]) -> Staged:
    order = list(dict.fromkeys([*inputs, *topological_order(result)]))
    grads = gradients(order)
    conditions = list(dict.fromkeys(condition for node in order for condition in conditions_of(node)))
    for condition in conditions:  # the list grows meanwhile
        conditions += [each for each in parts_of(condition) if each not in conditions]
    holds = [program.write("select", condition, 1.0, 0.0) for condition in conditions]
    numbers = [
        [node.data for node in order],
        [grads.get(node, 0.0) for node in order],
        [local for node in order for local in node.local_grads],
        holds,
    ]
    program.finished = True
    source = javascript.source(NAME, {"inputs": [x.data for x in inputs]}, program, numbers)
    return Staged(order, inputs, start, conditions, source)


def conditions_of(node: Value) -> list[Condition]:
    """The conditions under which a node is computed, outermost first, and then the one that a `where` chooses by."""
    data = node.data
    around: list[Condition] = [opening[0] for opening in data.block] if isinstance(data, Symbol) else []
    chosen: list[Any] = [x for x in node.local_grads if isinstance(x, Symbol) and x.op == "select"]
    return around + [local.args[0] for local in chosen[:1] if node.op == "where"]


def parts_of(condition: Condition) -> list[Condition]:
    """The conditions that one combined with and, or, not is made of; none of a comparison."""
    return [each for each in condition.args if isinstance(each, Condition)]


def _float(name: str, x: Number) -> float:
    """A starting number as a float. TypeError or OverflowError says whose it is."""
    try:
        found = float(number(x))
    except (TypeError, OverflowError) as error:
        raise type(error)(f"explore: {name}: {error}") from None
    if not math.isfinite(found):
        raise ValueError(f"explore: {name} is {found}: an input starts at a finite number")
    return found
