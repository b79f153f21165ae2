"""Programs of every kind are printed as ever, in every language: with the same loops found, names, brackets, blocks.

That what is printed computes the right numbers, other tests say. A loop that is not found any more, or a line that gets
a name without need, leaves the numbers as they are; it is noticed here. Each kind of program has a digest for each
language in same_programs.json. Where a change is meant: `python -m tests.printers.test_same_programs` writes it anew;
with a name, as `… test_same_programs rounds`, it shows the programs instead.
"""

import hashlib
import json
import sys
from pathlib import Path

import pytest

from tests.printers.looped_programs import ROLLED
from tests.printers.straight_programs import STRAIGHT
from tinygrad_edu.staging import StagingError

KEPT = Path(__file__).with_name("same_programs.json")
ALL = STRAIGHT | ROLLED
LOOPS = "python with loops"


def languages(name):
    """The languages in which programs of this kind are kept: where loops are found, those that have them."""
    if name in STRAIGHT:
        return ["python", "c", "javascript", "latex", "numpy", "torch"]
    return ["c", "javascript", LOOPS]


def text(trace, language):
    """The program, or what the printer says against it."""
    try:
        return trace.to("python", loops=True) if language == LOOPS else trace.to(language)
    except StagingError as error:
        return str(error)


def digests(name):
    traces = ALL[name]()
    return {
        language: hashlib.sha256("".join(text(trace, language) for trace in traces).encode()).hexdigest()[:12]
        for language in languages(name)
    }


@pytest.mark.parametrize("name", ALL)
def test_programs_are_printed_as_ever(name):
    kept = json.loads(KEPT.read_text("utf-8"))[name]
    changed = [language for language, found in digests(name).items() if found != kept[language]]
    assert not changed, f"{name}: written in another way in {', '.join(changed)}"


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        for each in languages(wanted):
            for number, trace in enumerate(ALL[wanted]()):
                sys.stdout.write(f"--- {wanted} {number} in {each}\n{text(trace, each)}\n")
    if not sys.argv[1:]:
        KEPT.write_text(json.dumps({name: digests(name) for name in ALL}, indent=1) + "\n", "utf-8")
