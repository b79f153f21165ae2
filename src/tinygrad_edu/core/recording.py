"""What operations remember: nothing within `no_grad`; for `record_sources`, someone is told of each new node."""

import contextlib
import functools
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator
from contextvars import ContextVar
from threading import Lock
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar

if TYPE_CHECKING:
    from ..engine import Value

P = ParamSpec("P")
R = TypeVar("R")  # what a function returns
Y = TypeVar("Y")  # what a generator yields, and what it is sent
S = TypeVar("S")

_GENERATOR, _COROUTINE, _ASYNC_GENERATOR = 0x20, 0x80, 0x200  # what Python notes about a function, as in `inspect`
_lock = Lock()
open_blocks = 0  # of both kinds, in all threads. Operations ask this first: mostly it is 0, and that is all it costs


class no_grad:  # a function to its users, as in PyTorch
    """Within it, or within a function it decorates, results do not remember how they were computed.

    It holds for the thread (or asyncio task) that enters it. Values computed before keep what they remember. It
    decorates generators and coroutines too.

    >>> from tinygrad_edu import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.data, y.parents
    (9.0, ())
    """

    __module__ = "tinygrad_edu"

    def __init__(self) -> None:
        self._blocks: list[_Block] = []

    def __enter__(self) -> Self:
        _count(+1)
        self._blocks.append(_Block(_current.get()))
        _current.set(self._blocks[-1])
        return self

    def __exit__(self, *error: object) -> None:
        block = self._blocks.pop()
        block.is_over = True
        _current.set(_around(_current.get()))
        _count(-1)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """The function, run within `no_grad`; a generator's every step."""
        flags = getattr(getattr(function, "__code__", None), "co_flags", 0)
        wrap = next((wrap for flag, wrap in _WRAPS.items() if flags & flag), _paused)
        return functools.wraps(function)(wrap(function))


def _paused(function: Callable[P, R]) -> Callable[P, R]:
    def paused(*args: P.args, **kwargs: P.kwargs) -> R:
        with no_grad():
            return function(*args, **kwargs)

    return paused


def _paused_coroutine(function: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    async def paused(*args: P.args, **kwargs: P.kwargs) -> R:
        with no_grad():
            return await function(*args, **kwargs)

    return paused


def _paused_generator(function: Callable[P, Generator[Y, S, R]]) -> Callable[P, Generator[Y, S, R]]:
    def paused(*args: P.args, **kwargs: P.kwargs) -> Generator[Y, S, R]:
        steps = function(*args, **kwargs)
        resume: Callable[[Any], Y] = steps.send
        given: Any = None
        while True:
            try:
                with no_grad():
                    item = resume(given)
            except StopIteration as end:
                returned: R = end.value
                return returned
            try:
                resume, given = steps.send, (yield item)
            except BaseException as error:  # thrown in from outside, or the generator is closed
                resume, given = steps.throw, error

    return paused


def _paused_async_generator(function: Callable[P, AsyncGenerator[Y, S]]) -> Callable[P, AsyncGenerator[Y, S]]:
    async def paused(*args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[Y, S]:
        steps = function(*args, **kwargs)
        resume: Callable[[Any], Awaitable[Y]] = steps.asend
        given: Any = None
        while True:
            try:
                with no_grad():
                    item = await resume(given)
            except StopAsyncIteration:
                return
            try:
                resume, given = steps.asend, (yield item)
            except BaseException as error:
                resume, given = steps.athrow, error

    return paused


_WRAPS: dict[int, Callable[[Callable[..., Any]], Callable[..., Any]]] = {
    _COROUTINE: _paused_coroutine,
    _GENERATOR: _paused_generator,
    _ASYNC_GENERATOR: _paused_async_generator,
}


def _count(change: int, observed: int = 0) -> None:
    """One more open block, or one less; and whether it is one of `observed`."""
    global open_blocks, observed_blocks
    with _lock:
        open_blocks += change
        observed_blocks += observed


class _Block:
    """One `with no_grad()`, and the one around it. A context that was copied inside may outlive it."""

    def __init__(self, outer: "_Block | None") -> None:
        self.outer = outer
        self.is_over = False


_current: ContextVar[_Block | None] = ContextVar("_current", default=None)


def _around(block: _Block | None) -> _Block | None:
    """The innermost block that is not over."""
    while block is not None and block.is_over:
        block = block.outer
    return block


def is_paused() -> bool:
    """Whether this thread (or asyncio task) is inside `no_grad`."""
    return _around(_current.get()) is not None


@contextlib.contextmanager
def recorded() -> Iterator[None]:
    """Within it, results remember how they were computed, also inside `no_grad`: transforms need that."""
    before = _current.get()
    try:
        _current.set(None)
        yield
    finally:
        _current.set(before)


# --- observers ---------------------------------------------------------------------------------------------------

_observers: ContextVar[tuple[Callable[["Value"], None], ...]] = ContextVar("_observers", default=())
observed_blocks = 0  # in all threads; they count among the open ones too


@contextlib.contextmanager
def observed(observer: Callable[["Value"], None]) -> Iterator[None]:
    """Within it, `observer` is called with each new node of this thread (or asyncio task)."""
    token = _observers.set((*_observers.get(), observer))
    _count(+1, observed=+1)
    try:
        yield
    finally:
        _count(-1, observed=-1)
        _observers.reset(token)


def tell(node: "Value") -> None:
    """Call the observers of this thread."""
    for observe in _observers.get():
        observe(node)


def is_forgotten(node: "Value") -> bool:
    """Whether a new node keeps no operands, as within `no_grad`. The observers are told of it in any case."""
    if observed_blocks:
        tell(node)
    return _around(_current.get()) is not None
