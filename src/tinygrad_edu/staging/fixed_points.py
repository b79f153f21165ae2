"""A number that a step leaves where it is, found by repeating it, and its derivative by the implicit function theorem.

At s = step(s, θ), whatever way led there: ds = ∂step/∂s · ds + ∂step/∂θ · dθ, so (I - ∂step/∂s) ds = ∂step/∂θ dθ.
One more step at the solution gives both derivatives, and a small linear system does the rest.
"""

import math
from collections.abc import Callable
from typing import Any, TypeVar

from ..core.elementary import where
from ..core.rules import deepest
from ..numbers.number import Number, primal, shown
from ..symbols.symbol import Condition, Symbol
from ..transforms.dual import Dual
from ..trees.tree import flatten, unflatten
from .batch import descendants, gradients
from .loops import while_loop

S = TypeVar("S")
Round = Callable[[list[Number]], list[Number]]
State = tuple[list[Number], list[Number], Number]  # before, now, rounds
Matrix = list[list[Number]]
MOST = 10_000  # rounds


def fixed_point(step: Callable[[S], S], start: S, *, rtol: float = 1e-13, atol: float = 1e-300) -> S:
    """The state s = step(s) that repeating the step leads to, from `start` on.

    The state is a number or a tree of numbers. The step may use numbers from elsewhere; by these, not by the start, the
    result can be differentiated, in both modes and in `jit`: it costs one more step and a linear system of the size of
    the state, however many rounds there were. Raises ArithmeticError if it has not settled to `rtol` of each number (or
    `atol`) after 10,000 rounds. A step that is no contraction may lead away, to nan, or round in circles.

    >>> from tinygrad_edu import cos, grad
    >>> round(fixed_point(cos, 1.0), 6)
    0.739085
    >>> root = lambda a: fixed_point(lambda x: (x + a / x) / 2, 1.0)
    >>> round(grad(root)(4.0), 6)
    0.25
    """
    leaves, structure = flatten(start)

    def change(xs: list[Number]) -> list[Number]:
        following, found = flatten(step(unflatten(structure, xs)))
        if found != structure:
            raise TypeError(f"fixed_point: the state is {shown(start)}, but step returned another shape")
        return following

    return unflatten(structure, _solved(change, leaves, rtol, atol))  # type: ignore[no-any-return]


def _solved(change: Round, start: list[Number], rtol: float, atol: float) -> list[Number]:
    """The fixed point at the level of the deepest nodes that the step returns."""
    once = change(start)
    kind = deepest([*start, *once])
    if kind is None:
        return _repeated(change, start, once, rtol, atol)

    def numbers(xs: list[Number]) -> list[Number]:
        return [x.data if isinstance(x, kind) else x for x in xs]

    solution = _solved(lambda xs: numbers(change(xs)), numbers(start), rtol, atol)
    if issubclass(kind, Dual):
        return _with_tangents(kind, change, solution)
    state = [kind._leaf(x) for x in solution]
    rows = [gradients(y, descendants(y, {*state})) if isinstance(y, kind) else {} for y in change(state)]
    outside = list(dict.fromkeys(node for row in rows for node in row if node not in state))
    left = [[_minus(i == j, row.get(x, 0)) for j, x in enumerate(state)] for i, row in enumerate(rows)]
    slopes = _solve(left, [[row.get(node, 0.0) for node in outside] for row in rows])
    return [
        kind._wide("fixed_point", tuple(outside), x, tuple(row)) if outside else x
        for x, row in zip(solution, slopes, strict=True)
    ]


def _with_tangents(kind: type[Any], change: Round, solution: list[Number]) -> list[Number]:
    """Forward: one step with the state fixed, for the right-hand side, and one along each number of the state."""

    def rates(seeds: list[float]) -> list[Number]:
        found = change([kind._with_tangent(x, seed) for x, seed in zip(solution, seeds, strict=True)])
        return [y.tangent if isinstance(y, kind) else 0.0 for y in found]

    n = len(solution)
    right = rates([0.0] * n)
    columns = [[a - b for a, b in zip(rates([float(i == j) for i in range(n)]), right, strict=True)] for j in range(n)]
    left = [[_minus(i == j, columns[j][i]) for j in range(n)] for i in range(n)]
    tangents = _solve(left, [[rate] for rate in right])
    return [kind._with_tangent(x, tangent) for x, (tangent,) in zip(solution, tangents, strict=True)]


def _minus(is_one: bool, slope: Number) -> Number:
    return (1.0 - slope) if is_one else (0.0 - slope)


def _repeated(change: Round, start: list[Number], once: list[Number], rtol: float, atol: float) -> list[Number]:
    """The state that stays, for plain numbers or symbols of them."""

    def unsettled(state: State) -> object:
        before, now, rounds = state
        moves = [_moves(a, b, rtol, atol) for a, b in zip(before, now, strict=True)]
        any_moves: Any = False
        for each in moves:
            any_moves = each | any_moves if isinstance(each, Condition) else any_moves | each
        return any_moves & (rounds < MOST) if isinstance(any_moves, Condition) else any_moves and rounds < MOST

    def again(state: State) -> State:
        _, now, rounds = state
        return now, change(now), rounds + 1.0

    before, now, rounds = while_loop(unsettled, again, (list(start), once, 1.0))
    if isinstance(rounds, Symbol):  # in a program, nan says so, and the function itself has the last word
        return [where(rounds < MOST, x, math.nan) for x in now]
    if rounds >= MOST:
        raise ArithmeticError(f"fixed_point has not settled after {MOST:,} rounds: {shown(before)}, then {shown(now)}")
    return now


def _moves(before: Number, now: Number, rtol: float, atol: float) -> object:
    return abs(now - before) > rtol * abs(now) + atol


def _solve(left: Matrix, right: Matrix) -> Matrix:
    """The solution of a linear system with several right-hand sides, by elimination; rows are taken by their size."""
    n = len(left)
    rows = [[*a, *b] for a, b in zip(left, right, strict=True)]
    for i in range(n):
        if all(isinstance(primal(row[i]), float) for row in rows[i:]):  # of symbols, nobody knows the size
            best = max(range(i, n), key=lambda k: abs(primal(rows[k][i])))
            rows[i], rows[best] = rows[best], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for k in range(n):
            if k != i:
                rows[k] = [x - rows[k][i] * y for x, y in zip(rows[k], rows[i], strict=True)]
    return [row[n:] for row in rows]
