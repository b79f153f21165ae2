"""Rules of one's own: a function that states its value and its local gradients, for every mode and any nesting.

`operation` makes an operation of it. `custom_jvp` and `custom_vjp` are the same under JAX's names and in its forms.
"""

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, overload

from ..numbers.number import Number, operand, primal
from ..numbers.signatures import N

Function = Callable[..., Any]


def deepest(operands: Iterable[object]) -> Any:
    """The class of the deepest nodes among the operands (see `Value.level`), None if all are plain numbers."""
    kind: Any = None
    for each in dict.fromkeys(map(type, operands)):
        level = getattr(each, "level", None)
        if type(level) is int and (kind is None or level > kind.level):  # a class of something else may have one too
            kind = each
    return kind


def operation(function: Function) -> Function:
    """The operation whose value and local gradients the function states, returning (value, slope, ...).

    There is one slope for each operand. The function gets numbers: floats, or what stands for them in nested transforms
    and in staging. So write it with this library's functions. Keyword arguments are settings, by which nothing is
    differentiated. A node of the graph has the function's name.

    Raises TypeError for an operand that is no number, and unless there is one slope for each operand.

    >>> from tinygrad_edu import exp, grad
    >>> @operation
    ... def bell(x):
    ...     y = exp(-x * x)
    ...     return y, -2 * x * y
    >>> grad(bell)(0.5), grad(grad(bell))(0.5)
    (-0.7788007830714049, -0.7788007830714049)
    """
    name = getattr(function, "__name__", "operation")

    @functools.wraps(function)
    def apply(*operands: object, **settings: object) -> object:
        xs: tuple[Any, ...] = tuple([x if type(x) is float else operand(name, x) for x in operands])
        kind = deepest(xs)
        if kind is None:
            return function(*xs, **settings)[0]
        is_parent = [getattr(x, "level", None) == kind.level for x in xs]
        numbers = [x.data if is_own else x for x, is_own in zip(xs, is_parent, strict=True)]
        value, *slopes = function(*numbers, **settings)
        if len(slopes) != len(xs):
            raise TypeError(
                f"{name} has {len(xs)} operands, but its function returned {len(slopes)} slopes: "
                "return the value and one slope for each operand"
            )
        if deepest(numbers) is not None:
            value = apply(*numbers, **settings)  # by the same rule, one level further out
        local_grads = [d if is_own else None for d, is_own in zip(slopes, is_parent, strict=True)]
        return kind._wide(name, xs, value, tuple(local_grads))

    return apply


class _Door:
    """An operation whose rule is given after its value."""

    def __init__(self, function: Function) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.rule: Function | None = None

    _slopes: Callable[..., Sequence[Number]]  # from the rule, by each operand

    def __call__(self, *operands: Any) -> Any:
        """The value, as a node if an operand is one."""
        if self.rule is None:
            raise TypeError(f"{self.__name__} has no rule yet: give it one with {self.__name__}.{self.DOOR}")
        if deepest(operands) is None:
            return self.function(*operands)

        @operation
        @functools.wraps(self.function)
        def stated(*xs: Number) -> object:
            return self.function(*xs), *self._slopes(*xs)

        return stated(*operands)

    DOOR: str
    __name__: str


class custom_jvp(_Door):  # a function to its users, as in JAX
    """An operation with a rule for forward mode, as JAX writes it; it holds in every mode.

    `defjvp` takes the rule: a function of the operands and their tangents, as two tuples, that returns the value and
    its tangent.

    >>> from tinygrad_edu import exp, grad
    >>> @custom_jvp
    ... def bell(x):
    ...     return exp(-x * x)
    >>> @bell.defjvp
    ... def bell_jvp(primals, tangents):
    ...     (x,), (dx,) = primals, tangents
    ...     return bell(x), -2 * x * bell(x) * dx
    >>> grad(bell)(0.5)
    -0.7788007830714049
    """

    __module__ = "tinygrad_edu"
    DOOR = "defjvp"

    def defjvp(self, rule: Function) -> Function:
        """Take the rule, and return it."""
        self.rule = rule
        return rule

    def _slopes(self, *xs: Number) -> Sequence[Number]:
        rule: Any = self.rule
        return [rule(xs, tuple([float(i == j) for j in range(len(xs))]))[1] for i in range(len(xs))]


class custom_vjp(_Door):  # a function to its users, as in JAX
    """An operation with a rule for reverse mode, as JAX writes it; it holds in every mode.

    `defvjp` takes two functions: of the operands, returning the value and what the way back needs; and of that and the
    gradient of the value, returning a tuple with the gradient of each operand.

    >>> from tinygrad_edu import exp, grad
    >>> @custom_vjp
    ... def bell(x):
    ...     return exp(-x * x)
    >>> bell.defvjp(lambda x: (bell(x), x), lambda x, g: (-2 * x * bell(x) * g,))
    >>> grad(bell)(0.5)
    -0.7788007830714049
    """

    __module__ = "tinygrad_edu"
    DOOR = "defvjp"

    def defvjp(self, forward: Function, backward: Function) -> None:
        """Take the two functions."""
        self.rule = lambda *xs: backward(forward(*xs)[1], 1.0)

    def _slopes(self, *xs: Number) -> Sequence[Number]:
        rule: Any = self.rule
        return tuple(rule(*xs))


@overload
def stop_gradient(x: N) -> N: ...
@overload
def stop_gradient(x: Number) -> Number: ...
def stop_gradient(x: object) -> object:
    """The same number as a constant: no derivative of any order flows through it. See also `Value.detach`.

    >>> from tinygrad_edu import grad
    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    3.0
    """
    number = operand("stop_gradient", x)
    kind = deepest([number])
    return number if kind is None else kind._leaf(primal(number))
