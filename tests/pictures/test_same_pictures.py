"""Pictures of graphs and networks stay as they are, to the last coordinate: see tests/kept.py."""

import math
from collections.abc import Callable
from typing import Any

import pytest

import tinygrad_edu as tg
from tests.example_graphs import GRAPHS, Graph, example, kinds, ladder, long_dot, loss, neuron
from tests.kept import Kept
from tinygrad_edu import Value, nn, recurrent

LOOKS: dict[str, dict[str, Any]] = {
    "": {}, "down": {"rankdir": "TB"}, "compact": {"style": "compact"}, "products": {"products": True, "digits": 2},
    "compact down": {"style": "compact", "rankdir": "TB"}, "blank": {"blanks": True, "title": "Fill in"},
    "compact blank": {"style": "compact", "blanks": "all"},
}  # fmt: skip


def wide_letters() -> Value:
    first, second = Value(1.0, label="重み"), Value(2.0, label="こんにちは世界")
    return first * second


def node(root: Value, name: str) -> Value:
    return next(each for each in tg.topological_order(root) if each.label == name)


def special() -> dict[str, Callable[[], Any]]:
    """Options that need nodes of the graph at hand."""

    def with_nodes(graph: Graph, **options: Callable[[Value], Any]) -> Callable[[], Any]:
        def drawing() -> Any:
            root = graph()
            return tg.draw(root, **{name: find(root) for name, find in options.items()})

        return drawing

    def group(*names: str) -> Callable[[Value], list[Value]]:
        return lambda root: [each for each in tg.topological_order(root) if each.label in names]

    def inner(root: Value) -> list[Value]:
        return [each for each in tg.topological_order(root) if each.op and each is not root]

    made = {
        "around b": with_nodes(example, around=lambda root: node(root, "b")),
        "around w0": with_nodes(neuron, around=lambda root: node(root, "w0"), products=lambda _: True),
        "tangents a b": with_nodes(example, tangents=lambda root: {node(root, "a"): 1.0, node(root, "b"): -2}),
        "tangents dot": with_nodes(
            long_dot, tangents=lambda root: {node(root, "x1"): 1.0, node(root, "w2"): 0.5}, expand=lambda _: True,
            products=lambda _: True,
        ),
        "fold the inside": with_nodes(neuron, fold=lambda root: {"the inside": inner(root)}),
        "fold two": with_nodes(
            loss, fold=lambda root: {"first": inner(root)[:3], "second": inner(root)[3:5]}, products=lambda _: True
        ),
        "fold leaves": with_nodes(example, fold=lambda root: {"inputs": group("a", "b", "c")(root)}),
        "fold down": with_nodes(
            ladder, fold=lambda root: {"odd": inner(root)[1::2]}, rankdir=lambda _: "TB", style=lambda _: "compact"
        ),
        "expanded": with_nodes(long_dot, expand=lambda _: True),
        "expanded compact": with_nodes(long_dot, expand=lambda _: True, style=lambda _: "compact"),
        "expanded blank": with_nodes(long_dot, expand=lambda _: True, blanks=lambda _: "gradients"),
        "expanded products": with_nodes(long_dot, expand=lambda _: True, products=lambda _: True),
        "expanded all blank": with_nodes(
            long_dot, expand=lambda _: True, blanks=lambda _: True, products=lambda _: True
        ),
        "expanded step": with_nodes(long_dot, expand=lambda _: True, step=lambda _: "backward:x2"),
        "blank values": with_nodes(neuron, blanks=lambda _: "values", products=lambda _: True),
        "titled": with_nodes(example, title=lambda _: "A title that is much wider than the small graph below it, much"),
        "titled leaf": with_nodes(GRAPHS["leaf"], title=lambda _: "A title that is wider than box and note below it"),
        "wide letters": with_nodes(wide_letters),
        "seventeen": with_nodes(neuron, digits=lambda _: 17, products=lambda _: True),
    }  # fmt: skip
    for names, graph in (("a b c", example), ("w0 b y", neuron)):
        for name in names.split():
            for way in ("forward", "backward"):
                step = f"{way}:{name}"
                made[f"step {step}"] = with_nodes(graph, step=lambda _, step=step: step)
    made["step in compact"] = with_nodes(
        neuron, step=lambda _: "backward:w1", style=lambda _: "compact", rankdir=lambda _: "TB"
    )
    made["square step"] = with_nodes(GRAPHS["square"], step=lambda _: "backward:x")
    for part in ("formula", "value", "grad", "local"):
        made[f"only {part}"] = with_nodes(neuron, show=lambda _, part=part: [part])
        made[f"only {part}, kinds"] = with_nodes(kinds, show=lambda _, part=part: [part])
    return made


def networks() -> dict[str, Callable[[], Any]]:
    def of(make: Callable[[], Any], **options: Any) -> Callable[[], Any]:
        return lambda: tg.draw(make(), **options)

    def weighted(*weights: float) -> nn.Neuron:
        unit = nn.Neuron(len(weights), seed=1)
        for w, x in zip(unit.w, weights, strict=True):
            w.data = x
        return unit

    def sequence() -> nn.Sequential:
        return nn.Sequential(nn.Linear(3, 4, seed=1), nn.Tanh(), nn.Linear(4, 2, seed=2), nn.Softplus())

    made: dict[str, Callable[[], Any]] = {
        "neuron": of(lambda: nn.Neuron(3, seed=1)), "one input": of(lambda: nn.Neuron(1, activation="tanh", seed=1)),
        "layer": of(lambda: nn.Layer(2, 3, activation="sigmoid", seed=2)),
        "mlp": of(lambda: nn.MLP(2, [3, 1], seed=4)), "wide": of(lambda: nn.MLP(12, [30, 8, 9], seed=5)),
        "deep": of(lambda: nn.MLP(1, [2, 2, 2, 2, 2, 1], seed=6), digits=2),
        "nine": of(lambda: nn.MLP(9, [10, 11, 1], seed=7), title="Nine, ten, eleven"),
        "linear": of(lambda: nn.Linear(4, 2, seed=8)), "sequence": of(sequence),
        "maxout": of(lambda: nn.Neuron(2, activation=nn.Maxout(3), seed=9)),
        "own": of(lambda: nn.Neuron(2, activation=lambda x: x * x, seed=1)),
        "zeros": of(lambda: weighted(0.0, -0.0)), "odd": of(lambda: weighted(math.nan, math.inf, -1.0, 1e-9)),
        "spread": of(lambda: weighted(-4.0, -2.0, -1.0, -0.5, -0.1, 0.1, 0.5, 1.0, 2.0, 4.0), digits=3),
        "long title": of(lambda: nn.Neuron(2, seed=1), title="A heading, much wider than the network below: a neuron"),
    }  # fmt: skip
    for activation in ("relu", "leaky_relu", "sigmoid", "tanh", "softplus", "elu", "silu", "gelu", "linear"):
        made[activation] = of(lambda activation=activation: nn.Neuron(2, activation=activation, seed=1))
    for steps in (1, 2, 3, 5):
        made[f"rnn {steps}"] = of(lambda: recurrent.RNNCell(2, 3, seed=1), steps=steps)
        made[f"lstm {steps}"] = of(lambda: recurrent.LSTMCell(2, 3, seed=1), steps=steps, title="Memory")
    made["rnn, long title"] = of(
        lambda: recurrent.RNNCell(1, 1, seed=1),
        steps=1,
        title="A heading that is much wider than the one step of the cell that stands below it, by far",
    )
    return made


PICTURES: dict[str, Callable[[], str]] = {}
for graph_name, make_graph in GRAPHS.items():
    for look_name, look in LOOKS.items():
        name = f"{graph_name} {look_name}".strip()
        PICTURES[f"{name}.svg"] = lambda make=make_graph, look=look: tg.draw(make(), **look).svg
        if not look_name or graph_name == "example":
            PICTURES[f"{name}.dot"] = lambda make=make_graph, look=look: tg.draw(make(), **look).dot
for special_name, make_drawing in special().items():
    PICTURES[f"{special_name}.svg"] = lambda make=make_drawing: make().svg
    PICTURES[f"{special_name}.dot"] = lambda make=make_drawing: make().dot
for network_name, make_drawing in networks().items():
    PICTURES[f"network {network_name}.svg"] = lambda make=make_drawing: f"{make().svg}<!-- {make()!r} -->"
KEPT = Kept(__file__, PICTURES)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_stays_as_it_is(name: str) -> None:
    KEPT.check(name)


def test_all_pictures_are_kept() -> None:
    KEPT.check_names()


if __name__ == "__main__":
    KEPT.main()
