"""Questions on gates: one node close up, maxima that route, ReLUs that are on or off."""

from fractions import Fraction

from ..engine import Value
from ..numbers.scalar import maximum, relu
from .answers import written
from .dice import Dice
from .graphs import gradient_of
from .question import Mistake, Question, d, exact, leaf, named, of_graph


def gate(dice: Dice, level: int) -> Question:
    """What one node hands on of the gradient that arrives."""
    first, second = dice.several(2, 2, 6) if level == 2 else dice.several(2, -4, 6)
    upstream = dice.whole(2, 9)
    kind = dice.pick(["+", "*"] if level == 0 else ["-", "*", "max"] if level == 1 else ["/"])
    if kind == "/":
        second = dice.pick([2, 4])
        first = second * dice.pick([1, 3, 5])
    x, y = leaf("x", first), leaf("y", second)
    q = {"+": x + y, "-": x - y, "*": x * y, "max": maximum(x, y), "/": x / y}[kind]
    named("q", q)
    graph = named("f", upstream * q)
    about = dice.pick([x, y])
    other = y if about is x else x
    answer, local = gradient_of(graph, about), gradient_of(q, about)
    return of_graph(
        graph, about, f"The gradient {upstream} arrives at q. What does q hand on to {about.label}?", answer,
        "It is a product: what arrives, times the derivative of q by this operand alone.",
        [
            Mistake(local, "this is the local gradient; multiply it by what arrives"),
            Mistake(Fraction(upstream), "this is what arrives; multiply it by the local gradient"),
            Mistake(upstream * exact(about.data), f"you took the value of {about.label} itself"),
            Mistake(upstream * exact(q.data), "you took the value of q"),
            Mistake(upstream * exact(other.data), f"you took the value of {other.label}, as if q were a product"),
            Mistake(gradient_of(graph, other), f"this is what goes to {other.label}"),
        ],
    )  # fmt: skip


def routed(dice: Dice, level: int) -> Question:
    """A sum times a maximum, at higher levels with a ReLU beside it."""
    a, b = (leaf(name, number) for name, number in zip("ab", dice.several(2, 1, 5), strict=True))
    c, e = (leaf(name, number) for name, number in zip("cd", dice.several(2, -3, 5), strict=True))
    s, m = named("s", a + b), named("m", maximum(c, e))
    graph = s * m
    if level:
        r = named("r", relu(leaf("e", dice.whole(-3, 4))))
        graph = s * m + (dice.whole(2, 4) * r if level == 2 else r)
    named("f", graph)
    about = dice.pick([a, c, e])
    rival = {c: e, e: c, a: b}[about]
    return of_graph(
        graph, about, f"What is {d(graph, about)}?", gradient_of(graph, about),
        "A sum copies the gradient, a product hands each side the other side's value, a maximum routes it to one side.",
        [
            *(
                [Mistake(gradient_of(graph, rival), "the maximum routes the gradient to its larger operand alone")]
                if about is not a
                else []
            ),
            Mistake(exact(s.data), "a product hands each side the value of the other side"),
            Mistake(exact(m.data), "a product hands each side the value of the other side"),
            Mistake(Fraction(1), "you forgot the product"),
            Mistake(gradient_of(graph, about) / 2, "a maximum shares the gradient only at a tie"),
        ],
    )  # fmt: skip


def switch(dice: Dice, level: int) -> Question:
    """The weight of a neuron with a ReLU that is on or off."""
    w, v, x = leaf("w", dice.whole(-3, 3)), leaf("v", dice.whole(2, 4)), dice.whole(2, 4)
    b = leaf("b", dice.pick([-2, -1, 1, 2, 3, 4]) - x * w.data)
    z = named("z", x * w + b)
    h = named("h", relu(z))
    graph = named("f", v * h)
    if level == 2:
        graph = named("f", named("s", v * h) ** 2)
    about = dice.pick([w, b] if level else [w])
    factor = Fraction(x if about is w else 1)
    after = exact(v.data) * (2 * exact(graph.parents[0].data) if level == 2 else 1)
    if z.data > 0:
        slips = [
            Mistake(Fraction(0), "z is above 0, so the ReLU is on and its slope is one"),
            Mistake(factor, "you forgot what comes after the ReLU"),
            Mistake(after, "you forgot the input"),
            Mistake(exact(v.data) * factor, "you forgot the slope of the square"),
        ]
    else:
        off = "z is not above 0, so the ReLU is off and nothing gets through"
        slips = [Mistake(number, off) for number in (factor, exact(v.data), exact(v.data) * factor, exact(z.data))]
    return of_graph(
        graph, about, f"What is {d(graph, about)}?", gradient_of(graph, about),
        "Is the ReLU on at this z? Only then does anything get through.", slips,
    )  # fmt: skip


def local(dice: Dice, level: int) -> Question:
    """A local gradient of one operation."""
    first, second = dice.several(2, -4, 5)
    x, y = leaf("x", first), leaf("y", dice.pick([-2, 2, 4]) if level == 2 else second)
    power = dice.pick([2, 3])
    kind = dice.pick(["*", "-"] if level == 0 else ["*", "**"] if level == 1 else ["/", "**"])
    graph: Value = named("q", {"*": x * y, "-": x - y, "/": x / y, "**": x**power}[kind])
    about = x if kind == "**" else dice.pick([x, y])
    other = y if about is x else x
    at = exact(about.data)
    slips = [Mistake(exact(graph.data), "this is the value of q"), Mistake(at, f"this is the value of {about.label}")]
    if kind == "**":
        slips += [
            Mistake(at ** (power - 1), "you forgot to bring the exponent down"),
            Mistake(power * at**power, "the exponent goes down by one"),
        ]
    elif kind == "/":
        slips += [
            Mistake(1 / exact(y.data), "this is the derivative by x"),
            Mistake(1 / exact(y.data) ** 2, "you forgot the numerator, and the sign"),
            Mistake(exact(x.data) / exact(y.data) ** 2, "the derivative by the denominator has a minus"),
        ]
    else:
        slips += [Mistake(gradient_of(graph, other), f"this is the derivative by {other.label}")]
    return of_graph(
        graph, about, f"An engine stores local gradients in the forward pass. What is {d(graph, about)}?",
        gradient_of(graph, about), "Hold the other operand fixed: how fast does q change with this one?", slips,
    )  # fmt: skip


def on(dice: Dice, level: int) -> Question:
    """How many inputs switch a ReLU on, and what its weight learns from them."""
    w, b = dice.pick([-2, -1, 1, 2]), dice.whole(-4, 4)
    xs = sorted(dice.several(4 + level, -4, 5))
    zs = [w * x + b for x in xs]
    inside = [x for x, z in zip(xs, zs, strict=True) if z > 0]
    listed = ", ".join(map(str, zs))
    given, steps = f"Given w = {w}, b = {b}, and the inputs x = {', '.join(map(str, xs))}", ["h = relu(w × x + b)"]
    if level < 2:
        return Question(
            given, steps, "For how many of the inputs is the ReLU on?", Fraction(len(inside)),
            "Work out what goes into the ReLU for each input, and look at its sign.",
            (
                Mistake(Fraction(len(xs) - len(inside)), "these are the inputs for which it is off"),
                Mistake(Fraction(sum(z >= 0 for z in zs)), "at exactly zero it is off, by convention"),
                Mistake(Fraction(sum(x > 0 for x in xs)), "look at what goes into the ReLU, not at x"),
                Mistake(Fraction(sum(w * x > 0 for x in xs)), "you forgot the bias"),
            ),
            (f"w × x + b = {listed}", f"Above 0, and so on: {len(inside)}."),
        )  # fmt: skip
    total = sum(inside)
    return Question(
        given, steps, "f is the sum of h over all these inputs. What is ∂f/∂w?", Fraction(total),
        "Each input for which the ReLU is on adds its own share. What is that share?",
        (
            Mistake(Fraction(sum(xs)), "the inputs for which the ReLU is off add nothing"),
            Mistake(Fraction(len(inside)), "each share is x itself, the other factor of w × x"),
            Mistake(Fraction(w * total), "the derivative by w has no w in it"),
            Mistake(Fraction(sum(z for z in zs if z > 0)), "this is the value of f"),
        ),
        (f"w × x + b = {listed}", f"On for x = {', '.join(map(str, inside)) or 'none'}; these add up to {total}."),
    )  # fmt: skip


def overwritten(dice: Dice, level: int) -> Question:
    """What an engine says that overwrites gradients in place of adding them up."""
    names = ["a", "b", "c"]
    a, b, c = (leaf(name, number) for name, number in zip(names, dice.several(3, -3, 5), strict=True))
    x = named("x", a + b)
    y = named("y", b - c if level else b + c)
    graph = named("f", x * y if level < 2 else x * y * 2.0)
    right = gradient_of(graph, b)
    through_x, through_y = gradient_of(graph, x), gradient_of(graph, y)
    return of_graph(
        graph, b,
        "An engine has = where += belongs, and hands on from x before it hands on from y. What does it say ∂f/∂b is?",
        through_y, "The share that arrives later takes the place of the one that was there.",
        [
            Mistake(right, "this is the right gradient; this engine does not add"),
            Mistake(through_x, "that share arrives first, and is overwritten"),
            Mistake(Fraction(0), "the last share stays"),
        ],
        [
            f"From x arrives {written(through_x)}, then from y {written(through_y)}, which overwrites it.",
            f"The right gradient is the sum, {written(right)}.",
        ],
    )  # fmt: skip


def stale(dice: Dice, level: int) -> Question:
    """Data that were changed between the two passes."""
    first, then, k = *dice.several(2, 2, 9), dice.whole(2, 4)
    x = leaf("x", first)
    graph = named("f", k * (x * x) if level else x * x)
    factor = k if level else 1
    return of_graph(
        graph, x, f"After this forward pass someone sets x.data = {then}. Then f.backward() runs. What is x.grad?",
        gradient_of(graph, x), "When were the local gradients computed?",
        [
            Mistake(Fraction(2 * factor * then), "the local gradients were stored in the forward pass, at the old x"),
            Mistake(Fraction(first), "x is used twice"),
            Mistake(Fraction(factor * (first + then)), "both local gradients are from the forward pass"),
        ],
    )  # fmt: skip
