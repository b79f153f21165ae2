"""Optimisers: each step moves every parameter a little way down the gradient.

An optimiser computes all new numbers first and then changes all parameters at once: an error (a gradient that is
NaN, a learning rate that is infinite) or an interrupt leaves them, and its own memory, as they were. The defaults
and the formulas are PyTorch's. x is a parameter, g its gradient, η the learning rate.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .core.number import shown
from .core.scalar import sqrt
from .engine import NOT_COMPUTED, Value

Memory = tuple[Any, ...]  # what an optimiser remembers about one parameter; () before its first step


class Optimizer:
    """What the optimisers share: their parameters, the learning rate, and steps that happen wholly or not at all.

    `lr` is a number or a function of the number of steps made so far (see `schedules`). `steps` counts them.
    A subclass sets `memory`, the names of the numbers it remembers about each parameter, and defines `update`.

    Raises ValueError if there are no parameters, if one is listed twice, and if one is the result of an operation.
    """

    memory: tuple[str, ...] = ()

    def __init__(
        self, parameters: Iterable[Value], lr: float | Callable[[int], float], weight_decay: float = 0.0
    ) -> None:
        self.parameters = _checked(parameters)
        self.lr = lr
        self.weight_decay = at_least_zero("weight_decay", weight_decay)
        self.steps = 0
        self._memories: list[Memory] = [()] * len(self.parameters)
        if not callable(lr):
            at_least_zero("lr", lr)

    def update(self, x: Any, g: Any, memory: Memory, lr: float) -> tuple[Any, Memory]:
        """The new number for a parameter, and what to remember about it."""
        raise NotImplementedError(f"{type(self).__name__} must define update(x, g, memory, lr)")

    def learning_rate(self) -> float:
        """The learning rate of the next step. ValueError if it is negative, NaN or infinite."""
        return at_least_zero("lr", self.lr(self.steps) if callable(self.lr) else self.lr)

    def step(self) -> None:
        """Move every parameter that has a gradient.

        Raises ValueError if a gradient or the learning rate is NaN or infinite, OverflowError if a parameter would
        become so, RuntimeError if no parameter has a gradient; none of them has changed then.
        """
        lr, before = self.learning_rate(), [p.data for p in self.parameters]
        gradients = finite_gradients(self.parameters)
        if all(g is NOT_COMPUTED for g in gradients):
            raise RuntimeError("no parameter has a gradient yet: call loss.backward() before step()")
        after, memories = self.moved(before, gradients, self._memories, lr)
        self._check(before, after, memories)
        self.take(after, memories, before)

    def moved(self, xs: list[Any], gs: list[Any], memories: list[Memory], lr: Any) -> tuple[list[Any], list[Memory]]:
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

    def take(self, xs: list[Any], memories: list[Memory], before: list[Any]) -> None:
        """Make these the parameters' numbers, all or none; `before` are those that they have."""
        try:
            for p, x in zip(self.parameters, xs, strict=True):
                p.data = x
            self._memories, self.steps = memories, self.steps + 1
        except BaseException:  # Ctrl-C between two parameters
            for p, x in zip(self.parameters, before, strict=True):
                p.data = x
            raise

    def _check(self, before: list[Any], after: list[Any], memories: list[Memory]) -> None:
        """OverflowError if a number has become too large."""
        if _all_finite([*after, *(m for memory in memories for m in memory)]):
            return
        finite = [_all_finite([x, *memory]) for x, memory in zip(after, memories, strict=True)]
        i = finite.index(False)
        raise OverflowError(
            f"{_name(self.parameters, i)} = {before[i]} would become {after[i]}, or what is remembered about it, too "
            "large for a float; no parameter was changed: lower the learning rate or clip the gradients"
        )

    def zero_grad(self) -> None:
        """Forget the gradients, which `backward` would otherwise add to."""
        for p in self.parameters:
            p.grad = NOT_COMPUTED

    def state_dict(self) -> dict[str, Any]:
        """What it remembers, to go on later: numbers and lists. Learning rate and other settings are not part of it.

        >>> SGD([Value(1.0)], momentum=0.9).state_dict()
        {'optimizer': 'SGD', 'memory': ['v'], 'steps': 0, 'memories': [[]]}
        """
        return {
            "optimizer": type(self).__name__,
            "memory": list(self.memory),
            "steps": self.steps,
            "memories": [list(memory) for memory in self._memories],
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what an optimiser of the same kind and number of parameters remembers.

        Raises ValueError, and changes nothing, if it does not fit.
        """
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
        for i, memory in enumerate(memories):
            if not (isinstance(memory, list) and len(memory) in (0, len(self.memory)) and all(map(_is_real, memory))):
                raise ValueError(f"memories[{i}]: expected {len(self.memory)} finite numbers, got {shown(memory)}")
        self.steps, self._memories = steps, [tuple(memory) for memory in memories]


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
        parameters: Iterable[Value],
        lr: float | Callable[[int], float] = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        self.momentum, self.nesterov = at_least_zero("momentum", momentum), nesterov
        self.memory = ("v",) if momentum else ()
        if nesterov and not momentum:
            raise ValueError("nesterov needs a momentum above 0")

    def update(self, x: Any, g: Any, memory: Memory, lr: float) -> tuple[Any, Memory]:  # noqa: D102
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

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float | Callable[[int], float] = 0.01,
        eps: float = 1e-10,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        self.eps = above_zero("eps", eps)

    def update(self, x: Any, g: Any, memory: Memory, lr: float) -> tuple[Any, Memory]:  # noqa: D102
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
        parameters: Iterable[Value],
        lr: float | Callable[[int], float] = 0.01,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        self.alpha, self.eps = fraction("alpha", alpha), above_zero("eps", eps)
        self.momentum = at_least_zero("momentum", momentum)

    def update(self, x: Any, g: Any, memory: Memory, lr: float) -> tuple[Any, Memory]:  # noqa: D102
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

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float | Callable[[int], float] = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        self.betas = fraction("betas[0]", betas[0]), fraction("betas[1]", betas[1])
        self.eps = above_zero("eps", eps)

    def update(self, x: Any, g: Any, memory: Memory, lr: float) -> tuple[Any, Memory]:  # noqa: D102
        return self._moved(x, g + self.weight_decay * x, memory, lr)

    def _moved(self, x: Any, g: Any, memory: Memory, lr: float) -> tuple[Any, Memory]:
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
        parameters: Iterable[Value],
        lr: float | Callable[[int], float] = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay)

    def update(self, x: Any, g: Any, memory: Memory, lr: float) -> tuple[Any, Memory]:  # noqa: D102
        return self._moved(x - lr * self.weight_decay * x, g, memory, lr)


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
    parameters, limit = list(parameters), at_least_zero("limit", limit)
    for p, g in zip(parameters, finite_gradients(parameters), strict=True):
        if abs(g) > limit:
            p.grad = math.copysign(limit, g)


def clip_by_norm(parameters: Iterable[Value], max_norm: float) -> float:
    """Shrink all gradients alike if the length of their vector, which is returned, exceeds `max_norm`.

    As PyTorch's `clip_grad_norm_`, they are multiplied by max_norm / (norm + 1e-6): the direction stays. Raises
    ValueError, and changes nothing, if a gradient is NaN or infinite (Pascanu, Mikolov and Bengio 2013).

    >>> x, y = Value(1.5), Value(2.0)
    >>> (x * x + y * y).backward()
    >>> clip_by_norm([x, y], 1.0)
    5.0
    >>> round(x.grad, 5), round(y.grad, 5)
    (0.6, 0.8)
    """
    parameters, max_norm = list(parameters), at_least_zero("max_norm", max_norm)
    norm = math.hypot(*finite_gradients(parameters))
    if norm == math.inf:
        raise ValueError("the norm of the gradients is too large for a float; no gradient was changed")
    scale = max_norm / (norm + 1e-6)
    if scale < 1:
        for p in parameters:
            if p.grad is not NOT_COMPUTED:
                p.grad = p.grad * scale
    return norm


# --- checks --------------------------------------------------------------------------------------------------------


def finite_gradients(parameters: list[Value]) -> list[Any]:
    """The gradients of the parameters. ValueError names the first that is NaN or infinite."""
    gradients = [p.grad for p in parameters]
    if not _all_finite(gradients):
        i = [_is_finite(g) for g in gradients].index(False)
        raise ValueError(f"the gradient of {_name(parameters, i)} is {shown(gradients[i])}; no parameter was changed")
    return gradients


def _all_finite(xs: list[Any]) -> bool:
    """Whether all are finite: their sum is, or else, as it may be too large itself, each of them."""
    try:
        return math.isfinite(sum(xs)) or all(map(_is_finite, xs))
    except (ArithmeticError, TypeError):  # kinds of numbers that do not add
        return all(map(_is_finite, xs))


def _is_finite(x: Any) -> bool:
    """Whether it is a finite number within the range of floats."""
    try:
        return math.isfinite(x)
    except OverflowError:
        return False


def _checked(parameters: Iterable[Value]) -> list[Value]:
    listed = list(parameters)
    if not listed:
        raise ValueError("an optimiser needs at least one parameter, got none")
    for i, p in enumerate(listed):
        if not isinstance(p, Value):
            raise TypeError(f"parameter {i} is {shown(p)}: an optimiser needs Values, as model.parameters() returns")
        if p.op:
            raise ValueError(f"{_name(listed, i)} is the result of {p.op!r}: only a leaf can be a parameter")
    if len(set(listed)) < len(listed):
        twice = next(i for i, p in enumerate(listed) if p in listed[:i])
        raise ValueError(f"{_name(listed, twice)} is listed twice: it would move twice in each step")
    return listed


def _name(parameters: list[Value], i: int) -> str:
    label = parameters[i].label
    return f"parameter {i} ({label})" if label else f"parameter {i}"


def _is_real(x: Any) -> bool:
    return isinstance(x, (int, float)) and not isinstance(x, bool) and abs(x) < math.inf


def at_least_zero(name: str, x: float) -> float:
    """`x` if it is a finite number from 0 on, else ValueError."""
    if not 0 <= x < math.inf:
        raise ValueError(f"{name} must be a finite number of at least 0, got {x}")
    return x


def above_zero(name: str, x: float) -> float:
    """`x` if it is a finite number above 0, else ValueError."""
    if not 0 < x < math.inf:
        raise ValueError(f"{name} must be a finite number above 0, got {x}")
    return x


def fraction(name: str, x: float) -> float:
    """`x` if it is from 0 up to, but not including, 1, else ValueError."""
    if not 0 <= x < 1:
        raise ValueError(f"{name} must be at least 0 and less than 1, got {x}")
    return x
