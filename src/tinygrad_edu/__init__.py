"""Write arithmetic, get every derivative, see how it came about.

The engine and its functions are loaded at once; pictures, explanations, networks and the rest when first used.
"""

import importlib
import typing

from .elementary import where
from .engine import Value, topological_order
from .functions import dot, log_softmax, logsumexp, max, mean, min, prod, softmax, sum
from .number import DomainError
from .recording import no_grad
from .scalar import (
    arccos,
    arcsin,
    arctan,
    arctan2,
    cos,
    cosh,
    erf,
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

if typing.TYPE_CHECKING:
    from . import datasets, losses, nn, optim, plot, recurrent, saving, schedules, training  # noqa: F401 - as tg.nn
    from .collector import paused_collector
    from .diagnosis import diagnose
    from .drawing import Drawing, between, draw
    from .dual import Dual
    from .explanation import Explanation, explain
    from .fitting import least_squares
    from .gradient_check import WrongGradientError, gradcheck
    from .modes import compare_modes
    from .picture_svg import DrawingError
    from .sources import record_sources
    from .staging.batch import mean_over, sum_over
    from .staging.jit import jit
    from .staging.step import StagedStep
    from .staging.symbol import StagingError
    from .training import History, fit
    from .transforms import derivative, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
    from .why import why_nan, why_zero

__version__ = "0.1.0"

__all__ = [
    "DomainError",
    "Drawing",
    "DrawingError",
    "Dual",
    "Explanation",
    "History",
    "StagedStep",
    "StagingError",
    "Value",
    "WrongGradientError",
    "arccos",
    "arcsin",
    "arctan",
    "arctan2",
    "between",
    "compare_modes",
    "cos",
    "cosh",
    "derivative",
    "diagnose",
    "dot",
    "draw",
    "erf",
    "exp",
    "explain",
    "expm1",
    "fit",
    "grad",
    "gradcheck",
    "hessian",
    "hvp",
    "hypot",
    "isclose",
    "jacobian",
    "jit",
    "jvp",
    "leaky_relu",
    "least_squares",
    "log",
    "log1p",
    "log_sigmoid",
    "log_softmax",
    "logsumexp",
    "max",
    "maximum",
    "mean",
    "mean_over",
    "min",
    "minimum",
    "no_grad",
    "paused_collector",
    "prod",
    "record_sources",
    "relu",
    "sigmoid",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "sum",
    "sum_over",
    "tan",
    "tanh",
    "topological_order",
    "value_and_grad",
    "vjp",
    "where",
    "why_nan",
    "why_zero",
]

_LATER = {  # public name: the module it is in
    "diagnose": "diagnosis",
    "Drawing": "drawing",
    "between": "drawing",
    "draw": "drawing",
    "Dual": "dual",
    "gradcheck": "gradient_check",
    "WrongGradientError": "gradient_check",
    "compare_modes": "modes",
    "least_squares": "fitting",
    "jit": "staging",
    "mean_over": "staging",
    "sum_over": "staging",
    "StagingError": "staging",
    "StagedStep": "staging.step",
    "paused_collector": "collector",
    "Explanation": "explanation",
    "explain": "explanation",
    "DrawingError": "picture_svg",
    "record_sources": "sources",
    "History": "training",
    "fit": "training",
    "derivative": "transforms",
    "grad": "transforms",
    "hessian": "transforms",
    "hvp": "transforms",
    "jacobian": "transforms",
    "jvp": "transforms",
    "value_and_grad": "transforms",
    "vjp": "transforms",
    "why_nan": "why",
    "why_zero": "why",
}
_MODULES = frozenset({"datasets", "losses", "nn", "optim", "plot", "recurrent", "saving", "schedules", "training"})


def __getattr__(name: str) -> typing.Any:
    """Load what is used for the first time."""
    if name in _MODULES:
        return importlib.import_module(f".{name}", __name__)
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = getattr(importlib.import_module(f".{_LATER[name]}", __name__), name)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_MODULES})
