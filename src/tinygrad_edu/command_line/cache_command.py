"""The command `tinygrad-edu cache`: what the cache of compiled programs holds, and how to empty it."""

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from ..native import cache

DESCRIPTION = """\
Show the cache of compiled programs, which jit(f, backend="c") and StagedStep fill: how many there are, how large they
are together, where they are, and when they were last used. What is not used for the longest goes first when there are
more than {most}; nothing is lost with them but the time to build them again.
"""
UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message} (see {self.prog} --help)")


def run(words: Sequence[str], write: Callable[[str], None]) -> int:
    """Carry out `cache [--clear]`; the exit status: 0, or 2 if not all could be removed."""
    parser = _Parser(
        prog="tinygrad-edu cache", description=DESCRIPTION.format(most=_size(cache.MOST)), allow_abbrev=False
    )
    parser.add_argument("--clear", action="store_true", help="remove them all")
    options = parser.parse_args(words[1:])
    before = cache.clear() if options.clear else cache.summary()
    if not options.clear:
        write("\n".join(_shown(before)))
        return 0
    after = cache.summary()
    removed = before.builds - after.builds
    write(f"removed {removed} compiled program{'' if removed == 1 else 's'} from {before.directory}")
    if after.builds:
        write(f"{after.builds} could not be removed: {_trouble(before.directory) or 'look into the directory'}")
    return 2 if after.builds else 0


def _shown(found: cache.Summary) -> list[str]:
    lines = [
        f"place     {found.directory}",
        f"programs  {found.builds}, {_size(found.bytes)} of at most {_size(cache.MOST)}",
    ]
    if found.oldest is not None and found.newest is not None:
        now = time.time()
        lines.append(f"last used {_ago(now - found.newest)} ago the newest, {_ago(now - found.oldest)} ago the oldest")
    trouble = _trouble(found.directory)
    return [*lines, f"not used: {trouble}"] if trouble else lines


def _trouble(directory: Path) -> str:
    """Why nothing is kept in this directory; empty if all is well, or if it is not there yet."""
    if not directory.exists() and not directory.is_symlink():
        return ""
    if directory.is_symlink():
        return "it is a link to another place, which somebody else may have made"
    if not directory.is_dir():
        return "it is no directory"
    return "" if cache.is_trusted(directory) else "others can write there, or it is not yours"


def _size(count: int) -> str:
    return f"{count / 2**20:.4g} MB" if count >= 2**20 else f"{count / 2**10:.0f} kB"


def _ago(seconds: float) -> str:
    """How long ago, in the largest unit of which there is one.

    >>> _ago(7300), _ago(86_400), _ago(-5)
    ('2 hours', '1 day', '0 seconds')
    """
    unit, length = next((each for each in UNITS if seconds >= each[1]), UNITS[-1])
    count = max(int(seconds / length), 0)
    return f"{count} {unit}{'' if count == 1 else 's'}"
