"""Training steps of networks with one hidden layer in C: loops that the library has found beside loops by hand.

Only the kernels are timed, in one process and in turns. Notes say what writing and building a program took.
"""

import ctypes
import inspect
import random
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

from tinygrad_edu import losses, nn
from tinygrad_edu.native.compiler import CompilerError, compilers
from tinygrad_edu.printers import c
from tinygrad_edu.staging.arguments import read
from tinygrad_edu.staging.trace import Trace
from tinygrad_edu.steps.staged_step import StagedStep
from tinygrad_edu.trees.tree import flatten

from .native import NO_COMPILER, built
from .race import Contestant, Promise, race
from .report import Section
from .sizes import Sizes
from .timing import Work

SOURCE = Path(__file__).with_name("layers.c")
FLAGS = ("-O2", "-O3 -march=native")
BATCH = 32
RATE = 0.1
AT_MOST = 1.2  # times as long as the best loops by hand
Shape = tuple[int, int, int]
Arguments = tuple[list[float], list[list[float]], list[float]]
FOUND, PLAIN, TURNED = "{}, loops found", "{}, by hand", "{}, by hand, neurons side by side"


def loops_in_c(sizes: Sizes) -> Section:
    """Steps on 32 examples: ours, loops as one writes them, and loops written for speed."""
    title = f"loops: a training step on {BATCH} examples, relu, cross-entropy, SGD, in C alone"
    if next(compilers(), None) is None:
        return Section(title, (), (), (NO_COMPILER,))
    sections = [_of_shape(title, shape, sizes) for shape in sizes.layers]
    return Section(
        title,
        ("contestant", "per call", "as fast as loops by hand, times"),
        [row for section in sections for row in section.rows],
        [note for section in sections for note in section.notes],
        [bound for section in sections for bound in section.bounds],
        {name: seconds for section in sections for name, seconds in section.seconds.items()},
        {name for section in sections for name in section.ours},
    )


def _of_shape(title: str, shape: Shape, sizes: Sizes) -> Section:
    text, arguments, note = printed(shape)
    contestants: dict[str, Contestant] = {}
    promises, notes = [], [note]
    by_hand = SOURCE.read_text(encoding="utf-8")
    macros = "-DINPUTS={} -DHIDDEN={} -DCLASSES={}".format(*shape)
    first = ""
    for flags in FLAGS:
        name = f"{'-'.join(map(str, shape))}, {flags}"
        programs = {FOUND: (text, ""), PLAIN: (by_hand, macros), TURNED: (by_hand, f"{macros} -DTURNED")}
        try:
            functions = {kind: built(source, "step", f"{flags} {more}") for kind, (source, more) in programs.items()}
        except CompilerError as error:
            notes.append(f"Nothing was compiled with `{flags}`: {error}.")
            continue
        for kind, function in functions.items():
            made = partial(called, function, arguments)
            contestants[kind.format(name)] = Contestant(made, is_rival=kind != FOUND)
        promises.append(Promise(FOUND.format(name), TURNED.format(name), 1 / AT_MOST))
        first = first or PLAIN.format(name)
    return race(title, contestants, first, promises, sizes, notes=tuple(notes))


def printed(shape: Shape) -> tuple[str, Arguments, str]:
    """The program of a step as C, arguments for it, and what it took to write it down."""
    drawn = random.Random(1)
    inputs, hidden, classes = shape
    model = nn.MLP(inputs, [hidden, classes], seed=1)
    step = StagedStep(model, losses.cross_entropy, nn.SGD(model.parameters(), lr=RATE))
    xs = [[drawn.gauss(0.0, 1.0) for _ in range(inputs)] for _ in range(BATCH)]
    ys = [float(i % classes) for i in range(BATCH)]
    numbers = [p.data for p in step.parameters]
    start = process_time()
    program, parameters, results = recorded(step, numbers, xs, ys)
    middle = process_time()
    text = c.source("step", parameters, program, results)
    end = process_time()
    note = (
        f"{'-'.join(map(str, shape))}: {len(numbers):,} parameters; recorded in {middle - start:.2g} s, "
        f"loops found and written in {end - middle:.2g} s, {len(text.splitlines())} lines of C."
    )
    return text, (numbers, xs, ys), note


def recorded(step: StagedStep, numbers: list[float], xs: list[list[float]], ys: list[float]) -> tuple[Any, Any, Any]:
    """The program of a step, its parameters and its results; nothing is printed or compiled yet."""
    f = step.staged._f
    arguments = {
        "p": read("p", numbers, batched=False)[1],
        "memory": read("memory", [], batched=False)[1],
        "lr": read("lr", RATE, batched=False)[1],
        "xs": read("xs", xs, batched=True)[1],
        "ys": read("ys", ys, batched=True)[1],
    }
    trace = Recorded(f, "step", inspect.signature(f), arguments)
    return trace.program, trace.parameters, trace.results


class Recorded(Trace):
    """A trace that is not compiled."""

    def _compiled(self) -> Any:
        return None


def called(function: Any, arguments: Arguments) -> Work:
    """A call int f(p, lr, xs_n, xs, ys_n, ys, out), which returns the array `out`."""
    p, xs, ys = (_doubles(flatten(each)[0]) for each in arguments)
    out, n = _doubles([0.0] * (1 + 2 * len(p))), len(ys)
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    function.argtypes = [pointer, ctypes.c_double, size, pointer, size, pointer, pointer]
    function.restype = ctypes.c_int

    def work() -> Any:
        if function(p, RATE, n, xs, n, ys, out):
            raise ArithmeticError("the C program says that something overflowed or was undefined")
        return out

    return work


def _doubles(numbers: list[float]) -> Any:
    return (ctypes.c_double * len(numbers))(*numbers)
