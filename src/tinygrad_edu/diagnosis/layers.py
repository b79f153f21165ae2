"""How a network is doing: sizes of activations and gradients, dead and saturated units, layer by layer."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias

from ..core.recording import recorded
from ..datasets import Data, examples
from ..engine import Value, topological_order
from ..mistakes.options import A_FUNCTION, A_MODEL, A_NUMBER, expect
from ..networks.shapes import single
from ..numbers.number import Number, primal
from ..optim import Optimizer
from ..recurrent import Cell, unroll
from .findings import gradients_of
from .verdicts import FLAT, Diagnosis, LayerNumbers, judged

GREATEST_SLOPES = {"sigmoid": 0.25, "tanh": 1.0}
LINEAR = {"+", "-", "*", "/", "dot", "sum"}  # what a linear layer ends with
TITLES = {"max": "maxout"}

Outputs: TypeAlias = list[Value | Number]  # of a layer on one example


@dataclass
class _Stage:
    """A layer, or a time step, with its outputs on each example."""

    name: str
    layer: Any
    outputs: list[Outputs]
    kind: str = ""


def diagnose(
    model: object, data: Data, loss: Callable[..., object], *, lr: float = 0.01, optimizer: Optimizer | None = None
) -> Diagnosis:
    """Look at a network on some data: what each layer gives, what gradient reaches it, and what may be wrong.

    `model` is an MLP, anything else with `layers` that are applied one after the other, a plain list of such layers
    (the same one many times is a recurrence), or a cell of `recurrent` with sequences as inputs, where the rows are
    time steps. Of any other model only the parameters are looked at; the notes say so. `data` and `loss` are as in
    `fit`; `lr`, or the `optimizer` in its present state, is what the size of the next step is judged by.

    Nothing is trained, and no data, grad or memory of an optimiser is changed. Verdicts are "not finite", "exploding",
    "dead", "saturated", "symmetric", "steps too large", "vanishing", "no gradient", or none: "healthy".

    >>> from tinygrad_edu import datasets, nn
    >>> deep = nn.MLP(2, [8] * 9 + [1], activation="sigmoid", seed=1)
    >>> found = diagnose(deep, datasets.moons(20), nn.mse_loss)
    >>> found.verdict, found.verdicts[0].layers
    ('vanishing', ('layer 1', 'layer 2', 'layer 3'))
    """
    expect("diagnose", A_FUNCTION, loss=loss)
    expect("diagnose", A_NUMBER, lr=lr)
    xs, ys = examples(data)
    with recorded():
        stages, predictions, notes = _run(model, xs)
        error = loss(predictions, ys)
    if not isinstance(error, Value):
        raise TypeError(f"the loss function returned {error!r}, not a Value: it must be computed from the predictions")
    gradients = gradients_of(topological_order(error))
    update = _updates(_parameters(model), gradients, lr, optimizer)
    if isinstance(model, Cell):
        notes = [*notes, *_whole(model, gradients, update)]
        rows = [_stage_numbers(stage, [], gradients, update) for stage in stages]
    elif stages:
        rows = [_stage_numbers(stage, _parameters(stage.layer), gradients, update) for stage in stages]
    else:
        rows = [_numbers(name, "", parameters, gradients, update) for name, parameters in _groups(model)]
    verdicts = judged(rows, len(xs), in_order=bool(stages)) if rows else ()
    return Diagnosis(tuple(rows), verdicts, _float(error), len(xs), tuple(notes))


# --- running the model -----------------------------------------------------------------------------------------------


def _run(model: Any, xs: list[Any]) -> tuple[list[_Stage], list[object], list[str]]:
    """The stages with their outputs, the predictions, and notes on what could not be looked into."""
    if isinstance(model, Cell):
        return _unrolled(model, xs)
    layers = model if isinstance(model, (list, tuple)) else getattr(model, "layers", None)
    if not isinstance(layers, (list, tuple)) or not layers:
        expect("diagnose", A_MODEL, model=model)
        note = f"{type(model).__name__} has no list `layers`: only its parameters could be looked at"
        return [], [model(x) for x in xs], [note]
    is_list = True
    if layers is not model:
        expected = model(xs[0])
        is_list = isinstance(expected, (list, tuple))
        difference = _difference(layers, xs[0], expected)
        if difference:
            note = f"the layers of {type(model).__name__} are not simply applied one after the other ({difference})"
            return [], [model(x) for x in xs], [f"{note}: only its parameters could be looked at"]
    expect("diagnose", A_MODEL, **{f"layer {i}": layer for i, layer in enumerate(layers, start=1)})
    stages = [_Stage(f"layer {i}", layer, []) for i, layer in enumerate(layers, start=1)]
    for x in xs:
        h = x
        for stage in stages:
            h = _outputs(stage.layer, h)
            stage.outputs.append(h)
    return stages, [x if is_list and layers is not model else single(x) for x in stages[-1].outputs], []


def _outputs(layer: Any, x: object) -> Outputs:
    outputs = layer.activations(x) if hasattr(layer, "activations") else layer(x)
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def _difference(layers: Sequence[object], x: Any, expected: Any) -> str:
    """How the layers, one after the other, differ from the model; empty if they do not."""
    try:
        for layer in layers:
            x = _outputs(layer, x)
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        return f"{type(error).__name__}: {error}"
    expected = list(expected) if isinstance(expected, (list, tuple)) else [expected]
    same = len(x) == len(expected) and all(_is_same(_float(a), _float(b)) for a, b in zip(x, expected, strict=True))
    return "" if same else "their result is not the model's"


def _is_same(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-9) or (a != a and b != b)


def _unrolled(cell: Cell, xs: list[Any]) -> tuple[list[_Stage], list[object], list[str]]:
    """A stage for each time step; the prediction is the last step's output."""
    runs = [unroll(cell, x)[0] for x in xs]
    lengths = sorted({len(run) for run in runs})
    if len(lengths) > 1 or not lengths[0]:
        raise ValueError(
            f"sequences of {' and '.join(map(str, lengths))} steps: diagnose needs the same number, at least 1"
        )
    kind = type(cell).__name__.removesuffix("Cell")
    steps = [_Stage(f"step {t + 1}", cell, [run[t] for run in runs], kind) for t in range(lengths[0])]
    return steps, [single(run[-1]) for run in runs], []


# --- the numbers -----------------------------------------------------------------------------------------------------


Gradients = dict[Value, Number]
Updates = dict[Value, float]


def _stage_numbers(stage: _Stage, parameters: list[Value], gradients: Gradients, updates: Updates) -> LayerNumbers:
    """The numbers of a layer whose outputs are known."""
    outputs = list(chain.from_iterable(stage.outputs))
    sizes = [_float(x) for x in outputs]
    mean = math.fsum(sizes) / len(sizes) if all(map(math.isfinite, sizes)) else math.nan
    nodes = [x for x in outputs if isinstance(x, Value)]
    ops = Counter(x.op for x in nodes)
    op = ops.most_common(1)[0][0] if ops else ""
    units = list(zip(*stage.outputs, strict=True))
    numbers = [[_float(x) for x in unit] for unit in units]
    is_new = any(numbers[0]) or not any(p.data for p in parameters)  # what follows a dead layer is all 0 too
    return _numbers(
        stage.name,
        stage.kind or ("linear" if op in LINEAR else TITLES.get(op, op)),
        parameters,
        gradients,
        updates,
        units=len(units),
        mean=mean,
        std=_rms([x - mean for x in sizes]),
        rms=_rms(sizes),
        arriving=[_float(gradients.get(x, 0)) for x in nodes],
        dead=sum(map(_is_off, units)) / len(units) if op == "relu" else None,
        saturated=sum(map(_is_flat, nodes)) / len(nodes) if op in GREATEST_SLOPES else None,
        is_uniform=len(units) > 1 and is_new and all(unit == numbers[0] for unit in numbers),
    )


def _numbers(
    name: str,
    kind: str,
    parameters: list[Value],
    gradients: Gradients,
    updates: Updates,
    *,
    units: int | None = None,
    mean: float | None = None,
    std: float | None = None,
    rms: float | None = None,
    arriving: list[float] | None = None,
    dead: float | None = None,
    saturated: float | None = None,
    is_uniform: bool = False,
) -> LayerNumbers:
    sizes = [_float(p) for p in parameters]
    of_parameters = [_float(gradients.get(p, 0)) for p in parameters]
    step, size = _rms([updates.get(p, 0.0) for p in parameters]), _rms(sizes)
    arriving = of_parameters if arriving is None else arriving
    return LayerNumbers(
        name,
        kind,
        units,
        mean,
        std,
        rms,
        _rms(arriving) if arriving else None,  # plain numbers have no gradient
        dead,
        saturated,
        is_uniform,
        size if sizes else None,
        _rms(of_parameters) if sizes else None,
        step / size if size else None,
        tuple(arriving),
    )


def _rms(numbers: Sequence[float]) -> float:
    """√(Σx²/n), without overflow on the way; nan if any is."""
    if any(x != x for x in numbers):
        return math.nan
    return math.hypot(*numbers) / math.sqrt(len(numbers) or 1)


def _float(x: Value | Number) -> float:
    try:
        return float(primal(x))
    except OverflowError:
        return math.inf


def _is_off(unit: Iterable[object]) -> bool:
    """Whether a relu is off on all examples."""
    return all(isinstance(x, Value) and x.op == "relu" and all(primal(d) == 0 for d in x.local_grads) for x in unit)


def _is_flat(node: Value) -> bool:
    """Whether a sigmoid or tanh has nearly no slope left."""
    return node.op in GREATEST_SLOPES and abs(_float(node.local_grads[0])) < FLAT * GREATEST_SLOPES[node.op]


# --- the parameters --------------------------------------------------------------------------------------------------


def _parameters(thing: object) -> list[Value]:
    """The parameters of a model, a layer, or a list of layers; none of a plain function."""
    parts = thing if isinstance(thing, (list, tuple)) else [thing]
    found = chain.from_iterable(part.parameters() for part in parts if hasattr(part, "parameters"))
    return list(dict.fromkeys(found))


def _groups(model: object) -> list[tuple[str, list[Value]]]:
    """The parameters of a model by the attribute they are in: `embedding`, `blocks.0`."""
    groups: dict[str, list[Value]] = {}
    if hasattr(model, "named_parameters"):
        for path, p in model.named_parameters():
            found = re.match(r"[^.\[]+(\.\d+)?", path)
            groups.setdefault(found[0] if found else path, []).append(p)
        return list(groups.items())
    parameters = _parameters(model)
    return [("parameters", parameters)] if parameters else []


def _updates(parameters: list[Value], gradients: Gradients, lr: float, optimizer: Optimizer | None) -> Updates:
    """By how much the next step would change each parameter."""
    if optimizer is None:
        return {p: lr * _float(gradients.get(p, 0)) for p in parameters}
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"diagnose needs an optimiser of tinygrad_edu.optim or lr=..., got {optimizer!r}")
    rate = optimizer.learning_rate()
    changes: Updates = {}
    for p, memory in zip(optimizer.parameters, optimizer.memories, strict=True):
        g = gradients.get(p, 0.0)
        if math.isfinite(_float(g)):
            changes[p] = _float(optimizer.update(p.data, g, memory, rate)[0] - p.data)
    return changes


def _whole(cell: Cell, gradients: Gradients, updates: Updates) -> list[str]:
    """In words, what all steps of a cell share: its parameters."""
    row = _numbers("", "", cell.parameters(), gradients, updates)
    gradient = row.parameter_gradient or 0.0
    ratio = "" if row.update_ratio is None else f", the next step is {row.update_ratio:.2g} times them"
    return [f"all steps share {len(cell.parameters())} parameters: rms gradient {gradient:.2g}{ratio}"]
