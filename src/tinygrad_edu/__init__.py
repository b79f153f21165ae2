"""Write arithmetic, get every derivative, see how it came about."""

from .draw import Drawing, between, draw
from .elementary import where
from .engine import Value, topological_order
from .explain import Explanation, explain
from .functions import dot, log_softmax, logsumexp, max, mean, min, prod, softmax, sum
from .number import DomainError
from .picture_svg import DrawingError
from .recording import no_grad
from .scalar import (
    arccos,
    arcsin,
    arctan,
    cos,
    cosh,
    exp,
    expm1,
    hypot,
    isclose,
    leaky_relu,
    log,
    log1p,
    log_sigmoid,
    maximum,
    minimum,
    relu,
    sigmoid,
    sin,
    sinh,
    softplus,
    sqrt,
    tan,
    tanh,
)

__version__ = "0.1.0"

__all__ = [
    "DomainError",
    "Drawing",
    "DrawingError",
    "Explanation",
    "Value",
    "arccos",
    "arcsin",
    "arctan",
    "between",
    "cos",
    "cosh",
    "dot",
    "draw",
    "exp",
    "explain",
    "expm1",
    "hypot",
    "isclose",
    "leaky_relu",
    "log",
    "log1p",
    "log_sigmoid",
    "log_softmax",
    "logsumexp",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "no_grad",
    "prod",
    "relu",
    "sigmoid",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "sum",
    "tan",
    "tanh",
    "topological_order",
    "where",
]
