"""Where the weights of a network start: schemes that draw one weight, by name, from a seed or a generator.

A scheme is a function of a source of random numbers, the number of inputs of the layer and the number of its
outputs. Weights that start too large make the numbers in a deep network explode, too small ones make them vanish:
the schemes of Glorot and He choose the spread so that the numbers keep their size from layer to layer.
"""

import math
import random
from collections.abc import Callable
from typing import Protocol

from ..mistakes.options import A_SEED, RANDOM, expect


class Source(Protocol):
    """Where random numbers come from: a `random.Random`, or the module `random` itself."""

    def uniform(self, a: float, b: float) -> float: ...  # noqa: D102 -- as in the module random

    def gauss(self, mu: float, sigma: float) -> float: ...  # noqa: D102


Scheme = Callable[[Source, int, int], float]
TRUNCATED_SD = 0.8796256610342398  # the standard deviation of a standard normal number that is kept within ±2


def uniform(source: Source, _nin: int, _nout: int) -> float:
    """Evenly from -1 to 1, as micrograd does."""
    return source.uniform(-1, 1)


def normal(source: Source, _nin: int, _nout: int) -> float:
    """Normal, standard deviation 1."""
    return source.gauss(0.0, 1.0)


def zeros(_source: Source, _nin: int, _nout: int) -> float:
    """0: neurons that start equal stay equal, which is why weights start at random (a case to try, and to avoid)."""
    return 0.0


def glorot_uniform(source: Source, nin: int, nout: int) -> float:
    """Evenly within ±√(6/(nin + nout)), for tanh and sigmoid (Glorot and Bengio 2010)."""
    limit = math.sqrt(6 / (nin + nout))
    return source.uniform(-limit, limit)


def glorot_normal(source: Source, nin: int, nout: int) -> float:
    """Normal, standard deviation √(2/(nin + nout)) (Glorot and Bengio 2010)."""
    return source.gauss(0.0, math.sqrt(2 / (nin + nout)))


def glorot_truncated(source: Source, nin: int, nout: int) -> float:
    """As `glorot_normal`, of the same standard deviation, but nothing beyond 2 sd of the normal that is cut."""
    z = source.gauss(0.0, 1.0)
    while abs(z) > 2:
        z = source.gauss(0.0, 1.0)
    return z * math.sqrt(2 / (nin + nout)) / TRUNCATED_SD


def he_uniform(source: Source, nin: int, _nout: int) -> float:
    """Evenly within ±√(6/nin), for relu (He and others 2015)."""
    limit = math.sqrt(6 / nin)
    return source.uniform(-limit, limit)


def he_normal(source: Source, nin: int, _nout: int) -> float:
    """Normal, standard deviation √(2/nin), for relu (He and others 2015)."""
    return source.gauss(0.0, math.sqrt(2 / nin))


SCHEMES: dict[str, Scheme] = {
    each.__name__: each
    for each in (uniform, normal, zeros, glorot_uniform, glorot_normal, glorot_truncated, he_uniform, he_normal)
}


def scheme(init: str | Scheme) -> Scheme:
    """The scheme of that name; a function is one already. ValueError for a name that is not in SCHEMES.

    >>> scheme("he_uniform").__name__
    'he_uniform'
    """
    if callable(init) and not isinstance(init, type):
        return init
    if not isinstance(init, str) or init not in SCHEMES:
        raise ValueError(f"no initialisation is called {init!r}; there are {', '.join(SCHEMES)}")
    return SCHEMES[init]


def source(seed: int | None = None, rng: Source | None = None) -> Source:
    """`rng` itself, or a new generator from the seed; with neither, Python's global one, which `random.seed` seeds.

    So `random.seed(1337)` decides the weights as it does in micrograd, whose weights they are. With a seed or another
    generator the global one is left alone. ValueError if both are given.

    >>> source(seed=1).uniform(0, 1) == source(seed=1).uniform(0, 1)
    True
    """
    if rng is None:
        expect("random numbers", A_SEED, seed=seed)
        return random if seed is None else random.Random(seed)  # noqa: S311 -- nothing secret is drawn
    if seed is not None:
        raise ValueError("give a seed or an rng, not both")
    expect("random numbers", RANDOM, rng=rng)
    return rng
