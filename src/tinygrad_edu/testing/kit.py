"""Check any engine of scalars with gradients: the class goes in, a report comes out."""

import sys
from collections.abc import Callable, Mapping, Sequence

from ..engine_checks.checks import Checker
from ..engine_checks.habits import check_habits
from ..engine_checks.limits import usual_depth
from ..engine_checks.report import Finding, Report
from ..engine_checks.suspects import Source
from ..foreign_engines.engines import Engine, Function, Namespace, Run
from ..foreign_engines.finding import find_engine
from ..foreign_engines.programs import Expression
from ..foreign_engines.shapes import NotFoundError, attempt, find_operators

__all__ = ["Finding", "Report", "check_engine"]


X, Y = Expression("x"), Expression("y")


def check_engine(
    engine: Callable[..., object] | None = None,
    *,
    run: Run | None = None,
    functions: Mapping[str, object] | object = None,
    name: str = "",
    require: Sequence[str] = (),
    derive: bool = False,
) -> Report:
    """Check a class, or a function that makes a leaf, or an adapter `run(f, xs) -> value, gradients`.

    `functions` is where functions such as `exp` are looked for: a module or a dictionary; by default the engine's
    own module. What is missing is listed, and is wrong only if `require` names it. `derive` adds to each finding the
    chain rule with its numbers, and a picture of the graph. Nothing is raised for what the engine does wrong.

    >>> from tinygrad_edu import Value
    >>> check_engine(Value).ok
    True
    """
    kind = engine or run
    if kind is None:
        raise TypeError("check_engine needs an engine: a class, a function that makes a leaf, or run=")
    label = name or getattr(kind, "__name__", type(kind).__name__)
    names = _names_of(functions) if functions is not None else own_names(kind)
    report = Report(label)
    with usual_depth():
        try:
            kinds = [(getattr(kind, "__name__", label), kind)]
            found = Function(label, names, run) if run else find_engine(kinds, names)[1]
        except NotFoundError as error:
            report.unchecked = str(error)
            return report
        check_found(found, kind, report, derive=derive)
    report.require(require)
    return report


def check_found(
    engine: Engine,
    kind: object,
    report: Report,
    *,
    derive: bool = False,
    partial: bool = False,
    progress: Callable[[], None] = lambda: None,
) -> None:
    """All checks of an engine whose shape is known."""
    gradient = getattr(getattr(engine, "gradient", None), "text", "{}.grad").rpartition(".")[2]
    checker = Checker(engine, Source(kind, gradient), report, derive=derive)
    checker.is_partial, checker.progress = partial, progress
    if not isinstance(engine, Function):
        find_operators(engine)
    elif attempt(engine.run, X * Y, (2.0, 3.0)) is None or engine.templates["*"] != "{} * {}":
        find_operators(engine, ("*", "+", "-", "/"))
        report.unchecked = _failure(engine)
        if report.unchecked:
            return
    checker.check_operations()
    check_habits(checker, engine)
    report.findings = report.sorted_findings()


def _failure(engine: Function) -> str:
    """Why an adapter cannot even give back its input, add and multiply; empty if it can do one of them."""
    error: Exception | None = None
    for expression in (X, X + Y, X * Y):
        try:
            engine.run(expression, (2.0, 3.0)[: len(expression.inputs)])
        except Exception as caught:
            error = error or caught
        else:
            return ""
    return f"the adapter cannot run f(x) = x, nor x + y, nor x * y: {type(error).__name__}: {error}"


def _names_of(functions: object) -> Namespace:
    return functions if isinstance(functions, Mapping) else {n: getattr(functions, n) for n in dir(functions)}


def own_names(kind: object) -> Namespace:
    """What the engine's module defines itself: not what it imports from elsewhere."""
    module = getattr(kind, "__module__", "")
    names = vars(sys.modules[module]) if module in sys.modules else {}
    return {name: each for name, each in names.items() if is_own(each, module)}


def is_own(thing: object, module: str) -> bool:
    """Whether a module defines a thing, or an object is of a class that it defines; lists and dicts may be its own."""
    home = attempt(getattr, thing, "__module__", None)
    return isinstance(thing, list | dict) or (not isinstance(thing, int | float | str) and home == module)
