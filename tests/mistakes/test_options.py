"""Arguments of the wrong type: the error names the argument, what came, and what belongs there."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value, datasets, nn, plot, recurrent, saving, schedules
from tinygrad_edu.mistakes.options import A_FINITE, A_NUMBER, A_TEXT, A_WHOLE_NUMBER, PAIRS, PLACES, expect

X = Value(2.0, label="x")
Y = X * X
MODEL = nn.MLP(2, [1], seed=1)
DATA = datasets.moons(4)
LINE = datasets.line(4)


class Model:
    """A class that someone forgot to make an instance of."""


def square(x: Any) -> Any:
    return x * x


def fit(**options: Any) -> Any:
    return tg.least_squares(**({"f": lambda p, x: p * x, "p0": 1.0, "data": [(1.0, 2.0), (2.0, 3.0)]} | options))


def check(**options: Any) -> Any:
    return tg.diagnose(**({"model": MODEL, "data": DATA, "loss": nn.mse_loss} | options))


def surface(**options: Any) -> Any:
    given = {"loss": lambda x, y: x * y, "x_range": (0.0, 1.0), "y_range": (0.0, 1.0)} | options
    return plot.loss_surface(**given)


CASES: list[tuple[Callable[[], Any], str]] = [
    (lambda: tg.draw(Y, show=3), "draw: show must be a list, got 3"),
    (lambda: tg.draw(Y, rankdir=["LR"]), r"rankdir=\['LR'\]: it is 'LR'"),
    (lambda: tg.draw(Y, fold=[Y]), r"draw: fold must be a dict or None, got \["),
    (lambda: tg.draw(Y, fold={"layer": Y}), r"draw: fold\['layer'\] must be a list, got Value"),
    (lambda: tg.draw(Y, max_nodes="all"), "draw: max_nodes must be a number, got 'all'"),
    (lambda: tg.draw(Y, title=5), "draw: title must be text or None, got 5"),
    (lambda: tg.draw(Y, program=5), "draw: program must be the name of a file or None, got 5"),
    (lambda: tg.draw(Y).save(5), "save: path must be the name of a file, got 5"),
    (lambda: tg.explain(Y, digits=2.5), "explain: digits must be a whole number, got 2.5"),
    (lambda: tg.explain(Y, max_lines=True), "explain: max_lines must be a whole number, got True"),
    (lambda: tg.topological_order([Y]), "topological_order: root must be a Value, got "),
    (lambda: tg.why_zero("w", Y), "why_zero: parameter must be a Value, got 'w'"),
    (lambda: tg.why_zero(X, square), "why_zero: loss must be a Value, got <function"),
    (
        lambda: tg.why_zero(X, Y, "main.py"),
        "why_zero: sources must be what record_sources gives .*, got 'main.py'",
    ),
    (lambda: tg.why_nan([Y]), "why_nan: value must be a Value, got "),
    (lambda: tg.why_nan(Y, most="all"), "why_nan: most must be a whole number, got 'all'"),
    (lambda: tg.dot(2.0, [1.0]), r"dot takes two sequences of numbers, got 2\.0 and \[1\.0\]"),
    # networks
    (lambda: nn.Neuron("2"), "inputs must be a whole number, got '2'"),
    (lambda: nn.Layer(2, 1.5), "neurons must be a whole number, got 1.5"),
    (lambda: nn.MLP(2, ["a"]), "neurons must be a whole number, got 'a'"),
    (lambda: nn.MLP(2, [1], activation=3), "an activation's name or a function, got 3"),
    (lambda: nn.Neuron(2, activation=Model), "an activation's name or a function, got <class"),
    (lambda: nn.Neuron(2, init=["normal"]), r"no initialisation is called \['normal'\]"),
    (lambda: nn.Neuron(2, init=Model), "no initialisation is called <class"),
    (lambda: nn.Neuron(2, seed=[1]), r"seed must be a whole number or None, got \[1\]"),
    (lambda: nn.MLP(2, [1], rng=7), "rng must be a random.Random, or the module random, got 7"),
    (lambda: nn.Layer(2, 1, rng=random.Random), "rng must be .*, got the class Random: give an instance"),
    (lambda: nn.Maxout("2"), "Maxout: pieces must be a whole number, got '2'"),
    (lambda: MODEL.load_state_dict([1.0]), "load_state_dict: state must be a dict, got "),
    (lambda: recurrent.GRUCell(1, None), "hidden units must be a whole number, got None"),
    (lambda: recurrent.unroll(recurrent.RNNCell, [[1.0]]), "unroll: cell must be a cell.*, got the class RNNCell"),
    (lambda: recurrent.unroll(recurrent.RNNCell(1, 2), 3), "unroll: sequence must be a list, got 3"),
    (lambda: saving.save(nn.MLP, "model.json"), "save: thing must be a Module or an Optimizer, got the class MLP"),
    (lambda: saving.save(MODEL, 5), "save: path must be the name of a file, got 5"),
    (lambda: saving.load("model.json", MODEL), "load: thing must be a Module or an Optimizer, got 'model.json'"),
    (lambda: saving.load(MODEL, 5), "load: path must be the name of a file, got 5"),
    (lambda: saving.to_json(5), "to_json: thing must be a Module or an Optimizer, got 5"),
    (lambda: saving.from_json(5, ""), "from_json: thing must be a Module or an Optimizer, got 5"),
    (lambda: saving.from_json(MODEL, {}), r"from_json: text must be text, got \{\}"),
    (lambda: schedules.step_decay("1", 2), "step_decay: start must be a number, got '1'"),
    (lambda: schedules.step_decay(1.0, "2"), "a schedule: every must be a number, got '2'"),
    (lambda: schedules.exponential(1.0, None), "exponential: factor must be a number, got None"),
    (lambda: schedules.linear(1.0, "0", 5), "linear: end must be a number, got '0'"),
    (lambda: schedules.cosine([1.0], 5), "cosine: start must be a number, got "),
    (lambda: schedules.warm_up(5, "fast"), "warm_up: then must be a number or a schedule, got 'fast'"),
    (
        lambda: check(model=nn.MLP),
        r"model must be a model .*, got the class MLP: give an instance, MLP\(\.\.\.\)",
    ),
    (lambda: check(model=[nn.Layer(2, 1), 3]), "diagnose: layer 2 must be a model .*, got 3"),
    (lambda: check(loss="mse"), "diagnose: loss must be a function, got 'mse'"),
    (lambda: check(lr="fast"), "diagnose: lr must be a number, got 'fast'"),
    (lambda: check(data=5), r"a data set: data must be a list of \(x, y\) pairs, or a tuple \(xs, ys\), got 5"),
    # functions to differentiate and to fit
    (
        lambda: tg.grad(square(X)),
        r"grad: f must be a function, got Value.*: give the function f itself, not",
    ),
    (lambda: tg.grad(square, "x"), "grad: argnums must be the place of an argument.*, got 'x'"),
    (lambda: tg.value_and_grad(square, [0.5]), r"value_and_grad: argnums must be .*, got \[0\.5\]"),
    (lambda: tg.derivative(4.0), "derivative: f must be a function, got 4.0"),
    (lambda: tg.jvp(None, (1.0,), (1.0,)), "jvp: f must be a function, got None"),
    (lambda: tg.jvp(square, 1.0, 1.0), "jvp: primals must be a tuple, got 1.0: the arguments go in a tuple"),
    (lambda: tg.vjp(Model, 1.0), "vjp: f must be a function, got the class Model"),
    (lambda: tg.jacobian("f"), "jacobian: f must be a function, got 'f'"),
    (lambda: tg.jacobian(square, mode=["forward"]), r"jacobian mode \['forward'\]"),
    (lambda: tg.hvp(square, 1.0, (1.0,)), "hvp: primals must be a tuple, got 1.0: the arguments go in a tuple"),
    (lambda: tg.compare_modes(9.0, 3.0), "compare_modes: f must be a function, got 9.0"),
    (lambda: tg.compare_modes(square, 3.0, seconds="1"), "compare_modes: seconds must be a number, got '1'"),
    (lambda: tg.gradcheck(9.0, 3.0), "gradcheck: f must be a function, got 9.0"),
    (lambda: tg.gradcheck(square, 3.0, rtol="1e-3"), "gradcheck: rtol must be a number, got '1e-3'"),
    (lambda: tg.gradcheck(square, 3.0, operations=[square]), "gradcheck: operations must be a dict or None, got "),
    (lambda: fit(f=5), "least_squares: f must be a function, got 5"),
    (lambda: fit(data=5), "least_squares: data must be a list or None, got 5"),
    (lambda: fit(max_iterations="all"), "least_squares: max_iterations must be a number, got 'all'"),
    # data sets
    (lambda: datasets.line(slope="1"), "line: slope must be a number, got '1'"),
    (lambda: datasets.line(noise="much"), "noise must be a number, got 'much'"),
    (lambda: datasets.line(seed=[1]), r"seed must be a whole number or None, got \[1\]"),
    (lambda: datasets.curve(3), "curve: function must be a function, got 3"),
    (lambda: datasets.curve(low="0"), "curve: low must be a number, got '0'"),
    (lambda: datasets.moons(labels=1.0), "labels must be a pair of numbers, got 1.0"),
    (lambda: datasets.circles(factor="½"), "circles: factor must be a number, got '½'"),
    (lambda: datasets.xor(labels=("no", "yes")), "xor: labels must be a pair of numbers, got "),
    (lambda: datasets.spirals(turns=None), "spirals: turns must be a number, got None"),
    (lambda: datasets.blobs(radius="2"), "blobs: radius must be a number, got '2'"),
    (lambda: datasets.digits(variants=2), "digits: variants must be a list, got 2"),
    (lambda: datasets.digits(seed={}), r"digits: seed must be a whole number or None, got \{\}"),
    (lambda: datasets.picture(0.5), "picture: pixels must be a list, got 0.5"),
    (lambda: datasets.picture([0.5], width=0), "width is 0: it must be a whole number of at least 1"),
    (lambda: datasets.examples((3, 4)), "a data set: xs must be a list, got 3"),
    (lambda: datasets.examples([1.0, 2.0]), "example 0 has 1 parts"),
    (lambda: datasets.split(DATA, test="half"), "split: test must be a number, got 'half'"),
    (lambda: datasets.split(DATA, seed=Model), "split: seed must be a whole number or None, got the class Model"),
    (lambda: datasets.batches(DATA, rng=4), "batches: rng must be a random.Random.*, got 4"),
    # plots
    (lambda: plot.learned_curve(nn.MLP, LINE), "learned_curve: model must be a model .*, got the class MLP"),
    (lambda: plot.learned_curve(square, LINE, steps="5"), "a plot: steps must be a whole number, got '5'"),
    (lambda: plot.learned_curve(square, LINE, steps=1), "steps is 1: a plot needs at least 2"),
    (lambda: plot.decision_regions(3, DATA), "decision_regions: model must be a model .*, got 3"),
    (
        lambda: plot.decision_regions(MODEL, DATA, threshold="0"),
        "threshold must be a number, got '0'",
    ),
    (lambda: plot.loss_history(0.5), "loss_history: history must be a list, got 0.5"),
    (lambda: plot.loss_history(["0.5"]), "expected a number, got '0.5'"),
    (lambda: surface(loss=5), "loss_surface: loss must be a function, got 5"),
    (lambda: surface(x_range=1.0), "loss_surface: x_range must be a pair of numbers, got 1.0"),
    (lambda: surface(names="w"), "loss_surface: names must be a pair of names, got 'w'"),
    (lambda: surface(path=1.0), "loss_surface: path must be a list, got 1.0"),
    (lambda: surface(path=[1.0]), "loss_surface: path must be a list of pairs, got "),
    (lambda: plot.over(1.0, X, square), "over: x must be a Value, got 1.0"),
    (lambda: plot.over(X, X, 5.0), "over: loss must be a function, got 5.0"),
    (lambda: plot.activations([tg.relu]), "activations: functions must be a dict, got "),
    (lambda: plot.activations({"relu": "relu"}), "activations: relu must be a function, got 'relu'"),
    (lambda: plot.activations(low="0"), "activations: low must be a number, got '0'"),
    (lambda: plot.gradient_flow([0.5]), "gradient_flow: layers must be a list of pairs, got "),
    (lambda: plot.save("curve.png", plot.loss_history([1.0])), "save: figure must be a figure.*, got 'curve.png'"),
    (lambda: plot.save(plot.loss_history([1.0]), 5), "save: path must be the name of a file, got 5"),
]


@pytest.mark.parametrize(("call", "text"), CASES, ids=[text[:40] for _, text in CASES])
def test_the_argument_the_value_and_what_belongs_there_are_named(call: Callable[[], Any], text: str) -> None:
    with pytest.raises((TypeError, ValueError), match=text):
        call()


def test_what_fits_passes() -> None:
    expect("f", A_NUMBER, a=1, b=2.5, c=float("inf"))
    expect("f", A_WHOLE_NUMBER, n=3)
    expect("f", A_TEXT.or_none, a="x", b=None)
    expect("f", PLACES, a=0, b=(0, -1), c=[])


@pytest.mark.parametrize("bad", [None, "1", True, Value(1.0), [1.0], Model])
def test_what_is_no_number(bad: Any) -> None:
    with pytest.raises(TypeError, match="f: x must be a number, got "):
        expect("f", A_NUMBER, x=bad)


def test_a_path_object_and_numbers_of_other_kinds_are_taken(tmp_path: Path) -> None:
    tg.draw(Y, max_nodes=1e3).save(tmp_path / "y.dot")
    saving.save(MODEL, tmp_path / "model.json")
    saving.load(MODEL, tmp_path / "model.json")
    assert (tmp_path / "y.dot").exists()


def test_what_is_finite_and_what_is_a_list_of_pairs() -> None:
    assert [A_FINITE.fits(x) for x in (1, 2.5, "1", None, 10**400, float("inf"), True)] == [True, True] + [False] * 5
    assert [PAIRS.fits(x) for x in ([(1, 2), ("a", None)], [(1, 2, 3)], 3)] == [True, False, False]
