"""What the kit knows of each operation: how it is spelt elsewhere, points to try, and slips that are often made."""

import math
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from ..core import scalar
from ..core.elementary import where
from ..core.number import Number
from .programs import OPERATORS, Expression, Rules

Point: TypeAlias = tuple[float, ...]
Slip: TypeAlias = tuple[str, Callable[[float], float]]  # words, and the slope it gives
x, y = Expression("x"), Expression("y")


class Known(NamedTuple):
    """An operation of one number: our own form of it, other names, points where all forms are smooth."""

    reference: Callable[[Number], Number]
    names: tuple[str, ...] = ()
    points: tuple[float, ...] = (0.5, -1.25, 2.0)
    slips: tuple[Slip, ...] = ()
    others: tuple[
        Callable[[Number], Number], ...
    ] = ()  # also right under this name, as log for the logarithm to base 10
    extreme: tuple[float, ...] = ()  # where a direct formula overflows, though the result is an ordinary number


def _leaky(slope: float) -> Callable[[Number], Number]:
    return lambda x: scalar.leaky_relu(x, slope=slope)


def _elu(scale: float) -> Callable[[Number], Number]:
    return lambda x: where(x > 0, x, lambda: scale * scalar.expm1(x))


def _gelu(x: Number) -> Number:
    return 0.5 * x * (1 + scalar.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


OF_OUTPUT = "uses the input in the slope where the output belongs"
POSITIVE = (0.5, 2.0, 3.5)
WITHIN_1 = (0.5, -0.25, 0.75)
FUNCTIONS: dict[str, Known] = {
    "exp": Known(scalar.exp, slips=((OF_OUTPUT, lambda x: x), ("uses x·exp(x - 1), the rule for powers", lambda x: x * math.exp(x - 1)))),
    "log": Known(
        scalar.log,
        ("ln", "log_e", "natural_log"),
        POSITIVE,
        slips=(("divides by the output instead of the input", lambda x: 1 / math.log(x) if x != 1 else math.inf), ("multiplies by x instead of dividing by it", lambda x: x)),
        others=(lambda x: scalar.log(x) / math.log(10), lambda x: scalar.log(x) / math.log(2), scalar.log1p),
    ),
    "log10": Known(lambda x: scalar.log(x) / math.log(10), points=POSITIVE, slips=(("forgets the factor 1/ln 10", lambda x: 1 / x),)),
    "log2": Known(lambda x: scalar.log(x) / math.log(2), points=POSITIVE, slips=(("forgets the factor 1/ln 2", lambda x: 1 / x),)),
    "sqrt": Known(scalar.sqrt, ("square_root",), POSITIVE, slips=(("forgets the factor ½", lambda x: 1 / math.sqrt(x)), ("divides by x instead of its root", lambda x: 0.5 / x), ("multiplies by the root instead of dividing", lambda x: 0.5 * math.sqrt(x)))),
    "sin": Known(scalar.sin, ("sine",), slips=(("has the sine for its own slope", math.sin), ("has the sign of the cosine's slope", lambda x: -math.cos(x)))),
    "cos": Known(scalar.cos, ("cosine",), slips=(("forgets the minus of -sin x", math.sin), ("has the cosine for its own slope", math.cos))),
    "tan": Known(scalar.tan, points=(0.5, -1.0, 0.25), slips=(("uses 1 - tan², the slope of tanh", lambda x: 1 - math.tan(x) ** 2), ("uses cos² instead of 1/cos²", lambda x: math.cos(x) ** 2), ("uses 1/cos instead of 1/cos²", lambda x: 1 / math.cos(x)))),
    "arcsin": Known(scalar.arcsin, ("asin",), WITHIN_1, slips=(("has the sign of arccos' slope", lambda x: -1 / math.sqrt(1 - x * x)),)),
    "arccos": Known(scalar.arccos, ("acos",), WITHIN_1, slips=(("forgets the minus", lambda x: 1 / math.sqrt(1 - x * x)),)),
    "arctan": Known(scalar.arctan, ("atan",)),
    "sinh": Known(scalar.sinh, slips=(("has the minus of cos' slope", lambda x: -math.cosh(x)),)),
    "cosh": Known(scalar.cosh, slips=(("has the minus of cos' slope; cosh' is +sinh", lambda x: -math.sinh(x)),)),
    "tanh": Known(
        scalar.tanh,
        ("Tanh",),
        slips=((OF_OUTPUT + ": 1 - x² instead of 1 - t²", lambda x: 1 - x * x), ("forgets the square: 1 - t instead of 1 - t²", lambda x: 1 - math.tanh(x)), ("uses the sigmoid's slope t(1 - t)", lambda x: math.tanh(x) * (1 - math.tanh(x))), ("has the sign turned", lambda x: math.tanh(x) ** 2 - 1)),
        extreme=(1000.0, -1000.0),
    ),
    "sigmoid": Known(
        scalar.sigmoid,
        ("sig", "logistic", "Sigmoid", "sigm"),
        slips=((OF_OUTPUT + ": x(1 - x) instead of s(1 - s)", lambda x: x * (1 - x)), ("uses tanh's slope 1 - s²", lambda x: 1 - _sigmoid(x) ** 2)),
        extreme=(1000.0, -1000.0),
    ),
    "relu": Known(scalar.relu, ("ReLU", "Relu", "ReLu", "rectify"), slips=(("lets the gradient through where the input is negative", lambda x: 1.0), ("uses the output as the slope", lambda x: max(x, 0.0)))),
    "leaky_relu": Known(scalar.leaky_relu, ("leakyrelu", "LeakyReLU", "lrelu", "leakyReLU", "LeakyRelu"), others=tuple(map(_leaky, (0.1, 0.2, 0.001, 0.05, 0.3, 0.25)))),
    "softplus": Known(scalar.softplus, ("Softplus", "softPlus"), slips=(("has itself for its slope", lambda x: math.log1p(math.exp(x))),), extreme=(1000.0, -1000.0)),
    "log_sigmoid": Known(scalar.log_sigmoid, ("logsigmoid", "LogSigmoid"), extreme=(1000.0, -1000.0)),
    "elu": Known(_elu(1.0), ("ELU", "Elu"), others=(_elu(0.1), _elu(0.01), _elu(0.5), _elu(1.6732632423543772))),
    "silu": Known(lambda x: x * scalar.sigmoid(x), ("swish", "SiLU", "Swish"), extreme=(1000.0, -1000.0)),
    "gelu": Known(_gelu, ("GELU", "Gelu"), others=(lambda x: 0.5 * x * (1 + scalar.erf(x / math.sqrt(2))), lambda x: x * scalar.sigmoid(1.702 * x))),
    "square": Known(lambda x: x * x, ("sqr", "squared", "pow2"), slips=(("forgets the factor 2", lambda x: x),)),
    "reciprocal": Known(lambda x: 1 / x, ("inv", "inverse", "recip"), points=POSITIVE, slips=(("forgets the minus of -1/x²", lambda x: 1 / (x * x)),)),
    "erf": Known(scalar.erf),
    "log1p": Known(scalar.log1p, points=POSITIVE),
    "expm1": Known(scalar.expm1),
}  # fmt: skip

# Operators, written as every engine writes them; names for those that have them as functions or methods.
SPELLINGS = {
    "+": ("add", "plus", "Add"),
    "-": ("sub", "subtract", "minus", "Sub"),
    "*": ("mul", "multiply", "times", "Mul", "Multiply"),
    "/": ("div", "divide", "truediv", "Div"),
    "**": ("pow", "power", "Pow"),
    "neg": ("neg", "negate", "negative", "Neg"),
    "abs": ("abs", "absolute", "Abs"),
}


class Form(NamedTuple):
    """One way to write an operation, with points to try it at, and slips of the result as a number."""

    expression: Expression
    points: tuple[Point, ...]
    topic: str
    slips: tuple[tuple[str, Callable[..., float]], ...] = ()
    method: str = ""  # of the class, where a mistake probably is


PAIRS = ((2.0, 3.0), (-1.5, 0.5), (0.5, -4.0))
ONE = ((3.0,), (-0.5,), (2.0,))
ABOVE_0 = ((2.0,), (0.5,), (3.0,))
SWAPPED = "the operands are swapped"
FORMS = (
    Form(x * y, PAIRS, "arithmetic", method="__mul__"),
    Form(x + y, PAIRS, "arithmetic", method="__add__"),
    Form(x - y, PAIRS, "arithmetic", ((SWAPPED, lambda x, y: y - x), ("it adds", lambda x, y: x + y)), "__sub__"),
    Form(x / y, PAIRS, "arithmetic", ((SWAPPED, lambda x, y: y / x), ("it divides as whole numbers", lambda x, y: x // y)), "__truediv__"),
    Form(-x, ONE, "arithmetic", method="__neg__"),
    Form(x + 3, ONE, "numbers", method="__add__"),
    Form(x * 3, ONE, "numbers", method="__mul__"),
    Form(x - 5, ONE, "numbers", ((SWAPPED, lambda x: 5 - x),), "__sub__"),
    Form(x / 4, ONE, "numbers", ((SWAPPED, lambda x: 4 / x),), "__truediv__"),
    Form(3 + x, ONE, "numbers", method="__radd__"),
    Form(3 * x, ONE, "numbers", method="__rmul__"),
    Form(5 - x, ONE, "numbers", (("5 - x is computed as x - 5: the operands are swapped", lambda x: x - 5), ("5 - x is computed as 5 + x", lambda x: 5 + x)), "__rsub__"),
    Form(2 / x, ONE, "numbers", (("2 / x is computed as x / 2: the operands are swapped", lambda x: x / 2),), "__rtruediv__"),
    Form(Expression("sum", x, y), PAIRS, "numbers", method="__radd__"),
    Form(x**2, ONE, "powers", method="__pow__"),
    Form(x**3, ONE, "powers", method="__pow__"),
    Form(x**-1, ONE, "powers", method="__pow__"),
    Form(x**0.5, ABOVE_0, "powers", method="__pow__"),
    Form(x**1, ONE, "powers", method="__pow__"),
    Form(x**y, ((2.0, 3.0), (0.5, -1.5), (3.0, 0.5)), "powers", ((SWAPPED, lambda x, y: y**x),), "__pow__"),
    Form(2**x, ONE, "powers", (("2 ** x is computed as x ** 2: the operands are swapped", lambda x: x**2),), "__rpow__"),
    Form(abs(x), ONE, "functions", method="__abs__"),
)  # fmt: skip

RULES: Rules = OPERATORS | {name: known.reference for name, known in FUNCTIONS.items()}

# What a scalar engine usually has: listed as missing where it has not.
USUAL = ("exp", "log", "tanh", "sigmoid", "relu", "sin", "cos", "sqrt")

# Where to read on, by topic: pages of the documentation.
CHAPTERS = {
    "arithmetic": "docs/engine.md",
    "numbers": "docs/engine.md",
    "powers": "docs/edge-cases.md",
    "functions": "docs/engine.md",
    "sharing": "docs/explaining.md",
    "accumulation": "docs/engine.md",
    "robustness": "docs/edge-cases.md",
}
