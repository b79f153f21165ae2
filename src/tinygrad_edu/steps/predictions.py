"""What a model makes of examples, and what they cost, by a staged program: for metrics and validation."""

import math
from array import array
from collections.abc import Sequence
from typing import Any

from ..engine import Value
from ..numbers.number import Number
from ..staging.staged import jit
from ..symbols.symbol import Symbol
from ..trees.tree import LEAF, flatten, map_leaves, returned
from .converted import Converted
from .staged_step import NotStaged, lent
from .step import Examples, Loss, Trainable

AT_FIRST = 32  # examples that are put to the model itself as well, when a program is new


class StagedPredictions:
    """Called with examples, it gives the model's predictions for them, as plain numbers, and the loss of each.

    `parameters` are those whose numbers a call may bring along; `converted` are the inputs and the targets as floats.
    The first examples are also put to the model itself, later as many as a call says. Where the two differ, or the
    model cannot be staged, it is left at the model itself: then predictions are Values, and the losses None.
    """

    def __init__(
        self,
        model: Trainable,
        loss: Loss,
        parameters: list[Value],
        converted: tuple[Converted, Converted],
        backend: str = "python",
    ) -> None:
        self.model = model
        self.parameters = parameters
        self._converted = converted
        self._is_c = backend == "c"
        self._is_used = True
        self._known = 0  # programs that have been compared with the model

        def examine(p: Sequence[Number], x: object, y: object) -> tuple[object, Number]:
            if not any(isinstance(number, Symbol) for number in [*p, *flatten([x, y])[0]]):
                raise NotStaged
            with lent(parameters, [*p]):
                prediction = model(x)
                return map_leaves(_number, prediction), _number(loss([prediction], [y]))

        self._staged = jit(examine, backend=backend)

    def __call__(
        self, xs: Examples, ys: Examples, *, numbers: Sequence[Number] | None = None, compared: int = 1
    ) -> tuple[Examples, list[float] | None]:
        """A prediction for each example, and its loss; the first `compared` are put to the model itself as well."""
        found = self._examined(self._packed(numbers), xs, ys) if self._is_used else None
        if found is None:
            return [self.model(x) for x in xs], None
        programs = len(self._staged.traces)
        some = xs[: compared if programs == self._known else AT_FIRST]
        if not _agree([self.model(x) for x in some], found[0][: len(some)]):
            self._is_used = False
            return [self.model(x) for x in xs], None
        self._known = programs
        return found

    def _packed(self, numbers: Sequence[Number] | None) -> Sequence[Number]:
        """What the parameters are now: for C as one buffer, which every call takes as it is."""
        if type(numbers) is array:
            return numbers
        numbers = [p.data for p in self.parameters] if numbers is None else numbers
        return array("d", numbers) if self._is_c and {*map(type, numbers)} == {float} else numbers

    def _examined(self, numbers: Sequence[Number], xs: Examples, ys: Examples) -> tuple[Examples, list[float]] | None:
        """Predictions and losses; None where something is undefined, not finite, or no float."""
        try:
            together = self._together(numbers, xs, ys) if self._is_c and self._known else None
            if together:
                return together
            rows = zip(*(each.rows(some) for each, some in zip(self._converted, (xs, ys), strict=True)), strict=True)
            predictions, losses = zip(*(self._staged(numbers, x, y) for x, y in rows), strict=True)
            return [*predictions], [*losses]
        except NotStaged:
            return None
        except Exception:  # whatever a model does when it meets symbols: from now on it is asked itself
            self._is_used = False
            return None

    def _together(self, numbers: Sequence[Number], xs: Examples, ys: Examples) -> tuple[Examples, list[float]] | None:
        """The same from C alone, if the examples are rows of floats, as those of the latest program."""
        from ..native.compiled import each_row  # noqa: PLC0415 - ctypes is for those who ask for C

        inputs, targets = (each.buffer(some) for each, some in zip(self._converted, (xs, ys), strict=True))
        if inputs is None or targets is None:
            return None
        trace = self._staged.trace
        found = each_row(trace, numbers, [inputs, targets])
        if found is None:
            return None
        size = len(found) // len(xs)
        whole: Any = trace.structure  # of a prediction, and of a loss behind it
        structure = whole[1][0]
        if structure == LEAF:
            return [*found[::size]], found[1::size]
        rows: list[Any] = [found[i : i + size - 1] for i in range(0, len(found), size)]
        is_flat = structure[0] is list and {*structure[1]} == {LEAF}
        return rows if is_flat else [returned(structure, row) for row in rows], found[size - 1 :: size]


def _number(y: Any) -> Number:
    return y.data if isinstance(y, Value) else y


def _agree(eager: Examples, staged: Examples) -> bool:
    """Whether these predictions are the same up to rounding."""
    (found, own), (known, structure) = flatten(staged), flatten(eager)
    scale = max((abs(_number(y)) for y in known), default=0.0)
    return own == structure and all(
        math.isclose(a, _number(b), rel_tol=1e-6, abs_tol=1e-9 * scale) for a, b in zip(found, known, strict=True)
    )
