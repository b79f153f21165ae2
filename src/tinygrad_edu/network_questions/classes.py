"""Questions on scores and classes: templates, softmax, cross-entropy, hinge, attention."""

from fractions import Fraction

from ..questions.answers import within, written
from ..questions.dice import Dice
from ..questions.question import Mistake, Question

PEOPLE_COUNT_FROM_ZERO = "classes count from 0"


def score(dice: Dice, level: int) -> Question:
    """The score of a template for a tiny picture."""
    count = 3 + level
    weights = [dice.whole(-3, 4) for _ in range(count)]
    pixels = [dice.pick([0, 1, 1]) for _ in range(count)] if level < 2 else [dice.pick([0, 1, 2]) for _ in range(count)]
    b = dice.whole(-3, 3)
    products = [w * x for w, x in zip(weights, pixels, strict=True)]
    template, picture = (", ".join(map(str, numbers)) for numbers in (weights, pixels))
    terms = " + ".join(within(Fraction(term)) for term in (*products, b))
    return Question(
        f"Given the template w = ({template}), the pixels x = ({picture}), b = {b}",
        ["score = w · x + b"],
        "What is the score?",
        Fraction(sum(products) + b),
        "Multiply place by place, add up, and do not forget what comes after.",
        (
            Mistake(Fraction(sum(products)), "you forgot the bias"),
            Mistake(Fraction(sum(weights) + b), "a pixel without ink adds nothing"),
            Mistake(Fraction(sum(weights) * sum(pixels) + b), "multiply place by place, then add"),
        ),
        (f"{terms} = {sum(products) + b}",),
    )  # fmt: skip


def softmax_share(dice: Dice, level: int) -> Question:
    """A probability, from the exponentials of the scores."""
    powers = dice.pick([(1, 3), (2, 2, 4), (1, 1, 2), (1, 4)] if level == 0 else
                       [(1, 3, 4), (2, 3, 5), (1, 2, 5), (1, 1, 2, 4), (3, 4, 13), (2, 5, 9, 4)])  # fmt: skip
    exponentials = dice.shuffled(powers)
    k, total = int(dice.whole(0, len(exponentials) - 1)), sum(exponentials)
    listed = ", ".join(map(str, exponentials))
    if level < 2:
        given, asks = (
            f"The exponentials e^s of the scores are {listed}",
            f"What probability does softmax give to class {k}?",
        )
    else:
        given, asks = (
            f"The scores are {', '.join(f'log {n}' for n in exponentials)}",
            f"What probability does softmax give to class {k}?",
        )
    own = exponentials[k]
    return Question(
        given + f" ({PEOPLE_COUNT_FROM_ZERO})",
        ["p = e^s / (sum of all e^s)"],
        asks,
        Fraction(own, total),
        "All probabilities together are the whole. Which part of it is this class's?",
        (
            Mistake(Fraction(own, total - own), "the class itself is part of the sum"),
            Mistake(Fraction(1, len(exponentials)), "the scores are not equal"),
            Mistake(Fraction(own), "divide by the sum of all"),
            Mistake(Fraction(own, max(exponentials)), "divide by the sum of all, not by the largest"),
            *(
                [Mistake(Fraction(exponentials[k - 1], total), "classes count from 0; this is the one before")]
                if k
                else []
            ),
        ),
        (f"{own} / ({' + '.join(map(str, exponentials))}) = {written(Fraction(own, total))}",),
    )


def push(dice: Dice, level: int) -> Question:
    """The gradient of the cross-entropy at a score: probability minus truth."""
    tenths = dice.pick([(2, 3, 5), (1, 4, 5), (2, 2, 6), (1, 2, 7)] if level < 2 else [(1, 2, 3, 4), (1, 1, 2, 6)])
    shares = [Fraction(n, 10) for n in dice.shuffled(tenths)]
    right = dice.whole(0, len(shares) - 1)
    k = right if level == 0 else dice.whole(0, len(shares) - 1)
    upstream = 1 if level < 2 else 2
    answer = (shares[k] - (k == right)) * upstream
    difference = f"{written(shares[k])} - {int(k == right)}"
    loss = "L" if level == 2 else "the cross-entropy"
    return Question(
        f"Softmax gives the probabilities {', '.join(map(written, shares))}; the right class is {right} "
        f"({PEOPLE_COUNT_FROM_ZERO})",
        ["L = 2 × cross-entropy"] if level == 2 else [],
        f"What is the gradient of {loss} by the score of class {k}?",
        answer,
        "Probability minus truth. What is the truth for this class?",
        (
            Mistake(shares[k] * upstream, "for the right class one is subtracted") if k == right else
            Mistake((shares[k] - 1) * upstream, "one is subtracted for the right class only"),
            Mistake(-answer, "the sign is the other one: descent goes against the gradient"),
            Mistake(-1 / shares[k] * upstream, "this is the gradient by the probability; go on to the score"),
            Mistake((shares[k] - (k == right)), "this is the gradient of the cross-entropy; L is twice as much"),
        ),
        (f"2 · ({difference}) = {written(answer)}" if level == 2 else f"{difference} = {written(answer)}",),
    )  # fmt: skip


def hinge(dice: Dice, level: int) -> Question:
    """The multiclass hinge loss, or its gradient at the right score."""
    count = 3 if level == 0 else 4
    scores = [dice.whole(-2, 5) for _ in range(count)]
    right = dice.whole(0, count - 1)
    gaps = [s - scores[right] + 1 for k, s in enumerate(scores) if k != right]
    paid = [gap for gap in gaps if gap > 0]
    given = f"The scores are {', '.join(map(str, scores))}; the right class is {right} ({PEOPLE_COUNT_FROM_ZERO})"
    loss_line = ["L = sum of max(0, s_j - s_right + 1) over the wrong classes j"]
    working = f"s_j - s_right + 1 for the wrong classes: {', '.join(map(str, gaps))}"
    if level < 2:
        return Question(
            given, loss_line, "What is L?", Fraction(sum(paid)),
            "Only wrong classes count, and only those that come too close.",
            (
                Mistake(Fraction(sum(paid) + 1), "the right class itself is not counted"),
                Mistake(Fraction(sum(gaps)), "a class that is far enough behind costs nothing, it does not pay back"),
                Mistake(Fraction(sum(max(0, gap - 1) for gap in gaps)), "you forgot the margin"),
                Mistake(Fraction(len(paid)), "add up by how much each comes too close"),
            ),
            (working, f"Those above 0 add up to {sum(paid)}."),
        )  # fmt: skip
    return Question(
        given, loss_line, "What is the gradient of L by the score of the right class?", Fraction(-len(paid)),
        "Each wrong class that comes too close pulls at the right score. Which way, and how hard?",
        (
            Mistake(Fraction(-sum(paid)), "each class that comes too close adds the same slope, however close it is"),
            Mistake(Fraction(-len(gaps)), "a class that is far enough behind has no gradient"),
            Mistake(Fraction(sum(paid)), "this is the loss"),
        ),
        (working, f"{len(paid)} of them are above 0; each has the slope -1 by the right score."),
    )  # fmt: skip


def attention(dice: Dice, level: int) -> Question:
    """The mean of values that attention takes, seeing only what came before."""
    exponentials = list(
        dice.pick([(1, 1), (1, 3), (3, 1)] if level == 0 else [(1, 1, 2), (2, 1, 1), (1, 2, 1), (1, 4, 5)])
    )
    values = [dice.whole(-4, 8) for _ in range(len(exponentials) + (level > 1))]
    seen, total = len(exponentials), sum(exponentials)
    weighted = sum(e * v for e, v in zip(exponentials, values, strict=False))
    shares = [Fraction(e, total) for e in exponentials]
    terms = [f"{written(share)} · {within(Fraction(v))}" for share, v in zip(shares, values, strict=False)]
    later = exponentials + [1] * (len(values) - seen)
    asks = f"What does the {('second', 'third')[seen - 2]} place get?"
    return Question(
        f"The places have the values {', '.join(map(str, values))}; for the {('second', 'third')[seen - 2]} place, "
        f"e^fit of the places is {', '.join(map(str, later))}",
        ["a place sees itself and those before it", "shares = softmax of the fits, result = sum of share × value"],
        asks,
        Fraction(weighted, total),
        "Turn the fits into shares that add up to the whole, over the places it sees. Then take the weighted mean.",
        (
            Mistake(Fraction(weighted), "you forgot to divide by the sum"),
            Mistake(Fraction(sum(values[:seen]), seen), "this is the plain mean; the fits differ"),
            Mistake(
                Fraction(sum(e * v for e, v in zip(later, values, strict=True)), sum(later)),
                "it does not see the place that comes after it",
            ),
        ),
        (
            f"shares: {', '.join(map(written, shares))}",
            f"{' + '.join(terms)} = {written(Fraction(weighted, total))}",
        ),
    )


def share_slope(dice: Dice, level: int) -> Question:
    """How a share of softmax changes with a fit, its own or another."""
    p = dice.pick([Fraction(n, 10) for n in (1, 2, 3, 4, 5, 6, 7, 8, 9)])
    others = [Fraction(n, 10) for n in (1, 2, 4, 5) if Fraction(n, 10) <= 1 - p]
    q = dice.pick(others)
    if level == 0:
        given, asks, answer = f"A share is p = {written(p)}", "What is ∂p/∂s, by its own fit s?", p * (1 - p)
        working = f"p(1 - p) = {written(p)} · {written(1 - p)} = {written(answer)}"
    else:
        given = f"Two of the shares are p = {written(p)} and q = {written(q)}"
        asks, answer = "What is the derivative of p by the fit of q?", -p * q
        working = f"-p · q = -{written(p)} · {written(q)} = {written(answer)}"
    return Question(
        given,
        ["shares = softmax of the fits"],
        asks,
        answer,
        "What one fit gains, the others lose: the shares always add up to the whole.",
        (
            Mistake(-p * q, "that is the slope by another fit") if level == 0 else
            Mistake(p * (1 - p), "that is the slope by its own fit"),
            Mistake(p * q, "if another fit rises, this share falls"),
            Mistake(p, "this is the share; its slope is another number"),
            Mistake(1 - p, "you forgot the share itself as a factor"),
            Mistake(1 - p**2, "that is the slope of tanh"),
        ),
        (working,),
    )  # fmt: skip
