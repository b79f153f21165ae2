"""Saving and loading, as JSON that a person can read: a module's parameters, an optimiser's memory.

The file holds names, nested lists of numbers, and the version of the format. Floats come back to the last bit.
Loading checks everything before it changes anything.
"""

import json
import os
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn, Protocol

from .mistakes.options import A_PATH, A_TEXT, STATEFUL, expect

FORMAT = "tinygrad-edu"
VERSION = 1


class Stateful(Protocol):
    """What can be saved: a Module or an Optimizer."""

    def state_dict(self) -> Mapping[str, object]: ...  # noqa: D102

    def load_state_dict(self, state: Mapping[str, object]) -> None: ...  # noqa: D102


def to_json(thing: Stateful) -> str:
    """The state of a module or an optimiser as JSON.

    Raises ValueError for NaN and infinity, which JSON cannot hold (and a model with them is not worth keeping), and
    TypeError for other numbers than int and float.

    >>> from tinygrad_edu.nn import Neuron
    >>> to_json(Neuron(2, init="zeros"))
    '{"format": "tinygrad-edu", "version": 1, "state": {"w": [0.0, 0.0], "b": 0.0}}'
    """
    expect("to_json", STATEFUL, thing=thing)
    state = thing.state_dict()
    for name, part in state.items():
        try:
            json.dumps(part, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{name} cannot be saved: {error}") from None
    return json.dumps({"format": FORMAT, "version": VERSION, "state": state})


def from_json(thing: Stateful, text: str) -> None:
    """Take over a state that `to_json` wrote. Raises ValueError, and changes nothing, if it does not fit.

    >>> from tinygrad_edu.nn import Neuron
    >>> neuron, copy = Neuron(2), Neuron(2)
    >>> from_json(copy, to_json(neuron))
    >>> copy.w[0].data == neuron.w[0].data
    True
    """
    expect("from_json", STATEFUL, thing=thing)
    expect("from_json", A_TEXT, text=text)
    try:
        content = json.loads(text, parse_constant=_refuse)
    except (RecursionError, ValueError) as error:
        raise ValueError(f"this is no JSON that was saved here: {error}") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT or not isinstance(content.get("state"), dict):
        raise ValueError(f'this is no state that was saved here: "format" must be "{FORMAT}", "state" an object')
    if content.get("version") != VERSION:
        raise ValueError(f"the state has version {content.get('version')!r}; this program reads version {VERSION}")
    thing.load_state_dict(content["state"])


def save(thing: Stateful, path: str | os.PathLike[str]) -> None:
    """Write the state of a module or an optimiser to a JSON file; `load` reads it back.

    A file that was there is replaced as a whole: an error, even a full disk, leaves it as it was, and no other file
    beside it. If the process is killed meanwhile, the old file or the new one is there, and perhaps one that ends in
    `.part`, which may go. Raises what `to_json` raises, and OSError.
    """
    expect("save", STATEFUL, thing=thing)
    expect("save", A_PATH, path=path)
    text, target = to_json(thing) + "\n", Path(path).resolve()
    if target.exists() and not target.is_file():  # a device such as /dev/stdout is written to, not replaced
        target.write_text(text, encoding="utf-8")
        return
    # no other process or thread that saves there writes into this one; a name has at most 255 bytes
    part = target.with_name(f"{target.name[:50]}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        if target.exists():
            shutil.copymode(target, part)
        os.replace(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def load(thing: Stateful, path: str | os.PathLike[str]) -> None:
    """Take over the state in a JSON file that `save` wrote.

    Raises ValueError, and changes nothing, if names, sizes or version differ; OSError if the file cannot be read.
    """
    expect("load", STATEFUL, thing=thing)
    expect("load", A_PATH, path=path)
    try:
        from_json(thing, Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{os.fspath(path)}: {error}") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number to load")
