"""A training step as one staged program: the mean loss over a batch and every parameter's gradient."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, Protocol

from ..engine import NOT_COMPUTED, Value
from ..traced import pass_labels_on
from .batch import mean_over
from .jit import Staged, jit
from .symbol import Symbol

DATA = attrgetter("data")


class Model(Protocol):
    """What a model needs for this: parameters, and a call with one example."""

    def parameters(self) -> list[Value]:
        """The Values that training changes."""
        ...

    def __call__(self, x: Any) -> Any:
        """The prediction for one example."""
        ...


class StagedStep:
    """Called with a batch, it adds to each parameter's `grad` as `backward` would, and returns the mean loss.

    `loss(predictions, targets)` must be a mean over examples (or a sum of such and of penalties on the parameters), as
    the losses of this library are: it is taken for one example at a time. The program, a loop over the batch, is
    `.source`; it is written at the first call, while no other thread may use the model. With `backend="c"` it is
    compiled as C; batches that are NumPy arrays or `array.array("d")` are then read where they are.

    Raises StagingError if the model or the loss decides something by the data (`if x > 0`).

    >>> from tinygrad_edu import nn
    >>> model = nn.MLP(1, [1], seed=0)
    >>> step = StagedStep(model, nn.mse_loss)
    >>> loss = step([[2.0], [4.0]], [1.0, 3.0])
    >>> [p.grad for p in model.parameters()] == [p.grad for p in model.parameters() if p.grad != 0]
    True
    """

    def __init__(
        self,
        model: Model,
        loss: Callable[[Sequence[Any], Sequence[Any]], Any],
        *,
        backend: str = "python",
    ) -> None:
        self.parameters = model.parameters()
        parameters = self.parameters

        def step(p: list[Any], xs: Any, ys: Any) -> tuple[Any, list[Any]]:
            before = [(each.data, each.grad) for each in parameters]
            try:
                for each, number in zip(parameters, p, strict=True):
                    each.data, each.grad = number, NOT_COMPUTED
                    if isinstance(number, Symbol) and each.label:
                        number.label = each.label
                result = mean_over(lambda x, y: loss([model(x)], [y]), xs, ys)
                result.backward()
                pass_labels_on(result)
                return result.data, [0.0 if each.grad is NOT_COMPUTED else each.grad for each in parameters]
            finally:
                for each, (data, grad) in zip(parameters, before, strict=True):
                    each.data, each.grad = data, grad

        self.staged: Staged = jit(step, batched=("xs", "ys"), backend=backend)

    def __call__(self, xs: Any, ys: Any) -> float:
        """The mean loss over the batch; the gradients are added to the parameters'."""
        loss, gradients = self.staged([*map(DATA, self.parameters)], xs, ys)
        none = NOT_COMPUTED
        for p, g in zip(self.parameters, gradients, strict=True):
            before = p.grad
            p.grad = g if before is none else before + g
        return float(loss)

    @property
    def source(self) -> str:
        """The program as Python source."""
        return self.staged.source
