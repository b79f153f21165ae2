"""A function staged for one structure of its arguments: the program, its source, and it compiled."""

import functools
import inspect
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any

from ..core.collector import paused_collector
from ..engine import Value
from ..numbers.number import primal
from ..printers import arrays, c, javascript, latex, python
from ..readable import comprehensions
from ..symbols.symbol import Operand, Program, StagingError, Symbol, Tree
from ..trees.tree import arrays_made, bare, flatten, is_number, numbers_of, unflatten
from ..writing.names import Names
from ..writing.writer import checked_number
from .arguments import Argument
from .batch import Rows
from .entry import entry

if TYPE_CHECKING:
    from ..native.compiled import Native

Function = Callable[..., Any]
LANGUAGES = {"python": python.source, "c": c.source, "javascript": javascript.source, "latex": latex.source}


class Trace:
    """What `f` wrote down when it was run on symbols for arguments of this structure."""

    entry: Function

    def __init__(
        self,
        f: Function,
        name: str,
        signature: inspect.Signature,
        arguments: Mapping[str, Argument],
        backend: str = "python",
    ) -> None:
        self.name = Names(python.RESERVED, unicode=True).fresh(name)
        self.arguments = arguments
        self._record(f, name, signature, Program())
        if any(line.op == "arctan2" for line in self.program.lines):  # it asks for the sign of a zero
            self._record(f, name, signature, Program(exact=True))
        self.with_arrays = arrays_made(self.structure)
        self.function: Function = self._python if backend == "c" else self._compiled()
        self.is_buffer: Callable[[object, Hashable], bool] | None = None
        self.is_by_place = _is_by_place(signature, arguments)
        self.native: Native | None = None
        self.way_in: Callable[[Function], Function] | None = (
            None  # by CPython's own interface, around the one in Python
        )
        if backend == "c":
            from ..native import compiled  # noqa: PLC0415 - ctypes and subprocess are for those who ask for them

            compiled.compile_trace(self)

    def _record(self, f: Function, name: str, signature: inspect.Signature, program: Program) -> None:
        trees = {each: argument.symbols(program, each) for each, argument in self.arguments.items()}
        bound = signature.bind_partial()
        bound.arguments.update(trees)
        try:
            with paused_collector():
                results = f(*bound.args, **bound.kwargs)
                leaves, self.structure = _numbers_of(name, results, self._given())
        finally:
            program.finished = True
        ids = {id(x) for x in flatten(results)[0]}
        self.arguments = {each: argument.handing_back(ids) for each, argument in self.arguments.items()}
        self.program = program
        self.results = unflatten(bare(self.structure), leaves)
        self.parameters = {each: tree.symbol if isinstance(tree, Rows) else tree for each, tree in trees.items()}

    def _given(self) -> set[int]:
        """The ids of what stands in the arguments and is no number."""
        return {id(x.thing) for each in self.arguments.values() for _, x in each.fixed}

    def is_for(self, arguments: Mapping[str, Argument]) -> bool:
        """Whether the objects that are part of its result are those of these arguments, of the same structure."""
        return all(each.has_the_objects_of(arguments[name]) for name, each in self.arguments.items())

    def to(self, language: str, *, loops: bool = False) -> str:
        """The program as source in a language, of Python with its loops found again where that is asked for."""
        own = self.name, self.parameters, self.program, self.results
        if loops:
            if language != "python":
                raise ValueError(
                    f'to({language!r}, loops=True): loops=True is for "python"; '
                    "C and JavaScript have loops anyway, and other languages have none"
                )
            return comprehensions.source(*own)
        if language in arrays.LIBRARIES:
            rows = {name: argument.structure for name, argument in self.arguments.items() if argument.batched}
            return arrays.source(language, *own, rows)
        if language not in LANGUAGES:
            raise ValueError(f"to({language!r}): there are {', '.join([*LANGUAGES, *arrays.LIBRARIES])}")
        return LANGUAGES[language](*own)

    @functools.cached_property
    def source(self) -> str:
        """The program as Python; where C runs, written when somebody asks: of a large network it takes seconds."""
        return self.to("python")

    @functools.cached_property
    def _own(self) -> Function:
        return self._compiled()

    def _python(self, *trees: Tree) -> object:
        """The Python program, compiled at its first call."""
        return self._own(*trees)

    def _compiled(self) -> Function:
        """The function that the Python source defines."""
        namespace: dict[str, Any] = {"__name__": __name__}
        exec(compile(self.source, f"<staged {self.name}>", "exec"), namespace)  # noqa: S102 - our own printer's text
        function: Function = namespace[self.name]
        if python.is_literal(self.structure):
            return function
        return lambda *trees: unflatten(self.structure, flatten(function(*trees))[0])

    def make_entry(
        self,
        signature: inspect.Signature,
        original: Function,
        otherwise: Function,
        holds: Callable[[], bool] | None,
    ) -> None:
        """The way into the program; see `entry.entry`. Native code notices by itself if a result is not finite."""
        self.entry = entry(
            self.function,
            signature,
            self.arguments,
            None if self.is_buffer else self.structure,
            original=original,
            otherwise=otherwise,
            is_buffer=self.is_buffer,
            holds=holds,
            finish=self.with_arrays,
        )
        if self.way_in and not holds:
            self.entry = self.way_in(self.entry)


def _is_by_place(signature: inspect.Signature, arguments: Mapping[str, Argument]) -> bool:
    """Whether the first parameters are given, and all may be given by place or by name."""
    kinds = {each.kind for each in signature.parameters.values()}
    return (
        kinds <= {inspect.Parameter.POSITIONAL_OR_KEYWORD} and [*arguments] == [*signature.parameters][: len(arguments)]
    )


def _numbers_of(name: str, results: object, given: set[int]) -> tuple[list[Operand], Hashable]:
    """The symbols and numbers in the results, and their structure; what else there is must have been given."""
    for x in flatten(results)[0]:
        if not is_number(x) and id(x) not in given:
            checked_number(name, x)
        if isinstance(x, Value) and isinstance(primal(x), Symbol):
            raise StagingError(
                f"{name} returned a Value over its staged arguments: it used a Value from outside. "
                "Pass that as an argument, or use its .data for the number it has now. A model with the weights it has "
                "now is jit(lambda x: model(x).data), a training step StagedStep(model, loss, optimizer)"
            )
    leaves, structure = numbers_of(results)
    return [checked_number(name, x) for x in leaves], structure
