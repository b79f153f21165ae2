"""Losses: how far predictions are from targets, as one number to make small.

Predictions and targets are single numbers, lists, or lists of lists, of the same shape; the mean runs over all of
them. Where the shapes differ, ValueError names both sizes. The two classification losses for several classes take
the scores of one example and the index of its class, or a list of each.
"""

import math
import operator
from collections.abc import Iterable, Iterator
from numbers import Real
from typing import Any

from .core import scalar
from .core.elementary import where
from .core.number import primal, shown
from .functions import dot, log_softmax, mean
from .functions import sum as sum_of

# --- regression --------------------------------------------------------------------------------------------------


def mse_loss(predictions: Any, targets: Any) -> Any:
    """The mean squared error, Σ(ŷ - y)² / n.

    >>> mse_loss([1.0, 2.0], [1.0, 4.0])
    2.0
    """
    differences = _differences("mse_loss", predictions, targets)
    return dot(differences, differences) / len(differences)


def quadratic_cost(predictions: Any, targets: Any) -> Any:
    """½ Σ(y - a)²: half the sum of the squared errors, so that its derivative by a is a - y.

    >>> quadratic_cost([1.0, 2.0], [1.0, 4.0])
    2.0
    """
    differences = _differences("quadratic_cost", predictions, targets)
    return dot(differences, differences) / 2


def l1_loss(predictions: Any, targets: Any) -> Any:
    """The mean absolute error, Σ|ŷ - y| / n.

    >>> l1_loss([1.0, 2.0], [1.0, 4.0])
    1.0
    """
    return mean(abs(d) for d in _differences("l1_loss", predictions, targets))


def huber_loss(predictions: Any, targets: Any, delta: float = 1.0) -> Any:
    """The mean of ½d² where |d| ≤ δ and of δ(|d| - ½δ) beyond, d = ŷ - y: outliers pull no harder than δ (Huber 1964).

    Raises ValueError unless δ > 0.

    >>> huber_loss([1.0, 2.0], [1.5, 5.0])
    1.3125
    """
    if not 0 < delta < math.inf:
        raise ValueError(f"huber_loss needs a finite delta above 0, got {delta}")
    return mean(_huber(abs(d), delta) for d in _differences("huber_loss", predictions, targets))


def _huber(size: Any, delta: float) -> Any:
    return where(size <= delta, lambda: 0.5 * (size * size), lambda: delta * (size - 0.5 * delta))


# --- classification ------------------------------------------------------------------------------------------------


def hinge_loss(scores: Any, targets: Any, margin: float = 1.0) -> Any:
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


def multiclass_svm_loss(scores: Any, target: Any, margin: float = 1.0) -> Any:
    """Σ over the wrong classes j of max(0, sⱼ - s_target + margin), the mean over examples (Weston and Watkins 1999).

    `scores` is one example's list of class scores and `target` the index of its class, or each a list of these.
    (PyTorch's `multi_margin_loss` is this divided by the number of classes.)

    >>> multiclass_svm_loss([3.0, 5.0, 2.5], 0)
    3.5
    """

    def one(s: list[Any], t: Any) -> Any:
        if _is_symbol(t):
            right = _of_class(s, t)
            return sum_of(
                (1 - is_t) * scalar.relu(sj - right + margin) for sj, is_t in zip(s, _one_hot(t, len(s)), strict=True)
            )
        return sum_of(scalar.relu(sj - s[t] + margin) for j, sj in enumerate(s) if j != t)

    return mean(one(s, t) for s, t in _examples("multiclass_svm_loss", scores, target))


def cross_entropy(logits: Any, target: Any) -> Any:
    """-log softmax(z)_target, which is logsumexp(z) - z_target, the mean over examples; stable for any logits z.

    `logits` is one example's list of class scores and `target` the index of its class, or each a list of these.
    ∂/∂zⱼ = softmax(z)ⱼ, less 1 for the target.

    >>> cross_entropy([1000.0, 1000.0], 0)
    0.6931471805599453
    """
    return mean(-_of_class(log_softmax(z), t) for z, t in _examples("cross_entropy", logits, target))


def binary_cross_entropy(probabilities: Any, targets: Any) -> Any:
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


def _bernoulli(p: Any, y: Any) -> Any:
    if isinstance(y, Real) and y in (0, 1):  # the other term is 0, also where its logarithm is infinite
        return -scalar.log(p) if y == 1 else -scalar.log1p(-p)
    return -(y * scalar.log(p) + (1 - y) * scalar.log1p(-p))


def binary_cross_entropy_with_logits(logits: Any, targets: Any) -> Any:
    """`binary_cross_entropy` of σ(z), the mean of softplus(z) - y·z; stable for any logits z. ∂/∂z = σ(z) - y.

    >>> binary_cross_entropy_with_logits([1000.0, 0.0], [1, 0])
    0.34657359027997264
    """
    name = "binary_cross_entropy_with_logits"
    return mean(_bernoulli_logit(z, y) for z, y in _fractions(name, logits, targets))


def _bernoulli_logit(z: Any, y: Any) -> Any:
    if isinstance(y, Real) and y in (0, 1):
        return scalar.softplus(-z if y == 1 else z)  # softplus(z) - z would round a small loss away
    return scalar.softplus(z) - y * z


# --- penalties on the weights --------------------------------------------------------------------------------------


def l1_penalty(parameters: Iterable[Any], strength: float) -> Any:
    """strength · Σ|w|, to add to a loss: it drives weights to exactly 0.

    >>> l1_penalty([3.0, -4.0], strength=0.1)
    0.7000000000000001
    """
    return sum_of(abs(p) for p in parameters) * strength


def l2_penalty(parameters: Iterable[Any], strength: float) -> Any:
    """strength · Σw², to add to a loss: it keeps weights small. An optimiser's weight_decay is twice this strength.

    >>> l2_penalty([3.0, -4.0], strength=0.1)
    2.5
    """
    parameters = list(parameters)
    return dot(parameters, parameters) * strength


# --- matching predictions with targets -------------------------------------------------------------------------------


def _differences(loss: str, predictions: Any, targets: Any) -> list[Any]:
    return [p - t for p, t in _pairs(loss, predictions, targets)]


def _fractions(loss: str, predictions: Any, targets: Any) -> list[tuple[Any, Any]]:
    pairs = _pairs(loss, predictions, targets)
    for _, y in pairs:
        if isinstance(y, Real) and not 0 <= float(y) <= 1:
            raise ValueError(f"{loss} needs targets from 0 to 1, got {y}")
    return pairs


def _pairs(loss: str, predictions: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Each prediction with its target. ValueError if the shapes differ or there are none."""
    pairs = list(_matched(loss, predictions, targets))
    if not pairs:
        raise ValueError(f"{loss} of no predictions is undefined: give it at least one")
    return pairs


def _matched(loss: str, predictions: Any, targets: Any) -> Iterator[tuple[Any, Any]]:
    p, t = _listed(predictions), _listed(targets)
    if p is None and t is None:
        yield predictions, targets
    elif p is None or t is None or len(p) != len(t):
        raise ValueError(f"{loss}: {_count(p, 'prediction')} and {_count(t, 'target')}; the shapes must be equal")
    else:
        for each, target in zip(p, t, strict=True):
            yield from _matched(loss, each, target)


def _listed(x: Any) -> list[Any] | None:
    """The sequence as a list; None for a single number."""
    is_number = getattr(x, "shape", None) == ()  # NumPy's 0-d arrays have an __iter__ that fails
    return list(x) if isinstance(x, Iterable) and not isinstance(x, str) and not is_number else None


def _count(items: list[Any] | None, what: str) -> str:
    if items is None:
        return f"a single {what}"
    return f"a list of {len(items)} {what}{'' if len(items) == 1 else 's'}"


def _examples(loss: str, scores: Any, targets: Any) -> list[tuple[list[Any], Any]]:
    """The score list and the class index of each example; one example alone counts as a list of one."""
    listed = _listed(scores)
    if not listed:
        raise ValueError(f"{loss} needs the scores of at least one class, got {shown(scores)}")
    rows = [_listed(row) for row in listed]
    if _listed(targets) is None and rows[0] is None:
        rows, targets = [listed], [targets]
    targets = _listed(targets)
    if targets is None or len(targets) != len(rows):
        raise ValueError(f"{loss}: the scores of {len(rows)} examples and {_count(targets, 'target')}")
    return [_example(loss, row, t) for row, t in zip(rows, targets, strict=True)]


def _example(loss: str, scores: list[Any] | None, target: Any) -> tuple[list[Any], Any]:
    if not scores:
        raise ValueError(f"{loss} needs a list of class scores for each example")
    if _is_symbol(target):
        return scores, target
    index = _class_of(loss, target)
    if not 0 <= index < len(scores):
        raise ValueError(f"{loss}: class {index} of {len(scores)}; classes count from 0")
    return scores, index


def _class_of(loss: str, target: Any) -> int:
    if isinstance(target, float) and target.is_integer():
        return int(target)
    try:
        return operator.index(target)
    except TypeError:
        raise TypeError(
            f"{loss}: a target is the index of its class, as 0 or 1, got {shown(target)}, a {type(target).__name__}"
        ) from None


# --- a class that is a symbol, while a loss is staged -----------------------------------------------------------------


def _is_symbol(target: Any) -> bool:
    return hasattr(primal(target), "write")


def _of_class(numbers: list[Any], target: Any) -> Any:
    """The number of the target's class."""
    return dot(_one_hot(target, len(numbers)), numbers) if _is_symbol(target) else numbers[target]


def _one_hot(target: Any, classes: int) -> list[Any]:
    """1 for the target's class and 0 for each other, as lines of the program."""
    symbol: Any = primal(target)
    return [symbol.write("equal", symbol, j) for j in range(classes)]
