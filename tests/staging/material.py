"""What tests of staging share: functions to stage, trees, and how results are compared."""

import dataclasses
import typing

import pytest

import tinygrad_edu as tg
from tests.operations import same
from tinygrad_edu.staging import StagingError, jit, mean_over, sum_over
from tinygrad_edu.trees.tree import flatten


def close(x, y, tolerance=1e-12):
    """Equal trees of numbers, up to rounding; inf and nan in the same places."""
    a, b = flatten(x)[0], flatten(y)[0]
    return len(a) == len(b) and all(
        same(p, q) or abs(p - q) <= tolerance * max(abs(p), abs(q), 1e-300) for p, q in zip(a, b, strict=True)
    )


def outcome(f, *args):
    """What a call gives: a result, or the type and text of an error."""
    try:
        return f(*args)
    except Exception as error:
        return type(error), str(error)


def source_of(f, *args, **options):
    ours = jit(f, **options)
    ours(*args)
    return ours.source


def branching(a, b, c):
    x = a + b
    x.label = "x"
    y = b + c
    y.label = "y"
    return x * y


HOSTILE = [
    "x\nimport os",
    "x; import os",
    "'''",
    'a"b',
    "class",
    "exp",
    "print",
    "__import__",
    "x # y",
    "a\\",
    "*/ system()",
    "\u2028alert(1)",
    "ﬁ",
    "Ω; x",
    "\x00",
    "\ud800",
    "0",
    "t1",
    "def f(x): return 0",
    "x" * 10_000,
    "${x}",
    "\\input{secret}",
]


class Place(typing.NamedTuple):
    x: float
    y: float


@dataclasses.dataclass
class Line:
    slope: float
    offset: float


TREES = [
    3.0,
    [1.0, 2.0],
    (1.0, (2.0, [3.0])),
    {"a": 1.0, "b": {"c": 2.0}},
    {("w", 0): 1.0, ("w", 1): 2.0},
    {3: 1.0, "class": 2.0, "it's\n": 4.0},
    Place(1.0, 2.0),
    [Place(1.0, 2.0), Place(3.0, 4.0)],
    Line(1.0, 2.0),
    {"line": Line(1.0, 2.0), "none": None, "empty": []},
    (5.0,),
    [float(x) for x in range(20)],
]


def refused(f, *args, **options):
    with pytest.raises(StagingError) as caught:
        jit(f, **options)(*args)
    return str(caught.value)


XS, YS = [[1.0, 2.0], [0.5, -1.0], [3.0, 0.25]], [1.0, -1.0, 0.5]


def fit_loss(p, xs, ys):
    w, b = p
    return mean_over(lambda x, y: (tg.tanh(w * x[0] + b * x[1]) - y) ** 2, xs, ys) + 0.1 * w * w


LOOPS = [
    lambda p, xs: sum_over(lambda x: x * x, xs),
    lambda p, xs: sum_over(lambda x: x, xs) * p,
    lambda p, xs: sum_over(lambda x: p, xs),
    lambda p, xs: sum_over(lambda x: 2.0, xs) + p,
    lambda p, xs: sum_over(lambda x: tg.where(x > p, lambda: tg.log(x) * p, lambda: p * p), xs),
    lambda p, xs: tg.where(p > 0, lambda: sum_over(lambda x: x * p, xs), 0.0),
    lambda p, xs: mean_over(lambda x: (x - mean_over(lambda y: y * p, xs)) ** 2, xs),
    lambda p, xs: sum_over(lambda x: sum_over(lambda y: tg.sin(x * y * p), xs), xs),
    lambda p, xs: sum_over(lambda x: tg.where(p > 0, lambda: sum_over(lambda y: tg.exp(-x * y * p), xs), x), xs),
    lambda p, xs: sum_over(lambda x: tg.log(x - 0.75) * 0 + p * x, xs),
]
