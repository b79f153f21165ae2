"""Exclusive or: what one neuron cannot learn, and a layer in between can.

`python examples/xor.py` trains both and saves xor.svg. `python examples/xor.py 50` trains for 50 epochs.
"""

import sys
from typing import Any

from tinygrad_edu import datasets, nn, plot
from tinygrad_edu.training.loop import History, fit

DATA = datasets.xor()  # the corners of a square; 1 where the coordinates differ, else -1
LEARNING_RATE = 0.2


def one_neuron() -> nn.MLP:
    """w1·x1 + w2·x2 + b: its output is a plane, its decision a straight line."""
    return nn.MLP(2, [1], seed=1)


def network() -> nn.MLP:
    """Three neurons bend the plane; a fourth decides."""
    return nn.MLP(2, [3, 1], activation="tanh", seed=1)


def train(model: nn.MLP, epochs: int) -> History:
    """Gradient descent with all four corners in each step."""
    return fit(model, DATA, optimizer=nn.SGD(model.parameters(), lr=LEARNING_RATE), epochs=epochs)


def picture(model: nn.MLP, dark: bool = False) -> Any:
    """Where in the plane the model says yes."""
    return plot.decision_regions(model, DATA, title="Exclusive or, learned", dark=dark)


def main(epochs: int = 300) -> None:
    """Print what both say to the four corners, and save the picture of the network's decision."""
    neuron, hidden = one_neuron(), network()
    histories = [train(model, epochs) for model in (neuron, hidden)]
    print(f"{'x1':>3} {'x2':>3} {'wanted':>7} {'one neuron':>11} {'3 + 1 neurons':>14}")
    for (x1, x2), y in zip(*DATA, strict=True):
        said = [round(model([x1, x2]).data, 3) + 0.0 for model in (neuron, hidden)]  # + 0.0: no -0.000
        print(f"{x1:>3g} {x2:>3g} {y:>7g} {said[0]:>11.3f} {said[1]:>14.3f}")
    print(f"{'loss':<15} {histories[0].loss[-1]:>11.3f} {histories[1].loss[-1]:>14.3f}")
    print()
    print("A single neuron adds: whatever it says to (0, 0) and (1, 1) together, it says to (0, 1) and (1, 0)")
    print("together. Wanted are -2 and 2, so the best it can do is 0 everywhere, with a loss of 1.")
    try:
        plot.save(picture(hidden), "xor.svg")
        print("The picture is in xor.svg.")
    except ImportError as error:  # no matplotlib; the message says how to get it
        print(error)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
