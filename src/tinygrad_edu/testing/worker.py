"""The process that runs a foreign file: what it may use is limited, and its report leaves by a pipe of its own.

A guard against accidents, not a prison: it refuses network, writing outside its folder, and more memory, time and
output than allowed. Code that sets out to break such guards from within Python can.
"""

import contextlib
import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import TextIO

from ..engine_checks.report import Report
from ..foreign_engines.adapters import adapter_text
from ..foreign_engines.engines import Engine, Function
from ..foreign_engines.finding import find_engine
from ..foreign_engines.shapes import NotFoundError, candidates
from .kit import check_found
from .loading import Loaded, load
from .steps import check_steps

ASK, ADDRESSES_NOT_RANDOM = 0xFFFFFFFF, 0x0040000  # of Linux's personality()
NEW_USER_AND_NETWORK, NEW_PROCESSES = 0x10000000 | 0x40000000, 0x20000000  # of Linux's unshare()
DIE_WITH_PARENT = 1  # of Linux's prctl()
WRITING = (
    "os.remove",
    "os.rmdir",
    "os.rename",
    "os.mkdir",
    "os.truncate",
    "os.chmod",
    "os.link",
    "os.symlink",
    "shutil.rmtree",
)
NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")


def limit(memory: int, seconds: float) -> None:
    """Memory, processor time and the size of files; nothing where the system has no such limits."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    for which, bound in (("AS", memory), ("CPU", int(seconds) + 5), ("FSIZE", 2**26), ("CORE", 0)):
        kind = getattr(resource, f"RLIMIT_{which}")
        resource.setrlimit(kind, (bound, resource.getrlimit(kind)[1]))


def enclose() -> None:
    """Go on as the first process of a space of its own, without a network: all that it starts ends when it does.

    A process that merely leaves its group would go on for ever. Only Linux has this, and not everywhere.
    """
    if sys.platform != "linux":
        return
    system = ctypes.CDLL(None)
    if system.unshare(NEW_USER_AND_NETWORK | NEW_PROCESSES):
        system.unshare(NEW_USER_AND_NETWORK)
        return
    child = os.fork()
    if not child:
        system.prctl(DIE_WITH_PARENT, signal.SIGKILL)
        return
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.waitstatus_to_exitcode(status) & 255)


def guard(folder: str) -> None:
    """No network, and no writing but within `folder`."""
    home = os.path.realpath(folder)

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if event in NETWORK:
            raise PermissionError("no network while an engine is checked")
        is_writing = event in WRITING or (event == "open" and _writes(arguments))
        if is_writing and isinstance(arguments[0], str | bytes):
            path = os.path.realpath(os.fsdecode(arguments[0]))
            if path != os.devnull and not f"{path}{os.sep}".startswith(f"{home}{os.sep}"):
                raise PermissionError(f"no writing outside its own folder while an engine is checked: {path}")

    sys.addaudithook(refuse)


def _writes(arguments: tuple[object, ...]) -> bool:
    _, mode, flags = arguments
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def can_fix_addresses() -> bool:
    """Ask Linux for the same addresses in each run; containers may refuse."""
    personality = ctypes.CDLL(None).personality
    personality(personality(ASK) | ADDRESSES_NOT_RANDOM)
    return bool(personality(ASK) & ADDRESSES_NOT_RANDOM)


def fix_addresses() -> None:
    """Begin anew with the same addresses as in other runs: an engine may walk a set of nodes in their order."""
    if sys.platform == "linux" and not ctypes.CDLL(None).personality(ASK) & ADDRESSES_NOT_RANDOM:
        if can_fix_addresses():
            os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - the same program again


def main() -> None:
    """Check the file that the arguments name, and write reports as lines of JSON, each more complete."""
    options = json.loads(sys.argv[1])
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as pipe:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        enclose()
        limit(options["memory"], options["seconds"])
        guard(os.getcwd())
        serve(options, pipe)
    os._exit(0)  # whatever threads it started


def kit_functions() -> dict[str, int]:
    """The functions and classes that checks are made of, to see whether a file has changed them."""
    package = load.__module__.partition(".")[0]  # this module may be __main__
    found: dict[str, int] = {}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == package:
            owners = [(name, module), *((f"{name}.{n}", c) for n, c in vars(module).items() if isinstance(c, type))]
            found |= {f"{home}.{n}": id(x) for home, owner in owners for n, x in vars(owner).items() if callable(x)}
    return found


def changed_functions(before: dict[str, int]) -> list[str]:
    """The names of those that are others now."""
    now = kit_functions()
    return sorted(name for name, known in before.items() if now.get(name) != known)


def serve(options: dict[str, object], pipe: TextIO) -> None:
    """Load and check a file, and write what is known so far after each check."""
    path, _, wanted = str(options["file"]).partition("::")
    before = kit_functions()
    report = Report(Path(path).name + (f":{wanted}" if wanted else ""))
    try:
        loaded = load(Path(path), float(str(options["import_seconds"])), extract=bool(options["extract"]))
        _send(pipe, report, is_last=False)
        _check(loaded, wanted, report, options, pipe)
    except SyntaxError as error:
        report.unchecked = f"line {error.lineno}: {error.msg}" if error.lineno else error.msg
    except NotFoundError as error:
        report.unchecked = str(error)
    except MemoryError:
        report.unchecked = "it takes more memory than allowed"
    except Exception as error:
        report.unchecked = f"the kit could not use it: {type(error).__name__}: {error}"
    if changed := changed_functions(before):
        report.unchecked = f"it changes the checking kit: {changed[0]}"
    _send(pipe, report, is_last=True)


def _send(pipe: TextIO, report: Report, *, is_last: bool) -> None:
    pipe.write(json.dumps([is_last, report.packed()]) + "\n")
    pipe.flush()


def _check(loaded: Loaded, wanted: str, report: Report, options: dict[str, object], pipe: TextIO) -> None:
    module, names = loaded.module, dict(loaded.names)
    report.conventions += loaded.notes
    kind: object = module
    if options.get("step"):
        classes = _classes(loaded, wanted, names)
        if not classes:
            raise NotFoundError("; ".join(["no class in this file", *loaded.notes]))
        name, learner = classes[0]
        report.engine = f"{Path(module.__file__ or '').name}:{name}"
        check_steps(learner, names, report, int(str(options["step"])), lambda: _send(pipe, report, is_last=False))
        return
    if options["adapter"]:
        place = Path(str(options["adapter"]))
        is_same = str(place) == module.__file__
        adapter = module if is_same else load(place, float(str(options["import_seconds"]))).module
        names |= getattr(adapter, "functions", {})
        engine: Engine = Function(module.__name__, names, adapter.run)
        engine.imports = f"from {place.stem} import run"
        if wanted:
            kind = getattr(module, wanted, module)
    elif options["write_adapter"]:
        report.unchecked = _adapter(loaded, wanted, names)
        return
    else:
        name, kind, engine = _found(loaded, wanted, names)
        report.engine = f"{Path(module.__file__ or '').name}:{name}".removesuffix(":")

    def progress() -> None:
        _send(pipe, report, is_last=False)

    derive = bool(options["derive"])
    check_found(engine, kind, report, derive=derive, partial=loaded.is_partial, progress=progress)


def _classes(loaded: Loaded, wanted: str, names: dict[str, object]) -> list[tuple[str, type]]:
    """The classes that may be scalars with gradients: the one that is wanted, or all, the likeliest first."""
    classes = candidates(names, loaded.module.__name__) or candidates(names, "")
    classes = [(n, c) for n, c in names.items() if isinstance(c, type) and n == wanted] if wanted else classes
    if wanted and not classes:
        raise NotFoundError("; ".join([f"no class {wanted} in this file", *loaded.notes]))
    return classes


def _found(loaded: Loaded, wanted: str, names: dict[str, object]) -> tuple[str, object, Engine]:
    """The class that is a scalar with gradients: the first that behaves so; or the module, of functions only."""
    classes = _classes(loaded, wanted, names)
    try:
        name, engine = find_engine(classes, names)
    except NotFoundError as error:
        raise NotFoundError("; ".join([str(error), *loaded.notes])) from None
    place = Path(loaded.module.__file__ or "")
    if place.suffix == ".py" and not engine.imports:  # an adapter that was found is there itself; no cell of a notebook
        home = loaded.module.__name__
        engine.imports = f"from {home if '.' in home else place.stem} import {name}"
    return name, dict(classes).get(name, loaded.module), engine


def _adapter(loaded: Loaded, wanted: str, names: dict[str, object]) -> str:
    """The text of an adapter, also where the engine was not found."""
    engine: Engine | None = None
    with contextlib.suppress(NotFoundError):
        _, _, engine = _found(loaded, wanted, names)
    return adapter_text(engine, loaded.module.__name__, names)


if __name__ == "__main__":  # pragma: no cover - in a process of its own
    fix_addresses()
    main()
