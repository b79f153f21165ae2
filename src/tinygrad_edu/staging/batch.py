"""Batches: the mean of a per-example function over many examples, as a loop with sums in it.

Eagerly, `mean_over(f, xs, ys)` is the mean of f(x, y) over the rows, nothing more. Staged with `jit(..., batched=...)`
it becomes one loop. The backward pass is in the same loop: inside it, the example's result is differentiated by
everything from outside that it uses, and these gradients are summed up alongside the result. After the loop, the mean
is one node whose local gradients are those sums.
"""

import itertools
from collections.abc import Callable, Hashable, Iterable
from typing import Any, NoReturn

from .. import functions
from ..core.rules import deepest
from ..engine import Value, topological_order
from ..numbers.number import Number
from ..symbols.symbol import Block, Operand, Program, RowLoop, StagingError, Symbol
from ..transforms.dual import Dual
from ..trees.tree import flatten, is_number, leaves_like, map_leaves, unflatten


def mean_over(f: Callable[..., Any], *columns: Iterable[object]) -> Any:
    """The mean of f(row of each column, in step) over all rows. ValueError if columns differ in length or are empty.

    >>> mean_over(lambda x, y: (x - y) ** 2, [1.0, 2.0], [1.0, 4.0])
    2.0

    f may return several numbers, in lists, tuples or dicts: each has its mean, and when staged there is one loop.
    """
    staged = _staged_columns("mean_over", columns)
    if staged:
        return map_leaves(lambda total: total / staged[0].count(), sum_over(f, *columns))
    return _by_place("mean_over", functions.mean, f, columns)


def sum_over(f: Callable[..., Any], *columns: Iterable[object]) -> Any:
    """The sum of f(row of each column, in step) over all rows. ValueError if the columns differ in length.

    >>> sum_over(lambda x, y: x * y, [1.0, 2.0], [3.0, 4.0])
    11.0

    f may return several numbers, in lists, tuples or dicts: each has its sum, and when staged there is one loop.

    >>> sum_over(lambda x, y: (x, {"square": y * y}), [1.0, 2.0], [3.0, 4.0])
    (3.0, {'square': 25.0})
    """
    staged = _staged_columns("sum_over", columns)
    if not staged:
        return _by_place("sum_over", functions.sum, f, columns)
    program = staged[0].program
    loop, items = _open(program, staged)
    with program.within(loop):
        results, structure = flatten(f(*items))
        plans = [_plan(result, (*program.block,)) for result in results]
    return unflatten(structure, [_summed(loop, plan) for plan in plans])


def _by_place(
    name: str, reduce: Callable[[list[Any]], Any], f: Callable[..., Any], columns: tuple[Iterable[object], ...]
) -> Any:
    """The results of f for all rows reduced, number by number."""
    results = [f(*row) for row in _rows(name, columns)]
    if not results or is_number(results[0]):
        return reduce(results)
    _, structure = flatten(results[0])
    leaves = [
        leaves_like(structure, result, f"{name}: the result of f for row {i}") for i, result in enumerate(results)
    ]
    return unflatten(structure, [reduce(list(each)) for each in zip(*leaves, strict=True)])


def _rows(name: str, columns: tuple[Iterable[object], ...]) -> list[tuple[object, ...]]:
    lists = [listed(column) for column in columns]
    if len({len(column) for column in lists}) != 1:
        raise ValueError(f"{name} of columns of {' and '.join(str(len(each)) for each in lists)} rows: they go in step")
    return list(zip(*lists, strict=True))


def listed(column: Iterable[object]) -> list[object]:
    """The rows as a list; those of a memoryview are lists too."""
    return column.tolist() if isinstance(column, memoryview) else list(column)  # type: ignore[return-value]  # of ints


class Rows:
    """A batched argument while a function is staged: rows of one structure, their number not known yet."""

    def __init__(self, program: Program, name: str, structure: Hashable) -> None:
        self.program = program
        self.name = name
        self.structure = structure  # of one row
        self.symbol = Symbol(program, "rows", (name,), name)

    def count(self) -> Operand:
        """How many rows there are, as a symbol."""
        return self.program.write("count", self.symbol)

    def _refuse(self, *_: object) -> NoReturn:
        raise StagingError(
            f"the rows of {self.name} are not there yet: go over them with mean_over or sum_over, "
            "or leave it out of `batched`"
        )

    __iter__ = __len__ = __getitem__ = _refuse


def _staged_columns(name: str, columns: tuple[object, ...]) -> list[Rows]:
    staged = [column for column in columns if isinstance(column, Rows)]
    if staged and len(staged) != len(columns):
        raise StagingError(
            f"{name}: either all of the columns are batched or none, here {len(staged)} of {len(columns)}"
        )
    return staged


def _open(program: Program, columns: list[Rows]) -> tuple[RowLoop, list[object]]:
    loop = RowLoop(tuple(column.symbol for column in columns))
    items = []
    with program.within(loop):
        for column in columns:
            size = len(flatten(_template(column.structure))[0])
            each = column.name[:-1] if column.name.endswith("s") and len(column.name) > 1 else column.name
            symbols = [Symbol(program, "input", (), f"{each}_{i}" if size > 1 else each) for i in range(size)]
            items.append(unflatten(column.structure, symbols))
    loop.target = tuple(items)
    return loop, items


def _template(structure: Hashable) -> object:
    """Some tree of this structure."""

    return unflatten(structure, itertools.repeat(0.0))


# --- a sum over a loop, at any level of nodes ------------------------------------------------------------------


class _Plan:
    """What has to be summed to rebuild a node after the loop: its number, and its gradients by nodes outside it."""

    def __init__(self, node: Value | Dual, number: object, parents: list[Value], gradients: list[object]) -> None:
        self.node = node
        self.number = number
        self.parents = parents
        self.gradients = gradients


def _plan(x: Any, block: Block) -> object:
    kind = deepest([x])
    if kind is None:
        return x
    if issubclass(kind, Dual):
        return _Plan(x, _plan(x.data, block), [], [_plan(x.tangent, block)])
    slopes = _gradients_outside(x, block)
    return _Plan(x, _plan(x.data, block), list(slopes), [_plan(g, block) for g in slopes.values()])


def _summed(loop: RowLoop, plan: object) -> Any:
    if not isinstance(plan, _Plan):
        return loop.total(plan)
    number = _summed(loop, plan.number)
    if isinstance(number, Symbol):
        number.wish = number.wish or "total"
    gradients = [_summed(loop, g) for g in plan.gradients]
    for parent, gradient in zip(plan.parents, gradients, strict=False):  # a Dual has no parents
        if isinstance(parent.data, Symbol):
            parent.data.called(parent.label, gradient)
    if isinstance(plan.node, Dual):
        return type(plan.node)._with_tangent(number, gradients[0])
    if not plan.parents:
        return number
    return type(plan.node)._wide("sum_over", tuple(plan.parents), number, tuple(gradients))


def _gradients_outside(result: Value, block: Block) -> dict[Value, Number]:
    """The derivative of `result` by each node from outside the loop that it uses."""
    own = {node for node in topological_order(result) if _uses(node, block)}
    inside = descendants(result, own)
    return {node: g for node, g in gradients(result, inside).items() if node not in inside}


def _uses(node: Value, block: Block) -> bool:
    return any(_is_within(x, block) for x in (node.data, *node.local_grads))


def descendants(result: Value, nodes: set[Value]) -> set[Value]:
    """These nodes, and all that `result` is computed from that comes from them."""
    found = {*nodes}
    for node in topological_order(result):
        if any(parent in found for parent in node.parents):
            found.add(node)
    return found


def gradients(result: Value, inside: set[Value]) -> dict[Value, Number]:
    """The derivative of `result` by the nodes where the chain rule through nodes `inside` ends: others, and leaves."""
    found: dict[Value, Number] = {result: 1}
    for node in reversed(topological_order(result)):
        if node in inside and node in found and node.op:
            upstream = found.pop(node)
            if isinstance(node.data, Symbol):
                node.data.called(node.label, upstream)
            for parent, local in node.edges():
                share = upstream * local
                found[parent] = found[parent] + share if parent in found else share
    return found


def _is_within(x: object, block: Block) -> bool:
    """Whether a number is, or is a node over, a symbol of this block."""
    leaves = [x]
    while leaves:
        x = leaves.pop()
        if isinstance(x, Symbol):
            return x.block[: len(block)] == block
        if isinstance(x, Value):
            leaves += [x.data] if not isinstance(x, Dual) else [x.data, x.tangent]
    return False
