"""The course's drawings of boxes, circles and arrows. Numbers that come of a calculation are calculated here."""

import itertools
import math
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import tinygrad_edu as tg
from tinygrad_edu.plotting.theme import LIGHT as THEME
from tools.course_canvas import Point, arrow, box, circle, number, paper, words

FORWARD, BACKWARD = THEME.first, THEME.second


def ten_steps() -> Figure:
    """The ten steps of the engine as stairs, each with what its check asks for."""
    steps = [
        ("1 a number", "data 3, grad 0"),
        ("2 addition", "−2 + 3 = 1"),
        ("3 multiplication", "−2 · 3 = −6"),
        ("4 backward, in a row", "0.06 · 0.3 · 0.42"),
        ("5 the branch", "b: 7 + 2 = 9"),
        ("6 the order", "s: 2 · 2 = 4"),
        ("7 twice", "24, not 36"),
        ("8 the rest", "g = 24.704"),
        ("9 a neuron", "1 − a² at its bias"),
        ("10 training", "w → −1, b → 5"),
    ]
    figure, axes = paper(760, 400, "Ten steps to an engine, and what each check asks for")
    for i, (name, asked) in enumerate(steps):
        x, y = 92 + 64 * i, 28 + 37 * i
        axes.plot([x - 84, x + 84], [y - 19, y - 19], color=THEME.grid, linewidth=1)
        box(axes, (x, y), (168, 34), [name, asked], colour=BACKWARD if i in (4, 5, 6) else FORWARD)
    words(axes, (560, 70), "orange: where most engines\nhave a mistake", size=10, colour=THEME.faint)
    return figure


def three_neurons() -> Figure:
    """Three neurons in a row: values above, slopes on the arrows, their product below."""
    figure, axes = paper(760, 190, "Slopes in a row multiply")
    x = 34.0
    n1 = 0.42 * x + 0.75
    n2 = 0.3 * n1 + 0.27
    n3 = 0.06 * n2 + 0.29
    boxes = [("x", f"{x:g}"), ("n₁ = 0.42·x + 0.75", f"{n1:.5g}"), ("n₂ = 0.3·n₁ + 0.27", f"{n2:.5g}")]
    boxes.append(("n₃ = 0.06·n₂ + 0.29", f"{n3:.5g}"))
    places, widths = [50, 230, 440, 650], [70, 160, 160, 160]
    for at, width, (name, value) in zip(places, widths, boxes, strict=True):
        box(axes, (at, 125), (width, 46), [name, value], colour=FORWARD)
    for i, slope in enumerate((0.42, 0.3, 0.06)):
        tail, head = places[i] + widths[i] / 2 + 2, places[i + 1] - widths[i + 1] / 2 - 3
        arrow(axes, (tail, 125), (head, 125))
        words(axes, ((tail + head) / 2, 162), f"slope {slope:g}", size=10, colour=BACKWARD, bold=True)
    arrow(axes, (650, 72), (50, 72), colour=BACKWARD, style="--")
    product = 0.06 * 0.3 * 0.42
    words(axes, (350, 48), f"dn₃/dx = 0.06 · 0.3 · 0.42 = {product:.5f}", size=12, colour=BACKWARD, bold=True)
    words(axes, (350, 22), f"raise x by 1, and n₃ rises by {product:.5f}; the biases move no slope", colour=THEME.faint)
    return figure


def node_close_up() -> Figure:
    """A division with its operands, its local gradients, the gradient from above and the two products."""
    figure, axes = paper(720, 270, "One node close up: upstream × local")
    x, y = tg.Value(6.0, label="x"), tg.Value(2.0, label="y")
    q = x / y
    q.backward(10.0)
    by_x, by_y = q.local_grads
    for at, leaf, local in ((205, x, by_x), (85, y, by_y)):
        box(
            axes,
            (80, at),
            (110, 50),
            [f"{leaf.label} = {number(leaf.data)}", f"grad {number(leaf.grad)}"],
            colour=THEME.ink,
        )
        side = 10 if leaf is x else -10
        arrow(axes, (136, at + 4), (318, 145 + side + 8), colour=FORWARD)
        arrow(axes, (318, 145 + side - 8), (136, at - 8), colour=BACKWARD, style="--")
        words(
            axes,
            (228, at + (30 if leaf is x else -34)),
            f"10 · {number(local)} = {number(leaf.grad)}",
            colour=BACKWARD,
            bold=True,
        )
    lines = ["q = x / y = 3", f"∂q/∂x = 1/y = {number(by_x)}", f"∂q/∂y = −x/y² = {number(by_y)}"]
    box(axes, (400, 145), (170, 76), lines, colour=THEME.ink)
    arrow(axes, (487, 155), (620, 155), colour=FORWARD)
    arrow(axes, (620, 132), (487, 132), colour=BACKWARD, style="--")
    words(axes, (552, 172), "value 3", colour=FORWARD, bold=True)
    words(axes, (552, 114), "upstream 10", colour=BACKWARD, bold=True)
    words(axes, (670, 145), "the rest of\nthe graph", colour=THEME.faint)
    words(axes, (500, 20), "blue: forward, values · orange and dashed: backward, gradients", size=9, colour=THEME.faint)
    return figure


def three_gates() -> Figure:
    """Addition copies, multiplication switches and scales, maximum routes, relu lets through or not."""
    figure, axes = paper(900, 240, "Four gates, each with a gradient of 2 from above")
    a, b = 3.0, -4.0
    kinds: list[tuple[str, str, Any]] = [
        ("+", "copies", lambda x, y: x + y),
        ("×", "switches and scales", lambda x, y: x * y),
        ("max", "routes", tg.maximum),
        ("relu", "lets through or not", None),
    ]
    for i, (sign, what, gate) in enumerate(kinds):
        left = 20 + 222 * i
        if gate is None:
            leaves = [tg.Value(a), tg.Value(b)]
            outs = [tg.relu(each) for each in leaves]
            for each in outs:
                each.backward(2.0)
        else:
            leaves = [tg.Value(a), tg.Value(b)]
            outs = [gate(*leaves)]
            outs[0].backward(2.0)
        middles = [150.0, 60.0] if len(outs) == 2 else [105.0]
        for middle, out in zip(middles, outs, strict=True):
            circle(axes, (left + 125, middle), sign, radius=20)
            arrow(axes, (left + 200, middle), (left + 147, middle), colour=BACKWARD, style="--")
            words(axes, (left + 176, middle + 12), "2", colour=BACKWARD, bold=True)
            words(axes, (left + 176, middle - 14), f"{number(out.data)}", colour=FORWARD)
        for at, leaf in zip((150.0, 60.0), leaves, strict=True):
            middle = at if len(outs) == 2 else 105 + (12 if at > 100 else -12)
            words(axes, (left + 14, at), f"{number(leaf.data)}", size=12, colour=FORWARD, bold=True)
            arrow(axes, (left + 104, middle), (left + 30, at), colour=BACKWARD, style="--")
            side = 20 if at > 100 else -20
            words(axes, (left + 66, (at + middle) / 2 + side), f"{number(leaf.grad)}", colour=BACKWARD, bold=True)
        words(axes, (left + 105, 205), what, size=11, bold=True)
    words(axes, (450, 14), "blue: values 3 and −4, and what the gate makes of them · orange: gradients", size=9,
          colour=THEME.faint)  # fmt: skip
    return figure


def two_directions() -> Figure:
    """Three walks forward, or one walk back, for the three derivatives of (a + b)(b + c)."""
    figure, axes = paper(860, 250, "Three derivatives: three walks forward, or one walk back")
    point = {"a": -1.0, "b": 3.0, "c": 4.0}
    for i, wanted in enumerate(point):
        duals = [tg.Dual(x, tangent=float(name == wanted)) for name, x in point.items()]
        out = (duals[0] + duals[1]) * (duals[1] + duals[2])
        _small_graph(axes, 20 + 205 * i, [d.tangent for d in duals], float(out.tangent), wanted, forward=True)
        words(axes, (95 + 205 * i, 212), f"forward, from {wanted}", size=10.5, bold=True)
    a, b, c = (tg.Value(x) for x in point.values())
    ((a + b) * (b + c)).backward()
    _small_graph(axes, 660, [a.grad, b.grad, c.grad], 1.0, "", forward=False)
    words(axes, (745, 212), "backward, once", size=10.5, bold=True)
    axes.plot([640, 640], [25, 225], color=THEME.grid, linewidth=1.5)
    words(axes, (320, 12), "each walk: tangents from one input, blue", size=9, colour=THEME.faint)
    words(axes, (745, 12), "gradients of all inputs, orange", size=9, colour=THEME.faint)
    return figure


def _small_graph(axes: Any, left: float, ends: list[float], last: float, wanted: str, *, forward: bool) -> None:
    colour = FORWARD if forward else BACKWARD
    leaves = dict(zip("abc", (170.0, 110.0, 50.0), strict=True))
    nodes: dict[str, Point] = {name: (left + 22, y) for name, y in leaves.items()}
    nodes |= {"x": (left + 85, 140), "y": (left + 85, 80), "f": (left + 145, 110)}
    for tail, head in ("ax", "bx", "by", "cy", "xf", "yf"):
        (u, v), (p, q) = nodes[tail], nodes[head]
        length = math.hypot(p - u, q - v)
        cut = ((p - u) / length * 15, (q - v) / length * 15)
        start, end = (u + cut[0], v + cut[1]), (p - cut[0], q - cut[1])
        is_walked = not forward or tail in (wanted, "x" if wanted in "ab" else "", "y" if wanted in "bc" else "")
        shade = colour if is_walked else THEME.grid
        arrow(axes, *((start, end) if forward else (end, start)), colour=shade, style="-" if forward else "--")
    for name, at in nodes.items():
        circle(axes, at, name, radius=13)
    for (name, y), reached in zip(leaves.items(), ends, strict=True):
        is_bold = not forward or name == wanted
        words(axes, (left - 6, y), number(reached), colour=colour if is_bold else THEME.faint, bold=is_bold)
    words(axes, (left + 170, 110), f"{number(last)}", colour=colour, bold=True)


def network_and_graph() -> Figure:
    """The same 100-10-2 network as neurons and as operations, with the size of what flows along each edge."""
    figure, axes = paper(900, 400, "One network, two drawings")
    words(axes, (150, 372), "as neurons", size=11, bold=True)
    words(axes, (600, 372), "as operations, with the size of what flows", size=11, bold=True)
    _neurons(axes)
    _operations(axes)
    words(axes, (620, 40), "blue: forward, from left to right · orange and dashed: backward, from right to left",
          size=9, colour=THEME.faint)  # fmt: skip
    return figure


def _neurons(axes: Any) -> None:
    columns: list[tuple[float, int, str]] = [(60, 100, "x"), (150, 10, "h"), (240, 2, "a")]
    rows = {100: [4, 3, 2, 0], 10: [4, 3, 2, 0], 2: [3, 1]}
    for (u, m, _), (v, n, _) in itertools.pairwise(columns):
        for i in rows[m]:
            for j in rows[n]:
                axes.plot([u + 14, v - 14], [110 + 50 * i, 110 + 50 * j], color=THEME.grid, linewidth=1)
    for x, count, name in columns:
        for k, i in enumerate(rows[count]):
            unit = count if i == rows[count][-1] else k + 1
            circle(axes, (x, 110 + 50 * i), f"{name}{unit}", radius=14, size=7.5)
        if count > 2:
            words(axes, (x, 160), "⋮", size=14, colour=THEME.faint)
        words(axes, (x, 72), f"{count}", size=10.5, bold=True)
    words(axes, (105, 46), "1,000 weights", size=9, colour=THEME.faint)
    words(axes, (210, 30), "20 weights", size=9, colour=THEME.faint)


def _operations(axes: Any) -> None:
    chain: list[tuple[str, float, float]] = [
        ("W⁽¹⁾·x", 430, 235), ("relu", 530, 235), ("W⁽²⁾·h", 630, 235), ("relu", 725, 235), ("Σ(y − a)²", 830, 235)
    ]  # fmt: skip
    for name, x, y in chain:
        box(axes, (x, y), (66, 34), [name], colour=THEME.ink)
    sides: list[tuple[str, float, float, str]] = [
        ("x", 340, 235, "100"),
        ("W⁽¹⁾", 430, 320, "10 × 100"),
        ("W⁽²⁾", 630, 320, "2 × 10"),
        ("y", 830, 320, "2"),
    ]
    for name, x, y, size in sides:
        radius = 19 if name.startswith("W") else 15
        circle(axes, (x, y), name, radius=radius)
        end = (x + 56, y) if name == "x" else (x, 254)
        arrow(axes, (x + 16, y) if name == "x" else (x, y - radius - 1), end, colour=FORWARD)
        words(axes, (x + 36, y + 13) if name == "x" else (x + 8, 284), size, size=9, colour=FORWARD,
              ha="center" if name == "x" else "left")  # fmt: skip
    for (_, u, y), (_, v, _), size in zip(chain, chain[1:], ("10", "10", "2", "2"), strict=False):
        arrow(axes, (u + 34, y), (v - 34, y), colour=FORWARD)
        words(axes, ((u + v) / 2, y + 12), size, size=9, colour=FORWARD)
    back: list[tuple[str, float, str]] = [
        ("∂E/∂a", 779, "2"),
        ("δ⁽²⁾", 678, "2"),
        ("∂E/∂h", 580, "10"),
        ("δ⁽¹⁾", 480, "10"),
    ]
    for name, x, size in back:
        arrow(axes, (x + 40, 170), (x - 40, 170), colour=BACKWARD, style="--")
        words(axes, (x, 184), name, size=9.5, colour=BACKWARD, bold=True)
        words(axes, (x, 156), size, size=9, colour=BACKWARD)
    for x, product, size in ((430, "∂E/∂W⁽¹⁾ = δ⁽¹⁾ xᵀ", "10 × 100"), (630, "∂E/∂W⁽²⁾ = δ⁽²⁾ hᵀ", "2 × 10")):
        arrow(axes, (x + 10, 160), (x, 112), colour=BACKWARD, style="--")
        words(axes, (x, 98), product, size=10, colour=BACKWARD, bold=True)
        words(axes, (x, 80), size, size=9, colour=BACKWARD)


def pushes() -> Figure:
    """The two-layer network of the chapter with an arrow at each neuron: where the loss wants its output to go."""
    figure, axes = paper(720, 340, "Where the loss wants each output to go: −∂C/∂a")
    x, y = (1.0, -1.0), 1.0
    hidden = [([0.5, -0.5], 0.0), ([-1.0, 0.5], 0.5)]
    h = [tg.sigmoid(tg.dot([tg.Value(w) for w in ws], x) + b) for ws, b in hidden]
    v = [1.0, -2.0]
    a = tg.sigmoid(tg.dot([tg.Value(w) for w in v], h))
    ((a - y) ** 2 / 2).backward()
    inputs, middles, out = [(90, 240), (90, 110)], [(320, 240), (320, 110)], (560, 175)
    for at, given in zip(inputs, x, strict=True):
        for end in middles:
            arrow(axes, (at[0] + 22, at[1]), (end[0] - 30, end[1]), colour=THEME.grid)
        circle(axes, at, number(given), radius=20, size=10)
    for at, weight in zip(middles, v, strict=True):
        arrow(axes, (at[0] + 30, at[1]), (out[0] - 32, out[1]), colour=THEME.faint)
        words(axes, (445, (at[1] + out[1]) / 2 + (16 if at[1] > 160 else -16)), f"weight {number(weight)}", size=9.5,
              colour=THEME.faint)  # fmt: skip
    for at, value, name in [*zip(middles, h, ("h₁", "h₂"), strict=True), (out, a, "a")]:
        circle(axes, at, f"{name}\n{value.data:.3f}", radius=27, size=9)
        push = -value.grad
        length = 16 + 150 * abs(push)
        tail = at[1] + (29 if push > 0 else -29)
        arrow(axes, (at[0], tail), (at[0], tail + math.copysign(length, push)), colour=BACKWARD, thick=2.6)
        words(axes, (at[0] + 42, tail + math.copysign(length * 0.6, push)), f"{push:+.3f}".replace("-", "−"), size=10.5,
              colour=BACKWARD, bold=True)  # fmt: skip
    words(axes, (640, 175), "wanted:\n1", size=11)
    words(axes, (360, 14), "a should rise; so h₁ should rise (weight 1), and h₂ fall (weight −2, twice as strongly)",
          size=9.5, colour=THEME.faint)  # fmt: skip
    return figure


def three_phases() -> Figure:
    """Forward, backward and update on the neuron of chapter 6, and how steps make an epoch."""
    figure, axes = paper(860, 340, "A step has three phases; an epoch is as many steps as the data need")
    w, b = tg.Value(1.0), tg.Value(0.0)
    guess = w * 2.1 + b
    loss = (guess - 4.0) ** 2
    loss.backward()
    moved = [p.data - 0.01 * p.grad for p in (w, b)]
    phases = [
        ("1 forward", [f"ŷ = w·2.1 + b = {guess.data:g}", f"loss = (ŷ − 4)² = {loss.data:.4g}"], FORWARD),
        ("2 backward", [f"∂loss/∂w = {number(w.grad, 4)}", f"∂loss/∂b = {number(b.grad, 4)}"], BACKWARD),
        ("3 update", [f"w = 1 + 0.0798 = {moved[0]:.5g}", f"b = 0 + 0.038 = {moved[1]:.4g}"], THEME.third),
    ]
    for i, (name, lines, colour) in enumerate(phases):
        x = 150 + 280 * i
        box(axes, (x, 240), (220, 80), [name, *lines], colour=colour, thick=2.2, size=10.5)
        if i < 2:
            arrow(axes, (x + 108, 240), (x + 172, 240), colour=THEME.ink)
    axes.plot([710, 710, 150, 150], [200, 178, 178, 186], color=THEME.faint, linewidth=1.4)
    arrow(axes, (150, 184), (150, 200))
    words(axes, (430, 166), "again, with the next batch: other values, other gradients", size=10, colour=THEME.faint)
    for batch in range(5):
        left = 60 + 150 * batch
        axes.add_patch(
            Rectangle((left, 62), 136, 56, facecolor=THEME.paper, edgecolor=THEME.faint, linewidth=1.3, zorder=2)
        )
        for k in range(10):
            axes.plot([left + 14 + 27 * (k % 5)], [102 - 24 * (k // 5)], "o", color=FORWARD, markersize=5, zorder=3)
        words(axes, (left + 68, 132), f"step {batch + 1}", size=10, bold=True)
    axes.plot([60, 60, 796, 796], [52, 42, 42, 52], color=THEME.ink, linewidth=1.4)
    words(
        axes, (428, 24), "one epoch: 50 examples in batches of 10 are 5 steps; then shuffle, and begin anew", size=10.5
    )
    return figure


def three_memories() -> Figure:
    """What goes from one step to the next in an RNN, an LSTM and a GRU, and the slope along it."""
    figure, axes = paper(960, 215, "Three memories, and the slope from one step to the next")
    cells = [
        ("RNN", "h′ = tanh(w·x + u·h + b)", "h", "u · tanh′", "shrinks or grows at every step"),
        ("LSTM", "c′ = f·c + i·g", "c", "f", "the forget gate, which can be near 1"),
        ("GRU", "h′ = z·h + (1 − z)·n", "h", "z", "on the direct way; z can be near 1"),
    ]
    for i, (name, formula, state, slope, remark) in enumerate(cells):
        x = 160 + 320 * i
        box(axes, (x, 125), (200, 60), [name, formula], colour=THEME.ink, size=10)
        arrow(axes, (x - 146, 125), (x - 103, 125), colour=FORWARD, thick=2)
        arrow(axes, (x + 102, 125), (x + 145, 125), colour=FORWARD, thick=2)
        words(axes, (x - 125, 142), state, size=11, colour=FORWARD, bold=True)
        words(axes, (x + 125, 142), f"{state}′", size=11, colour=FORWARD, bold=True)
        arrow(axes, (x, 55), (x, 93), colour=THEME.faint)
        words(axes, (x + 14, 66), "x", colour=THEME.faint)
        arrow(axes, (x + 88, 172), (x - 88, 172), colour=BACKWARD, style="--", thick=2)
        words(axes, (x, 188), f"∂{state}′/∂{state} = {slope}", size=10.5, colour=BACKWARD, bold=True)
        words(axes, (x, 36), remark, size=9, colour=THEME.faint)
    return figure


def derived_code() -> Figure:
    """The graph of (a + b)(b + c) beside the program that is derived from it."""
    figure, axes = paper(760, 270, "The graph, and the program that is derived from it")

    def f(a: Any, b: Any, c: Any) -> Any:
        x = a + b
        y = b + c
        x.label, y.label = "x", "y"
        return x * y

    program = tg.jit(tg.value_and_grad(f, argnums=(0, 1, 2)))
    program(-1.0, 3.0, 4.0)
    nodes: dict[str, Point] = {"a": (40, 200), "b": (40, 130), "c": (40, 60), "x": (160, 165), "y": (160, 95)}
    nodes["f"] = (270, 130)
    for tail, head in ("ax", "bx", "by", "cy", "xf", "yf"):
        (u, v), (p, q) = nodes[tail], nodes[head]
        length = math.hypot(p - u, q - v)
        cut = ((p - u) / length * 20, (q - v) / length * 20)
        arrow(axes, (u + cut[0], v + cut[1]), (p - cut[0], q - cut[1]), colour=FORWARD)
    for name, at in nodes.items():
        circle(axes, at, name, radius=18, size=11)
    words(axes, (222, 165), "y", size=10, colour=BACKWARD, bold=True)
    words(axes, (222, 95), "x", size=10, colour=BACKWARD, bold=True)
    words(axes, (20, 20), "on an arrow: its local gradient,\nif it is not 1", size=9, colour=THEME.faint, ha="left")
    for i, line in enumerate(program.source.rstrip().splitlines()):
        words(axes, (390, 210 - 32 * i), line, size=12, ha="left", family="monospace")
    words(axes, (560, 162), "← forward: a line for each node", size=9, colour=FORWARD, ha="left")
    for x, text in ((573, "∂f/∂a"), (625, "∂f/∂b"), (678, "∂f/∂c")):
        arrow(axes, (x, 62), (x, 100), colour=BACKWARD)
        words(axes, (x, 50), text, size=9.5, colour=BACKWARD, bold=True)
    words(axes, (620, 26), "at the branch b: y + x, two shares", size=9, colour=THEME.faint)
    return figure


def small_gpt() -> Figure:
    """The parts of a small GPT, with the chapter that has the mathematics of each, and what each place sees."""
    figure, axes = paper(900, 330, "A very small GPT, and the chapters that it is made of")
    parts = [
        ("letter + place", "rows of a table, added", "4"),
        ("attention", "a weighted mean of\nwhat came before", "9"),
        ("+", "", "10"),
        ("small network", "matrix, relu, matrix", "8"),
        ("+", "", "10"),
        ("scores", "a matrix", "7"),
        ("cross-entropy", "against the next letter", "9"),
    ]
    places = [75, 235, 330, 450, 560, 650, 785]
    for x, (name, what, chapter) in zip(places, parts, strict=True):
        if name == "+":
            circle(axes, (x, 215), "+", radius=15, size=12)
        else:
            box(
                axes,
                (x, 215),
                (128 if len(name) > 9 else 96 if len(name) > 6 else 70, 40),
                [name],
                colour=FORWARD,
                size=10,
            )
            words(axes, (x, 178), what, size=8.5, colour=THEME.faint)
        words(axes, (x, 252) if name != "+" else (x, 186), f"chapter {chapter}", size=8.5, colour=BACKWARD)
    ends = [(64, 48), (48, 16), (15, 64), (64, 16), (15, 35), (35, 64)]
    for (left, right), (after, before) in zip(itertools.pairwise(places), ends, strict=True):
        arrow(axes, (left + after, 215), (right - before, 215), colour=THEME.ink)
    for start, end in ((160, 330), (362, 560)):
        axes.plot([start, start, end, end], [215, 280, 280, 240], color=THEME.faint, linewidth=1.3)
        arrow(axes, (end, 244), (end, 231))
        words(axes, ((start + end) / 2, 290), "passes unchanged", size=8.5, colour=THEME.faint)
    words(axes, (140, 130), "what each place sees:", size=10, bold=True)
    word = "cab."
    for i in range(4):
        words(axes, (60, 104 - 24 * i), word[i], size=10, bold=True)
        for j in range(4):
            shade = THEME.low if j <= i else THEME.paper
            axes.add_patch(Rectangle((84 + 26 * j, 94 - 24 * i), 24, 21, facecolor=shade, edgecolor=THEME.faint))
            words(axes, (96 + 26 * j, 104 - 24 * i), word[j] if j <= i else "", size=9)
    words(axes, (210, 66), "a place sees itself and what came before;\nits shares add up to 1", size=9.5,
          colour=THEME.faint, ha="left")  # fmt: skip
    words(axes, (560, 66), "backward: the same picture from right to left;\nevery arrow hands on upstream × local",
          size=9.5, colour=BACKWARD, ha="left")  # fmt: skip
    return figure


EVERY = (
    ten_steps, three_neurons, node_close_up, three_gates, two_directions, network_and_graph, pushes, three_phases,
    three_memories, derived_code, small_gpt,
)  # fmt: skip
