"""`explore(f, a=-1.0)`: the graph of a function as a live page, which shows itself in a notebook and saves itself."""

import html
import math
import os
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from ..engine import Value
from ..mistakes.options import A_DICT, A_NUMBER, A_PAIR, A_PATH, A_TEXT, expect
from ..notation.words import plain
from ..numbers.number import Number, shown
from .content import Content
from .joining import document
from .program import Staged, of_function, of_value

MAX_NODES, MAX_EDGES = 400, 2000
HEIGHT = 860  # pixels of the frame in a notebook


class Explorable:
    """A live page of a graph; `explore` makes it.

    `html` is the page as text: one document that needs no network. `save` writes it; a notebook shows it.

    >>> page = explore(lambda a, b: a * b, a=2.0, b=3.0)
    >>> page
    <Explorable: f = a × b, 3 nodes>
    >>> page.save("product.html")
    """

    __module__ = "tinygrad_edu"

    def __init__(self, title: str, program: str, data: Mapping[str, Any]) -> None:
        self.title = title
        self.program = program
        self.data = data

    @cached_property
    def html(self) -> str:
        """The page as one HTML document."""
        return document(self.title, self.program, self.data)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page to a file whose name ends in .html; ValueError for any other."""
        expect("save", A_PATH, path=path)
        if os.path.splitext(path)[1].lower() not in (".html", ".htm"):
            raise ValueError(f"cannot save a page as {os.fspath(path)!r}: the name must end in .html")
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(self.html)

    def __repr__(self) -> str:
        nodes = len(self.data["nodes"])
        return f"<Explorable: {self.title}, {nodes} node{'' if nodes == 1 else 's'}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the page in a frame that can reach nothing outside itself."""
        return (
            f'<iframe sandbox="allow-scripts" title="{html.escape(self.title)}" '
            f'style="width: 100%; height: {HEIGHT}px; border: 0" srcdoc="{html.escape(self.html)}"></iframe>'
        )


def explore(
    f: Callable[..., object] | Value,
    inputs: Mapping[str, object] | None = None,
    /,
    *,
    title: str | None = None,
    parameters: Iterable[str] | None = None,
    ranges: Mapping[str, tuple[Number, Number]] | None = None,
    learning_rate: Number = 0.05,
    digits: int = 4,
    start: str | None = None,
    **numbers: object,
) -> Explorable:
    """A live page of a function: move its inputs, step through the forward and the backward pass, descend.

    `f` is called with the numbers by name, as Values; each may be a list or dict of numbers. Where a name is also an
    option's, give the inputs as one mapping: explore(f, {"title": 1.0}). Instead of a function, `f` may be a Value:
    its leaves become the inputs.

    `title` stands above the page. `parameters` are the inputs that descent moves (all if not given), `ranges` the ends
    of their sliders, {"b": (-5, 5)}. `learning_rate` is the step of descent, `digits` the number of significant digits
    shown. `start` is the step that the page opens at: "forward:x" or "backward:b" with the name of a node, or "start";
    if not given, the backward step of a value that is used more than once.

    Raises StagingError where f decides by its numbers (use `where`), TypeError where it returns no Value, ValueError
    for more than 400 nodes and for names that are not there.

    >>> explore(lambda a, b, c: (a + b) * (b + c), a=-1.0, b=3.0, c=4.0)
    <Explorable: f = (a + b) × (b + c), 6 nodes>
    """
    expect("explore", A_TEXT.or_none, title=title, start=start)
    expect("explore", A_DICT.or_none, inputs=inputs, ranges=ranges)
    expect("explore", A_NUMBER, learning_rate=learning_rate)
    if digits not in range(1, 18):
        raise ValueError(f"digits={digits!r}: it is a whole number from 1 to 17")
    staged = _staged(f, {**(inputs or {}), **numbers})
    _check_size(staged)
    _name_result(staged)
    content = Content(staged, digits)
    names = [content.named[x] for x in staged.inputs]
    heading = plain(title or content.title(), 200)
    options = {
        "title": heading,
        "titled": bool(title),
        "digits": digits,
        "rate": float(learning_rate),
        "parameters": _parameters(parameters, names),
        "ranges": _ranges(ranges or {}, names, staged.start),
        "at": _start(start, content),
    }
    return Explorable(heading, staged.source, {**content.data(), **options})


def _staged(f: object, arguments: Mapping[str, object]) -> Staged:
    if isinstance(f, Value):
        if arguments:
            raise TypeError(f"explore of a Value takes no inputs, its leaves are: leave out {', '.join(arguments)}")
        return of_value(f)
    if not callable(f):
        raise TypeError(f"explore needs a function or a Value, got {shown(f)}: explore(lambda a: a * a, a=1.0)")
    return of_function(f, arguments)


def _check_size(staged: Staged) -> None:
    nodes, edges = len(staged.order), sum(len(node.parents) for node in staged.order)
    if nodes > MAX_NODES or edges > MAX_EDGES:
        raise ValueError(
            f"explore shows up to {MAX_NODES} nodes and {MAX_EDGES:,} arrows, this graph has {nodes:,} and {edges:,}: "
            "explore a smaller piece of it, one example instead of a batch or one layer with fewer neurons, or write "
            "sums of products as dot(xs, ys), which is one node; draw(..., fold=...) makes a still picture of the whole"
        )


def _name_result(staged: Staged) -> None:
    """Call the result f, unless it has a name or f is another's."""
    result = staged.order[-1]
    if not result.label and all(node.label != "f" for node in staged.order):
        result.label = "f"


def _parameters(wanted: Iterable[str] | None, names: list[str]) -> list[int]:
    if wanted is None:
        return list(range(len(names)))
    return [_index("parameters", name, names) for name in ([wanted] if isinstance(wanted, str) else wanted)]


def _index(option: str, name: str, names: list[str]) -> int:
    if name not in names:
        raise ValueError(f"explore: {option} names {shown(name)}, which is no input: there are {', '.join(names)}")
    return names.index(name)


def _ranges(given: Mapping[str, tuple[Number, Number]], names: list[str], start: list[float]) -> list[list[float]]:
    """The ends of each input's slider."""
    for name, pair in given.items():
        _index("ranges", name, names)
        expect("explore", A_PAIR, **{f"ranges[{name!r}]": pair})
        if not -math.inf < pair[0] < pair[1] < math.inf:
            raise ValueError(f"explore: ranges[{name!r}] = {pair}: the first number must be below the second")
    return [
        [float(end) for end in given[name]] if name in given else _around(x)
        for name, x in zip(names, start, strict=True)
    ]


def _around(x: float) -> list[float]:
    """A range for a number that starts at x: symmetric, with round ends at about twice its size."""
    if 0.5 <= abs(x) <= 4 or x == 0:
        return [-5.0, 5.0]
    exponent = math.floor(math.log10(abs(x)))
    ends = (float(f"{digit}e{exponent}") for digit in (1, 2, 5, 10, 20))
    end = next(end for end in ends if end >= min(1.5 * abs(x), 1e308))
    return [-end, end]


def _start(start: str | None, content: Content) -> list[object]:
    """The step to open at: its phase, and the place of its node."""
    if start is None:
        return content.branch_step()
    phase, _, name = start.partition(":")
    if start == "start":
        return ["start", 0]
    known = {content.named[node]: i for node, i in content.place.items() if phase == "backward" or node.op}
    if phase not in ("forward", "backward") or name not in known:
        raise ValueError(
            f"explore: start={start!r} is no step: write 'start', 'forward:NAME' or 'backward:NAME', with a name of "
            f"{plain(', '.join(known), 200)}"
        )
    return [phase, known[name]]
