"""The forward and the backward pass, line by line, and what is remarkable about them."""

import operator
from collections import Counter
from collections.abc import Container, Sequence

from ..engine import Value, handed_down
from ..notation.forms import kink, sum_of_products
from ..notation.text import Text
from ..notation.words import shortened
from ..numbers.number import Number
from ..transforms.dual import Dual
from .layout import Cell, Row, Section, Sentence, listed
from .rounding import MANY, sign_between
from .story import TERMS, Story, Use

REMARKS = 3  # of one kind, values that are named


def passes(story: Story) -> list[Section]:
    """The leaves, the forward pass, the backward pass, and remarks."""
    y, order = story.facts.y, story.facts.order
    nodes = [node for node in order if node.op]
    if not nodes:
        return [_given(story), _leaf(story), *remarks_on_grad(story, order)]
    forward = story.cut(nodes, story.forward_row)
    backward = story.cut(order[::-1], lambda node: _backward_row(story, node))
    how = ": upstream times local gradient, summed over the uses"
    return [
        _given(story),
        Section(["Forward pass, from the leaves to ", story.write(y)], forward),
        Section(["Backward pass, from ", story.write(y), " to the leaves", how], backward),
        *_remarks_on_branches(story),
        *remarks_on_data(story, story.facts.uses),
        *remarks_on_grad(story, story.facts.uses),
    ]


def forward_mode(story: Story, y: Dual) -> list[Section]:
    """What can be said of a number of forward mode, which keeps no graph."""
    name, tangent = story.write(y), story.equation(story.number(y.tangent))
    given = story.equation(name, story.result(y.data))
    why = (
        ", a Dual: forward mode works out the derivative together with each value and keeps no graph, so there are no "
        "steps to be told. Its tangent is "
    )
    how = ", the rate at which it changes with the input whose tangent is 1. To see steps, compute it from Values."
    return [Section([given, why, tangent, how])]


def _given(story: Story) -> Section:
    leaves = [node for node in story.facts.order if not node.op]
    given: Sentence = ["Given "]
    for i, leaf in enumerate(leaves[: story.max_lines]):
        given += [", " if i else "", story.equation(story.write(leaf), story.given(leaf.data))]
    more = len(leaves) - story.max_lines
    return Section([*given, f" and {more:,} more leaves"] if more > 0 else given)


def _leaf(story: Story) -> Section:
    y = story.facts.y
    one = story.equation(story.d(y), story.result(story.facts.grads[y]))
    why = " is a leaf: a given number, or computed within no_grad(), which forgets how. Its only gradient is "
    return Section([story.write(y), why, one, "."])


# --- the backward pass -----------------------------------------------------------------------------------------


def _backward_row(story: Story, node: Value) -> Row:
    """∂f/∂b = ∂f/∂x · ∂x/∂b + ∂f/∂y · ∂y/∂b = 7 · 1 + 2 · 1 = 9."""
    uses, grad = story.facts.uses[node], story.facts.grads[node]
    left, note = story.d(node), _reasons(story, shortened(uses, None, TERMS))
    if not uses or (len(uses) == 1 and uses[0].child is story.facts.y):
        form = story.form(uses[0]) if uses else None
        return Row(left, [("=", form) if form else None, None, story.result(grad)], note)
    repeated = _repeated(uses)
    terms = story.few(uses, lambda use: _term(story, use, repeated), [story.dots])
    factors = story.few(uses, lambda use: [story.number(x) for x in _factors(story, use)], [story.dots])
    numbers = [x for use in shortened(uses, None, TERMS) if use for x in _factors(story, use)]
    cells: list[Cell | None] = [
        ("=", sum_of_products(terms, story.piece.DOT)),
        (story.sign_before(*numbers), sum_of_products(factors, story.piece.DOT)),
        (_sign_of_sum(story, uses), story.number(grad)),
    ]
    return Row(left, cells, note, is_long=len(uses) > 2)


def _repeated(uses: Sequence[Use]) -> set[Value]:
    """The operations that use the value more than once, as in x · x: ∂child/∂x would stand for several things."""
    return {child for child, count in Counter(use.child for use in uses).items() if count > 1}


def _term(story: Story, use: Use, repeated: set[Value]) -> list[Text]:
    """Upstream and local gradient in symbols. What the result's own operation hands on is just the local gradient."""
    if use.child is story.facts.y:
        return [story.local(use)]
    local = story.local(use) if use.child in repeated else story.d(use.parent, use.child)
    return [story.d(use.child), local]


def _factors(story: Story, use: Use) -> list[Number]:
    """Upstream and local gradient in numbers."""
    return [use.local] if use.child is story.facts.y else [story.facts.grads[use.child], use.local]


def _sign_of_sum(story: Story, uses: Sequence[Use]) -> str:
    """= if the sum of upstream times local gradient, as shown, is exactly the gradient as shown, otherwise ≈."""
    if len(uses) > MANY:
        return "≈"
    grads, grad = story.facts.grads, story.facts.grads[uses[0].parent]
    numbers = [x for use in uses for x in (grads[use.child], use.local)]
    return sign_between(lambda *xs: sum(map(operator.mul, xs[::2], xs[1::2])), numbers, grad, story.digits)


def _reasons(story: Story, uses: Sequence[Use | None]) -> Sentence:
    """`where ∂v/∂u = cos(u)`: what the row's local gradients are, as far as it does not say so itself."""
    known = [use for use in uses if use]
    repeated = _repeated(known)
    sentence: Sentence = []
    for use in known:
        is_named = use.child is not story.facts.y and use.child not in repeated
        reason = _reason(story, use, is_named=is_named)
        if reason:
            sentence += [", " if sentence else "where " if is_named else "", *reason]
    return sentence


def _reason(story: Story, use: Use, *, is_named: bool) -> Sentence:
    """∂v/∂u = cos(u), or ∂v/∂u = 0 as u ≤ 0, or only why, if ∂v/∂u does not stand in the row."""
    name, form = story.d(use.parent, use.child), story.form(use)
    if form:
        return [story.equation(name, ("=", form))] if is_named else []
    found = kink(use.child.op, use.child.operands, use.i, use.local, use.child)
    if not found:
        return []
    x, relation, rival = found
    why: Sentence = ["as ", story.equation(story.write(x), (relation, story.write(rival)))]
    return [story.equation(name, story.result(use.local)), " ", *why] if is_named else why


# --- remarks -------------------------------------------------------------------------------------------------


def _remarks_on_branches(story: Story) -> list[Section]:
    branching = [node for node in story.facts.order if len(story.facts.uses[node]) > 1]
    starts = ["Gradients add at branches: ", *["Likewise "] * (REMARKS - 1)]
    remarks = [Section([start, *_branch(story, node)]) for start, node in zip(starts, branching, strict=False)]
    more = len(branching) - REMARKS
    if more > 0:
        others = "1 other value that is" if more == 1 else f"{more:,} other values that are"
        remarks.append(Section([f"Likewise at {others} used more than once."]))
    return remarks


def _branch(story: Story, node: Value) -> Sentence:
    """b is used twice, in x and y, so ∂f/∂b = 7 + 2 = 9."""
    grads, uses = story.facts.grads, story.facts.uses[node]
    row = story.sum_row(node, [handed_down(grads[use.child], use.local) for use in uses], grads[node])
    children = list(dict.fromkeys(use.child for use in uses))
    places = [", in ", *listed([story.write(child) for child in children])] if len(children) <= REMARKS else []
    often = " is used twice" if len(uses) == 2 else f" is used {len(uses):,} times"
    total = story.equation(row.left, *row.written)
    return [story.write(node), often, *places, ", so ", total, "."]


def remarks_on_data(story: Story, nodes: Container[Value]) -> list[Section]:
    """Whether some data was changed after the forward pass."""
    changed = [node for node in story.facts.changed if node in nodes]
    if not changed:
        return []
    who = [story.write(node) for node in changed[:REMARKS]]
    more = f", among {len(changed):,} values," if len(changed) > REMARKS else ""
    what = " came from other numbers: some .data was changed since. The gradients are those at the time."
    return [Section([*listed(who), more, what])]


def remarks_on_grad(story: Story, nodes: Container[Value]) -> list[Section]:
    """Whether the graph's own `grad` fields hold something else."""
    differing = [node for node in story.facts.differing if node in nodes]
    if not differing:
        return []
    held: Sentence = []
    for node in differing[:REMARKS]:
        held += [", " if held else "", story.number(node.grad), " for ", story.write(node)]
    more = f" and others for {len(differing) - REMARKS:,} more" if len(differing) > REMARKS else ""
    why = (
        ". They are from several backward passes, which add up in leaves until zero_grad(), or from another result, "
        "or were set by hand. The gradients above are those of "
    )
    return [Section(["The .grad fields hold other numbers: ", *held, more, why, story.write(story.facts.y), " alone."])]
