"""Write arithmetic, get every derivative, see how it came about.

The engine and its functions are loaded at once; pictures, explanations, networks and the rest when first used.
"""

import importlib
import typing

from .core.elementary import where
from .core.recording import no_grad
from .core.rules import custom_jvp, custom_vjp, operation, stop_gradient
from .engine import Value, topological_order
from .functions import dot, log_softmax, logsumexp, max, mean, min, prod, softmax, sum
from .mistakes import elsewhere as _elsewhere
from .numbers.number import DomainError
from .numbers.scalar import (
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctan2,
    arctanh,
    cbrt,
    ceil,
    cos,
    cosh,
    elu,
    erf,
    exp,
    exp2,
    expm1,
    floor,
    gelu,
    hypot,
    isclose,
    leaky_relu,
    log,
    log1p,
    log2,
    log10,
    log_sigmoid,
    maximum,
    minimum,
    relu,
    sigmoid,
    sign,
    silu,
    sin,
    sinh,
    softplus,
    sqrt,
    tan,
    tanh,
)

if typing.TYPE_CHECKING:
    from . import datasets, losses, nn, optim, plot, recurrent, saving, schedules, training  # noqa: F401 - as tg.nn
    from .checking import WrongGradientError, compare_modes, gradcheck
    from .core.collector import paused_collector
    from .diagnosis import diagnose, record_sources, why_nan, why_zero
    from .exercises import Quiz, quiz
    from .explanations import Explanation, explain
    from .explorables import Explorable, explore
    from .fitting import least_squares
    from .pictures import Drawing, DrawingError, between, draw
    from .scaling import Sweep, sweep, total
    from .staging import StagingError, fixed_point, fori_loop, jit, mean_over, scan, sum_over, while_loop
    from .steps import StagedStep
    from .training import History, fit
    from .transforms import (
        Dual,
        derivative,
        grad,
        hessian,
        hvp,
        jacfwd,
        jacobian,
        jacrev,
        jvp,
        value_and_grad,
        value_and_jacobian,
        vjp,
        vmap,
    )
    from .trees import tree_map

__version__ = "0.1.0"

__all__ = [
    "DomainError",
    "Drawing",
    "DrawingError",
    "Dual",
    "Explanation",
    "Explorable",
    "History",
    "Quiz",
    "StagedStep",
    "StagingError",
    "Sweep",
    "Value",
    "WrongGradientError",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "between",
    "cbrt",
    "ceil",
    "compare_modes",
    "cos",
    "cosh",
    "custom_jvp",
    "custom_vjp",
    "derivative",
    "diagnose",
    "dot",
    "draw",
    "elu",
    "erf",
    "exp",
    "exp2",
    "explain",
    "explore",
    "expm1",
    "fit",
    "fixed_point",
    "floor",
    "fori_loop",
    "gelu",
    "grad",
    "gradcheck",
    "hessian",
    "hvp",
    "hypot",
    "isclose",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jit",
    "jvp",
    "leaky_relu",
    "least_squares",
    "log",
    "log1p",
    "log2",
    "log10",
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
    "operation",
    "paused_collector",
    "prod",
    "quiz",
    "record_sources",
    "relu",
    "scan",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "stop_gradient",
    "sum",
    "sum_over",
    "sweep",
    "tan",
    "tanh",
    "topological_order",
    "total",
    "tree_map",
    "value_and_grad",
    "value_and_jacobian",
    "vjp",
    "vmap",
    "where",
    "while_loop",
    "why_nan",
    "why_zero",
]

_LATER = {  # public name: the wing it is in, or its module
    "diagnose": "diagnosis",
    "Drawing": "pictures",
    "between": "pictures",
    "draw": "pictures",
    "Dual": "transforms",
    "gradcheck": "checking",
    "WrongGradientError": "checking",
    "compare_modes": "checking",
    "least_squares": "fitting",
    "jit": "staging",
    "mean_over": "staging",
    "sum_over": "staging",
    "while_loop": "staging",
    "fori_loop": "staging",
    "scan": "staging",
    "fixed_point": "staging",
    "StagingError": "staging",
    "StagedStep": "steps",
    "Sweep": "scaling",
    "sweep": "scaling",
    "total": "scaling",
    "paused_collector": "core",
    "Explanation": "explanations",
    "explain": "explanations",
    "Explorable": "explorables",
    "Quiz": "exercises",
    "quiz": "exercises",
    "explore": "explorables",
    "DrawingError": "pictures",
    "record_sources": "diagnosis",
    "History": "training",
    "fit": "training",
    "derivative": "transforms",
    "grad": "transforms",
    "hessian": "transforms",
    "hvp": "transforms",
    "jacfwd": "transforms",
    "jacrev": "transforms",
    "tree_map": "trees",
    "value_and_jacobian": "transforms",
    "vmap": "transforms",
    "jacobian": "transforms",
    "jvp": "transforms",
    "value_and_grad": "transforms",
    "vjp": "transforms",
    "why_nan": "diagnosis",
    "why_zero": "diagnosis",
}
_MODULES = frozenset({"datasets", "losses", "nn", "optim", "plot", "recurrent", "saving", "schedules", "training"})


if not typing.TYPE_CHECKING:  # where types are checked, a name that does not exist is an error

    def __getattr__(name: str) -> object:
        """Load what is used for the first time."""
        if name in _MODULES:
            return importlib.import_module(f".{name}", __name__)
        if name not in _LATER:
            raise _elsewhere.no_such(f"module {__name__!r}", name, _elsewhere.OF_THE_PACKAGE)
        globals()[name] = getattr(importlib.import_module(f".{_LATER[name]}", __name__), name)
        return globals()[name]


def __dir__() -> list[str]:
    return sorted({*__all__, *_MODULES})
