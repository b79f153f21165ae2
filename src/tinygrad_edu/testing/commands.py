"""The commands `tinygrad-edu check engine.py` and `tinygrad-edu grade submissions/`."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from .files import Limits, check_file, write_adapter
from .grading import Rubric, grade, table, write_grades
from .steps import names_of_steps

CHECK = """\
Check an engine of scalars with gradients: the file is run in a process with limits, the class is found, and each
operation, shared nodes, repeated passes and deep graphs are compared with exact results.

  tinygrad-edu check engine.py            the class is found
  tinygrad-edu check engine.py:Value      this class
  tinygrad-edu check engine.py --step 4   the first four steps of "Build your own Value"
"""
GRADE = """\
Grade a folder of engines, one file or one folder for each student: points by topic, a sheet for each student, and a
table for the teacher. A rubric is a TOML file: title, require = ["exp", ...], and a table [points] with topics.
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message} (see {self.prog} --help)")


def _check_parser() -> argparse.ArgumentParser:
    parser = _parser("check", CHECK, "exit status: 0 nothing wrong, 1 something wrong, 2 could not be checked")
    add = parser.add_argument
    add("file", metavar="FILE[:CLASS]")
    add("--require", metavar="A,B", default="", help='what must be there, by the names of the report, as exp,"3 * x"')
    steps = len(names_of_steps())
    add("--step", metavar="N", type=int, default=0, help=f"1 to {steps}: only what an engine can do by then")
    add("--adapter", metavar="FILE", default="", help="a file with run(f, xs), for engines of another shape")
    add("--write-adapter", metavar="FILE", help="write an adapter to start from, and check nothing")
    add("--derive", action="store_true", help="add the chain rule with its numbers, and a picture, to each finding")
    add("--json", action="store_true", help="print the report as JSON")
    add("--markdown", metavar="FILE", help="write the report as Markdown")
    add("--html", metavar="FILE", help="write the report as one page of HTML")
    return parser


def _grade_parser() -> argparse.ArgumentParser:
    parser = _parser("grade", GRADE, "exit status: 0, or 2 if there is nothing to grade")
    parser.add_argument("folder", metavar="FOLDER")
    parser.add_argument("--rubric", metavar="FILE", help="points by topic, and what is required")
    parser.add_argument("--out", metavar="FOLDER", default="grades", help="where sheets and the table go (grades)")
    return parser


def _parser(name: str, description: str, epilog: str) -> argparse.ArgumentParser:
    parser = _Parser(
        prog=f"tinygrad-edu {name}", description=description, epilog=epilog, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter, add_help=False,
    )  # fmt: skip
    limits = Limits()
    parser.add_argument(
        "--seconds", type=float, default=limits.seconds, help=f"in all, for one file ({limits.seconds:g})"
    )
    parser.add_argument(
        "--import-seconds",
        type=float,
        default=limits.import_seconds,
        help=f"for its import ({limits.import_seconds:g})",
    )
    parser.add_argument(
        "--memory", metavar="MB", type=int, default=limits.memory // 2**20, help=f"({limits.memory // 2**20})"
    )
    return parser


def run(words: Sequence[str], write: Callable[[str], None]) -> int:
    """Carry out a command, write what it has to say, and return the exit status."""
    parser = _check_parser() if words[0] == "check" else _grade_parser()
    if {"-h", "--help"} & set(words):
        write(parser.format_help())
        return 0
    options = parser.parse_args(words[1:])
    limits = Limits(options.seconds, options.import_seconds, options.memory * 2**20)
    return _check(options, limits, write) if words[0] == "check" else _grade(options, limits, write)


def _check(options: argparse.Namespace, limits: Limits, write: Callable[[str], None]) -> int:
    if options.write_adapter:
        Path(options.write_adapter).write_text(write_adapter(options.file, limits), "utf-8")
        write(f"adapter: {options.write_adapter}")
        return 0
    if options.step and (options.adapter or options.require):
        raise ValueError("--step knows what must be there: leave --adapter and --require out")
    if not 0 <= options.step <= len(names_of_steps()):
        raise ValueError(f"there is no step {options.step}: the steps are 1 to {len(names_of_steps())}")
    required = tuple(each.strip() for each in options.require.split(",") if each.strip())
    report = check_file(
        options.file,
        adapter=options.adapter,
        limits=limits,
        derive=options.derive,
        require=required,
        step=options.step,
    )
    if options.html:
        Path(options.html).write_text(report.to_html(), "utf-8")
    if options.markdown:
        page = Path(options.markdown)
        page.write_text(report.to_markdown(page.stem), "utf-8")
        for name, picture in report.pictures(page.stem).items():
            page.with_name(name).write_text(picture, "utf-8")
    write(report.to_json() if options.json else str(report))
    return report.status


def _grade(options: argparse.Namespace, limits: Limits, write: Callable[[str], None]) -> int:
    rubric = Rubric.from_file(options.rubric) if options.rubric else Rubric()
    grades = grade(options.folder, rubric, limits)
    if not grades:
        write(f"{options.folder} has no Python files to grade")
        return 2
    write_grades(grades, rubric, options.out)
    write(table(grades, rubric).rstrip())
    return 0
