"""Gradients that vanish, explode or die: a tour of why deep and recurrent networks were hard to train.

`python examples/vanishing.py` prints five small experiments and saves vanishing.svg and healthy.svg, the gradients of
a deep network layer by layer. `python examples/vanishing.py 20` takes 20 steps in the recurrent ones.
"""

import sys
from collections.abc import Callable
from typing import Any

import tinygrad_edu as tg
from tinygrad_edu import datasets, nn, optim, plot
from tinygrad_edu.recurrent import LSTMCell, unroll

# --- 1. depth ----------------------------------------------------------------------------------------------------


def slope_of_chain(activation: Callable[[Any], Any], depth: int, x: float = 0.0) -> float:
    """The derivative of `depth` neurons in a row, each with weight 1 and bias 0, by their input."""
    start = a = tg.Value(x, label="x")
    for _ in range(depth):
        a = activation(a)
    a.backward()
    return float(start.grad)


def depth() -> None:
    """A chain multiplies slopes, and a sigmoid's slope is at most ¼."""
    print("1. Depth: n neurons in a row, weight 1, bias 0, at x = 1. The gradient by x:")
    print()
    print(f"{'n':>3} {'sigmoid':>11} {'at most ¼ⁿ':>11} {'tanh':>11} {'relu':>5}")
    for n in (1, 2, 5, 10, 20):
        sigmoid, tanh, relu = (slope_of_chain(f, n, 1.0) for f in (tg.sigmoid, tg.tanh, tg.relu))
        print(f"{n:>3} {sigmoid:>11.3e} {0.25**n:>11.3e} {tanh:>11.3e} {relu:>5g}")
    print()
    print("tanh x = 2σ(2x) - 1, so its slope at x is four times the sigmoid's at 2x: at most 1, and 1 only at 0.")


# --- 2. and 3. time ----------------------------------------------------------------------------------------------


def recurrent(weight: float, steps: int) -> tuple[tg.Value, tg.Value, tg.Value]:
    """The weight w, the first state h₀ = 1 and the last of h ← w·h, after a backward pass from the last."""
    w, first = tg.Value(weight, label="w"), tg.Value(1.0, label="h0")
    h = first
    for _ in range(steps):
        h = w * h
    h.backward()
    return w, first, h


def time(steps: int) -> None:
    """A recurrent cell multiplies by the same number at every step."""
    print(f"2. Time: the recurrent cell h ← w·h for {steps} steps. The gradient of the last state:")
    print()
    print(f"{'w':>4} {'by h₀':>11} {'by w':>11}")
    for weight in (0.5, 1.0, 1.5):
        w, first, _ = recurrent(weight, steps)
        print(f"{weight:>4} {first.grad:>11.4g} {w.grad:>11.4g}")


def clipping(steps: int) -> None:
    """Clipping caps the step, not the cause."""
    w, first, _ = recurrent(1.5, steps)
    before = w.grad, first.grad
    optim.clip_by_value([w, first], 5.0)
    w.data -= 0.01 * w.grad
    again, _, _ = recurrent(w.data, steps)
    print("3. Clipping each gradient to [-5, 5], and one step with learning rate 0.01:")
    print()
    print(
        f"by w  {before[0]:>10.4g} is clipped to {w.grad:g}: w becomes {w.data:g} and not {1.5 - 0.01 * before[0]:.3g}"
    )
    print(f"by h₀ {before[1]:>10.4g} is clipped to {first.grad:g}")
    print(f"The next gradient by w is {again.grad:.4g}: the step is capped, the cause is still there.")


# --- 4. memory ---------------------------------------------------------------------------------------------------


def slope_of_memory(forget_bias: float, steps: int) -> float:
    """The derivative of an LSTM's last cell state by its first, with all weights 0 and this bias of the forget gate."""
    cell = LSTMCell(1, 1, init="zeros")
    cell.bias_ih[1].data = forget_bias  # the rows are those of the gates i, f, g, o
    first = tg.Value(0.5, label="c0")
    _, (_, (last,)) = unroll(cell, [[0.0]] * steps, ([0.0], [first]))
    last.backward()
    return float(first.grad)


def memory(steps: int) -> None:
    """An LSTM's cell state is a sum, c ← f·c + i·g: its slope is the forget gate f, which can stay open."""
    print(f"4. Memory: the cell state of an LSTM, c ← f·c + i·g, for {steps} steps:")
    print()
    print(f"{'bias of f':>9} {'f':>8} {'last c by first c':>18}")
    for bias in (10.0, 5.0, 0.0):
        print(f"{bias:>9g} {tg.sigmoid(bias):>8.5f} {slope_of_memory(bias, steps):>18.4g}")


# --- 5. death ----------------------------------------------------------------------------------------------------


def revived(activation: str, steps: int = 1000) -> tuple[float, float]:
    """The bias's first gradient and the last loss of a neuron that starts below 0 on every example."""
    xs, ys = [[-1.0], [0.0], [1.0]], [0.0, 1.0, 2.0]
    neuron = nn.Neuron(1, activation=activation, init="zeros")
    neuron.w[0].data, neuron.b.data = 1.0, -3.0
    optimizer = nn.SGD(neuron.parameters(), lr=0.5)
    gradients = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.mse_loss([neuron(x) for x in xs], ys)
        loss.backward()
        gradients.append(float(neuron.b.grad))
        optimizer.step()
    return gradients[0], float(loss.data)


def death() -> None:
    """A ReLU below 0 on every example has slope 0 on every example, and nothing will ever move it."""
    print("5. Death: a neuron that starts at x - 3 and should learn x + 1, for x = -1, 0, 1, 1000 steps:")
    print()
    print(f"{'activation':<11} {'first gradient of b':>19} {'last loss':>10}")
    for activation in ("relu", "leaky_relu"):
        gradient, loss = revived(activation)
        print(f"{activation:<11} {gradient:>19.4g} {loss:>10.4f}")


# --- a whole network ---------------------------------------------------------------------------------------------


def layers(activation: str, init: str) -> list[tuple[str, list[float]]]:
    """The gradients of each of eight layers, for a network that is about to learn the two moons."""
    model = nn.MLP(2, [8] * 7 + [1], activation=activation, init=init, seed=1)
    xs, ys = datasets.moons(20)
    nn.mse_loss([model(x) for x in xs], ys).backward()
    return [(f"layer {i}", [p.grad for p in layer.parameters()]) for i, layer in enumerate(model.layers, start=1)]


def pictures(dark: bool = False) -> dict[str, Any]:
    """The gradients layer by layer: vanishing through sigmoids, and of one size with tanh and Glorot's weights."""
    sick, well = layers("sigmoid", "glorot_uniform"), layers("tanh", "glorot_uniform")
    return {
        "vanishing": plot.gradient_flow(sick, title="Eight layers of sigmoids", dark=dark),
        "healthy": plot.gradient_flow(well, title="Eight layers of tanh", dark=dark),
    }


def main(steps: int = 50) -> None:
    """Print the five experiments and save the pictures of two networks."""
    for experiment in (depth, lambda: time(steps), lambda: clipping(steps), lambda: memory(steps), death):
        experiment()
        print()
    try:
        for name, figure in pictures().items():
            plot.save(figure, f"{name}.svg")
        print("Gradients of whole networks, layer by layer, are in vanishing.svg and healthy.svg.")
    except ImportError as error:  # no matplotlib; the message says how to get it
        print(error)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
