"""Networks as a stack of parts, under PyTorch's names: Linear, Sequential, and activations as parts."""

import math
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from ..engine import Value
from ..functions import dot
from ..mistakes.options import A_FUNCTION, expect
from ..numbers.number import Number, shown
from .activations import Activation, Maxout, named
from .activations import activation as activation_of
from .initialisation import Scheme, Source, scheme, source
from .module import Module
from .shapes import inputs, one_example, single, size

Part: TypeAlias = Callable[[Any], object] | str


class Linear(Module):
    """W·x + b, a layer without activation: `weight` has a row for each output, `bias` a number.

    Weights are drawn by `init`, by default evenly within ±1/√in_features, as in PyTorch, from the `seed` or the
    generator `rng`; biases start at 0. Called with `in_features` numbers (or a single number for one), it returns the
    list of its `out_features` outputs; of one, the output itself.

    >>> layer = Linear(2, 3, seed=1)
    >>> layer, len(layer([1.0, -1.0])), layer.parameter_count()
    (Linear(2, 3), 3, 9)
    """

    __module__ = "tinygrad_edu.nn"

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        init: str | Scheme | None = None,
        seed: int | None = None,
        rng: Source | None = None,
    ) -> None:
        self.in_features, rows = size("inputs", in_features), range(size("outputs", out_features))
        draw, rng = scheme(_by_inputs if init is None else init), source(seed, rng)
        self.weight = [
            [Value(draw(rng, in_features, out_features), label=f"weight[{i}][{j}]") for j in range(in_features)]
            for i in rows
        ]
        self.bias = [Value(0.0, label=f"bias[{i}]") for i in rows] if bias else None

    def __call__(self, x: Iterable[Value | Number] | Value | Number) -> Any:
        """W·x + b."""
        given = [x] if self.in_features == 1 and not isinstance(x, Iterable) else x
        x = inputs(given, self.in_features)  # type: ignore[arg-type]
        try:
            sums = [dot(row, x) for row in self.weight]
        except TypeError as error:
            raise one_example(error, x) from None
        return single(sums if self.bias is None else [z + b for z, b in zip(sums, self.bias, strict=True)])

    def __repr__(self) -> str:
        return f"Linear({self.in_features}, {len(self.weight)}{'' if self.bias else ', bias=False'})"


def _by_inputs(source: Source, nin: int, _nout: int) -> float:
    limit = 1 / math.sqrt(nin)
    return source.uniform(-limit, limit)


class Elementwise(Module):
    """An activation as a part of its own: applied to a number, or to each number of a list.

    `activation` is a name or a function, as a Neuron takes it; the classes ReLU, Tanh, … have theirs.

    >>> Elementwise("relu")([-1.0, 2.0]), Tanh()(0.0)
    ([0.0, 2.0], 0.0)
    """

    __module__ = "tinygrad_edu.nn"
    activation: str | Activation = "linear"

    def __init__(self, activation: str | Activation | None = None) -> None:
        if activation is not None:
            self.activation = activation
        if isinstance(activation_of(self.activation), Maxout):
            raise ValueError("a maxout has weights of its own: use Layer(nin, nout, activation='maxout')")

    def __call__(self, x: Any) -> Any:
        """The function of each number."""
        f = named(self.activation) if isinstance(self.activation, str) else self.activation
        return [f(z) for z in x] if isinstance(x, Iterable) else f(x)

    def __repr__(self) -> str:
        name = type(self).__name__
        return f"{name}({self.activation!r})" if name == "Elementwise" else f"{name}()"


class ReLU(Elementwise):
    """max(0, x)."""

    activation = "relu"


class LeakyReLU(Elementwise):
    """x for x > 0, else 0.01·x."""

    activation = "leaky_relu"


class Sigmoid(Elementwise):
    """1 / (1 + e⁻ˣ)."""

    activation = "sigmoid"


class Tanh(Elementwise):
    """tanh x."""

    activation = "tanh"


class Softplus(Elementwise):
    """log(1 + eˣ)."""

    activation = "softplus"


class ELU(Elementwise):
    """x for x > 0, else eˣ - 1."""

    activation = "elu"


class SiLU(Elementwise):
    """x · sigmoid x."""

    activation = "silu"


class GELU(Elementwise):
    """x · Φ(x), with the normal distribution Φ."""

    activation = "gelu"


for _each in (ReLU, LeakyReLU, Sigmoid, Tanh, Softplus, ELU, SiLU, GELU):
    _each.__module__ = Elementwise.__module__


class Sequential(Module):
    """Parts one after another: each gets the list that the one before returned.

    A part is a Module, another function of a list, or the name of an activation. The result is a list; of one
    number, the number itself.

    >>> model = Sequential(Linear(2, 16, seed=1), ReLU(), Linear(16, 1, seed=2))
    >>> model
    Sequential(Linear(2, 16), ReLU(), Linear(16, 1))
    >>> model([1.0, -1.0]).backward()
    >>> model.parameter_count(), model[0]
    (65, Linear(2, 16))
    """

    __module__ = "tinygrad_edu.nn"

    def __init__(self, *parts: Part) -> None:
        if not parts or isinstance(parts[0], (list, tuple)):
            raise TypeError(f"Sequential takes its parts one by one, got {shown([*parts])}: write Sequential(a, b, c)")
        self.parts = [Elementwise(part) if isinstance(part, str) else part for part in parts]
        expect("Sequential", A_FUNCTION, **{f"part {i}": part for i, part in enumerate(self.parts)})

    def __call__(self, x: object) -> Any:
        """What the last part makes of what those before it make of x."""
        for part in self.parts:
            y = part(x)
            x = y if isinstance(y, Iterable) else [y]
        return single(list(x)) if isinstance(x, Iterable) else x

    def __getitem__(self, i: int) -> Any:
        return self.parts[i]

    def __len__(self) -> int:
        return len(self.parts)

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self.parts))})"
