"""Reports of fits stay as they are: see tests/kept.py."""

import math
import re
from collections.abc import Callable
from typing import Any

import pytest

import tinygrad_edu as tg
from tests.kept import Kept

LINE = [(0.0, 1.1), (1.0, 2.9), (2.0, 5.2), (3.0, 6.8), (4.0, 9.1)]
OUTLIER = [*LINE, (5.0, 30.0)]
DECAY = [(0.0, 5.1), (1.0, 3.0), (2.0, 1.9), (3.0, 1.0), (4.0, 0.7), (5.0, 0.4), (6.0, 0.2)]
COLUMNS = [(1.0, [2.0, 3.5]), (2.0, [4.2, 4.4])]
EXACT = [(float(x), 2.0 * x + 1.0) for x in range(6)]


def straight(p: Any, x: float) -> Any:
    return p["slope"] * x + p["height"]


def decay(p: Any, x: float) -> Any:
    return p[0] * tg.exp(-p[1] * x) + p[2]


START = {"slope": 1.0, "height": 0.0}
FITS: dict[str, Callable[[], Any]] = {
    "line": lambda: tg.least_squares(straight, START, LINE),
    "line, sigma": lambda: tg.least_squares(straight, START, LINE, sigma=0.1),
    "line, sigmas": lambda: tg.least_squares(straight, START, LINE, sigma=[0.1, 0.2, 0.1, 0.2, 0.1]),
    "line, fixed": lambda: tg.least_squares(straight, START, LINE, fixed=["p['height']"]),
    "line, at its bound": lambda: tg.least_squares(straight, START, LINE, bounds=({"slope": 0, "height": -1}, 1.5)),
    "line, exact": lambda: tg.least_squares(straight, START, EXACT),
    "line, two points": lambda: tg.least_squares(straight, START, LINE[:2]),
    "decay": lambda: tg.least_squares(decay, [4.0, 1.0, 0.1], DECAY),
    "decay, few iterations": lambda: tg.least_squares(decay, [4.0, 1.0, 0.1], DECAY, max_iterations=2),
    "decay, eager": lambda: tg.least_squares(decay, [4.0, 1.0, 0.1], DECAY, staged=False),
    "undetermined": lambda: tg.least_squares(lambda p, x: (p[0] + p[1]) * x + 0 * p[2], [1.0, 1.0, 1.0], LINE),
    "residuals": lambda: tg.least_squares(lambda p: [p[0] - 1, 10 * (p[1] - p[0] ** 2)], [-1.2, 1.0]),
    "a number": lambda: tg.least_squares(lambda p, x: p * x, 1.0, LINE),
    "columns": lambda: tg.least_squares(lambda p, x: [p[0] * x, p[1] + x], [1.0, 1.0], COLUMNS),
    "nan": lambda: tg.least_squares(straight, START, [*LINE, (5.0, math.nan)], nan_policy="omit"),
}  # fmt: skip
for loss in ("soft_l1", "huber", "cauchy", "arctan"):
    FITS[f"outlier, {loss}"] = lambda loss=loss: tg.least_squares(straight, START, OUTLIER, loss=loss, f_scale=0.5)


def told(fit: Any) -> str:
    numbers = f"{fit.rank} {fit.evaluations} {fit.converged} {fit.at_bounds} {fit.fixed} {fit.undetermined}"
    names = range(len(fit.names))
    together = " ".join(f"{fit.correlation(i, j):.4f}" for i in names for j in names)
    interval = re.sub(r"\d+\.\d+(e[+-]\d+)?", lambda found: f"{float(found[0]):.6g}", str(fit.interval(0.9)))
    return f"{fit.text}\n{fit._repr_markdown_()}\n{numbers}\n{together}\n{interval}\n"


def bands() -> str:
    fit = tg.least_squares(straight, START, LINE)
    band = fit.band(straight, [0.0, 2.5, 10.0], 0.9)
    error = fit.error_of(lambda p: [p["slope"], straight(p, 3.0), 0 * p["slope"]])
    return "\n".join(" ".join(f"{x:.9g}" for x in row) for row in [*band, error])


OUTPUTS: dict[str, Callable[[], str]] = {name: lambda make=make: told(make()) for name, make in FITS.items()}
OUTPUTS["bands"] = bands
KEPT = Kept(__file__, OUTPUTS)


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_report_stays_as_it_is(name: str) -> None:
    KEPT.check(name)


def test_all_reports_are_kept() -> None:
    KEPT.check_names()


if __name__ == "__main__":
    KEPT.main()
