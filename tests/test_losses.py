import functools
import math

import mpmath
import numpy as np
import pytest

from tinygrad_edu import DomainError, Value, datasets, fit, grad, nn, softmax
from tinygrad_edu.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    hinge_loss,
    huber_loss,
    l1_loss,
    l1_penalty,
    l2_penalty,
    mse_loss,
    multiclass_svm_loss,
    quadratic_cost,
)

PREDICTIONS = [0.7, -1.2, 3.0, 0.05]
PAIRWISE = [mse_loss, quadratic_cost, l1_loss, huber_loss, hinge_loss, binary_cross_entropy_with_logits]


def gradients(loss, data, *args, **options):
    values = [Value(x) for x in data]
    result = loss(values, *args, **options)
    result.backward()
    return result.data, [v.grad for v in values]


# --- values and derivatives ------------------------------------------------------------------------------------------


def test_w6_the_quadratic_cost_of_a_sigmoid_neuron():
    w, b = [Value(2.0), Value(-3.0)], Value(-3.0)
    a = (w[0] * -1.0 + w[1] * -2.0 + b).sigmoid()
    cost = quadratic_cost(a, 1.0)
    cost.backward()
    assert cost.data == pytest.approx(0.036164744064256626, rel=1e-12)
    assert a.grad == pytest.approx(-0.2689414213699951, rel=1e-12)
    assert b.grad == pytest.approx(-0.052877092784266715, rel=1e-12)
    assert [v.grad for v in w] == pytest.approx([0.052877092784266715, 0.10575418556853343], rel=1e-12)


def test_the_mean_squared_error_divides_by_the_number_of_predictions():
    assert gradients(mse_loss, [1.0, 2.0], [2.0, 0.0]) == (2.5, [-1.0, 2.0])


def test_the_mean_runs_over_nested_lists_too():
    assert mse_loss([[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0], [3.0, 0.0]]) == 4.0


def test_l1_has_the_sign_for_a_slope_and_0_at_the_kink():
    assert gradients(l1_loss, [1.0, 2.0, 5.0, 0.0], [2.0, 2.0, 1.0, 0.0]) == (1.25, [-0.25, 0, 0.25, 0])


def test_huber_is_a_parabola_inside_delta_and_a_line_outside():
    assert gradients(huber_loss, [0.5, 5.0, -5.0], [0.0, 0.0, 0.0], delta=2.0) == (
        pytest.approx((0.125 + 8.0 + 8.0) / 3),
        pytest.approx([0.5 / 3, 2 / 3, -2 / 3]),
    )


def test_hinge_leaves_examples_beyond_the_margin_alone():
    assert gradients(hinge_loss, [2.0, 0.5, -3.0], [1, 1, 1]) == (1.5, [0, -1 / 3, -1 / 3])
    assert hinge_loss([2.0], [1], margin=3.0) == 1.0


def test_multiclass_svm_counts_every_class_within_the_margin():
    assert gradients(multiclass_svm_loss, [3.0, 5.0, 2.5], 0) == (3.5, [-2, 1, 1])
    assert multiclass_svm_loss([[3.0, 5.0, 2.5], [9.0, 0.0, 0.0]], [0, 0]) == 1.75


def test_cross_entropy_has_softmax_less_the_target_for_a_gradient():
    scores = [0.5, -1.0, 2.0]
    value, slopes = gradients(cross_entropy, scores, 2)
    p = softmax(scores)
    assert value == pytest.approx(-math.log(p[2]), rel=1e-12)
    assert slopes == pytest.approx([p[0], p[1], p[2] - 1], rel=1e-12)


def test_cross_entropy_of_a_batch_is_the_mean():
    one, other = [0.5, -1.0, 2.0], [1.0, 1.0, 0.0]
    both = cross_entropy([one, other], [2, 0])
    assert both == pytest.approx((cross_entropy(one, 2) + cross_entropy(other, 0)) / 2, rel=1e-15)
    assert cross_entropy([one], [2]) == cross_entropy(one, 2)


def test_cross_entropy_is_stable_for_huge_logits():
    assert gradients(cross_entropy, [1000.0, 1000.0], 1) == (math.log(2), [0.5, -0.5])
    assert cross_entropy([-1000.0, 1000.0], 0) == 2000.0


def test_binary_cross_entropy_with_and_without_logits_agree():
    targets = [1, 0, 0.25, 1.0]
    with_logits = gradients(binary_cross_entropy_with_logits, PREDICTIONS, targets)
    without = gradients(lambda z, y: binary_cross_entropy([zi.sigmoid() for zi in z], y), PREDICTIONS, targets)
    assert with_logits[0] == pytest.approx(without[0], rel=1e-12)
    assert with_logits[1] == pytest.approx(without[1], rel=1e-12)


def test_binary_cross_entropy_with_logits_is_stable_and_does_not_round_small_losses_away():
    assert gradients(binary_cross_entropy_with_logits, [1000.0, -1000.0], [0, 1]) == (1000.0, [0.5, -0.5])
    assert binary_cross_entropy_with_logits([50.0], [1]) == pytest.approx(math.exp(-50), rel=1e-12)


def test_binary_cross_entropy_of_certain_probabilities():
    assert binary_cross_entropy([1.0, 0.0], [1, 0]) == 0.0
    with pytest.raises(DomainError, match=r"log\(0\.0\)"):
        binary_cross_entropy([Value(0.0)], [1])
    with pytest.raises(DomainError, match=r"log1p\(-1\.0\)"):
        binary_cross_entropy([Value(1.0)], [0])


def test_penalties_add_up_the_weights():
    w = [Value(3.0), Value(-4.0)]
    (l2_penalty(w, 0.5) + l1_penalty((x for x in w), 0.1)).backward()
    assert l2_penalty(w, 0.5).data == 12.5
    assert l1_penalty(w, 0.1).data == pytest.approx(0.7)
    assert [x.grad for x in w] == pytest.approx([3.1, -4.1])


def test_targets_may_be_values_and_arrays():
    target = Value(1.0)
    mse_loss([3.0], [target]).backward()
    assert target.grad == -4.0
    assert mse_loss(np.array([[1.0, 2.0]]), np.array([[1.0, 4.0]])) == 2.0
    assert mse_loss(np.array(3.0), 1.0) == 4.0
    assert hinge_loss([0.5], [Value(1)]).data == 0.5
    assert cross_entropy(np.array([0.0, 0.0]), np.int64(1)) == math.log(2)


# --- against PyTorch -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "theirs", "predictions", "targets"),
    [
        (mse_loss, "mse_loss", PREDICTIONS, [1.0, 2.0, -1.0, 0.0]),
        (l1_loss, "l1_loss", PREDICTIONS, [1.0, 2.0, -1.0, 0.0]),
        (huber_loss, "huber_loss", PREDICTIONS, [1.0, 2.0, -1.0, 0.0]),
        (binary_cross_entropy, "binary_cross_entropy", [0.2, 0.9, 0.5], [1.0, 0.0, 0.3]),
        (
            binary_cross_entropy_with_logits,
            "binary_cross_entropy_with_logits",
            PREDICTIONS,
            [1.0, 0.0, 0.3, 1.0],
        ),
        (cross_entropy, "cross_entropy", PREDICTIONS, 2),
        (lambda s, t: multiclass_svm_loss(s, t) / len(s), "multi_margin_loss", PREDICTIONS, 2),
    ],
)
def test_losses_agree_with_pytorch(ours, theirs, predictions, targets):
    torch = pytest.importorskip("torch")
    x = torch.tensor(predictions, dtype=torch.float64, requires_grad=True)
    kind = torch.int64 if isinstance(targets, int) else torch.float64
    loss = getattr(torch.nn.functional, theirs)(x, torch.tensor(targets, dtype=kind))
    loss.backward()
    value, slopes = gradients(ours, predictions, targets)
    assert value == pytest.approx(loss.item(), rel=1e-12)
    assert slopes == pytest.approx(x.grad.tolist(), rel=1e-12, abs=1e-15)


SCORES = [[0.5, -1.0, 2.0], [1.0, 1.0, 0.0], [-0.3, 0.7, 4.0], [2.5, 0.1, -1.2]]
CLASSES = [2, 0, 1, 2]
OPTIONS = [
    {"weight": [1.0, 2.0, 0.5]},
    {"weight": [0.0, 3.0, 1.0]},
    {"label_smoothing": 0.1},
    {"label_smoothing": 1.0},
    {"ignore_index": 2},
    {"ignore_index": -100},
    {"weight": [1.0, 2.0, 0.5], "label_smoothing": 0.2},
    {"weight": [1.0, 2.0, 0.5], "ignore_index": 0},
    {"label_smoothing": 0.3, "ignore_index": 1},
    {"weight": [0.2, 2.0, 0.5], "label_smoothing": 0.2, "ignore_index": 2},
]


def by_the_formula(scores, classes, weight=(1, 1, 1), label_smoothing=0.0, ignore_index=None):
    """The value and its gradient by 50 digits of mpmath, written from the definition."""
    with mpmath.workdps(50):
        z, eps = [[mpmath.mpf(x) for x in row] for row in scores], mpmath.mpf(label_smoothing)
        w, n = [mpmath.mpf(x) for x in weight], len(z[0])
        used = [(row, t) if t != ignore_index else (row, None) for row, t in zip(z, classes, strict=True)]
        total = sum(w[t] for _, t in used if t is not None)
        value, slopes = mpmath.mpf(0), []
        for row, t in used:
            p = [mpmath.exp(x) / sum(map(mpmath.exp, row)) for x in row]
            share = [0] * n if t is None else [(1 - eps) * w[j] * (j == t) + eps / n * w[j] for j in range(n)]
            value -= sum(s * mpmath.log(pj) for s, pj in zip(share, p, strict=True)) / total
            slopes += [(sum(share) * pj - s) / total for s, pj in zip(share, p, strict=True)]
        return float(value), [float(s) for s in slopes]


def cross_entropy_of(**options):
    z = [[Value(x) for x in row] for row in SCORES]
    loss = cross_entropy(z, CLASSES, **options)
    loss.backward()
    return loss.data, [v.grad + 0.0 for row in z for v in row]


@pytest.mark.parametrize("options", OPTIONS)
def test_cross_entropy_with_options_is_its_formula(options):
    value, slopes = cross_entropy_of(**options)
    expected, expected_slopes = by_the_formula(SCORES, CLASSES, **options)
    assert value == pytest.approx(expected, rel=1e-14)
    assert slopes == pytest.approx(expected_slopes, rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("options", OPTIONS)
def test_cross_entropy_with_options_agrees_with_pytorch(options):
    torch = pytest.importorskip("torch")
    x = torch.tensor(SCORES, dtype=torch.float64, requires_grad=True)
    theirs = dict(options)
    if "weight" in theirs:
        theirs["weight"] = torch.tensor(theirs["weight"], dtype=torch.float64)
    loss = torch.nn.functional.cross_entropy(x, torch.tensor(CLASSES), **theirs)
    loss.backward()
    value, slopes = cross_entropy_of(**options)
    assert value == pytest.approx(loss.item(), rel=1e-12)
    assert slopes == pytest.approx(x.grad.flatten().tolist(), rel=1e-12, abs=1e-15)


def test_cross_entropy_with_options_gives_these_numbers():
    found = [cross_entropy(SCORES, CLASSES, **options) for options in (OPTIONS[0], OPTIONS[2], OPTIONS[6])]
    assert found == pytest.approx([2.396429040804121, 2.0504441651298775, 2.416580204506935], rel=1e-14)


def test_ignored_examples_may_have_targets_that_are_no_class():
    assert cross_entropy([[1.0, 2.0], [3.0, 0.0]], [0, -1], ignore_index=-1) == cross_entropy([1.0, 2.0], 0)
    assert cross_entropy([1.0, 2.0], 0, ignore_index=1) == cross_entropy([1.0, 2.0], 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weight": [1.0]}, "1 weights for 2 classes; give one for each"),
        ({"weight": [1.0, -1.0]}, "weight is a list of finite numbers of at least 0"),
        ({"weight": [1.0, math.inf]}, "weight is a list of finite numbers"),
        ({"weight": [1.0, "2"]}, "weight is a list of finite numbers"),
        ({"weight": 2.0}, r"weight is a list of finite numbers of at least 0, got 2\.0"),
        ({"weight": [0.0, 1.0]}, "add up to 0, so there is no mean"),
        ({"label_smoothing": 1.5}, r"label_smoothing is a share from 0 to 1, got 1\.5"),
        ({"label_smoothing": -0.1}, r"a share from 0 to 1, got -0\.1"),
        ({"ignore_index": 0}, "every target is 0, which is ignored, so there is no mean"),
    ],
)
def test_options_of_cross_entropy_that_make_no_sense_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        cross_entropy([[1.0, 2.0], [0.0, 0.5]], [0, 0], **options)


def test_a_smoothing_that_is_no_number_is_refused():
    with pytest.raises(TypeError, match="label_smoothing must be a finite number, got 'much'"):
        cross_entropy([1.0, 2.0], 0, label_smoothing="much")


@pytest.mark.parametrize(
    ("options", "is_staged"),
    [({"label_smoothing": 0.1}, True), ({"weight": [1.0, 3.0, 0.5]}, False), ({"ignore_index": 1}, False)],
)
def test_fit_with_options_of_cross_entropy_is_as_eagerly(options, is_staged):
    def train(backend):
        model = nn.MLP(2, [3], seed=1)
        loss = functools.partial(cross_entropy, **options)
        optimizer = nn.SGD(model.parameters(), lr=0.1)
        data = datasets.blobs(40, noise=0.3)
        return fit(model, data, loss=loss, optimizer=optimizer, epochs=10, batch_size=8, backend=backend)

    staged, eager = train("python"), train("eager")
    assert staged.loss == pytest.approx(eager.loss, rel=1e-12)
    assert (staged.backend == "python") is is_staged
    assert is_staged or "divides by what the whole batch adds up to" in staged.note


@pytest.mark.parametrize(
    ("logit", "target", "loss"),
    [
        (math.inf, 1, 0.0),
        (-math.inf, 0, 0.0),
        (math.inf, 0, math.inf),
        (-math.inf, 1, math.inf),
        (800.0, 0, 800.0),
        (-800.0, 1, 800.0),
        (800.0, 1, 0.0),
        (-800.0, 0, 0.0),
    ],
)
def test_a_logit_however_large_has_its_loss(logit, target, loss):
    assert binary_cross_entropy_with_logits([logit], [target]) == loss
    assert binary_cross_entropy_with_logits([Value(logit)], [float(target)]).data == loss


# --- what does not match ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", [*PAIRWISE, binary_cross_entropy])
def test_shapes_that_differ_are_refused_with_both_sizes(loss):
    with pytest.raises(ValueError, match=f"{loss.__name__}: a list of 1 prediction and a list of 2 targets"):
        loss([0.5], [1, 1])
    with pytest.raises(ValueError, match=f"{loss.__name__}: a single prediction and a list of 1 target; the shapes"):
        loss(Value(0.5), [1])
    with pytest.raises(ValueError, match=f"{loss.__name__}: a list of 2 predictions and a single target"):
        loss([[0.5, 0.5]], [1])


@pytest.mark.parametrize("loss", PAIRWISE)
def test_no_predictions_are_refused(loss):
    with pytest.raises(ValueError, match=f"{loss.__name__} of no predictions"):
        loss([], [])


@pytest.mark.parametrize("loss", [cross_entropy, multiclass_svm_loss])
def test_a_class_may_be_a_whole_float_and_nothing_else(loss):
    assert loss([[1.0, 2.0], [0.5, 0.0]], [1.0, 0.0]) == loss([[1.0, 2.0], [0.5, 0.0]], [1, 0])
    for target in (0.5, "1", math.nan):
        with pytest.raises(TypeError, match=f"{loss.__name__}: a target is the index of its class, as 0 or 1, got "):
            loss([[1.0, 2.0]], [target])


@pytest.mark.parametrize("loss", [cross_entropy, multiclass_svm_loss])
def test_classes_that_do_not_match_the_scores_are_refused(loss):
    for scores, target, message in [
        ([1.0, 2.0], 2, "class 2 of 2; classes count from 0"),
        ([1.0, 2.0], -1, "class -1 of 2"),
        ([[1.0, 2.0]], [0, 1], "the scores of 1 examples and a list of 2 targets"),
        ([[1.0, 2.0]], 0, "the scores of 1 examples and a single target"),
        ([1.0, 2.0], [0, 1], "a list of class scores for each example"),
        ([], 0, r"at least one class, got \[\]"),
        (1.0, 0, "at least one class, got 1"),
        ([[]], [0], "a list of class scores for each example"),
    ]:
        with pytest.raises(ValueError, match=message):
            loss(scores, target)


def test_targets_of_the_wrong_kind_are_refused():
    with pytest.raises(ValueError, match="hinge_loss needs targets of -1 and 1, got 0"):
        hinge_loss([0.5], [0])
    for loss in (binary_cross_entropy, binary_cross_entropy_with_logits):
        with pytest.raises(ValueError, match="targets from 0 to 1, got -1"):
            loss([0.5], [-1])
    for predictions, targets in ((Value(0.5), "a"), ("a", "b"), (["a"], [1.0]), ([1.0], b"a"), ([1.0], ["a"])):
        with pytest.raises(TypeError, match=r"expected a number, got b?'a'"):
            mse_loss(predictions, targets)


@pytest.mark.parametrize("delta", [0.0, -1.0, math.nan, math.inf])
def test_huber_needs_a_delta_above_0(delta):
    with pytest.raises(ValueError, match="delta above 0"):
        huber_loss([1.0], [2.0], delta=delta)


def test_targets_of_any_real_kind_are_checked():
    with pytest.raises(ValueError, match="-1 and 1, got 0"):
        hinge_loss([0.5, 0.2], np.array([0, 1]))
    with pytest.raises(ValueError, match="from 0 to 1, got 5"):
        binary_cross_entropy_with_logits([0.5], np.array([5]))
    assert binary_cross_entropy([0.5, 1.0], np.array([0, 1])) == pytest.approx(0.34657359027997264)


@pytest.mark.parametrize("p", [1.5, -0.5])
def test_probabilities_outside_0_to_1_are_refused(p):
    with pytest.raises(ValueError, match="with_logits"):
        binary_cross_entropy([p], [1])


# --- exactly at the borders ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delta", [0.25, 1.0, 3.0])
def test_at_delta_huber_is_still_the_parabola(delta):
    """Value and slope are those of both sides there; the second derivative is 1 up to and with delta, then 0."""
    for d, second in ((delta, 1.0), (-delta, 1.0), (math.nextafter(delta, 9.0), 0.0), (0.0, 1.0)):
        assert grad(grad(lambda x: huber_loss([x], [0.0], delta)))(d) == second
    assert huber_loss([delta], [0.0], delta) == 0.5 * delta**2


def test_options_at_the_ends_of_their_ranges():
    z = [1.0, 2.0, 4.0]
    minus_log = [mpmath.log(sum(map(mpmath.exp, z))) - each for each in z]
    assert cross_entropy(z, 2, label_smoothing=1.0) == pytest.approx(float(sum(minus_log) / 3), rel=1e-14)
    assert cross_entropy(z, 2, label_smoothing=0.0) == cross_entropy(z, 2) == pytest.approx(float(minus_log[2]))
    assert cross_entropy([z, z], [0, 2], weight=[0.0, 0.0, 2.0]) == pytest.approx(float(minus_log[2]), rel=1e-14)
    for label_smoothing in (math.nextafter(1.0, 2.0), -5e-324):
        with pytest.raises(ValueError, match="a share from 0 to 1"):
            cross_entropy(z, 2, label_smoothing=label_smoothing)
    for target in (-1, 3):
        with pytest.raises(ValueError, match=f"class {target} of 3; classes count from 0"):
            cross_entropy(z, target)
    for y in (-5e-324, math.nextafter(1.0, 2.0)):
        with pytest.raises(ValueError, match="needs targets from 0 to 1"):
            binary_cross_entropy_with_logits([0.0], [y])
        with pytest.raises(ValueError, match="needs probabilities from 0 to 1"):
            binary_cross_entropy([y], [0.5])
    assert huber_loss([1.0], [0.0], 5e-324) == pytest.approx(0.0)


def test_a_class_beyond_the_margin_costs_nothing_and_one_at_it_has_no_slope():
    assert gradients(hinge_loss, [1.0], [1]) == (0.0, [0.0])
    assert gradients(hinge_loss, [math.nextafter(1.0, 0.0)], [1])[1] == [-1.0]
    assert gradients(hinge_loss, [-3.0], [-1], margin=3.0) == (0.0, [0.0])
    assert gradients(multiclass_svm_loss, [2.0, 1.0, 0.5], 0)[1] == [0.0, 0.0, 0.0]
    assert gradients(multiclass_svm_loss, [2.0, 1.0, 1.5], 0) == (0.5, [-1.0, 0.0, 1.0])
    assert gradients(multiclass_svm_loss, [1.0, 2.0], 1, margin=1.5) == (0.5, [1.0, -1.0])
