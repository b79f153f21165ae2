"""Questions on neurons: their losses, gradients, steps, layers, and the words of training."""

from fractions import Fraction
from itertools import pairwise

from ..numbers.scalar import relu, sigmoid
from ..questions.answers import within, written
from ..questions.dice import Dice
from ..questions.graphs import gradient_of
from ..questions.question import Mistake, Question, d, exact, leaf, named, of_graph, plus


def loss(dice: Dice, level: int) -> Question:
    """The mean squared error of a line on two or more points."""
    w, b = dice.whole(-2, 3), dice.whole(-2, 3)
    count = 2 if level == 0 else 4
    xs = sorted(dice.several(count, 0, 5))
    errors = [dice.whole(-3, 3) for _ in xs]
    ys = [w * x + b - error for x, error in zip(xs, errors, strict=True)]
    total = sum(error**2 for error in errors)
    points = ", ".join(f"({x}, {y})" for x, y in zip(xs, ys, strict=True))
    return Question(
        f"Given w = {w}, b = {b}, and the points (x, y) = {points}",
        ["prediction = w × x + b", "loss = mean of (prediction - y)²"],
        "What is the loss?",
        Fraction(total, count),
        "Work out the error of each point, square it, and take the mean.",
        (
            Mistake(Fraction(total), "this is the sum; the loss is the mean"),
            Mistake(Fraction(sum(map(abs, errors)), count), "the errors are squared"),
            Mistake(Fraction(sum(errors), count), "the errors are squared before they are added"),
            Mistake(Fraction(sum(errors) ** 2, count), "square each error, then add"),
        ),
        (
            f"errors: {', '.join(map(str, errors))}",
            f"their squares add up to {total}; divided by {count}: {written(Fraction(total, count))}",
        ),
    )


def step(dice: Dice, level: int) -> Question:
    """One step of gradient descent, from a gradient that is given."""
    w, rate = Fraction(dice.whole(-5, 5)), dice.pick([Fraction(1, 2), Fraction(1, 10), Fraction(1, 4)])
    g = Fraction(dice.whole(-9, 9))
    rounds = 1 if level == 0 else 2
    second = Fraction(dice.whole(-9, 9))
    gradients = [g, second][:rounds]
    new = w - rate * sum(gradients)
    listed = f"the gradient ∂L/∂w is {written(g)}"
    if rounds == 2:
        listed = f"∂L/∂w is {written(g)}, then in the next step {written(second)}"
    return Question(
        f"Given w = {written(w)}, the learning rate η = {written(rate)}; {listed}",
        ["w ← w - η · ∂L/∂w"],
        f"What is w after {'this step' if rounds == 1 else 'the two steps'}?",
        new,
        "Against the gradient, and not the whole way.",
        (
            Mistake(w + rate * sum(gradients), "you went up: the step goes against the gradient"),
            Mistake(w - sum(gradients), "you forgot the learning rate"),
            Mistake(-rate * sum(gradients), "this is the step; add it to w"),
            Mistake(w - rate * gradients[0], "this is w after the first step"),
        ),
        tuple(_walk(w, rate, gradients)),
    )


def _walk(w: Fraction, rate: Fraction, gradients: list[Fraction]) -> list[str]:
    lines = []
    for g in gradients:
        new = w - rate * g
        lines.append(f"w - η · ∂L/∂w = {written(w)} - {written(rate)} · {within(g)} = {written(new)}")
        w = new
    return lines


def update(dice: Dice, level: int) -> Question:
    """A linear neuron with squared error: its gradient, its step, its next output."""
    w, b = leaf("w", dice.whole(-2, 3)), leaf("b", dice.whole(-2, 3))
    x, error = dice.pick([-2, 2, 3]), dice.pick([-3, -2, -1, 1, 2, 3])
    y = x * w.data + b.data - error
    out = named("p", x * w + b)
    graph = named("L", plus(out, -y) ** 2)
    by_w, by_b = gradient_of(graph, w), gradient_of(graph, b)
    half = by_w / 2
    if level == 0:
        return of_graph(
            graph, w, "What is ∂L/∂w?", by_w,
            "Three slopes in a row: of the square, of the difference, of the product.",
            [
                Mistake(by_b, "this is the gradient of the bias; the weight's is multiplied by its input"),
                Mistake(half, "you forgot the two of the square"),
                Mistake(-by_w, "the error is p minus what is wanted, not the other way round"),
                Mistake(exact(graph.data), "this is the loss"),
            ],
        )  # fmt: skip
    rate = dice.pick([Fraction(1, 2), Fraction(1, 4), Fraction(1, 10)])
    at = exact(w.data)
    new_w, new_b = at - rate * by_w, exact(b.data) - rate * by_b
    uphill = x * (at + rate * by_w) + exact(b.data) + rate * by_b
    lines = [f"w - η · ∂L/∂w = {written(at)} - {written(rate)} · {within(by_w)} = {written(new_w)}"]
    if level == 1:
        return of_graph(
            graph, w, f"One step of gradient descent with learning rate {written(rate)}: what is the new w?", new_w,
            "Find the gradient first. Then walk against it.",
            [
                Mistake(at + rate * by_w, "you went up: the step goes against the gradient"),
                Mistake(at - by_w, "you forgot the learning rate"),
                Mistake(at - rate * half, "you forgot the two of the square"),
                Mistake(at - rate * by_b, "you forgot the input: the weight's gradient is multiplied by it"),
                Mistake(by_w, "this is the gradient"),
            ],
            lines,
        )  # fmt: skip
    lines.append(f"b - η · ∂L/∂b = {written(b.data)} - {written(rate)} · {within(by_b)} = {written(new_b)}")
    lines.append(f"new p = {within(Fraction(x))} · {within(new_w)} + {within(new_b)} = {written(x * new_w + new_b)}")
    return of_graph(
        graph, w,
        f"w and b take one step of gradient descent with learning rate {written(rate)}. What is p then?",
        x * new_w + new_b, "Both gradients are those before the step. Then run the neuron again.",
        [
            Mistake(x * new_w + exact(b.data), "the bias moves too"),
            Mistake(x * at + new_b, "the weight moves too"),
            Mistake(uphill, "you went up: the step goes against the gradient"),
            Mistake(exact(out.data), "this is p before the step"),
        ],
        lines,
    )  # fmt: skip


def delta(dice: Dice, level: int) -> Question:
    """A sigmoid neuron at z = 0, where its output is a half: its error δ, a weight's gradient, a step."""
    x1, x2 = dice.several(2, -3, 4)
    first, second = dice.whole(-2, 3), dice.whole(-2, 3)
    w1, w2, b = leaf("w1", first), leaf("w2", second), leaf("b", -(first * x1 + second * x2))
    wanted = dice.pick([0, 1, 0.25, 0.75])
    z = named("z", w1 * x1 + w2 * x2 + b)
    a = named("a", sigmoid(z))
    graph = named("C", (a - wanted if wanted else a) ** 2 / 2)
    error, by_z, by_w = gradient_of(graph, a), gradient_of(graph, z), gradient_of(graph, w1)
    hint = "At this z the sigmoid is easy. Its slope is a(1 - a), from its own output."
    if level == 0:
        return of_graph(
            graph, z, "What is δ = ∂C/∂z?", by_z, hint,
            [
                Mistake(error, "you forgot the chain through the sigmoid, its slope a(1 - a)"),
                Mistake(2 * by_z, "the half in C cancels the two of the square"),
                Mistake(error * exact(z.data), "the slope of the sigmoid is a(1 - a)"),
                Mistake(error * exact(a.data), "the slope of the sigmoid is a(1 - a), not a"),
            ],
        )  # fmt: skip
    slips = [
        Mistake(error * x1, "you forgot the chain through the sigmoid, its slope a(1 - a)"),
        Mistake(by_z, "this is δ, the bias's gradient; the weight's is δ times its input"),
        Mistake(by_z * x2, "that is the input of the other weight"),
        Mistake(by_z * first, "the weight's gradient is δ times its input, not times the weight"),
        Mistake(2 * by_w, "the half in C cancels the two of the square"),
    ]
    if level == 1:
        return of_graph(graph, w1, "What is ∂C/∂w1?", by_w, hint, slips)
    rate, at = dice.pick([4, 8]), exact(w1.data)
    return of_graph(
        graph, w1, f"One step of gradient descent with learning rate {rate}: what is the new w1?",
        at - rate * by_w, hint,
        [
            *(Mistake(at - rate * slip.number, slip.words) for slip in slips),
            Mistake(at + rate * by_w, "you went up: the step goes against the gradient"),
            Mistake(by_w, "this is the gradient; the question is the weight after the step"),
        ],
        [f"w1 - η · ∂C/∂w1 = {written(at)} - {rate} · {within(by_w)} = {written(at - rate * by_w)}"],
    )  # fmt: skip


def saturation(dice: Dice, level: int) -> Question:
    """The slope of a sigmoid or a tanh, from its output."""
    outputs = [Fraction(n, 10) for n in (1, 2, 3, 4, 5, 6, 7, 8, 9)] + [Fraction(99, 100)] * (level > 0)
    a, is_tanh = dice.pick(outputs), level > 0 and dice.pick([True, False])
    slope, other_slope = (1 - a**2, a * (1 - a)) if is_tanh else (a * (1 - a), 1 - a**2)
    upstream = Fraction(dice.whole(2, 9)) if level == 2 else Fraction(1)
    name, other, rule = ("tanh", "sigmoid", "1 - a²") if is_tanh else ("sigmoid", "tanh", "a(1 - a)")
    arrives = f" The gradient {written(upstream)} arrives at a." if level == 2 else ""
    asks = "What goes on to z?" if level == 2 else "What is ∂a/∂z?"
    return Question(
        f"A neuron's output is a = {name}(z) = {written(a)}.{arrives}",
        [],
        asks,
        slope * upstream,
        f"The slope of the {name} can be worked out from its output alone. Where is it flat?",
        (
            Mistake(other_slope * upstream, f"that is the slope of the {other}"),
            Mistake(a * upstream, f"this is the output; the slope is {rule}"),
            Mistake((1 - a) * upstream, f"the slope is {rule}"),
            Mistake(slope, "multiply the slope by what arrives"),
        ),
        (
            f"∂a/∂z = {rule} = {written(slope)}",
            *([f"{written(upstream)} · {written(slope)} = {written(upstream * slope)}"] if level == 2 else []),
        ),
    )  # fmt: skip


def hidden(dice: Dice, level: int) -> Question:
    """A weight of the first of two layers of ReLUs."""
    x, v1, v2 = dice.whole(2, 3), leaf("v1", dice.whole(-2, 3)), leaf("v2", dice.whole(-2, 3))
    w1, w2 = leaf("w1", dice.pick([-2, 1, 2, 3])), leaf("w2", dice.whole(1, 3))
    h1, h2 = named("h1", relu(x * w1)), named("h2", relu(x * w2))
    out = named("p", v1 * h1 + v2 * h2)
    error = dice.pick([-2, -1, 1, 2])
    graph = named("L", plus(out, error - out.data) ** 2)
    about = (dice.pick([v1, v2]), w2, w1)[level]
    answer, before = gradient_of(graph, about), gradient_of(graph, out)
    if level == 0:
        h = h1 if about is v1 else h2
        slips = [
            Mistake(before, f"multiply by the input of this weight, {h.label}"),
            Mistake(exact(h.data), "you forgot the gradient that arrives at p"),
            Mistake(answer / 2, "you forgot the two of the square"),
            Mistake(before * exact(about.data), "the weight's gradient has its input in it, not the weight"),
        ]
    else:
        v, h = (v2, h2) if about is w2 else (v1, h1)
        arriving = before * exact(v.data)
        slips = [
            Mistake(before * x, f"you forgot the way through {v.label}"),
            Mistake(arriving, "you forgot the input x"),
            Mistake(answer / 2, "you forgot the two of the square"),
            Mistake(arriving * x, f"the ReLU of {h.label} is off: nothing gets through"),
            Mistake(Fraction(0), f"the ReLU of {h.label} is on"),
        ]
    return of_graph(
        graph, about, f"What is {d(graph, about)}?", answer,
        "Start at the loss. The error goes back through the same weights, then through the slope of the ReLU.", slips,
    )  # fmt: skip


def shared(dice: Dice, level: int) -> Question:
    """The gradient at a hidden neuron that feeds several outputs."""
    count = 2 if level < 2 else 3
    weights = [dice.whole(-3, 4) for _ in range(count)]
    deltas = [dice.whole(-3, 4) for _ in range(count)]
    shares = [Fraction(weight * each) for weight, each in zip(weights, deltas, strict=True)]
    through = level > 0
    total = sum(shares, start=Fraction(0))
    answer = total / 4 if through else total
    at = "z, the input of the sigmoid h = sigmoid(z) = 0.5" if through else "h"
    products = " + ".join(
        f"{within(Fraction(w))} · {within(Fraction(e))}" for w, e in zip(weights, deltas, strict=True)
    )
    scale = Fraction(1, 4) if through else Fraction(1)
    return Question(
        f"A hidden neuron h feeds {count} outputs, with weights {', '.join(map(str, weights))}; "
        f"their errors δ are {', '.join(map(str, deltas))}",
        [],
        f"What is the gradient at {at}?",
        answer,
        "The errors go back through the same weights, and shares add."
        + (" Then comes the sigmoid." if through else ""),
        (
            *(Mistake(share * scale, "you took one output only; the shares of all outputs add") for share in shares),
            Mistake(total, "you forgot the chain through the sigmoid, its slope a(1 - a)"),
            Mistake(Fraction(sum(weights) * sum(deltas)) * scale, "multiply output by output, then add"),
            Mistake(Fraction(sum(deltas)) * scale, "you forgot the weights"),
            Mistake(total / 2, "the slope of the sigmoid is h(1 - h), not h"),
        ),
        (
            f"∂C/∂h = {products} = {written(total)}",
            *([f"∂C/∂z = {within(total)} · 0.5 · (1 - 0.5) = {written(answer)}"] if through else []),
        ),
    )


def parameters(dice: Dice, level: int) -> Question:
    """How many parameters a network has."""
    sizes = [dice.whole(1, 4), *(dice.whole(2, 5 + 3 * (level == 2)) for _ in range(1 + (level > 0))), dice.whole(1, 3)]
    pairs = list(pairwise(sizes))
    weights, biases = sum(m * n for m, n in pairs), sum(sizes[1:])
    parts = " + ".join(f"({m}·{n} + {n})" for m, n in pairs)
    return Question(
        f"A network {'-'.join(map(str, sizes))}: inputs, then layers of neurons, all connected, with biases",
        [],
        "How many parameters does it have?",
        Fraction(weights + biases),
        "A layer has a weight for each pair of an input and a neuron. What else has each neuron?",
        (
            Mistake(Fraction(weights), "you forgot the biases"),
            Mistake(Fraction(weights + sum(sizes)), "inputs are no neurons and have no bias"),
            Mistake(Fraction(weights + len(pairs)), "each neuron has a bias of its own, not each layer"),
            Mistake(Fraction(biases), "you counted the neurons; count their weights too"),
        ),
        (f"{parts} = {weights + biases}",),
    )


def steps(dice: Dice, level: int) -> Question:
    """How many steps a training takes."""
    batch, batches = dice.pick([1, 5, 10] if level == 0 else [8, 16, 20]), dice.whole(2, 9)
    epochs = dice.whole(2, 9)
    spare = dice.pick([1, 3]) if level == 2 and batch > 3 else 0
    count = batch * batches + spare
    per_epoch = batches + (1 if spare else 0)
    return Question(
        f"{count} examples, batch size {batch}, {epochs} epochs",
        [],
        "How many times do the parameters move?" + (" (The last, smaller batch counts.)" if spare else ""),
        Fraction(per_epoch * epochs),
        "How many batches does it take to see every example once? And how often is that done?",
        (
            Mistake(Fraction(per_epoch), "this is one epoch only"),
            Mistake(Fraction(count * epochs), "a step looks at a whole batch, not at one example"),
            Mistake(Fraction(batches * epochs), "the smaller batch at the end is a step too"),
            Mistake(Fraction(epochs), "an epoch has many steps"),
        ),
        (f"{per_epoch} steps in an epoch, {epochs} epochs: {per_epoch} · {epochs} = {per_epoch * epochs}",),
    )


def batch(dice: Dice, level: int) -> Question:
    """The gradient of a mean loss over a batch of two."""
    w = leaf("w", dice.whole(-2, 3))
    xs = dice.shuffled([-3, -2, 2, 3, 4] if level else [2, 3, 4])[:2]
    errors = [dice.pick([-2, -1, 1, 2]) for _ in xs]
    first, second = (
        named(f"L{i}", plus(x * w, error - x * w.data) ** 2)
        for i, (x, error) in enumerate(zip(xs, errors, strict=True), start=1)
    )
    graph = named("L", (first + second) / 2)
    each = [gradient_of(part, w) for part in (first, second)]
    answer = sum(each, start=Fraction(0)) / 2
    return of_graph(
        graph, w, "What is ∂L/∂w for this batch of two?", answer,
        "Each example gives a gradient of its own. What is their mean?",
        [
            Mistake(2 * answer, "this is the sum; the loss is the mean"),
            *(Mistake(part, "this is one example only") for part in each),
            *(Mistake(part / 2, "you left an example out") for part in each),
            Mistake(answer / 2, "you forgot the two of the square"),
            Mistake(exact(graph.data), "this is the loss"),
        ],
    )  # fmt: skip


def collapse(dice: Dice, level: int) -> Question:
    """Two layers without activation are one line: its slope and its bias."""
    w1, w2 = dice.several(2, -3, 4)
    b1, b2 = dice.several(2, -4, 5)
    by_bias = level > 0
    answer = Fraction(w2 * b1 + b2 if by_bias else w1 * w2)
    return Question(
        f"Given w1 = {w1}, b1 = {b1}, w2 = {w2}, b2 = {b2}",
        ["h = w1 × x + b1", "p = w2 × h + b2"],
        f"There is no activation, so p is a line, p = m × x + k. What is {'k' if by_bias else 'm'}?",
        answer,
        "Put the first line into the second, and sort by what has x in it and what has not.",
        (
            Mistake(Fraction(b1 + b2), "the first bias goes through the second weight"),
            Mistake(Fraction(w1 + w2), "slopes in a row multiply"),
            Mistake(Fraction(w1 * b1 + b2), "the first bias goes through the second weight, not through the first"),
            Mistake(Fraction(w1 * w2 if by_bias else w2 * b1 + b2), f"this is {'m' if by_bias else 'k'}"),
        ),
        (
            f"p = {w2} × ({w1} × x + {within(Fraction(b1))}) + {within(Fraction(b2))}",
            f"m = {w2} · {within(Fraction(w1))} = {w1 * w2}",
            f"k = {w2} · {within(Fraction(b1))} + {within(Fraction(b2))} = {w2 * b1 + b2}",
        ),
    )
