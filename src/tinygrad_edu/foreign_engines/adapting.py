"""Adapters found by trying: for tapes, for functions of functions, for named inputs, for nodes that are indices.

Each try is the text of a function `run(f, xs) -> value, gradients` in the names of the module. The first whose numbers
are right for x·y and for (x·y)·y is the engine; `--write-adapter` writes it down.
"""

import inspect
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from .catalogue import FUNCTIONS, SPELLINGS
from .engines import VALUE_NAMES, Function, Namespace, Outcome, Run, Way
from .programs import Expression
from .shapes import (
    BACKWARD_NAMES,
    BACKWARD_WORDS,
    GRADIENT_NAMES,
    MAKER_NAMES,
    QUERIES,
    READ_NAMES,
    attempt,
    maker,
    makers,
    readers,
    reads,
    spelt,
)
from .trials import close

ABOUT = '"""The value and the gradients of f at the numbers xs, on fresh leaves."""'
ASKING = (*QUERIES, "grads", "get_gradient", "get_grad", "compute_gradients", "adjoint", "adjoints")
WITH_RESPECT_TO = ("wrt", "get", "of")
FUNCTION_WORDS = ("grad", "deriv", "diff", "jac", "backprop")
NO_ENGINES = ("num", "finite", "approx", "check", "descent", "zero", "reset", "clip", "test")  # of such a name
HOLDERS = ("tape", "graph", "context", "recorder", "session")
X, Y = Expression("x"), Expression("y")
SMALL = (  # programs, with the point, the value and the gradients
    (X * Y, (2.0, 3.0), 6.0, (3.0, 2.0)),
    ((X * Y) * Y, (2.0, 3.0), 18.0, (9.0, 12.0)),
)
Kinds = Sequence[tuple[str, Callable[..., object]]]


def adapted(kinds: Kinds, names: Namespace) -> Function | None:
    """The first adapter that gives the right numbers, as an engine whose head is the text of it."""
    leaves = list(itertools.islice(_leaves(kinds, names), 12))
    texts = itertools.chain(
        _functions_of_functions(leaves, names), _tapes(leaves, names), _named(kinds, names), _indices(names)
    )
    return next(filter(None, (_working(text, names) for text in texts)), None)


def _working(text: str, names: Namespace) -> Function | None:
    """The engine of an adapter, if it gives the right numbers."""
    space = dict(names)
    exec(text, space)  # noqa: S102 - made of the names of attributes
    run: Run = space["run"]  # type: ignore[assignment]
    own = space.get("functions")
    engine = Function("run", {**names, **(own if isinstance(own, Mapping) else {})}, _listed(run))
    if "class Node" not in text and not _some_has(names, "__mul__"):
        engine.learn("*", next(itertools.islice(spelt("*", None, names), 1, None), "{} * {}"))
    for expression, point, value, gradients in SMALL:
        outcome = attempt(engine.run, expression, point)
        if not isinstance(outcome, Outcome) or len(outcome.gradients) != 2:
            return None
        found = [outcome.value, *outcome.gradients]
        if None in found or not all(map(close, found, (value, *gradients))):
            return None
    engine.imports = text
    return engine


def _listed(run: Run) -> Run:
    """A run whose gradients are a list, whatever sequence the engine gave."""

    def both(f: Callable[..., object], xs: list[float]) -> tuple[object, Sequence[object]]:
        value, gradients = run(f, xs)
        return value, list(gradients)

    return both


def _text(*lines: str) -> str:
    return "\n".join(["def run(f, xs):", f"    {ABOUT}", *(f"    {line}" for line in lines)])


# --- leaves ------------------------------------------------------------------------------------------------------


def _leaves(kinds: Kinds, names: Namespace) -> Iterator[tuple[str, str]]:
    """Ways to make a leaf of a number `x`, each with how the number of `out` is read."""
    for name, kind in kinds:
        for text in makers(name, kind, {**names, name: kind}) if name.isidentifier() else ():
            yield from _with_reader(text, {**names, name: kind})
    for name, thing in names.items():
        if not isinstance(thing, type) and callable(thing) and any(word in name for word in ("seed", *MAKER_NAMES)):
            yield from _with_reader(f"{name}({{}})", names)


def _with_reader(text: str, names: Namespace) -> Iterator[tuple[str, str]]:
    leaf = maker(text, names)
    two, three = attempt(leaf, 2.0), attempt(leaf, 3.0)
    if two is None or three is None:
        return
    value = next(
        (way for way in readers(READ_NAMES, two, names) if reads(way, 2.0, two) and reads(way, 3.0, three)), None
    )
    if value:
        yield text.format("x"), value.written("out")


# --- functions of functions: grad(f)(2.0, 3.0) -------------------------------------------------------------------


def _functions_of_functions(leaves: Iterable[tuple[str, str]], names: Namespace) -> Iterator[str]:
    values = ["value = f(*xs)"]
    values[:0] = [f"out = f(*[{leaf} for x in xs])\nvalue = {value}" for leaf, value in leaves]
    for name, thing in names.items():
        lower = name.lower()
        if not callable(thing) or not any(word in lower for word in FUNCTION_WORDS) or _is_other(lower):
            continue
        if isinstance(thing, type):
            asks = [f"{name}({{0}}).{each}" for each in ASKING if hasattr(thing, each)]
        else:
            asks = [name]
        for both in _values_and_gradients(name):
            yield _text(*both.split("\n"), "return value, gradients")
        for value, ask in itertools.product(values, asks):
            for call in _gradient_calls(ask):
                yield _text(*value.split("\n"), f"return value, {call}")


def _is_other(name: str) -> bool:
    return any(word in name for word in NO_ENGINES)


def _gradient_calls(ask: str) -> Iterator[str]:
    """`grad(f)(*xs)` and its like; the name may have a place for f, as in `AD({0}).grad`."""
    alone = "lambda x: f(*xs[:i], x, *xs[i + 1:])"
    many = " for i in range(len(xs))]"
    for f in ("f", "lambda v: f(*v)"):
        if "{0}" in ask:
            yield from (ask.format(f) + call for call in ("(*xs)", "(xs)"))
            continue
        yield from (f"{ask}({f})(*xs)", f"{ask}({f})(xs)", f"{ask}({f}, *xs)", f"{ask}({f}, xs)", f"{ask}({f}, (*xs,))")
        yield from (f"[{ask}({f}, i)(*xs){many}", f"[{ask}({f}, i)(xs){many}", f"[{ask}({f}, xs, i){many}")
        yield from (
            f"[{ask}({f}, i, xs){many}",
            f"[{ask}({f}, i, *xs){many}",
            f"{ask}({f}, tuple(range(len(xs))))(*xs)",
        )
    if "{0}" in ask:
        yield f"[{ask.format(alone)}(xs[i]){many}"
    else:
        yield from (f"[{ask}({alone})(xs[i]){many}", f"[{ask}({alone}, xs[i]){many}")


def _values_and_gradients(name: str) -> Iterator[str]:
    """Functions that give the value too."""
    for call in ("(f)(*xs)", "(f)(xs)", "(f, *xs)", "(f, xs)", "(lambda v: f(*v))(xs)", "(lambda v: f(*v), xs)"):
        yield f"value, gradients = {name}{call}"
    yield f"pairs = [{name}(f, i)(*xs) for i in range(len(xs))]\nvalue, gradients = pairs[0][0], [g for _, g in pairs]"


# --- tapes -------------------------------------------------------------------------------------------------------


def _tapes(leaves: Sequence[tuple[str, str]], names: Namespace) -> Iterator[str]:
    """A tape that is opened, or just made, for each run."""
    for name, thing in names.items():
        methods = (*ASKING, *BACKWARD_NAMES, *MAKER_NAMES, "watch")
        looks_so = hasattr(thing, "__enter__") or any(word in name.lower() for word in HOLDERS)
        if not isinstance(thing, type) or not looks_so or attempt(thing) is None:
            continue
        has = {each for each in methods if callable(getattr(thing, each, None))}
        openings = [f"with {name}() as tape:"] if hasattr(thing, "__enter__") else []
        watches = ["", *(["tape.watch"] if "watch" in has else [])]
        for opening in [*openings, f"tape = {name}()"]:
            for (leaf, value), watch in itertools.product(_leaves_on(thing, has, leaves, names), watches):
                yield from _tape_runs(opening, leaf, value, watch, has, names)


def _leaves_on(
    tape: type, has: set[str], leaves: Sequence[tuple[str, str]], names: Namespace
) -> Iterator[tuple[str, str]]:
    """Leaves that the tape makes, that are given the tape, or that do not ask for it."""
    made = [f"tape.{each}({{}})" for each in sorted(has & set(MAKER_NAMES))]
    made += [
        f"{n}({a})" for n, c in names.items() if isinstance(c, type) for a in ("{}, tape", "tape, {}", "{}, tape=tape")
    ]
    for text in made:
        yield from _with_reader(text, {**names, "tape": attempt(tape)})
    yield from leaves


def _tape_runs(opening: str, leaf: str, value: str, watch: str, has: set[str], names: Namespace) -> Iterator[str]:
    begin = [f"leaves = [{leaf} for x in xs]"]
    begin += [f"for leaf in leaves: {watch}(leaf)"] if watch else []
    begin += ["out = f(*leaves)"]
    starts = [
        "",
        *(f"tape.{each}({given})" for each in BACKWARD_NAMES if each in has for given in ("out", "", "out, 1.0")),
    ]
    starts += [f"out.{each}({given})" for each in BACKWARD_NAMES if _some_has(names, each) for given in ("", "tape")]
    for start, gradients in itertools.product(starts, _gradients(has, names)):
        end = [*filter(None, [start]), *f"gradients = {gradients}".split("\n")]
        if opening.startswith("with"):
            inner = [f"    {line}" for line in begin]
            yield _text(opening, *inner, *end, f"return {value}, gradients")
            yield _text(opening, *inner, *(f"    {line}" for line in end), f"return {value}, gradients")
        else:
            yield _text(opening, *begin, *end, f"return {value}, gradients")


def _gradients(has: set[str], names: Namespace) -> Iterator[str]:
    """How the gradients are read: from the tape, from the result, from the leaves."""
    each = " for leaf in leaves]"
    for ask in (each for each in ASKING if each in has):
        yield from (f"tape.{ask}(out, leaves)", f"[tape.{ask}(out, leaf){each}", f"[tape.{ask}(out, [leaf])[0]{each}")
        yield from (f"{found}{each}" for found in _once(f"tape.{ask}(out)", names))
        yield f"[tape.{ask}(leaf){each}"
    for ask in (each for each in ASKING if _some_has(names, each)):
        yield from (f"{found}{each}" for found in _once(f"out.{ask}()", names))
        yield from (f"[out.{ask}(leaf){each}", f"out.{ask}(leaves)", f"[leaf.{ask}(){each}")
    yield from (f"[leaf.{name}{each}" for name in GRADIENT_NAMES)


def _once(ask: str, names: Namespace) -> Iterator[str]:
    """Reading from what is asked for once: a dict by node or by id, an object with a method."""
    by = (f".{method}(leaf)" for method in WITH_RESPECT_TO if _some_has(names, method))
    yield from (f"{ask}\ngradients = [gradients{read}" for read in ("[leaf]", "[id(leaf)]", *by))


def _some_has(names: Namespace, attribute: str) -> bool:
    return any(isinstance(each, type) and hasattr(each, attribute) for each in names.values())


# --- inputs that have names ---------------------------------------------------------------------------------------


def _named(kinds: Kinds, names: Namespace) -> Iterator[str]:
    """`Var("x", 2.0)`, and gradients by name."""
    for name, _ in kinds:
        for leaf in (f'{name}(f"x{{i}}", x)', f'{name}(x, f"x{{i}}")'):
            sample = attempt(
                Way(leaf.replace('f"x{i}"', '"x"').replace(", x)", ", {})").replace("(x,", "({},"), names), 2.0
            )
            if sample is None:
                continue
            for value in readers(READ_NAMES, sample, names):
                if not reads(value, 2.0, sample):
                    continue
                known = [*ASKING, *GRADIENT_NAMES, *getattr(sample, "__dict__", {})]
                for ask in (each for each in dict.fromkeys(known) if hasattr(sample, each)):
                    for call in ("()", ""):
                        yield _text(
                            f"leaves = [{leaf} for i, x in enumerate(xs)]",
                            "out = f(*leaves)",
                            f"gradients = out.{ask}{call}",
                            f'return {value.written("out")}, [gradients.get(f"x{{i}}", 0.0) for i in range(len(xs))]',
                        )


# --- nodes that are indices ---------------------------------------------------------------------------------------

INDEXED = '''class Node:
    """A node is a number here, which has operators of its own: this gives it those of the engine."""

    def __init__(self, i):
        self.i = i
'''
OPERATOR = "\n    def __{0}__(self, other):\n        return Node({1}(self.i, other.i))\n"
METHODS = {"+": "add", "-": "sub", "*": "mul", "/": "truediv"}


def _indices(names: Namespace) -> Iterator[str]:
    """Functions that make and combine ints, each the place of a node in lists of the module."""
    lists = [name for name, each in names.items() if isinstance(each, list | dict)]
    functions = {name: each for name, each in names.items() if inspect.isfunction(each)}
    operators = {op: next((n for n in SPELLINGS[op] if n in functions), "") for op in METHODS}
    starts = [name for name in functions if any(word in name for word in BACKWARD_WORDS)]
    made = [n for n in functions if n not in starts and isinstance(attempt(functions[n], 2.0), int)]
    if not operators["*"] or not lists:
        return
    head = INDEXED + "".join(OPERATOR.format(METHODS[op], name) for op, name in operators.items() if name)
    found = {s: n for n in FUNCTIONS for s in (n, *FUNCTIONS[n].names) if s in functions}
    table = ", ".join(f'"{name}": lambda x: Node({name}(x.i))' for name in found)
    resets = [f"{name}()" for name in functions if re.search(r"reset|clear", name)][:1]
    made.sort(key=lambda name: name not in (*MAKER_NAMES, *VALUE_NAMES, "new", "make"))
    for make, start, value, gradient in itertools.product(made, starts, lists, lists):
        lines = [f"leaves = [Node({make}(x)) for x in xs]", "out = f(*leaves)", f"{start}(out.i)"]
        lines += [f"return {value}[out.i], [{gradient}[leaf.i] for leaf in leaves]"]
        yield f"{head}\n\n{_text(*resets, *lines)}\n\n\nfunctions = {{{table}}}"
