"""Build your own Value in ten steps: what an engine must be able to do after each, and what a failure tells.

A check is a few lines that a learner could type, and one number that must come out. Numbers that well-known slips
give have words of their own. The last steps need more of the file than its class: `Neuron` and `step`.
"""

import math
import re
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..engine_checks.limits import TimeUpError, time_limit
from ..engine_checks.report import Finding, Report
from ..foreign_engines.engines import Namespace, number_in
from ..foreign_engines.trials import close
from .kit import check_engine, own_names

PAGE = "docs/course/13-build-your-own.md"
SECONDS = 5.0  # for one check
REST = (
    "3 * x",
    "3 + x",
    "-x",
    "x - y",
    "x - 5",
    "5 - x",
    "x / y",
    "x / 4",
    "2 / x",
    "x ** 2",
    "x ** -1",
    "relu",
    "tanh",
)
KIT_FROM = 8  # the step from which the whole kit looks at the class


class Check(NamedTuple):
    """Lines to run, what to ask for, the right number, what a failure means, and numbers that tell more.

    `method` is where the line to blame is looked for.
    """

    code: str
    asked: str
    right: float
    words: str
    slips: tuple[tuple[float, str], ...] = ()
    method: str = "__init__"


class Step(NamedTuple):
    """One step: its name, as the heading in the course, and its checks."""

    name: str
    checks: tuple[Check, ...]


LEAVES = "x = Number(-2.0)\ny = Number(3.0)\n"
ROW = (
    "x = Number(34.0)\nn1 = Number(0.42) * x + Number(0.75)\nn2 = Number(0.3) * n1 + Number(0.27)\n"
    "n3 = Number(0.06) * n2 + Number(0.29)\nn3.backward()"
)
BRANCH = "a = Number(-1.0)\nb = Number(3.0)\nc = Number(4.0)\nf = (a + b) * (b + c)\nf.backward()"
TWICE = "x = Number(3.0)\nz = Number(2.0) * (x * x)\nz.backward()\nz.backward()"
LOSSES = "a = Number(2.0)\nq = a * a\nfirst = Number(2.0) * q\nsecond = Number(3.0) * q\n"
LOSSES += "first.backward()\nsecond.backward()"
EXPRESSION = (
    "a = Number(-4.0)\nb = Number(2.0)\nc = a + b\nd = a * b + b**3\nc = c + c + 1\nc = c + 1 + c + (-a)\n"
    "d = d + d * 2 + (b + a).relu()\nd = d + 3 * d + (b - a).relu()\ne = c - d\nf = e**2\ng = f / 2.0\n"
    "g = g + 10.0 / f\ng.backward()"
)
NEURON = (
    "neuron = Neuron(2)\nneuron.w[0].data = 2.0\nneuron.w[1].data = -3.0\nneuron.b.data = -3.5\n"
    "a = neuron([-1.0, -2.0])\n"
)
DESCENT = (
    "w = Number(1.0)\nb = Number(0.0)\nfor _ in range({count}):\n"
    "    loss = (w * 2.1 + b - 4.0) ** 2\n    step(loss, [w, b], 0.01)"
)
LINE = (
    "w = Number(0.0)\nb = Number(0.0)\nfor _ in range(300):\n"
    "    loss = sum((w * x + b - (5.0 - x)) ** 2 for x in range(6)) / 6\n    step(loss, [w, b], 0.08)"
)
A = math.tanh(0.5)
SLOPE = 1 - A * A
OVERWRITTEN = "the second share overwrites the first: gradients add at branches, so write += and not ="
NO_BACK = "no gradient arrives: backward must hand each parent the gradient times the local gradient"
EARLY = "a node hands on before all that use it have reported: walk a topological order from its end"
OFTEN = "a node hands the same share on more than once: each node hands on once, when it has collected everything"
PATHS = "every path is walked, and their number doubles at each step: visit each node once"
KEPT = "inner nodes keep their gradient from the first pass and hand it on again: clear every node that has parents"
FRESH = "the leaves start afresh as well: clear only nodes that have parents, so that two losses can share parameters"

STEPS = (
    Step(
        "a number",
        (
            Check("x = Number(3.0)", "x.data", 3.0, "a number keeps what it is given as data"),
            Check("x = Number(3.0)", "x.grad", 0.0, "the gradient starts at 0.0: the backward pass adds to it"),
        ),
    ),
    Step(
        "addition",
        (
            Check(
                LEAVES + "total = x + y", "total.data", 1.0, "it is no sum", ((-6.0, "it multiplies"),), "__add__"
            ),
            Check(
                LEAVES + "total = x + y", "x.data", -2.0, "adding changes its operand: make a new number",
                method="__add__",
            ),
            Check(LEAVES + "total = x + y", "total.grad", 0.0, "a result has gradient 0.0 at first", method="__add__"),
        ),
    ),
    Step(
        "multiplication",
        (
            Check(LEAVES + "f = x * y", "f.data", -6.0, "it is no product", ((1.0, "it adds"),), "__mul__"),
            Check(
                LEAVES + "f = x * y", "x.data", -2.0, "multiplying changes its operand: make a new number",
                method="__mul__",
            ),
        ),
    ),
    Step(
        "backward, in a row",
        (
            Check(LEAVES + "f = x * y\nf.backward()", "f.grad", 1.0, "backward starts with 1 at the end: ∂f/∂f = 1"),
            Check(
                LEAVES + "f = x * y\nf.backward()", "x.grad", 3.0, "it is not the other factor",
                ((-2.0, "each factor gets its own value: it must get the other's"), (0.0, NO_BACK)), "__mul__",
            ),
            Check(LEAVES + "f = x * y\nf.backward()", "y.grad", -2.0, "it is not the other factor", ((0.0, NO_BACK),)),
            Check(LEAVES + "f = x + y\nf.backward()", "x.grad", 1.0, "a sum copies the gradient", ((0.0, NO_BACK),)),
            Check(
                ROW, "x.grad", 0.06 * 0.3 * 0.42, "along a path the slopes multiply: 0.06 · 0.3 · 0.42",
                (
                    (0.0, "the walk stops early: each parent must hand on to its own parents"),
                    (0.42, "a node hands on its local gradient alone: multiply it by the node's own gradient"),
                    (3.78, "the slopes are added along the path: they multiply"),
                ),
            ),
        ),
    ),
    Step(
        "the branch",
        (
            Check(BRANCH, "b.grad", 9.0, "it is not 7 + 2", ((2.0, OVERWRITTEN), (7.0, OVERWRITTEN)), "backward"),
            Check(BRANCH, "a.grad", 7.0, "a is used once, in x = 2, and f hands x the value of y", method="backward"),
            Check(BRANCH, "c.grad", 2.0, "c is used once, in y = 7, and f hands y the value of x", method="backward"),
            Check(
                "x = Number(3.0)\nf = x * x\nf.backward()", "x.grad", 6.0, "x is used twice by one product: 3 + 3",
                ((3.0, OVERWRITTEN + "; or the parents are kept in a set"),), "backward",
            ),
        ),
    ),
    Step(
        "the order",
        (
            Check(
                "s = Number(1.0)\nt = s + s\nu = t + t\nu.backward()", "s.grad", 4.0, "2 · 2 is right",
                ((2.0, EARLY), (3.0, OFTEN), (6.0, OFTEN), (8.0, OFTEN)), "backward",
            ),
            Check(
                "x = Number(2.0)\ny = Number(3.0)\nu = x * y\nf = u + u * Number(4.0)\nf.backward()", "x.grad", 15.0,
                "two paths of different length lead here: 3 · 1 + 3 · 4", ((3.0, EARLY), (12.0, EARLY), (18.0, OFTEN)),
                "backward",
            ),
            Check(
                "s = Number(1.0)\nt = s\nfor _ in range(40):\n    t = t + t\nt.backward()", "s.grad", 2.0**40,
                "each of 40 sums doubles the gradient", method="backward",
            ),
            Check(
                "s = Number(1.0)\nt = s\nfor _ in range(5000):\n    t = t + Number(0.5)\nt.backward()", "s.grad", 1.0,
                "5000 sums in a row hand on 1", method="backward",
            ),
        ),
    ),
    Step(
        "twice",
        (
            Check(TWICE, "x.grad", 24.0, "12 and 12 are 24", ((36.0, KEPT), (12.0, FRESH)), "backward"),
            Check(LOSSES, "a.grad", 20.0, "8 + 12 is right", ((28.0, KEPT), (12.0, FRESH)), "backward"),
        ),
    ),
    Step(
        "the rest",
        (
            Check(EXPRESSION, "g.data", 24.70408163265306, "one of the operations has a wrong value"),
            Check(EXPRESSION, "a.grad", 138.8338192419825, "one of the operations has a wrong slope"),
            Check(EXPRESSION, "b.grad", 645.5772594752186, "one of the operations has a wrong slope"),
        ),
    ),
    Step(
        "a neuron",
        (
            Check(
                "neuron = Neuron(2)", "len(neuron.w)", 2.0, "Neuron(2) has two inputs, so neuron.w is a list of two",
            ),
            Check(
                "neuron = Neuron(2)", "float(neuron.w[0].data != neuron.w[1].data)", 1.0,
                "the weights are equal: draw them at random, or all neurons stay copies of each other",
            ),
            Check(
                NEURON, "a.data", A, "it is not tanh(w · x + b)",
                (
                    (0.5, "the activation is missing: tanh"),
                    (math.tanh(4.0), "the bias is missing"),
                    (4.0, "the bias and the activation are missing"),
                ),
            ),
            Check(NEURON + "a.backward()", "neuron.b.grad", SLOPE, "the bias's gradient is the slope of tanh, 1 - a²"),
            Check(
                NEURON + "a.backward()", "neuron.w[1].grad", -2 * SLOPE, "a weight's gradient is δ times its input",
                ((0.0, "no gradient arrives: multiply the weights themselves, not their data"),),
            ),
        ),
    ),
    Step(
        "training",
        (
            Check(
                DESCENT.format(count=1), "w.data", 1.0798, "it is not w - η · ∂L/∂w",
                (
                    (0.9202, "the step goes up: subtract the gradient"),
                    (1.0, "nothing has moved: run backward, then change p.data"),
                    (8.98, "the learning rate is missing"),
                ),
                "step",
            ),
            Check(DESCENT.format(count=1), "b.data", 0.038, "every parameter must move", method="step"),
            Check(
                DESCENT.format(count=2), "w.data", 1.15096564, "the second step is not that of gradient descent",
                ((1.23076564, "the first gradient is still there: set grad to 0.0 before each backward pass"),), "step",
            ),
            Check(LINE, "w.data", -1.0, "the line y = 5 - x has w = -1", method="step"),
        ),
    ),
)  # fmt: skip


def check_step(engine: Callable[..., object], step: int, *, functions: Namespace | None = None) -> Report:
    """Check a class against the first steps of "Build your own Value", up to `step`, 1 to 10; stops where one fails.

    The class has the names of the course: `data`, `grad` and `backward()`. Step 9 needs a class `Neuron`, step 10 a
    function `step(loss, parameters, rate)`; they are looked for in the engine's module, or in `functions`.
    Raises ValueError if there is no such step.

    >>> class Number:
    ...     def __init__(self, data):
    ...         self.data, self.grad = data, 0.0
    >>> print(check_step(Number, 1))
    Number: 2 checks, nothing to report
    <BLANKLINE>
    step 1 is right; next comes 2, addition
    >>> print(check_step(Number, 2).findings[0].what)
    step 2, addition: Number has no + yet: write __add__
    """
    names = own_names(engine) if functions is None else functions
    report = Report(getattr(engine, "__name__", "Number"))
    check_steps(engine, names, report, step)
    return report


def check_steps(
    kind: Callable[..., object],
    names: Namespace,
    report: Report,
    last: int,
    progress: Callable[[], None] = lambda: None,
) -> None:
    """The checks of the steps up to `last`, into a report; `progress` is called after each."""
    if not 1 <= last <= len(STEPS):
        raise ValueError(f"there is no step {last}: the steps are 1 to {len(STEPS)}")
    for number, step in enumerate(STEPS[:last], start=1):
        title = f"step {number}, {step.name}"
        report.topics[title] = [0, 0]
        if number == KIT_FROM:
            _ask_kit(kind, names, report, title)
        for check in step.checks if report.ok else ():
            failure = _failure(kind, names, check)
            report.topics[title][0] += failure is None
            report.topics[title][1] += 1
            if failure is not None:
                report.findings.append(_finding(kind, names, check, title, failure))
                break
            progress()
        if not report.ok:
            report.closing = f"{_right_up_to(number - 1)}{title}, is not right yet"
            return
    after = f"next comes {last + 1}, {STEPS[last].name}" if last < len(STEPS) else "this was the last one"
    report.closing = f"{_right_up_to(last)}{after}"


def _right_up_to(number: int) -> str:
    words = ("", "step 1 is right; ", "steps 1 and 2 are right; ")
    return words[number] if number < len(words) else f"steps 1 to {number} are right; "


def _ask_kit(kind: Callable[..., object], names: Namespace, report: Report, title: str) -> None:
    """Everything that the kit knows, with what the step adds required."""
    found = check_engine(kind, functions=names, require=REST)
    report.unchecked = found.unchecked
    report.findings += found.sorted_findings()
    report.topics[title] = [sum(pair) for pair in zip(report.topics[title], *found.topics.values(), strict=True)]


def _failure(kind: Callable[..., object], names: Namespace, check: Check) -> tuple[str, float | str] | None:
    """What a failure means and what came instead of the right number; None if it came."""
    scope = {"range": range, "sum": sum, **names, "Number": kind}
    found: float | complex | None
    try:
        with time_limit(SECONDS):
            exec(check.code, scope)  # noqa: S102 - our own lines, on the learner's class
            found = number_in(eval(check.asked, scope))  # noqa: S307 - as above
    except TimeUpError:
        return PATHS, f"no result within {SECONDS:g} s"
    except Exception as error:
        return _error_words(kind, error), f"{type(error).__name__}: {str(error)[:200]}"
    if close(found, check.right) and found is not None:
        return None
    slip = next((words for wrong, words in check.slips if found is not None and close(found, wrong)), check.words)
    return slip, found if isinstance(found, float) else str(found)


SIGNS = {"+": "__add__", "*": "__mul__", "-": "__sub__", "/": "__truediv__", "**": "__pow__"}
MISSING = re.compile(r"'(\w+)' object has no attribute '(\w+)'")
UNSUPPORTED = re.compile(r"unsupported operand type\(s\) for (\S+)(?: or pow\(\))?:")


def _error_words(kind: Callable[..., object], error: Exception) -> str:
    """What an exception means at this stage."""
    name, text = getattr(kind, "__name__", "the class"), str(error)
    if isinstance(error, RecursionError):
        return "the walk calls itself, and Python stops at a depth of about 1,000: keep a stack of your own, a list"
    if isinstance(error, NameError):
        return f"there is no {getattr(error, 'name', '') or text} in the file yet"
    if found := UNSUPPORTED.search(text):
        sign = found[1]
        is_none = "NoneType" in text
        missing = f"{name} has no {sign} yet" + (f": write {SIGNS[sign]}" if sign in SIGNS else "")
        return "an operation returns nothing: end it with return" if is_none else missing
    if found := MISSING.search(text):
        owner, attribute = found.groups()
        if owner == "NoneType":
            return "an operation returns nothing: end it with return"
        if owner in ("float", "int"):
            return f"a plain number stands where a {name} belongs: make it one, or no gradient can pass"
        return f"{owner} has no {attribute} yet"
    return f"it raises {type(error).__name__}: {text[:120]}"


def _line_of(function: object) -> int | None:
    """Where a function begins in the learner's file; None for one that is Python's, or that no file holds."""
    code = getattr(function, "__code__", None)
    return code.co_firstlineno if code and code.co_filename.endswith((".py", ".ipynb")) else None


def _import_for(kind: Callable[..., object], code: str) -> str:
    """The line that fetches from the learner's file what the code needs; empty where there is no file to import."""
    home = getattr(kind, "__module__", "")
    if home == "__main__" or not str(getattr(sys.modules.get(home), "__file__", "")).endswith(".py"):
        return ""
    needed = [each for each in (kind.__name__, "Neuron", "step") if re.search(rf"\b{each}\(", code)]
    return f"from {home} import {', '.join(needed)}\n"


def _finding(
    kind: Callable[..., object], names: Namespace, check: Check, title: str, failure: tuple[str, float | str]
) -> Finding:
    words, actual = failure
    code = re.sub(r"\bNumber\b", getattr(kind, "__name__", "Number"), f"{check.code}\nprint({check.asked})")
    code = _import_for(kind, code) + code
    line = _line_of(getattr(kind, check.method, None) or names.get(check.method))
    return Finding("wrong", f"{title}: {words}", title, code, check.right, actual, line, title, PAGE)


def names_of_steps() -> Sequence[str]:
    """The ten names, in order."""
    return [step.name for step in STEPS]
