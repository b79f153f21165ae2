"""The step that `fit` takes by itself: staged where it can be, eager where not, and compared with each other.

A staged program repeats what the model did when it was written. That is right for most models, and wrong for one that
draws random numbers, counts its calls, or whose loss is no mean over examples. Nobody can see that in a function
without running it. So the first step is taken both ways, and everything is compared. In the rest of the first epoch
the losses of all batches are compared, in epochs 2, 3, 5, 9, … those of a few examples, and in every other epoch that
of one example, if callbacks or metrics run. A model that keeps something from call to call is found before that.
"""

import math
import warnings
from collections.abc import Callable
from contextvars import copy_context
from functools import partial

from ..core.recording import no_grad
from ..engine import Value, topological_order
from ..networks.state import State
from ..numbers.number import primal
from ..trees.tree import map_leaves
from .converted import Converted
from .predictions import StagedPredictions
from .staged_step import Batch, Computed, StagedStep
from .staying import Ahead
from .step import Examples, FitStep, Loss, Stepper, Trainable, eager_step

LARGEST = 20_000  # operands in the graph of one example; a larger one takes seconds to stage, and much memory
STRUCTURES = 16  # of examples; for each a program has to be written
WORTH_PREDICTING = 300  # examples in an epoch, from which a program that predicts is soon written
FEW = 4  # examples: of one alone, nobody sees whether the loss is a mean or, say, the largest
CLOSE = 1e-6  # relative; differences by rounding are smaller, other programs differ by more


class AutomaticStep(FitStep):
    """A training step, called with a batch. `note` says why it is eager, if it could not be staged.

    `batches` is how many make an epoch; `changes` says that something of the user's runs between epochs, as callbacks.
    """

    def __init__(
        self,
        model: Trainable,
        loss: Loss,
        optimizer: Stepper,
        *,
        backend: str,
        batches: int,
        changes: bool,
    ) -> None:
        self._eager = eager_step(model, loss, optimizer)
        super().__init__(model, self._eager)
        self.loss = loss
        self._make = partial(StagedStep, model, loss, optimizer, backend=backend)
        self._staged: StagedStep | None = self._make()
        self._wanted = backend
        self._predictions: StagedPredictions | None = None
        self._is_examined = self._knows_loss = False
        self._batches, self._changes = batches, changes
        self._count = 0  # of batches so far
        self._largest = 0.0  # of the losses so far
        self._inputs, self._targets = Converted(), Converted()

    @property
    def backend(self) -> str:
        """How steps are computed: "eager", "python" or "c"."""
        return "eager" if self._staged is None else self._staged.backend

    def __call__(self, xs: Examples, ys: Examples) -> float:
        """One step; returns the loss."""
        if self._staged is None:
            return self._eager(xs, ys)
        epoch, batch = divmod(self._count, self._batches)
        self._count += 1
        if epoch == batch == 0:
            return self._first(self._staged, xs, ys)
        if batch == 0:
            some = FEW if epoch.bit_count() == 1 else int(self._changes)  # a few in epochs 1, 2, 4, 8, …
            if some:
                self._compare(self._computed(xs[:some], ys[:some]), xs[:some], ys[:some], epoch, batch)
                self._leave_again()
        computed = self._computed(xs, ys)
        if epoch == 0:
            self._compare(computed, xs, ys, epoch, batch)
            self._leave_again()
        if computed is None or self._staged is None:
            return self._eager(xs, ys)
        self._staged.take(computed)
        self._largest = max(self._largest, abs(computed.loss))
        return computed.loss

    def examined(self, xs: Examples, ys: Examples, *, as_values: bool) -> tuple[Examples, float | None]:
        """What the model makes of examples; and their loss, where a program knows it: then numbers may be plain."""
        is_new, self._is_examined = not self._is_examined, True
        with no_grad():
            predictions, losses = self._predicted(xs, ys, int(self._changes or is_new))
            if losses is None or self._staged is None:
                return predictions, None
            values = map_leaves(Value, predictions) if as_values or is_new or not self._knows_loss else predictions
            total = sum(losses) / (len(losses) if self._staged.reduction == "mean" else 1)
            if is_new:  # the loss itself checks the targets, and is checked
                loss = float(primal(self.loss(values, ys)))
                self._knows_loss = _close(loss, total, 1e-12 * self._largest)
            return values, total if self._knows_loss else None

    def _predicted(self, xs: Examples, ys: Examples, compared: int) -> tuple[Examples, list[float] | None]:
        """Predictions, and the loss of each, by a program, of which `compared` are compared; or by the model itself."""
        staged = self._staged
        if staged is None:
            return [self.model(x) for x in xs], None
        if self._predictions is None or self._predictions.parameters is not staged.parameters:
            converted = self._inputs, self._targets
            self._predictions = StagedPredictions(self.model, self.loss, staged.parameters, converted, self._wanted)
        return self._predictions(xs, ys, numbers=staged.numbers(), compared=compared)

    def forget_examples(self) -> None:
        """Look at all examples anew: they may have been changed."""
        self._inputs.forget()
        self._targets.forget()

    def undoing(self) -> Callable[[], None] | None:
        """What undoes the next step, if the numbers are in C."""
        return self._staged.undoing() if self._staged else None

    def come_home(self) -> None:
        """Have the parameters hold their numbers themselves."""
        if self._staged:
            self._staged.come_home()

    def _leave_again(self) -> None:
        if self._staged:
            self._staged.leave_again()

    def _computed(self, xs: Examples, ys: Examples) -> Computed | Ahead | None:
        """What the staged step would do, if it can."""
        if self._staged is None:
            return None
        try:
            is_c = self.backend == "c"
            computed = self._staged.compute(_batch(self._inputs, xs, is_c), _batch(self._targets, ys, is_c))
        except Exception as error:  # whatever a model does when it meets symbols: it goes on without them
            self._give_up(f"{type(error).__name__}: {error}")
            return None
        if len(self._staged.staged.traces) > STRUCTURES:
            self._give_up(f"the examples have more than {STRUCTURES} structures, as lists of other lengths")
        elif self._staged.stagings > STRUCTURES:
            self._give_up(f"the optimiser's settings have changed {STRUCTURES} times")
        elif self._staged.moves_more:
            self._give_up("a parameter is used in one branch of where only, and the optimiser moves what is not used")
        return computed if self._staged is not None else None

    # --- the comparisons -----------------------------------------------------------------------------------------

    def _first(self, staged: StagedStep, xs: Examples, ys: Examples) -> float:
        """The first step, eagerly, and what the staged step makes of it beside that."""
        before = State(self.model)
        operands = self._operands(xs[:1], ys[:1])
        if before.is_changed():
            after = State(self.model)
            self._operands(xs[:1], ys[:1])
            if after.is_changed():  # not just something that is made at the first call
                before.restore()
                self._give_up("the model keeps something from call to call: one of its attributes, or what is in one")
        if operands > LARGEST:
            self._give_up(f"the loss of one example has {operands:,} operands, so its program would be very long")
        computed = self._computed(xs, ys)
        if computed is not None and len(xs) > 1 and _close(self._loss(xs, ys, len(xs)), len(xs) * computed.loss, 0.0):
            staged = self._staged = self._make(reduction="sum")
            computed = self._computed(xs, ys)
        loss = self._eager(xs, ys)
        self._largest = abs(loss)
        if isinstance(computed, Computed):
            pairs = [(p.grad, g) for p, g in zip(staged.parameters, computed.gradients, strict=True) if g is not None]
            absolute = 1e-9 * max(abs(loss), *(abs(g) for _, g in pairs)) if pairs else 0.0
            if not all(_close(a, b, absolute) for a, b in [(loss, computed.loss), *pairs]):
                self._give_up(_differ(loss, computed.loss, "the first step"))
        elif self._staged is not None and not staged.staged.traces:
            self._give_up("a parameter or an example is made of other numbers than floats and ints")
        return loss

    def _operands(self, xs: Examples, ys: Examples) -> int:
        """How many operands the graph of these examples' loss has."""
        error = self.loss([self.model(x) for x in xs], ys)
        return sum(len(node.parents) for node in topological_order(error)) if isinstance(error, Value) else 0

    def _compare(self, computed: Computed | Ahead | None, xs: Examples, ys: Examples, epoch: int, batch: int) -> None:
        """Give up staging if the loss of these examples is another when it is computed eagerly."""
        if computed is None:
            return
        by_program = epoch == 0 and self._batches * len(xs) > WORTH_PREDICTING
        loss = self._loss(xs, ys, int(batch.bit_count() == 1) if by_program else len(xs))
        if not _close(loss, computed.loss, 1e-12 * self._largest):
            reason = _differ(loss, computed.loss, f"epoch {epoch + 1}, batch {batch + 1},")
            self._give_up(reason)
            if epoch > 0:
                warnings.warn(
                    f"{reason}. Steps are eager from here on", RuntimeWarning, stacklevel=6
                )  # where fit was called

    def _loss(self, xs: Examples, ys: Examples, asked: int) -> float:
        """The loss computed eagerly, without a graph; the model is asked that many predictions, else its program."""

        def loss() -> float:
            with no_grad():
                few = asked < len(xs)
                predictions = self._predicted(xs, ys, asked)[0] if few else [self.model(x) for x in xs]
                return float(primal(self.loss(map_leaves(_lifted, predictions), ys)))

        # own context: Ctrl-C while entering or leaving no_grad cannot leave it on
        return copy_context().run(loss)

    def _give_up(self, reason: str) -> None:
        self.note, self._staged = reason, None


def _batch(converted: Converted, examples: Examples, is_c: bool) -> Batch:
    """The examples as the program takes them soonest."""
    buffer = converted.buffer(examples) if is_c else None
    return converted.rows(examples) if buffer is None else buffer


def _lifted(x: object) -> object:
    return Value(x) if type(x) is float else x


def _close(a: float, b: float, absolute: float) -> bool:
    return math.isclose(a, b, rel_tol=CLOSE, abs_tol=absolute)


def _differ(eager: float, staged: float, place: str) -> str:
    return (
        f"in {place} the loss is {eager:g}, but {staged:g} as it was staged: the model or the loss changes from call "
        "to call (random numbers, a counter), or the loss is no mean and no sum over the examples"
    )
