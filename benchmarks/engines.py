"""The engines that take part. One that is not installed is left out, with a note that says so."""

import importlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Engine:
    """Where to find an engine's Value class; `package` is the distribution it comes in, None for one that is here."""

    name: str
    module: str
    package: str | None = None

    def load(self) -> Any:
        """The Value class, or None where the package is not installed."""
        try:
            return importlib.import_module(self.module).Value
        except ModuleNotFoundError:
            if self.package is None:
                raise
            return None


OURS = Engine("tinygrad-edu", "tinygrad_edu")
MICROGRAD = Engine("micrograd", "micrograd.engine", "micrograd")
RECURSIVE = Engine("microgpt's style", "benchmarks.recursive_engine")


def present(engines: tuple[Engine, ...]) -> tuple[dict[str, Any], list[str]]:
    """The Value classes by name, and a note for each engine that is absent."""
    loaded = {engine.name: engine.load() for engine in engines}
    notes = [
        f"{engine.name} is not installed, so it is skipped: `pip install {engine.package}`."
        for engine in engines
        if loaded[engine.name] is None
    ]
    return {name: value for name, value in loaded.items() if value is not None}, notes
