"""What is known about each operation beyond its value and its rule: one row each, read by everything that needs it.

The value is in `scalar` (of one or two numbers) or `functions` (of many), the rule in `elementary` or `engine`. Here
stands where an operation is defined, where it has a kink, how it is written. A printer adds only how its language
spells an operation that it does not have under the name given here.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from .number import Number

Numbers = Sequence[Number]  # plain numbers: the operands
JUST_BELOW = -3.0  # an angle of points just below the negative x-axis, where it jumps


class Operation(NamedTuple):
    """One operation on numbers."""

    name: str
    operands: str = "x"
    """As a call shows them: "x", "x, y", "x, y, ..." for a sequence; "" for an operator."""
    domain: str = ""
    """Where it is defined, in words; empty if everywhere."""
    short: str = ""
    """Its name in the libraries of C, JavaScript and SymPy, if another: asin."""
    also: tuple[str, ...] = ()
    """What else people call it."""
    symbol: str = ""
    """How text writes it, if not by its name."""
    latex: str = ""
    """How LaTeX writes it, if not upright by its name."""
    is_line: bool = False
    """Whether a staged program has it as a line; otherwise as what it is computed by."""
    saturates: bool = False
    """Whether its slope vanishes where its operand is far out."""
    is_vertical: bool = False
    """Whether its slope is infinite somewhere."""
    safe: float | None = None
    """An operand at which it and its slope are finite, if they are not so everywhere."""
    rational_at: float | None = None
    """The one rational number where it is rational; nan if there is none; None if there are many."""
    is_at_kink: Callable[[Numbers, Number], bool] | None = None
    """Whether these operands and this result are at a kink or jump; None if it has none."""
    side: Callable[[Numbers, Number], object] | None = None
    """On which smooth piece these operands and this result are; None if there is only one."""
    relations: Mapping[Any, str] = {}
    """What a local gradient says about an operand: its relation to 0, to the other operand, or to the result."""


def _of_one(name: str, short: str = "", latex: str = "", **more: Any) -> Operation:
    return Operation(name, short=short, latex=latex, is_line=True, **more)


def _at_zero(xs: Numbers, _: Number) -> bool:
    return bool(xs[0] == 0)


def _sign(xs: Numbers, _: Number) -> object:
    return xs[0] > 0, xs[0] < 0


def _tie(xs: Numbers, result: Number) -> bool:
    return xs.count(result) > 1


def _chosen(xs: Numbers, result: Number) -> object:
    return tuple([bool(x == result) for x in xs])


def _is_whole(xs: Numbers, result: Number) -> bool:
    return bool(xs[0] == result)


def _result(_: Numbers, result: Number) -> object:
    return result


def _is_zero(_: Numbers, result: Number) -> bool:
    return bool(result == 0)


def _choice(name: str, operands: str, latex: str = "", **more: Any) -> Operation:
    return Operation(name, operands, latex=latex, is_at_kink=_tie, side=_chosen, **more)


_RATIONAL_AT_0: dict[str, Any] = {"rational_at": 0.0}
_IRRATIONAL: dict[str, Any] = {"rational_at": math.nan}
_ANGLE: dict[str, Any] = {"domain": "a number from -1 to 1", "is_vertical": True, "safe": 0.0}
_AT_ZERO: dict[str, Any] = {"is_at_kink": _at_zero, "side": _sign}
_STEPS: dict[str, Any] = {"is_line": True, "is_at_kink": _is_whole, "side": _result}
_OF_TWO: dict[str, Any] = {"operands": "x, y", "is_line": True}
_MANY = "x, y, ..."

_ROWS = (
    *(Operation(name, "") for name in ("+", "-", "*", "neg", "where")),
    Operation("/", "", safe=1.0),
    Operation("**", "", safe=1.0, is_vertical=True),
    Operation("abs", also=("fabs",), **_AT_ZERO, relations={1: ">", -1: "<", 0: "="}),
    # exponentials and logarithms
    _of_one("exp", latex=r"\exp", saturates=True, safe=0.0, **_RATIONAL_AT_0),
    _of_one("exp2", saturates=True, safe=0.0),
    _of_one("expm1", safe=0.0, **_RATIONAL_AT_0),
    _of_one("log", latex=r"\log", also=("ln",), domain="a number above 0", safe=1.0, rational_at=1.0),
    _of_one("log2", latex=r"\log_2", domain="a number above 0", safe=1.0),
    _of_one("log10", latex=r"\log_{10}", also=("lg",), domain="a number above 0", safe=1.0),
    _of_one("log1p", domain="a number above -1", safe=0.0, **_RATIONAL_AT_0),
    # roots
    _of_one("sqrt", domain="a number of at least 0", is_vertical=True, safe=1.0),
    _of_one("cbrt", is_vertical=True, safe=1.0),
    Operation("hypot", **_OF_TWO, safe=1.0, is_at_kink=_is_zero, side=_is_zero),
    # angles
    _of_one("sin", latex=r"\sin", **_RATIONAL_AT_0),
    _of_one("cos", latex=r"\cos", **_RATIONAL_AT_0),
    _of_one("tan", latex=r"\tan", **_RATIONAL_AT_0),
    _of_one("arcsin", "asin", r"\arcsin", also=("asin",), **_ANGLE, **_RATIONAL_AT_0),
    _of_one("arccos", "acos", r"\arccos", also=("acos",), **_ANGLE, rational_at=1.0),
    _of_one("arctan", "atan", r"\arctan", also=("atan",), **_RATIONAL_AT_0),
    Operation(
        "arctan2",
        "y, x",
        short="atan2",
        also=("atan2",),
        is_line=True,
        safe=1.0,
        is_at_kink=lambda xs, _: bool(xs[0] == 0 and xs[1] <= 0),  # at the origin, or where it jumps from π to -π
        side=lambda xs, angle: (xs.count(0) == 2, bool(angle < JUST_BELOW)),
    ),
    # hyperbolic functions
    _of_one("sinh", latex=r"\sinh", safe=0.0, **_RATIONAL_AT_0),
    _of_one("cosh", latex=r"\cosh", safe=0.0, **_RATIONAL_AT_0),
    _of_one("tanh", latex=r"\tanh", saturates=True, **_RATIONAL_AT_0),
    _of_one("arcsinh", "asinh", also=("asinh",), **_RATIONAL_AT_0),
    _of_one(
        "arccosh",
        "acosh",
        also=("acosh",),
        domain="a number of at least 1",
        is_vertical=True,
        safe=2.0,
        rational_at=1.0,
    ),
    _of_one("arctanh", "atanh", also=("atanh",), domain="a number between -1 and 1", safe=0.0, **_RATIONAL_AT_0),
    # S-curves and activations
    _of_one("erf", saturates=True, **_RATIONAL_AT_0),
    _of_one("sigmoid", also=("logistic", "expit"), symbol="σ", latex=r"\sigma", saturates=True, **_RATIONAL_AT_0),
    _of_one("softplus", saturates=True, **_IRRATIONAL),
    _of_one("log_sigmoid", symbol="log σ", latex=r"\log\sigma", saturates=True, **_IRRATIONAL),
    _of_one("relu", **_AT_ZERO, relations={1: ">", 0: "≤"}),
    Operation("leaky_relu", "x", is_line=True, **_AT_ZERO, relations={1: ">"}),
    Operation("elu", saturates=True, **_AT_ZERO),
    Operation("silu", also=("swish",), saturates=True, **_RATIONAL_AT_0),
    Operation("gelu", saturates=True, **_RATIONAL_AT_0),
    # steps, of slope 0
    Operation("sign", also=("sgn",), is_line=True, **_AT_ZERO),
    Operation("floor", **_STEPS),
    Operation("ceil", also=("ceiling",), **_STEPS),
    # of two
    _choice("maximum", "x, y", r"\max", is_line=True, relations={1: ">", 0: "<", 0.5: "="}),
    _choice("minimum", "x, y", r"\min", is_line=True, relations={1: "<", 0: ">", 0.5: "="}),
    # of many
    _choice("max", _MANY, r"\max", relations={0: "<"}),
    _choice("min", _MANY, r"\min", relations={0: ">"}),
    Operation("sum", _MANY),
    Operation("mean", _MANY, also=("average",)),
    Operation("prod", _MANY),
    Operation("dot", "[x1, x2, ...], [y1, y2, ...]"),
    Operation("logsumexp", _MANY, saturates=True, **_IRRATIONAL),
    Operation("softmax", _MANY),
    Operation("log_softmax", _MANY),
)

OPERATIONS: Mapping[str, Operation] = {row.name: row for row in _ROWS}

SHORT_NAMES = {name: row.short for name, row in OPERATIONS.items() if row.short}  # for NumPy's name, C's


def at_kink(op: str, operands: Numbers, result: Number) -> bool:
    """Whether an operation with these operands and this result is at a kink or jump.

    >>> at_kink("relu", [0.0], 0.0), at_kink("maximum", [1.0, 2.0], 2.0)
    (True, False)
    """
    row = OPERATIONS.get(op)
    return row is not None and row.is_at_kink is not None and row.is_at_kink(operands, result)


def side(op: str, operands: Numbers, result: Number) -> object:
    """On which smooth piece an operation with these operands is, or at which kink; 0 if it has only one piece.

    >>> side("relu", [2.0], 2.0) == side("relu", [3.0], 3.0), side("relu", [2.0], 2.0) == side("relu", [0.0], 0.0)
    (True, False)
    """
    row = OPERATIONS.get(op)
    return 0 if row is None or row.side is None else row.side(operands, result)
