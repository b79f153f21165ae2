"""`total`: sums over parts, in a fixed order, by any map."""

import math
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from multiprocessing import get_context

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tg


def square(part: list[float]) -> float:
    return sum(x * x for x in part)


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=70))
def test_the_sum_is_exact_where_the_numbers_are(parts: list[int]) -> None:
    assert tg.total(lambda part: Fraction(part, 7), parts) == Fraction(sum(parts), 7)


def test_neighbours_are_added_first() -> None:
    def text(i: int) -> Text:
        return Text(str(i))

    assert tg.total(text, range(1, 6)).words == "(((1+2)+(3+4))+5)"
    assert tg.total(text, range(1, 8)).words == "(((1+2)+(3+4))+((5+6)+7))"


@dataclass
class Text:
    """A number-like thing that shows how it was added: a dataclass, whose field is added."""

    words: "Word | str"

    def __post_init__(self) -> None:
        if isinstance(self.words, str):
            self.words = Word(self.words)


class Word(float):
    """A float that remembers the order of additions."""

    def __new__(cls, text: str) -> "Word":
        made = super().__new__(cls, 0.0)
        made.text = text
        return made

    def __add__(self, other: "Word") -> "Word":  # type: ignore[override]
        return Word(f"({self.text}+{other.text})")

    def __eq__(self, other: object) -> bool:
        return self.text == other

    __hash__ = float.__hash__


def test_the_error_grows_with_the_logarithm_of_the_number_of_parts() -> None:
    parts = [0.1] * 2**16
    assert abs(tg.total(lambda part: part, parts) - math.fsum(parts)) <= 16 * math.ulp(6553.6)


def test_a_loss_and_its_gradient_over_parts_equal_those_of_the_whole() -> None:
    def loss(p: list[tg.Value], xs: list[float], ys: list[float]) -> tg.Value:
        return tg.sum_over(lambda x, y: (p[0] * x + p[1] - y) ** 2, xs, ys)

    step = tg.jit(tg.value_and_grad(loss), batched=["xs", "ys"])
    xs = [0.25 * i for i in range(40)]
    ys = [3 * x - 1 for x in xs]
    whole, (dw, db) = step([1.0, 0.5], xs, ys)
    parts = [(xs[i : i + 7], ys[i : i + 7]) for i in range(0, 40, 7)]
    found, (dw_found, db_found) = tg.total(lambda part: step([1.0, 0.5], *part), parts)
    assert (found, dw_found, db_found) == pytest.approx((whole, dw, db), rel=1e-14)


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_the_digits_do_not_depend_on_the_workers(workers: int) -> None:
    parts = [[0.1 * i, 1 / (i + 1)] for i in range(23)]
    here = tg.total(square, parts)
    with ThreadPoolExecutor(workers) as pool:
        assert tg.total(square, parts, map=pool.map) == here


def test_parts_go_to_other_processes() -> None:
    parts = [[0.1 * i] for i in range(9)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert tg.total(partial(square), parts, map=pool.map) == tg.total(square, parts)


def test_futures_are_waited_for() -> None:
    with ThreadPoolExecutor(2) as pool:
        assert tg.total(square, [[1.0], [2.0]], map=lambda f, parts: [pool.submit(f, part) for part in parts]) == 5.0


def test_parts_may_come_one_by_one() -> None:
    assert tg.total(lambda part: part, (i for i in range(101))) == 5050


def test_no_parts_are_refused() -> None:
    with pytest.raises(ValueError, match="total: there are no parts"):
        tg.total(square, [])


def test_results_of_other_structures_are_refused() -> None:
    with pytest.raises(TypeError, match=r"part 1 gave 2 numbers \(result\[0\], result\[1\]\), the parts before it 1"):
        tg.total(lambda part: part, [[1.0], [1.0, 2.0]])


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(TypeError, match="total: f must be a function, got 3"):
        tg.total(3, [1.0])  # type: ignore[arg-type]


def test_an_error_in_a_part_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        tg.total(lambda part: 1 / part, [1.0, 0.0])


def test_a_map_that_loses_parts_is_noticed() -> None:
    with pytest.raises(ValueError, match="map gave 2 results for 3 parts"):
        tg.total(abs, [1, 2, 3], map=lambda f, parts: [f(part) for part in parts[:2]])
