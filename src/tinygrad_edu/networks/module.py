"""The Module: what has parameters finds them by itself, and hands their numbers out and takes them in."""

import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Self, TypeAlias, TypeGuard, TypeVar

from ..engine import Value
from ..mistakes.elsewhere import no_such
from ..mistakes.options import A_DICT, A_FINITE, expect
from ..numbers.number import Number, shown
from .names import MODULE
from .parameters import forget

T = TypeVar("T")
Array: TypeAlias = "Value | Sequence[Array]"  # a parameter, or nested lists of parameters
Numbers: TypeAlias = "Number | list[Numbers]"  # those in an array


class Module:
    """What has parameters: every leaf Value among its attributes, also in lists, tuples, dicts and other Modules.

    NumPy arrays of Values count as nested lists of them. A set of Values is a TypeError, for it has no order.
    A subclass sets attributes and defines `__call__` or, as in PyTorch, `forward`; nothing needs to be registered. An
    attribute whose name starts with an underscore is private: it is not searched. A parameter found twice counts once.
    `training` says what `train` and `eval` were told last; nothing here depends on it.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Value(1.0), Value(0.0)
    ...     def __call__(self, x):
    ...         return self.slope * x + self.offset
    >>> [name for name, _ in Line().named_parameters()]
    ['slope', 'offset']
    """

    __module__ = "tinygrad_edu.nn"
    training = True

    def __call__(self, *args: Any, **options: Any) -> Any:
        """What the module makes of an input: `forward`, unless the subclass says otherwise."""
        forward = getattr(self, "forward", None)
        if forward is None:
            name = type(self).__name__
            raise TypeError(f"{name} cannot be called: define __call__(self, x) or forward(self, x) in class {name}")
        return forward(*args, **options)

    if not typing.TYPE_CHECKING:  # pragma: no branch - where types are checked, a name that is not there is an error

        def __getattr__(self, name: str) -> object:
            raise no_such(type(self).__name__, name, MODULE)

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
        return [*dict.fromkeys(value for _, array in self._arrays() for value in _values(array))]

    def parameter_count(self) -> int:
        """How many numbers training can change.

        >>> from tinygrad_edu.nn import MLP
        >>> MLP(2, [16, 16, 1]).parameter_count()
        337
        """
        return len(self.parameters())

    def modules(self) -> Iterator["Module"]:
        """The module itself and all Modules in it, each once."""
        seen: dict[int, object] = {}
        stack: list[object] = [self]
        while stack:
            thing = _opened(stack.pop())
            if id(thing) not in seen:
                seen[id(thing)] = thing
                stack += reversed([part for _, part in _parts(thing)])
                if isinstance(thing, Module):
                    yield thing

    def train(self, mode: bool = True) -> Self:
        """Set `training` of this module and all in it, for a `forward` of your own that asks; returns the module."""
        for each in self.modules():
            each.training = mode
        return self

    def eval(self) -> Self:
        """`train(False)`."""
        return self.train(False)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, which `backward` would otherwise add to; with False, set those there are to 0."""
        forget(self.parameters(), set_to_none=set_to_none)

    def state_dict(self) -> dict[str, Any]:
        """The numbers of all parameters, by path, as numbers and nested lists of numbers.

        Raises ValueError if two parameters have one path, as those of a dict's keys 1 and "1".

        >>> from tinygrad_edu.nn import Neuron
        >>> Neuron(2, init="zeros").state_dict()
        {'w': [0.0, 0.0], 'b': 0.0}
        """
        return {path: _numbers(array) for path, array in self._by_path().items()}

    def load_state_dict(self, state: Mapping[str, object]) -> None:
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
        parts = (f"{name}={part!r}" for name, part in _parts(self) if name != "training")
        return f"{type(self).__name__}({', '.join(parts)})"

    def _by_path(self) -> dict[str, Array]:
        arrays: dict[str, Array] = {}
        for path, array in self._arrays():
            if path in arrays:
                raise ValueError(f"two parameters have the path {path!r}: change a key of a dict, as 1 beside '1'")
            arrays[path] = array
        return arrays

    def _arrays(self) -> Iterator[tuple[str, Array]]:
        """Each array of parameters (a Value, or a nested list of Values) with its path."""
        return _arrays_in("", self, {})


def _arrays_in(path: str, thing: object, seen: dict[int, object]) -> Iterator[tuple[str, Array]]:
    """`seen` has, by id, what has been searched. It keeps lists made on the way alive: a freed id can be reused."""
    thing = _opened(thing)
    if _is_array(thing):
        yield path, thing
        return
    if isinstance(thing, (set, frozenset)) and any(True for part in thing for _ in _arrays_in(path, part, seen)):
        raise TypeError(f"{path} is a set with parameters in it, and a set has no order to name them by: use a list")
    parts = _parts(thing)
    if parts and id(thing) not in seen:  # a module may know the one it is part of
        seen[id(thing)] = thing
        for name, part in parts:
            yield from _arrays_in(f"{path}.{name}" if path else str(name), part, seen)


def _parts(thing: object) -> list[tuple[object, object]]:
    """What is searched in a thing, with the names: public attributes of a Module, items of a list or dict."""
    if isinstance(thing, Module):
        return [(name, part) for name, part in vars(thing).items() if not name.startswith("_")]
    if isinstance(thing, dict):
        return list(thing.items())
    return list(enumerate(thing)) if isinstance(thing, (list, tuple)) else []


def _opened(thing: T) -> T:
    """A NumPy array of objects as the nested list of them, anything else as it is."""
    if isinstance(thing, Value | list):  # nearly all there is
        return thing
    is_array = getattr(getattr(thing, "dtype", None), "kind", "") == "O"
    return thing.tolist() if is_array else thing  # type: ignore[attr-defined]  # it counts as a list


def _is_array(thing: object) -> TypeGuard[Array]:
    """Whether it is a parameter (a Value that is not the result of an operation) or a nested list of parameters."""
    if isinstance(thing, Value):
        return not thing.op
    thing = _opened(thing)
    return isinstance(thing, list | tuple) and bool(thing) and all(map(_is_array, thing))


def _elements(path: str, array: Array) -> Iterator[tuple[str, Value]]:
    if isinstance(array, Value):
        yield path, array
    else:
        for i, part in enumerate(_opened(array)):
            yield from _elements(f"{path}[{i}]", part)


def _values(array: Array) -> list[Value]:
    return [array] if isinstance(array, Value) else [value for part in _opened(array) for value in _values(part)]


def _numbers(array: Array) -> Numbers:
    array = _opened(array)
    return array.data if isinstance(array, Value) else [_numbers(part) for part in array]


def _paired(path: str, array: Array, state: Any) -> Iterator[tuple[Value, Number]]:
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
