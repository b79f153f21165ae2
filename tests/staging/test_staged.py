"""Staging: the staged function computes what the function itself computes; its source reads as one would write it."""

import functools
import threading
from fractions import Fraction

import pytest

import tinygrad_edu as tg
from tests.operations import TABLE, Operation, Point, inf, nan, smooth_points
from tests.staging.material import XS, YS, branching, close, outcome
from tinygrad_edu import Value, nn
from tinygrad_edu.staging import Staged, StagingError, jit, sum_over
from tinygrad_edu.steps.staged_step import StagedStep
from tinygrad_edu.transforms import grad, jvp, value_and_grad


@functools.cache
def both(operation):
    """The value and gradient of an operation on a list of operands, as it is and staged."""
    eager = value_and_grad(lambda xs: operation.apply(*xs))
    return eager, jit(eager)


@pytest.mark.parametrize(("operation", "point"), [*smooth_points()], ids=lambda x: getattr(x, "name", None))
def test_operation_staged_is_operation(operation: Operation, point: Point):
    eager, ours = both(operation)
    xs = [float(x) for x in point]
    assert close(ours(xs), eager(xs), 1e-13 if operation.absolute == 0 else 1e-11)


@pytest.mark.parametrize("operation", [x for x in TABLE if x.kinks or x.undefined], ids=lambda x: x.name)
def test_operation_staged_keeps_the_edge_cases(operation: Operation):
    eager, ours = both(operation)
    for point in [*operation.kinks, *operation.undefined]:
        xs = [float(x) for x in point]
        found, expected = outcome(ours, xs), outcome(eager, xs)
        assert found == expected or close(found, expected), f"{operation.name}{point}: {found}, should be {expected}"


@pytest.mark.parametrize("operation", [x for x in TABLE if x.undefined], ids=lambda x: x.name)
def test_gradient_alone_is_not_a_number_where_the_function_is_undefined(operation: Operation):
    for point in operation.undefined:
        if len(point) == 1:
            alone = grad(operation.apply)
            assert outcome(jit(alone), float(point[0])) == outcome(alone, float(point[0]))


@pytest.mark.parametrize("x", [inf, -inf, nan, 0.0, -0.0, 5e-324, 1e308, -1e308, 1e200])
def test_extreme_numbers(x):
    for operation in TABLE:
        is_structural = operation.name == "** 0" and x != x  # 0·nan, see below
        if all(len(each) == 1 for each in operation.samples) and not is_structural:
            found, expected = (outcome(f, [x]) for f in reversed(both(operation)))
            assert found == expected or close(found, expected), f"{operation.name}({x}): {found}, should be {expected}"


def test_a_constant_that_is_undefined_is_left_to_the_function():
    def f(x):
        return tg.where(x > 0, x, lambda: 1 / (x * 0))

    ours = jit(f)
    assert ours(2.0) == 2.0
    with pytest.raises(ZeroDivisionError):
        ours(-2.0)
    never = jit(lambda x: tg.log(x) / 0.0 + 1 / 0)
    for error, x in ((tg.DomainError, -1.0), (ZeroDivisionError, 1.0)):
        with pytest.raises(error):
            never(x)
    with pytest.raises(StagingError, match="not staged yet"):
        _ = never.source


def test_transforms_and_staging_nest():
    def f(x):
        return tg.relu(x) * tg.sin(x) + tg.where(x > 1, lambda: tg.log(x), x * x)

    for x in (0.5, 2.0):
        second = grad(grad(f))(x)
        assert tg.isclose(jit(grad(jit(grad(jit(f)))))(x), second)
        assert tg.isclose(grad(jit(grad(f)))(x), second)
        assert tg.isclose(jvp(jit(grad(f)), (x,), (1.0,))[1], second)
        assert jit(jit(f))(x) == f(x)


def test_a_function_may_call_itself_staged():
    @jit
    def power(x, n):
        return x if n == "once" else x * power(1.0, "once") * power(x, "once")

    assert power(3.0, "twice") == 9.0


def test_errors_are_those_of_the_function():
    ours = jit(lambda x, y: tg.log(x) / y)
    for _ in range(2):
        with pytest.raises(tg.DomainError, match=r"log\(-1.0\) is undefined"):
            ours(-1.0, 1.0)
        with pytest.raises(ZeroDivisionError):
            ours(2.0, 0.0)
        with pytest.raises(TypeError):
            ours("a", 1.0)
        ours(1.0, 1.0)


def test_options_are_checked():
    with pytest.raises(ValueError, match=r"batched=\['zs'\]: f has no parameter zs"):
        jit(lambda xs: xs, batched=["zs"])
    with pytest.raises(ValueError, match="backend='fortran': there are python and c"):
        jit(abs, backend="fortran")
    ours = jit(lambda x: x)
    with pytest.raises(StagingError, match="f is not staged yet: call it once"):
        _ = ours.source
    ours(1.0)
    with pytest.raises(ValueError, match=r"to\('fortran'\): there are python, c, javascript, latex"):
        ours.to("fortran")


def test_a_staged_function_looks_like_the_function():
    ours = jit(branching)
    assert isinstance(ours, Staged)
    assert ours.__name__ == "branching"
    assert ours.__wrapped__ is branching
    assert "program" in type(ours).__doc__


def test_a_function_that_labels_its_results_runs_itself_on_values():
    def f(a, b=2.0, *, words=""):
        x = a + b
        x.label = "x" + words
        return [x * b, {"a": a}]

    assert jit(f)(1.0, 3.0) == [12.0, {"a": 1.0}]
    exact = jit(f)
    exact(1.0)
    assert exact(Fraction(1), Fraction(2)) == [6, {"a": 1}]
    assert exact(Fraction(1), Fraction(2), words="!") == [6, {"a": 1}]
    assert exact(Value(1.0))[0].data == 6.0
    with pytest.raises(AttributeError, match="no attribute 'missing'"):
        jit(lambda x: x.missing)(Fraction(1))

    def area(a, b):
        x = a * b
        x.label = "area"
        return x

    assert jit(area)(1e200, 1e200) == inf


def test_jit_is_a_decorator_with_and_without_options():
    @jit
    def double(x):
        return 2 * x

    @jit(batched=["xs"])
    def total(xs):
        return sum_over(lambda x: x * x, xs)

    assert repr(double) == "<double, staged: 0 programs>"
    assert (double(2.0), total([1.0, 2.0])) == (4.0, 5.0)
    assert repr(double) == "<double, staged: 1 program>"
    assert total.to("python") == total.source


def test_a_staged_step_fills_in_every_gradient():
    model = nn.MLP(2, [4, 3, 1], activation="tanh", seed=1)
    step = StagedStep(model, nn.mse_loss)
    loss = step(XS, YS)
    ours = [p.grad for p in model.parameters()]
    model.zero_grad()
    eager = nn.mse_loss([model(x) for x in XS], YS)
    eager.backward()
    assert tg.isclose(loss, eager.data)
    assert close(ours, [p.grad for p in model.parameters()], 1e-11)
    before = [p.data for p in model.parameters()]
    step(XS, YS)
    assert close([p.grad for p in model.parameters()], [2 * g for g in ours], 1e-11)
    assert [p.data for p in model.parameters()] == before
    assert "dl1_n1_w1 += " in step.source


class Half:
    def __init__(self):
        self.used, self.unused = Value(2.0), Value(3.0)

    def parameters(self):
        return [self.used, self.unused]

    def __call__(self, x):
        return self.used * x[0]


def test_a_parameter_that_plays_no_part_has_gradient_zero():
    model = Half()
    StagedStep(model, nn.mse_loss)([[1.0]], [1.0])
    assert (model.used.grad, model.unused.grad) == (2.0, 0.0)


def test_a_model_that_branches_on_data_is_refused_and_left_as_it_was():
    model = nn.Neuron(1, activation=lambda z: z if z > 0 else -z, seed=1)
    before = [(p.data, p.grad) for p in model.parameters()]
    with pytest.raises(StagingError, match="a choice on a symbol"):
        StagedStep(model, nn.mse_loss)([[1.0]], [1.0])
    assert [(p.data, p.grad) for p in model.parameters()] == before


def test_threads_may_stage_and_call_at_once():
    def f(xs):
        return tg.prod(xs) + tg.logsumexp(xs)

    ours, eager, wrong = jit(value_and_grad(f)), value_and_grad(f), []

    def work(n):
        for _ in range(10):
            for size in range(1, 5):
                xs = [float(n + i) for i in range(size)]
                if not close(ours(xs), eager(xs)):
                    wrong.append(xs)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(ours._traces) == 4


def test_large_programs(untraced):
    def f(x):
        y = x
        for i in range(15_000):
            y = tg.sin(y) * 0.99 + x if i % 3 else y + x
        return y

    ours = jit(value_and_grad(f))
    assert close(ours(0.5), value_and_grad(f)(0.5), 1e-10)
    assert len(ours.trace.program.lines) > 40_000
    assert max(map(len, ours.source.splitlines())) < 500
    sums = jit(tg.sum)
    assert sums([0.5] * 20_000) == 10_000.0
