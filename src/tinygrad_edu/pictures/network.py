"""Diagrams of networks: neurons in columns, weights as lines; and a recurrent cell unrolled over time.

The wider a line, the larger the weight; it is dashed if the weight is negative. The curve in a circle is that of its
activation. Of a large layer only the first units and the last one are shown.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from ..engine import Value
from ..graphics import look
from ..graphics.look import HEAD, SMALL, counted, element, group, number, shape, text
from ..graphics.widths import text_width
from ..networks.activations import ACTIVATIONS, Activation, Maxout
from ..networks.module import Module
from ..networks.stack import Elementwise, Linear, Sequential
from ..nn import MLP, Layer, Neuron
from ..notation.words import number_text, plain, shortened
from ..numbers.number import primal
from ..recurrent import Cell

SHOWN = 10  # units of a layer; of more, the first ones and the last
RADIUS, PITCH, STRIDE, MARGIN = 16, 44, 190, 24  # of a circle; from unit to unit; from column to column; around
THINNEST, WIDEST, OPACITY = 0.4, 4.0, 0.85  # of lines
CURVE = [i / 4 for i in range(-12, 13)]  # where an activation is looked at
COLUMN, GAP, BOX_HEIGHT = 150, 70, 56  # of an unrolled cell
KNOWN = "Neuron, Layer, MLP, Linear, Sequential, and the cells of tinygrad_edu.recurrent"


class Column(NamedTuple):
    """A layer: its activation, and a row of weights for each unit."""

    activation: str
    curve: Activation | None
    weights: list[list[Value]]


class Diagram(NamedTuple):
    """A picture that needs no layout: its name, what is on it, and how to write it."""

    title: str
    summary: str
    write: Callable[[str, str], str]


def diagram(model: Module, steps: int, digits: int) -> Diagram:
    """The diagram of a network, or of a recurrent cell unrolled over so many steps. TypeError for another model."""
    title = plain(repr(model), 80)
    if isinstance(model, Cell):
        summary = f"{counted(steps, 'step')}, {model.parameter_count()} parameters"
        return Diagram(f"{title}, unrolled", summary, partial(_unrolled, model, steps))
    columns = list(_columns(model))
    for before, after in itertools.pairwise(columns):
        if len(after.weights[0]) != len(before.weights):
            raise TypeError(f"draw: a layer of {title} takes {len(after.weights[0])} inputs, not the outputs before it")
    sizes = [len(columns[0].weights[0]), *(len(column.weights) for column in columns)]
    kind = type(model).__name__
    summary = f"{counted(len(columns), 'layer')}, {model.parameter_count()} parameters"
    return Diagram(f"{kind} of {' → '.join(map(str, sizes))} units", summary, partial(_network, columns, digits))


def _columns(model: object) -> Iterator[Column]:
    """The layers of a network in order."""
    if isinstance(model, Neuron):
        yield _of_neurons([model])
    elif isinstance(model, Layer):
        yield _of_neurons(model.neurons)
    elif isinstance(model, MLP):
        for layer in model.layers:
            yield from _columns(layer)
    elif isinstance(model, Linear):
        yield Column("linear", ACTIVATIONS["linear"], model.weight)
    elif isinstance(model, Sequential):
        yield from _of_parts(model.parts)
    else:
        name = type(model).__name__
        raise TypeError(f"draw knows the insides of {KNOWN}; of {name}, draw what it computes: draw(model(x))")


def _of_parts(parts: Iterable[object]) -> Iterator[Column]:
    """The layers of a Sequential: an activation belongs to the layer before it."""
    columns: list[Column] = []
    for part in parts:
        if isinstance(part, Elementwise) and columns:
            name, curve = _name(part.activation), _function(part.activation)
            columns[-1] = columns[-1]._replace(activation=name, curve=curve)
        else:
            columns += _columns(part)
    return iter(columns)


def _of_neurons(neurons: Sequence[Neuron]) -> Column:
    first = neurons[0]
    rows = [_of_pieces(each.w) if isinstance(each.activation, Maxout) else each.w for each in neurons]
    return Column(_name(first.activation), _function(first.activation), rows)


def _of_pieces(pieces: Iterable[Iterable[Value]]) -> list[Value]:
    """Of a maxout, the largest weight on each input among its pieces."""
    return [max(weights, key=lambda w: abs(primal(w.data))) for weights in zip(*pieces, strict=True)]


def _name(activation: object) -> str:
    if isinstance(activation, str):
        return activation
    return "maxout" if isinstance(activation, Maxout) else plain(getattr(activation, "__name__", "activation"), 20)


def _function(activation: object) -> Activation | None:
    return ACTIVATIONS.get(activation) if isinstance(activation, str) else activation if callable(activation) else None


# --- a network -------------------------------------------------------------------------------------------------------

Spot = tuple[int | None, float]  # a unit, None for those left out, and its height


def _network(columns: Sequence[Column], digits: int, title: str, heading: str) -> str:
    inputs = len(columns[0].weights[0])
    counts = [inputs, *(len(column.weights) for column in columns)]
    height = PITCH * max(min(count, SHOWN) for count in counts)
    top = MARGIN + (28 if heading else 0)
    spots = [_spots(count, top + height / 2) for count in counts]
    largest = max(_size(w) for column in columns for row in column.weights for w in row)
    left = MARGIN + 50
    width = max(2 * left + STRIDE * len(columns), text_width(heading, 15, bold=True) + 2 * MARGIN, 380 + 2 * MARGIN)
    first = (width - STRIDE * len(columns)) / 2

    def parts() -> Iterator[str]:
        if heading:
            yield text(heading, width / 2, MARGIN + 8, look.INK, size=15, anchor="middle", bold=True)
        for i, column in enumerate(columns):
            x = first + STRIDE * i
            yield group("edge", "", _lines(column, spots[i], spots[i + 1], x, largest, digits))
        for i, count in enumerate(counts):
            layer = columns[i - 1] if i else None
            yield group("node", _column_title(i, count, layer), _units(layer, spots[i], first + STRIDE * i))
            words = ("inputs", f"{count}") if layer is None else (f"layer {i}", f"{count} × {layer.activation}")
            for line, (word, bold) in enumerate(zip(words, (True, False), strict=True)):
                y = top + height + 16 + 17 * line
                yield text(word, first + STRIDE * i, y, look.INK if bold else look.QUIET, anchor="middle", bold=bold)
        yield from _legend(width / 2, top + height + 62, largest, digits)

    return look.document(width, top + height + 62 + MARGIN, title, _description(columns, largest, digits), parts())


def _spots(count: int, middle: float) -> list[Spot]:
    shown = shortened(range(count), None, SHOWN)
    return [(unit, middle + PITCH * (i - (len(shown) - 1) / 2)) for i, unit in enumerate(shown)]


def _size(weight: Value) -> float:
    """|w|; 0 for what is no finite number."""
    x = abs(float(primal(weight.data)))
    return x if math.isfinite(x) else 0.0


def _lines(
    column: Column, tails: Iterable[Spot], heads: Iterable[Spot], x: float, largest: float, digits: int
) -> Iterator[str]:
    pairs = itertools.product(((i, y) for i, y in heads if i is not None), ((i, y) for i, y in tails if i is not None))
    ends = [(column.weights[head][tail], y, v) for (head, v), (tail, y) in pairs]
    for weight, y, v in sorted(ends, key=lambda end: _size(end[0])):
        share = _size(weight) / (largest or 1)
        width = THINNEST + (WIDEST - THINNEST) * share
        dash = f' stroke-dasharray="{number(3 + width)},{number(2 + width / 2)}"' if primal(weight.data) < 0 else ""
        name = element("title", f"{plain(weight.label) or 'weight'} = {number_text(weight.data, digits)}")
        thickness = f'stroke-width="{number(width)}" stroke-opacity="{OPACITY}"'
        at, end = x + RADIUS, x + STRIDE - RADIUS
        path = f"M{number(at)},{number(y)}L{number(end)},{number(v)}"
        yield f'<path d="{path}" fill="none" stroke="{look.LINE}" {thickness}{dash}>{name}</path>'


def _units(column: Column | None, spots: Iterable[Spot], x: float) -> Iterator[str]:
    curve = _curve(column.curve) if column and column.curve else []
    for unit, y in spots:
        if unit is None:
            yield text("⋮", x, y + 6, look.QUIET, size=20, anchor="middle")
            continue
        stroke = {"fill": look.BOX, "stroke": look.INK if column else look.LINE, "stroke_width": "1.5"}
        yield shape("circle", cx=number(x), cy=number(y), r=number(RADIUS), **stroke)
        if column is None:
            yield text(f"x{unit + 1}", x, y + 4, look.FORWARD, size=SMALL, anchor="middle")
        elif curve:
            points = " ".join(f"{number(x + u)},{number(y + v)}" for u, v in curve)
            yield shape("polyline", points=points, fill="none", stroke=look.FORWARD, stroke_width="2")


def _curve(function: Activation) -> list[tuple[float, float]]:
    """The graph of an activation in a circle around 0; empty for one that takes no plain numbers."""
    try:
        heights = [float(function(x)) for x in CURVE]
    except Exception:
        return []
    low, high = min(heights), max(heights)
    scale = 16 / ((high - low) or 1)
    middle = (high + low) / 2
    return [(x * 3, (middle - height) * scale) for x, height in zip(CURVE, heights, strict=True)]


def _legend(middle: float, y: float, largest: float, digits: int) -> Iterator[str]:
    words = [f"+{number_text(largest, digits)}", f"−{number_text(largest, digits)}", "small"]
    at = middle - sum(text_width(word, SMALL) + 60 for word in words) / 2
    for word, width, dash in zip(words, (WIDEST, WIDEST, 1.0), ("", "7,4", ""), strict=True):
        more = {"stroke_dasharray": dash} if dash else {}
        path = f"M{number(at)},{number(y)}h32"
        yield shape("path", d=path, fill="none", stroke=look.LINE, stroke_width=number(width), **more)
        yield text(word, at + 38, y + 4, look.QUIET, size=SMALL)
        at += text_width(word, SMALL) + 60


def _column_title(i: int, count: int, column: Column | None) -> str:
    return f"layer {i}: {count} × {column.activation}" if column else counted(count, "input")


def _description(columns: Sequence[Column], largest: float, digits: int) -> str:
    words = [counted(len(columns[0].weights[0]), "input")]
    words += [_column_title(i, len(column.weights), column) for i, column in enumerate(columns, start=1)]
    return f"{'; '.join(words)}. The largest weight is ±{number_text(largest, digits)}; negative ones are dashed."


# --- a recurrent cell ------------------------------------------------------------------------------------------------


def _unrolled(cell: Cell, steps: int, title: str, heading: str) -> str:
    """The cell once for each time step, with the state that goes from step to step, inputs below, outputs above."""
    states = ["h", "c"] if isinstance(cell.initial_state(), tuple) else ["h"]
    width = max(2 * MARGIN + 60 + steps * (COLUMN + GAP) + 30, text_width(heading, 15, bold=True) + 2 * MARGIN)
    top = MARGIN + (28 if heading else 0) + 60
    name = type(cell).__name__
    note = f"the same {cell.parameter_count()} parameters in every step"

    def arrow(x: float, y: float, along: float, up: float) -> Iterator[str]:
        u, v = x + along, y - up
        back = 7 if along else 0, 7 if up else 0
        path = f"M{number(x)},{number(y)}L{number(u - back[0])},{number(v + back[1])}"
        yield shape("path", d=path, fill="none", stroke=look.LINE, stroke_width="1.5")
        sides = [(u - 8, v - 4), (u - 8, v + 4)] if along else [(u - 4, v + 8), (u + 4, v + 8)]
        points = " ".join(f"{number(a)},{number(b)}" for a, b in [(u, v), *sides])
        yield shape("polygon", points=points, fill=look.LINE)

    def step(t: int) -> Iterator[str]:
        x = MARGIN + 60 + t * (COLUMN + GAP)
        yield look.rectangle(x, top, COLUMN, BOX_HEIGHT, rx="8", fill=look.BOX, stroke=look.INK, stroke_width="1.5")
        yield text(name, x + COLUMN / 2, top + 24, look.INK, anchor="middle", bold=True)
        yield text(f"step {t + 1}", x + COLUMN / 2, top + 43, look.QUIET, size=SMALL, anchor="middle")

    def read_and_shown(t: int) -> Iterator[str]:
        x = MARGIN + 60 + t * (COLUMN + GAP)
        yield from arrow(x + COLUMN / 2, top + BOX_HEIGHT + 40, 0, 40)
        yield text(f"x{t + 1}", x + COLUMN / 2, top + BOX_HEIGHT + 56, look.FORWARD, anchor="middle")
        yield from arrow(x + COLUMN / 2, top, 0, 40)
        yield text(f"h{t + 1}", x + COLUMN / 2, top - 46, look.FORWARD, anchor="middle")

    def passed_on(t: int) -> Iterator[str]:
        """The state that goes into step t, or after the last one out of it."""
        x = MARGIN + 60 + t * (COLUMN + GAP) - GAP
        for i, state in enumerate(states):
            y = top + BOX_HEIGHT * (i + 1) / (len(states) + 1)
            yield from arrow(x, y, GAP, 0)
            yield text(f"{state}{t}", x + GAP / 2, y - 5, look.FORWARD, size=SMALL, anchor="middle")

    def parts() -> Iterator[str]:
        if heading:
            yield text(heading, width / 2, MARGIN + 8, look.INK, size=15, anchor="middle", bold=True)
        for t in range(steps + 1):
            yield group("edge", "", passed_on(t))
        for t in range(steps):
            yield group("edge", "", read_and_shown(t))
            yield group("node", f"step {t + 1}: reads x{t + 1} and the state, gives h{t + 1}", step(t))
        yield text(note, width / 2, top + BOX_HEIGHT + 92, look.QUIET, size=HEAD - 1, anchor="middle")

    described = (
        f"{name} of {cell.nin} inputs and {cell.nhidden} units, {steps} times in a row: each step reads the input x of "
        f"its time and the state {' and '.join(states)} of the step before; {note}."
    )
    return look.document(width, top + BOX_HEIGHT + 92 + MARGIN, title, described, parts())
