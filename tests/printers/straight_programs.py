"""Programs of every operation, choice, batch and loop of rounds, to be printed; `looped_programs` has larger ones.

Every one is the same on every machine: constants in them are exact, arguments only decide the structure. Each name
stands for some programs of a kind, among them those at both sides of a border.
"""

import contextlib
import functools
import itertools
import random

import tinygrad_edu as tg
from tests.rolling.programs import numbers
from tests.staging.material import HOSTILE, LOOPS, TREES, branching, fit_loss
from tests.staging.test_programs import CONSTANTS, MANY, ONE, TWO, run
from tinygrad_edu.numbers.operations import OPERATIONS
from tinygrad_edu.staging import fixed_point, fori_loop, jit, mean_over, sum_over, while_loop
from tinygrad_edu.transforms import grad, hessian, jvp, value_and_grad

inf, nan = float("inf"), float("nan")


def staged(f, *args, **options):
    """A function's program; where it is undefined at these arguments, there is one all the same."""
    ours = jit(f, **options)
    with contextlib.suppress(ArithmeticError, ValueError):
        ours(*args)
    return ours.trace


def both(f, *args, **options):
    """The function and the function with its gradients."""
    every = tuple(range(len(args) - len(options.get("batched", ()))))
    return [staged(f, *args, **options), staged(value_and_grad(f, argnums=every), *args, **options)]


# --- straight lines --------------------------------------------------------------------------------------------------


def operations_of_one():
    names = [name for name, row in OPERATIONS.items() if row.is_line and row.operands == "x"]
    at = {"arccosh": 2.0}
    return [staged(value_and_grad(getattr(tg, name)), at.get(name, 0.5)) for name in names]


def operations_of_two():
    pairs = [tg.maximum, tg.minimum, tg.hypot, tg.arctan2, lambda x, y: x**y, lambda x, y: x / y]
    return [each for f in pairs for each in both(lambda x, y, f=f: f(x, y) * f(y, x), 0.5, 2.0)]


def powers():
    exponents = [-2.0, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 2.5, 999_999_999.0, 1e9, -1e9, 1e300]
    found = [staged(lambda x, n=n: x**n, 1.0) for n in exponents]
    found += [staged(lambda x, c=c: c**x, 1.0) for c in (0.5, 1.0, 2.0)]
    return [*found, staged(lambda x, y: (x + y) ** 2 * (x * y) ** 3 - (-x) ** 4, 1.0, 2.0), *both(_powers, 1.5)]


def _powers(x):
    return x**2 * tg.log(x**2) + (x + 1.0) ** 3 / x**-2 + 0 * (x * x) ** 2


def constants():
    found = []
    for c in (0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 3.0, 1e300, 1e-300, inf, -inf, nan, 0):
        every = [lambda x, c=c: x * c, lambda x, c=c: c - x, lambda x, c=c: x - c, lambda x, c=c: (x + c) * 2.0]
        every += [lambda x, c=c: c * -x, lambda x, c=c: x / c, lambda x, c=c: c / x] if c else []
        every += [lambda x, c=c: tg.where(x > 0, c, x), lambda x, c=c: [c, x], lambda x, c=c: tg.maximum(x, c)]
        every += [lambda x, c=c: 0.5 * (c * x), lambda x, c=c: c * (x * 4.0), lambda x, c=c: tg.sin(x) * (2.0 * c)]
        found += [staged(each, 1.5) for each in every]
    return found


def algebra():
    def of(x, y, z):
        return [
            -(x - y), x - -y, x + -y, -x + y, -x * -y, -x * y, x * -y, -(x * -1.0), x / y / z, x / (y / z), x - (y - z),
            x - (y + z), (x - y) - z, x * (y / z), (x * y) / z, x * (y + z), -(x * y), (-x) ** 2.0, -(x**2), 2.0**-x,
            x + x, x * x, y * x + x * y, abs(-x), abs(x) * -1.0, 1.0 - (1.0 - x), x * (y * (z * x)), x + (y + (z + x)),
        ]  # fmt: skip

    def signs(x, y):
        return [tg.arctan2(0.0 * x, -y), tg.arctan2(-(x - y), x), tg.arctan2(x - 0.0, 0.0 - y), -(x - y), x + 0.0]

    return [staged(of, 1.5, 2.0, 3.0), *both(lambda *xs: tg.sum(of(*xs)), 1.5, 2.0, 3.0), staged(signs, 1.5, 2.0)]


def choices():
    conditions = [
        lambda x, y: x > y, lambda x, y: x >= 1.0, lambda x, y: tg.exp(y) > 1.0, lambda x, y: x <= y,
        lambda x, y: (x > 0) & (y > 0), lambda x, y: (x > 0) | (y > 0), lambda x, y: ~(x > y),
        lambda x, y: ~((x > 0) & (y > 0)) | (x < -1), lambda x, y: (x > 0) & ~(y > 0) & (x < y),
        lambda x, y: (x > 0) & True, lambda x, y: (x > 0) | False, lambda x, y: ((x > 0) | (y > 0)) & (x < 1),
    ]  # fmt: skip
    branches = [
        lambda x, y: (x, y),
        lambda x, y: (1.0, 0.0),
        lambda x, y: (x * 2.0, lambda: tg.log(y)),
        lambda x, y: (lambda: tg.sin(x) * tg.exp(y), lambda: x / y),
        lambda x, y: (lambda: tg.where(y > 1, lambda: tg.sqrt(x), lambda: -y), lambda: tg.where(x < 9, y, x)),
    ]
    found = []
    for condition, of in zip(itertools.cycle(conditions), branches * 5, strict=False):
        f = functools.partial(
            lambda x, y, condition, of: tg.where(condition(x, y), *of(x, y)), condition=condition, of=of
        )
        found.append(f)
        if len(found) == len(conditions) * 2:
            break
    return [each for f in found for each in both(lambda x, y, f=f: f(x, y) * 2.0 - y, 1.5, 0.5)]


def escaping_choices():
    """What is computed in a branch is used behind it."""

    def f(x, y):
        kept = {}

        def inner(key):
            kept[key] = tg.exp(x * y) + tg.log(x)
            kept[key].label = key
            return kept[key] * tg.where(y > 2, lambda: tg.sin(x) * kept[key], lambda: kept[key] ** 2)

        a = tg.where(x > 0, lambda: inner("kept"), lambda: inner("else") - 1.0)
        b = tg.where(x > 0, lambda: tg.log(x) * a, lambda: a / y)
        return [a * b, tg.where(y > 0, b, tg.where(x > 0, a, b)), tg.log(x) * 0, a]

    return [staged(f, 1.5, 0.5), *both(lambda x, y: tg.sum(f(x, y)), 1.5, 0.5)]


def kinks():
    fs = [abs, tg.relu, tg.leaky_relu, tg.elu, tg.gelu, tg.silu, tg.sign, tg.floor, tg.ceil, tg.softplus]
    found = [staged(value_and_grad(lambda x, y, f=f: f(x * y) * f(x) + f(tg.log(y))), 1.5, 0.5) for f in fs]
    found += [staged(hessian(lambda p, f=f: f(p[0] * p[1]) * p[0]), [1.5, 0.5]) for f in fs]
    several = [tg.max, tg.min, tg.prod, tg.logsumexp, tg.mean, lambda xs: tg.softmax(xs)[0], lambda xs: tg.dot(xs, xs)]
    several += [lambda xs: tg.log_softmax(xs)[-1], lambda xs: tg.max([abs(x) for x in xs]) / tg.min(xs)]
    return found + [each for f in several for n in (1, 2, 3) for each in both(f, numbers(n))]


def guards():
    """What must raise where the function does, though no result uses it."""
    fs = [
        lambda x, y: tg.log(x) * 0 + y, lambda x, y: x / y * 0 + x, lambda x, y: x / y + (x / y) * 0,
        lambda x, y: tg.sqrt(x) * 0 + tg.arcsin(y) * 0 + x, lambda x, y: x**y * 0 + y, lambda x, y: 2.0**x * 0 + y,
        lambda x, y: x**-1 * 0 + y, lambda x, y: x**0.5 * 0, lambda x, y: tg.tanh(tg.hypot(x, y)),
        lambda x, y: tg.tanh(x**2) + tg.tanh(y**3), lambda x, y: 1 / tg.exp(x) + tg.tanh(1 / y),
        lambda x, y: tg.where(x > 0, lambda: tg.log(x) * 0 + y, lambda: y / x * 0), lambda x, y: 1 / (1 / x) + y,
        lambda x, y: tg.where(x > 0, tg.log(x), y), lambda x, y: tg.where(x > 0, tg.sinh(y) * 2.0, tg.arctan(1 / y)),
        lambda x, y: tg.where(tg.sin(x) > 0, lambda: tg.log(x) * 0 + y, y),
        lambda x, y: tg.where(tg.sin(x) > 0, lambda: tg.where(tg.exp(x) > y, lambda: y / x * 0, 0.0), y * 0) + y,
        lambda x, y: tg.cos(tg.cosh(x)) + tg.arctan(tg.exp(y) * x), lambda x, y: tg.maximum(tg.exp(x), tg.log(y)),
    ]  # fmt: skip
    return [each for f in fs for each in (*both(f, 1.5, 0.5), staged(grad(f), 1.5, 0.5))]


def names():
    def labelled(label, other="x"):
        def f(x, y):
            a = x * y
            a.label = label
            b = a + tg.sin(a)
            b.label = other
            return a * b * b

        return f

    found = [staged(value_and_grad(labelled(each)), 1.5, 2.0) for each in HOSTILE if each != "\ud800"]
    found += [staged(labelled(each, each), 1.5, 2.0) for each in ("w1", "alpha", "t1", "f", "d_x", "é", "x" * 40)]
    found += [staged(labelled("x" * 41, "x" * 42), 1.5, 2.0), staged(labelled("a b", "a_b"), 1.5, 2.0)]
    for words in (
        "lost out restrict",
        "exp log pi",
        "function let of",
        "class def lambda",
        "cosf is_nan double",
        "e i t1",
    ):
        space = {}
        parameters = [f"own_{word}" if word in {"class", "def", "lambda"} else word for word in words.split()]
        exec(f"def f({', '.join(parameters)}): return {' * '.join(parameters)}", space)  # noqa: S102 - words above
        found.append(staged(space["f"], 1.0, 2.0, 3.0))
    return [*found, *both(branching, -1.0, 3.0, 4.0)]


def trees():
    def doubled(tree):
        return tg.tree_map(lambda x: 2.0 * x, tree)

    return [staged(each, tree) for tree in TREES for each in (doubled, lambda t: t, lambda t: [t, None, ((), {"": t})])]


def wide_lines():
    """Lines at both sides of the width at which a line gets a name: it grows by a letter at a time."""
    found = []
    for n in range(1, 40):

        def f(x, y, n=n):
            a = x * y
            a.label = "a" * n
            return tg.sin(a + tg.cos(a + tg.exp(a - x))) * y, tg.log(a * (x + y / (a - tg.sqrt(a + 2.0)))) - y

        found.append(staged(f, 0.5, 2.0))
    return [*found, *(staged(lambda xs: tg.sum([tg.sin(x) for x in xs]), numbers(n)) for n in range(1, 25))]


# --- batches and loops that numbers decide ---------------------------------------------------------------------------


def batches():
    rows = [0.5, 1.5]
    found = [each for f in LOOPS for each in both(f, 0.5, rows, batched=["xs"])]
    found += both(fit_loss, (0.5, 0.25), [rows, rows], rows, batched=["xs", "ys"])
    dicts = [{"a": 1.0, "b": (2.0, 3.0), "none": None}] * 2
    found += both(
        lambda p, rows: mean_over(lambda r: tg.relu(p * r["a"]) * r["b"][1], rows), 0.5, dicts, batched=["rows"]
    )
    pairs = [(1.0, [2.0, 3.0])] * 2
    found += both(lambda p, s: sum_over(lambda r: p[0] * r[1][0] + p[1] * r[0], s), numbers(2), pairs, batched=["s"])
    several = lambda p, xs: sum_over(lambda x: (x * p, {"square": -x * x, "one": 1.0}), xs)  # noqa: E731
    found += [staged(several, 0.5, rows, batched=["xs"]), staged(jvp_of(LOOPS[6]), 0.5, rows, batched=["xs"])]
    table = [[[1.0, 2.0], [3.0, 4.0]]] * 3
    found += both(lambda p, xs: mean_over(lambda x: tg.dot(x[0], x[1]) * p, xs), 0.5, table, batched=["xs"])
    return [
        *found,
        staged(
            hessian(lambda p, xs: mean_over(lambda x: (p[0] * x + p[1]) ** 3, xs)), numbers(2), rows, batched=["xs"]
        ),
    ]


def jvp_of(f):
    return lambda p, xs: jvp(lambda q: f(q, xs), (p,), (1.0,))


def rounds():
    def newton(a):
        return while_loop(lambda x: abs(x * x - a) > 1e-9, lambda x: (x + a / x) / 2, a)

    def powers_of(x, n):
        return fori_loop(0, n, lambda i, s: (s[0] * x, s[1] + i * x), (1.0, 0.0))

    def within(x, y):
        return fori_loop(1.0, x, lambda i, s: s + while_loop(lambda z: z < i, lambda z: z * 2.0, y), 0.0)

    def chosen(x, y):
        return tg.where(x > 1, lambda: fori_loop(0, y, lambda i, s: tg.sin(s) + i, x), lambda: x * y)

    def exchanged(x, y):
        a, b, _ = while_loop(lambda s: (s[2] < 9) & (s[0] < y), lambda s: (s[1], s[0] + x, s[2] + 1), (x, y, 0.0))
        return a * b

    def unused(x):
        return while_loop(lambda s: s[0] < 9, lambda s: (s[0] * 2, s[1] + s[0], s[2] * s[1]), (x, 1.0, 2.0))[1]

    def summed(p, xs):
        return sum_over(lambda x: while_loop(lambda y: y < 9, lambda y: y * p, x + 1), xs)

    def settled(a):
        return fixed_point(lambda x: (x + a / x) / 2, 1.0)

    found = [*both(newton, 2.0), *both(within, 4.0, 1.0), *both(chosen, 2.0, 3.0), *both(exchanged, 0.5, 9.0)]
    found += [staged(powers_of, 1.5, 3.0), *both(lambda x, n: powers_of(x, n)[1], 1.5, 3.0), *both(unused, 1.5)]
    found += [*both(summed, 2.0, [0.5, 1.5], batched=["xs"]), *both(settled, 2.0)]
    return [*found, staged(lambda x: jvp(newton, (x,), (1.0,)), 2.0), staged(hessian(lambda p: newton(p[0])), [2.0])]


# --- by chance -------------------------------------------------------------------------------------------------------


def drawn_programs(seed):
    """Programs put together by chance, from the same steps as those of Hypothesis."""
    drawn = random.Random(seed)

    def step():
        kind = drawn.choice(["one", "one", "two", "two", "constant", "many", "where", "choice"])
        at = [drawn.randrange(99) for _ in range(4)]
        if kind == "one":
            return kind, drawn.choice(ONE), at[0]
        if kind == "two":
            return kind, drawn.choice(TWO), *at[:2]
        if kind == "constant":
            return kind, drawn.choice(TWO), drawn.choice(CONSTANTS), at[0], drawn.random() < 0.5
        if kind == "many":
            return kind, drawn.choice(MANY), at[: drawn.randrange(1, 5)]
        if kind == "where":
            return kind, at[0], drawn.choice(ONE), drawn.choice(ONE), at[1]
        return kind, *at[:3]

    found = []
    for _ in range(12):
        program = [step() for _ in range(drawn.randrange(2, 9))]
        function = functools.partial(run, program)
        for f in (function, value_and_grad(function)):
            ours = jit(f)
            with contextlib.suppress(ArithmeticError, ValueError, TypeError):
                ours([0.5, 0.75])
            if ours.latest:
                found.append(ours.latest)
    return found


STRAIGHT = {
    each.__name__: each
    for each in (
        operations_of_one, operations_of_two, powers, constants, algebra, choices, escaping_choices, kinks, guards,
        names, trees, wide_lines, batches, rounds,
    )
} | {f"drawn by chance, {seed}": functools.partial(drawn_programs, seed) for seed in range(8)}  # fmt: skip
