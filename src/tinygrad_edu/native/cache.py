"""The directory that compiled programs are kept in: the user's alone, checked before anything is loaded, bounded.

A build is a file whose name holds the key of all that it depends on, and the hash of its own bytes: a file that is
damaged, cut off or put there by something else does not have the hash in its name, and is built anew. Files are put
into place by an atomic rename, so that processes may build the same thing at once.
"""

import contextlib
import hashlib
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MOST = 256 * 2**20  # bytes that are kept; what was not used for the longest goes first
UNFINISHED = "building-"  # how the folders of builds begin that are under way
OLD = 3600.0  # seconds after which such a folder was left behind: a build is stopped after ten minutes
SUFFIX = ".so"
OURS = re.compile(rf"[0-9a-f]+-[0-9a-f]{{32}}{re.escape(SUFFIX)}")  # what a build is called; others are not touched


class Summary(NamedTuple):
    """What the cache holds."""

    directory: Path
    builds: int
    bytes: int
    oldest: float | None = None
    """When the build that was not used for the longest was last used, in seconds since 1970; None without builds."""
    newest: float | None = None

    def __str__(self) -> str:
        programs = f"{self.builds} compiled program{'' if self.builds == 1 else 's'}"
        return f"{programs}, {self.bytes / 2**20:.1f} MB, in {self.directory}"


def cache_directory() -> Path:
    """Where builds are kept: in $XDG_CACHE_HOME, %LOCALAPPDATA% on Windows, or ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    return Path(base) / "tinygrad-edu"


@contextlib.contextmanager
def opened() -> Iterator[Path]:
    """The directory that builds are kept in; a temporary one where the user has none that is theirs to write to."""
    try:
        directory = cache_directory()
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        usable = is_trusted(directory) and os.access(directory, os.W_OK)
    except (OSError, RuntimeError):  # RuntimeError: a user without a home, as in some containers
        usable = False
    if usable:
        yield directory
    else:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
            yield Path(temporary)


def find(directory: Path, key: str) -> Path | None:
    """The build with this key, if there is one that may be loaded."""
    for path in directory.glob(f"{key}-*{SUFFIX}"):
        with contextlib.suppress(OSError):
            if is_trusted(path) and path.name == _name(key, path):
                os.utime(path)  # used now
                return path
            path.unlink()
    return None


def keep(directory: Path, key: str, built: Path) -> Path:
    """Put a build into place, where it stays while there is room."""
    built.chmod(0o700)  # whatever the umask made of it: others may not write, or it could not be trusted
    path = directory / _name(key, built)
    os.replace(built, path)
    tidy(directory)
    return path


@contextlib.contextmanager
def workshop(directory: Path) -> Iterator[Path]:
    """A folder to build in, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=directory, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def tidy(directory: Path, most: int = MOST) -> None:
    """Remove what killed processes left behind, and the oldest builds beyond so many bytes."""
    for folder in directory.glob(f"{UNFINISHED}*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > OLD:
                shutil.rmtree(folder, ignore_errors=True)
    builds = sorted(_builds(directory), key=lambda build: build[1].st_mtime)
    total = sum(info.st_size for _, info in builds)
    for path, info in builds[:-1]:
        if total > most:
            total -= info.st_size
            path.unlink(missing_ok=True)


def summary() -> Summary:
    """What the cache holds now.

    >>> summary().directory.name
    'tinygrad-edu'
    """
    directory = cache_directory()
    infos = [info for _, info in _builds(directory)]
    used = [info.st_mtime for info in infos]
    return Summary(
        directory, len(infos), sum(info.st_size for info in infos), min(used, default=None), max(used, default=None)
    )


def clear() -> Summary:
    """Remove all builds, and say what there was. Programs that run go on: they are loaded already.

    Files of other names stay. A directory that others can write to, or a link to another place, is left alone.
    """
    before = summary()
    if not is_trusted(before.directory):
        return before
    for path, _ in _builds(before.directory):
        with contextlib.suppress(OSError):  # a directory of that name, or another process was faster
            path.unlink()
    for folder in before.directory.glob(f"{UNFINISHED}*"):
        shutil.rmtree(folder, ignore_errors=True)
    return before


def is_trusted(path: Path) -> bool:
    """Whether this file or directory exists, is the user's own, and nobody else can write to it."""
    try:
        info = path.lstat()
    except OSError:
        return False
    if stat.S_ISLNK(info.st_mode):
        return False
    return os.name == "nt" or (info.st_uid == os.getuid() and not info.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _name(key: str, path: Path) -> str:
    return f"{key}-{hashlib.sha256(path.read_bytes()).hexdigest()[:32]}{SUFFIX}"


def _builds(directory: Path) -> list[tuple[Path, os.stat_result]]:
    found = []
    for path in directory.glob(f"*{SUFFIX}"):
        if OURS.fullmatch(path.name):
            with contextlib.suppress(OSError):  # removed by another process just now
                found.append((path, path.lstat()))
    return found
