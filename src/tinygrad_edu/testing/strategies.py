"""Strategies for Hypothesis: Values, expressions, and points at which a function is smooth."""

import inspect
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..checking.stencil import evaluate as evaluated
from ..engine import Value
from ..foreign_engines.catalogue import FUNCTIONS
from ..foreign_engines.programs import Expression
from ..numbers.number import Number, primal
from ..transforms.jacobians import jacobian
from ..trees.tree import flatten

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["Expression", "expressions", "smooth_points", "values"]

STEP = 1e-4  # how far around a point its function must stay on one smooth piece


def numbers(low: float = -4.0, high: float = 4.0) -> "SearchStrategy[float]":
    """Numbers that are easy to read: multiples of a quarter, or any float between the bounds."""
    from hypothesis import strategies  # noqa: PLC0415 - third party

    floats = strategies.floats(low, high, allow_subnormal=False)
    least, greatest = math.ceil(low * 4), math.floor(high * 4)
    return strategies.integers(least, greatest).map(lambda n: n / 4) | floats if least <= greatest else floats


def values(low: float = -4.0, high: float = 4.0) -> "SearchStrategy[Value]":
    """Leaves whose numbers lie between the bounds.

    >>> from hypothesis import given
    >>> @given(values(), values())
    ... def product_rule(x, y):
    ...     (x * y).backward()
    ...     assert (x.grad, y.grad) == (y.data, x.data)
    >>> product_rule()
    """
    return numbers(low, high).map(Value)


def expressions(
    ops: Sequence[str] = ("+", "-", "*"), depth: int = 3, inputs: Sequence[str] = ("x", "y")
) -> "SearchStrategy[Expression]":
    """Expressions of these operations, with shared parts; call one with a number or Value for each of its inputs.

    Operations are signs, `neg`, `abs`, or functions such as `exp`; a ValueError names one that is not known.
    """
    from hypothesis import strategies  # noqa: PLC0415 - third party

    unknown = set(ops) - set(FUNCTIONS) - {"+", "-", "*", "/", "**", "neg", "abs"}
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))}: no operation of expressions; there are {', '.join(FUNCTIONS)}")

    @strategies.composite
    def programs(draw: Callable[["SearchStrategy[int]"], int]) -> Expression:
        def choose(count: int) -> int:
            return draw(strategies.integers(0, count - 1))

        nodes = [Expression(name) for name in inputs]
        for _ in range(1 + choose(2**depth - 1 if depth else 1)):
            op = ops[choose(len(ops))]
            operands = [nodes[-1 - choose(len(nodes))] for _ in range(2 if op in ("+", "-", "*", "/", "**") else 1)]
            nodes.append(Expression(op, *operands))
        return nodes[-1]

    return programs()


def smooth_points(
    f: Callable[..., Number], low: float = -4.0, high: float = 4.0
) -> "SearchStrategy[tuple[float, ...]]":
    """Points, a number for each argument of `f`, around which it is defined, and has finite slopes and no kink or jump.

    >>> from hypothesis import given
    >>> @given(smooth_points(abs_of := lambda x: abs(x)))
    ... def away_from_the_kink(point):
    ...     assert point[0] != 0
    >>> away_from_the_kink()
    """
    from hypothesis import strategies  # noqa: PLC0415 - third party

    count = len(f.inputs) if isinstance(f, Expression) else len(inspect.signature(f).parameters)
    return strategies.tuples(*[numbers(low, high)] * count).filter(lambda point: is_smooth(f, point))


def is_smooth(f: Callable[..., Number], point: Sequence[float]) -> bool:
    """Whether `f` goes the same way at a point and a little to each side of it, and all its slopes there are finite."""
    try:
        here = evaluated(f, point).way
        slopes, _ = flatten(jacobian(f, argnums=tuple(range(len(point))))(*point))
        return all(math.isfinite(primal(slope)) for slope in slopes) and all(
            evaluated(f, [*point[:i], x + step, *point[i + 1 :]]).way == here
            for i, x in enumerate(point)
            for step in (-STEP * max(1.0, abs(x)), STEP * max(1.0, abs(x)))
        )
    except (ArithmeticError, ValueError):
        return False
