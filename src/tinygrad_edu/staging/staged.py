"""`jit(f)`: run f once on symbols, keep the straight-line program it writes, and call that from then on."""

import functools
import inspect
import sys
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from types import MethodType
from typing import Any, Generic, ParamSpec, TypeVar, overload

from ..core.recording import no_grad
from ..engine import Value
from ..numbers.number import Number
from ..symbols.symbol import StagingError
from ..trees.tree import Numbers, flatten, map_leaves, numbers_of, returned
from .arguments import Argument, of_rows, read
from .held import fixed, held_by, is_unchanged
from .packing import packed
from .trace import Trace

__all__ = ["Staged", "StagingError", "jit"]

P = ParamSpec("P")
R = TypeVar("R")
BACKENDS = ("python", "c")
KEPT = 64  # programs of one function; the one that was not asked for the longest goes first


@overload
def jit(f: Callable[P, R], *, batched: Sequence[str] = (), backend: str = "python") -> "Staged[P, R]": ...


@overload
def jit(*, batched: Sequence[str] = (), backend: str = "python") -> "Callable[[Callable[P, R]], Staged[P, R]]": ...


def jit(f: Callable[P, R] | None = None, *, batched: Sequence[str] = (), backend: str = "python") -> object:
    """The same function, staged: faster from the second call on, and readable as `.source`.

    The first call with arguments of a new structure (how they nest) runs `f` on symbols, through any transforms in it,
    and compiles what they write down; the programs of the last 64 structures are kept. Numbers that `f` takes from
    elsewhere are fixed at that moment. So are arguments that are no numbers, as a text or an object; when an object
    has changed, a new program is written. Ints count as floats.

    Where the program meets an error, as log(-1), or a result is not finite, `f` itself runs instead, on Values, so
    results and errors are those of `f`. It runs too for numbers other than floats and ints: Values, Fractions.

    The arguments named by `batched` are lists of rows, as many as you like, for `mean_over` and `sum_over`. With
    `backend="c"` the program is compiled by a C compiler; without one it stays Python, with one warning.

    It decorates functions and methods; without a function it is a decorator with these options. Raises StagingError
    where `f` decides something by the numbers it is given (`if x > 0`): use `where`, or `while_loop`.

    >>> from tinygrad_edu.transforms import grad
    >>> slope = jit(grad(lambda x: x**2 + 3 * x))
    >>> slope(2.0)
    7.0
    >>> print(slope.source)
    def f(x):
        return 3.0 + 2.0 * x
    <BLANKLINE>
    """
    return functools.partial(jit, batched=batched, backend=backend) if f is None else Staged(f, batched, backend)


class Staged(Generic[P, R]):
    """A function that runs as a straight-line program, one for each structure of its arguments."""

    def __new__(cls, *_: object) -> "Staged[P, R]":
        """Of a class of its own, whose `__call__` becomes the way into the latest program (docs/design.md)."""
        return super().__new__(type(cls.__name__, (cls,), {"__doc__": cls.__doc__, "__module__": cls.__module__}))

    def __init__(self, f: Callable[P, R], batched: Sequence[str] = (), backend: str = "python") -> None:
        given = f
        if isinstance(f, staticmethod | classmethod):
            f = f.__func__
        functools.update_wrapper(self, f)
        self._given = given
        self._f = f
        self._signature = inspect.signature(f)
        unknown = [name for name in batched if name not in self._signature.parameters]
        if unknown:
            raise ValueError(f"batched={list(batched)}: {self._name} has no parameter {', '.join(unknown)}")
        if backend not in BACKENDS:
            raise ValueError(f"backend={backend!r}: there are {' and '.join(BACKENDS)}")
        self._batched = frozenset(batched)
        self._backend = backend
        self._held = held_by(f)
        self._traces: dict[Hashable, Trace] = {}  # the latest last; an OrderedDict hashes its keys in every loop
        self._latest: Trace | None = None
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"<{self._name}, staged: {len(self._traces)} program{'' if len(self._traces) == 1 else 's'}>"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """What the function returns for these arguments."""
        result: R = self._stage_and_call(*args, **kwargs)
        return result

    def __get__(self, instance: object, owner: type | None = None) -> "Callable[..., R]":
        """As an attribute of a class, a method."""
        bound = owner if isinstance(self._given, classmethod) else instance
        return self if bound is None or isinstance(self._given, staticmethod) else MethodType(self, bound)

    def __reduce__(self) -> "str | tuple[Callable[..., Any], tuple[object, ...]]":
        """Copies and pickles are staged again where they arrive; a decorated function goes by its name there."""
        name: str = getattr(self._f, "__qualname__", "")
        module = getattr(self._f, "__module__", "")
        place: object = sys.modules.get(module)
        for part in name.split("."):
            place = getattr(place, part, None)
        by_cloudpickle = sys._getframe(1).f_globals.get("__name__", "").startswith("cloudpickle")
        if place is self and not (by_cloudpickle and module == "__main__"):
            return name
        return Staged, (self._given, sorted(self._batched), self._backend)

    @property
    def source(self) -> str:
        """The program of the latest structure as Python source, which needs nothing but `math`.

        Raises StagingError before the first call, which is what decides the structure.
        """
        return self.trace.source

    def to(self, language: str, *, loops: bool = False) -> str:
        """The program of the latest structure in another language: "python", "c", "javascript" or "latex".

        "numpy", "jax" and "torch" are Python for the arrays of these libraries, a batch being arrays of its columns.
        With `loops`, Python is written for reading: layers and sums as comprehensions, where that is shorter. It
        computes the same up to the rounding of sums, and raises nothing where the function is undefined.

        >>> double = jit(lambda x: 2 * x)
        >>> double(1.0)
        2.0
        >>> print(double.to("javascript"))
        function f(x) {
            return 2.0 * x;
        }
        <BLANKLINE>
        """
        return self.trace.to(language, loops=loops)

    @property
    def trace(self) -> Trace:
        """The latest program with its parameters and results."""
        if self._latest is None:
            raise StagingError(
                f"{self._name} is not staged yet: call it once, with arguments of the structure you want"
            )
        return self._latest

    @property
    def latest(self) -> Trace | None:
        """The latest program, if there is one."""
        return self._latest

    @property
    def traces(self) -> list[Trace]:
        """The programs that are kept, one for each structure of the arguments."""
        return [*self._traces.values()]

    @property
    def _name(self) -> str:
        name: str = getattr(self._f, "__name__", "")
        return name if name.isidentifier() else "f"

    def _stage_and_call(self, *args: Any, **kwargs: Any) -> Any:
        """Call the program for this structure of arguments; write it first if it is new."""
        bound = self._signature.bind(*args, **kwargs)
        numbers: list[Number] = []
        arguments: dict[str, Argument] = {}
        buffers: dict[str, Any] = {}  # batches for C
        for name, tree in bound.arguments.items():
            is_batched = name in self._batched
            buffer = packed(tree) if is_batched and self._backend == "c" else None
            if buffer is not None:
                arguments[name], buffers[name] = of_rows(tree), buffer
                continue
            xs, arguments[name] = read(name, tree, batched=is_batched)
            numbers += xs
        if not all(type(x) is float or (type(x) is int and _is_a_float(x)) for x in numbers):
            return self._original(*bound.args, **bound.kwargs)
        leaves = map(float, numbers)
        trees = bound.arguments | buffers
        for name, argument in arguments.items():  # in order, as the numbers are
            if name not in buffers:
                trees[name] = argument.rebuilt(leaves, len(trees[name]) if argument.batched else 0)
        try:
            trace = self._trace(arguments)
            if trace.is_buffer is None:
                trees |= {name: buffer.tolist() for name, buffer in buffers.items()}
            result = trace.function(*trees.values())
            total = sum(numbers_of(result)[0])
            if total - total == 0.0:
                return trace.with_arrays(result) if trace.with_arrays else result
        except (ArithmeticError, ValueError):
            pass
        return self._last_word(*bound.args, **bound.kwargs)

    def _last_word(self, *args: Any, **kwargs: Any) -> Any:
        """What the function returns where its program does not do. Python's (-2.0) ** 0.5 is complex: Values raise."""
        result = self._original(*args, **kwargs)
        is_real = not any(isinstance(x, complex) for x in numbers_of(result)[0])
        return result if is_real else self._on_values(*args, **kwargs)

    def _original(self, *args: Any, **kwargs: Any) -> Any:
        """What the function itself returns. If it labels its results, plain numbers must be Values for that."""
        try:
            return self._f(*args, **kwargs)
        except AttributeError as error:
            if "'label'" not in str(error) and "'data'" not in str(error):
                raise
        return self._on_values(*args, **kwargs)

    def _on_values(self, *args: Any, **kwargs: Any) -> Any:
        with no_grad():
            result = self._f(*map_leaves(_lifted, args), **map_leaves(_lifted, kwargs))
        leaves, structure = flatten(result, Numbers)
        return returned(structure, map(_lowered, leaves))

    def _trace(self, arguments: Mapping[str, Argument]) -> Trace:
        """The program for arguments of this structure, from now on the one that calls go to first."""
        held = [fixed(f"{self._name} carries what", each) for each in self._held]
        key = tuple(held), tuple(arguments.items())
        with self._lock:
            trace = self._traces.pop(key, None)
            if trace is None or not trace.is_for(arguments):
                trace = Trace(self._f, self._name, self._signature, arguments, self._backend)
                changing = [each for each in held if not each.is_constant]
                holds = (lambda: all(is_unchanged(x.thing, x.state) for x in changing)) if changing else None
                trace.make_entry(self._signature, self._last_word, self._stage_and_call, holds)
                if len(self._traces) >= KEPT:
                    del self._traces[next(iter(self._traces))]
            self._traces[key] = trace
            if trace is not self._latest:
                self._latest = trace
                type(self).__call__ = staticmethod(trace.entry)  # type: ignore[method-assign]
        return trace


def _is_a_float(x: int) -> bool:
    """Whether a float holds this int exactly."""
    try:
        return float(x) == x
    except OverflowError:
        return False


def _lifted(x: Any) -> object:
    try:
        return x if isinstance(x, Value) else Value(x)
    except TypeError:  # no number
        return x


def _lowered(x: object) -> object:
    return x.data if isinstance(x, Value) else x
