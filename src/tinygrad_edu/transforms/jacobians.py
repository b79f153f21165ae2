"""All first derivatives of several results, and all second derivatives of one."""

import functools
from collections.abc import Callable, Sequence
from typing import Any, Concatenate, Literal, ParamSpec, SupportsFloat, TypeVar, overload

from ..numbers.number import Number, one_like
from ..trees.tree import numbers_of, returned, unflatten
from .calls import Argnums, Args, Function, Named, check, chosen, forward
from .derived import Derived, Transformed
from .dual import ZERO
from .gradients import grad
from .traced import Traced

MODES = (None, "forward", "reverse")

P = ParamSpec("P")
A = TypeVar("A", bound=Any)  # the first argument; a lambda's parameter may be anything
R = TypeVar("R")  # the result
K = TypeVar("K")


@overload
def jacobian(
    f: Callable[Concatenate[A, P], float], argnums: Literal[0] = 0, *, mode: str | None = None
) -> Transformed[Concatenate[A, P], A]: ...
@overload
def jacobian(
    f: Callable[Concatenate[A, P], list[float]], argnums: Literal[0] = 0, *, mode: str | None = None
) -> Transformed[Concatenate[A, P], list[A]]: ...
@overload
def jacobian(
    f: Callable[Concatenate[A, P], dict[K, float]], argnums: Literal[0] = 0, *, mode: str | None = None
) -> Transformed[Concatenate[A, P], dict[K, A]]: ...
@overload
def jacobian(
    f: Callable[P, object], argnums: Argnums = 0, *, mode: str | None = None, has_aux: bool = False
) -> Transformed[P, Any]: ...
def jacobian(f: Function, argnums: Argnums = 0, *, mode: str | None = None, has_aux: bool = False) -> Function:
    """The function that computes all first derivatives of `f`: the result's shape, each number in it replaced by a
    tree of the argument's shape.

    `mode` None records the graph of `f` once and walks it forth for each input or back for each output, whichever are
    fewer. "reverse" always walks back; "forward" keeps no graph and runs `f` once for each input. With `has_aux`, `f`
    returns (results, anything) and the result is (Jacobian, that).

    >>> jacobian(lambda x: [x[0] * x[1], x[0] + x[1]])([2.0, 5.0])
    [[5.0, 2.0], [1.0, 1.0]]
    """
    check("jacobian", f, argnums)
    if mode not in MODES:
        raise ValueError(f'jacobian mode {mode!r}: it is "forward", "reverse" or None')
    return Derived("jacobian", _jacobian, f, argnums, mode, has_aux)


def jacfwd(f: Callable[P, object], argnums: Argnums = 0, *, has_aux: bool = False) -> Transformed[P, Any]:
    """`jacobian` by forward mode, under the name that JAX has for it.

    >>> jacfwd(lambda x: [x, x**2])(3.0)
    [1.0, 6.0]
    """
    return jacobian(f, argnums, mode="forward", has_aux=has_aux)


def jacrev(f: Callable[P, object], argnums: Argnums = 0, *, has_aux: bool = False) -> Transformed[P, Any]:
    """`jacobian` by reverse mode, under the name that JAX has for it.

    >>> jacrev(lambda x: x[0] * x[1])([2.0, 5.0])
    [5.0, 2.0]
    """
    return jacobian(f, argnums, mode="reverse", has_aux=has_aux)


def value_and_jacobian(
    f: Callable[P, R], argnums: Argnums = 0, *, mode: str | None = None, has_aux: bool = False
) -> Transformed[P, tuple[R, Any]]:
    """The function that computes (value of `f`, Jacobian of `f`) from the same run; see `jacobian`.

    With `has_aux`, `f` returns (results, anything) and the result is ((results, that), Jacobian).

    >>> value_and_jacobian(lambda x: [x[0] * x[1], x[0] + x[1]])([2.0, 5.0])
    ([10.0, 7.0], [[5.0, 2.0], [1.0, 1.0]])
    """
    check("value_and_jacobian", f, argnums)
    if mode not in MODES:
        raise ValueError(f'value_and_jacobian mode {mode!r}: it is "forward", "reverse" or None')
    return Derived("value_and_jacobian", _value_and_jacobian, f, argnums, mode, has_aux)


@overload
def hessian(
    f: Callable[Concatenate[float, P], SupportsFloat], argnums: Literal[0] = 0
) -> Transformed[Concatenate[float, P], float]: ...
@overload
def hessian(
    f: Callable[Concatenate[list[float], P], SupportsFloat], argnums: Literal[0] = 0
) -> Transformed[Concatenate[list[float], P], list[list[float]]]: ...
@overload
def hessian(f: Callable[P, object], argnums: Argnums = 0, *, has_aux: bool = False) -> Transformed[P, Any]: ...
def hessian(f: Function, argnums: Argnums = 0, *, has_aux: bool = False) -> Function:
    """The function that computes all second derivatives of `f`, which returns one number.

    With `has_aux`, `f` returns (number, anything) and the result is (Hessian, that).

    >>> hessian(lambda x: x[0] * x[1] ** 2)([2.0, 5.0])
    [[0.0, 10.0], [10.0, 4.0]]
    """
    slopes: Function = grad(f, argnums, has_aux=True) if has_aux else grad(f, argnums)
    return jacobian(slopes, argnums, has_aux=has_aux)


def _jacobian(f: Function, args: Args, named: Named, argnums: Argnums, mode: str | None, has_aux: bool) -> object:
    value, rows = _value_and_jacobian(f, args, named, argnums, mode, has_aux)
    return (rows, value[1]) if has_aux else rows


def _value_and_jacobian(
    f: Function, args: Args, named: Named, argnums: Argnums, mode: str | None, has_aux: bool
) -> tuple[Any, object]:
    point, rebuild = chosen(f, args, argnums)
    xs, structure = numbers_of(point)

    def placed(values: Sequence[object]) -> Sequence[object]:
        return rebuild(unflatten(structure, values))

    @functools.wraps(f, updated=())
    def flat(*values: object) -> object:
        return f(*placed(values), **named)

    if mode == "forward" and xs:
        values, shape, rows, aux = _forward_rows(flat, xs, has_aux=has_aux)
    else:
        graph = Traced(f, xs, placed, named, has_aux=has_aux)
        values, shape, rows, aux = graph.values, graph.structure, graph.rows(mode), graph.aux
    value = returned(shape, values)
    slopes = returned(shape, [returned(structure, row) for row in rows])
    return ((value, aux) if has_aux else value), slopes


def _forward_rows(flat: Function, xs: Sequence[Any], *, has_aux: bool) -> tuple[Any, ...]:
    """The results, how they nest, their derivatives, and what is handed on: by a forward pass for each input."""
    columns = []
    value, aux = None, None
    for i, x in enumerate(xs):
        tangents: list[Number] = [ZERO] * len(xs)
        tangents[i] = one_like(x)
        value, rate, aux = forward(flat, xs, tangents, has_aux=has_aux)
        columns.append(numbers_of(rate)[0])
    values, shape = numbers_of(value)
    return values, shape, [list(row) for row in zip(*columns, strict=True)], aux
