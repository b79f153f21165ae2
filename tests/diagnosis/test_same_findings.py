"""What `diagnose`, `why_zero` and `why_nan` say of networks stays as it is: see tests/kept.py."""

from collections.abc import Callable
from typing import Any

import pytest

import tinygrad_edu as tg
from tests.kept import Kept
from tinygrad_edu import datasets, nn
from tinygrad_edu.recurrent import LSTMCell, RNNCell

MOONS = datasets.moons(12)
LINE = datasets.line(7)


def filled(model: Any, change: Callable[[float], float]) -> Any:
    for p in model.parameters():
        p.data = change(p.data)
    return model


def mlp(*sizes: int, seed: int = 1, **options: Any) -> nn.MLP:
    return nn.MLP(sizes[0], list(sizes[1:]), seed=seed, **options)


class Own(nn.Module):
    """A model whose insides nobody knows."""

    def __init__(self) -> None:
        self.first, self.second = nn.Linear(2, 3, seed=1), nn.Linear(3, 1, seed=2)

    def __call__(self, x: Any) -> Any:
        return self.second([tg.tanh(each) for each in self.first(x)])


def of(model: Callable[[], Any], data: Any = MOONS, **options: Any) -> Callable[[], str]:
    def told() -> str:
        made = model()
        given = {name: make(made) if callable(make) else make for name, make in options.items()}
        found = tg.diagnose(made, data, nn.mse_loss, **given)
        return f"{found}\n{found._repr_markdown_()}\n{found.verdict} {found.rows}\n"

    return told


def gap(f: Callable[[tg.Value, tg.Value], tg.Value], *, most: int = 10) -> Callable[[], str]:
    """Why x and y have no gradient."""

    def told() -> str:
        x, y = tg.Value(-1.0, label="x"), tg.Value(2.0, label="y")
        loss = f(x, y)
        return "\n".join(
            str(tg.why_zero(each, loss, most=most)) for each in (x, y) if each in set(tg.topological_order(loss))
        )

    return told


def odd(f: Callable[[tg.Value, tg.Value], tg.Value]) -> Callable[[], str]:
    return lambda: str(tg.why_nan(f(tg.Value(-1.0, label="x"), tg.Value(float("inf"), label="y")), most=3))


SEQUENCES = ([[[0.1], [0.2], [0.3]], [[-0.5], [0.4], [0.0]]], [0.5, -0.5])
FINDINGS: dict[str, Callable[[], str]] = {
    "healthy": of(lambda: mlp(2, 8, 8, 1)), "one example": of(lambda: mlp(2, 3, 1), ([[1.0, 2.0]], [1.0])),
    "exploding": of(lambda: filled(mlp(2, 6, 6, 1), lambda p: 60 * p)),
    "vanishing": of(lambda: mlp(2, *[3] * 8, 1, activation="sigmoid")),
    "dead": of(lambda: filled(mlp(2, 6, 6, 1), lambda p: -abs(p) - 0.5)),
    "half dead": of(lambda: filled(mlp(2, 8, 1, seed=2), lambda p: p or -1.0)),
    "saturated": of(lambda: filled(mlp(2, 6, 1, activation="tanh"), lambda p: 30 * p)),
    "zeros": of(lambda: filled(mlp(2, 4, 4, 1), lambda _: 0.0)),
    "equal": of(lambda: filled(mlp(2, 4, 4, 1), lambda _: 0.25)),
    "not finite": of(lambda: filled(mlp(2, 4, 1), lambda p: p * 1e200)),
    "large steps": of(lambda: mlp(2, 4, 1), lr=1000.0),
    "adam": of(lambda: mlp(2, 4, 1), optimizer=lambda model: nn.Adam(model.parameters(), lr=0.5)),
    "sgd with momentum": of(lambda: mlp(2, 4, 1), optimizer=lambda m: nn.SGD(m.parameters(), lr=0.5, momentum=0.9)),
    "linear": of(lambda: nn.Linear(1, 1, seed=3), LINE), "neuron": of(lambda: nn.Neuron(2, seed=1)),
    "layer": of(lambda: nn.Layer(2, 1, activation="elu", seed=1)), "own": of(Own),
    "sequence": of(lambda: nn.Sequential(nn.Linear(2, 3, seed=1), nn.Softplus(), nn.Linear(3, 1, seed=2))),
    "function": of(lambda: lambda x: tg.Value(2.0) * x[0]),
    "list": of(lambda: mlp(2, 3, 1), ([[1, 2], [3, 4]], [0, 1])),
    "rnn": of(lambda: RNNCell(1, 1, seed=1), SEQUENCES), "lstm": of(lambda: LSTMCell(1, 1, seed=1), SEQUENCES),
    **{name: of(lambda name=name: mlp(2, 3, 1, activation=name)) for name in nn.ACTIVATIONS},
    "off": gap(lambda x, y: tg.relu(x) * y), "flat": gap(lambda x, y: tg.sigmoid(x - 50) + y * 0),
    "cancelled": gap(lambda x, y: x - x + y - y), "times 0": gap(lambda x, y: x * 0 * y),
    "chosen": gap(lambda x, y: tg.maximum(x, y) + tg.minimum(x, 7) - tg.where(x > 0, x, y)),
    "many": gap(lambda x, y: tg.sum([tg.relu(x - i) * (y + i) for i in range(12)]), most=4),
    "exactly as many": gap(lambda x, y: tg.sum([tg.relu(x - i) * y for i in range(4)]), most=4),
    "two kinds": gap(lambda x, y: tg.relu(x) * y + tg.sigmoid(x - 100) * y + tg.tanh(x * 90) + (x + 1) ** 2 * y),
    "underflow": gap(lambda x, y: x * 1e-200 * 1e-200 * y),
    "not in it": gap(lambda x, y: y * 0 + x * 0),
    "nan of infinities": odd(lambda x, y: (y - y) * x), "nan of zero": odd(lambda x, y: x * 0 * y + y),
    "several": odd(lambda x, y: tg.sum([y - y * i for i in range(6)])),
    "nan given": odd(lambda x, y: x * float("nan") + y), "finite": odd(lambda x, y: x * 2 + (y > 0)),
}  # fmt: skip
KEPT = Kept(__file__, FINDINGS)


@pytest.mark.parametrize("name", FINDINGS)
def test_a_finding_stays_as_it_is(name: str) -> None:
    KEPT.check(name)


def test_all_findings_are_kept() -> None:
    KEPT.check_names()


if __name__ == "__main__":
    KEPT.main()
