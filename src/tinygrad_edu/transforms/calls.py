"""How a transform calls the function it was given: which arguments it differentiates by, and what goes wrong then."""

import contextlib
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias, cast

from ..engine import Value
from ..mistakes.options import A_FUNCTION, A_LIST, PLACES, expect
from ..numbers.number import Number
from ..numbers.signatures import TAKES_ONE
from ..trees.tree import LEAF, flatten, leaves_like, numbers_of, returned, unflatten
from .dual import ZERO, Dual
from .level import deeper
from .traced import is_zero, lifted, lowered, lowered_tree, name_of, outside, pair, results, seeds, zero

Function: TypeAlias = Callable[..., Any]
Argnums: TypeAlias = int | Sequence[int]
Args: TypeAlias = tuple[object, ...]
Named: TypeAlias = dict[str, object]

A_TUPLE = A_LIST._replace(words="a tuple", way_out="the arguments go in a tuple, (x,), and their tangents alike, (v,)")


def check(transform: str, f: Function, argnums: Argnums = 0) -> None:
    """TypeError unless `f` is a function and `argnums` are places of arguments."""
    expect(transform, A_FUNCTION, f=f)
    expect(transform, PLACES, argnums=argnums)


@contextlib.contextmanager
def called(transform: str, f: Function, count: int, way_out: str) -> Iterator[None]:
    """TypeError with the way out, where the reason for one is that `f` does not take that many arguments."""
    try:
        yield
    except TypeError as error:
        if _takes(f, count):
            raise
        given = f"{count} argument{'' if count == 1 else 's'}"
        raise TypeError(f"{transform} calls {name_of(f)} with {given}, which it does not take: {way_out}") from error


def _takes(f: Function, count: int) -> bool:
    if count != 1 and getattr(f, TAKES_ONE, False):
        return False
    try:
        inspect.signature(f).bind(*range(count))
    except TypeError:
        return False
    except ValueError:  # it does not tell its parameters
        return True
    return True


def chosen(f: Function, args: Args, argnums: Argnums) -> tuple[object, Callable[[Any], Sequence[object]]]:
    """The arguments to differentiate by, and how to put others in their places."""
    if isinstance(argnums, int) and -len(args) <= argnums < len(args):
        before, after = args[:argnums], args[argnums:][1:]
        return args[argnums], lambda other: (*before, other, *after)
    places = [argnums] if isinstance(argnums, int) else list(argnums)
    used = [n + len(args) if n < 0 else n for n in places]
    if not set(used) <= set(range(len(args))) or len(set(used)) < len(used):
        raise ValueError(
            f"argnums={argnums} of {name_of(f)}, called with {len(args)} positional arguments: name places of those, "
            "each once; keyword arguments are constants"
        )

    def rebuild(others: Sequence[object]) -> Sequence[object]:
        placed = dict(zip(used, others, strict=True))
        return [placed.get(i, arg) for i, arg in enumerate(args)]

    return tuple(args[n] for n in used), rebuild


def one_number(transform: str, f: Function, result: object) -> Number | Value:
    """The result of `f`, which must be one number."""
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
    only: Number | Value = results(f, leaves)[0]
    return only


def forward(
    f: Function, primals: Sequence[object], tangents: Sequence[object], *, has_aux: bool = False
) -> tuple[Any, Any, Any]:
    """One pass of forward mode: the result of `f`, its rate of change, and what it hands on besides."""
    points, structure = numbers_of(tuple(primals))
    directions = leaves_like(structure, tuple(tangents), "tangents")
    with deeper(Dual) as Node:
        variables = lifted(f, points, Node)
        for x, tangent in zip(variables, seeds(forward, directions), strict=True):
            x.tangent = ZERO if is_zero(tangent) else cast(Number, tangent)
        result, aux = pair(f, f(*unflatten(structure, variables)), has_aux=has_aux)
        leaves, shape = numbers_of(result)
        ys = results(f, leaves)
    values = outside([lowered(y, Node) for y in ys])
    rates = [y.tangent if type(y) is Node else ZERO for y in ys]
    rates = outside([zero(y) if rate is ZERO else rate for y, rate in zip(values, rates, strict=True)])
    return returned(shape, values), returned(shape, rates), lowered_tree(aux, Node)
