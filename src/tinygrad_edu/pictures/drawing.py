"""Pictures of computation graphs: `draw(value)` shows itself in a notebook and saves itself as SVG, PNG or DOT."""

import os
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from typing import Literal

from ..engine import Value
from ..graphics.look import counted
from ..mistakes.options import A_DICT, A_LIST, A_NUMBER, A_PATH, A_TEXT, A_VALUE, A_WHOLE_NUMBER, expect
from ..networks.module import Module
from ..notation.words import plain
from ..numbers.number import Number, shown
from ..transforms.dual import Dual
from .boxes import BLANKS, PARTS, Options, ordered, picture
from .dot_text import dot_source
from .programs import DrawingError, png_of
from .svg import svg_of


class Drawing:
    """A picture of a graph as it was when `draw` was called; `draw` makes it.

    `svg` is the picture as text, `dot` its text in Graphviz's language, `png` the picture as bytes. For a PNG a program
    is needed that lays out graphs: DrawingError says how to get one where none is installed.

    >>> drawing = draw(Value(2.0, label="x") ** 3)
    >>> drawing
    <Drawing: Computation graph of v1, 2 boxes, 1 arrow>
    >>> drawing.save("cube.svg")
    """

    __module__ = "tinygrad_edu"

    def __init__(
        self,
        title: str,
        summary: str,
        svg: Callable[[], str],
        dot: Callable[[], str] | None = None,
        program: str | None = None,
    ) -> None:
        self._title = title
        self._summary = summary
        self._write_svg = svg
        self._write_dot = dot
        self._program = program

    @cached_property
    def svg(self) -> str:
        """The picture as an SVG document, to write into a file or a web page."""
        return self._write_svg()

    @cached_property
    def dot(self) -> str:
        """The picture in DOT, for Graphviz and its viewers. DrawingError for a diagram of a network."""
        if self._write_dot is None:
            raise DrawingError("the diagram of a network is an SVG only: .svg, or .save('network.svg')")
        return self._write_dot()

    @cached_property
    def png(self) -> bytes:
        """The picture as a PNG image, two pixels per point in each direction, so that it is sharp on a slide."""
        return png_of(self.dot, self._program)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to a file whose name ends in .svg, .png or .dot; ValueError for any other."""
        expect("save", A_PATH, path=path)
        kind = os.path.splitext(path)[1].lower()
        if kind not in (".svg", ".png", ".dot"):
            raise ValueError(f"cannot save a drawing as {os.fspath(path)!r}: the name must end in .svg, .png or .dot")
        content = getattr(self, kind[1:])
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())

    def __repr__(self) -> str:
        return f"<Drawing: {self._title}, {self._summary}>"

    def _repr_mimebundle_(
        self,
        include: object = None,  # noqa: ARG002 - the protocol has them
        exclude: object = None,  # noqa: ARG002
    ) -> dict[str, str]:
        """What a notebook shows: the picture."""
        return {"text/plain": repr(self), "image/svg+xml": self.svg}


def draw(
    value: Value | Iterable[Value] | Module,
    *,
    style: str = "full",
    rankdir: str = "LR",
    show: Iterable[str] = PARTS,
    products: bool = False,
    digits: int = 4,
    expand: bool = False,
    fold: Mapping[str, Iterable[Value]] | None = None,
    step: str | None = None,
    around: Value | None = None,
    tangents: Mapping[Value, Number] | None = None,
    max_nodes: int = 300,
    title: str | None = None,
    steps: int = 3,
    program: str | None = None,
    blanks: bool | Literal["values", "gradients", "all"] = False,
) -> Drawing:
    """Draw the graph of `value`, or of several values: a box for each value, an arrow for each use of it.

    A box shows the operation and its formula, the value and the gradient (`–` before any backward pass); an arrow
    shows the local gradient, the derivative of the box it points to by the box it comes from.

    `style="compact"` makes small boxes without formulas and without local gradients, for a slide. `rankdir` is "LR"
    (left to right) or "TB" (top to bottom). `show` lists the parts to show, of "formula", "value", "grad" and "local".
    `products` adds to each arrow what flows back along it, upstream gradient × local gradient. `digits` is the number
    of significant digits of floats. `expand` shows a `dot` as its products and their sum. `fold` shows each group of
    values as one box: {"layer 1": between(inputs, outputs)}. `title` is written above the picture.

    `step="forward:x"` or `step="backward:x"` shows the passes as they come to the value named x, and what it is
    computed from there. `around=x` shows x with its parents and what was computed from it, and nothing else.
    `tangents={x: 1.0}` shows forward mode in place of gradients: how fast each value changes if x changes that fast.

    `blanks` leaves numbers out, as a sheet to fill in: "values" those of the boxes that are computed, "gradients" those
    that a backward pass finds, with the local gradients, "all" (or True) both. Each becomes an empty field.

    Of a network (Neuron, Layer, MLP, Linear, Sequential) it draws the neurons in columns, with a line for each weight:
    wide if it is large, dashed if it is negative. A cell of `recurrent` is unrolled over so many `steps`.

    `max_nodes` is the largest number of boxes to draw. `program` is the one that makes PNGs: the system's "dot" if
    there is one, else "graphviz-pure".

    Raises TypeError if `value` is no Value and no network; ValueError for a graph that is too large and for options
    that are unknown or do not go together.

    >>> a, b, c = Value(-1.0, label="a"), Value(3.0, label="b"), Value(4.0, label="c")
    >>> f = (a + b) * (b + c)
    >>> f.backward()
    >>> draw(f)
    <Drawing: Computation graph of v3, 6 boxes, 6 arrows>
    """
    expect("draw", A_LIST, show=show)
    expect("draw", A_DICT.or_none, fold=fold)
    expect("draw", A_DICT.or_none, tangents=tangents)
    expect("draw", A_VALUE.or_none, around=around)
    expect("draw", A_NUMBER, max_nodes=max_nodes)
    expect("draw", A_TEXT.or_none, title=title)
    expect("draw", A_PATH.or_none, program=program)
    expect("draw", A_WHOLE_NUMBER, steps=steps)
    if digits not in range(1, 18):
        raise ValueError(f"digits={digits!r}: it is a whole number from 1 to 17")
    if isinstance(value, Module):
        given = {"style": style != "full", "rankdir": rankdir != "LR", "show": show is not PARTS, "products": products}
        given |= {
            "blanks": blanks is not False,
            "expand": expand,
            "fold": fold is not None,
            "step": step is not None,
            "around": around is not None,
        }
        return _draw_model(value, title, steps, digits, given | {"tangents": tangents is not None})
    results = _results(value)
    parts = frozenset([show] if isinstance(show, str) else show)
    if not parts <= set(PARTS):
        raise ValueError(f"show={sorted(parts - set(PARTS))}: the parts of a picture are {', '.join(PARTS)}")
    if rankdir not in ("LR", "TB"):
        raise ValueError(f"rankdir={rankdir!r}: it is 'LR' (left to right) or 'TB' (top to bottom)")
    if style not in ("full", "compact"):
        raise ValueError(f"style={style!r}: it is 'full' or 'compact'")
    if step is not None and tangents is not None:
        raise ValueError("draw: step and tangents are two pictures; leave one of them out")
    if blanks and step is not None:
        raise ValueError("draw: step shows the numbers that blanks leaves out; leave one of the two out")
    is_near = around is not None
    options = Options(
        parts, products or is_near, digits, expand, max_nodes, rankdir, style == "compact", step, tangents, around,
        _left_out(blanks),
    )  # fmt: skip
    sketch = picture(results, options, fold or {})
    heading = plain(title or "", 200)
    names = ", ".join(sketch.results[:3]) + (", …" if len(sketch.results) > 3 else "")
    full_title = heading or f"Computation graph of {names}"
    return Drawing(
        full_title,
        f"{counted(len(sketch.boxes), 'box', 'es')}, {counted(len(sketch.arrows), 'arrow')}",
        partial(svg_of, sketch, full_title, heading),
        partial(dot_source, sketch, heading),
        program,
    )


def _left_out(blanks: object) -> frozenset[str]:
    """The kinds of numbers that `blanks` leaves out."""
    if blanks is False:
        return frozenset()
    asked = "all" if blanks is True else blanks
    if not isinstance(asked, str) or asked not in BLANKS:
        known = ", ".join(map(repr, sorted(BLANKS)))
        raise ValueError(f"blanks={shown(blanks)}: it is {known}, True or False")
    return BLANKS[asked]


def _draw_model(model: Module, title: str | None, steps: int, digits: int, others: Mapping[str, bool]) -> Drawing:
    """The diagram of a network; `others` are options for graphs, and whether they were given."""
    from .network import diagram  # noqa: PLC0415 - loads all networks, which graphs do not need

    given = [name for name, is_given in others.items() if is_given]
    if given:
        raise ValueError(f"draw: {', '.join(given)} is for graphs; of a network, title, steps and digits can be given")
    if steps < 1:
        raise ValueError(f"draw: steps={steps}: an unrolled cell has at least 1")
    found = diagram(model, steps, digits)
    heading = plain(title or "", 200)
    return Drawing(heading or found.title, found.summary, partial(found.write, heading or found.title, heading))


def between(inputs: Iterable[Value], outputs: Iterable[Value]) -> list[Value]:
    """The values computed on the way from `inputs` to `outputs`, with the outputs and without the inputs.

    What else the outputs need, such as weights, is included. It is made for `draw`'s `fold`.

    >>> x = Value(2.0, label="x")
    >>> y = (x * x + 1.0).exp()
    >>> [value.op for value in between([x], [y])]
    ['*', '+', 'exp']
    """
    known = set(ordered(_results(inputs)))
    return [value for value in ordered(_results(outputs)) if value not in known]


def _results(value: Value | Iterable[Value]) -> list[Value]:
    """One Value or several as a list."""
    values = [value] if isinstance(value, Value) or not isinstance(value, Iterable) else list(value)
    for each in values:
        if not isinstance(each, Value):
            raise TypeError(f"expected a Value, got {_what(each)}")
        if isinstance(each, Dual):
            raise TypeError(
                f"{each!r} keeps no graph to draw: compute the same from Values, and draw(..., tangents={{x: 1.0}})"
            )
    if not values:
        raise ValueError("there is no value to draw: the list is empty")
    return values


def _what(x: object) -> str:
    """What something is that has no graph, and what to do instead."""
    kind = type(x).__name__
    if kind == "Value":
        return f"{shown(x)}: draw shows those of tinygrad_edu"
    if callable(x):
        return f"{kind}: call it first, and draw its result"
    return f"{kind}: a plain number has no graph to draw"
