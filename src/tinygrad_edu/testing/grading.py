"""Grade a folder of engines: a sheet for each student, a table for the teacher, the same on every run."""

import ast
import csv
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..engine_checks.report import Report
from ..foreign_engines.catalogue import CHAPTERS
from .files import Limits, check_file
from .loading import code_in

SUFFIXES = (".py", ".ipynb")


@dataclass(frozen=True)
class Rubric:
    """What a class is graded by: points for each topic, and what must be there."""

    __module__ = "tinygrad_edu.testing"

    points: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(CHAPTERS, 1.0))
    require: tuple[str, ...] = ()
    title: str = "Grades"

    @classmethod
    def from_file(cls, path: str | Path) -> "Rubric":
        """Read a TOML file with `title`, `require = [...]` and a table `[points]`; ValueError names what is wrong."""
        facts = tomllib.loads(Path(path).read_text("utf-8"))
        defaults = cls()
        title, require = facts.get("title", defaults.title), facts.get("require", [])
        points = facts.get("points", defaults.points)
        if not isinstance(title, str) or not isinstance(require, list) or not all(isinstance(x, str) for x in require):
            raise ValueError(f'{path}: title is a text, require a list of texts: require = ["exp", "3 * x"]')
        if not isinstance(points, dict) or not all(type(x) in (int, float) and 0 <= x < 1e9 for x in points.values()):
            raise ValueError(f"{path}: points is a table of numbers, none below 0: [points], then arithmetic = 3")
        unknown = [*(set(facts) - {"title", "require", "points"}), *(set(points) - set(CHAPTERS))]
        if unknown:
            raise ValueError(
                f"{path}: {', '.join(sorted(unknown))} is no part of a rubric; topics are {', '.join(CHAPTERS)}"
            )
        return cls(points, tuple(require), title)

    @property
    def total(self) -> float:
        """The most points there are."""
        return float(sum(self.points.values()))


@dataclass(frozen=True)
class Grade:
    """One student's points by topic, and the report behind them."""

    __module__ = "tinygrad_edu.testing"

    student: str
    points: Mapping[str, float]
    report: Report

    @property
    def total(self) -> float:
        """The sum, rounded to hundredths."""
        return round(sum(self.points.values()), 2)

    def sheet(self, rubric: Rubric) -> str:
        """What the student reads, as Markdown."""
        rows = [f"| {topic} | {got:g} | {rubric.points[topic]:g} |" for topic, got in self.points.items()]
        head = [f"# {rubric.title}: {self.student}", "", f"{self.total:g} of {rubric.total:g} points", ""]
        return "\n".join([*head, "| topic | points | of |", "|---|---|---|", *rows, "", self.report.to_markdown()])


def grade_report(student: str, report: Report, rubric: Rubric) -> Grade:
    """Points in proportion to the checks that passed; a required thing that is missing counts as a failed check."""
    points = {}
    for topic, worth in rubric.points.items():
        passed, made = report.topics.get(topic, (0, 0))
        made += sum(each.topic == topic and each.what.endswith("is required and missing") for each in report.findings)
        points[topic] = round(worth * passed / made, 2) if made and not report.unchecked else 0.0
    return Grade(student, points, report)


def submissions(folder: str | Path) -> dict[str, Path]:
    """The file of each student: each Python file in the folder, and of each folder within it the likeliest one."""
    found: dict[str, Path] = {}
    for path in sorted(Path(folder).iterdir()):
        if path.is_dir() and not path.name.startswith((".", "__")):
            files = [each for each in path.rglob("*") if each.suffix in SUFFIXES and each.is_file()]
            files.sort(key=lambda each: (-_likelihood(each), len(each.parts), str(each)))
            if files:
                found[path.name] = files[0]
        elif path.suffix in SUFFIXES and not path.is_dir():  # also what is no file: its student reads so
            found[path.name if path.stem in found else path.stem] = path
    return found


def _likelihood(path: Path) -> int:
    """How much a file looks like an engine: the operators that its classes define."""
    try:
        tree = ast.parse(code_in(path))
    except (OSError, SyntaxError, ValueError, MemoryError, RecursionError):
        return 0
    methods = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    return len(methods & {"__mul__", "__add__", "backward", "backprop"}) + ("engine" in path.stem)


def grade(folder: str | Path, rubric: Rubric | None = None, limits: Limits | None = None) -> list[Grade]:
    """The grades of all engines in a folder, in the order of their names; each is run in a process with limits."""
    rubric = rubric or Rubric()
    return [
        grade_report(student, _report(path, limits, rubric.require), rubric)
        for student, path in submissions(folder).items()
    ]


def _report(path: Path, limits: Limits | None, require: tuple[str, ...]) -> Report:
    """The report on one file; one that is no file, or cannot be read, stops no one else's."""
    try:
        return check_file(path, limits=limits, require=require)
    except OSError as error:
        return Report(path.name, unchecked=f"it cannot be read: {error.strerror or error}")


def table(grades: list[Grade], rubric: Rubric) -> str:
    """The teacher's table as CSV: a row for each student."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["student", *rubric.points, "total", "of", "wrong", "remark"])
    for each in grades:
        wrong = sum(finding.severity == "wrong" for finding in each.report.findings)
        rows.writerow(
            [
                _plain(each.student),
                *each.points.values(),
                each.total,
                rubric.total,
                wrong,
                _plain(each.report.unchecked),
            ]
        )
    return out.getvalue()


def _plain(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def write_grades(grades: list[Grade], rubric: Rubric, folder: str | Path) -> None:
    """A sheet for each student and `grades.csv` in a folder, which is made if need be."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    for each in grades:
        (place / f"{each.student}.md").write_text(each.sheet(rubric), "utf-8")
    (place / "grades.csv").write_text(table(grades, rubric), "utf-8")
