"""Recurrences over time: as many lines for many rounds as for few, and every result the same to the last bit."""

import itertools
import random
import shutil

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

import tinygrad_edu as tg
from tests.rolling.programs import Case, by_c, by_node, by_python, is_finite, numbers, straight
from tests.staging.test_programs import programs, run
from tinygrad_edu import recurrent
from tinygrad_edu.rolling import finding
from tinygrad_edu.staging import jit, mean_over
from tinygrad_edu.steps.staged_step import lent
from tinygrad_edu.transforms import value_and_grad

node = pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")
cc = pytest.mark.skipif(not shutil.which("cc"), reason="needs a C compiler")
H = 4  # hidden units


def pendulum(rounds):
    """Semi-implicit steps: each uses what this round has just made."""

    def f(p):
        angle, speed, k, dt = p
        for _ in range(rounds):
            speed = speed - dt * k * tg.sin(angle)
            angle = angle + dt * speed
        return angle * angle

    return Case(jit(value_and_grad(f)), [1.0, 0.0, 2.0, 0.1])


def runge_kutta(rounds):
    def f(p):
        x, v, k, dt = p

        def pull(x, v):
            return -k * tg.sin(x) - 0.1 * v

        for _ in range(rounds):
            x1, v1 = v, pull(x, v)
            x2, v2 = v + dt / 2 * v1, pull(x + dt / 2 * x1, v + dt / 2 * v1)
            x3, v3 = v + dt / 2 * v2, pull(x + dt / 2 * x2, v + dt / 2 * v2)
            x4, v4 = v + dt * v3, pull(x + dt * x3, v + dt * v3)
            x, v = x + dt / 6 * (x1 + 2 * x2 + 2 * x3 + x4), v + dt / 6 * (v1 + 2 * v2 + 2 * v3 + v4)
        return x * x + v

    return Case(jit(value_and_grad(f)), [1.0, 0.0, 2.0, 0.05])


def heat(rounds):
    """A rod whose ends keep their temperatures."""

    def f(u, k):
        for _ in range(rounds):
            inner = [b + k * (a - 2 * b + c) for a, b, c in zip(u, u[1:], u[2:], strict=False)]
            u = [u[0], *inner, u[-1]]
        return tg.sum([x * x for x in u])

    return Case(jit(value_and_grad(f, argnums=(0, 1))), numbers(8), 0.1)


def ring(rounds):
    """The same on a ring, with all temperatures at all times."""

    def f(u, k):
        every = []
        for _ in range(rounds):
            u = [b + k * (a - 2 * b + c) for a, b, c in zip([u[-1], *u], u, [*u[1:], u[0]], strict=False)]
            every += u
        return every

    return Case(jit(f), numbers(6), 0.1)


def of_cell(kind, rounds):
    """The loss of a cell along a sequence, with the gradients of its parameters."""
    cell = kind(2, H, seed=1)
    own = cell.parameters()

    def f(p, xs):
        with lent(own, p):
            states = recurrent.unroll(cell, xs)[0]
            loss = tg.mean([(state[0] - 0.3) ** 2 for state in states])
            for each in own:
                each.grad = 0.0
            loss.backward()
            return loss.data, [each.grad for each in own]

    drawn = random.Random(rounds)
    return Case(jit(f), [p.data for p in own], [[drawn.gauss(0, 1), drawn.gauss(0, 1)] for _ in range(rounds)])


def batch_of_sequences(rounds):
    def f(w, xs):
        def example(x):
            h = [0.0] * H
            for t in range(rounds):
                h = [tg.tanh(tg.dot(row, h) + x[t]) for row in w]
            return tg.sum(h)

        return mean_over(example, xs)

    rows = [numbers(rounds, seed) for seed in range(3)]
    return Case(jit(value_and_grad(f), batched=["xs"]), [numbers(H, seed) for seed in range(H)], rows)


def two_rounds_back(rounds):
    def f(p):
        a, b = p
        for _ in range(rounds):
            a, b = b, tg.sin(a + b)
        return a * b

    return Case(jit(value_and_grad(f)), [0.1, 0.2])


def decay(rounds):
    """A table of constants, one for each round, and a number that is counted."""

    def f(p, xs):
        s = p
        for t in range(rounds):
            s = s * (0.9 + 0.1 / (t + 1) ** 2) + xs[t] * t
        return s

    return Case(jit(value_and_grad(f)), 0.5, numbers(rounds))


def where_it_turns(rounds):
    """Each round chooses."""

    def f(p):
        x, v = p
        for _ in range(rounds):
            v = tg.where(x > 0.2, lambda v=v: -0.5 * v, lambda v=v, x=x: v + tg.exp(-x * x))
            x = x + 0.1 * v
        return x

    return Case(jit(value_and_grad(f)), [0.1, 0.3])


def product(rounds):
    """Its slopes are products of all before and of all behind: two recurrences that go towards each other."""
    return Case(jit(value_and_grad(tg.prod)), [1.0 + 0.1 * x for x in numbers(rounds)])


REGULAR = {
    "product": product,
    "pendulum": pendulum,
    "Runge-Kutta": runge_kutta,
    "heat": heat,
    "ring": ring,
    "RNN": lambda n: of_cell(recurrent.RNNCell, n),
    "LSTM": lambda n: of_cell(recurrent.LSTMCell, n),
    "GRU": lambda n: of_cell(recurrent.GRUCell, n),
    "a batch of sequences": batch_of_sequences,
    "two rounds back": two_rounds_back,
}


def kicked(rounds):
    """One round is another than all others."""

    def f(p):
        x, v = p
        for t in range(rounds):
            v = v - 0.1 * tg.sin(x) if t != rounds // 3 else v * x
            x = x + 0.1 * v
        return x * v

    return Case(jit(value_and_grad(f)), [1.0, 0.5])


def squares(rounds):
    """What a round reads stands at no regular place."""

    def f(p, xs):
        s = p
        for t in range(rounds):
            s = tg.sin(s) + xs[t * t % len(xs)]
        return s

    return Case(jit(value_and_grad(f)), 0.5, numbers(17))


def two_at_once(rounds):
    """Two recurrences, of which one looks at the other now and then."""

    def f(p):
        x, y = p
        for t in range(rounds):
            x = tg.tanh(1.5 * x)
            y = tg.sin(y) + (x if t % 3 == 2 else 0.5)
        return x + y

    return Case(jit(value_and_grad(f)), [0.4, 0.7])


def crossed(rounds):
    """The second recurrence runs over the first one's rounds in another order."""

    def f(p):
        xs = [p]
        for _ in range(rounds):
            xs.append(tg.sin(xs[-1]) * 1.1)
        y = p
        for t in range(rounds):
            y = tg.cos(y) + xs[(t * 7) % (rounds + 1)]
        return y

    return Case(jit(value_and_grad(f)), 0.4)


def every_second(rounds):
    """Each round uses only the one before the last."""

    def f(p):
        every = list(p)
        for _ in range(rounds):
            every.append(tg.sin(every[-2]) * 1.1)
        return every

    return Case(jit(value_and_grad(lambda p: tg.dot(f(p), [0.1 * i for i in range(rounds + 2)]))), [0.3, 0.7])


def neighbours_of_two_rounds(rounds):
    """A round uses the last number of the round before the last and the first of the last one."""

    def f(p):
        old, new = p[:2], p[2:]
        for _ in range(rounds):
            old, new = new, [tg.sin(old[1] + new[0]), tg.tanh(tg.sum([*old, *new, *old, *new]))]
        return tg.sum(new)

    return Case(jit(value_and_grad(f)), numbers(4))


OTHERS = (every_second, neighbours_of_two_rounds, kicked, squares, two_at_once, crossed, where_it_turns, decay)
ALL = {
    **{name: lambda make=make: make(30) for name, make in REGULAR.items()},
    **{each.__name__: lambda make=each: make(30) for each in OTHERS},
}


@pytest.mark.parametrize("name", REGULAR)
def test_twice_the_rounds_are_as_many_lines(name):
    short, long = (REGULAR[name](n).trace.to("c").splitlines() for n in (24, 48))
    grown = 0 if name != "heat" else 16  # the ends reach further into the rod with each round
    assert len(short) <= len(long) <= len(short) + grown
    assert any("for (size_t t" in line for line in long)


def test_a_recurrence_reads_as_one():
    text = pendulum(100).trace.to("c")
    assert "t5[t + 1] = sin(t7[t]);" in text


@cc
@pytest.mark.parametrize("name", ALL)
def test_c_computes_the_same_bits(name, monkeypatch):
    case = ALL[name]()
    rolled = case.trace.to("c")
    straight(monkeypatch)
    assert by_c(case, rolled, "-O2") == by_c(case, case.trace.to("c"), "-O0") == (0, by_python(case))


@node
def test_javascript_computes_the_same_bits(monkeypatch):
    cases = [make() for make in ALL.values()]
    rolled = [case.trace.to("javascript") for case in cases]
    straight(monkeypatch)
    lines = [case.trace.to("javascript") for case in cases]
    found, expected = (by_node(zip(cases, texts, strict=True)) for texts in (rolled, lines))
    for name, one, other in zip(ALL, found, expected, strict=True):
        assert one == other, name


def repeated(program, rounds, odd):
    """A random program as the step of a recurrence; in the round `odd` something else is added."""

    def f(p):
        a, b = p
        for t in range(rounds):
            a, b = b, tg.tanh(run(program, [a, b]) + (a if t == odd else 0.0)) + 0.3
        return a * b

    try:
        case = Case(jit(value_and_grad(f)), [0.3, 0.7])
        return case if is_finite(case) else None
    except (ArithmeticError, ValueError):
        return None


@cc
@given(st.lists(st.tuples(programs, st.integers(9, 24), st.integers(0, 40)), min_size=4, max_size=4))
@settings(max_examples=3)
def test_random_recurrences_in_c(some):
    for case in filter(None, itertools.starmap(repeated, some)):
        with pytest.MonkeyPatch.context() as patch:
            rolled = case.trace.to("c")
            straight(patch)
            lines = case.trace.to("c")
        assert by_c(case, rolled, "-O2") == by_c(case, lines, "-O0"), rolled


def test_what_is_not_as_regular_as_it_looks_has_no_rounds():
    assert "for (size_t t" not in squares(60).trace.to("c")


def without(round_, array=None):
    """Places without those of a round, in one array or in all."""
    return lambda line, place: place.place // place.size != round_ or place.array != (array or place.array)


WRONG = {
    "a round is missing": without(5),
    "a round of one array is missing": without(5, ("rounds", 0, 0)),
    "the last round of one array is missing": without(26, ("rounds", 0, 0)),
    "a number is missing": lambda line, place: place.place != 21,
    "two rounds only": lambda line, place: place.place // place.size in {0, 1},
    "the first round and the last ones": lambda line, place: place.place // place.size in {0, 20, 21, 22},
}


@cc
@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("make", [ring, pendulum, batch_of_sequences])
def test_wrong_places_are_no_harm(make, name, monkeypatch):
    real, case = finding.recurrences, make(28)

    def some(shapes):
        return {} if shapes.places else {x: place for x, place in real(shapes).items() if WRONG[name](x, place)}

    monkeypatch.setattr(finding, "recurrences", some)
    assert by_c(case, case.trace.to("c"), "-O1") == (0, by_python(case))


def backwards(places):
    last = max((each.place for each in places.values()), default=0)
    return {x: each._replace(place=last - each.place) for x, each in places.items()}


def one_array_ahead(places):
    ahead = ("rounds", 0, 0)
    return {
        x: each._replace(place=each.place + each.size) if each.array == ahead else each for x, each in places.items()
    }


@cc
@pytest.mark.parametrize("change", [backwards, one_array_ahead])
@pytest.mark.parametrize("make", [ring, pendulum])
def test_rounds_in_another_order_are_no_harm(make, change, monkeypatch):
    real, case = finding.recurrences, make(28)
    monkeypatch.setattr(finding, "recurrences", lambda shapes: {} if shapes.places else change(real(shapes)))
    assert by_c(case, case.trace.to("c"), "-O1") == (0, by_python(case))
