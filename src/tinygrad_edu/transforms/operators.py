"""Transforms: functions that take a function and return one that computes its derivatives.

Reverse mode (`grad`, `vjp`) runs the function once and walks back: all inputs' derivatives of one output. Forward mode
(`jvp`) runs it once with tangents alongside: one direction's derivatives of all outputs. Both lift the inputs into a
level of their own (`level.py`), so transforms nest to any depth and share no state. Arguments and results are numbers
or trees of them (`tree.py`).
"""

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..core.number import one_like
from ..core.options import A_FUNCTION, A_LIST, PLACES, expect
from ..core.tree import LEAF, Numbers, flatten, leaves_like, map_leaves, unflatten
from ..engine import Value
from .dual import ZERO, Dual
from .level import deeper
from .traced import (
    Traced,
    gradient,
    is_zero,
    lifted,
    lowered,
    name_of,
    outside,
    pass_labels_on,
    results,
    zero,
)

A_TUPLE = A_LIST._replace(words="a tuple", way_out="the arguments go in a tuple, (x,), and their tangents alike, (v,)")
Argnums = int | Sequence[int]
Function = Callable[..., Any]


def grad(f: Function, argnums: Argnums = 0, *, has_aux: bool = False) -> Function:
    """The function that computes the gradient of `f`, which returns one number.

    The result has the shape of the argument `argnums` of `f` (a tuple of them if several); keyword arguments are passed
    on as they are. With `has_aux`, `f` returns (number, anything) and the result is (gradient, that). The function
    raises TypeError if `f` does not return one number, ValueError if `argnums` are not among its arguments.

    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(lambda p: p["a"] * p["b"])({"a": 2.0, "b": 5.0})
    {'a': 5.0, 'b': 2.0}
    """
    _check("grad", f, argnums)
    both = _value_and_grad("grad", f, argnums, has_aux=has_aux)

    @_like(f)
    def gradient_of_f(*args: Any, **kwargs: Any) -> Any:
        value, slopes = both(*args, **kwargs)
        return (slopes, value[1]) if has_aux else slopes

    return gradient_of_f


def value_and_grad(f: Function, argnums: Argnums = 0, *, has_aux: bool = False) -> Function:
    """The function that computes (value of `f`, gradient of `f`) in one pass; see `grad`.

    With `has_aux`, `f` returns (number, anything) and the result is ((number, that), gradient).

    >>> value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 5.0)
    (10.0, (5.0, 2.0))
    """
    _check("value_and_grad", f, argnums)
    return _value_and_grad("value_and_grad", f, argnums, has_aux=has_aux)


def _value_and_grad(transform: str, f: Function, argnums: Argnums, *, has_aux: bool) -> Function:
    """`value_and_grad` on behalf of a transform, which errors name."""

    @_like(f)
    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        point, rebuild = _arguments(f, args, argnums)
        xs, structure = flatten(point, Numbers)
        with deeper(Value) as Node:
            variables = lifted(f, xs, Node)
            result = f(*rebuild(unflatten(structure, variables)), **kwargs)
            result, aux = _pair(f, result) if has_aux else (result, None)
            y = _one_number(transform, f, result)
            if type(y) is Node:
                y.backward()
                pass_labels_on(y)
        slopes = unflatten(structure, outside([gradient(x) for x in variables]))
        value = outside([lowered(y, Node)])[0]
        if has_aux:
            return (value, map_leaves(lambda x: outside([lowered(x, Node)])[0], aux)), slopes
        return value, slopes

    return value_and_gradient


def derivative(f: Callable[[Any], Any], order: int = 1) -> Callable[[Any], Any]:
    """The `order`-th derivative of a function of one number; its result may be a tree. Forward mode, nested.

    Its cost doubles with each order. Raises ValueError unless the order is a whole number of at least 0.

    >>> derivative(lambda x: x**4, order=3)(2.0)
    48.0
    """
    _check("derivative", f)
    if not isinstance(order, int) or order < 0:
        raise ValueError(f"derivative of order {order}: the order is a whole number of at least 0")
    if order == 0:
        return f
    lower = derivative(f, order - 1)

    @_like(f)
    def higher(x: Any) -> Any:
        if flatten(x)[1] != LEAF:
            raise TypeError(
                f"derivative of {name_of(f)} by a {type(x).__name__}: use grad, jacobian or hessian for that"
            )
        return _forward(lower, (x,), (one_like(x),))[1]

    return higher


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """The value of `f(*primals)` and its rate of change in the direction of the tangents, in one forward pass.

    Tangents have the shape of the primals, ValueError says where they do not. Both results have the shape of what `f`
    returns. A tangent 0 makes its primal a constant, so an infinite slope along it does not matter.

    >>> jvp(lambda x, y: x * y, (2.0, 5.0), (1.0, 0.0))
    (10.0, 5.0)
    """
    _check("jvp", f)
    expect("jvp", A_TUPLE, primals=primals, tangents=tangents)
    with _called("jvp", f, len(primals), "the arguments go in a tuple, as in jvp(f, (x,), (v,))"):
        return _forward(f, primals, tangents)


def vjp(f: Function, *primals: Any) -> tuple[Any, Callable[[Any], Any]]:
    """The value of `f(*primals)`, and the function that pulls gradients of its results back to its arguments.

    The pull-back takes a tree of the result's shape (ValueError says where it has another) and returns a tuple, one
    entry an argument. It may be called any number of times, and from several threads.

    >>> value, pull_back = vjp(lambda x, y: [x * y, x + y], 2.0, 5.0)
    >>> value, pull_back([1.0, 0.0]), pull_back([0.0, 1.0])
    ([10.0, 7.0], (5.0, 2.0), (1.0, 1.0))
    """
    _check("vjp", f)
    points, structure = flatten(tuple(primals), Numbers)
    with _called("vjp", f, len(primals), "the arguments go one by one, as in vjp(f, x, y)"):
        graph = Traced(_flat(f, structure), points)

    def pull_back(gradients: Any) -> Any:
        seeds = leaves_like(graph.structure, gradients, "gradients")
        return unflatten(structure, graph.pull(results(pull_back, seeds)))

    return unflatten(graph.structure, graph.values), pull_back


def jacobian(f: Function, argnums: Argnums = 0, *, mode: str | None = None) -> Function:
    """The function that computes all first derivatives of `f`: the result's shape, each number in it replaced by a
    tree of the argument's shape.

    `mode` None records the graph of `f` once and walks it forth for each input or back for each output, whichever are
    fewer. "reverse" always walks back; "forward" keeps no graph and runs `f` once for each input.

    >>> jacobian(lambda x: [x[0] * x[1], x[0] + x[1]])([2.0, 5.0])
    [[5.0, 2.0], [1.0, 1.0]]
    """
    _check("jacobian", f, argnums)
    if mode not in (None, "forward", "reverse"):
        raise ValueError(f'jacobian mode {mode!r}: it is "forward", "reverse" or None')

    @_like(f)
    def all_derivatives(*args: Any, **kwargs: Any) -> Any:
        point, rebuild = _arguments(f, args, argnums)
        xs, structure = flatten(point, Numbers)

        @_like(f)
        def flat(*values: Any) -> Any:
            return f(*rebuild(unflatten(structure, values)), **kwargs)

        if mode == "forward" and xs:
            columns, result = _columns(flat, xs)
            rows = [list(row) for row in zip(*columns, strict=True)]
        else:
            graph = Traced(flat, xs)
            result = graph.structure
            rows = graph.rows(mode)
        return unflatten(result, [unflatten(structure, row) for row in rows])

    return all_derivatives


def hessian(f: Function, argnums: Argnums = 0) -> Function:
    """The function that computes all second derivatives of `f`, which returns one number.

    >>> hessian(lambda x: x[0] * x[1] ** 2)([2.0, 5.0])
    [[0.0, 10.0], [10.0, 4.0]]
    """
    return jacobian(grad(f, argnums), argnums)


def hvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """The Hessian of `f` times a vector, without the Hessian: the gradient's rate of change in one direction.

    The result has the shape of the primals: one entry alone if there is one. See B. Pearlmutter, "Fast exact
    multiplication by the Hessian", Neural Computation 6 (1994).

    >>> hvp(lambda x: x[0] * x[1] ** 2, ([2.0, 5.0],), ([1.0, 0.0],))
    [0.0, 10.0]
    """
    _check("hvp", f)
    expect("hvp", A_TUPLE, primals=primals, tangents=tangents)
    argnums = 0 if len(primals) == 1 else tuple(range(len(primals)))
    with _called("hvp", f, len(primals), "the arguments go in a tuple, as in hvp(f, (x,), (v,))"):
        return _forward(grad(f, argnums), primals, tangents)[1]


# --- the parts they share ----------------------------------------------------------------------------------------


def _check(transform: str, f: Function, argnums: Argnums = 0) -> None:
    expect(transform, A_FUNCTION, f=f)
    expect(transform, PLACES, argnums=argnums)


@contextlib.contextmanager
def _called(transform: str, f: Function, count: int, way_out: str) -> Iterator[None]:
    """TypeError with the way out, where the reason for one is that `f` does not take that many arguments."""
    try:
        yield
    except TypeError as error:
        if _takes(f, count):
            raise
        given = f"{count} argument{'' if count == 1 else 's'}"
        raise TypeError(f"{transform} calls {name_of(f)} with {given}, which it does not take: {way_out}") from error


def _takes(f: Function, count: int) -> bool:
    try:
        inspect.signature(f).bind(*range(count))
    except TypeError:
        return False
    except ValueError:  # it does not tell its parameters
        return True
    return True


def _forward(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """`jvp` of arguments that are known to be right."""
    points, structure = flatten(tuple(primals), Numbers)
    directions = leaves_like(structure, tuple(tangents), "tangents")
    with deeper(Dual) as Node:
        variables = lifted(f, points, Node)
        for x, tangent in zip(variables, results(jvp, directions), strict=True):
            x.tangent = ZERO if is_zero(tangent) else tangent
        leaves, result = flatten(f(*unflatten(structure, variables)), Numbers)
        ys = results(f, leaves)
    values = outside([lowered(y, Node) for y in ys])
    rates = [y.tangent if type(y) is Node else ZERO for y in ys]
    rates = outside([zero(y) if rate is ZERO else rate for y, rate in zip(values, rates, strict=True)])
    return unflatten(result, values), unflatten(result, rates)


def _like(f: Function) -> Callable[[Function], Function]:
    """A decorator: the function goes by the name, the signature and the docstring of `f`."""
    return functools.wraps(f, updated=())


def _flat(f: Function, structure: Any) -> Function:
    """`f` as a function of the leaves of its arguments, one by one."""

    @_like(f)
    def flat(*values: Any) -> Any:
        return f(*unflatten(structure, values))

    return flat


def _arguments(f: Function, args: tuple[Any, ...], argnums: Argnums) -> tuple[Any, Callable[[Any], Sequence[Any]]]:
    """The arguments to differentiate by, and how to put others in their places."""
    if isinstance(argnums, int) and -len(args) <= argnums < len(args):
        before, after = args[:argnums], args[argnums:][1:]
        return args[argnums], lambda chosen: (*before, chosen, *after)
    places = [argnums] if isinstance(argnums, int) else list(argnums)
    used = [n + len(args) if n < 0 else n for n in places]
    if not set(used) <= set(range(len(args))) or len(set(used)) < len(used):
        raise ValueError(
            f"argnums={argnums} of {name_of(f)}, called with {len(args)} positional arguments: name places of those, "
            "each once; keyword arguments are constants"
        )

    def rebuild(chosen: Any) -> Sequence[Any]:
        others = dict(zip(used, chosen, strict=True))
        return [others.get(i, arg) for i, arg in enumerate(args)]

    return tuple(args[n] for n in used), rebuild


def _pair(f: Function, result: Any) -> tuple[Any, Any]:
    if not isinstance(result, tuple) or len(result) != 2:
        forgotten = ": was `return` forgotten?" if result is None else ""
        what = "None" if result is None else f"a {type(result).__name__}"
        raise TypeError(f"has_aux=True, but {name_of(f)} returned {what}, not (number, anything){forgotten}")
    return result


def _one_number(transform: str, f: Function, result: Any) -> Any:
    if isinstance(result, Value):
        return result
    leaves, structure = flatten(result)
    if structure != LEAF:
        if result is None:
            raise TypeError(f"{transform} of {name_of(f)}, which returned None: was `return` forgotten?")
        is_pair = isinstance(result, tuple) and len(result) == 2
        raise TypeError(
            f"{transform} of {name_of(f)}, which returned {len(leaves)} numbers in a {type(result).__name__}: "
            "it must return one number; for several use jacobian"
            + ("; if the second is only to be handed on, say has_aux=True" if is_pair else "")
        )
    return results(f, leaves)[0]


def _columns(flat: Function, xs: list[Any]) -> tuple[list[list[Any]], Any]:
    """The derivatives of all results by each input in turn, by a forward pass each; and how the results nest."""
    columns = []
    result: Any = None
    for i, x in enumerate(xs):
        tangents: list[float] = [ZERO] * len(xs)
        tangents[i] = one_like(x)
        column, result = flatten(_forward(flat, xs, tangents)[1], Numbers)
        columns.append(column)
    return columns, result
