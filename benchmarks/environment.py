"""Environment variables that hold for a while."""

import contextlib
from collections.abc import Iterator, MutableMapping


@contextlib.contextmanager
def variable(environment: MutableMapping[str, str], name: str, value: str) -> Iterator[None]:
    """The variable has this value within the block; then it is as it was."""
    before = environment.get(name)
    environment[name] = value
    try:
        yield
    finally:
        if before is None:
            del environment[name]
        else:
            environment[name] = before
