"""The programs behind the explainer's figures: values and derivatives, printed by this library as JavaScript.

Each is staged once and printed; the page only calls them. So every derivative on the page is the library's own, and a
test can hold the two against each other.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from ..engine import Value
from ..functions import dot
from ..networks.activations import ACTIVATIONS, Activation
from ..numbers import scalar
from ..numbers.number import Number
from ..optim import SGD, AdaGrad, Adam, Optimizer, RMSProp
from ..staging.batch import mean_over
from ..staging.staged import jit
from ..transforms.gradients import value_and_grad
from .squeezing import squeezed_script

Numbers = Sequence[Number]
ACTIVATION_NAMES = ("relu", "leaky_relu", "tanh", "sigmoid")
AT = 0.5  # a number to record at: any will do
DEPTHS, WIDTHS, INPUTS = (1, 2, 3), range(2, 9), (1, 2)

# The curves whose slope is found by nudging.
CURVES: dict[str, Callable[[Number], Number]] = {
    "square": lambda x: x * x,
    "cubic": lambda x: x**3 / 3 - x,
    "sine": scalar.sin,
    "exponential": lambda x: scalar.exp(x / 2),
    "sigmoid": scalar.sigmoid,
}
GATES: dict[str, Callable[[Value, Value], Value]] = {
    "add": lambda x, y: x + y,
    "multiply": lambda x, y: x * y,
    "max": scalar.maximum,
}
DEEP = (1, 4, 10, "sigmoid")  # ten sigmoids in a row, to see a gradient vanish
# The optimisers on offer; the page hands over the learning rate.
OPTIMISERS: dict[str, Callable[[list[Value]], Optimizer]] = {
    "sgd": lambda p: SGD(p, lr=AT),
    "momentum": lambda p: SGD(p, lr=AT, momentum=0.9),
    "adagrad": lambda p: AdaGrad(p, lr=AT),
    "rmsprop": lambda p: RMSProp(p, lr=AT, alpha=0.9),
    "adam": lambda p: Adam(p, lr=AT),
}


def programs() -> dict[str, str]:
    """Each program as JavaScript, by its name on the page."""
    found = {"line": _line(), **{f"curve_{name}": _curve(f) for name, f in CURVES.items()}}
    found |= {f"step_{name}": _step(make) for name, make in OPTIMISERS.items()}
    found |= {f"gate_{name}": _gate(f) for name, f in GATES.items()}
    found |= {"chain": _chain(), "neuron": _neuron(), "sigmoid_neuron": _sigmoid_neuron()}
    return found | dict(_networks())


def _printed(f: Callable[..., object], *examples: object, batched: Sequence[str] = ()) -> str:
    """The program of f for arguments like these."""
    staged = jit(f, batched=batched)
    staged(*examples)
    return staged.to("javascript")


def _line() -> str:
    """[loss, [by w, by b]] of a line through points: the mean squared error."""

    def loss(p: Numbers, xs: Numbers, ys: Numbers) -> object:
        w, b = p
        return mean_over(lambda x, y: (w * x + b - y) ** 2, xs, ys)

    return _printed(value_and_grad(loss), [AT, AT], [AT, AT], [AT, AT], batched=["xs", "ys"])


def _curve(f: Callable[[Number], Number]) -> str:
    """[f, f'] of a function of one number."""
    return _printed(value_and_grad(f), AT)


def _step(make: Callable[[list[Value]], Optimizer]) -> str:
    """[new x, memory] of one parameter, from x, its gradient, the memory and the learning rate.

    The memory starts at zeros. For momentum this is the same as starting at the first gradient: 0.9·0 + g = g.
    """
    optimizer = make([Value(AT)])
    memory = [AT] * len(optimizer.memory)

    def step(x: Number, g: Number, memory: Numbers, rate: Number) -> list[object]:
        moved, remembered = optimizer.update(x, g, tuple(memory), rate)
        return [moved, list(remembered)]

    return _printed(step, AT, AT, memory, AT)


def _chain() -> str:
    """Three neurons in a row: their outputs, and the derivative of the last by each of them and by x."""

    def chain(x: Number, w: Numbers, b: Numbers) -> list[list[Number]]:
        values = [Value(x)]
        for wi, bi in zip(w, b, strict=True):
            values.append(values[-1] * wi + bi)
        values[-1].backward()
        return [[each.data for each in values], [each.grad for each in values]]

    return _printed(chain, AT, [AT, AT, AT], [AT, AT, AT])


def _neuron() -> str:
    """One linear neuron and its squared error: [output, loss, [by output, by w, by b]]."""

    def neuron(x: Number, y: Number, w: Number, b: Number) -> list[object]:
        weight, bias = Value(w), Value(b)
        output = weight * x + bias
        loss = (output - y) ** 2
        loss.backward()
        return [output.data, loss.data, [output.grad, weight.grad, bias.grad]]

    return _printed(neuron, AT, AT, AT, AT)


def _gate(f: Callable[[Value, Value], Value]) -> str:
    """[result, by x, by y] of an operation with two operands."""

    def gate(x: Number, y: Number) -> list[Number]:
        left, right = Value(x), Value(y)
        result = f(left, right)
        result.backward()
        return [result.data, left.grad, right.grad]

    return _printed(gate, AT, AT)


def _sigmoid_neuron() -> str:
    """A sigmoid neuron with the cost ½(y - a)²: [z, a, cost, [by a, by z, by b, [by w]]]."""

    def sigmoid_neuron(w: Numbers, b: Number, x: Numbers, y: Number) -> list[object]:
        weights, bias = [Value(each) for each in w], Value(b)
        z = dot(weights, x) + bias
        a = z.sigmoid()
        cost = (y - a) ** 2 / 2
        cost.backward()
        return [z.data, a.data, cost.data, [a.grad, z.grad, bias.grad, [each.grad for each in weights]]]

    return _printed(sigmoid_neuron, [AT, AT], AT, [AT, AT], AT)


# --- networks ----------------------------------------------------------------------------------------------------


def network_name(inputs: int, width: int, depth: int, activation: str) -> str:
    """The name of a network's program: `net_1_8_3_relu`."""
    return f"net_{inputs}_{width}_{depth}_{activation}"


def sizes_of(inputs: int, width: int, depth: int) -> list[int]:
    """The sizes of all layers, the inputs first and the single output last."""
    return [inputs, *[width] * depth, 1]


def _networks() -> Iterator[tuple[str, str]]:
    for inputs, activation, depth, width in itertools.product(INPUTS, ACTIVATION_NAMES, DEPTHS, WIDTHS):
        yield network_name(inputs, width, depth, activation), network(inputs, width, depth, activation)
    yield network_name(*DEEP), network(*DEEP)


def network(inputs: int, width: int, depth: int, activation: str) -> str:
    """A network on one example: [loss, z, a, ∂L/∂z, ∂L/∂a, ∂L/∂parameters], each a flat list.

    It serves as microscope and as trainer. The parameters are in the order of `MLP.parameters()`: for each neuron its
    weights, then its bias. The last entry of z is the output; it has no entry in a.
    """
    sizes = sizes_of(inputs, width, depth)
    count = sum((m + 1) * n for m, n in itertools.pairwise(sizes))
    text = _printed(_microscope(sizes, ACTIVATIONS[activation]), [AT] * inputs, AT, [AT] * count)
    return _short(text)


def _microscope(sizes: Sequence[int], activate: Activation) -> Callable[..., object]:
    def microscope(x: Numbers, y: Number, p: Numbers) -> list[object]:
        parameters = [Value(each) for each in p]
        coming = iter(parameters)
        layer: Sequence[Value | Number] = x
        zs: list[Value] = []
        activations: list[Value] = []
        for m, n in itertools.pairwise(sizes):
            row = [dot([next(coming) for _ in range(m)], layer) + next(coming) for _ in range(n)]
            zs += row
            if len(zs) < sum(sizes[1:]):
                row = [activate(z) for z in row]
                activations += row
            layer = row
        loss = (zs[-1] - y) ** 2
        loss.backward()
        return [
            loss.data,
            [z.data for z in zs],
            [a.data for a in activations],
            [z.grad for z in zs],
            [a.grad for a in activations],
            [each.grad for each in parameters],
        ]

    return microscope


def _short(text: str) -> str:
    """The same program in fewer characters: without spaces, and with short names for the parameters."""
    return squeezed_script(re.sub(r"\b([px])_(\d+)\b", r"\1\2", text)) + "\n"
