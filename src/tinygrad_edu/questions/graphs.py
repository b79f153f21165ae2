"""Questions on graphs: values, gradients at branches and inside, paths, repeated passes, forward mode."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from math import prod

from ..engine import Value, gradients, topological_order
from ..explanations.paths import count_paths, find_paths
from ..explanations.story import gathered
from ..notation.forms import formula
from .answers import within, written
from .dice import Dice
from .question import Mistake, Question, d, exact, leaf, named, of_graph, steps_of

BACKWARD = "Walk backward from f, which has gradient 1. Each node hands on its gradient times the local gradient."


# --- the graphs ------------------------------------------------------------------------------------------------


def joined(dice: Dice, x: Value, y: Value, signs: str) -> Value:
    """x and y, combined by one of the signs."""
    sign = dice.pick(signs)
    return x + y if sign == "+" else x - y if sign == "-" else x * y


def branching(dice: Dice, level: int) -> tuple[Value, dict[str, Value]]:
    """A graph in which b is used twice or more, and its values by name: 3, 4 or 5 steps by level."""
    first, second, third = dice.several(3, -3, 5)
    v = {"a": leaf("a", first), "b": leaf("b", second), "c": leaf("c", third)}
    v["x"] = named("x", joined(dice, v["a"], v["b"], "+-*"))
    v["y"] = named("y", joined(dice, v["b"], v["c"], "+-"))
    if level == 0:
        v["f"] = named("f", v["x"] * v["y"])
        return v["f"], v
    v["z"] = named("z", v["x"] * v["y"])
    if level == 2:
        v["w"] = named("w", joined(dice, v["y"], v["b"], "+*"))
        v["f"] = named("f", joined(dice, v["z"], v["w"], "+-"))
    else:
        v["f"] = named("f", joined(dice, v["z"], dice.pick([v["x"], v["b"]]), "+-"))
    return v["f"], v


def shares_of(graph: Value, about: Value) -> list[Fraction]:
    """What each path from a value to the result contributes to its gradient."""
    found = find_paths(gathered(graph, about), about, 40)
    return [exact(product) for product in found.products] if found else []


def gradient_of(graph: Value, about: Value) -> Fraction:
    """The gradient, which the graph itself does not keep."""
    return exact(gradients(topological_order(graph))[about])


def _partial_sums(shares: list[Fraction]) -> Iterator[Mistake]:
    for count in range(1, len(shares)):
        words = "you took one path only; gradients add at branches" if count == 1 else "you left a path out"
        yield from (Mistake(sum(some, start=Fraction(0)), words) for some in combinations(shares, count))


# --- the questions ---------------------------------------------------------------------------------------------


def value(dice: Dice, level: int) -> Question:
    """The forward pass."""
    graph, v = branching(dice, level)
    x, y = (exact(operand.data) for operand in graph.parents)
    others = {"+": [x - y, x * y], "-": [x + y, y - x, x * y], "*": [x + y, x - y]}[graph.op]
    return of_graph(
        graph, None, "What is f?", exact(graph.data), "Go line by line; each line needs only those above it.",
        [
            *(Mistake(other, "look at the sign in the last line again") for other in others),
            *(Mistake(exact(v[name].data), f"this is {name}, a step on the way") for name in "xyzw" if name in v),
        ],
    )  # fmt: skip


def branch(dice: Dice, level: int) -> Question:
    """The gradient of a value that is used several times."""
    graph, v = branching(dice, level)
    about = v["b"]
    shares = shares_of(graph, about)
    return of_graph(
        graph, about, "What is ∂f/∂b?", gradient_of(graph, about),
        "Along each path from b to f, multiply the local gradients. What do you do with the paths' products?",
        [
            *_partial_sums(shares),
            Mistake(prod(shares, start=Fraction(1)), "along a path multiply, but over the paths add"),
            Mistake(exact(graph.data), "this is the value of f"),
        ],
    )  # fmt: skip


def inner(dice: Dice, level: int) -> Question:
    """The gradient at a node in the middle, or at a leaf that is used once."""
    graph, v = branching(dice, level)
    about = v[dice.pick(["x", "y"] if level else ["x", "y", "a", "c"])]
    shares, others = shares_of(graph, about), [node for node in (v["x"], v["y"]) if node is not about]
    return of_graph(
        graph, about, f"What is {d(graph, about)}?", gradient_of(graph, about), BACKWARD,
        [
            *_partial_sums(shares),
            Mistake(exact(about.data), f"this is the value of {about.label}, not the gradient"),
            *(Mistake(gradient_of(graph, x), f"this is the gradient at {x.label}") for x in others),
        ],
    )  # fmt: skip


def paths(dice: Dice, level: int) -> Question:
    """How many paths lead through a row of sums."""
    a = node = leaf("a", 1)
    uses = []
    lines = dice.whole(2, 3) + level
    for i in range(lines):
        uses.append(dice.pick([2, 2, 3]))
        before = node
        for _ in range(uses[-1] - 1):
            node = node + before
        named("f" if i == lines - 1 else "stuvw"[i], node)
    total = count_paths(gathered(node, a), a)[node]
    question = of_graph(
        node, a, "How many paths lead from a to f?", Fraction(total),
        "Count the ways through one line. What happens to this number from line to line?",
        [
            Mistake(Fraction(sum(uses)), "this is how often values are used; the ways of the lines multiply"),
            Mistake(Fraction(total // uses[-1]), "you left the last line out"),
            Mistake(Fraction(len(uses)), "this is the number of lines"),
        ],
        [
            f"The lines use the value before them {', '.join(map(str, uses))} times.",
            f"{' · '.join(map(str, uses))} = {total} paths",
        ],
    )  # fmt: skip
    question.is_told = False
    return question


def twice(dice: Dice, level: int) -> Question:
    """What a leaf holds after several backward passes without clearing."""
    k, passes = dice.whole(2, 4), 2 if level < 2 else 3
    x = leaf("x", dice.whole(2, 5))
    y = named("y", x * x)
    graph = named("z", k * y) if level else y
    once = gradient_of(graph, x)
    kept = once * (1 + 2 if passes == 2 else 1 + 2 + 3)
    return of_graph(
        graph, x,
        f"Then {graph.label}.backward() is called {passes} times, without zero_grad() in between. What is x.grad?",
        once * passes, "What does a second pass do to the gradient of a leaf? And to that of a step?",
        [
            Mistake(once, "leaves add the new gradient to the old one until zero_grad() clears them"),
            *([Mistake(kept, "the gradient of y starts afresh in each pass; only leaves add")] if level else []),
            Mistake(once**passes, "the passes add, they do not multiply"),
            Mistake(once / 2, "x is used twice in x × x"),
        ],
        [f"Each pass adds the same: {' + '.join([written(once)] * passes)} = {written(once * passes)}"],
    )  # fmt: skip


def tangent(dice: Dice, level: int) -> Question:
    """Forward mode: how fast the result changes if one input does."""
    graph, v = branching(dice, level)
    about = v["b" if level else dice.pick("abc")]
    rates: dict[Value, Fraction] = {}
    lines = []
    for node in topological_order(graph):
        if not node.op:
            rates[node] = Fraction(node is about)
            continue
        shares = [(exact(local), rates[parent]) for parent, local in node.edges()]
        rates[node] = sum((local * rate for local, rate in shares), start=Fraction(0))
        terms = " + ".join(f"{within(local)} · {within(rate)}" for local, rate in shares)
        called = formula(node, {each: each.label for each in topological_order(graph)})
        lines.append(f"{node.label} = {called} changes at {terms} = {written(rates[node])}")
    leaves = ", ".join(f"{node.label} at {written(rates[node])}" for node in sorted_leaves(graph))
    question = of_graph(
        graph, about,
        f"Forward mode: {about.label} changes at the rate 1, the other inputs at 0. At which rate does f change?",
        rates[graph],
        "Carry the rate of each node next to its value. A step's rate is a sum of local gradient times rate.",
        [
            *_partial_sums(shares_of(graph, about)),
            Mistake(exact(graph.data), "this is the value of f, not its rate"),
            *(Mistake(rates[v[name]], f"this is the rate of {name}; go on to f") for name in "xyzw" if name in v),
        ],
        [f"The inputs change: {leaves}.", *lines],
    )  # fmt: skip
    question.is_told, question.drawn = False, "tangents"
    return question


def sorted_leaves(graph: Value) -> list[Value]:
    """The leaves in the order of their names."""
    return sorted((node for node in topological_order(graph) if not node.op), key=lambda node: node.label)


def passes(dice: Dice, level: int) -> Question:
    """How many passes all derivatives take in one of the modes."""
    inputs, results = dice.several(2, 2, 9) if level == 0 else dice.several(2, 3, 40)
    is_forward = dice.pick([True, False])
    answer, other = (inputs, results) if is_forward else (results, inputs)
    asks = "forward passes does forward mode" if is_forward else "walks back does reverse mode"
    why = (
        "One pass follows one input to all results."
        if is_forward
        else "One walk back follows one result to all inputs."
    )
    return Question(
        f"A function has {inputs} inputs and {results} results.",
        [],
        f"How many {asks} need for all {inputs * results} derivatives?",
        Fraction(answer),
        "What does one walk give: the derivatives by one input, or those of one result?",
        (
            Mistake(Fraction(other), f"that is what {'reverse' if is_forward else 'forward'} mode needs"),
            Mistake(Fraction(inputs * results), "one walk gives many derivatives at once"),
            Mistake(Fraction(inputs + results), "the two numbers are not added"),
            Mistake(Fraction(1), "one walk is enough for one input or one result only"),
        ),
        (why, f"So it needs {answer}."),
    )


def program(dice: Dice, level: int) -> Question:
    """A derived program to read: what it returns as the gradient by one input."""
    first, second, third = dice.several(3, -3, 5)
    a, b, c = leaf("a", first), leaf("b", second), leaf("c", third)
    x = named("x", a + b)
    y = named("y", dice.pick([b - c, b + c]) if level else b * c)
    graph = named("f", x * y)
    about = dice.pick([a, b, c] if level == 0 else [b, c])
    code = {"a": "y", "b": "y + x * c", "c": "x * b"}
    if level:
        code = {"a": "y", "b": "x + y", "c": "-x" if y.op == "-" else "x"}
    body = [*(step.replace("×", "*") for step in steps_of(graph)), *(f"d{name} = {code[name]}" for name in code)]
    answer = gradient_of(graph, about)
    question = of_graph(
        graph, about, f"This program was derived for f. What is d{about.label}?", answer,
        "Run the lines with these numbers, one after the other. Each needs only those above it.",
        [
            *(
                Mistake(gradient_of(graph, other), f"this is d{other.label}")
                for other in (a, b, c)
                if other is not about
            ),
            *_partial_sums(shares_of(graph, about)),
            Mistake(exact(graph.data), "this is the value of f"),
        ],
    )  # fmt: skip
    question.steps = body
    return question
