"""The checks of one engine: each operation alone and within others, then shared nodes, then random programs."""

import contextlib
import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import cast

from ..engine import Value
from ..explanations.explanation import explain
from ..foreign_engines.catalogue import FORMS, FUNCTIONS, SLOPE_SLIPS, SPELLINGS, USUAL, Form, Known, chapter, x, y
from ..foreign_engines.engines import NOTHING, Engine, PlainNumberError
from ..foreign_engines.programs import RULES, Expression, evaluate, exact, steps
from ..foreign_engines.shapes import find_function
from ..foreign_engines.trials import Trial, close, trial_of
from ..numbers.number import Number
from ..pictures.drawing import draw
from .causes import LOST, Cause, cause_of, lost_words
from .limits import TimeUpError, time_limit
from .report import Finding, Report
from .suspects import Source

ORDER = "a node hands its gradient down before all that use it have reported: a topological order is needed"
TWICE = "a node that is used twice hands its gradient down more than once"
EQUAL = "nodes of equal value are taken for one another: find nodes by identity, not by == or hash"
Z = Expression("z")
SECONDS = 20.0  # for one check
BASIC = {"x * y", "x + y"}


def _sharing() -> list[tuple[Expression, tuple[float, ...], str]]:
    """Expressions in which something is used twice, the smallest first, with what to suspect if one fails."""
    u, s = x * y, x + y
    return [
        (x + x, (3.0,), "an operand that is used twice counts once: are the parents kept in a set?"),
        (x * x, (3.0,), "an operand that is used twice counts once: are the parents kept in a set?"),
        (x + y, (3.0, 3.0), EQUAL),
        (x * y, (3.0, 3.0), EQUAL),
        (u + x, (2.0, 3.0), LOST),
        (u + y, (2.0, 3.0), LOST),
        (x * u, (2.0, 3.0), LOST),
        (s * x, (2.0, 3.0), LOST),
        (y + s, (2.0, 3.0), LOST),
        (u + x, (3.0, 3.0), EQUAL),
        (x * y + x * Z, (2.0, 3.0, 3.0), EQUAL),
        (u + u, (2.0, 3.0), TWICE),
        (s * s, (2.0, 3.0), TWICE),
        ((s * x) * (s * y), (2.0, 3.0), TWICE),
        (u + u * Z, (2.0, 3.0, 4.0), ORDER),
        (u * Z + u, (2.0, 3.0, 4.0), ORDER),
        ((s * Z) * x + s, (2.0, 3.0, 4.0), ORDER),
        (s + (u * Z + s) * y, (2.0, 3.0, 4.0), ORDER),
    ]


SHARING = _sharing()


def random_programs(seed: int = 0, count: int = 24) -> Iterable[tuple[Expression, tuple[float, ...]]]:
    """Sums and products with much sharing, growing; the same ones each time."""
    draw = random.Random(seed)  # noqa: S311 - programs, no secrets
    for size in range(count):
        nodes = [x, y, Z]
        for _ in range(3 + size // 3):
            op = draw.choice("++*")
            nodes.append(Expression(op, nodes[-1], draw.choice(nodes)))
        yield nodes[-1] + x * y * Z, (1.5, -0.5, 2.0)


class Checker:
    """Checks one engine and writes into its report."""

    def __init__(self, engine: Engine, source: Source, report: Report, *, derive: bool = False) -> None:
        self.engine, self.source, self.report, self.derive = engine, source, report, derive
        self.rules = dict(RULES)
        self.sound: set[str] = set()
        self.progress: Callable[[], None] = lambda: None  # called after each check
        self.is_sharing_right = True
        self.failed: dict[str, Trial] = {}  # of the basic operations, what was wrong
        self.everywhere: Cause | None = None  # what explains the gradients of both
        self.approximate: dict[str, Trial] = {}  # by operation, the first trial that was nearly right
        self.is_partial = False  # only class and imports were taken from the file: a missing name proves nothing

    # --- telling

    def count(self, topic: str, *, passed: bool) -> None:
        """One more check of a topic."""
        counts = self.report.topics.setdefault(topic, [0, 0])
        counts[0] += passed
        counts[1] += 1

    def find(self, trial: Trial, severity: str, what: str, operation: str, topic: str, line: int | None) -> None:
        """A finding from a trial that went wrong."""
        if self._is_told(what, operation, line):
            return
        i = trial.wrong if trial.wrong is not None else -1
        expected, actual = trial.numbers()
        in_backward = trial.outcome is None and self.engine.phase == "backward"
        code = self.engine.listing(trial.expression, trial.point, 0 if in_backward else i if i >= 0 else None)
        self.report.findings.append(
            Finding(
                severity, what, operation, code, trial.right.gradients[0] if in_backward else expected,
                actual if isinstance(actual, float) else str(actual), line, topic, chapter(topic, operation, what),
                *(self._derived(trial) if self.derive else ()),
            )
        )  # fmt: skip

    def _is_told(self, what: str, operation: str, line: int | None) -> bool:
        """Whether the same line was found to fail in the same way: the operation is added to that finding."""
        cause = what.partition(": ")[2]
        for i, each in enumerate(self.report.findings):
            told, _, also = each.what.partition("; also ")
            if cause and line and each.line == line and told.partition(": ")[2] == cause:
                also = ", ".join(filter(None, [also, operation]))
                self.report.findings[i] = replace(each, what=f"{told}; also {also}")
                return True
        return False

    def _derived(self, trial: Trial) -> tuple[str, str]:
        """The right numbers, as a text and as a picture."""
        leaves = {n: Value(p, label=n) for n, p in zip(trial.expression.inputs, trial.point, strict=True)}
        result = cast("Value", evaluate(trial.expression, leaves, self.rules))
        text = explain(result).text
        result.backward()
        return text, draw(result).svg

    def guarded(self, name: str, check: Callable[[], None]) -> None:
        """Make a check; one that cannot be made says so and harms no other."""
        try:
            with time_limit(SECONDS):
                check()
        except (Exception, TimeUpError) as error:
            words = f"{name}: could not be checked ({type(error).__name__}: {str(error)[:80]})"
            self.report.conventions.append(words)
        self.progress()

    # --- operations

    def check_operations(self) -> None:
        """Operators, then every function that is found."""
        for form in FORMS:
            self.guarded(str(form.expression), partial(self.check_form, form))
            if str(form.expression) == "x + y":
                self.guarded("sharing", self.check_sharing)
        for name, known in FUNCTIONS.items():
            self.guarded(name, partial(self.check_function, name, known))
        if self.approximate:
            label, trial = next(iter(self.approximate.items()))
            what = f"right to some digits only: {', '.join(self.approximate)}"
            self.find(trial, "approximate", what, label, "arithmetic", None)

    def check_form(self, form: Form) -> None:
        """One way of writing an operation: alone at some points, then within others."""
        label, op = str(form.expression), form.expression.op
        if form.topic == "numbers" and self.engine.wraps:  # it takes none
            self.report.missing.append(label)
            return
        names = (form.method, *SPELLINGS.get(op, ()), op, *(FUNCTIONS[op].names if op in FUNCTIONS else ()))
        for trial in (trial_of(self.engine, form.expression, at, self.rules) for at in form.points):
            if trial.error is not None and self._is_refused(trial.error, form):
                self._miss(form, "" if trial.point == form.points[0] else f" at {trial.point[0]:g}")
                return
            if trial.wrong is not None:
                self.sound.discard(label)  # where it is right at an earlier point
                self.count(form.topic, passed=False)
                if not self._is_everywhere(trial, label):
                    self._tell_alone(trial, form, label, names)
                return
            if trial.is_approximate:
                self.approximate.setdefault(label, trial)
            self.sound.add(label)
        self.count(form.topic, passed=self._is_right_within(form, label, names))

    def _is_everywhere(self, trial: Trial, label: str) -> bool:
        """Whether a wrong gradient has the cause of those of x · y and x + y, which is told in their place."""
        if self.everywhere:
            return self.everywhere.explains(trial)
        self.failed |= {label: trial} if label in BASIC else {}
        if len(self.failed) < len(BASIC) or label not in BASIC:
            return False
        self.everywhere = cause_of([*self.failed.values()])
        if self.everywhere:
            self.report.findings = [each for each in self.report.findings if each.operation not in BASIC]
            line = self.source.gradient_line(*(["__init__"] if self.everywhere.is_in_leaves else self._starters()))
            first = next(iter(self.failed.values()))
            self.find(first, "wrong", self.everywhere.words, "backward", "arithmetic", line)
        return self.everywhere is not None

    def _is_refused(self, error: Exception, form: Form) -> bool:
        """Whether the engine does not have this form, rather than having it wrong."""
        if isinstance(error, NameError):
            return self.is_partial
        if isinstance(error, PlainNumberError) and self.engine.node() is None and str(error) == NOTHING:
            return form.method == "log"  # which may well write a line into a file
        if isinstance(error, PlainNumberError):  # a class that is a float has all operators of float
            classes = type(self.engine.node()).__mro__
            return form.method == "log" or not any(
                form.method in vars(c) for c in classes if c.__module__ != "builtins"
            )
        if "positional argument" in str(error) and form.method.startswith("__"):
            return False
        takes_number = form.topic == "numbers" or form.expression.op == "**"
        is_kind = takes_number and isinstance(error, TypeError | AttributeError)
        is_in_time = self.engine.phase == "forward"
        return self.source.is_refusal(error) or (is_in_time and (is_kind or self.source.is_unsupported(error)))

    def _miss(self, form: Form, where: str) -> None:
        label = str(form.expression)
        self.engine.wraps = self.engine.wraps or label == "x * 3"
        name = form.expression.op if form.expression.op in FUNCTIONS else label
        if name == label or where or name in USUAL:
            self.report.missing.append(name + where)

    def _tell_alone(self, trial: Trial, form: Form, label: str, names: Sequence[str]) -> None:
        line = self.source.line_of_error(trial.error) if trial.error else None
        if trial.error is not None:
            words = self._error_words(label, trial)
        elif trial.wrong == -1:
            words = self._value_words(label, trial, form)
        else:
            words = f"the gradient of {label} is wrong: {self._slope_words(trial, form)}"
            line = self.source.gradient_line(*names)
        self.find(trial, "wrong", words, label, form.topic, line or self.source.line_of(*names))

    def _error_words(self, label: str, trial: Trial) -> str:
        error = trial.error
        if isinstance(error, PlainNumberError):
            is_nothing = str(error) == NOTHING
            what = "None: is a `return` missing?" if is_nothing else "a plain number: no gradient can pass through it"
            return f"{label} gives {what}"
        where = "backward" if self.engine.phase == "backward" else "the forward pass"
        words = f"{label}: {where} raises {type(error).__name__}: {str(error)[:120]}"
        return words + ("; a name is missing, or an import" if isinstance(error, NameError) else "")

    def _value_words(self, label: str, trial: Trial, form: Form) -> str:
        found = trial.outcome.value if trial.outcome else None
        words = next((words for words, slip in form.slips if close(found, slip(*trial.point))), "")
        return f"the value of {label} is wrong" + (f": {words}" if words else "")

    def _slope_words(self, trial: Trial, form: Form) -> str:
        """What the wrong gradient looks like."""
        i = trial.wrong or 0
        right, found = trial.right.gradients, trial.outcome.gradients if trial.outcome else ()
        by = f" by {trial.expression.inputs[i]}" if len(right) > 1 else ""
        for words, slip in _slope_slips(trial, form, i):
            if close(found[i], slip):
                return words + by
        if len(right) == 2 and right[0] != right[1] and close(found[0], right[1]) and close(found[1], right[0]):
            return "each operand gets the other's gradient"
        if close(found[i], 0.0):
            return f"no gradient arrives{by}"
        if close(found[i], -right[i]):
            return f"its sign is turned{by}"
        factor = self._factor(trial, i, form.points[-1])
        return f"it is {factor:.6g} times the right one{by}" if factor else f"it is not the derivative{by}"

    def _factor(self, trial: Trial, i: int, elsewhere: Sequence[float]) -> float:
        """By what a gradient is off if it is the same at another point, or 0."""
        other = trial_of(self.engine, trial.expression, elsewhere, self.rules)
        found = trial.numbers()[1]
        factor = found / trial.right.gradients[i] if isinstance(found, float) and trial.right.gradients[i] else 0.0
        is_same = other.outcome and close(other.outcome.gradients[i], factor * other.right.gradients[i])
        return factor if is_same else 0.0

    # --- within others

    def _is_right_within(self, form: Form, label: str, names: Sequence[str]) -> bool:
        """u + x, u·x and u(x·x): a gradient from above that is not 1, and other users of x."""
        u = form.expression
        if not self.is_sharing_right or label in BASIC or not self.sound >= BASIC:
            return True  # those of + and * are among the checks of sharing
        steep = next((at for at in form.points if abs(at[0]) != 0.5), form.points[0])  # the slope of x·x is not ±1
        for within, at in ((u + x, form.points[0]), (u * x, form.points[0]), (_squared(u), steep)):
            trial = trial_of(self.engine, within, at, self.rules)
            if trial.wrong is not None:
                words, is_lost = self._within_words(trial, u, within)
                line = self.source.assigning_line(*names) if is_lost else None
                line = line or self.source.gradient_line(*names)
                self.find(trial, "wrong", f"{label}: {words}", label, form.topic, line)
                return False
        return True

    def _within_words(self, trial: Trial, u: Expression, within: Expression) -> tuple[str, bool]:
        if trial.error is not None:
            return self._error_words(str(within), trial), False
        found, at = trial.numbers()[1], trial.point[0]
        alone = exact(u, trial.point, self.rules)
        value, slope = alone.value, alone.gradients[0]
        guesses = (
            (f"right alone, wrong within {within}", ()),
            (LOST, (slope, 1.0) if within.op == "+" else (at * slope, value)),
            ("forgets to multiply by the gradient from above", (value + slope,) * (within.op == "*")),
            ("multiplies by the gradient from above twice", (value + at * at * slope,) * (within.op == "*")),
            ("divides by the gradient from above instead of multiplying", (value + slope / at,) * (within.op == "*")),
        )
        if isinstance(found, float) and trial.wrong == 0 and within.op in ("+", "*"):
            for words, slips in guesses[::-1]:
                if any(close(found, slip) for slip in slips):
                    return words, words == LOST
        return guesses[0][0], False

    def check_sharing(self) -> None:
        """Nodes and leaves that are used more than once; then random programs. The first failure is told."""
        if not self.sound >= BASIC:
            return
        larger = (
            (program, point, "right in small programs, wrong in a larger one") for program, point in random_programs()
        )
        for expression, point, suspicion in [*SHARING, *larger]:
            trial = trial_of(self.engine, expression, point, self.rules)
            self.count("sharing", passed=trial.wrong is None)
            if trial.wrong is not None and self.is_sharing_right:
                self.is_sharing_right = False
                self._tell_shared(trial, suspicion)

    def _tell_shared(self, trial: Trial, suspicion: str) -> None:
        """What is probably behind it: an assignment in one of the operations, or what the expression was made for."""
        label, line = str(trial.expression), None
        if trial.error is not None:
            what, line = self._error_words(label, trial), self.source.line_of_error(trial.error)
        else:
            words, line = self._shared_words(trial, suspicion)
            what = f"{label}: {words}"
        line = line or self.source.gradient_line(*self._starters())
        self.find(trial, "wrong", what, label, "sharing", line)

    def _shared_words(self, trial: Trial, suspicion: str) -> tuple[str, int | None]:
        """What is behind a wrong number, and the line that assigns, if there is one."""
        words = lost_words(trial, self.rules) if suspicion == LOST else suspicion
        if suspicion == EQUAL:
            return words, None
        right, found = trial.numbers()
        spellings = [SPELLINGS.get(each.op, ()) for each in reversed(steps(trial.expression))]
        lines = [self.source.assigning_line(*each, f"__{each[0]}__") for each in spellings if each]
        line = next(filter(None, lines), None)
        is_more = isinstance(found, float) and abs(found) > abs(right)
        return TWICE if is_more else LOST if line else words, line

    def _starters(self) -> list[str]:
        return re.findall(r"(\w+)\(", "\n".join(getattr(self.engine, "backward", [])))

    # --- functions

    def check_function(self, name: str, known: Known) -> None:
        """A function of one number, if the engine has it."""
        reference = find_function(self.engine, name)
        if reference is None:
            if name in USUAL:
                self.report.missing.append(name)
            return
        self.rules[name] = reference
        points = tuple((point,) for point in known.points)
        form = Form(Expression(name, x), points, "functions", name)
        self.check_form(form)
        if f"{name}(x)" in self.sound:
            self._check_extremes(name, known)

    def _check_extremes(self, name: str, known: Known) -> None:
        for at in known.extreme:
            trial = trial_of(self.engine, Expression(name, x), (at,), self.rules)
            if trial.error is not None and self.source.is_refusal(trial.error):
                return
            self.count("robustness", passed=trial.wrong is None)
            if trial.wrong is not None:
                line = self.source.line_of_error(trial.error) if trial.error else None
                line = line or self.source.line_of(name, *known.names)
                what = f"{name}({at:g}) overflows: use a form whose exponent is never positive"
                self.find(trial, "fragile", what, f"{name}(x)", "robustness", line)
                return


def _squared(u: Expression) -> Expression:
    """u with x·x in the place of x."""
    square = x * x

    def inner(each: Expression | Number) -> Expression | Number:
        return square if isinstance(each, Expression) and each.op == "x" else each

    return Expression(u.op, *map(inner, u.operands))


def _slope_slips(trial: Trial, form: Form, i: int) -> Iterable[tuple[str, float]]:
    """Wrong gradients that are often seen for this operation, with words for each."""
    op, at = form.expression.op, trial.point
    for words, slope in SLOPE_SLIPS.get(op, ()):
        with contextlib.suppress(ArithmeticError, ValueError):
            yield words, float(slope(*at))
    exponent = form.expression.operands[-1]
    if op == "**" and not isinstance(exponent, Expression) and isinstance(form.expression.operands[0], Expression):
        yield "forgets to lower the exponent: n·x**n instead of n·x**(n - 1)", exponent * at[0] ** exponent
        yield "forgets the factor n", at[0] ** (exponent - 1)
    if op == "/" and len(at) == 2:
        yield ("forgets to square the denominator", -at[0] / at[1]) if i else ("forgets to divide by y", 1.0)
        yield ("forgets the minus", at[0] / at[1] ** 2) if i else ("multiplies by y instead of dividing", at[1])
    if op == "*" and len(at) == 2:
        yield "hands the operand its own value instead of the other's", at[i]
