"""C source in, a loaded library out: finds a compiler, and keeps what it built (see `cache`).

A build is kept under a hash of all that it depends on: source, compiler, flags, kind of machine, and the processor
where a flag asks for code for just this one, as -march=native. $CC and $CFLAGS are heeded.
"""

import ctypes
import functools
import hashlib
import importlib.util
import itertools
import os
import platform
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from . import cache

LINES = "-O1"  # for straight lines, which -O2 makes no faster and takes twice as long
LOOPS = "-O3 -march=native"  # for loops: neurons side by side, in the widest registers that this processor has
ANYWHERE = "-O2"  # where the compiler does not know -march=native
FLAGS = (  # nobody reads the floating-point flags, nor errno; no sin(atan(x)) as x / sqrt(x² + 1), which is 1 at nan
    *("-std=c99", "-fPIC", "-shared", "-ffp-contract=off", "-fno-trapping-math", "-fno-math-errno"),
    *("-fno-builtin-atan", "-fno-builtin-atanh"),
)
OPTIMISED = 150_000  # characters, built in 1.5 s: it takes the square of the length, and gains a third of the run
CANDIDATES = ("cc", "gcc", "clang")


class CompilerError(RuntimeError):
    """No C compiler was found, or none could build this source."""


def load(
    source: str, name: str = "staged", *, optimisation: str = LINES, beside: str = "", headers: str = ""
) -> ctypes.CDLL:
    """The source compiled and loaded, with a function of this name. Raises CompilerError, which says what was tried.

    `beside` is a second source for the same library, which may include from the directory `headers`.
    """
    failures = []
    flags = [*([f"-I{headers}"] if headers else []), *_split("CFLAGS")]
    ways = [optimisation, ANYWHERE] if optimisation == LOOPS else [optimisation]
    for compiler, way in itertools.product(compilers(), ways):
        try:
            library = _loaded(compiler, [*way.split(), *FLAGS, *flags], source, beside)
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


def _loaded(compiler: list[str], flags: list[str], source: str, beside: str) -> ctypes.CDLL:
    if len(source) > OPTIMISED:
        flags[0] = "-O0"
    key = _key(compiler, flags, f"{source}\0{beside}" if beside else source)
    with cache.opened() as directory:
        library = cache.find(directory, key) or _built(directory, key, [*compiler, *flags], [source, beside])
        return ctypes.CDLL(str(library))


def _key(compiler: list[str], flags: list[str], source: str) -> str:
    """A hash of all that a build depends on."""
    machine = [platform.system(), platform.machine(), str(sys.maxsize), *platform.libc_ver()]
    if any("native" in word for word in [*compiler, *flags]):
        machine.append(processor())
    parts = [source, *compiler, *flags, _version(compiler[0]), *machine]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _version(compiler: str) -> str:
    """What tells a compiler from the one that stood in its place before an update."""
    path = shutil.which(compiler)
    if path is None:
        return ""
    info = os.stat(path)  # of what links lead to
    return f"{os.path.realpath(path)} {info.st_size} {info.st_mtime_ns}"


@functools.cache
def processor() -> str:
    """What this processor is and can do, where the system tells: code for another may not run on it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return f"{platform.processor()} {platform.node()}"
    wanted = ("model name", "flags", "Features", "CPU part", "CPU implementer", "isa")
    return "\n".join(sorted({line for line in lines if line.startswith(wanted)}))


def _built(directory: Path, key: str, command: list[str], sources: list[str]) -> Path:
    with cache.workshop(directory) as folder:
        texts, built = [], folder / "program.so"
        for name, source in zip(("program.c", "beside.c"), sources, strict=True):
            if source:
                (folder / name).write_text(source, encoding="utf-8")
                texts.append(str(folder / name))
        command = [*command, *texts, "-o", str(built), *([] if os.name == "nt" else ["-lm"])]
        subprocess.run(command, check=True, capture_output=True, timeout=600)  # noqa: S603 - a C compiler
        return cache.keep(directory, key, built)


def _reason(error: Exception) -> str:
    """The first line of what a compiler complained about."""
    complaint = (getattr(error, "stderr", None) or b"").decode(errors="replace") or str(error)
    return complaint.strip().partition("\n")[0][:200]
