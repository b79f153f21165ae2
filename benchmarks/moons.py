"""micrograd's moons classifier: the data, the network and one training step, the same code for every engine.

Only the class `Value` differs between the contestants. The network has micrograd's structure: a neuron is a list of
weights and a bias, added up with Python's `sum`.
"""

import itertools
import math
import random
from collections.abc import Callable, Iterator
from typing import Any

Engine = Any  # a class of Values
STEP_SIZE = 0.1
PENALTY = 1e-4  # of the squared parameters


def moons(n: int, *, noise: float = 0.1, seed: int = 1) -> tuple[list[list[float]], list[float]]:
    """`n` points on two half circles that reach into each other, and their classes, 1.0 or -1.0.

    The upper moon is (cos t, sin t), the lower (1 - cos t, ½ - sin t), for t from 0 to π, plus normal noise.
    """
    rng = random.Random(seed)
    points, classes = [], []
    for i in range(n):
        t = math.pi * (i // 2) / max(1, (n - 1) // 2)
        x, y = (math.cos(t), math.sin(t)) if i % 2 == 0 else (1 - math.cos(t), 0.5 - math.sin(t))
        points.append([x + rng.gauss(0, noise), y + rng.gauss(0, noise)])
        classes.append(1.0 if i % 2 == 0 else -1.0)
    return points, classes


class Neuron:
    """relu(w·x + b), or w·x + b without the relu."""

    def __init__(self, Value: Engine, nin: int, *, nonlin: bool, rng: random.Random) -> None:
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x: list[Any]) -> Any:
        """The output for one input."""
        z = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
        return z.relu() if self.nonlin else z

    def parameters(self) -> list[Any]:
        """The weights and the bias."""
        return [*self.w, self.b]


class MLP:
    """Layers of neurons, fully connected, relu after all but the last layer, whose single neuron gives the score."""

    def __init__(self, Value: Engine, sizes: list[int], *, seed: int = 2) -> None:
        rng = random.Random(seed)
        last = len(sizes) - 2
        self.layers = [
            [Neuron(Value, nin, nonlin=i != last, rng=rng) for _ in range(nout)]
            for i, (nin, nout) in enumerate(itertools.pairwise(sizes))
        ]

    def __call__(self, x: list[Any]) -> Any:
        """The score of one point."""
        for layer in self.layers:
            x = [neuron(x) for neuron in layer]
        return x[0]

    def parameters(self) -> Iterator[Any]:
        """Of all neurons, layer by layer."""
        return (p for layer in self.layers for neuron in layer for p in neuron.parameters())


def loss_of(Value: Engine, model: MLP, points: list[list[float]], classes: list[float]) -> Any:
    """The mean hinge loss, relu(1 - y·score), plus the penalty."""
    inputs = [list(map(Value, point)) for point in points]
    scores = [model(x) for x in inputs]
    losses = [(1 + -y * score).relu() for y, score in zip(classes, scores, strict=True)]
    data_loss = sum(losses) * (1.0 / len(losses))
    return data_loss + PENALTY * sum(p * p for p in model.parameters())


def training_step(Value: Engine, n: int) -> Callable[[], list[float]]:
    """A function that does one whole step (forward, zero the gradients, backward, move) from the same start each time.

    It returns the loss and the moved parameters.
    """
    points, classes = moons(n)
    model = MLP(Value, [2, 16, 16, 1])
    parameters = list(model.parameters())
    start = [p.data for p in parameters]

    def step() -> list[float]:
        for p, data in zip(parameters, start, strict=True):
            p.data = data
        loss = loss_of(Value, model, points, classes)
        for p in parameters:
            p.grad = 0
        loss.backward()
        for p in parameters:
            p.data -= STEP_SIZE * p.grad
        return [loss.data, *(p.data for p in parameters)]

    return step
