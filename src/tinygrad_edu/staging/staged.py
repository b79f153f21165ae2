"""`jit(f)`: run f once on symbols, keep the straight-line program it writes, and call that from then on."""

import functools
import inspect
import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Any, overload

from ..core.number import primal
from ..core.recording import no_grad
from ..core.tree import flatten, map_leaves, unflatten
from ..engine import Value
from .arguments import Argument, read
from .batch import Rows
from .entry import entry
from .printers import arrays, c, javascript, latex, python
from .printers.names import Names
from .symbol import Program, StagingError, Symbol

BACKENDS = ("python", "c")


@overload
def jit(f: Callable[..., Any], *, batched: Sequence[str] = (), backend: str = "python") -> "Staged": ...


@overload
def jit(*, batched: Sequence[str] = (), backend: str = "python") -> "Callable[[Callable[..., Any]], Staged]": ...


def jit(f: Callable[..., Any] | None = None, *, batched: Sequence[str] = (), backend: str = "python") -> Any:
    """The same function, staged: faster from the second call on, and readable as `.source`.

    The first call with arguments of a new structure (how they nest) runs `f` on symbols, through any transforms in it,
    and compiles what they write down. Numbers that `f` takes from elsewhere, and arguments that are no numbers, are
    fixed at that moment. Where the program meets an error, as log(-1), or a result is not finite, `f` itself runs
    instead, so results and errors are those of `f`. It runs too for numbers other than floats: Values, Fractions.

    The arguments named by `batched` are lists of rows, as many as you like, for `mean_over` and `sum_over`. With
    `backend="c"` the program is compiled by a C compiler; without one it stays Python, with one warning.

    Without a function it is a decorator with these options. Raises StagingError where `f` decides something by the
    numbers it is given (`if x > 0`): use `where`.

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


class Staged:
    """A function that runs as a straight-line program, one for each structure of its arguments."""

    def __new__(cls, *_: Any) -> "Staged":
        """Of a class of its own, whose `__call__` becomes the way into the latest program."""
        return super().__new__(type(cls.__name__, (cls,), {"__doc__": cls.__doc__, "__module__": cls.__module__}))

    def __init__(self, f: Callable[..., Any], batched: Sequence[str] = (), backend: str = "python") -> None:
        functools.update_wrapper(self, f)
        self._f = f
        self._signature = inspect.signature(f)
        unknown = [name for name in batched if name not in self._signature.parameters]
        if unknown:
            raise ValueError(f"batched={list(batched)}: {self._name} has no parameter {', '.join(unknown)}")
        if backend not in BACKENDS:
            raise ValueError(f"backend={backend!r}: there are {' and '.join(BACKENDS)}")
        self._batched = frozenset(batched)
        self._backend = backend
        self._traces: dict[Hashable, Trace] = {}
        self._latest: Trace | None = None
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"<{self._name}, staged: {len(self._traces)} program{'' if len(self._traces) == 1 else 's'}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the function returns for these arguments."""
        return self._stage_and_call(*args, **kwargs)

    @property
    def source(self) -> str:
        """The program of the latest structure as Python source, which needs nothing but `math`.

        Raises StagingError before the first call, which is what decides the structure.
        """
        return self.trace.source

    def to(self, language: str) -> str:
        """The program of the latest structure in another language: "python", "c", "javascript" or "latex".

        "numpy", "jax" and "torch" are Python for the arrays of these libraries, a batch being arrays of its columns.

        >>> double = jit(lambda x: 2 * x)
        >>> double(1.0)
        2.0
        >>> print(double.to("javascript"))
        function f(x) {
            return 2.0 * x;
        }
        <BLANKLINE>
        """
        return self.trace.to(language)

    @property
    def trace(self) -> "Trace":
        """The latest program with its parameters and results."""
        if self._latest is None:
            raise StagingError(
                f"{self._name} is not staged yet: call it once, with arguments of the structure you want"
            )
        return self._latest

    @property
    def traces(self) -> "list[Trace]":
        """The programs so far, one for each structure of the arguments."""
        return [*self._traces.values()]

    @property
    def _name(self) -> str:
        name = getattr(self._f, "__name__", "")
        return name if name.isidentifier() else "f"

    def _stage_and_call(self, *args: Any, **kwargs: Any) -> Any:
        """Call the program for this structure of arguments; write it first if it is new."""
        bound = self._signature.bind(*args, **kwargs)
        numbers: list[Any] = []
        arguments: dict[str, Argument] = {}
        for name, tree in bound.arguments.items():
            xs, arguments[name] = read(name, tree, batched=name in self._batched)
            numbers += xs
        if not all(type(x) is float or type(x) is int for x in numbers):
            return self._original(*bound.args, **bound.kwargs)
        leaves = iter(numbers)
        trees = [argument.rebuilt(leaves, bound.arguments[name]) for name, argument in arguments.items()]
        try:
            trace = self._trace(arguments)
            result = trace.function(*trees)
            total = sum(flatten(result)[0])
            if total - total == 0.0:
                return result
        except (ArithmeticError, ValueError):
            pass
        return self._original(*bound.args, **bound.kwargs)

    def _original(self, *args: Any, **kwargs: Any) -> Any:
        """What the function itself returns. If it labels its results, plain numbers must be Values for that."""
        try:
            return self._f(*args, **kwargs)
        except AttributeError as error:
            if "'label'" not in str(error):
                raise
        with no_grad():
            return map_leaves(_lowered, self._f(*map_leaves(_lifted, args), **map_leaves(_lifted, kwargs)))

    def _trace(self, arguments: dict[str, Argument]) -> "Trace":
        """The program for arguments of this structure, from now on the one that calls go to first."""
        key = tuple(arguments.items())
        with self._lock:
            trace = self._traces.get(key)
            if trace is None:
                trace = Trace(self._f, self._name, self._signature, arguments, self._backend)
                trace.entry = trace.made_entry(self._signature, self._original, self._stage_and_call)
                self._traces[key] = trace
            if trace is not self._latest:
                self._latest = trace
                type(self).__call__ = staticmethod(trace.entry)  # type: ignore[method-assign]
        return trace


class Trace:
    """A function staged for one structure of its arguments: the program, its source, and it compiled."""

    entry: Callable[..., Any]

    def __init__(
        self,
        f: Callable[..., Any],
        name: str,
        signature: inspect.Signature,
        arguments: dict[str, Argument],
        backend: str = "python",
    ) -> None:
        self.name = Names(python.RESERVED, unicode=True).fresh(name)
        self.program = Program()
        self.arguments = arguments
        trees = {each: argument.symbols(self.program, each) for each, argument in arguments.items()}
        bound = signature.bind_partial()
        bound.arguments.update(trees)
        try:
            self.results = _numbers_of(name, f(*bound.args, **bound.kwargs))
        finally:
            self.program.finished = True
        self.parameters = {each: tree.symbol if isinstance(tree, Rows) else tree for each, tree in trees.items()}
        _, self.structure = flatten(self.results)
        self.source = self.to("python")
        self.function = self._compiled()
        self.is_buffer: Callable[..., bool] | None = None
        if backend == "c":
            from . import native  # noqa: PLC0415 - ctypes and subprocess are for those who ask for them

            native.compile_trace(self)

    def to(self, language: str) -> str:
        """The program as source in a language."""
        printers: dict[str, Any] = {"python": python, "c": c, "javascript": javascript, "latex": latex}
        own = self.name, self.parameters, self.program, self.results
        if language in arrays.LIBRARIES:
            rows = {name: argument.structure for name, argument in self.arguments.items() if argument.batched}
            return arrays.source(language, *own, rows)
        if language not in printers:
            raise ValueError(f"to({language!r}): there are {', '.join([*printers, *arrays.LIBRARIES])}")
        text: str = printers[language].source(*own)
        return text

    def _compiled(self) -> Callable[..., Any]:
        """The function that the Python source defines."""
        namespace: dict[str, Any] = {"__name__": __name__}
        exec(compile(self.source, f"<staged {self.name}>", "exec"), namespace)  # noqa: S102 - our own printer's text
        function: Callable[..., Any] = namespace[self.name]
        if python.is_literal(self.structure):
            return function
        return lambda *trees: unflatten(self.structure, function(*trees))

    def made_entry(
        self, signature: inspect.Signature, original: Callable[..., Any], otherwise: Callable[..., Any]
    ) -> Callable[..., Any]:
        """The way into the program; see `entry.entry`."""
        return entry(
            self.function,
            signature,
            self.arguments,
            None if self.is_buffer else self.structure,  # native code notices by itself if it leaves the finite numbers
            original=original,
            otherwise=otherwise,
            is_buffer=self.is_buffer,
        )


def _lifted(x: Any) -> Any:
    try:
        return x if isinstance(x, Value) else Value(x)
    except TypeError:  # no number
        return x


def _lowered(x: Any) -> Any:
    return x.data if isinstance(x, Value) else x


def _numbers_of(name: str, results: Any) -> Any:
    """The results as a tree of symbols and numbers."""
    leaves, structure = flatten(results)
    for x in leaves:
        if isinstance(x, Value) and isinstance(primal(x), Symbol):
            raise StagingError(
                f"{name} returned a Value over its staged arguments: it used a Value from outside. "
                "Pass that as an argument, or use its .data for the number it has now. A model with the weights it has "
                "now is jit(lambda x: model(x).data), a training step StagedStep(model, loss, optimizer)"
            )
    return unflatten(structure, [primal(x) for x in leaves])
