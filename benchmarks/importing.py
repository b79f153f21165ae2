"""What `import tinygrad_edu` costs over bare Python, and that it loads no other package."""

import importlib.util
import os
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from .report import Bound, Section
from .sizes import Sizes

MOST = 25  # milliseconds
FOREIGN = """
import sys
before = set(sys.modules)
import tinygrad_edu
new = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(new - set(sys.stdlib_module_names) - {"tinygrad_edu"}))
"""


def import_time(sizes: Sizes) -> Section:
    """Processor time of new processes: the least of the rounds, since whatever disturbs a start only adds to it."""
    with TemporaryDirectory() as cache:  # compiled modules are kept there, whatever the environment says about keeping
        run("import tinygrad_edu", cache)
        rounds = [(timed("pass", cache), timed("import tinygrad_edu", cache)) for _ in range(2 * sizes.rounds)]
        foreign = run(FOREIGN, cache).split()
    bare, ours = (min(times) * 1e3 for times in zip(*rounds, strict=True))
    more = ours - bare
    rows = [
        ("`python -c pass`", f"{bare:.1f}"),
        ("`python -c 'import tinygrad_edu'`", f"{ours:.1f}"),
        ("difference", f"{more:.1f}"),
    ]
    bounds = [
        Bound(f"import: at most {MOST} ms over bare Python", f"{more:.1f} ms", more <= MOST),
        Bound("import: no third-party module", ", ".join(foreign) or "none", not foreign),
    ]
    return Section("import: start-up in milliseconds of processor time", ("process", "ms"), rows, [], bounds)


def timed(code: str, cache: str) -> float:
    """Processor seconds that a new Python process takes to run the code: the clock would count others' work too."""
    start = _processor_seconds()
    run(code, cache)
    return _processor_seconds() - start


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(code: str, cache: str) -> str:
    """What a new Python process prints that runs the code.

    It loads what Python's start-up loads (`site`), but not the start-up files of installed packages.
    """
    spec = importlib.util.find_spec("tinygrad_edu")
    source = str(Path(spec.origin).parent.parent) if spec and spec.origin else ""
    environment = {**os.environ, "PYTHONPATH": source, "PYTHONPYCACHEPREFIX": cache}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-S", "-c", f"import site\n{code}"]
    ran = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603 - our own
    return ran.stdout
