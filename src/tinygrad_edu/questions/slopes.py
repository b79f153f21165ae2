"""Questions on slopes: by nudging, as sensitivities, along a row of functions, and of a slope."""

from fractions import Fraction
from math import prod

from .answers import within, written
from .dice import Dice
from .question import Mistake, Question, d, exact, leaf, named, of_graph, plus


def nudge(dice: Dice, level: int) -> Question:
    """The quotient (f(x + h) - f(x)) / h of a power of x."""
    n, x = (2 if level < 2 else 3), Fraction(dice.whole(-3, 5 - level))
    h = dice.pick([Fraction(1), Fraction(1, 2), Fraction(1, 10)] if level else [Fraction(1), Fraction(2)])
    k = 1 if level == 0 else dice.whole(2, 4)
    rise = k * ((x + h) ** n - x**n)
    slope, name = k * n * x ** (n - 1), f"{k if k > 1 else ''}x{'²³'[n - 2]}"
    return Question(
        f"Given x = {written(x)}, h = {written(h)}",
        [f"f(x) = {name}"],
        "What is the quotient (f(x + h) - f(x)) / h?",
        rise / h,
        "Compute f at both points, subtract, and divide by how far apart the points are.",
        (
            Mistake(slope, "this is the derivative, the limit for small h; the question is the quotient for this h"),
            Mistake(rise, "this is how much f rises; divide it by h"),
            Mistake((k * (x + h) ** n) / h, "you did not subtract f(x)"),
        ),
        (
            f"f(x + h) = f({written(x + h)}) = {written(k * (x + h) ** n)}, f(x) = {written(k * x**n)}",
            f"({written(k * (x + h) ** n)} - {written(k * x**n)}) / {written(h)} = {written(rise / h)}",
            f"The derivative, its limit for small h, is {written(slope)}.",
        ),
    )


def slope(dice: Dice, level: int) -> Question:
    """The derivative of a polynomial."""
    x, n, k = leaf("x", dice.whole(-3, 4)), (2 if level == 0 else 3), (1 if level == 0 else dice.whole(2, 3))
    at, m = exact(x.data), dice.whole(2, 5)
    graph = named("f", (k * x**n if k > 1 else x**n) + m * x)
    power = k * n * at ** (n - 1)
    return of_graph(
        graph, x, "What is the derivative ∂f/∂x?", power + m,
        "Differentiate each term by itself, put x in, and add.",
        [
            Mistake(exact(graph.data), "this is the value of f, not its slope"),
            Mistake(power, "you left out the second term"),
            Mistake(k * at ** (n - 1) + m, "you forgot to bring the exponent down"),
            Mistake(k * n * at**n + m, "the exponent goes down by one"),
        ],
    )  # fmt: skip


def sensitivity(dice: Dice, level: int) -> Question:
    """By how much a product changes if its factors do."""
    first, second = dice.several(2, -4, 5)
    x, y = leaf("x", first), leaf("y", second)
    graph, by = named("f", x * y), dice.pick([x, y])
    other, step = (y if by is x else x), dice.pick([Fraction(1, 100), Fraction(1, 1000)])
    both = level > 0
    answer = step * (exact(x.data) + exact(y.data) if both else exact(other.data))
    who = "x and y each rise" if both else f"{by.label} rises"
    shares = [f"{within(exact(factor.data))} · {written(step)}" for factor in (y, x)]
    sum_line = f"x and y rise: {' + '.join(shares)} = {written(answer)}"
    one_line = f"{by.label} rises: {shares[by is y]} = {written(answer)}"
    question = of_graph(
        graph, None, f"By how much does f rise, to first order, if {who} by {written(step)}? (A fall is negative.)",
        answer,
        "A derivative is an exchange rate; that of a product by one factor is the other factor.",
        [
            Mistake(exact(by.data) * step, "you took its own value; the derivative of a product is the other factor"),
            Mistake(answer / step, "this is the derivative; multiply it by the small change"),
            Mistake(exact(graph.data) * step, "the product itself does not matter, only the other factor"),
            Mistake(exact(other.data) * step, "the changes that both cause add"),
        ],
        [f"∂f/∂x = y = {written(y.data)}, ∂f/∂y = x = {written(x.data)}", sum_line if both else one_line],
    )  # fmt: skip
    question.drawn = "gradients"
    return question


def row(dice: Dice, level: int) -> Question:
    """A power of a line, and at higher levels a line of it again."""
    k, m, n = dice.whole(2, 4), dice.whole(-3, 4), (2 if level < 2 else 3)
    x = leaf("x", dice.whole(-2, 3))
    u = named("u", plus(k * x, m))
    v = named("v" if level else "f", u**n)
    outer = dice.whole(2, 3) if level else 1
    graph = named("f", outer * v) if level else v
    at, inner = exact(u.data), n * exact(u.data) ** (n - 1)
    return of_graph(
        graph, x, "What is ∂f/∂x?", outer * inner * k,
        "Go forward first. Then take each slope at the value that arrives there, and multiply the slopes.",
        [
            Mistake(outer * inner, "you forgot the slope of u, the inner step"),
            Mistake(outer * inner + k, "slopes in a row multiply, they do not add"),
            Mistake(outer * n * exact(x.data) ** (n - 1) * k, "take the slope of the power at u, not at x"),
            Mistake(inner * k, "you forgot the slope of the last step"),
            Mistake(outer * at ** (n - 1) * k, "you forgot to bring the exponent down"),
        ],
    )  # fmt: skip


def lines(dice: Dice, level: int) -> Question:
    """Neurons without activation in a row."""
    weights = [
        dice.pick([Fraction(-2), Fraction(-1), Fraction(2), Fraction(3), Fraction(1, 2)]) for _ in range(2 + level)
    ]
    x = node = leaf("x", dice.whole(1, 6))
    for i, weight in enumerate(weights, start=1):
        node = named(f"n{i}", plus(float(weight) * node, dice.whole(-3, 5)))
    return of_graph(
        node, x, f"What is {d(node, x)}?", prod(weights, start=Fraction(1)),
        "Each line has a slope of its own. What happens to sensitivities in a row? What does a bias do to a slope?",
        [
            Mistake(sum(weights, start=Fraction(0)), "slopes in a row multiply, they do not add"),
            Mistake(exact(node.data), "this is the value; its biases do not matter for the slope"),
            Mistake(weights[-1], "this is only the last slope"),
            Mistake(weights[0], "this is only the first slope"),
        ],
    )  # fmt: skip


def second(dice: Dice, level: int) -> Question:
    """The second derivative of a power."""
    n, x, k = 3 if level < 2 else 4, dice.whole(-3, 4), 1 if level == 0 else dice.whole(2, 5)
    name = f"{k if k > 1 else ''}x{'³⁴'[n - 3]}"
    first_slope, answer = k * n * x ** (n - 1), k * n * (n - 1) * x ** (n - 2)
    return Question(
        f"Given x = {x}",
        [f"f(x) = {name}"],
        "What is the second derivative of f at this x, the slope of the slope?",
        Fraction(answer),
        "Write the first derivative as a formula, and differentiate that once more.",
        (
            Mistake(Fraction(first_slope), "this is the first derivative"),
            Mistake(Fraction(k * n * x ** (n - 2)), "bring the exponent down in the second step too"),
            Mistake(Fraction(first_slope**2), "differentiate twice; do not square the first derivative"),
            Mistake(Fraction(0), "differentiate the formula of the slope, not its number"),
        ),
        (
            f"First derivative: {k * n}x{'²³'[n - 3]}",
            f"Second derivative: {k * n * (n - 1)}x{'' if n == 3 else '²'} = {answer}",
        ),
    )
