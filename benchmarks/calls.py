"""What a call costs from Python: a small expression, and a gradient with an array in and out; steps whose numbers stay.

CasADi is called with buffers that are bound to the function beforehand, its fastest way; ours as any function.
"""

import importlib.util
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from operator import attrgetter
from tempfile import TemporaryDirectory
from typing import Any

from tinygrad_edu import losses, nn
from tinygrad_edu.native import way_in
from tinygrad_edu.native.compiler import compilers
from tinygrad_edu.staging import jit
from tinygrad_edu.steps.staged_step import StagedStep
from tinygrad_edu.transforms import value_and_grad

from . import moons
from .expression import A, B, staged_form
from .expression import expression as written
from .race import Contestant, Promise, race
from .report import Bound, Section
from .rosenbrock import rosenbrock
from .sizes import Sizes
from .timing import Work

NATIVE, CTYPES, PYTHON = "staged (C)", "staged (C), through ctypes", "staged"
CASADI, CASADI_C = "CasADi, with buffers", "CasADi's C, with buffers"
STAY, LOOK, CLASSES, LISTS, TORCH = (
    "numbers stay",
    "a look after each step",
    "numbers stay, targets are ints",
    "numbers stay, examples are lists",
    "PyTorch",
)
MOST = 0.25  # µs for the expression
NO_COMPILER = "There is no C compiler here, so this case is skipped."
NO_NUMPY = "NumPy is not installed, so this case is skipped: `pip install numpy`."


def call_expression(sizes: Sizes) -> Section:
    """The expression of micrograd's README with both derivatives, called from Python."""
    title = "calls: the expression with both derivatives, called from Python"
    if next(compilers(), None) is None:
        return Section(title, (), (), (NO_COMPILER,))
    contestants = {
        NATIVE: Contestant(partial(expression, "c")),
        CTYPES: Contestant(through_ctypes(partial(expression, "c"))),
        PYTHON: Contestant(partial(expression, "python")),
        CASADI: Contestant(casadi_expression, "casadi"),
        CASADI_C: Contestant(partial(casadi_expression, in_c=True), "casadi"),
    }
    section = race(title, contestants, PYTHON, [Promise(NATIVE, PYTHON, 4)], sizes)
    seconds = section.seconds[NATIVE] * 1e6
    bound = Bound(f"calls: {NATIVE}, at most {MOST} µs", f"{seconds:.2f} µs", seconds <= MOST)
    return replace(section, bounds=[*section.bounds, bound])


def call_gradient(sizes: Sizes) -> Section:
    """Rosenbrock's function of many numbers with its gradient, an array in and an array out."""
    n = 10 * sizes.dimensions
    title = f"arrays: Rosenbrock's function of {n} numbers with its gradient, a NumPy array in and out"
    if next(compilers(), None) is None or importlib.util.find_spec("numpy") is None:
        return Section(title, (), (), (NO_NUMPY if next(compilers(), None) else NO_COMPILER,))
    contestants = {
        NATIVE: Contestant(partial(gradient, n, "c")),
        CTYPES: Contestant(through_ctypes(partial(gradient, n, "c"))),
        PYTHON: Contestant(partial(gradient, n, "python")),
        CASADI: Contestant(partial(casadi_gradient, n), "casadi"),
        CASADI_C: Contestant(partial(casadi_gradient, n, in_c=True), "casadi"),
    }
    return race(title, contestants, PYTHON, [Promise(NATIVE, PYTHON, 4), Promise(NATIVE, CASADI_C, 1 / 1.2)], sizes)


def steps(sizes: Sizes) -> Section:
    """Training steps in C, with arrays, whose numbers stay there or are looked at."""
    n = min(32, sizes.samples)
    title = f"steps: a training step in C on {n} moons, 2-16-16-1, mean squared error, Adam"
    if next(compilers(), None) is None or importlib.util.find_spec("numpy") is None:
        return Section(title, (), (), (NO_NUMPY if next(compilers(), None) else NO_COMPILER,))
    contestants = {
        STAY: Contestant(partial(step, n)),
        LOOK: Contestant(partial(step, n, looks=True)),
        CLASSES: Contestant(partial(step, n, targets="i8")),
        LISTS: Contestant(partial(step, n, targets="")),
        TORCH: Contestant(partial(torch_step, n), "torch"),
    }
    promises = [Promise(STAY, LOOK, 2), Promise(CLASSES, STAY, 1 / 1.2), Promise(STAY, TORCH, 10)]
    return race(title, contestants, LOOK, promises, sizes, 100 if sizes.calls > 1 else 1)


def expression(backend: str) -> Work:
    """A call with two floats."""
    f = jit(value_and_grad(staged_form, (0, 1)), backend=backend)
    return warm(lambda: f(A, B))


def gradient(n: int, backend: str) -> Work:
    """A call with an array."""
    import numpy as np  # noqa: PLC0415 - only where it is installed

    f, x = jit(value_and_grad(rosenbrock), backend=backend), np.linspace(-1.0, 1.0, n)
    work = warm(lambda: f(x))

    def call() -> Any:
        value, slopes = work()
        return lambda: [value, *slopes.tolist()]

    return call


def warm(work: Work) -> Work:
    """The same, called twice already."""
    work()
    work()
    return work


def through_ctypes(make: Callable[[], Work]) -> Callable[[], Work]:
    """The same without the native way in."""

    def made() -> Work:
        headers = way_in.headers
        way_in.headers = lambda: None  # type: ignore[assignment]  # for a moment
        try:
            return make()
        finally:
            way_in.headers = headers

    return made


def step(n: int, *, looks: bool = False, targets: str = "d") -> Work:
    """A step with an array of floats, and with targets of this type; without one, both as lists."""
    import numpy as np  # noqa: PLC0415

    xs, ys = moons.moons(n)
    model = nn.MLP(2, [16, 16, 1], seed=2)
    own = StagedStep(model, losses.mse_loss, nn.Adam(model.parameters(), lr=1e-6), backend="c")
    batch = (np.array(xs), np.array(ys, targets)) if targets else (xs, ys)
    parameter, look = own.parameters[0], attrgetter("data")

    def work() -> Any:
        loss = own(*batch)
        if looks:
            look(parameter)
        return round(loss, 6)

    return work


def torch_step(n: int) -> Work:
    """PyTorch with matrices for the whole batch."""
    import torch  # noqa: PLC0415

    xs, ys = (torch.tensor(each, dtype=torch.float64) for each in moons.moons(n))
    layers = [torch.nn.Linear(*size, dtype=torch.float64) for size in ((2, 16), (16, 16), (16, 1))]
    own = nn.MLP(2, [16, 16, 1], seed=2).parameters()
    numbers = iter([p.data for p in own])
    for layer in layers:
        rows = [[next(numbers) for _ in range(layer.in_features + 1)] for _ in range(layer.out_features)]
        layer.weight.data = torch.tensor([row[:-1] for row in rows], dtype=torch.float64)
        layer.bias.data = torch.tensor([row[-1] for row in rows], dtype=torch.float64)
    model = torch.nn.Sequential(layers[0], torch.nn.ReLU(), layers[1], torch.nn.ReLU(), layers[2])
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-6)

    def work() -> float:
        loss = ((model(xs)[:, 0] - ys) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return round(float(loss), 6)

    return work


# --- CasADi --------------------------------------------------------------------------------------------------------


def casadi_expression(*, in_c: bool = False) -> Work:
    """Its virtual machine, or the C that it writes, with the results in a buffer."""
    import casadi  # noqa: PLC0415

    a, b = casadi.SX.sym("a"), casadi.SX.sym("b")
    g = written(a, b, relu=lambda x: casadi.fmax(x, 0))
    function = casadi.Function("g", [a, b], [g, casadi.gradient(g, a), casadi.gradient(g, b)])
    return with_buffers(compiled(function) if in_c else function, [[A], [B]])


def casadi_gradient(n: int, *, in_c: bool = False) -> Work:
    """The same of Rosenbrock's function."""
    import casadi  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    x = casadi.SX.sym("x", n)
    y = rosenbrock([x[i] for i in range(n)])
    function = casadi.Function("f", [x], [y, casadi.gradient(y, x)])
    return with_buffers(compiled(function) if in_c else function, [np.linspace(-1.0, 1.0, n)])


def compiled(function: Any) -> Any:
    """The function as C, written by CasADi and compiled with -O2."""
    import casadi  # noqa: PLC0415

    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        writer = casadi.CodeGenerator("program")
        writer.add(function)
        text = writer.generate(f"{folder}/")
        command = [*next(compilers()), "-O2", "-fPIC", "-shared", text, "-o", f"{folder}/program.so", "-lm"]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - a C compiler
        return casadi.external(function.name(), f"{folder}/program.so")


def with_buffers(function: Any, arguments: list[Any]) -> Work:
    """A call that reads and writes arrays that are bound to the function."""
    import numpy as np  # noqa: PLC0415

    buffer, trigger = function.buffer()
    inputs = [memoryview(np.array(each, "d")) for each in arguments]
    results = [memoryview(np.zeros(function.nnz_out(i))) for i in range(function.n_out())]
    for i, each in enumerate(inputs):
        buffer.set_arg(i, each)
    for i, each in enumerate(results):
        buffer.set_res(i, each)
    kept = function, buffer, inputs  # which nothing else keeps alive

    def work() -> Any:
        trigger()
        return lambda: [x for each in results for x in each.tolist()] if kept else []

    return work
