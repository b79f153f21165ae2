"""Trees of numbers: nested lists, tuples, dicts and dataclasses, and the flat list of their leaves.

A transform sees a function's arguments as one flat list of numbers and gives its results the arguments' shape. The
structure is what remains of a tree without its leaves; it is hashable, so that programs can be kept by structure.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, TypeGuard, TypeVar, cast

from ..numbers.number import Number, number, shown
from .records import fields, with_fields, with_items, with_keys

LEAF = "leaf"
DEEPEST = 200  # levels of a tree: more are a mistake, and too many for Python's recursion

Tree = TypeVar("Tree")


class Numbers(list[Any]):
    """What a NumPy array is read as: a list, but one that refuses arithmetic, which of lists means something else.

    `2 * x` of a list repeats it and `x + y` joins two, where those who gave an array expect sums of numbers.

    >>> Numbers([1.0, 2.0]) + Numbers([3.0, 4.0])
    Traceback (most recent call last):
        ...
    TypeError: + with [1.0, 2.0]: NumPy arrays are read as lists here; for arithmetic on whole arrays write ...
    """

    def __getitem__(self, place: Any) -> Any:
        part = super().__getitem__(place)
        return Numbers(part) if isinstance(place, slice) else part

    def copy(self) -> "Numbers":
        """Another with the same items."""
        return Numbers(self)

    @staticmethod
    def _refusing(operator: str) -> Any:
        def refuse(self: object, *others: object) -> object:
            if any(map(is_array, others)):
                return NotImplemented  # the array knows what to do: it reads this list as an array
            raise TypeError(
                f"{operator} with {shown(self)}: NumPy arrays are read as lists here; "
                "for arithmetic on whole arrays write np.array(x), which holds Values"
            )

        return refuse

    __add__ = __radd__ = __iadd__ = _refusing("+")
    __sub__ = __rsub__ = __neg__ = _refusing("-")
    __mul__ = __rmul__ = __imul__ = _refusing("*")
    __truediv__ = __rtruediv__ = _refusing("/")
    __pow__ = __rpow__ = _refusing("**")
    __matmul__ = __rmatmul__ = _refusing("@")


def flatten(tree: object, arrays: type = list) -> tuple[list[Any], Hashable]:
    """The leaves of a tree in order, and its structure.

    Lists, tuples, named tuples, dicts (in their order), instances of dataclasses and attrs classes, and None (no
    leaves) are branches; a NumPy array counts as the nested list of its items; everything else is a leaf. With
    `arrays`, arrays become branches of that kind instead: of Numbers, if the tree will be rebuilt for a function that
    may do arithmetic with it. Raises ValueError for a tree that contains itself, or nests deeper than 200 levels.

    >>> flatten({"w": [1.0, 2.0], "b": 3.0})[0]
    [1.0, 2.0, 3.0]
    """
    leaves: list[Any] = []
    return leaves, _structure(tree, leaves, arrays, DEEPEST)


def _structure(tree: Any, leaves: list[Any], arrays: type, depth: int) -> Hashable:
    kind = type(tree)
    if kind is not float:
        if tree is None:
            return None
        if depth == 0:
            raise ValueError(f"a {kind.__name__} nests deeper than {DEEPEST} levels, or contains itself")
        depth -= 1
        if kind is list or isinstance(tree, (list, tuple)):
            inner = tuple([_structure(branch, leaves, arrays, depth) for branch in tree])
            return arrays if kind is Numbers else kind, inner
        if isinstance(tree, dict):
            inner = tuple([_structure(branch, leaves, arrays, depth) for branch in tree.values()])
            factory = (tree.default_factory,) if isinstance(tree, defaultdict) else ()
            return kind, tuple(tree), *factory, inner
        if is_array(tree):
            return _structure(_nested(tree.tolist(), len(tree.shape)), leaves, arrays, depth)
        if (names := fields(tree)) is not None:
            return kind, names, tuple([_structure(getattr(tree, name), leaves, arrays, depth) for name in names])
    leaves.append(tree)
    return LEAF


class Array(Protocol):
    """What counts as an array, of NumPy's or another library."""

    @property
    def shape(self) -> tuple[int, ...]:
        """How many items there are along each axis."""

    def tolist(self) -> list[Any]:
        """The items, as nested lists."""

    def __iter__(self) -> Iterator[object]: ...


def is_array(tree: object) -> TypeGuard[Array]:
    """Whether it is a NumPy array of at least one dimension, or one of another library."""
    return bool(getattr(tree, "shape", ())) and hasattr(tree, "tolist")


def _nested(items: Sequence[Any], dimensions: int) -> Numbers:
    """The items of an array of that many dimensions, of which only the last may hold lists."""
    return Numbers(items if dimensions == 1 else [_nested(row, dimensions - 1) for row in items])


def numbers_of(tree: object) -> tuple[list[Number], Hashable]:
    """The numbers in a tree, and its structure, which keeps all the rest: texts, flags, functions. Arrays are Numbers.

    Of a tree without any number, everything is a leaf.

    >>> numbers_of({"w": 1.0, "name": "slope"})[0]
    [1.0]
    """
    leaves, structure = flatten(tree, Numbers)
    fit = [is_number(leaf) for leaf in leaves]
    if all(fit) or not any(fit):
        return leaves, structure
    kept = iter([LEAF if fits else Kept(leaf) for leaf, fits in zip(leaves, fit, strict=True)])
    return [leaf for leaf, fits in zip(leaves, fit, strict=True) if fits], _with_kept(structure, kept)


class Kept(NamedTuple):
    """In a structure: what is no number, and stays as it is."""

    thing: object


def _with_kept(structure: Any, kept: Iterator[Hashable]) -> Hashable:
    """The structure with these in the places of its leaves."""
    if structure == LEAF:
        return next(kept)
    if structure is None:
        return None
    *kind, branches = structure
    return *kind, tuple([_with_kept(branch, kept) for branch in branches])


def bare(structure: Any) -> Hashable:
    """The structure with None in the place of all that is no number."""
    if structure == LEAF or structure is None:
        return cast(Hashable, structure)
    if type(structure) is Kept:
        return None
    *kind, branches = structure
    return *kind, tuple(map(bare, branches))


def is_number(leaf: object) -> bool:
    """Whether it is a number. A complex number counts as one here: it is refused later, with the reason.

    >>> is_number(1), is_number(True), is_number("1")
    (True, False, False)
    """
    if type(leaf) is float or isinstance(leaf, complex):
        return True
    try:
        number(leaf)
    except TypeError:
        return False
    return True


def unflatten(structure: Hashable, leaves: Iterable[Any]) -> Any:
    """The tree of this structure with these leaves, in order: the inverse of `flatten`. It runs no code of users'.

    >>> leaves, structure = flatten({"w": [1.0, 2.0], "b": 3.0})
    >>> unflatten(structure, [10 * x for x in leaves])
    {'w': [10.0, 20.0], 'b': 30.0}
    """
    return _tree(structure, iter(leaves), Numbers)


def returned(structure: Hashable, leaves: Iterable[Any]) -> Any:
    """The same as users get it back: a NumPy array where there was one."""
    return _tree(structure, iter(leaves), _array)


def arrays_made(structure: Any) -> Callable[[Any], Any] | None:
    """What puts arrays into a tree of this structure that has lists in their places; None if it has no arrays."""
    if structure == LEAF or structure is None or type(structure) is Kept:
        return None
    kind, *_, branches = structure
    makers = [arrays_made(branch) for branch in branches]
    if not any(makers):
        return _array if kind is Numbers else None
    if kind not in {list, tuple, Numbers}:
        return lambda tree: returned(structure, numbers_of(tree)[0])
    made = _array if kind is Numbers else kind
    return lambda items: made([x if make is None else make(x) for make, x in zip(makers, items, strict=True)])


def _array(items: list[object]) -> object:
    """An array, if NumPy is loaded; otherwise the one that was given is of another library."""
    numpy = sys.modules.get("numpy")
    return Numbers(items) if numpy is None else numpy.array(items)


def _tree(structure: Any, leaves: Iterator[Any], arrays: Callable[[list[Any]], Any]) -> Any:
    if structure == LEAF:
        return next(leaves)
    if structure is None:
        return None
    if type(structure) is Kept:
        return structure.thing
    kind, *names, branches = structure
    values = [next(leaves) if branch == LEAF else _tree(branch, leaves, arrays) for branch in branches]
    if kind is list:
        return values
    if kind is Numbers:
        return arrays(values)
    if not names:
        return with_items(kind, values)
    named = dict(zip(names[0], values, strict=True))
    if kind is dict:
        return named
    return with_keys(kind, named, *names[1:]) if issubclass(kind, dict) else with_fields(kind, named)


def map_leaves(function: Callable[[Any], Any], tree: object) -> Any:
    """The tree with `function` applied to each leaf, whether a number or not.

    >>> map_leaves(abs, [1.0, (-2.0, -3.0)])
    [1.0, (2.0, 3.0)]
    """
    leaves, structure = flatten(tree, Numbers)
    return unflatten(structure, [function(leaf) for leaf in leaves])


def tree_map(f: Callable[..., Any], tree: Tree, *others: object) -> Tree:
    """The tree with `f` applied to each number in it, together with the numbers at that place in the other trees.

    The others must have the shape of the first; ValueError says where they do not. What is no number stays as it is in
    the first. An array comes back as an array.

    >>> tree_map(lambda w, slope: w - 0.5 * slope, {"w": [1.0, 2.0], "b": 3.0}, {"w": [2.0, 0.0], "b": -2.0})
    {'w': [0.0, 2.0], 'b': 4.0}
    """
    leaves, structure = numbers_of(tree)
    columns = [leaves_like(structure, other, f"tree {i}") for i, other in enumerate(others, 2)]
    result: Tree = returned(structure, [f(*xs) for xs in zip(leaves, *columns, strict=True)])
    return result


# --- a second tree of the same shape ---------------------------------------------------------------------------


def leaves_like(structure: Hashable, tree: Any, what: str) -> list[Any]:
    """The leaves of `tree` in the order of `structure`, which it must have: dicts go by key, lists match tuples.

    Raises ValueError with `what` and the place where the two differ.

    >>> _, structure = flatten({"w": [1.0, 2.0], "b": 3.0})
    >>> leaves_like(structure, {"b": 30.0, "w": (10.0, 20.0)}, "tangents")
    [10.0, 20.0, 30.0]
    >>> leaves_like(structure, {"b": 30.0, "w": [10.0]}, "tangents")
    Traceback (most recent call last):
        ...
    ValueError: tangents['w'] is a list of 1, where a list of 2 belongs
    """
    leaves: list[Any] = []
    _collect(structure, tree, what, leaves)
    return leaves


def _collect(structure: Any, tree: Any, path: str, leaves: list[Any]) -> None:
    if type(structure) is Kept:
        return
    if structure == LEAF:
        if flatten(tree)[1] != LEAF:
            raise ValueError(f"{path} is {_described(tree)}, where one number belongs")
        leaves.append(tree)
        return
    branches = _branches(structure, tree.tolist() if is_array(tree) else tree)
    if branches is None:
        raise ValueError(f"{path} is {_described(tree)}, where {_wanted(structure)} belongs")
    for (place, branch), inner in zip(branches, structure[-1] if structure else (), strict=True):
        _collect(inner, branch, path + place, leaves)


def _branches(structure: Any, tree: Any) -> Sequence[tuple[str, Any]] | None:
    """What of `tree` stands at each branch of the structure, with how one gets there; None if they do not match."""
    if structure is None:
        return () if tree is None else None
    kind, *names, inner = structure
    if not names:
        fits = isinstance(tree, (list, tuple)) and len(tree) == len(inner)
        return [(f"[{i}]", branch) for i, branch in enumerate(tree)] if fits else None
    if issubclass(kind, dict):
        fits = isinstance(tree, dict) and set(tree) == set(names[0])
        return [(f"[{key!r}]", tree[key]) for key in names[0]] if fits else None
    fits = isinstance(tree, kind) and all(hasattr(tree, name) for name in names[0])
    return [(f".{name}", getattr(tree, name)) for name in names[0]] if fits else None


def _described(tree: object) -> str:
    _, structure = flatten(tree)
    return f"the number {shown(tree)}" if structure == LEAF else _wanted(structure)


def _wanted(structure: Any) -> str:
    """The outermost layer of a structure in words."""
    if structure is None:
        return "None"
    kind, *names, branches = structure
    if names and issubclass(kind, dict):
        return f"a dict of {', '.join(map(repr, names[0])) or 'nothing'}"
    kind = list if kind is Numbers else kind
    name = f"{'an' if kind.__name__[0] in 'AEIOU' else 'a'} {kind.__name__}"
    return name if names else f"{name} of {len(branches)}"


# --- names for the leaves --------------------------------------------------------------------------------------


def leaf_names(structure: Hashable, root: str) -> list[str]:
    """How one gets to each leaf, in order, written as Python does.

    >>> leaf_names(flatten({"w": [1.0, 2.0], "b": 3.0})[1], "p")
    ["p['w'][0]", "p['w'][1]", "p['b']"]
    """
    found: list[str] = []
    _name_leaves(structure, root, found)
    return found


def _name_leaves(structure: Any, path: str, found: list[str]) -> None:
    if structure == LEAF:
        found.append(path)
    elif structure is not None and type(structure) is not Kept:
        kind, *names, branches = structure
        keys = names[0] if names else range(len(branches))
        is_record = bool(names) and not issubclass(kind, dict)
        for key, branch in zip(keys, branches, strict=True):
            _name_leaves(branch, f"{path}.{key}" if is_record else f"{path}[{key!r}]", found)
