"""The Module: what has parameters finds them by itself, and hands their numbers out and takes them in."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..core.number import shown
from ..core.options import A_DICT, A_FINITE, expect
from ..engine import NOT_COMPUTED, Value


class Module:
    """What has parameters: every leaf Value among its attributes, also in lists, tuples, dicts and other Modules.

    NumPy arrays of Values count as nested lists of them. A set of Values is a TypeError, for it has no order.
    A subclass sets attributes and has a `__call__`; nothing needs to be registered. An attribute whose name starts
    with an underscore is private: it is not searched. A parameter found twice counts once.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Value(1.0), Value(0.0)
    ...     def __call__(self, x):
    ...         return self.slope * x + self.offset
    >>> [name for name, _ in Line().named_parameters()]
    ['slope', 'offset']
    """

    __module__ = "tinygrad_edu.nn"

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Each parameter with its path: `layers.0.neurons.1.w[2]`.

        >>> from tinygrad_edu.nn import Layer
        >>> [name for name, _ in Layer(2, 1).named_parameters()]
        ['neurons.0.w[0]', 'neurons.0.w[1]', 'neurons.0.b']
        """
        seen: set[Value] = set()
        for path, array in self._arrays():
            for name, value in _elements(path, array):
                if value not in seen:
                    seen.add(value)
                    yield name, value

    def parameters(self) -> list[Value]:
        """The parameters, in the order of `named_parameters`."""
        return [value for _, value in self.named_parameters()]

    def parameter_count(self) -> int:
        """How many numbers training can change.

        >>> from tinygrad_edu.nn import MLP
        >>> MLP(2, [16, 16, 1]).parameter_count()
        337
        """
        return len(self.parameters())

    def zero_grad(self) -> None:
        """Forget the gradients of the parameters, which `backward` would otherwise add to."""
        for p in self.parameters():
            p.grad = NOT_COMPUTED

    def state_dict(self) -> dict[str, Any]:
        """The numbers of all parameters, by path, as numbers and nested lists of numbers.

        Raises ValueError if two parameters have one path, as those of a dict's keys 1 and "1".

        >>> from tinygrad_edu.nn import Neuron
        >>> Neuron(2, init="zeros").state_dict()
        {'w': [0.0, 0.0], 'b': 0.0}
        """
        return {path: _numbers(array) for path, array in self._by_path().items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over the numbers that a `state_dict` of the same structure holds.

        Raises ValueError, and changes nothing, if names or sizes differ or a number is not finite.
        """
        expect("load_state_dict", A_DICT, state=state)
        arrays = self._by_path()
        if arrays.keys() != state.keys():
            raise ValueError(
                "the names differ: "
                f"only in the module {_some(arrays.keys() - state.keys())}, "
                f"only in the state {_some(state.keys() - arrays.keys())}"
            )
        changes = [pair for path, array in arrays.items() for pair in _paired(path, array, state[path])]
        for value, number in changes:
            value.data = number

    def __repr__(self) -> str:
        parts = (f"{name}={part!r}" for name, part in vars(self).items() if not name.startswith("_"))
        return f"{type(self).__name__}({', '.join(parts)})"

    def _by_path(self) -> dict[str, Any]:
        arrays: dict[str, Any] = {}
        for path, array in self._arrays():
            if path in arrays:
                raise ValueError(f"two parameters have the path {path!r}: change a key of a dict, as 1 beside '1'")
            arrays[path] = array
        return arrays

    def _arrays(self) -> Iterator[tuple[str, Any]]:
        """Each array of parameters (a Value, or a nested list of Values) with its path."""
        return _arrays_in("", self, {})


def _arrays_in(path: str, thing: Any, seen: dict[int, Any]) -> Iterator[tuple[str, Any]]:
    """`seen` holds, by their ids, what has been searched: lists made on the way must live on to keep theirs."""
    thing = _opened(thing)
    if _is_array(thing):
        yield path, thing
        return
    if isinstance(thing, (set, frozenset)) and any(True for part in thing for _ in _arrays_in(path, part, seen)):
        raise TypeError(f"{path} is a set with parameters in it, and a set has no order to name them by: use a list")
    parts: Iterable[tuple[Any, Any]] = ()
    if isinstance(thing, Module):
        parts = [(name, part) for name, part in vars(thing).items() if not name.startswith("_")]
    elif isinstance(thing, (list, tuple)):
        parts = enumerate(thing)
    elif isinstance(thing, dict):
        parts = thing.items()
    if parts and id(thing) not in seen:  # a module may know the one it is part of
        seen[id(thing)] = thing
        for name, part in parts:
            yield from _arrays_in(f"{path}.{name}" if path else str(name), part, seen)


def _opened(thing: Any) -> Any:
    """A NumPy array of objects as the nested list of them, anything else as it is."""
    return thing.tolist() if getattr(getattr(thing, "dtype", None), "kind", "") == "O" else thing


def _is_array(thing: Any) -> bool:
    """Whether it is a parameter (a Value that is not the result of an operation) or a nested list of parameters."""
    thing = _opened(thing)
    if isinstance(thing, (list, tuple)):
        return bool(thing) and all(map(_is_array, thing))
    return isinstance(thing, Value) and not thing.op


def _elements(path: str, array: Any) -> Iterator[tuple[str, Value]]:
    array = _opened(array)
    if isinstance(array, Value):
        yield path, array
    else:
        for i, part in enumerate(array):
            yield from _elements(f"{path}[{i}]", part)


def _numbers(array: Any) -> Any:
    array = _opened(array)
    return array.data if isinstance(array, Value) else [_numbers(part) for part in array]


def _paired(path: str, array: Any, state: Any) -> Iterator[tuple[Value, Any]]:
    """Each Value of the array with its number in the state; ValueError where the two do not match."""
    array = _opened(array)
    is_list = isinstance(state, (list, tuple))
    if isinstance(array, Value):
        if is_list or not A_FINITE.fits(state):
            raise ValueError(f"{path}: expected one finite number in the state, got {shown(state)}")
        yield array, state
        return
    if not is_list or len(state) != len(array):
        found = f"a list of {len(state)}" if is_list else shown(state)
        raise ValueError(f"{path}: a list of {len(array)} in the module, {found} in the state")
    for i, (part, number) in enumerate(zip(array, state, strict=True)):
        yield from _paired(f"{path}[{i}]", part, number)


def _some(names: Iterable[str]) -> str:
    listed = sorted(map(str, names))
    return ", ".join(listed[:3] + ["..."] * (len(listed) > 3)) or "none"
