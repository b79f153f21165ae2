"""What a model makes of examples, by a staged program: for metrics and validation, which need no gradients."""

import math
from array import array
from collections.abc import Sequence

from ..engine import Value
from ..numbers.number import Number
from ..staging.staged import jit
from ..symbols.symbol import Symbol
from ..trees.tree import flatten, map_leaves
from .staged_step import NotStaged, lent
from .step import Examples, Trainable


class StagedPredictions:
    """Called with examples, it gives the model's predictions for them, as Values; `original` are the same examples.

    The first examples are also put to the model itself, later the first of each call; where the two differ, or the
    model cannot be staged, it is left at the model itself.
    """

    def __init__(self, model: Trainable, backend: str = "python") -> None:
        self.model = model
        self._is_c = backend == "c"
        self.parameters = list(model.parameters())
        self._is_used = True
        self._is_compared = False

        def predict(p: Sequence[Number], x: object) -> object:
            if not any(isinstance(number, Symbol) for number in [*p, *flatten(x)[0]]):
                raise NotStaged
            with lent(self.parameters, [*p]):
                return map_leaves(_number, model(x))

        self._staged = jit(predict, backend=backend)

    def __call__(self, xs: Examples, original: Examples) -> Examples:
        """A prediction for each example."""
        if not self._is_used:
            return [self.model(x) for x in original]
        numbers = self._numbers()
        predictions = [self._prediction(numbers, x, own) for x, own in zip(xs, original, strict=True)]
        some = original[:1] if self._is_compared else original
        eager = [self.model(x) for x in some]
        if not _agree(eager, predictions[: len(some)]):
            self._is_used = False
            return eager + [self.model(x) for x in original[len(some) :]]
        self._is_compared = True
        return predictions

    def _numbers(self) -> Sequence[Number]:
        """What the parameters are now: for C as one buffer, which every call takes as it is."""
        numbers = [p.data for p in self.parameters]
        return array("d", numbers) if self._is_c and {*map(type, numbers)} == {float} else numbers

    def _prediction(self, numbers: Sequence[Number], x: object, original: object) -> object:
        if self._is_used:
            try:
                return map_leaves(Value, self._staged(numbers, x))
            except NotStaged:  # undefined, not finite, or no float
                pass
            except Exception:  # whatever a model does when it meets symbols: from now on it is asked itself
                self._is_used = False
        return self.model(original)


def _number(y: Value | Number) -> Number:
    return y.data if isinstance(y, Value) else y


def _agree(eager: Examples, staged: Examples) -> bool:
    """Whether these predictions are the same up to rounding."""
    (found, own), (known, structure) = flatten(staged), flatten(eager)
    scale = max((abs(_number(y)) for y in known), default=0.0)
    return own == structure and all(
        math.isclose(_number(a), _number(b), rel_tol=1e-6, abs_tol=1e-9 * scale)
        for a, b in zip(found, known, strict=True)
    )
