"""The way into a program takes arguments as the function does."""

from fractions import Fraction

import pytest

import tinygrad_edu as tg
from tinygrad_edu.staging import jit


def test_defaults_keywords_and_places():
    def f(x, y=2.0, *, scale=3.0):
        return scale * (x - y)

    def g(x, y=2.0, z=3.0):
        return x * y + z

    ours, other = jit(f), jit(g)
    for _ in range(2):
        assert ours(1.0) == f(1.0)
        assert ours(1.0, 5.0) == f(1.0, 5.0)
        assert ours(y=1.0, x=7.0, scale=2.0) == 12.0
        assert other(1.0, z=4.0) == 6.0
        assert other(x=1.0) == 5.0
        assert other(1.0, z=Fraction(1, 2)) == 2.5
    assert jit(lambda *xs, **named: tg.sum(xs) + named["z"])(1.0, 2.0, z=4.0) == 7.0


def test_a_default_is_left_to_the_function_where_it_runs_itself():
    def f(x, y=2.0, z=0.5):
        return tg.log(x * y) + z

    ours = jit(f)
    for _ in range(2):
        assert ours(1.0, z=0.25) == tg.log(2.0) + 0.25
        with pytest.raises(tg.DomainError):
            ours(-1.0, z=0.25)


def test_a_wrong_call_is_refused():
    ours = jit(lambda x: x)
    for _ in range(2):
        with pytest.raises(TypeError, match="unexpected keyword argument 'y'"):
            ours(1.0, y=2.0)  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="missing a required argument: 'x'"):
            ours()  # type: ignore[call-arg]
        ours(1.0)


@pytest.mark.parametrize("count", [2, 16, 17, 40])
def test_every_number_of_a_sequence_must_be_a_float(count):
    ours = jit(lambda x: [2 * each for each in x])
    floats = [0.5] * count
    ours(floats)
    for place in range(count):
        xs: list[object] = [*floats]
        xs[place] = 3
        assert [*map(type, ours(xs))] == [float] * count
        xs[place] = Fraction(1, 3)
        assert ours(xs)[place] == Fraction(2, 3)
    assert len(ours(floats[1:])) == count - 1
