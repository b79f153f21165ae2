"""What an operation computes and what its local gradients are, in symbols: `a + b`, `5 - x`, `cos(x)`.

`operation`, `local_form` and `kink` write on pieces of `text.Text` (or of `latex.Latex`) what an operation computes,
what its local gradients are, and why a slope at a kink is what it is.
"""

import functools
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from ..core.recording import recorded
from ..engine import Value
from ..functions import by_name
from ..numbers.number import Number, primal
from ..numbers.operations import OPERATIONS
from ..numbers.scalar import erf, exp, log, sqrt
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


def _operand(x: object, named: Mapping[Value, str], digits: int) -> "Text":
    """The name of a value of the graph; anything else is a number to it, also a value of an outer transform."""
    return Text.name(named[x], digits) if isinstance(x, Value) and x in named else Text.number(x, digits)


T = TypeVar("T")  # an operand
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

# A second table of derivatives, for operations whose rule, carried out on pieces of text, does not read as people write
# it: the rule computes -(x / y) / y where people write -x/y². Tests compare each with the numbers of the rule.
AS_PEOPLE_WRITE: dict[str, Callable[..., tuple[Any, ...]]] = {
    "/": lambda x, y: (1 / y, -x / y**2),
    "**": lambda x, y: (y * x ** (y - 1), x**y * log(x)),
    "arctan2": lambda y, x: (x / (x**2 + y**2), -y / (x**2 + y**2)),
    "exp2": lambda x: (x.exp2() * x.of(2).log(),),
    "log2": lambda x: (1 / (x * x.of(2).log()),),
    "log10": lambda x: (1 / (x * x.of(10).log()),),
    "arcsin": lambda x: (1 / sqrt(1 - x**2),),
    "arccos": lambda x: (-1 / sqrt(1 - x**2),),
    "arcsinh": lambda x: (1 / sqrt(1 + x**2),),
    "arccosh": lambda x: (1 / sqrt(x**2 - 1),),
    "arctanh": lambda x: (1 / (1 - x**2),),
    "gelu": lambda x: ((1 + erf(x / sqrt(x.of(2)))) / 2 + x * exp(-(x**2) / 2) / sqrt(2 * x.pi),),
}
OF_RESULT = {"tan", "tanh", "sigmoid", "cbrt"}  # whose derivative is shortest in terms of the result


def operation(op: str, operands: Sequence[T], piece: Callable[[T], Piece]) -> Piece:
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


def local_form(op: str, operands: Sequence[T], i: int, result: T, piece: Callable[[T], Piece]) -> Piece | None:
    """The local gradient by operand `i` in symbols; None where it is a constant, or has no short form.

    `piece` writes an operand or the result. The numbers of an explanation do not come from here but from the nodes;
    the tests check that these symbols have their values.

    >>> str(local_form("*", ["x", "y"], 0, "z", Text.name)), str(local_form("sin", ["x"], 0, "z", Text.name))
    ('y', 'cos(x)')
    """
    form: Any = None
    if op == "**" and not isinstance(operands[1], Value):
        form = AS_PEOPLE_WRITE[op](piece(operands[0]), operands[1])[i]  # y - 1 is worked out for a number y
    elif op in AS_PEOPLE_WRITE:
        form = AS_PEOPLE_WRITE[op](*map(piece, operands))[i]
    elif op == "dot":
        form = piece(operands[(i + len(operands) // 2) % len(operands)])
    elif op == "prod" and 1 < len(operands) <= SHOWN_OPERANDS:
        others = [piece(x) for j, x in enumerate(operands) if j != i]
        form = functools.reduce(lambda x, y: x.times(y), others)
    elif op == "logsumexp":
        form = (piece(operands[i]) - piece(result)).call("exp")
    elif op not in ("prod", "where") and op in OPERATIONS and not OPERATIONS[op].relations:
        form = _by_rule(op, operands, piece, result)[i]
    is_said = isinstance(form, Text) and form.kind != "number"
    return form if is_said else None


def _by_rule(op: str, operands: Sequence[T], piece: Callable[[T], Piece], result: T) -> Sequence[object]:
    """The local gradients as the operation's own rule writes them, carried out on pieces."""
    pieces = [piece(x) for x in operands]
    if op in OF_RESULT:  # the value that the rule computes first is called by its name
        kind = type(pieces[0])
        named = type(kind.__name__, (kind,), {"__slots__": (), op: lambda _: piece(result)})
        pieces = [named(pieces[0].text, pieces[0].level, pieces[0].digits, pieces[0].kind)]
    rule = cast("Callable[..., Value]", by_name(op))
    try:
        with recorded():  # explanations are written within no_grad
            return rule(*(Value._leaf(cast("Any", each)) for each in pieces)).local_grads
    except TypeError:  # a rule of the user's own that takes numbers only
        return [None] * len(pieces)


def kink(op: str, operands: Sequence[T], i: int, local: Number, result: T) -> tuple[T, str, T | int] | None:
    """Why the local gradient at a kink is what it is: operand `i`, its relation to something, and that.

    >>> kink("relu", ["x"], 0, 0, "y"), kink("max", ["a", "b"], 1, 0, "m")
    (('x', '≤', 0), ('b', '<', 'm'))
    """
    local = primal(local)
    relations = OPERATIONS[op].relations if op in OPERATIONS else {}
    if not relations or local != local:
        return None
    if op in ("max", "min"):
        return operands[i], relations.get(local, "="), result
    if op == "leaky_relu" and operands[1] != 1:
        relations = {operands[1]: "≤", **relations}
    rival = operands[1 - i] if op in ("maximum", "minimum") else 0
    return (operands[i], relations[local], rival) if local in relations else None
