"""What users call: names, order and defaults of the arguments. A default that changes, changes people's numbers.

They are in signatures.json. Where a change is meant: `python -m tests.test_signatures`, with a line in CHANGELOG.
"""

import importlib
import inspect
import json
import re
import typing
from pathlib import Path
from typing import Any

import pytest

KEPT = Path(__file__).with_name("signatures.json")
MODULES = ["", *"nn optim losses schedules datasets plot recurrent saving training functions testing".split()]


def written(thing: Any) -> str:
    """The arguments, each with its default, a bar before those that are given by name only."""
    parts, is_named = [], False
    for each in inspect.signature(thing).parameters.values():
        if each.kind is each.KEYWORD_ONLY and not is_named:
            parts, is_named = [*parts, "*"], True
        default = re.sub(r" at 0x\w+", "", getattr(each.default, "__name__", repr(each.default)))
        parts.append(each.name if each.default is each.empty else f"{each.name}={default}")
    return ", ".join(parts)


def signatures(module: str) -> dict[str, str]:
    """Of the functions and classes that a module offers, and of the methods of its classes."""
    home = importlib.import_module(f"tinygrad_edu.{module}".rstrip("."))
    names = getattr(home, "__all__", None) or [name for name in vars(home) if name[0] != "_"]
    found: dict[str, str] = {}
    for name, thing in ((name, getattr(home, name)) for name in sorted(names)):
        if not callable(thing) or not str(getattr(thing, "__module__", "")).startswith("tinygrad_edu"):
            continue
        own = [(name, thing)]
        if inspect.isclass(thing):
            methods = [(each, method) for each, method in sorted(vars(thing).items()) if _is_method(each, method)]
            own += [(f"{name}.{each}", method) for each, method in methods]
        for path, each in own:
            try:
                found[path] = written(each)
            except (TypeError, ValueError):  # made by typing, or in C
                continue
    return found


def _is_method(name: str, thing: object) -> bool:
    return name[0] != "_" and inspect.isfunction(thing)


@pytest.mark.parametrize("module", MODULES)
def test_arguments_and_their_defaults_are_as_they_were(module: str) -> None:
    kept = json.loads(KEPT.read_text("utf-8"))
    assert signatures(module) == kept[module]


def test_what_type_checkers_are_told_has_the_same_defaults() -> None:
    """Of each overload, every default is that of the function itself."""
    seen = 0
    for module in MODULES:
        home = importlib.import_module(f"tinygrad_edu.{module}".rstrip("."))
        for name in getattr(home, "__all__", None) or list(vars(home)):
            thing = getattr(home, name)
            each = [thing, *vars(thing).values()] if inspect.isclass(thing) else [thing]
            for function in filter(inspect.isfunction, each):
                own = inspect.signature(function).parameters
                for overload in typing.get_overloads(function):
                    seen += 1
                    for parameter in inspect.signature(overload).parameters.values():
                        if parameter.default not in (parameter.empty, ...):
                            assert parameter.default == own[parameter.name].default, f"{name}: {parameter}"
    assert seen > 20


if __name__ == "__main__":
    KEPT.write_text(json.dumps({module: signatures(module) for module in MODULES}, indent=1) + "\n", "utf-8")
