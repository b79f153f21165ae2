"""The command: `python -m benchmarks [case ...]` measures; a report in Markdown, for a page too, and a picture."""

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tinygrad_edu.plot import save

from .cases import CASES, PACKAGES
from .chart import chart
from .report import markdown
from .sizes import FULL, TINY

PICTURES = (".svg", ".png", ".pdf")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cases that are asked for, all if none is named."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.into:
        put_into(Path(options.into).read_text(encoding="utf-8"), "")  # sooner than after some minutes
    if options.plot and importlib.util.find_spec("matplotlib") is None:
        parser.error("--plot needs matplotlib: pip install matplotlib (in the extra plot and the group bench)")
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
    if options.plot:
        try:
            save(chart(sections), options.plot)
        except ValueError as error:
            parser.error(f"--plot {options.plot}: {error}")
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
    parser.add_argument("--plot", metavar="FILE.svg", type=_picture, help="a picture of the times: .svg, .png or .pdf")
    return parser


def _picture(name: str) -> str:
    """The name, if it is one for a picture; argparse reports it if not."""
    if Path(name).suffix not in PICTURES:
        raise argparse.ArgumentTypeError(f"{name!r} should end in {', '.join(PICTURES)}")
    return name


if __name__ == "__main__":
    sys.exit(main())
