"""The way into a program by CPython's own interface: a few lines of C beside the program, where Python.h is there.

A call through ctypes takes a microsecond, and a list has to be packed for it. This takes a tenth of that. Arguments are
numbers, flat lists and tuples of them, arrays of float64 as they are, batches that are buffers; results are numbers,
flat lists and arrays, and tuples of these. Whatever else comes is handed to the way in that is written in Python
(`staging/entry.py`); programs of other structures have that one only.
"""

import array
import functools
import itertools
import sys
import sysconfig
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..symbols.symbol import Structure
from ..trees.tree import LEAF, Numbers

if TYPE_CHECKING:
    from ..staging.arguments import Argument

NAME = "way_in"  # the function in the library that makes the function to call
STACK = 2_000  # numbers that are kept on the stack; of more, all are on the heap
MOST = 8  # arrays among the arguments, as in way_in.c
SEQUENCES = {list: ("&PyList_Type", "ARRAY"), tuple: ("&PyTuple_Type", "OTHERWISE"), Numbers: ("NULL", "NDARRAY")}


@functools.cache
def headers() -> str | None:
    """The directory of Python.h, if it is there and belongs to the usual Python, CPython with its lock, on Linux."""
    folder = sysconfig.get_path("include")
    is_usual = sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED")
    return folder if is_usual and sys.platform == "linux" and (Path(folder) / "Python.h").is_file() else None


class _Part(NamedTuple):
    """What C does with one argument: declares variables, tests it while it reads it, and passes it on."""

    declaration: str
    condition: str
    types: str
    passed: str
    copied: int = 0  # numbers that are copied
    is_array: bool = True


def source(name: str, arguments: Mapping[str, "Argument"], results: Structure, *, has_loops: bool) -> str | None:
    """The C text of the way in to the function `name`; None if there is none for arguments or results like these.

    `has_loops` says that a call may take long, so that other threads go on meanwhile.
    """
    parts: list[_Part] = []
    for i, argument in enumerate(arguments.values()):
        part = _part(i, argument, sum(each.copied for each in parts))
        if part is None:
            return None
        parts.append(part)
    places, counts = itertools.count(), itertools.count()
    made = _made(results, places, counts)
    if made is None or sum(part.is_array for part in parts) > MOST:
        return None
    copied, count = sum(part.copied for part in parts), next(places)
    room = f"double room[{copied + count or 1}]"
    is_large = copied + count > STACK
    if is_large:
        room = f"double *room = PyMem_Malloc({copied + count} * sizeof(double))"
    conditions = [f"n == {len(parts)}", "names == NULL", *["room"] * is_large, *(part.condition for part in parts)]
    called = f"{name}({', '.join([*(part.passed for part in parts), 'out'])})"
    run = [f"        failed = {called};"]
    if has_loops:
        run = ["        Py_BEGIN_ALLOW_THREADS", *run, "        Py_END_ALLOW_THREADS"]
    lines = [
        f"int {name}({', '.join([*(part.types for part in parts), 'double *'])});",
        "",
        "static PyObject *call(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *names) {",
        f"    {room};",
        f"    double *out = room + {copied};",
        "    Held held = {.count = 0};",
        "    PyObject *result = NULL;",
        "    int failed = 1;",
        *(f"    {part.declaration};" for part in parts),
        f"    if ({' && '.join(conditions)}) {{",
        *run,
        "    }",
        "    release(&held);",
        f"    if (!failed) result = {made};",
        *["    PyMem_Free(room);"] * is_large,
        "    return failed ? PyObject_Vectorcall(PyTuple_GET_ITEM(self, OTHERWISE), args, n, names) : result;",
        "}",
        "",
    ]
    return Path(__file__).with_name("way_in.c").read_text(encoding="utf-8") + "\n" + "\n".join(lines)


def opened(make: Callable[..., Any], results: Structure, otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """The function to call; `make` is the function `way_in` of the library, `otherwise` what takes all other calls."""
    numpy = sys.modules.get("numpy")
    types = (numpy.ndarray, numpy.empty) if numpy else (None, None)
    function: Callable[..., Any] = make((otherwise, *types, array.array, *_counts(results)))
    return function


def _part(i: int, argument: "Argument", start: int) -> _Part | None:
    """One argument; the numbers of a sequence are copied to the room from `start` on."""
    structure: Structure = argument.structure
    size = _size(structure)
    if argument.fixed or (structure != LEAF and not size):
        return None
    if argument.batched:
        condition = f"is_buffer(args[{i}], {size}, &held, &n{i}, &a{i})"
        declaration = f"Py_ssize_t n{i}; const double *a{i}"
        return _Part(declaration, condition, "size_t, const double *", f"(size_t)n{i}, a{i}")
    if structure == LEAF:
        return _Part(f"double a{i}", f"is_number(args[{i}], &a{i})", "double", f"a{i}", is_array=False)
    kind, place = SEQUENCES[structure[0]]
    condition = f"is_array(args[{i}], {kind}, self, {place}, {size}, room + {start}, &held, &a{i})"
    copied = 0 if structure[0] is Numbers else size
    return _Part(f"const double *a{i}", condition, "const double *", f"a{i}", copied)


def _size(structure: Structure) -> int:
    """How many numbers a flat list, tuple or array has; 0 for anything else."""
    if not isinstance(structure, tuple) or len(structure) != 2 or structure[0] not in SEQUENCES:
        return 0
    is_known = structure[0] is not Numbers or "numpy" in sys.modules
    return len(structure[1]) if is_known and all(branch == LEAF for branch in structure[1]) else 0


def _made(structure: Structure, places: "itertools.count[int]", counts: "itertools.count[int]") -> str | None:
    """An expression for the result; None if it is of another kind."""
    if structure is None:
        return "Py_NewRef(Py_None)"
    if structure == LEAF:
        return f"PyFloat_FromDouble(out[{next(places)}])"
    size = _size(structure)
    if size and structure[0] is not tuple:
        start, *_ = [next(places) for _ in range(size)]
        if structure[0] is list:
            return f"list_of(out + {start}, {size})"
        return f"array_of(self, FIRST_COUNT + {next(counts)}, out + {start}, {size})"
    if not isinstance(structure, tuple) or structure[0] is not tuple:
        return None
    items = [_made(branch, places, counts) for branch in structure[1]]
    return None if None in items else f"tuple_of({', '.join([str(len(items)), *map(str, items)])})"


def _counts(structure: Structure) -> list[int]:
    """The sizes of the arrays in a result, in order."""
    if structure is None or structure == LEAF:
        return []
    if structure[0] is Numbers:
        return [len(structure[1])]
    return [count for branch in structure[1] for count in _counts(branch)]
