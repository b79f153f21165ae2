"""A straight line learned by gradient descent: two parameters, so that the whole loss can be seen.

`python examples/straight_line.py` goes downhill from a bad start and saves straight_line.svg, the path on the map of
the loss. `python examples/straight_line.py 50` takes 50 steps.
"""

import sys
from typing import Any

import tinygrad_edu as tg
from tinygrad_edu import datasets, plot

XS, YS = datasets.line()  # six points: x = 0, 1, …, 5 and y = 5 - x
START = (3.0, 10.0)
LEARNING_RATE = 0.08


def loss(w: Any, b: Any) -> Any:
    """The mean squared error of the line w·x + b: how far it is from the points."""
    return tg.mean((w * x + b - y) ** 2 for (x,), y in zip(XS, YS, strict=True))


def descend(steps: int, learning_rate: float = LEARNING_RATE) -> list[tuple[float, float]]:
    """The points (w, b) of gradient descent, the start included."""
    w, b = tg.Value(START[0], label="w"), tg.Value(START[1], label="b")
    path = [START]
    for _ in range(steps):
        error = loss(w, b)
        error.zero_grad()  # gradients add up: the last step's must not count again
        error.backward()
        w.data -= learning_rate * w.grad
        b.data -= learning_rate * b.grad
        path.append((w.data, b.data))
    return path


def picture(path: list[tuple[float, float]], dark: bool = False) -> Any:
    """The loss over w and b as a map, with the path on it."""
    return plot.loss_surface(
        loss, (-5.5, 4.5), (4, 11), path=path, title="Gradient descent on the loss of a line", dark=dark
    )


def main(steps: int = 100) -> None:
    """Print the way down, what a learning rate too large does, and save the map."""
    path = descend(steps)
    print("The points lie on y = 5 - x; the neuron w·x + b has to find w = -1 and b = 5.")
    print()
    print(f"{'step':>4} {'w':>9} {'b':>9} {'loss':>12}")
    for step in sorted({0, 1, 2, 3, 10, 30, steps}):
        if step <= steps:
            w, b = path[step]
            print(f"{step:>4} {w:>9.4f} {b:>9.4f} {loss(w, b):>12.6f}")
    print()
    print("First it jumps across the valley, then it creeps along its floor. Other learning rates, 30 steps each:")
    print()
    print(f"{'learning rate':>13} {'loss':>12}")
    for learning_rate in (0.001, 0.01, 0.08, 0.1, 0.11):
        w, b = descend(30, learning_rate)[-1]
        print(f"{learning_rate:>13g} {loss(w, b):>12.6g}")
    print()
    print("Too small is slow. Above 0.1013, which is 2 divided by the valley's largest curvature, each jump lands")
    print("higher on the other side.")
    try:
        plot.save(picture(path), "straight_line.svg")
        print("The map is in straight_line.svg.")
    except ImportError as error:  # no matplotlib; the message says how to get it
        print(error)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
