"""How values, operations and derivatives are written: names, numbers, formulas, the same wherever they are shown.

A value goes by its label, or by a made-up name v1, v2, … A formula is the operation with the names of its operands:
`a + b`, `5 - x`, `exp(v1)`. `Text` writes mathematics as a textbook would, and `operation`, `local_form` and `reason`
say in its terms what an operation computes, what its local gradients are, and why a slope at a kink is what it is.
`latex.Latex` writes the same in LaTeX.
"""

import functools
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Self, TypeVar

from .engine import Value
from .number import primal
from .scalar import cos, cosh, exp, hypot, log, sigmoid, sin, sinh, sqrt

INFIX = {"+": " + ", "-": " - ", "*": " × ", "/": " / ", "**": " ** "}
WHOLE = 10**9  # whole numbers below it are shown in full, whatever the number of digits
JOINERS = "\u200c\u200d"  # not printable by themselves, but Persian, Hindi and emoji need them
SHOWN_OPERANDS = 6  # of a longer sum, product or list only the first and last operands are shown
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

SUM, SIGN, PRODUCT, POWER, ATOM = range(5)  # how tightly an expression holds together; SIGN starts with a minus


# --- names and numbers -----------------------------------------------------------------------------------------


def plain(label: str, length: int = 40) -> str:
    """A label fit for a line of text: no control characters, one line, at most `length` characters.

    >>> plain("the\\nloss\\x1b"), plain("w" * 50, length=5)
    ('the loss\ufffd', 'wwww…')
    """
    text = " ".join(label[: 10 * length].split())
    text = "".join(c if c.isprintable() or c in JOINERS else "\ufffd" for c in text)
    return text if len(text) <= length else text[: length - 1] + "…"


def names(values: Iterable[Value]) -> dict[Value, str]:
    """A name for each value: its label where that is not taken, else v1, v2, … in the order given.

    >>> a, b = Value(1.0, label="a"), Value(2.0)
    >>> list(names([a, b, a + b]).values())
    ['a', 'v1', 'v2']
    """
    labels = {value: plain(value.label) if value.label else "" for value in values}
    named: dict[Value, str] = {}
    taken = set(labels.values())
    used: set[str] = set()
    count = 0
    for value, label in labels.items():
        name = label
        while not name or name in used:
            count += 1
            name = f"v{count}" if f"v{count}" not in taken else ""
        used.add(name)
        named[value] = name
    return named


def number_text(x: Any, digits: int = 4) -> str:
    """A number for people: `digits` significant digits, whole numbers and fractions in full unless they are long.

    >>> number_text(0.7310585786), number_text(14.0), number_text(-1e-9), number_text(Fraction(1, 3))
    ('0.7311', '14', '-1e-09', '1/3')
    """
    x = primal(x)
    if isinstance(x, float):
        return str(int(x)) if x.is_integer() and abs(x) < WHOLE else f"{x:.{digits}g}"
    if isinstance(x, int):
        return str(x) if abs(x) < 10**30 else f"an int of {x.bit_length()} bits"
    if isinstance(x, Decimal):
        return str(x) if len(x.as_tuple().digits) <= max(digits, 6) else f"{x:.{digits}g}"
    if isinstance(x, Fraction):
        return _fraction_text(x, digits)
    return plain(str(x), 60)


def _fraction_text(x: Fraction, digits: int) -> str:
    if x.numerator.bit_length() + x.denominator.bit_length() <= 80:
        return str(x)
    try:
        return f"{float(x):.{digits}g}"
    except OverflowError:
        return f"a fraction of {x.numerator.bit_length() + x.denominator.bit_length()} bits"


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


# --- mathematics as text -----------------------------------------------------------------------------------------


class Text:
    """A piece of mathematics as text: arithmetic on pieces writes it down, with parentheses where it needs them.

    >>> x, y = Text.name("x"), Text.name("y")
    >>> str(1 - y**2), str(-x / y**2), str((1 - x) * exp(2 * y)), str(x ** -0.5)
    ('1 - y²', '-x/y²', '(1 - x) · exp(2y)', 'x^(-0.5)')
    """

    __slots__ = ("digits", "kind", "level", "text")
    TIMES, DOT, ARROW, DOTS = " × ", " · ", " → ", "…"
    FUNCTIONS: Mapping[str, str] = {"sigmoid": "σ", "log_sigmoid": "log σ"}
    RELATIONS: Mapping[str, str] = {}  # how =, ≈, <, ≤ are written, where not by themselves

    def __init__(self, text: str, level: int = ATOM, digits: int = 4, kind: str = "") -> None:
        self.text = text
        self.level = level
        self.digits = digits  # of the numbers that it meets
        self.kind = kind  # "number", "letter" for a name like x or w1, otherwise empty

    # --- what a piece starts from ---

    @classmethod
    def name(cls, name: str, digits: int = 4) -> Self:
        """A value's name; one that is more than a word is set in parentheses among other things."""
        is_word = re.fullmatch(r"[\w'.\[\]\u0300-\u036f]+", name)
        kind = "letter" if re.fullmatch(r"[^\W\d_][\u0300-\u036f]?_?[\d₀-₉]*", name) else ""
        return cls(cls._name(name), ATOM if is_word else SUM, digits, kind)

    @classmethod
    def number(cls, x: Any, digits: int = 4) -> Self:
        """A number, of any kind."""
        text = number_text(x, digits)
        written, level = cls._number(text, x)
        return cls(written, SIGN if text[:1] == "-" and level > SIGN else level, digits, "number")

    @classmethod
    def _name(cls, name: str) -> str:
        return name

    @classmethod
    def _number(cls, text: str, _x: Any) -> tuple[str, int]:
        """The number as it is written, and its level if it has no minus sign."""
        if re.fullmatch(r"-?\d+/\d+", text):
            return text, PRODUCT
        return text, ATOM if re.fullmatch(r"-?[\w.]+([eE][+-]?\d+|\([^()]*\))?", text) else SUM

    def derivative(self, by: Self) -> Self:
        """∂self/∂by."""
        return self._new(f"∂{self.at_least(ATOM)}/∂{by.at_least(ATOM)}")

    def relation(self, symbol: str) -> str:
        """A sign like = or ≤."""
        return self.RELATIONS.get(symbol, symbol)

    # --- how pieces combine ---

    def __str__(self) -> str:
        return self.text

    def _new(self, text: str, level: int = ATOM) -> Self:
        return type(self)(text, level, self.digits)

    def of(self, x: Any) -> Self:
        """`x` as a piece of this notation: it is one, or a number."""
        return x if isinstance(x, type(self)) else self.number(x, self.digits)

    def at_least(self, level: int) -> str:
        """The text, in parentheses if it holds together less tightly than that."""
        return self.text if self.level >= level else self._parentheses(self.text)

    def _parentheses(self, text: str) -> str:
        return f"({text})"

    def inside(self) -> Self:
        """As it stands within a sum or product, not at its start: a negative number in parentheses."""
        return self if self.level != SIGN else self._new(self._parentheses(self.text))

    def __add__(self, other: Any) -> Self:
        return self._new(f"{self.text} + {self.of(other).at_least(PRODUCT)}", SUM)

    def __radd__(self, other: Any) -> Self:
        return self.of(other) + self

    def __sub__(self, other: Any) -> Self:
        return self._new(f"{self.text} - {self.of(other).at_least(PRODUCT)}", SUM)

    def __rsub__(self, other: Any) -> Self:
        return self.of(other) - self

    def __neg__(self) -> Self:
        return self._new(f"-{self.at_least(PRODUCT)}", SIGN)

    def times(self, other: Any, sign: str = "") -> Self:
        """The product with its sign, × unless another is given."""
        text = f"{self.at_least(SIGN)}{sign or self.TIMES}{self.of(other).at_least(PRODUCT)}"
        return self._new(text, min(self.level, PRODUCT) if self.level else PRODUCT)

    def __mul__(self, other: Any) -> Self:
        right = self.of(other)
        if self.text in ("1", "-1"):
            return right if self.text == "1" else -right
        if self.kind == "number" and right.kind == "letter" and self.text.isdecimal():
            return self._new(f"{self.text}{right.text}", PRODUCT)
        return self.times(right, self.DOT)

    def __rmul__(self, other: Any) -> Self:
        return self.of(other) * self if other else self.of(0)

    def __truediv__(self, other: Any) -> Self:
        return self._over(self.of(other), "/")

    def __rtruediv__(self, other: Any) -> Self:
        return self.of(other) / self

    def over(self, other: Any) -> Self:
        """The quotient, with more space than `/` gives it."""
        return self._over(self.of(other), " / ")

    def _over(self, other: Self, sign: str) -> Self:
        return self._new(f"{self.at_least(SIGN)}{sign}{other.at_least(POWER)}", SIGN if self.level == SIGN else PRODUCT)

    def __pow__(self, n: Any) -> Self:
        if not isinstance(n, Text) and n in (0, 1):
            return self if n == 1 else self.of(1)
        return self._power(self.at_least(ATOM), self.of(n))

    def __rpow__(self, base: Any) -> Self:
        return self.of(base) ** self

    def _power(self, base: str, exponent: Self) -> Self:
        if re.fullmatch(r"-?\d+", exponent.text):
            return self._new(base + exponent.text.translate(SUPERSCRIPT), POWER)
        return self._new(f"{base}^{exponent.at_least(ATOM)}", POWER)

    # --- functions: `scalar`'s sin(x) asks x for its method of that name ---

    def call(self, function: str, *others: Self) -> Self:
        """A function of this piece and others."""
        arguments = ", ".join([self.text, *(x.text for x in others)])
        return self._new(f"{self.FUNCTIONS.get(function, function)}({arguments})")

    def exp(self) -> Self:
        """eˣ."""
        return self.call("exp")

    def log(self) -> Self:
        """log x."""
        return self.call("log")

    def sin(self) -> Self:
        """sin x."""
        return self.call("sin")

    def cos(self) -> Self:
        """cos x."""
        return self.call("cos")

    def sinh(self) -> Self:
        """sinh x."""
        return self.call("sinh")

    def cosh(self) -> Self:
        """cosh x."""
        return self.call("cosh")

    def sigmoid(self) -> Self:
        """σ(x)."""
        return self.call("sigmoid")

    def hypot(self, other: Self) -> Self:
        """√(x² + y²)."""
        return self.call("hypot", other)

    def sqrt(self) -> Self:
        """√x."""
        return self._new(f"√{self.at_least(ATOM)}")

    def __abs__(self) -> Self:
        return self._new(f"|{self.text}|")


# --- what an operation computes, and its local gradients, in symbols --------------------------------------------

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


def shortened(items: Sequence[Any], dots: Any, limit: int = SHOWN_OPERANDS) -> list[Any]:
    """The items, of more than `limit` the first ones, dots, and the last."""
    return list(items) if len(items) <= limit else [*items[: limit - 2], dots, items[-1]]


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
        form = exp(piece(operands[i]) - piece(result))
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
