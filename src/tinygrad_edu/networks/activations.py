"""Activations: functions by name, and the maxout."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from ..mistakes.options import A_WHOLE_NUMBER, expect
from ..numbers import scalar
from ..numbers.number import shown

T = TypeVar("T")
Activation: TypeAlias = Callable[[Any], Any]


def _linear(x: T) -> T:
    return x


ACTIVATIONS: dict[str, Activation] = {
    "relu": scalar.relu,
    "leaky_relu": scalar.leaky_relu,
    "sigmoid": scalar.sigmoid,
    "tanh": scalar.tanh,
    "softplus": scalar.softplus,
    "elu": scalar.elu,
    "silu": scalar.silu,
    "gelu": scalar.gelu,
    "linear": _linear,
}
TITLES = {
    "relu": "ReLU",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "silu": "SiLU",
    "gelu": "GELU",
}  # in a repr; the others are capitalised


@dataclass(frozen=True)
class Maxout:
    """The activation "maxout": the largest of several linear neurons (Goodfellow and others 2013).

    >>> from tinygrad_edu.nn import Neuron
    >>> Neuron(3, activation=Maxout(pieces=4)).parameter_count()
    16
    """

    __module__ = "tinygrad_edu.nn"

    pieces: int = 2

    def __post_init__(self) -> None:
        expect("Maxout", A_WHOLE_NUMBER, pieces=self.pieces)
        if self.pieces < 2:
            raise ValueError(f"maxout takes the largest of at least 2 pieces, got {self.pieces}")


def activation(spec: T) -> T | Maxout:
    """The name, function or Maxout as it is; ValueError or TypeError if it is none of these."""
    if spec == "maxout":
        return Maxout()
    if isinstance(spec, type) or not (callable(spec) or isinstance(spec, (str, Maxout))):
        raise TypeError(f"expected an activation's name or a function, got {shown(spec)}")
    if isinstance(spec, str):
        named(spec)
    return spec


def named(name: str) -> Activation:
    """The function of this name, other than maxout. ValueError for a name that is not in ACTIVATIONS."""
    if name not in ACTIVATIONS:
        raise ValueError(f"no activation is called {name!r}; there are {', '.join(ACTIVATIONS)}, maxout")
    return ACTIVATIONS[name]
