"""Which lines are written, and where: what may raise is neither lost nor moved out of its branch."""

import pytest

import tinygrad_edu as tg
from tests.staging.material import close, outcome, source_of
from tinygrad_edu.staging import StagingError, jit
from tinygrad_edu.transforms import grad, hessian, value_and_grad


def test_a_square_that_is_too_large_is_noticed():
    ours = jit(value_and_grad(lambda x: x**2))
    for _ in range(2):
        with pytest.raises(OverflowError, match=r"1e\+200 \*\* 2 is too large"):
            ours(1e200)
        assert ours(3.0) == (9.0, 6.0)


UNDEFINED = {
    "log": lambda x, y: tg.where(x > 0, tg.log(y), 0.0),
    "minus": lambda x, y: tg.where(x > 0, 2.0, -tg.log(y)),
    "division": lambda x, y: tg.where(x > 0, x / (y + 1), x),
    "overflow": lambda x, y: tg.where(x > 0, 2 * tg.exp(-1000 * y), x),
}


@pytest.mark.parametrize("name", UNDEFINED)
def test_both_branches_that_are_no_functions_must_be_defined(name):
    f = UNDEFINED[name]
    staged = jit(f)
    for x in (1.0, -1.0):
        assert outcome(staged, x, 1.0) == outcome(f, x, 1.0)
        assert outcome(staged, x, -1.0) == outcome(f, x, -1.0)
        assert issubclass(outcome(f, x, -1.0)[0], ArithmeticError | ValueError)


def test_what_is_undefined_is_noticed_though_no_result_uses_it():
    ours = jit(grad(lambda x, y: tg.log(x) + 2 ** (y / y)))
    assert ours(2.0, 1.0) == 0.5
    assert "log(x)  # raises where it is undefined" in ours.source
    with pytest.raises(tg.DomainError):
        ours(-2.0, 1.0)
    with pytest.raises(ZeroDivisionError):
        ours(2.0, 0.0)
    with pytest.raises(TypeError, match="complex"):
        jit(grad(lambda x, y: x + y**0.5))(1.0, -1.0)
    assert "raises" not in source_of(grad(lambda x: 2**x + x**4 + 1 / x + x / 3), 1.0)


def test_guards_stay_within_their_branch():
    ours = jit(grad(lambda x: tg.where(x > 0, lambda: tg.log(x), x)))
    assert [ours(2.0), ours(-2.0)] == [0.5, 1.0]


def test_branches_are_computed_only_when_taken():
    def f(p):
        x, y = p
        return tg.where(x > 0, lambda: tg.where(y > 0, lambda: tg.log(x * y) * x, 2.0 * x), y**4)

    ours = jit(hessian(f))
    for point in ([1.0, 2.0], [1.0, -2.0], [-1.0, 2.0], [-1.0, -2.0]):
        assert close(ours(point), hessian(f)(point)), point


def test_lines_of_one_branch_are_kept_when_it_is_entered_again():
    def f(x):
        a = tg.where(x > 0, lambda: tg.log(x), 1.0)
        b = tg.where(x > 0, lambda: tg.log(x) * a, a)
        return a * b + tg.where(x > 0, lambda: tg.sqrt(x) * b, 0.0)

    ours = jit(value_and_grad(f))
    for x in (2.0, -2.0):
        assert close(ours(x), value_and_grad(f)(x))


def nested(x, depth):
    return x if depth == 0 else tg.where(x > depth, lambda: nested(x * 0.5, depth - 1) + 1, x)


def test_branches_nest_deeply_or_are_refused():
    assert jit(lambda x: nested(x, 60))(1e9) == nested(1e9, 60)
    with pytest.raises(StagingError, match=r"where within where, 80 deep \(test_liveness.py, line \d+\)"):
        jit(lambda x: nested(x, 90))(1e9)
