"""`least_squares`: fit a function's parameters to data, with exact derivatives and the parameters' standard errors."""

import math
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import replace
from typing import Any, TypeVar, overload

from ..mistakes.options import A_FUNCTION, A_LIST, A_NUMBER, expect
from ..numbers.number import number
from ..trees.tree import leaf_names, numbers_of, returned
from .covariance import certainty
from .marquardt import End, search
from .problem import Box, box, data_points, standard_deviations
from .report import Fit
from .residuals import Residuals
from .robust import LOSSES, Cost

P = TypeVar("P")
X = TypeVar("X", bound=Any)  # a lambda's parameter may be anything


@overload
def least_squares(
    f: Callable[[P, X], object],
    p0: P,
    data: Iterable[object],
    *,
    sigma: object = None,
    bounds: tuple[object, object] | None = None,
    fixed: object = None,
    loss: str = "linear",
    f_scale: float = 1.0,
    nan_policy: str = "raise",
    max_iterations: int = 1000,
    staged: bool = True,
) -> Fit[P]: ...
@overload
def least_squares(
    f: Callable[[P], object],
    p0: P,
    *,
    bounds: tuple[object, object] | None = None,
    fixed: object = None,
    loss: str = "linear",
    f_scale: float = 1.0,
    max_iterations: int = 1000,
    staged: bool = True,
) -> Fit[P]: ...
def least_squares(
    f: Callable[..., Any],
    p0: Any,
    data: Iterable[object] | None = None,
    *,
    sigma: object = None,
    bounds: tuple[object, object] | None = None,
    fixed: object = None,
    loss: str = "linear",
    f_scale: float = 1.0,
    nan_policy: str = "raise",
    max_iterations: int = 1000,
    staged: bool = True,
) -> Fit[Any]:
    """Find the parameters p, starting from `p0`, for which f(p, x) is closest to y over all (x, y) of the data.

    Closest means the least sum of squared residuals f(p, x) - y. `p0` and y are numbers or trees of them, x is whatever
    `f` takes. The data are pairs (x, y), or the rows of an array with y last. Without data, f(p) returns the residuals
    themselves, as a tree. Derivatives are exact, by reverse mode or forward mode, whichever takes fewer walks over the
    graph of f; after some runs they come from a staged program, if f can be staged and `staged` allows it.

    `sigma`, one number or one for each (x, y), are the standard deviations of the measured y: residuals are divided by
    them, and the parameters' standard errors follow from them; without, from the scatter of the residuals. `bounds` is
    (lowest, highest), each a tree like `p0` or one number for all, with inf where there is none. `fixed` says which
    parameters stay as they are: a tree of True and False like `p0`, or their names as in the report. With `loss`
    "soft_l1", "huber", "cauchy" or "arctan", residuals much larger than `f_scale` count less than their squares, as
    SciPy defines it. `nan_policy` "omit" leaves out data that are not finite.

    Raises ValueError if there are fewer residuals than parameters, if shapes or bounds do not fit, and if a number of
    the data, a residual or its slope is not finite. What f raises at the start gets a note on the point where it did.

    >>> from tinygrad_edu import exp
    >>> data = [(0.0, 5.1), (1.0, 3.0), (2.0, 1.9), (3.0, 1.1)]
    >>> fit = least_squares(lambda p, x: p[0] * exp(-p[1] * x), [1.0, 1.0], data)
    >>> [round(x, 3) for x in fit.p], [round(x, 3) for x in fit.errors]
    ([5.083, 0.507], [0.058, 0.012])
    """
    expect("least_squares", A_FUNCTION, f=f)
    expect("least_squares", A_LIST.or_none, data=data)
    expect("least_squares", A_NUMBER, max_iterations=max_iterations, f_scale=f_scale)
    _expect_one_of("loss", loss, LOSSES)
    _expect_one_of("nan_policy", nan_policy, ("raise", "omit"))
    numbers, structure = numbers_of(p0)
    start = [float(number(x)) for x in numbers]
    where = box(bounds, fixed, structure, start)
    rows = None if data is None else list(data)
    points, kept = (None, []) if rows is None else data_points(rows, nan_policy)
    sigmas = standard_deviations(sigma, None if rows is None else len(rows), kept)
    residuals = Residuals(f, structure, points, sigmas, Cost(loss, float(f_scale)), staged=staged)
    end = _checked(residuals, lambda: search(residuals, start, where, max_iterations))
    omitted = 0 if rows is None else len(rows) - len(kept)
    return _judged(residuals, structure, start, where, end, has_sigma=sigma is not None, omitted=omitted)


def _expect_one_of(name: str, given: str, allowed: Collection[str]) -> None:
    if given not in allowed:
        raise ValueError(f"least_squares: {name}={given!r}: there are {', '.join(allowed)}")


def _judged(
    residuals: Residuals,
    structure: Hashable,
    start: list[float],
    where: Box,
    end: End,
    *,
    has_sigma: bool,
    omitted: int,
) -> Fit[Any]:
    """What the search found, with how sure it is and what the data leave open."""
    names = leaf_names(structure, "p")
    cost = residuals.cost.total(end.here.residuals)
    variance = None if has_sigma else cost
    sure = certainty(end.here.p, *end.here.weighted, end.free, cost=variance, scale=residuals.scale())
    if sure.undetermined and (left := _left_behind(residuals, start, end, sure.undetermined, names)):
        end = replace(end, converged=False, message=left)
    held = [not (free or is_fixed) for free, is_fixed in zip(end.free, where.fixed, strict=True)]
    _forget(sure.covariance, held)
    return Fit(
        p=returned(structure, end.here.p),
        errors=returned(structure, [math.sqrt(row[i]) for i, row in enumerate(sure.covariance)]),
        covariance=sure.covariance,
        names=names,
        values=end.here.p,
        residuals=end.here.residuals,
        r_squared=residuals.r_squared(end.here.residuals),
        cost=cost,
        rank=sure.rank,
        iterations=end.iterations,
        evaluations=residuals.evaluations,
        converged=end.converged,
        message=end.message,
        at_bounds=[name for name, is_held in zip(names, held, strict=True) if is_held],
        fixed=[name for name, is_fixed in zip(names, where.fixed, strict=True) if is_fixed],
        undetermined=[names[j] for j in sure.undetermined],
        has_sigma=has_sigma,
        omitted=omitted,
        scale=residuals.scale(),
    )


def _forget(covariance: list[list[float]], held: list[bool]) -> None:
    """A parameter that its bound holds has no covariance: nan in its row and column."""
    for i, row in enumerate(covariance):
        for j in range(len(row)):
            if held[i] or held[j]:
                row[j] = math.nan


def _checked(residuals: Residuals, look: Callable[[], End]) -> End:
    """The end of a search; if it used programs, with residuals and slopes by the model itself.

    A program repeats what the model did when it was written. If the model does something else by now, since it draws
    random numbers or reads what has changed, the search is made again without programs.
    """
    end = look()
    if not residuals.is_staged:
        return end
    residuals.stay_eager()
    here = residuals.around(end.here.p)
    return replace(end, here=here) if here.agrees_with(end.here) else look()


def _left_behind(residuals: Residuals, p: list[float], end: End, undetermined: list[int], names: list[str]) -> str:
    """What to say of parameters that the data do not determine where the search ended, but did at its start."""
    weighted, jacobian = residuals.around(p).weighted
    before = certainty(p, weighted, jacobian, end.free, cost=None, scale=residuals.scale()).undetermined
    lost = [names[j] for j in undetermined if j not in before]
    return f"{', '.join(lost)} went where the data do not depend on it; try another start, or bounds" if lost else ""
