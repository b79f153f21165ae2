"""Small programs: expressions that any engine can compute, that ours differentiates, and that are written as code."""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from ..core.elementary import where
from ..engine import Value
from ..numbers import scalar
from ..numbers.number import Number

Operand: TypeAlias = "Expression | Number"
Rules: TypeAlias = Mapping[str, Callable[..., object]]
IN_SCALAR = (
    *("exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh"),
    *("tanh", "erf", "sigmoid", "softplus", "log_sigmoid", "relu", "leaky_relu"),
)
INNER_NAMES = ("u", "v", "w")  # of values that are used more than once

OPERATORS: dict[str, Callable[..., object]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "neg": operator.neg,
    "abs": abs,
    "sum": lambda *xs: sum(xs),
}


def _gelu(x: Number) -> Number:
    return 0.5 * x * (1 + scalar.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


# Our own form of each operation: what must come out. The tests compare these with mpmath at 60 digits.
REFERENCES: dict[str, Callable[[Number], Number]] = {
    **{name: getattr(scalar, name) for name in IN_SCALAR},
    "log10": lambda x: scalar.log(x) / math.log(10),
    "log2": lambda x: scalar.log(x) / math.log(2),
    "elu": lambda x: where(x > 0, x, lambda: scalar.expm1(x)),
    "silu": lambda x: x * scalar.sigmoid(x),
    "gelu": _gelu,
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
}
RULES: Rules = OPERATORS | REFERENCES


Infix: TypeAlias = "Callable[[Expression, Operand], Expression]"


def _infix(sign: str) -> tuple[Infix, Infix]:
    """The operator and its reflection."""
    return lambda a, b: Expression(sign, a, b), lambda b, a: Expression(sign, a, b)


class Expression:
    """An operation on operands, each an expression or a number; without operands it is the input of that name.

    >>> x, y = Expression("x"), Expression("y")
    >>> f = (x + 2) * (x + y)
    >>> print(f, "is", f(3.0, 4.0))
    (x + 2) * (x + y) is 35.0
    """

    __module__ = "tinygrad_edu.testing"
    __slots__ = ("op", "operands")

    def __init__(self, op: str, *operands: Operand) -> None:
        self.op = op
        self.operands = operands

    __add__, __radd__ = _infix("+")
    __sub__, __rsub__ = _infix("-")
    __mul__, __rmul__ = _infix("*")
    __truediv__, __rtruediv__ = _infix("/")
    __pow__, __rpow__ = _infix("**")

    def __neg__(self) -> "Expression":
        return Expression("neg", self)

    def __abs__(self) -> "Expression":
        return Expression("abs", self)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of its inputs, sorted: the order of the arguments when it is called."""
        return tuple(sorted({each.op for each in steps(self) if not each.operands}))

    def __call__(self, *numbers: object) -> object:
        """Its value on numbers, Values or whatever else has the operations, one for each input."""
        return evaluate(self, dict(zip(self.inputs, numbers, strict=True)), RULES)

    def __str__(self) -> str:
        lines, result = written(self, TEMPLATES)
        return "; ".join([*lines, result])

    __repr__ = __str__


def steps(root: Expression) -> list[Expression]:
    """The expressions within `root`, operands first, each once."""
    seen: dict[int, Expression] = {}

    def visit(each: Operand) -> None:
        if isinstance(each, Expression) and id(each) not in seen:
            for operand in each.operands:
                visit(operand)
            seen[id(each)] = each

    visit(root)
    return list(seen.values())


def evaluate(
    root: Expression,
    inputs: Mapping[str, object],
    rules: Rules,
    wrap: Callable[[Number], object] | None = None,
) -> object:
    """The value of `root` where each operation is done by its rule; `wrap` makes the engine's constants."""
    made: dict[int, object] = {}
    for each in steps(root):
        operands = [
            made[id(x)] if isinstance(x, Expression) else x if wrap is None or each.op == "**" else wrap(x)
            for x in each.operands
        ]
        made[id(each)] = rules[each.op](*operands) if operands else inputs[each.op]
    return made[id(root)]


class Exact(NamedTuple):
    """What must come out: the value and the derivative by each input."""

    value: float
    gradients: tuple[float, ...]


def exact(root: Expression, point: Sequence[float], rules: Rules) -> Exact:
    """The value and gradients by this library, whose own tests compare it with mpmath at 60 digits."""
    leaves = {name: Value(x) for name, x in zip(root.inputs, point, strict=True)}
    result = evaluate(root, leaves, rules)
    if not isinstance(result, Value):
        raise TypeError(f"{root} does not depend on its inputs")
    result.backward()
    return Exact(float(result.data), tuple([float(leaf.grad) for leaf in leaves.values()]))


TEMPLATES = {sign: f"{{}} {sign} {{}}" for sign in ("+", "-", "*", "/", "**")} | {"neg": "-{}", "sum": "sum([{}, {}])"}


def written(
    root: Expression, templates: Mapping[str, str], constant: Callable[[Number], str] = repr
) -> tuple[list[str], str]:
    """Lines that name what is used twice, and the text of the result; `templates` are such as "{} + {}"."""
    order = steps(root)
    uses = [id(x) for each in order for x in each.operands if isinstance(x, Expression)]
    texts: dict[int, str] = {}
    lines: list[str] = []
    for each in order:
        if not each.operands:
            texts[id(each)] = each.op
            continue
        template = templates.get(each.op) or f"{each.op}({', '.join('{}' for _ in each.operands)})"
        number_text = repr if each.op == "**" else constant
        operands = [texts[id(x)] if isinstance(x, Expression) else number_text(x) for x in each.operands]
        texts[id(each)] = _filled(template, operands)
        if uses.count(id(each)) > 1:
            name = INNER_NAMES[len(lines)] if len(lines) < len(INNER_NAMES) else f"u{len(lines)}"
            lines.append(f"{name} = {texts[id(each)]}")
            texts[id(each)] = name
    return lines, texts[id(root)]


def _filled(template: str, operands: Sequence[str]) -> str:
    """The template with its operands in it, in brackets where they need them."""
    parts = template.split("{}")
    text = parts[0]
    for operand, before, after in zip(operands, parts, parts[1:], strict=False):
        is_enclosed = before.endswith(("(", "[", ", ")) and after.startswith((")", "]", ","))
        needs = not is_enclosed and (" " in operand or operand.startswith("-"))
        text += (f"({operand})" if needs else operand) + after
    return text
