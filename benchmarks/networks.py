"""Training with `nn`, a loss and an optimiser, beside micrograd's `nn.py` on micrograd, and PyTorch.

Every contestant starts from the same parameters, and goes on in each call from where it is, as in training. A call
returns a function that gives the loss and the parameters, for the comparison after the first.
"""

import importlib
from array import array
from collections.abc import Callable
from functools import partial
from typing import Any

import tinygrad_edu as tg
from tinygrad_edu import datasets, losses, nn
from tinygrad_edu.staging import jit, mean_over
from tinygrad_edu.staging.staged import Staged
from tinygrad_edu.steps.staged_step import StagedStep
from tinygrad_edu.transforms import value_and_grad
from tinygrad_edu.trees.tree import flatten

from . import moons
from .timing import Work

RATE, PENALTY = moons.STEP_SIZE, moons.PENALTY
CURVE_RATE = 0.001
Make = Callable[[], Work]
Answer = Callable[[], list[float]]


class Training:
    """A network with the numbers it starts from, an optimiser, and the examples."""

    def __init__(self, sizes: list[int], xs: Any, ys: Any, rate: float) -> None:
        self.sizes, self.xs, self.ys = sizes, xs, ys
        self.model = nn.MLP(sizes[0], sizes[1:], seed=2)
        self.parameters = self.model.parameters()
        self.start = [p.data for p in self.parameters]
        self.optimizer = nn.SGD(self.parameters, lr=rate)

    def after(self, loss: float) -> list[float]:
        """The loss, and the parameters as they are now."""
        return [loss, *(p.data for p in self.parameters)]


def moons_training(samples: int) -> Training:
    """The moons classifier 2-16-16-1."""
    return Training([2, 16, 16, 1], *moons.moons(samples), RATE)


def curve_training(points: int) -> Training:
    """The sine curve, learned by 1-8-8-8-1 from one example at a time."""
    return Training([1, 8, 8, 8, 1], *datasets.curve("sin", points), CURVE_RATE)


# --- a training step on the moons ------------------------------------------------------------------------------


def eager_moons(samples: int) -> Work:
    """Forward, zero the gradients, backward, step: as a beginner writes it."""
    training = moons_training(samples)

    def step() -> Answer:
        loss = _penalised(training)([training.model(x) for x in training.xs], training.ys)
        training.optimizer.zero_grad()
        loss.backward()
        training.optimizer.step()
        return partial(training.after, loss.data)

    return step


def paused(work: Work) -> Work:
    """The same with the cyclic collector paused."""

    def step() -> Any:
        with tg.paused_collector():
            return work()

    return step


def staged_moons(samples: int, backend: str) -> Work:
    """The same with a staged step; C reads the examples where they are, as PyTorch does."""
    training = moons_training(samples)
    xs, ys = (_buffer(training.xs), _buffer(training.ys)) if backend == "c" else (training.xs, training.ys)
    staged = StagedStep(training.model, _penalised(training), training.optimizer, backend=backend)

    def step() -> Answer:
        return partial(training.after, staged(xs, ys))

    return step


def _buffer(rows: list[Any]) -> memoryview:
    """The same numbers in one piece of memory."""
    numbers = memoryview(array("d", flatten(rows)[0]))
    return numbers if type(rows[0]) is float else numbers.cast("B").cast("d", (len(rows), len(rows[0])))


def _penalised(training: Training) -> Callable[[Any, Any], Any]:
    """The hinge loss with a penalty on the weights."""
    return lambda scores, ys: losses.hinge_loss(scores, ys) + losses.l2_penalty(training.parameters, PENALTY)


def whole_step_staged(samples: int, backend: str) -> Work:
    """The update of the parameters in the staged program too: numbers in, numbers out, no Values."""
    training = moons_training(samples)
    step = staged_update(training.sizes, backend)
    return lambda: step(training.start, training.xs, training.ys)


def staged_update(sizes: list[int], backend: str) -> Staged:
    """A function of parameters and a batch: the loss, and the parameters after a step of gradient descent."""

    def loss(p: list[Any], xs: Any, ys: Any) -> Any:
        hinge = mean_over(lambda x, y: tg.relu(1 - y * score(sizes, p, x)), xs, ys)
        return hinge + losses.l2_penalty(p, PENALTY)

    def moved(p: list[Any], xs: Any, ys: Any) -> Any:
        value, gradients = value_and_grad(loss)(p, xs, ys)
        return value, [pi - RATE * g for pi, g in zip(p, gradients, strict=True)]

    return jit(moved, batched=("xs", "ys"), backend=backend)


def score(sizes: list[int], p: list[Any], x: list[Any]) -> Any:
    """The network as a function of its parameters, layer by layer, for each neuron the weights and then the bias."""
    numbers = iter(p)
    for nout in sizes[1:]:
        z = [tg.dot([next(numbers) for _ in x], x) + next(numbers) for _ in range(nout)]
        x = [tg.relu(zi) for zi in z]
    return z[0]


def micrograd_moons(samples: int) -> Work:
    """micrograd's demo: its network, max-margin loss, regularisation, and a step by hand."""
    training = moons_training(samples)
    model, parameters = _micrograd_model(training)

    def step() -> Answer:
        scores = [model(x) for x in training.xs]
        hinge = [(1 + -y * score).relu() for y, score in zip(training.ys, scores, strict=True)]
        loss = sum(hinge) * (1.0 / len(hinge)) + PENALTY * sum(p * p for p in parameters)
        model.zero_grad()
        loss.backward()
        for p in parameters:
            p.data -= RATE * p.grad
        return lambda: [loss.data, *(p.data for p in parameters)]

    return step


def torch_moons(samples: int) -> Work:
    """PyTorch with matrices for the whole batch."""
    import torch  # noqa: PLC0415 - only where it is installed

    training = moons_training(samples)
    model, numbers = _torch_model(torch, training)
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    xs, ys = (torch.tensor(each, dtype=torch.float64) for each in (training.xs, training.ys))

    def step() -> Answer:
        loss = torch.relu(1 - ys * model(xs)[:, 0]).mean()
        loss = loss + PENALTY * sum((p * p).sum() for p in model.parameters())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return partial(numbers, loss)

    return step


# --- an epoch of single examples -------------------------------------------------------------------------------


def eager_curve(points: int) -> Work:
    """An update after each example."""
    training = curve_training(points)

    def epoch() -> Answer:
        total = 0.0
        for x, y in zip(training.xs, training.ys, strict=True):
            loss = losses.mse_loss(training.model(x), y)
            training.optimizer.zero_grad()
            loss.backward()
            training.optimizer.step()
            total += loss.data
        return partial(training.after, total)

    return epoch


def staged_curve(points: int, backend: str) -> Work:
    """The same with a staged step, on batches of one."""
    training = curve_training(points)
    step = StagedStep(training.model, losses.mse_loss, training.optimizer, backend=backend)

    def epoch() -> Answer:
        total = 0.0
        for x, y in zip(training.xs, training.ys, strict=True):
            total += step([x], [y])
        return partial(training.after, total)

    return epoch


def micrograd_curve(points: int) -> Work:
    """The same on micrograd."""
    training = curve_training(points)
    model, parameters = _micrograd_model(training)

    def epoch() -> Answer:
        total = 0.0
        for x, y in zip(training.xs, training.ys, strict=True):
            loss = (model(x) - y) ** 2
            model.zero_grad()
            loss.backward()
            for p in parameters:
                p.data -= CURVE_RATE * p.grad
            total += loss.data
        return lambda: [total, *(p.data for p in parameters)]

    return epoch


def torch_curve(points: int) -> Work:
    """The same in PyTorch."""
    import torch  # noqa: PLC0415 - only where it is installed

    training = curve_training(points)
    model, numbers = _torch_model(torch, training)
    optimizer = torch.optim.SGD(model.parameters(), lr=CURVE_RATE)
    xs, ys = (torch.tensor(each, dtype=torch.float64) for each in (training.xs, training.ys))

    def epoch() -> Answer:
        total = torch.zeros((), dtype=torch.float64)
        for x, y in zip(xs, ys, strict=True):
            loss = (model(x)[0] - y) ** 2
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach()
        return partial(numbers, total)

    return epoch


# --- the others' networks, with our numbers ----------------------------------------------------------------------


def _micrograd_model(training: Training) -> tuple[Any, list[Any]]:
    """The network with our numbers."""
    model = importlib.import_module("micrograd.nn").MLP(training.sizes[0], training.sizes[1:])
    for p, number in zip(model.parameters(), training.start, strict=True):
        p.data = number
    return model, model.parameters()


def _torch_model(torch: Any, training: Training) -> tuple[Any, Callable[[Any], list[float]]]:
    """The network with our numbers, and a function that lists a loss and its numbers in our order."""
    torch.set_num_threads(1)  # its best: with more, on a busy machine, they wait for each other
    linears = [torch.nn.Linear(layer.neurons[0].nin, len(layer.neurons)).double() for layer in training.model.layers]
    parts = [part for linear in linears for part in (linear, torch.nn.ReLU())]
    model = torch.nn.Sequential(*parts[:-1])
    first = []
    for layer in training.model.layers:
        first.append(torch.tensor([[w.data for w in neuron.w] for neuron in layer.neurons], dtype=torch.float64))
        first.append(torch.tensor([neuron.b.data for neuron in layer.neurons], dtype=torch.float64))
    with torch.no_grad():
        for p, numbers_of_p in zip(model.parameters(), first, strict=True):
            p.copy_(numbers_of_p)

    def numbers(loss: Any) -> list[float]:
        rows = [torch.cat([linear.weight, linear.bias[:, None]], dim=1).flatten() for linear in linears]
        return [loss.item(), *torch.cat(rows).tolist()]

    return model, numbers
