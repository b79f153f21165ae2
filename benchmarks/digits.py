"""Classifiers of images beside PyTorch: a training step at four sizes, and epochs on scikit-learn's digits."""

import importlib.util
import itertools
import random
from functools import partial
from typing import Any

from tinygrad_edu import StagedStep, losses, nn
from tinygrad_edu.native.compiler import compilers
from tinygrad_edu.training.loop import accuracy, fit

from .native import NO_COMPILER
from .race import Contestant, Promise, compared, race
from .report import Section, duration
from .sizes import Sizes
from .timing import Timing, Work, check_agreement, seconds_per_call

BATCH, RATE = 32, 1e-3
FIRST, MORE = 5, 40  # epochs: a run of the first ones stages, compiles and compares; more of them show what one takes
DIGITS = (64, 32, 10)
FASTER = {(2, 16, 16, 1): 20, (64, 32, 10): 8, (64, 64, 10): 4, (784, 32, 10): 1}  # than PyTorch, at least
OURS, TORCH = "{}, StagedStep in C", "{}, PyTorch, one thread"
FIT, TORCH_FIT = "fit in C", "PyTorch, one thread"
NO_DIGITS = "scikit-learn and NumPy are not installed, so it is skipped: `pip install scikit-learn numpy`."
Batch = tuple[Any, Any]


def against_torch(sizes: Sizes) -> Section:
    """Whole steps with arrays of a batch: cross-entropy, or the mean squared error of a single output, and SGD."""
    title = f"classifiers: a training step on {BATCH} examples, relu, SGD, arrays of float64"
    if next(compilers(), None) is None or importlib.util.find_spec("numpy") is None:
        return Section(title, (), (), (NO_COMPILER if importlib.util.find_spec("numpy") else NO_DIGITS,))
    contestants, promises = {}, []
    for shape in FASTER if sizes.calls > 1 else [(3, 5, 2)]:
        name = "-".join(map(str, shape))
        contestants[OURS.format(name)] = Contestant(partial(step, shape))
        contestants[TORCH.format(name)] = Contestant(partial(torch_step, shape), "torch")
        promises.append(Promise(OURS.format(name), TORCH.format(name), FASTER.get(shape, 1)))
    sections = [
        race(title, {x: contestants[x] for x in (each.fast, each.slow)}, each.slow, [each], sizes, 20)
        for each in promises
    ]
    return Section(
        title,
        ("contestant", "per call", "as fast as PyTorch, times"),
        [row for section in sections for row in section.rows],
        sorted({note for section in sections for note in section.notes}),
        [bound for section in sections for bound in section.bounds],
        {name: seconds for section in sections for name, seconds in section.seconds.items()},
        {name for section in sections for name in section.ours},
    )


def digits(sizes: Sizes) -> Section:
    """An epoch over 1,437 of the 1,797 images, with the loss and the accuracy of the others after it.

    It is the time of a longer run less that of a short one, by the number of epochs more.
    """
    title = f"digits: an epoch of scikit-learn's digits, {'-'.join(map(str, DIGITS))}, batches of {BATCH}, Adam"
    if any(importlib.util.find_spec(name) is None for name in ("numpy", "sklearn")):
        return Section(title, (), (), (NO_DIGITS,))
    if next(compilers(), None) is None:
        return Section(title, (), (), (NO_COMPILER,))
    first, more = (FIRST, MORE) if sizes.calls > 1 else (1, 1)
    makes = {FIT: epochs, TORCH_FIT: torch_epochs} if importlib.util.find_spec("torch") else {FIT: epochs}
    check_agreement({name: make(sizes, first)() for name, make in makes.items()})
    starts: dict[str, list[float]] = {name: [] for name in makes}
    further: dict[str, list[float]] = {name: [] for name in makes}
    for _ in range(sizes.rounds):
        for name, make in makes.items():
            starts[name].append(seconds_per_call(make(sizes, first), 1))
            whole = seconds_per_call(make(sizes, first + more), 1)
            further[name].append(max(whole - starts[name][-1], 1e-9) / more)
    took = ", ".join(f"{name} {duration(Timing(tuple(each)).median)}" for name, each in starts.items())
    notes = [f"The first {first} epochs, with all that a run begins with: {took}."]
    timings = {name: Timing(tuple(each)) for name, each in further.items()}
    return compared(title, timings, TORCH_FIT, [Promise(FIT, TORCH_FIT, 5)], notes, {FIT})


# --- ours ------------------------------------------------------------------------------------------------------------


def batch(shape: tuple[int, ...]) -> Batch:
    """Random inputs, and classes from 0 or numbers as targets."""
    import numpy as np  # noqa: PLC0415 - only where it is installed

    drawn = random.Random(1)
    xs = [[drawn.gauss(0.0, 1.0) for _ in range(shape[0])] for _ in range(BATCH)]
    ys = [i % shape[-1] if shape[-1] > 1 else drawn.gauss(0.0, 1.0) for i in range(BATCH)]
    return np.array(xs), np.array(ys)


def step(shape: tuple[int, ...]) -> Work:
    """A staged step; its answer is the loss."""
    model = nn.MLP(shape[0], list(shape[1:]), seed=2)
    loss = losses.cross_entropy if shape[-1] > 1 else losses.mse_loss
    own, (xs, ys) = StagedStep(model, loss, nn.SGD(model.parameters(), lr=1e-6), backend="c"), batch(shape)
    return lambda: round(own(xs, ys), 6)


def images(sizes: Sizes) -> tuple[Batch, Batch]:
    """Training and validation data: every fifth image is for validation."""
    from sklearn.datasets import load_digits  # noqa: PLC0415 - only where it is installed

    found = load_digits()
    xs, ys = found.data / 16.0, found.target
    if sizes.calls == 1:
        xs, ys = xs[:50], ys[:50]
    held = [i % 5 == 0 for i in range(len(xs))]
    kept = [not each for each in held]
    return (xs[kept], ys[kept]), (xs[held], ys[held])


def epochs(sizes: Sizes, count: int) -> Work:
    """Train from the same start, for so many epochs; the answer is the validation's last loss and accuracy."""
    data, validation = images(sizes)

    def work() -> list[float]:
        model = nn.MLP(DIGITS[0], list(DIGITS[1:]), seed=2)
        history = fit(
            model, data, loss=losses.cross_entropy, optimizer=nn.Adam(model.parameters(), lr=RATE), epochs=count,
            batch_size=BATCH, shuffle=False, validation=validation, metrics={"accuracy": accuracy},
            backend="c", progress=False,
        )  # fmt: skip
        return [round(history.validation[-1], 6), history["accuracy"][-1]]

    return work


# --- PyTorch ---------------------------------------------------------------------------------------------------------


def torch_model(torch: Any, shape: tuple[int, ...]) -> Any:
    """The same network with the same numbers, in float64."""
    torch.set_num_threads(1)
    numbers = iter([p.data for p in nn.MLP(shape[0], list(shape[1:]), seed=2).parameters()])
    layers: list[Any] = []
    for n, m in itertools.pairwise(shape):
        layer = torch.nn.Linear(n, m, dtype=torch.float64)
        rows = torch.tensor([[next(numbers) for _ in range(n + 1)] for _ in range(m)], dtype=torch.float64)
        layer.weight.data, layer.bias.data = rows[:, :-1].contiguous(), rows[:, -1].contiguous()
        layers += [layer, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def torch_step(shape: tuple[int, ...]) -> Work:
    """The same step with matrices."""
    import torch  # noqa: PLC0415 - only where it is installed

    model, (xs, ys) = torch_model(torch, shape), map(torch.from_numpy, batch(shape))
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)
    is_class = shape[-1] > 1

    def work() -> float:
        outputs = model(xs)
        loss = torch.nn.functional.cross_entropy(outputs, ys) if is_class else ((outputs[:, 0] - ys) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return round(loss.item(), 6)

    return work


def torch_epochs(sizes: Sizes, count: int) -> Work:
    """The same epochs."""
    import torch  # noqa: PLC0415 - only where it is installed

    (xs, ys), (own_xs, own_ys) = (map(torch.from_numpy, each) for each in images(sizes))
    cross_entropy = torch.nn.functional.cross_entropy

    def work() -> list[float]:
        model = torch_model(torch, DIGITS)
        optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
        for _ in range(count):
            for i in range(0, len(xs), BATCH):
                loss = cross_entropy(model(xs[i : i + BATCH]), ys[i : i + BATCH])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            with torch.no_grad():
                outputs = model(own_xs)
                validation = float(cross_entropy(outputs, own_ys))
                accuracy = float((outputs.argmax(1) == own_ys).double().mean())
        return [round(validation, 6), accuracy]

    return work
