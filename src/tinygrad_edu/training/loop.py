"""Training: `fit` takes a model through the data epoch by epoch and returns what happened.

One step is forward, loss, backward, optimiser. `eager_step` is that step in five lines, and a loop around it by
hand is as good as `fit`; what `fit` adds is shuffling, the history, validation, early stopping, a progress bar,
and that no interruption or error ever leaves a model half-way through a step.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from contextvars import copy_context
from typing import Any, NamedTuple, TypeAlias

from ..core.recording import no_grad
from ..core.restoring import wholly
from ..datasets import Data, at_least_one, batches, examples
from ..losses import mse_loss
from ..mistakes.options import A_FUNCTION, A_NUMBER, A_TRAINABLE, AN_OPTIMIZER, CALLBACKS, METRICS, expect
from ..numbers.number import primal, shown
from ..optim import SGD
from ..steps.step import Examples, FitStep, Loss, Step, Stepper, Trainable, all_parameters, eager_step, expect_moves
from ..trees.tree import flatten
from .history import Callback, DivergedError, History
from .progress import Advance, progress_bar
from .stopping import Best, Patience, reason_to_stop

__all__ = ["DivergedError", "History", "accuracy", "eager_step", "fit"]

BACKENDS = ("python", "c", "eager")
WORTH_STAGING = 200  # examples: writing a program takes about as long as 100 of them eagerly, whatever the model

Metrics: TypeAlias = Mapping[str, Callable[[Any, Any], Any]]


# --- whole steps only -----------------------------------------------------------------------------------------------


class _WholeSteps:
    """Takes steps all or nothing: an error or an interruption within one leaves everything as it was before it."""

    def __init__(self, step: FitStep, model: Trainable, optimizer: Stepper, history: History) -> None:
        self.step, self.optimizer, self.history = step, optimizer, history
        self.parameters = all_parameters(model, optimizer)
        self.place = "before the first batch"  # for error messages

    def __call__(self, xs: Examples, ys: Examples) -> float:
        steps = self.history.steps
        undo_step = self.step.undoing() or self._undoing()

        def undo() -> None:
            undo_step()
            self.history.steps = steps

        try:
            loss = self.step(xs, ys)
            if not math.isfinite(loss):
                raise DivergedError(_diverged(loss, self.place, self.optimizer, xs, ys), self.history)
            self.history.steps = steps + 1
        except BaseException:
            wholly(undo)
            raise
        return loss

    def _undoing(self) -> Callable[[], None]:
        """What gives the parameters, and all that the optimiser keeps, what they have now."""
        before = [(p, p.data, p.grad) for p in self.parameters]
        state = _containers(getattr(self.optimizer, "__dict__", {}))

        def undo() -> None:
            for p, data, grad in before:
                p.data, p.grad = data, grad
            for container, content in state:
                container.clear()
                (container.update if isinstance(container, dict) else container.extend)(content)

        return undo


def _containers(root: dict[str, object]) -> list[tuple[Any, Any]]:
    """Each list and dict within `root`, and itself, with a copy: an optimiser keeps its momenta and counts there."""
    found, seen, stack = [], set(), [root]
    while stack:
        container: Any = stack.pop()
        if id(container) not in seen:
            seen.add(id(container))
            found.append((container, container.copy()))
            inside = container.values() if isinstance(container, dict) else container
            stack += [x for x in inside if type(x) in (list, dict)]
    return found


def _diverged(loss: float, place: str, optimizer: Stepper, xs: Examples, ys: Examples) -> str:
    for x, y in zip(xs, ys, strict=True):
        for number in flatten((x, y))[0]:
            if isinstance(number, float) and not math.isfinite(number):
                return (
                    f"the loss became {loss} in {place}, which holds an example with {number} in it: {shown(x)} with "
                    f"the target {shown(y)}; the parameters are as before that batch"
                )
    lr = getattr(optimizer, "lr", None)
    rate = f" (it is {lr})" if isinstance(lr, (int, float)) else ""
    return (
        f"the loss became {loss} in {place}; the parameters are as before that batch. Mostly the learning rate is "
        f"too large{rate}, or the data or the first weights are: scale them down, or clip the gradients"
    )


# --- the loop --------------------------------------------------------------------------------------------------------


def fit(
    model: Trainable,
    data: Data,
    *more: object,
    loss: Loss = mse_loss,
    optimizer: Stepper | None = None,
    epochs: int = 100,
    batch_size: int | None = None,
    shuffle: bool = True,
    seed: int = 0,
    validation: Data | None = None,
    metrics: Metrics | None = None,
    callbacks: Callback | Sequence[Callback] = (),
    patience: int | None = None,
    min_delta: float = 0.0,
    restore_best: bool = False,
    keep_last: int | None = None,
    progress: bool | None = None,
    step: Step | None = None,
    backend: str = "python",
) -> History:
    """Train `model` on `data`, `epochs` times through, and return the history.

    `data` and `validation` are a tuple (xs, ys), or (x, y) pairs. `loss(predictions, targets)` gives a Value for a
    batch. `optimizer` is plain SGD with lr=0.01 unless given. `batch_size` None takes all examples at once; `shuffle`
    puts them in a new order each epoch, drawn from `seed`. `metrics` are functions like `loss` by name, measured after
    each epoch. Each of `callbacks` is called with the history after each epoch and stops the run by returning True.
    `patience` stops the run when that many epochs brought no loss (the validation's, if there is one) lower than
    before by more than `min_delta`. `restore_best` ends the run, also after Ctrl-C, with the parameters of the epoch
    with the lowest validation loss, `history.best_epoch`. `keep_last` bounds the history to that many last epochs, for
    very long runs. `progress` shows a bar (tqdm); None shows it only in terminals and notebooks. `step(xs, ys)`
    replaces the step.

    Steps are staged (see `StagedStep`), as Python or with `backend="c"` as native code, where that can be done and is
    worth it: not in runs of fewer than 200 examples in all, nor where the model decides something by its data, the
    loss is no mean over examples, or either changes from call to call. `backend="eager"` never stages. The losses are
    the same either way, up to rounding; what came of it is `history.backend`, and why not, `history.note`.

    Ctrl-C ends the run: the history so far is returned. After it, and after any error, model and optimiser are as
    of the last whole step. Raises DivergedError if the loss becomes nan or infinite, ValueError for data or
    numbers that make no sense. Errors from elsewhere carry a note that says in which epoch and batch they came up.

    >>> from tinygrad_edu import datasets, nn
    >>> model = nn.MLP(1, [1], seed=0)
    >>> history = fit(model, datasets.line(), optimizer=nn.SGD(model.parameters(), lr=0.05), epochs=500)
    >>> history.epochs, history.steps, history.loss[-1] < 1e-6
    (500, 500, True)
    """
    if more:
        raise TypeError(f"fit takes the data together: write fit(model, (xs, ys)), got {2 + len(more)} arguments")
    _check_options(model, loss, optimizer, metrics, callbacks, step, min_delta)
    train, held_out = examples(data), None if validation is None else examples(validation)
    size = at_least_one("batch size", len(train[0]) if batch_size is None else batch_size)
    steps = at_least_one("epochs", epochs) * math.ceil(len(train[0]) / size)
    waiting = None if patience is None else Patience(at_least_one("patience", patience), min_delta)
    after_epoch = [callbacks] if callable(callbacks) else list(callbacks)
    optimizer = SGD(model.parameters(), lr=0.01) if optimizer is None else optimizer
    history = History(keep_last=None if keep_last is None else at_least_one("keep_last", keep_last))
    rng = random.Random(seed) if shuffle else None  # noqa: S311 -- nothing secret is drawn
    measures = _Measures(loss, train, held_out, _checked(metrics or {}))
    best = _best(restore_best, held_out, model)
    shape = _Shape(len(train[0]), size, epochs, changes=bool(after_epoch) or not measures.are_ours)
    chosen = FitStep(model, step, backend="own") if step else _step(model, loss, optimizer, backend, shape)
    take = _WholeSteps(chosen, model, optimizer, history)
    try:
        with progress_bar(progress, steps) as advance:
            while not history.stopped:
                mean_loss = _epoch(take, list(batches(train, size, rng=rng)), advance)
                history.backend, history.note = chosen.backend, chosen.note
                take.place = f"what follows epoch {history.epochs + 1}"
                # own context: Ctrl-C while entering or leaving no_grad cannot leave it on
                measured = copy_context().run(measures.of, chosen)
                history.add({"loss": mean_loss, **measured})
                if best:
                    best.look(measured["validation"])
                history.stopped = reason_to_stop(history, after_epoch, epochs, waiting)
                if after_epoch:
                    chosen.forget_examples()
    except KeyboardInterrupt:
        history.stopped = f"interrupted after {history.epochs} epochs and {history.steps} steps"
    except DivergedError:  # it says itself where it came up
        raise
    except Exception as error:
        error.add_note(f"(raised in fit, in {take.place})")
        raise
    finally:
        chosen.come_home()
    if best:
        best.put_back()
    return history


def _check_options(
    model: Trainable,
    loss: object,
    optimizer: object,
    metrics: object,
    callbacks: object,
    step: object,
    min_delta: object,
) -> None:
    expect("fit", A_TRAINABLE, model=model)
    expect("fit", A_FUNCTION, loss=loss)
    expect("fit", A_FUNCTION.or_none, step=step)
    expect("fit", AN_OPTIMIZER.or_none, optimizer=optimizer)
    expect("fit", METRICS.or_none, metrics=metrics)
    expect("fit", CALLBACKS, callbacks=callbacks)
    expect("fit", A_NUMBER, min_delta=min_delta)
    expect_moves("fit", optimizer, model)


def _best(wanted: bool, held_out: object, model: Trainable) -> Best | None:
    if wanted and held_out is None:
        raise ValueError(
            "fit: restore_best needs validation data: the training loss of an epoch is measured batch by batch, while "
            "the parameters move, so it belongs to none of them"
        )
    return Best([*model.parameters()]) if wanted else None


class _Shape(NamedTuple):
    """What decides how steps are taken; `changes` where something of the user's runs between the epochs."""

    examples: int
    size: int
    epochs: int
    changes: bool


def _step(model: Trainable, loss: Loss, optimizer: Stepper, backend: str, shape: _Shape) -> FitStep:
    """The step that `fit` takes by itself: staged, unless that is not wanted or not worth it."""
    if backend not in BACKENDS:
        raise ValueError(f"backend={backend!r}: there are {', '.join(BACKENDS)}")
    if backend == "eager" or (backend == "python" and shape.epochs * shape.examples < WORTH_STAGING):
        return FitStep(model, eager_step(model, loss, optimizer))
    from ..steps.automatic import AutomaticStep  # noqa: PLC0415 - staging is loaded only where it is used

    batches = math.ceil(shape.examples / shape.size)
    return AutomaticStep(model, loss, optimizer, backend=backend, batches=batches, changes=shape.changes)


def _epoch(take: _WholeSteps, in_batches: list[tuple[Examples, Examples]], advance: Advance) -> float:
    """A step with each batch; the mean of their losses, each counted by the size of its batch."""
    total, count, epoch = 0.0, 0, take.history.epochs + 1
    for number, (xs, ys) in enumerate(in_batches, 1):
        take.place = f"epoch {epoch}, batch {number} of {len(in_batches)}"
        loss = take(xs, ys)
        total, count = total + loss * len(xs), count + len(xs)
        advance(epoch, loss)
    return total / count


class _Measures(NamedTuple):
    """What is measured at the end of an epoch: the validation loss and the metrics."""

    loss: Loss
    train: tuple[Examples, Examples]
    held_out: tuple[Examples, Examples] | None
    metrics: Metrics

    @property
    def are_ours(self) -> bool:
        """Whether all metrics are `accuracy`, which takes plain numbers, and changes nothing."""
        return all(getattr(metric, "func", metric) is accuracy for metric in self.metrics.values())

    def of(self, step: FitStep) -> dict[str, float]:
        """The numbers of the model as it is now."""
        if self.held_out is None and not self.metrics:
            return {}
        xs, ys = self.held_out or self.train
        with no_grad():
            predictions, loss = step.examined(xs, ys, as_values=not self.are_ours)
            measured: dict[str, Any] = {}
            if self.held_out is not None:
                measured["validation"] = self.loss(predictions, ys) if loss is None else loss
            measured |= {name: metric(predictions, ys) for name, metric in self.metrics.items()}
        return {name: float(primal(x)) for name, x in measured.items()}


def _checked(metrics: Metrics) -> Metrics:
    taken = [name for name in ("loss", "validation") if name in metrics]
    if taken:
        raise ValueError(f"a metric cannot be called {taken[0]!r}: the history has that name for the loss itself")
    return metrics


# --- a metric --------------------------------------------------------------------------------------------------------


def accuracy(predictions: Sequence[object], targets: Sequence[object], *, threshold: float = 0.0) -> float:
    """The fraction of examples that are classified right, from 0 to 1.

    A prediction of several numbers chooses the class with the largest; the target is the class's number. A single
    number chooses the side of `threshold`, and the target lies on its side: targets -1 and 1 or 0 and 1 with
    threshold 0 for scores, targets 0 and 1 with threshold 0.5 for probabilities. ValueError if the lengths differ.

    >>> accuracy([-2.0, 0.5, 3.0, 1.0], [-1, 1, 1, -1])
    0.75
    >>> accuracy([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2]], [1, 2])
    0.5
    """
    if len(predictions) != len(targets) or len(targets) == 0:
        raise ValueError(f"accuracy of {len(predictions)} predictions for {len(targets)} targets: both must be as many")
    if all(type(p) is list and p and type(p[0]) is float for p in predictions):
        return _of_scores(predictions, targets)
    right = [_is_right(p, y, threshold) for p, y in zip(predictions, targets, strict=True)]
    return right.count(True) / len(right)


def _of_scores(predictions: Any, targets: Sequence[object]) -> float:
    """The same for lists of floats, as staged programs make them: the loops are in C."""
    largest = map(list.index, predictions, map(max, predictions))
    right = [index == y for index, y in zip(largest, targets, strict=True)]
    if math.isnan(sum(map(sum, predictions))):  # perhaps; but inf - inf is nan as well
        right = [yes and not any(map(math.isnan, p)) for yes, p in zip(right, predictions, strict=True)]
    return right.count(True) / len(right)


def _is_right(prediction: Any, target: Any, threshold: float) -> bool:
    if hasattr(prediction, "__len__"):
        scores = [primal(score) for score in prediction]
        return not any(map(math.isnan, scores)) and bool(scores.index(max(scores)) == target)
    score = primal(prediction)
    return not math.isnan(score) and bool((score > threshold) == (target > threshold))
