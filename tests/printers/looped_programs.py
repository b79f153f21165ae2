"""Programs in which loops are found again, or nearly: layers, recurrences, tables, sums of many terms.

As in `straight_programs`, each name stands for some programs of a kind, and they are the same on every machine.
"""

import functools
import itertools

import tinygrad_edu as tg
from tests.printers.straight_programs import both, inf, staged
from tests.rolling.programs import FUNCTIONS, NETWORKS, numbers
from tests.rolling.test_recurrences import OTHERS, REGULAR
from tinygrad_edu.staging import mean_over
from tinygrad_edu.transforms import value_and_grad


def borders_of_loops():
    """Programs a little shorter and a little longer than those in which loops are looked for."""
    found = [staged(lambda xs: [tg.sin(x) * 2.0 for x in xs], numbers(n)) for n in range(17, 24)]
    found += [staged(lambda xs: [tg.sin(x) for x in xs], numbers(n)) for n in range(37, 43)]
    for n in range(2, 7):  # runs of so many terms
        rows = [numbers(n, i) for i in range(9)]
        found.append(staged(lambda rows: [tg.sin(tg.sum(row)) * tg.cos(tg.prod(row)) for row in rows], rows))
        found.append(staged(lambda rows: [tg.max(row) * tg.min(row) for row in rows], rows))
    for n in range(3, 12):  # so many alike among others that are not
        found.append(staged(_mixed, numbers(24), 1.0 * n))
    return found


def _mixed(xs, p):
    one = [tg.sin(x) * p for x in xs]
    two = [tg.cos(a) / b for a, b in itertools.pairwise(one)]
    return [*one[:3], tg.sum(two), tg.exp(p) * tg.tan(p), *two[::2]]


def mixed_lines():
    """The fewer lines are alike, the less loops are worth."""
    kinds = [tg.sin, tg.cos, tg.tan, tg.exp, tg.tanh, tg.sinh, tg.cosh, tg.arctan, tg.erf, tg.sigmoid, tg.softplus]
    found = []
    for n in range(1, 12):

        def f(xs, n=n):
            first = [kinds[i % n](x * xs[-1]) for i, x in enumerate(xs)]
            return tg.sum([kinds[i * n % 7](x) * y for i, (x, y) in enumerate(zip(first, xs, strict=True))])

        found.append(staged(value_and_grad(f), numbers(24)))
    return found


def large_expressions():
    """At both sides of the size at which an expression is cut."""

    def f(xs, n):
        found = []
        for x in xs:
            y = x
            for k in range(n):
                y = tg.sin(y) * 2.0 if k % 2 else y + x
            found.append(y)
        return found

    return [staged(functools.partial(f, n=n), numbers(9)) for n in range(8, 20)]


def tables():
    """Constants that differ, that are counted, that depend on one of two loops; few kinds of them, or many."""
    fs = [
        lambda xs: [x * (0.5 + i) for i, x in enumerate(xs)],
        lambda xs: [x * (3 * i - 7) for i, x in enumerate(xs)],
        lambda xs: [x * (i % 2) + 0.5 for i, x in enumerate(xs, 2)],
        lambda xs: [tg.sin(x) * (0.25 if i < 20 else 0.75) for i, x in enumerate(xs)],
        lambda xs: [tg.sin(x) + (i // 5) * y for i, x in enumerate(xs) for y in xs[:3]],
        lambda xs: [tg.sin(x) + (0.5 + k) * y for x in xs for k, y in enumerate(xs[:3])],
        lambda xs: [x * 2.0**i for i, x in enumerate(xs)],
        lambda xs: [tg.sum([y * (i - k) for k, y in enumerate(xs[:5])]) for i in range(12)],
        lambda xs: [tg.sum([y * (0.1 * i + k) for k, y in enumerate(xs[:5])]) for i in range(12)],
        lambda xs: [tg.where(x > i, x, float(-i)) for i, x in enumerate(xs)],
        lambda xs: [tg.sin(x) * inf if i % 7 == 3 else tg.sin(x) * 0.5 for i, x in enumerate(xs)],
    ]
    return [staged(f, numbers(42)) for f in fs]


def slices():
    """Arrays that are read backwards, with gaps, along a diagonal, in blocks."""

    def f(m, xs):
        n = len(xs)
        waves = [tg.sin(x) * 2.0 for x in xs]
        every = [
            [tg.sum([m[i][i] * waves[i] for i in range(n)])],
            [tg.sum([a * b for a, b in zip(row, waves[::-1], strict=True)]) for row in m],
            [tg.sum([row[k] for row in m]) for k in range(n)],
            [tg.sum(waves[i::2]) for i in range(2)],
            [m[i][n - 1 - i] * waves[i // 2] for i in range(n)],
            [a - b for a, b in zip(waves[1:], waves, strict=False)],
            [tg.max([tg.sum(row[:4]) for row in m[:5]])],
        ]
        return [x for each in every for x in each]

    def quadratic(m, xs):
        return tg.sum([x * m[i][k] * y for i, x in enumerate(xs) for k, y in enumerate(xs)])

    m = [numbers(6, i) for i in range(6)]
    return [
        staged(f, m, numbers(6)),
        *both(quadratic, m, numbers(6)),
        *both(lambda *a: tg.logsumexp(f(*a)), m, numbers(6)),
    ]


def conditions_in_loops():
    def f(xs, p):
        first = [tg.where((x > p) & (x < 2.0), lambda x=x: tg.log(x) * p, lambda x=x: tg.sin(x)) for x in xs]
        second = [tg.where(~(y > x) | (x > 1.0), y, x * y) for x, y in zip(xs, first, strict=True)]
        return [tg.relu(y) + abs(x) * tg.maximum(x, y) for x, y in zip(first, second, strict=True)]

    return [staged(f, numbers(14), 0.5), *both(lambda xs, p: tg.sum(f(xs, p)), numbers(14), 0.5)]


def results_in_loops():
    """Results of all shapes, in rows, dicts, tuples; few, as many as are written one by one, and one more."""

    def f(xs, n):
        waves = [tg.sin(x) * 2.0 for x in xs]
        nest = [[a * b for a in waves[:n]] for b in waves[:n]]
        return {
            "nest": nest,
            "some": (waves[0], None, waves[:n]),
            "deep": [[[x, x + 1.0]] for x in waves[:n]],
            3: waves,
        }

    found = [staged(functools.partial(f, n=n), numbers(24)) for n in (1, 3, 4, 5, 8, 9)]

    def both_kinds(xs, n):
        return tuple([tg.sin(x) for x in xs[:n]]), [tg.cos(x) for x in xs[:n]], tg.sum(xs)

    found += [staged(functools.partial(both_kinds, n=n), numbers(42)) for n in (8, 9, 30)]
    found.append(staged(lambda xs: [[[a * b, a - b] for a in xs] for b in xs], numbers(6)))
    return [*found, *(staged(lambda xs, n=n: [tg.sum([tg.sin(x) for x in xs])] * n, numbers(30)) for n in (1, 4, 5))]


def large_arrays():
    """At the size up to which an array stands on the stack."""

    def f(xs, k):
        waves = [tg.sin(x * y) for x in xs for y in xs[:k]]
        return tg.sum(waves) * tg.dot(waves, waves[::-1])

    return [staged(functools.partial(f, k=k), numbers(n)) for n, k in ((32, 32), (41, 25))]


def matrices_in_batches():
    """Arrays that are copied in front of a loop over rows, and layers of widths that agree by chance."""

    def loss(p, xs):
        def example(x):
            a = [tg.tanh(tg.dot(row, x)) for row in p["first"]]
            b = [tg.sum([row[k] * y for row, y in zip(p["second"], a, strict=True)]) for k in range(4)]
            return tg.logsumexp(b) - tg.max(b) + tg.relu(tg.dot(b, x))

        return mean_over(example, xs)

    p = {"first": [numbers(4, i) for i in range(5)], "second": [numbers(4, i) for i in range(5)]}
    return both(loss, p, [numbers(4), numbers(4)], batched=["xs"])


def short_recurrences():
    """At both sides of so many rounds as are worth a loop, and of so many lines in each round as are looked for."""
    return (
        [_pendulum(n) for n in range(2, 9)]
        + [_ring(size, 5) for size in (3, 4, 5)]
        + [_long_round(n, rounds) for n, rounds in ((46, 4), (47, 4), (48, 4), (49, 4), (48, 3))]
    )


def _ring(size, n):
    def f(u, k):
        for _ in range(n):
            u = [b + k * (a - 2 * b + c) for a, b, c in zip([u[-1], *u], u, [*u[1:], u[0]], strict=False)]
        return u

    return staged(f, numbers(size), 0.5)


def _long_round(lines, n):
    """A recurrence with so many different lines in each round."""
    kinds = [tg.sin, tg.cos, tg.tanh, tg.arctan, tg.cbrt, tg.erf, tg.sigmoid]

    def f(x):
        for _ in range(n):
            for k in range(lines):
                x = kinds[k % 7](x) * x + (0.5 + k)
        return x

    return staged(f, 0.5)


def other_beginnings():
    """Recurrences whose first rounds are others, or whose last ones are."""
    return [each(n) for each in (_beginning, _ending) for n in range(5)]


def _beginning(count):
    def f(x, y):
        for t in range(12):
            x = tg.sin(x * y) + (tg.cos(y) if t < count else x * x)
            y = tg.tanh(x + y)
        return x * y

    return staged(f, 0.5, 0.25)


def _ending(count):
    def f(x):
        every = []
        for t in range(16):
            x = tg.sin(x) * 2.0 if t < 16 - count else tg.cos(x) * 2.0
            every.append(x)
        return [*every[::3], every[-1] * every[0]]

    return staged(f, 0.5)


def several_recurrences():
    """One after the other, of which the last is too short."""

    def f(x, y):
        for _ in range(10):
            x = tg.sin(x) * y
        for _ in range(10):
            y = tg.tanh(y + x)
        for _ in range(3):
            y = tg.exp(-y)
        return x * y

    return both(f, 0.5, 0.25)


def constants_of_rounds():
    """Recurrences with another constant in each round: counted, in a table, for each number another."""

    def of_one(x):
        for t in range(24):
            x = tg.sin(x) * (0.5 + t * t) - x * (3.0 + t)
        return x * x

    def of_several(u):
        for t in range(12):
            u = [
                tg.sin(b) * (t * t - 0.5) + a * (i - 9 - t)
                for i, (a, b) in enumerate(zip([u[-1], *u], u, strict=False))
            ]
        return u

    return [staged(of_one, 0.5), *(staged(of_several, numbers(n)) for n in (3, 4, 5))]


def _pendulum(n):
    def f(angle, speed, k):
        for _ in range(n):
            speed = speed - 0.125 * k * tg.sin(angle)
            angle = angle + 0.125 * speed
        return [angle, speed, angle * speed, *[tg.cos(angle + i) * k for i in range(20)]]

    return staged(f, 1.0, 0.0, 2.0)


ROLLED = {
    each.__name__: each
    for each in (
        borders_of_loops, mixed_lines, large_expressions, tables, slices, conditions_in_loops, results_in_loops,
        large_arrays, matrices_in_batches, short_recurrences, other_beginnings,
        several_recurrences, constants_of_rounds,
    )
}  # fmt: skip
FEW_ROUNDS = {"Runge-Kutta": 11, "RNN": 11, "LSTM": 11, "heat": 16}  # as few as are a loop
WAYS = REGULAR | {each.__name__: each for each in OTHERS}
CASES = NETWORKS | FUNCTIONS | {name: functools.partial(make, FEW_ROUNDS.get(name, 30)) for name, make in WAYS.items()}
LEFT_OUT = {"data inside", "GRU"}  # its constants are no exact ones; it takes too long
ROLLED |= {name: lambda make=make: [make().trace] for name, make in CASES.items() if name not in LEFT_OUT}
