"""Random right functions at random and special points: `gradcheck` must accuse none of them.

python tools/check_the_checker.py [functions] [seed] [order]: prints each accusation with what to paste into a test, and
at the end how many derivatives agreed, and of how many it could not tell. 100,000 functions take about half an hour.
"""

import collections
import itertools
import math
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import tinygrad_edu as tg
from tinygrad_edu.checking.evidence import CANNOT_TELL

ONE = (
    "sin cos tan exp log sqrt tanh sinh cosh arctan arcsin arccos erf sigmoid softplus relu abs log1p expm1 neg".split()
)
TWO = ["+", "-", "*", "/", "**", "hypot", "arctan2", "maximum", "minimum"]
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, math.pi, math.pi / 2, 1e-8, -1e-8, 1e-3, 1e3, 1e8, 1e-300, -3.0, 10.0]
DEPTH = 5


class Case(NamedTuple):
    """A function as Python text, and where it is checked."""

    text: str
    point: tuple[float, ...]

    @property
    def function(self) -> Callable[..., Any]:
        """The function that the text writes."""
        names = {"tg": tg, "abs": abs}
        return eval(f"lambda x, y: {self.text}", names)  # type: ignore[no-any-return]  # noqa: S307 - text made here


def cases(seed: int) -> Iterator[Case]:
    """Random functions of two numbers, without an end."""
    rng = random.Random(seed)
    while True:
        text = _expression(rng, rng.randint(1, DEPTH))
        if "x" in text or "y" in text:
            yield Case(text, (_number(rng), _number(rng)))


def _number(rng: random.Random) -> float:
    if rng.random() < 0.5:
        return rng.choice(SPECIAL)
    return rng.choice([rng.gauss(0, 1), rng.gauss(0, 10), math.exp(rng.gauss(0, 5)), round(rng.gauss(0, 3), 1)])


def _expression(rng: random.Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.1:
        return rng.choice(["x", "x", "y", "y", repr(round(rng.gauss(0, 3), rng.choice([0, 1, 3])))])
    if rng.random() < 0.5:
        name, inner = rng.choice(ONE), _expression(rng, depth - 1)
        return f"(-{inner})" if name == "neg" else f"abs({inner})" if name == "abs" else f"tg.{name}({inner})"
    op, a, b = rng.choice(TWO), _expression(rng, depth - 1), _expression(rng, depth - 1)
    if op == "**" and rng.random() < 0.7:
        b = rng.choice(["2", "3", "0.5", "-1", "1.5"])
    return f"tg.{op}({a}, {b})" if op.isidentifier() else f"({a} {op} {b})"


def accusations(count: int, seed: int, order: int = 1) -> tuple[list[tuple[Case, str]], collections.Counter[str]]:
    """Of that many random functions, those that are called wrong, with the report; and how often each verdict came."""
    accused = []
    verdicts: collections.Counter[str] = collections.Counter()
    for case in itertools.islice(cases(seed), count):
        try:
            if not all(map(math.isfinite, tg.grad(case.function, argnums=(0, 1))(*case.point))):
                verdicts["slope not finite"] += 1
                continue
            report = tg.gradcheck(case.function, *case.point, order=order)
        except (ArithmeticError, ValueError):
            verdicts["undefined there"] += 1
            continue
        except TypeError:  # of numbers alone, as tg.sin("x")
            verdicts["no function of x and y"] += 1
            continue
        if not all(math.isfinite(each.comparison.gradient) for each in report.derivatives):
            verdicts["slope not finite"] += 1
            continue
        verdicts.update(_kind(each.comparison.verdict) for each in report.derivatives)
        if not report:
            accused.append((case, report.text))
    return accused, verdicts


def _kind(verdict: str) -> str:
    return "cannot tell" if verdict == CANNOT_TELL else "agrees" if verdict.startswith("agrees") else verdict[:12]


def main() -> int:
    """Print the accusations, and how often each verdict came."""
    count, seed, order = (int(x) for x in [*sys.argv[1:], *["10000", "0", "1"][len(sys.argv) - 1 :]])
    accused, verdicts = accusations(count, seed, order)
    for case, text in accused:
        print(f"ACCUSED: {case.text} at {case.point}\n{text}\n")
    print(f"{count} functions, {len(accused)} accused; derivatives: {dict(verdicts.most_common())}")
    return 1 if accused else 0


if __name__ == "__main__":
    sys.exit(main())
