"""The 27 problems for nonlinear regression of NIST's Statistical Reference Datasets, with certified values.

The data, starts and certified values in nist_strd.json are NIST's (public domain, itl.nist.gov/div898/strd), as they
come with the source of lmfit. Nelson's response is the logarithm of what was measured.
"""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import tinygrad_edu as tg


class Problem(NamedTuple):
    """A model with data, two starts, and the certified parameters, standard errors and residual sum of squares."""

    model: Callable[..., Any]
    data: list[Any]
    starts: list[list[float]]
    parameters: list[float]
    errors: list[float]
    rss: float


def _gauss(b, x):
    hills = [b[i] * tg.exp(-((x - b[i + 1]) ** 2) / b[i + 2] ** 2) for i in (2, 5)]
    return b[0] * tg.exp(-b[1] * x) + hills[0] + hills[1]


def _waves(b, x):
    def wave(cosine, sine, period):
        return cosine * tg.cos(2 * math.pi * x / period) + sine * tg.sin(2 * math.pi * x / period)

    return b[0] + wave(b[1], b[2], 12.0) + wave(b[4], b[5], b[3]) + wave(b[7], b[8], b[6])


def _cubic(b, x):
    return (b[0] + b[1] * x + b[2] * x**2 + b[3] * x**3) / (1 + b[4] * x + b[5] * x**2 + b[6] * x**3)


MODELS = {
    "Bennett5": lambda b, x: b[0] * (b[1] + x) ** (-1 / b[2]),
    "BoxBOD": lambda b, x: b[0] * (1 - tg.exp(-b[1] * x)),
    "Chwirut1": lambda b, x: tg.exp(-b[0] * x) / (b[1] + b[2] * x),
    "Chwirut2": lambda b, x: tg.exp(-b[0] * x) / (b[1] + b[2] * x),
    "DanWood": lambda b, x: b[0] * x ** b[1],
    "ENSO": _waves,
    "Eckerle4": lambda b, x: b[0] / b[1] * tg.exp(-0.5 * ((x - b[2]) / b[1]) ** 2),
    "Gauss1": _gauss,
    "Gauss2": _gauss,
    "Gauss3": _gauss,
    "Hahn1": _cubic,
    "Kirby2": lambda b, x: (b[0] + b[1] * x + b[2] * x**2) / (1 + b[3] * x + b[4] * x**2),
    "Lanczos1": lambda b, x: sum(b[i] * tg.exp(-b[i + 1] * x) for i in (0, 2, 4)),
    "MGH09": lambda b, x: b[0] * (x * x + x * b[1]) / (x * x + x * b[2] + b[3]),
    "MGH10": lambda b, x: b[0] * tg.exp(b[1] / (x + b[2])),
    "MGH17": lambda b, x: b[0] + b[1] * tg.exp(-x * b[3]) + b[2] * tg.exp(-x * b[4]),
    "Misra1a": lambda b, x: b[0] * (1 - tg.exp(-b[1] * x)),
    "Misra1b": lambda b, x: b[0] * (1 - (1 + b[1] * x / 2) ** -2),
    "Misra1c": lambda b, x: b[0] * (1 - (1 + 2 * b[1] * x) ** -0.5),
    "Misra1d": lambda b, x: b[0] * b[1] * x / (1 + b[1] * x),
    "Nelson": lambda b, x: b[0] - b[1] * x[0] * tg.exp(-b[2] * x[1]),
    "Rat42": lambda b, x: b[0] / (1 + tg.exp(b[1] - b[2] * x)),
    "Rat43": lambda b, x: b[0] / (1 + tg.exp(b[1] - b[2] * x)) ** (1 / b[3]),
    "Roszman1": lambda b, x: b[0] - b[1] * x - tg.arctan(b[2] / (x - b[3])) / math.pi,
    "Thurber": _cubic,
}
MODELS |= {"Lanczos2": MODELS["Lanczos1"], "Lanczos3": MODELS["Lanczos1"]}


def _problem(name: str, given: dict[str, Any]) -> Problem:
    xs = list(zip(*given["x"], strict=True))
    ys = [math.log(y) if name == "Nelson" else y for y in given["y"]]
    data = [(x if len(x) > 1 else x[0], y) for x, y in zip(xs, ys, strict=True)]
    return Problem(MODELS[name], data, given["starts"], given["parameters"], given["errors"], given["rss"])


_GIVEN = json.loads(Path(__file__).with_name("nist_strd.json").read_text("utf-8"))
PROBLEMS = {name: _problem(name, given) for name, given in _GIVEN.items()}
