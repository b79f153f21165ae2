"""One training step's graph of a very small GPT with plain operators: some 65,000 nodes for eight tokens.

Token and position embeddings, RMS norm, causal attention with four heads, a relu MLP, logits, cross-entropy. Every
product and every sum is a node of its own, as in code written for a scalar engine.
"""

import random
from collections.abc import Callable
from typing import Any

WIDTH, HEADS, VOCABULARY = 16, 4, 27
Vector = list[Any]
Matrix = list[Vector]


def linear(x: Vector, w: Matrix) -> Vector:
    """w·x, a sum of products for each row."""
    return [sum(wi * xi for wi, xi in zip(row, x, strict=True)) for row in w]


def softmax(logits: Vector) -> Vector:
    """Positive numbers that add up to 1; the largest logit is taken off first."""
    top = max(x.data for x in logits)
    powers = [(x - top).exp() for x in logits]
    total = sum(powers)
    return [p / total for p in powers]


def rms_norm(x: Vector) -> Vector:
    """x scaled to a mean square of 1."""
    scale = (sum(xi * xi for xi in x) * (1 / len(x)) + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def add(x: Vector, y: Vector) -> Vector:
    """x + y, by component."""
    return [xi + yi for xi, yi in zip(x, y, strict=True)]


class GPT:
    """One transformer block between an embedding and a projection to the vocabulary."""

    def __init__(self, Value: Any, positions: int, *, seed: int = 3) -> None:
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

    def logits(self, token: int, position: int, keys: Matrix, values: Matrix) -> Vector:
        """Of the next token; `keys` and `values` of the positions so far grow by one."""
        x = rms_norm(add(self.tokens[token], self.positions[position]))
        x = add(x, self.attend(rms_norm(x), keys, values))
        hidden = [z.relu() for z in linear(rms_norm(x), self.widen)]
        return linear(add(x, linear(hidden, self.narrow)), self.head)

    def attend(self, x: Vector, keys: Matrix, values: Matrix) -> Vector:
        """What each head takes from the positions up to this one, mixed."""
        query = linear(x, self.queries)
        keys.append(linear(x, self.keys))
        values.append(linear(x, self.values))
        size = WIDTH // HEADS
        taken: Vector = []
        for start in range(0, WIDTH, size):
            head = slice(start, start + size)
            scores = [sum(q * k for q, k in zip(query[head], key[head], strict=True)) * size**-0.5 for key in keys]
            weights = softmax(scores)
            columns = zip(*(value[head] for value in values), strict=True)
            taken += [sum(w * v for w, v in zip(weights, column, strict=True)) for column in columns]
        return linear(taken, self.mix)

    def loss(self, text: list[int]) -> Any:
        """The mean cross-entropy of each token given those before it; the text starts from token 0."""
        keys: Matrix = []
        values: Matrix = []
        losses = []
        for position, (token, following) in enumerate(zip([0, *text], text, strict=False)):
            probabilities = softmax(self.logits(token, position, keys, values))
            losses.append(-probabilities[following].log())
        return sum(losses) * (1 / len(losses))


def loss_and_gradients(Value: Any, tokens: int) -> Callable[[], list[float]]:
    """A function that computes the loss on a text of so many tokens, and its gradients by all parameters."""
    rng = random.Random(4)
    text = [rng.randrange(1, VOCABULARY) for _ in range(tokens)]
    model = GPT(Value, tokens)

    def step() -> list[float]:
        loss = model.loss(text)
        for p in model.parameters:
            p.grad = 0
        loss.backward()
        return [loss.data, *(p.grad for p in model.parameters)]

    return step
