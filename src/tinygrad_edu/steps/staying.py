"""Parameters that stay: while steps in C follow each other, the numbers are in one buffer and not in the Values.

What comes out of one step goes into the next as it is. Whoever looks at a parameter meanwhile, at its number, its
gradient or anything else of it, brings all of them home first: while they are away, parameters are of a class of their
own, in which every look at an attribute does that. The engine knows nothing of it, and it costs the engine nothing.
"""

import ctypes
import threading
from array import array
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..core.restoring import wholly
from ..engine import NOT_COMPUTED, Value
from ..numbers.number import Number
from ..optim import Memory, Optimizer
from ..staging.packing import packed
from ..staging.trace import Trace
from ..symbols.symbol import Structure
from ..trees.tree import LEAF
from .remembered import Remembered

if TYPE_CHECKING:
    from ..native.compiled import Native

LONGEST = 64  # steps that are taken at home where somebody looks after nearly every one
_data: Any = Value.__dict__["data"]
_grad: Any = Value.__dict__["grad"]
_left: Any = Value.__dict__["left"]  # of a parameter it is None; while it is away, whoever has its numbers stands there


class _Away(Value):
    """A parameter whose numbers are elsewhere."""

    __slots__ = ()
    __module__ = "tinygrad_edu"

    def __getattribute__(self, name: str) -> Any:
        _bring_home(self)
        return getattr(self, name)

    def __setattr__(self, name: str, x: object) -> None:
        _bring_home(self)
        setattr(self, name, x)

    def __delattr__(self, name: str) -> None:
        _bring_home(self)
        delattr(self, name)


_Away.__name__ = _Away.__qualname__ = "Value"


def _bring_home(x: Value) -> None:
    """Everything that is away together with this parameter."""
    try:
        place = _left.__get__(x)
    except AttributeError:  # a node that is being made, of the class that an operand had
        place = None
    if isinstance(place, Staying):
        place.come_home()
    else:
        object.__setattr__(x, "__class__", Value)


class Ahead(NamedTuple):
    """What a step has found out; nothing is changed yet."""

    loss: float
    place: int  # of the buffer with all the numbers
    staying: "Staying"


class Staying:
    """Parameters, gradients and what the optimiser remembers, in a buffer between steps in C.

    `trace` is the program of a whole step: of (parameters, memory, learning rate, inputs, targets), with the results
    (loss, gradients, parameters, memory), memory in the order of `remembered`. There are two buffers of such results.
    A step reads the one and writes the other, so that an error or an interruption leaves everything as it was.
    """

    def __init__(self, trace: Trace, native: "Native", optimizer: Optimizer, remembered: Remembered) -> None:
        structure: Structure = trace.structure
        gradients, moved, _ = structure[1][1:]
        self.trace = trace
        self.is_away = False
        self._patience = self._waiting = 1  # steps at home before they leave, and how many of them are left
        self._optimizer = optimizer
        self._parameters = [*optimizer.parameters]
        self._call = native.function
        self._rows = [native.rows["xs"], native.rows["ys"]]
        self._is_part = [branch == LEAF for branch in gradients[1]]  # whether a parameter has a gradient
        self._remembered, self._remembers = remembered, remembered.length > 0
        self._start = 1 + sum(self._is_part)  # of the parameters in a buffer
        self._end = self._start + len(moved[1])
        kind = ctypes.c_double * (self._end + remembered.length)
        self._buffers = (kind(), kind())
        self._addresses = [ctypes.addressof(each) for each in self._buffers]
        self._now = 0  # the buffer that holds what is
        self._came: tuple[list[float], list[Number], list[Memory]] = [], [], []  # what came home last
        self._taken = 0  # steps since they left
        self._lock = threading.RLock()

    # --- steps -----------------------------------------------------------------------------------------------------

    def ahead(self, lr: float, xs: object, ys: object) -> Ahead | None:
        """What the step would do; None if something is undefined, or the batch is none of numbers in rows."""
        passed: list[object] = []
        kept = []
        for rows, batch in zip((xs, ys), self._rows, strict=True):
            found = batch(rows) or batch(packed(rows))
            if found is None:
                return None
            count, address, keeps = found
            passed += [count, address]
            kept.append(keeps)
        now, place = self._addresses[self._now], 1 - self._now
        memory = [now + 8 * self._end] if self._remembers else []
        failed = self._call(now + 8 * self._start, *memory, lr, *passed, self._addresses[place])
        return None if failed else Ahead(self._buffers[place][0], place, self)

    def take(self, ahead: Ahead) -> None:
        """Do what was found out, all of it or nothing."""
        undo = self.undoing()
        try:
            with self._lock:  # another thread may be bringing them home right now
                self._now = ahead.place
                self._optimizer.steps += 1
                self._taken += 1
                if not self.is_away:  # somebody has looked meanwhile
                    self._put()
        except BaseException:
            wholly(undo)
            raise

    def undoing(self) -> Callable[[], None]:
        """What makes everything as it is now, after one step at most."""
        now, steps = self._now, self._optimizer.steps

        def undo() -> None:
            with self._lock:
                self._now, self._optimizer.steps = now, steps
                if not self.is_away:
                    self._put()

        return undo

    def numbers(self) -> "array[float] | None":
        """The parameters' numbers, while they are away."""
        with self._lock:
            if not self.is_away:
                return None
            found = array("d")
            found.frombytes(memoryview(self._buffers[self._now]).cast("B")[8 * self._start : 8 * self._end])
        return found

    # --- away and back ---------------------------------------------------------------------------------------------

    def leave(self, gradients: Sequence[Number | None], moved: Sequence[Number], memories: Sequence[Memory]) -> None:
        """Go on with these numbers, which the parameters and the optimiser have now, once nobody looks any more."""
        self._waiting -= 1
        if self._waiting > 0:
            return
        known = [g for g in gradients if g is not None]
        place = 1 - self._now
        self._buffers[place][:] = [0.0, *known, *moved, *self._remembered.flat(memories)]
        self._go(place)

    def leave_again(self) -> None:
        """Go on with the numbers that came home last, if nobody has changed any of them since."""
        with self._lock:
            if not self.is_away and self._is_as_it_came():
                self._go(self._now)

    def _is_as_it_came(self) -> bool:
        numbers, gradients, memories = self._came
        return (
            memories is self._optimizer.memories
            and all(p.data is x and type(p) is Value for p, x in zip(self._parameters, numbers, strict=False))
            and all(p.grad is g for p, g in zip(self._parameters, gradients, strict=False))
        )

    def _go(self, place: int) -> None:
        try:
            with self._lock:
                self._now, self._taken, self.is_away = place, 0, True
                self._optimizer.away = self.come_home
                for p in self._parameters:
                    _left.__set__(p, self)
                    object.__setattr__(p, "__class__", _Away)
        except BaseException:
            wholly(self.come_home)
            raise

    def come_home(self) -> None:
        """Give all parameters and the optimiser their numbers; whoever looks often makes them stay at home longer."""
        with self._lock:
            if self.is_away:
                self._put()
                self.is_away = False
                self._patience = 1 if self._taken > 1 else min(LONGEST, 2 * self._patience)
                self._waiting = self._patience

    def _put(self) -> None:
        """The numbers of the buffer where they belong; while coming home, what is home already stays as it is."""
        numbers: list[float] = self._buffers[self._now][:]
        known = iter(numbers[1 : self._start])
        gradients = [next(known) if is_part else NOT_COMPUTED for is_part in self._is_part]
        for p, x, g in zip(self._parameters, numbers[self._start : self._end], gradients, strict=True):
            if type(p) is _Away or not self.is_away:
                _data.__set__(p, x)
                _grad.__set__(p, g)
            _left.__set__(p, None)
            object.__setattr__(p, "__class__", Value)
        memories = self._remembered.grouped(numbers[self._end :])
        self._optimizer.came_home(memories)
        self._came = numbers[self._start : self._end], gradients, memories
