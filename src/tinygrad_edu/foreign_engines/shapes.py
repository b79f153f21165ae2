"""The shape of an unknown engine, found by behaviour: build x·y at 2 and 3, and see what reads 3 on x and 2 on y.

Known names are tried first, then whatever else the objects have; where multiplication itself is wrong, names decide.
"""

import inspect
import itertools
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ..numbers.number import Number
from .catalogue import FUNCTIONS, SPELLINGS, Known
from .engines import IN_ARRAYS, VALUE_NAMES, Engine, Forward, Namespace, Reverse, Way, is_array, number_in
from .programs import REFERENCES, Expression
from .trials import APPROXIMATE, error_of

GRADIENT_NAMES = ("grad", "gradient", "_grad", "g", "grad_value", "gradient_value", "derivative", "adjoint", "adj", "d")
TANGENT_NAMES = ("tangent", "dual", "der", "deriv", "derivative", "dot", "grad", "eps", "b", "d", "partial")
BACKWARD_NAMES = ("backward", "backprop", "back_prop", "backpropagate", "backward_pass", "back", "propagate")
BACKWARD_WORDS = ("back", "grad", "prop", "deriv", "reverse")
MAKER_NAMES = ("variable", "var", "leaf", "parameter", "param", "scalar", "value", "tensor", "constant")
FLAG_WORDS = ("grad", "train", "track", "diff", "leaf")
QUERIES = ("grad", "gradient", "gradients", "get_gradients", "derivative", "diff", "partial", "wrt", "backward")
FORWARD_NAMES = ("forward", "eval", "evaluate", "compute")  # of graphs that are built first
EVALUATED = ("eval", "evaluate", "value", "item")  # of derivatives that are expressions
NO_STARTS = ("zero_grad", "requires_grad_", "register_hook", "retain_grad", "no_grad")
READ_NAMES = (*VALUE_NAMES, "get_value", "get_data", "eval", "evaluate", "forward", "compute", "numpy")
X, Y = 2.0, 3.0


class NotFoundError(Exception):
    """No class here behaves like a scalar with gradients; the message says how far the search came."""


def attempt(action: Callable[..., object], *arguments: object) -> object:
    """What an action returns, or None if it raises: a search tries much that fails."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return action(*arguments)
    except (Exception, SystemExit):
        return None


def reads(way: Way, expected: float, *nodes: object) -> bool:
    """Whether a number is read where it is expected."""
    found = attempt(lambda: number_in(way(*nodes)))
    return isinstance(found, float) and abs(found - expected) < 1e-3


def candidates(names: Namespace, module: str) -> list[tuple[str, type]]:
    """The classes of a module that may be scalars with gradients, the likeliest first."""
    signs = ("__mul__", "__add__", "__rmul__", *BACKWARD_NAMES)
    found = [(name, each) for name, each in names.items() if isinstance(each, type)]
    found = [pair for pair in found if attempt(getattr, pair[1], "__module__") == module]
    return sorted(found, key=lambda pair: -sum(bool(attempt(hasattr, pair[1], sign)) for sign in signs))


def by_behaviour(name: str, kind: Callable[..., object], names: Namespace) -> Engine | None:
    """The engine whose numbers come out right for x·y."""
    for leaf in (maker(text, names) for text in makers(name, kind, names)):
        x, y = attempt(leaf, X), attempt(leaf, Y)
        if x is None or y is None:
            continue
        for template in spelt("*", x, names):
            out = attempt(Way(template, names, 2), x, y)
            values = (way for way in readers(READ_NAMES, x, names) if reads(way, X, x) and reads(way, Y, y))
            value = next((way for way in values if reads(way, X * Y, out)), None)
            found = value and _reverse(name, names, leaf, template, value)
            if found:
                return found
    return _forward(name, kind, names)


# --- leaves and readers ------------------------------------------------------------------------------------


def _parameters(kind: Callable[..., object]) -> Mapping[str, inspect.Parameter]:
    signature = attempt(inspect.signature, kind)
    return signature.parameters if isinstance(signature, inspect.Signature) else {}


def makers(name: str, kind: Callable[..., object], names: Namespace) -> Iterator[str]:
    """Ways to make a leaf that takes part in differentiation, flagged ones first."""
    parameters = _parameters(kind)
    yield from (
        f"{name}({{}}, {flag}=True)"
        for flag, each in parameters.items()
        if each.default is False and any(word in flag for word in FLAG_WORDS)
    )
    yield from (f"{name}({{}})", f"{name}({{}}).requires_grad_()")
    for other, thing in names.items():
        if (
            isinstance(kind, type)
            and isinstance(thing, type)
            and attempt(issubclass, thing, kind)
            and thing is not kind
        ):
            yield from (f"{other}({{}})", f"{other}({name}({{}}))")
    own = [n for n, each in vars(kind).items() if isinstance(each, classmethod)] if isinstance(kind, type) else []
    named = [method for method in MAKER_NAMES if callable(getattr(kind, method, None))]
    yield from (f"{name}.{method}({{}})" for method in dict.fromkeys([*named, *own]) if not method.startswith("_"))
    yield from (f"{method}({{}})" for method in MAKER_NAMES if callable(names.get(method)))
    takes_any = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
    yield from (f"{name}({keyword}={{}})" for keyword in VALUE_NAMES if takes_any or keyword in parameters)
    yield from (f"{name}([{{}}])", f'{name}({{}}, "x")', f'{name}("x", {{}})')
    if "numpy" in sys.modules:
        yield from (f"{name}({each}{{}}))" for each in IN_ARRAYS)


def maker(text: str, names: Namespace) -> Way:
    """A way to make a leaf."""
    return Way(text, {**names, "numpy": sys.modules["numpy"]} if is_array(text) else names)


def readers(known: Iterable[str], sample: object, names: Namespace) -> Iterator[Way]:
    """Attributes and methods without arguments, known names first."""
    others = [*getattr(sample, "__dict__", {})]
    for cls in type(sample).__mro__[:-1]:
        slots = cls.__dict__.get("__slots__", ())
        others += [slots] if isinstance(slots, str) else [*slots]
        others += [name for name, each in cls.__dict__.items() if isinstance(each, property) or "grad" in name]
    for name in dict.fromkeys([*known, *others]):
        if name.isidentifier() and not name.startswith("__") and attempt(hasattr, sample, name):
            yield Way(f"{{}}.{name}", names)
            if callable(attempt(getattr, sample, name)):
                yield Way(f"{{}}.{name}()", names)


# --- operations --------------------------------------------------------------------------------------------


def spelt(op: str, node: object, names: Namespace) -> Iterator[str]:
    """Ways to do an operation of two numbers: the operator, a method, a function of the module."""
    yield f"{{}} {op} {{}}"
    for name in SPELLINGS[op]:
        if callable(getattr(type(node), name, None)):
            yield f"{{}}.{name}({{}})"
        yield from (call.replace("{}", "{}, {}") for call in _calls(name, names))


def _calls(name: str, names: Namespace) -> Iterator[str]:
    """A function, or a class that stands for one: `Mul.apply(x, y)`, `Mul()(x, y)`."""
    thing = names.get(name)
    if isinstance(thing, type):
        yield from (f"{name}.{method}({{}})" for method in ("apply", "forward", "call") if hasattr(thing, method))
        yield f"{name}()({{}})"
    elif callable(thing):
        yield f"{name}({{}})"
    holders = (holder for holder, each in names.items() if isinstance(each, type) and callable(vars(each).get(name)))
    yield from (f"{holder}.{name}({{}})" for holder in holders)


def find_operators(engine: Engine, operators: Sequence[str] = ("+", "-", "/")) -> None:
    """Operators that are functions or methods here."""
    x, y = Expression("x"), Expression("y")
    for op in operators:
        for template in spelt(op, engine.node(), engine.names):
            engine.learn(op, template)
            if attempt(engine.run, Expression(op, x, y), (X, Y)):
                break
        else:
            engine.learn(op, f"{{}} {op} {{}}")


def find_function(engine: Engine, name: str) -> Callable[..., object] | None:
    """Learn how a function is written and return which of its meanings it has; None if it is not there.

    The way that gives the right value is preferred to one that gives another number, and that to one that raises.
    """
    known, x, fallback = FUNCTIONS[name], Expression("x"), ""
    for template in dict.fromkeys(_function_spellings(name, engine.node(), engine.names)):
        engine.learn(name, template)
        found = [_value_of(engine, Expression(name, x), at) for at in known.points[:2]]
        if "nothing" in found:
            continue
        numbers = [each for each in found if isinstance(each, float)]
        if len(numbers) == len(found):
            error, reference = min(
                (_distance(numbers, reference, known), i, reference)
                for i, reference in enumerate((REFERENCES[name], *known.others))
            )[::2]
            if error <= APPROXIMATE:
                return reference
        if not (numbers and known.others):  # one with a parameter need not have ours
            fallback = template if numbers else fallback or template
    if fallback:
        engine.learn(name, fallback)
    return REFERENCES[name] if fallback else None


def _distance(numbers: list[float], reference: Callable[[Number], Number], known: Known) -> float:
    """How far these values at the known points are from those of a reference."""
    return max(error_of(found, float(reference(at))) for found, at in zip(numbers, known.points, strict=False))


def _value_of(engine: Engine, expression: Expression, at: float) -> complex | str:
    """The value, or "raises", or "nothing" where there is no number to read."""
    try:
        found = engine.run(expression, [at]).value
    except Exception as error:
        return "nothing" if engine.node() is None and _is_a_guess(error, expression.op) else "raises"
    return "nothing" if found is None else found


def _is_a_guess(error: Exception, name: str) -> bool:
    """Whether a method is not there that was only tried because an adapter hides what there is."""
    return isinstance(error, AttributeError) and error.name in (name, *FUNCTIONS[name].names)


def _function_spellings(name: str, node: object, names: Namespace) -> Iterator[str]:
    for spelling in (name, *FUNCTIONS[name].names):
        if node is None:  # behind an adapter
            yield f"{{}}.{spelling}()"
        method = getattr(type(node), spelling, None)
        needed = (
            [each for each in _parameters(method).values() if each.default is each.empty] if callable(method) else []
        )
        if callable(method) and len(needed) <= 1:
            yield f"{{}}.{spelling}()"
        yield from _calls(spelling, names)


# --- the backward pass -------------------------------------------------------------------------------------


def _reverse(name: str, names: Namespace, leaf: Way, template: str, value: Way) -> Engine | None:
    """The engine whose backward pass gives the gradients of a product."""
    multiply = Way(template, names, 2)
    first = multiply(leaf(X), leaf(Y))
    shallow: Engine | None = None
    for lines in itertools.chain(_starts(name, first, names), [[]]):
        x, y = leaf(X), leaf(Y)
        out = multiply(x, y)
        if attempt(_started, "\n".join(lines), {**names, "out": out}) is None:
            continue
        for gradient in readers(GRADIENT_NAMES, x, names):
            if reads(gradient, Y, x) and reads(gradient, X, y) and gradient.text != value.text:
                engine = Reverse(name, names, leaf, value, _of_two(gradient, names), lines)
                engine.learn("*", template)
                if attempt(_goes_deeper, engine):
                    return engine
                shallow = shallow or engine
                break
    for text in _queries(first, names):
        gradient = Way(text, names, 2)
        fresh = [(leaf(X), leaf(Y)) for _ in range(2)]
        if reads(gradient, Y, fresh[0][0], multiply(*fresh[0])) and reads(
            gradient, X, fresh[1][1], multiply(*fresh[1])
        ):
            engine = Reverse(name, names, leaf, value, gradient, [])
            engine.has_graph = False
            engine.learn("*", template)
            return engine
    return shallow


def _goes_deeper(engine: Reverse) -> bool:
    """Whether the pass also reaches the leaf of (x·y)·y: where graphs are built first, it may need a forward pass."""
    x, y, multiply = engine.leaf(X), engine.leaf(Y), engine.rules["*"]
    out = multiply(multiply(x, y), y)
    engine.go_back(out)
    return reads(engine.gradient, Y * Y, x, out)


def _started(code: str, names: dict[str, object]) -> bool:
    exec(code, names)  # noqa: S102 - made of the names of attributes
    return True


def _of_two(reader: Way, names: Namespace) -> Way:
    """A reader that is given the result as well, and does not need it."""
    return Way(reader.text.replace("{}", "{0}"), names, 2)


def _starts(kind: str, out: object, names: Namespace) -> Iterator[list[str]]:
    """Lines that start the backward pass, the simplest first: called, with a seed, with the seed set before."""
    own = [name for name in dir(type(out)) if not name.startswith("_") and any(word in name for word in BACKWARD_WORDS)]
    own += [name for name in vars(type(out)) if not name.startswith("_")]  # in any language
    methods = [f"out.{name}" for name in dict.fromkeys([*BACKWARD_NAMES, *own]) if name not in NO_STARTS]
    methods = [each for each in methods if callable(attempt(getattr, out, each[4:]))]
    functions = [n for n, f in names.items() if not isinstance(f, type) and any(word in n for word in BACKWARD_WORDS)]
    tapes = [f"{n}.{m}" for n, t in names.items() for m in BACKWARD_NAMES if not isinstance(t, type) and hasattr(t, m)]
    tapes += [
        f"{n}{call}.{m}"
        for n, t in names.items()
        for m in BACKWARD_NAMES
        if isinstance(t, type) and not attempt(isinstance, out, t) and hasattr(t, m)
        for call in ("", "()")
    ]
    seeds = ("1.0", f"{kind}(1.0)")
    calls = [f"{each}({seed})" for each in methods for seed in ("", *seeds)]
    calls += [f"{each}({given})" for each in functions + tapes for given in ("out", "out, 1.0", "")]
    yield from ([call] for call in calls)
    forwards = [f"out.{each}()" for each in FORWARD_NAMES if callable(attempt(getattr, out, each))]
    yield from ([forward, call] for forward in forwards for call in calls)
    fresh = getattr(out, "__dict__", {}).items()
    unset = [name for name, each in fresh if each is None or (isinstance(each, int | float) and not each)]
    slots = dict.fromkeys([*(n for n in GRADIENT_NAMES if attempt(hasattr, out, n)), *unset])
    for name, seed in itertools.product(slots, seeds):
        yield from ([f"out.{name} = {seed}", call] for call in calls)
        yield [f"out.{name} = {seed}"]


def _queries(out: object, names: Namespace) -> Iterator[str]:
    """Gradients that are asked for: `out.grad(x)`, `grad(out, x)`, `gradients(out)[x]`."""
    for name in QUERIES:
        if callable(attempt(getattr, out, name)):
            yield from (f"{{1}}.{name}({{0}})", f"{{1}}.{name}([{{0}}])", f"{{1}}.{name}()[{{0}}]")
            yield from (f"{{1}}.{name}({{0}}).{read}()" for read in EVALUATED)
            yield f"{{1}}.{name}()[id({{0}})]"
        if callable(names.get(name)):
            yield from (f"{name}({{1}}, {{0}})", f"{name}({{1}}, [{{0}}])", f"{name}({{1}})[{{0}}]")
            yield f"{name}({{1}})[id({{0}})]"
        tapes = [n for n, t in names.items() if not isinstance(t, type) and callable(attempt(getattr, t, name))]
        yield from (f"{tape}.{name}({{1}}, {given})" for tape in tapes for given in ("[{0}]", "{0}"))


# --- dual numbers, and names where behaviour does not tell --------------------------------------------------


def _forward(name: str, kind: Callable[..., object], names: Namespace) -> Engine | None:
    seeded = [f"{name}({{}}, {{}})", *(f"{name}({{}}, {each}={{}})" for each in [*_parameters(kind)][1:])]
    for text in [*seeded, f"{name}({{}}, [{{}}])", f'{name}({{}}, {{{{"x": {{}}}}}})']:
        leaf = Way(text, names, 2)
        node = attempt(leaf, X, 1.0)
        for template in spelt("*", node, names) if node is not None else ():
            multiply = Way(template, names, 2)
            by_x = attempt(lambda m=multiply, leaf=leaf: m(leaf(X, 1.0), leaf(Y, 0.0)))
            by_y = attempt(lambda m=multiply, leaf=leaf: m(leaf(X, 0.0), leaf(Y, 1.0)))
            value = next((way for way in readers(VALUE_NAMES, by_x, names) if reads(way, X * Y, by_x)), None)
            inner = (Way(f'{{}}.{each}["x"]', names) for each in getattr(by_x, "__dict__", {}))
            for tangent in itertools.chain(readers(TANGENT_NAMES, by_x, names), inner):
                if value and reads(tangent, Y, by_x) and reads(tangent, X, by_y):
                    engine = Forward(name, names, leaf, value, tangent)
                    engine.learn("*", template)
                    return engine
    return None


def by_name(name: str, kind: Callable[..., object], names: Namespace) -> Engine | None:
    """Multiplication does not work as it should: the usual names tell what is what."""
    for leaf in (maker(text, names) for text in makers(name, kind, names)):
        x = attempt(leaf, X)
        product = attempt(lambda x=x, leaf=leaf: x * leaf(Y))
        value = next((way for way in readers(VALUE_NAMES, x, names) if reads(way, X, x)), None)
        gradient = next((g for g in GRADIENT_NAMES if attempt(hasattr, x, g)), None)
        back = next((b for b in BACKWARD_NAMES if callable(getattr(x, b, None))), None)
        has_number = product is None or (value and attempt(lambda p=product, v=value: number_in(v(p))) is not None)
        if value and gradient and back and has_number:
            return Reverse(name, names, leaf, value, Way(f"{{0}}.{gradient}", names, 2), [f"out.{back}()"])
    return None
