"""One training step: forward, loss, backward, optimiser. `eager_step` is it, in five lines."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ..core.number import primal

Loss = Callable[[list[Any], list[Any]], Any]
Step = Callable[[list[Any], list[Any]], float]


class Trainable(Protocol):
    """What can be trained: callable on one example, with a list of parameters."""

    def __call__(self, x: Any, /) -> Any:
        """The prediction for one example."""

    def parameters(self) -> Sequence[Any]:
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

    def step(xs: list[Any], ys: list[Any]) -> float:
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


def all_parameters(model: Trainable, optimizer: Stepper | None) -> list[Any]:
    """The parameters of the model and of the optimiser, each once."""
    both = [*model.parameters(), *getattr(optimizer, "parameters", ())]
    return list({id(p): p for p in both}.values())
