"""What a training step is: forward, loss, backward, optimiser. `eager_step` is it, in five lines."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

from ..engine import Value
from ..numbers.number import primal
from ..optim import Optimizer

Examples: TypeAlias = list[object]  # inputs, targets or predictions: numbers, lists of numbers, or what a model returns
Loss: TypeAlias = Callable[[Any, Any], Any]  # of predictions and targets; a Value
Step: TypeAlias = Callable[[list[Any], list[Any]], float]  # of a batch's inputs and targets


class Trainable(Protocol):
    """What can be trained: callable on one example, with a list of parameters."""

    def __call__(self, x: Any, /) -> object:
        """The prediction for one example."""

    def parameters(self) -> Sequence[Value]:
        """The Values that training changes."""


class Stepper(Protocol):
    """What turns gradients into changed parameters."""

    def zero_grad(self) -> None:
        """Forget the gradients of the step before."""

    def step(self) -> None:
        """Change the parameters by their gradients."""


def eager_step(model: Trainable, loss: Loss, optimizer: Stepper) -> Step:
    """The usual training step as a function of a batch: forward, loss, backward, optimiser. Returns the loss.

    A loss that is nan or infinite is returned at once: nothing is changed by it.

    >>> from tinygrad_edu import Value, nn
    >>> w = Value(1.0)
    >>> class Line:
    ...     def __call__(self, x): return w * x[0]
    ...     def parameters(self): return [w]
    >>> step = eager_step(Line(), nn.mse_loss, nn.SGD([w], lr=0.1))
    >>> step([[1.0]], [3.0]), w.data
    (4.0, 1.4)
    """

    def step(xs: Examples, ys: Examples) -> float:
        optimizer.zero_grad()
        error = loss([model(x) for x in xs], ys)
        if not hasattr(error, "backward"):
            raise TypeError(
                f"the loss function returned {error!r}, not a Value: it must be computed from the predictions"
            )
        number = float(primal(error))
        if math.isfinite(number):
            error.backward()
            optimizer.step()
        return number

    return step


class FitStep:
    """A step with what else `fit` asks of it; this one is eager, or the user's own. `AutomaticStep` is staged."""

    def __init__(self, model: Trainable, step: Step, *, backend: str = "eager") -> None:
        self.model, self.step, self._backend = model, step, backend
        self.note = ""  # why the step is eager, if it could not be staged

    @property
    def backend(self) -> str:
        """How steps are computed: "eager", "python", "c", or "own" for a step that does not say."""
        return str(getattr(self.step, "backend", self._backend))

    def __call__(self, xs: Examples, ys: Examples) -> float:
        """One step; returns the loss."""
        return self.step(xs, ys)

    def examined(self, xs: Examples, _targets: Examples, *, as_values: bool) -> tuple[Examples, float | None]:
        """What the model makes of examples; and their loss, where a program knows it: then numbers may be plain."""
        del as_values  # they always are
        return [self.model(x) for x in xs], None

    def forget_examples(self) -> None:
        """Look at all examples anew: they may have been changed."""

    def undoing(self) -> Callable[[], None] | None:
        """What undoes the next step, where the step knows that without a look at the parameters; else None."""
        return self.step.undoing() if hasattr(self.step, "undoing") else None

    def come_home(self) -> None:
        """Have the parameters hold their numbers themselves, if they have stayed elsewhere from step to step."""
        if hasattr(self.step, "come_home"):
            self.step.come_home()


def expect_moves(caller: str, optimizer: object, model: Trainable) -> None:
    """ValueError if an optimiser of this library moves none of the model's parameters."""
    if isinstance(optimizer, Optimizer) and not set(optimizer.parameters) & set(model.parameters()):
        raise ValueError(
            f"{caller}: the optimiser moves none of the model's parameters: was it made for another model? "
            "Make it with this model's parameters()"
        )


def all_parameters(model: Trainable, optimizer: Stepper | None) -> list[Value]:
    """The parameters of the model and of the optimiser, each once."""
    both = [*model.parameters(), *getattr(optimizer, "parameters", ())]
    return list({id(p): p for p in both}.values())
