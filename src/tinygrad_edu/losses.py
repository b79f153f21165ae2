"""Losses: how far predictions are from targets, as one number to make small.

Predictions and targets are single numbers, lists, or lists of lists, of the same shape; the mean runs over all of
them. Where the shapes differ, ValueError names both sizes. The two classification losses for several classes take
the scores of one example and the index of its class, or a list of each.
"""

import math
import operator
import typing
from collections.abc import Callable, Iterable, Iterator
from numbers import Real
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeAlias, TypeVar, cast, overload

from .core.elementary import where
from .engine import Value
from .functions import dot, log_softmax, mean
from .functions import sum as sum_of
from .mistakes.elsewhere import answering
from .mistakes.options import A_FINITE, expect
from .networks.names import LOSSES
from .numbers import scalar
from .numbers.number import Number, primal, shown
from .numbers.signatures import N

T = TypeVar("T")
P = ParamSpec("P")
Nested: TypeAlias = T | Iterable[T] | Iterable[Iterable[T]]
Targets: TypeAlias = Nested[Number] | Nested[Value]
Pairs: TypeAlias = list[tuple[Number, Number]]
Class: TypeAlias = int  # the index of a class; a symbol stands for one while a program is made
Example: TypeAlias = tuple[list[Number], Class]  # the scores of all classes, and the right class


class LossOf(Protocol, Generic[P]):
    """What type checkers know about a loss: from Values comes a Value, from numbers a number."""

    __name__: str

    @overload
    def __call__(  # type: ignore[overload-overlap]  # the first that fits
        self, predictions: Nested[Number], targets: Nested[Number], /, *args: P.args, **options: P.kwargs
    ) -> Number: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]  # likewise
        self, predictions: Nested[N], targets: Targets, /, *args: P.args, **options: P.kwargs
    ) -> N: ...
    @overload
    def __call__(
        self, predictions: Nested[Value | Number], targets: Targets, /, *args: P.args, **options: P.kwargs
    ) -> Value: ...


def typed(loss: Callable[Concatenate[object, object, P], object]) -> LossOf[P]:
    """The loss itself: only its type is another."""
    return cast("LossOf[P]", loss)


# --- regression --------------------------------------------------------------------------------------------------


@typed
def mse_loss(predictions: object, targets: object) -> Number:
    """The mean squared error, Σ(ŷ - y)² / n.

    >>> mse_loss([1.0, 2.0], [1.0, 4.0])
    2.0
    """
    differences = _differences("mse_loss", predictions, targets)
    return dot(differences, differences) / len(differences)


@typed
def quadratic_cost(predictions: object, targets: object) -> Number:
    """½ Σ(y - a)²: half the sum of the squared errors, so that its derivative by a is a - y.

    >>> quadratic_cost([1.0, 2.0], [1.0, 4.0])
    2.0
    """
    differences = _differences("quadratic_cost", predictions, targets)
    return dot(differences, differences) / 2


@typed
def l1_loss(predictions: object, targets: object) -> Number:
    """The mean absolute error, Σ|ŷ - y| / n.

    >>> l1_loss([1.0, 2.0], [1.0, 4.0])
    1.0
    """
    return mean(abs(d) for d in _differences("l1_loss", predictions, targets))


@typed
def huber_loss(predictions: object, targets: object, delta: float = 1.0) -> Number:
    """The mean of ½d² where |d| ≤ δ and of δ(|d| - ½δ) beyond, d = ŷ - y: outliers pull no harder than δ (Huber 1964).

    Raises ValueError unless δ > 0.

    >>> huber_loss([1.0, 2.0], [1.5, 5.0])
    1.3125
    """
    if not 0 < delta < math.inf:
        raise ValueError(f"huber_loss needs a finite delta above 0, got {delta}")
    return mean(_huber(d, delta) for d in _differences("huber_loss", predictions, targets))


def _huber(d: Number, delta: float) -> Number:
    size = abs(d)  # its square would have the second derivative 0 at the kink, d = 0, where that of d² is 2
    return where(size <= delta, lambda: 0.5 * (d * d), lambda: delta * (size - 0.5 * delta))


# --- classification ------------------------------------------------------------------------------------------------


@typed
def hinge_loss(scores: object, targets: object, margin: float = 1.0) -> Number:
    """The mean of max(0, margin - y·s): scores s, classes y of -1 and 1 (a support vector machine's loss).

    Raises ValueError for a target that is neither -1 nor 1.

    >>> hinge_loss([2.0, 0.5], [1, -1])
    0.75
    """
    pairs = _pairs("hinge_loss", scores, targets)
    for _, y in pairs:
        if isinstance(y, Real) and y not in (-1, 1):
            raise ValueError(f"hinge_loss needs targets of -1 and 1, got {y}")
    return mean(scalar.relu(margin - y * s) for s, y in pairs)


@typed
def multiclass_svm_loss(scores: object, target: object, margin: float = 1.0) -> Number:
    """Σ over the wrong classes j of max(0, sⱼ - s_target + margin), the mean over examples (Weston and Watkins 1999).

    `scores` is one example's list of class scores and `target` the index of its class, or each a list of these.
    (PyTorch's `multi_margin_loss` is this divided by the number of classes.)

    >>> multiclass_svm_loss([3.0, 5.0, 2.5], 0)
    3.5
    """

    def one(s: list[Number], t: Class) -> Number:
        right = _of_class(s, t)
        losses = [scalar.relu(sj - right + margin) for sj in s]
        if _is_symbol(t):
            return dot([1 - is_t for is_t in _one_hot(t, len(s))], losses)
        return sum_of(losses[:t] + losses[t + 1 :])

    return mean(one(s, t) for s, t in _examples("multiclass_svm_loss", scores, target))


@typed
def cross_entropy(
    logits: object,
    target: object,
    *,
    weight: Iterable[Number] | None = None,
    label_smoothing: float = 0.0,
    ignore_index: int | None = None,
) -> Number:
    """-log softmax(z)_target, which is logsumexp(z) - z_target, the mean over examples; stable for any logits z.

    `logits` is one example's list of class scores and `target` the index of its class, or each a list of these.
    ∂/∂zⱼ = softmax(z)ⱼ, less 1 for the target.

    The options are PyTorch's. `weight` has a number w for each class: the mean is the weighted one, Σ w_target·loss /
    Σ w_target. `label_smoothing` ε puts the share ε of the target evenly on all C classes: of each example, the loss
    is (1 - ε) · w_target·(-log p_target) + ε/C · Σⱼ wⱼ·(-log pⱼ). Examples whose target is `ignore_index` do not count.

    Raises ValueError if every example is ignored or has the weight 0, TypeError where a program is staged for one
    example at a time, which cannot know the weights of the whole batch.

    >>> cross_entropy([1000.0, 1000.0], 0)
    0.6931471805599453
    >>> rare = cross_entropy([[2.0, 0.0], [0.0, 0.0]], [0, 1], weight=[1.0, 10.0])
    >>> round(rare, 6)
    0.641673
    """
    examples = _examples("cross_entropy", logits, target, ignore_index)
    if weight is None and not label_smoothing:
        return mean(-_of_class(log_softmax(z), t) for z, t in examples)
    expect("cross_entropy", A_FINITE, label_smoothing=label_smoothing)
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"cross_entropy: label_smoothing is a share from 0 to 1, got {label_smoothing}")
    weights = None if weight is None else _class_weights(weight, examples)
    losses, total = [], 0.0
    for z, t in examples:
        w = weights or [1.0] * len(z)
        log_p = log_softmax(z)
        own = 1.0 if weights is None else w[t]
        spread = label_smoothing / len(z) * dot(w, log_p)
        losses.append(-(1 - label_smoothing) * own * _of_class(log_p, t) - spread)
        total += own
    if not total > 0:
        raise ValueError("cross_entropy: the weights of these examples' classes add up to 0, so there is no mean")
    return sum_of(losses) / total


def _class_weights(weight: Iterable[Number], examples: list[Example]) -> list[Number]:
    weights = _listed(weight)
    if weights is None or not all(A_FINITE.fits(w) and w >= 0 for w in weights):
        raise ValueError(f"cross_entropy: weight is a list of finite numbers of at least 0, got {shown(weight)}")
    for z, t in examples:
        if len(z) != len(weights):
            raise ValueError(f"cross_entropy: {len(weights)} weights for {len(z)} classes; give one for each")
        _refuse_symbol("weight", t)
    return weights


def _refuse_symbol(option: str, target: object) -> None:
    if _is_symbol(target):
        raise TypeError(
            f"cross_entropy with {option} divides by what the whole batch adds up to, so it cannot be staged one "
            "example at a time: take the step eagerly"
        )


@typed
def binary_cross_entropy(probabilities: object, targets: object) -> Number:
    """The mean of -y·log p - (1 - y)·log(1 - p), targets y from 0 to 1.

    A p of exactly 0 or 1 on the wrong side raises DomainError: its loss is infinite. Probabilities that come from
    a sigmoid are better left out: `binary_cross_entropy_with_logits` is exact however sure the network is.

    >>> binary_cross_entropy([0.5, 1.0], [0, 1])
    0.34657359027997264
    """
    pairs = _fractions("binary_cross_entropy", probabilities, targets)
    for p in (primal(p) for p, _ in pairs):
        if isinstance(p, Real) and (float(p) < 0 or float(p) > 1):
            raise ValueError(
                f"binary_cross_entropy needs probabilities from 0 to 1, got {p}: "
                "for any other scores use binary_cross_entropy_with_logits"
            )
    return mean(_bernoulli(p, y) for p, y in pairs)


def _bernoulli(p: Number, y: Number) -> Number:
    if isinstance(y, Real) and y in (0, 1):  # the other term is 0, also where its logarithm is infinite
        return -scalar.log(p) if y == 1 else -scalar.log1p(-p)
    return -(y * scalar.log(p) + (1 - y) * scalar.log1p(-p))


@typed
def binary_cross_entropy_with_logits(logits: object, targets: object) -> Number:
    """`binary_cross_entropy` of σ(z), the mean of softplus(z) - y·z; stable for any logits z. ∂/∂z = σ(z) - y.

    >>> binary_cross_entropy_with_logits([1000.0, 0.0], [1, 0])
    0.34657359027997264
    """
    name = "binary_cross_entropy_with_logits"
    return mean(_bernoulli_logit(z, y) for z, y in _fractions(name, logits, targets))


def _bernoulli_logit(z: Number, y: Number) -> Number:
    if isinstance(y, Real) and y in (0, 1):
        return scalar.softplus(-z if y == 1 else z)  # softplus(z) - z would round a small loss away
    return scalar.softplus(z) - y * z


# --- penalties on the weights --------------------------------------------------------------------------------------


@overload
def l1_penalty(parameters: Iterable[Number], strength: float) -> Number: ...
@overload
def l1_penalty(parameters: Iterable[Value], strength: float) -> Value: ...
def l1_penalty(parameters: Iterable[Any], strength: float) -> object:
    """strength · Σ|w|, to add to a loss: it drives weights to exactly 0.

    >>> l1_penalty([3.0, -4.0], strength=0.1)
    0.7000000000000001
    """
    return sum_of(abs(p) for p in parameters) * strength


@overload
def l2_penalty(parameters: Iterable[Number], strength: float) -> Number: ...
@overload
def l2_penalty(parameters: Iterable[Value], strength: float) -> Value: ...
def l2_penalty(parameters: Iterable[Value | Number], strength: float) -> object:
    """strength · Σw², to add to a loss: it keeps weights small. An optimiser's weight_decay is twice this strength.

    >>> l2_penalty([3.0, -4.0], strength=0.1)
    2.5
    """
    parameters = list(parameters)
    return dot(parameters, parameters) * strength


# --- matching predictions with targets -------------------------------------------------------------------------------


def _differences(loss: str, predictions: object, targets: object) -> list[Number]:
    return [p - t for p, t in _pairs(loss, predictions, targets)]


def _fractions(loss: str, predictions: object, targets: object) -> Pairs:
    pairs = _pairs(loss, predictions, targets)
    for _, y in pairs:
        if isinstance(y, Real) and not 0 <= float(y) <= 1:
            raise ValueError(f"{loss} needs targets from 0 to 1, got {y}")
    return pairs


def _pairs(loss: str, predictions: object, targets: object) -> Pairs:
    """Each prediction with its target. ValueError if the shapes differ or there are none."""
    pairs = list(_matched(loss, predictions, targets))
    if not pairs:
        raise ValueError(f"{loss} of no predictions is undefined: give it at least one")
    return pairs


def _matched(loss: str, predictions: object, targets: object) -> Iterator[tuple[Number, Number]]:
    p, t = _listed(predictions), _listed(targets)
    if p is None and t is None:
        yield predictions, targets  # type: ignore[misc]  # what is no list is taken for a number
    elif p is None or t is None or len(p) != len(t):
        raise ValueError(f"{loss}: {_count(p, 'prediction')} and {_count(t, 'target')}; the shapes must be equal")
    else:
        for each, target in zip(p, t, strict=True):
            yield from _matched(loss, each, target)


def _listed(x: object) -> list[Any] | None:
    """The sequence as a list; None for a single number."""
    if isinstance(x, (str, bytes)):
        raise TypeError(f"a loss: expected a number, got {shown(x)}; convert text with float(text) first")
    is_number = getattr(x, "shape", None) == ()  # NumPy's 0-d arrays have an __iter__ that fails
    return list(x) if isinstance(x, Iterable) and not is_number else None


def _count(items: list[object] | None, what: str) -> str:
    if items is None:
        return f"a single {what}"
    return f"a list of {len(items)} {what}{'' if len(items) == 1 else 's'}"


def _examples(loss: str, scores: object, targets: object, ignored: int | None = None) -> list[Example]:
    """The score list and the class index of each example; one example alone counts as a list of one."""
    listed = _listed(scores)
    if not listed:
        raise ValueError(f"{loss} needs the scores of at least one class, got {shown(scores)}")
    rows = [_listed(row) for row in listed]
    if _listed(targets) is None and rows[0] is None:
        rows, targets = [listed], [targets]
    classes = _listed(targets)
    if classes is None or len(classes) != len(rows):
        raise ValueError(f"{loss}: the scores of {len(rows)} examples and {_count(classes, 'target')}")
    pairs = list(zip(rows, classes, strict=True))
    if ignored is not None:
        for _, t in pairs:
            _refuse_symbol("ignore_index", t)
        pairs = [(row, t) for row, t in pairs if t != ignored]
        if not pairs:
            raise ValueError(f"{loss}: every target is {ignored}, which is ignored, so there is no mean")
    return [_example(loss, row, t) for row, t in pairs]


def _example(loss: str, scores: list[Number] | None, target: object) -> Example:
    if not scores:
        raise ValueError(f"{loss} needs a list of class scores for each example")
    if _is_symbol(target):
        return scores, target  # type: ignore[return-value]  # it stands for a class
    index = _class_of(loss, target)
    if not 0 <= index < len(scores):
        raise ValueError(f"{loss}: class {index} of {len(scores)}; classes count from 0")
    return scores, index


def _class_of(loss: str, target: object) -> int:
    if isinstance(target, float) and target.is_integer():
        return int(target)
    try:
        return operator.index(target)  # type: ignore[arg-type]  # the TypeError is caught
    except TypeError:
        raise TypeError(
            f"{loss}: a target is the index of its class, as 0 or 1, got {shown(target)}, a {type(target).__name__}"
        ) from None


# --- a class that is a symbol, while a loss is staged -----------------------------------------------------------------


def _is_symbol(target: object) -> bool:
    return hasattr(primal(target), "write")


def _of_class(numbers: list[Number], target: Class) -> Number:
    """The number of the target's class."""
    return dot(_one_hot(target, len(numbers)), numbers) if _is_symbol(target) else numbers[target]


def _one_hot(target: object, classes: int) -> list[Number]:
    """1 for the target's class and 0 for each other, as lines of the program."""
    symbol: Any = primal(target)
    return [symbol.write("equal", symbol, j) for j in range(classes)]


if not typing.TYPE_CHECKING:  # pragma: no branch - where types are checked, a name that is not there is an error
    __getattr__ = answering(__name__, LOSSES)
