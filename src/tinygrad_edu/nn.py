"""Networks: neurons in layers, layers in a perceptron, and the Module that knows their parameters.

Inputs and outputs are plain lists of Values and numbers. The signatures are micrograd's, so its programs run as
they are; activations and initialisation go by name.
"""

import typing
from collections.abc import Iterable
from typing import Any, TypeAlias, TypedDict, Unpack

from .engine import Value
from .functions import dot
from .functions import max as max_of
from .losses import mse_loss
from .mistakes.elsewhere import answering
from .networks.activations import ACTIVATIONS, TITLES, Activation, Maxout
from .networks.activations import activation as activation_of
from .networks.initialisation import Scheme, Source, scheme, source
from .networks.module import Module
from .networks.names import NN
from .networks.shapes import Inputs, inputs, one_example, single, size
from .networks.stack import ELU, GELU, Elementwise, LeakyReLU, Linear, ReLU, Sequential, Sigmoid, SiLU, Softplus, Tanh
from .numbers.number import shown
from .optim import SGD, AdaGrad, Adam, AdamW, RMSProp

__all__ = [
    "ACTIVATIONS",
    "ELU",
    "GELU",
    "MLP",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Elementwise",
    "Layer",
    "LeakyReLU",
    "Linear",
    "Maxout",
    "Module",
    "Neuron",
    "RMSProp",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Tanh",
    "mse_loss",
]

AnActivation: TypeAlias = str | Activation | Maxout


class Options(TypedDict, total=False):
    """What layers hand on to their neurons."""

    bias: bool
    init: str | Scheme


class Neuron(Module):
    """activation(w·x + b): a weighted sum of the inputs, plus a bias, through an activation function.

    `nonlin` is micrograd's choice between relu and linear; `activation` is a name (relu, leaky_relu, sigmoid,
    tanh, softplus, elu, silu, gelu, linear, maxout) or any function of one Value. Weights are drawn by `init` (see
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
        activation: AnActivation | None = None,
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
        self.activation: AnActivation = activation_of(activation)
        draw, rng = scheme(init), source(seed, rng)
        pieces = self.activation.pieces if isinstance(self.activation, Maxout) else 0

        def weights(name: str) -> list[Value]:
            return [Value(draw(rng, nin, 1), label=f"{label}{name}{i}") for i in range(1, nin + 1)]

        # maxout has a row of weights and a bias for each piece
        self.w: list[Any] = [weights(f"w{k}_") for k in range(1, pieces + 1)] if pieces else weights("w")
        self.b: Any = None
        if bias:
            biases = [Value(0.0, label=f"{label}b{k}") for k in range(1, pieces + 1)]
            self.b = biases if pieces else Value(0.0, label=f"{label}b")
        self._apply, self._known = self._function(), self.activation

    @property
    def nonlin(self) -> bool:
        """Whether the activation bends: micrograd's name for it. Set it to choose between relu and linear."""
        return bool(self.activation != "linear")

    @nonlin.setter
    def nonlin(self, bends: bool) -> None:
        if bends != self.nonlin:
            self.activation = "relu" if bends else "linear"

    def __call__(self, x: Inputs) -> Value:
        """activation(w·x + b)."""
        x, b = inputs(x, self.nin), self.b
        if self.activation is not self._known:
            self._apply, self._known = self._function(), self.activation
        y: Value
        if self._apply is None:
            y = max_of(dot(wk, x) + bk for wk, bk in zip(self.w, b or [0.0] * len(self.w), strict=True))
        else:
            try:
                z = dot(self.w, x)
            except TypeError as error:
                raise one_example(error, x) from None
            y = self._apply(z if b is None else z + b)
        return y

    def _function(self) -> Activation | None:
        """What is applied to the weighted sum; None for maxout. ValueError for what this neuron cannot have."""
        spec = activation_of(self.activation)
        if isinstance(spec, Maxout) != isinstance(self.w[0], list):
            raise ValueError(
                "a neuron is a maxout neuron or another from the start, as a maxout has weights for each piece: "
                "make a new one, as Neuron(2, activation='maxout')"
            )
        return None if isinstance(spec, Maxout) else ACTIVATIONS[spec] if isinstance(spec, str) else spec

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
        activation: AnActivation | None = None,
        bias: bool = True,
        init: str | Scheme = "uniform",
        seed: int | None = None,
        rng: Source | None = None,
        label: str = "",
    ) -> None:
        draw, rng = scheme(init), source(seed, rng)

        def draw_for_layer(rng: Source, nin: int, _nout: int) -> float:
            return draw(rng, nin, nout)

        self.neurons = [
            Neuron(nin, nonlin, activation=activation, bias=bias, init=draw_for_layer, rng=rng, label=f"{label}n{i}.")
            for i in range(1, size("neurons", nout) + 1)
        ]

    def activations(self, x: Inputs) -> list[Value]:
        """The outputs of the neurons, a list even if there is one."""
        x = inputs(x, self.neurons[0].nin)
        return [neuron(x) for neuron in self.neurons]

    def __call__(self, x: Inputs) -> Any:
        """The outputs of the neurons; of a single one, its output."""
        return single(self.activations(x))

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(str, self.neurons))}]"


class MLP(Module):
    """A multi-layer perceptron: `nin` inputs, then layers of the sizes in `nouts`, each fed by the one before.

    The hidden layers have the `activation` given (relu unless `nonlin` is False), the last is linear; a list gives one
    for each layer. The options are those of Neuron. The weights are labelled l1.n2.w3: layer 1, neuron 2, weight 3.

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
        *more: object,
        activation: AnActivation | Iterable[AnActivation] | None = None,
        nonlin: bool = True,
        seed: int | None = None,
        rng: Source | None = None,
        label: str = "",
        **options: Unpack[Options],
    ) -> None:
        if more:
            listed = ", ".join(map(shown, [*nouts, *more] if isinstance(nouts, Iterable) else [nouts, *more]))
            raise TypeError(f"MLP takes a list of layer sizes: write MLP({nin}, [{listed}])")
        if not isinstance(nouts, Iterable):
            raise TypeError(f"MLP takes a list of layer sizes, got {shown(nouts)}: write MLP({nin}, [{nouts}])")
        sizes = [nin, *nouts]
        if len(sizes) < 2:
            raise ValueError(f"MLP({nin}, []) has no layers: give the size of at least one, as in MLP({nin}, [1])")
        if activation is None:
            activation = "relu" if nonlin else "linear"
        elif not nonlin:
            raise ValueError(f"nonlin=False means activation='linear', but activation={activation!r} was given too")
        rng = source(seed, rng)
        self.layers = [
            Layer(before, after, activation=each, rng=rng, label=f"{label}l{i}.", **options)
            for i, (before, after, each) in enumerate(
                zip(sizes, sizes[1:], _per_layer(activation, len(sizes) - 1), strict=False), start=1
            )
        ]

    def __call__(self, x: Inputs) -> Any:
        """The outputs of the last layer; of a single neuron, its output."""
        for layer in self.layers:
            x = layer.activations(x)
        return single(list(x))

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"


def _per_layer(activation: AnActivation | Iterable[AnActivation], layers: int) -> list[AnActivation]:
    if isinstance(activation, (str, Maxout)) or not isinstance(activation, Iterable):
        return [activation_of(activation)] * (layers - 1) + ["linear"]
    listed = list(activation)
    if len(listed) != layers:
        raise ValueError(f"{len(listed)} activations for {layers} layers: give one for each, or one for all hidden")
    return listed


def _title(activation: AnActivation) -> str:
    if isinstance(activation, str):
        return TITLES.get(activation, activation.capitalize())
    return str(getattr(activation, "__name__", type(activation).__name__))


if not typing.TYPE_CHECKING:  # pragma: no branch - where types are checked, a name that is not there is an error
    __getattr__ = answering(__name__, NN)
