"""What the kit knows of each operation: how it is spelt elsewhere, points to try, and slips that are often made."""

import math
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from ..core.elementary import where
from ..numbers import scalar
from ..numbers.number import Number
from .programs import Expression

Point: TypeAlias = tuple[float, ...]
Slip: TypeAlias = tuple[str, Callable[..., float]]  # words, and the number that comes of it
x, y = Expression("x"), Expression("y")
POSITIVE = (0.5, 2.0, 3.5)
WITHIN_1 = (0.5, -0.25, 0.75)
HUGE = (1000.0, -1000.0)


class Known(NamedTuple):
    """A function of one number: other names for it, and points where all its meanings are smooth."""

    names: tuple[str, ...] = ()
    points: tuple[float, ...] = (0.5, -1.25, 2.0)
    others: tuple[Callable[[Number], Number], ...] = ()  # also right under this name, as log for base 10
    extreme: tuple[float, ...] = ()  # where a direct formula overflows, though the result is an ordinary number


def _leaky(slope: float) -> Callable[[Number], Number]:
    return lambda x: scalar.leaky_relu(x, slope=slope)


def _elu(scale: float) -> Callable[[Number], Number]:
    return lambda x: where(x > 0, x, lambda: scale * scalar.expm1(x))


FUNCTIONS: dict[str, Known] = {
    "exp": Known(),
    "log": Known(
        ("ln", "log_e", "natural_log"),
        POSITIVE,
        (lambda x: scalar.log(x) / math.log(10), lambda x: scalar.log(x) / math.log(2), scalar.log1p),
    ),
    "log10": Known(points=POSITIVE),
    "log2": Known(points=POSITIVE),
    "sqrt": Known(("square_root",), POSITIVE),
    "sin": Known(("sine",)),
    "cos": Known(("cosine",)),
    "tan": Known(points=(0.5, -1.0, 0.25)),
    "arcsin": Known(("asin",), WITHIN_1),
    "arccos": Known(("acos",), WITHIN_1),
    "arctan": Known(("atan",)),
    "sinh": Known(),
    "cosh": Known(),
    "tanh": Known(("Tanh",), extreme=HUGE),
    "sigmoid": Known(("sig", "logistic", "Sigmoid", "sigm"), extreme=HUGE),
    "relu": Known(("ReLU", "Relu", "ReLu", "rectify")),
    "leaky_relu": Known(
        ("leakyrelu", "LeakyReLU", "lrelu", "leakyReLU", "LeakyRelu"),
        others=tuple(map(_leaky, (0.1, 0.2, 0.001, 0.05, 0.3, 0.25))),
    ),
    "softplus": Known(("Softplus", "softPlus"), extreme=HUGE),
    "log_sigmoid": Known(("logsigmoid", "LogSigmoid"), extreme=HUGE),
    "elu": Known(("ELU", "Elu"), others=tuple(map(_elu, (0.1, 0.01, 0.5, 1.6732632423543772)))),
    "silu": Known(("swish", "SiLU", "Swish"), extreme=HUGE),
    "gelu": Known(
        ("GELU", "Gelu"),
        others=(lambda x: 0.5 * x * (1 + scalar.erf(x / math.sqrt(2))), lambda x: x * scalar.sigmoid(1.702 * x)),
    ),
    "square": Known(("sqr", "squared", "pow2")),
    "reciprocal": Known(("inv", "inverse", "recip"), POSITIVE),
    "erf": Known(),
    "log1p": Known(points=POSITIVE),
    "expm1": Known(),
}
USUAL = ("exp", "log", "tanh", "sigmoid", "relu", "sin", "cos", "sqrt")  # listed where they are missing

OF_OUTPUT = "uses the input in the slope where the output belongs"
SLOPE_SLIPS: dict[str, tuple[Slip, ...]] = {
    "exp": (
        (OF_OUTPUT, lambda x: x),
        ("uses x·exp(x - 1), as if it were a power", lambda x: x * math.exp(x - 1)),
    ),
    "log": (
        ("divides by the output instead of the input", lambda x: 1 / math.log(x)),
        ("multiplies by x instead of dividing by it", lambda x: x),
    ),
    "log10": (("forgets the factor 1/ln 10", lambda x: 1 / x),),
    "log2": (("forgets the factor 1/ln 2", lambda x: 1 / x),),
    "sqrt": (
        ("forgets the factor ½", lambda x: 1 / math.sqrt(x)),
        ("divides by x instead of its root", lambda x: 0.5 / x),
        ("multiplies by the root instead of dividing", lambda x: 0.5 * math.sqrt(x)),
    ),
    "sin": (("has itself for its slope", math.sin),),
    "cos": (("forgets the minus of -sin x", math.sin), ("has itself for its slope", math.cos)),
    "tan": (
        ("uses 1 - tan², the slope of tanh", lambda x: 1 - math.tan(x) ** 2),
        ("uses cos² instead of 1/cos²", lambda x: math.cos(x) ** 2),
        ("uses 1/cos instead of 1/cos²", lambda x: 1 / math.cos(x)),
    ),
    "tanh": (
        (f"{OF_OUTPUT}: 1 - x² instead of 1 - t²", lambda x: 1 - x * x),
        ("forgets the square: 1 - t instead of 1 - t²", lambda x: 1 - math.tanh(x)),
        ("uses the sigmoid's slope t(1 - t)", lambda x: math.tanh(x) * (1 - math.tanh(x))),
    ),
    "sigmoid": (
        (f"{OF_OUTPUT}: x(1 - x) instead of s(1 - s)", lambda x: x * (1 - x)),
        ("uses tanh's slope 1 - s²", lambda x: 1 - (1 + math.exp(-x)) ** -2),
    ),
    "relu": (
        ("lets the gradient through where the input is negative", lambda x: 1.0),  # noqa: ARG005 - the slope is 1
        ("uses the output as the slope", lambda x: max(x, 0.0)),
    ),
    "square": (("forgets the factor 2", lambda x: x),),
}

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
    """One way to write an operation: where to try it, where its mistakes are, and values that they give."""

    expression: Expression
    points: tuple[Point, ...]
    topic: str
    method: str  # of the class
    slips: tuple[Slip, ...] = ()


PAIRS = ((2.0, 3.0), (-1.5, 0.5), (0.5, -4.0))
ONE = ((3.0,), (-0.5,), (2.0,))
ABOVE_0 = ((2.0,), (0.5,), (3.0,))
SWAPPED = "the operands are swapped"
FORMS = (
    Form(x * y, PAIRS, "arithmetic", "__mul__"),
    Form(x + y, PAIRS, "arithmetic", "__add__"),
    Form(x - y, PAIRS, "arithmetic", "__sub__", ((SWAPPED, lambda x, y: y - x), ("it adds", lambda x, y: x + y))),
    Form(x / y, PAIRS, "arithmetic", "__truediv__", ((SWAPPED, lambda x, y: y / x), ("it is //", lambda x, y: x // y))),
    Form(-x, ONE, "arithmetic", "__neg__"),
    Form(x + 3, ONE, "numbers", "__add__"),
    Form(x * 3, ONE, "numbers", "__mul__"),
    Form(x - 5, ONE, "numbers", "__sub__", ((SWAPPED, lambda x: 5 - x),)),
    Form(x / 4, ONE, "numbers", "__truediv__", ((SWAPPED, lambda x: 4 / x),)),
    Form(3 + x, ONE, "numbers", "__radd__"),
    Form(3 * x, ONE, "numbers", "__rmul__"),
    Form(5 - x, ONE, "numbers", "__rsub__", ((f"5 - x is computed as x - 5: {SWAPPED}", lambda x: x - 5),)),
    Form(2 / x, ONE, "numbers", "__rtruediv__", ((f"2 / x is computed as x / 2: {SWAPPED}", lambda x: x / 2),)),
    Form(Expression("sum", x, y), PAIRS, "numbers", "__radd__"),
    Form(x**2, ONE, "powers", "__pow__"),
    Form(x**3, ONE, "powers", "__pow__"),
    Form(x**-1, ONE, "powers", "__pow__"),
    Form(x**0.5, ABOVE_0, "powers", "__pow__"),
    Form(x**1, ONE, "powers", "__pow__"),
    Form(x**y, ((2.0, 3.0), (0.5, -1.5), (3.0, 0.5)), "powers", "__pow__", ((SWAPPED, lambda x, y: y**x),)),
    Form(2**x, ONE, "powers", "__rpow__", ((f"2 ** x is computed as x ** 2: {SWAPPED}", lambda x: x**2),)),
    Form(abs(x), ONE, "functions", "__abs__"),
)

# Where to read on, by topic: pages of the documentation, most of them chapters of the course.
BRANCHES, GATES = "docs/course/03-branches.md", "docs/course/04-gates.md"
CHAPTERS = {
    "arithmetic": "docs/course/02-in-a-row.md",
    "numbers": "docs/course/13-build-your-own.md",
    "powers": "docs/course/02-in-a-row.md",
    "functions": "docs/course/02-in-a-row.md",
    "sharing": BRANCHES,
    "accumulation": BRANCHES,
    "robustness": "docs/edge-cases.md",
}
WITH_A_KINK = ("relu", "leaky_relu", "elu", "abs")


def chapter(topic: str, operation: str = "", what: str = "") -> str:
    """The page to read about a finding."""
    if topic != "robustness" and "instead of adding" in what:
        return BRANCHES
    return GATES if topic == "functions" and operation.partition("(")[0] in WITH_A_KINK else CHAPTERS[topic]
