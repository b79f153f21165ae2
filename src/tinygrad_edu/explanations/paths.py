"""Every path from one value to another, the product of the local gradients along each, and their sum."""

import functools
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..engine import Value, handed_down
from ..notation.text import Text
from ..notation.words import shortened
from ..numbers.number import Number, primal
from .layout import Cell, Row, Rows, Section, Sentence
from .passes import remarks_on_data, remarks_on_grad
from .rounding import MANY, close, sign_between
from .story import Facts, Story, Use

COUNTLESS = 10**15  # paths beyond this are not counted
STEPS = 12  # of a longer path, the first and the last steps are shown
SHORT = 6  # the chain rule along a longer path is not written out


# --- finding them ----------------------------------------------------------------------------------------------


def count_paths(facts: Facts, x: Value) -> dict[Value, int]:
    """How many paths lead from x to each value that depends on it, parents first; no count goes beyond COUNTLESS.

    >>> from tinygrad_edu.explanations.story import gathered
    >>> x = Value(1.0)
    >>> y = x + x
    >>> z = y * y
    >>> list(count_paths(gathered(z, x), x).values())
    [1, 2, 4]
    """
    counts = {x: 1}
    for node in facts.order:
        for use in facts.uses[node] if node in counts else ():
            counts[use.child] = min(counts.get(use.child, 0) + counts[node], COUNTLESS)
    return {node: counts[node] for node in facts.order if node in counts}


def all_paths(x: Value, y: Value, uses: Mapping[Value, Sequence[Use]]) -> Iterator[list[Use]]:
    """Each path from x to y, one by one. In the graph of y, every way leads there."""
    path: list[Use] = []
    ahead = [iter(uses[x])]
    while ahead:
        use = next(ahead[-1], None)
        if use is None:
            ahead.pop()
            del path[-1:]
        elif use.child is y:
            yield [*path, use]
        else:
            path.append(use)
            ahead.append(iter(uses[use.child]))


class Found(NamedTuple):
    """How many paths there are, the values on the way, and the first paths with the product of each."""

    total: int
    nodes: list[Value]
    paths: list[list[Use]]
    products: list[Number]


def find_paths(facts: Facts, x: Value, limit: int) -> Found | None:
    """The paths from x to y, of which at most `limit` are listed; None if there are none, or x is y."""
    y, counts = facts.y, count_paths(facts, x)
    if x is y or y not in counts:
        return None
    paths = list(itertools.islice(all_paths(x, y, facts.uses), limit))
    products = [functools.reduce(handed_down, (use.local for use in reversed(path)), facts.grads[y]) for path in paths]
    return Found(counts[y], [node for node in counts if node is not x], paths, products)


# --- telling them ----------------------------------------------------------------------------------------------


def every_path(story: Story, x: Value, found: Found | None) -> list[Section]:
    """The values on the way, the paths with their products, and their sum beside reverse mode's gradient."""
    if found is None:
        return [_no_path(story, x), *remarks_on_grad(story, [x])]
    count = found.total
    ends: Sentence = [" from ", story.write(x), " to ", story.write(story.facts.y)]
    rows: Rows = [_path_row(story, *each, is_only=count == 1) for each in zip(found.paths, found.products, strict=True)]
    more = count - len(found.paths)
    if more:
        rows.append(["... all the other paths ..." if count == COUNTLESS else f"... {more:,} more paths ..."])
    lead = "1 path leads" if count == 1 else f"{_count_text(count)} paths lead"
    along = f"; along {'it' if count == 1 else 'each'}, the local gradients multiply"
    return [
        Section(["Forward pass, on the way", *ends], story.cut(found.nodes, story.forward_row)),
        Section([lead, *ends, along], rows),
        *_sum_of_paths(story, x, found),
        *remarks_on_data(story, set(found.nodes)),
        *remarks_on_grad(story, [x]),
    ]


def _count_text(count: int) -> str:
    return f"{count:,}" if count < COUNTLESS else "More than a million billion"


def _no_path(story: Story, x: Value) -> Section:
    y = story.facts.y
    if x is y:
        return Section([story.equation(story.d(x), story.result(story.facts.grads[x])), ": it is the same value."])
    zero = story.equation(story.d(x), story.result(0))
    return Section([zero, ": ", story.write(y), " was not computed from ", story.write(x), ", so no path leads there."])


def _path_row(story: Story, path: Sequence[Use], product: Number, *, is_only: bool) -> Row:
    """b → x → f : ∂f/∂x · ∂x/∂b = y · 1 = 7 · 1 = 7."""
    nodes = story.few([path[0].parent, *(use.child for use in path)], story.write, story.dots, STEPS + 1)
    path = path[::-1]  # the chain rule starts at y
    chain = [_link(story, use, is_only=is_only) for use in path] if len(path) <= SHORT else []
    forms = story.few(path, story.local, story.dots, STEPS)
    numbers = story.few(path, lambda use: story.number(use.local), story.dots, STEPS)
    few = [use for use in shortened(path, None, STEPS) if use]
    has_forms = any(story.form(use) for use in few)
    cells: list[Cell | None] = [
        ("=", story.product(chain)) if chain else None,  # along a long path, the path itself says as much
        ("=", story.product(forms)) if has_forms else None,
        (story.sign_before(*(use.local for use in few)), story.product(numbers)) if len(path) > 1 else None,
        (_sign_of_product(story, path, product), story.number(product)),
    ]
    way = story.piece(story.piece.ARROW.join(map(str, nodes)))
    return Row(way, _after_colon(cells), is_long=len(path) > 2)


def _sign_of_product(story: Story, path: Sequence[Use], product: Number) -> str:
    if len(path) == 1:
        return story.sign_before(product)
    if len(path) > MANY:
        return "≈"
    return sign_between(lambda *xs: math.prod(xs), [use.local for use in path], product, story.digits)


def _link(story: Story, use: Use, *, is_only: bool) -> Text:
    """∂child/∂parent; its value where the same would also stand for the sum over several paths."""
    is_repeated = sum(parent is use.parent for parent in use.child.parents) > 1
    is_total = use.child is story.facts.y and use.parent is story.facts.x and not is_only
    return story.local(use) if is_repeated or is_total else story.d(use.parent, use.child)


def _after_colon(cells: list[Cell | None]) -> list[Cell | None]:
    """The cells with a colon before the first, and empty where one says what the one before says."""
    kept: list[Cell | None] = []
    last = ""
    for cell in cells:
        if cell is None or cell[1].text == last:
            kept.append(None)
        else:
            kept.append(cell if last else (":", cell[1]))
            last = cell[1].text
    return kept


def _sum_of_paths(story: Story, x: Value, found: Found) -> list[Section]:
    """The sum of the products; and that reverse mode's gradient is the same."""
    grad, products = story.facts.grads[x], found.products
    result = story.equation(story.d(x), story.result(grad))
    if found.total > len(products):
        return [Section(["Reverse mode adds up all the paths without listing them: ", result, "."])]
    total = sum(products[1:], start=products[0])
    row = story.sum_row(x, products, total)
    together = [Section(["Over all paths, the products add"], [row])] if found.total > 1 else []
    if not close(total, grad, *map(primal, products)):
        why = "Reverse mode adds before it multiplies on, which rounds and overflows differently: "
    elif found.total > 1:
        why = "Reverse mode, which goes through each operation only once, gives the same: "
    else:
        why = "Reverse mode gives the same: "
    return [*together, Section([why, result, "."])]
