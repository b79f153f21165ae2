"""`gradcheck(f, x)`: is the gradient right? And if not, which operation is to blame?

The derivatives of f are compared with finite differences, which know nothing of the chain rule. Then each operation
in its graph is compared with finite differences of that operation alone: that finds an error which the rest of f
hides, and names the culprit. Where f has a kink, the gradient has to be a slope between those of its two sides.
"""

import functools
import math
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from ..engine import Value
from ..functions import by_name
from ..mistakes.options import A_DICT, A_FUNCTION, A_NUMBER, expect
from ..notation.forms import operation
from ..notation.report import Items, Part, Report, Table, Title
from ..notation.text import SUPERSCRIPT, Text
from ..numbers.number import number, primal
from ..transforms.jacobians import jacobian
from ..transforms.traced import Traced, argument_names, name_of, title_of
from ..trees.tree import leaf_names, numbers_of, unflatten
from .differences import Comparison, central_difference
from .evidence import CANNOT_TELL
from .judgement import RTOL, Line, checked
from .stencil import rounding

Function = Callable[..., Any]
Item = TypeVar("Item")

OPERATIONS_CHECKED = 300  # operations on other numbers than those before; of more, some are taken evenly
OPERANDS_CHECKED = 10  # of one operation; of more, some are taken evenly
SHOWN = 10  # derivatives listed in a report
DIGITS = 10  # significant ones: enough to see an error of 1e-7


class WrongGradientError(AssertionError):
    """A gradient that finite differences contradict; the message is the report of `gradcheck`.

    >>> issubclass(WrongGradientError, AssertionError)
    True
    """

    __module__ = "tinygrad_edu"


class Derivative(NamedTuple):
    """One derivative beside its finite difference."""

    name: str
    comparison: Comparison
    error: float  # how far off the finite difference may be; nan at a kink or an edge

    @property
    def cells(self) -> list[str]:
        """A row of a table."""
        gradient, numeric, verdict, _ = self.comparison
        about = "" if math.isnan(self.error) else f"{self.error:.0e}"
        return [self.name, _digits(gradient), _digits(numeric), about, verdict]


class Culprit(NamedTuple):
    """An operation that states a wrong local gradient."""

    op: str
    formula: str  # with the numbers it met
    derivative: Derivative

    def __str__(self) -> str:
        stated, numeric, _, _ = self.derivative.comparison
        return (
            f"{self.op!r} in {self.formula}: {self.derivative.name} is stated as {_digits(stated)}, "
            f"finite differences of this operation alone give {_digits(numeric)}"
        )


@dataclass(frozen=True, repr=False)
class GradCheck(Report):
    """The result of `gradcheck`: true if all is right; prints as a report, a notebook shows it as Markdown."""

    function: str
    derivatives: tuple[Derivative, ...]
    culprits: tuple[Culprit, ...]
    steps: tuple[tuple[float, float, float], ...]  # step, central difference, how far it is from the gradient
    notes: tuple[str, ...]

    def __bool__(self) -> bool:
        return not self.culprits and all(each.comparison.ok for each in self.derivatives)

    @property
    def unknown(self) -> list[Derivative]:
        """The derivatives of which finite differences cannot tell whether they are right."""
        return [each for each in self.derivatives if each.comparison.verdict == CANNOT_TELL]

    @property
    def wrong(self) -> list[Derivative]:
        """The derivatives that finite differences contradict."""
        return [each for each in self.derivatives if not each.comparison.ok]

    def raise_if_wrong(self) -> None:
        """Raise WrongGradientError with the report, unless all is right."""
        if not self:
            raise WrongGradientError(self.text)

    def _parts(self) -> list[Part]:
        parts: list[Part] = [Title(self._verdict)]
        listed = self.wrong or sorted(self.derivatives, key=lambda each: each.comparison.verdict == "agrees")
        header = ["derivative", "gradient", "finite differences", "±", ""]
        parts.append(Table(header, [each.cells for each in listed[:SHOWN]], words={0, 4}))
        if len(listed) > SHOWN:
            parts.append(f"and {len(listed) - SHOWN} more like these")
        if self.culprits:
            parts += ["The operations to blame:", Items(self.culprits[:SHOWN], mark="  ")]
        if self.steps:
            worst = max(self.wrong, key=lambda each: each.comparison.difference)
            least = min((off for _, _, off in self.steps if not math.isnan(off)), default=math.nan)
            rows = [[f"{h:.0e}", _digits(slope), f"{off:.1e}"] for h, slope, off in self.steps]
            parts.append(f"{worst.name} by central differences with smaller and smaller steps:")
            parts.append(Table(["step", "slope", "off by"], rows))
            parts.append(
                f"A right gradient is missed by less and less until rounding takes over; this one by {least:.1e}."
            )
        return [*parts, *self.notes]

    @property
    def _verdict(self) -> str:
        count = len(self.derivatives)
        all_of_them = f"{count} derivatives of {self.function}" if count != 1 else f"The derivative of {self.function}"
        if self:
            unknown = len(self.unknown)
            if unknown == count:
                return f"{all_of_them}: finite differences CANNOT TELL."
            without = sum(math.isnan(each.comparison.numeric) for each in self.derivatives) if not unknown else 0
            if without == count:
                return f"{all_of_them}: no slope there, so nothing to compare with."
            but = f", but for {without} where there is no slope to compare with" if without else ""
            but = f", but for {unknown} where these CANNOT TELL" if unknown else but
            return f"{all_of_them} agree{'s' if count == 1 else ''} with finite differences{but}."
        if self.wrong:
            return f"{all_of_them}: {len(self.wrong)} WRONG."
        return f"{all_of_them} agree with finite differences, but an operation states a WRONG local gradient."


def gradcheck(
    f: Function,
    *args: object,
    order: int = 1,
    rtol: float = RTOL,
    check: bool = False,
    operations: Mapping[str, Function] | None = None,
) -> GradCheck:
    """Compare the derivatives of `f` at these arguments with finite differences, and each operation in it by itself.

    Arguments and results are numbers or trees of them. With `order` 2, the derivatives of the derivatives are compared
    as well, and so on. A relative error of `rtol` is tolerated beyond what finite differences leave open. With `check`,
    WrongGradientError is raised if something is wrong. `operations` says how to compute operations of your own, by
    their `op`, so that they can be checked by themselves too.

    Raises ValueError if the arguments hold no number, or the order is not at least 1.

    >>> report = gradcheck(lambda x, y: x * y**2, 3.0, 5.0)
    >>> bool(report), report.derivatives[0].name, report.derivatives[0].comparison.gradient
    (True, '∂f/∂x', 25.0)
    """
    expect("gradcheck", A_FUNCTION, f=f)
    expect("gradcheck", A_NUMBER, rtol=rtol)
    expect("gradcheck", A_DICT.or_none, operations=operations)
    if not isinstance(order, int) or order < 1:
        raise ValueError(f"gradcheck of order {order}: the order is a whole number of at least 1")
    leaves, structure = numbers_of(args)
    xs = [float(number(x)) for x in leaves]
    if not xs:
        raise ValueError(f"gradcheck of {name_of(f)} without a number among the arguments: there is no derivative")

    def flat(*values: object) -> list[float]:
        return numbers_of(f(*unflatten(structure, values)))[0]

    traced = Traced(lambda *values: f(*unflatten(structure, values)), xs)
    name = title_of(f)
    results, arguments = leaf_names(traced.structure, name), argument_names(f, args)
    naming = functools.partial(_derivative_name, results, arguments)
    found = list(_derivatives(flat, xs, order, rtol, naming))
    culprits, notes = _culprits(traced, order, rtol, dict(operations or {}))
    wrong = [(each.comparison.difference, i) for i, (each, _) in enumerate(found) if not each.comparison.ok]
    steps: list[tuple[float, float, float]] = []
    if wrong:
        worst, line = found[max(wrong)[1]]
        steps = list(_steps(line, worst.comparison.gradient))
    report = GradCheck(name, tuple(each for each, _ in found), tuple(culprits), tuple(steps), tuple(notes))
    if check:
        report.raise_if_wrong()
    return report


# --- derivatives against finite differences ----------------------------------------------------------------------


Naming = Callable[[int, tuple[int, ...]], str]  # of the derivative of a result by arguments, by their places


def _derivatives(
    f: Function, xs: list[float], order: int, rtol: float, naming: Naming
) -> Iterator[tuple[Derivative, Line]]:
    """Each derivative of `f`, which returns a list of numbers, up to that order, with the line it is the slope of."""
    paths: list[tuple[int, ...]] = [()]
    for k in range(order):
        traced = Traced(f, xs)
        count = len(traced.values) // len(paths)
        rows, noise = _rows(traced)
        labels = [(i, path) for i in range(count) for path in paths]
        names = [[naming(i, (*path, j)) for j in range(len(xs))] for i, path in labels]
        yield from _compared(f, xs, rows, noise, rtol, names)
        paths = [(*path, j) for path in paths for j in range(len(xs))]
        f = _slopes_of(f, len(xs)) if k + 1 < order else f


def _rows(traced: Traced) -> tuple[list[list[float]], list[float]]:
    """The gradient of each result, and how much rounding may have moved the result."""
    rows, noise = [], []
    for i in range(len(traced.values)):
        unit = [1.0 if i == j else 0 for j in range(len(traced.values))]
        rows.append([float(primal(slope)) for slope in traced.pull(unit)])
        noise.append(rounding(traced, i))
    return rows, noise


def _slopes_of(f: Function, n: int) -> Function:
    """The function that computes all first derivatives of `f` as one list."""
    all_slopes = jacobian(f, tuple(range(n)), mode="reverse")
    return lambda *xs: numbers_of(all_slopes(*xs))[0]


def _compared(
    f: Function, xs: list[float], rows: list[list[float]], noise: list[float], rtol: float, names: list[list[str]]
) -> Iterator[tuple[Derivative, Line]]:
    """The derivatives in the rows, one for each result of `f`, against finite differences."""
    for each in checked(f, xs, rows, noise, rtol):
        yield Derivative(names[each.result][each.argument], each.comparison, each.error), each.line


def _derivative_name(results: list[str], arguments: list[str], i: int, path: tuple[int, ...]) -> str:
    order = str(len(path)).translate(SUPERSCRIPT) if len(path) > 1 else ""
    return f"∂{order}{results[i]}/{''.join('∂' + arguments[j] for j in path)}"


def _steps(along: Line, gradient: float) -> Iterator[tuple[float, float, float]]:
    """How far central differences are from the gradient, for steps from large to small."""
    for k in range(1, 11):
        h = 10.0**-k * max(1.0, abs(along.x))
        try:
            slope = central_difference(along.f, along.x, h)
        except (ArithmeticError, ValueError):
            slope = math.nan
        yield h, slope, abs(slope - gradient)


# --- each operation by itself ------------------------------------------------------------------------------------


def _culprits(traced: Traced, order: int, rtol: float, known: dict[str, Function]) -> tuple[list[Culprit], list[str]]:
    """The operations whose local gradients, or the derivatives of these, are off; and notes on what was not checked."""
    distinct = {_key(node): node for node in traced.order if node.op}
    nodes = _evenly(list(distinct.values()), OPERATIONS_CHECKED)
    notes = []
    culprits: list[Culprit] = []
    if len(nodes) < len(distinct):
        notes.append(f"Of {len(distinct)} different operations, {len(nodes)} were checked by themselves.")
    alone = {node.op: known.get(node.op) or by_name(node.op) for node in nodes}
    strange = [repr(op) for op, function in sorted(alone.items()) if function is None]
    if strange:
        notes.append(f"Not checked by themselves, as nothing says how to compute them: {', '.join(strange)}.")
    for k in range(1, order + 1):
        for node in nodes:
            function = alone[node.op]
            if function is not None:
                culprits += _culprits_at(node, k, rtol, function)
        if culprits:
            break
    return culprits, notes


def _key(node: Value) -> Hashable:
    return node.op, tuple([(isinstance(x, Value), primal(x)) for x in node.operands])


def _evenly(items: list[Item], limit: int) -> list[Item]:
    return items if len(items) <= limit else [items[i * len(items) // limit] for i in range(limit)]


def _culprits_at(node: Value, order: int, rtol: float, function: Function) -> Iterator[Culprit]:
    """What is wrong with one operation at this order."""
    operands = [primal(x) for x in node.operands]
    if not all(math.isfinite(x) for x in operands):
        return
    parents = [i for i, x in enumerate(node.operands) if isinstance(x, Value) and x.level == node.level]
    places = _evenly(parents, OPERANDS_CHECKED)
    xs = [float(operands[i]) for i in places]

    def alone(*values: object) -> list[object]:
        placed = dict(zip(places, values, strict=True))
        return [function(*[placed.get(i, x) for i, x in enumerate(operands)])]

    def name(_: int, path: tuple[int, ...]) -> str:
        by = f" by operand {' and '.join(str(places[j] + 1) for j in path)}" if len(operands) > 1 else ""
        return f"the local gradient{by}" if len(path) == 1 else f"the derivative of order {len(path)}{by}"

    if order == 1:
        stated = _evenly([float(primal(slope)) for slope in node.local_grads], OPERANDS_CHECKED)
        _, noise = _rows(Traced(alone, xs))
        checks = _compared(alone, xs, [stated], noise, rtol, [[name(0, (j,)) for j in range(len(xs))]])
    else:
        checks = _derivatives(alone, xs, order, rtol, name)
    for derivative, _ in checks:
        if not derivative.comparison.ok:
            formula = str(operation(node.op, operands, functools.partial(Text.number, digits=DIGITS)))
            yield Culprit(node.op, f"{node.label} = {formula}" if node.label else formula, derivative)


def _digits(x: float) -> str:
    return f"{x:.{DIGITS}g}"
