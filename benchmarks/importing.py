"""What `import tinygrad_edu` costs over bare Python, and that it loads no other package."""

import importlib.util
import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median

from .report import Bound, Section
from .sizes import Sizes

MOST = 0.025  # seconds
FOREIGN = """
import sys
before = set(sys.modules)
import tinygrad_edu
new = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(new - set(sys.stdlib_module_names) - {"tinygrad_edu"}))
"""


def import_time(sizes: Sizes) -> Section:
    """The difference in the processor time of new processes, in alternating rounds."""
    run("import tinygrad_edu")  # the first run may have to compile
    rounds = [(timed("pass"), timed("import tinygrad_edu")) for _ in range(sizes.rounds)]
    more = median(ours - bare for bare, ours in rounds)
    foreign = run(FOREIGN).split()
    rows = [
        ("`python -c pass`", f"{median(bare for bare, _ in rounds) * 1e3:.1f}"),
        ("`python -c 'import tinygrad_edu'`", f"{median(ours for _, ours in rounds) * 1e3:.1f}"),
        ("difference", f"{more * 1e3:.1f}"),
    ]
    bounds = [
        Bound(f"import: at most {MOST * 1e3:.0f} ms over bare Python", f"{more * 1e3:.1f} ms", more <= MOST),
        Bound("import: no third-party module", ", ".join(foreign) or "none", not foreign),
    ]
    return Section("import: start-up in milliseconds of processor time", ("process", "ms"), rows, [], bounds)


def timed(code: str) -> float:
    """Processor seconds that a new Python process takes to run the code: the clock would count others' work too."""
    start = _processor_seconds()
    run(code)
    return _processor_seconds() - start


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(code: str) -> str:
    """What a new Python process prints that runs the code, without the site's own start-up files."""
    spec = importlib.util.find_spec("tinygrad_edu")
    source = str(Path(spec.origin).parent.parent) if spec and spec.origin else ""
    environment = {**os.environ, "PYTHONPATH": source}
    command = [sys.executable, "-S", "-c", code]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout  # noqa: S603 our own code
