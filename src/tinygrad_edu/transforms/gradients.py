"""Gradients: the derivatives of one number by many, by reverse mode: one run of the function, and one walk back."""

from collections.abc import Callable, Sequence
from typing import Any, Concatenate, Literal, ParamSpec, SupportsFloat, TypeVar, overload

from ..engine import Value
from ..numbers.number import Number
from ..trees.tree import numbers_of, returned, unflatten
from .calls import Argnums, Args, Function, Named, check, chosen, one_number
from .derived import Derived, Transformed
from .level import deeper
from .traced import gradient, lifted, lowered, lowered_tree, outside, pair, pass_labels_on

P = ParamSpec("P")
A = TypeVar("A", bound=Any)  # the first argument; a lambda's parameter may be anything
R = TypeVar("R")  # the result
X = TypeVar("X")  # what is handed on besides


@overload
def grad(
    f: Callable[Concatenate[A, P], SupportsFloat], argnums: Literal[0] = 0, *, has_aux: Literal[False] = False
) -> Transformed[Concatenate[A, P], A]: ...
@overload
def grad(
    f: Callable[Concatenate[A, P], tuple[SupportsFloat, X]], argnums: Literal[0] = 0, *, has_aux: Literal[True]
) -> Transformed[Concatenate[A, P], tuple[A, X]]: ...
@overload
def grad(f: Callable[[Number], Number]) -> Transformed[[Number], Number]: ...
@overload
def grad(f: Callable[P, SupportsFloat], argnums: int, *, has_aux: Literal[False] = False) -> Transformed[P, Any]: ...
@overload
def grad(
    f: Callable[P, SupportsFloat], argnums: Sequence[int], *, has_aux: Literal[False] = False
) -> Transformed[P, tuple[Any, ...]]: ...
@overload
def grad(
    f: Callable[P, tuple[SupportsFloat, X]], argnums: Argnums, *, has_aux: Literal[True]
) -> Transformed[P, tuple[Any, X]]: ...
def grad(f: Function, argnums: Argnums = 0, *, has_aux: bool = False) -> Function:
    """The function that computes the gradient of `f`, which returns one number.

    The result has the shape of the argument `argnums` of `f` (a tuple of them if several): a NumPy array for an array,
    and what in the argument is no number stands in the result as it is. Keyword arguments are passed on. With
    `has_aux`, `f` returns (number, anything) and the result is (gradient, that). The function raises TypeError if `f`
    does not return one number, ValueError if `argnums` are not among its arguments.

    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(lambda p: p["a"] * p["b"])({"a": 2.0, "b": 5.0})
    {'a': 5.0, 'b': 2.0}
    """
    check("grad", f, argnums)
    return Derived("grad", _gradient, f, argnums, has_aux)


@overload
def value_and_grad(
    f: Callable[Concatenate[A, P], R], argnums: Literal[0] = 0, *, has_aux: bool = False
) -> Transformed[Concatenate[A, P], tuple[R, A]]: ...
@overload
def value_and_grad(f: Callable[P, R], argnums: int, *, has_aux: bool = False) -> Transformed[P, tuple[R, Any]]: ...
@overload
def value_and_grad(
    f: Callable[P, R], argnums: Sequence[int], *, has_aux: bool = False
) -> Transformed[P, tuple[R, tuple[Any, ...]]]: ...
def value_and_grad(f: Function, argnums: Argnums = 0, *, has_aux: bool = False) -> Function:
    """The function that computes (value of `f`, gradient of `f`) in one pass; see `grad`.

    With `has_aux`, `f` returns (number, anything) and the result is ((number, that), gradient).

    >>> value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 5.0)
    (10.0, (5.0, 2.0))
    """
    check("value_and_grad", f, argnums)
    return Derived("value_and_grad", _value_and_gradient, f, argnums, has_aux)


def _gradient(f: Function, args: Args, named: Named, argnums: Argnums, has_aux: bool) -> object:
    value, slopes = _value_and_gradient(f, args, named, argnums, has_aux, "grad")
    return (slopes, value[1]) if has_aux else slopes


def _value_and_gradient(
    f: Function, args: Args, named: Named, argnums: Argnums, has_aux: bool, transform: str = "value_and_grad"
) -> tuple[Any, object]:
    """(value, gradient) on behalf of a transform, which errors name."""
    point, rebuild = chosen(f, args, argnums)
    xs, structure = numbers_of(point)
    with deeper(Value) as Node:
        variables = lifted(f, xs, Node)
        result, aux = pair(f, f(*rebuild(unflatten(structure, variables)), **named), has_aux=has_aux)
        y = one_number(transform, f, result)
        if type(y) is Node:
            y.backward()
            pass_labels_on(y)
    slopes = returned(structure, outside([gradient(x) for x in variables]))
    value = outside([lowered(y, Node)])[0]
    return ((value, lowered_tree(aux, Node)) if has_aux else value), slopes
