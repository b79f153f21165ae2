"""A language model that spells: a very small GPT reads words letter by letter and makes up new ones.

`python examples/character_model.py` trains it for half a minute or so and prints words it has made up;
`python examples/character_model.py 50` takes 50 steps. Everything that makes a large language model is here, small:
embeddings, attention, a perceptron, residual connections, normalisation, cross-entropy, Adam.
"""

import random
import sys
from collections.abc import Iterator
from typing import Any

import tinygrad_edu as tg
from tinygrad_edu import datasets, losses, nn
from tinygrad_edu.optim import Adam
from tinygrad_edu.schedules import linear

Vector = list[Any]
Matrix = list[list[Any]]

WORDS = datasets.words()
LETTERS = "." + "abcdefghijklmnopqrstuvwxyz"  # the dot stands before and after each word
LONGEST = max(map(len, WORDS)) + 1
WIDTH, HEADS = 12, 3


def times(matrix: Matrix, x: Vector) -> Vector:
    """The matrix times the vector: a weighted sum for each row."""
    return [tg.dot(row, x) for row in matrix]


def add(x: Vector, y: Vector) -> Vector:
    """The sum of two vectors."""
    return [xi + yi for xi, yi in zip(x, y, strict=True)]


def rms_norm(x: Vector) -> Vector:
    """The vector scaled to a mean square of 1, so that no layer grows or dies out (Zhang and Sennrich 2019)."""
    scale = (tg.dot(x, x) / len(x) + 1e-5) ** -0.5
    return [xi * scale for xi in x]


class Attention(nn.Module):
    """Each letter asks all before it: a query matched with their keys says how much of each one's value to take."""

    def __init__(self, draw: Any) -> None:
        self.query, self.key, self.value, self.out = (draw(WIDTH, WIDTH) for _ in range(4))

    def __call__(self, x: Vector, keys: Matrix, values: Matrix) -> Vector:
        """The mixture for the latest letter; its key and its value join those of the letters before."""
        query = times(self.query, x)
        keys.append(times(self.key, x))
        values.append(times(self.value, x))
        size = WIDTH // HEADS
        mixed = []
        for head in range(0, WIDTH, size):  # each head looks at its own part of the vectors
            part = slice(head, head + size)
            shares = tg.softmax(tg.dot(query[part], key[part]) / size**0.5 for key in keys)
            mixed += [tg.dot(shares, column) for column in zip(*(value[part] for value in values), strict=True)]
        return times(self.out, mixed)


class GPT(nn.Module):
    """Letters in, scores for the next letter out (Vaswani and others 2017, Radford and others 2018)."""

    def __init__(self, seed: int = 0) -> None:
        rng = random.Random(seed)  # noqa: S311 -- nothing secret is drawn

        def draw(rows: int, columns: int) -> Matrix:
            return [[tg.Value(rng.gauss(0.0, 0.1)) for _ in range(columns)] for _ in range(rows)]

        self.letters = draw(len(LETTERS), WIDTH)  # a vector for each letter
        self.places = draw(LONGEST, WIDTH)  # and for each place in a word
        self.attention = Attention(draw)
        self.widen, self.narrow = draw(2 * WIDTH, WIDTH), draw(WIDTH, 2 * WIDTH)
        self.scores = draw(len(LETTERS), WIDTH)

    def read(self, letters: list[int]) -> Iterator[Vector]:
        """After each letter of the list, the scores of all letters for being the next."""
        keys: Matrix = []
        values: Matrix = []
        for place, letter in enumerate(letters):
            x = rms_norm(add(self.letters[letter], self.places[place]))
            x = add(x, self.attention(rms_norm(x), keys, values))
            hidden = [tg.relu(z) for z in times(self.widen, rms_norm(x))]
            x = add(x, times(self.narrow, hidden))
            yield times(self.scores, x)


def numbers(word: str) -> list[int]:
    """The letters' numbers, with a dot at each end."""
    return [LETTERS.index(letter) for letter in f".{word}."]


def loss_on(model: GPT, words: list[str]) -> Any:
    """The cross-entropy for each next letter, the mean over all of them: log 27 = 3.30 for a blind guess."""
    spelt = [numbers(word) for word in words]
    scores = [each for letters in spelt for each in model.read(letters[:-1])]
    return losses.cross_entropy(scores, [letter for letters in spelt for letter in letters[1:]])


def train(model: GPT, steps: int) -> Iterator[float]:
    """A step of Adam for each word, drawn by chance; the loss of each step as it is made."""
    rng = random.Random(1)  # noqa: S311
    optimizer = Adam(model.parameters(), lr=linear(0.03, 0.0, steps), betas=(0.85, 0.99))
    for _ in range(steps):
        loss = loss_on(model, [rng.choice(WORDS)])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield float(loss.data)


def invent(model: GPT, rng: random.Random, temperature: float = 0.6) -> str:
    """A word drawn letter by letter; a low temperature keeps to what is likely."""
    letters = [0]
    with tg.no_grad():
        while len(letters) <= LONGEST:
            *_, scores = model.read(letters)
            shares = tg.softmax(score.data / temperature for score in scores)
            letters.append(rng.choices(range(len(LETTERS)), weights=shares)[0])
            if letters[-1] == 0:
                break
    return "".join(LETTERS[letter] for letter in letters).strip(".")


def main(steps: int = 800) -> None:
    """Train, print the loss on the way, and print words that the model made up."""
    model = GPT()
    print(f"{len(WORDS)} words, {model.parameter_count()} parameters; a blind guess has the loss log 27 = 3.30")
    recent: list[float] = []
    for step, loss in enumerate(train(model, steps), start=1):
        recent = [*recent[-49:], loss]
        if step in (1, 50, 100, 200, 400, steps):
            print(f"step {step:>4}: loss {sum(recent) / len(recent):.2f}, the mean of the last {len(recent)}")
    rng = random.Random(0)  # noqa: S311
    made_up = [invent(model, rng) for _ in range(20)]
    print("made up:", " ".join(word for word in made_up if word and word not in WORDS))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
