"""Networks: neurons in layers, layers in a perceptron, and the Module that knows their parameters.

Inputs and outputs are plain lists of Values and numbers. The signatures are micrograd's, so its programs run as
they are; activations and initialisation go by name.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import scalar
from .engine import NOT_COMPUTED, Value
from .functions import dot
from .functions import max as max_of
from .initialisation import Scheme, Source, scheme, source
from .losses import mse_loss
from .number import shown
from .optim import SGD
from .options import A_DICT, A_WHOLE_NUMBER, expect

__all__ = ["ACTIVATIONS", "MLP", "SGD", "Layer", "Maxout", "Module", "Neuron", "mse_loss"]

Activation = Callable[[Any], Any]


# --- what all networks have in common --------------------------------------------------------------------------


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

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Each parameter with its path: `layers.0.neurons.1.w[2]`.

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
        if is_list or not _is_finite(state):
            raise ValueError(f"{path}: expected one finite number in the state, got {shown(state)}")
        yield array, state
        return
    if not is_list or len(state) != len(array):
        found = f"a list of {len(state)}" if is_list else shown(state)
        raise ValueError(f"{path}: a list of {len(array)} in the module, {found} in the state")
    for i, (part, number) in enumerate(zip(array, state, strict=True)):
        yield from _paired(f"{path}[{i}]", part, number)


def _is_finite(x: Any) -> bool:
    try:
        return not isinstance(x, bool) and math.isfinite(x)
    except (TypeError, OverflowError):  # no number; an int beyond the range of floats
        return False


def _some(names: Iterable[str]) -> str:
    listed = sorted(map(str, names))
    return ", ".join(listed[:3] + ["..."] * (len(listed) > 3)) or "none"


# --- activations -----------------------------------------------------------------------------------------------


def _linear(x: Any) -> Any:
    return x


ACTIVATIONS: dict[str, Activation] = {
    "relu": scalar.relu,
    "leaky_relu": scalar.leaky_relu,
    "sigmoid": scalar.sigmoid,
    "tanh": scalar.tanh,
    "softplus": scalar.softplus,
    "linear": _linear,
}
TITLES = {"relu": "ReLU", "leaky_relu": "LeakyReLU"}  # in a repr; the others are capitalised


@dataclass(frozen=True)
class Maxout:
    """The activation "maxout": the largest of several linear neurons (Goodfellow and others 2013).

    >>> Neuron(3, activation=Maxout(pieces=4)).parameter_count()
    16
    """

    pieces: int = 2

    def __post_init__(self) -> None:
        expect("Maxout", A_WHOLE_NUMBER, pieces=self.pieces)
        if self.pieces < 2:
            raise ValueError(f"maxout takes the largest of at least 2 pieces, got {self.pieces}")


def _activation(spec: Any) -> Any:
    """The name, function or Maxout as it is; ValueError or TypeError if it is none of these."""
    if spec == "maxout":
        return Maxout()
    if isinstance(spec, type) or not (callable(spec) or isinstance(spec, (str, Maxout))):
        raise TypeError(f"expected an activation's name or a function, got {shown(spec)}")
    if isinstance(spec, str) and spec not in ACTIVATIONS:
        raise ValueError(f"no activation is called {spec!r}; there are {', '.join(ACTIVATIONS)}, maxout")
    return spec


# --- neurons and layers ----------------------------------------------------------------------------------------


class Neuron(Module):
    """activation(w·x + b): a weighted sum of the inputs, plus a bias, through an activation function.

    `nonlin` is micrograd's choice between relu and linear; `activation` is a name (relu, leaky_relu, sigmoid,
    tanh, softplus, linear, maxout) or any function of one Value. Weights are drawn by `init` (see
    `initialisation.SCHEMES`) from the `seed` or the generator `rng`; the bias starts at 0. The weights are labelled
    w1, w2, … and the bias b, after `label`.

    Call it with a sequence of `nin` numbers or Values; ValueError if there are more or fewer, TypeError for a single
    number.

    >>> neuron = Neuron(2, activation="sigmoid")
    >>> neuron.w[0].data, neuron.w[1].data, neuron.b.data = 2.0, -3.0, -3.0
    >>> neuron([-1.0, -2.0]).data
    0.7310585786300049
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: str | Activation | Maxout | None = None,
        bias: bool = True,
        init: str | Scheme = "uniform",
        seed: int | None = None,
        rng: Source | None = None,
        label: str = "",
    ) -> None:
        if activation is None:
            activation = "relu" if nonlin else "linear"
        elif not nonlin:
            raise ValueError(f"nonlin=False means activation='linear', but activation={activation!r} was given too")
        self.nin = size("inputs", nin)
        self.activation = _activation(activation)
        draw, rng = scheme(init), source(seed, rng)
        pieces = self.activation.pieces if isinstance(self.activation, Maxout) else 0

        def weights(name: str) -> list[Value]:
            return [Value(draw(rng, nin, 1), label=f"{label}{name}{i}") for i in range(1, nin + 1)]

        # maxout has a row of weights and a bias for each piece
        self.w: Any = [weights(f"w{k}_") for k in range(1, pieces + 1)] if pieces else weights("w")
        self.b: Any = None
        if bias:
            biases = [Value(0.0, label=f"{label}b{k}") for k in range(1, pieces + 1)]
            self.b = biases if pieces else Value(0.0, label=f"{label}b")
        self._activate = ACTIVATIONS[self.activation] if isinstance(self.activation, str) else self.activation

    @property
    def nonlin(self) -> bool:
        """Whether the activation bends: micrograd's name for it."""
        return bool(self.activation != "linear")

    def __call__(self, x: Iterable[Any]) -> Any:
        """activation(w·x + b)."""
        x = inputs(x, self.nin)
        w, b = self.w, self.b
        if isinstance(self._activate, Maxout):
            biases = b or [0.0] * len(w)
            return max_of(dot(wk, x) + bk for wk, bk in zip(w, biases, strict=True))
        z = dot(w, x)
        return self._activate(z if b is None else z + b)

    def __repr__(self) -> str:
        return f"{_title(self.activation)}Neuron({self.nin})"


class Layer(Module):
    """`nout` neurons that look at the same `nin` inputs. The options are those of Neuron.

    Called, it returns the list of their outputs; of a single neuron, the output itself.

    >>> layer = Layer(3, 2, activation="tanh", seed=1)
    >>> layer
    Layer of [TanhNeuron(3), TanhNeuron(3)]
    >>> len(layer([1.0, 2.0, 3.0]))
    2
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        nonlin: bool = True,
        *,
        init: str | Scheme = "uniform",
        seed: int | None = None,
        rng: Source | None = None,
        label: str = "",
        **options: Any,
    ) -> None:
        draw, rng = scheme(init), source(seed, rng)

        def draw_for_layer(rng: Source, nin: int, _nout: int) -> float:
            return draw(rng, nin, nout)

        self.neurons = [
            Neuron(nin, nonlin, init=draw_for_layer, rng=rng, label=f"{label}n{i}.", **options)
            for i in range(1, size("neurons", nout) + 1)
        ]

    def activations(self, x: Iterable[Any]) -> list[Any]:
        """The outputs of the neurons, a list even if there is one."""
        x = inputs(x, self.neurons[0].nin)
        return [neuron(x) for neuron in self.neurons]

    def __call__(self, x: Iterable[Any]) -> Any:
        """The outputs of the neurons; of a single one, its output."""
        return single(self.activations(x))

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(str, self.neurons))}]"


class MLP(Module):
    """A multi-layer perceptron: `nin` inputs, then layers of the sizes in `nouts`, each fed by the one before.

    The hidden layers have the `activation` given, the last is linear; a list gives one for each layer. The options
    are those of Neuron. The weights are labelled l1.n2.w3: layer 1, neuron 2, weight 3.

    Called, it returns the list of the last layer's outputs; of a single one, the output itself. Raises ValueError
    if there are no layers or the number of inputs differs from `nin`.

    >>> model = MLP(3, [4, 1], seed=1)
    >>> model
    MLP of [Layer of [ReLUNeuron(3), ReLUNeuron(3), ReLUNeuron(3), ReLUNeuron(3)], Layer of [LinearNeuron(4)]]
    >>> output = model([2.0, 3.0, -1.0])
    >>> output.backward()
    """

    def __init__(
        self,
        nin: int,
        nouts: Iterable[int],
        *,
        activation: str | Activation | Maxout | Iterable[str | Activation | Maxout] = "relu",
        seed: int | None = None,
        rng: Source | None = None,
        label: str = "",
        **options: Any,
    ) -> None:
        if not isinstance(nouts, Iterable):
            raise TypeError(f"MLP takes a list of layer sizes, got {shown(nouts)}: write MLP({nin}, [{nouts}])")
        sizes = [nin, *nouts]
        if len(sizes) < 2:
            raise ValueError(f"MLP({nin}, []) has no layers: give the size of at least one, as in MLP({nin}, [1])")
        rng = source(seed, rng)
        self.layers = [
            Layer(before, after, activation=each, rng=rng, label=f"{label}l{i}.", **options)
            for i, (before, after, each) in enumerate(
                zip(sizes, sizes[1:], _per_layer(activation, len(sizes) - 1), strict=False), start=1
            )
        ]

    def __call__(self, x: Iterable[Any]) -> Any:
        """The outputs of the last layer; of a single neuron, its output."""
        for layer in self.layers:
            x = layer.activations(x)
        return single(list(x))

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"


def _per_layer(activation: Any, layers: int) -> list[Any]:
    if isinstance(activation, (str, Maxout)) or not isinstance(activation, Iterable):
        return [_activation(activation)] * (layers - 1) + ["linear"]
    listed = list(activation)
    if len(listed) != layers:
        raise ValueError(f"{len(listed)} activations for {layers} layers: give one for each, or one for all hidden")
    return listed


def _title(activation: Any) -> str:
    if isinstance(activation, str):
        return TITLES.get(activation, activation.capitalize())
    return str(getattr(activation, "__name__", type(activation).__name__))


# --- sequences in and out ---------------------------------------------------------------------------------------


def inputs(x: Iterable[Any], count: int, what: str = "inputs") -> list[Any]:
    """`x` as a list of `count` numbers; a generator is consumed once. ValueError and TypeError say what came instead.

    >>> inputs((1.0, 2.0), 3)
    Traceback (most recent call last):
        ...
    ValueError: got 2 inputs where 3 are expected
    """
    if type(x) is not list:
        if not isinstance(x, Iterable):
            raise TypeError(
                f"expected a sequence of {count} numbers, got {shown(x)}: a single number goes in a list, [x]"
            )
        x = list(x)
    if len(x) != count:
        raise ValueError(f"got {len(x)} {what} where {count} are expected")
    return x


def single(outputs: list[Any]) -> Any:
    """The list, or what is in it if that is one."""
    return outputs[0] if len(outputs) == 1 else outputs


def size(what: str, n: int) -> int:
    """`n` as a number of neurons or inputs: ValueError below 1, TypeError if it is no whole number."""
    expect("the size of a network", A_WHOLE_NUMBER, **{what: n})
    if n < 1:
        raise ValueError(f"the number of {what} must be at least 1, got {n}")
    return n
