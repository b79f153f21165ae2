"""A sigmoid neuron learns for one step: forward, backward, update, and a better output.

`python examples/sigmoid_neuron.py` prints every quantity and saves sigmoid_neuron.svg. The weights and
inputs are those of the notes on backpropagation of Stanford's course CS231n. The last column has what comes out by
hand, with a rounded to 0.73 and a slip that is often made.
"""

import tinygrad_edu as tg

INPUTS = [-1.0, -2.0]
TARGET = 1.0
LEARNING_RATE = 1.0


def parameters() -> tuple[list[tg.Value], tg.Value]:
    """The weights and the bias to start from."""
    w = [tg.Value(2.0, label="w1"), tg.Value(-3.0, label="w2")]
    b = tg.Value(-3.0, label="b")
    return w, b


def forward(w: list[tg.Value], b: tg.Value) -> tuple[tg.Value, tg.Value, tg.Value]:
    """The weighted input z = w·x + b, the output a = σ(z), and the cost C = ½(a - y)²."""
    z = tg.dot(w, INPUTS) + b
    a = tg.sigmoid(z)
    cost = (a - TARGET) ** 2 / 2
    z.label, a.label, cost.label = "z", "a", "C"
    return z, a, cost


def step(parameters: list[tg.Value]) -> None:
    """Gradient descent: every parameter goes a little against its gradient, which lowers the cost."""
    for p in parameters:
        p.data -= LEARNING_RATE * p.grad


def main() -> None:
    """Print the neuron before and after the step, and save the picture of the backward pass."""
    w, b = parameters()
    z, a, cost = forward(w, b)
    cost.backward()

    print("A sigmoid neuron: z = w1·x1 + w2·x2 + b, a = σ(z), C = ½(a - y)²")
    print("at w = [2, -3], b = -3, x = [-1, -2], y = 1")
    print()
    print(f"{'quantity':<24} {'exact':>12}   by hand")
    for quantity, exact, remark in [
        ("z", z.data, "1"),
        ("a = σ(z)", a.data, "0.73"),
        ("C", cost.data, "0.0729 if the ½ is forgotten: (1 - 0.73)²"),
        ("∂C/∂a = a - y", a.grad, "-0.27, from the rounded a, as all that follow"),
        ("σ′(z) = a·(1 - a)", a.local_grads[0], "0.1971"),
        ("∂C/∂z = ∂C/∂a · σ′(z)", z.grad, "-0.0532"),
        ("∂C/∂b = ∂C/∂z", b.grad, "-0.0532"),
        ("∂C/∂w1 = ∂C/∂z · x1", w[0].grad, "0.053217"),
        ("∂C/∂w2 = ∂C/∂z · x2", w[1].grad, ""),
    ]:
        print(f"{quantity:<24} {exact:>12.9f}   {remark}".rstrip())
    print()
    print("Addition hands its gradient on unchanged, so the bias has that of z; multiplication hands each")
    print("factor the other one times it, so a weight has that of z times its input.")
    tg.draw(cost, rankdir="TB").save("sigmoid_neuron.svg")

    step([*w, b])
    new_z, new_a, new_cost = forward(w, b)
    print()
    print(f"One step of gradient descent, learning rate {LEARNING_RATE:g}:")
    print()
    print(f"{'quantity':<10} {'before':>12} {'after':>12}")
    for name, before, after in [
        ("w1", 2.0, w[0].data),
        ("w2", -3.0, w[1].data),
        ("b", -3.0, b.data),
        ("z", z.data, new_z.data),
        ("a", a.data, new_a.data),
        ("C", cost.data, new_cost.data),
    ]:
        print(f"{name:<10} {before:>12.9f} {after:>12.9f}")
    print()
    print(f"The output has come closer to {TARGET:g}. (The text prints 1.94 for w1, cut off and not rounded.)")
    print("The picture of the backward pass is in sigmoid_neuron.svg.")


if __name__ == "__main__":
    main()
