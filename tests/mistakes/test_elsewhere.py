"""People's first lines: what other libraries call otherwise works, or the error names the thing to write."""

import copy
import pickle
import statistics

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value, datasets, fit, grad, jit, losses, nn, optim, schedules
from tinygrad_edu.mistakes.elsewhere import OF_THE_PACKAGE, OF_VALUES
from tinygrad_edu.networks.names import DATASETS, LOSSES, MODULE, NN, OPTIM, SCHEDULES

x, y = Value(2.0), Value(-3.0)
vs = [Value(1.0), Value(2.0), Value(6.0)]
model = nn.MLP(2, [3, 1], seed=1)


class Weight(Value):
    """An empty subclass takes attributes."""


FIRST_LINES = {
    # micrograd, and what is written by hand on top of it
    "x.m": (lambda: x.m, "a dict beside them"),
    "x.momentum": (lambda: x.momentum, r"class Weight\(Value\): pass"),
    "x.children": (lambda: x.children, "write x.parents"),
    "x.value": (lambda: x.value, "write x.data"),
    "x.gradient": (lambda: x.gradient, "write x.grad"),
    "x.name": (lambda: x.name, "write x.label"),
    "MLP(2, 3, 1)": (lambda: nn.MLP(2, 3, 1), r"write MLP\(2, \[3, 1\]\)"),
    "MLP(2, [16, 16], 1)": (lambda: nn.MLP(2, [16, 16], 1), r"write MLP\(2, \[16, 16, 1\]\)"),
    "tg.draw_dot": (lambda: tg.draw_dot(x), r"write draw\(x\)"),
    # PyTorch
    "tg.tensor": (lambda: tg.tensor(1.0), r"write Value\(2.0\)"),
    "x.requires_grad": (lambda: x.requires_grad, "every Value is differentiated by"),
    "x.requires_grad_": (lambda: x.requires_grad_(True), "every Value is differentiated by"),
    "x.numpy": (lambda: x.detach().numpy(), "write x.data"),
    "x.pow": (lambda: x.pow(2), r"write x \*\* 2"),
    "x.sum": (lambda: x.sum, r"write tinygrad_edu.sum\(values\)"),
    "x.cpu": (lambda: x.cpu, "no device"),
    "x.view": (lambda: x.view(-1), "a Value is one number"),
    "x.clone": (lambda: x.clone, r"Value\(x.data\)"),
    "x @ y": (lambda: x @ y, r"write dot\(xs, ys\)"),
    "[x] @ y": (lambda: [x] @ y, r"write dot\(xs, ys\)"),
    "tg.mse_loss": (lambda: tg.mse_loss([1.0], [1.0]), "write losses.mse_loss"),
    "tg.manual_seed": (lambda: tg.manual_seed(0), r"random.seed\(0\)"),
    "losses.MSELoss": (lambda: losses.MSELoss, "write losses.mse_loss"),
    "losses.bce": (lambda: losses.bce, "write binary_cross_entropy"),
    "StepLR": (lambda: schedules.StepLR, "write step_decay"),
    "DataLoader": (lambda: datasets.DataLoader, "write batches"),
    "make_moons": (lambda: datasets.make_moons, "write moons"),
    "an uncalled schedule": (
        lambda: optim.SGD([x], lr=schedules.cosine),
        r"call it, as in lr=cosine\(start, steps, end\)",
    ),
    "another": (lambda: optim.Adam([x], lr=schedules.warm_up), "call it"),
    "model.weight": (lambda: model.weight, r"model.parameters\(\)"),
    "model.fit": (lambda: model.fit([], []), r"write tinygrad_edu.fit\(model, \(xs, ys\)\)"),
    "fit(model, xs, ys)": (lambda: fit(model, [], []), r"write fit\(model, \(xs, ys\)\)"),
    # Python and NumPy
    "statistics.mean": (lambda: statistics.mean(vs), r"write tinygrad_edu.mean\(values\)"),
    "round": (lambda: round(x, 2), r"round\(value.data, 2\)"),
    "//": (lambda: x // 2, r"write floor\(x / y\)"),
    "%": (lambda: 7 % x, r"write x - y \* floor"),
    "divmod": (lambda: divmod(x, 2), r"write x - y \* floor"),
    "~": (lambda: ~x, "compare the Values first"),
    "&": (lambda: x & y, "compare the Values first"),
    "^": (lambda: x ^ 2, r"write x \*\* 2"),
    "exp of a list": (lambda: tg.exp([1.0, 2.0]), r"\[f\(x\) for x in xs\]"),
    "sum(a, b)": (lambda: tg.sum(x, y), r"write sum\(\[a, b\]\)$"),
    "mean(*vs)": (lambda: tg.mean(*vs), r"write mean\(\[a, b\]\)"),
    "prod(a, b)": (lambda: tg.prod(1.0, 2.0), r"write prod\(\[a, b\]\)"),
    "softmax(a, b)": (lambda: tg.softmax(x, y), r"write softmax\(\[a, b\]\)"),
    "log_softmax(a, b)": (lambda: tg.log_softmax(x, y), r"write log_softmax\(\[a, b\]\)"),
    "logsumexp(a, b)": (lambda: tg.logsumexp(x, y), r"write logsumexp\(\[a, b\]\)"),
    "max(a, b)": (lambda: tg.max(x, y), r"write max\(\[a, b\]\), or maximum\(a, b\) of two"),
    "tg.abs": (lambda: tg.abs(x), r"write abs\(x\)"),
    "tg.norm": (lambda: tg.norm(vs), "hypot"),
    "tg.var": (lambda: tg.var(vs), "mean"),
}


@pytest.mark.parametrize("line", FIRST_LINES)
def test_the_error_names_the_thing_to_write(line):
    run, words = FIRST_LINES[line]
    with pytest.raises((AttributeError, TypeError), match=words):
        run()


def test_numpys_variance_works_and_can_be_differentiated():
    assert np.var(np.array(vs)).data == pytest.approx(14 / 3)
    assert np.std(vs).data == pytest.approx((14 / 3) ** 0.5)
    assert grad(np.var)([1.0, 2.0, 6.0]) == pytest.approx([-4 / 3, -2 / 3, 2.0])


def test_an_attribute_is_refused_with_the_way_out_and_a_subclass_takes_it():
    with pytest.raises(AttributeError, match=r"a Value has no attribute 'm'.*a dict beside them"):
        x.m = 0
    assert not hasattr(x, "m")
    assert getattr(x, "velocity", 7) == 7
    w = Weight(2.0)
    w.m = 0.5
    w.m += 1
    assert w.m == 1.5
    assert "m" in dir(w)
    with pytest.raises(AttributeError, match="a Weight has no attribute 'v'"):
        _ = w.v
    assert "m" not in dir(x)
    assert copy.copy(w).m == pickle.loads(pickle.dumps(w)).m == 1.5


def test_adam_by_hand_as_the_error_says():
    m, w = dict.fromkeys(vs, 0.0), Weight(1.0)
    m[vs[0]] += 1
    w.m = w.v = 0.0
    assert m[vs[0]] == 1.0


def test_no_name_is_listed_that_is_here():
    assert [name for name in OF_VALUES if hasattr(Value(1.0), name)] == []
    assert [name for name in OF_THE_PACKAGE if name in tg.__all__] == []
    for module, names in ((nn, NN), (optim, OPTIM), (losses, LOSSES), (schedules, SCHEDULES), (datasets, DATASETS)):
        assert [name for name in names if name in vars(module)] == []
    assert [name for name in MODULE if hasattr(model, name)] == []


def test_what_is_named_nowhere_has_the_plain_error():
    for thing in (x, tg, losses, schedules, datasets, model):
        with pytest.raises(AttributeError, match=r"has no attribute 'nonsense'$"):
            _ = thing.nonsense


# --- True and False ------------------------------------------------------------------------------------------------


def test_in_a_calculation_true_is_1():
    value = Value(3.0)
    value.backward(True)
    assert value.grad == 1
    value.data = True
    assert (value * 2).data == 2
    assert tg.leaky_relu(Value(-2.0), True).data == -2.0
    assert tg.Dual(2.0, True).tangent == 1
    assert tg.jvp(lambda a: a * a, (3.0,), (True,)) == (9.0, 6.0)
    assert tg.vjp(lambda a: a * a, 3.0)[1](True) == (6.0,)
    for backend in ("python", "c"):
        staged = jit(lambda a: a * True + False - True + tg.maximum(a, True), backend=backend)
        assert staged(3.0) == staged(3.0) == 5.0
    assert losses.mse_loss([Value(0.5)], [True]).data == 0.25


def test_what_is_handed_over_says_yes_or_no():
    assert grad(lambda d: d["a"] ** 2 if d["square"] else d["a"])({"a": 3.0, "square": True}) == {
        "a": 6.0,
        "square": True,
    }
    for wrong in (lambda: grad(tg.exp)(True), lambda: optim.SGD([x], lr=True), lambda: grad(lambda a: a > 0)(1.0)):
        with pytest.raises(TypeError, match="True"):
            wrong()
