"""The table of all public operations, and the checks that each of its rows must pass.

A row says how the operation is written, the same function in mpmath, points where it is smooth, points at a kink
with the gradient that is agreed there, and points where it is undefined. The references are written here from the
definitions, with nothing taken from the library, and differentiated numerically at 60 digits: that sees a relative
error of 1e-12 in a gradient, where finite differences in floats would see 1e-7.
"""

import functools
import itertools
import math
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import mpmath

import tinygrad_edu as tg
from tinygrad_edu import Value

DIGITS = 60
STEP_1 = mpmath.mpf("1e-20")  # error h² = 1e-40, and 60 - 20 digits survive the subtraction
STEP_2 = mpmath.mpf("1e-14")  # error h² = 1e-28, and 60 - 28 digits survive
TOLERANCE = 1e-12

Point = tuple[float, ...]
inf, nan = math.inf, math.nan

# Public names that are no operations on numbers, so they have no place in the table.
NOT_OPERATIONS = frozenset(
    {
        *("DomainError", "Drawing", "DrawingError", "Explanation", "Explorable", "Value"),
        *("custom_jvp", "custom_vjp", "operation", "stop_gradient"),
        *("between", "draw", "explain", "explore", "topological_order", "isclose", "no_grad", "paused_collector"),
        *("Dual", "derivative", "grad", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"),
        *("jacfwd", "jacrev", "value_and_jacobian", "vmap", "tree_map"),
        *("Quiz", "quiz", "Sweep", "sweep", "total"),
        *(
            "WrongGradientError",
            "jit",
            "mean_over",
            "sum_over",
            "while_loop",
            "fori_loop",
            "scan",
            "fixed_point",
            "compare_modes",
            "gradcheck",
            "least_squares",
        ),
        *("StagedStep", "StagingError"),
        *("History", "fit", "record_sources", "diagnose", "why_nan", "why_zero"),
    }
)


@dataclass(frozen=True, eq=False)
class Operation:
    """One row: `apply` and `reference` take the operands one by one."""

    name: str
    apply: Callable[..., Any]
    reference: Callable[..., Any]
    samples: tuple[Point, ...]
    kinks: dict[Point, Point] = field(default_factory=dict)  # point: the gradient agreed there
    undefined: dict[Point, type[Exception]] = field(default_factory=dict)
    public: str = ""  # the public function it tests, if the name is another
    absolute: float = 0.0  # a slope stated from the rounded result is only accurate to this much where it vanishes


# --- references, from the definitions -----------------------------------------------------------------------


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x))


def _cbrt(x: Any) -> Any:
    return mpmath.sign(x) * abs(x) ** (mpmath.mpf(1) / 3)


def _gelu(x: Any) -> Any:
    return x * mpmath.ncdf(x)


def _logsumexp(*xs: Any) -> Any:
    return mpmath.log(mpmath.fsum(mpmath.exp(x) for x in xs))


def _dot(*both: Any) -> Any:
    half = len(both) // 2
    return mpmath.fsum(x * y for x, y in zip(both[:half], both[half:], strict=True))


def _one(name: str, reference: Callable[..., Any], *points: float, **more: Any) -> Operation:
    """The row of a function of one number."""
    return Operation(name, getattr(tg, name), reference, tuple((x,) for x in points), **more)


def _refused(error: type[Exception], *points: Any) -> dict[Point, type[Exception]]:
    return {point if type(point) is tuple else (point,): error for point in points}


PAIRS: tuple[Point, ...] = ((2.0, 3.0), (-1.5, 0.25), (0.3, -7.0), (-4.0, -0.5), (1e6, 1e-6))
TRIPLES: tuple[Point, ...] = ((1.0, 2.0, 3.5), (-2.0, 0.5, -0.25), (4.0,), (-1.0, 3.0), (0.1, 0.2, 0.3, -0.4, 2.5))
WIDE = (-3.0, -1.0, -0.3, 0.2, 0.9, 2.0, 5.0)

TABLE = (
    # --- operators
    Operation("+", operator.add, lambda x, y: x + y, PAIRS),
    Operation("-", operator.sub, lambda x, y: x - y, PAIRS),
    Operation("*", operator.mul, lambda x, y: x * y, PAIRS + ((0.0, 3.0),)),
    Operation(
        "/",
        operator.truediv,
        lambda x, y: x / y,
        PAIRS + ((0.0, 3.0),),
        undefined=_refused(ZeroDivisionError, (1.0, 0.0), (0.0, 0.0)),
    ),
    Operation(
        "**",
        operator.pow,
        mpmath.power,
        ((2.0, 3.0), (0.5, -1.5), (3.7, 0.0), (1.0, 4.2), (9.0, 0.5), (0.01, 2.5)),
        kinks={(0.0, 0.0): (0.0, 0.0), (0.0, 2.0): (0.0, 0.0), (0.0, 1.0): (1.0, 0.0), (0.0, 0.5): (inf, 0.0)},
        undefined=_refused(tg.DomainError, (-8.0, 1 / 3)) | _refused(ZeroDivisionError, (0.0, -1.0)),
    ),
    *(
        Operation(
            f"** {n}",
            lambda x, n=n: x**n,
            lambda x, n=n: mpmath.power(x, n),
            ((-2.0,), (-0.5,), (0.25,), (3.0,)) if n == int(n) else ((0.25,), (3.0,)),
            undefined={} if n >= 0 else {(0.0,): ZeroDivisionError},
        )
        for n in (-2, -1, 0, 1, 2, 3, 7.0, 0.5, -1.5)
    ),
    *(
        Operation(f"{b} **", lambda x, b=b: b**x, lambda x, b=b: mpmath.power(b, x), ((-2.0,), (0.0,), (1.5,)))
        for b in (2, 0.5, 10.0)
    ),
    Operation("neg", operator.neg, lambda x: -x, ((2.0,), (-0.5,))),
    Operation("abs", abs, mpmath.fabs, ((2.0,), (-0.5,), (1e-300,)), kinks={(-0.0,): (0.0,)}),
    # --- elementary functions
    _one("exp", mpmath.exp, *WIDE, -700.0, 700.0, undefined=_refused(OverflowError, 1000.0)),
    _one("log", mpmath.log, 0.1, 1.0, 2.0, 1e-100, 1e300, undefined=_refused(tg.DomainError, 0.0, -1.0)),
    _one("log1p", mpmath.log1p, -0.9, -1e-10, 0.0, 1e-15, 2.0, undefined=_refused(tg.DomainError, -1.0, -2.0)),
    _one("expm1", mpmath.expm1, *WIDE, 1e-15, -1e-10, undefined=_refused(OverflowError, 1000.0)),
    _one("sqrt", mpmath.sqrt, 1e-10, 0.25, 2.0, 1e10, kinks={(0.0,): (inf,)}, undefined=_refused(tg.DomainError, -1.0)),
    _one("sin", mpmath.sin, *WIDE, 100.0, undefined=_refused(tg.DomainError, inf)),
    _one("cos", mpmath.cos, *WIDE, 100.0, undefined=_refused(tg.DomainError, -inf)),
    _one("tan", mpmath.tan, *WIDE, 100.0, undefined=_refused(tg.DomainError, inf)),
    _one(
        "arcsin",
        mpmath.asin,
        *(-0.999, -0.5, 0.0, 0.3, 0.999999),
        kinks={(1.0,): (inf,), (-1.0,): (inf,)},
        undefined=_refused(tg.DomainError, 1.5, -2.0),
    ),
    _one(
        "arccos",
        mpmath.acos,
        *(-0.999, -0.5, 0.0, 0.3, 0.999999),
        kinks={(1.0,): (-inf,), (-1.0,): (-inf,)},
        undefined=_refused(tg.DomainError, 1.5, -2.0),
    ),
    _one("arctan", mpmath.atan, *WIDE, 1e10, -1e200),
    _one("sinh", mpmath.sinh, *WIDE, 700.0, undefined=_refused(OverflowError, 1000.0)),
    _one("cosh", mpmath.cosh, *WIDE, 700.0, undefined=_refused(OverflowError, -1000.0)),
    _one("tanh", mpmath.tanh, *WIDE, 15.0, -1000.0, 1000.0, absolute=1e-15),
    _one("erf", mpmath.erf, 0.5, *WIDE, 0.0, 1e-10, -6.0, 1000.0),
    _one("log2", lambda x: mpmath.log(x, 2), 0.1, 2.0, 1e-100, 1e300, undefined=_refused(tg.DomainError, 0.0, -1.0)),
    _one("log10", mpmath.log10, 0.1, 2.0, 1e-100, 1e300, undefined=_refused(tg.DomainError, 0.0, -1.0)),
    _one("exp2", lambda x: mpmath.mpf(2) ** x, *WIDE, -1000.0, 1000.0, undefined=_refused(OverflowError, 1024.0)),
    _one("cbrt", _cbrt, -8.0, -0.3, 1e-3, 2.0, 1000.0, kinks={(0.0,): (inf,)}),
    _one("arcsinh", mpmath.asinh, *WIDE, 0.0, 1e-10, 1000.0, -1000.0, 1e200),
    _one(
        "arccosh",
        mpmath.acosh,
        *(1.001, 1.5, 2.0, 1000.0, 1e200),
        kinks={(1.0,): (inf,)},
        undefined=_refused(tg.DomainError, 0.5, -2.0),
    ),
    _one("arctanh", mpmath.atanh, -0.999, -0.3, 1e-10, 0.0, 0.5, undefined=_refused(tg.DomainError, 1.0, -1.0, 3.0)),
    # --- steps
    _one("sign", mpmath.sign, -1000.0, -2.0, 0.5, 1000.0, kinks={(0.0,): (0.0,)}),
    _one("floor", mpmath.floor, -1000.5, -0.3, 0.5, 2.7, 1000.5, kinks={(2.0,): (0.0,), (inf,): (0.0,)}),
    _one("ceil", mpmath.ceil, -1000.5, -0.3, 0.5, 2.7, 1000.5, kinks={(2.0,): (0.0,), (-inf,): (0.0,)}),
    # --- activations
    _one("sigmoid", _sigmoid, *WIDE, 30.0, -30.0, -700.0, 1000.0, absolute=1e-15),
    _one("softplus", lambda x: mpmath.log1p(mpmath.exp(x)), *WIDE, -700.0, 1000.0),
    _one("log_sigmoid", lambda x: -mpmath.log1p(mpmath.exp(-x)), *WIDE, -1000.0, 700.0),
    _one("relu", lambda x: max(x, mpmath.mpf(0)), -2.0, 0.5, 3.0, kinks={(0.0,): (0.0,), (nan,): (nan,)}),
    _one("leaky_relu", lambda x: x if x > 0 else x * 0.01, -2.0, 0.5, kinks={(0.0,): (0.01,), (nan,): (nan,)}),
    Operation(
        "leaky_relu, slope 0.3",
        lambda x: tg.leaky_relu(x, slope=0.3),
        lambda x: x if x > 0 else x * 0.3,
        ((-2.0,), (0.5,)),
        public="leaky_relu",
    ),
    _one("elu", lambda x: x if x > 0 else mpmath.expm1(x), -1000.0, -2.0, -0.3, 0.5, 1000.0, kinks={(nan,): (nan,)}),
    _one("silu", lambda x: x * _sigmoid(x), *WIDE, 0.0, 30.0, -700.0, 1000.0, absolute=1e-15),
    _one("gelu", _gelu, *WIDE, 0.0, 1e-10, 1000.0, -1000.0, absolute=1e-15),
    # --- of two
    Operation("hypot", tg.hypot, mpmath.hypot, PAIRS + ((1e200, -1e200),), kinks={(0.0, 0.0): (0.0, 0.0)}),
    Operation(
        "arctan2",
        tg.arctan2,
        mpmath.atan2,
        PAIRS + ((-1.0, -2.0), (0.0, 2.0), (3.0, 0.0), (1e200, -1e200), (1e-100, 2e-100), (1e-9, -1.0)),
        kinks={(0.0, 0.0): (0.0, 0.0), (0.0, -2.0): (-0.5, 0.0)},
    ),
    Operation("maximum", tg.maximum, max, PAIRS, kinks={(2.0, 2.0): (0.5, 0.5), (0.0, -0.0): (0.5, 0.5)}),
    Operation("minimum", tg.minimum, min, PAIRS, kinks={(2.0, 2.0): (0.5, 0.5), (inf, inf): (0.5, 0.5)}),
    Operation("where", lambda x, y: tg.where(x > 1, x, y), lambda x, y: x if x > 1 else y, PAIRS),
    Operation(
        "where, a function chosen",
        lambda x: tg.where(x > 0, lambda: tg.log(x), 0.0),
        lambda x: mpmath.log(x) if x > 0 else mpmath.mpf(0),
        ((2.0,), (-1.0,)),
        kinks={(0.0,): (0.0,)},
        public="where",
    ),
    # --- of many
    Operation("sum", lambda *xs: tg.sum(xs), lambda *xs: mpmath.fsum(xs), TRIPLES),
    Operation("mean", lambda *xs: tg.mean(xs), lambda *xs: mpmath.fsum(xs) / len(xs), TRIPLES),
    Operation("prod", lambda *xs: tg.prod(xs), lambda *xs: mpmath.fprod(xs), TRIPLES + ((2.0, 0.0, 3.0),)),
    Operation(
        "dot",
        lambda *xs: tg.dot(xs[: len(xs) // 2], xs[len(xs) // 2 :]),
        _dot,
        ((1.0, 2.0), (1.0, -2.0, 3.0, 0.5), (0.1, -0.2, 0.3, 4.0, 5.0, -6.5)),
    ),
    Operation(
        "max", lambda *xs: tg.max(xs), lambda *xs: max(xs), TRIPLES, kinks={(1.0, 2.0, 2.0, 0.0): (0.0, 0.5, 0.5, 0.0)}
    ),
    Operation(
        "min", lambda *xs: tg.min(xs), lambda *xs: min(xs), TRIPLES, kinks={(1.0, 1.0, 1.0): (1 / 3, 1 / 3, 1 / 3)}
    ),
    Operation("logsumexp", lambda *xs: tg.logsumexp(xs), _logsumexp, TRIPLES + ((1000.0, 1000.0), (-1000.0, -1003.0))),
    Operation(
        "softmax",
        lambda *xs: tg.softmax(xs)[0],
        lambda *xs: mpmath.exp(xs[0] - _logsumexp(*xs)),
        TRIPLES[:4] + ((1000.0, 1000.0),),
        absolute=1e-15,
    ),
    Operation(
        "log_softmax",
        lambda *xs: tg.log_softmax(xs)[-1],
        lambda *xs: xs[-1] - _logsumexp(*xs),
        TRIPLES[:4] + ((1000.0, 1000.0), (-1000.0, 1000.0)),
        absolute=1e-15,
    ),
)

BY_NAME = {operation.name: operation for operation in TABLE}


# --- the reference's value and derivatives at 60 digits -----------------------------------------------------


def exactly(x: Any) -> Any:
    """A float as mpmath's number of the same value; mpmath's numbers as they are."""
    return mpmath.mpf(x)


@functools.cache
def reference_value(operation: Operation, point: Point) -> Any:
    with mpmath.workdps(DIGITS):
        return operation.reference(*map(exactly, point))


def _moved(point: Sequence[Any], *moves: tuple[int, Any]) -> list[Any]:
    moved = [exactly(x) for x in point]
    for i, step in moves:
        moved[i] += step
    return moved


def _steps(point: Point, step: Any) -> list[Any]:
    return [step * (abs(exactly(x)) or 1) for x in point]


@functools.cache
def reference_gradient(operation: Operation, point: Point) -> tuple[Any, ...]:
    """∂f/∂xᵢ by central differences with a relative step of 1e-20."""
    f = operation.reference
    with mpmath.workdps(DIGITS):
        steps = enumerate(_steps(point, STEP_1))
        return tuple((f(*_moved(point, (i, h))) - f(*_moved(point, (i, -h)))) / (2 * h) for i, h in steps)


@functools.cache
def reference_second(operation: Operation, point: Point, i: int, j: int) -> Any:
    """∂²f/∂xᵢ∂xⱼ by central differences of central differences."""
    f = operation.reference
    with mpmath.workdps(DIGITS):
        steps = _steps(point, STEP_2)
        h, k = steps[i], steps[j]
        corners = [(s * t, f(*_moved(point, (i, s * h), (j, t * k)))) for s in (1, -1) for t in (1, -1)]
        return mpmath.fsum(sign * value for sign, value in corners) / (4 * h * k)


# --- the checks: each raises AssertionError -----------------------------------------------------------------


def agree(ours: Any, exact: Any, *, absolute: float = 0.0) -> bool:
    """Whether a float is the exact number up to TOLERANCE, relative, or up to the smallest numbers floats hold."""
    with mpmath.workdps(DIGITS):
        error = abs(exactly(ours) - exact)
        return bool(error <= TOLERANCE * abs(exact) + absolute + 1e-300)


def same(x: Any, y: Any) -> bool:
    """Equal to the last bit; nan counts as nan, 0.0 as -0.0."""
    return x == y or (x != x and y != y)


def bottom(x: Any) -> Any:
    """The number within Values within Values."""
    while isinstance(x, Value):
        x = x.data
    return x


def gradient_of(operation: Operation, point: Point, *, numbers: frozenset[int] = frozenset()) -> list[Any]:
    """The operands' gradients after a backward pass; those in `numbers` are given as plain numbers: None."""
    operands = [x if i in numbers else Value(x) for i, x in enumerate(point)]
    operation.apply(*operands).backward()
    return [x.grad if isinstance(x, Value) else None for x in operands]


def check_value(operation: Operation, point: Point) -> None:
    data = operation.apply(*map(Value, point)).data
    exact = reference_value(operation, point)
    assert agree(data, exact, absolute=operation.absolute), f"{operation.name}{point} = {data}, should be {exact}"


def check_gradient(operation: Operation, point: Point) -> None:
    exact = reference_gradient(operation, point)
    for i, (ours, right) in enumerate(zip(gradient_of(operation, point), exact, strict=True)):
        assert agree(ours, right, absolute=operation.absolute), (
            f"{operation.name}{point}: the gradient by operand {i} is {ours}, should be {mpmath.nstr(right, 17)}"
        )


def check_second(operation: Operation, point: Point, outer: type[Value], inner: type[Value]) -> None:
    """The gradient's gradient, by Values of class `inner` over Values of class `outer`."""
    for i in range(len(point)):
        xs = [outer(x) for x in point]
        ys = [inner(x) for x in xs]
        operation.apply(*ys).backward()
        slope = ys[i].grad
        if isinstance(slope, Value):
            slope.backward()
        for j, x in enumerate(xs):
            exact = reference_second(operation, point, i, j)
            scale = abs(bottom(slope)) + 1
            assert agree(bottom(x.grad), exact, absolute=1e-12 * scale), (
                f"{operation.name}{point}: ∂²/∂x{i}∂x{j} is {bottom(x.grad)}, should be {mpmath.nstr(exact, 17)}"
            )


def check_mixtures(operation: Operation, point: Point) -> None:
    """Plain numbers among the operands change neither the value nor the other operands' gradients."""
    full = gradient_of(operation, point)
    value = operation.apply(*map(Value, point)).data
    for count in range(1, len(point)):
        for numbers in itertools.combinations(range(len(point)), count):
            mixed = gradient_of(operation, point, numbers=frozenset(numbers))
            data = operation.apply(*(x if i in numbers else Value(x) for i, x in enumerate(point))).data
            case = f"{operation.name}{point}, numbers at {sorted(numbers)}"
            assert same(data, value), f"{case}: {data}, from Values {value}"
            for ours, right in zip(mixed, full, strict=True):
                assert ours is None or same(ours, right), f"{case}: {mixed}, from Values {full}"


def smooth_points() -> Iterator[tuple[Operation, Point]]:
    """Every row with each of its points where a derivative exists."""
    for operation in TABLE:
        for point in operation.samples:
            yield operation, point
