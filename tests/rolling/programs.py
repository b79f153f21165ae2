"""What tests of found loops share: programs worth rolling, and their results in every language to the last bit."""

import ctypes
import itertools
import json
import math
import random
import struct
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import tinygrad_edu as tg
from tinygrad_edu import losses, nn
from tinygrad_edu.printers import c, javascript
from tinygrad_edu.staging import jit, mean_over
from tinygrad_edu.steps.remembered import Remembered
from tinygrad_edu.steps.staged_step import StagedStep
from tinygrad_edu.transforms import value_and_grad
from tinygrad_edu.trees.tree import flatten


class Case:
    """A program with arguments for it."""

    def __init__(self, ours, *args):
        ours(*args)
        self.trace, self.args = ours.trace, args


def training(sizes, loss, optimizer, activation="relu", *, rows=5, targets=None):
    """The step of a network, after one step: optimisers remember something then."""
    drawn = random.Random(1)
    model = nn.MLP(sizes[0], list(sizes[1:]), activation=activation, seed=1)
    own = optimizer(model.parameters())
    step = StagedStep(model, loss, own)
    xs = [[drawn.gauss(0.0, 1.0) for _ in range(sizes[0])] for _ in range(rows)]
    ys = [float(i % sizes[-1]) for i in range(rows)] if targets is None else [targets[i % 2] for i in range(rows)]
    step(xs, ys)
    memory = Remembered.by(own).flat(own.memories)
    return Case(step.staged, [p.data for p in step.parameters], memory, 0.05, xs, ys)


def sgd(parameters):
    return nn.SGD(parameters, lr=0.1)


def momentum(parameters):
    return nn.SGD(parameters, lr=0.1, momentum=0.9, weight_decay=0.01)


SIGNS = (-1.0, 1.0)
NETWORKS = {
    "relu": lambda: training((8, 12, 5), losses.cross_entropy, sgd),
    "tanh, hinge, momentum": lambda: training((3, 8, 7, 1), losses.hinge_loss, momentum, "tanh", targets=SIGNS),
    "sigmoid, Adam": lambda: training((5, 7, 4), losses.cross_entropy, nn.Adam, "sigmoid"),
    "gelu, SVM, AdamW": lambda: training((4, 6, 5, 3), losses.multiclass_svm_loss, nn.AdamW, "gelu"),
    "leaky relu, Huber": lambda: training((3, 8, 1), losses.huber_loss, sgd, "leaky_relu", targets=(0.5, 9.0)),
    "elu, l1, RMSProp": lambda: training((3, 8, 1), losses.l1_loss, nn.RMSProp, "elu", targets=SIGNS),
    "silu, logits": lambda: training(
        (3, 9, 1), losses.binary_cross_entropy_with_logits, nn.AdaGrad, "silu", targets=(0.0, 1.0)
    ),
    "softplus, mse": lambda: training((2, 6, 6, 1), losses.mse_loss, sgd, "softplus", targets=SIGNS),
    "maxout": lambda: training((6, 5, 3), losses.cross_entropy, sgd, "maxout"),
    "one example": lambda: training((8, 12, 5), losses.cross_entropy, sgd, rows=1),
}


def rosenbrock(x):
    return tg.sum([100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in itertools.pairwise(x)])


def penalised(p, xs):
    """A linear model with an l2 penalty on each weight and an l1 penalty on their differences."""
    penalty = 0.1 * tg.sum([w * w for w in p]) + 0.3 * tg.sum([abs(a - b) for a, b in itertools.pairwise(p)])
    return mean_over(lambda row: (tg.dot(p, row["x"]) - row["y"]) ** 2, xs) + penalty


def branched(x):
    return tg.sum(
        [tg.where(a > 0.5, lambda a=a, b=b: tg.log(a) * b, lambda a=a: a * a) for a, b in zip(x, x[::-1], strict=True)]
    )


def data_inside(p):
    """A model of data that are constants of the program."""
    drawn = random.Random(2)
    rows = [[drawn.gauss(0.0, 1.0) for _ in p] for _ in range(12)]
    return tg.mean([(tg.tanh(tg.dot(p, row)) - i) ** 2 for i, row in enumerate(rows)])


def convolution(p, image):
    """A window of 3 × 3 over an image, rectified, and the largest."""
    kernel, n = p["kernel"], len(image)
    found = [
        tg.relu(tg.sum([kernel[a][b] * image[i + a][j + b] for a in range(3) for b in range(3)]) + p["bias"])
        for i in range(n - 2)
        for j in range(n - 2)
    ]
    return tg.logsumexp(found)


def matrices(p, rows):
    """A model of rows that are matrices, its weights scaled first, applied from both ends; one column is unused."""
    weights = [[tg.exp(w) for w in row] for row in p[0]]

    def example(row, _):
        matrix, y = row
        a = [tg.tanh(tg.dot(each, p[1])) for each in matrix]
        z = [tg.sum([w * x for w, x in zip(each, a, strict=True)]) for each in weights]
        back = [tg.sum([w * x for w, x in zip(each, a[::-1], strict=True)]) for each in weights]
        return (tg.sum(z) - tg.prod(back) * y) ** 2

    return mean_over(example, rows, rows)


def two_views(p, xs):
    """The same weights for two views of an example."""

    def example(x):
        views = x, [tg.sin(each) for each in x]
        a, b = ([tg.tanh(tg.dot(w, view)) for w in p] for view in views)
        return tg.dot(a, b)

    return mean_over(example, xs)


def slopes(x):
    """Products of numbers with slopes: of abs, and of the larger of two."""
    y = tg.sum([abs(a) * b for a, b in itertools.pairwise(x)])
    return y + tg.sum([tg.maximum(a, b) ** 2 for a, b in itertools.pairwise(x)])


def long_branches(x, w):
    """Sums of many terms under a condition, the last first."""
    return [
        tg.where(a > 0.5, lambda a=a: tg.sum([2.0 * v * a for v in w[::-1]]) + 3.0, lambda a=a: tg.minimum(a, math.inf))
        for a in x
    ]


def numbers(n, seed=3):
    drawn = random.Random(seed)
    return [drawn.uniform(-2.0, 2.0) for _ in range(n)]


IMAGE = [numbers(8, seed) for seed in range(8)]
KERNEL = {"kernel": [numbers(3, seed) for seed in range(3)], "bias": 0.25}
ROWS = [{"x": numbers(11, seed), "y": float(seed)} for seed in range(4)]
WEIGHTS = [[numbers(6, seed) for seed in range(5)], numbers(4)]
MATRICES = [([numbers(4, 10 * i + seed) for seed in range(6)], 0.1 * i) for i in range(3)]
FUNCTIONS = {
    "two views": lambda: Case(
        jit(value_and_grad(two_views), batched=["xs"]), [numbers(6, i) for i in range(8)], [numbers(6, i) for i in "ab"]
    ),
    "slopes": lambda: Case(jit(value_and_grad(slopes)), numbers(30)),
    "matrices": lambda: Case(jit(value_and_grad(matrices), batched=["rows"]), WEIGHTS, MATRICES),
    "long branches": lambda: Case(jit(long_branches), numbers(9), numbers(6)),
    "a tuple": lambda: Case(
        jit(lambda p, q: [p[1] * x + y for x, y in zip(p[0], q["y"], strict=True)]),
        (numbers(50), 2.0),
        {"x": 1.0, "y": tuple(numbers(50))},
    ),
    "rosenbrock": lambda: Case(jit(value_and_grad(rosenbrock)), numbers(30)),
    "penalties": lambda: Case(jit(value_and_grad(penalised), batched=["xs"]), numbers(11), ROWS),
    "branches": lambda: Case(jit(value_and_grad(branched)), numbers(20)),
    "data inside": lambda: Case(jit(value_and_grad(data_inside)), numbers(6)),
    "convolution": lambda: Case(jit(value_and_grad(convolution)), KERNEL, IMAGE),
    "products": lambda: Case(jit(lambda xs: tg.prod(xs) - tg.max(xs) * tg.min(xs)), numbers(30)),
    "a table": lambda: Case(jit(lambda xs: [x * (0.1 + i * i) for i, x in enumerate(xs)]), numbers(50)),
    "pairs": lambda: Case(
        jit(
            lambda p, xs: mean_over(
                lambda x: mean_over(lambda y: tg.dot([a * x for a in p], [tg.sin(a * y) for a in p]), xs), xs
            ),
            batched=["xs"],
        ),
        numbers(16),
        numbers(5),
    ),
}


def straight(monkeypatch):
    """From now on programs are printed as straight lines."""
    monkeypatch.setattr(c, "find_loops", lambda *_, **__: None)
    monkeypatch.setattr(javascript, "find_loops", lambda *_, **__: None)


def bits(numbers):
    """What tells all floats apart, 0.0 and -0.0 too; all nans are one."""
    return [struct.pack(">d", x).hex() if x == x else "nan" for x in map(float, numbers)]


def by_python(case):
    return bits(flatten(case.trace.function(*case.args))[0])


def by_c(case, text, *flags):
    """What the C function says, and its results."""
    passed, types = [], []
    arguments = dict(zip(case.trace.parameters, case.args, strict=True))
    for name, kind, _ in c.signature(case.trace.parameters):
        leaves = [float(x) for x in flatten(list(arguments[name]) if kind == "rows" else arguments[name])[0]]
        if kind == "number":
            passed.append(leaves[0])
            types.append(ctypes.c_double)
            continue
        passed += [len(arguments[name])] * (kind == "rows") + [(ctypes.c_double * len(leaves))(*leaves)]
        types += [ctypes.c_size_t] * (kind == "rows") + [ctypes.c_void_p]
    out = (ctypes.c_double * len(flatten(case.trace.results)[0]))()
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source, library = Path(folder, "program.c"), Path(folder, "program.so")
        source.write_text(text, encoding="utf-8")
        command = [
            "cc",
            "-std=c99",
            "-fPIC",
            "-shared",
            "-ffp-contract=off",
            *flags,
            str(source),
            "-o",
            str(library),
            "-lm",
        ]
        subprocess.run(command, check=True, timeout=600)
        function = ctypes.CDLL(str(library))[case.trace.name]
        function.argtypes, function.restype = [*types, ctypes.c_void_p], ctypes.c_int
        code = function(*passed, out)
    return code, bits(out)


def by_node(calls):
    """The results of each (case, text), in one run of Node."""
    script = """
const view = new DataView(new ArrayBuffer(8));
const show = x => typeof x === "number"
    ? [(view.setFloat64(0, x), x === x ? view.getBigUint64(0).toString(16) : "nan")]
    : x === null ? [] : Object.values(x).flatMap(show);
"""
    for case, text in calls:
        args = ", ".join(json.dumps(x) for x in case.args)
        script += f"{{\n{text}console.log(JSON.stringify(show({case.trace.name}({args}))));\n}}\n"
    run = subprocess.run(["node", "-"], input=script, capture_output=True, text=True, encoding="utf-8", check=False)
    assert run.stderr == ""
    return [json.loads(line) for line in run.stdout.splitlines()]


def is_finite(case):
    return all(map(math.isfinite, flatten(case.trace.function(*case.args))[0]))
