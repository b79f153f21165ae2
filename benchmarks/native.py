"""The moons step as our C backend writes it beside C written by hand (moons.c), with the same compiler and flags.

Both are called through ctypes with buffers that are filled already: nothing but C is timed, and a call's microsecond.
"""

import ctypes
import os
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tinygrad_edu.native.compiler import FLAGS, LOOPS, CompilerError, compilers, load
from tinygrad_edu.trees.tree import flatten

from . import networks
from .environment import variable
from .race import Contestant, Promise, race
from .report import Section
from .sizes import Sizes
from .timing import Work

OURS, HAND = "staged (C)", "C by hand"
AT_MOST = 1.2  # times as long as C by hand, with the flags that the library uses
MORE_FLAGS = ("", "-O3 -march=native")  # beyond those
NO_COMPILER = "There is no C compiler here, so this case is skipped."
SOURCE = Path(__file__).with_name("moons.c")


def moons_in_c(sizes: Sizes) -> Section:
    """Loss, gradient and update, in both programs, as the library compiles them and with more optimisation."""
    title = f"native: a training step on {sizes.samples} moons, 2-16-16-1, in C alone"
    if next(compilers(), None) is None:
        return Section(title, (), (), (NO_COMPILER,))
    training = networks.moons_training(sizes.samples)
    staged = networks.staged_update(training.sizes, "python")
    staged(training.start, training.xs, training.ys)
    contestants: dict[str, Contestant] = {}
    notes = [
        f"Compiled with `{LOOPS} {' '.join(FLAGS)}`, as the library does it; where a row names flags, with these too."
    ]
    for flags in MORE_FLAGS:
        suffix = f", {flags}" if flags else ""
        try:
            ours = built(staged.to("c"), staged.trace.name, flags)
            hand = built(SOURCE.read_text(encoding="utf-8"), "step", flags)
        except CompilerError as error:
            notes.append(f"Nothing was compiled with `{flags}`: {error}.")
            continue
        contestants[OURS + suffix] = Contestant(partial(called, ours, training))
        contestants[HAND + suffix] = Contestant(partial(called, hand, training), is_rival=True)
    promises = [Promise(OURS, HAND, 1 / AT_MOST)]
    return race(title, contestants, HAND, promises, sizes, notes=tuple(notes))


def built(source: str, name: str, flags: str) -> Any:
    """The function of this name, compiled as the library does it, with these flags too; the build is not kept."""
    own = os.environ.get("CFLAGS", "")
    with (
        TemporaryDirectory(ignore_cleanup_errors=True) as directory,
        variable(os.environ, "XDG_CACHE_HOME", directory),
        variable(os.environ, "CFLAGS", f"{own} {flags}"),
    ):
        return load(source, name, optimisation=LOOPS)[name]


def called(function: Any, training: networks.Training) -> Work:
    """A call int f(p, xs_n, xs, ys_n, ys, out), which returns the array `out`: the loss and the moved parameters."""
    p, xs, ys = (_doubles(flatten(each)[0]) for each in (training.start, training.xs, training.ys))
    out, n = _doubles([0.0] * (1 + len(p))), len(ys)
    pointer, size = ctypes.POINTER(ctypes.c_double), ctypes.c_size_t
    function.argtypes = [pointer, size, pointer, size, pointer, pointer]
    function.restype = ctypes.c_int

    def work() -> Any:
        if function(p, n, xs, n, ys, out):
            raise ArithmeticError("the C program says that something overflowed or was undefined")
        return out

    return work


def _doubles(numbers: list[float]) -> Any:
    return (ctypes.c_double * len(numbers))(*numbers)
