"""One linear neuron, one example, one step of gradient descent: the smallest thing that learns.

`python examples/linear_neuron.py` prints the loss before and after the step.
"""

import tinygrad_edu as tg

X, Y = 2.1, 4.0  # for the input 2.1 the neuron should say 4
LEARNING_RATE = 0.01


def forward(w: tg.Value, b: tg.Value) -> tuple[tg.Value, tg.Value]:
    """The prediction ŷ = w·x + b and the loss (ŷ - y)²."""
    prediction = w * X + b
    loss = (prediction - Y) ** 2
    return prediction, loss


def main() -> None:
    """Print the forward pass, the backward pass, the step and the new loss."""
    w, b = tg.Value(1.0, label="w"), tg.Value(0.0, label="b")
    prediction, loss = forward(w, b)
    loss.backward()
    print(f"A neuron ŷ = w·x + b with w = 1, b = 0 sees x = {X} and should say y = {Y:g}.")
    print(f"It says ŷ = {prediction.data:.6g}; the loss (ŷ - y)² is {loss.data:.6g}.")
    print()
    print("The backward pass, by the chain rule:")
    print(f"  ∂L/∂ŷ = 2(ŷ - y)  = {prediction.grad:.6g}")
    print(f"  ∂L/∂w = ∂L/∂ŷ · x = {w.grad:.6g}")
    print(f"  ∂L/∂b = ∂L/∂ŷ · 1 = {b.grad:.6g}")
    print()
    print("Both are negative: a larger w and a larger b would lower the loss. So one step against the gradients:")
    w.data -= LEARNING_RATE * w.grad
    b.data -= LEARNING_RATE * b.grad
    _, new_loss = forward(w, b)
    print(f"  w = 1 + {LEARNING_RATE} · {-w.grad:.6g} = {w.data:.6g}")
    print(f"  b = 0 + {LEARNING_RATE} · {-b.grad:.6g} = {b.data:.6g}")
    print()
    print(f"The new loss is {new_loss.data:.6f}: down by {loss.data - new_loss.data:.6f}.")
    print("Again and again, this is training. (Gradients add up: new_loss.zero_grad() before new_loss.backward().)")


if __name__ == "__main__":
    main()
