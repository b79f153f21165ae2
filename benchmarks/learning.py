"""The cases that train with `nn`, eagerly and staged, and what staging costs at the first call."""

import os
from functools import partial
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import tinygrad_edu as tg
from tinygrad_edu.native.compiler import compilers
from tinygrad_edu.staging import jit
from tinygrad_edu.transforms import value_and_grad

from . import gpt, networks
from .engines import RECURSIVE
from .environment import variable
from .expression import A, B, staged_form
from .peers import PEERS
from .race import Contestant, Promise, race
from .recursive_engine import Value as RecursiveValue
from .report import Bound, Section, duration
from .sizes import Sizes

MICROGRAD, PYTORCH = "micrograd", "PyTorch"
EAGER, PAUSED, STAGED, NATIVE, WHOLE = (
    "eager",
    "eager (collector paused)",
    "staged",
    "staged (C)",
    "staged function of numbers (C)",
)
NO_COMPILER = "There is no C compiler here, so the C backend is skipped."
AT_MOST = {"python": 0.06, "c": 1.5}  # seconds to stage and compile the moons step


def nn_step(sizes: Sizes) -> Section:
    """A whole training step on the moons with a network of `nn`, its losses and its optimiser."""
    n = sizes.samples
    contestants = {
        EAGER: Contestant(partial(networks.eager_moons, n)),
        PAUSED: Contestant(lambda: networks.paused(networks.eager_moons(n))),
        STAGED: Contestant(partial(networks.staged_moons, n, "python")),
        **_native({NATIVE: partial(networks.staged_moons, n, "c"), WHOLE: partial(networks.whole_step_staged, n, "c")}),
        MICROGRAD: Contestant(partial(networks.micrograd_moons, n), "micrograd"),
        PYTORCH: Contestant(partial(networks.torch_moons, n), "torch"),
    }
    promises = [
        Promise(EAGER, MICROGRAD, 30),
        Promise(STAGED, MICROGRAD, 250),
        Promise(NATIVE, PYTORCH, 8),
        Promise(WHOLE, PYTORCH, 8),
    ]
    title = f"nn: a training step on {n} moons, 2-16-16-1, `nn`, hinge loss, penalty, SGD"
    return race(title, contestants, MICROGRAD, promises, sizes, sizes.calls, _notes())


def curve_epoch(sizes: Sizes) -> Section:
    """An epoch of a curve learned from single examples, each with its update."""
    n = sizes.points
    contestants = {
        EAGER: Contestant(partial(networks.eager_curve, n)),
        PAUSED: Contestant(lambda: networks.paused(networks.eager_curve(n))),
        STAGED: Contestant(partial(networks.staged_curve, n, "python")),
        **_native({NATIVE: partial(networks.staged_curve, n, "c")}),
        MICROGRAD: Contestant(partial(networks.micrograd_curve, n), "micrograd"),
        PYTORCH: Contestant(partial(networks.torch_curve, n), "torch"),
    }
    title = f"curve: an epoch of {n} single examples with an update each, 1-8-8-8-1, mean squared error, SGD"
    return race(title, contestants, MICROGRAD, [Promise(STAGED, PYTORCH, 4)], sizes, notes=_notes())


def gpt_step(sizes: Sizes) -> Section:
    """Loss and gradients of a small GPT, with plain operators and with functions of many operands."""
    plain, wide, paused_wide = "plain operators", "dot and softmax", "dot and softmax (collector paused)"
    step = partial(gpt.loss_and_gradients, tg.Value, sizes.tokens)
    contestants = {
        plain: Contestant(step),
        wide: Contestant(partial(step, gpt.WIDE)),
        paused_wide: Contestant(lambda: networks.paused(step(gpt.WIDE))),
        RECURSIVE.name: Contestant(partial(gpt.loss_and_gradients, RecursiveValue, sizes.tokens), is_rival=True),
    }
    promises = [Promise(plain, RECURSIVE.name, 1.3), Promise(wide, RECURSIVE.name, 8)]
    title = f"gpt: loss and gradients of a small GPT on {sizes.tokens} tokens"
    return race(title, contestants, RECURSIVE.name, promises, sizes, sizes.calls)


def staged_expression(sizes: Sizes) -> Section:
    """The README expression with both derivatives, staged, beside other libraries."""
    contestants = {
        STAGED: Contestant(partial(_staged_expression, "python")),
        **_native({NATIVE: partial(_staged_expression, "c")}),
        MICROGRAD: Contestant(_micrograd_expression, "micrograd"),
        **{name: Contestant(make, package) for name, (package, make) in PEERS.items()},
    }
    promises = [Promise(STAGED, name, factor) for name, factor in ((MICROGRAD, 60), (PYTORCH, 150))]
    promises += [Promise(STAGED, name, 10) for name in ("JAX's jit", "CasADi")]
    title = "staged: micrograd's README expression with both derivatives, staged once before"
    return race(title, contestants, MICROGRAD, promises, sizes, notes=_notes())


def staging_time(sizes: Sizes) -> Section:
    """What the first call of the moons step costs: recording, simplifying, printing, compiling, one step."""
    rows, bounds = [], []
    backends = {"python": "Python", **({"c": "C"} if _has_compiler() else {})}
    for backend, name in backends.items():
        seconds = median(_first_call(sizes.samples, backend) for _ in range(min(3, sizes.rounds)))
        rows.append((f"{name}, first call", duration(seconds)))
        most = AT_MOST[backend]
        bounds.append(Bound(f"staging: {name}, at most {duration(most)}", duration(seconds), seconds <= most))
    title = "staging: the first call of a staged training step on the moons, 2-16-16-1"
    return Section(title, ("backend", "time"), rows, _notes(), bounds)


def _first_call(samples: int, backend: str) -> float:
    with TemporaryDirectory() as directory, variable(os.environ, "XDG_CACHE_HOME", directory):
        step = networks.staged_moons(samples, backend)
        start = perf_counter()
        step()
        return perf_counter() - start


def _staged_expression(backend: str) -> networks.Work:
    return partial(jit(value_and_grad(staged_form, (0, 1)), backend=backend), A, B)


def _micrograd_expression() -> networks.Work:
    from micrograd.engine import Value  # noqa: PLC0415 - only where it is installed

    from .expression import value_and_derivatives  # noqa: PLC0415

    return value_and_derivatives(Value)


def _has_compiler() -> bool:
    return next(compilers(), None) is not None


def _native(makers: dict[str, networks.Make]) -> dict[str, Contestant]:
    return {name: Contestant(make) for name, make in makers.items()} if _has_compiler() else {}


def _notes() -> tuple[str, ...]:
    return () if _has_compiler() else (NO_COMPILER,)
