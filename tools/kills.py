"""Kills processes that save a model, at random moments, and looks at what is there: `make kills N=500`.

Each process saves two states in turn to one file, as fast as it can, and is killed with SIGKILL after up to 20 ms. Then
the file must be one of the two, to the last byte.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tinygrad_edu import nn, saving

Save = Callable[[nn.Module, Path], None]
LONGEST = 0.02  # seconds that a process lives


def in_place(model: nn.Module, path: Path) -> None:
    """Saving that is not atomic, for the test of this tool."""
    text = saving.to_json(model)
    with path.open("w", encoding="utf-8") as file:
        for i in range(0, len(text), 500):
            file.write(text[i : i + 500])
            file.flush()


def damaged(count: int, save: Save, seed: int = 0) -> int:
    """In how many of so many kills the file was neither of the two states."""
    rng = random.Random(seed)
    models = [nn.MLP(8, [16, 8, 1], seed=1), nn.MLP(8, [16, 8, 1], seed=2)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        states = set()
        for model in models:
            save(model, path)
            states.add(path.read_bytes())
        bad = 0
        for _ in range(count):
            _killed(lambda: _save_for_ever(models, path, save), rng.uniform(0.0, LONGEST))
            bad += path.read_bytes() not in states
            save(models[0], path)
    return bad


def _save_for_ever(models: Sequence[nn.Module], path: Path, save: Save) -> None:
    while True:
        for model in models:
            save(model, path)


def _killed(work: Callable[[], None], seconds: float) -> None:
    """Do this in a process of its own, and kill it after some time."""
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(1)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        raise RuntimeError("the process that saves has ended by itself")


def main(arguments: list[str] | None = None) -> int:
    """0 if no file was damaged."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("count", nargs="?", type=int, default=500)
    parser.add_argument("--in-place", action="store_true", help="with saving that is not atomic, to see the difference")
    options = parser.parse_args(arguments)
    bad = damaged(options.count, in_place if options.in_place else saving.save)
    sys.stdout.write(f"{options.count} kills, {bad} damaged files\n")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
