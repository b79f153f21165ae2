"""Optimisers: each step moves every parameter a little way down the gradient.

An optimiser computes all new numbers first and then changes all parameters at once: an error (a gradient that is
NaN, a learning rate that is infinite) or an interrupt leaves them, and its own memory, as they were. The defaults
and the formulas are PyTorch's. x is a parameter, g its gradient, η the learning rate.
"""

import inspect
import math
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from .core.restoring import wholly
from .engine import NOT_COMPUTED, Value
from .mistakes.elsewhere import answering
from .mistakes.options import A_DICT, A_FINITE, A_PAIR, expect
from .networks.names import OPTIM
from .networks.parameters import (
    above_zero,
    all_finite,
    at_least_zero,
    finite_gradients,
    forget,
    fraction,
    leaves,
    listed,
    name_of,
    values,
)
from .numbers.number import Number, shown
from .numbers.scalar import sqrt

Memory: TypeAlias = tuple[Number, ...]  # what an optimiser remembers about one parameter; () before its first step
Rate: TypeAlias = float | Callable[[int], float]
Group: TypeAlias = Mapping[str, Any]  # {"params": Values, "lr": 0.1, ...}, as PyTorch writes it
Parameters: TypeAlias = Iterable[Value] | Iterable[Group]


def _rate(lr: Rate) -> Rate:
    """A learning rate, checked: a number, or a function of the number of steps, which is asked only later."""
    if not callable(lr):
        return at_least_zero("lr", lr)
    name = getattr(lr, "__qualname__", "")
    if getattr(lr, "__module__", "") == f"{__package__}.schedules" and name and name[0] != "_" and "." not in name:
        needed = ", ".join(inspect.signature(lr).parameters)
        raise TypeError(f"lr={name} makes a schedule and is none: call it, as in lr={name}({needed})")
    return lr


class Optimizer:
    """What the optimisers share: their parameters, the learning rate, and steps that happen wholly or not at all.

    `lr` is a number or a function of the number of steps made so far (see `schedules`). `steps` counts them.
    Instead of Values, `parameters` may be groups with settings of their own, as in PyTorch:
    `SGD([{"params": body}, {"params": head, "lr": 0.1}], lr=0.01)`; `groups` are then optimisers, one for each.

    A subclass sets `memory`, the names of the numbers it remembers about each parameter, and defines `update`. One
    that takes groups calls this `__init__` last, when its own settings are set.

    Raises ValueError if there are no parameters, if one is listed twice, and if one is the result of an operation.
    """

    memory: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    """Which of these are equal for all parameters that have had as many steps: a program needs them only once."""
    away: Callable[[], None] | None = None
    """While what it remembers is in a buffer of staged steps: what brings it home (`steps/staying.py`)."""

    def __init__(self, parameters: Parameters, lr: Rate, weight_decay: float = 0.0) -> None:
        self.lr = _rate(lr)
        self.weight_decay = at_least_zero("weight_decay", weight_decay)
        given = listed(type(self).__name__, parameters)
        self._groups: list[Optimizer] = []
        if given and isinstance(given[0], Mapping):
            self._groups = [self._of_group(i, group) for i, group in enumerate(given)]
            given = [p for group in self._groups for p in group.parameters]
        self.parameters: list[Value] = leaves(given)
        self.steps = 0
        self._memories: list[Memory] = [()] * len(self.parameters)

    @property
    def memories(self) -> list[Memory]:
        """What it remembers about each parameter."""
        if away := self.away:  # another thread may bring them home meanwhile
            away()
        return self._memories

    @memories.setter
    def memories(self, memories: list[Memory]) -> None:
        if away := self.away:  # another thread may bring them home meanwhile
            away()
        self._memories = memories

    def came_home(self, memories: list[Memory]) -> None:
        """Remember what staged steps have kept for it."""
        self._memories = memories
        vars(self).pop("away", None)

    def __getstate__(self) -> dict[str, Any]:
        """What copies and pickles are made of."""
        return {**vars(self), "_memories": self.memories, "away": None}

    def _of_group(self, i: int, group: object) -> "Optimizer":
        """An optimiser of this kind for one group: the settings that it names, else those of the whole."""
        expect("an optimiser's groups", A_DICT, **{f"group {i}": group})
        options: dict[str, Any] = dict(group)  # type: ignore[call-overload]
        names = [name for name in inspect.signature(type(self)).parameters if name != "parameters"]
        if "params" not in options or not {"params", *names} >= options.keys():
            raise ValueError(
                f"group {i} has {', '.join(map(str, options)) or 'nothing'}: "
                f"it needs params, and may have {', '.join(names)}"
            )
        own = {name: getattr(self, name) for name in names if hasattr(self, name)}
        return type(self)(options.pop("params"), **{**own, **options})

    @property
    def groups(self) -> list["Optimizer"]:
        """The groups of parameters, each with its settings; without groups, the optimiser itself."""
        return self._groups or [self]

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        """The settings of each group as a dict that may be written to, under PyTorch's name.

        >>> optimizer = SGD([Value(1.0)], lr=0.1)
        >>> for group in optimizer.param_groups:
        ...     group["lr"] *= 0.5
        >>> optimizer.lr
        0.05
        """
        return [vars(group) for group in self.groups if group.memories is not None]

    @property
    def is_plain(self) -> bool:
        """Whether a step is nothing but one of this module's `update`s for each parameter: then it can be staged."""
        is_own_step = type(self).step is Optimizer.step and "step" not in vars(self)
        return type(self).update in UPDATES and is_own_step and not self._groups

    def update(self, x: Number, g: Number, memory: Memory, lr: Number) -> tuple[Number, Memory]:
        """The new number for a parameter, and what to remember about it."""
        raise NotImplementedError(f"{type(self).__name__} must define update(x, g, memory, lr)")

    def learning_rate(self) -> float:
        """The learning rate of the next step. ValueError if it is negative, NaN or infinite."""
        return self._rate(self.steps)

    def _rate(self, steps: int) -> float:
        return at_least_zero("lr", self.lr(steps) if callable(self.lr) else self.lr)

    def step(self) -> None:
        """Move every parameter that has a gradient.

        Raises ValueError if a gradient or the learning rate is NaN or infinite, OverflowError if a parameter would
        become so, RuntimeError if no parameter has a gradient; none of them has changed then.
        """
        rates, before = [group._rate(self.steps) for group in self.groups], [p.data for p in self.parameters]
        gradients = finite_gradients(self.parameters)
        if all(g is NOT_COMPUTED for g in gradients):
            raise RuntimeError("no parameter has a gradient yet: call loss.backward() before step()")
        after: list[Number] = []
        memories: list[Memory] = []
        for group, lr in zip(self.groups, rates, strict=True):
            part = slice(len(after), len(after) + len(group.parameters))
            moved, remembered = group.moved(before[part], gradients[part], self.memories[part], lr)
            after += moved
            memories += remembered
        self._check(before, after, memories)
        self.take(after, memories, before)

    def moved(
        self, xs: list[Number], gs: list[Number], memories: list[Memory], lr: Number
    ) -> tuple[list[Number], list[Memory]]:
        """What a step makes of all parameters, and what is remembered; nothing is changed. `update` does the work."""
        pairs = [
            (x, memory) if g is NOT_COMPUTED else self.update(x, g, memory, lr)
            for x, g, memory in zip(xs, gs, memories, strict=True)
        ]
        if not all(type(pair) is tuple and len(pair) == 2 for pair in pairs):
            raise TypeError(
                f"{type(self).__name__}.update must return two things, the new number and a tuple of what to remember, "
                f"as in `return x - lr * g, ()`; it returned {shown(pairs[0])}"
            )
        return [x for x, _ in pairs], [memory for _, memory in pairs]

    def take(self, xs: list[Number], memories: list[Memory], before: list[Number]) -> None:
        """Make these the parameters' numbers, all or none; `before` are those that they have."""
        try:
            self._set(xs)
            self.memories, self.steps = memories, self.steps + 1
        except BaseException:  # Ctrl-C between two parameters
            wholly(lambda: self._set(before))
            raise

    def _set(self, xs: list[Number]) -> None:
        for p, x in zip(self.parameters, xs, strict=True):
            p.data = x

    def _check(self, before: list[Number], after: list[Number], memories: list[Memory]) -> None:
        """OverflowError if a number has become too large."""
        if all_finite([*after, *(m for memory in memories for m in memory)]):
            return
        finite = [all_finite([x, *memory]) for x, memory in zip(after, memories, strict=True)]
        i = finite.index(False)
        raise OverflowError(
            f"{name_of(self.parameters, i)} = {before[i]} would become {after[i]}, or what is remembered about it, too "
            "large for a float; no parameter was changed: lower the learning rate or clip the gradients"
        )

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, which `backward` would otherwise add to; with False, set those there are to 0."""
        forget(self.parameters, set_to_none=set_to_none)

    def state_dict(self) -> dict[str, Any]:
        """What it remembers, to go on later: numbers and lists. Learning rate and other settings are not part of it.

        >>> SGD([Value(1.0)], momentum=0.9).state_dict()
        {'optimizer': 'SGD', 'memory': ['v'], 'steps': 0, 'memories': [[]]}
        """
        return {
            "optimizer": type(self).__name__,
            "memory": list(self.memory),
            "steps": self.steps,
            "memories": [list(memory) for memory in self.memories],
        }

    def load_state_dict(self, state: Mapping[str, object]) -> None:
        """Take over what an optimiser of the same kind and number of parameters remembers.

        Raises ValueError, and changes nothing, if it does not fit.
        """
        expect("load_state_dict", A_DICT, state=state)
        own = self.state_dict()
        if state.keys() != own.keys():
            raise ValueError(f"an optimiser's state has {', '.join(own)}; this one has {', '.join(map(str, state))}")
        for name in ("optimizer", "memory"):
            if state[name] != own[name]:
                raise ValueError(f"{name}: {own[name]!r} here, {state[name]!r} in the state")
        steps, memories = state["steps"], state["memories"]
        if type(steps) is not int or steps < 0:
            raise ValueError(f"steps: expected a count, got {shown(steps)}")
        if not isinstance(memories, list) or len(memories) != len(self.parameters):
            found = len(memories) if isinstance(memories, list) else shown(memories)
            raise ValueError(f"memories: {len(self.parameters)} parameters here, {found} in the state")
        sizes = [len(group.memory) for group in self.groups for _ in group.parameters]
        for i, (memory, size) in enumerate(zip(memories, sizes, strict=True)):
            if not (isinstance(memory, list) and len(memory) in (0, size) and all(map(A_FINITE.fits, memory))):
                raise ValueError(f"memories[{i}]: expected {size} finite numbers, got {shown(memory)}")
        self.steps, self.memories = steps, [tuple(memory) for memory in memories]


class SGD(Optimizer):
    """Gradient descent: x ← x - η·g, with momentum if asked.

    g ← g + weight_decay·x; v ← momentum·v + g (the first v is g); then x ← x - η·v, or with `nesterov`
    x ← x - η·(g + momentum·v). Momentum: Polyak 1964; Nesterov's form: Sutskever and others 2013.

    >>> x = Value(3.0)
    >>> optimizer = SGD([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.data, 12)
    2.4
    """

    def __init__(
        self,
        parameters: Parameters,
        lr: Rate = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        self.momentum, self.nesterov = at_least_zero("momentum", momentum), nesterov
        self.memory = ("v",) if momentum else ()
        if nesterov and not momentum:
            raise ValueError("nesterov needs a momentum above 0")
        super().__init__(parameters, lr, weight_decay)

    def update(self, x: Number, g: Number, memory: Memory, lr: Number) -> tuple[Number, Memory]:  # noqa: D102
        if self.weight_decay:
            g = g + self.weight_decay * x
        if not self.momentum:
            return x - lr * g, ()
        v = self.momentum * memory[0] + g if memory else g
        return x - lr * (g + self.momentum * v if self.nesterov else v), (v,)


class AdaGrad(Optimizer):
    """Steps that shrink for parameters whose gradients have been large (Duchi, Hazan and Singer 2011).

    g ← g + weight_decay·x; s ← s + g²; x ← x - η·g / (√s + eps).
    """

    memory = ("s",)

    def __init__(self, parameters: Parameters, lr: Rate = 0.01, eps: float = 1e-10, weight_decay: float = 0.0) -> None:
        self.eps = above_zero("eps", eps)
        super().__init__(parameters, lr, weight_decay)

    def update(self, x: Number, g: Number, memory: Memory, lr: Number) -> tuple[Number, Memory]:  # noqa: D102
        g = g + self.weight_decay * x
        s = (memory[0] if memory else 0.0) + g * g
        return x - lr * g / (sqrt(s) + self.eps), (s,)


class RMSProp(Optimizer):
    """Steps divided by the recent size of the gradient (Tieleman and Hinton 2012, lecture 6.5).

    g ← g + weight_decay·x; s ← alpha·s + (1 - alpha)·g²; v ← momentum·v + g / (√s + eps); x ← x - η·v.
    """

    memory = ("s", "v")

    def __init__(
        self,
        parameters: Parameters,
        lr: Rate = 0.01,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
    ) -> None:
        self.alpha, self.eps = fraction("alpha", alpha), above_zero("eps", eps)
        self.momentum = at_least_zero("momentum", momentum)
        super().__init__(parameters, lr, weight_decay)

    def update(self, x: Number, g: Number, memory: Memory, lr: Number) -> tuple[Number, Memory]:  # noqa: D102
        g = g + self.weight_decay * x
        s, v = memory or (0.0, 0.0)
        s = self.alpha * s + (1 - self.alpha) * (g * g)
        v = self.momentum * v + g / (sqrt(s) + self.eps)
        return x - lr * v, (s, v)


class Adam(Optimizer):
    """Momentum, and steps divided by the recent size of the gradient (Kingma and Ba 2015).

    g ← g + weight_decay·x; m ← β₁·m + (1 - β₁)·g; v ← β₂·v + (1 - β₂)·g²; both start at 0, which the t-th step
    corrects: m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ); x ← x - η·m̂ / (√v̂ + eps).
    """

    memory = ("t", "m", "v")
    counts = ("t",)

    def __init__(
        self,
        parameters: Parameters,
        lr: Rate = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        expect("optim", A_PAIR, betas=betas)
        self.betas = fraction("betas[0]", betas[0]), fraction("betas[1]", betas[1])
        self.eps = above_zero("eps", eps)
        super().__init__(parameters, lr, weight_decay)

    def update(self, x: Number, g: Number, memory: Memory, lr: Number) -> tuple[Number, Memory]:  # noqa: D102
        return self._moved(x, g + self.weight_decay * x, memory, lr)

    def _moved(self, x: Number, g: Number, memory: Memory, lr: Number) -> tuple[Number, Memory]:
        (b1, b2), (t, m, v) = self.betas, memory or (0.0, 0.0, 0.0)
        t = t + 1
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * (g * g)
        return x - lr * (m / (1 - b1**t)) / (sqrt(v / (1 - b2**t)) + self.eps), (t, m, v)


class AdamW(Adam):
    """Adam whose weight decay acts on the parameter, not through the gradient (Loshchilov and Hutter 2019).

    x ← x - η·weight_decay·x first, then Adam's step with the gradient as it is.
    """

    def __init__(
        self,
        parameters: Parameters,
        lr: Rate = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay)

    def update(self, x: Number, g: Number, memory: Memory, lr: Number) -> tuple[Number, Memory]:  # noqa: D102
        return self._moved(x - lr * self.weight_decay * x, g, memory, lr)


UPDATES = {each.update for each in (SGD, AdaGrad, RMSProp, Adam, AdamW)}  # arithmetic alone, so they stage


# --- clipping ------------------------------------------------------------------------------------------------------


def clip_by_value(parameters: Iterable[Value], limit: float) -> None:
    """Bring each gradient into [-limit, limit]. Call it between `backward` and `step`.

    It caps the step, not the cause of a large gradient, and may turn its direction. Raises ValueError, and changes
    nothing, if a gradient is NaN or infinite.

    >>> x = Value(3.0)
    >>> (x * x).backward()
    >>> clip_by_value([x], 5.0)
    >>> x.grad
    5.0
    """
    parameters, limit = values("clip_by_value", parameters), at_least_zero("limit", limit)
    for p, g in zip(parameters, finite_gradients(parameters), strict=True):
        if abs(g) > limit:
            p.grad = math.copysign(limit, g)


def clip_by_norm(parameters: Iterable[Value], max_norm: float) -> float:
    """Shrink all gradients alike if the length of their vector, which is returned, exceeds `max_norm`.

    They are multiplied by min(1, max_norm / norm): the direction stays. (PyTorch's `clip_grad_norm_` divides by
    norm + 1e-6, so it also changes gradients exactly at the limit.) Raises ValueError, and changes nothing, if a
    gradient is NaN or infinite (Pascanu, Mikolov and Bengio 2013).

    >>> x, y = Value(1.5), Value(2.0)
    >>> (x * x + y * y).backward()
    >>> clip_by_norm([x, y], 1.0)
    5.0
    >>> round(x.grad, 12), round(y.grad, 12)
    (0.6, 0.8)
    """
    parameters, max_norm = values("clip_by_norm", parameters), at_least_zero("max_norm", max_norm)
    norm = math.hypot(*finite_gradients(parameters))
    if norm == math.inf:
        raise ValueError("the norm of the gradients is too large for a float; no gradient was changed")
    if norm > max_norm:
        scale = max_norm / norm
        for p in parameters:
            if p.grad is not NOT_COMPUTED and p.grad is not None:
                p.grad = p.grad * scale
    return norm


if not typing.TYPE_CHECKING:  # pragma: no branch - where types are checked, a name that is not there is an error
    __getattr__ = answering(__name__, OPTIM)
