"""Questions on what many factors in a row do: vanishing, exploding, clipping, residuals, memory."""

from fractions import Fraction
from math import prod

from ..questions.answers import within, written
from ..questions.dice import Dice
from ..questions.graphs import gradient_of, shares_of
from ..questions.question import Mistake, Question, d, exact, leaf, named, of_graph, plus

QUARTER = Fraction(1, 4)


def vanishing(dice: Dice, level: int) -> Question:
    """What is left of a gradient at most behind a row of sigmoids."""
    n, start = dice.whole(2, 4), Fraction(dice.pick([1, 2, 4, 8, 16, 64]))
    w = Fraction(1) if level == 0 else Fraction(dice.pick([2, 3, 8] if level == 2 else [2, 3]))
    factor = w * QUARTER
    weighted = f"; with the weight {written(factor)}" if level else ""
    between = f", each behind a weight of {written(w)}" if level else ""
    return Question(
        f"A gradient of {written(start)} goes back through {n} sigmoids in a row{between}",
        [],
        "How large is it afterwards, at most?",
        start * factor**n,
        "How steep is a sigmoid where it is steepest? And what do slopes in a row do?",
        (
            Mistake(start * factor * n, "slopes in a row multiply, they do not add"),
            Mistake(start * (w / 2) ** n, "the steepest slope of a sigmoid is ¼, not ½"),
            Mistake(start * w**n, "the steepest slope of a sigmoid is ¼, not 1"),
            Mistake(start * factor, "this is one of them only"),
            Mistake(factor**n, "you forgot how large the gradient is at first"),
            Mistake(start * QUARTER**n, "you forgot the weights"),
        ),
        (
            f"The slope a(1 - a) is largest at a = ½, where it is ¼{weighted}.",
            f"{' · '.join([written(start)] + [written(factor)] * n)} = {written(start * factor**n)}",
        ),
    )


def exploding(dice: Dice, level: int) -> Question:
    """The gradient through a cell that multiplies by the same weight at each step."""
    easy, harder = [(2, 1), (1, 2), (3, 1), (4, 1)], [(3, 1), (-2, 1), (-3, 1), (3, 2), (-3, 2), (-1, 2), (1, 4)]
    w = Fraction(*dice.pick(harder if level else easy))
    steps = dice.whole(2, 5) + (level > 0)
    return Question(
        f"Given w = {written(w)}, and a cell that is run for {steps} steps",
        ["h ← w × h"],
        "What is the derivative of the last state by the first?",
        w**steps,
        "Each step is one factor in the chain.",
        (
            Mistake(w * steps, "slopes in a row multiply, they do not add"),
            Mistake(w ** (steps - 1), "count the steps, not the states between them"),
            Mistake(w ** (steps + 1), "count the steps, not the states"),
            Mistake(w, "this is one step only"),
        ),
        (f"{' · '.join([within(w)] * steps)} = {written(w**steps)}",),
    )


def clipping(dice: Dice, level: int) -> Question:
    """A step with a gradient that is clipped."""
    bound, w = Fraction(dice.pick([1, 2, 5])), Fraction(dice.whole(-4, 6))
    size = bound + dice.whole(3, 60) if level == 0 or dice.pick([True, True, False]) else bound / 2
    g = size * dice.pick([1, -1])
    rate = dice.pick([Fraction(1, 2), Fraction(1, 10), Fraction(1)])
    clipped = max(-bound, min(bound, g))
    new = w - rate * clipped
    return Question(
        f"Given w = {written(w)}, ∂L/∂w = {written(g)}, the learning rate {written(rate)}",
        [f"gradients are clipped to the range from {written(-bound)} to {written(bound)}"],
        "What is w after one step?",
        new,
        "Bring the gradient into the range first, with its sign. Then step as always.",
        (
            Mistake(w - rate * g, "you forgot to clip"),
            Mistake(w + rate * clipped, "you went up: the step goes against the gradient"),
            Mistake(w - rate * abs(clipped) * (1 if g < 0 else -1), "a clipped gradient keeps its sign"),
            Mistake(max(-bound, min(bound, w - rate * g)), "the gradient is clipped, not the weight"),
            Mistake(w - max(-bound, min(bound, rate * g)), "clip the gradient, before the learning rate"),
            Mistake(w - clipped, "you forgot the learning rate"),
        ),
        (
            f"{written(g)} is clipped to {written(clipped)}",
            f"{written(w)} - {written(rate)} · {within(clipped)} = {written(new)}",
        ),
    )


def residual(dice: Dice, level: int) -> Question:
    """The slope of layers with a path around them."""
    known = [Fraction(1, 2), Fraction(1), Fraction(1, 10), Fraction(2), Fraction(3, 2)]
    slopes = [
        dice.pick([*known, *([Fraction(-1, 2), Fraction(-1, 10), Fraction(-2), Fraction(-3)] if level else [])])
        for _ in range(2 + (level == 2))
    ]
    factors = [1 + c for c in slopes]
    answer = prod(factors, start=Fraction(1))
    return Question(
        f"{len(slopes)} layers in a row; the slopes of f in them are {', '.join(map(written, slopes))}",
        ["h ← h + f(h)"],
        "What is the derivative of the last h by the first?",
        answer,
        "What is the slope of one such layer? Remember the path around it.",
        (
            Mistake(prod(slopes, start=Fraction(1)), "you forgot the path around each layer, which has slope one"),
            Mistake(sum(slopes, start=Fraction(1)), "slopes in a row multiply"),
            Mistake(1 + prod(slopes, start=Fraction(1)), "each layer has a path of its own around it"),
            Mistake(sum(factors, start=Fraction(0)), "slopes in a row multiply, they do not add"),
            *(Mistake(factor, "this is one layer only") for factor in factors),
        ),
        (
            f"The layers have the slopes {', '.join(f'1 + {within(c)} = {written(1 + c)}' for c in slopes)}.",
            f"{' · '.join(map(within, factors))} = {written(answer)}",
        ),
    )


def memory(dice: Dice, level: int) -> Question:
    """What is left of a gradient behind the forget gate of several steps."""
    gates = [
        dice.pick([Fraction(1, 2), Fraction(9, 10), Fraction(1), Fraction(1, 10)]) for _ in range(3 + (level == 2))
    ]
    gates = [gates[0]] * 3 if level == 0 else gates
    left = Fraction(1)
    for gate in gates:
        left *= gate
    return Question(
        f"The forget gates of {len(gates)} steps are f = {', '.join(map(written, gates))}; i and g do not depend on c",
        ["c ← f × c + i × g"],
        "What is the derivative of the last c by the first?",
        left,
        "What is the slope of one step by c? What do slopes in a row do?",
        (
            Mistake(sum(gates, start=Fraction(0)), "slopes in a row multiply, they do not add"),
            Mistake(gates[-1], "this is the last step only"),
            Mistake(left / gates[-1], "count all the steps"),
            Mistake(1 - left, "this is what is lost"),
        ),
        (f"{' · '.join(map(written, gates))} = {written(left)}",),
    )


def unrolled(dice: Dice, level: int) -> Question:
    """The weight of a linear recurrent cell, which is used at every step."""
    u, h = leaf("u", dice.pick([-2, -1, 2, 3] if level < 2 else [-2, -1, 2])), leaf("h0", dice.whole(1, 3))
    steps = 2 if level == 0 else 3
    state, states = h, [h]
    for t in range(1, steps + 1):
        state = named(f"h{t}", plus(u * state, dice.whole(-2, 3)))
        states.append(state)
    answer, shares = gradient_of(state, u), shares_of(state, u)
    return of_graph(
        state, u, f"What is {d(state, u)}?", answer,
        "The same u is used at every step. What does each use add to its gradient?",
        [
            *(Mistake(share, "you took one step only; the shares of all steps add") for share in shares),
            Mistake(gradient_of(state, h), "this is the gradient at the first state"),
            Mistake(sum((exact(each.data) for each in states[:-1]), start=Fraction(0)),
                    "the shares of earlier steps go through the later ones, which multiply by u"),
            Mistake(exact(state.data), "this is the value of the state"),
        ],
    )  # fmt: skip


def mixture(dice: Dice, level: int) -> Question:
    """A GRU's gate, which mixes the old state and the new one."""
    z = leaf("z", dice.pick([Fraction(1, 2), Fraction(1, 4), Fraction(3, 4)]))
    n, h = (leaf(name, number) for name, number in zip("nh", dice.several(2, -4, 6), strict=True))
    graph = named("k", (1 - z) * n + z * h)
    about = dice.pick([h, n]) if level == 0 else z
    if about is z:
        slips = [
            Mistake(exact(n.data) - exact(h.data), "the sign is the other one: z lets the old state h through"),
            Mistake(exact(h.data), "you took one path only; z is used twice"),
            Mistake(-exact(n.data), "you took one path only; z is used twice"),
            Mistake(exact(h.data) + exact(n.data), "the derivative of 1 - z by z has a minus"),
        ]
    else:
        other = n if about is h else h
        slips = [
            Mistake(gradient_of(graph, other), f"that is the part of {other.label}"),
            Mistake(exact(about.data), f"this is the value of {about.label}"),
            Mistake(Fraction(1), "the gate scales what it lets through"),
        ]
    return of_graph(
        graph, about, f"A GRU mixes its old state h and a new one n. What is {d(graph, about)}?",
        gradient_of(graph, about), "A sum of two products. Where in it is what you differentiate by?", slips,
    )  # fmt: skip
