"""One training step's graph of a very small GPT: some 65,000 nodes for eight tokens with plain operators.

Token and position embeddings, RMS norm, causal attention with four heads, a relu MLP, logits, cross-entropy. As
code for any scalar engine has it, every product and every sum is a node of its own; `WIDE` says the same in our
functions of many operands.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import tinygrad_edu as tg
from tinygrad_edu.losses import cross_entropy

WIDTH, HEADS, VOCABULARY = 16, 4, 27
Vector = list[Any]
Matrix = list[Vector]


def plain_dot(x: Vector, y: Vector) -> Any:
    """x₁y₁ + x₂y₂ + …, a node for each product and each sum."""
    return sum(xi * yi for xi, yi in zip(x, y, strict=True))


def plain_softmax(logits: Vector) -> Vector:
    """Positive numbers that add up to 1; the largest logit is taken off first."""
    top = max(x.data for x in logits)
    powers = [(x - top).exp() for x in logits]
    total = sum(powers)
    return [p / total for p in powers]


def plain_cross_entropy(logits: Vector, target: int) -> Any:
    """-log of the target's probability."""
    return -plain_softmax(logits)[target].log()


@dataclass(frozen=True)
class Operations:
    """What the network is written in."""

    dot: Callable[[Vector, Vector], Any]
    sum: Callable[[Vector], Any]
    softmax: Callable[[Vector], Vector]
    cross_entropy: Callable[[Vector, int], Any]


PLAIN = Operations(plain_dot, sum, plain_softmax, plain_cross_entropy)
WIDE = Operations(tg.dot, tg.sum, tg.softmax, cross_entropy)


def add(x: Vector, y: Vector) -> Vector:
    """x + y, by component."""
    return [xi + yi for xi, yi in zip(x, y, strict=True)]


class GPT:
    """One transformer block between an embedding and a projection to the vocabulary."""

    def __init__(self, Value: Any, positions: int, operations: Operations = PLAIN, *, seed: int = 3) -> None:
        self.do = operations
        rng = random.Random(seed)

        def matrix(rows: int, columns: int) -> Matrix:
            return [[Value(rng.gauss(0, 0.2)) for _ in range(columns)] for _ in range(rows)]

        self.tokens, self.positions = matrix(VOCABULARY, WIDTH), matrix(positions, WIDTH)
        self.queries, self.keys, self.values, self.mix = (matrix(WIDTH, WIDTH) for _ in range(4))
        self.widen, self.narrow = matrix(4 * WIDTH, WIDTH), matrix(WIDTH, 4 * WIDTH)
        self.head = matrix(VOCABULARY, WIDTH)
        matrices = [self.tokens, self.positions, self.queries, self.keys, self.values, self.mix]
        matrices += [self.widen, self.narrow, self.head]
        self.parameters = [p for matrix in matrices for row in matrix for p in row]

    def linear(self, x: Vector, w: Matrix) -> Vector:
        """w·x, a weighted sum for each row."""
        return [self.do.dot(row, x) for row in w]

    def rms_norm(self, x: Vector) -> Vector:
        """x scaled to a mean square of 1."""
        scale = (self.do.dot(x, x) * (1 / len(x)) + 1e-5) ** -0.5
        return [xi * scale for xi in x]

    def logits(self, token: int, position: int, keys: Matrix, values: Matrix) -> Vector:
        """Of the next token; `keys` and `values` of the positions so far grow by one."""
        x = self.rms_norm(add(self.tokens[token], self.positions[position]))
        x = add(x, self.attend(self.rms_norm(x), keys, values))
        hidden = [z.relu() for z in self.linear(self.rms_norm(x), self.widen)]
        return self.linear(add(x, self.linear(hidden, self.narrow)), self.head)

    def attend(self, x: Vector, keys: Matrix, values: Matrix) -> Vector:
        """What each head takes from the positions up to this one, mixed."""
        query = self.linear(x, self.queries)
        keys.append(self.linear(x, self.keys))
        values.append(self.linear(x, self.values))
        size = WIDTH // HEADS
        taken: Vector = []
        for start in range(0, WIDTH, size):
            head = slice(start, start + size)
            scores = [self.do.dot(query[head], key[head]) * size**-0.5 for key in keys]
            weights = self.do.softmax(scores)
            columns = map(list, zip(*(value[head] for value in values), strict=True))
            taken += [self.do.dot(weights, column) for column in columns]
        return self.linear(taken, self.mix)

    def loss(self, text: list[int]) -> Any:
        """The mean cross-entropy of each token given those before it; the text starts from token 0."""
        keys: Matrix = []
        values: Matrix = []
        losses = []
        for position, (token, following) in enumerate(zip([0, *text], text, strict=False)):
            losses.append(self.do.cross_entropy(self.logits(token, position, keys, values), following))
        return self.do.sum(losses) * (1 / len(losses))


def loss_and_gradients(Value: Any, tokens: int, operations: Operations = PLAIN) -> Callable[[], list[float]]:
    """A function that computes the loss on a text of so many tokens, and its gradients by all parameters."""
    rng = random.Random(4)
    text = [rng.randrange(1, VOCABULARY) for _ in range(tokens)]
    model = GPT(Value, tokens, operations)

    def step() -> list[float]:
        loss = model.loss(text)
        for p in model.parameters:
            p.grad = 0
        loss.backward()
        return [loss.data, *(p.grad for p in model.parameters)]

    return step
