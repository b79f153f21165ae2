"""Lists of parameters and their settings, checked: what an optimiser can move, and by which numbers."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from ..engine import NOT_COMPUTED, Value
from ..mistakes.options import A_FINITE, A_NUMBER, expect
from ..numbers.number import Number, shown


def forget(parameters: Iterable[Value], *, set_to_none: bool = True) -> None:
    """Make the gradients as before any backward pass, or, of those that have been computed, 0."""
    for p in parameters:
        if set_to_none or p.grad is None:
            p.grad = NOT_COMPUTED
        elif p.grad is not NOT_COMPUTED:
            p.grad = 0.0


def finite_gradients(parameters: list[Value]) -> list[Number]:
    """The gradients of the parameters; None, PyTorch's word, is not computed. ValueError names one not finite."""
    gradients = [NOT_COMPUTED if p.grad is None else p.grad for p in parameters]
    if not all_finite(gradients):
        i = [A_FINITE.fits(g) for g in gradients].index(False)
        raise ValueError(f"the gradient of {name_of(parameters, i)} is {shown(gradients[i])}; no parameter was changed")
    return gradients


def all_finite(xs: list[Number]) -> bool:
    """Whether all are finite: their sum is, or else, as it may be too large itself, each of them."""
    try:
        return math.isfinite(sum(xs)) or all(map(A_FINITE.fits, xs))
    except (ArithmeticError, TypeError):  # kinds of numbers that do not add
        return all(map(A_FINITE.fits, xs))


def listed(name: str, parameters: object) -> list[Any]:
    """The parameters or groups as a list; TypeError says what to write where a model or one Value was given."""
    if callable(getattr(parameters, "parameters", None)):
        raise TypeError(f"{name} takes a list of Values, got a model: write {name}(model.parameters())")
    if isinstance(parameters, Value):
        raise TypeError(f"{name} takes a list of Values, got one Value: write {name}([x])")
    if isinstance(parameters, (str, Mapping)) or not isinstance(parameters, Iterable):
        call = ": write model.parameters(), with parentheses" if callable(parameters) else ""
        raise TypeError(f"{name} takes a list of Values, got {shown(parameters)}{call}")
    return list(parameters)


def values(name: str, parameters: object) -> list[Value]:
    """The parameters as a list; TypeError if one is no Value."""
    found = listed(name, parameters)
    for i, p in enumerate(found):
        if not isinstance(p, Value):
            is_named = isinstance(p, tuple) and len(p) == 2 and isinstance(p[1], Value)
            way_out = "model.parameters() gives them without names" if is_named else "as model.parameters() gives them"
            raise TypeError(f"{name}: parameter {i} is {shown(p)}: Values are needed, {way_out}")
    return found


def leaves(given: list[object]) -> list[Value]:
    """The parameters of an optimiser. ValueError if there are none, one is listed twice, or one is a result."""
    found = values("an optimiser", given)
    if not found:
        raise ValueError("an optimiser needs at least one parameter, got none")
    for i, p in enumerate(found):
        if p.op:
            raise ValueError(f"{name_of(found, i)} is the result of {p.op!r}: only a leaf can be a parameter")
    if len(set(found)) < len(found):
        twice = next(i for i, p in enumerate(found) if p in found[:i])
        raise ValueError(f"{name_of(found, twice)} is listed twice: it would move twice in each step")
    return found


def name_of(parameters: list[Value], i: int) -> str:
    """Place and label of a parameter, for error messages."""
    label = parameters[i].label
    return f"parameter {i} ({label})" if label else f"parameter {i}"


def at_least_zero(name: str, x: float) -> float:
    """`x` if it is a finite number from 0 on, else ValueError; TypeError if it is no number."""
    if type(x) is not float:  # a learning rate is looked at in each step
        expect("optim", A_NUMBER, **{name: x})
    if not 0 <= x < math.inf:
        raise ValueError(f"{name} must be a finite number of at least 0, got {x}")
    return x


def above_zero(name: str, x: float) -> float:
    """`x` if it is a finite number above 0, else ValueError; TypeError if it is no number."""
    expect("optim", A_NUMBER, **{name: x})
    if not 0 < x < math.inf:
        raise ValueError(f"{name} must be a finite number above 0, got {x}")
    return x


def fraction(name: str, x: float) -> float:
    """`x` if it is from 0 up to, but not including, 1, else ValueError; TypeError if it is no number."""
    expect("optim", A_NUMBER, **{name: x})
    if not 0 <= x < 1:
        raise ValueError(f"{name} must be at least 0 and less than 1, got {x}")
    return x
