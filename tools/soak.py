"""Trains for as long as you say with Python's collector off, and shows that memory stays flat: `make soak MINUTES=60`.

Nothing but reference counts frees memory here, so a single cycle in each step would show. It is one run of `fit`, its
steps staged and its history bounded. Between its epochs, other networks are trained by hand and by `fit` step by step,
functions are differentiated in both modes, a model is saved and loaded. Each minute a line says how many epochs are
done, how many blocks of memory Python holds, and how much memory the process has. The first tenth is for warming up;
after it, both may grow by 5 %.
"""

import argparse
import gc
import math
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import tinygrad_edu as tg
from tinygrad_edu import datasets, losses, nn, saving

MORE = 1.05  # at the end than after warming up: CPython itself keeps up to 2,000 freed tuples of each length


class Reading(NamedTuple):
    """What the process holds at one moment."""

    seconds: float
    epochs: int
    blocks: int
    megabytes: float

    def __str__(self) -> str:
        return (
            f"{self.seconds / 60:6.1f} min {self.epochs:12,} epochs {self.blocks:10,} blocks {self.megabytes:8.2f} MB\n"
        )


def megabytes() -> float:
    """The memory of this process that is in use; nan where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, IndexError):
        return math.nan
    return pages * 4096 / 2**20


def by_hand() -> None:
    """A training loop as in a lesson."""
    model = nn.MLP(2, [4, 1], seed=1)
    optimizer = nn.Adam(model.parameters(), lr=0.05)
    for x, y in zip(*datasets.xor(), strict=True):
        loss = losses.mse_loss([model(x)], [y])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def by_fit() -> None:
    """A training run whose steps are taken eagerly."""
    tg.fit(nn.MLP(2, [3, 1], seed=2), datasets.xor(), epochs=5, backend="eager", progress=False)


def by_transforms() -> None:
    """Derivatives of functions, in both modes and twice."""

    def f(x: float, y: float) -> float:
        return tg.tanh(x * y) + x / (1 + y * y)

    tg.grad(f, (0, 1))(0.5, 0.25)
    tg.grad(tg.grad(f))(0.5, 0.25)
    tg.jvp(f, (0.5, 0.25), (1.0, 0.0))


def by_files() -> None:
    """A model is saved and loaded."""
    with tempfile.TemporaryDirectory() as folder:
        model = nn.MLP(2, [2, 1], seed=3)
        saving.save(model, f"{folder}/model.json")
        saving.load(model, f"{folder}/model.json")


BETWEEN = (by_hand, by_fit, by_transforms, by_files)
EPOCHS = 200  # from one of those to the next


class Watch:
    """What is called after each epoch: does the other work, reads memory, stops the run when the time is over."""

    def __init__(self, minutes: float, write: Callable[[str], object]) -> None:
        self.minutes, self.write = minutes, write
        self.begin, self.last = time.monotonic(), 0.0
        self.first: Reading | None = None

    def reading(self, epochs: int) -> Reading:
        """What the process holds now, written down."""
        found = Reading(time.monotonic() - self.begin, epochs, sys.getallocatedblocks(), megabytes())
        self.write(str(found))
        return found

    def __call__(self, history: tg.History) -> bool:
        """Whether the time is over."""
        if history.epochs % EPOCHS:
            return False
        BETWEEN[history.epochs // EPOCHS % len(BETWEEN)]()
        seconds = time.monotonic() - self.begin
        if self.first is None and seconds >= 6 * self.minutes and history.epochs >= EPOCHS * len(BETWEEN):
            self.first = self.reading(history.epochs)
        elif seconds - self.last >= 60:
            self.last = seconds
            self.reading(history.epochs)
        return self.first is not None and seconds >= 60 * self.minutes


def soak(minutes: float, write: Callable[[str], object]) -> bool:
    """Train until the time is over; whether memory stayed flat after the first tenth."""
    model, watch = nn.MLP(2, [4, 1], seed=0), Watch(minutes, write)
    optimizer = nn.Adam(model.parameters(), lr=0.001)
    history = tg.fit(
        model, datasets.xor(), optimizer=optimizer, epochs=10**12, callbacks=watch, keep_last=100, progress=False
    )
    end = watch.reading(history.epochs)
    write(f"steps: {history.backend}{history.note}; parameters: {[round(p.data, 3) for p in model.parameters()]}\n")
    return is_flat(watch.first or end, end)


def is_flat(first: Reading, end: Reading) -> bool:
    """Whether there is hardly more at the end."""
    return end.blocks <= MORE * first.blocks and not end.megabytes > MORE * first.megabytes


def main(arguments: list[str] | None = None) -> int:
    """0 if memory stayed flat, 1 if it grew."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("minutes", nargs="?", type=float, default=60.0)
    options = parser.parse_args(arguments)

    def write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    gc.collect()
    gc.disable()
    try:
        is_flat = soak(options.minutes, write)
        freed = gc.collect()
    finally:
        gc.enable()
    write(f"{'flat' if is_flat else 'GROWN'}; the collector, run once at the end, found {freed:,} objects\n")
    return int(not is_flat)


if __name__ == "__main__":
    sys.exit(main())
