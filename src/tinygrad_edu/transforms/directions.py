"""Derivatives in one direction: forward mode, its products with vectors, and its mirror image in reverse mode."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Literal, SupportsFloat, TypeVar, TypeVarTuple, overload

from ..engine import Value
from ..mistakes.options import expect
from ..numbers.number import Number, one_like
from ..trees.tree import LEAF, flatten, leaves_like, numbers_of, returned, unflatten
from .calls import A_TUPLE, Args, Function, Named, called, check, forward
from .derived import Derived, Transformed
from .gradients import grad
from .traced import Traced, name_of, seeds

A = TypeVar("A", bound=Any)  # an argument; a lambda's parameter may be anything
R = TypeVar("R")  # the result
X = TypeVar("X")  # what is handed on besides
Ts = TypeVarTuple("Ts")  # the arguments


@overload
def derivative(f: Callable[[Number], R], order: int = 1) -> Transformed[[Number], R]: ...
@overload
def derivative(f: Callable[[Value], R], order: int = 1) -> Transformed[[Value], R]: ...
def derivative(f: Function, order: int = 1) -> Function:
    """The `order`-th derivative of a function of one number; its result may be a tree. Forward mode, nested.

    Its cost doubles with each order. Raises ValueError unless the order is a whole number of at least 0.

    >>> derivative(lambda x: x**4, order=3)(2.0)
    48.0
    """
    check("derivative", f)
    if not isinstance(order, int) or order < 0:
        raise ValueError(f"derivative of order {order}: the order is a whole number of at least 0")
    return f if order == 0 else Derived("derivative", _rate, derivative(f, order - 1))


def _rate(f: Function, args: Args, named: Named) -> object:
    given = (*args, *named.values())
    if len(given) != 1 or flatten(given[0])[1] != LEAF:
        by = f"a {type(given[0]).__name__}" if len(given) == 1 else f"{len(given)} arguments"
        raise TypeError(f"derivative of {name_of(f)} by {by}: use grad, jacobian or hessian for that")
    return forward(f, given, (one_like(given[0]),))[1]


@overload
def jvp(
    f: Callable[[*Ts], R], primals: tuple[*Ts], tangents: tuple[*Ts], *, has_aux: Literal[False] = False
) -> tuple[R, R]: ...
@overload
def jvp(
    f: Callable[[*Ts], tuple[R, X]], primals: tuple[*Ts], tangents: tuple[*Ts], *, has_aux: Literal[True]
) -> tuple[R, R, X]: ...
def jvp(
    f: Function, primals: Sequence[object], tangents: Sequence[object], *, has_aux: bool = False
) -> tuple[object, ...]:
    """The value of `f(*primals)` and its rate of change in the direction of the tangents, in one forward pass.

    Tangents have the shape of the primals, ValueError says where they do not. Both results have the shape of what `f`
    returns. A tangent 0 makes its primal a constant, so an infinite slope along it does not matter. With `has_aux`,
    `f` returns (result, anything), and that comes third.

    >>> jvp(lambda x, y: x * y, (2.0, 5.0), (1.0, 0.0))
    (10.0, 5.0)
    """
    check("jvp", f)
    expect("jvp", A_TUPLE, primals=primals, tangents=tangents)
    with called("jvp", f, len(primals), "the arguments go in a tuple, as in jvp(f, (x,), (v,))"):
        all_three = forward(f, primals, tangents, has_aux=has_aux)
    return all_three if has_aux else all_three[:2]


@overload
def vjp(
    f: Callable[[*Ts], R], *primals: *Ts, has_aux: Literal[False] = False
) -> tuple[R, Callable[[R], tuple[*Ts]]]: ...
@overload
def vjp(
    f: Callable[[*Ts], tuple[R, X]], *primals: *Ts, has_aux: Literal[True]
) -> tuple[R, Callable[[R], tuple[*Ts]], X]: ...
def vjp(f: Callable[[*Ts], object], *primals: *Ts, has_aux: bool = False) -> tuple[object, ...]:
    """The value of `f(*primals)`, and the function that pulls gradients of its results back to its arguments.

    The pull-back takes a tree of the result's shape (ValueError says where it has another) and returns a tuple, one
    entry an argument. It may be called any number of times, from several threads, and pickled where `f` can
    be. With `has_aux`, `f` returns (result, anything), and that comes third.

    >>> value, pull_back = vjp(lambda x, y: [x * y, x + y], 2.0, 5.0)
    >>> value, pull_back([1.0, 0.0]), pull_back([0.0, 1.0])
    ([10.0, 7.0], (5.0, 2.0), (1.0, 1.0))
    """
    check("vjp", f)
    pull_back = PullBack(f, primals, has_aux)
    graph = pull_back.graph
    value = returned(graph.structure, graph.values)
    return (value, pull_back, graph.aux) if has_aux else (value, pull_back)


class PullBack:
    """What `vjp` returns beside the value. Copies and pickles run the function again where they arrive."""

    __name__ = "pull_back"  # in errors

    def __init__(self, f: Function, primals: Sequence[object], has_aux: bool) -> None:
        points, self._structure = numbers_of(tuple(primals))
        self._made_of = f, tuple(points), self._structure, has_aux
        with called("vjp", f, len(primals), "the arguments go one by one, as in vjp(f, x, y)"):
            self.graph = Traced(f, points, lambda xs: unflatten(self._structure, xs), has_aux=has_aux)

    def __call__(self, gradients: object) -> Any:
        """The gradients of the arguments, from those of the results."""
        leaves = leaves_like(self.graph.structure, gradients, "gradients")
        return returned(self._structure, self.graph.pull(seeds(self, leaves)))

    def __repr__(self) -> str:
        return f"pull_back of {name_of(self._made_of[0])}"

    def __reduce__(self) -> tuple[object, ...]:
        return _pull_back_again, self._made_of


def _pull_back_again(f: Function, points: tuple[Number, ...], structure: Hashable, has_aux: bool) -> PullBack:
    return PullBack(f, unflatten(structure, points), has_aux)


@overload
def hvp(f: Callable[[A], SupportsFloat], primals: tuple[A], tangents: tuple[A]) -> A: ...
@overload
def hvp(f: Callable[[*Ts], SupportsFloat], primals: tuple[*Ts], tangents: tuple[*Ts]) -> tuple[*Ts]: ...
def hvp(f: Function, primals: Sequence[object], tangents: Sequence[object]) -> object:
    """The Hessian of `f` times a vector, without the Hessian: the gradient's rate of change in one direction.

    The result has the shape of the primals: one entry alone if there is one. See B. Pearlmutter, "Fast exact
    multiplication by the Hessian", Neural Computation 6 (1994).

    >>> hvp(lambda x: x[0] * x[1] ** 2, ([2.0, 5.0],), ([1.0, 0.0],))
    [0.0, 10.0]
    """
    check("hvp", f)
    expect("hvp", A_TUPLE, primals=primals, tangents=tangents)
    argnums = 0 if len(primals) == 1 else tuple(range(len(primals)))
    with called("hvp", f, len(primals), "the arguments go in a tuple, as in hvp(f, (x,), (v,))"):
        return forward(grad(f, argnums), primals, tangents)[1]
