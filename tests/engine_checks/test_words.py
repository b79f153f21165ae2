"""What the kit says of each well-known slip: planted one by one in an engine whose rules can be changed."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.engine_checks.scripted import RIGHT, Rule, scripted
from tests.kept import Kept
from tests.testing.test_kit import told
from tinygrad_edu.engine_checks.checks import Checker
from tinygrad_edu.engine_checks.suspects import Source
from tinygrad_edu.foreign_engines.catalogue import FUNCTIONS
from tinygrad_edu.foreign_engines.engines import Function, Outcome
from tinygrad_edu.foreign_engines.programs import Expression
from tinygrad_edu.testing import Report, check_engine

Slope = Callable[..., tuple[float, ...]]


def report_on(changes: dict[str, Rule | None] | None = None) -> Report:
    return check_engine(run=scripted(changes), functions={}, name="scripted")


def wrong(changes: dict[str, Rule | None]) -> list[str]:
    return [each.what for each in report_on(changes).findings if each.severity == "wrong"]


def test_the_engine_is_right_as_it_is() -> None:
    assert wrong({}) == []


# Of each operation: a wrong slope and the words for it, by formulas that are not those of the catalogue.
INPUT = "uses the input in the slope where the output belongs"
SLOPES: list[tuple[str, Slope, str]] = [
    ("exp", lambda x: (x,), INPUT),
    ("exp", lambda x: (x * math.exp(x) / math.e,), "uses x·exp(x - 1), as if it were a power"),
    ("log", lambda x: (math.log(math.e, x),), "divides by the output instead of the input"),
    ("log", lambda x: (x,), "multiplies by x instead of dividing by it"),
    ("log10", lambda x: (x**-1,), "forgets the factor 1/ln 10"),
    ("log2", lambda x: (x**-1,), "forgets the factor 1/ln 2"),
    ("sqrt", lambda x: (x**-0.5,), "forgets the factor ½"),
    ("sqrt", lambda x: (1 / (x + x),), "divides by x instead of its root"),
    ("sqrt", lambda x: (x**0.5 / 2,), "multiplies by the root instead of dividing"),
    ("sin", lambda x: (math.cos(x - math.pi / 2),), "has itself for its slope"),
    ("cos", lambda x: (math.cos(x - math.pi / 2),), "forgets the minus of -sin x"),
    ("cos", lambda x: (math.sin(x + math.pi / 2),), "has itself for its slope"),
    ("tan", lambda x: (2 - math.cos(x) ** -2,), "uses 1 - tan², the slope of tanh"),
    ("tan", lambda x: ((1 + math.cos(2 * x)) / 2,), "uses cos² instead of 1/cos²"),
    ("tan", lambda x: (math.hypot(1, math.tan(x)),), "uses 1/cos instead of 1/cos²"),
    ("tanh", lambda x: ((1 - x) * (1 + x),), f"{INPUT}: 1 - x² instead of 1 - t²"),
    ("tanh", lambda x: (2 / (math.exp(2 * x) + 1),), "forgets the square: 1 - t instead of 1 - t²"),
    ("tanh", lambda x: (0.25 - (math.tanh(x) - 0.5) ** 2,), "uses the sigmoid's slope t(1 - t)"),
    ("sigmoid", lambda x: (x - x * x,), f"{INPUT}: x(1 - x) instead of s(1 - s)"),
    ("sigmoid", lambda x: (0.75 - math.tanh(x / 2) / 2 - math.tanh(x / 2) ** 2 / 4,), "uses tanh's slope 1 - s²"),
    ("relu", lambda x: (1.0,), "lets the gradient through where the input is negative"),
    ("relu", lambda x: ((x + abs(x)) / 2,), "uses the output as the slope"),
    ("relu", lambda x: (1.0 if x > 0 else 0.7,), "it is not the derivative"),
    ("square", lambda x: (x,), "forgets the factor 2"),
    ("x ** 2", lambda x, n: (n * x**n,), "forgets to lower the exponent: n·x**n instead of n·x**(n - 1)"),
    ("x ** 2", lambda x, n: (x ** (n - 1),), "forgets the factor n"),
    ("x / y", lambda x, y: (1.0, -x / y**2), "forgets to divide by y by x"),
    ("x / y", lambda x, y: (y, -x / y**2), "multiplies by y instead of dividing by x"),
    ("x / y", lambda x, y: (1 / y, -x / y), "forgets to square the denominator by y"),
    ("x / y", lambda x, y: (1 / y, x / y**2), "forgets the minus by y"),
    ("x * y", lambda x, y: (x, x), "hands the operand its own value instead of the other's by x"),
    ("x * y", lambda x, y: (y, y), "hands the operand its own value instead of the other's by y"),
    ("x - y", lambda x, y: (-1.0, 1.0), "each operand gets the other's gradient"),
    ("x - y", lambda x, y: (-1.0, -1.0), "its sign is turned by x"),
    ("x - y", lambda x, y: (1.0, 1.0), "its sign is turned by y"),
    ("x - y", lambda x, y: (0.0, -1.0), "no gradient arrives by x"),
    ("x - y", lambda x, y: (1.0, -2.5), "it is 2.5 times the right one by y"),
    ("x - y", lambda x, y: (1.0, y), "it is not the derivative by y"),
    ("x ** y", lambda x, y: (y * x ** (y - 1), x**y), "it is not the derivative by y"),
    ("x ** y", lambda x, y: (y * x ** (y - 1), 0.0), "no gradient arrives by y"),
    ("sin", lambda x: (-math.cos(x),), "its sign is turned"),
    ("sin", lambda x: (0.0,), "no gradient arrives"),
    ("sin", lambda x: (math.cos(x) / 3,), "it is 0.333333 times the right one"),
    ("abs", lambda x: (1.0,), "its sign is turned"),
    ("-x", lambda x: (1.0,), "its sign is turned"),
    ("3 + x", lambda x, n: (n,), "it is 3 times the right one"),
    ("5 - x", lambda x, n: (1.0,), "its sign is turned"),
    ("2 / x", lambda x, n: (1 / x,), "it is not the derivative"),
    ("2 ** x", lambda x, n: (n**x,), "it is 1.4427 times the right one"),
]
NAMES = {name: f"{name}(x)" for name in RIGHT if name.isidentifier()}


@pytest.mark.parametrize(("name", "slope", "words"), SLOPES, ids=[f"{name}: {words}" for name, _, words in SLOPES])
def test_a_wrong_slope_is_told_by_the_slip_behind_it(name: str, slope: Slope, words: str) -> None:
    assert wrong({name: (RIGHT[name][0], slope)})[0] == f"the gradient of {NAMES.get(name, name)} is wrong: {words}"


SWAPPED = "the operands are swapped"
VALUES: list[tuple[str, Callable[..., float], str]] = [
    ("x - y", lambda x, y: y - x, f": {SWAPPED}"),
    ("x - y", lambda x, y: x + y, ": it adds"),
    ("x / y", lambda x, y: y / x, f": {SWAPPED}"),
    ("x / y", lambda x, y: float(math.floor(x / y)), ": it is //"),
    ("x / y", lambda x, y: x * y, ""),
    ("x - 5", lambda x, n: n - x, f": {SWAPPED}"),
    ("x / 4", lambda x, n: n / x, f": {SWAPPED}"),
    ("5 - x", lambda x, n: x - n, f": 5 - x is computed as x - 5: {SWAPPED}"),
    ("2 / x", lambda x, n: x / n, f": 2 / x is computed as x / 2: {SWAPPED}"),
    ("x ** y", lambda x, y: y**x, f": {SWAPPED}"),
    ("2 ** x", lambda x, n: x**n, f": 2 ** x is computed as x ** 2: {SWAPPED}"),
    ("exp", lambda x: math.exp(x) + 1, ""),
    ("x + 3", lambda x, n: x + n + 1, ""),
]


@pytest.mark.parametrize(("name", "value", "words"), VALUES, ids=[f"{name}{words}" for name, _, words in VALUES])
def test_a_wrong_value_is_told_by_the_slip_behind_it(name: str, value: Callable[..., float], words: str) -> None:
    label = NAMES.get(name, name)
    assert f"the value of {label} is wrong{words}" in wrong({name: (value, RIGHT[name][1])})


def leaky(s: float) -> Rule:
    return lambda x: max(x, 0.0) + s * min(x, 0.0), lambda x: (1.0 if x > 0 else s,)


def elu(s: float) -> Rule:
    return lambda x: max(x, 0.0) + s * math.expm1(min(x, 0.0)), lambda x: (1.0 if x > 0 else s * math.exp(x),)


def gelu(x: float) -> float:
    return 0.5 * x * math.erfc(-x / math.sqrt(2))


MEANINGS: list[tuple[str, Rule]] = [
    ("log", (lambda x: math.log(x) / math.log(10), lambda x: (1 / (x * math.log(10)),))),
    ("log", (math.log2, lambda x: (1 / (x * math.log(2)),))),
    ("log", (math.log1p, lambda x: (1 / (1 + x),))),
    *(("leaky_relu", leaky(s)) for s in (0.01, 0.1, 0.2, 0.001, 0.05, 0.3, 0.25)),
    *(("elu", elu(s)) for s in (1.0, 0.1, 0.01, 0.5, 1.6732632423543772)),
    ("gelu", (gelu, lambda x: (gelu(x) / x + x * math.exp(-x * x / 2) / math.sqrt(2 * math.pi),))),
    ("gelu", (lambda x: x / (1 + math.exp(-1.702 * x)), lambda x: (
        1 / (1 + math.exp(-1.702 * x)) + x * 1.702 * math.exp(-1.702 * x) / (1 + math.exp(-1.702 * x)) ** 2,
    ))),
]  # fmt: skip


@pytest.mark.parametrize("i", range(len(MEANINGS)))
def test_a_function_is_right_in_each_of_its_meanings(i: int) -> None:
    name, (value, slope) = MEANINGS[i]
    assert function_report(name, (value, slope)).topics == {"functions": [1, 1]}
    assert function_report(name, (lambda x: value(x) * 1.02, slope)).topics == {}  # a parameter that nobody knows
    assert function_report(name, (value, lambda x: (slope(x)[0] * 1.02,))).topics == {"functions": [0, 1]}


def test_a_name_that_is_missing_is_wrong_unless_only_parts_of_the_file_were_taken() -> None:
    rule = (lambda x: maths.tanh(x), lambda x: (1.0,))  # type: ignore[name-defined]  # noqa: F821, PLW0108
    words = "tanh(x): the forward pass raises NameError: name 'maths' is not defined; a name is missing, or an import"
    assert [each.what for each in function_report("tanh", rule).findings] == [words]
    assert function_report("tanh", rule).missing == []
    assert function_report("tanh", rule, is_partial=True).findings == []
    assert function_report("tanh", rule, is_partial=True).missing == ["tanh"]


def function_report(name: str, rule: Rule, *, is_partial: bool = False) -> Report:
    report = Report("scripted")
    checker = Checker(Function("run", {}, scripted({name: rule})), Source(None), report)
    checker.is_partial = is_partial
    checker.check_function(name, FUNCTIONS[name])
    return report


def test_what_is_wrong_at_some_points_only_is_told_once() -> None:
    value, slopes = RIGHT["x * y"]
    changes: dict[str, Rule | None] = {"x * y": (value, lambda x, y: slopes(x, y) if x > 0 else (-y, x))}
    assert wrong(changes) == ["the gradient of x * y is wrong: its sign is turned by x"]


def test_an_operation_that_gives_nothing_is_named_behind_an_adapter_too() -> None:
    nothing: Rule = (lambda *_: None, lambda *_: ())  # type: ignore[dict-item, return-value]
    assert wrong({"-x": nothing}) == ["-x gives None: is a `return` missing?"]
    assert wrong({"exp": nothing}) == ["exp(x) gives None: is a `return` missing?"]
    assert wrong({"log": nothing}) == []  # it may write a line into a file


def test_an_expression_that_raises_is_named_once() -> None:
    value, slopes = RIGHT["x + y"]
    found = wrong({"x + y": (lambda a, b: value(a, b) / (a - b) * (a - b), slopes)})
    assert found == ["x + x: the forward pass raises ZeroDivisionError: float division by zero"]


# --- the whole report, for other ways to be wrong, see tests/kept.py ------------------------------------------------


def raising(error: Exception) -> Callable[..., Any]:
    def fails(*_: float) -> float:
        raise error

    return fails


def failing(error: Exception) -> Callable[..., Any]:
    def fails(*_: float) -> float:
        return float(str(error)) if isinstance(error, ValueError) else math.sin("one", "two")  # type: ignore[call-arg]

    return fails


def odd(name: str, what: str) -> Rule | None:
    """One operation that is wrong in a general way."""
    value, slopes = RIGHT[name]
    rules: dict[str, Rule | None] = {
        "missing": None,
        "refused": (raising(NotImplementedError("not yet")), slopes),
        "raising": (raising(ValueError("no")), slopes),
        "failing": (failing(ValueError("no")), slopes),
        "failing with a type": (failing(TypeError()), slopes),
        "plain": (lambda *xs: round(value(*xs)), slopes),
        "nothing": (lambda *_: None, slopes),  # type: ignore[dict-item, return-value]
        "rough": (lambda *xs: value(*xs) * (1 + 1e-6), slopes),
        "value": (lambda *xs: value(*xs) + 1, slopes),
        "zero": (value, lambda *xs: tuple(0 * s for s in slopes(*xs))),
        "twice": (value, lambda *xs: tuple(2 * s for s in slopes(*xs))),
        "off": (value, lambda *xs: tuple(s + 1 for s in slopes(*xs))),
        "nan": (value, lambda *xs: tuple(math.nan for _ in slopes(*xs))),
        "negative": (value, lambda *xs: tuple(s if xs[0] > 0 else -s for s in slopes(*xs))),
        "negative raises": (lambda *xs: value(*xs) if xs[0] > 0 else math.log(xs[0] * 0), slopes),
    }
    return rules[what]


HOW = [
    "missing", "refused", "raising", "failing", "failing with a type", "plain", "nothing", "rough", "value", "zero",
    "twice", "off", "nan", "negative", "negative raises",
]  # fmt: skip
SOME = ["missing", "plain", "nothing", "negative raises"]
WHERE = dict.fromkeys(["x * y", "x + 3", "x ** 2", "exp"], HOW)
WHERE |= dict.fromkeys(["x + y", "x - y", "x * 3", "x ** y", "5 - x", "abs", "relu", "log", "log10"], SOME)
ODD = {f"{name}: {what}": {name: odd(name, what)} for name, how in WHERE.items() for what in how}
ODD["x + y: negative"] = {"x + y": odd("x + y", "negative")}
ODD["both"] = {"x + y": odd("x + y", "zero"), "x * y": odd("x * y", "zero")}
ODD["both twice"] = {"x + y": odd("x + y", "twice"), "x * y": odd("x * y", "twice")}
ODD["both off"] = {"x + y": odd("x + y", "off"), "x * y": odd("x * y", "off")}
ODD["two differ"] = {"x + y": odd("x + y", "zero"), "x * y": odd("x * y", "off")}
ODD["rough all over"] = {name: odd(name, "rough") for name in ("x + y", "exp", "x ** 2")}


def tried() -> str:
    """What the kit tries of a right engine, in order: expressions and points."""
    found: list[str] = []
    run = Function.run

    def noted(self: Function, expression: Expression, point: Sequence[float]) -> Outcome:
        found.append(f"{expression} at {list(point)}")
        return run(self, expression, point)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Function, "run", noted)
        report_on()
    return "\n".join(found)


REPORTS = {name: lambda changes=changes: told(report_on(changes)) for name, changes in ODD.items()}
KEPT = Kept(__file__, {"what is tried": tried} | REPORTS)


@pytest.mark.parametrize("name", KEPT.outputs)
def test_reports_stay_as_they_are(name: str) -> None:
    KEPT.check(name)


def test_all_reports_are_kept() -> None:
    KEPT.check_names()


if __name__ == "__main__":
    KEPT.main()
