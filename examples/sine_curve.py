"""A sine curve learned by a network 1-8-8-8-1 of ReLUs, one point at a time.

`python examples/sine_curve.py` trains it for 200 epochs and saves sine_curve.svg. With `500 cos` after it, it trains
for 500 epochs on a cosine; there is tanh too.
"""

import sys
from typing import Any

import tinygrad_edu as tg
from tinygrad_edu import StagedStep, datasets, nn, plot
from tinygrad_edu.training.loop import History, fit

LEARNING_RATE = 0.001


def network(seed: int = 0) -> nn.MLP:
    """Weights from a truncated normal distribution of variance 2/(inputs + outputs), biases 0, a linear output."""
    return nn.MLP(1, [8, 8, 8, 1], init="glorot_truncated", seed=seed)


def loss_on(model: nn.MLP, data: Any) -> float:
    """The mean squared error on all the points, with the parameters as they are now."""
    xs, ys = data
    with tg.no_grad():
        return float(nn.mse_loss([model(x) for x in xs], ys).data)


def train(model: nn.MLP, data: Any, epochs: int, seed: int = 0) -> dict[int, float]:
    """Plain stochastic gradient descent, a step for each point, in a new order each epoch.

    The forward and backward pass of a step are written down once as a plain program (staged), and run from then on:
    the same numbers, much sooner. Returns the loss on all the points before the first epoch and after some of them.
    """
    losses = {0: loss_on(model, data)}
    optimizer = nn.SGD(model.parameters(), lr=LEARNING_RATE)
    gradients = StagedStep(model, nn.mse_loss)

    def step(xs: list[Any], ys: list[Any]) -> float:
        optimizer.zero_grad()
        loss = gradients(xs, ys)
        optimizer.step()
        return loss

    def keep(history: History) -> None:
        if history.epochs in (1, 10, 30, 100, epochs):
            losses[history.epochs] = loss_on(model, data)

    fit(model, data, step=step, optimizer=optimizer, epochs=epochs, batch_size=1, seed=seed, callbacks=keep)
    return losses


def picture(model: nn.MLP, data: Any, dark: bool = False) -> Any:
    """The curve over the points."""
    return plot.learned_curve(model, data, title="A curve of straight pieces", dark=dark)


def main(epochs: int = 200, curve: str = "sin") -> None:
    """Print how the loss falls, and save the picture of the curve."""
    data, model = datasets.curve(curve), network()
    print(f"5 · {curve} x at {len(data[0])} points; {model.parameter_count()} parameters")
    print()
    losses = train(model, data, epochs)
    print(f"{'epoch':>5} {'loss':>8}")
    for epoch, loss in losses.items():
        print(f"{epoch:>5} {loss:>8.4f}")
    print()
    try:
        plot.save(picture(model, data), "sine_curve.svg")
        print("The picture is in sine_curve.svg.")
    except ImportError as error:  # no matplotlib; the message says how to get it
        print(error)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 200, *sys.argv[2:3])
