"""Runs the tests that make their own inputs, with new inputs in each round: `make fuzz MINUTES=10`.

Those are the tests with Hypothesis: random programs in every backend, random expressions for the parser, JSON, labels,
transforms beside each other and beside JAX and PyTorch where these are installed. `make test` gives them the same
inputs every time; here each round has a seed of its own. For each failure it prints the lines to paste above the test,
which keep the input for good, and the command that repeats the round.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
FAILED = re.compile(r"^E +(?:Failing test case|Falsifying example): (\w+)\(\n(.*?)^E +\)$", re.MULTILINE | re.DOTALL)
BLOB = re.compile(r"@reproduce_failure\(.*\)")


def main(arguments: list[str] | None = None) -> int:
    """Rounds until the time is over; 1 if one of them failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("minutes", nargs="?", type=float, default=10.0, help="begin no new round after this time")
    parser.add_argument("--seed", type=int, help="repeat the round with this seed, and no other")
    parser.add_argument("tests", nargs="*", help="files or folders of tests; all if none is given")
    options = parser.parse_intermixed_args(arguments)
    end = time.monotonic() + 60 * options.minutes
    failed = rounds = 0
    while rounds == 0 or (options.seed is None and time.monotonic() < end):
        seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
        rounds += 1
        failed += not one_round(seed, options.tests)
    sys.stdout.write(f"{rounds - failed} rounds passed, {failed} failed\n")
    return int(failed > 0)


def one_round(seed: int, tests: list[str]) -> bool:
    """All these tests once; whether they passed."""
    command = [sys.executable, "-m", "pytest", "-q", "-m", "hypothesis", "-p", "no:cacheprovider", "--no-header"]
    command += [f"--hypothesis-seed={seed}", "--numprocesses=auto", "--dist=loadgroup", *tests]
    done = subprocess.run(  # noqa: S603 - our own tests
        command, cwd=ROOT, env={**os.environ, "TINYGRAD_EDU_EXPLORE": "1"}, capture_output=True, text=True, check=False
    )
    lines = done.stdout.strip().splitlines() or done.stderr.strip().splitlines()
    sys.stdout.write(f"seed {seed}: {lines[-1] if lines else 'pytest said nothing'}\n")
    if done.returncode:
        sys.stdout.write("".join(f"\n{each}\n" for each in advice(done.stdout)) or f"{done.stdout}\n{done.stderr}\n")
        sys.stdout.write(f"\nAgain: {Path(sys.executable).name} -m tools.fuzz --seed {seed}\n")
        sys.stdout.write("\n".join(line for line in lines if line.startswith(("FAILED", "ERROR"))) + "\n\n")
    sys.stdout.flush()
    return done.returncode == 0


def advice(output: str) -> Iterator[str]:
    """For each failure in the output of pytest, what to paste above which test."""
    found = [*FAILED.finditer(output)]
    for each, following in zip(found, [*found[1:], None], strict=False):
        arguments = re.sub(r"^E +", "    ", each[2].rstrip(), flags=re.MULTILINE)
        blob = BLOB.search(output, each.end(), following.start() if following else len(output))
        paste = f"@example(\n{arguments}\n)"
        if "data(...)" in arguments and blob:  # what was drawn within the test can only be repeated as a whole
            paste = blob[0]
        yield f"--- to paste above {each[1]}:\n{paste}"


if __name__ == "__main__":
    sys.exit(main())
