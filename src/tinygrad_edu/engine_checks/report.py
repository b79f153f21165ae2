"""What the kit has to say of an engine: findings, what is missing, conventions; as text, Markdown, HTML and JSON."""

import html
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from urllib.parse import quote

KEYS = ("severity", "what", "operation", "code", "expected", "actual", "line")  # of a finding in JSON
SEVERITIES = ("wrong", "fragile", "approximate", "convention")


@dataclass(frozen=True)
class Finding:
    """One thing that was found; `code` shows it with the engine's own names, `line` is of the engine's file.

    `expected` and `actual` are numbers, or words where there is no number.
    """

    __module__ = "tinygrad_edu.testing"

    severity: str
    what: str
    operation: str
    code: str = ""
    expected: float | str | None = None
    actual: float | str | None = None
    line: int | None = None
    topic: str = "arithmetic"
    read: str = ""  # the page to read
    derivation: str = ""
    picture: str = ""  # of the graph with all its numbers, as SVG

    def __post_init__(self) -> None:
        for name in ("expected", "actual"):
            each = getattr(self, name)
            if isinstance(each, float) and not math.isfinite(each):
                object.__setattr__(self, name, str(each))  # JSON has no nan

    @property
    def title(self) -> str:
        """What was found, and the line."""
        return self.what + (f" (line {self.line})" if self.line else "")

    @property
    def numbers(self) -> str:
        """What was expected and what came; empty if nothing was."""
        return "" if self.expected is None else f"expected {shown(self.expected)}, got {shown(self.actual)}"


@dataclass
class Report:
    """All that was found about one engine."""

    __module__ = "tinygrad_edu.testing"

    engine: str
    findings: list[Finding] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    conventions: list[str] = field(default_factory=list)
    topics: dict[str, list[int]] = field(default_factory=dict)  # topic: checks passed, checks made
    unchecked: str = ""  # why nothing could be checked
    closing: str = ""  # a last line

    @property
    def ok(self) -> bool:
        """Whether everything could be checked and nothing was found wrong."""
        return not self.unchecked and all(each.severity != "wrong" for each in self.findings)

    @property
    def status(self) -> int:
        """The exit status: 0 nothing wrong, 1 something wrong, 2 could not be checked."""
        return 2 if self.unchecked else int(not self.ok)

    def require(self, names: Sequence[str]) -> None:
        """Turn what is missing and required into findings."""
        for name in names:
            if name in self.missing:
                self.findings.append(Finding("wrong", f"{name} is required and missing", name, topic="functions"))

    def to_json(self) -> str:
        """As JSON: engine, findings, missing and conventions; of each finding the keys that KEYS names.

        Why nothing could be checked stands among the conventions.
        """
        unchecked = [f"could not be checked: {self.unchecked}"] if self.unchecked else []
        facts = {
            "engine": self.engine,
            "findings": [{key: getattr(each, key) for key in KEYS} for each in self.sorted_findings()],
            "missing": self.missing,
            "conventions": [*unchecked, *self.conventions],
        }
        return json.dumps(facts, indent=2, ensure_ascii=False, allow_nan=False)

    def packed(self) -> str:
        """All of it as JSON, for `unpacked` in another process."""
        return json.dumps(asdict(self))

    @classmethod
    def unpacked(cls, text: str) -> "Report":
        """The report that `packed` wrote."""
        facts = json.loads(text)
        return cls(**(facts | {"findings": [Finding(**each) for each in facts["findings"]]}))

    def sorted_findings(self) -> list[Finding]:
        """The findings, the gravest first."""
        return sorted(self.findings, key=lambda each: SEVERITIES.index(each.severity))

    def summary(self) -> str:
        """One line."""
        if self.unchecked:
            return f"{self.engine}: could not be checked: {self.unchecked}"
        counts = {name: sum(each.severity == name for each in self.findings) for name in SEVERITIES}
        listed = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        made = sum(total for _, total in self.topics.values())
        return f"{self.engine}: {made} checks, {listed or 'nothing to report'}"

    def __str__(self) -> str:
        parts = [self.summary()]
        for each in self.sorted_findings():
            lines = [f"{each.severity.upper()}: {each.title}", *(f"    {line}" for line in each.code.splitlines())]
            told = [each.numbers, *each.derivation.splitlines(), each.read and f"read {each.read}"]
            parts.append("\n".join([*lines, *(f"  {line}" for line in told if line)]))
        return "\n\n".join(parts + self._lists())

    def _lists(self) -> list[str]:
        lists = {"not there": self.missing, "conventions": self.conventions}
        listed = [f"{title}: {'; '.join(items)}" for title, items in lists.items() if items]
        return [*listed, *filter(None, [self.closing])]

    def pictures(self, stem: str) -> dict[str, str]:
        """The findings' pictures by the names that `to_markdown(stem)` gives them: STEM-1.svg of the first finding."""
        drawn = {f"{stem}-{i}.svg": each.picture for i, each in enumerate(self.sorted_findings(), 1)}
        return {name: picture for name, picture in drawn.items() if picture}

    def to_markdown(self, stem: str = "") -> str:
        """As Markdown; with a `stem`, the pictures of the findings are shown from files of these names beside it."""
        parts = [f"# {self.engine}", self.summary()]
        for i, each in enumerate(self.sorted_findings(), 1):
            parts.append(f"## {each.severity}: {each.title}")
            parts += [f"```python\n{each.code}\n```"] if each.code else []
            parts += [f"E{each.numbers[1:]}."] if each.numbers else []
            parts += [f"```text\n{each.derivation}\n```"] if each.derivation else []
            parts += [f"![The graph with its right numbers]({quote(stem)}-{i}.svg)"] if stem and each.picture else []
            parts += [f"Read: {each.read}"] if each.read else []
        return "\n\n".join([*parts, *self._lists()]) + "\n"

    def to_html(self) -> str:
        """As one page of HTML, without scripts; everything that comes from the engine is escaped."""
        escaped = html.escape
        rows = []
        for each in self.sorted_findings():
            rows.append(f"<h2>{escaped(each.severity)}: {escaped(each.title)}</h2>")
            told = (("pre", each.code), ("p", each.numbers), ("pre", each.derivation))
            rows += [f"<{tag}>{escaped(text)}</{tag}>" for tag, text in told if text]
            rows += [f"<figure>{each.picture}</figure>"] if each.picture else []
            rows += [f"<p>Read: {escaped(each.read)}</p>"] if each.read else []
        rows += [f"<p>{escaped(line)}</p>" for line in self._lists()]
        title = escaped(self.engine)
        return (
            f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{title}</title>\n'
            "<style>body{font:1rem/1.5 sans-serif;max-width:45rem;margin:2rem auto;padding:0 1rem}"
            "pre{background:#8882;padding:.7rem;overflow:auto}figure{margin:0;overflow:auto}"
            ":root{color-scheme:light dark}</style>\n"
            f"<h1>{title}</h1>\n<p>{escaped(self.summary())}</p>\n" + "\n".join(rows) + "\n</html>\n"
        )


def shown(x: object) -> str:
    """A number short enough to read."""
    return f"{x:.10g}" if isinstance(x, float) else str(x)
