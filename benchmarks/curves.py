"""How well a network 1-8-8-8-1 learns a curve, over many seeds: `python -m benchmarks.curves`.

The loss is the mean squared error on all the points with the parameters as they are after an epoch (an epoch's mean
over its steps, which the parameters moved through, is somewhat larger). Its median must lie in the range that 80 % of
300 seeds fell into when this exercise was measured with another library. That library's weights had a smaller spread:
cutting a normal distribution off at two standard deviations narrows it to 0.88 of them, and that was not made up for.
With `--narrow` ours are drawn in this way too.
"""

import argparse
import random
import statistics
import time
from collections.abc import Iterable

from tinygrad_edu import datasets, nn
from tinygrad_edu.core.recording import no_grad
from tinygrad_edu.networks.initialisation import TRUNCATED_SD, Source, glorot_truncated
from tinygrad_edu.steps.staged_step import StagedStep

SIZES = [8, 8, 8, 1]
LEARNING_RATE = 0.001
STUCK = 5.0  # a loss above this after training: the network has died
EXPECTED = {
    "sin": (0.026, 0.27),
    "cos": (0.018, 0.24),
    "tanh": (0.0005, 0.0015),
}  # of tanh only the median is known: 0.001


def narrow(source: Source, nin: int, nout: int) -> float:
    """Normal, cut off at two of the standard deviations √(2/(nin + nout)): what is left has 0.88 of that."""
    return TRUNCATED_SD * glorot_truncated(source, nin, nout)


class Losses:
    """The losses of one network: on all the points before the first epoch and after each that was asked for."""

    def __init__(self, curve: str, *, is_narrow: bool = False) -> None:
        self.xs, self.ys = datasets.curve(curve)
        self.init = narrow if is_narrow else glorot_truncated
        self.model = nn.MLP(1, SIZES, seed=0)
        self.gradients = StagedStep(self.model, nn.mse_loss).staged  # one program for all the seeds

    def of(self, seed: int, epochs: Iterable[int]) -> dict[int, float]:
        """The loss after each of the epochs, from the weights and the order of the points that the seed gives."""
        rng = random.Random(seed)
        p = [each.data for each in nn.MLP(1, SIZES, init=self.init, seed=seed).parameters()]
        examples = [([x], [y]) for x, y in zip(self.xs, self.ys, strict=True)]
        asked, losses = set(epochs), {}
        for epoch in range(max(asked) + 1):
            if epoch in asked:
                losses[epoch] = self.now(p)
            rng.shuffle(examples)
            for x, y in examples if epoch < max(asked) else ():
                _, gradients = self.gradients(p, x, y)
                p = [pi - LEARNING_RATE * g for pi, g in zip(p, gradients, strict=True)]
        return losses

    def now(self, p: list[float]) -> float:
        """The mean squared error on all the points."""
        for each, number in zip(self.model.parameters(), p, strict=True):
            each.data = number
        with no_grad():
            return float(nn.mse_loss([self.model(x) for x in self.xs], self.ys).data)


def spread(losses: list[float]) -> tuple[float, float, float]:
    """The median, and the numbers that 10 % and 90 % lie below."""
    tenths = statistics.quantiles(losses, n=10, method="inclusive")
    return statistics.median(losses), tenths[0], tenths[-1]


def main() -> None:
    """Print a table in Markdown; exit with 1 if a median after 500 epochs is out of its range."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.curves", description=__doc__.split("\n", 1)[0])
    parser.add_argument("curves", nargs="*", metavar="curve", help="sin, cos, tanh; all of them unless given")
    parser.add_argument("--seeds", type=int, default=20, help="how many (20)")
    parser.add_argument("--epochs", type=int, default=500, help="how long (500); the ranges hold for 500")
    parser.add_argument("--narrow", action="store_true", help="weights of the smaller spread of the other library")
    options = parser.parse_args()
    start, outside = time.perf_counter(), []
    epochs = [epoch for epoch in (0, 100, 500, 2000) if epoch < options.epochs] + [options.epochs]
    print(f"{options.seeds} seeds: the loss's median [10 % to 90 %]\n")
    print(f"| curve | {' | '.join(f'epoch {epoch}' for epoch in epochs)} | above {STUCK:g} |")
    print(f"|---|{'---|' * len(epochs)}---|")
    for curve in options.curves or EXPECTED:
        network = Losses(curve, is_narrow=options.narrow)
        runs = [network.of(seed, epochs) for seed in range(options.seeds)]
        cells = ["{:.3g} [{:.2g} to {:.2g}]".format(*spread([run[epoch] for run in runs])) for epoch in epochs]
        stuck = sum(run[epochs[-1]] > STUCK for run in runs)
        print(f"| {curve} | {' | '.join(cells)} | {stuck} of {len(runs)} |", flush=True)
        low, high = EXPECTED[curve]
        if 500 in epochs and not low <= statistics.median(run[500] for run in runs) <= high:
            outside.append(f"{curve} is not in {low} to {high}")
    verdict = "; ".join(outside) or ("all in range" if 500 in epochs else "not measured")
    print(f"\n{time.perf_counter() - start:.0f} s. Medians after 500 epochs: {verdict}")
    raise SystemExit(bool(outside))


if __name__ == "__main__":
    main()
