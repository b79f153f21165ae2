"""Functions of several numbers: their nodes, generators, empty and single sequences. Numbers: test_operations.py."""

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value

inf, nan = math.inf, math.nan

ONE_NODE = {
    "sum": tg.sum,
    "prod": tg.prod,
    "max": tg.max,
    "min": tg.min,
    "logsumexp": tg.logsumexp,
    "dot": lambda xs: tg.dot(xs[:2], xs[2:]),
}


@pytest.mark.parametrize("name", ONE_NODE)
def test_one_node_however_many_operands(name: str) -> None:
    xs = [Value(float(i)) for i in (3, 1, 2, 5)]
    y = ONE_NODE[name](xs)
    assert (y.op, y.parents, y.operands) == (name, tuple(xs), tuple(xs))
    assert len(y.local_grads) == 4


@pytest.mark.parametrize("name", ONE_NODE)
def test_plain_numbers_among_the_operands_are_no_parents(name: str) -> None:
    x = Value(3.0)
    y = ONE_NODE[name]([1.0, x, 2, x])
    assert y.operands == (1.0, x, 2, x)
    assert y.parents == (x, x)


@pytest.mark.parametrize(
    "f",
    [tg.sum, tg.prod, tg.mean, tg.max, tg.min, tg.logsumexp, lambda xs: tg.softmax(xs)[0]],
    ids=lambda f: f.__name__,
)
def test_a_generator_is_consumed_once(f: Callable[[Any], Any]) -> None:
    taken: list[int] = []

    def numbers() -> Iterator[Value]:
        for i in range(3):
            taken.append(i)
            yield Value(float(i))

    assert f(numbers()).data == f([0.0, 1.0, 2.0])
    assert taken == [0, 1, 2]


def test_dot_takes_generators() -> None:
    assert tg.dot((Value(x) for x in (1.0, 2.0)), iter([3.0, 4.0])).data == 11.0


def test_sum_adds_from_left_to_right() -> None:
    xs = [1e16, 1.0, -1e16, 1.0]
    assert tg.sum(xs) == tg.sum(map(Value, xs)).data == ((1e16 + 1.0) - 1e16) + 1.0


def test_one_operand() -> None:
    for f in (tg.sum, tg.prod, tg.mean, tg.max, tg.min, tg.logsumexp):
        x = Value(2.5)
        y = f([x])
        y.backward()
        assert (y.data, x.grad) == (2.5, 1.0)
    assert tg.softmax([7.0]) == [1.0]
    assert tg.log_softmax([7.0]) == [0.0]


def test_mean_is_a_sum_and_a_division() -> None:
    x, y = Value(1.0), Value(4.0)
    m = tg.mean([x, y])
    assert (m.op, m.data, m.parents[0].op) == ("/", 2.5, "sum")
    assert tg.mean([Fraction(1), Fraction(2)]) == Fraction(3, 2)


@pytest.mark.parametrize("zeros", [1, 2, 3])
def test_prod_with_zeros_needs_no_division(zeros: int) -> None:
    xs = [Value(x) for x in [0.0] * zeros + [2.0, 3.0]]
    tg.prod(xs).backward()
    assert [x.grad for x in xs] == [6.0 if zeros == 1 else 0.0] * zeros + [0.0] * 2


def test_a_value_used_twice_gets_both_shares() -> None:
    x = Value(3.0)
    tg.prod([x, x, x]).backward()
    assert x.grad == 27.0
    x.zero_grad()
    tg.dot([x, 2.0], [x, x]).backward()
    assert x.grad == 8.0


def test_dot_needs_equal_lengths() -> None:
    with pytest.raises(ValueError, match="dot of 2 and 1 numbers: the lengths must be equal"):
        tg.dot([1.0, 2.0], [Value(3.0)])


def test_extremes_share_among_all_that_tie() -> None:
    xs = [Value(x) for x in (2.0, 1.0, 2.0, 2.0)]
    tg.max(xs).backward()
    assert [x.grad for x in xs] == pytest.approx([1 / 3, 0, 1 / 3, 1 / 3])
    whole = [Value(x) for x in (2, 2)]
    tg.min(whole).backward()
    assert [x.grad for x in whole] == [0.5, 0.5]


def test_extremes_of_nan_have_nan_gradients() -> None:
    for f in (tg.max, tg.min):
        xs = [Value(nan), Value(1.0)]
        f(xs).backward()
        assert all(math.isnan(x.grad) for x in xs)


def test_logsumexp_at_infinity() -> None:
    x, y = Value(-inf), Value(0.5)
    z = tg.logsumexp([x, y])
    z.backward()
    assert (z.data, x.grad, y.grad) == (0.5, 0.0, 1.0)
    assert tg.logsumexp([inf, 1.0]) == inf
    assert math.isnan(tg.logsumexp([nan, 1.0]))


def test_softmax_adds_up_to_one_and_its_gradients_to_zero() -> None:
    xs = [Value(x) for x in (1.0, -2.0, 0.5, 700.0, -700.0)]
    ps = tg.softmax(xs)
    assert math.fsum(p.data for p in ps) == pytest.approx(1.0, rel=1e-15)
    ps[0].backward()
    assert math.fsum(x.grad for x in xs) == pytest.approx(0.0, abs=1e-15)


def test_log_softmax_keeps_small_differences_beside_large_numbers() -> None:
    xs = [Value(1e16), Value(1e16)]
    assert [y.data for y in tg.log_softmax(xs)] == [-math.log(2)] * 2


def test_softmax_of_a_mixture() -> None:
    x = Value(0.0)
    p, q = tg.softmax([x, 0.0])
    p.backward()
    assert (p.data, q.data, x.grad) == (0.5, 0.5, 0.25)


def test_numbers_alone_give_numbers() -> None:
    assert tg.sum([1, 2]) == 3
    assert tg.dot([1, 2], [3, 4]) == 11
    assert tg.prod([2, 5]) == 10
    assert tg.softmax([0.0, 0.0]) == [0.5, 0.5]
    assert type(tg.sum([1, 2])) is int


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda: tg.sum([Value(10**400), 1.0]), "sum of 2 numbers is too large for a float"),
        (lambda: tg.prod([Value(10**400), 1.5]), "prod of 2 numbers is too large for a float"),
        (lambda: tg.dot([Value(10**400)], [1.5]), "dot of 1 and 1 numbers is too large for a float"),
    ],
)
def test_what_is_too_large_is_named(f: Callable[[], Any], message: str) -> None:
    with pytest.raises(OverflowError, match=message):
        f()


@pytest.mark.parametrize("name", ["sum", "prod", "mean", "max", "min", "logsumexp", "softmax", "log_softmax"])
def test_a_number_in_place_of_a_sequence_is_refused(name: str) -> None:
    for x in (3.0, Value(3.0)):
        with pytest.raises(TypeError, match="takes one sequence of numbers"):
            getattr(tg, name)(x)


def test_isclose_compares_data() -> None:
    assert tg.isclose(Value(1.0), 1.0 + 1e-12)
    assert not tg.isclose(1.0, Value(1.01))
    assert tg.isclose(Value(1.0), Value(1.01), rel_tol=0.1)
    assert tg.isclose(0.0, Value(1e-12), abs_tol=1e-9)
    assert Value(1.0).isclose(1.0)
    assert not Value(1.0).isclose(2.0, rel_tol=0.1, abs_tol=0.5)
    assert not tg.isclose(nan, nan)
    with pytest.raises(TypeError, match="expected a number"):
        tg.isclose("1", 1.0)


def test_an_error_inside_a_generator_stays_what_it_is() -> None:
    with pytest.raises(TypeError, match="exp"):
        tg.sum(tg.exp(x) for x in ["a"])


def test_a_tie_of_three_is_shared_equally_to_second_order() -> None:
    hessian = tg.hessian(lambda xs: tg.max(xs) ** 2)([2.0, 2.0, 2.0])
    assert hessian == [pytest.approx([2 / 9] * 3)] * 3


def test_logsumexp_of_a_huge_int_is_named() -> None:
    for xs in ([Value(10**400)], [Value(10**400), 1.0]):
        with pytest.raises(OverflowError, match="logsumexp of"):
            tg.logsumexp(xs)
