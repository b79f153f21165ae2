"""A training step as one staged program: loss, gradients and, with an optimiser, the parameters' new numbers."""

import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import Any, NamedTuple, Protocol
from weakref import WeakSet

from ..core.recording import no_grad
from ..core.restoring import wholly
from ..engine import NOT_COMPUTED, Value, topological_order
from ..networks.parameters import name_of
from ..networks.state import Build
from ..numbers.number import Number, primal
from ..optim import Memory, Optimizer
from ..staging.batch import Rows, listed, mean_over, sum_over
from ..staging.staged import Staged, jit
from ..symbols.symbol import Symbol
from ..transforms.traced import pass_labels_on
from .remembered import Remembered
from .staying import Ahead, Staying
from .step import Examples, Loss, Stepper, Trainable, all_parameters, eager_step, expect_moves

CHANGING = frozenset(["lr", "steps", "_memories", "away"])  # of an optimiser, from step to step
REDUCTIONS: dict[str, Callable[..., Value]] = {"mean": mean_over, "sum": sum_over}


_steps: "WeakSet[StagedStep]" = WeakSet()


class Batch(Protocol):
    """The inputs or the targets of a batch: a list, an array, a memoryview."""

    def __len__(self) -> int:
        """How many examples."""

    def __iter__(self) -> Iterator[object]:
        """One after the other."""

    def __getitem__(self, some: slice, /) -> Iterable[object]:
        """Some of them."""


class Computed(NamedTuple):
    """What a step has found out; nothing is changed yet. None stands for a parameter that plays no part."""

    before: list[Number]  # the parameters' numbers
    loss: float
    gradients: list[Number | None]
    moved: list[Number] = []  # noqa: RUF012 - the numbers of the optimiser's parameters, never changed in place
    memories: list[Memory] | None = None  # what the optimiser remembers, if anything


class StagedStep:
    """A training step: called with a batch, it fills in every parameter's `grad` and returns the loss.

    Without an optimiser the gradients are added to what is there, as `backward` does. With one, the call is the whole
    step: old gradients are forgotten and the parameters moved, the optimiser's arithmetic staged as well (of an
    optimiser of your own its `step` is called).

    `loss(predictions, targets)` must be a mean over examples (or a sum of such and of penalties on the parameters), as
    most losses are, or with `reduction="sum"` a sum over them, as `quadratic_cost`: it is taken for one example at a
    time, and what it checks about targets goes unchecked. At the first batch of several, that is compared for two
    examples: ValueError if it is not so. A parameter in a branch of `where` that is not taken has the
    gradient 0.

    As C, parameters, gradients and what the optimiser remembers stay in the program's buffers from step to step. Who
    looks at one of them finds all of them where they belong; who looks after nearly every step has them kept there.

    The program, a loop over the batch, is `.source`; it is written at the first call, while no other thread may use the
    model, and again when a layer, a parameter, an activation or any other attribute that is no number has been
    replaced since. Calls of several threads take turns. With `backend="c"` the program is compiled as C; batches that
    are NumPy arrays or `array.array("d")` are then read where they are. Where a number is no float, or a result not
    finite, the step is taken eagerly.

    Raises StagingError if the model or the loss decides something by the data (`if x > 0`), ValueError if the optimiser
    moves none of the model's parameters.

    >>> from tinygrad_edu import nn
    >>> model = nn.MLP(1, [1], seed=0)
    >>> step = StagedStep(model, nn.mse_loss, nn.SGD(model.parameters(), lr=0.02))
    >>> losses = [step([[2.0], [4.0]], [1.0, 3.0]) for _ in range(20)]
    >>> losses[-1] < losses[0]
    True
    """

    __module__ = "tinygrad_edu"

    def __init__(
        self,
        model: Trainable,
        loss: Loss,
        optimizer: Stepper | None = None,
        *,
        reduction: str = "mean",
        backend: str = "python",
    ) -> None:
        if reduction not in REDUCTIONS:
            raise ValueError(f"reduction={reduction!r}: there are {' and '.join(REDUCTIONS)}")
        expect_moves("StagedStep", optimizer, model)
        self.model, self.loss, self.optimizer = model, loss, optimizer
        self._reduction, self._backend = reduction, backend
        self._is_compared = False
        self.stagings = 0
        self._staying: Staying | None = None
        self._build: Build | None = None  # the model's, when the program was written
        self._turn = RLock()
        _steps.add(self)
        self._stage()

    def __call__(self, xs: Batch, ys: Batch) -> float:
        """The loss of the batch; gradients, and with an optimiser the parameters, change."""
        with self._turn:
            if self._build is not None and self._build.is_changed():
                self._build = None
                self._stage()
            self._build = self._build or Build(self.model)
            program = self.staged.latest
            try:
                return self._call(xs, ys)
            finally:
                if self.staged.latest is not program:  # the model has been run on symbols
                    self._build.settle()

    def _call(self, xs: Batch, ys: Batch) -> float:
        if not self._is_compared and len(xs) > 1:
            self._compare(listed(xs[:2]), listed(ys[:2]))
        computed = self.compute(xs, ys)
        if computed is None:
            return self._eager(xs, ys)
        self.take(computed)
        return computed.loss

    @property
    def source(self) -> str:
        """The program as Python source."""
        return self.staged.source

    def to(self, language: str, *, loops: bool = False) -> str:
        """The program in another language, as `jit(f).to`."""
        return self.staged.to(language, loops=loops)

    @property
    def moves_more(self) -> bool:
        """Whether it may move a parameter that no example's branch has used, where the eager step leaves it alone."""
        if not self._is_partial:
            return False
        # With the gradient 0, plain gradient descent leaves a parameter where it is; momentum or decay may move it.
        return self._whole is None or self._whole.update(1.0, 0.0, (), 1.0) != (1.0, ())

    @property
    def backend(self) -> str:
        """What steps run as: "python", or "c" once a C compiler has done its work."""
        return "c" if any(trace.is_buffer for trace in self.staged.traces) else "python"

    def compute(self, xs: Batch, ys: Batch) -> Computed | Ahead | None:
        """What the step would do; None where it must be taken eagerly: a number is no float, or a result not finite."""
        staying = self._staying
        is_away = staying is not None and staying.is_away
        if _settings(self.optimizer) != self._settings or not (is_away or self._remembered() == self._given):
            self._stage()
        elif staying and self._whole and is_away:
            ahead = staying.ahead(self._whole.learning_rate(), xs, ys)
            if ahead is not None:
                return ahead
        numbers = [p.data for p in self.parameters]
        try:
            if self._whole is None:
                computed = Computed(numbers, *self.staged(numbers, xs, ys))
            else:
                memory = self._given.flat(self._whole.memories)
                *found, left = self.staged(numbers, memory, self._whole.learning_rate(), xs, ys)
                computed = Computed(numbers, *found)._replace(memories=self._left.grouped(left or []))
        except NotStaged:
            return None
        return computed  # all finite: a program's numbers are looked at where they come from

    def take(self, computed: Computed | Ahead) -> None:
        """Do what was computed."""
        if isinstance(computed, Ahead):
            computed.staying.take(computed)
        else:
            self._take(computed)

    def _take(self, computed: Computed) -> None:
        none = NOT_COMPUTED
        if self._moves_all:
            for p, g in zip(self.parameters, computed.gradients, strict=True):
                p.grad = none if g is None else g
        else:
            if self.optimizer is not None:
                self.optimizer.zero_grad()
            for p, g in zip(self.parameters, computed.gradients, strict=True):
                if g is not None:
                    p.grad = g if p.grad is none else p.grad + g
        if self._whole is not None:
            before = computed.before if self._moves_all else [p.data for p in self._whole.parameters]
            memories = computed.memories or [()] * len(before)
            self._whole.take(computed.moved, memories, before)
            self._let_leave(computed, memories)
        elif self.optimizer is not None:
            self.optimizer.step()

    def numbers(self) -> Sequence[Number]:
        """What `parameters` are now, as numbers; where these are in C, they stay there."""
        away = self._staying.numbers() if self._staying else None
        return [p.data for p in self.parameters] if away is None else away

    @property
    def reduction(self) -> str:
        """What the loss is over the examples: "mean" or "sum"."""
        return self._reduction

    def undoing(self) -> Callable[[], None] | None:
        """What undoes the next step, where no parameter has to be looked at for that; else None."""
        return self._staying.undoing() if self._staying and self._staying.is_away else None

    def come_home(self) -> None:
        """Have the parameters hold their numbers themselves, where these have stayed in C from step to step."""
        if self._staying:
            self._staying.come_home()

    def leave_again(self) -> None:
        """Have the numbers stay in C again, where somebody has only looked at them."""
        if self._staying:
            self._staying.leave_again()

    def _let_leave(self, computed: Computed, memories: list[Memory]) -> None:
        """Let the numbers stay in C from now on, if the step ran there, moves all parameters, and may run on."""
        trace = self.staged.trace
        if trace.native is None or self._whole is None or not self._moves_all:
            return
        if self._staying is None or self._staying.trace is not trace:
            if {*map(type, self.parameters)} != {Value} or self._left != self._given:
                return
            self._staying = Staying(trace, trace.native, self._whole, self._given)
        self._staying.leave(computed.gradients, computed.moved, memories)

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.model, self.loss, self.optimizer, self._reduction, self._backend)

    def _compare(self, xs: Examples, ys: Examples) -> None:
        """ValueError if the loss of two examples is not the mean of their losses, or the sum, whichever was said."""

        def loss(*places: int) -> float:
            return float(primal(self.loss([self.model(xs[i]) for i in places], [ys[i] for i in places])))

        with no_grad():
            both, single = loss(0, 1), (loss(0), loss(1))
        known = {"mean": sum(single) / 2, "sum": sum(single)}
        size = max(map(abs, (both, *single)))
        fits = [name for name, x in known.items() if math.isclose(both, x, rel_tol=1e-6, abs_tol=1e-9 * size)]
        if math.isfinite(size) and self._reduction not in fits:
            way_out = f'say reduction="{fits[0]}"' if fits else "it is neither; use eager_step, or write it as one"
            raise ValueError(
                f"the loss of the first two examples is {both:g}, but the {self._reduction} of their losses, which is "
                f"what is staged, {known[self._reduction]:g}: {way_out}. Or the model changes from call to call"
            )
        self._is_compared = len(fits) == 1  # losses of 0 tell nothing

    def _eager(self, xs: Batch, ys: Batch) -> float:
        xs, ys = listed(xs), listed(ys)
        if self.optimizer is not None:
            return eager_step(self.model, self.loss, self.optimizer)(xs, ys)
        error = self.loss([self.model(x) for x in xs], ys)
        error.backward()
        return float(error.data)

    # --- the program ---------------------------------------------------------------------------------------------

    def _stage(self) -> None:
        """Have the program written at the next call: the optimiser's settings, as its momentum, are fixed in it."""
        self.come_home()
        self._staying = None
        self.parameters: list[Value] = all_parameters(self.model, self.optimizer)
        self.stagings += 1
        self._settings = _settings(self.optimizer, fixed=True)
        self._whole = _plain(self.optimizer)
        self._is_shared = self._whole is not None and {*self._whole.parameters} <= {*self.model.parameters()}
        self._given = self._left = self._remembered()  # what the program takes, and what it gives
        self._begins = self._whole is not None and not any(self._whole.memories)
        self._moves_all = self._is_partial = False
        if self._whole is None:
            program = self._gradient_program()
        else:
            if set(self.parameters) == set(self._whole.parameters):
                self.parameters, self._moves_all = [*self._whole.parameters], True
            program = self._whole_program(self._whole)
        self.staged: Staged[..., Any] = jit(program, batched=("xs", "ys"), backend=self._backend)

    def _remembered(self) -> Remembered:
        """The order of what the optimiser remembers; counts are the same for all only where all parameters move."""
        order = Remembered.by(self._whole)
        return order if self._is_shared else order._replace(common=[])

    def _gradient_program(self) -> Callable[..., object]:
        def step(p: list[Number], xs: object, ys: object) -> tuple[Number, list[Number | None]]:
            loss, gradients = self._differentiated(p, xs, ys)
            return loss, gradients

        return step

    def _whole_program(self, optimizer: Optimizer) -> Callable[..., object]:
        def step(p: list[Number], memory: list[Number], lr: Number, xs: object, ys: object) -> tuple[object, ...]:
            loss, gradients = self._differentiated(p, xs, ys)
            numbers = dict(zip(self.parameters, p, strict=True))
            slopes = dict(zip(self.parameters, gradients, strict=True))
            before = [numbers[each] for each in optimizer.parameters]
            gs = [NOT_COMPUTED if (g := slopes[each]) is None else g for each in optimizer.parameters]
            moved, memories = optimizer.moved(before, gs, self._given.grouped(memory), lr)
            is_whole = not any(g is NOT_COMPUTED for g in gs)
            if self._begins:  # nothing is remembered about what was never used
                memories = [() if g is NOT_COMPUTED else each for g, each in zip(gs, memories, strict=True)]
            sizes = [*map(len, memories)]
            self._left = self._given if is_whole and sizes == self._given.sizes else Remembered(sizes, [])
            return loss, gradients, moved, self._left.flat(memories) or None

        return step

    def _differentiated(self, p: list[Number], xs: object, ys: object) -> tuple[Number, list[Number | None]]:
        """The loss and its gradients as lines of a program; the parameters are left as they were."""
        if not isinstance(xs, Rows) or not isinstance(ys, Rows):
            raise NotStaged  # numbers instead of symbols
        with lent(self.parameters, p):
            result = REDUCTIONS[self._reduction](self._example, xs, ys)
            with _kept("grad", topological_order(result)):  # some may be the reader's own
                for each in self.parameters:
                    each.grad = NOT_COMPUTED
                result.backward()
                pass_labels_on(result)
                gradients = [None if each.grad is NOT_COMPUTED else each.grad for each in self.parameters]
            return result.data, gradients

    def _example(self, x: object, y: object) -> Value:
        """The loss of one example."""
        loss: Value = self.loss([self.model(x)], [y])
        self._is_partial |= isinstance(loss, Value) and _is_partial(loss, self.parameters)
        return loss


def _new_turns() -> None:
    """New locks for a process that was forked while another thread took a step: that thread is not in it."""
    for step in _steps:
        step._turn = RLock()


if hasattr(os, "register_at_fork"):  # pragma: no branch - not on Windows
    os.register_at_fork(after_in_child=_new_turns)


def _again(model: Trainable, loss: Loss, optimizer: Stepper | None, reduction: str, backend: str) -> StagedStep:
    """The same step where it arrives."""
    return StagedStep(model, loss, optimizer, reduction=reduction, backend=backend)


class NotStaged(Exception):
    """The staged function runs on numbers, because its program cannot."""


@contextmanager
def lent(parameters: list[Value], numbers: list[Number]) -> Iterator[None]:
    """Symbols in the place of the parameters' numbers for a while; a symbol goes by the parameter's label."""
    for i, number in enumerate(numbers):
        if number is None:
            raise TypeError(f"the data of {name_of(parameters, i)} is None: it must be a number")
    with _kept("data", parameters):
        for each, number in zip(parameters, numbers, strict=True):
            each.data = number
            if isinstance(number, Symbol) and each.label:
                number.label = each.label
        yield


@contextmanager
def _kept(attribute: str, values: Iterable[Value]) -> Iterator[None]:
    """What happens to this attribute is undone, all of it even if that is interrupted."""
    before = [(each, getattr(each, attribute)) for each in values]

    def undo() -> None:
        for each, x in before:
            setattr(each, attribute, x)

    interruption = None
    try:
        yield
    finally:
        interruption = wholly(undo)
    if interruption:
        raise interruption


def _is_partial(loss: Value, parameters: list[Value]) -> bool:
    """Whether a parameter takes part in this loss only if a certain branch of a `where` is taken."""
    bits = {each: 1 << i for i, each in enumerate(parameters)}  # sets of parameters as the bits of an int
    ever: dict[Value, int] = {}
    always: dict[Value, int] = {}
    for node in topological_order(loss):
        parents = [parent for parent, _ in node.edges()]
        ever[node] = always[node] = bits.get(node, 0)
        for parent in parents:
            ever[node] |= ever[parent]
            always[node] |= always[parent]
        if node.op == "where":
            always[node] = always[parents[0]] & always[parents[1]] if len(parents) == 2 else 0
    return ever[loss] != always[loss]


def _plain(optimizer: Stepper | None) -> Optimizer | None:
    """An optimiser of this library, whose arithmetic works on symbols, if it is used as it is."""
    return optimizer if isinstance(optimizer, Optimizer) and optimizer.is_plain else None


def _settings(optimizer: Stepper | None, *, fixed: bool = False) -> dict[str, object]:
    """What decides an optimiser's arithmetic, but for the learning rate and what it remembers; {} for one's own.

    `fixed` makes a copy of the list of parameters, to compare with what it is later.
    """
    plain = _plain(optimizer)
    if plain is None:
        return {}
    settings = {name: x for name, x in vars(plain).items() if name not in CHANGING}
    if fixed:
        settings["parameters"] = [*plain.parameters]
    return settings
