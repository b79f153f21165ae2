"""Text such as "(a + b) * (b + c)" to a graph of Values, safe with text from anyone.

The text is cut into tokens, and a parser that follows the precedence of the operators turns these into steps for a
stack machine: `a b + b c + *`. Nothing is handed to Python's own compiler; all that can happen is arithmetic on
floats and the functions listed here, within fixed limits. Every error knows its spot in the text.
"""

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .. import functions
from ..core.elementary import where
from ..engine import Value
from ..numbers import scalar
from ..numbers.kinds import divide, power
from ..numbers.number import Number, binary_text, primal
from ..numbers.operations import OPERATIONS, Operation
from .expression_text import MAX_TOKENS, OTHER_NAMES, WRITTEN, ExpressionError, Token, clipped, did_you_mean, tokens_of

MAX_NESTING = 100
Environment = dict[str, object]  # what names stand for
CONSTANTS = {"pi": math.pi, "e": math.e}


def _is_of_many(row: Operation) -> bool:
    return row.operands.endswith("...")


_CALLED = {name: row for name, row in OPERATIONS.items() if row.operands}
SHAPES = {
    **{
        name: f"{name}({row.operands}) or {name}([{row.operands}])" if _is_of_many(row) else f"{name}({row.operands})"
        for name, row in _CALLED.items()
    },
    "leaky_relu": "leaky_relu(x) or leaky_relu(x, slope)",
    "where": "where(x > 0, if true, if false)",
}
FUNCTIONS: dict[str, Callable[..., object]] = {
    **{name: getattr(functions if hasattr(functions, name) else scalar, name, abs) for name in _CALLED},
    "where": where,
}
OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": operator.pow}
OPERATORS_ON_FLOATS = {"/": divide, "**": power}  # with errors as those of Values
PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2}
COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def parse(text: str) -> "Expression":
    """The expression that `text` spells: statements `name = ...` divided by semicolons, then what they are for.

    Numbers are floats. Known are + - * / **, parentheses, lists [x, y] and their items xs[0], pi and e, and the
    functions in `FUNCTIONS`. Raises ExpressionError for anything else, and beyond 10,000 characters, 2,000 tokens
    or 100 levels of nesting.

    >>> f = parse("x = a + b; y = b + c; x * y")
    >>> f.names, f.value({"a": -1.0, "b": 3.0, "c": 4.0}).data
    (('a', 'b', 'c'), 14.0)
    """
    return _Parser(text).expression()


# --- the expression --------------------------------------------------------------------------------------------


class _Step(NamedTuple):
    """One step of the stack machine: take so many operands off the stack, put the result on it."""

    name: str
    apply: Callable[..., object]  # takes the names' values, then the operands
    takes: int
    position: int


class _Statement(NamedTuple):
    name: str  # "" if it has none
    position: int
    steps: list[_Step]


@dataclass(frozen=True)
class Expression:
    """What `parse` made of a text, to be evaluated as often as needed."""

    text: str
    names: tuple[str, ...]
    """The names that need values, in the order of their first appearance."""
    defined: tuple[str, ...]
    """The names that statements define."""
    _positions: Mapping[str, int]
    _statements: tuple[_Statement, ...]

    def value(self, values: Mapping[str, float]) -> Value:
        """The graph of the expression: see `graph`."""
        return self.graph(values)[0]

    def graph(self, values: Mapping[str, float], named: Environment | None = None) -> tuple[Value, dict[str, Value]]:
        """The expression as a Value, and its inputs by name.

        Inputs are the names with values and those that a statement sets to a number. Results carry the names that
        statements give them; a dict `named` is filled with all that names stand for. Raises ExpressionError where a
        value is missing, or an operation is undefined there or overflows.

        >>> y, inputs = parse("x * x").graph({"x": 3.0})
        >>> y.backward()
        >>> inputs["x"].grad
        6.0
        """
        inputs: dict[str, Value] = {}

        def leaf(name: str, number: float) -> Value:
            return inputs.setdefault(name, Value(number, label=name))

        result = self._run(values, leaf, {} if named is None else named)
        return (result if isinstance(result, Value) else Value(result)), inputs

    def number(self, values: Mapping[str, Value | Number]) -> Any:
        """The value alone, a node where `values` holds nodes; they may also set what a statement sets to a number.

        >>> parse("w = 2; w * x").number({"x": 3.0, "w": 10.0})
        30.0
        """
        result = self._run({name: float(primal(x)) for name, x in values.items()}, values.get, {})
        return result if isinstance(result, Value) else float(result)

    def _run(self, values: Mapping[str, float], leaf: Callable[[str, float], object], environment: Environment) -> Any:
        """The last statement's value; `leaf` makes a node, or a number, of an input's name and number."""
        self._check_values(values)
        environment.update(CONSTANTS)
        environment.update((name, leaf(name, float(values[name]))) for name in self.names if name in values)
        result: Any = None
        for name, _, steps in self._statements:
            result = _result(self.text, steps, environment)
            if name:
                result = environment[name] = _named(name, result, leaf)
        return result

    def _check_values(self, values: Mapping[str, float]) -> None:
        """A finite number for each name that needs one."""
        for name in self.names:
            if name in values and not math.isfinite(values[name]):
                reason = f"{name} is {values[name]}: give it a finite number"
                raise ExpressionError(reason, self.text, self._positions[name])
        missing = [name for name in self.names if name not in values and name not in CONSTANTS]
        if missing:
            few = missing[:5] + ["..."] * (len(missing) > 5)
            needed = " ".join(f"{name}=..." if name != "..." else name for name in few)
            verb = "has no value" if len(missing) == 1 else "have no values"
            unused = [name for name in values if name not in self.names and name not in self.defined]
            reason = f"{', '.join(few)} {verb}: add {needed}{did_you_mean(missing[0], unused)}"
            raise ExpressionError(reason, self.text, self._positions[missing[0]])


def _named(name: str, result: Any, leaf: Callable[[str, float], object]) -> object:
    """The result of a statement under its name; what is a plain number becomes an input."""
    if isinstance(result, list):
        return [_named(f"{name}[{i}]", x, leaf) for i, x in enumerate(result)]
    if not isinstance(result, Value):
        return leaf(name, result)
    result.label = result.label or name
    return result


def _result(text: str, steps: Iterable[_Step], environment: Environment) -> Any:
    """What the steps leave on the stack; an error points to the step that failed."""
    stack: list[Any] = []
    for name, apply, count, position in steps:
        operands = stack[len(stack) - count :]
        del stack[len(stack) - count :]
        try:
            result = apply(environment, *operands)
        except ExpressionError:
            raise
        except (ArithmeticError, ValueError) as error:
            raise ExpressionError(str(error), text, position) from None
        if not _is_finite(result):
            raise ExpressionError(f"{_shown(name, operands)} is too large for a float", text, position)
        stack.append(result)
    return stack.pop()


def _is_finite(result: object) -> bool:
    if type(result) is float:
        return math.isfinite(result)
    return all(map(_is_finite, result)) if isinstance(result, list) else math.isfinite(primal(result))


def _shown(name: str, operands: Sequence[object]) -> str:
    if len(operands) == 2 and not isinstance(operands[0], list):
        return binary_text(primal(operands[0]), name, primal(operands[1]))
    return f"the result of {name}"


# --- the parser ------------------------------------------------------------------------------------------------

NUMBER, LIST = "a number", "a list"


class _Parser:
    """Reads tokens, writes steps. A method that reads a part of the text returns what that is: NUMBER or LIST."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens_of(text)
        self.at = 0
        self.nesting = 0
        self.steps: list[_Step] = []
        self.defined: dict[str, str] = {}  # by statements, with the kind
        self.free: dict[str, int] = {}  # where first seen
        self.used: set[str] = set()

    # --- reading tokens ---

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def next(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def sees(self, *symbols: str) -> bool:
        return self.token.kind == "symbol" and self.token.text in symbols

    def expect(self, symbol: str, meaning: str) -> Token:
        if self.sees(symbol):
            return self.next()
        raise self.unexpected(meaning)

    def error(self, reason: str, token: Token) -> ExpressionError:
        return ExpressionError(reason, self.text, token.position)

    def unexpected(self, expected: str) -> ExpressionError:
        found = self.token
        if found.text in COMPARISONS:
            return self.error("a comparison stands first in where(x > 0, if true, if false), nowhere else", found)
        if found.text == "=":
            return self.error('"=" names a result at the start of a statement, as in x = a + b; x * x', found)
        shown = found.text if found.kind == "end" else f'"{clipped(found.text)}"'
        after_operand = self.at and (self.tokens[self.at - 1].kind != "symbol" or self.tokens[self.at - 1].text in ")]")
        starts_operand = found.kind in ("number", "name") or found.text in ("(", "[")
        hint = " (to multiply, write * between the two)" if after_operand and starts_operand else ""
        return self.error(f"expected {expected}, found {shown}{hint}", found)

    def emit(self, name: str, apply: Callable[..., object], count: int, position: int) -> None:
        self.steps.append(_Step(name, apply, count, position))

    # --- statements ---

    def expression(self) -> Expression:
        if self.token.kind == "end":
            raise self.error("the expression is empty", self.token)
        statements = [self.statement()]
        while self.sees(";") and self.tokens[self.at + 1].kind != "end":
            self.next()
            statements.append(self.statement())
        if self.sees(";"):
            self.next()
        if self.token.kind != "end":
            raise self.unexpected("an operator or the end")
        for statement in statements[:-1]:
            self.check_used(statement)
        return Expression(self.text, tuple(self.free), tuple(self.defined), self.free, tuple(statements))

    def check_used(self, statement: _Statement) -> None:
        if statement.name in self.used:
            return
        reason = f"{statement.name} is not used" if statement.name else "this is not used: name it, as in x = a + b"
        raise ExpressionError(reason, self.text, statement.position)

    def statement(self) -> _Statement:
        first = self.token
        name = first.text if first.kind == "name" and self.tokens[self.at + 1].text == "=" else ""
        if name:
            self.check_new(first)
            self.at += 2
        self.steps = []
        kind = self.terms()
        if name and name in self.free:
            raise ExpressionError(f"{name} is used before it is defined", self.text, self.free[name])
        if name:
            self.defined[name] = kind
        if kind is LIST and not (name and self.sees(";") and self.tokens[self.at + 1].kind != "end"):
            raise self.error("the result is a list: pick a number, as in xs[0], or use sum(...)", first)
        return _Statement(name, first.position, self.steps)

    def check_new(self, token: Token) -> None:
        if token.text in FUNCTIONS:
            raise self.error(f"{token.text} is a function: choose another name", token)
        if token.text in self.defined:
            raise self.error(f"{token.text} is defined twice", token)

    # --- operators ---

    def terms(self, least: int = 1) -> str:
        """Operands joined by operators of at least this precedence, from left to right."""
        start = self.token
        kind = self.operand()
        while self.token.kind == "symbol" and PRECEDENCE.get(self.token.text, 0) >= least:
            sign = self.next()
            right_start = self.token
            right = self.terms(PRECEDENCE[sign.text] + 1)
            self.check_number(kind, sign, start)
            self.check_number(right, sign, right_start)
            self.emit_operator(sign)
        return kind

    def operand(self) -> str:
        """What an operator is applied to, with its signs and powers: -x**2 is -(x**2)."""
        self.nesting += 1
        if self.nesting > MAX_NESTING + 1:
            raise self.error(f"nested more than {MAX_NESTING} levels deep", self.token)
        if self.sees("+", "-"):
            sign, start = self.next(), self.token
            kind = self.operand()
            self.check_number(kind, sign, start)
            if sign.text == "-":
                self.emit("-", lambda _, x: -x, 1, sign.position)
        else:
            start = self.token
            kind = self.item()
            if self.sees("**"):
                sign, right_start = self.next(), self.token
                self.check_number(kind, sign, start)
                self.check_number(self.operand(), sign, right_start)
                self.emit_operator(sign)
        self.nesting -= 1
        return kind

    def check_number(self, kind: str, sign: Token, start: Token) -> None:
        if kind is not NUMBER:
            raise self.error(f'{kind} has no "{sign.text}": use its items, as in xs[0], or sum(...), dot(...)', start)

    def emit_operator(self, sign: Token) -> None:
        operation = OPERATORS[sign.text]
        on_floats = OPERATORS_ON_FLOATS.get(sign.text, operation)

        def apply(_: object, x: Number, y: Number) -> object:
            return (operation if isinstance(x, Value) or isinstance(y, Value) else on_floats)(x, y)

        self.emit(sign.text, apply, 2, sign.position)

    # --- numbers, names, parentheses, lists ---

    def item(self) -> str:
        """A number, a name, a call, a list, or anything in parentheses; then perhaps [0], an item of a list."""
        token = self.token
        kind = self.atom()
        while self.sees("["):
            bracket = self.next()
            if kind is not LIST:
                raise self.error("only a list has items to pick", bracket)
            self.emit_index(token)
            kind = NUMBER
        return kind

    def emit_index(self, start: Token) -> None:
        token = self.next()
        if token.kind != "number" or not token.text.isdigit():
            raise self.error("an item of a list is picked by its place: 0, 1, 2, ...", token)
        index = int(token.text) if len(token.text) < 6 else MAX_TOKENS
        self.expect("]", '"]"')

        def pick(_: object, xs: list[object]) -> object:
            if index >= len(xs):
                raise ValueError(f"there is no item {clipped(token.text)} in a list of {len(xs)}: they count from 0")
            return xs[index]

        self.emit(f"[{index}]", pick, 1, start.position)

    def atom(self) -> str:
        token = self.token
        if token.kind == "number":
            number = float(self.next().text)
            self.emit("", lambda _: number, 0, token.position)
            return NUMBER
        if token.kind == "name":
            self.next()
            return self.call(token) if self.sees("(") else self.name(token)
        if self.sees("("):
            self.next()
            kind = self.terms()
            self.expect(")", '")"')
            return kind
        if self.sees("["):
            self.next()
            kinds = self.arguments("]")
            self.check_numbers(token, kinds, "a list has numbers in it: [x, y]")
            return self.emit_list(len(kinds), token)
        raise self.unexpected('a number, a name or "("')

    def name(self, token: Token) -> str:
        name = token.text
        if name in FUNCTIONS:
            raise self.error(f"{name} is a function: write {SHAPES[name]}", token)
        if name in self.defined:
            self.used.add(name)
        else:
            self.free.setdefault(name, token.position)
        self.emit(name, lambda environment: environment[name], 0, token.position)
        return self.defined.get(name, NUMBER)

    # --- calls ---

    def call(self, token: Token) -> str:
        if token.text not in FUNCTIONS:
            raise self.no_function(token)
        self.next()
        if token.text == "where":
            return self.choice(token)
        kinds = self.arguments(")")
        wanted = f"write {SHAPES[token.text]}"
        if _is_of_many(_CALLED[token.text]):
            if kinds != [LIST]:
                self.check_numbers(token, kinds, wanted)
                self.emit_list(len(kinds), token)
            count = 1
        else:
            count = len(kinds)
            known = [[LIST, LIST]] if token.text == "dot" else [[NUMBER] * n for n in _counts(token.text)]
            if kinds not in known:
                raise self.error(wanted, token)
        self.emit(token.text, _function(token.text), count, token.position)
        return LIST if "softmax" in token.text else NUMBER

    def no_function(self, token: Token) -> ExpressionError:
        name = token.text
        if name in self.defined or name in self.free or name in CONSTANTS:
            return self.error(f"{name} is no function: to multiply, write {name} * (...)", token)
        meant = OTHER_NAMES.get(name.lower(), name.lower())
        if meant in WRITTEN and meant not in FUNCTIONS:
            return self.error(f"{clipped(name)} is not a function here: write {WRITTEN[meant]}", token)
        hint = did_you_mean(meant, FUNCTIONS)
        return self.error(f"{name} is not a function here{hint or ': to multiply, write * between the two'}", token)

    def arguments(self, end: str) -> list[str]:
        """The kinds of what stands between here and the closing bracket, with commas between them."""
        kinds: list[str] = []
        while not (self.sees(end) and not kinds):
            kinds.append(self.terms())
            if not self.sees(","):
                break
            self.next()
        self.expect(end, f'"," or "{end}"')
        return kinds

    def check_numbers(self, token: Token, kinds: list[str], wanted: str) -> None:
        if not kinds or LIST in kinds:
            raise self.error(wanted, token)

    def emit_list(self, count: int, token: Token) -> str:
        self.emit("", lambda _, *xs: list(xs), count, token.position)
        return LIST

    def choice(self, token: Token) -> str:
        """where(x > 0, if true, if false): only the chosen of the two is evaluated."""
        wanted = f"write {SHAPES['where']}"
        if self.terms() is LIST or not self.sees(*COMPARISONS):
            raise self.error(f"where begins with a comparison: {wanted}", token)
        holds = COMPARISONS[self.next().text]
        if self.terms() is LIST:
            raise self.error(wanted, token)
        outer, branches = self.steps, []
        for _ in range(2):
            self.expect(",", f'"," ({wanted})')
            self.steps = []
            if self.terms() is LIST:
                raise self.error("where chooses between two numbers: pick an item, as in xs[0]", token)
            branches.append(self.steps)
        self.expect(")", '")"')
        self.steps = outer
        if_true, if_false = branches

        def choose(environment: Environment, x: Value | Number, y: Value | Number) -> object:
            chosen = _result(self.text, if_true if holds(x, y) else if_false, environment)
            return where(True, chosen, chosen)  # the other branch is not computed, nor looked through for Values

        self.emit("where", choose, 2, token.position)
        return NUMBER


def _counts(name: str) -> tuple[int, ...]:
    """How many arguments a function of numbers takes."""
    return (1, 2) if name == "leaky_relu" else (_CALLED[name].operands.count(",") + 1,)


def _function(name: str) -> Callable[..., object]:
    function = FUNCTIONS[name]
    if name != "leaky_relu":
        return lambda _, *xs: function(*xs)

    def with_fixed_slope(_: object, x: object, slope: object = 0.01) -> object:
        if isinstance(slope, Value):
            raise ValueError("the slope of leaky_relu is a plain number, without a gradient")
        return function(x, slope)

    return with_fixed_slope
