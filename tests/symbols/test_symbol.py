"""What a symbol cannot do is refused, with the line where it was asked."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest

import tinygrad_edu as tg
from tests.staging.material import refused
from tinygrad_edu import Value
from tinygrad_edu.staging import StagingError, jit
from tinygrad_edu.transforms import grad


def line_of(f):
    return f"(test_symbol.py, line {f.__code__.co_firstlineno + 1})"


def test_if_on_a_symbol_names_the_line():
    def f(x):
        if x > 0:
            return x
        return -x

    text = refused(f, 1.0)
    assert text.startswith(f"a choice on a symbol {line_of(f)}")
    assert "where(condition, if_true, if_false)" in text
    assert line_of(f) in refused(grad(f), 1.0)


USES = [float, int, math.sin, math.floor, math.ceil, math.trunc, round, bool]
USES += [lambda x: x // 2, lambda x: 7 // x, lambda x: x % 2, lambda x: 7 % x, lambda x: divmod(x, 2)]


@pytest.mark.parametrize("use", USES)
def test_numbers_are_not_there_yet(use):
    def taking(use):
        return lambda x: [use(x)]

    assert "this needs a number, but the function is being staged" in refused(taking(use), 1.0)


@pytest.mark.parametrize("use", [[1, 2].__getitem__, range, lambda n: [0] * n])
def test_a_symbol_is_no_count_and_no_index(use):
    text = refused(lambda x, n: [x, use(n)], 1.0, 2)
    assert "a symbol as a count or an index (test_symbol.py, line " in text
    assert "functools.partial" in text


def test_a_symbol_has_no_backward_pass():
    text = refused(lambda x: (x * x).backward(), 1.0)
    assert "jit hands over symbols, not Values. Stage the gradient instead: jit(grad(f))" in text


def test_equality_of_symbols_is_refused():
    def f(x, y):
        return x if x == y else y

    assert f"== of a symbol {line_of(f)}" in refused(f, 1.0, 2.0)
    assert "== of a symbol" in refused(lambda x: x if x != 2.0 else -x, 1.0)
    assert jit(lambda x: 1.0 if x == "text" or x != x else 2.0)(1.0) == 2.0


def test_a_leaked_symbol_names_the_line():
    kept = []
    jit(lambda x: kept.extend([x, tg.sin(x)]) or x)(1.0)
    with pytest.raises(StagingError, match=r"whose staged function has returned \(test_symbol.py, line \d+\)"):
        kept[0] + 1
    assert [repr(x) for x in kept] == ["<symbol x>", "<symbol sin>"]
    assert +kept[0] is kept[0]


def test_a_failed_staging_leaks_nothing_either():
    kept = []
    with pytest.raises(ZeroDivisionError):
        jit(lambda x: kept.append(x) or 1 / 0)(1.0)
    with pytest.raises(StagingError, match="has returned"):
        kept[0] + 1


def test_a_value_from_outside_is_refused():
    w = Value(2.0)
    assert "it used a Value from outside" in refused(lambda x: w * x, 1.0)
    assert "it used a Value from outside" in refused(grad(lambda x: w * x * x), 1.0)
    assert jit(lambda x: w.data * x)(3.0) == 6.0
    assert jit(lambda x: [x, w])(3.0) == [3.0, 2.0]


def test_results_are_numbers():
    assert "returned 'text' among its numbers" in refused(lambda x: [x, "text"], 1.0)
    assert "returned True among its numbers" in refused(lambda x: (x, True), 1.0)
    result = {"one": 1, "half": 0.5, "none": None}
    assert jit(lambda x: {"one": 1, "half": Fraction(1, 2) * x, "none": None})(1.0) == result


def test_other_kinds_of_numbers_beside_symbols_are_refused():
    with pytest.raises(TypeError, match=r"unsupported operand"):
        jit(lambda x: x * Decimal(2))(1.0)
    with pytest.raises(TypeError, match="'<' not supported"):
        jit(lambda x: x < "a")(1.0)
    assert "staging needs floats, got Decimal" in refused(lambda x: tg.where(x > 0, x, Decimal(2)), 1.0)
    with pytest.raises(AttributeError):
        jit(lambda x: x.nothing)(1.0)
    with pytest.raises(TypeError):
        jit(lambda x: tg.maximum(x, "a"))(1.0)
