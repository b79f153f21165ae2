"""Loops whose rounds the numbers decide: as the loop in Python, eagerly, staged, in every language, differentiated."""

import functools
import json
import math
import shutil
import subprocess

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.staging.building import cc
from tests.staging.material import close
from tinygrad_edu import (
    StagingError,
    Value,
    derivative,
    fixed_point,
    fori_loop,
    grad,
    hessian,
    jit,
    jvp,
    mean_over,
    scan,
    sum_over,
    value_and_grad,
    where,
    while_loop,
)

pytestmark = pytest.mark.usefixtures("cache")
node = pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")


def newton(a):
    """√a."""
    return while_loop(lambda x: abs(x * x - a) > 1e-12 * a, lambda x: (x + a / x) / 2, a)


def collatz_like(x):
    """A state with a branch, a counter and a condition of two parts."""

    def body(state):
        y, n = state["y"], state["n"]
        return {"y": where(y > 2.0, lambda: tg.sqrt(y) * 1.5, y * y + x / 3), "n": n + 1}

    end = while_loop(lambda s: (s["n"] < 7) & ~(s["y"] > 50.0), body, {"y": x, "n": 0})
    return end["y"] + end["n"]


def power(x):
    return fori_loop(0, 6, lambda i, y: y * x + i, 1.0)


def pendulum(angle):
    """Semi-implicit Euler: of two numbers that go round, the second uses the first's next."""

    def step(_, state):
        angle, speed = state
        speed = speed - 0.1 * tg.sin(angle)
        return angle + 0.1 * speed, speed

    return fori_loop(0, 25, step, (angle, 0.5))[0]


def nested(x):
    """A loop in a loop, the inner of as many rounds as the outer says."""
    return fori_loop(0, 4, lambda i, y: fori_loop(0, i, lambda j, z: tg.sin(z) * x + j, y) + x, x)


def in_a_branch(x):
    return where(x > 1.0, lambda: newton(x) * 3, lambda: power(x))


def swapped(x):
    """What goes round changes places: all of it at once."""
    a, b = fori_loop(0, 5, lambda _, s: (s[1] * x, s[0]), (x, 2 * x))
    return a - b


def not_entered(x):
    return while_loop(lambda y: y > 1e9, lambda y: 1 / (y - y), x) * 2


def by_hand(f, x):
    """The same with Python's own loop, on Values."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(globals(), "while_loop", python_while)
        patch.setitem(globals(), "fori_loop", python_fori)
        return f(x)


def python_while(cond, body, state):
    while cond(state):
        state = body(state)
    return state


def python_fori(lower, upper, body, state):
    for i in range(lower, upper):
        state = body(i, state)
    return state


FUNCTIONS = [newton, collatz_like, power, pendulum, in_a_branch, swapped, not_entered]
POINTS = [0.7, 2.5]
TRANSFORMS = {
    "value": lambda f: f,
    "grad": grad,
    "both": value_and_grad,
    "forward": derivative,
    "second": lambda f: grad(grad(f)),
    "forward over reverse": lambda f: derivative(grad(f)),
    "reverse over forward": lambda f: grad(derivative(f)),
    "third": lambda f: derivative(f, order=3),
}


@pytest.mark.parametrize("f", [*FUNCTIONS, nested], ids=lambda f: f.__name__)
@pytest.mark.parametrize("x", POINTS)
def test_eagerly_it_is_the_loop(f, x):
    if f is nested:
        return
    ours, theirs = Value(x), Value(x)
    (y := f(ours)).backward()
    (z := by_hand(f, theirs)).backward()
    assert (y.data, ours.grad) == (z.data, theirs.grad)


@cc
@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("backend", ["python", "c"])
def test_staged_it_computes_the_same(f, transform, backend):
    plain = TRANSFORMS[transform](f)
    ours = jit(plain, backend=backend)
    for x in [*POINTS, *POINTS]:
        assert close(ours(x), plain(x), 1e-9)
    assert "while " in ours.source or f is not_entered, "it is a loop, not written out"
    assert len(ours.source.splitlines()) < 200


@pytest.mark.parametrize("transform", ["value", "both", "second"])
def test_a_loop_in_a_loop_and_bounds_that_go_round(transform):
    def triangle(x):
        def inner(n, y):
            return while_loop(lambda t: t[0] < n, lambda t: (t[0] + 1, t[1] * x + t[0]), (0, y))[1]

        return while_loop(lambda s: s[0] < 4, lambda s: (s[0] + 1, inner(*s)), (0, x))[1]

    plain = TRANSFORMS[transform](triangle)
    ours = jit(plain)
    for x in POINTS:
        assert close(ours(x), plain(x), 1e-9)
    assert ours.source.count("while ") == 2


@node
@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_in_javascript(f):
    both = jit(value_and_grad(f))
    expected = [both(x) for x in POINTS]
    text = both.to("javascript") + f"console.log(JSON.stringify({json.dumps(POINTS)}.map({both.trace.name})))"
    run = subprocess.run(["node", "-e", text], capture_output=True, text=True, check=True)
    assert close(json.loads(run.stdout), [list(each) for each in expected], 1e-9)


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_on_columns_each_number_has_rounds_of_its_own(f):
    both = jit(value_and_grad(f))
    expected = [both(x) for x in POINTS]
    space = {}
    exec(both.to("numpy"), space)  # noqa: S102 - our own text
    with np.errstate(all="ignore"):
        values, slopes = space[both.trace.name](np.array(POINTS))
    assert close([*zip(np.broadcast_to(values, 2), np.broadcast_to(slopes, 2), strict=True)], expected, 1e-9)


def test_in_latex():
    ours = jit(newton)
    ours(2.0)
    assert r"&\text{while } t_4 \gt t_1\colon" in ours.to("latex") or r"\text{while }" in ours.to("latex")


def test_a_loop_reads_as_written_by_hand():
    ours = jit(value_and_grad(lambda x: while_loop(lambda y: y < 100.0, lambda y: y * y * x, x)))
    ours(2.0)
    assert (
        ours.source
        == (
            "def f(x):\n"
            "    x_2 = x\n"
            "    t1 = 1.0\n"
            "    while x_2 < 100.0:\n"
            "        t2 = x_2 * x\n"
            "        x_2, t1 = x_2 * x_2 * x, x_2 * x_2 + (t2 + t2) * t1\n"
            "    return x_2, t1\n"
        )
        or "while x_2 < 100.0:" in ours.source
    )


def test_what_nobody_uses_does_not_go_round():
    ours = jit(lambda x: fori_loop(0, 9, lambda i, s: (s[0] * x, s[1] + s[0], s[2] - 1.0), (x, 0.0, x))[0])
    ours(1.1)
    assert "- 1.0" not in ours.source
    assert close(ours(1.1), 1.1**10, 1e-14)


def test_what_is_the_same_in_each_round_stands_in_front():
    ours = jit(lambda x: fori_loop(0, 9, lambda i, s: s * tg.exp(x), x))
    ours(0.1)
    lines = ours.source.splitlines()
    assert any("exp(x)" in line for line in lines[: next(i for i, line in enumerate(lines) if "while" in line)])


@pytest.mark.parametrize("backend", ["python", "c"])
def test_within_a_batch_and_a_batch_within(backend):
    def loss(p, xs):
        return mean_over(lambda x: fori_loop(0, 3, lambda i, y: tg.sin(y * p) + x, x), xs)

    def around(p, xs):
        return fori_loop(0, 3, lambda i, q: q - 0.1 * sum_over(lambda x: (x - q) * x, xs), p)

    xs = [0.5, -1.0, 2.0]
    for f in (loss, around):
        ours = jit(value_and_grad(f), batched=["xs"], backend=backend)
        for _ in range(2):
            assert close(ours(0.7, xs), value_and_grad(f)(0.7, xs), 1e-12)
    refused = jit(loss, batched=["xs"])
    refused(0.7, xs)
    with pytest.raises(StagingError, match="within sum_over or mean_over is not written for array libraries"):
        refused.to("numpy")


def test_gradient_descent_differentiated_by_its_learning_rate():
    def trained(lr):
        slope = grad(lambda w: (w - 3.0) ** 2)
        return fori_loop(0, 10, lambda _, w: w - lr * slope(w), 0.0)

    ours = jit(derivative(trained))
    assert close(ours(0.1), derivative(trained)(0.1), 1e-12)
    assert close(ours(0.1), 3 * 10 * 0.8**9 * 2, 1e-12)


def test_start_that_is_plain_and_body_that_is_not():
    def f(x):
        return while_loop(lambda s: s < 10.0, lambda s: s + x * x, 0.0)

    for transform in TRANSFORMS.values():
        assert close(jit(transform(f))(1.5), transform(f)(1.5), 1e-12)


def test_a_condition_on_what_is_known_ends_at_once():
    assert jit(lambda x: while_loop(lambda s: s[0] > 5, lambda s: s, (0, x))[1])(2.0) == 2.0
    assert jit(lambda x: fori_loop(3, 3, lambda i, s: s * 2, x))(2.0) == 2.0
    assert fori_loop(3, 3, lambda i, s: s * 2, 5.0) == 5.0


def test_wrong_states_are_refused():
    with pytest.raises(TypeError, match=r"while_loop: the state is 1.0, but after a round \[1.0, 1.0\]"):
        while_loop(lambda x: True, lambda x: [x, x], 1.0)
    with pytest.raises(StagingError, match="the condition is True whatever the state"):
        jit(lambda x: while_loop(lambda s: True, lambda s: s * x, x))(1.0)


def test_errors_within_a_loop_are_those_of_the_function():
    def f(x):
        return fori_loop(0, 5, lambda i, y: tg.log(y) + x, x)

    for backend in ("python", "c"):
        ours = jit(f, backend=backend)
        ours(3.0)
        with pytest.raises(tg.DomainError, match=r"log\(-"):
            ours(0.1)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_scan(transform):
    def f(x):
        last, ys = scan(lambda h, a: ((new := tg.tanh(h * x + a)), new * a), x, [0.1, -0.2, 0.3])
        return last + tg.sum(ys)

    plain = TRANSFORMS[transform](f)
    assert close(jit(plain)(0.7), plain(0.7), 1e-12)
    assert scan(lambda s, x: (s + x, s), 0.0, []) == (0.0, [])


def test_conditions_combine():
    def f(x):
        return where((x > 0) & (x < 1) | ~(x > -2) & (x != 7 if isinstance(x, float) else True), x, 0.0)

    for x in (-3.0, -1.0, 0.5, 2.0):
        assert jit(f)(x) == (x if 0 < x < 1 or x <= -2 else 0.0)
    assert where(~(Value(1.0) > 0), 1.0, 2.0) == 2.0
    assert where(~(Value(-1.0) > 0), 1.0, 2.0) == 1.0
    assert jit(lambda x: where((x > 0) & True & ~False, x, -x))(-3.0) == 3.0
    assert jit(lambda x: where(False | (x > 0) | ~True, x, -x))(-3.0) == 3.0
    assert jit(lambda x: where((x > 0) & (x > 0), x, -x))(-3.0) == 3.0
    assert jit(lambda x: where(True | (x > 0), x, -x))(-3.0) == -3.0
    with pytest.raises(TypeError, match="unsupported operand"):
        jit(lambda x: where((x > 0) & "no", x, -x))(1.0)


# --- fixed points ---


def kepler(e, mean):
    return fixed_point(lambda angle: mean + e * tg.sin(angle), mean)


def coupled(a):
    x, y = fixed_point(lambda s: [tg.cos(s[1]) * a, tg.sin(s[0]) / 2 + a / 10], [1.0, 1.0])
    return x * y


def of_nothing(a):
    return fixed_point(tg.cos, 1.0) * a


FIXED = [functools.partial(kepler, mean=1.2), functools.partial(kepler, 0.5), coupled, of_nothing]


@pytest.mark.parametrize("f", [FIXED[0], coupled, of_nothing], ids=["kepler", "coupled", "of nothing"])
@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("backend", ["python", "c"])
def test_a_fixed_point_and_its_derivatives(f, transform, backend):
    plain = TRANSFORMS[transform](f)
    ours = jit(plain, backend=backend)
    for x in (0.3, 0.7, 0.3):
        assert close(ours(x), plain(x), 1e-10)


def test_the_derivatives_are_those_of_the_equation():
    angle = kepler(0.5, 1.0)
    assert angle - 0.5 * math.sin(angle) == pytest.approx(1.0, rel=1e-14)
    slope = 1 / (1 - 0.5 * math.cos(angle))
    assert grad(kepler, argnums=(0, 1))(0.5, 1.0) == pytest.approx((slope * math.sin(angle), slope), rel=1e-14)
    assert jvp(kepler, (0.5, 1.0), (0.0, 1.0)) == pytest.approx((angle, slope), rel=1e-14)
    second = hessian(lambda p: kepler(*p))([0.5, 1.0])
    assert second[1][1] == pytest.approx(-0.5 * math.sin(angle) * slope**3, rel=1e-13)
    assert second[0][1] == pytest.approx(second[1][0], rel=1e-13)


def test_a_fixed_point_on_columns_and_in_javascript_text():
    ours = jit(value_and_grad(kepler, argnums=(0, 1)))
    ours(0.5, 1.0)
    space = {}
    exec(ours.to("numpy"), space)  # noqa: S102 - our own text
    es = np.array([0.1, 0.9, 0.5])
    found, (by_e, _) = space["kepler"](es, 1.0)
    assert close(found.tolist(), [kepler(e, 1.0) for e in es.tolist()], 1e-12)
    assert close(by_e.tolist(), [grad(kepler)(e, 1.0) for e in es.tolist()], 1e-10)
    assert "while (" in ours.to("javascript")


def test_what_does_not_settle_says_so():
    circle = "fixed_point has not settled after 10,000 rounds"
    with pytest.raises(ArithmeticError, match=circle):
        fixed_point(lambda x: -x, 1.0)
    ours = jit(lambda x: fixed_point(lambda y: x - y, x))
    for _ in range(2):
        with pytest.raises(ArithmeticError, match=circle):
            ours(1.0)
    with pytest.raises(TypeError, match="step returned another shape"):
        fixed_point(lambda x: [x], 1.0)


def test_a_value_from_outside_gets_its_gradient():
    a = Value(2.0)
    root = fixed_point(lambda x: (x + a / x) / 2, 1.0)
    root.backward()
    assert root.data == pytest.approx(math.sqrt(2.0), rel=1e-15)
    assert a.grad == pytest.approx(0.5 / math.sqrt(2.0), rel=1e-14)
    assert len(root.parents) == 1, "one node, however many rounds"
