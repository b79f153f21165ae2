"""C source in, a loaded library out: finds a compiler, keeps what it built in the user's cache directory.

A build is kept under a hash of all that it depends on (source, compiler, flags, kind of machine), and put into place by
an atomic rename, so that processes may build the same thing at once. The directory is the user's alone, and nothing is
loaded from it that another user could have written. $CC and $CFLAGS are heeded.
"""

import contextlib
import ctypes
import hashlib
import importlib.util
import os
import platform
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

FLAGS = ("-O1", "-std=c99", "-fPIC", "-shared", "-ffp-contract=off")  # -O1: as fast here as -O2, sooner built
OPTIMISED = 150_000  # characters, built in 1.5 s: it takes the square of the length, and gains a third of the run
CANDIDATES = ("cc", "gcc", "clang")


class CompilerError(RuntimeError):
    """No C compiler was found, or none could build this source."""


def load(source: str, name: str = "staged") -> ctypes.CDLL:
    """The source compiled and loaded, with a function of this name. Raises CompilerError, which says what was tried."""
    failures = []
    flags = _split("CFLAGS")
    for compiler in compilers():
        try:
            library = _loaded(compiler, [*FLAGS, *flags], source)
            if hasattr(library, name):
                return library
            failures.append(f"{shlex.join([*compiler, *flags])}: what it built has no function {name}")
        except (OSError, subprocess.SubprocessError) as error:
            failures.append(f"{shlex.join(compiler)}: {_reason(error)}")
    tried = "; ".join(failures) or "no C compiler found on the PATH (cc, gcc, clang), nor the package ziglang"
    raise CompilerError(tried)


def compilers() -> Iterator[list[str]]:
    """The commands to try: $CC, those on the PATH, and the one that the package ziglang carries."""
    own = _split("CC")
    if own:
        yield own
    for name in CANDIDATES:
        path = shutil.which(name)
        if path:
            yield [path]
    if importlib.util.find_spec("ziglang"):
        yield [sys.executable, "-m", "ziglang", "cc"]


def _split(variable: str) -> list[str]:
    """The words of an environment variable. CompilerError if its quotation marks are not closed."""
    text = os.environ.get(variable, "")
    try:
        return shlex.split(text)
    except ValueError as error:
        raise CompilerError(f"${variable} is {text!r}: {error}") from None


def _loaded(compiler: list[str], flags: list[str], source: str) -> ctypes.CDLL:
    if len(source) > OPTIMISED:
        flags[0] = "-O0"
    identity = "\0".join([source, *compiler, *flags, platform.system(), platform.machine(), str(sys.maxsize)])
    name = hashlib.sha256(identity.encode()).hexdigest()[:32] + ".so"
    with _directory() as directory:
        library = directory / name
        if not is_trusted(library):
            _build(compiler, flags, source, library)
        try:
            return ctypes.CDLL(str(library))
        except OSError:  # half a file, from a full disk perhaps
            _build(compiler, flags, source, library)
            return ctypes.CDLL(str(library))


def _build(compiler: list[str], flags: list[str], source: str, library: Path) -> None:
    with tempfile.TemporaryDirectory(dir=library.parent, ignore_cleanup_errors=True) as folder:
        text = Path(folder) / "program.c"
        built = Path(folder) / "program.so"
        text.write_text(source, encoding="utf-8")
        command = [*compiler, *flags, str(text), "-o", str(built), *([] if os.name == "nt" else ["-lm"])]
        subprocess.run(command, check=True, capture_output=True, timeout=600)  # noqa: S603 - a C compiler
        os.replace(built, library)


@contextlib.contextmanager
def _directory() -> Iterator[Path]:
    """The directory that builds are kept in; a temporary one where the user has none to write to."""
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


def cache_directory() -> Path:
    """Where builds are kept: in $XDG_CACHE_HOME, %LOCALAPPDATA% on Windows, or ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    return Path(base) / "tinygrad-edu"


def is_trusted(path: Path) -> bool:
    """Whether this file or directory exists, is the user's own, and nobody else can write to it."""
    try:
        info = path.lstat()
    except OSError:
        return False
    if stat.S_ISLNK(info.st_mode):
        return False
    return os.name == "nt" or (info.st_uid == os.getuid() and not info.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _reason(error: Exception) -> str:
    """The first line of what a compiler complained about."""
    complaint = (getattr(error, "stderr", None) or b"").decode(errors="replace") or str(error)
    return complaint.strip().partition("\n")[0][:200]
