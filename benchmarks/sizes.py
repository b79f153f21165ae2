"""How much work each case does: the sizes that are reported, and tiny ones that only show that the cases run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """The amount of work; the defaults are what docs/benchmarks.md reports."""

    rounds: int = 7  # each round runs every contestant once; medians are over the rounds
    seconds: float = 0.05  # work shorter than this is repeated within a round until it takes this long
    calls: int = 5  # training steps in a row within a round
    samples: int = 100  # of the moons data
    points: int = 50  # of the sine curve
    tokens: int = 8  # of the text the small GPT reads
    dimensions: int = 10  # of Rosenbrock's function
    layers: tuple[tuple[int, int, int], ...] = ((64, 32, 10), (64, 64, 10), (784, 32, 10))  # inputs, neurons, classes
    chain: int = 20_000  # nodes, where memory per node is measured
    graphs: tuple[int, ...] = (10**3, 10**4, 10**5, 10**6)  # nodes per graph, where cost per node is measured
    graph_rounds: int = 5  # fewer: each runs every size


FULL = Sizes()
TINY = Sizes(
    rounds=2,
    seconds=0.0,
    calls=1,
    samples=4,
    points=3,
    tokens=2,
    dimensions=2,
    layers=((8, 12, 5),),
    chain=200,
    graphs=(100, 500),
    graph_rounds=1,
)
