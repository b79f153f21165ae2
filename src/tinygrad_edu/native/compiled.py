"""Programs as native code: compiled from C, and called through ctypes with as little ado as possible.

Lists are packed into bytes; a batch that is a buffer of doubles already (`array.array("d")`, a
C-contiguous NumPy array of float64) is passed as it is, without a copy. Where the C function says that something was
undefined or too large, the Python program runs instead.
"""

import ctypes
import functools
import itertools
import struct
import warnings
from array import array
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from ..printers import c, python
from ..symbols.symbol import Structure, Symbol, Tree
from ..trees.tree import LEAF, flatten, numbers_of, unflatten
from ..writing.names import Names
from . import way_in
from .compiler import LINES, LOOPS, CompilerError, load

if TYPE_CHECKING:
    from ..staging.trace import Trace

Function = Callable[..., Any]
Batch = tuple[int, int | bytes, object]  # how many rows, where their numbers are, what keeps them there
NAME = "staged"  # what the function is called in the library
_warned = False


class Native(NamedTuple):
    """The C function itself, and what finds each batch in a buffer of doubles, or None."""

    function: Any
    rows: dict[str, Callable[[object], Batch | None]]


def compile_trace(trace: "Trace") -> None:
    """Let this trace run as native code; it stays as it is, with one warning per process, where that cannot be."""
    global _warned
    text, has_loops = c.written(NAME, trace.parameters, trace.program, trace.results)
    optimisation = LOOPS if has_loops else LINES
    try:
        library = _with_way_in(trace, text, optimisation) or load(text, NAME, optimisation=optimisation)
    except CompilerError as error:
        if not _warned:
            _warned = True
            warnings.warn(
                f'jit(backend="c") runs as Python, more slowly: {error}. pip install ziglang brings a compiler along',
                RuntimeWarning,
                stacklevel=2,
            )
        return
    trace.function = _caller(trace, library.staged)
    batched = {name: argument.structure for name, argument in trace.arguments.items() if argument.batched}
    trace.native = Native(library.staged, {name: found_in(row) for name, row in batched.items()})
    trace.is_buffer = is_buffer


def _with_way_in(trace: "Trace", text: str, optimisation: str) -> ctypes.CDLL | None:
    """The library with a way in from Python beside the program; None where there is none, or it cannot be built."""
    headers = way_in.headers()
    has_loops = any(line.op in {"total", "final"} for line in trace.program.lines)
    beside = (
        headers and trace.is_by_place and way_in.source(NAME, trace.arguments, trace.structure, has_loops=has_loops)
    )
    if not headers or not beside:
        return None
    try:
        library = load(text, NAME, optimisation=optimisation, beside=beside, headers=headers)
    except CompilerError:
        return None
    make = ctypes.PyDLL(library._name)[way_in.NAME]
    make.argtypes, make.restype = [ctypes.py_object], ctypes.py_object
    trace.way_in = lambda otherwise: way_in.opened(make, trace.structure, otherwise)
    return library


def _caller(trace: "Trace", function: "ctypes._NamedFuncPointer") -> Function:
    """A Python function with the trace's parameters that packs them, calls the C function and unpacks its results.

    It is written as text, made to measure like the programs themselves.
    """
    names = Names(python.RESERVED | {"CALL", "OUT", "PYTHON", "RESULT", "out"}, unicode=True)
    bound: dict[str, Any] = {"CALL": function, "PYTHON": _instead(trace.function), "__name__": __name__}
    own = {name: names.fresh("") for name in trace.parameters}
    lines: list[str] = []
    passed: list[str] = []
    types: list[Any] = []
    for name, kind, symbols in c.signature(trace.parameters):
        if kind == "number":
            passed.append(own[name])
            types.append(ctypes.c_double)
        elif kind == "array":
            tree = trace.parameters[name]
            bound[f"PACK_{own[name]}"] = struct.Struct(f"{len(symbols)}d").pack
            if all(isinstance(x, Symbol) for x in tree) if isinstance(tree, list) else False:
                numbers = f"*{own[name]}"
            else:
                lines += [f"    {line}" for line in python.unpacked(names, own[name], tree)]
                numbers = ", ".join(names.of(x) for x in symbols)
            passed.append(f"PACK_{own[name]}({numbers})")
            types.append(ctypes.c_void_p)
        else:
            bound[f"ROWS_{own[name]}"] = _rows(trace.arguments[name].structure)
            lines.append(f"        {own[name]}_n, {own[name]}_at, {own[name]}_kept = ROWS_{own[name]}({own[name]})")
            passed += [f"{own[name]}_n", f"{own[name]}_at"]
            types += [ctypes.c_size_t, ctypes.c_void_p]
    leaves, structure = flatten(trace.results)
    bound["OUT"] = ctypes.c_double * len(leaves)
    function.argtypes = [*types, ctypes.c_void_p]
    function.restype = ctypes.c_int
    bound["ERRORS"] = (ctypes.ArgumentError, struct.error, OverflowError)  # of an int beyond all floats
    result = _result(structure, itertools.count())
    if not python.is_literal(trace.structure):
        bound["RESULT"] = lambda out: unflatten(trace.structure, out)
        result = "RESULT(out)"
    text = [
        f"def call({', '.join(own.values())}):",
        "    try:",
        *lines,
        "        out = OUT()",
        f"        if not CALL({', '.join([*passed, 'out'])}):",
        f"            return {result}",
        "    except ERRORS:",
        "        pass",
        f"    return PYTHON({', '.join(own.values())})",
    ]
    exec(compile("\n".join(text), "<call>", "exec"), bound)  # noqa: S102 - made-up names only
    caller: Function = bound["call"]
    return caller


def _result(structure: Structure, places: "itertools.count[int]") -> str:
    """A tree of results as a Python expression over the array `out`."""
    if structure is None:
        return "None"
    if structure == LEAF:
        return f"out[{next(places)}]"
    kind, *names, branches = structure
    if kind is list and branches and all(branch == LEAF for branch in branches):
        start = next(places)
        for _ in branches[1:]:
            next(places)
        return f"out[{start}:{start + len(branches)}]"
    items = [_result(branch, places) for branch in branches]
    if kind is dict:
        return f"{{{', '.join(f'{key!r}: {item}' for key, item in zip(names[0], items, strict=True))}}}"
    return f"[{', '.join(items)}]" if kind is list else f"({python.sequence(items)})"


def each_row(trace: "Trace", kept: Sequence[float], rows: "Sequence[memoryview[float]]") -> list[float] | None:
    """The results of a program of (an array, a row, …) for each row of these batches, one after the other.

    None if the program does not run as C, takes rows of another structure, or a result is undefined or not finite.
    """
    first, *others = [argument.structure for argument in trace.arguments.values()]
    if trace.native is None or not isinstance(kept, array) or not 0 < len(kept) == _size(first):
        return None
    batches = [found_in(row)(buffer) for buffer, row in zip(rows, others, strict=True)]
    if None in batches:
        return None
    count, size = len(rows[0]), len(flatten(trace.results)[0])
    passed: list[Any] = []
    for batch, buffer, row in zip(batches, rows, others, strict=True):
        start = batch[1] if batch else b""
        address = start if isinstance(start, int) else ctypes.cast(ctypes.c_char_p(start), ctypes.c_void_p).value or 0
        passed.append(buffer if row == LEAF else _addresses(address, count, _size(row)))
    out = (ctypes.c_double * (count * size))()
    first_kept = ctypes.addressof((ctypes.c_double * len(kept)).from_buffer(kept))
    results = _addresses(ctypes.addressof(out), count, size)
    failed = any(map(trace.native.function, itertools.repeat(first_kept), *passed, results))
    return None if failed else out[:]


def _addresses(start: int, count: int, size: int) -> range:
    """Where rows of that many floats begin."""
    return range(start, start + 8 * size * count, 8 * size)


# --- batches ---------------------------------------------------------------------------------------------------


def found_in(row: Hashable) -> Callable[[Any], Batch | None]:
    """What finds the rows in a buffer of doubles, without gaps, with rows of this structure, at least one; or None."""
    row_shape = (_size(row),) if row != LEAF else ()

    def found(x: Any) -> Batch | None:
        try:
            view = memoryview(x)
        except TypeError:
            return None
        shape = view.shape or ()
        if view.format != "d" or not view.c_contiguous or shape[1:] != row_shape or not shape or shape[0] == 0:
            return None
        if view.readonly:
            whole = view.obj
            numbers = whole if type(whole) is bytes and len(whole) == view.nbytes else view.tobytes()
            return shape[0], numbers, numbers
        keep = ctypes.c_double.from_buffer(view)
        return shape[0], ctypes.addressof(keep), keep

    return found


def is_buffer(x: Tree, row: Hashable) -> bool:
    """Whether `x` is a buffer of doubles, without gaps, with rows of this structure, at least one."""
    return found_in(row)(x) is not None


@functools.lru_cache(maxsize=64)  # asked at every step
def _size(row: Structure) -> int:
    """How many numbers a row has that is one list of them; -1 for any other."""
    kind, *names, branches = row if isinstance(row, tuple) else (None, ())
    flat = kind in {list, tuple} and not names and all(branch == LEAF for branch in branches)
    return len(branches) if flat else -1


def _rows(row: Hashable) -> Callable[[object], Batch]:
    """What turns a batch into the number of its rows, where its numbers are, and what keeps them there."""
    size = _size(row)
    count = len(flatten(unflatten(row, itertools.repeat(0.0)))[0])

    of_buffer = found_in(row)

    def of_list(rows: object) -> Batch:
        if type(rows) is not list:
            return cast("Batch", of_buffer(rows))  # who calls has looked whether it is one
        numbers: Any
        if row == LEAF:
            numbers = rows
        elif size >= 0 and set(map(len, rows)) == {size}:
            numbers = itertools.chain.from_iterable(rows)
        else:
            numbers = _flat(rows, row)
        packed = struct.pack(f"{count * len(rows)}d", *numbers)
        return len(rows), packed, packed

    return of_list


def _flat(rows: Iterable[object], row: Hashable) -> list[float]:
    """The numbers of rows of any structure; ValueError if one has another than the first."""
    numbers: list[float] = []
    for each in rows:
        leaves, structure = flatten(each)
        if structure != row:
            raise ValueError("the rows of a batch differ in their structure")
        numbers += leaves
    return numbers


def _instead(function: Function) -> Function:
    """The Python program, which takes lists; ArithmeticError if a result is not finite."""

    def call(*trees: Tree) -> Tree:
        result = function(*(tree.tolist() if hasattr(tree, "tolist") else tree for tree in trees))
        total = sum(numbers_of(result)[0])
        if total - total != 0.0:
            raise ArithmeticError("a result of the staged program is not finite")
        return result

    return call
