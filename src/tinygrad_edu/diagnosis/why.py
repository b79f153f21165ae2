"""Why a gradient is zero, and where a number stopped being finite: the first edge or node to blame, in words."""

import math
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..engine import NOT_COMPUTED, Value, topological_order
from ..mistakes.options import A_VALUE, A_WHOLE_NUMBER, Kind, expect
from ..notation.words import number_text, plain, shortened
from ..numbers.number import Number, primal
from ..numbers.operations import OPERATIONS
from .findings import Finding, Findings, Words, gradients_of, grouped, near_leaves, range_text, share, uses
from .sources import Sources

PRODUCTS = {"*", "dot", "prod"}
RECORDED = Kind("what record_sources gives", lambda x: isinstance(x, Sources))
CHOICES = {"max", "min", "maximum", "minimum"}

# --- zero gradients ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Cut:
    """A way to the parameter that ends at `node`, on its edge to `parent`; `kind` is why."""

    kind: str  # "off", "saturated", "times 0", "chosen", "flat", "underflow", "cancelled"
    node: Value
    parent: Value
    factor: Value | Number | None = None  # what the parent was multiplied by
    numbers: tuple[Number, ...] = ()  # upstream and local gradient, or the shares that cancel


def why_zero(parameter: Value, loss: Value, sources: Sources | None = None, *, most: int = 10) -> Findings:
    """Why ∂loss/∂parameter is 0: the first edges, seen from the loss, that cut every way to the parameter.

    What is alike is one place: a neuron that is off on all examples of a batch, a weight whose input is always 0.
    At most `most` places are named. `sources`, from `record_sources`, adds the source lines. The gradients are
    worked out anew: no `grad` is read or changed, no earlier backward pass is needed.

    >>> w = Value(-1.0, label="w")
    >>> print(why_zero(w, (w * 2.0).relu()))
    ∂loss/∂w is 0:
    - relu(v1) is off: its input v1 = w × 2 = -2 is not above 0, so its slope is 0
        try: leaky_relu, a smaller learning rate, or other initial weights
    """
    expect("why_zero", A_VALUE, parameter=parameter, loss=loss)
    _check("why_zero", sources, most)
    order = topological_order(loss)
    gradients = gradients_of(order)
    words = Words(order if parameter in gradients else [parameter, *order], sources)
    name = words.named[parameter]
    if parameter not in gradients:
        what = f"∂loss/∂{name} is 0: the loss was not computed from {name}"
        return Findings(what, (_unconnected(parameter, loss, order),))
    gradient = gradients[parameter]
    if gradient != gradient:
        return Findings(f"∂loss/∂{name} is not 0 but nan: why_nan(loss) says where that began")
    if gradient != 0:
        what = f"∂loss/∂{name} is not 0 but {number_text(gradient)}"
        return Findings(f"{what}: explain(loss, {name}) shows every factor of it")
    below = _computed_from(parameter, order)
    cuts = list(_cuts(order, below, gradients))
    keys = _Keys(parameter, order if len(cuts) > 1 else [])
    groups = grouped(cuts, keys.fine, lambda cut: (cut.kind, cut.node.op), most)
    totals = keys.totals(below, {cut.node.op for cut in cuts}) if len(groups) < len(cuts) else {}
    places = [_place(group, totals.get(keys.fine(group[0]), 0), words, keys) for group in groups[:most]]
    return Findings(f"∂loss/∂{name} is 0:", tuple(places), len(groups) - len(places))


def _check(question: str, sources: Sources | None, most: int) -> None:
    expect(question, RECORDED.or_none, sources=sources)
    expect(question, A_WHOLE_NUMBER, most=most)


def _computed_from(value: Value, order: list[Value]) -> set[Value]:
    """The value and all that was computed from it."""
    found = {value}
    for node in order:
        if any(parent in found for parent in node.parents):
            found.add(node)
    return found


def _cuts(order: list[Value], below: set[Value], gradients: dict[Value, Number]) -> Iterable[_Cut]:
    """Where the gradient stops on its way from the loss, in that order: edges whose share is 0, shares that cancel."""
    shares: dict[Value, list[Number]] = {}
    for node in reversed(order):
        if node not in below:
            continue
        upstream = gradients[node]
        if upstream == 0:
            if node in shares:
                yield _Cut("cancelled", node, node, numbers=tuple(shares[node]))
            continue
        cut: set[Value] = set()
        for parent, local in node.edges():
            if parent in below:
                step = share(upstream, local)
                if step != 0:
                    shares.setdefault(parent, []).append(step)
                elif parent not in cut:
                    cut.add(parent)
                    yield _cut(node, parent, upstream, primal(local))


def _cut(node: Value, parent: Value, upstream: Number, local: Number) -> _Cut:
    if local != 0:
        return _Cut("underflow", node, parent, numbers=(upstream, local))
    factor = _zero_factor(node, parent)
    if factor is not None:
        return _Cut("times 0", node, parent, factor)
    if node.op == "relu":
        return _Cut("off", node, parent)
    row = OPERATIONS.get(node.op)
    if row is not None and row.saturates:
        return _Cut("saturated", node, parent)
    return _Cut("chosen" if node.op in CHOICES else "flat", node, parent)


def _zero_factor(node: Value, parent: Value) -> Value | Number | None:
    """The operand that is 0 and that `parent` was multiplied by, if that is what happened."""
    operands = node.operands
    others: Iterable[Value | Number] = ()
    if node.op == "dot":
        half = len(operands) // 2
        others = (operands[(i + half) % (2 * half)] for i, x in enumerate(operands) if x is parent)
    elif node.op in PRODUCTS:
        others = (x for x in operands if x is not parent) if operands.count(parent) == 1 else operands
    return next((x for x in others if primal(x) == 0), None)


class _Keys:
    """What makes two cuts alike: the same reason at the same neuron, whatever the example."""

    def __init__(self, parameter: Value, order: list[Value]) -> None:
        self.counts = uses(order)
        self.least = self.counts.get(parameter, 0)

    def fine(self, cut: _Cut) -> Hashable:
        """The reason, the operation, and which of the parameters it is about."""
        if cut.kind == "times 0":
            own = frozenset(x for x in (cut.parent, cut.factor) if isinstance(x, Value) and self.is_shared(x))
            return cut.kind, cut.node.op, own or cut.node
        if cut.kind == "cancelled":
            return cut.kind, cut.node
        return cut.kind, cut.node.op, self.leaves(cut.node) or cut.node

    def leaves(self, node: Value) -> frozenset[Value]:
        """The parameters of the neuron that the node belongs to."""
        return near_leaves(node, self.is_shared)

    def is_shared(self, x: Value) -> bool:
        """Whether it is a leaf that is used as often as the parameter, as all parameters are in a batch."""
        return not x.op and self.counts.get(x, 0) >= self.least

    def totals(self, below: set[Value], ops: set[str]) -> dict[Hashable, int]:
        """How many nodes there are of each kind that could be off or saturated: 50 where a batch has 50 examples."""
        totals: dict[Hashable, int] = {}
        for node in below:
            if node.op in ops and node.op not in PRODUCTS:
                for kind in ("off", "saturated"):
                    key = kind, node.op, self.leaves(node)
                    totals[key] = totals.get(key, 0) + 1
        return totals


def _unconnected(parameter: Value, loss: Value, order: list[Value]) -> Finding:
    if loss in topological_order(parameter):
        what, advice = "it is the other way round: the parameter was computed from the loss", "swap the two arguments"
        return Finding(parameter, what, advice)
    advice = "check that the model uses this very Value: .data, float(), detach() and no_grad() cut the graph"
    if any(node.op == "where" for node in order):
        advice += ", and of a `where` only the chosen branch is in it"
    what = "no way leads from it to the loss"
    if parameter.label and any(node.label == parameter.label for node in order):
        what += f"; another Value with the label {plain(parameter.label)} is in the graph"
        advice = "change a parameter with p.data -= ..., not p = p - ..., which makes a new Value; " + advice
    return Finding(parameter, what, advice)


# --- ... in words ----------------------------------------------------------------------------------------------------


def _place(cuts: list[_Cut], total: int, words: Words, keys: _Keys) -> Finding:
    """One finding for cuts that are alike."""
    cut = cuts[0]
    describe = {"times 0": _times_zero, "cancelled": _cancelled, "underflow": _underflow}.get(cut.kind)
    what, advice = (describe or _flat)(cut, words)
    if len(cuts) > 1 and describe:
        what = f"{len(cuts)} times, the first: {what}"
    elif len(cuts) > 1:
        of_one = len({keys.fine(each) for each in cuts}) == 1
        neuron = words.group(keys.leaves(cut.node)) if of_one else ""
        who = f"{cut.node.op} of {neuron}" if neuron else cut.node.op
        state = {"off": "is off", "saturated": "is saturated", "chosen": "chose another operand"}
        inputs = range_text([each.parent.data for each in cuts])
        times = _times(len(cuts), total if of_one else 0)
        what = f"{who} {state.get(cut.kind, 'has slope 0')} {times}: its inputs are {inputs}"
    return Finding(cut.node, what, advice, words.line(cut.node), len(cuts))


def _times(count: int, total: int) -> str:
    if count == total:
        return "both times" if count == 2 else f"all {count} times"
    return f"{count} of {total} times" if total else f"{count} times"


def _flat(cut: _Cut, words: Words) -> tuple[str, str]:
    """A slope of exactly 0."""
    node, text, x = cut.node, words.formula(cut.node), words.value(cut.parent)
    if cut.kind == "off":
        return (
            f"{text} is off: its input {x} is not above 0, so its slope is 0",
            "leaky_relu, a smaller learning rate, or other initial weights",
        )
    if cut.kind == "saturated":
        what = f"{text} is saturated: at {x} its slope is 0 to the last digit"
        return what, "smaller weights or inputs, or a loss that takes logits"
    if cut.kind == "chosen":
        smooth = "logsumexp(xs), a smooth max," if "max" in node.op else "-logsumexp([-x for x in xs]), a smooth min,"
        return f"{text} chose another operand than {x}", f"{smooth} lets every operand through"
    if node.op == "abs":
        return f"{text} is at its kink, {x}, where its slope is taken as 0", "a start that is not exactly 0"
    return f"{text} has slope 0 at {x}", ""


def _times_zero(cut: _Cut, words: Words) -> tuple[str, str]:
    factor = cut.factor
    what = f"{words.named[cut.parent]} is multiplied by {words.value(factor)}"
    if isinstance(factor, Value) and factor.op == "relu":
        return f"{what}, a relu that is off", "leaky_relu, or other initial weights"
    if isinstance(factor, Value) and not factor.op:
        return what, "a start that is not 0: weights drawn at random"
    return what, "check the other factor: why is it 0?"


def _underflow(cut: _Cut, words: Words) -> tuple[str, str]:
    upstream, local = map(number_text, cut.numbers)
    what = f"at {words.formula(cut.node)} the gradient {upstream} times the slope {local} is too small for a float"
    return what, "fewer saturating layers, relu, or a better scale of the weights"


def _cancelled(cut: _Cut, words: Words) -> tuple[str, str]:
    parts = [number_text(part) for part in cut.numbers]
    text = " + ".join(f"({part})" if part.startswith("-") else part for part in shortened(parts, "…"))
    return f"the {len(parts)} shares that reach {words.named[cut.node]} cancel: {text} = 0", ""


# --- numbers that are not finite -------------------------------------------------------------------------------------


def why_nan(value: Value, sources: Sources | None = None, *, most: int = 10) -> Findings:
    """The first values that stopped being finite (nan or ±inf), on the way to `value` or on the way back from it.

    "First" means that all they were computed from was finite. Of a nan that came from infinities, the step that made
    it nan is named too. If `value` is finite, the way back is looked at: the first edges whose gradient is not. At
    most `most` places are named, neurons that are alike once. `sources`, from `record_sources`, adds source lines.

    >>> x = Value(1e200, label="x")
    >>> square = x * x
    >>> print(why_nan(square - square))
    v2 = v1 - v1 = nan; it began here:
    - v1 = x × x = 1e+200 × 1e+200 = inf
        try: smaller numbers: the product is beyond 1.8e308; logarithms turn products into sums
    - v2 = v1 - v1 = inf - inf = nan
        try: finite operands: inf - inf, inf / inf and 0 × inf have no value
    """
    expect("why_nan", A_VALUE, value=value)
    _check("why_nan", sources, most)
    order = topological_order(value)
    words = Words(order, sources)
    if is_finite(value.data):
        return _on_the_way_back(value, order, words, most)
    reached = {value}
    first = []
    for node in reversed(order):
        if node in reached:
            to_blame = [x for x in node.parents if not is_finite(x.data)]
            reached.update(to_blame)
            if not to_blame or (_is_nan(node.data) and not any(_is_nan(x.data) for x in to_blame)):
                first.append(node)
    places, left_out = _places(first[::-1], _step, order, words, most)
    return Findings(f"{words.value(value)}; it began here:", places, left_out)


def _places(
    nodes: list[Value], describe: Callable[[Value, Words], tuple[str, str]], order: list[Value], words: Words, most: int
) -> tuple[tuple[Finding, ...], int]:
    """A finding for each group of nodes, of one operation at the same neuron; and how many groups are left out."""
    counts = uses(order)
    groups = grouped(
        nodes,
        lambda node: (node.op, _is_nan(node.data), near_leaves(node, lambda x: counts.get(x, 0) > 1) or node),
        lambda node: (node.op, number_text(node.data)),
        most,
    )
    found = []
    for group in groups[:most]:
        what, advice = describe(group[0], words)
        what = f"{len(group)} times, the first: {what}" if len(group) > 1 else what
        found.append(Finding(group[0], what, advice, words.line(group[0]), len(group)))
    return tuple(found), len(groups) - len(found)


def _on_the_way_back(value: Value, order: list[Value], words: Words, most: int) -> Findings:
    gradients = gradients_of(order)
    edges: dict[Value, tuple[str, str]] = {}
    for node in reversed(order):
        for parent, local in node.edges():
            if node not in edges and is_finite(gradients[node]) and not is_finite(share(gradients[node], local)):
                edges[node] = _steep(node, parent, gradients[node], primal(local), words)
    sums = {
        node: (f"the shares of the gradient of {words.named[node]} add up to {number_text(gradients[node])}", "")
        for node in order
        if not edges and not is_finite(gradients[node])
    }
    described = edges or sums
    name = f"{words.named[value]} = {number_text(value.data)}"
    if described:
        places, left_out = _places(list(described), lambda node, _: described[node], order, words, most)
        return Findings(f"{name} and the way to it are fine, but not every gradient is finite:", places, left_out)
    if value.grad is not NOT_COMPUTED and not is_finite(value.grad):
        what = f"{name} is finite, but its grad is {number_text(value.grad)}: that began further on"
        return Findings(f"{what}; ask why_nan(loss) of the loss whose backward pass it was")
    return Findings(f"{name}: all numbers and gradients are finite")


def is_finite(x: object) -> bool:
    """Whether a number of any kind is neither nan nor infinite; what cannot tell, as a symbol, counts as finite."""
    x = primal(x)
    if isinstance(x, Decimal):
        return x.is_finite()
    try:
        return math.isfinite(x)
    except (TypeError, OverflowError):  # a symbol; an int or fraction beyond the range of floats
        return True


def _is_nan(x: object) -> bool:
    return bool(primal(x) != primal(x))


def _step(node: Value, words: Words) -> tuple[str, str]:
    if not node.op:
        return f"{words.value(node)} came in like this", "check where this number comes from: data, weights, a file"
    operands = [primal(x) for x in node.operands]
    odd = next((x for x in operands if not is_finite(x)), None)
    if odd is None:
        advice = ADVICE.get(node.op, "smaller numbers")
    elif _is_nan(odd):
        advice = f"check where the number {number_text(odd)} comes from: data, a file, an earlier computation"
    else:
        advice = "finite operands: inf - inf, inf / inf and 0 × inf have no value"
    return words.with_numbers(node), advice


ADVICE = {
    "*": "smaller numbers: the product is beyond 1.8e308; logarithms turn products into sums",
    "prod": "a sum of logarithms in place of the product, which is beyond 1.8e308",
    "/": "a larger divisor: add a small number to it",
    "sum": "smaller numbers, or a mean",
    "dot": "smaller weights or inputs: scale the data, lower the learning rate, clip the gradients",
}


def _steep(node: Value, parent: Value, upstream: Number, local: Number, words: Words) -> tuple[str, str]:
    """An edge that makes a finite gradient infinite or nan."""
    what = f"the slope of {words.formula(node)} is {number_text(local)} at {words.value(parent)}"
    if is_finite(local):
        what += f", and the gradient {number_text(upstream)} times it is beyond 1.8e308"
        return what, "a smaller scale of weights or data, or clip the gradients"
    if upstream == 0:
        what += f", and 0 × {number_text(local)} is nan"
    if node.op in OPERATIONS and OPERATIONS[node.op].is_vertical:
        return what, "stay clear of the vertical tangent: sqrt(x + 1e-12), or where(x > 0, lambda: sqrt(x), 0.0)"
    return what, "finite operands: of -inf alone it has a value, but no slope" if node.op == "logsumexp" else ""
