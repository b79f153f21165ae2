"""Questions on optimisers: what each remembers, how long its steps are, when descent is stable."""

from fractions import Fraction

from ..questions.answers import within, written
from ..questions.dice import Dice
from ..questions.question import Mistake, Question


def momentum(dice: Dice, level: int) -> Question:
    """The velocity after two or three gradients, and the step that it makes."""
    mu = dice.pick([Fraction(1, 2), Fraction(9, 10)])
    gradients = [Fraction(dice.whole(-4, 6)) for _ in range(3 if level == 1 else 2)]
    v, lines = Fraction(0), []
    for i, g in enumerate(gradients, start=1):
        new = mu * v + g
        lines.append(f"after gradient {i}: v = {written(mu)} · {within(v)} + {within(g)} = {written(new)}")
        v = new
    listed, last = ", ".join(map(written, gradients)), gradients[-1]
    if level < 2:
        return Question(
            f"Given μ = {written(mu)}, v = 0 at first, and the gradients g = {listed}, one after the other",
            ["v ← μ × v + g"], "What is v after the last?", v,
            "Carry v from step to step; what was there counts a little less each time.",
            (
                Mistake(sum(gradients, start=Fraction(0)), "old gradients count less: multiply v by μ in each step"),
                Mistake(last, "you forgot what was there before"),
                Mistake(mu * sum(gradients, start=Fraction(0)), "the new gradient counts fully"),
                Mistake(mu * v, "the new gradient is added after v is multiplied"),
            ),
            tuple(lines),
        )  # fmt: skip
    rate, x = dice.pick([Fraction(1, 2), Fraction(1, 10)]), Fraction(dice.whole(-3, 6))
    first = gradients[0]
    answer = x - rate * first - rate * v
    return Question(
        f"Given x = {written(x)}, η = {written(rate)}, μ = {written(mu)}, v = 0 at first, and the gradients {listed}",
        ["v ← μ × v + g", "x ← x - η × v"], "What is x after both steps?", answer,
        "First v, then x, and that for each gradient.",
        (
            Mistake(x - rate * (first + last), "you forgot the momentum"),
            Mistake(x - rate * v, "x moves in the first step too"),
            Mistake(x + rate * (first + v), "the steps go against the velocity"),
        ),
        (
            *lines,
            f"x = {written(x)} - {written(rate)} · {within(first)} - {written(rate)} · {within(v)} = {written(answer)}",
        ),
    )  # fmt: skip


def adagrad(dice: Dice, level: int) -> Question:
    """The second step of AdaGrad, or of RMSProp the mean of squares."""
    first, second, root = dice.pick([(3, 4, 5), (4, 3, 5), (6, 8, 10), (8, 6, 10), (5, 12, 13)])
    second *= dice.pick([1, -1])
    if level == 2:
        alpha = Fraction(1, 2)
        mean = (1 - alpha) * (alpha * first**2 + second**2)
        return Question(
            f"Given α = 0.5, s = 0 at first, and the gradients g = {first}, then {second}",
            ["s ← α × s + (1 - α) × g²"], "RMSProp: what is s after both?", mean,
            "A running mean: the old s and the new square each count by their part.",
            (
                Mistake(Fraction(first**2 + second**2), "that is AdaGrad; RMSProp forgets"),
                Mistake(Fraction(first**2 + second**2, 2), "the older square is halved once more"),
                Mistake(Fraction(second**2, 2), "you forgot the first gradient"),
            ),
            (
                f"after the first: s = 0.5 · {first**2} = {written(Fraction(first**2, 2))}",
                f"after the second: s = 0.5 · {written(Fraction(first**2, 2))} + 0.5 · {second**2} = {written(mean)}",
            ),
        )  # fmt: skip
    rate = Fraction(root * dice.pick([1, 2]), 10 if root < 13 else 1)
    x = Fraction(dice.whole(-2, 5))
    move = -rate * Fraction(second, root)
    answer, asks = (
        (move, "by how much does the second step change x?")
        if level == 0
        else (x + move, "what is x after the second step?")
    )
    base = Fraction(0) if level == 0 else x
    start = "" if level == 0 else f"after the first step x = {written(x)}, "
    return Question(
        f"Given η = {written(rate)}, s = 0 at first, {start}and the gradients g = {first}, then {second}",
        ["s ← s + g²", "x ← x - η × g / √s"], f"AdaGrad: {asks}", answer,
        "Add up the squares of all gradients so far, then take the root.",
        (
            Mistake(base - move, "the step goes against the gradient"),
            Mistake(base - rate * (1 if second > 0 else -1), "s remembers the first gradient too"),
            Mistake(base - rate * Fraction(second, root**2), "you forgot the root"),
            Mistake(base - rate * second, "you forgot to divide by the root of s"),
            Mistake(base - rate * Fraction(second, first + abs(second)), "the squares are added, not the gradients"),
        ),
        (
            f"s = {first}² + {within(Fraction(second))}² = {root**2}, its root is {root}",
            f"-η × g / √s = -{written(rate)} · {within(Fraction(second))} / {root} = {written(move)}",
            *([f"x = {written(x)} + {within(move)} = {written(answer)}"] if level else []),
        ),
    )  # fmt: skip


def first_step(dice: Dice, level: int) -> Question:
    """Adam's first step, whose length is the learning rate; and its running mean."""
    g = Fraction(dice.pick([-1000, -40, -3, 5, 70, 2000]))
    x, rate = Fraction(dice.whole(-3, 5)), dice.pick([Fraction(1, 10), Fraction(1, 2), Fraction(1, 4)])
    beta = Fraction(9, 10)
    if level == 2:
        second = Fraction(dice.whole(-6, 9))
        first = Fraction(dice.whole(1, 9) * 10)
        second *= 10
        mean = beta * (1 - beta) * first + (1 - beta) * second
        return Question(
            f"Given β = 0.9, m = 0 at first, and the gradients g = {written(first)}, then {written(second)}",
            ["m ← β × m + (1 - β) × g"], "Adam: what is m after both, before it is corrected?", mean,
            "A running mean: the old m counts most, the new gradient a little.",
            (
                Mistake((1 - beta) * (first + second), "the first gradient has been scaled once more"),
                Mistake(beta * first + (1 - beta) * second, "m was only a part of the first gradient"),
                Mistake((1 - beta) * second, "you forgot the first gradient"),
                Mistake((first + second) / 2, "a running mean forgets, and starts at zero"),
            ),
            (
                f"after the first: m = 0.1 · {written(first)} = {written((1 - beta) * first)}",
                f"after the second: m = 0.9 · {written((1 - beta) * first)} + 0.1 · {within(second)} = {written(mean)}",
            ),
        )  # fmt: skip
    sign = 1 if g > 0 else -1
    return Question(
        f"Given x = {written(x)}, η = {written(rate)}, and the first gradient g = {written(g)}",
        ["x ← x - η × m / √v, with m and v corrected"], "Adam: what is x after its very first step?", x - rate * sign,
        "After one step, m is the gradient and v its square, once they are corrected. What is left of the size of g?",
        (
            Mistake(x + rate * sign, "the step goes against the sign of the gradient"),
            Mistake(x - rate * g, "that is plain gradient descent; Adam divides by the size of the gradient"),
            Mistake(x - sign, "you forgot the learning rate"),
            Mistake(x - rate * (1 - beta) * sign, "the correction takes care of the factor of m"),
        ),
        (
            f"m / √v = g / |g| = {sign}, whatever the size of g",
            f"x - η · m / √v = {written(x)} - {written(rate)} · {within(Fraction(sign))} = {written(x - rate * sign)}",
        ),
    )  # fmt: skip


def valley(dice: Dice, level: int) -> Question:
    """Gradient descent on a parabola: where it is after some steps, and the largest rate that is stable."""
    k = dice.pick([2, 3, 4, 5, 6, 8, 10, 20] if level else [1, 2, 4])
    f = "w²" if k == 2 else f"{'' if k == 1 else k}w²/2"
    if level == 1:
        return Question(
            "Gradient descent from anywhere but the lowest point", [f"f(w) = {f}"],
            "From which learning rate on does it no longer get down? (The smallest such rate.)", Fraction(2, k),
            "Each step multiplies w by the same factor. When is that factor not smaller than one in size?",
            (
                Mistake(Fraction(1, k), "at this rate it is down in one step"),
                Mistake(Fraction(k, 2), "turn the fraction over"),
                Mistake(Fraction(2), "the steepness of the valley matters"),
            ),
            (
                f"∂f/∂w = {k}w, so a step is w ← (1 - {k}η)w",
                f"|1 - {k}η| = 1 at η = 2/{k} = {written(Fraction(2, k))}",
            ),
        )  # fmt: skip
    rate = Fraction(dice.pick([1, 3]), 2 * k) if level == 0 else Fraction(dice.pick([1, 3, 5]), 2 * k)
    w, steps = Fraction(dice.pick([2, 4, 8, -4, -8])), 2 if level == 0 else 3
    factor = 1 - rate * k
    return Question(
        f"Given w = {written(w)}, the learning rate η = {written(rate)}", [f"f(w) = {f}"],
        f"What is w after {steps} steps of gradient descent?", w * factor**steps,
        "What is the slope at w? By which factor does one step multiply w?",
        (
            Mistake(w * (1 + rate * k) ** steps, "you went up: the step goes against the gradient"),
            Mistake(w * factor, "this is one step only"),
            Mistake(w * (1 - steps * rate * k), "the second step starts from the new w, with a new slope"),
            Mistake(w * (1 - rate) ** steps, "you forgot the factor of the slope"),
            Mistake(w - rate * k * steps, "the slope depends on w"),
        ),
        (
            f"∂f/∂w = {'' if k == 1 else k}w, so each step multiplies w by 1 - {written(rate * k)} = {written(factor)}",
            f"w: {' → '.join(written(w * factor**i) for i in range(steps + 1))}",
        ),
    )  # fmt: skip
