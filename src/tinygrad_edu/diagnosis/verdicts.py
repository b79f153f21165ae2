"""What `diagnose` answers with: numbers for each layer, verdicts on them, all as text, Markdown and plot."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..notation.report import Items, Part, Report, Table, Title
from ..notation.words import number_text, plain, shortened

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Where ordinary ends. Of 200 networks each of the usual kinds (docs/diagnosis.md) hardly any is beyond.
FACTOR = 1000.0  # gradients or activations that differ by more between layers vanish or explode: no one rate suits both
FLAT = 0.05  # of its greatest slope: below that a sigmoid (beyond ±4.4) or a tanh (beyond ±2.2) counts as saturated
SATURATED = 0.5  # of all outputs of a layer
DEAD = 0.5  # of the units of a layer; some dead units are ordinary with relu
ENOUGH = 10  # with fewer examples than this, a relu that is off on all of them is no news
STEP = 1.0  # a step as large as the weights themselves; about 0.001 is ordinary


@dataclass(frozen=True)
class LayerNumbers:
    """What was measured at one layer; None where it has no such thing.

    Root mean squares (rms) run over all units and examples. `gradient` is that of ∂loss/∂output, of a layer whose
    outputs are not known that of ∂loss/∂parameter. `dead` is the fraction of units off on all examples, `saturated`
    that of outputs on the flat parts of sigmoid or tanh, `update_ratio` how large one step of training is compared
    with the parameters.
    """

    name: str
    kind: str
    units: int | None
    mean: float | None
    std: float | None
    rms: float | None
    gradient: float | None
    dead: float | None
    saturated: float | None
    is_uniform: bool  # several units, and all of them the same on every example
    parameter_rms: float | None
    parameter_gradient: float | None
    update_ratio: float | None
    gradients: tuple[float, ...] = field(repr=False, default=())

    @property
    def is_finite(self) -> bool:
        """Whether all numbers of the layer are."""
        numbers = (self.rms, self.gradient, self.parameter_rms, self.parameter_gradient)
        return all(x is None or math.isfinite(x) for x in numbers)


@dataclass(frozen=True)
class Verdict:
    """A judgement: its name, the layers it is about, the numbers that led to it, and what usually helps."""

    name: str
    layers: tuple[str, ...]
    why: str
    advice: str

    def __str__(self) -> str:
        return f"{self.name}: {self.why}\n    try: {self.advice}"


@dataclass(frozen=True, repr=False)
class Diagnosis(Report):
    """The state of a network on some data: `rows` has the numbers, `verdicts` what is wrong, `text` all in words."""

    rows: tuple[LayerNumbers, ...]
    verdicts: tuple[Verdict, ...]
    loss: float
    examples: int
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """The first verdict's name, or "healthy"; "nothing to judge" of a model whose insides are unknown."""
        return self.verdicts[0].name if self.verdicts else "healthy" if self.rows else "nothing to judge"

    def plot(self, *, dark: bool = False) -> "Figure":
        """The gradients of each layer as a matplotlib figure: `plot.gradient_flow`, with the verdict as its title."""
        from .. import plot  # noqa: PLC0415 - only here, for those who have matplotlib

        layers = [(f"{row.name}\n{row.kind}".strip(), row.gradients) for row in self.rows]
        return plot.gradient_flow(layers, title=f"Gradient flow: {self.verdict}", dark=dark)

    def _parts(self) -> list[Part]:
        count = f"{self.examples} example{'' if self.examples == 1 else 's'}"
        names = ", ".join(verdict.name for verdict in self.verdicts) or self.verdict
        words = [*map(str, self.verdicts), *(f"note: {note}" for note in self.notes)]
        title = Title(f"{names} (loss {number_text(self.loss)} on {count})")
        return [title, _table(self.rows), Items(words, mark="")] if words else [title, _table(self.rows)]


# --- the table -------------------------------------------------------------------------------------------------------


def _table(rows: Iterable[LayerNumbers]) -> Table:
    header = ["layer", "units", "activation", "gradient", "dead", "saturated", "step/weight"]
    body = [
        [
            f"{plain(row.name)} {plain(row.kind)}".strip(),
            _number(row.units),
            "–" if row.mean is None else f"{_number(row.mean)} ± {_number(row.std)}",
            _number(row.gradient),
            _share(row.dead),
            _share(row.saturated),
            _number(row.update_ratio),
        ]
        for row in rows
    ]
    used = [i for i in range(len(header)) if i == 0 or any(row[i] != "–" for row in body)]
    return Table([header[i] for i in used], [[row[i] for i in used] for row in body])


def _number(x: float | None) -> str:
    return "–" if x is None else number_text(x, 2)


def _share(x: float | None) -> str:
    return "–" if x is None else f"{x:.0%}"


# --- the verdicts ----------------------------------------------------------------------------------------------------


def judged(rows: Sequence[LayerNumbers], examples: int, *, in_order: bool = True) -> tuple[Verdict, ...]:
    """The verdicts, causes before consequences. Layers are compared with each other only if they are `in_order`."""
    if not all(row.is_finite for row in rows):
        return tuple(_not_finite(rows))  # every other number is beside the point
    found = [*_dead(rows, examples), *_saturated(rows), *_uniform(rows), *_large_steps(rows)]
    return (
        *(_exploding(rows) if in_order else ()),
        *found,
        *(_vanishing(rows, found) if in_order else ()),
        *_still(rows),
    )


def _not_finite(rows: Sequence[LayerNumbers]) -> Iterable[Verdict]:
    odd = [row for row in rows if not row.is_finite]
    why = f"nan or inf in {_listed(odd)}"
    yield Verdict("not finite", _names(odd), why, "why_nan(loss), which names the first place")


def _exploding(rows: Sequence[LayerNumbers]) -> Iterable[Verdict]:
    first, last = rows[0], rows[-1]
    steep = [row for row in rows if (row.gradient or 0.0) > FACTOR * (last.gradient or 0.0) > 0]
    if steep:
        worst = max(steep, key=lambda row: row.gradient or 0.0)
        why = (
            f"gradient of {_listed(steep)} more than {FACTOR:.0f} times the last one's: "
            f"{_number(worst.gradient)} at {worst.name}, {_number(last.gradient)} at {last.name}"
        )
        yield Verdict("exploding", _names(steep), why, SMALLER)
    large = [row for row in rows if row.rms and first.rms and row.rms > FACTOR * first.rms]
    if large and not steep:
        worst = max(large, key=lambda row: row.rms or 0.0)
        why = (
            f"activations of {_listed(large)} more than {FACTOR:.0f} times the first ones: rms "
            f"{_number(first.rms)} at {first.name}, {_number(worst.rms)} at {worst.name}"
        )
        yield Verdict("exploding", _names(large), why, SMALLER)


SMALLER = "smaller initial weights (init='he_normal' for relu, 'glorot_uniform' for tanh); clip_by_norm until then"


def _dead(rows: Sequence[LayerNumbers], examples: int) -> Iterable[Verdict]:
    dead = [row for row in rows if row.dead == 1.0 or (examples >= ENOUGH and (row.dead or 0.0) > DEAD)]
    if dead:
        shares = _each(dead, lambda row: _share(row.dead))
        passes = "; no gradient gets past a layer that is all dead" if any(row.dead == 1.0 for row in dead) else ""
        why = f"relus that are off on every example ({examples}), of all in their layer: {shares}{passes}"
        yield Verdict(
            "dead",
            _names(dead),
            why,
            "leaky_relu, a smaller learning rate, init='he_normal', inputs around 0, biases of 0",
        )


def _saturated(rows: Sequence[LayerNumbers]) -> Iterable[Verdict]:
    flat = [row for row in rows if (row.saturated or 0.0) > SATURATED]
    if flat:
        shares = _each(flat, lambda row: _share(row.saturated))
        why = f"outputs where the slope is below {FLAT:.0%} of the greatest: {shares}"
        yield Verdict(
            "saturated", _names(flat), why, "smaller weights (init='glorot_uniform') or inputs scaled to about ±1"
        )


def _uniform(rows: Sequence[LayerNumbers]) -> Iterable[Verdict]:
    same = [row for row in rows if row.is_uniform]
    if same:
        why = f"all units of {_listed(same)} give the same: they start equal and stay equal"
        yield Verdict("symmetric", _names(same), why, "weights drawn at random, as every init but 'zeros' does")


def _large_steps(rows: Sequence[LayerNumbers]) -> Iterable[Verdict]:
    large = [row for row in rows if (row.update_ratio or 0.0) > STEP]
    if large:
        ratios = _each(large, lambda row: f"{_number(row.update_ratio)} times")
        why = f"one step changes the parameters by more than they are: {ratios}"
        yield Verdict(
            "steps too large", _names(large), why, "a smaller learning rate, data scaled to about ±1, clip_by_norm"
        )


def _vanishing(rows: Sequence[LayerNumbers], found: Iterable[Verdict]) -> Iterable[Verdict]:
    last = rows[-1]
    # Layers before one that is dead receive no gradient, which another verdict says.
    cut = max((i for i, row in enumerate(rows) if row.dead == 1.0), default=-1)
    received = [row for row in rows[cut + 1 :] if row.gradient is not None]
    small = [row for row in received if (row.gradient or 0.0) * FACTOR < (last.gradient or 0.0)]
    if small:
        worst = min(small, key=lambda row: row.gradient or 0.0)
        why = (
            f"gradient of {_listed(small)} less than 1/{FACTOR:.0f} of the last one's: "
            f"{_number(worst.gradient)} at {worst.name}, {_number(last.gradient)} at {last.name}"
        )
        advice = "relu with init='he_normal' or tanh with 'glorot_uniform', not sigmoid; fewer layers; an LSTM"
        if any(verdict.name == "saturated" for verdict in found):
            advice = "see saturated: it may be the cause"
        yield Verdict("vanishing", _names(small), why, advice)


def _still(rows: Sequence[LayerNumbers]) -> Iterable[Verdict]:
    if not any(row.gradient for row in rows):
        why = "every gradient is 0: the loss is at its best, or does not depend on the model"
        yield Verdict("no gradient", _names(rows), why, "why_zero(parameter, loss), which says where it was cut")


def _names(rows: Iterable[LayerNumbers]) -> tuple[str, ...]:
    return tuple(row.name for row in rows)


def _listed(rows: Sequence[LayerNumbers]) -> str:
    return ", ".join(shortened([plain(row.name) for row in rows], "…", 4))


def _each(rows: Sequence[LayerNumbers], measure: Callable[[LayerNumbers], str]) -> str:
    return ", ".join(shortened([f"{plain(row.name)} {measure(row)}" for row in rows], "…", 4))
