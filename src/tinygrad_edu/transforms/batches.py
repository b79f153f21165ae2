"""A function of one example, called for each of many: `vmap`."""

from collections.abc import Callable, Sequence
from typing import Any

from ..mistakes.options import A_FUNCTION, expect
from ..numbers.number import shown
from ..trees.records import fields, with_fields, with_items, with_keys
from ..trees.tree import LEAF, Numbers, is_array, is_number, returned
from .calls import Args, Function, Named
from .derived import Derived
from .traced import name_of

Axes = int | None | Sequence[int | None]


def vmap(f: Function, in_axes: Axes = 0) -> Function:
    """The function that calls `f` for each row of its arguments, and puts the results together.

    The rows of a list or array are its items. In a dict, a tuple or an object with fields, each part has rows, and a
    result of such a kind has a list or array of all results in each part. `in_axes` says for each argument whether it
    has rows (0) or is the same for all (None); keyword arguments are the same for all. Raises ValueError if the
    numbers of rows differ, or there are none.

    It is one call after the other, and no faster than a loop; inside `jit`, the loop is unrolled.

    >>> vmap(lambda x, y: x * y, in_axes=(0, None))([1.0, 2.0, 3.0], 10.0)
    [10.0, 20.0, 30.0]
    """
    expect("vmap", A_FUNCTION, f=f)
    for axis in in_axes if isinstance(in_axes, Sequence) else [in_axes]:
        if axis is not None and axis != 0:
            raise ValueError(f"vmap: in_axes={in_axes}: rows are along axis 0, and None is for what has no rows")
    return Derived("vmap", _for_each_row, f, in_axes)


def _for_each_row(f: Function, args: Args, named: Named, in_axes: Axes) -> object:
    axes = list(in_axes) if isinstance(in_axes, Sequence) else [in_axes] * len(args)
    if len(axes) != len(args):
        raise ValueError(f"vmap of {name_of(f)}: in_axes={in_axes} for {len(args)} arguments")
    mapped = tuple(arg for arg, axis in zip(args, axes, strict=True) if axis == 0)
    rows = _rows(f, mapped)
    if not rows:
        raise ValueError(f"vmap of {name_of(f)} needs an argument with rows, at least one")
    results = []
    for row in rows:
        each = iter(row)
        results.append(f(*[next(each) if axis == 0 else arg for arg, axis in zip(args, axes, strict=True)], **named))
    return _stacked(results, Numbers if _holds_array(mapped) else list)


def _rows(f: Function, tree: object) -> list[Any]:
    """What stands in each row of the tree; nothing if it has no rows, as a text."""
    if (opened := _opened(tree)) is None:
        if isinstance(tree, Sequence) and not isinstance(tree, str):
            return [*tree]
        if is_array(tree):
            return [*tree]
        if is_number(tree):
            raise TypeError(f"vmap of {name_of(f)}: {shown(tree)} has no rows; in_axes=None is for what all rows share")
        return []
    parts, rebuilt = opened
    columns = [_rows(f, part) for part in parts]
    counts = sorted({len(column) for column in columns if column})
    if len(counts) > 1:
        raise ValueError(f"vmap of {name_of(f)}: there are {' and '.join(map(str, counts))} rows, which must agree")
    columns = [column or [part] * (counts or [0])[0] for column, part in zip(columns, parts, strict=True)]
    return [rebuilt(row) for row in zip(*columns, strict=True)]


def _opened(tree: object) -> tuple[list[object], Callable[[Sequence[object]], object]] | None:
    """The parts of a dict, a tuple or an object with fields, and how to make another such; None for anything else."""
    kind = type(tree)
    if isinstance(tree, dict):
        factory = getattr(tree, "default_factory", None)
        return [*tree.values()], lambda parts: with_keys(kind, dict(zip(tree, parts, strict=True)), factory)
    if isinstance(tree, tuple):
        return [*tree], lambda parts: with_items(kind, parts)
    if (names := fields(tree)) is None:
        return None
    return [getattr(tree, name) for name in names], lambda parts: with_fields(
        kind, dict(zip(names, parts, strict=True))
    )


def _holds_array(tree: object) -> bool:
    opened = _opened(tree)
    return hasattr(tree, "tolist") if opened is None else any(map(_holds_array, opened[0]))


def _stacked(results: list[object], kind: type) -> object:
    """One tree of lists or arrays from a list of trees."""
    if (opened := _opened(results[0])) is None:
        return returned((kind, (LEAF,) * len(results)), results)
    columns = zip(*[(_opened(result) or opened)[0] for result in results], strict=True)
    return opened[1]([_stacked([*column], kind) for column in columns])
