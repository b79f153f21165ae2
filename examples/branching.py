"""Gradients add at branches: f = (a + b)(b + c) at a = -1, b = 3, c = 4, differentiated in both directions.

`python examples/branching.py` prints the values, the gradients and how they came about, and saves branching.svg.
"""

import tinygrad_edu as tg

Dual = tuple[float, float]  # a number, and its derivative by one chosen input


def backward_mode() -> dict[str, tg.Value]:
    """All of f's values by name, with the gradients that one backward pass gives each of them."""
    a = tg.Value(-1.0, label="a")
    b = tg.Value(3.0, label="b")
    c = tg.Value(4.0, label="c")
    x = a + b
    x.label = "x"
    y = b + c
    y.label = "y"
    f = x * y
    f.label = "f"
    f.backward()
    return {value.label: value for value in (a, b, c, x, y, f)}


def add(u: Dual, v: Dual) -> Dual:
    """The derivative of a sum is the sum of the derivatives."""
    return u[0] + v[0], u[1] + v[1]


def multiply(u: Dual, v: Dual) -> Dual:
    """The product rule: (u·v)′ = u′·v + u·v′."""
    return u[0] * v[0], u[1] * v[0] + u[0] * v[1]


def forward_mode(by: str) -> dict[str, Dual]:
    """All of f's values by name, each with its derivative by the one input `by`, computed side by side."""
    a, b, c = (
        (number, 1.0 if name == by else 0.0)  # each input changes with itself and with no other
        for name, number in (("a", -1.0), ("b", 3.0), ("c", 4.0))
    )
    x = add(a, b)
    y = add(b, c)
    return {"x": x, "y": y, "f": multiply(x, y)}


def main() -> None:
    """Print both, compare them, and save the picture."""
    v = backward_mode()
    print("f = (a + b)(b + c) at a = -1, b = 3, c = 4")
    print()
    print(f"{'node':<10} {'value':>5}   {'local gradients':<20} {'gradient of f':>13}")
    formulas = {"x": "a + b", "y": "b + c", "f": "x · y"}
    for name, value in v.items():
        node = f"{name} = {formulas[name]}" if name in formulas else name
        local = ", ".join(f"∂{name}/∂{parent.label} = {slope:g}" for parent, slope in value.edges())
        print(f"{node:<10} {value.data:>5g}   {local:<20} {value.grad:>13g}")
    print()
    print(tg.explain(v["f"]))
    print()
    print("Forward mode carries a derivative along with each value, by one input at a time:")
    print()
    print(f"{'input':<10} {'x′':>5} {'y′':>5} {'f′':>5}   {'backward pass':>13}")
    for name in ("a", "b", "c"):
        duals = forward_mode(name)
        slopes = " ".join(f"{duals[node][1]:>5g}" for node in ("x", "y", "f"))
        print(f"{name:<10} {slopes}   {v[name].grad:>13g}")
    print()
    print("Three inputs took three forward passes; one backward pass gave all three derivatives.")
    tg.draw(v["f"], products=True, title="Gradients add at branches").save("branching.svg")
    print("The picture is in branching.svg.")


if __name__ == "__main__":
    main()
