"""The ways into programs are written as ever: their checks in Python and in C, and what packs numbers for ctypes.

That they let the right arguments in, other tests say. Digests are kept in same_calls.json; where a change is meant,
`python -m tests.native.test_same_calls` writes it anew, and with a name shows the texts.
"""

import collections
import hashlib
import inspect
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.printers.straight_programs import STRAIGHT
from tests.staging.material import TREES, Line, Place
from tinygrad_edu.native import compiled, way_in
from tinygrad_edu.staging import entry as entries
from tinygrad_edu.staging.arguments import read
from tinygrad_edu.trees.tree import numbers_of

KEPT = Path(__file__).with_name("same_calls.json")


def given(*trees, batched=()):
    """Arguments a, b, c, … of these structures; those of `batched` are batches."""
    return {name: read(name, tree, batched=name in batched)[1] for name, tree in zip("abcdefghij", trees, strict=False)}


def numbers(n):
    return [0.5] * n


class Thing:
    """No number; may change."""

    def __init__(self):
        self.x = 1


FIXED = [
    "text", b"bytes", True, None, ..., len, Thing(), ["text", 1.0], {"x": 1.0, "kind": "a"}, (1.0, None, [Thing()]),
    Place(1.0, "a"), Line(1.0, Thing()),
]  # fmt: skip
ROWS = [
    numbers(3), [numbers(2)] * 3, [[1, 2]] * 2, [1, 2], [(1.0, 2.0)] * 2, [{"a": 1.0}] * 2, [[numbers(2)] * 2] * 2,
    np.zeros((3, 2)), np.zeros(3), [Line(1.0, 2.0)] * 2, [np.zeros(2)] * 2,
]  # fmt: skip
STRUCTURES = {  # arguments and a result of each
    "sizes": [(given(numbers(n)), numbers(n)) for n in (1, 2, 3, 15, 16, 17)],
    "large ones": [(given(numbers(n), 1.0), 1.0) for n in (1_998, 1_999, 2_000, 2_001)]
    + [(given(1.0), numbers(n)) for n in (1_999, 2_000, 2_001)]
    + [(given(np.zeros(n)), np.zeros(3)) for n in (1_996, 1_997, 1_998, 2_001)],
    "results": [(given(1.0), each) for n in (1, 7, 8, 9, 10) for each in (numbers(n), tuple(numbers(n)), np.zeros(n))]
    + [(given(1.0), (1.0, None, numbers(9), {"b": numbers(2), ("c",): 2.0}, [numbers(9)], np.zeros(2), np.zeros(4)))],
    "many arrays": [(given(*[numbers(2)] * n, *[1.0] * (10 - n)), numbers(n)) for n in (7, 8, 9)],
    "trees": [(given(tree, 1.0), tree) for tree in TREES],
    "fixed": [(given(1.0, thing), 1.0) for thing in FIXED] + [(given(thing), numbers(2)) for thing in FIXED],
    "batches": [(given(numbers(2), rows, batched="b"), 1.0) for rows in ROWS]
    + [(given(rows, rows, batched="ab"), (1.0, numbers(9))) for rows in ROWS],
    "others": [
        (given(collections.OrderedDict(x=1.0)), 1.0), (given(collections.defaultdict(list, x=1.0)), 1.0),
        (given(np.zeros((2, 2)), np.zeros(0)), 1.0), (given([], (), {}), 1.0), (given(), 1.0),
        (given(3, [1, 2.0]), 1.0),
    ],
}  # fmt: skip


def captured(module, call, monkeypatch):
    """The text that is compiled meanwhile, and what its constants are."""
    texts = []

    def noted(text, *rest):
        texts.append(text)
        return compile(text, *rest)

    monkeypatch.setattr(module, "compile", noted, raising=False)
    made = call()
    return "".join(texts), made


def plainly(x):
    """A constant as text, without addresses."""
    if isinstance(x, type):
        return x.__name__
    if type(x) in {tuple, list}:
        return f"({', '.join(map(plainly, x))})"
    return repr(x) if isinstance(x, str | int | float | None) else "…"


def entry_text(arguments, result, monkeypatch, *, is_buffer=None, holds=None, finish=None, prefix=""):
    names = [prefix + name for name in arguments]
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    signature = inspect.Signature([inspect.Parameter(name, kind) for name in [*names, "more"]])
    text, made = captured(
        entries,
        lambda: entries.entry(
            print, signature, dict(zip(names, arguments.values(), strict=True)), result, original=abs, otherwise=all,
            is_buffer=is_buffer, holds=holds, finish=finish,
        ),
        monkeypatch,
    )  # fmt: skip
    constants = {name: plainly(x) for name, x in made.__globals__.items() if name != "__builtins__"}
    return text + json.dumps(constants)


def way_in_text(arguments, result, has_loops):
    text = way_in.source("staged", arguments, result, has_loops=has_loops)
    return "none" if text is None else text.partition("int staged(")[2]


def texts(name, monkeypatch):
    """All texts of a kind."""
    if name not in STRUCTURES:
        traces = STRAIGHT[name.removeprefix("programs: ")]()
        calls = (captured(compiled, lambda t=t: compiled._caller(t, SimpleNamespace()), monkeypatch) for t in traces)
        return {"call": [text for text, _ in calls]}
    structures = [(arguments, numbers_of(result)[1]) for arguments, result in STRUCTURES[name]]
    return {
        "way in": [way_in_text(*each, has_loops) for each in structures for has_loops in (False, True)],
        "entry": [entry_text(*each, monkeypatch) for each in structures],
        "entry for C": [
            entry_text(arguments, None, monkeypatch, is_buffer=compiled.is_buffer, holds=any, finish=max, prefix="__")
            for arguments, _ in structures
        ],
    }


def digests(name, monkeypatch):
    return {
        way: hashlib.sha256("\n".join(found).encode()).hexdigest()[:12]
        for way, found in texts(name, monkeypatch).items()
    }


ALL = [*STRUCTURES, "programs: trees", "programs: batches", "programs: names"]


@pytest.mark.parametrize("name", ALL)
def test_ways_in_are_written_as_ever(name, monkeypatch):
    kept = json.loads(KEPT.read_text("utf-8"))[name]
    changed = [way for way, found in digests(name, monkeypatch).items() if found != kept[way]]
    assert not changed, f"{name}: written in another way: {', '.join(changed)}"


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as patch:
        for wanted in sys.argv[1:]:
            for way, found in texts(wanted, patch).items():
                sys.stdout.write("".join(f"--- {wanted}, {way}\n{text}\n" for text in found))
        if not sys.argv[1:]:
            KEPT.write_text(json.dumps({name: digests(name, patch) for name in ALL}, indent=1) + "\n", "utf-8")
