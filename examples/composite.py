"""The chain rule on a function within a function within a function: f(x) = exp(sin(x²)).

`python examples/composite.py` shows that the derivative is the product of the three local gradients on the way.
"""

import math

import tinygrad_edu as tg


def composite(number: float) -> tuple[tg.Value, tg.Value, tg.Value, tg.Value]:
    """x, u = x², v = sin u and f = exp v, with the derivatives of f by each of them."""
    x = tg.Value(number, label="x")
    u = x**2
    v = tg.sin(u)
    f = tg.exp(v)
    u.label, v.label, f.label = "u", "v", "f"
    f.backward()
    return x, u, v, f


def by_hand(x: float) -> float:
    """The derivative as one works it out on paper: exp(sin(x²)) · cos(x²) · 2x."""
    return math.exp(math.sin(x**2)) * math.cos(x**2) * 2 * x


def main() -> None:
    """Print the chain for two points."""
    print("f(x) = exp(sin(x²)), in steps: u = x², v = sin u, f = exp v")
    for number in (1.0, 0.5):
        x, u, v, f = composite(number)
        print()
        print(f"at x = {number:g}: u = {u.data:.6f}, v = {v.data:.6f}, f = {f.data:.6f}")
        chain = (
            ("∂f/∂v = exp v", f.local_grads[0], v.grad),
            ("∂v/∂u = cos u", v.local_grads[0], u.grad),
            ("∂u/∂x = 2x", u.local_grads[0], x.grad),
        )
        print(f"{'local gradient':<16} {'':>9} {'product so far':>16}")
        for name, local, product in chain:
            print(f"{name:<16} {local:>9.6f} {product:>16.6f}")
        print(f"df/dx = {x.grad!r}; worked out on paper: {by_hand(number)!r}")


if __name__ == "__main__":
    main()
