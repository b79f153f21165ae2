"""The command: `python -m benchmarks [case ...]` prints a Markdown report, `--into` puts it into a page."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .cases import CASES, PACKAGES
from .report import markdown
from .sizes import FULL, TINY

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cases that are asked for, all if none is named."""
    options = _parser().parse_args(arguments)
    sizes = TINY if options.tiny else FULL
    if options.rounds:
        sizes = replace(sizes, rounds=options.rounds, graph_rounds=options.rounds)
    sections = []
    for name in options.cases or CASES:
        print(f"{name} ...", file=sys.stderr, flush=True)
        section = CASES[name](sizes)
        sections.append(replace(section, bounds=()) if options.tiny else section)  # they hold for full sizes
    report = markdown(sections, PACKAGES)
    print(report)
    if options.into:
        page = Path(options.into)
        page.write_text(put_into(page.read_text(encoding="utf-8"), report), encoding="utf-8")
    return 0


def put_into(page: str, report: str) -> str:
    """The page with the report in place of what stands between the two markers. ValueError if they are missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page needs a line {BEGIN} and a line {END} to put the report between")
    return f"{before}{BEGIN}\n{report}{END}{after}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Speed and memory against other engines.")
    parser.add_argument("cases", nargs="*", choices=[[], *CASES], metavar="case", help=f"of: {', '.join(CASES)}")
    parser.add_argument("--rounds", type=int, help="how often the contestants take turns")
    parser.add_argument("--tiny", action="store_true", help="sizes that only show that everything runs")
    parser.add_argument("--into", metavar="PAGE", help="a Markdown page to put the report into, between its markers")
    return parser


if __name__ == "__main__":
    sys.exit(main())
