"""Which of a module's classes is the engine: by how it behaves, by an adapter that works, and only then by names."""

import re
from collections.abc import Callable, Sequence

from .adapting import adapted
from .engines import Engine, Namespace
from .shapes import NotFoundError, by_behaviour, by_name

MISSPELT = re.compile(r"_[a-z]+_")


def find_engine(kinds: Sequence[tuple[str, Callable[..., object]]], names: Namespace) -> tuple[str, Engine]:
    """The first of some classes, or functions that make leaves, that is an engine, with its name.

    All are tried by their behaviour before names decide. Raises NotFoundError.
    """
    own = [(name if name.isidentifier() else "leaf", kind) for name, kind in kinds]
    for name, kind in own:
        found = by_behaviour(name, kind, {**names, name: kind})
        if found:
            return name, found
    found = adapted(own, {**names, **dict(own)})
    if found:
        return own[0][0] if own else "", found
    for name, kind in own:
        found = by_name(name, kind, {**names, name: kind})
        if found:
            return name, found
    if not own:
        raise NotFoundError("no class in this file: write an adapter for functions")
    name, kind = own[0]
    misspelt = [each for each in vars(kind) if MISSPELT.fullmatch(each)] if isinstance(kind, type) else []
    raise NotFoundError(
        f"{name}: no way was found to multiply two of them and read the gradients; "
        + (f"{', '.join(misspelt)}: Python looks for two underscores on each side, as in __init__" if misspelt else "")
        + ("an adapter can say how, see --write-adapter" * (not misspelt))
    )
