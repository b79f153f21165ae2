"""The judge of derivatives: right ones are never accused, wrong ones are, and where none can tell it says so."""

import math

import pytest

import tinygrad_edu as tg
from tinygrad_edu import gradcheck
from tinygrad_edu.checking.evidence import CANNOT_TELL, Step, judgement
from tinygrad_edu.checking.judgement import judged, slopes_checked
from tinygrad_edu.checking.stencil import Estimate
from tools.check_the_checker import accusations


def test_an_estimate_that_disagrees_gets_a_second_opinion():
    assert judged(abs, 0.0, 0.5, Estimate(0.0, 1e-9), 1e-7)[0].ok
    comparison, error = judged(math.sin, 1.0, 0.5, Estimate(math.cos(1.0), 1e-9), 1e-7)
    assert (comparison.verdict, error) == ("DISAGREES", 1e-9)
    assert judged(math.sin, 1.0, math.cos(1.0) * (1 + 5e-7), Estimate(math.cos(1.0), 0.0), 1e-7)[0].ok is False


RIGHT = {
    "where rounding of x shows": (tg.sin, 1e8),
    "where rounding of x hides all": (tg.sin, 1e10),
    "oscillates between neighbouring floats": (lambda x: tg.tan(tg.exp(x)), 110.0),
    "slope 0, and all that is computed is 0": (lambda x: tg.sin(x) - x, 0.0),
    "cancellation": (lambda x: tg.cos(x) - 1 + x * x / 2, 1e-4),
    "a spike narrower than the first steps": (lambda x: x + tg.exp(-((x * 1e5) ** 2)), 1e-6),
    "a step narrower than the first steps": (lambda x: tg.tanh(1e7 * (x - 1)), 1.0),
    "fast oscillation": (lambda x: tg.sin(1e6 * x), 0.3),
    "fast small oscillation on a parabola": (lambda x: x * x + 1e-3 * tg.sin(1e5 * x), 0.3),
    "a large constant": (lambda x: 1e8 + x * x, 1.0),
    "powers that cancel": (lambda x: x**3 - x**2 * x, 1.3),
    "a tiny number": (lambda x: 1 / x, 1e-200),
    "the smallest numbers": (tg.log, 1e-300),
    "the largest numbers": (tg.exp, 700.0),
    "slower than any power at an edge": (lambda x: tg.sqrt(tg.tanh(x**1.5) + 0.5), 0.0),
    "underflow on the way back": (lambda x: -tg.sin(tg.arctan(x) / tg.cosh(x)), 648.75),
    "rounding that the slope multiplies": (lambda x: tg.log(tg.cosh(x)) / tg.arctan(x), -1e-8),
    "cancellation on the way back": (lambda x: (tg.arctan(x) / x) ** 3, 1e-8),
    "a kink with a function on one side only": (lambda x: tg.relu(x) + x**1.5, 0.0),
    "underflow": (lambda x: x**2, 1e-300),
    "infinitely steep at an edge": (lambda x: x**x, 0.0),
}


@pytest.mark.parametrize(("f", "x"), RIGHT.values(), ids=RIGHT)
def test_right_gradients_are_not_accused(f, x):
    report = gradcheck(f, x)
    assert report, report.text
    assert not report.culprits


@pytest.mark.parametrize(
    ("f", "xs"),
    [
        (lambda x, y: tg.expm1(x * y) ** tg.maximum(tg.arccos(y), tg.cos(-2.26)), (1e8, -0.0)),
        (lambda x, y: tg.sin(abs(tg.sin(tg.tan(y) / (x / -2.89)))), (1e-08, 22.82508973753847)),
        (lambda x, y: tg.sqrt(tg.tan(y**x) ** 3), (18.564966657882604, 4.1)),
        (lambda x, y: abs(tg.minimum(x, y)), (1e-300, 1.0000000001e-300)),
        (lambda x, y: tg.hypot(tg.tan(2.255 * y), tg.maximum(x, y + x)), (10.0, 1e8)),
        (lambda x, y: abs(tg.minimum(x, y)), (5e-324, 1e-300)),
        (lambda x, y: x / y, (1.0, 1e-300)),
        (lambda x, y: x / (x + y), (1e-300, 3e-300)),
        (lambda x, y: abs(1e10 * x - 1e10 - y), (1.0, 1e-3)),
        (lambda x, y: 2 * x * tg.log1p(tg.arctan2(x, y)) + tg.cos(y) + tg.log1p(y), (1e-300, -0.0)),
        (lambda x, y: x * tg.log(1e-300 + y * y) + y, (1e-300, 1e-200)),
        (lambda x, y: x * tg.hypot(x, y) / 1e-300 + y, (1e-300, 0.0)),
        (lambda x, y: tg.relu(y) ** tg.cosh(x), (0.001, -0.0)),
        (lambda x, y: tg.minimum(0.0, x) ** (x + y * y), (0.8249375103949669, 0.001)),
        (lambda x, y: x**1.0000005 + y, (0.0, 0.001)),
        (lambda x, y: tg.hypot(tg.cosh(tg.log(y)), tg.tan(x + y)), (-3.4, 1e8)),
        (lambda x, y: x * tg.exp(tg.arctan2(y, x)) - abs(tg.log1p(tg.arccos(x))), (1e-300, 0.0)),
        (lambda x, y: tg.cos(tg.cos(tg.relu(y) ** tg.log1p(1.47))), (2.082600487293257, -1e-08)),
        (lambda x, y: tg.log(y) - tg.exp(x), (50.033137116343944, 1e-300)),
        (lambda x, y: tg.arcsin(y * y) / (tg.tanh(y) * tg.tanh(x)), (1.5707963267948966, 1e-300)),
    ],
)
def test_what_happens_within_the_smallest_step_is_no_reason_to_accuse(f, xs):
    report = gradcheck(f, *xs)
    assert report, report.text


@pytest.mark.parametrize(
    ("f", "xs"),
    [
        (lambda x, y: tg.arctan2(-4.0, tg.minimum(y, x) * (y * x) / x), (1e-300, 0.001)),
        (lambda x, y: tg.sigmoid(tg.expm1(x)) / tg.sinh(tg.log(x)) + y, (1e-300, 1.0)),
        (lambda x, y: x * 1e-200 * 1e-200 * 1e300 * 1e100 + y, (1.0, 2.0)),
        (lambda x, y: tg.prod([x, 1e-200, 1e-200]) * 1e300 * 1e100 + y, (1.0, 2.0)),
    ],
)
def test_a_product_that_is_too_small_for_floats_is_no_reason_to_accuse(f, xs):
    """The page on edge cases names it: the chain rule loses what is below 1e-308 on the way, as in every library."""
    report = gradcheck(f, *xs)
    assert report, report.text
    assert CANNOT_TELL in {each.comparison.verdict for each in report.derivatives} or xs == (1.0, 2.0)


def test_a_wrong_slope_beside_such_products_is_found_all_the_same():
    def wrong(x):
        return x._node("wrong", x.data**2, x.data * 2.1) if isinstance(x, tg.Value) else x**2

    assert not gradcheck(lambda x: wrong(x) + tg.exp(-1000 * x), 2.0)
    assert not gradcheck(lambda x: wrong(x) * 1e-200, 2.0)
    assert not gradcheck(lambda x: tg.log(wrong(x)) + tg.sqrt(x) / x, 2.0)


@pytest.mark.parametrize("slope", [math.inf, -math.inf, math.nan])
def test_a_slope_that_is_no_finite_number_where_there_is_one_is_wrong(slope):
    def wrong(x):
        return x._node("wrong", x.data**3, slope) if isinstance(x, tg.Value) else x**3

    assert not gradcheck(wrong, 2.0)
    assert not gradcheck(lambda x: tg.sin(wrong(x)) + x, 0.3)
    assert gradcheck(lambda x: 1 / x, 1e-300), "the slope itself is beyond all floats"


@pytest.mark.parametrize("seed", range(20))
def test_a_network_exactly_at_its_target_is_not_accused(seed):
    model = tg.nn.MLP(2, [3, 1], seed=seed)
    xs = [0.3 * seed - 1, 0.7]
    target = model(xs).data
    assert gradcheck(lambda a, b: (model([a, b]) - target) ** 2, *xs)


def test_where_none_can_tell_it_says_so():
    report = gradcheck(tg.sin, 1e10)
    assert report.unknown == list(report.derivatives)
    assert report.text.startswith("The derivative of sin: finite differences CANNOT TELL.")
    report = gradcheck(lambda x, y: tg.sin(x) * 1e-3 + y, 1e10, 2.0)
    assert report.text.startswith(
        "2 derivatives of f agree with finite differences, but for 1 where these CANNOT TELL."
    )


@pytest.mark.parametrize("x", [0.3, 1.0, -2.0, 1e-3, 1e3])
@pytest.mark.parametrize("error", [1e-6, -1e-6, 1e-3, 1.0])
def test_errors_of_a_millionth_are_found(x, error):
    def wrong(x):
        return x._node("wrong", x.data**3, 3 * x.data**2 * (1 + error)) if isinstance(x, tg.Value) else x**3

    assert not gradcheck(wrong, x)
    assert not gradcheck(lambda x: 2 * wrong(x) + tg.sin(x) / 1e3, max(x, 0.1))


def test_a_gradient_that_stops_is_wrong_by_as_much_as_rtol_says():
    f = lambda x: x * x.data  # noqa: E731
    assert not gradcheck(f, 1.0, rtol=0.3)
    assert gradcheck(f, 1.0, rtol=0.6)


def test_wrong_slopes_are_found_at_edges_and_kinks_too():
    def edge(x):
        return x._node("edge", tg.sqrt(x.data) ** 3, 0.5)

    assert not gradcheck(lambda x: edge(x) + x, 0.0)

    def kink(x):
        return x._node("kink", abs(x.data), 1.5)

    assert not gradcheck(kink, 0.0)


def test_random_right_functions_are_not_accused():
    accused, verdicts = accusations(400, seed=20)
    assert [f"{case.text} at {case.point}" for case, _ in accused] == []
    assert verdicts["agrees"] > 20 * verdicts["cannot tell"]


@pytest.mark.parametrize(
    ("steps", "verdict"),
    [
        ([Step(2.0, 1e-9)], CANNOT_TELL),
        ([Step(1.0, 1e-9), Step(1.0, 1e-9)], "agrees"),
        ([Step(2.0, 1e-9), Step(2.0, 1e-8)], "DISAGREES"),
        ([Step(2.0, 1e-9), Step(2.0, 1e-8), Step(1.0, 1e-7)], "agrees"),
        ([Step(2.0, 1e-9), Step(2.0, 1e-8), Step(1.001, 0.05)], CANNOT_TELL),
        ([Step(2.0, 10.0), Step(2.0, 10.0)], CANNOT_TELL),
        ([Step(2.0, 1e-9), Step(2.0 + 1e-9, 1e-9), Step(3.0, 1e-9)], CANNOT_TELL),
        ([Step(2.0, 1e-9, 1e-12, 1.0), Step(2.0, 1e-9, 1e-12, 1e-11)], CANNOT_TELL),
        ([Step(0.0, 0.0), Step(0.0, 0.0)], "DISAGREES"),
        ([Step(1.0 + 1e-9, 1e-12), Step(1.0 + 1e-9, 1e-12)], "agrees"),
    ],
)
def test_what_steps_say_of_the_gradient_1(steps, verdict):
    assert judgement(1.0, steps, 1e-7).verdict == verdict


def test_several_results_are_judged_before_anything_is_known_of_their_rounding():
    def f(x, y):
        return [tg.sin(x) * y, tg.log(x)]

    rows = [[math.cos(2.0) * 3.0, math.sin(2.0)], [0.5, 0.1]]
    found = list(slopes_checked(f, [2.0, 3.0], rows))
    assert [(each.result, each.argument, each.comparison.ok) for each in found] == [
        (0, 0, True),
        (1, 0, True),
        (0, 1, True),
        (1, 1, False),
    ]


def test_a_kink_that_the_steps_do_not_see_is_a_kink():
    smooth = [Step(1.0, 1e-9), Step(1.0, 1e-9), Step(1.0, 1e-9)]
    comparison, error = judged(abs, 0.0, 0.0, None, 1e-7, lambda: smooth)
    assert comparison.verdict.startswith("at a kink")
    assert math.isnan(error)


@pytest.mark.parametrize("slope", [math.inf, math.nan])
def test_no_finite_slope_at_an_edge_is_wrong_where_there_is_one(slope):
    comparison, _ = judged(lambda x: x**1.5 if x >= 0 else math.nan, 1.0, slope, None, 1e-7)
    assert not comparison.ok
