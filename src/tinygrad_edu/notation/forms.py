"""What an operation computes and what its local gradients are, in symbols: `a + b`, `5 - x`, `cos(x)`.

`operation`, `local_form` and `kink` write on pieces of `text.Text` (or of `latex.Latex`) what an operation computes,
what its local gradients are, and why a slope at a kink is what it is.
"""

import functools
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from ..core.number import primal
from ..core.scalar import cos, cosh, exp, hypot, log, sigmoid, sin, sinh, sqrt
from ..engine import Value
from .text import Text
from .words import SHOWN_OPERANDS, shortened

INFIX = {"+": " + ", "-": " - ", "*": " × ", "/": " / ", "**": " ** "}


def formula(value: Value, named: Mapping[Value, str], digits: int = 4) -> str:
    """The operation that made `value`, over the names of its operands; a leaf's name.

    >>> x = Value(2.0, label="x")
    >>> formula(5 - x, {x: "x"}), formula(x.exp(), {x: "x"})
    ('5 - x', 'exp(x)')
    """
    if not value.op:
        return named[value]
    return str(operation(value.op, value.operands, lambda x: _operand(x, named, digits)))


def _operand(x: Any, named: Mapping[Value, str], digits: int) -> "Text":
    """The name of a value of the graph; anything else is a number to it, also a value of an outer transform."""
    return Text.name(named[x], digits) if isinstance(x, Value) and x in named else Text.number(x, digits)


Piece = TypeVar("Piece", bound=Text)

OPERATORS: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": Text.times,
    "/": Text.over,
    "**": operator.pow,
    "neg": operator.neg,
    "abs": abs,
    "sqrt": sqrt,
}

# The derivative by each operand, as a function of the operands. Operations with constant slopes are not listed.
LOCAL_FORMS: dict[str, Callable[..., tuple[Any, ...]]] = {
    "*": lambda x, y: (y, x),
    "/": lambda x, y: (1 / y, -x / y**2),
    "**": lambda x, y: (y * x ** (y - 1), x**y * log(x)),
    "hypot": lambda x, y: (x / hypot(x, y), y / hypot(x, y)),
    "arctan2": lambda y, x: (x / (x**2 + y**2), -y / (x**2 + y**2)),
    "exp": lambda x: (exp(x),),
    "log": lambda x: (1 / x,),
    "log1p": lambda x: (1 / (1 + x),),
    "expm1": lambda x: (exp(x),),
    "sqrt": lambda x: (1 / (2 * sqrt(x)),),
    "sin": lambda x: (cos(x),),
    "cos": lambda x: (-sin(x),),
    "arcsin": lambda x: (1 / sqrt(1 - x**2),),
    "arccos": lambda x: (-1 / sqrt(1 - x**2),),
    "arctan": lambda x: (1 / (1 + x**2),),
    "sinh": lambda x: (cosh(x),),
    "cosh": lambda x: (sinh(x),),
    "erf": lambda x: (2 / sqrt(x.name("π", x.digits)) * exp(-(x**2)),),
    "softplus": lambda x: (sigmoid(x),),
    "log_sigmoid": lambda x: (sigmoid(-x),),
}
# The same for those whose derivative is shortest in terms of the result.
LOCAL_FORMS_OF_RESULT: dict[str, Callable[[Any], Any]] = {
    "tan": lambda z: 1 + z**2,
    "tanh": lambda z: 1 - z**2,
    "sigmoid": lambda z: z * (1 - z),
}
# What the local gradient at a kink says about the operand: its relation to 0, to the other operand, to the result.
KINKS: dict[str, dict[Any, str]] = {
    "relu": {1: ">", 0: "≤"},
    "leaky_relu": {1: ">"},
    "abs": {1: ">", -1: "<", 0: "="},
    "maximum": {1: ">", 0: "<", 0.5: "="},
    "minimum": {1: "<", 0: ">", 0.5: "="},
    "max": {0: "<"},
    "min": {0: ">"},
}


def operation(op: str, operands: Sequence[Any], piece: Callable[[Any], Piece]) -> Piece:
    """The operation applied to its operands, each written by `piece`, as a textbook writes it.

    >>> str(operation("-", [5, -3], Text.number)), str(operation("dot", [2, 4, 7, -1], Text.number))
    ('5 - (-3)', '2 × 7 + 4 × (-1)')
    """
    first = piece(operands[0])
    dots = type(first)(first.DOTS)
    if op == "where":
        return first
    if op in OPERATORS:
        result: Piece = OPERATORS[op](*map(piece, operands))
        return result
    if op == "dot":
        half = len(operands) // 2
        places = shortened(range(half), None)
        products = [(dots,) if i is None else (piece(operands[i]), piece(operands[i + half])) for i in places]
        return sum_of_products(products, first.TIMES)
    pieces = [dots if x is None else piece(x) for x in shortened(operands, None)]
    if op == "sum":
        return sum_of_products([(x,) for x in pieces])
    if op == "prod":
        return sum_of_products([pieces], first.TIMES)
    return first.call(op, *pieces[1:])


def sum_of_products(products: Iterable[Sequence[Piece]], sign: str = "") -> Piece:
    """The sum of the products, each given by its factors, with that sign between them.

    >>> x, y, n = Text("x"), Text("y"), Text.number(-1)
    >>> str(sum_of_products([(x,), (n, y)], " · ")), str(sum_of_products([(n, n)], " · "))
    ('x + (-1) · y', '-1 · (-1)')
    """
    terms = [
        functools.reduce(lambda x, y: x.times(y, sign), others, first.inside() if i else first)
        for i, (first, *others) in enumerate(products)
    ]
    return functools.reduce(operator.add, terms)


def local_form(op: str, operands: Sequence[Any], i: int, result: Any, piece: Callable[[Any], Piece]) -> Piece | None:
    """The local gradient by operand `i` in symbols; None where it is a constant, or has no short form.

    `piece` writes an operand or the result. The numbers of an explanation do not come from here but from the nodes;
    the tests check that these symbols have their values.

    >>> str(local_form("*", ["x", "y"], 0, "z", Text.name)), str(local_form("sin", ["x"], 0, "z", Text.name))
    ('y', 'cos(x)')
    """
    form: Any = None
    if op == "**":
        x, y = operands
        form = LOCAL_FORMS[op](piece(x), piece(y) if isinstance(y, Value) else y)[
            i
        ]  # y - 1 is worked out for a number y
    elif op in LOCAL_FORMS:
        form = LOCAL_FORMS[op](*map(piece, operands))[i]
    elif op in LOCAL_FORMS_OF_RESULT:
        form = LOCAL_FORMS_OF_RESULT[op](piece(result))
    elif op == "dot":
        form = piece(operands[(i + len(operands) // 2) % len(operands)])
    elif op == "prod" and 1 < len(operands) <= SHOWN_OPERANDS:
        others = [piece(x) for j, x in enumerate(operands) if j != i]
        form = functools.reduce(lambda x, y: x.times(y), others)
    elif op == "logsumexp":
        form = (piece(operands[i]) - piece(result)).exp()
    return form if form is not None and form.kind != "number" else None


def kink(op: str, operands: Sequence[Any], i: int, local: Any, result: Any) -> tuple[Any, str, Any] | None:
    """Why the local gradient at a kink is what it is: operand `i`, its relation to something, and that.

    >>> kink("relu", ["x"], 0, 0, "y"), kink("max", ["a", "b"], 1, 0, "m")
    (('x', '≤', 0), ('b', '<', 'm'))
    """
    local = primal(local)
    relations = KINKS.get(op)
    if relations is None or local != local:
        return None
    if op in ("max", "min"):
        return operands[i], relations.get(local, "="), result
    if op == "leaky_relu" and operands[1] != 1:
        relations = {operands[1]: "≤", **relations}
    rival = operands[1 - i] if op in ("maximum", "minimum") else 0
    return (operands[i], relations[local], rival) if local in relations else None
