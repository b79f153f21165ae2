"""why_zero and why_nan: the right place is named, alike places once, and nothing is changed."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value, nn
from tinygrad_edu.diagnosis.sources import record_sources
from tinygrad_edu.diagnosis.why import is_finite, why_nan, why_zero
from tinygrad_edu.recurrent import RNNCell, unroll
from tinygrad_edu.transforms.level import deeper


def named(number, label="w"):
    return Value(number, label=label)


def only(findings):
    (place,) = findings.places
    return place


CUTS = {
    "relu": (-1.0, tg.relu, "relu(w) is off: its input w = -1 is not above 0"),
    "relu at 0": (0.0, tg.relu, "relu(w) is off: its input w = 0 is not above 0"),
    "sigmoid": (40.0, tg.sigmoid, "σ(w) is saturated: at w = 40 its slope is 0 to the last digit"),
    "tanh": (-20.0, tg.tanh, "tanh(w) is saturated"),
    "softplus": (-800.0, tg.softplus, "softplus(w) is saturated"),
    "exp": (-800.0, tg.exp, "exp(w) is saturated"),
    "logsumexp": (-800.0, lambda w: tg.logsumexp([w, 0.0]), "logsumexp(w, 0) is saturated"),
    "times number": (2.0, lambda w: w * 0, "w is multiplied by 0"),
    "times itself": (0.0, lambda w: w * w, "w is multiplied by w = 0"),
    "dot": (2.0, lambda w: tg.dot([w, 3.0], [0.0, 1.0]), "w is multiplied by 0"),
    "prod": (2.0, lambda w: tg.prod([w, 3.0, named(0.0, "z")]), "w is multiplied by z = 0"),
    "max": (2.0, lambda w: tg.max([w, 5.0]), "max(w, 5) chose another operand than w = 2"),
    "minimum": (2.0, lambda w: tg.minimum(w, 1.0), "minimum(w, 1) chose another operand than w = 2"),
    "abs": (0.0, abs, "|w| is at its kink, w = 0"),
    "power": (0.0, lambda w: w**2, "w² has slope 0 at w = 0"),
    "leaky": (-1.0, lambda w: tg.leaky_relu(w, 0.0), "has slope 0 at w = -1"),
    "where": (-1.0, lambda w: tg.where(w < 0, w * 0, w), "w is multiplied by 0"),
    "cancelled": (2.0, lambda w: w - w, "the 2 shares that reach w cancel: 2 + (-2) = 0"),
    "underflow": (2.0, lambda w: w * 1e-200 * 1e-200, "the gradient 2e-200 times the slope 1e-200 is too small"),
}


# --- one way, cut once -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CUTS)
def test_the_cut_and_its_reason_are_named(name):
    number, f, expected = CUTS[name]
    w = named(number)
    findings = why_zero(w, f(w) * 2.0 + 1.0)
    assert findings.summary == "∂loss/∂w is 0:"
    assert expected in only(findings).what


def test_a_smooth_choice_is_advised_on_the_side_of_the_choice():
    w = named(2.0)
    assert only(why_zero(w, tg.maximum(w, 3.0))).advice == "logsumexp(xs), a smooth max, lets every operand through"
    for least in (tg.min([w, 1.0]), tg.minimum(w, 1.0)):
        advice = "-logsumexp([-x for x in xs]), a smooth min, lets every operand through"
        assert only(why_zero(w, least)).advice == advice


def test_a_slope_that_is_too_small_for_a_float_is_called_flat():
    w = named(2.0)
    assert "has slope 0 at w = 2" in only(why_zero(w, tg.prod([w, 1e-200, 1e-200]))).what


def test_a_gradient_that_is_not_zero_is_said_not_to_be():
    w = named(2.0)
    findings = why_zero(w, w * w)
    assert not findings
    assert findings.text == findings.markdown == "∂loss/∂w is not 0 but 4: explain(loss, w) shows every factor of it"
    tiny = why_zero(w, w * 1e-30)
    assert "is not 0 but 1e-30: explain(loss, w)" in tiny.text


def test_a_gradient_that_is_nan_is_a_case_for_why_nan():
    w = named(0.0)
    assert "why_nan" in why_zero(w, tg.sqrt(w) * 0.0).text


def test_only_cuts_matter_if_every_way_is_cut():
    w = named(-1.0)
    assert not why_zero(w, tg.relu(w) + w)
    place = only(why_zero(w, tg.relu(w) + tg.relu(w * 3.0)))
    assert place.what == "relu of w is off both times: its inputs are -3 … -1"
    assert len(why_zero(w, tg.relu(w) + tg.tanh(w * 30.0)).places) == 2


def test_cuts_behind_the_first_cut_are_not_named():
    w = named(-1.0)
    behind = tg.relu(w)
    assert only(why_zero(w, tg.relu(behind - 1.0))).value.op == "relu"
    assert "-1" in only(why_zero(w, tg.relu(behind - 1.0))).what


def test_shares_may_cancel_on_one_way_while_another_is_cut():
    w = named(-1.0)
    findings = why_zero(w, (w - w) + tg.relu(w))
    assert ["cancel" in place.what for place in findings.places] == [False, True]


def test_a_relu_that_is_off_is_seen_behind_a_product():
    h, w = tg.relu(named(-1.0, "z")), named(2.0)
    assert only(why_zero(w, w * h)).what == "w is multiplied by v1 = relu(z) = 0, a relu that is off"
    assert "at random" in only(why_zero(h, tg.dot([h], [named(0.0)]))).advice


# --- not connected ---------------------------------------------------------------------------------------------------


def test_a_parameter_that_the_loss_does_not_use_is_not_connected():
    findings = why_zero(named(2.0), named(3.0, "x") * 2)
    assert findings.summary == "∂loss/∂w is 0: the loss was not computed from w"
    assert only(findings).what == "no way leads from it to the loss"
    assert "where" not in only(findings).advice


def test_a_namesake_in_the_graph_hints_at_a_replaced_parameter():
    findings = why_zero(named(2.0), named(3.0) * 2)
    assert findings.summary == "∂loss/∂w is 0: the loss was not computed from w"
    place = only(findings)
    assert "another Value with the label w" in place.what
    assert "p.data -=" in place.advice


def test_the_branch_that_was_not_chosen_is_hinted_at():
    w, x = named(2.0), named(3.0, "x")
    assert "chosen branch" in only(why_zero(w, tg.where(x > 0, x, w))).advice


def test_swapped_arguments_are_noticed():
    w = named(2.0)
    assert only(why_zero(w * 3, w)).advice == "swap the two arguments"


BATCH = [[i / 10, 1 - i / 10] for i in range(50)]


def loss_of(model):
    return nn.mse_loss([model(x) for x in BATCH], [1.0] * len(BATCH))


# --- batches ---------------------------------------------------------------------------------------------------------


def test_a_neuron_that_is_off_on_a_whole_batch_is_one_place():
    model = nn.MLP(2, [3, 1], seed=1)
    dead = model.layers[0].neurons[2]
    dead.b.data = -100.0
    place = only(why_zero(dead.w[0], loss_of(model)))
    assert place.what == "relu of l1.n3 is off all 50 times: its inputs are -100.1 … -99.65"
    assert place.count == 50


def test_all_neurons_of_a_dead_layer_are_named():
    model = nn.MLP(2, [2, 3, 1], seed=1)
    for neuron in model.layers[1].neurons:
        neuron.b.data = -100.0
    findings = why_zero(model.layers[0].neurons[0].w[0], loss_of(model))
    assert sorted(place.what.partition(" is off")[0] for place in findings.places) == [
        f"relu of l2.n{i}" for i in (1, 2, 3)
    ]


def test_a_wide_dead_layer_is_one_place():
    model = nn.MLP(2, [1, 12, 1], seed=1)
    for neuron in model.layers[1].neurons:
        neuron.b.data = -100.0
    place = only(why_zero(model.layers[0].neurons[0].w[0], loss_of(model)))
    assert place.what.startswith("relu is off 600 times: its inputs are -1")


def test_a_weight_behind_a_dead_neuron_is_multiplied_by_its_zero():
    model = nn.MLP(2, [3, 1], seed=1)
    model.layers[0].neurons[2].b.data = -100.0
    place = only(why_zero(model.layers[1].neurons[0].w[2], loss_of(model)))
    assert place.what.startswith("50 times, the first: l2.n1.w3 is multiplied by v")
    assert place.what.endswith("= 0, a relu that is off")


def test_a_neuron_may_be_off_on_some_examples_and_cut_elsewhere_on_the_others():
    w, b, v = named(1.0), named(0.0, "b"), named(1.0, "v")
    hidden = [tg.relu(w * x + b) for x in (-2.0, -1.0, 1.0)]
    loss = tg.sum(tg.relu(v * h - 5.0) if h.data else v * h for h in hidden)
    findings = why_zero(w, loss)
    assert any("relu of b, w is off 2 of 3 times: its inputs are -2 … -1" in place.what for place in findings.places)


def test_weights_that_are_multiplied_by_different_zeros_are_different_places():
    w, u, v = named(1.0), named(0.0, "u"), named(0.0, "v")
    findings = why_zero(w, w * u + w * v * 2.0 + v * w + (u + v) * 3.0)
    assert [(place.what, place.count) for place in findings.places] == [
        ("2 times, the first: w is multiplied by v = 0", 2),
        ("w is multiplied by u = 0", 1),
    ]


def test_inputs_that_are_values_do_not_hinder_grouping():
    w = named(-1.0)
    loss = tg.sum(tg.relu(w * Value(float(i))) for i in range(1, 21))
    assert only(why_zero(w, loss)).what == "relu of w is off all 20 times: its inputs are -20 … -1"


def test_choices_and_flat_slopes_are_grouped_too():
    w = named(1.0)
    assert "max of w chose another operand" in only(why_zero(w, tg.sum(tg.max([w, 5.0 + i]) for i in range(3)))).what
    w.data = 0.0
    assert "** of w has slope 0 3 times" in only(why_zero(w, tg.sum((w + 0.0) ** 2 for _ in range(3)))).what


def test_no_more_places_are_named_than_asked_for():
    ws = [named(-1.0, f"w{i}") for i in range(3)]
    w = named(1.0)
    loss = tg.relu(w * ws[0]) + tg.tanh(w * 100.0) + tg.max([w, 3.0]) + (w - w) + w * 0.0
    findings = why_zero(w, loss, most=2)
    assert (len(findings.places), findings.left_out) == (2, 3)
    assert findings.text.endswith("- and 3 more like these")


def test_a_long_sum_of_cancelling_shares_is_shortened():
    w = named(1.0)
    text = only(why_zero(w, tg.sum(w * (1.0 if i % 2 else -1.0) for i in range(40)))).what
    assert "the 40 shares" in text
    assert len(text) < 100


def test_an_unrolled_network_is_looked_through():
    cell = RNNCell(1, 1, seed=1)
    cell.bias_ih[0].data = 50.0
    _, state = unroll(cell, [[1.0]] * 5)
    assert only(why_zero(cell.weight_ih[0][0], state[0])).what.startswith("tanh(v")  # the last step cuts all others


# --- any number, any label, any size ---------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [Fraction(-1, 3), Decimal("-1.5"), -2])
def test_exact_numbers_are_no_obstacle(number):
    w = named(number)
    assert "is off" in only(why_zero(w, tg.relu(w * 2))).what
    assert str(why_nan(w * 2)) == f"v1 = {w.data * 2}: all numbers and gradients are finite"


def test_outer_levels_are_no_obstacle():
    with deeper(Value) as Inner:
        outer = named(-1.0, "outer")
        w = Inner(outer * 2.0, label="w")
        assert "is off" in only(why_zero(w, tg.relu(w))).what
        assert not why_zero(w, w * outer)


def test_nothing_is_changed():
    w = named(-1.0)
    loss = tg.relu(w) + w * 3
    loss.backward()
    before = w.grad, loss.grad, w.data
    why_zero(w, loss)
    why_nan(loss)
    assert (w.grad, loss.grad, w.data) == before


def test_hostile_labels_stay_on_their_line_and_are_no_markup():
    w = named(-1.0, "<b>x\n\x1b[31m|*`$")
    findings = why_zero(w, tg.relu(w))
    assert len(findings.text.splitlines()) == 3
    assert "\x1b" not in findings.text
    assert "<b>" not in findings.markdown
    assert findings._repr_markdown_() == findings.markdown


def test_a_deep_graph_is_no_obstacle():
    w = named(-1.0)
    loss = tg.relu(w)
    for _ in range(100_000):
        loss = loss * 1.0
    assert only(why_zero(w, loss)).value.op == "relu"
    assert why_nan(loss * math.inf)


def test_source_lines_are_shown_where_they_were_recorded():
    w = named(-1.0)
    with record_sources() as sources:
        loss = tg.relu(w)
    assert only(why_zero(w, loss, sources)).line.endswith("loss = tg.relu(w)")
    assert "    at test_why.py:" in why_zero(w, loss, sources).text
    assert "<br>at test" in why_zero(w, loss, sources).markdown
    with record_sources() as sources:
        x = Value(math.inf)
        y = x - x
    assert [place.line.rpartition(": ")[2] for place in why_nan(y, sources).places] == [
        "x = Value(math.inf)",
        "y = x - x",
    ]


BEGINNINGS = {
    "product": (lambda x: x * x, "v1 = x × x = 1e+200 × 1e+200 = inf", "logarithms"),
    "prod": (lambda x: tg.prod([x, x, 2.0]), "inf", "sum of logarithms"),
    "quotient": (lambda x: x / 1e-200, "v1 = x / 1e-200 = 1e+200 / 1e-200 = inf", "larger divisor"),
    "sum": (lambda x: tg.sum([x * 1e108, x * 1e108]), "= 1e+308 + 1e+308 = inf", "mean"),
    "dot": (lambda x: tg.dot([x], [x]), "x × x", "scale the data"),
    "difference": (lambda x: x * 1e108 - -x * 1e108, "inf", "smaller numbers"),
    "a number": (lambda x: x * math.nan + 1.0, "x × nan", "where the number nan comes from"),
    "an infinite number": (lambda x: x + math.inf, "x + inf", "finite operands"),
}


# --- numbers that are not finite -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BEGINNINGS)
def test_the_first_number_that_is_not_finite_is_named(name):
    f, expected, advice = BEGINNINGS[name]
    findings = why_nan(f(named(1e200, "x")) * 1.0)
    assert findings.summary.endswith("it began here:")
    assert expected in only(findings).what
    assert advice in only(findings).advice


def test_where_infinity_became_nan_is_named_too():
    x = named(1e200, "x")
    square = x * x
    findings = why_nan((square - square) * 2.0)
    assert [place.what for place in findings.places] == [
        "v1 = x × x = 1e+200 × 1e+200 = inf",
        "v2 = v1 - v1 = inf - inf = nan",
    ]


def test_where_infinity_became_nan_is_a_place_of_its_own_even_at_the_same_neuron():
    x, y = named(0.0, "x"), named(1e200, "y")
    assert [place.what for place in why_nan(x * (y * y)).places] == [
        "v1 = y × y = 1e+200 × 1e+200 = inf",
        "v2 = x × v1 = 0 × inf = nan",
    ]


def test_data_that_is_nan_is_a_leaf_to_check():
    place = only(why_nan(named(math.nan, "x") * 2.0))
    assert place.what == "x = nan came in like this"
    assert why_nan(named(Decimal("NaN"), "d")).summary == "d = NaN; it began here:"


def test_nan_in_a_batch_is_named_once_for_each_neuron():
    model = nn.MLP(2, [3, 1], seed=1)
    loss = nn.mse_loss([model([math.nan, 1.0]) for _ in range(50)], [1.0] * 50)
    findings = why_nan(loss)
    assert len(findings.places) == 3
    assert all(place.what.startswith("50 times, the first: v") for place in findings.places)


def test_infinities_on_the_way_that_do_no_harm_are_not_blamed():
    x = named(-math.inf, "x")
    assert why_nan(tg.exp(x) + named(2.0)).text.endswith("all numbers and gradients are finite")


GRADIENTS = {
    "sqrt": (tg.sqrt, "the slope of √x is inf at x = 0", "vertical tangent"),
    "zero times inf": (lambda x: tg.sqrt(x) * 0.0, "0 × inf is nan", "vertical tangent"),
    "logsumexp": (lambda x: tg.exp(tg.logsumexp([x - math.inf, -math.inf])), "slope of logsumexp", "no slope"),
    "overflow": (lambda x: x * 1e200 * 1e200, "the gradient 1e+200 times it is beyond", "clip"),
    "shares": (lambda x: x * 1.7e308 + x * 1.7e308, "shares of the gradient of x add up to inf", ""),
    "power": (lambda x: (x - 1.0) ** Value(3.0, label="n"), "is nan at n = 3", "vertical"),
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_the_first_gradient_that_is_not_finite_is_named(name):
    f, expected, advice = GRADIENTS[name]
    findings = why_nan(f(named(0.0, "x")))
    assert "not every gradient is finite" in findings.summary
    assert expected in only(findings).what
    assert advice in only(findings).advice


def test_other_slopes_come_without_advice():
    x = named(1.0, "x")
    y = x._node("made up", 1.0, math.inf)
    place = only(why_nan(y))
    assert place.what == "the slope of made up(x) is inf at x = 1"
    assert place.advice == ""


def test_a_parameter_whose_grad_is_nan_points_to_its_loss():
    w = named(2.0)
    w.grad = math.nan
    assert "why_nan(loss)" in why_nan(w).text
    w.grad = 1.0
    assert why_nan(w).text == "w = 2: all numbers and gradients are finite"


class Symbol:
    def __add__(self, other):
        return self

    __sub__ = __mul__ = __truediv__ = __add__

    def __repr__(self):
        return "symbol"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1.0, True),
        (math.nan, False),
        (-math.inf, False),
        (10**400, True),
        (Fraction(10**400, 3), True),
        (Decimal("sNaN"), False),
        (Decimal(1), True),
        (Symbol(), True),
        (Value(math.inf), False),
    ],
)
def test_finiteness_of_any_number(number, expected):
    assert is_finite(number) is expected
