"""What a case has found, and the Markdown that shows it."""

import datetime
import importlib.metadata
import os
import platform
import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Bound:
    """Something the library promises, what was measured, and whether that keeps the promise."""

    promise: str
    measured: str
    is_met: bool


@dataclass(frozen=True)
class Section:
    """One case's table, with notes below it; without rows where something that it needs is not installed."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    bounds: Sequence[Bound] = field(default=())
    seconds: Mapping[str, float] = field(default_factory=dict)  # per call of each contestant, where it is a race
    ours: Collection[str] = ()  # those of the contestants that are tinygrad-edu


def markdown(sections: Sequence[Section], packages: Iterable[str]) -> str:
    """The whole report: where it was measured, the bounds, then a table for each section."""
    parts = [wrapped(circumstances(packages))]
    bounds = [bound for section in sections for bound in section.bounds]
    if bounds:
        rows = [(bound.promise, bound.measured, "met" if bound.is_met else "**missed**") for bound in bounds]
        parts.append(table(("bound", "measured", ""), rows))
    for section in sections:
        parts.append(f"### {section.title}")
        if section.rows:
            parts.append(table(section.columns, section.rows))
        parts += map(wrapped, section.notes)
    return "\n\n".join(parts) + "\n"


def wrapped(text: str) -> str:
    """A paragraph in lines that fit into a page of the documentation."""
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def circumstances(packages: Iterable[str]) -> str:
    """The date, the machine's kind and the versions of the packages, in a line."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return f"Measured {datetime.date.today().isoformat()} on {machine}; {python}; {versions}."


def version(package: str) -> str:
    """The installed version, or "(absent)"."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "(absent)"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table: the first column is text, the others numbers aligned to the right."""
    rule = ["---", *["---:"] * (len(columns) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [columns, rule, *rows])


def duration(seconds: float) -> str:
    """Seconds in a unit that suits them.

    >>> duration(0.0664), duration(6.64e-5)
    ('66.4 ms', '66.4 µs')
    """
    for factor, unit in ((1.0, "s"), (1e3, "ms"), (1e6, "µs")):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"
