"""Two half moons told apart: a classifier, judged on points that it has not seen.

`python examples/moons.py` trains it and saves moons.svg. `python examples/moons.py 5` trains for 5 epochs.
"""

import sys
from typing import Any

from tinygrad_edu import datasets, losses, nn, plot
from tinygrad_edu.optim import Adam
from tinygrad_edu.training.loop import History, accuracy, fit

TRAIN, TEST = datasets.split(datasets.moons(120, noise=0.15), test=0.25)


def network() -> nn.MLP:
    """Two coordinates in, one score out: above 0 the model says second moon."""
    return nn.MLP(2, [8, 8, 1], activation="tanh", init="glorot_uniform", seed=1)


def train(model: nn.MLP, epochs: int) -> History:
    """The hinge loss asks for a score on the right side of 0 with a margin of 1, and for nothing beyond."""
    return fit(
        model,
        TRAIN,
        loss=losses.hinge_loss,
        optimizer=Adam(model.parameters(), lr=0.02),
        epochs=epochs,
        batch_size=10,
        validation=TEST,
        metrics={"accuracy": accuracy},
    )


def picture(model: nn.MLP, dark: bool = False) -> Any:
    """The model's regions, with the points that it has not seen."""
    return plot.decision_regions(model, TEST, title="Two moons, and points not seen in training", dark=dark)


def main(epochs: int = 40) -> None:
    """Print how the loss falls and the accuracy rises, and save the picture."""
    model = network()
    history = train(model, epochs)
    print(f"{len(TRAIN[1])} points to train on, {len(TEST[1])} to test on; {model.parameter_count()} parameters.")
    print()
    print(f"{'epoch':>5} {'training loss':>14} {'test loss':>10} {'test accuracy':>14}")
    for epoch in sorted({1, 2, 5, 10, 20, epochs}):
        if epoch <= epochs:
            i = epoch - 1
            right = history["accuracy"][i]
            print(f"{epoch:>5} {history.loss[i]:>14.3f} {history.validation[i]:>10.3f} {right:>14.0%}")
    print()
    try:
        plot.save(picture(model), "moons.svg")
        print("The picture is in moons.svg.")
    except ImportError as error:  # no matplotlib; the message says how to get it
        print(error)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
